//! A township: clerks and reviewers of its agency, firms of its market, habits and limits.

use super::calendar::Span;
use super::chance::{Dice, Draw, Purpose, dice};
use super::payee::{Payee, Trade};
use super::person::{Person, SURNAMES};
use super::policy::{Band, Policy, county_bands, township_bands};
use super::settings::Settings;

/// How the township keeps the books of its villages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// Whether voucher numbers restart each month, or each year.
    pub(crate) numbers_by_month: bool,
    /// Whether vouchers are keyed together in the next month, or within days.
    pub(crate) keys_in_batches: bool,
    /// Share of small payments made in cash.
    pub(crate) cash_share: f64,
    /// Share of free prices that are agreed as round sums.
    pub(crate) rounding: f64,
    /// Share of required signatures that are not keyed.
    pub(crate) unkeyed: f64,
    /// Share of voucher numbers that are skipped.
    pub(crate) skips: f64,
    /// Share of quotations slightly over a limit that are bargained down to it.
    pub(crate) bargains: f64,
    /// The weekday on which claims are signed, if there is one; 0 is Monday.
    pub(crate) signing_day: Option<i32>,
}

#[derive(Debug, Clone)]
pub(crate) struct Township {
    pub(crate) seed: u64,
    /// Index in the county, from 0.
    pub(crate) index: u32,
    /// Index of the county, from 0.
    pub(crate) county_index: u32,
    pub(crate) county: String,
    pub(crate) code: String,
    pub(crate) habits: Habits,
    pub(crate) people: Vec<Person>,
    /// The first `county_payees` serve the whole county.
    pub(crate) payees: Vec<Payee>,
    pub(crate) county_payees: usize,
    pub(crate) own_bands: Vec<Band>,
    pub(crate) policy: Policy,
    pub(crate) span: Span,
}

/// Number of reviewers; they are the first persons of a township, and clerks come next.
pub(crate) const REVIEWERS: usize = 2;
/// Number of clerks of a township's agency.
pub(crate) const CLERKS: usize = 3;

/// The code of a county, in province 99, which does not exist.
pub(crate) fn county_code(index: u32) -> String {
    format!("99{:04}", 101 + index)
}

impl Township {
    pub(crate) fn new(settings: &Settings, county_index: u32, index: u32, span: Span) -> Self {
        let seed = settings.seed;
        let county = county_code(county_index);
        let code = format!("{county}{}", 101 + index);
        let mut of_county = dice(seed, Purpose::Township, &[u64::from(county_index)]);
        let place = [u64::from(county_index), u64::from(index)];
        let mut of_policy = dice(seed, Purpose::Policy, &place);
        let mut dice = dice(seed, Purpose::Township, &place);
        let mut people = Vec::new();
        for serial in 0..REVIEWERS + CLERKS {
            people.push(adult(&mut dice, &code, serial + 1));
        }
        let mut payees = county_firms(&mut of_county, &county);
        let county_payees = payees.len();
        market(&mut dice, &code, &mut people, &mut payees);
        let own_bands = township_bands(&mut of_policy, &code, index, span);
        let policy = Policy::new(own_bands.clone(), county_bands(&county, span));
        let habits = Habits {
            numbers_by_month: index == 0 || dice.chance(0.6),
            keys_in_batches: dice.chance(0.5),
            cash_share: dice.share(0.15, 0.5),
            rounding: dice.share(0.05, 0.3),
            unkeyed: dice.share(0.005, 0.05),
            skips: dice.one_of([0.0, 0.0, 0.000_5, 0.002]),
            bargains: dice.share(0.02, 0.15),
            signing_day: dice.chance(0.3).then(|| dice.one_of([1, 2, 3, 4])),
        };
        Self {
            seed,
            index,
            county_index,
            county,
            code,
            habits,
            people,
            payees,
            county_payees,
            own_bands,
            policy,
            span,
        }
    }
}

fn adult(dice: &mut Dice, place: &str, serial: usize) -> Person {
    let surname = dice.one_of(SURNAMES);
    let mut person = Person::new(dice, place, serial, surname);
    person.birth_year = i32::try_from(dice.between(1962, 1992)).unwrap_or(1975);
    person
}

fn county_firms(dice: &mut Dice, county: &str) -> Vec<Payee> {
    let trades = [Trade::Power, Trade::Water, Trade::Telecom, Trade::Office, Trade::Office];
    let firm = |(serial, trade)| Payee::firm(dice, county, serial + 1, trade, None);
    trades.into_iter().enumerate().map(firm).collect()
}

/// Adds the firms of the market town; their owners live in no village of the data.
fn market(dice: &mut Dice, code: &str, people: &mut Vec<Person>, payees: &mut Vec<Payee>) {
    let trades = [
        (Trade::Shop, 3),
        (Trade::Print, 3),
        (Trade::Restaurant, 4),
        (Trade::Repair, 2),
        (Trade::Farm, 3),
        (Trade::Machine, 2),
        (Trade::Materials, 4),
        (Trade::Builder, 4),
        (Trade::Appliance, 2),
    ];
    let mut serial = 0;
    for (trade, count) in trades {
        for _ in 0..count {
            serial += 1;
            let owner = people.len();
            people.push(adult(dice, code, owner + 1));
            payees.push(Payee::firm(dice, code, serial, trade, Some(owner)));
        }
    }
}
