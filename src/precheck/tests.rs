use std::path::Path;

use super::Precheck;
use super::records::Records;
use super::voucher::Defaults;
use crate::import::vouchers::Vouchers;
use crate::ledger::book::chart::Classes;
use crate::ledger::book::consulted::Consulted;
use crate::ledger::book::kin::Kin;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::book::limits::LimitIndex;
use crate::ledger::book::terms::Terms;
use crate::ledger::contract::cell::Day;
use crate::ledger::sample;
use crate::precheck::said::{Cell, Said};
use crate::words::precheck::Saying;

/// 2024-03-01.
const DAY: Day = Day(19_783);

const LIMITS: &str = "region,expense_class,from_amount,valid_from,requires,tender,cash_max\n\
    990101,non-production,0,2020-01-01,approver,,1000\n\
    990101,non-production,2000,2020-01-01,\
    approver+cosigner+committee_stamp+township_reviewer+decision+handler+witness,,1000\n\
    990101,construction,50000,2020-01-01,approver,yes,\n";

/// The records of tables; there is a line of the ledger in any case.
fn records(tables: &[(&str, &str)]) -> Records {
    let own = tables.iter().any(|(name, _)| *name == "ledger");
    let ledger = (!own).then_some(("ledger", "amount\n1\n"));
    let tables: Vec<(&str, &str)> = tables.iter().copied().chain(ledger).collect();
    let book = sample::book(&tables);
    let companions = (*book.companions).clone();
    let data = Consulted {
        limits: LimitIndex::of(&companions.limits, &book.names),
        kin: Kin::of(&companions.kinship),
        terms: Terms::of(&companions.posts),
        names: (*book.names).clone(),
        companions,
        lines: book.lines.clone(),
        has_ledger: true,
    };
    Records::of(data, &Classes::default())
}

fn check(csv: &str, records: &Records) -> Precheck {
    let file = Vouchers::read(Path::new("payments.csv"), csv.as_bytes()).unwrap();
    let defaults = Defaults { day: DAY, village: Some("990101101201".to_owned()) };
    Precheck::of(&file, records, &defaults)
}

fn sayings(said: &[Said]) -> Vec<Saying> {
    said.iter().map(|it| it.saying).collect()
}

/// What is missing in the only row.
fn missing(csv: &str, records: &Records) -> Vec<Saying> {
    let check = check(csv, records);
    assert_eq!((check.rows.len(), check.unread()), (1, 0), "{:?}", check.rows);
    sayings(&check.rows[0].missing)
}

#[test]
fn every_duty_of_the_band_is_told_until_it_is_done() {
    let records = records(&[("limits", LIMITS)]);
    let check = check("account,amount,payee\n513,2000,P\n", &records);
    let told = &check.rows[0].missing;
    let duty = |duty| Said::of(Saying::SignatureMissing, [("duty", Cell::Duties(vec![duty]))]);
    for said in [
        duty(Duty::Approver),
        duty(Duty::Cosigner),
        Said::plain(Saying::StampMissing),
        duty(Duty::TownshipReviewer),
        duty(Duty::Handler),
        duty(Duty::Witness),
    ] {
        assert!(told.contains(&said), "{said:?}");
    }
    assert!(sayings(told).contains(&Saying::DecisionMissing) && told.len() == 7, "{told:?}");
    let done = "account,amount,payee,approver,cosigner,committee_stamp,township_reviewer,decision,\
        handler,witness\n513,2000,P,a,b,是,c,D,d,e\n";
    assert_eq!(missing(done, &records), []);
    assert_eq!(missing("account,amount,payee,approver\n513,1999.99,P,a\n", &records), []);
    let fixed = "account,amount,payee,fixed_standard\n513,2000,P,yes\n";
    assert_eq!(missing(fixed, &records), []);
}

#[test]
fn without_limits_the_steps_are_said_to_be_unknown() {
    let records = records(&[]);
    let check = check("account,amount,payee\n513,2000,P\n", &records);
    assert_eq!(sayings(&check.rows[0].notes), [Saying::NoLimits]);
    assert_eq!((check.rows[0].band.clone(), check.complete()), (None, 1));
    let absent = check.notes.iter().find(|it| it.saying == Saying::RegisterAbsent).unwrap();
    let Cell::Fields(tables) = &absent.cells[0].1 else { panic!("{absent:?}") };
    assert!(tables.contains(&"limits".to_owned()) && !tables.contains(&"ledger".to_owned()));
}

