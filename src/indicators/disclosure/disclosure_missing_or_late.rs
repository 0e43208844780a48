#![doc = include_str!("disclosure_missing_or_late.md")]

use crate::convert::{float, row32};
use crate::indicators::basis::{DISCLOSURE_RULES, VILLAGERS_LAW};
use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out, Record};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, LineIx, VillageIx};
use crate::ledger::contract::cell::Fen;
use crate::ledger::subject::Grain;
use crate::params::{counted, params, within};
use crate::registers::notices::{Due, Notice, due, notices, word};
use crate::registers::posting::GRACE;

pub(super) static INDICATOR: Indicator = Indicator::of::<DisclosureMissingOrLate>(card! {
    "disclosure_missing_or_late",
    grain: Grain::Village,
    class: Class::Rule,
    scheme: Scheme::Disclosure,
    scale: Scale::Value { threshold: 0.2, false_positives: 0.03 },
    requires: &["disclosures.posted"],
    basis: &[VILLAGERS_LAW, DISCLOSURE_RULES],
    simulated_schemes: &["income_off_book"],
});

params! {
    struct DisclosureMissingOrLate {
        days: i32 = GRACE, within(0..=366),
            "days after the end of a period within which it is to be posted",
            "所属期结束后应当公示的天数";
        late: i32 = 90, within(1..=3_660),
            "days beyond them at which a notice counts as missing",
            "再超过多少天视同未公示";
        periods: usize = 8, counted,
            "fewest periods by which the sum is divided",
            "计算比例时最少按多少期";
    }
}

/// What is computed once for a county.
#[derive(Debug)]
struct Calendar {
    notices: IxVec<VillageIx, Vec<Notice>>,
    due: IxVec<VillageIx, Option<Vec<Due>>>,
}

impl DisclosureMissingOrLate {
    /// How much of a period counts: all of it if it was not posted, and a part if it was late.
    fn lack(&self, due: &Due) -> f64 {
        match (due.posted, due.days()) {
            (None, _) => 1.0,
            (_, Some(days)) => {
                (float(i64::from(days - self.days)) / float(i64::from(self.late))).clamp(0.0, 1.0)
            }
            // Posted on a day that is not recorded.
            (Some(_), None) => 0.0,
        }
    }

    fn late<'d>(&self, due: &'d [Due]) -> impl Iterator<Item = &'d Due> {
        let days = self.days;
        due.iter().filter(move |it| it.days().is_some_and(|own| own > days))
    }

    fn facts(&self, due: &[Due]) -> Vec<Fact> {
        let missing: Vec<Value> =
            due.iter().filter(|it| it.posted.is_none()).map(|it| word(it.period).into()).collect();
        let mut facts = Vec::new();
        if !missing.is_empty() {
            let (count, of) = (missing.len(), due.len());
            facts.push(fact!("missing", [], count: count, of: of, periods: Value::List(missing)));
        }
        let mut late: Vec<&Due> = self.late(due).collect();
        late.sort_by_key(|it| std::cmp::Reverse(it.days()));
        let told = late.into_iter().take(SHOWN).filter_map(|it| {
            let (period, posted, days) = (word(it.period), it.posted?, it.days()?);
            Some(fact!("late", [], period: period, posted: posted, days: days))
        });
        facts.extend(told);
        facts
    }
}

/// Late periods that are told one by one.
const SHOWN: usize = 4;

impl Measure for DisclosureMissingOrLate {
    type Context = Calendar;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> Calendar {
        let notices = notices(book);
        let mut due = due(book, &notices, self.days);
        let in_force = |it: &Due| {
            let rules = [VILLAGERS_LAW, DISCLOSURE_RULES];
            rules.iter().any(|rule| rule.days().contains(&it.period.last))
        };
        for own in due.raw.iter_mut().flatten() {
            own.retain(in_force);
        }
        Calendar { notices, due }
    }

    fn measure(&self, _: &Book, county: &Calendar, group: Group<'_, VillageIx>, out: &mut Out) {
        let own = county.due[group.number].as_ref().filter(|own| !own.is_empty());
        let Some(due) = own else { return };
        let lacking: f64 = due.iter().map(|it| self.lack(it)).sum();
        let value = lacking / float(due.len().max(self.periods));
        out.put(group.number, value, due.len(), || None::<LineIx>);
        out.cite(group.number, || {
            let is_late = |notice: &&Notice| self.late(due).any(|it| it.period == notice.period);
            let late = county.notices[group.number].iter().filter(is_late);
            late.map(|it| Record { table: "disclosures", row: row32(it.row), money: Fen(0) })
                .collect::<Vec<_>>()
        });
        out.tell(group.number, || self.facts(due));
    }
}
