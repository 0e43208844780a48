//! A village's notice of its finances, made from the ledger: a page, a workbook, and the rows of the table of notices.
//!
//! Whoever reads it can find nobody by it: persons are told by the first letter of their names, firms in full, and no
//! number of a card, an account or a telephone is written. The finished texts are looked through for such numbers.

pub mod accounts;
pub mod content;
mod masked;
mod page;
mod sections;

use thiserror::Error;

use crate::ledger::book::Book;
use crate::ledger::book::index::VillageIx;
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::Day;
use crate::registers::exposed::{Number, exposed};
use crate::report::names::village;
use crate::report::posting::accounts::items;
use crate::report::posting::content::{Cell, Posting};
use crate::report::workbook::posting::workbook;
use crate::words::table::Lang;

/// Why a notice is not written.
#[derive(Debug, Error)]
pub enum Error {
    /// A number of a person would be shown.
    #[error(
        "the notice would show {count} numbers of persons (identity cards, bank cards or telephones); nothing was written"
    )]
    Exposed {
        /// How many.
        count: usize,
    },
    /// The page could not be made, which would be a fault of ours.
    #[error("making the page of the notice")]
    Page(#[source] minijinja::Error),
    /// The workbook could not be made, which would be a fault of ours.
    #[error("making the workbook of the notice")]
    Workbook(#[source] rust_xlsxwriter::XlsxError),
    /// The rows could not be made, which would be a fault of ours.
    #[error("making the rows of the notice")]
    Rows(#[source] csv::Error),
}

impl Posting {
    /// The notice of a village for a period.
    pub fn of(book: &Book, at: VillageIx, period: Period, (posted, lang): (Day, Lang)) -> Self {
        let code = book.names.get(book.villages[at]).to_owned();
        let name = village(book, &code);
        let items = items(book, at, period);
        let (tables, absent) = sections::of(book, at, (period, lang), &items);
        Self { code, name, period, posted, items, tables, absent, lang }
    }

    /// The page.
    ///
    /// # Errors
    /// If a number of a person would be shown.
    pub fn page(&self) -> Result<String, Error> {
        let page = page::page(self).map_err(Error::Page)?;
        hold_back([page.as_str()])?;
        Ok(page)
    }

    /// The bytes of the workbook.
    ///
    /// # Errors
    /// If a number of a person would be shown.
    pub fn workbook(&self) -> Result<Vec<u8>, Error> {
        let cells = self.tables.iter().flat_map(|it| it.rows.iter().flatten());
        hold_back(cells.filter_map(|it| match it {
            Cell::Text(text) => Some(text.as_str()),
            _ => None,
        }))?;
        workbook(self).map_err(Error::Workbook)
    }

    /// The rows of the table `disclosures`, as CSV.
    ///
    /// # Errors
    /// If a number of a person would be shown.
    pub fn rows(&self) -> Result<String, Error> {
        let rows = accounts::rows(self).map_err(Error::Rows)?;
        hold_back([rows.as_str()])?;
        Ok(rows)
    }
}

/// Refuses texts with numbers of persons.
fn hold_back<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<(), Error> {
    let found: Vec<Number> = texts.into_iter().flat_map(exposed).collect();
    if found.is_empty() { Ok(()) } else { Err(Error::Exposed { count: found.len() }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

    use super::content::{Posting, said};
    use crate::ledger::book::Book;
    use crate::ledger::book::index::VillageIx;
    use crate::ledger::book::period::Period;
    use crate::ledger::contract::cell::Day;
    use crate::ledger::sample;
    use crate::registers::exposed::exposed;
    use crate::registers::posting::{Postings, State};
    use crate::words::table::{Lang, Word};

    const LEDGER: &str = "village,date,account,side,amount,payee,summary\n\
        990101101201,2024-07-03,51301,debit,1280.55,R1,付办公用品\n\
        990101101201,2024-08-03,513,debit,19.45,R1,付办公用品\n\
        990101101201,2024-09-05,503,credit,5000,,收补助\n\
        990101101201,2024-09-30,101,credit,300,,\n\
        990101101202,2024-08-01,513,debit,70,R1,付电费\n";

    fn book(disclosures: &str) -> Book {
        let payees = "payee,kind,name\nR1,firm,模拟文具店\n";
        sample::book(&[("ledger", LEDGER), ("payees", payees), ("disclosures", disclosures)])
    }

    fn posting(book: &Book) -> Posting {
        let quarter = Period::of("2024Q3").unwrap();
        Posting::of(book, VillageIx::from(0), quarter, (Day(20_010), Lang::Zh))
    }

    #[test]
    fn its_rows_agree_with_the_ledger() {
        let others = "village,period,section,posted,account,amount\n";
        let with_neighbour = format!("{others}990101101202,2024Q3,管理费用,2024-10-14,513,70.00\n");
        for (disclosures, section) in [(others, "expense"), (&with_neighbour, "管理费用")] {
            let posting = posting(&book(disclosures));
            let rows = posting.rows().unwrap();
            assert!(rows.contains(&format!("{section},2024-10-14,513,1300.00")), "{rows}");
            let (_, own) = rows.split_once('\n').unwrap();
            let told = book(&format!("{disclosures}{own}"));
            let compared = Postings::of(&told).compare(&told, VillageIx::from(0));
            assert_eq!(compared.len(), 2);
            assert!(compared.iter().all(|it| it.state == State::Agrees), "{compared:?}");
        }
    }

    #[test]
    fn what_is_not_recorded_is_named() {
        let posting = posting(&book("village,period,section\n"));
        let absent = [Word::PostingSubsidies, Word::PostingLeases, Word::PostingAdvances];
        assert_eq!(posting.absent, absent);
        let page = posting.page().unwrap();
        assert!(
            page.contains("补贴发放、资产资源发包租赁、未结清借支") && page.contains("1,280.55")
        );
        assert!(posting.workbook().unwrap().starts_with(b"PK"));
    }

    #[test]
    fn a_period_is_said_in_words() {
        let of = |word: &str| said(Period::of(word).unwrap(), Lang::Zh);
        assert_eq!(
            ["2024", "2024H2", "2024Q3", "2024-05"].map(of),
            ["2024年", "2024年下半年", "2024年第三季度", "2024年5月"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_number_of_a_person_is_written(
            name in "[陈王0-9]{1,3}(1[3-9][0-9]{9}|[0-9]{16,19})?",
            text in "[^\"\\\\]{0,6}(1[3-9][0-9]{9}|[0-9]{17}[0-9X]|[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4})[^\"\\\\]{0,6}",
        ) {
            let ledger = format!(
                "date,account,amount,payee,payee_name,summary\n2024-07-03,513,2000,,\"{name}\",\"{text}\"\n"
            );
            let people = format!("person,name,village\nP1,\"{name}\",990101101201\n");
            let subsidies = "person,scheme,period,village,amount\nP1,13800138000,2024Q3,990101101201,5\n";
            let book = sample::book(&[("ledger", &ledger), ("people", &people), ("subsidies", subsidies)]);
            let posting = posting(&book);
            for written in [posting.page().unwrap(), posting.rows().unwrap()] {
                prop_assert_eq!(exposed(&written), []);
            }
            prop_assert!(posting.workbook().is_ok());
        }
    }
}
