#![doc = include_str!("duplicate_fuzzy.md")]

use std::collections::BTreeMap;

use super::reversals::settled;
use crate::convert::float;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, least_of, neg_log10, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::book::linked::Linked;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{above_zero, params, share, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<DuplicateFuzzy>(card! {
    "duplicate_fuzzy",
    grain: Grain::Payment,
    class: Class::Statistic,
    scheme: Scheme::Duplicate,
    scale: Scale::NegLog10P,
    requires: &["ledger.payee"],
    basis: &[],
    simulated_schemes: &["reworked_claim", "duplicate_claim"],
});

params! {
    struct DuplicateFuzzy {
        window: i32 = 90, within(0..=366),
            "most days between the two payments",
            "两笔付款最多相隔的天数";
        alike: f64 = 0.8, share,
            "least share of letter pairs that two purposes share",
            "摘要相邻字对重合度的下限";
        shared: usize = 8, within(2..=1_000),
            "most payees that a shared detail can link",
            "可作关联的共用收款人数上限";
        prior: f64 = 2.0, above_zero,
            "payments at the county's rate mixed into the party's own",
            "混入该方的全县水平付款笔数";
    }
}

/// The chance that a purchase happens to bear the number of another.
const SAME_NUMBER: f64 = 1e-4;

/// How often a payee's next amount equals one before it by chance: round amounts (in tens of yuan) and others.
#[derive(Debug, Clone, Copy, Default)]
struct Repeats {
    odd: f64,
    round: f64,
}

#[derive(Debug)]
struct LinkedPayees {
    /// For each payee the first of those who are linked with it by person, owner or telephone.
    party: IxVec<PayeeIx, PayeeIx>,
    repeats: Repeats,
}

/// A payment with what is compared.
#[derive(Debug, Clone, Copy)]
struct Claim {
    one: Seen,
    party: PayeeIx,
    /// The digits of the amount, sorted: transposed amounts share them.
    digits: u64,
}

/// Claims of one party and amount that follow a claim and are compared with it at most. Whoever is paid an amount so often is not
/// paid it twice by chance alone, and the cost of a payee would else grow with the square of its payments.
const NEAREST: usize = 64;

/// The claims of a party, counted.
struct Counts {
    /// Each rising.
    amounts: Vec<i64>,
    numbers: Vec<Id>,
    days: Vec<i32>,
}

impl Counts {
    fn of(book: &Book, claims: &[Claim]) -> Self {
        fn rising<T: Ord>(cells: impl Iterator<Item = T>) -> Vec<T> {
            let mut cells: Vec<T> = cells.collect();
            cells.sort_unstable();
            cells
        }
        Self {
            amounts: rising(claims.iter().map(|claim| claim.one.amount)),
            numbers: rising(claims.iter().map(|claim| claim.one.document_no(book))),
            days: rising(claims.iter().map(|claim| claim.one.day.0)),
        }
    }

    /// The claims at most so many days before or after a day.
    fn within(&self, day: Day, window: i32) -> usize {
        let until = self.days.partition_point(|it| *it <= day.0.saturating_add(window));
        until - self.days.partition_point(|it| *it < day.0.saturating_sub(window))
    }
}

/// How often a value stands among rising ones.
fn count<T: Ord + Copy>(rising: &[T], value: T) -> usize {
    rising.partition_point(|it| *it <= value) - rising.partition_point(|it| *it < value)
}

/// The digits of the yuan in rising order, as a number, before the fen.
fn sorted_digits(amount: i64) -> u64 {
    let (mut yuan, fen) = (amount.unsigned_abs() / 100, amount.unsigned_abs() % 100);
    let mut counts = [0_u32; 10];
    while yuan > 0 {
        let digit = usize::try_from(yuan % 10).unwrap_or(0);
        if let Some(count) = counts.get_mut(digit) {
            *count += 1;
        }
        yuan /= 10;
    }
    let digits = (0_u64..).zip(counts);
    let sorted = digits.fold(0_u64, |all, (digit, count)| {
        (0..count).fold(all, |all, _| all.wrapping_mul(10).wrapping_add(digit))
    });
    // A leading 0 in the sorted digits is counted beside them.
    let zeros = u64::from(counts.first().copied().unwrap_or(0));
    sorted.wrapping_mul(10_000).wrapping_add(zeros * 100 + fen)
}

/// Whether two amounts are equal, or differ by two neighbouring digits of their yuan.
fn is_near_amount(a: i64, b: i64) -> bool {
    let (mut low, mut high) = (a.min(b) / 100, a.max(b) / 100);
    if a == b {
        return true;
    }
    if a % 100 != b % 100 {
        return false;
    }
    while low % 10 == high % 10 && low > 0 {
        (low, high) = (low / 10, high / 10);
    }
    low / 100 == high / 100 && low % 10 == high / 10 % 10 && low / 10 % 10 == high % 10
}

/// The digits of a printed number, without zeros before them.
fn digits_of(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

/// Whether two numbers of documents are the same but for words, one digit at the end, or two neighbouring
/// digits. Numbers that merely follow each other come from one receipt book.
fn is_near_number(a: &str, b: &str) -> bool {
    let (a, b) = (digits_of(a), digits_of(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.len() < 4 {
        return short == long;
    }
    let is_longer = long.strip_prefix(short.as_str()).is_some_and(|rest| rest.len() <= 1);
    is_longer || is_transposed(short.as_bytes(), long.as_bytes())
}

fn is_transposed(a: &[u8], b: &[u8]) -> bool {
    let place = a.iter().zip(b).position(|(a, b)| a != b);
    let Some(place) = place.filter(|_| a.len() == b.len()) else { return a == b };
    let pair = |of: &[u8], first: usize| of.get(first).copied();
    pair(a, place) == pair(b, place + 1)
        && pair(a, place + 1) == pair(b, place)
        && a.get(place + 2..) == b.get(place + 2..)
}

/// The share of pairs of neighbouring letters that two texts have in common (Dice 1945).
fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let mut pairs: Vec<_> = text.chars().zip(text.chars().skip(1)).collect();
        pairs.sort_unstable();
        pairs
    };
    let (a, mut b) = (pairs(a), pairs(b));
    let all = a.len() + b.len();
    let common = a.iter().filter(|pair| {
        let place = b.binary_search(pair).ok();
        place.map(|place| b.remove(place)).is_some()
    });
    2.0 * float(common.count()) / float(all.max(1))
}

/// What two claims have in common, and how they differ.
fn facts(book: &Book, one: Seen, other: Seen) -> Vec<Fact> {
    let amount = Fen(one.amount);
    let (voucher, day, days) = (other.line, other.day, other.day.0 - one.day.0);
    let mut facts = vec![if one.amount == other.amount {
        fact!("equal", ["amount"], voucher: voucher, day: day, days: days, amount: amount)
    } else {
        fact!(
            "swapped", ["amount"],
            voucher: voucher, day: day, days: days, other: Fen(other.amount), amount: amount,
        )
    }];
    let [number, other_number] = [one, other].map(|it| it.document_no(book));
    let is_numbered = number != Id::NONE && other_number != Id::NONE;
    let (own, there) = (Value::Reference(number), Value::Reference(other_number));
    if is_numbered && number == other_number {
        facts.push(fact!("number", ["document_no"], number: own));
    } else if is_numbered {
        facts.push(fact!("near_number", ["document_no"], number: own, other: there));
    }
    if let Some(payee) = other.payee(book).filter(|payee| one.payee(book) != Some(*payee)) {
        facts.push(fact!("linked", ["payee"], payee: payee));
    }
    let [purpose, other_purpose] = [one, other].map(|it| book.lines.summary.at(it.line));
    let (own, there) = (Value::Text(purpose), Value::Text(other_purpose));
    if purpose != other_purpose {
        facts.push(fact!("purposes", ["summary"], purpose: own, other: there));
    } else if purpose != Id::NONE {
        facts.push(fact!("purpose", ["summary"], purpose: own));
    }
    facts
}

/// The payees who are linked: each is led to the first of its party.
fn parties(book: &Book, shared: usize) -> IxVec<PayeeIx, PayeeIx> {
    let mut ties: Vec<((bool, Id), PayeeIx)> = Vec::new();
    for (payee, id) in book.payees.iter_enumerated() {
        let row = book.companions.payee(*id);
        let table = &book.companions.payees;
        let person = row.and_then(|row| table.person.at(row).some()).unwrap_or(*id);
        ties.push(((false, person), payee));
        let Some(row) = row else { continue };
        ties.extend(table.owner.at(row).some().map(|owner| ((false, owner), payee)));
        ties.extend(table.phone.at(row).some().map(|phone| ((true, phone), payee)));
    }
    ties.sort_unstable();
    let mut linked = Linked::default();
    for tied in ties.chunk_by(|a, b| a.0 == b.0) {
        // What very many share links nobody: the telephone of an office.
        if tied.len() <= shared {
            linked.join(tied.iter().map(|(_, payee)| *payee));
        }
    }
    book.payees.keys().map(|payee| linked.first(payee)).collect()
}

impl Repeats {
    fn of(book: &Book) -> Self {
        let mut counts = [(0_usize, 0_usize); 2];
        let village = |payment: &PaymentIx| book.payments.village[*payment];
        for paid in
            book.by_payee().groups().flat_map(|paid| paid.chunk_by(|a, b| village(a) == village(b)))
        {
            let mut last: Option<Seen> = None;
            for one in seen(book, paid).filter(|one| one.is_signed_for()) {
                let is_round = usize::from(one.amount % 1_000 == 0);
                if let Some((last, (all, same))) = last.zip(counts.get_mut(is_round)) {
                    *all += 1;
                    *same += usize::from(last.amount == one.amount);
                }
                last = Some(one);
            }
        }
        let rate = |(all, same): (usize, usize)| (float(same) + 0.5) / (float(all) + 1.0);
        let [odd, round] = counts.map(rate);
        Self { odd, round }
    }

    fn chance(self, amount: i64) -> f64 {
        if amount % 1_000 == 0 { self.round } else { self.odd }
    }
}

impl DuplicateFuzzy {
    fn claims(book: &Book, county: &LinkedPayees, payments: &[PaymentIx]) -> Vec<Claim> {
        let chosen = seen(book, payments).filter(|one| !one.is_fixed && one.amount != 0);
        let claim = |one: Seen| {
            let party = county.party[one.payee(book)?];
            Some(Claim { one, party, digits: sorted_digits(one.amount) })
        };
        let mut claims: Vec<Claim> = chosen.filter_map(claim).collect();
        claims.sort_unstable_by_key(|claim| (claim.party, claim.digits, claim.one.payment));
        claims
    }

    /// The chance that a party's claims happen to hold this pair; none where it is no repetition.
    fn p(
        &self,
        book: &Book,
        county: &LinkedPayees,
        own: &Counts,
        (a, b): (Seen, Seen),
    ) -> Option<f64> {
        if b.day.0 - a.day.0 > self.window
            || a.voucher(book) == b.voucher(book)
            || !is_near_amount(a.amount, b.amount)
        {
            return None;
        }
        let numbers = [a, b].map(|one| one.document_no(book));
        let [first, second] = numbers;
        let both = first != Id::NONE && second != Id::NONE;
        let name = |id: Id| book.names.get(id);
        let is_near = both && (first == second || is_near_number(name(first), name(second)));
        if both && !is_near {
            return None;
        }
        let texts = [a, b].map(|one| book.lines.summary.at(one.line));
        let [first_text, second_text] = texts;
        if first_text != second_text && likeness(name(first_text), name(second_text)) < self.alike {
            return None;
        }
        let (equal, all) = (count(&own.amounts, a.amount), own.amounts.len());
        let same_amount = self.habit(equal, all, county.repeats.chance(a.amount));
        let same_number =
            if both { self.habit(count(&own.numbers, first), all, SAME_NUMBER) } else { 1.0 };
        let tried = own.within(a.day, self.window).saturating_sub(1).max(1);
        let each = same_amount * same_number;
        Some(least_of(each.min(1.0 - 1e-9), tried))
    }

    /// How likely a party's next claim repeats something that it has `equal` times in `all`, these two left out.
    fn habit(&self, equal: usize, all: usize, county: f64) -> f64 {
        let others = float(equal.saturating_sub(2));
        let rest = float(all.saturating_sub(2));
        ((others + self.prior * county) / (rest + self.prior)).min(1.0)
    }

    /// The smallest chance for each claim of a party, with the payment that it repeats.
    fn party(&self, book: &Book, county: &LinkedPayees, own: &[Claim], out: &mut Out) {
        let (kept, taken_back) = settled(own.iter().map(|claim| claim.one).collect());
        for one in taken_back {
            out.put(one.payment, 0.0, kept.len(), || None);
        }
        let Some(party) = own.first().map(|claim| claim.party) else { return };
        let claim = |one: Seen| Claim { one, party, digits: sorted_digits(one.amount) };
        let mut claims: Vec<Claim> = kept.into_iter().map(claim).collect();
        claims.sort_unstable_by_key(|claim| (claim.digits, claim.one.payment));
        let counted = Counts::of(book, &claims);
        for alike in claims.chunk_by(|a, b| a.digits == b.digits) {
            let mut best: Vec<(f64, Option<Seen>)> = vec![(1.0, None); alike.len()];
            self.each_pair(book, alike, |place, other| {
                let (Some(a), Some(b)) = (alike.get(place), alike.get(other)) else { return };
                let Some(p) = self.p(book, county, &counted, (a.one, b.one)) else { return };
                for (at, one) in [(place, b.one), (other, a.one)] {
                    if let Some(best) = best.get_mut(at).filter(|best| p < best.0) {
                        *best = (p, Some(one));
                    }
                }
            });
            for (claim, (p, other)) in alike.iter().zip(best) {
                let lines =
                    || other.map(|other| [claim.one.line, other.line]).into_iter().flatten();
                let value = neg_log10(p);
                out.put(claim.one.payment, value, claims.len(), lines);
                out.tell(claim.one.payment, || {
                    let other = other.filter(|_| value > 0.0);
                    other.map_or_else(Vec::new, |other| facts(book, claim.one, other))
                });
            }
        }
    }

    /// Shows the pairs that are compared, as places, the earlier first: each claim with those that follow it within the window,
    /// [`NEAREST`] of them at most, and with those that bear its number.
    fn each_pair(&self, book: &Book, alike: &[Claim], mut show: impl FnMut(usize, usize)) {
        let day = |place: usize| alike.get(place).map_or(0, |claim| claim.one.day.0);
        let mut follow = |places: &[usize]| {
            let mut rest = places;
            while let Some((place, after)) = rest.split_first() {
                let near = after.iter().take(NEAREST);
                near.take_while(|other| day(**other) - day(*place) <= self.window)
                    .for_each(|other| show(*place, *other));
                rest = after;
            }
        };
        follow(&(0..alike.len()).collect::<Vec<_>>());
        if alike.len() <= NEAREST {
            return;
        }
        let mut numbered: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (place, claim) in alike.iter().enumerate() {
            let number = claim.one.document_no(book);
            if number != Id::NONE {
                numbered.entry(number).or_default().push(place);
            }
        }
        for places in numbered.values() {
            follow(places);
        }
    }
}

impl Measure for DuplicateFuzzy {
    type Context = LinkedPayees;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> LinkedPayees {
        LinkedPayees { party: parties(book, self.shared), repeats: Repeats::of(book) }
    }

    fn measure(
        &self,
        book: &Book,
        county: &LinkedPayees,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let claims = Self::claims(book, county, group.payments);
        for own in claims.chunk_by(|a, b| a.party == b.party) {
            self.party(book, county, own, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{
        DuplicateFuzzy, LinkedPayees, NEAREST, Repeats, is_near_amount, is_near_number, likeness,
        sorted_digits,
    };
    use crate::ledger::sample::book;

    #[test]
    fn of_many_equal_claims_the_nearest_and_those_of_one_number_are_compared() {
        let mut ledger = String::from("date,payee,amount,document_no\n");
        for place in 0..200 {
            let number = if [3, 190].contains(&place) { 7_000 } else { 8_000 + place * 10 };
            _ = writeln!(ledger, "2024-01-{:02},P1,600,{number}", place / 10 + 1);
        }
        let book = book(&[("ledger", &ledger)]);
        let shared = LinkedPayees { party: vec![0.into()].into(), repeats: Repeats::default() };
        let claims = DuplicateFuzzy::claims(&book, &shared, book.by_payee().group(0.into()));
        let mut pairs = Vec::new();
        DuplicateFuzzy::default().each_pair(&book, &claims, |a, b| pairs.push((a, b)));
        assert!(pairs.len() < 200 * NEAREST + 2 && pairs.contains(&(10, 10 + NEAREST)));
        assert!(!pairs.contains(&(10, 11 + NEAREST)) && pairs.contains(&(3, 190)));
    }

    #[test]
    fn two_neighbouring_digits_may_change_places() {
        for (a, b) in [(123_400, 132_400), (123_400, 124_300), (21_000, 12_000), (5_050, 5_050)] {
            assert!(is_near_amount(a, b) && is_near_amount(b, a), "{a} {b}");
            assert_eq!(sorted_digits(a), sorted_digits(b), "{a} {b}");
        }
        for (a, b) in
            [(123_400, 143_200), (123_400, 123_500), (123_400, 123_450), (120_000, 12_000)]
        {
            assert!(!is_near_amount(a, b) && !is_near_amount(b, a), "{a} {b}");
        }
    }

    #[test]
    fn a_number_with_a_suffix_is_near_and_the_next_of_a_book_is_not() {
        assert!(is_near_number("10023344", "10023344-1"));
        assert!(is_near_number("No.010023344", "10023344（补）"));
        assert!(is_near_number("10023344", "10032344"));
        assert!(!is_near_number("10023344", "10023345"));
        assert!(!is_near_number("12", "121"));
    }

    #[test]
    fn texts_are_as_alike_as_the_pairs_they_share() {
        assert!((likeness("付办公用品款", "付办公用品费") - 0.8).abs() < 1e-9);
        assert!(likeness("付水费", "付电费") < 0.1);
    }
}
