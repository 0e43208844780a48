use super::{Due, Income, Means, State};
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::sample;

const LEASES: &str = "lease,village,tenant,rent_per_year,start,end\n\
    L1,990101101201,P1,1000,2020-03-01,2030-02-28\nL2,990101101201,P2,600,2020-03-01,2030-02-28\n";

/// A book whose ledger spans 2023 and 2024, with these receipts, dues and further tables.
fn book(receipts: &str, dues: &str, more: &[(&str, &str)]) -> Book {
    let ledger = format!(
        "date,account,side,amount,payee,contract,summary\n2023-01-01,513,debit,1,,,\n\
        2023-01-02,503,credit,5,,,利息\n2024-12-31,513,debit,1,,,\n{receipts}"
    );
    let dues = format!("lease,due,amount\n{dues}");
    let mut tables = vec![("ledger", ledger.as_str()), ("leases", LEASES)];
    tables.push(("lease_dues", &dues));
    tables.extend_from_slice(more);
    sample::book(&tables)
}

/// State, booked sum in yuan and number of parts of each due.
fn told(receipts: &str, dues: &str) -> Vec<(State, i64, usize)> {
    let income = Income::of(&book(receipts, dues, &[]));
    let of = |due: &Due| (due.state, due.booked().0 / 100, due.parts.len());
    income.all().iter().map(of).collect()
}

#[test]
fn a_receipt_pays_the_due_of_its_lease_in_time_or_late() {
    let dues = "L1,2023-04-01,1000\nL1,2024-04-01,1000\n";
    let receipts = "2023-04-10,501,credit,1000,,L1,\n2024-09-01,501,credit,1000,,L1,\n";
    assert_eq!(told(receipts, dues), [(State::Booked, 1000, 1), (State::Late, 1000, 1)]);
    assert_eq!(told("", dues), [(State::Missing, 0, 0), (State::Missing, 0, 0)]);
}

#[test]
fn an_amount_in_time_is_not_taken_for_the_arrears_before_it() {
    let dues = "L1,2023-04-01,1000\nL1,2024-04-01,1000\n";
    let receipts = "2024-04-05,501,credit,1000,,L1,\n";
    assert_eq!(told(receipts, dues), [(State::Missing, 0, 0), (State::Booked, 1000, 1)]);
}

#[test]
fn parts_add_up_and_the_rest_is_told() {
    let dues = "L1,2023-04-01,1000\nL2,2023-04-01,600\n";
    let receipts = "2023-04-10,501,credit,400,,L1,\n2023-06-01,501,credit,600,,L1,\n\
        2023-04-10,501,credit,250,,L2,\n";
    assert_eq!(told(receipts, dues), [(State::Booked, 1000, 2), (State::Part, 250, 1)]);
}

#[test]
fn one_receipt_pays_two_dues_of_a_lease_or_of_a_tenant() {
    let halves = "L1,2023-04-01,500\nL1,2023-10-01,500\n";
    let receipts = "2023-04-10,501,credit,1000,,L1,\n";
    assert_eq!(told(receipts, halves), [(State::Booked, 500, 1); 2]);
    let of_one = LEASES.replace("P2", "P1");
    let dues = "lease,due,amount\nL1,2023-04-01,1000\nL2,2023-04-01,600\n";
    let ledger = "date,account,side,amount,contract\n2023-01-01,513,debit,1,\n\
        2023-04-10,501,credit,1600,L1\n2024-12-31,513,debit,1,\n";
    let tables = [("ledger", ledger), ("leases", of_one.as_str()), ("lease_dues", dues)];
    let income = Income::of(&sample::book(&tables));
    assert!(income.all().iter().all(|due| due.state == State::Booked));
    assert_eq!(income.all()[1].parts[0].means, Means::Tenant);
}

#[test]
fn a_receipt_without_a_contract_is_found_by_its_tenant() {
    let dues = "L1,2023-04-01,1000\nL2,2023-04-01,600\n";
    // An amount that is none of the dues counts where it is booked as rent.
    let receipts = "2023-04-10,504,credit,1000,P1,,\n2023-04-10,504,credit,300,P2,,\n\
        2023-05-10,501,credit,200,P2,,\n2023-05-10,501,credit,600,P3,,\n";
    assert_eq!(told(receipts, dues), [(State::Booked, 1000, 1), (State::Part, 200, 1)]);
}

