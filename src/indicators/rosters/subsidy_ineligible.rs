#![doc = include_str!("subsidy_ineligible.md")]

use super::needs::{Ages, Edges, Schemes};
use super::relatives::household;
use crate::indicators::basis::SOCIAL_RELIEF;
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<SubsidyIneligible>(card! {
    "subsidy_ineligible",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::Ghost,
    scale: Scale::Value { threshold: 0.5, false_positives: 0.005 },
    requires: &["ledger.payee", "ledger.scheme", "subsidies", "people"],
    basis: &[SOCIAL_RELIEF],
    simulated_schemes: &["subsidy_diverted"],
});

params! {
    struct SubsidyIneligible {
        years: i32 = 2, within(1..=100),
            "years beyond the usual ages of a scheme from which on a person stands out",
            "超出补贴通常年龄范围达到此年数视为异常";
        persons: usize = 100, within(1..=1_000_000),
            "persons on the rosters of a scheme from which on its ages are taken",
            "名册人数达到此数才推算年龄范围";
        few: f64 = 0.02, within(0.0..=1.0),
            "share of persons beyond these ages up to which a scheme has ages at all",
            "超出年龄范围的人数比例不超过此值，才视为有年龄条件的补贴";
        officer: f64 = 0.8, within(0.0..=1.0),
            "value of an officer in a scheme for people in need",
            "在任村干部领取困难救助类补贴的指标值";
        household: f64 = 0.6, within(0.0..=1.0),
            "value of a person of an officer's household in such a scheme",
            "在任村干部同户人员领取此类补贴的指标值";
        owner: f64 = 0.6, within(0.0..=1.0),
            "value of the owner of a firm that villages paid, in such a scheme",
            "各村付过款的单位的经营者领取此类补贴的指标值";
        turnover: f64 = 20_000.0, within(0.0..=1e9),
            "yuan that villages must have paid the firm in the year before",
            "此前一年各村付给该单位的金额（元）达到此数才计入";
    }
}

/// The people of a county who are not thought to be in need.
#[derive(Debug)]
struct County {
    schemes: Schemes,
    /// Households of officers, each with the officer.
    households: Vec<(Id, Id)>,
    /// Owners of firms, each with the firm.
    owners: Vec<(Id, PayeeIx)>,
}

/// Why somebody may not be meant by a scheme.
#[derive(Debug, Clone, Copy)]
enum Match {
    /// Younger or older than nearly all others, by the ages of the scheme.
    Age { age: i32, usual: Ages },
    /// In office on the day.
    Officer,
    /// Of one household with somebody in office on the day.
    Household(Id),
    /// Owner of a firm that was paid so much in the year before.
    Owner(PayeeIx, Fen),
}

/// Those values of a sorted list that belong to a key.
fn of_key<T: Copy>(all: &[(Id, T)], key: Id) -> impl Iterator<Item = T> {
    let from = all.partition_point(|(own, _)| *own < key);
    let rest = all.get(from..).unwrap_or(&[]).iter();
    rest.take_while(move |(own, _)| *own == key).map(|(_, value)| *value)
}

impl County {
    fn of(book: &Book, measure: &SubsidyIneligible) -> Self {
        let posts = &book.companions.posts;
        let officers = (0..posts.rows).filter_map(|row| posts.person.at(row).some());
        let mut households: Vec<(Id, Id)> =
            officers.filter_map(|who| Some((household(book, who)?, who))).collect();
        households.sort_unstable();
        households.dedup();
        let register = &book.companions.payees;
        let owner = |(place, payee): (PayeeIx, &Id)| {
            let row = book.companions.payee(*payee)?;
            Some((register.owner.at(row).some()?, place))
        };
        let mut owners: Vec<_> = book.payees.iter_enumerated().filter_map(owner).collect();
        owners.sort_unstable();
        let SubsidyIneligible { persons, years, few, .. } = *measure;
        Self { schemes: Schemes::of(book, Edges { persons, years, few }), households, owners }
    }

    /// The firm of an owner that villages paid most in the year before a day, with the sum.
    fn firm(&self, book: &Book, person: Id, day: Day) -> Option<(PayeeIx, Fen)> {
        let is_before = |at: Day| day.0 - 365 <= at.0 && at <= day;
        let paid = |firm: PayeeIx| -> Fen {
            let payments = book.by_payee().group(firm).iter();
            let before = payments.filter(|it| is_before(book.payments.day[**it]));
            before.map(|it| book.payments.amount[*it]).sum()
        };
        of_key(&self.owners, person).map(|firm| (firm, paid(firm))).max_by_key(|(_, sum)| *sum)
    }
}

