//! A person or a firm across villages as a person reads it.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::book::Book;
use crate::ledger::book::identities::{Link, Means, Member};
use crate::ledger::book::side::Role;
use crate::ledger::contract::cell::{Cell, Day, Id};
use crate::report::cells::format_message;
use crate::report::dossier::LeadView;
use crate::report::names::{paid_by, payee, person, village};
use crate::words::mask::shown;
use crate::words::table::{Lang, Word};
use crate::worklist::lead::Lead;
use crate::worklist::party::{InVillage, Kind, Named, Party, Sum, parties};

/// The parties of a county, and which of them each lead names.
#[derive(Debug, Default)]
pub struct Parties {
    /// Those in most villages first.
    pub all: Vec<PartyView>,
    of_lead: BTreeMap<String, Vec<usize>>,
}

/// A person or firm with all that is shown of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyView {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Who belongs to it; by the first it is called.
    pub members: Vec<MemberView>,
    /// What links them.
    pub links: Vec<LinkView>,
    /// What it has to do with each village, that with the most money in leads first.
    pub villages: Vec<VillageView>,
    /// The ids of the leads that name it.
    pub leads: Vec<String>,
}

/// Somebody who belongs to a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberView {
    /// The id, or the name where there is none.
    pub key: String,
    /// The name, long numbers masked.
    pub name: String,
}

/// What links some members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// By what.
    pub means: Means,
    /// The person, telephone or account, masked.
    pub what: String,
    /// The names of those whom it links.
    pub names: Vec<String>,
}

/// What a party has to do with a village.
#[derive(Debug, Clone, PartialEq)]
pub struct VillageView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The roles in which leads name the party there.
    pub roles: Vec<Role>,
    /// What it received.
    pub received: Sum,
    /// What it approved, handled or witnessed.
    pub signed: Sum,
    /// The first day of these payments.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// Those that are part of leads, each once.
    pub in_leads: Sum,
}

impl Parties {
    /// The parties that the lists of a county name.
    pub fn of(book: &Book, leads: &[Lead]) -> Self {
        let all: Vec<PartyView> =
            parties(book, leads).iter().map(|it| PartyView::of(book, it)).collect();
        let mut of_lead: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, party) in all.iter().enumerate() {
            for lead in &party.leads {
                of_lead.entry(lead.clone()).or_default().push(place);
            }
        }
        Self { all, of_lead }
    }

    /// The parties that a lead names.
    pub fn of_lead(&self, lead: &str) -> impl Iterator<Item = &PartyView> {
        let places = self.of_lead.get(lead).into_iter().flatten();
        places.filter_map(|place| self.all.get(*place))
    }
}

impl PartyView {
    fn of(book: &Book, party: &Party) -> Self {
        let names: BTreeMap<Member, String> =
            party.members.iter().map(|it| (it.member, name(book, *it))).collect();
        let member = |it: &Named| MemberView {
            key: book.names.get(it.member.id()).to_owned(),
            name: names.get(&it.member).cloned().unwrap_or_default(),
        };
        let links = party.links.iter().map(|it| LinkView::of(book, it, &names));
        Self {
            id: party.id.clone(),
            kind: party.kind,
            members: party.members.iter().map(member).collect(),
            links: links.filter(|it| it.names.len() > 1).collect(),
            villages: party.villages.iter().map(|it| VillageView::of(book, it)).collect(),
            leads: party.leads.clone(),
        }
    }

    /// By what it is called.
    pub fn name(&self) -> &str {
        self.members.first().map_or("", |it| &it.name)
    }

    /// Its kind and its name, and with whom it is linked.
    pub fn title(&self, lang: Lang) -> String {
        let name = format!("{} {}", kind(self.kind).to(lang), self.name());
        let mut others: Vec<&str> = self.members.iter().map(|it| it.name.as_str()).collect();
        others.retain(|it| *it != self.name());
        others.sort_unstable();
        others.dedup();
        if others.is_empty() {
            return name;
        }
        let others = others.join(lang.of([", ", "、"]));
        format_message(Word::PartyWith, lang, &[("name", name), ("others", others)])
    }

