//! Persons and firms that leads of several villages, or of several lists, name: for the county, which alone sees all
//! of them.

use std::collections::{BTreeMap, BTreeSet};

use strum::{EnumString, IntoStaticStr};

use crate::ledger::book::Book;
use crate::ledger::book::identities::{Identities, Link, Member};
use crate::ledger::book::index::{LineIx, PaymentIx, VillageIx};
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::ledger::subject::Subject;
use crate::outcomes::grade::Route;
use crate::outcomes::register::short_id;
use crate::worklist::lead::Lead;

/// The letter of the ids of parties.
pub const LETTER: char = 'K';

/// Those who sign a payment and are named with it. Cosigners, reviewers and clerks serve many villages by their office.
const SIGNERS: [Role; 3] = [Role::Approver, Role::Handler, Role::Witness];

/// A person or a firm with all that is linked with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Stable as long as its first member is.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its members, the one with the most money in the leads first.
    pub members: Vec<Named>,
    /// What links them.
    pub links: Vec<Link>,
    /// Its villages, that with the most money in the leads first.
    pub villages: Vec<InVillage>,
    /// The ids of the leads that name it, in the order of the lists.
    pub leads: Vec<String>,
}

/// What a party is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, IntoStaticStr, EnumString,
)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// A person.
    Person,
    /// A firm.
    Firm,
    /// No register says what it is.
    #[default]
    Unknown,
}

impl Kind {
    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// A member of a party with the line of the book that shows its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// Who it is.
    pub member: Member,
    /// A line that pays it; none for somebody who only signs.
    pub paid_by: Option<LineIx>,
}

/// What a party has to do with one village.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InVillage {
    /// The village.
    pub village: VillageIx,
    /// The roles in which leads name it there.
    pub roles: BTreeSet<Role>,
    /// All that the village paid to it.
    pub received: Sum,
    /// All that it approved, handled or witnessed there.
    pub signed: Sum,
    /// The first day of these payments.
    pub first: Day,
    /// The last day of these payments.
    pub last: Day,
    /// Those of its payments that are part of leads, each once.
    pub in_leads: Sum,
}

/// A number of payments and their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub payments: usize,
    /// Their amounts.
    pub money: Fen,
}

impl InVillage {
    fn of(village: VillageIx) -> Self {
        Self {
            village,
            roles: BTreeSet::new(),
            received: Sum::NOTHING,
            signed: Sum::NOTHING,
            first: Day::NONE,
            last: Day::NONE,
            in_leads: Sum::NOTHING,
        }
    }
}

impl Sum {
    const NOTHING: Self = Self { payments: 0, money: Fen(0) };

    fn add(&mut self, amount: Fen) {
        self.payments += 1;
        self.money = [self.money].into_iter().chain(amount.some()).sum();
    }
}

impl std::iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        let add = |a: Self, b: Self| Self {
            payments: a.payments + b.payments,
            money: [a.money, b.money].into_iter().sum(),
        };
        sums.fold(Self::NOTHING, add)
    }
}

/// How a payment names somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    payment: PaymentIx,
    role: Role,
    member: Member,
}

/// The parties of a county, those in most villages and with most money in their leads first.
pub fn parties(book: &Book, leads: &[Lead]) -> Vec<Party> {
    let county = County { book, identities: Identities::of(book) };
    let mut named: BTreeMap<Member, Vec<(&Lead, Mention)>> = BTreeMap::new();
    for lead in leads {
        for mention in county.of_lead(lead) {
            let first = county.identities.first(mention.member);
            named.entry(first).or_default().push((lead, mention));
        }
    }
    named.retain(|_, all| county.is_spread(all));
    let mut totals = county.totals(&named.keys().copied().collect());
    let party = |(first, all): (Member, Vec<(&Lead, Mention)>)| {
        let villages = totals.remove(&first).unwrap_or_default();
        county.party(first, &all, villages)
    };
    let mut parties: Vec<Party> = named.into_iter().map(party).collect();
    let place = |it: &Party| {
        let of_leads = it.villages.iter().filter(|it| it.in_leads.payments > 0).count();
        std::cmp::Reverse((of_leads, it.in_leads().money))
    };
    parties.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.id.cmp(&b.id)));
    parties
}

