#![doc = include_str!("multivariate_rarity.md")]

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::convert::{float, narrow};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact, usual};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::months::Months;
use crate::indicators::seen::{Seen, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::contract::table::Col;
use crate::ledger::subject::Grain;
use crate::params::{above_zero, counted, params};

pub(super) static INDICATOR: Indicator = Indicator::of::<MultivariateRarity>(card! {
    "multivariate_rarity",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::UnusualSpending,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["shifted_costs", "year_end_rush", "ghost_payee", "misposting"],
});

params! {
    struct MultivariateRarity {
        minimum: usize = 4, counted,
            "payments of a payee needed for a median",
            "取中位数所需的收款人付款笔数";
        prior: f64 = 1.0, above_zero,
            "payments added to shares within a village",
            "混入村内比例的付款笔数";
    }
}

/// The attributes of a payment that are looked at.
const ATTRIBUTES: usize = 8;

/// For each attribute its rarity in steps of [`STEP`] nats; [`UNKNOWN`] where it has none.
type RarityLevels = [u8; ATTRIBUTES];

const UNKNOWN: u8 = u8::MAX;
const STEP: f64 = 0.05;

/// Sizes are told apart by eighths of an e-fold.
const SIZES: usize = 256;
/// Accounts are numbers of three digits; of the four digits of another chart the first three are taken.
const ACCOUNTS: usize = 1_000;
/// Kinds of document or method, or counts of attachments, that are told apart; more are one.
const KINDS: usize = 16;

/// What is computed once for a county.
#[derive(Debug)]
pub(super) struct Scores {
    /// For each payment its score; negative where it does not count.
    of: IxVec<PaymentIx, f32>,
    ranks: Ranks,
    months: Months,
    usages: Usages,
    tails: Vec<[f32; 256]>,
}

#[expect(clippy::cast_precision_loss, reason = "an amount is below 2^53 fen")]
fn ln_size(one: Seen) -> f64 {
    (one.amount as f64).ln()
}

/// The place of a value that is not negative on a scale of steps; the last place for all beyond.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "limited to the number of places, and not negative"
)]
fn step(value: f64, size: f64, places: usize) -> usize {
    (value / size).clamp(0.0, float(places - 1)) as usize
}

/// The few words that a column holds, in the order of their first use.
#[derive(Debug)]
struct Words(Vec<Id>);

impl Words {
    fn of(column: &Col<Id>) -> Self {
        let mut words: Vec<Id> = Vec::new();
        for id in column.cells() {
            if words.len() < KINDS && !words.contains(id) {
                words.push(*id);
            }
        }
        Self(words)
    }

    fn place(&self, id: Id) -> Option<usize> {
        id.some()?;
        Some(self.0.iter().position(|word| *word == id).unwrap_or(KINDS).min(KINDS - 1))
    }
}

/// Counts of one thing inside another: sizes in an account, methods in a band.
#[derive(Debug, Clone)]
struct Counts {
    width: usize,
    cells: Vec<f64>,
    rows: Vec<f64>,
}

impl Counts {
    fn new(rows: usize, width: usize) -> Self {
        Self { width, cells: vec![0.0; rows * width], rows: vec![0.0; rows] }
    }

    fn add(&mut self, row: usize, cell: usize) {
        if let Some(count) = self.cells.get_mut(row * self.width + cell) {
            *count += 1.0;
        }
        if let Some(count) = self.rows.get_mut(row) {
            *count += 1.0;
        }
    }

    /// Turns the cells of every row into the counts of this cell and all that follow it.
    fn accumulate(&mut self) {
        for row in self.cells.chunks_mut(self.width) {
            let mut sum = 0.0;
            for count in row.iter_mut().rev() {
                sum += *count;
                *count = sum;
            }
        }
    }

    fn row(&self, row: usize) -> f64 {
        self.rows.get(row).copied().unwrap_or(0.0)
    }

    /// Minus the logarithm of a cell's share of its row.
    fn neg_log10(&self, row: usize, cell: usize) -> f64 {
        let count = self.cells.get(row * self.width + cell).copied().unwrap_or(0.0);
        (self.row(row) / count.max(1.0)).max(1.0).ln()
    }
}

