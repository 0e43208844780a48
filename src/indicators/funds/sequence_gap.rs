#![doc = include_str!("sequence_gap.md")]

use crate::convert::float;
use crate::indicators::basis::ACCOUNTING_BASICS;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{neg_log10, per_township, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, counted, params};
use crate::stats::pooled::mixed_poisson_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<SequenceGap>(card! {
    "sequence_gap",
    grain: Grain::Village,
    class: Class::Rule,
    scheme: Scheme::OffBook,
    scale: Scale::NegLog10P,
    requires: &[],
    basis: &[ACCOUNTING_BASICS],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct SequenceGap {
        minimum: usize = 20, counted,
            "fewest numbered vouchers",
            "可读编号凭证的最少张数";
        prior: f64 = 0.5, above_zero,
            "breaks at the county's rate added to the township's",
            "按全县断号率加到同乡镇断点数上的个数";
    }
}

/// A voucher whose number can be read.
#[derive(Debug, Clone, Copy)]
struct Numbered<'a> {
    /// What is printed before the number.
    prefix: &'a str,
    number: u32,
    /// One of several vouchers that share a number, as 1/2 and 2/2.
    is_part: bool,
    /// Months since the year 0.
    month: i32,
    voucher: usize,
}

/// After how long the numbers begin again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Restart {
    Never,
    Yearly,
    Monthly,
}

impl Restart {
    fn period(self, month: i32) -> i32 {
        match self {
            Self::Never => 0,
            Self::Yearly => month.div_euclid(12),
            Self::Monthly => month,
        }
    }
}

/// Where the numbers of a village break, and how many were looked at.
#[derive(Debug, Default)]
struct Breaks {
    /// The vouchers on both sides of each break.
    sides: Vec<(usize, usize)>,
    numbers: usize,
}

impl Breaks {
    /// The breaks, and the numbers looked at.
    fn counts(&self) -> (usize, usize) {
        (self.sides.len(), self.numbers)
    }
}

/// A number that a later voucher says was voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Voided<'a> {
    number: u32,
    /// What stands before it; empty where only the number is told.
    prefix: &'a str,
    /// The period of the voucher that tells of it.
    period: i32,
}

/// What is computed once for a county.
#[derive(Debug)]
struct GapCounts {
    /// The breaks of each village.
    villages: IxVec<VillageIx, Option<Breaks>>,
    /// The place of each village's township.
    township: IxVec<VillageIx, usize>,
    /// Breaks and the numbers looked at, summed over the villages of each township.
    townships: Vec<(usize, usize)>,
    all: (usize, usize),
}

/// The word by which a purpose tells of voided vouchers.
const VOID: &str = "作废";

/// For each string of the book whether it is a purpose that tells of voided vouchers.
fn notes(book: &Book) -> Vec<bool> {
    let mut is_purpose = vec![false; book.names.len()];
    for summary in book.lines.summary.cells().iter().filter_map(|summary| summary.some()) {
        if let Some(place) = is_purpose.get_mut(summary.0 as usize) {
            *place = true;
        }
    }
    let tells = |(id, is_purpose): (u32, bool)| is_purpose && book.names.get(Id(id)).contains(VOID);
    (0..).zip(is_purpose).map(tells).collect()
}

/// The numbers that a purpose lists, with what stands before each: `作废：记-0012、记-0034号`.
fn listed(words: &str) -> impl Iterator<Item = (&str, u32)> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '#');
    let tokens = words.split(move |letter| !is_part(letter));
    let tokens = tokens.map(|token| token.trim_end_matches('号').trim_start_matches(VOID));
    tokens.filter_map(number_at_end)
}

/// The numbers that the vouchers of a village say were voided, in order.
fn voided<'a>(
    book: &'a Book,
    notes: &[bool],
    restart: Restart,
    village: VillageIx,
) -> Vec<Voided<'a>> {
    let is_note = |summary: &Id| notes.get(summary.0 as usize).copied().unwrap_or(false);
    let mut all = Vec::new();
    for voucher in book.vouchers_of(village) {
        for line in LineIx::within(&book.voucher(voucher)) {
            let Some(summary) = Some(book.lines.summary.at(line)).filter(is_note) else { continue };
            let period = restart.period(book.lines.date.at(line).month());
            all.extend(listed(book.names.get(summary)).map(|(prefix, number)| Voided {
                number,
                prefix,
                period,
            }));
        }
    }
    all.sort_unstable();
    all
}

