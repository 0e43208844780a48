//! A row of a register behind a lead with all that is recorded of it.

use crate::indicators::indicator::Record;
use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Fen, Flag, Id};
use crate::ledger::contract::schema::TABLES;
use crate::ledger::contract::table::{AnyCol, Field};
use crate::report::cells::{money, plain, short};
use crate::report::names::{payee, person};
use crate::words::mask::{masked_account, shown};
use crate::words::table::{Lang, recorded};

/// One row of a register behind a lead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordView {
    /// The name of the table in the contract.
    pub table: String,
    /// The code of its village; empty where none is recorded.
    pub village: String,
    /// Money that no payment stands for.
    pub money: Fen,
    /// The columns that hold something, in the order of the contract, with what they hold: names for persons, accounts
    /// masked.
    pub cells: Vec<(String, String)>,
}

impl RecordView {
    /// The view of a row of the book's tables.
    pub fn of(book: &Book, record: Record) -> Self {
        let table = TABLES.iter().find(|table| table.name == record.table);
        let fields = table.into_iter().flat_map(|table| table.fields);
        let cell = |field: &Field| Some((field.name.to_owned(), cell(book, record, field)?));
        Self {
            table: record.table.to_owned(),
            village: village(book, record).map_or("", |id| book.names.get(id)).to_owned(),
            money: record.money,
            cells: fields.filter_map(cell).collect(),
        }
    }

    /// Whether an office of this code may see it.
    pub fn is_of(&self, office: &str) -> bool {
        self.village.is_empty() || self.village.starts_with(office)
    }

    /// What the register is called.
    pub fn title(&self, lang: Lang) -> String {
        recorded(&self.table, lang)
    }

    /// What the row says, in one line.
    pub fn line(&self, lang: Lang) -> String {
        let [colon, stop] = lang.of([[": ", "; "], ["：", "；"]]);
        let table = TABLES.iter().find(|table| table.name == self.table);
        let title = |name: &str| match (lang, table.and_then(|table| table.field(name))) {
            (Lang::Zh, Some(field)) => field.zh.to_owned(),
            _ => name.replace('_', " "),
        };
        let cells = self.cells.iter().map(|(name, cell)| format!("{}{colon}{cell}", title(name)));
        cells.collect::<Vec<String>>().join(stop)
    }
}

/// The village of a row: its own, or that of the lease whose rent it is.
fn village(book: &Book, record: Record) -> Option<Id> {
    let text = |table: &str, row: usize, field: &str| match book.companions.column(table, field)? {
        AnyCol::Text(column) => column.at(row).some(),
        _ => None,
    };
    let row = record.row as usize;
    text(record.table, row, "village").or_else(|| {
        let lease = text(record.table, row, "lease")?;
        let row = book.companions.leases.lease.cells().iter().position(|own| *own == lease)?;
        text("leases", row, "village")
    })
}

/// Columns of references: contracts, leases and periods are looked up by them.
const REFERENCES: [&str; 8] =
    ["village", "lease", "contract", "decision", "asset", "period", "scheme", "account"];

/// What a row holds in a column; none where nothing is recorded.
fn cell(book: &Book, record: Record, field: &Field) -> Option<String> {
    let row = record.row as usize;
    Some(match book.companions.column(record.table, field.name)? {
        AnyCol::Text(column) => text(book, field.name, column.at(row).some()?),
        AnyCol::Day(column) => column.at(row).some()?.to_string(),
        AnyCol::Moment(column) => column.at(row).some()?.to_string(),
        AnyCol::Money(column) => money(column.at(row).some()?),
        AnyCol::Int(column) => column.at(row).some()?.0.to_string(),
        AnyCol::Real(column) => short(column.at(row).some()?.0),
        AnyCol::Flag(column) => match column.at(row) {
            Flag::Yes => "yes".to_owned(),
            Flag::No => "no".to_owned(),
            Flag::Unknown => return None,
        },
    })
}

fn text(book: &Book, column: &str, id: Id) -> String {
    let own = book.names.get(id);
    match column {
        // The tenant of a lease is a payee or a person.
        "tenant" if book.companions.payee(id).is_some() => payee(book, id),
        "person" | "a" | "b" | "owner" | "tenant" => person(book, id),
        "payee" => payee(book, id),
        "payee_account" | "counterparty_account" => masked_account(own),
        name if REFERENCES.contains(&name) => plain(own),
        _ => shown(own),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, Record, RecordView};
    use crate::ledger::contract::cell::Fen;
    use crate::ledger::sample;

    #[test]
    fn a_row_is_shown_with_names_and_masked_accounts() {
        let tables = [
            ("ledger", "payee\nR1\n"),
            ("payees", "payee,name\nR1,王记商店\n"),
            (
                "leases",
                "lease,village,tenant,asset,area_mu\nL-990101101201-001,990101101201,R1,pond,12.5\n",
            ),
            ("lease_dues", "lease,due,amount\nL-990101101201-001,2024-06-05,1000\n"),
            (
                "subsidies",
                "person,scheme,period,village,payee_account\nP1,ELDER,2024,990101101201,6222021234567890123\n",
            ),
        ];
        let book = sample::book(&tables);
        let of = |table: &'static str| {
            RecordView::of(&book, Record { table, row: 0, money: Fen(100_000) })
        };
        assert_eq!(
            of("leases").line(Lang::En),
            "lease: L-990101101201-001; village: 990101101201; tenant: 王记商店; asset: pond; area mu: 12.5"
        );
        let due = of("lease_dues");
        assert_eq!(
            due.line(Lang::Zh),
            "租约编号：L-990101101201-001；应收日期：2024-06-05；应收金额：1,000.00"
        );
        assert!(due.is_of("990101101") && !due.is_of("990101102"));
        assert!(of("subsidies").line(Lang::En).ends_with("payee account: ***************0123"));
    }
}
