//! Who is one person or firm across villages. A name alone never says so: it takes an id, a person or an owner in the
//! registers, a telephone or a bank account.

use std::collections::{BTreeMap, BTreeSet};

use strum::{EnumString, IntoStaticStr};

use crate::ledger::book::Book;
use crate::ledger::book::index::{PaymentIx, VillageIx};
use crate::ledger::book::linked::Linked;
use crate::ledger::book::payees::{MOST_LINKED, payees};
use crate::ledger::contract::cell::{Cell, Id};
use crate::ledger::contract::clean::is_han;

/// A payee or a person who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// Known by an id wherever it appears.
    Known(Id),
    /// Known by a name alone, which says who it is within one village.
    Named(Id, VillageIx),
}

impl Member {
    /// The id or the name.
    pub fn id(self) -> Id {
        match self {
            Self::Known(id) | Self::Named(id, _) => id,
        }
    }
}

/// By what members are linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Means {
    /// They are the same person, or that person owns them.
    Person,
    /// One telephone in the register of payees.
    Phone,
    /// One bank account into which most of their payments went.
    Account,
}

impl Means {
    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What links some members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// By what.
    pub means: Means,
    /// The person, telephone or account.
    pub what: Id,
    /// Whom it links, sorted.
    pub members: Vec<Member>,
}

/// The persons and firms of a book. One that is linked with nobody is its own.
#[derive(Debug)]
pub struct Identities<'a> {
    book: &'a Book,
    linked: Linked<Member>,
    /// All that links members.
    links: Vec<Link>,
}

impl<'a> Identities<'a> {
    /// The identities of a book.
    pub fn of(book: &'a Book) -> Self {
        let mut sharing: BTreeMap<(Means, Id), BTreeSet<Member>> = BTreeMap::new();
        for (means, what, member) in reached(book) {
            if what != Id::NONE {
                sharing.entry((means, what)).or_default().insert(member);
            }
        }
        let links = sharing.into_iter().map(|((means, what), members)| Link {
            means,
            what,
            members: members.into_iter().collect(),
        });
        let is_private = |link: &Link| (2..=MOST_LINKED).contains(&link.members.len());
        let links: Vec<Link> = links.filter(is_private).collect();
        let mut linked = Linked::default();
        for link in &links {
            linked.join(link.members.iter().copied());
        }
        Self { book, linked, links }
    }

    /// The first member of the person or firm to which a member belongs: the same for all of them.
    pub fn first(&self, member: Member) -> Member {
        self.linked.first(member)
    }

    /// Whoever receives a payment.
    pub fn payee(&self, payment: PaymentIx) -> Option<Member> {
        let payee = self.book.payments.payee[payment]?;
        Some(member(self.book, self.book.payees[payee], self.book.payments.village[payment]))
    }

    /// A person who signs in a village.
    pub fn person(&self, person: Id, village: VillageIx) -> Member {
        member(self.book, person, village)
    }

    /// What links the members of the person or firm of this first member.
    pub fn links(&self, first: Member) -> impl Iterator<Item = &Link> {
        let is_own =
            move |it: &&Link| it.members.first().is_some_and(|it| self.first(*it) == first);
        self.links.iter().filter(is_own)
    }
}

/// By what each payee is reached, in each village where it is known by a name alone.
fn reached(book: &Book) -> Vec<(Means, Id, Member)> {
    let register = &book.companions.payees;
    let mut all = Vec::new();
    for (payee, data) in payees(book).iter_enumerated() {
        let id = book.payees[payee];
        let phone = data.row.map_or(Id::NONE, |row| register.phone.at(row));
        let of_villages =
            book.by_payee().group(payee).chunk_by(|a, b| village(book, *a) == village(book, *b));
        for payments in of_villages {
            let Some(first) = payments.first() else { continue };
            let member = member(book, id, village(book, *first));
            let account = match member {
                Member::Known(_) => data.account,
                Member::Named(..) => usual_account(book, payments),
            };
            all.extend([
                (Means::Person, data.human, member),
                (Means::Phone, phone, member),
                (Means::Account, account, member),
            ]);
            // Whoever owns a firm may be paid or sign as well.
            if data.human != Id::NONE {
                all.push((Means::Person, data.human, Member::Known(data.human)));
            }
        }
    }
    all
}