/// The usages of a county against which a payment is held.
#[derive(Debug)]
struct Usages {
    methods: Words,
    documents: Words,
    sizes: Counts,
    method_in_band: Counts,
    document_in_account: Counts,
    attached_to_document: Counts,
    /// The middle logarithm of each payee's amounts; NaN where there are few.
    payees: IxVec<PayeeIx, f64>,
}

/// The plain attributes of one payment.
struct Attributes {
    account: usize,
    /// The logarithm of the amount.
    ln: f64,
    /// The same in steps.
    size: usize,
    /// The same in coarse steps, in which methods of payment are compared.
    band: usize,
    method: Option<usize>,
    document: Option<usize>,
    attachments: Option<usize>,
}

impl Usages {
    fn of(book: &Book, minimum: usize) -> Self {
        let middle = |_, payments: &[PaymentIx]| {
            let paid = seen(book, payments).filter(|one| one.is_signed_for());
            let mut sizes: Vec<f64> = paid.map(ln_size).collect();
            let middle = sizes.len() / 2;
            if sizes.len() < minimum.max(1) {
                return f64::NAN;
            }
            *sizes.select_nth_unstable_by(middle, f64::total_cmp).1
        };
        let mut usages = Self {
            methods: Words::of(&book.lines.method),
            documents: Words::of(&book.lines.document),
            sizes: Counts::new(ACCOUNTS, SIZES),
            method_in_band: Counts::new(KINDS, KINDS),
            document_in_account: Counts::new(ACCOUNTS, KINDS),
            attached_to_document: Counts::new(KINDS, KINDS),
            payees: book.by_payee().par_map(middle),
        };
        for group in book.by_village().groups() {
            for one in seen(book, group).filter(|one| one.is_signed_for()) {
                let own = usages.attributes(book, one);
                usages.sizes.add(own.account, own.size);
                if let Some(method) = own.method {
                    usages.method_in_band.add(own.band, method);
                }
                if let Some(document) = own.document {
                    usages.document_in_account.add(own.account, document);
                }
                if let Some((document, attachments)) = own.document.zip(own.attachments) {
                    usages.attached_to_document.add(document, attachments);
                }
            }
        }
        usages.sizes.accumulate();
        usages
    }

    fn attributes(&self, book: &Book, one: Seen) -> Attributes {
        let line = one.line;
        let account = usize::from(book.series()[one.payment]);
        let account = if account < ACCOUNTS { account } else { account / 10 };
        let attachments = book.lines.attachments.at(line).some();
        let ln = ln_size(one);
        Attributes {
            account: account.min(ACCOUNTS - 1),
            ln,
            size: step(ln, 0.125, SIZES),
            band: step(ln, 1.0, KINDS),
            method: self.methods.place(book.lines.method.at(line)),
            document: self.documents.place(book.lines.document.at(line)),
            attachments: attachments
                .map(|count| usize::try_from(count.0).unwrap_or(0).min(KINDS - 1)),
        }
    }
}

/// The payments that count, each with its day of the month.
fn by_day_of_month(
    book: &Book,
    months: &Months,
    payments: &[PaymentIx],
) -> (Vec<Seen>, Vec<usize>) {
    let of_month = |(place, payments)| {
        let first = months.first_day(place).map_or(0, |day| day.0 - 1);
        let paid = seen(book, payments).filter(|one| one.is_signed_for());
        paid.map(move |one| (one, usize::try_from(one.day.0 - first).unwrap_or(0)))
    };
    months.split(book, payments).enumerate().flat_map(of_month).unzip()
}

/// Days since the payee was paid last in this village, for each place of a village's payments.
fn pauses(book: &Book, paid: &[Seen]) -> Vec<Option<i32>> {
    let mut order: Vec<(PayeeIx, usize)> = paid
        .iter()
        .enumerate()
        .filter_map(|(place, one)| Some((one.payee(book)?, place)))
        .collect();
    order.sort_unstable();
    let mut pauses = vec![None; paid.len()];
    for pair in order.windows(2) {
        let [(before, first), (payee, next)] = pair else { continue };
        let days =
            paid.get(*next).zip(paid.get(*first)).map(|(next, first)| next.day.0 - first.day.0);
        if let Some(pause) = pauses.get_mut(*next).filter(|_| before == payee) {
            *pause = days;
        }
    }
    pauses
}