/// Whether a voucher of the same period or of the next says that this number was voided.
fn is_voided(voided: &[Voided<'_>], (prefix, period): (&str, i32), number: u32) -> bool {
    let from = voided.partition_point(|other| other.number < number);
    let alike = voided.iter().skip(from).take_while(|other| other.number == number);
    let mut same = alike.filter(|other| other.prefix.is_empty() || other.prefix == prefix);
    same.any(|other| (period..=period + 1).contains(&other.period))
}

impl SequenceGap {
    /// The breaks of a village's sequences; nothing where its numbers do not make sequences.
    fn breaks(&self, book: &Book, notes: &[bool], village: VillageIx) -> Option<Breaks> {
        let vouchers = book.vouchers_of(village);
        let all = vouchers.len();
        let mut read: Vec<_> = vouchers.filter_map(|voucher| numbered(book, voucher)).collect();
        if read.len() < self.minimum.max(2) || read.len() * 10 < all * 9 {
            return None;
        }
        let restart = restart(&mut read);
        read.sort_unstable_by_key(|one| in_order(restart, one));
        let voided = voided(book, notes, restart, village);
        let mut breaks = Breaks::default();
        let mut missing = 0;
        for sequence in read.chunk_by(|a, b| scope(restart, a) == scope(restart, b)) {
            for pair in sequence.windows(2) {
                let [a, b] = pair else { continue };
                if b.number == a.number + 1 || is_other_part(a, b) {
                    continue;
                }
                let gap = (b.number - a.number).saturating_sub(1) as usize;
                missing += gap;
                let is_told = |number| is_voided(&voided, scope(restart, a), number);
                // No note lists more numbers than this.
                let is_explained =
                    (1..=voided.len()).contains(&gap) && (a.number + 1..b.number).all(is_told);
                if !is_explained {
                    breaks.sides.push((a.voucher, b.voucher));
                }
            }
        }
        breaks.numbers = read.len();
        // With more numbers missing than present they count something wider than the vouchers.
        (missing <= read.len()).then_some(breaks)
    }
}

/// The number of a voucher, if it can be read.
fn numbered(book: &Book, voucher: usize) -> Option<Numbered<'_>> {
    let line = book.voucher(voucher).start;
    let printed = book.names.get(book.lines.voucher.at(line));
    let (printed, is_part) = without_part(printed);
    let (prefix, number) = number_at_end(printed)?;
    let date = book.lines.date.at(line).date();
    let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    Some(Numbered { prefix, number, is_part, month, voucher })
}

/// The number at the end of some words, with what stands before it; nothing where there is none, or one too
/// long to be counted up to.
fn number_at_end(words: &str) -> Option<(&str, u32)> {
    let prefix = words.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = words.get(prefix.len()..)?;
    let number = (number.len() <= 7).then(|| number.parse().ok())??;
    Some((prefix, number))
}

/// What is printed without a fraction at its end, and whether there was one: `记-0042-1/2` is a part of 42.
fn without_part(printed: &str) -> (&str, bool) {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let whole = printed.rsplit_once('/').map(|(part, _)| part.trim_end_matches(is_digit));
    let whole = whole.map(|whole| whole.trim_end_matches(['-', '_', ' ', '(', '（', '#']));
    match whole.filter(|whole| whole.ends_with(is_digit)) {
        Some(whole) => (whole, true),
        None => (printed, false),
    }
}

fn is_other_part(a: &Numbered<'_>, b: &Numbered<'_>) -> bool {
    a.is_part && b.is_part && a.number == b.number
}

fn scope<'a>(restart: Restart, one: &Numbered<'a>) -> (&'a str, i32) {
    (one.prefix, restart.period(one.month))
}

