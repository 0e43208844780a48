//! Rows of a village's companion tables.

use crate::ledger::contract::cell::{Day, Fen};
use strum::IntoStaticStr;

/// An official post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Post {
    Secretary,
    Director,
    Committee,
    Supervisor,
    Clerk,
}

impl Post {
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

/// A term in a post; committee members differ by seat.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub(crate) person: usize,
    pub(crate) post: Post,
    pub(crate) seat: usize,
    pub(crate) start: Day,
    pub(crate) end: Option<Day>,
}

/// A collective decision.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    pub(crate) id: String,
    pub(crate) item: &'static str,
    pub(crate) amount: Fen,
    pub(crate) proposed: Day,
    pub(crate) voted: Day,
    pub(crate) posted_from: Day,
    pub(crate) posted_to: Day,
    pub(crate) votes: [i32; 3],
}

/// A contract; the payee of a lease is the tenant.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    pub(crate) id: String,
    pub(crate) payee: usize,
    pub(crate) kind: &'static str,
    pub(crate) amount: Fen,
    pub(crate) signed: Day,
    pub(crate) end: Day,
    pub(crate) tendered: bool,
}

/// A lease of a collective asset.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) id: String,
    pub(crate) tenant: usize,
    pub(crate) asset: &'static str,
    pub(crate) area_mu: f64,
    pub(crate) rent: Fen,
    pub(crate) start: Day,
    pub(crate) end: Day,
    pub(crate) tendered: bool,
    pub(crate) dues: Vec<Day>,
}

#[derive(Debug, Clone)]
pub(crate) struct Subsidy {
    pub(crate) person: usize,
    pub(crate) scheme: &'static str,
    pub(crate) period: String,
    pub(crate) amount: Fen,
    pub(crate) quantity: f64,
    pub(crate) account: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Advance {
    pub(crate) person: usize,
    pub(crate) date: Day,
    pub(crate) amount: Fen,
    pub(crate) settled: Option<Day>,
}

/// Whether a planted item is an act or a look-alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Kind {
    Act,
    LookAlike,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

/// A planted act or look-alike, with its subjects other than payments.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) scheme: &'static str,
    pub(crate) kind: Kind,
    pub(crate) subjects: Vec<Subject>,
}

/// A subject other than a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Payee(usize),
    Official(usize),
    Village,
}
