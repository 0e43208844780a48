//! Expected income: rent that fell due beside what is booked of it, as a published table and as people read it.

use serde_json::{Value as Json, json};

use crate::ledger::book::Book;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use crate::registers::income::{Due, Income, Part, State};
use crate::report::cells::{format_message, money, plain};
use crate::report::names::{payee, person, village};
use crate::report::sheet::Sheet;
use crate::words::mask::shown;
use crate::words::table::{Lang, Word};

/// The only kind of income of which tables say when it is due.
const ITEM: &str = "rent";

/// Rent that fell due, and the rows of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueView {
    /// The village's code.
    pub village: String,
    /// Its name.
    pub name: String,
    /// The lease.
    pub lease: String,
    /// The tenant by name, masked.
    pub tenant: String,
    /// The class of asset that is let.
    pub asset: String,
    /// The table that says that it is due.
    pub source: &'static str,
    /// The due itself.
    pub due: Due,
    /// The lines by which it was paid.
    pub receipts: Vec<ReceiptView>,
    /// The decision that waives it.
    pub waiver: String,
}

/// What a line pays of a due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    /// The voucher as printed.
    pub voucher: String,
    /// The line in the voucher.
    pub line: i32,
    /// The voucher's day.
    pub date: Day,
    /// What it pays of the due.
    pub amount: Fen,
    /// What links it with the due.
    pub means: &'static str,
}

impl DueView {
    fn of(book: &Book, due: &Due) -> Self {
        let text = |id: Id| id.some().map_or("", |id| book.names.get(id));
        let (leases, code) = (&book.companions.leases, text(book.villages[due.village]));
        let receipt = |it: &Part| ReceiptView {
            voucher: plain(text(book.lines.voucher.at(it.line))),
            line: book.lines.line.at(it.line).0,
            date: it.day,
            amount: it.amount,
            means: it.means.word(),
        };
        let decision = |row: u32| text(book.companions.decisions.decision.at(row as usize));
        Self {
            village: code.to_owned(),
            name: village(book, code),
            lease: plain(text(leases.lease.at(due.lease))),
            tenant: tenant(book, leases.tenant.at(due.lease)),
            asset: shown(text(leases.asset.at(due.lease))),
            source: due.source.0,
            receipts: due.parts.iter().map(receipt).collect(),
            waiver: due.waiver.map_or_else(String::new, |row| plain(decision(row))),
            due: due.clone(),
        }
    }

    /// What became of it, in words.
    pub fn state(&self, lang: Lang) -> &'static str {
        let word = match self.due.state {
            State::Booked => Word::RentBooked,
            State::Late => Word::RentLate,
            State::Part => Word::RentPart,
            State::Missing => Word::RentMissing,
            State::Open => Word::RentOpen,
            State::Waived => Word::RentWaived,
            State::BeforeBooks => Word::RentBeforeBooks,
            State::NoIncome => Word::RentNoIncome,
        };
        word.to(lang)
    }

    /// The vouchers by which it was paid, each with its month and what it pays.
    pub fn vouchers(&self) -> Vec<String> {
        let voucher = |it: &ReceiptView| {
            format!("{} {}: {}", it.date.year_month(), it.voucher, money(it.amount))
        };
        self.receipts.iter().map(voucher).collect()
    }

    /// The same as JSON, amounts in yuan.
    pub fn json(&self) -> Json {
        let receipt = |it: &ReceiptView| {
            json!({
                "voucher": it.voucher, "line": it.line, "date": it.date.to_string(),
                "amount": it.amount.yuan(), "means": it.means,
            })
        };
        json!({
            "village": self.village, "village_name": self.name, "item": ITEM, "lease": self.lease,
            "tenant": self.tenant, "asset": self.asset, "source": self.source,
            "due_on": self.due.day.to_string(), "amount": self.due.amount.yuan(),
            "booked": self.due.booked().yuan(), "open": self.due.open().yuan(),
            "days": self.due.days(), "state": self.due.state.word(), "decision": self.waiver,
            "receipts": self.receipts.iter().map(receipt).collect::<Vec<_>>(),
        })
    }
}

/// The name of a tenant, a payee or a person.
fn tenant(book: &Book, id: Id) -> String {
    match id.some() {
        None => String::new(),
        Some(id) if book.companions.payee(id).is_some() => payee(book, id),
        Some(id) => person(book, id),
    }
}

/// The rent that fell due in a county's books, by village and day.
pub fn dues(book: &Book) -> Vec<DueView> {
    Income::of(book).all().iter().map(|due| DueView::of(book, due)).collect()
}

/// Those that are not booked in full and in time: what is lacking first, the largest sums before.
pub fn unbooked<'a>(dues: impl Iterator<Item = &'a DueView>) -> Vec<&'a DueView> {
    let mut all: Vec<&DueView> = dues.filter(|it| it.due.state != State::Booked).collect();
    all.sort_by_key(|it| (!it.due.is_lacking(), it.due.state, -it.due.open().0));
    all
}

