//! The kinds of paper behind a payment, and whether a township keeps records of them.

use crate::ledger::book::{Book, Subject};
use crate::ledger::cell::{Cell, Id};

/// The ids of the words for the kinds of document that matter here.
#[derive(Debug, Default)]
pub(super) struct Papers {
    invoice: Vec<Id>,
    self_made: Vec<Id>,
    none: Vec<Id>,
    /// For each village whether its township keys the numbers of invoices.
    numbers: Vec<bool>,
    /// For each village whether its township counts attachments.
    attachments: Vec<bool>,
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
        let township =
            |village: &Id| book.names.get(*village).get(..9).unwrap_or_default().to_owned();
        let townships: Vec<String> = book.villages.iter().map(township).collect();
        // Villages are sorted by code, so those of one township stand together.
        let mut from = 0;
        for together in townships.chunk_by(|a, b| a == b) {
            let (mut numbers, mut attachments) = ((0, 0), (0, 0));
            for village in from..from + together.len() {
                for payment in book.by_village().group(village) {
                    let Some(line) = book.payments.line.get(*payment as usize) else { continue };
                    let line = *line as usize;
                    if papers.is_invoice(book.lines.document.at(line)) {
                        numbers.0 += usize::from(book.lines.document_no.at(line) != Id::NONE);
                        numbers.1 += 1;
                    }
                    let counted = book.lines.attachments.at(line).some();
                    attachments.0 += usize::from(counted.is_some_and(|count| count.0 > 0));
                    attachments.1 += 1;
                }
            }
            papers.numbers.extend(together.iter().map(|_| is_kept(numbers)));
            papers.attachments.extend(together.iter().map(|_| is_kept(attachments)));
            from += together.len();
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

    pub(super) fn keeps_numbers(&self, village: Subject) -> bool {
        self.numbers.get(village as usize).copied().unwrap_or(false)
    }

    pub(super) fn counts_attachments(&self, village: Subject) -> bool {
        self.attachments.get(village as usize).copied().unwrap_or(false)
    }
}