#[test]
fn wrong_cells_are_told_and_other_rows_are_checked() {
    let records = records(&[("limits", LIMITS)]);
    let csv = "village,account,amount,payee,approver,date,attachments\n\
        990101101201,513,10,P,a,2024-03-01,1\n\
        990101101201,999,10,P,a,2024-03-01,1\n\
        990101101201,102,10,P,a,2024-03-01,1\n\
        990101999999,513,10,P,a,2024-03-01,1\n\
        990101101201,513,-10,P,a,2024-03-01,1\n\
        990101101201,513,10,P,a,24.3.1,viele\n\
        990101101201,,,P,a,,1\n";
    let check = check(csv, &records);
    assert_eq!((check.complete(), check.unread()), (1, 6));
    let faults: Vec<(u64, &str, &str)> = check
        .rows
        .iter()
        .flat_map(|row| {
            row.faults.iter().map(|it| (row.line, it.column.as_str(), it.value.as_str()))
        })
        .collect();
    assert_eq!(
        faults,
        [
            (3, "account", "999"),
            (4, "account", "102"),
            (5, "village", "990101999999"),
            (6, "amount", "-10.00"),
            (7, "date", "24.3.1"),
            (7, "attachments", "viele"),
            (8, "amount", ""),
            (8, "account", ""),
        ]
    );
    for fault in check.rows.iter().flat_map(|row| &row.faults) {
        assert!(
            fault.reason.contains("write")
                || fault.reason.contains("such as")
                || fault.reason.contains("number"),
            "{fault:?}"
        );
    }
}

#[test]
fn cash_tender_contract_and_decision_are_held_against_the_registers() {
    let ledger = "amount,payee,contract,decision\n40000,P,C1,D1\n";
    let contracts = "contract,village,payee,amount,signed,tendered\n\
        C1,990101101201,P,60000,2024-01-01,yes\nC2,990101101201,P,90000,2024-05-01,no\n\
        C3,990101101202,Q,90000,2024-01-01,yes\n";
    let decisions = "decision,village,amount,voted,posted_from,posted_to,votes_for,votes_cast,entitled\n\
        D1,990101101201,50000,2024-01-01,2024-01-02,2024-01-09,30,40,47\n\
        D2,990101101202,90000,2024-01-01,2024-01-02,2024-01-09,30,40,47\n\
        D3,990101101201,,2024-04-01,,,10,20,47\n";
    let tables = [
        ("ledger", ledger),
        ("limits", LIMITS),
        ("contracts", contracts),
        ("decisions", decisions),
    ];
    let records = records(&tables);
    let of = |contract: &str, decision: &str| {
        let csv = format!(
            "account,amount,payee,approver,contract,decision\n153,50000,P,a,{contract},{decision}\n"
        );
        missing(&csv, &records)
    };
    assert_eq!(of("", ""), [Saying::TenderMissing]);
    assert_eq!(of("C1", ""), [Saying::ContractExceeded]);
    assert_eq!(of("C2", ""), [Saying::TenderUnrecorded, Saying::ContractLater]);
    assert_eq!(of("C3", ""), [Saying::ContractElsewhere]);
    assert_eq!(of("C9", ""), [Saying::ContractUnknown]);
    assert_eq!(of("C1", "D1"), [Saying::DecisionExceeded, Saying::ContractExceeded]);
    assert_eq!(of("C1", "D2"), [Saying::DecisionElsewhere, Saying::ContractExceeded]);
    assert_eq!(of("C1", "D9"), [Saying::DecisionUnknown, Saying::ContractExceeded]);
    let short = of("C1", "D3");
    assert_eq!(
        short[..4],
        [
            Saying::DecisionVotedLater,
            Saying::DecisionNotPassed,
            Saying::DecisionNoQuorum,
            Saying::DecisionNotPosted
        ]
    );
    let cash = |method: &str| {
        missing(&format!("account,amount,payee,approver,method\n513,1500,Q,a,{method}\n"), &records)
    };
    assert_eq!((cash("现金"), cash("转账")), (vec![Saying::CashOver], vec![]));
    assert_eq!(cash(""), [Saying::MethodMissing]);
}

