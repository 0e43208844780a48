#![doc = include_str!("sequence_gap.md")]

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::Deserialize;

use crate::indicators::basis::ACCOUNTING_BASICS;
use crate::indicators::bounds::{above_zero, counted};
use crate::indicators::card::{Card, Class, Grain, Scale, Scheme};
use crate::indicators::indicator::{Group, Groups, Indicator, Measure, Out};
use crate::indicators::seen::{float, surprise};
use crate::ledger::book::{Book, Subject};
use crate::stats::exact::poisson_upper;

pub(super) static INDICATOR: Indicator = Indicator::of::<SequenceGap>(Card {
    name: "sequence_gap",
    title: "Voucher numbers missing",
    title_zh: "凭证断号",
    grain: Grain::Village,
    class: Class::Rule,
    scheme: Scheme::OffBook,
    scale: Scale::Surprise,
    requires: &[],
    basis: &[ACCOUNTING_BASICS],
    faces: &["income_off_book"],
    page: include_str!("sequence_gap.md"),
    page_zh: include_str!("sequence_gap.zh.md"),
});

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SequenceGap {
    minimum: usize,
    prior: f64,
}

impl Default for SequenceGap {
    fn default() -> Self {
        Self { minimum: 20, prior: 0.5 }
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

impl SequenceGap {
    /// The breaks of a village's sequences; nothing where its numbers do not make sequences.
    fn breaks(&self, book: &Book, village: Subject) -> Option<Breaks> {
        let vouchers = book.vouchers_of(village);
        let all = vouchers.len();
        let mut read: Vec<_> = vouchers.filter_map(|voucher| numbered(book, voucher)).collect();
        if read.len() < self.minimum.max(2) || read.len() * 10 < all * 9 {
            return None;
        }
        let restart = restart(&mut read);
        read.sort_unstable_by_key(|one| in_order(restart, one));
        let mut breaks = Breaks::default();
        let mut missing = 0;
        for sequence in read.chunk_by(|a, b| scope(restart, a) == scope(restart, b)) {
            for pair in sequence.windows(2) {
                let [a, b] = pair else { continue };
                let is_next = b.number == a.number + 1 || is_other_part(a, b);
                if !is_next {
                    breaks.sides.push((a.voucher, b.voucher));
                    missing += (b.number - a.number).saturating_sub(1) as usize;
                }
            }
        }
        breaks.numbers = read.len();
        // With more numbers missing than present they count something wider than the vouchers.
        (missing <= read.len()).then_some(breaks)
    }
}

/// The number at the end of what is printed, with what stands before it; nothing where there is none, or
/// one too long to be counted up to.
fn numbered(book: &Book, voucher: usize) -> Option<Numbered<'_>> {
    let line = book.voucher(voucher).start;
    let printed = book.names.get(book.lines.voucher.at(line));
    let (printed, is_part) = without_part(printed);
    let prefix = printed.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let number = printed.get(prefix.len()..)?;
    let number = (number.len() <= 7).then(|| number.parse().ok())??;
    let date = book.lines.date.at(line).date();
    let month = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    Some(Numbered { prefix, number, is_part, month, voucher })
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
    /// The breaks of the county, and the numbers looked at.
    type Ground = (usize, usize);
    const GROUPS: Groups = Groups::ByVillage;

    fn fault(&self) -> Option<String> {
        counted("minimum", self.minimum).or_else(|| above_zero("prior", self.prior))
    }

    fn ground(&self, book: &Book) -> (usize, usize) {
        let villages = 0..Subject::try_from(book.villages.len()).unwrap_or(Subject::MAX);
        let each: Vec<_> =
            villages.into_par_iter().filter_map(|village| self.breaks(book, village)).collect();
        each.iter().fold((0, 0), |(breaks, numbers), village| {
            (breaks + village.sides.len(), numbers + village.numbers)
        })
    }

    fn measure(&self, book: &Book, county: &(usize, usize), group: Group<'_>, out: &mut Out) {
        let Some(Breaks { sides, numbers }) = self.breaks(book, group.number) else { return };
        // A county without any break still leaves a chance of one in as many numbers as all villages have.
        let (of_others, others) = (county.0 - sides.len(), county.1 - numbers);
        let rate = (float(of_others) + self.prior) / float(others + numbers);
        let p = poisson_upper(sides.len() as u64, rate * float(numbers));
        out.put(group.number, surprise(p), numbers, || {
            let vouchers = sides.into_iter().flat_map(|(before, after)| [before, after]);
            let lines = vouchers.flat_map(|voucher| book.voucher(voucher));
            lines.filter_map(|line| u32::try_from(line).ok())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{SequenceGap, without_part};
    use crate::ledger::sample;

    #[test]
    fn a_fraction_is_a_part_of_its_number() {
        assert_eq!(without_part("记-0042-1/2"), ("记-0042", true));
        assert_eq!(without_part("记42 2/2"), ("记42", true));
        assert_eq!(without_part("记-0042"), ("记-0042", false));
        assert_eq!(without_part("2024/03"), ("2024/03", false));
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
            SequenceGap::default().breaks(&book, 0).map(|breaks| breaks.sides.len())
        };
        assert_eq!(breaks(&rows(|_, number| format!("付-{number}"))), Some(0));
        assert_eq!(breaks(&rows(|month, number| format!("付-{}", month * 10 + number))), Some(5));
        let register = |month, number| format!("付-{}", month * 1_000 + number * 37);
        assert_eq!(breaks(&rows(register)), None);
    }
}