impl MultivariateRarity {
    /// The levels of a village's payments in their order.
    fn levels(
        &self,
        book: &Book,
        (months, usages): (&Months, &Usages),
        payments: &[PaymentIx],
    ) -> Vec<(PaymentIx, RarityLevels)> {
        let (paid, days) = by_day_of_month(book, months, payments);
        let mut of_days = [self.prior; 32];
        let mut of_accounts = vec![self.prior; ACCOUNTS];
        let attributes: Vec<Attributes> =
            paid.iter().map(|one| usages.attributes(book, *one)).collect();
        for (own, day) in attributes.iter().zip(&days) {
            of_days.get_mut(*day).into_iter().for_each(|count| *count += 1.0);
            of_accounts.get_mut(own.account).into_iter().for_each(|count| *count += 1.0);
        }
        let all = float(paid.len()) + self.prior;
        let rare = |count: Option<&f64>| (all / count.copied().unwrap_or(1.0)).max(1.0).ln();
        let pauses = pauses(book, &paid);
        let of = |(((one, own), day), pause): (((&Seen, &Attributes), &usize), &Option<i32>)| {
            let usual = one.payee(book).map(|payee| usages.payees[payee]);
            let over_usual = usual.filter(|usual| !usual.is_nan()).map(|usual| own.ln - usual);
            let document =
                |document: usize| usages.document_in_account.neg_log10(own.account, document);
            let attached =
                |(document, count)| usages.attached_to_document.neg_log10(document, count);
            let values: [Option<f64>; ATTRIBUTES] = [
                Some(usages.sizes.neg_log10(own.account, own.size)),
                over_usual,
                pause.map(|days| f64::from(days.max(0)).ln_1p()),
                Some(rare(of_accounts.get(own.account))),
                own.method.map(|method| usages.method_in_band.neg_log10(own.band, method)),
                Some(rare(of_days.get(*day))),
                own.document.map(document),
                own.document.zip(own.attachments).map(attached),
            ];
            let quantised = values.map(|value| {
                let place = value.map(|value| step(value, STEP, usize::from(UNKNOWN)));
                place.and_then(|place| u8::try_from(place).ok()).unwrap_or(UNKNOWN)
            });
            (one.payment, quantised)
        };
        paid.iter().zip(&attributes).zip(&days).zip(&pauses).map(of).collect()
    }
}

/// Minus the logarithm of the share of payments that are at least as surprising, for each place of each
/// attribute; what is not known is not surprising.
fn tails(all: &[Vec<(PaymentIx, RarityLevels)>]) -> Vec<[f32; 256]> {
    let mut counts = vec![[0_u32; 256]; ATTRIBUTES];
    for (_, levels) in all.iter().flatten() {
        for (counts, place) in counts.iter_mut().zip(levels) {
            if let Some(count) = counts.get_mut(usize::from(*place)) {
                *count += 1;
            }
        }
    }
    let tail = |mut counts: [u32; 256]| {
        let mut tails = [0.0; 256];
        if let Some(unknown) = counts.last_mut() {
            *unknown = 0;
        }
        let known = f64::from(counts.iter().sum::<u32>());
        let mut above = 0;
        for (count, tail) in counts.iter().zip(&mut tails).rev() {
            above += *count;
            if above > 0 {
                *tail = narrow((known / f64::from(above)).ln());
            }
        }
        if let Some(unknown) = tails.last_mut() {
            *unknown = 0.0;
        }
        tails
    };
    counts.into_iter().map(tail).collect()
}

/// The share of a county's payments that score at least so high, told apart by fine steps.
#[derive(Debug)]
struct Ranks {
    step: f64,
    at_least: Vec<u32>,
}

/// Steps of the score.
const STEPS: usize = 1 << 15;