fn in_order<'a>(restart: Restart, one: &Numbered<'a>) -> (&'a str, i32, u32, usize) {
    let (prefix, period) = scope(restart, one);
    (prefix, period, one.number, one.voucher)
}

/// The longest sequences in which hardly a number is used twice: for ever, for a year, or for a month.
fn restart(read: &mut [Numbered<'_>]) -> Restart {
    for restart in [Restart::Never, Restart::Yearly] {
        read.sort_unstable_by_key(|one| in_order(restart, one));
        let is_repeat = |pair: &&[Numbered<'_>]| {
            let [a, b] = pair else { return false };
            scope(restart, a) == scope(restart, b) && a.number == b.number && !is_other_part(a, b)
        };
        if read.windows(2).filter(is_repeat).count() * 20 < read.len() {
            return restart;
        }
    }
    Restart::Monthly
}

impl Measure for SequenceGap {
    type Context = GapCounts;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> GapCounts {
        let notes = notes(book);
        let villages = book.by_village().par_map(|village, _| self.breaks(book, &notes, village));
        let township = townships(book);
        let mut townships: Vec<(usize, usize)> = per_township(&township);
        let mut all = (0, 0);
        for (own, township) in villages.iter().zip(&township) {
            let (breaks, numbers) = own.as_ref().map_or((0, 0), Breaks::counts);
            for sum in townships.get_mut(*township).into_iter().chain([&mut all]) {
                *sum = (sum.0 + breaks, sum.1 + numbers);
            }
        }
        GapCounts { villages, township, townships, all }
    }

    fn measure(&self, book: &Book, county: &GapCounts, group: Group<'_, VillageIx>, out: &mut Out) {
        let own = county.villages[group.number].as_ref();
        let Some(Breaks { sides, numbers }) = own else { return };
        let expected = self.expected(county, group.number);
        let Some((rate, variance)) = expected else { return };
        let p = mixed_poisson_upper(sides.len() as u64, rate * float(*numbers), variance);
        out.put(group.number, neg_log10(p), *numbers, || {
            let vouchers = sides.iter().flat_map(|(before, after)| [*before, *after]);
            vouchers.flat_map(|voucher| LineIx::within(&book.voucher(voucher)))
        });
        out.tell(group.number, || {
            let own = own.and_then(|breaks| broken(book, breaks));
            let others = county.others(group.number).filter(|_| own.is_some());
            own.into_iter().chain(others).collect::<Vec<_>>()
        });
    }
}

/// The gaps and the numbers used twice in a village, with the first of each.
fn broken(book: &Book, breaks: &Breaks) -> Option<Fact> {
    let number = |voucher: usize| Some(numbered(book, voucher)?.number);
    let missing = |(before, after): &(usize, usize)| {
        Some(number(*after)?.saturating_sub(number(*before)?).saturating_sub(1))
    };
    let is_gap = |sides: &&(usize, usize)| missing(sides).is_some_and(|missing| missing > 0);
    let gaps = || breaks.sides.iter().filter(is_gap);
    let repeats = || breaks.sides.iter().filter(|sides| !is_gap(sides));
    let lines = |sides: &(usize, usize)| {
        let [before, after] = [sides.0, sides.1].map(|voucher| book.voucher(voucher).start);
        (before, after)
    };
    let all_missing: u32 = gaps().filter_map(missing).sum();
    let numbers = breaks.numbers;
    match (gaps().next().map(lines), repeats().next().map(lines)) {
        (Some((before, after)), None) => Some(fact!(
            "gaps", ["voucher"],
            numbers: numbers, gaps: gaps().count(), missing: all_missing, before: before, after: after,
        )),
        (None, Some((one, other))) => Some(fact!(
            "repeats", ["voucher"],
            numbers: numbers, repeats: repeats().count(), one: one, other: other,
        )),
        (Some((before, after)), Some((one, other))) => Some(fact!(
            "gaps_and_repeats", ["voucher"],
            numbers: numbers, gaps: gaps().count(), missing: all_missing, before: before, after: after,
            repeats: repeats().count(), one: one, other: other,
        )),
        (None, None) => None,
    }
}

impl GapCounts {
    /// The breaks and the numbers of the township's other villages, if it has any.
    fn others(&self, village: VillageIx) -> Option<Fact> {
        let own = self.villages[village].as_ref()?.counts();
        let all = self.townships.get(self.township[village])?;
        let (breaks, numbers) = (all.0 - own.0, all.1 - own.1);
        (numbers > 0).then(|| fact!("others", ["voucher"], breaks: breaks, numbers: numbers))
    }
}

impl SequenceGap {
    /// The rate of breaks that the other villages make expected, and its variance in squares of itself: that
    /// of the township, with `prior` breaks at the county's rate beside its own.
    fn expected(&self, county: &GapCounts, village: VillageIx) -> Option<(f64, f64)> {
        let own = county.villages[village].as_ref()?.counts();
        let township = county.townships.get(county.township[village])?;
        let without_own = |sum: (usize, usize)| (float(sum.0 - own.0), float(sum.1 - own.1));
        // A county without any break still leaves a chance of one in as many numbers as all villages have.
        let of_county = (without_own(county.all).0 + self.prior) / float(county.all.1);
        let (breaks, numbers) = without_own(*township);
        let shape = self.prior + breaks;
        let rate = shape / (self.prior / of_county + numbers);
        Some((rate, shape.recip()))
    }
}

#[cfg(test)]
mod tests {
    use super::{SequenceGap, listed, notes, without_part};
    use crate::ledger::sample;

    #[test]
    fn a_fraction_is_a_part_of_its_number() {
        assert_eq!(without_part("记-0042-1/2"), ("记-0042", true));
        assert_eq!(without_part("记42 2/2"), ("记42", true));
        assert_eq!(without_part("记-0042"), ("记-0042", false));
        assert_eq!(without_part("2024/03"), ("2024/03", false));
    }

    #[test]
    fn a_note_lists_numbers_with_or_without_what_stands_before_them() {
        let found: Vec<_> = listed("登记作废凭证：记-0012、记-0034号，作废56。2024年3月").collect();
        assert_eq!(found, [("记-", 12), ("记-", 34), ("", 56)]);
    }

    #[test]
    fn a_number_that_a_later_voucher_lists_as_voided_is_no_break() {
        let rows = |words: &str| {
            let row = |number: u32| {
                let words = if number == 20 { words } else { "付款" };
                format!("2024-03-{:02},记-{number:04},{words}\n", number + 4)
            };
            let rows: String = (1..=24).filter(|number| *number != 7).map(row).collect();
            format!("date,voucher,summary\n{rows}")
        };
        let breaks = |words: &str| {
            let book = sample::book(&[("ledger", &rows(words))]);
            SequenceGap::default().breaks(&book, &notes(&book), 0.into()).unwrap().sides.len()
        };
        assert_eq!(breaks("登记作废凭证：记-0007"), 0);
        assert_eq!(breaks("登记作废凭证：记-0008"), 1);
        assert_eq!(breaks("付记-0007"), 1);
    }

    #[test]
    fn months_that_begin_again_are_no_repeats_and_registers_are_no_sequence() {
        let months = (1..=6).flat_map(|month| (1..=9).map(move |number| (month, number)));
        let rows = |number: fn(i32, i32) -> String| {
            let row = |(month, of)| format!("2024-{month:02}-10,{}\n", number(month, of));
            format!("date,voucher\n{}", months.clone().map(row).collect::<String>())
        };
        let breaks = |ledger: &str| {
            let book = sample::book(&[("ledger", ledger)]);
            SequenceGap::default()
                .breaks(&book, &notes(&book), 0.into())
                .map(|breaks| breaks.sides.len())
        };
        assert_eq!(breaks(&rows(|_, number| format!("付-{number}"))), Some(0));
        assert_eq!(breaks(&rows(|month, number| format!("付-{}", month * 10 + number))), Some(5));
        let register = |month, number| format!("付-{}", month * 1_000 + number * 37);
        assert_eq!(breaks(&rows(register)), None);
    }
}