fn village(book: &Book, payment: PaymentIx) -> VillageIx {
    book.payments.village[payment]
}

/// The account into which most of some payments went.
fn usual_account(book: &Book, payments: &[PaymentIx]) -> Id {
    let mut counts: BTreeMap<Id, usize> = BTreeMap::new();
    let account = |it: &PaymentIx| book.lines.payee_account.at(book.payments.line[*it]).some();
    for account in payments.iter().filter_map(account) {
        *counts.entry(account).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map_or(Id::NONE, |(account, _)| account)
}

/// Who an id in a village is.
fn member(book: &Book, id: Id, village: VillageIx) -> Member {
    if is_known(book, id) { Member::Known(id) } else { Member::Named(id, village) }
}

/// Whether an id says who somebody is in every village: a number, or what a register says more of than a name.
fn is_known(book: &Book, id: Id) -> bool {
    let (text, register) = (book.names.get(id), &book.companions.payees);
    // An import writes a name with its village as `name@990101101201`.
    !text.chars().any(is_han)
        || text.contains('@')
        || book.companions.person(id).is_some()
        || book.companions.payee(id).is_some_and(|row| {
            [&register.person, &register.owner, &register.phone]
                .into_iter()
                .any(|column| column.at(row) != Id::NONE)
        })
}

#[cfg(test)]
mod tests {
    use super::{Book, Identities, Means, Member};
    use crate::ledger::sample::book;

    const LEDGER: &str = "village,payee,payee_account,approver\n\
        990101101201,S-1,A1,li\n990101101202,S-2,A1,S-9\n990101101201,现金,,wu\n\
        990101101202,现金,,王伟\n990101101201,王伟,A7,li\n990101101202,王伟,A7,li\n990101101202,F-1,,li\n";
    const PAYEES: &str = "payee,kind,name,owner,phone\nF-1,firm,模拟一店,S-9,5\n现金,,现金,,\n";

    /// The first member of the payee of each payment.
    fn firsts(book: &Book) -> Vec<(String, bool)> {
        let identities = Identities::of(book);
        let payees = book.payments.line.keys().map(|it| identities.payee(it).unwrap());
        let told = |it: Member| {
            let first = identities.first(it);
            (book.names.get(first.id()).to_owned(), matches!(first, Member::Named(..)))
        };
        payees.map(told).collect()
    }

    #[test]
    fn ids_accounts_and_owners_link_and_a_name_alone_does_not() {
        let book = book(&[("ledger", LEDGER), ("payees", PAYEES)]);
        let identities = Identities::of(&book);
        let told = firsts(&book);
        let of = |name: &str, is_named| (name.to_owned(), is_named);
        // Payments are sorted by village. S-1 and S-2 share an account, and so do the two of one name; a firm is one with
        // its owner, who signs elsewhere.
        let expected = [
            of("S-1", false),
            of("现金", true),
            of("王伟", true),
            of("S-1", false),
            of("现金", true),
            of("王伟", true),
            of("F-1", false),
        ];
        assert_eq!(told, expected);
        let members: Vec<Member> =
            book.payments.line.keys().map(|it| identities.payee(it).unwrap()).collect();
        let first = |place: usize| identities.first(members[place]);
        assert_eq!(first(0), first(3));
        assert_ne!(first(1), first(4));
        assert_eq!(first(2), first(5));
        let owner = identities.person(book.names.find("S-9").unwrap(), 1.into());
        assert_eq!(identities.first(owner), first(6));
        let means = |place: usize| {
            let links = identities.links(first(place));
            links.map(|link| (link.means, link.members.len())).collect::<Vec<_>>()
        };
        assert_eq!(means(0), [(Means::Account, 2)]);
        assert_eq!(means(1), []);
        assert_eq!(means(6), [(Means::Person, 2)]);
    }
}
