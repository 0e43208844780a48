//! The companion tables to which every village adds its rows.

use super::columns::{Columns, days, flags, ints, money, reals, text, words};
use crate::ledger::contract::cell::{Day, Fen};
use crate::ledger::contract::schema::{
    ADVANCES, CONTRACTS, DECISIONS, DISCLOSURES, KINSHIP, LEASE_DUES, LEASES, PAYEES, PEOPLE,
    POSTS, SUBSIDIES, VILLAGES,
};
use crate::ledger::contract::table::Table;
use crate::simulate::disclosure;
use crate::simulate::payee::Payee;
use crate::simulate::person::Person;
use crate::simulate::records::Lease;
use crate::simulate::village::Village;

/// Rows for one table: the table, its columns, and their number.
pub(crate) type Rows = (&'static Table, Columns, usize);

/// The rows of all companion tables for one village.
pub(crate) fn rows(village: &Village<'_>) -> Vec<Rows> {
    let locals = village.people.get(village.locals()).unwrap_or_default();
    let payees = village.payees.get(village.township.payees.len()..).unwrap_or_default();
    vec![
        villages(village),
        people(locals, Some(&village.code)),
        posts(village),
        kinship(village),
        self::payees(payees, &village.people),
        decisions(village),
        contracts(village),
        leases(village),
        lease_dues(village),
        subsidies(village),
        disclosures(village),
        advances(village),
    ]
}

fn villages(village: &Village<'_>) -> Rows {
    let years: Vec<i16> = village.span.all_years().collect();
    let grants = |year: i16| {
        let inside = village.vouchers.iter().filter(|voucher| voucher.date.date().year() == year);
        let lines = inside.flat_map(|voucher| &voucher.lines);
        let works = lines.filter(|line| line.is_debit && matches!(line.account, "154" | "153"));
        Fen(works.map(|line| line.amount).sum())
    };
    let band = ["under_50k", "50k_to_200k", "over_200k"];
    let rent: i64 = village.leases.iter().map(|lease| lease.rent.0).sum();
    let band = match rent {
        ..5_000_000 => band.first(),
        5_000_000..20_000_000 => band.get(1),
        _ => band.last(),
    };
    let columns = vec![
        words(years.iter().map(|_| village.code.as_str())),
        ints(years.iter().map(|year| Some(i32::from(*year)))),
        words(years.iter().map(|_| village.name.as_str())),
        ints(years.iter().map(|_| Some(village.population))),
        ints(years.iter().map(|_| Some(village.population * 10 / 34))),
        reals(years.iter().map(|_| Some(village.area_mu))),
        text(years.iter().map(|_| band.copied())),
        words(years.iter().map(|_| village.terrain)),
        money(years.iter().map(|year| Some(grants(*year)))),
    ];
    (&VILLAGES, columns, years.len())
}

/// The people of a village, or of a township if `village` is `None`.
pub(crate) fn people(people: &[Person], village: Option<&str>) -> Rows {
    let columns = vec![
        words(people.iter().map(|one| &one.id)),
        words(people.iter().map(|one| &one.name)),
        words(people.iter().map(|one| if one.male { "male" } else { "female" })),
        ints(people.iter().map(|one| Some(one.birth_year))),
        days(people.iter().map(|one| one.death)),
        text(people.iter().map(|_| village)),
        text(people.iter().map(|one| one.household.as_deref())),
    ];
    (&PEOPLE, columns, people.len())
}

fn posts(village: &Village<'_>) -> Rows {
    let mut terms: Vec<_> = village.terms.iter().collect();
    terms.sort_by_key(|term| (term.person, term.post.word(), term.start));
    let columns = vec![
        words(terms.iter().map(|term| &village.person(term.person).id)),
        words(terms.iter().map(|_| village.code.as_str())),
        words(terms.iter().map(|term| term.post.word())),
        days(terms.iter().map(|term| Some(term.start))),
        days(terms.iter().map(|term| term.end)),
        flags(terms.iter().map(|_| Some(false))),
    ];
    (&POSTS, columns, terms.len())
}

fn kinship(village: &Village<'_>) -> Rows {
    let ties: Vec<_> = village.kin.ties().collect();
    let columns = vec![
        words(ties.iter().map(|tie| &village.person(tie.a).id)),
        words(ties.iter().map(|tie| &village.person(tie.b).id)),
        words(ties.iter().map(|tie| tie.relation)),
        ints(ties.iter().map(|tie| Some(tie.degree))),
        words(ties.iter().map(|tie| tie.source)),
    ];
    (&KINSHIP, columns, ties.len())
}

/// Payees; their persons and owners are indices into `people`.
pub(crate) fn payees(payees: &[Payee], people: &[Person]) -> Rows {
    let id = |who: Option<usize>| who.and_then(|who| people.get(who)).map(|person| &person.id);
    let columns = vec![
        words(payees.iter().map(|payee| &payee.id)),
        words(payees.iter().map(|payee| payee.kind)),
        words(payees.iter().map(|payee| &payee.name)),
        text(payees.iter().map(|payee| id(payee.person))),
        text(payees.iter().map(|payee| id(payee.owner))),
        text(payees.iter().map(|payee| payee.phone.as_ref())),
        text(payees.iter().map(|payee| payee.address.as_ref())),
        days(payees.iter().map(|payee| payee.first_seen)),
    ];
    (&PAYEES, columns, payees.len())
}

fn decisions(village: &Village<'_>) -> Rows {
    let rows = &village.decisions;
    let votes = |place: usize| ints(rows.iter().map(move |row| row.votes.get(place).copied()));
    let columns = vec![
        words(rows.iter().map(|row| &row.id)),
        words(rows.iter().map(|_| &village.code)),
        words(rows.iter().map(|row| row.item)),
        money(rows.iter().map(|row| Some(row.amount))),
        days(rows.iter().map(|row| Some(row.proposed))),
        days(rows.iter().map(|row| Some(row.voted))),
        days(rows.iter().map(|row| Some(row.posted_from))),
        days(rows.iter().map(|row| Some(row.posted_to))),
        votes(0),
        votes(1),
        votes(2),
    ];
    (&DECISIONS, columns, rows.len())
}

fn contracts(village: &Village<'_>) -> Rows {
    let rows = &village.contracts;
    let columns = vec![
        words(rows.iter().map(|row| &row.id)),
        words(rows.iter().map(|_| &village.code)),
        words(rows.iter().map(|row| &village.payee(row.payee).id)),
        words(rows.iter().map(|row| row.kind)),
        money(rows.iter().map(|row| Some(row.amount))),
        days(rows.iter().map(|row| Some(row.signed))),
        days(rows.iter().map(|row| Some(row.signed))),
        days(rows.iter().map(|row| Some(row.end))),
        flags(rows.iter().map(|row| Some(row.tendered))),
    ];
    (&CONTRACTS, columns, rows.len())
}

fn leases(village: &Village<'_>) -> Rows {
    let rows = &village.leases;
    let columns = vec![
        words(rows.iter().map(|row| &row.id)),
        words(rows.iter().map(|_| &village.code)),
        words(rows.iter().map(|row| &village.payee(row.tenant).id)),
        words(rows.iter().map(|row| row.asset)),
        reals(rows.iter().map(|row| Some(row.area_mu))),
        money(rows.iter().map(|row| Some(row.rent))),
        days(rows.iter().map(|row| Some(row.start))),
        days(rows.iter().map(|row| Some(row.end))),
        flags(rows.iter().map(|row| Some(row.tendered))),
    ];
    (&LEASES, columns, rows.len())
}

fn lease_dues(village: &Village<'_>) -> Rows {
    let mut rows: Vec<(&Lease, &Day)> = Vec::new();
    for lease in &village.leases {
        rows.extend(lease.dues.iter().map(|due| (lease, due)));
    }
    let columns = vec![
        words(rows.iter().map(|(lease, _)| &lease.id)),
        days(rows.iter().map(|(_, due)| Some(**due))),
        money(rows.iter().map(|(lease, _)| Some(lease.rent))),
    ];
    (&LEASE_DUES, columns, rows.len())
}

fn subsidies(village: &Village<'_>) -> Rows {
    let rows = &village.subsidies;
    let columns = vec![
        words(rows.iter().map(|row| &village.person(row.person).id)),
        words(rows.iter().map(|row| row.scheme)),
        words(rows.iter().map(|row| &row.period)),
        words(rows.iter().map(|_| &village.code)),
        money(rows.iter().map(|row| Some(row.amount))),
        reals(rows.iter().map(|row| Some(row.quantity))),
        words(rows.iter().map(|row| &row.account)),
    ];
    (&SUBSIDIES, columns, rows.len())
}

fn disclosures(village: &Village<'_>) -> Rows {
    let rows = disclosure::posted(village);
    let columns = vec![
        words(rows.iter().map(|_| &village.code)),
        words(rows.iter().map(|row| &row.period)),
        words(rows.iter().map(|row| row.section)),
        days(rows.iter().map(|row| Some(row.posted))),
        days(rows.iter().map(|row| row.removed)),
        words(rows.iter().map(|row| row.account)),
        money(rows.iter().map(|row| Some(row.amount))),
        words(rows.iter().map(|row| row.channel)),
        text(rows.iter().map(|row| row.text.as_deref())),
    ];
    (&DISCLOSURES, columns, rows.len())
}

fn advances(village: &Village<'_>) -> Rows {
    let rows = &village.advances;
    let columns = vec![
        words(rows.iter().map(|_| &village.code)),
        words(rows.iter().map(|row| &village.person(row.person).id)),
        days(rows.iter().map(|row| Some(row.date))),
        money(rows.iter().map(|row| Some(row.amount))),
        days(rows.iter().map(|row| row.settled)),
    ];
    (&ADVANCES, columns, rows.len())
}
