//! Results of earlier audits: which cases are closed, the share of hits in random samples, and what finds brought back.
//!
//! A conclusion closes a case at every grain: the payments that the auditor saw, and, for the same kind of act, what the
//! same village paid to the payee and to payees linked with it up to the closing day. A case comes back with payments
//! after that day, or with a written rule or a match of tables that the conclusion did not know.

use std::collections::{BTreeMap, BTreeSet};

use super::grade::Route;
use super::outcome::{Audit, audits};
use crate::indicators::card::Scheme;
use crate::ledger::book::Book;
use crate::ledger::book::index::{PayeeIx, PaymentIx, SubjectIx};
use crate::ledger::book::payees::Partners;
use crate::ledger::contract::cell::Day;
use crate::ledger::subject::{Grain, Subject};
use crate::stats::guess::updated;

/// The table `outcomes` of a county as the work list uses it.
#[derive(Debug, Default)]
pub struct AuditHistory {
    /// The conclusions that closed a case.
    closings: Vec<Closing>,
    /// The closings that were about a subject itself, for every kind of act.
    of_subject: BTreeMap<(Grain, SubjectIx), Vec<usize>>,
    /// The closings whose case a payment belongs to, for one kind of act.
    around: BTreeMap<PaymentIx, Vec<usize>>,
    /// Hits and number of audits in random samples, by grain.
    random_sample: BTreeMap<Grain, (u32, u32)>,
    /// The sum that finds brought back, in yuan, and the number of finds with an amount.
    brought: (f64, u32),
}

/// A conclusion that closed a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The day.
    pub day: Day,
    /// The conclusion, as the table has it.
    pub grade: String,
    /// The id of the lead that was verified; empty where it is not recorded.
    pub lead: String,
    /// The kind of act; none where it is not recorded, which stands for every kind.
    scheme: Option<Scheme>,
    /// The indicators that the conclusion knew; empty where they are not recorded.
    indicators: BTreeSet<String>,
}

/// The latest conclusion about a candidate for the list, and what it does not cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concluded {
    /// The conclusion.
    pub closing: Closing,
    /// Payments of the candidate that no conclusion covers: later ones, and those of other cases.
    pub uncovered: Vec<PaymentIx>,
    /// The indicators that the conclusions about it and its payments knew together; none where one does not say.
    known: Option<BTreeSet<String>>,
}

impl Concluded {
    /// The indicators among these that the conclusion did not know; none where it does not say what it knew.
    pub fn unknown<'i>(&self, indicators: impl IntoIterator<Item = &'i str>) -> Vec<&'i str> {
        let is_unknown = |name: &&str| self.known.as_ref().is_some_and(|it| !it.contains(*name));
        indicators.into_iter().filter(is_unknown).collect()
    }
}

impl AuditHistory {
    /// Reads the table of outcomes of a book.
    pub fn of(book: &Book) -> Self {
        let mut history = Self::default();
        let all: Vec<Audit<'_>> = audits(book).collect();
        if all.is_empty() {
            return history;
        }
        let (subjects, partners) = (subjects(book, &all), Partners::of(book));
        for audit in all {
            let Some(grain) = Grain::of(audit.grain) else { continue };
            history.count(grain, &audit);
            let subject = subjects.get(&(grain, audit.subject.to_owned()));
            if let Some((day, subject)) = audit.closing().zip(subject) {
                let case = case(book, &partners, grain.subject(*subject));
                history.close((grain, *subject), case, Closing::of(&audit, day), book);
            }
        }
        history
    }

    fn count(&mut self, grain: Grain, audit: &Audit<'_>) {
        if audit.route == Route::Random.word() {
            let (found, drawn) = self.random_sample.entry(grain).or_default();
            *found += u32::from(audit.is_find);
            *drawn += 1;
        }
        if let Some(recovered) = audit.recovered.filter(|_| audit.is_find) {
            self.brought.0 += recovered.yuan();
            self.brought.1 += 1;
        }
    }

    fn close(
        &mut self,
        subject: (Grain, SubjectIx),
        case: Vec<PaymentIx>,
        closing: Closing,
        book: &Book,
    ) {
        let number = self.closings.len();
        self.of_subject.entry(subject).or_default().push(number);
        for payment in case {
            if book.payments.day[payment] <= closing.day {
                self.around.entry(payment).or_default().push(number);
            }
        }
        self.closings.push(closing);
    }

    /// What earlier conclusions say of a subject with these payments and this kind of act; none where none does.
    pub fn concluded(
        &self,
        book: &Book,
        subject: (Grain, SubjectIx),
        payments: &[PaymentIx],
        scheme: Option<Scheme>,
    ) -> Option<Concluded> {
        let of = |key: (Grain, SubjectIx)| {
            let own = self.of_subject.get(&key).into_iter().flatten();
            own.filter_map(|number| self.closings.get(*number))
        };
        let covering = |payment: PaymentIx| {
            let around = self.around.get(&payment).into_iter().flatten();
            let around = around.filter_map(|number| self.closings.get(*number));
            let around = around.filter(|it| it.scheme.is_none() || it.scheme == scheme);
            let all = of((Grain::Payment, payment.into())).chain(of(subject)).chain(around);
            all.filter(move |it| book.payments.day[payment] <= it.day)
        };
        let covered = payments.iter().flat_map(|payment| covering(*payment));
        let all: Vec<&Closing> = of(subject).chain(covered).collect();
        let closing = (*all.iter().max_by_key(|it| it.day)?).clone();
        let says = all.iter().all(|it| !it.indicators.is_empty());
        let known = says.then(|| all.iter().flat_map(|it| it.indicators.iter().cloned()).collect());
        let is_uncovered = |payment: &&PaymentIx| covering(**payment).next().is_none();
        let uncovered = payments.iter().filter(is_uncovered).copied().collect();
        Some(Concluded { closing, uncovered, known })
    }

