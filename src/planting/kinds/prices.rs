//! Amounts that differ from the true price.

use super::card::KindCard;
use crate::indicators::card::Scheme;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::planting::dice::scaled;
use crate::planting::draft::Field;
use crate::planting::site::Site;

pub(super) const RAISED: KindCard = KindCard {
    name: "price_raised",
    title: "prices of one payee raised",
    title_zh: "虚高价格",
    scheme: Scheme::UnusualSpending,
    is_act: true,
    edits: "one to eight purchases in a row from one payee cost 1.15 to 4 times as much",
    needs: &["ledger.payee"],
    plant: raised,
};

pub(super) const REWORKED: KindCard = KindCard {
    name: "amount_reworked",
    title: "amount written larger or rounder",
    title_zh: "涂改、虚增金额",
    scheme: Scheme::InventedAmounts,
    is_act: true,
    edits: "one to five amounts are rounded up, or their first digit is another one",
    needs: &["ledger.amount"],
    plant: reworked,
};

pub(super) const INVENTED_LIST: KindCard = KindCard {
    name: "invented_list",
    title: "amounts of a list invented",
    title_zh: "编造发放名册金额",
    scheme: Scheme::InventedAmounts,
    is_act: true,
    edits: "the amounts of a list of wages or labour fees are replaced by favourite ones, and more of them",
    needs: &["ledger.payee"],
    plant: invented_list,
};

fn raised(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let lines = site.run_of_purchases(1, 8)?;
    let factor = site.dice.factor(1.15, 4.0);
    for line in &lines {
        let own = if site.careful() { site.dice.real(0.85, 1.2) } else { 1.0 };
        let amount = site.draft.amount(*line);
        let dearer = scaled(amount, (factor * own).max(1.1));
        site.draft.set_amount(*line, dearer);
        if site.careful() {
            site.draft.sign_as_near(site.place, *line, site.dice);
        }
    }
    Some(lines)
}

fn reworked(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let count = site.dice.count(1, 5);
    let mut lines: Vec<LineIx> = Vec::new();
    let mut handler = Id::NONE;
    for _ in 0..count {
        let Some(line) = site.purchase(|draft, line| {
            draft.amount(line) > Fen(5_000)
                && (handler == Id::NONE || draft.at(line, Field::Handler) == handler)
        }) else {
            break;
        };
        site.draft.reserve(line);
        handler = site.draft.at(line, Field::Handler);
        let amount = site.draft.amount(line);
        let larger =
            if site.dice.happens(0.6) { rounded_up(site, amount) } else { redigit(site, amount) };
        site.draft.set_amount(line, larger);
        lines.push(line);
    }
    (!lines.is_empty()).then_some(lines)
}

/// Raises an amount by 3 to 120 percent and rounds it up.
fn rounded_up(site: &mut Site<'_, '_>, amount: Fen) -> Fen {
    let factor = site.dice.factor(1.03, 2.2);
    let raw = Fen::of_yuan(amount.yuan() * factor).0;
    let units: Vec<i64> =
        [5_000, 10_000, 50_000, 100_000].into_iter().filter(|unit| *unit <= raw / 2).collect();
    let unit = site.dice.pick(&units).unwrap_or(1_000);
    Fen((raw + unit - 1) / unit * unit)
}

/// The amount with a larger first digit.
fn redigit(site: &mut Site<'_, '_>, amount: Fen) -> Fen {
    let mut unit = 1_i64;
    while amount.0 / unit >= 10 {
        unit *= 10;
    }
    let first = i32::try_from(amount.0 / unit).unwrap_or(9);
    let more = site.dice.between(1, (9 - first).clamp(1, 5));
    Fen(amount.0 + unit * i64::from(more))
}

fn invented_list(site: &mut Site<'_, '_>) -> Option<Vec<LineIx>> {
    let list = site.list(40, |draft, line| {
        draft.class(line) != Class::Subsidy
            && draft.at(line, Field::Scheme) == Id::NONE
            && draft.amount(line) > Fen(0)
    })?;
    let sum: Fen = list.iter().map(|line| site.draft.amount(*line)).sum();
    let count = u32::try_from(list.len()).ok()?;
    let inflated = sum.yuan() / f64::from(count.max(1)) * site.dice.factor(1.05, 1.9);
    let kinds = site.dice.count(1, 5);
    let spread = site.dice.real(0.05, 0.4);
    let unit = site.dice.pick(&[1_000, 2_000, 5_000, 10_000]).unwrap_or(1_000);
    let favourites: Vec<Fen> = (0..kinds)
        .map(|_| {
            let raw = Fen::of_yuan(inflated * (1.0 + spread * site.dice.real(-1.0, 1.0))).0;
            Fen(((raw + unit / 2) / unit * unit).max(unit))
        })
        .collect();
    for line in &list {
        let amount = site.dice.pick(&favourites)?;
        site.draft.set_amount(*line, amount);
    }
    Some(list)
}