    /// In how many villages, and on the lists of how many offices, leads name it.
    pub fn spread(&self, leads: &[&LeadView], lang: Lang) -> String {
        let villages = self.villages.iter().filter(|it| it.in_leads.payments > 0).count();
        let offices: BTreeSet<&str> = leads.iter().map(|it| it.office.as_str()).collect();
        let cells = [
            ("villages", villages.to_string()),
            ("offices", offices.len().to_string()),
            ("leads", leads.len().to_string()),
        ];
        format_message(Word::PartySpread, lang, &cells)
    }

    /// Its payments that are part of leads, each once.
    pub fn in_leads(&self) -> Sum {
        self.villages.iter().map(|it| it.in_leads).sum()
    }

    /// All its villages as if they were one; none where there is one only.
    pub fn total(&self) -> Option<VillageView> {
        let all = || self.villages.iter();
        (self.villages.len() > 1).then(|| VillageView {
            code: String::new(),
            name: String::new(),
            roles: Vec::new(),
            received: all().map(|it| it.received).sum(),
            signed: all().map(|it| it.signed).sum(),
            first: all().map(|it| it.first).min().unwrap_or(Day::NONE),
            last: all().map(|it| it.last).max().unwrap_or(Day::NONE),
            in_leads: self.in_leads(),
        })
    }

    /// The same with keys as a person may read them.
    #[must_use]
    pub fn masked(&self) -> Self {
        let member = |it: &MemberView| MemberView { key: shown(&it.key), ..it.clone() };
        Self { members: self.members.iter().map(member).collect(), ..self.clone() }
    }
}

impl LinkView {
    fn of(book: &Book, link: &Link, names: &BTreeMap<Member, String>) -> Self {
        let of = |member: &Member| names.get(member).cloned();
        // That somebody is registered as a person and as a payee under one name is no news.
        let is_news = |member: &&Member| {
            let others = || link.members.iter().filter(|it| it != member);
            link.means != Means::Person
                || member.id() != link.what
                || others().all(|it| names.get(it) != names.get(*member))
        };
        let own = link.members.iter().filter(is_news).filter_map(of).collect();
        let what = match link.means {
            Means::Person => person(book, link.what),
            Means::Phone | Means::Account => shown(book.names.get(link.what)),
        };
        Self { means: link.means, what, names: own }
    }

    /// Who is linked by what, in one sentence.
    pub fn sentence(&self, lang: Lang) -> String {
        let word = match self.means {
            Means::Person => Word::LinkPerson,
            Means::Phone => Word::LinkPhone,
            Means::Account => Word::LinkAccount,
        };
        let names = self.names.join(lang.of([", ", "、"]));
        format_message(word, lang, &[("names", names), ("what", self.what.clone())])
    }
}

impl VillageView {
    fn of(book: &Book, it: &InVillage) -> Self {
        let code = book.names.get(book.villages[it.village]).to_owned();
        Self {
            name: village(book, &code),
            code,
            roles: it.roles.iter().copied().collect(),
            received: it.received,
            signed: it.signed,
            first: it.first,
            last: it.last,
            in_leads: it.in_leads,
        }
    }

    /// The roles in which leads name the party there.
    pub fn roles(&self, lang: Lang) -> String {
        let roles: Vec<&str> = self.roles.iter().map(|it| role(*it).to(lang)).collect();
        roles.join(lang.of([", ", "、"]))
    }
}

fn name(book: &Book, named: Named) -> String {
    let id: Id = named.member.id();
    match named.paid_by {
        _ if book.companions.person(id).is_some() => person(book, id),
        Some(line) => paid_by(book, line),
        None if book.companions.payee(id).is_some() => payee(book, id),
        None => person(book, id),
    }
}

/// What a kind of party is called.
pub fn kind(kind: Kind) -> Word {
    match kind {
        Kind::Person => Word::PartyPerson,
        Kind::Firm => Word::PartyFirm,
        Kind::Unknown => Word::PartyUnknown,
    }
}

/// What a role is called.
fn role(role: Role) -> Word {
    match role {
        Role::Approver => Word::DutyApprover,
        Role::Handler => Word::DutyHandler,
        Role::Witness => Word::DutyWitness,
        Role::Cosigner => Word::DutyCosigner,
        Role::Reviewer => Word::DutyTownshipReviewer,
        Role::Clerk => Word::PostClerk,
        Role::Payee => Word::OfPayee,
    }
}
