//! Ordinary transactions of a village, year by year; nothing is planted here.

pub(crate) mod advances;
pub(crate) mod bills;
pub(crate) mod corrections;
pub(crate) mod grants;
pub(crate) mod leases;
pub(crate) mod purchases;
pub(crate) mod specialists;
pub(crate) mod subsidies;
pub(crate) mod supplements;
pub(crate) mod wages;
pub(crate) mod works;

use super::chance::{Draw, Purpose, dice};
use super::settings::Settings;
use super::village::Village;

/// Share of a year's lines reserved for the withdrawals and grants booked at the end.
const KEPT_FOR_CLOSING: f64 = 0.08;

/// Books all ordinary transactions of a village.
pub(crate) fn live(village: &mut Village<'_>, settings: &Settings) {
    let place = [u64::from(village.township.county_index), u64::from(village.index)];
    let mut dice = dice(settings.seed, Purpose::Ordinary, &place);
    let mut beside = self::dice(settings.seed, Purpose::Beside, &place);
    let patience = beside.log_normal(1.0, 0.7);
    let mut market = purchases::Market::of(village, &mut dice);
    leases::sign(village, &mut dice);
    let wish = f64::from(settings.lines) * village.activity * (1.0 - KEPT_FOR_CLOSING);
    for year in village.span.all_years() {
        let start = village.lines;
        wages::pay(village, &mut dice, year);
        bills::pay(village, &mut dice, year);
        subsidies::pay(village, &mut dice, year);
        leases::collect(village, &mut dice, year);
        works::build(village, &mut dice, year);
        advances::lend(village, &mut dice, year, patience);
        let booked = village.lines - start;
        market.buy(village, &mut dice, year, start + whole(wish).max(booked + 60));
        specialists::pay(village, &mut beside, year);
        grants::receive(village, &mut dice, year);
    }
    supplements::sign(village, &mut self::dice(settings.seed, Purpose::Supplements, &place));
}

/// The whole part of a positive quantity.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "settings keep it below 10^8 and above 0"
)]
fn whole(quantity: f64) -> usize {
    quantity as usize
}
