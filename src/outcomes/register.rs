//! A register of subjects, to identify the leads in returned workbooks.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::ledger::book::Book;
use crate::ledger::subject::Grain;
use crate::words::mask::shown_key;

/// The possible subjects of leads.
#[derive(Debug, Default)]
pub struct Register {
    counties: Vec<String>,
    /// The index of the county for each payment key.
    payments: HashMap<String, usize>,
    /// Payees, officials and villages by the id of their lead. Ids are short, so two subjects may share one.
    others: HashMap<String, Vec<(Grain, String)>>,
}

impl Register {
    /// Adds the subjects of a book.
    pub fn add(&mut self, book: &Book) {
        for grain in Grain::ALL {
            for subject in grain.all(book) {
                let key = grain.key(book, subject);
                if grain == Grain::Payment {
                    self.payments.insert(key, self.counties.len());
                } else {
                    let id = lead_id(&book.county, grain, &key);
                    self.others.entry(id).or_default().push((grain, key));
                }
            }
        }
        self.counties.push(book.county.clone());
    }

    /// The key of a subject that an office wrote: as the ledger has it, or as a list shows it; none if there is no such
    /// subject.
    pub fn known(&self, grain: Grain, written: &str) -> Option<String> {
        if grain == Grain::Payment {
            return self.payments.contains_key(written).then(|| written.to_owned());
        }
        let mut own = self.others.values().flatten().filter(|(own, _)| *own == grain);
        let found = own.find(|(_, key)| key == written || shown_key(grain, key) == written);
        found.map(|(_, key)| key.clone())
    }

    /// Whether a payment with this key exists.
    pub fn has_payment(&self, key: &str) -> bool {
        self.payments.contains_key(key)
    }

    /// Whether the lead with this id refers to the payment with this key.
    pub fn is_about(&self, id: &str, payment: &str) -> bool {
        let county = self.payments.get(payment).and_then(|place| self.counties.get(*place));
        county.is_some_and(|county| lead_id(county, Grain::Payment, payment) == id)
    }

    /// The payees, officials and villages to which the lead with this id may refer.
    pub fn others(&self, id: &str) -> &[(Grain, String)] {
        self.others.get(id).map_or(&[], Vec::as_slice)
    }
}

/// The id of a lead: the grain's letter and eight hexadecimal digits of its subject's digest.
///
/// The county is included, because a payee may be paid in several counties.
pub fn lead_id(county: &str, grain: Grain, key: &str) -> String {
    let letter = match grain {
        Grain::Payment => 'T',
        Grain::Payee => 'P',
        Grain::Official => 'A',
        Grain::Village => 'G',
    };
    short_id(letter, &format!("{county}|{}|{key}", grain.word()))
}

/// A letter and eight hexadecimal digits of a text's digest.
pub fn short_id(letter: char, text: &str) -> String {
    let digest = Sha256::digest(text);
    let hex =
        u32::from_be_bytes(std::array::from_fn(|place| digest.get(place).copied().unwrap_or(0)));
    format!("{letter}-{hex:08x}")
}

#[cfg(test)]
mod tests {
    use super::{Register, lead_id};
    use crate::ledger::sample::book;
    use crate::ledger::subject::Grain;

    #[test]
    fn a_lead_is_known_again_and_that_of_another_county_is_not() {
        let book = book(&[("ledger", "payee\nshop\nmill\n")]);
        let mut register = Register::default();
        register.add(&book);
        let id = lead_id(&book.county, Grain::Payee, "mill");
        assert_eq!(register.others(&id), [(Grain::Payee, "mill".to_owned())]);
        assert!(register.others(&lead_id("990102", Grain::Payee, "mill")).is_empty());
        let [one, two] = [0, 1_usize].map(|subject| Grain::Payment.key(&book, subject.into()));
        assert!(register.has_payment(&one) && !register.has_payment("elsewhere"));
        let id = lead_id(&book.county, Grain::Payment, &one);
        assert!(register.is_about(&id, &one) && !register.is_about(&id, &two));
        assert!(!register.is_about(&lead_id("990102", Grain::Payment, &one), &one));
    }

    #[test]
    fn a_lead_keeps_its_id_and_grains_do_not_share_one() {
        let id = lead_id("990101", Grain::Payee, "P1");
        assert_eq!(id, lead_id("990101", Grain::Payee, "P1"));
        assert_ne!(id, lead_id("990102", Grain::Payee, "P1"));
        assert_ne!(id.get(2..), lead_id("990101", Grain::Village, "P1").get(2..));
        assert_eq!(id.len(), 10);
    }
}
