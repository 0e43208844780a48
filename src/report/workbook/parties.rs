//! The sheet of persons and firms across villages: a row for each of their villages, so that sums add up.

use std::collections::BTreeMap;

use crate::convert::row32;
use crate::report::dossier::LeadView;
use crate::report::office::Office;
use crate::report::party::{PartyView, VillageView, kind};
use crate::report::workbook::grid::{Cell, Column, Simple, count};
use crate::words::table::Word;
use crate::worklist::party::Sum;

/// The column of the list that leads to the parties of each lead; none where there are no parties.
pub(super) fn column<'a>(office: &'a Office<'_>) -> Option<Column<'a>> {
    let rows = first_rows(office);
    (!rows.is_empty()).then(|| Column {
        title: Word::PartyId.to(office.run.lang).to_owned(),
        width: 12,
        cell: Box::new(move |it, _| link(&office.parties_of(&it.id), &rows)),
    })
}

/// The row of the sheet at which each party begins.
fn first_rows(office: &Office<'_>) -> BTreeMap<String, u32> {
    let mut row = 1;
    let place = |it: &PartyView| {
        let first = row;
        row += row32(it.villages.len());
        (it.id.clone(), first)
    };
    office.parties().iter().map(place).collect()
}

/// The ids of the parties that a lead names, leading to the first of them.
fn link(parties: &[&PartyView], rows: &BTreeMap<String, u32>) -> Cell {
    let ids: Vec<&str> = parties.iter().map(|it| it.id.as_str()).collect();
    match parties.first().and_then(|it| rows.get(&it.id)) {
        Some(row) => Cell::Link(ids.join(" "), Word::Parties, *row),
        None => Cell::Text(String::new()),
    }
}

/// The last column that is printed: what leads there are. Links and reasons would make the print too small to read.
pub(super) const PRINTED: u16 = 14;

/// The sheet.
pub(super) fn sheet(office: &Office<'_>) -> Simple {
    let lang = office.run.lang;
    let columns = [
        (Word::PartyId, 12),
        (Word::PartyName, 18),
        (Word::Kind, 8),
        (Word::VillageCode, 14),
        (Word::VillageName, 12),
        (Word::PartyRoles, 12),
        (Word::ReceivedPayments, 9),
        (Word::Received, 14),
        (Word::SignedPayments, 9),
        (Word::Signed, 14),
        (Word::FirstDay, 11),
        (Word::LastDay, 11),
        (Word::LeadPayments, 9),
        (Word::LeadMoney, 14),
        (Word::Lead, 12),
        (Word::LinkedBy, 36),
        (Word::Reasons, 62),
    ];
    let rows = office.parties().iter().flat_map(|party| {
        party.villages.iter().map(|village| row(office, party, village)).collect::<Vec<_>>()
    });
    Simple {
        word: Word::Parties,
        widths: columns.map(|(_, width)| width).into(),
        table: (columns.map(|(word, _)| word.to(lang).to_owned()).into(), rows.collect()),
    }
}

fn row(office: &Office<'_>, party: &PartyView, village: &VillageView) -> Vec<Cell> {
    let lang = office.run.lang;
    // The leads of this village that name the party.
    let names = |it: &&LeadView| {
        let is_here = || it.rows.iter().any(|row| row.belongs && row.village == village.code);
        party.leads.contains(&it.id) && is_here()
    };
    let leads: Vec<&LeadView> = office.leads.iter().map(|(_, it)| it).filter(names).collect();
    let ids: Vec<&str> = leads.iter().map(|it| it.id.as_str()).collect();
    let facts = leads.iter().map(|it| format!("{}: {}", it.id, it.facts(lang).join(" ")));
    let links: Vec<String> = party.links.iter().map(|it| it.sentence(lang)).collect();
    let [received, signed, in_leads] = [village.received, village.signed, village.in_leads]
        .map(|Sum { payments, money }| [count(payments), Cell::Money(money)]);
    let mut cells = vec![
        Cell::Text(party.id.clone()),
        Cell::Wrapped(party.title(lang)),
        Cell::Text(kind(party.kind).to(lang).to_owned()),
        Cell::Text(village.code.clone()),
        Cell::Wrapped(village.name.clone()),
        Cell::Wrapped(village.roles(lang)),
    ];
    cells.extend(received.into_iter().chain(signed));
    cells.extend([Cell::Day(village.first), Cell::Day(village.last)]);
    cells.extend(in_leads);
    cells.extend([
        Cell::Wrapped(ids.join("\n")),
        Cell::Wrapped(links.join("\n")),
        Cell::Wrapped(facts.collect::<Vec<String>>().join("\n")),
    ]);
    cells
}
