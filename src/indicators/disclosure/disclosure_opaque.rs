#![doc = include_str!("disclosure_opaque.md")]

use crate::convert::float;
use crate::convert::row32;
use crate::indicators::basis::{DISCLOSURE_RULES, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::neg_log10;
use crate::indicators::unusual::{Unusual, most_unusual};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{counted, params, within};
use crate::registers::notices::{Notice, notices, word};
use crate::stats::robust::median;

pub(super) static INDICATOR: Indicator = Indicator::of::<DisclosureOpaque>(card! {
    "disclosure_opaque",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::Disclosure,
    scale: Scale::NegLog10P,
    requires: &["disclosures.account", "disclosures.amount"],
    basis: &[VILLAGERS_LAW, DISCLOSURE_RULES],
    simulated_schemes: &["misposting"],
});

params! {
    struct DisclosureOpaque {
        periods: usize = 4, counted,
            "fewest periods that a village posted",
            "村最少公示的期数";
        villages: usize = 12, within(5..=1_000_000),
            "fewest other villages",
            "最少的其他村数";
    }
}

/// How a village's notices are made up.
#[derive(Debug, Clone, Copy)]
struct MakeUp {
    periods: usize,
    /// The share of the money under other income and expenses.
    other: f64,
    /// The largest amount, and its share of the money.
    largest: Notice,
    share: f64,
    /// Amounts that a notice has on average.
    amounts: f64,
}

/// Whether an account or its section is for what has no place of its own.
fn is_other(book: &Book, notice: &Notice) -> bool {
    let code = book.names.get(notice.account);
    let is_account = matches!(Chart::on(notice.period.first).series(code), 504 | 515);
    // In the chart of 2004 this account also has what is spent for the public good.
    let is_account = is_account && Chart::root(code) != "551" && Chart::root(code) != "514";
    let section = book.names.get(notice.section);
    let words = ["其他", "其它", "杂项", "杂支", "other", "sundr"];
    is_account || words.iter().any(|word| section.to_lowercase().contains(word))
}

impl MakeUp {
    fn of(book: &Book, notices: &[Notice]) -> Option<Self> {
        let is_told = |it: &&Notice| it.account != Id::NONE && it.amount != Fen::NONE;
        let told: Vec<&Notice> = notices.iter().filter(is_told).collect();
        let size = |it: &Notice| it.amount.0.unsigned_abs();
        let all: u64 = told.iter().map(|it| size(it)).sum();
        let other: u64 = told.iter().filter(|it| is_other(book, it)).map(|it| size(it)).sum();
        let largest = told.iter().max_by_key(|it| size(it)).filter(|_| all > 0)?;
        let periods = told.chunk_by(|a, b| a.period == b.period).count();
        Some(Self {
            periods,
            other: float(other) / float(all),
            largest: **largest,
            share: float(size(largest)) / float(all),
            amounts: float(told.len()) / float(periods),
        })
    }

    /// The columns that are compared, larger for a notice that tells less. Shares are put on the scale of their odds.
    fn columns(&self) -> Vec<Option<f64>> {
        let odds = |share: f64| ((share + EDGE) / (1.0 - share + EDGE)).ln();
        vec![Some(odds(self.other)), Some(odds(self.share)), Some(-self.amounts.ln())]
    }
}

/// What is added to a share and its rest before the logarithm of their ratio.
const EDGE: f64 = 0.01;

/// What is computed once for a county.
#[derive(Debug)]
struct MakeUps {
    villages: IxVec<VillageIx, Option<MakeUp>>,
    unusual: IxVec<VillageIx, Option<Unusual>>,
    /// The medians of the county: share under other, share of the largest amount, amounts of a notice.
    usual: [f64; 3],
    /// How many villages are compared.
    compared: usize,
    /// Every notice under other, village by village.
    others: IxVec<VillageIx, Vec<usize>>,
}

impl MakeUps {
    fn fact(&self, made: &MakeUp, column: usize) -> Fact {
        let [other, share, amounts] = self.usual;
        let peers = self.compared.saturating_sub(1);
        match column {
            0 => fact!(
                "other", ["account"],
                share: Value::Share(made.other), usual: Value::Share(other), peers: peers,
            ),
            1 => fact!(
                "largest", ["account", "amount"],
                amount: made.largest.amount, account: Value::Text(made.largest.account),
                period: word(made.largest.period), share: Value::Share(made.share),
                usual: Value::Share(share), peers: peers,
            ),
            _ => fact!(
                "few", ["account"],
                amounts: Value::Number(made.amounts), usual: Value::Number(amounts), peers: peers,
            ),
        }
    }

    /// The notices that the reason speaks of.
    fn rows(&self, village: VillageIx, made: &MakeUp, column: usize) -> Vec<Record> {
        let rows = match column {
            0 => self.others[village].clone(),
            1 => vec![made.largest.row],
            _ => Vec::new(),
        };
        let record = |row: usize| Record { table: "disclosures", row: row32(row), money: Fen(0) };
        rows.into_iter().map(record).collect()
    }
}

impl Measure for DisclosureOpaque {
    type Context = MakeUps;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> MakeUps {
        let notices = notices(book);
        let make_up = |own: &Vec<Notice>| {
            MakeUp::of(book, own).filter(|made| made.periods >= self.periods.max(1))
        };
        let villages: IxVec<VillageIx, Option<MakeUp>> = notices.iter().map(make_up).collect();
        let columns = |made: &Option<MakeUp>| made.map_or(vec![None; 3], |made| made.columns());
        let rows: Vec<Vec<Option<f64>>> = villages.iter().map(columns).collect();
        let usual = [|it: &MakeUp| it.other, |it: &MakeUp| it.share, |it: &MakeUp| it.amounts];
        let usual = usual.map(|of: fn(&MakeUp) -> f64| {
            let all: Vec<f64> = villages.iter().flatten().map(of).collect();
            median(&all).unwrap_or(0.0)
        });
        let is_other = |it: &&Notice| is_other(book, it);
        let others =
            notices.iter().map(|own| own.iter().filter(is_other).map(|it| it.row).collect());
        MakeUps {
            unusual: most_unusual(&rows, self.villages).into(),
            usual,
            compared: villages.iter().flatten().count(),
            others: others.collect(),
            villages,
        }
    }

    fn measure(&self, _: &Book, county: &MakeUps, group: Group<'_, VillageIx>, out: &mut Out) {
        let made = county.villages[group.number].zip(county.unusual[group.number]);
        let Some((made, unusual)) = made else { return };
        out.put(group.number, neg_log10(unusual.p), made.periods, || None::<LineIx>);
        out.cite(group.number, || county.rows(group.number, &made, unusual.column));
        out.tell(group.number, || [county.fact(&made, unusual.column)]);
    }
}