/// Whether somebody holds a post in any village on a day.
fn is_in_office(book: &Book, person: Id, day: Day) -> bool {
    book.terms.of_person(person).iter().any(|term| term.holds(day))
}

impl SubsidyIneligible {
    /// What speaks against the payment of a row of the roster, the strongest first; `None` if nothing can be asked.
    fn matches(&self, book: &Book, county: &County, one: Seen) -> Option<Vec<(f64, Match)>> {
        let table = &book.companions.subsidies;
        let row = book.rosters().row(one.payment)?;
        let (person, scheme) =
            (table.person.at(row).some()?, county.schemes.get(table.scheme.at(row))?);
        let known = book.companions.person(person)?;
        let birth = book.companions.people.birth_year.at(known).some();
        let age = scheme.ages.zip(birth).map(|(usual, birth)| (one.day.year() - birth.0, usual));
        if age.is_none() && !scheme.is_for_need {
            return None;
        }
        let mut found: Vec<(f64, Match)> = Vec::new();
        if let Some((age, usual)) = age {
            let beyond = usual.beyond(age);
            let value = (f64::from(beyond) / f64::from(2 * self.years)).min(1.0);
            if beyond >= self.years {
                found.push((value, Match::Age { age, usual }));
            }
        }
        if scheme.is_for_need {
            found.extend(self.not_in_need(book, county, (person, one.day)));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        Some(found)
    }

    /// What speaks against somebody's need on a day.
    fn not_in_need(
        &self,
        book: &Book,
        county: &County,
        (person, day): (Id, Day),
    ) -> impl Iterator<Item = (f64, Match)> {
        let officer = is_in_office(book, person, day).then_some((self.officer, Match::Officer));
        let home = household(book, person).filter(|_| officer.is_none());
        let mut others = home.into_iter().flat_map(|home| of_key(&county.households, home));
        let other = others.find(|other| *other != person && is_in_office(book, *other, day));
        let firm = county.firm(book, person, day).filter(|(_, sum)| sum.yuan() >= self.turnover);
        let found = [
            officer,
            other.map(|other| (self.household, Match::Household(other))),
            firm.map(|(firm, sum)| (self.owner, Match::Owner(firm, sum))),
        ];
        found.into_iter().flatten().filter(|(value, _)| *value > 0.0)
    }
}

/// Whom the payment is for, and what speaks against it.
fn facts(book: &Book, one: Seen, found: &[(f64, Match)]) -> Vec<Fact> {
    let table = &book.companions.subsidies;
    let Some(row) = book.rosters().row(one.payment) else { return Vec::new() };
    let person = table.person.at(row);
    let fact = |found: &Match| match *found {
        Match::Age { age, usual } if age < usual.least => fact!(
            "young", ["payee", "scheme", "date"],
            age: age.max(0), least: usual.least, persons: usual.persons,
        ),
        Match::Age { age, usual } => fact!(
            "old", ["payee", "scheme", "date"], age: age, most: usual.most, persons: usual.persons,
        ),
        Match::Officer => fact!(
            "officer", ["payee", "scheme"], post: Value::Post(person, one.line),
        ),
        Match::Household(officer) => fact!(
            "household", ["payee", "scheme"], officer: Value::Post(officer, one.line),
        ),
        Match::Owner(firm, sum) => fact!("owner", ["payee", "scheme"], firm: firm, sum: sum),
    };
    let of_row = [("person", Value::Person(person)), ("scheme", Value::Text(table.scheme.at(row)))];
    found.iter().map(|(_, found)| fact(found).with(of_row.clone())).collect()
}

impl Measure for SubsidyIneligible {
    type Context = County;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> County {
        County::of(book, self)
    }

    fn measure(&self, book: &Book, county: &County, group: Group<'_, VillageIx>, out: &mut Out) {
        for one in seen(book, group.payments).filter(|one| one.amount > 0) {
            let Some(found) = self.matches(book, county, one) else { continue };
            let value = found.first().map_or(0.0, |(value, _)| *value);
            out.put(one.payment, value, found.len().max(1), || (value > 0.0).then_some(one.line));
            if value > 0.0 {
                out.tell(one.payment, || facts(book, one, &found));
            }
        }
    }
}
