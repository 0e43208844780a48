//! `parties.parquet`: persons and firms across villages, written and read back.

use std::path::Path;

use arrow::array::{Array, RecordBatch, StructArray};

use crate::convert::row32;
use crate::report::party::{LinkView, MemberView, PartyView, VillageView};
use crate::report::published::{Error, across, batches, columns, day, fen, list, texts};
use crate::report::sheet::Sheet;
use crate::worklist::party::Sum;

const TABLE: &str = "parties";

/// Between the roles of a village, and the names that a link joins.
const BETWEEN: &str = "; ";

/// The persons and firms that leads of several villages or lists name.
pub fn parties(all: &[PartyView]) -> Sheet {
    let lengths = |of: fn(&PartyView) -> usize| all.iter().map(of).collect::<Vec<usize>>();
    Sheet::default()
        .text("party", "id of the person or firm", all.iter().map(|it| &it.id))
        .text(
            "kind",
            "person, firm, or unknown where no register says",
            all.iter().map(|it| it.kind.word()),
        )
        .text("name", "name, long numbers masked", all.iter().map(PartyView::name))
        .counts(
            "lead_payments",
            "its payments that are part of leads, each once",
            all.iter().map(|it| row32(it.in_leads().payments)),
        )
        .money("lead_money", "their sum", all.iter().map(|it| it.in_leads().money))
        .lists(
            "members",
            "who belongs to it, the one with the most money in leads first",
            &lengths(|it| it.members.len()),
            members(all),
        )
        .lists("links", "what links them", &lengths(|it| it.links.len()), links(all))
        .lists(
            "villages",
            "what it has to do with each village, that with the most money in leads first",
            &lengths(|it| it.villages.len()),
            villages(all),
        )
        .lists(
            "leads",
            "leads that name it",
            &lengths(|it| it.leads.len()),
            Sheet::default().text("lead", "lead id", all.iter().flat_map(|it| &it.leads)),
        )
}

fn members(all: &[PartyView]) -> Sheet {
    let rows = || all.iter().flat_map(|it| &it.members);
    Sheet::default()
        .text(
            "member",
            "id of the payee or person, or name where there is no id",
            rows().map(|it| &it.key),
        )
        .text("name", "name, long numbers masked", rows().map(|it| &it.name))
}

fn links(all: &[PartyView]) -> Sheet {
    let rows = || all.iter().flat_map(|it| &it.links);
    Sheet::default()
        .text(
            "means",
            "person (the same person or owner), phone or account",
            rows().map(|it| it.means.word()),
        )
        .text("what", "that person, telephone or account, masked", rows().map(|it| &it.what))
        .text("names", "names of those whom it links", rows().map(|it| it.names.join(BETWEEN)))
}

fn villages(all: &[PartyView]) -> Sheet {
    let rows = || all.iter().flat_map(|it| &it.villages);
    let roles =
        |it: &VillageView| it.roles.iter().map(|it| it.word()).collect::<Vec<_>>().join(BETWEEN);
    Sheet::default()
        .text("village", "division code", rows().map(|it| &it.code))
        .text("name", "name of the village", rows().map(|it| &it.name))
        .text(
            "roles",
            "payee, approver, handler or witness, as leads name it there",
            rows().map(roles),
        )
        .counts(
            "received_payments",
            "payments that it received",
            rows().map(|it| row32(it.received.payments)),
        )
        .money("received", "their sum", rows().map(|it| it.received.money))
        .counts(
            "signed_payments",
            "payments that it approved, handled or witnessed",
            rows().map(|it| row32(it.signed.payments)),
        )
        .money("signed", "their sum", rows().map(|it| it.signed.money))
        .days("first", "first day of these payments", rows().map(|it| it.first))
        .days("last", "last day of these payments", rows().map(|it| it.last))
        .counts(
            "lead_payments",
            "those that are part of leads, each once",
            rows().map(|it| row32(it.in_leads.payments)),
        )
        .money("lead_money", "their sum", rows().map(|it| it.in_leads.money))
}

/// The party of this id in a published folder.
///
/// # Errors
/// If the folder holds no published tables, or they cannot be read.
pub fn party(folder: &Path, id: &str) -> Result<Option<PartyView>, Error> {
    for batch in batches(folder, TABLE)? {
        let cells = columns(TABLE, &batch, &["party", "kind"])?;
        let [ids, _] = cells.as_slice() else { continue };
        let Some(row) = ids.iter().position(|own| own == id) else { continue };
        let [id, kind] = across(&cells, row);
        let kind = kind.parse().map_err(|_| missing("kind"))?;
        let ids = text_rows(&rows(&batch, row, "leads")?, ["lead"])?;
        return Ok(Some(PartyView {
            id,
            kind,
            members: read_members(&rows(&batch, row, "members")?)?,
            links: read_links(&rows(&batch, row, "links")?)?,
            villages: read_villages(&rows(&batch, row, "villages")?)?,
            leads: ids.into_iter().map(|[lead]| lead).collect(),
        }));
    }
    Ok(None)
}

fn read_members(rows: &StructArray) -> Result<Vec<MemberView>, Error> {
    let all = text_rows(rows, ["member", "name"])?;
    Ok(all.into_iter().map(|[key, name]| MemberView { key, name }).collect())
}

fn read_links(rows: &StructArray) -> Result<Vec<LinkView>, Error> {
    let link = |[means, what, names]: [String; 3]| {
        let means = means.parse().map_err(|_| missing("links"))?;
        Ok(LinkView { means, what, names: names.split(BETWEEN).map(str::to_owned).collect() })
    };
    text_rows(rows, ["means", "what", "names"])?.into_iter().map(link).collect()
}

fn read_villages(rows: &StructArray) -> Result<Vec<VillageView>, Error> {
    let names = [
        "village",
        "name",
        "roles",
        "received_payments",
        "received",
        "signed_payments",
        "signed",
        "first",
        "last",
        "lead_payments",
        "lead_money",
    ];
    let village = |cells: [String; 11]| {
        let [code, name, roles, paid, received, signs, signed, first, last, listed, in_leads] =
            cells;
        let sum = |payments: &str, money: &str| -> Result<Sum, Error> {
            let payments = payments.parse().map_err(|_| missing("villages"))?;
            Ok(Sum { payments, money: fen(money) })
        };
        Ok(VillageView {
            roles: roles.split(BETWEEN).filter_map(|word| word.parse().ok()).collect(),
            received: sum(&paid, &received)?,
            signed: sum(&signs, &signed)?,
            first: day(&first),
            last: day(&last),
            in_leads: sum(&listed, &in_leads)?,
            code,
            name,
        })
    };
    text_rows(rows, names)?.into_iter().map(village).collect()
}

fn missing(column: &'static str) -> Error {
    Error::NoColumn { table: TABLE, column }
}

/// The rows of a column of lists.
fn rows(batch: &RecordBatch, row: usize, column: &'static str) -> Result<StructArray, Error> {
    list(batch, row, column).ok_or(missing(column))
}

/// These columns of some rows as text.
fn text_rows<const N: usize>(
    rows: &StructArray,
    names: [&'static str; N],
) -> Result<Vec<[String; N]>, Error> {
    let column =
        |name: &'static str| rows.column_by_name(name).and_then(texts).ok_or(missing(name));
    let columns = names.into_iter().map(column).collect::<Result<Vec<_>, Error>>()?;
    Ok((0..rows.len()).map(|row| across(&columns, row)).collect())
}