/// How much fell due, and how much of it is not booked in full in time.
pub fn summary<'a>(dues: impl Iterator<Item = &'a DueView>, lang: Lang) -> String {
    let all: Vec<&Due> = dues.map(|it| &it.due).collect();
    if all.is_empty() {
        return Word::RentsNone.to(lang).to_owned();
    }
    let lacking = || all.iter().filter(|due| due.is_lacking());
    let cells = [
        ("dues", all.len().to_string()),
        ("amount", money(all.iter().map(|due| due.amount).sum())),
        ("lacking", lacking().count().to_string()),
        ("open", money(lacking().map(|due| due.open()).sum())),
    ];
    format_message(Word::RentsTell, lang, &cells)
}

/// The published table.
pub fn income(all: &[DueView]) -> Sheet {
    let receipts = || all.iter().flat_map(|it| &it.receipts);
    let lengths: Vec<usize> = all.iter().map(|it| it.receipts.len()).collect();
    let rows = Sheet::default()
        .text("voucher", "voucher number as printed", receipts().map(|it| &it.voucher))
        .ints("line", "line in the voucher", receipts().map(|it| Some(it.line)))
        .days("date", "voucher date", receipts().map(|it| it.date))
        .money("amount", "what the line pays of the due", receipts().map(|it| it.amount))
        .text(
            "means",
            "lease where the line names the lease, tenant where the tenant paid, unnamed where neither is recorded",
            receipts().map(|it| it.means),
        );
    Sheet::default()
        .text("village", "division code", all.iter().map(|it| &it.village))
        .text("item", "kind of income: rent", all.iter().map(|_| ITEM))
        .text("lease", "lease id", all.iter().map(|it| &it.lease))
        .text(
            "tenant",
            "tenant's name, or id where there is none, long numbers masked",
            all.iter().map(|it| &it.tenant),
        )
        .text("asset", "class of asset", all.iter().map(|it| &it.asset))
        .text(
            "source",
            "table that says that it is due: lease_dues, or leases where a county records no dues",
            all.iter().map(|it| it.source),
        )
        .days("due_on", "day on which it fell due", all.iter().map(|it| it.due.day))
        .money("amount", "what fell due", all.iter().map(|it| it.due.amount))
        .money("booked", "what is booked of it", all.iter().map(|it| it.due.booked()))
        .money("open", "what is not", all.iter().map(|it| it.due.open()))
        .ints(
            "days",
            "days from the due until the last payment, or to the end of the village's books where something is lacking",
            all.iter().map(|it| Some(it.due.days())),
        )
        .in_unit("days")
        .text(
            "state",
            "booked, late (after more than 90 days), part, missing, open (90 days are not over), waived, before_books \
             (due in the first 31 days), no_income (the village books none at all)",
            all.iter().map(|it| it.due.state.word()),
        )
        .text("decision", "decision that waives it", all.iter().map(|it| &it.waiver))
        .lists("receipts", "the lines that pay it, by day", &lengths, rows)
}

#[cfg(test)]
mod tests {
    use super::{dues, income, summary, unbooked};
    use crate::ledger::sample;
    use crate::words::table::Lang;

    #[test]
    fn both_sides_are_told_and_long_numbers_are_masked() {
        let ledger = "date,account,side,amount,contract\n2023-01-01,513,debit,1,\n\
            2023-04-10,501,credit,400,L1\n2023-04-12,501,credit,900,L2\n2024-12-31,513,debit,1,\n";
        let leases = "lease,village,tenant\nL1,990101101201,R1\nL2,990101101201,H1\n";
        let due = "lease,due,amount\nL1,2023-04-01,1000\nL2,2023-04-01,900\n";
        let book = sample::book(&[
            ("ledger", ledger),
            ("leases", leases),
            ("lease_dues", due),
            ("payees", "payee,name\nR1,模拟户 310101199001011234\n"),
            ("people", "person,name\nH1,陈模\n"),
        ]);
        let all = dues(&book);
        let told: Vec<_> = all.iter().map(|it| (it.tenant.as_str(), it.vouchers())).collect();
        let vouchers = |text: &str| vec![text.to_owned()];
        assert_eq!(
            told,
            [
                ("模拟户 **************1234", vouchers("2023-04 v-0002: 400.00")),
                ("陈模", vouchers("2023-04 v-0003: 900.00")),
            ]
        );
        assert_eq!(unbooked(all.iter()).len(), 1);
        assert_eq!(
            summary(all.iter(), Lang::En),
            "Rent that fell due in the books: 2 dues, 1,900.00 yuan; 1 of them are not booked in full 90 days later, which leaves 600.00 yuan."
        );
        assert_eq!(income(&all).fields().len(), income(&[]).fields().len());
    }
}