#[test]
fn who_signs_must_be_in_office_and_no_relative() {
    let posts = "person,village,post,start,end\nO1,990101101201,director,2021-01-01,\n\
        O2,990101101201,secretary,2021-01-01,2023-12-31\n";
    let people = "person,name,village\nO1,赵模,990101101201\nO2,钱模,990101101201\nX,孙模,990101101201\n\
        Y,孙模,990101101201\n";
    let payees = "payee,kind,name,person,owner\nP1,person,孙模,X,\nP2,firm,模拟商店,,O1\n\
        P3,person,李模,K,\nP4,firm,模拟建材,,Z\n";
    let kinship = "a,b,degree\nK,O1,2\n";
    let tables = [
        ("limits", LIMITS),
        ("posts", posts),
        ("people", people),
        ("payees", payees),
        ("kinship", kinship),
    ];
    let records = records(&tables);
    let of = |payee: &str, approver: &str| {
        missing(
            &format!("账户,科目编码,金额,收款人,审批人\n,513,10,{payee},{approver}\n"),
            &records,
        )
    };
    assert_eq!(of("P4", "赵模"), []);
    assert_eq!(of("模拟建材", "O1"), []);
    assert_eq!(of("P4", "钱模"), [Saying::ApproverOutOfOffice]);
    assert_eq!(of("模拟商店", "O1"), [Saying::ApproverIsPayee]);
    assert_eq!(of("李模", "赵模"), [Saying::ApproverIsKin]);
    assert_eq!(of("P4", "孙模"), [Saying::NameShared]);
    assert_eq!(of("无此商店", "O1"), [Saying::PayeeUnknown]);
    assert_eq!(of("", "O1"), [Saying::PayeeMissing]);
    let both = "account,amount,payee,approver,handler,witness\n513,10,P4,O1,O2,钱模\n";
    assert_eq!(missing(both, &records), [Saying::HandlerIsWitness]);
}

#[test]
fn papers_are_asked_for_where_the_file_has_a_column() {
    let payees = "payee,kind,name\nF,firm,模拟商店\nP,person,李模\n";
    let records = records(&[("limits", LIMITS), ("payees", payees)]);
    let of = |payee: &str, document: &str, number: &str| {
        let csv = format!(
            "account,amount,payee,approver,summary,document,document_no,attachments\n\
             513,10,{payee},a,购纸,{document},{number},1\n"
        );
        missing(&csv, &records)
    };
    assert_eq!(of("F", "发票", "123"), []);
    assert_eq!(of("F", "发票", ""), [Saying::PaperUnnumbered]);
    assert_eq!(of("F", "白条", ""), [Saying::PaperOwnSlip]);
    assert_eq!(of("P", "白条", ""), []);
    assert_eq!(of("F", "无", ""), [Saying::PaperNone]);
    assert_eq!(of("F", "", ""), [Saying::PaperMissing]);
    let bare = "account,amount,payee,approver,summary,attachments\n513,10,F,a,,\n";
    assert_eq!(missing(bare, &records), [Saying::PurposeMissing, Saying::AttachmentsMissing]);
}

#[test]
fn the_same_claim_and_the_sum_of_some_days_are_told() {
    let ledger =
        "date,voucher,amount,payee,document_no\n2024-02-25,v-1,1500,P,77\n2024-01-25,v-2,1500,P,\n";
    let records = records(&[("ledger", ledger), ("limits", LIMITS)]);
    let csv = "account,amount,payee,approver,document_no\n513,1500,P,a,77\n513,400,P,a,78\n513,400,P,a,78\n";
    let check = check(csv, &records);
    let told: Vec<Vec<Saying>> = check.rows.iter().map(|row| sayings(&row.missing)).collect();
    assert_eq!(told[0], [Saying::TogetherOver, Saying::PaidBefore]);
    assert_eq!(told[1], [Saying::TogetherOver, Saying::WrittenTwice]);
    let together = &check.rows[1].missing[0];
    assert!(together.cells.contains(&("count", Cell::Count(3))), "{together:?}");
    let credit = "account,amount,payee,approver\n513,400,Q,a\n";
    assert_eq!(missing(credit, &records), []);
}
