#![doc = include_str!("subsidy_kin_overrepresentation.md")]

use std::collections::{BTreeMap, BTreeSet};

use super::relatives::household;
use crate::convert::{float, row32};
use crate::indicators::basis::SOCIAL_RELIEF;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::indicators::seen::{least_of, neg_log10};
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, RosterIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};
use crate::registers::office::NEAR;
use crate::stats::pooled::Rates;

pub(super) static INDICATOR: Indicator = Indicator::of::<SubsidyKinOverrepresentation>(card! {
    "subsidy_kin_overrepresentation",
    grain: Grain::Village,
    class: Class::Statistic,
    scheme: Scheme::KinBenefit,
    scale: Scale::NegLog10P,
    requires: &["subsidies", "posts", "kinship", "people.household", "people.birth_year"],
    basis: &[SOCIAL_RELIEF],
    simulated_schemes: &["subsidy_diverted"],
});

params! {
    struct SubsidyKinOverrepresentation {
        most: f64 = 0.5, within(0.0..=1.0),
            "share of the households up to which a scheme is selective",
            "名册户数占总户数不超过此比例的视为选择性补贴";
        fewest: usize = 5, within(1..=10_000),
            "households of officers and their relatives without which a village is not asked",
            "村干部及其亲属户数达到此数才计算";
    }
}

/// How large a household is and how old its oldest member: those alike are compared.
type Stratum = (i32, usize);

/// A household as the register of people has it.
#[derive(Debug, Clone, Copy)]
struct Home {
    village: Id,
    stratum: Stratum,
    /// Somebody of it is an officer of the village, or a relative of one.
    is_near: bool,
}

/// What the rosters of a scheme have of the households of a village. A stratum can tell something if some of its households
/// are on a roster and some are not, and some are near to the office and some are not.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// Households near to the office in all strata.
    asked: usize,
    /// Of the strata that can tell anything: households near to the office, and those of them on a roster.
    near: [usize; 2],
    /// The other households.
    rest: [usize; 2],
    /// How many of those near would be on a roster if they were as others of their stratum.
    expected: f64,
    /// The variance of this number, if chance alone decides.
    variance: f64,
}

/// A scheme in a village.
#[derive(Debug, Clone, Copy)]
struct Listed {
    scheme: Id,
    tally: Tally,
    p: f64,
}

/// The households of a county, and what the rosters have of them.
#[derive(Debug)]
struct County {
    homes: BTreeMap<Id, Home>,
    by_village: BTreeMap<Id, Vec<Listed>>,
}

/// The members of a household by number: one, two, three or four, more.
fn size(members: usize) -> usize {
    match members {
        0..=2 => members,
        3..=4 => 3,
        _ => 4,
    }
}

/// The age of the oldest member by steps, which are narrow where allowances for the old begin.
fn step(age: i32) -> i32 {
    match age {
        ..60 => 0,
        60..90 => (age - 55) / 5,
        _ => 7,
    }
}

/// The households with a member near to an officer of this village who is in office while the book runs.
fn near_office(book: &Book, (first, last): (Day, Day)) -> BTreeSet<(Id, Id)> {
    let posts = &book.companions.posts;
    let serves = |row: &usize| {
        let end = posts.end.at(*row).some().unwrap_or(last);
        posts.start.at(*row) <= last && end >= first
    };
    let mut near = BTreeSet::new();
    for row in (0..posts.rows).filter(serves) {
        let (Some(who), village) = (posts.person.at(row).some(), posts.village.at(row)) else {
            continue;
        };
        let kin = book.kin.of_person(who).filter(|(_, degree)| *degree <= NEAR);
        let all = std::iter::once(who).chain(kin.map(|(who, _)| who));
        near.extend(all.filter_map(|who| Some((household(book, who)?, village))));
    }
    near
}

/// The households of the villages.
fn homes(book: &Book, span: (Day, Day)) -> BTreeMap<Id, Home> {
    let people = &book.companions.people;
    let mut members: BTreeMap<Id, (Id, i32, usize)> = BTreeMap::new();
    for row in 0..people.rows {
        let place = people.household.at(row).some().zip(people.village.at(row).some());
        let Some((home, village)) = place else { continue };
        let born = people.birth_year.at(row).some().map_or(i32::MAX, |it| it.0);
        let own = members.entry(home).or_insert((village, i32::MAX, 0));
        *own = (own.0, own.1.min(born), own.2 + 1);
    }
    let near = near_office(book, span);
    let year = span.0.year();
    let home = |(home, (village, born, count)): (Id, (Id, i32, usize))| {
        let stratum = (step(year.saturating_sub(born)), size(count));
        (home, Home { village, stratum, is_near: near.contains(&(home, village)) })
    };
    members.into_iter().map(home).collect()
}

/// The households on the rosters of each scheme.
fn on_rosters(book: &Book) -> BTreeMap<Id, BTreeSet<Id>> {
    let table = &book.companions.subsidies;
    let mut listed: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    for row in 0..table.rows {
        if let Some(home) = household(book, table.person.at(row)) {
            listed.entry(table.scheme.at(row)).or_default().insert(home);
        }
    }
    listed
}

