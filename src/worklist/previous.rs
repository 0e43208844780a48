//! The previous list: what of it is still open, and what was dropped.

use std::collections::{BTreeMap, BTreeSet};

use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Day};
use crate::ledger::subject::Grain;
use crate::outcomes::outcome::closed_leads;
use crate::worklist::lead::Lead;

/// A lead of the previous list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// The code of its office.
    pub office: String,
    /// What kind of subject it was about.
    pub grain: Grain,
    /// The key of the subject.
    pub key: String,
    /// The name of the subject, masked.
    pub name: String,
    /// The day of the first list that it stood on.
    pub first_listed: Day,
    /// The day by which it was due.
    pub due: Day,
    /// The keys of its payments; empty if it was not about payments.
    pub payments: BTreeSet<String>,
    /// Whether it stood on the previous list; otherwise other leads had taken its place before.
    pub is_listed: bool,
}

/// A lead of the previous list that is not on this one, or one of an earlier list that nobody concluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The lead.
    pub listed: Listed,
    /// Whether a conclusion closed it; otherwise other leads took its place.
    pub is_concluded: bool,
}

/// Gives each lead the day of its first list and its first due day, and returns the leads of the previous list that are not
/// on this one.
///
/// Leads about payments are the same lead where they share one: the most unusual of them, and with it the id, may
/// change from night to night.
pub fn carry_over(book: &Book, leads: &mut [Lead], previous: Vec<Listed>) -> Vec<Dropped> {
    let mut of_id: BTreeMap<&str, usize> = BTreeMap::new();
    let mut of_payment: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, listed) in previous.iter().enumerate() {
        of_id.insert(&listed.id, place);
        of_payment.extend(listed.payments.iter().map(|key| (key.as_str(), place)));
    }
    let mut is_kept = BTreeSet::new();
    for lead in leads {
        let mut places: BTreeSet<usize> =
            of_id.get(lead.id.as_str()).copied().into_iter().collect();
        if lead.grain == Grain::Payment && !of_payment.is_empty() {
            let keys = lead.payments.iter().map(|it| book.line_key(book.payments.line[*it]));
            places.extend(keys.filter_map(|key| of_payment.get(key.as_str()).copied()));
        }
        // What a conclusion closed in between is opened anew.
        let closing = lead.before.as_ref().map(|it| &it.concluded.closing);
        let is_closed = |it: &Listed| {
            closing.is_some_and(|own| own.lead == it.id && own.day >= it.first_listed)
        };
        let listed = places.iter().filter_map(|place| previous.get(*place));
        for listed in listed.filter(|it| !is_closed(it)) {
            let earlier = |own: Day, before: Day| before.some().map_or(own, |it| own.min(it));
            lead.first_listed = earlier(lead.first_listed, listed.first_listed);
            lead.due = earlier(lead.due, listed.due);
        }
        is_kept.extend(places);
    }
    let concluded = closed_leads(book);
    let left = previous.into_iter().enumerate().filter(|(place, _)| !is_kept.contains(place));
    let dropped = left.map(|(_, listed)| {
        let is_concluded = concluded.contains(listed.id.as_str());
        Dropped { listed, is_concluded }
    });
    dropped.filter(|it| it.listed.is_listed || !it.is_concluded).collect()
}