impl Ranks {
    fn of(scores: &[f32]) -> Self {
        let most = scores.iter().copied().fold(0.0_f32, f32::max);
        let step_size = f64::from(most) / float(STEPS) + f64::MIN_POSITIVE;
        let mut at_least = vec![0_u32; STEPS + 1];
        for score in scores.iter().filter(|score| **score >= 0.0) {
            if let Some(count) = at_least.get_mut(step(f64::from(*score), step_size, STEPS + 1)) {
                *count += 1;
            }
        }
        let mut above = 0;
        for count in at_least.iter_mut().rev() {
            above += *count;
            *count = above;
        }
        Self { step: step_size, at_least }
    }

    fn upper(&self, score: f32) -> f64 {
        let all = self.at_least.first().copied().unwrap_or(1);
        let place = step(f64::from(score), self.step, STEPS + 1);
        f64::from(self.at_least.get(place).copied().unwrap_or(1)) / f64::from(all)
    }
}

/// Attributes of a payment that are told: its rarest, and the next if it is one in ten.
const TOLD: usize = 2;
const TELLING: f32 = std::f32::consts::LN_10;

/// What a payment is held against where its attributes are told.
struct Beside<'a> {
    book: &'a Book,
    usages: &'a Usages,
    /// The village's payments.
    payments: &'a [PaymentIx],
    one: Seen,
    own: Attributes,
}

impl Beside<'_> {
    /// The county's payments that are alike in some attributes.
    fn county(&self, is_alike: impl Fn(&Attributes) -> bool) -> Vec<(Seen, Attributes)> {
        let all = self.book.payments.line.keys().map(|other| Seen::of(self.book, other));
        let all = all.filter(|other| other.is_signed_for());
        let all = all.map(|other| (other, self.usages.attributes(self.book, other)));
        all.filter(|(_, other)| is_alike(other)).collect()
    }

    fn village(&self) -> impl Iterator<Item = Seen> {
        seen(self.book, self.payments).filter(|other| other.is_signed_for())
    }

    /// The account as its code has it.
    fn account(&self) -> &str {
        Chart::root(self.book.names.get(self.book.payments.account[self.one.payment]))
    }

    fn size(&self) -> Fact {
        let alike = self.county(|other| other.account == self.own.account);
        let larger = alike.iter().filter(|(other, _)| other.amount >= self.one.amount).count();
        fact!(
            "size", ["amount", "account"],
            amount: Fen(self.one.amount), account: self.account(), larger: larger, of: alike.len(),
        )
    }

    fn over_usual(&self) -> Option<Fact> {
        let payee = self.one.payee(self.book)?;
        let paid = seen(self.book, self.book.by_payee().group(payee));
        let paid: Vec<i64> =
            paid.filter(|other| other.is_signed_for()).map(|other| other.amount).collect();
        let (of, usual) = (paid.len(), usual(paid)?);
        Some(fact!(
            "over_usual", ["amount", "payee"],
            amount: Fen(self.one.amount), payee: payee, of: of, usual: usual, times: Value::Number(float(self.one.amount) / float(usual.0)),
        ))
    }

    fn pause(&self) -> Option<Fact> {
        let payee = self.one.payee(self.book)?;
        let earlier = self.village().filter(|other| other.payee(self.book) == Some(payee));
        let last = earlier.take_while(|other| other.payment < self.one.payment).last()?.day;
        Some(fact!(
            "pause", ["date", "payee"],
            payee: payee, day: self.one.day, last: last, days: self.one.day.0 - last.0,
        ))
    }

    fn account_of_village(&self) -> Fact {
        let is_alike =
            |other: &Seen| self.usages.attributes(self.book, *other).account == self.own.account;
        fact!(
            "account", ["account"],
            account: self.account(), count: self.village().filter(is_alike).count(), of: self.village().count(),
        )
    }

    fn method(&self) -> Option<Fact> {
        let alike = self.county(|other| other.band == self.own.band && other.method.is_some());
        let amounts = || alike.iter().map(|(other, _)| other.amount);
        Some(fact!(
            "method", ["method", "amount"],
            method: Value::Kind(self.book.lines.method.at(self.one.line)),
            count: alike.iter().filter(|(_, other)| other.method == self.own.method).count(), of: alike.len(),
            low: Fen(amounts().min()?), high: Fen(amounts().max()?),
        ))
    }

    fn day(&self) -> Fact {
        let of_month = |day: Day| day.date().day();
        let own = of_month(self.one.day);
        fact!(
            "day", ["date"],
            day: u64::from(own.unsigned_abs()), of: self.village().count(),
            count: self.village().filter(|other| of_month(other.day) == own).count(),
        )
    }

    fn document(&self) -> Fact {
        let alike =
            self.county(|other| other.account == self.own.account && other.document.is_some());
        fact!(
            "document", ["document", "account"],
            document: Value::Kind(self.book.lines.document.at(self.one.line)), account: self.account(), of: alike.len(),
            count: alike.iter().filter(|(_, other)| other.document == self.own.document).count(),
        )
    }

    fn attached(&self) -> Option<Fact> {
        let attachments = self.book.lines.attachments.at(self.one.line).some()?;
        let alike =
            self.county(|other| other.document == self.own.document && other.attachments.is_some());
        Some(fact!(
            "attached", ["attachments", "document"],
            attachments: attachments.0, document: Value::Kind(self.book.lines.document.at(self.one.line)),
            count: alike.iter().filter(|(_, other)| other.attachments == self.own.attachments).count(), of: alike.len(),
        ))
    }

    /// The fact of an attribute, in the order of [`RarityLevels`].
    fn fact(&self, attribute: usize) -> Option<Fact> {
        match attribute {
            0 => Some(self.size()),
            1 => self.over_usual(),
            2 => self.pause(),
            3 => Some(self.account_of_village()),
            4 => self.method(),
            5 => Some(self.day()),
            6 => Some(self.document()),
            _ => self.attached(),
        }
    }
}

