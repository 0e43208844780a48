//! Every subject of some books by the id of a lead about it, to know a lead again that comes back.

use std::collections::{HashMap, HashSet};

use super::lead::lead_id;
use crate::indicators::card::Grain;
use crate::ledger::book::{Book, Subject};

/// The subjects that leads may be about.
#[derive(Debug, Default)]
pub struct Register {
    subjects: HashMap<String, (Grain, String)>,
    payments: HashSet<String>,
}

impl Register {
    /// Takes in the subjects of a book.
    pub fn add(&mut self, book: &Book) {
        for grain in Grain::ALL {
            for subject in 0..Subject::try_from(grain.subjects(book)).unwrap_or(Subject::MAX) {
                let key = grain.key(book, subject);
                if grain == Grain::Payment {
                    self.payments.insert(key.clone());
                }
                self.subjects.insert(lead_id(&book.county, grain, &key), (grain, key));
            }
        }
    }

    /// The subject of the lead of this id.
    pub fn subject(&self, id: &str) -> Option<(Grain, &str)> {
        self.subjects.get(id).map(|(grain, key)| (*grain, key.as_str()))
    }

    /// Whether there is a payment of this key.
    pub fn has_payment(&self, key: &str) -> bool {
        self.payments.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::Register;
    use crate::indicators::card::Grain;
    use crate::leads::lead::lead_id;
    use crate::ledger::sample::book;

    #[test]
    fn a_lead_is_known_again_by_its_id_alone() {
        let book = book(&[("ledger", "payee\nshop\nmill\n")]);
        let mut register = Register::default();
        register.add(&book);
        let id = lead_id(&book.county, Grain::Payee, "mill");
        assert_eq!(register.subject(&id), Some((Grain::Payee, "mill")));
        assert_eq!(register.subject(&lead_id("990102", Grain::Payee, "mill")), None);
        let payment = Grain::Payment.key(&book, 0);
        assert!(register.has_payment(&payment) && !register.has_payment("elsewhere"));
    }
}
