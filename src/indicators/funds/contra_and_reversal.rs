#![doc = include_str!("contra_and_reversal.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{least_of, neg_log10};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::book::side::Side;
use crate::ledger::contract::cell::{Cell, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{counted, params, within};
use crate::stats::pooled::Shares;

pub(super) static INDICATOR: Indicator = Indicator::of::<ContraAndReversal>(card! {
    "contra_and_reversal",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::OffBook,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[],
    simulated_schemes: &["round_trip"],
});

params! {
    struct ContraAndReversal {
        window: i32 = 5, within(0..=31),
            "most days between the two entries",
            "一对分录最多相隔的天数";
        minimum: usize = 50, counted,
            "fewest vouchers of a village",
            "一个村的最少凭证张数";
    }
}

/// What an account does, as far as undoing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Cash, bank and all others.
    Aside,
    /// Spending: a debit is the ordinary side.
    Spending,
    /// Income: a credit is the ordinary side.
    Income,
    /// Receivables and current accounts (应收款, 内部往来).
    Current,
}

fn kind(chart: Chart, code: &str) -> Kind {
    match (chart, Chart::root(code)) {
        (_, "112" | "113") => Kind::Current,
        (_, "121" | "151" | "153" | "154")
        | (Chart::Of2004, "502" | "541" | "551")
        | (Chart::Of2024, "511" | "512" | "513" | "514" | "515") => Kind::Spending,
        (_, "501")
        | (Chart::Of2004, "511" | "521" | "522" | "531" | "561")
        | (Chart::Of2024, "502" | "503" | "504") => Kind::Income,
        _ => Kind::Aside,
    }
}

/// A line that can undo or be undone.
#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: Kind,
    account: Id,
    payee: Id,
    day: i32,
    /// In fen: above zero on the ordinary side (lending out), below zero on the other or in red.
    amount: i64,
    voucher: usize,
    line: LineIx,
}

impl Entry {
    fn may_be_of(&self, other: &Self) -> bool {
        let is_nobody = |payee| payee == Id::NONE;
        self.payee == other.payee || is_nobody(self.payee) || is_nobody(other.payee)
    }
}

/// What undoes something in a village, and the vouchers looked at.
#[derive(Debug, Default)]
struct Undone {
    /// The lines of each pair of spending or income, and of those that came back and went out again.
    pairs: [Vec<[LineIx; 2]>; 2],
    vouchers: usize,
}

impl Undone {
    fn counts(&self) -> [(u64, u64); 2] {
        self.pairs.each_ref().map(|pairs| (pairs.len() as u64, self.vouchers as u64))
    }
}

