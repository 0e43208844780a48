//! A village: its people, officials, payees and books.

use super::calendar::Span;
use super::chance::{Dice, Draw, Purpose, dice};
use super::kin::{self, Kin};
use super::office;
use super::payee::{Payee, Trade};
use super::person::Person;
use super::records::{Act, Advance, Contract, Decision, Kind, Lease, Post, Subject, Subsidy, Term};
use super::settings::Settings;
use super::township::Township;
use super::voucher::{Slip, Voucher};
use crate::ledger::contract::cell::Day;

/// A village and the content of its tables.
#[derive(Debug)]
pub(crate) struct Village<'a> {
    pub(crate) township: &'a Township,
    pub(crate) span: Span,
    pub(crate) code: String,
    /// Index in the county, from 0.
    pub(crate) index: u32,
    pub(crate) name: String,
    pub(crate) population: i32,
    pub(crate) area_mu: f64,
    pub(crate) terrain: &'static str,
    /// Number of transactions relative to an average village.
    pub(crate) activity: f64,
    /// Most families descend from one ancestor, and more trade is local and among kin.
    pub(crate) is_lineage: bool,
    /// The township's people come first, then the village's own.
    pub(crate) people: Vec<Person>,
    pub(crate) kin: Kin,
    pub(crate) terms: Vec<Term>,
    /// The township's payees come first, then the village's own.
    pub(crate) payees: Vec<Payee>,
    pub(crate) vouchers: Vec<Voucher>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) contracts: Vec<Contract>,
    pub(crate) leases: Vec<Lease>,
    pub(crate) subsidies: Vec<Subsidy>,
    pub(crate) advances: Vec<Advance>,
    pub(crate) acts: Vec<Act>,
    /// Number of voucher lines so far.
    pub(crate) lines: usize,
}

/// Lets some of the old people die within the span.
fn mourn(dice: &mut Dice, people: &mut [Person], locals: usize, span: Span) {
    let year = i32::from(span.first_year);
    for person in people.iter_mut().skip(locals).filter(|person| person.age(year) >= 72) {
        if dice.chance(0.05 * f64::from(span.years)) {
            person.death = Some(span.some_day(dice));
        }
    }
}

impl<'a> Village<'a> {
    /// Village `number` of a township, without transactions.
    pub(crate) fn new(
        settings: &Settings,
        township: &'a Township,
        number: u32,
        index: u32,
    ) -> Self {
        let code = format!("{}{}", township.code, 201 + number);
        let place = [u64::from(township.county_index), u64::from(index)];
        let stream = |purpose| dice(settings.seed, purpose, &place);
        let mut profile = stream(Purpose::Profile);
        let is_lineage = profile.chance(0.35);
        let mut people = township.people.clone();
        let locals = people.len();
        let size = (f64::from(settings.lines) / 900.0).sqrt().clamp(1.0, 4.0);
        let clans =
            usize::try_from(super::price::round_to(super::price::fen(size * 0.09), 1)).unwrap_or(9);
        let mut families = stream(Purpose::Families);
        let kin = kin::settle(&mut families, &mut people, &code, clans, is_lineage);
        let span = township.span;
        mourn(&mut families, &mut people, locals, span);
        let terms = office::appoint(
            &mut stream(Purpose::Offices),
            &people,
            &kin,
            locals..people.len(),
            span,
        );
        let mut village = Self {
            township,
            span,
            name: format!("模拟{}镇{:03}村", 1 + township.index, 1 + number),
            code,
            index,
            population: i32::try_from(profile.between(600, 3_200)).unwrap_or(1_000),
            area_mu: super::price::yuan(profile.between(90_000, 600_000)),
            terrain: profile.one_of(["plain", "plain", "hill", "hill", "mountain", "lake"]),
            activity: profile.log_normal(0.97, 0.25).clamp(0.5, 2.0),
            is_lineage,
            people,
            kin,
            terms,
            payees: township.payees.clone(),
            vouchers: Vec::new(),
            decisions: Vec::new(),
            contracts: Vec::new(),
            leases: Vec::new(),
            subsidies: Vec::new(),
            advances: Vec::new(),
            acts: Vec::new(),
            lines: 0,
        };
        village.register(&mut stream(Purpose::Payees));
        village.open_late(&mut stream(Purpose::Openings));
        village.share_accounts(&mut stream(Purpose::Households));
        village
    }

    /// Registers every adult and every local firm as a payee.
    fn register(&mut self, dice: &mut Dice) {
        let year = i32::from(self.span.first_year);
        for who in self.locals() {
            if self.person(who).age(year) >= 16 {
                let (serial, person) = (self.next_payee(), self.person(who).clone());
                let payee = Payee::person(dice, &self.code, serial, who, &person);
                self.payees.push(payee);
            }
        }
        let mut adults = self.adults(28, 58);
        adults.retain(|who| !self.is_official(*who));
        let more = usize::from(self.is_lineage);
        let trades = [
            (Trade::Shop, 2),
            (Trade::Restaurant, 1),
            (Trade::Repair, 1),
            (Trade::Farm, 1),
            (Trade::Machine, 2),
            (Trade::Materials, 1),
            (Trade::Builder, 1),
        ];
        for (trade, most) in trades {
            for _ in 0..dice.count(1, most) + more {
                let owner = dice.any(&adults);
                let firm = Payee::firm(dice, &self.code, self.next_payee(), trade, owner);
                self.payees.push(firm);
            }
        }
    }

