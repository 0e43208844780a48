#![doc = include_str!("payee_is_cadre_or_kin.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
use crate::indicators::fact::{Fact, Value, fact};
use crate::indicators::indicator::{Group, Indicator, Measure, Out};
use crate::indicators::register::{Behind, behind};
use crate::indicators::seen::{Seen, seen};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, PayeeIx, PaymentIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Id};
use crate::ledger::subject::Grain;
use crate::params::{params, within};

pub(super) static INDICATOR: Indicator = Indicator::of::<PayeeIsCadreOrKin>(card! {
    "payee_is_cadre_or_kin",
    grain: Grain::Payment,
    class: Class::Match,
    scheme: Scheme::KinBenefit,
    scale: Scale::Value { threshold: 1.0, false_positives: 0.05 },
    requires: &["ledger.payee", "posts"],
    basis: &[],
    simulated_schemes: &["kin_supplier", "self_approval"],
});

params! {
    struct PayeeIsCadreOrKin {
        degree: u8 = 1, within(1..=3),
            "farthest relation: 1 parent, child, spouse, sibling; 2 in-law, uncle",
            "最远亲等：1 为父母、子女、配偶、兄弟姐妹；2 为姻亲、叔伯舅姑姨";
        kin: f64 = 0.5, within(0.0..=1.0),
            "value of a relative",
            "亲属收款的指标值";
        errand: f64 = 0.1, within(0.0..=1.0),
            "value of a cadre's self-made slip",
            "干部凭自制凭证报销的指标值";
    }
}

/// Somebody near to a village's office while a post is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Near {
    person: Id,
    /// The holder of the post, or a relative.
    is_cadre: bool,
    start: Day,
    end: Day,
    /// Who holds the post.
    holder: Id,
}

/// A payee or its owner, near to the office on the day of a payment.
#[derive(Debug, Clone, Copy)]
struct Tie {
    near: Near,
    is_owner: bool,
    is_errand: bool,
    /// When the firm was entered in the register, if that was after the relative took the post.
    firm_since: Option<Day>,
}

/// What is computed once for a county.
#[derive(Debug)]
struct CadresAndKin {
    behind: IxVec<PayeeIx, Behind>,
    /// For each village, by person.
    near: IxVec<VillageIx, Vec<Near>>,
    self_made: Option<Id>,
}

impl PayeeIsCadreOrKin {
    fn near(&self, book: &Book, village: Id) -> Vec<Near> {
        let mut all: Vec<Near> = Vec::new();
        for term in book.terms.of_village(village) {
            let near = Near {
                person: term.person,
                is_cadre: true,
                start: term.start,
                end: term.end,
                holder: term.person,
            };
            all.push(near);
            let kin = book.kin.of_person(term.person).filter(|(_, degree)| *degree <= self.degree);
            all.extend(kin.map(|(person, _)| Near { person, is_cadre: false, ..near }));
        }
        all.sort_unstable();
        all
    }

    fn value(&self, tie: Tie) -> f64 {
        match (tie.near.is_cadre, tie.is_errand, tie.firm_since) {
            (true, true, _) => self.errand,
            (true, false, _) | (false, _, Some(_)) => 1.0,
            (false, _, None) => self.kin,
        }
    }

    /// The nearest tie of the payee to the office on that day, with its value.
    fn nearest(
        &self,
        book: &Book,
        county: &CadresAndKin,
        near: &[Near],
        one: Seen,
        behind: Behind,
    ) -> Option<(f64, Tie)> {
        let mut nearest: Option<(f64, Tie)> = None;
        for (place, person) in behind.persons.into_iter().enumerate() {
            let from = near.partition_point(|near| near.person < person);
            let own = near.get(from..).unwrap_or(&[]).iter();
            let own = own.take_while(|near| near.person == person && person != Id::NONE);
            for near in own.filter(|near| near.start <= one.day && one.day <= near.end) {
                let is_errand = near.is_cadre
                    && place == 0
                    && book.lines.document.at(one.line).some() == county.self_made
                    && county.self_made.is_some();
                let firm_since = entered_since(book, behind, near);
                let tie = Tie { near: *near, is_owner: place > 0, is_errand, firm_since };
                let value = self.value(tie);
                if nearest.is_none_or(|(known, _)| value > known) {
                    nearest = Some((value, tie));
                }
            }
        }
        nearest
    }
}

/// When a relative's firm came into the register, if that was after the post was taken.
fn entered_since(book: &Book, behind: Behind, near: &Near) -> Option<Day> {
    let row = behind.row.filter(|_| behind.is_firm && !near.is_cadre)?;
    book.companions.payees.first_seen.at(row).some().filter(|first| *first > near.start)
}

impl Tie {
    /// Who is related to whom in which post, and when a firm and a post began.
    fn facts(self, book: &Book, one: Seen, payee: PayeeIx) -> Vec<Fact> {
        let near = self.near;
        let cadre = Value::Post(near.holder, one.line);
        let person = Value::Person(near.person);
        let degree = book.kin.degree(near.person, near.holder).map_or(0, u32::from);
        let tie = match (near.is_cadre, self.is_owner) {
            (true, false) if self.is_errand => {
                fact!("errand", ["payee", "document"], cadre: cadre)
            }
            (true, false) => fact!("cadre", ["payee"], cadre: cadre),
            (true, true) => fact!("owner", ["payee"], payee: payee, cadre: cadre),
            (false, false) if degree == 1 => {
                fact!("kin", ["payee"], person: person, cadre: cadre)
            }
            (false, false) => {
                fact!("further_kin", ["payee"], person: person, cadre: cadre, degree: degree)
            }
            (false, true) if degree == 1 => {
                fact!("kin_owner", ["payee"], payee: payee, person: person, cadre: cadre)
            }
            (false, true) => fact!(
                "further_kin_owner", ["payee"],
                payee: payee, person: person, cadre: cadre, degree: degree,
            ),
        };
        let start = near.start.some();
        let new_firm = self.firm_since.zip(start).map(|(since, start)| {
            let cadre = Value::Person(near.holder);
            fact!("new_firm", ["payee"], payee: payee, since: since, cadre: cadre, start: start)
        });
        [tie].into_iter().chain(new_firm).collect()
    }
}

impl Measure for PayeeIsCadreOrKin {
    type Context = CadresAndKin;
    type Groups = VillageIx;

    fn context(&self, book: &Book) -> CadresAndKin {
        let near = |village: VillageIx, _: &[PaymentIx]| self.near(book, book.villages[village]);
        CadresAndKin {
            behind: behind(book),
            near: book.by_village().par_map(near),
            self_made: book.names.find("self_made"),
        }
    }

    fn measure(
        &self,
        book: &Book,
        county: &CadresAndKin,
        group: Group<'_, VillageIx>,
        out: &mut Out,
    ) {
        let near = county.near[group.number].as_slice();
        if near.is_empty() {
            return;
        }
        for one in seen(book, group.payments).filter(|one| one.is_chosen()) {
            let Some(payee) = one.payee(book) else { continue };
            let behind = Some(county.behind[payee]).filter(|behind| behind.is_somebody());
            let Some(behind) = behind else { continue };
            let nearest = self.nearest(book, county, near, one, behind);
            let value = nearest.map_or(0.0, |(value, _)| value);
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
            out.tell(one.payment, || {
                let tie = nearest.filter(|_| value > 0.0);
                tie.map_or_else(Vec::new, |(_, tie)| tie.facts(book, one, payee))
            });
        }
    }
}
