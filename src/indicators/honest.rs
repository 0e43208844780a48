//! A made-up county in which nobody does anything: how often do indicators find something there?

use std::fmt::Write;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::named;
use crate::ledger::book::Book;
use crate::ledger::sample;

const LIMITS: &str = "region,expense_class,from_amount,valid_from\n\
    990101,non-production,0,2020-01-01\n990101,non-production,1000,2020-01-01\n\
    990101,non-production,5000,2020-01-01\n990101,production,2000,2020-01-01\n";

const PAYEES: u32 = 40;

/// Payments of three years, posted on four days of each month, to payees who are paid as often as shops and
/// workers are; amounts are rounded as people round, and every sixth payee is some officer's relative.
fn county(villages: u32, payments: u32) -> Book {
    let mut stream = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut ledger = String::from("village,date,voucher,account,amount,payee,approver\n");
    let mut kinship = String::from("a,b,degree\n");
    for village in 0..villages {
        for payee in (0..PAYEES).filter(|_| stream.gen_ratio(1, 6)).collect::<Vec<_>>() {
            let officer = stream.gen_range(0..3);
            writeln!(kinship, "O{village}-{officer},P{village}-{payee},1").unwrap();
        }
        let mut days: Vec<u32> =
            (0..payments).map(|_| stream.gen_range(0..36) * 4 + stream.gen_range(0..4)).collect();
        days.sort_unstable();
        for (number, day) in (1..).zip(days) {
            let row = payment(&mut stream, village, day);
            writeln!(ledger, "990101101{village:03},{row}").unwrap();
            let at = ledger.rfind("NUMBER").unwrap();
            ledger.replace_range(at..at + 6, &format!("记-{number:05}"));
        }
    }
    sample::book(&[("ledger", &ledger), ("kinship", &kinship), ("limits", LIMITS)])
}

fn payment(stream: &mut Xoshiro256PlusPlus, village: u32, day: u32) -> String {
    // Half of the payments go to a fifth of the payees.
    let payee = stream.gen_range(0..PAYEES).min(stream.gen_range(0..PAYEES));
    // Each payee is usually, but not always, dealt with by the same officer.
    let officer = if stream.gen_ratio(2, 3) { payee * 7 % 3 } else { stream.gen_range(0..3) };
    let step = [1.0, 10.0, 0.01, 50.0, 100.0].choose(stream).unwrap();
    let amount: f64 = LogNormal::new(6.3, 1.2).unwrap().sample(stream);
    let amount = ((amount / step).round() * step).max(*step);
    let (year, month, date) = (2021 + day / 48, day / 4 % 12 + 1, day % 4 * 7 + 3);
    let account = if payee % 5 == 4 { 502 } else { 541 };
    format!(
        "{year}-{month:02}-{date:02},NUMBER,{account},{amount:.2},P{village}-{payee},O{village}-{officer}"
    )
}

#[test]
fn chance_alone_is_seldom_told_as_a_surprise() {
    let book = county(90, 350);
    let values = |name: &str| -> Vec<f32> {
        let indicator = named(name).unwrap().with(toml::Table::new()).unwrap();
        indicator.prepare(&book).readings().values().flatten().collect()
    };
    for name in [
        "benford_first_digit",
        "kin_approval",
        "limit_bunching",
        "sequence_gap",
        "split_same_payee_window",
    ] {
        let values = values(name);
        assert!(values.len() >= 90, "{name}: {} subjects answered", values.len());
        let share = |least: f32| {
            let beyond = values.iter().filter(|value| **value >= least).count();
            f64::from(u32::try_from(beyond).unwrap())
                / f64::from(u32::try_from(values.len()).unwrap())
        };
        // A p-value below 0.1 once in ten, below 0.01 once in a hundred; more than that by luck of the draw.
        assert!(share(1.0) < 0.14, "{name}: {}", share(1.0));
        assert!(share(2.0) < 0.025, "{name}: {}", share(2.0));
    }
}