    /// Makes some firms start only in the last years before the span.
    fn open_late(&mut self, dice: &mut Dice) {
        let first = self.span.first();
        let own = self.township.payees.len();
        for firm in self.payees.iter_mut().skip(own).filter(|payee| payee.kind == "firm") {
            if dice.chance(0.25) {
                let days = i32::try_from(dice.between(0, 900)).unwrap_or(0);
                firm.first_seen = Some(Day(first.0 - days));
            }
        }
    }

    /// Some old people have no account of their own and use that of a child or the household.
    fn share_accounts(&mut self, dice: &mut Dice) {
        let elders = self.adults(68, 95);
        for elder in elders {
            let mut near = self.kin.near(elder, 1);
            near.retain(|who| self.is_of_age(*who) && !self.is_official(*who));
            let child = dice.any(&near).filter(|_| dice.chance(0.06));
            let Some(account) = child.map(|child| self.person(child).account.clone()) else {
                continue;
            };
            if let Some(payee) = self.payees.iter_mut().find(|one| one.person == Some(elder)) {
                payee.account.clone_from(&account);
            }
            if let Some(person) = self.people.get_mut(elder) {
                person.account = account;
            }
        }
    }

    /// The serial number of the village's next payee.
    pub(crate) fn next_payee(&self) -> usize {
        self.payees.len() - self.township.payees.len() + 1
    }

    /// The indices of the village's own people.
    pub(crate) fn locals(&self) -> std::ops::Range<usize> {
        self.township.people.len()..self.people.len()
    }

    #[expect(clippy::indexing_slicing, reason = "places come from this village's own list")]
    pub(crate) fn person(&self, place: usize) -> &Person {
        &self.people[place]
    }

    #[expect(clippy::indexing_slicing, reason = "places come from this village's own list")]
    pub(crate) fn payee(&self, place: usize) -> &Payee {
        &self.payees[place]
    }

    #[expect(clippy::indexing_slicing, reason = "places come from this village's own list")]
    pub(crate) fn voucher(&mut self, place: usize) -> &mut Voucher {
        &mut self.vouchers[place]
    }

    /// The slips of a voucher's payments.
    pub(crate) fn slips(&mut self, voucher: usize) -> impl Iterator<Item = &mut Slip> {
        self.voucher(voucher).lines.iter_mut().filter_map(|line| line.slip.as_deref_mut())
    }

    /// Local people of these ages at the start who live through the whole span.
    pub(crate) fn adults(&self, least: i32, most: i32) -> Vec<usize> {
        let year = i32::from(self.span.first_year);
        let fit = |who: &usize| {
            let person = self.person(*who);
            (least..=most).contains(&person.age(year)) && person.death.is_none()
        };
        self.locals().filter(fit).collect()
    }

    /// The index of a person in the register of payees.
    pub(crate) fn payee_of(&self, person: usize) -> Option<usize> {
        self.payees.iter().position(|payee| payee.person == Some(person))
    }

    /// The payees of a trade, those of the village first.
    pub(crate) fn of_trade(&self, trade: Trade) -> Vec<usize> {
        let of = |(_, payee): &(usize, &Payee)| payee.trade == trade;
        let found = self.payees.iter().enumerate().filter(of).map(|(place, _)| place);
        let mut found: Vec<usize> = found.collect();
        found.reverse();
        found
    }

    /// The holder of a post on a day.
    pub(crate) fn holder(&self, post: Post, seat: usize, date: Day) -> usize {
        let of = |term: &&Term| {
            term.post == post
                && term.seat == seat
                && term.start <= date
                && term.end.is_none_or(|end| date <= end)
        };
        let first = self.terms.first();
        self.terms.iter().find(of).or(first).map_or(0, |term| term.person)
    }

    /// The director, who usually approves.
    pub(crate) fn approver_on(&self, date: Day) -> usize {
        self.holder(Post::Director, 0, date)
    }

    /// Whether a person ever held a post.
    pub(crate) fn is_official(&self, person: usize) -> bool {
        self.terms.iter().any(|term| term.person == person)
    }

    /// Whether a person is of working age and lives through the whole span.
    pub(crate) fn is_of_age(&self, person: usize) -> bool {
        let who = self.person(person);
        (20..=65).contains(&who.age(i32::from(self.span.first_year))) && who.death.is_none()
    }

    /// Begins an act or a look-alike; returns its index.
    pub(crate) fn begin(
        &mut self,
        scheme: &'static str,
        kind: Kind,
        subjects: &[Subject],
    ) -> usize {
        let mut subjects = subjects.to_vec();
        subjects.sort_unstable();
        subjects.dedup();
        self.acts.push(Act { scheme, kind, subjects });
        self.acts.len() - 1
    }

    /// Marks every payment of a voucher as part of an act.
    pub(crate) fn mark(&mut self, voucher: usize, act: usize) {
        for line in &mut self.voucher(voucher).lines {
            if line.slip.is_some() {
                line.acts.push(act);
            }
        }
    }
}