/// What the rosters of a scheme have of the households of each village in which it is paid.
fn tallies(homes: &BTreeMap<Id, Home>, listed: &BTreeSet<Id>) -> BTreeMap<Id, Tally> {
    let paid: BTreeSet<Id> = listed.iter().filter_map(|it| Some(homes.get(it)?.village)).collect();
    // In each stratum of a village: households near to the office and others, each with those on a roster.
    let mut strata: BTreeMap<(Id, Stratum), [[usize; 2]; 2]> = BTreeMap::new();
    for (home, own) in homes.iter().filter(|(_, own)| paid.contains(&own.village)) {
        let cells = strata.entry((own.village, own.stratum)).or_default();
        let [others, near] = cells;
        let [all, on] = if own.is_near { near } else { others };
        *all += 1;
        *on += usize::from(listed.contains(home));
    }
    let mut tallies: BTreeMap<Id, Tally> = BTreeMap::new();
    for ((village, _), [[others, listed], [near, on]]) in strata {
        let tally = tallies.entry(village).or_default();
        tally.asked += near;
        let (all, listed_of_all) = (near + others, on + listed);
        if near == 0 || others == 0 || listed_of_all == 0 || listed_of_all == all {
            continue;
        }
        tally.near = [tally.near[0] + near, tally.near[1] + on];
        tally.rest = [tally.rest[0] + others, tally.rest[1] + listed];
        let expected = float(near) * float(listed_of_all) / float(all);
        tally.expected += expected;
        tally.variance +=
            expected * float(others) * float(all - listed_of_all) / float(all * (all - 1));
    }
    tallies
}

impl Tally {
    /// The households on a roster and the expected number, in units in which their variance is equal to their mean.
    fn events(&self) -> (u64, f64) {
        let unit = self.variance / self.expected;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let events = (float(self.near[1]) / unit).floor() as u64;
        (events, self.expected / unit)
    }
}

/// Whether at most this share of the households is on a roster, in the villages in which the scheme is paid.
fn is_selective(homes: &BTreeMap<Id, Home>, listed: &BTreeSet<Id>, most: f64) -> bool {
    let paid: Vec<Id> = listed.iter().filter_map(|it| Some(homes.get(it)?.village)).collect();
    let villages: BTreeSet<Id> = paid.iter().copied().collect();
    let all = homes.values().filter(|home| villages.contains(&home.village)).count();
    float(paid.len()) <= most * float(all)
}

impl SubsidyKinOverrepresentation {
    fn county(&self, book: &Book) -> County {
        let days = || book.payments.day.iter().copied();
        let span = (days().min().unwrap_or(Day(0)), days().max().unwrap_or(Day(0)));
        let homes = homes(book, span);
        let mut all: Vec<(Id, Id, Tally)> = Vec::new();
        for (scheme, listed) in on_rosters(book) {
            if is_selective(&homes, &listed, self.most) {
                let asked = tallies(&homes, &listed).into_iter();
                let asked =
                    asked.filter(|(_, tally)| tally.asked >= self.fewest && tally.variance > 0.0);
                all.extend(asked.map(|(village, tally)| (village, scheme, tally)));
            }
        }
        let counts: Vec<(u64, f64)> = all.iter().map(|(.., tally)| tally.events()).collect();
        let rates = Rates::fit(&counts);
        let mut by_village: BTreeMap<Id, Vec<Listed>> = BTreeMap::new();
        for (village, scheme, tally) in all {
            let (events, expected) = tally.events();
            let p = rates.upper(events, expected);
            by_village.entry(village).or_default().push(Listed { scheme, tally, p });
        }
        County { homes, by_village }
    }
}

/// The rows of rosters by which a scheme pays households near to a village's office.
fn rows(book: &Book, county: &County, village: Id, scheme: Id) -> Vec<RosterIx> {
    let table = &book.companions.subsidies;
    let is_near = |row: &usize| {
        let home = household(book, table.person.at(*row)).and_then(|it| county.homes.get(&it));
        home.is_some_and(|home| home.is_near && home.village == village)
    };
    let of_scheme = (0..table.rows).filter(|row| table.scheme.at(*row) == scheme);
    of_scheme.filter(is_near).map(RosterIx::from).collect()
}

fn facts(book: &Book, rows: &[RosterIx], Listed { scheme, tally, .. }: Listed) -> Vec<Fact> {
    let persons = rows.iter().map(|row| book.companions.subsidies.person.at(*row));
    let persons: BTreeSet<Id> = persons.collect();
    let persons: Vec<Value> = persons.into_iter().map(Value::Person).collect();
    let near = fact!(
        "near", ["payee", "scheme"],
        scheme: Value::Text(scheme),
        near: tally.near[0],
        got: tally.near[1],
        expected: Value::Number(tally.expected),
        rest: tally.rest[0],
        others: tally.rest[1],
    );
    vec![near, fact!("persons", ["payee"], persons: persons)]
}

impl Measure for SubsidyKinOverrepresentation {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        self.county(book)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        let village = book.villages[group.number];
        let listed = county.by_village.get(&village).map_or(&[][..], Vec::as_slice);
        let Some(most) = listed.iter().min_by(|a, b| a.p.total_cmp(&b.p)) else { return };
        let value = neg_log10(least_of(most.p, listed.len()));
        let is_more = value > 0.0 && float(most.tally.near[1]) > most.tally.expected;
        let rows = || rows(book, county, village, most.scheme);
        out.put(group.number, value, most.tally.near[0], || {
            let rows = if is_more { rows() } else { Vec::new() };
            let payments = rows.into_iter().flat_map(|row| book.rosters().payments(row));
            payments.map(|it| book.payments.line[it]).collect::<Vec<LineIx>>()
        });
        if is_more {
            out.tell(group.number, || facts(book, &rows(), *most));
            out.cite(group.number, || {
                let table = &book.companions.subsidies;
                let unpaid = rows();
                let unpaid =
                    unpaid.into_iter().filter(|row| book.rosters().payments(*row).next().is_none());
                let record = |row: RosterIx| Record {
                    table: "subsidies",
                    row: row32(usize::from(row)),
                    money: table.amount.at(row).some().unwrap_or(Fen(0)),
                };
                unpaid.map(record).collect::<Vec<_>>()
            });
        }
    }
}
