//! The kinds of paper behind a payment, and whether a township keeps records of them.

use crate::indicators::seen::{per_township, seen, townships};
use crate::ledger::book::Book;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::contract::cell::{Cell, Id};

/// The ids of the words for the kinds of document that matter here.
#[derive(Debug, Default)]
pub(super) struct Papers {
    invoice: Vec<Id>,
    self_made: Vec<Id>,
    none: Vec<Id>,
    /// For each village its township's invoices with a number, and all.
    numbers: IxVec<VillageIx, (usize, usize)>,
    /// For each village its township's payments with attachments, and all.
    attachments: IxVec<VillageIx, (usize, usize)>,
}

/// A township keeps a record that most of its papers have.
fn is_kept((with, all): (usize, usize)) -> bool {
    all > 0 && with * 2 > all
}

impl Papers {
    /// What the papers of a book look like.
    pub(super) fn of(book: &Book) -> Self {
        let ids = |words: &[&str]| words.iter().filter_map(|word| book.names.find(word)).collect();
        let mut papers = Self {
            invoice: ids(&["invoice", "发票"]),
            self_made: ids(&["self_made", "自制凭证", "收条", "白条"]),
            none: ids(&["none", "无"]),
            ..Self::default()
        };
        let townships = townships(book);
        // Of each township's papers those with the record, and all.
        let mut counts: Vec<[(usize, usize); 2]> = per_township(&townships);
        for (village, township) in townships.iter_enumerated() {
            let Some([numbers, attachments]) = counts.get_mut(*township) else { continue };
            for one in seen(book, book.by_village().group(village)) {
                let line = one.line;
                if one.amount > 0 && papers.is_invoice(book.lines.document.at(line)) {
                    numbers.0 += usize::from(one.document_no(book) != Id::NONE);
                    numbers.1 += 1;
                }
                let counted = book.lines.attachments.at(line).some();
                attachments.0 += usize::from(counted.is_some_and(|count| count.0 > 0));
                attachments.1 += 1;
            }
        }
        for [numbers, attachments] in townships.iter().filter_map(|place| counts.get(*place)) {
            papers.numbers.raw.push(*numbers);
            papers.attachments.raw.push(*attachments);
        }
        papers
    }

    pub(super) fn is_invoice(&self, document: Id) -> bool {
        self.invoice.contains(&document)
    }

    pub(super) fn is_self_made(&self, document: Id) -> bool {
        self.self_made.contains(&document)
    }

    pub(super) fn is_none(&self, document: Id) -> bool {
        self.none.contains(&document)
    }

    pub(super) fn keeps_numbers(&self, village: VillageIx) -> bool {
        is_kept(self.numbers[village])
    }

    /// The township's invoices with a number, and all.
    pub(super) fn numbered(&self, village: VillageIx) -> (usize, usize) {
        self.numbers[village]
    }

    pub(super) fn counts_attachments(&self, village: VillageIx) -> bool {
        is_kept(self.attachments[village])
    }

    /// The township's payments with attachments, and all.
    pub(super) fn attached(&self, village: VillageIx) -> (usize, usize) {
        self.attachments[village]
    }
}