    /// The prevalence of findings in random samples of a grain: the setting, updated by audits.
    pub fn prior(&self, grain: Grain, setting: f64) -> f64 {
        let (found, drawn) = self.random_sample.get(&grain).copied().unwrap_or_default();
        updated(setting, f64::from(found), drawn)
    }

    /// The amount recovered per finding in yuan: the setting, updated by audits.
    pub fn trail_recovery(&self, setting: f64) -> f64 {
        let (sum, finds) = self.brought;
        updated(setting, sum, finds)
    }
}

impl Closing {
    fn of(audit: &Audit<'_>, day: Day) -> Self {
        Self {
            day,
            grade: audit.grade.to_owned(),
            lead: audit.lead.to_owned(),
            scheme: Scheme::of(audit.scheme),
            indicators: audit.indicators.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// The subjects of a book that some audits are about.
pub(super) fn subjects(book: &Book, audits: &[Audit<'_>]) -> BTreeMap<(Grain, String), SubjectIx> {
    let mut found = BTreeMap::new();
    for grain in Grain::ALL {
        let own = audits.iter().filter(|it| it.grain == grain.word());
        let wanted: BTreeSet<&str> = own.map(|it| it.subject).collect();
        let all = if wanted.is_empty() { None } else { Some(grain.all(book)) };
        for subject in all.into_iter().flatten() {
            let key = grain.key(book, subject);
            if wanted.contains(key.as_str()) {
                found.insert((grain, key), subject);
            }
        }
    }
    found
}

/// The payments of the case that a conclusion about a subject closes.
pub fn case(book: &Book, partners: &Partners, subject: Subject) -> Vec<PaymentIx> {
    let to_partners = |payee: PayeeIx| {
        let partners = partners.of_payee(payee).iter();
        partners.flat_map(|it| book.by_payee().group(*it).iter().copied())
    };
    match subject {
        Subject::Payment(payment) => {
            let village = book.payments.village[payment];
            let Some(payee) = book.payments.payee[payment] else { return vec![payment] };
            to_partners(payee).filter(|it| book.payments.village[*it] == village).collect()
        }
        Subject::Payee(payee) => to_partners(payee).collect(),
        Subject::Official(official) => book.by_approver().group(official).to_vec(),
        Subject::Village(village) => book.by_village().group(village).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditHistory, Scheme};
    use crate::ledger::book::Book;
    use crate::ledger::book::index::PaymentIx;
    use crate::ledger::sample::book;
    use crate::ledger::subject::Grain;

    const LEDGER: &str = "village,date,payee,approver\n\
        990101101201,2024-03-01,shop,li\n990101101201,2024-03-09,shop,li\n990101101201,2024-03-02,stall,li\n\
        990101101202,2024-03-02,shop,wu\n990101101201,2024-03-02,mill,li\n";
    const PAYEES: &str = "payee,phone\nshop,1\nstall,1\nmill,2\n";

    fn with(outcomes: &str) -> Book {
        book(&[("ledger", LEDGER), ("payees", PAYEES), ("outcomes", outcomes)])
    }

    /// The payments by payee and day that a lead about all of these would have uncovered; none where nothing was concluded.
    fn uncovered(book: &Book, scheme: Scheme, payments: &[usize]) -> Option<usize> {
        let history = AuditHistory::of(book);
        let payments: Vec<PaymentIx> = payments.iter().map(|it| PaymentIx::from(*it)).collect();
        let village = (Grain::Village, 0.into());
        let concluded = history.concluded(book, village, &payments, Some(scheme))?;
        Some(concluded.uncovered.len())
    }

    #[test]
    fn a_conclusion_closes_its_case_at_every_grain_until_something_new_is_paid() {
        let key = "990101101201/2024-03/v-0001/1";
        let of = |more: &str| {
            with(&format!(
                "subject_grain,subject,grade,closed,scheme,rectified\npayment,{key},{more}\n"
            ))
        };
        let book = of("none,2024-03-05,splitting,");
        assert_eq!(Grain::Payment.key(&book, 0.into()), key);
        // The voucher itself, whatever is thought of it; the linked stall of the village, for the same kind of act.
        assert_eq!(uncovered(&book, Scheme::Ghost, &[0]), Some(0));
        let all: Vec<usize> = (0..5).collect();
        assert_eq!(uncovered(&book, Scheme::Splitting, &all), Some(3));
        assert_eq!(uncovered(&book, Scheme::Ghost, &all), Some(4));
        // A find without evidence of its rectification stays open, one with it does not.
        assert_eq!(uncovered(&of("error,2024-03-05,splitting,no"), Scheme::Splitting, &all), None);
        assert_eq!(
            uncovered(&of("error,2024-03-05,splitting,yes"), Scheme::Splitting, &all),
            Some(3)
        );
    }

    #[test]
    fn whoever_closed_an_approver_has_seen_what_was_approved() {
        let book = with("subject_grain,subject,grade,closed\nofficial,li,none,2024-03-05\n");
        assert_eq!(uncovered(&book, Scheme::Ghost, &[0, 1, 2, 3, 4]), Some(2));
    }

    #[test]
    fn random_samples_and_finds_move_the_guesses() {
        let book = with(
            "subject_grain,subject,grade,amount_recovered,route\npayee,shop,none,,list\n\
             payee,mill,error,300000,random\n",
        );
        let history = AuditHistory::of(&book);
        assert!(history.prior(Grain::Payee, 0.01) > 0.02);
        assert!(history.trail_recovery(100_000.0) > 100_000.0);
    }
}