impl ContraAndReversal {
    fn undone(&self, book: &Book, kinds: &[[Kind; 2]], village: VillageIx) -> Option<Undone> {
        let vouchers = book.vouchers_of(village);
        let count = vouchers.len();
        let entries = vouchers.flat_map(|voucher| {
            let lines = LineIx::within(&book.voucher(voucher));
            lines.filter_map(move |line| entry(book, kinds, voucher, line))
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by_key(|entry| (entry.day, entry.line));
        let undoing = || entries.iter().filter(|entry| entry.amount < 0);
        let pairs = [false, true].map(|is_current| {
            let own = undoing().filter(|entry| (entry.kind == Kind::Current) == is_current);
            own.filter_map(|undoing| self.partner(&entries, undoing)).collect()
        });
        (count >= self.minimum).then_some(Undone { pairs, vouchers: count })
    }

    /// The lines of a pair, where this entry undoes another.
    fn partner(&self, entries: &[Entry], undoing: &Entry) -> Option<[LineIx; 2]> {
        let first = entries.partition_point(|entry| entry.day < undoing.day - self.window);
        let end = entries.partition_point(|entry| entry.day <= undoing.day + self.window);
        let near = entries.get(first..end).unwrap_or(&[]);
        let opposite = |entry: &&Entry| {
            entry.amount == -undoing.amount
                && entry.voucher != undoing.voucher
                && entry.kind == undoing.kind
                && entry.may_be_of(undoing)
        };
        let opposites = || near.iter().filter(opposite);
        let of_account = |entry: &&Entry| entry.account == undoing.account;
        let found = if undoing.kind == Kind::Current {
            // What comes back and goes out again; the other way round is an errand settled quickly.
            opposites().filter(|entry| is_before(undoing, entry)).find(of_account)
        } else {
            let undone = opposites().filter(|entry| is_before(entry, undoing)).find(of_account)?;
            // What is booked again, as a rule elsewhere, was put right and not undone. Within a day
            // nothing tells which entry came first.
            let again =
                opposites().any(|entry| entry.day >= undoing.day && entry.line != undone.line);
            (!again).then_some(undone)
        };
        found.map(|found| [found.line, undoing.line])
    }
}

fn is_before(a: &Entry, b: &Entry) -> bool {
    (a.day, a.line) < (b.day, b.line)
}

fn entry(book: &Book, kinds: &[[Kind; 2]], voucher: usize, line: LineIx) -> Option<Entry> {
    let account = book.lines.account.at(line);
    let [old, new] = kinds.get(account.0 as usize)?;
    let kind = if book.charts[line] == Chart::Of2004 { *old } else { *new };
    let ordinary = if kind == Kind::Income { Side::Credit } else { Side::Debit };
    let amount = book.lines.amount.at(line).0;
    let amount = if book.sides[line] == ordinary { amount } else { -amount };
    let (payee, day) = (book.lines.payee.at(line), book.lines.date.at(line).0);
    let entry = Entry { kind, account, payee, day, amount, voucher, line };
    (kind != Kind::Aside && amount != 0).then_some(entry)
}

#[derive(Debug)]
struct PairRates {
    /// The kind of each name, were it an account of the older or of the newer chart.
    kinds: Vec<[Kind; 2]>,
    /// The laws of both kinds of pairs.
    usual: [Shares; 2],
    /// The pairs of both kinds and the vouchers of all villages that are compared.
    all: [(u64, u64); 2],
}

/// The pairs of one kind in a village and the largest of them, beside those of the other villages.
fn told(
    book: &Book,
    is_current: bool,
    pairs: &[[LineIx; 2]],
    [own, all]: [(u64, u64); 2],
) -> Option<Fact> {
    let amount = |line: LineIx| book.lines.amount.at(line).0.saturating_abs();
    let largest = pairs.iter().max_by_key(|[one, _]| amount(*one))?;
    let [mut first, mut second] = *largest;
    if is_current {
        // What came back is listed after what went out again.
        (first, second) = (second, first);
    }
    let [day, other_day] = [first, second].map(|line| book.lines.date.at(line));
    let told = if is_current {
        fact!("lent_again", ["account", "side", "amount", "date"])
    } else {
        fact!("undone", ["account", "side", "amount", "date"])
    };
    Some(told.with([
        ("pairs", own.0.into()),
        ("vouchers", own.1.into()),
        ("other_pairs", (all.0 - own.0).into()),
        ("other_vouchers", (all.1 - own.1).into()),
        ("amount", Fen(amount(first)).into()),
        ("account", Value::Reference(book.lines.account.at(first))),
        ("voucher", first.into()),
        ("day", day.into()),
        ("other", second.into()),
        ("other_day", other_day.into()),
        ("days", (other_day.0 - day.0).into()),
    ]))
}

fn sum(counts: &[(u64, u64)]) -> (u64, u64) {
    counts.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

impl Measure for ContraAndReversal {
    type Context = PairRates;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> PairRates {
        let kinds = book.names.map(|code| {
            let is_code = code.starts_with(|letter: char| letter.is_ascii_digit());
            let of = |chart| if is_code { kind(chart, code) } else { Kind::Aside };
            [of(Chart::Of2004), of(Chart::Of2024)]
        });
        let counts = book
            .by_village()
            .par_map(|village, _| self.undone(book, &kinds, village).map(|undone| undone.counts()));
        let (undone, lent): (Vec<_>, Vec<_>) =
            counts.into_iter().flatten().map(|[undone, lent]| (undone, lent)).unzip();
        let all = [sum(&undone), sum(&lent)];
        PairRates { kinds, usual: [Shares::fit(&undone), Shares::fit(&lent)], all }
    }

    fn measure(&self, book: &Book, county: &PairRates, group: Group<'_, VillageIx>, out: &mut Out) {
        let undone = self.undone(book, &county.kinds, group.number);
        let Some(undone) = undone else { return };
        let each = county.usual.iter().zip(undone.counts());
        let tails = each.map(|(law, (pairs, vouchers))| law.upper(pairs, vouchers));
        let tails: Vec<f64> = tails.collect();
        let least = tails.iter().copied().min_by(f64::total_cmp).unwrap_or(1.0);
        out.tell(group.number, || {
            let each = undone.pairs.iter().zip(undone.counts()).zip(county.all).zip([false, true]);
            let facts = each
                .map(|(((pairs, own), all), is_current)| told(book, is_current, pairs, [own, all]));
            let mut facts: Vec<_> = tails.iter().zip(facts).collect();
            facts.sort_by(|a, b| a.0.total_cmp(b.0));
            facts.into_iter().filter_map(|(_, fact)| fact).collect::<Vec<_>>()
        });
        // Both kinds were looked at.
        out.put(group.number, neg_log10(least_of(least, 2)), undone.vouchers, || {
            undone.pairs.into_iter().flatten().flatten()
        });
    }
}