#[test]
fn a_tenant_may_be_a_person_or_a_payee() {
    let dues = "lease,due,amount\nL1,2023-04-01,1000\nL2,2023-04-01,600\n";
    let leases = LEASES.replace("P1", "H1");
    let ledger = "date,account,side,amount,payee\n2023-01-01,513,debit,1,\n\
        2023-04-10,501,credit,1000,P1\n2023-04-11,501,credit,600,H2\n2024-12-31,513,debit,1,\n";
    let payees = "payee,person\nP1,H1\nP2,H2\n";
    let tables = [("ledger", ledger), ("leases", leases.as_str()), ("lease_dues", dues)];
    let income = Income::of(&sample::book(&[&tables[..], &[("payees", payees)]].concat()));
    assert!(income.all().iter().all(|due| due.state == State::Booked), "{income:?}");
}

#[test]
fn rent_of_nobody_in_particular_pays_what_is_open() {
    let dues = "L1,2023-04-01,1000\nL2,2023-04-01,600\n";
    let receipts = "2023-06-10,501,credit,1600,,,收租金\n";
    assert_eq!(told(receipts, dues), [(State::Booked, 1000, 1), (State::Booked, 600, 1)]);
    // Other income is not rent.
    let receipts = "2023-06-10,504,credit,1600,,,废品收入\n";
    assert_eq!(told(receipts, dues), [(State::Missing, 0, 0); 2]);
}

#[test]
fn what_went_back_is_no_receipt() {
    let dues = "L1,2023-04-01,1000\n";
    let receipts = "2023-04-10,501,credit,1000,,L1,\n2023-04-20,501,credit,-1000,,L1,红字冲销\n";
    assert_eq!(told(receipts, dues), [(State::Missing, 0, 0)]);
}

#[test]
fn both_ends_of_the_books_are_left_open() {
    let dues = "L1,2022-12-01,1000\nL1,2023-01-20,1000\nL1,2024-11-01,1000\nL1,2025-01-20,1000\n";
    assert_eq!(told("", dues), [(State::BeforeBooks, 0, 0), (State::Open, 0, 0)]);
}

#[test]
fn a_decision_waives_up_to_its_amount() {
    let decisions = "decision,village,item,amount,voted\n\
        D1,990101101201,减免受灾承包户租金,1000,2023-06-01\nD2,990101101201,发包鱼塘,600,2023-06-01\n";
    let dues = "L1,2023-04-01,1000\nL2,2023-04-01,600\n";
    let income = Income::of(&book("", dues, &[("decisions", decisions)]));
    let states: Vec<_> = income.all().iter().map(|due| (due.state, due.waiver)).collect();
    assert_eq!(states, [(State::Waived, Some(0)), (State::Missing, None)]);
}

#[test]
fn without_dues_a_year_of_rent_falls_due_at_its_end() {
    let ledger = "date,account,side,amount,contract\n2023-01-01,513,debit,1,\n\
        2023-03-10,501,credit,1000,L1\n2024-12-31,513,debit,1,\n";
    let income = Income::of(&sample::book(&[("ledger", ledger), ("leases", LEASES)]));
    let told: Vec<_> = income.all().iter().map(|due| (due.day, due.source, due.state)).collect();
    let (first, second) = (Day(19_416), Day(19_782));
    assert_eq!(
        told,
        [
            (first, ("leases", 0), State::Booked),
            (first, ("leases", 1), State::Missing),
            (second, ("leases", 0), State::Missing),
            (second, ("leases", 1), State::Missing),
        ]
    );
}

#[test]
fn books_without_any_income_tell_nothing() {
    let ledger = "date,account,side,amount\n2023-01-01,513,debit,1\n2024-12-31,513,debit,1\n";
    let dues = "lease,due,amount\nL1,2023-04-01,1000\n";
    let tables = [("ledger", ledger), ("leases", LEASES), ("lease_dues", dues)];
    let income = Income::of(&sample::book(&tables));
    let told: Vec<_> = income.all().iter().map(|due| (due.state, due.open())).collect();
    assert_eq!(told, [(State::NoIncome, Fen(100_000))]);
    assert!(Income::of(&sample::book(&[("ledger", ledger)])).all().is_empty());
}