impl Party {
    /// Its payments that are part of leads: each of one village, and each once.
    pub fn in_leads(&self) -> Sum {
        self.villages.iter().map(|it| it.in_leads).sum()
    }
}

/// A book with those who appear in it.
struct County<'a> {
    book: &'a Book,
    identities: Identities<'a>,
}

impl County<'_> {
    /// Whom a lead names. A lead about an approver names the approver alone, and one about a village nobody: the payments
    /// behind these are much of a village's book, and no reason to look at whom they were paid to.
    fn of_lead(&self, lead: &Lead) -> Vec<Mention> {
        let all = lead.payments.iter().flat_map(|it| self.of_payment(*it));
        match lead.grain.subject(lead.subject) {
            Subject::Payment(_) | Subject::Payee(_) => all.collect(),
            Subject::Official(official) => {
                let id = self.book.officials[official];
                all.filter(|it| self.is_or_stands_behind(it.member, id)).collect()
            }
            Subject::Village(_) => Vec::new(),
        }
    }

    fn is_or_stands_behind(&self, member: Member, person: Id) -> bool {
        member.id() == person || self.book.person_of(member.id()) == person
    }

    /// Everybody whom a payment names.
    fn of_payment(&self, payment: PaymentIx) -> impl Iterator<Item = Mention> {
        let (book, payments) = (self.book, &self.book.payments);
        let (line, village) = (payments.line[payment], payments.village[payment]);
        let signers = SIGNERS.into_iter().filter_map(move |role| {
            let person = book.lines.of_role(role).at(line).some()?;
            Some((role, self.identities.person(person, village)))
        });
        let payee = self.identities.payee(payment).filter(|it| !book.is_public(it.id()));
        let all = payee.map(|it| (Role::Payee, it)).into_iter().chain(signers);
        all.map(move |(role, member)| Mention { payment, role, member })
    }

    /// The kind of a payee in the register; empty where it says none.
    fn registered_as(&self, payee: Id) -> &str {
        let row = self.book.companions.payee(payee);
        row.map_or("", |row| self.book.names.get(self.book.companions.payees.kind.at(row)))
    }

    /// Whether leads of several villages name somebody, or leads of several lists a payee: whoever signs for a village stands
    /// on every list of its offices. What was drawn by lot was not listed for anything that it shows.
    fn is_spread(&self, all: &[(&Lead, Mention)]) -> bool {
        let listed = || all.iter().filter(|(lead, _)| lead.selection == Route::List);
        let village = |it: &Mention| self.book.payments.village[it.payment];
        let villages: BTreeSet<VillageIx> = listed().map(|(_, it)| village(it)).collect();
        let paid = listed().filter(|(_, it)| it.role == Role::Payee);
        let offices: BTreeSet<&str> = paid.map(|(lead, _)| lead.office.as_str()).collect();
        villages.len() > 1 || offices.len() > 1
    }

    /// What each of some parties received and signed in each village, by their first members.
    fn totals(
        &self,
        parties: &BTreeSet<Member>,
    ) -> BTreeMap<Member, BTreeMap<VillageIx, InVillage>> {
        let mut totals: BTreeMap<Member, BTreeMap<VillageIx, InVillage>> = BTreeMap::new();
        let payments = &self.book.payments;
        for payment in payments.line.keys() {
            let roles = self.of_payment(payment);
            let roles = roles.map(|it| (self.identities.first(it.member), it.role == Role::Payee));
            let own: BTreeSet<(Member, bool)> =
                roles.filter(|(first, _)| parties.contains(first)).collect();
            for (first, is_payee) in own {
                let village = payments.village[payment];
                let own = totals.entry(first).or_default();
                let all = own.entry(village).or_insert_with(|| InVillage::of(village));
                let day = payments.day[payment];
                let sum = if is_payee { &mut all.received } else { &mut all.signed };
                sum.add(payments.amount[payment]);
                all.first = all.first.some().map_or(day, |it| it.min(day));
                all.last = all.last.max(day);
            }
        }
        totals
    }

    fn party(
        &self,
        first: Member,
        all: &[(&Lead, Mention)],
        mut villages: BTreeMap<VillageIx, InVillage>,
    ) -> Party {
        let payments = &self.book.payments;
        let mentions: BTreeSet<Mention> = all.iter().map(|(_, it)| *it).collect();
        let mut once: BTreeSet<PaymentIx> = BTreeSet::new();
        for mention in &mentions {
            let village = payments.village[mention.payment];
            let village = villages.entry(village).or_insert_with(|| InVillage::of(village));
            village.roles.insert(mention.role);
            if once.insert(mention.payment) {
                village.in_leads.add(payments.amount[mention.payment]);
            }
        }
        let mut villages: Vec<InVillage> = villages.into_values().collect();
        villages.sort_by_key(|it| (std::cmp::Reverse(it.in_leads.money), it.village));
        let mut leads: Vec<String> = all.iter().map(|(lead, _)| lead.id.clone()).collect();
        leads.dedup();
        let members = self.members(first, &mentions);
        Party {
            id: self.id(first),
            kind: members.first().map_or(Kind::Unknown, |it| self.kind(it.member.id())),
            members,
            links: self.identities.links(first).cloned().collect(),
            villages,
            leads,
        }
    }

    /// Those of a party whom leads name, that with the most money first, and then those who are only linked with them.
    fn members(&self, first: Member, mentions: &BTreeSet<Mention>) -> Vec<Named> {
        let mut found: BTreeMap<Member, (Sum, Option<LineIx>)> = BTreeMap::new();
        for Mention { payment, role, member } in mentions {
            let (sum, paid_by) = found.entry(*member).or_insert((Sum::NOTHING, None));
            sum.add(self.book.payments.amount[*payment]);
            if *role == Role::Payee {
                paid_by.get_or_insert(self.book.payments.line[*payment]);
            }
        }
        let linked = self.identities.links(first).flat_map(|it| &it.members);
        for member in linked {
            found.entry(*member).or_insert_with(|| (Sum::NOTHING, self.line_of(*member)));
        }
        let mut all: Vec<(Member, (Sum, Option<LineIx>))> = found.into_iter().collect();
        all.sort_by_key(|(member, (sum, _))| (std::cmp::Reverse(sum.money), *member));
        all.into_iter().map(|(member, (_, paid_by))| Named { member, paid_by }).collect()
    }

    /// A line that pays somebody.
    fn line_of(&self, member: Member) -> Option<LineIx> {
        let payee = self.book.payees.place(&member.id())?;
        let mut payments = self.book.by_payee().group(payee).iter();
        let own = payments.find(|it| self.identities.payee(**it) == Some(member))?;
        Some(self.book.payments.line[*own])
    }

    fn kind(&self, id: Id) -> Kind {
        match self.registered_as(id) {
            "person" => Kind::Person,
            "firm" => Kind::Firm,
            _ if self.book.companions.person(id).is_some()
                || self.book.officials.place(&id).is_some() =>
            {
                Kind::Person
            }
            _ => Kind::Unknown,
        }
    }

    fn id(&self, first: Member) -> String {
        let book = self.book;
        let village = match first {
            Member::Known(_) => "",
            Member::Named(_, village) => book.names.get(book.villages[village]),
        };
        let key = book.names.get(first.id());
        short_id(LETTER, &format!("{}|party|{key}|{village}", book.county))
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Party, Role, Sum, parties};
    use crate::ledger::book::Book;
    use crate::ledger::book::index::{PaymentIx, SubjectIx};
    use crate::ledger::contract::cell::{Day, Fen};
    use crate::ledger::level::Level;
    use crate::ledger::sample::book;
    use crate::ledger::subject::Grain;
    use crate::outcomes::grade::Route;
    use crate::worklist::lead::Lead;

    const ONE: &str = "990101101";
    const OTHER: &str = "990101102";

    fn lead(id: &str, office: &str, (grain, subject): (Grain, usize), payments: &[usize]) -> Lead {
        Lead {
            id: id.to_owned(),
            level: Level::Township,
            office: office.to_owned(),
            place: 1,
            selection: Route::List,
            grain,
            subject: SubjectIx::from(subject),
            key: String::new(),
            payments: payments.iter().map(|it| PaymentIx::from(*it)).collect(),
            village: String::new(),
            rank: 1,
            score: 1.0,
            p_value: 0.1,
            q_value: 0.1,
            false_at_most: 0,
            probability_at_most: 0.5,
            money: Fen(0),
            recoverable: Fen(0),
            order_value: Fen(0),
            minutes: 20.0,
            scheme: None,
            reasons: Vec::new(),
            clear: Vec::new(),
            known: Vec::new(),
            due: Day(0),
            before: None,
            first_listed: Day(0),
        }
    }

    /// A ring of two firms on one account in two villages, somebody known by a name alone in both, and a water works.
    fn ring() -> Book {
        book(&[
            (
                "ledger",
                "village,date,payee,payee_account,approver,handler,amount\n\
                 990101101201,2024-01-01,F-1,A1,li,wu,100\n990101101201,2024-02-01,F-1,A1,li,,200\n\
                 990101101201,2024-03-01,现金,,li,,400\n990101101201,2024-04-01,W-1,,li,,800\n\
                 990101102201,2024-05-01,F-2,A1,xu,wu,1600\n990101102201,2024-06-01,现金,,xu,,3200\n\
                 990101102201,2024-07-01,W-1,,xu,,6400\n",
            ),
            (
                "payees",
                "payee,kind,name\nF-1,firm,模拟一店\nF-2,firm,模拟二店\nW-1,utility,模拟水厂\n",
            ),
        ])
    }

    fn told(book: &Book, party: &Party) -> Vec<String> {
        party.members.iter().map(|it| book.names.get(it.member.id()).to_owned()).collect()
    }

    #[test]
    fn a_party_has_each_village_with_its_sums_and_every_payment_once() {
        let book = ring();
        let payment = |place: usize| (Grain::Payment, place);
        // The payee of the second lead is the party's other member; the third lead repeats a payment of the first.
        let leads = [
            lead("T-1", ONE, payment(0), &[0, 2, 3]),
            lead("T-2", OTHER, payment(4), &[4, 5, 6]),
            lead("P-1", ONE, (Grain::Payee, 0), &[0, 1]),
        ];
        let all = parties(&book, &leads);
        let members: Vec<Vec<String>> = all.iter().map(|it| told(&book, it)).collect();
        // Neither who is paid in cash under a name alone, nor the water works.
        assert_eq!(members, [vec!["F-2", "F-1"], vec!["wu"]]);
        let [firm, person] = all.as_slice() else { panic!("two parties") };
        assert_eq!((firm.kind, person.kind), (Kind::Firm, Kind::Person));
        assert_eq!(firm.leads, ["T-1", "T-2", "P-1"]);
        let sum = |payments, yuan: i64| Sum { payments, money: Fen(yuan * 100) };
        let sums: Vec<(Sum, Sum)> =
            firm.villages.iter().map(|it| (it.received, it.in_leads)).collect();
        assert_eq!(sums, [(sum(1, 1600), sum(1, 1600)), (sum(2, 300), sum(2, 300))]);
        assert_eq!(firm.in_leads(), sum(3, 1900));
        let days: Vec<String> =
            firm.villages.iter().map(|it| format!("{} {}", it.first, it.last)).collect();
        assert_eq!(days, ["2024-05-01 2024-05-01", "2024-01-01 2024-02-01"]);
        assert!(person.villages.iter().all(|it| it.roles == [Role::Handler].into()));
        assert_eq!(person.villages.iter().map(|it| it.signed.payments).sum::<usize>(), 2);
    }

    #[test]
    fn what_was_drawn_by_lot_or_is_about_an_approver_or_a_village_names_nobody_else() {
        let book = ring();
        let official = usize::from(book.officials.place(&book.names.find("li").unwrap()).unwrap());
        let village = lead("G-1", ONE, (Grain::Village, 0), &[0, 1]);
        let lot = Lead { selection: Route::Random, ..lead("T-1", ONE, (Grain::Payment, 0), &[0]) };
        let approver = lead("A-1", "990101", (Grain::Official, official), &[0]);
        let other = lead("T-2", OTHER, (Grain::Payment, 4), &[4]);
        // The firms and the handler of both villages are named by the last lead alone.
        assert_eq!(parties(&book, &[village, lot, approver, other.clone()]), []);
        let own = lead("T-3", ONE, (Grain::Payment, 0), &[0]);
        let all = parties(&book, &[own, other]);
        let mut named: Vec<Vec<String>> = all.iter().map(|it| told(&book, it)).collect();
        named.sort();
        assert_eq!(named, [vec!["F-2", "F-1"], vec!["wu"]]);
    }
}