impl MultivariateRarity {
    /// The rarest attributes of a payment.
    fn facts(&self, book: &Book, scores: &Scores, payments: &[PaymentIx], one: Seen) -> Vec<Fact> {
        let Scores { months, usages, tails, .. } = scores;
        let levels = self.levels(book, (months, usages), payments);
        let own = levels.into_iter().find(|(payment, _)| *payment == one.payment);
        let Some((_, levels)) = own else { return Vec::new() };
        let tail = |(tails, place): (&[f32; 256], &u8)| tails.get(usize::from(*place)).copied();
        let mut rated: Vec<(f32, usize)> = tails
            .iter()
            .zip(&levels)
            .filter_map(tail)
            .zip(0..)
            .filter(|(tail, _)| *tail > 0.0)
            .collect();
        rated.sort_by(|a, b| b.0.total_cmp(&a.0));
        let beside = Beside { book, usages, payments, one, own: usages.attributes(book, one) };
        let told = rated.into_iter().enumerate().take(TOLD);
        let told = told.filter(|(place, (tail, _))| *place == 0 || *tail >= TELLING);
        told.filter_map(|(_, (_, attribute))| beside.fact(attribute)).collect()
    }
}

impl Measure for MultivariateRarity {
    type Context = Scores;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Scores {
        let (months, usages) = (Months::of(book), Usages::of(book, self.minimum));
        let all = book
            .by_village()
            .par_map(|_, payments| self.levels(book, (&months, &usages), payments));
        let tails = tails(&all.raw);
        let score = |(payment, levels): &(PaymentIx, RarityLevels)| {
            let each = tails.iter().zip(levels);
            let terms = each.map(|(tails, place)| tails.get(usize::from(*place)).unwrap_or(&0.0));
            (*payment, terms.sum::<f32>())
        };
        let scored: Vec<Vec<(PaymentIx, f32)>> =
            all.raw.par_iter().map(|village| village.iter().map(score).collect()).collect();
        let mut of = IxVec::of(-1.0, book.payments.len());
        for (payment, score) in scored.into_iter().flatten() {
            of[payment] = score;
        }
        let ranks = Ranks::of(&of.raw);
        Scores { of, ranks, months, usages, tails }
    }

    fn measure(&self, book: &Book, scores: &Scores, group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments) {
            let score = scores.of[one.payment];
            if score >= 0.0 {
                let value = neg_log10(scores.ranks.upper(score));
                out.put(one.payment, value, ATTRIBUTES, || [one.line]);
                out.tell(one.payment, || self.facts(book, scores, group.payments, one));
            }
        }
    }
}
