use super::condition::{Condition, Test};
use super::{Rule, named};
use crate::indicators::card::{Scheme, section};
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::level::Level;
use crate::ledger::sample::book;

fn condition(field: &str, test: Test) -> Condition {
    Condition { field: LEDGER.field(field).unwrap(), test }
}

fn rule(id: &str, conditions: Vec<Condition>) -> Rule {
    Rule {
        id: id.to_owned(),
        version: 1,
        name: "试行规则".to_owned(),
        name_en: "Rule on trial".to_owned(),
        basis: "县级规定第一条".to_owned(),
        days: (None, None),
        level: Level::Township,
        scheme: Scheme::Procedure,
        most: 0.05,
        innocent: vec!["a cause".to_owned()],
        conditions,
    }
}

/// The value of each payment of a ledger.
fn values(rule: Rule, ledger: &str) -> Vec<Option<f32>> {
    let book = book(&[("ledger", ledger)]);
    let configured = rule.configured().unwrap();
    configured.prepare(&book).readings().values().collect()
}

#[test]
fn all_conditions_are_met_or_one_is_not_or_it_cannot_be_said() {
    let conditions = || {
        vec![
            condition("amount", Test::Number(Some(2_000.0), None)),
            condition("document", Test::Is(vec!["none".to_owned(), "self_made".to_owned()])),
        ]
    };
    let ledger =
        "voucher,amount,document\n1,2000,none\n2,1999.99,none\n3,5000,invoice\n4,5000,\n5,10,\n";
    let (met, not) = (Some(1.0), Some(0.0));
    assert_eq!(values(rule("three_valued", conditions()), ledger), [met, not, not, None, not]);
}

#[test]
fn each_kind_of_column_has_its_tests() {
    let other = |field: &str| LEDGER.field(field).unwrap();
    let ledger = "voucher,date,approved,approver,handler,summary,committee_stamp,decision\n\
        1,2024-03-05,2024-04-20,li,li,招待客商,no,\n\
        2,2024-03-05,2024-03-06,li,wu,办公用品,yes,D1\n";
    let found = |id: &str, field: &str, test: Test| {
        let values = values(rule(id, vec![condition(field, test)]), ledger);
        values.into_iter().map(|it| it == Some(1.0)).collect::<Vec<_>>()
    };
    let first = [true, false];
    let reception = Test::Contains(vec!["招待".to_owned()]);
    assert_eq!(found("contains", "summary", reception), first);
    assert_eq!(found("starts", "summary", Test::Starts(vec!["招".to_owned()])), first);
    assert_eq!(found("is_not", "summary", Test::IsNot(vec!["办公用品".to_owned()])), first);
    assert_eq!(found("same", "approver", Test::Same(other("handler"), true)), first);
    assert_eq!(found("differs", "approver", Test::Same(other("handler"), false)), [false, true]);
    assert_eq!(found("late", "approved", Test::After(other("date"), (Some(30), None))), first);
    assert_eq!(found("no_stamp", "committee_stamp", Test::Flag(false)), first);
    assert_eq!(found("no_decision", "decision", Test::Recorded(false)), first);
    let from_april = Test::Day(
        Some("2024-04-01".parse().map(crate::ledger::contract::cell::Day::of).unwrap()),
        None,
    );
    assert_eq!(found("from_april", "approved", from_april), first);
}

#[test]
fn a_rule_is_asked_only_of_payments_on_whose_day_it_is_in_force() {
    let mut of_2024 = rule("in_force", vec![condition("amount", Test::Number(Some(1.0), None))]);
    of_2024.days = (Some("2024-01-01".parse().unwrap()), None);
    let ledger = "voucher,date,amount\n1,2023-12-31,5\n2,2024-01-01,5\n";
    assert_eq!(values(of_2024, ledger), [None, Some(1.0)]);
}

#[test]
fn a_version_has_one_meaning() {
    let of = |bound: f64| {
        rule("one_meaning", vec![condition("amount", Test::Number(Some(bound), None))])
    };
    assert!(of(1.0).configured().is_some());
    assert!(of(1.0).configured().is_some());
    assert!(of(2.0).configured().is_none());
    let next = Rule { version: 2, ..of(2.0) };
    assert!(next.configured().is_some());
    assert_eq!(named("own_one_meaning_v2").unwrap().rule.version, 2);
}

#[test]
fn its_page_says_what_it_asks_in_both_languages() {
    let conditions = vec![
        condition("amount", Test::Number(Some(2_000.0), Some(5_000.0))),
        condition("decision", Test::Recorded(false)),
    ];
    let [en, zh] = rule("pages", conditions).pages();
    assert_eq!(
        section(&en, "Rule").trim(),
        "- amount at least 2000 yuan and below 5000 yuan\n- decision is not recorded"
    );
    assert_eq!(
        section(&zh, "规则").trim(),
        "- 金额不低于 2000 元、低于 5000 元\n- 集体决策编号未填写"
    );
    assert!(section(&en, "Sentences").contains(
        "amount {amount} yuan (at least 2000 yuan and below 5000 yuan); decision is not recorded"
    ));
}
