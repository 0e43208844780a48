#![doc = include_str!("payee_is_cadre_or_kin.md")]

use crate::indicators::card::{Class, Scale, Scheme, card};
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
            let near =
                Near { person: term.person, is_cadre: true, start: term.start, end: term.end };
            all.push(near);
            let kin = book.kin.of_person(term.person).filter(|(_, degree)| *degree <= self.degree);
            all.extend(kin.map(|(person, _)| Near { person, is_cadre: false, ..near }));
        }
        all.sort_unstable();
        all
    }

    /// How near the payee is to the office on that day.
    fn value(
        &self,
        book: &Book,
        county: &CadresAndKin,
        near: &[Near],
        one: Seen,
        behind: Behind,
    ) -> f64 {
        let mut value = 0.0_f64;
        for (place, person) in behind.persons.into_iter().enumerate() {
            let from = near.partition_point(|near| near.person < person);
            let own = near.get(from..).unwrap_or(&[]).iter();
            let own = own.take_while(|near| near.person == person && person != Id::NONE);
            for near in own.filter(|near| near.start <= one.day && one.day <= near.end) {
                let is_own_errand = near.is_cadre
                    && place == 0
                    && book.lines.document.at(one.line).some() == county.self_made
                    && county.self_made.is_some();
                value = value.max(match (near.is_cadre, is_own_errand) {
                    (true, true) => self.errand,
                    (true, false) => 1.0,
                    (false, _) if behind.is_firm && is_new(book, behind, near) => 1.0,
                    (false, _) => self.kin,
                });
            }
        }
        value
    }
}

/// Whether the firm came into the register after the relative took the post.
fn is_new(book: &Book, behind: Behind, near: &Near) -> bool {
    let first = behind.row.and_then(|row| book.companions.payees.first_seen.at(row).some());
    first.is_some_and(|first| first > near.start)
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
            let behind = one.payee(book).map(|payee| county.behind[payee]);
            let Some(behind) = behind.filter(|behind| behind.is_somebody()) else { continue };
            let value = self.value(book, county, near, one, behind);
            out.put(one.payment, value, 1, || (value > 0.0).then_some(one.line));
        }
    }
}
