//! Notices held against the ledger, by village, period and account.
//!
//! Villages differ in what a notice states of an account: what was paid, all debits, or debits less credits. For each
//! account that measure counts by which most of the county's notices agree with the ledger. An account of which less
//! than half agree by any measure is not compared: its notices state something else, such as a balance.

use strum::IntoStaticStr;

use super::booked::Booked;
use super::notices::{Notice, notices};
use super::practice::{Practice, practice};
use super::standing::{Posted, ROUND, key, standing};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{IxVec, VillageIx};
use crate::ledger::book::period::Period;
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};

/// Days after the end of a period within which it is to be posted.
pub const GRACE: i32 = 30;

/// Days around the ends of a period between which books may have been closed for a notice.
const CLOSE: i32 = 10;

/// What comes of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Posted as booked.
    Agrees,
    /// Posted as booked but for rounding.
    Rounded,
    /// The difference stands in the notice of the period beside it, or the books were closed some days off.
    CutOff,
    /// Posted as booked, later than [`GRACE`] days after the period.
    Late,
    /// Posted as booked, and taken down before [`STAND`](super::standing::STAND) days.
    Removed,
    /// Posted as booked, after an earlier notice said something else.
    Changed,
    /// Booked to this account and posted under another, or the other account.
    Aggregated,
    /// Booked and not posted, or a whole period without a notice.
    Missing,
    /// Posted with another amount than is booked.
    Different,
}

impl State {
    /// Its word in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }

    /// Whether the amounts differ beyond rounding and cut-off.
    pub fn is_apart(self) -> bool {
        matches!(self, Self::Aggregated | Self::Missing | Self::Different)
    }
}

/// An account of a period, as posted and as booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The period.
    pub period: Period,
    /// The account; empty for a whole period without a notice.
    pub account: Id,
    /// The rows of the notices that stand, from 0.
    pub rows: Vec<usize>,
    /// What they come to; empty where nothing is posted.
    pub posted: Fen,
    /// What is booked; empty for a whole period without a notice.
    pub booked: Fen,
    /// Days from the end of the period to the first posting, where they are known.
    pub days: Option<i32>,
    /// What comes of it.
    pub state: State,
}

impl Compared {
    /// Posted less booked; what is not posted counts as nothing.
    pub fn difference(&self) -> i64 {
        self.posted.some().map_or(0, |it| it.0) - self.booked.some().map_or(0, |it| it.0)
    }
}

/// A county's notices and the ledger beside them.
#[derive(Debug)]
pub struct Postings {
    /// The notices of each village.
    pub notices: IxVec<VillageIx, Vec<Notice>>,
    /// The lines of each village by the account under which they are posted.
    pub booked: IxVec<VillageIx, Booked>,
    /// What notices state of each account.
    pub practice: Practice,
}

impl Postings {
    /// Reads the notices and finds what they state of each account.
    pub fn of(book: &Book) -> Self {
        let notices = notices(book);
        let booked = book.by_village().par_map(|village, _| {
            let mut posted: Vec<Id> =
                notices[village].iter().filter_map(|it| it.account.some()).collect();
            posted.sort_unstable();
            posted.dedup();
            Booked::of(book, village, &posted)
        });
        let practice = practice(&notices, &booked);
        Self { notices, booked, practice }
    }

    /// The comparison of a village, by period and account.
    pub fn compare(&self, book: &Book, village: VillageIx) -> Vec<Compared> {
        let all = standing(&self.notices[village]);
        let booked = &self.booked[village];
        let usual = self.usual_of(&all, booked);
        let mut compared = Vec::new();
        for same in all.chunk_by(|a, b| a.period == b.period) {
            let Some(period) = same.first().map(|it| it.period) else { continue };
            let mut own: Vec<Compared> =
                same.iter().filter_map(|it| self.amount(it, booked)).collect();
            own.extend(self.left_out(same, booked, period, &usual));
            own.sort_unstable_by_key(|it| it.account);
            aggregate(&mut own);
            compared.append(&mut own);
        }
        cut_off(&mut compared);
        self.closed_off(book, &mut compared, booked);
        for it in &mut compared {
            let own = all.binary_search_by_key(&(it.period, it.account), key);
            if let Some(posted) = own.ok().and_then(|place| all.get(place)) {
                time(it, posted);
            }
        }
        compared
    }

    /// An account of a notice beside the ledger.
    fn amount(&self, posted: &Posted, booked: &Booked) -> Option<Compared> {
        let measure = self.practice.measure(Chart::on(posted.period.first), posted.account)?;
        let sum = booked.sums(posted.account, posted.period).of(measure);
        let distance = (posted.sum - sum).abs();
        let state = match distance {
            0 => State::Agrees,
            _ if distance <= posted.tolerance => State::Rounded,
            _ => State::Different,
        };
        let days = posted.first_day.some().map(|day| day.0.saturating_sub(posted.period.last.0));
        Some(Compared {
            period: posted.period,
            account: posted.account,
            rows: posted.rows.clone(),
            posted: Fen(posted.sum),
            booked: Fen(sum),
            days,
            state,
        })
    }

    /// The accounts that the village itself posts in most periods in which they have lines.
    fn usual_of(&self, all: &[Posted], booked: &Booked) -> Vec<(Chart, Id)> {
        let mut periods: Vec<Period> = all.iter().map(|it| it.period).collect();
        periods.dedup();
        let mut usual = Vec::new();
        for chart in [Chart::Of2004, Chart::Of2024] {
            for account in booked.accounts() {
                let Some(measure) = self.practice.measure(chart, *account) else { continue };
                let (mut with, mut posted) = (0, 0);
                for period in periods.iter().filter(|it| Chart::on(it.first) == chart) {
                    let has = booked.sums(*account, *period).of(measure) != 0;
                    with += i32::from(has);
                    let is_posted = all.binary_search_by_key(&(*period, *account), key).is_ok();
                    posted += i32::from(has && is_posted);
                }
                if posted * 2 >= with && posted > 0 {
                    usual.push((chart, *account));
                }
            }
        }
        usual
    }

    /// Accounts with lines in a posted period which its notice leaves out, though it is usual to post them.
    fn left_out<'a>(
        &'a self,
        same: &'a [Posted],
        booked: &'a Booked,
        period: Period,
        usual: &'a [(Chart, Id)],
    ) -> impl Iterator<Item = Compared> + 'a {
        let chart = Chart::on(period.first);
        let days = same.iter().filter_map(|it| it.first_day.some()).min();
        let days = days.map(|day| day.0.saturating_sub(period.last.0));
        let is_posted = |account: Id| same.iter().any(|it| it.account == account);
        let is_usual = move |account: Id| {
            self.practice.is_expected(chart, account) || usual.contains(&(chart, account))
        };
        let absent = booked.accounts().iter().copied();
        let absent = absent.filter(move |it| !is_posted(*it) && is_usual(*it));
        absent.filter_map(move |account| {
            let measure = self.practice.measure(chart, account)?;
            let sum = booked.sums(account, period).of(measure);
            (sum.abs() > ROUND).then_some(Compared {
                period,
                account,
                rows: Vec::new(),
                posted: Fen::NONE,
                booked: Fen(sum),
                days,
                state: State::Missing,
            })
        })
    }

    /// Takes for a cut-off what is posted of a period that was closed some days off. What a notice leaves out at its
    /// end must stand in the next, if there is one.
    fn closed_off(&self, book: &Book, compared: &mut [Compared], booked: &Booked) {
        let places: Vec<usize> = compared
            .iter()
            .enumerate()
            .filter_map(|(place, it)| (it.state == State::Different).then_some(place))
            .collect();
        let shifts: Vec<(usize, Vec<[i32; 2]>)> = places
            .iter()
            .filter_map(|place| Some((*place, self.shifts(book, compared.get(*place)?, booked)?)))
            .collect();
        let beside = |place: usize, is_next: bool| {
            let own = compared.get(place)?;
            compared.iter().position(|it| {
                it.account == own.account
                    && if is_next {
                        it.period.first.0 == own.period.last.0 + 1
                    } else {
                        it.period.last.0 + 1 == own.period.first.0
                    }
            })
        };
        let fits = |place: usize, end: usize, shift: i32| {
            let Some(other) = beside(place, end == 1) else { return true };
            let own = shifts.iter().find(|(own, _)| *own == other);
            let of_other = |it: &[i32; 2]| it.get(1 - end) == Some(&shift);
            own.map_or(shift == 0, |(_, all)| all.iter().any(of_other))
        };
        let closed: Vec<usize> = shifts
            .iter()
            .filter(|(place, all)| {
                all.iter().any(|[from, to]| fits(*place, 0, *from) && fits(*place, 1, *to))
            })
            .map(|(place, _)| *place)
            .collect();
        for place in closed {
            if let Some(it) = compared.get_mut(place) {
                it.state = State::CutOff;
            }
        }
    }

    /// By how many days the ends of the period must be moved for the ledger to give what is posted.
    fn shifts(&self, book: &Book, it: &Compared, booked: &Booked) -> Option<Vec<[i32; 2]>> {
        let measure = self.practice.measure(Chart::on(it.period.first), it.account)?;
        let within = |first: i32, last: i32| {
            booked.sums_of_days(book, it.account, Day(first), Day(last)).of(measure)
        };
        let (first, last) = (it.period.first.0, it.period.last.0);
        // What a moved end adds to the sum: before the end it takes away.
        let at_start = |shift: i32| match shift {
            1.. => -within(first, first + shift - 1),
            _ => within(first + shift, first - 1),
        };
        let at_end = |shift: i32| match shift {
            1.. => within(last + 1, last + shift),
            _ => -within(last + shift + 1, last),
        };
        let moves: Vec<i32> = (-CLOSE..=CLOSE).collect();
        let ends: Vec<(i32, i64)> = moves.iter().map(|shift| (*shift, at_end(*shift))).collect();
        let mut found = Vec::new();
        for from in moves {
            let more = it.difference() - at_start(from);
            let fit = ends.iter().filter(|(_, sum)| (sum - more).abs() <= ROUND);
            found.extend(fit.map(|(to, _)| [from, *to]));
        }
        Some(found)
    }
}

/// Of a period's accounts, those whose money is posted under another account, and that account.
fn aggregate(own: &mut [Compared]) {
    let surplus = |it: &Compared| it.state == State::Different && it.difference() > 0;
    let missing: Vec<usize> = own
        .iter()
        .enumerate()
        .filter_map(|(place, it)| (it.state == State::Missing).then_some(place))
        .collect();
    let of = |own: &[Compared], place: &usize| own.get(*place).map_or(0, Compared::difference);
    let all: i64 = missing.iter().map(|place| of(own, place)).sum();
    let whole = (missing.len() > 1).then(|| (missing.clone(), all));
    let single = missing.iter().map(|place| (vec![*place], of(own, place)));
    let groups: Vec<(Vec<usize>, i64)> = whole.into_iter().chain(single).collect();
    for (places, sum) in groups {
        let is_it = |it: &Compared| surplus(it) && (it.difference() + sum).abs() <= ROUND;
        let Some(under) = own.iter().position(is_it) else { continue };
        for place in places.into_iter().chain([under]) {
            if let Some(it) = own.get_mut(place) {
                it.state = State::Aggregated;
            }
        }
    }
}

/// Takes for a cut-off what the notice of the period before or after makes up for.
fn cut_off(compared: &mut [Compared]) {
    let open = |it: &Compared| it.state == State::Different;
    let mut places: Vec<usize> = (0..compared.len()).collect();
    places.sort_by_key(|place| compared.get(*place).map(|it| (it.account, it.period)));
    for pair in places.windows(2) {
        let &[first, second] = pair else { continue };
        let (Some(a), Some(b)) = (compared.get(first), compared.get(second)) else { continue };
        let follows = a.account == b.account && a.period.last.0 + 1 == b.period.first.0;
        let offset = (a.difference() + b.difference()).abs() <= ROUND;
        if follows && offset && open(a) && open(b) {
            for place in [first, second] {
                if let Some(it) = compared.get_mut(place) {
                    it.state = State::CutOff;
                }
            }
        }
    }
}

/// What is to be said of the days of a notice whose amount is in order.
fn time(it: &mut Compared, posted: &Posted) {
    if it.state.is_apart() {
        return;
    }
    if posted.is_removed {
        it.state = State::Removed;
    } else if posted.is_changed {
        it.state = State::Changed;
    } else if it.days.is_some_and(|days| days > GRACE) {
        it.state = State::Late;
    }
}

#[cfg(test)]
mod tests {
    use super::{Postings, State};
    use crate::ledger::book::Book;
    use crate::ledger::book::index::VillageIx;
    use crate::ledger::contract::cell::Cell;
    use crate::ledger::sample;
    use crate::registers::notices::word;

    /// Three villages that post rightly what the fourth is held against.
    fn book(ledger: &str, disclosures: &str) -> Book {
        let mut lines = vec!["village,date,account,side,amount".to_owned()];
        let mut notices = vec!["village,period,section,posted,removed,account,amount".to_owned()];
        for village in ["990101101201", "990101101202", "990101101203"] {
            for account in ["511", "513", "515"] {
                for (quarter, month) in [(1, "02"), (2, "05"), (3, "08"), (4, "11")] {
                    lines.push(format!("{village},2024-{month}-15,{account},debit,100.37"));
                    notices.push(format!("{village},2024Q{quarter},expense,,,{account},100.37"));
                }
            }
        }
        let own = |it: &str| format!("990101101204,{it}");
        lines.extend(ledger.lines().map(own));
        notices.extend(disclosures.lines().map(own));
        sample::book(&[("ledger", &lines.join("\n")), ("disclosures", &notices.join("\n"))])
    }

    fn states(book: &Book) -> Vec<(String, String, State)> {
        let all = Postings::of(book).compare(book, VillageIx::from(3));
        let account = |id| book.names.get(id).to_owned();
        all.into_iter().map(|it| (word(it.period), account(it.account), it.state)).collect()
    }

    fn of(period: &str, account: &str, state: State) -> (String, String, State) {
        (period.to_owned(), account.to_owned(), state)
    }

    #[test]
    fn amounts_agree_are_rounded_or_differ() {
        let book = book(
            "2024-02-01,513,debit,1000.40\n2024-02-02,511,debit,70.10\n2024-02-09,515,debit,900\n\
             2024-05-01,513,debit,1234.56\n2024-05-02,511,debit,8765.43\n2024-05-09,515,debit,900",
            "2024Q1,expense,2024-04-02,,513,1000\n2024Q1,expense,2024-04-02,,511,70.10\n\
             2024Q1,expense,2024-04-02,,515,400\n2024Q2,expense,2024-07-02,,513,1200\n\
             2024Q2,expense,2024-07-02,,511,8800\n2024Q2,expense,2024-07-02,,515,900",
        );
        let expected = [
            of("2024Q1", "511", State::Agrees),
            of("2024Q1", "513", State::Rounded),
            of("2024Q1", "515", State::Different),
            // A notice in hundreds of yuan.
            of("2024Q2", "511", State::Rounded),
            of("2024Q2", "513", State::Rounded),
            of("2024Q2", "515", State::Agrees),
        ];
        assert_eq!(states(&book), expected);
    }

    #[test]
    fn two_sections_of_an_account_are_added() {
        let book = book(
            "2024-02-01,513,debit,500\n2024-02-08,513,debit,300.20",
            "2024Q1,a,2024-04-02,,513,500\n2024Q1,b,2024-04-02,,513,300.20",
        );
        assert_eq!(states(&book), [of("2024Q1", "513", State::Agrees)]);
    }

    #[test]
    fn what_another_account_takes_in_is_aggregated_and_what_none_does_is_missing() {
        let book = book(
            "2024-02-01,513,debit,500\n2024-02-08,511,debit,320.50\n2024-02-08,515,debit,40\n\
             2024-05-01,513,debit,500\n2024-05-08,511,debit,320.50",
            "2024Q1,a,2024-04-02,,513,820.50\n2024Q1,a,2024-04-02,,515,40\n\
             2024Q2,a,2024-07-02,,513,500",
        );
        let expected = [
            of("2024Q1", "511", State::Aggregated),
            of("2024Q1", "513", State::Aggregated),
            of("2024Q1", "515", State::Agrees),
            of("2024Q2", "511", State::Missing),
            of("2024Q2", "513", State::Agrees),
        ];
        assert_eq!(states(&book), expected);
    }

    #[test]
    fn money_of_the_period_beside_is_a_cut_off() {
        // The voucher of February is posted with the next quarter.
        let book = book(
            "2024-02-01,513,debit,500\n2024-02-12,513,debit,80.50\n2024-05-09,513,debit,900",
            "2024Q1,a,2024-04-02,,513,500\n2024Q2,a,2024-07-02,,513,980.50",
        );
        let both = ["2024Q1", "2024Q2"].map(|it| of(it, "513", State::CutOff));
        assert_eq!(states(&book), both);
    }

    #[test]
    fn books_that_were_closed_early_are_a_cut_off_if_the_next_notice_has_the_rest() {
        let lines = "2024-02-01,513,debit,500\n2024-03-28,513,debit,80.50\n2024-05-09,513,debit,900\n\
                     2024-06-27,513,debit,70.30\n2024-08-03,513,debit,45";
        let closed = book(
            lines,
            "2024Q1,a,2024-04-02,,513,500\n2024Q2,a,2024-07-02,,513,980.50\n\
             2024Q3,a,2024-10-02,,513,115.30",
        );
        let all = ["2024Q1", "2024Q2", "2024Q3"].map(|it| of(it, "513", State::CutOff));
        assert_eq!(states(&closed), all);
        // The voucher of March stands in neither notice.
        let trimmed = book(lines, "2024Q1,a,2024-04-02,,513,500\n2024Q2,a,2024-07-02,,513,970.30");
        let expected = [of("2024Q1", "513", State::Different), of("2024Q2", "513", State::Agrees)];
        assert_eq!(states(&trimmed), expected);
    }

    #[test]
    fn a_notice_is_late_taken_down_early_or_changed() {
        let book = book(
            "2024-02-01,513,debit,500\n2024-05-01,513,debit,600\n2024-08-01,513,debit,700",
            "2024Q1,a,2024-05-20,,513,500\n2024Q2,a,2024-07-02,2024-07-04,513,600\n\
             2024Q3,a,2024-10-02,,513,300\n2024Q3,a,2024-10-12,,513,700",
        );
        let expected = [
            of("2024Q1", "513", State::Late),
            of("2024Q2", "513", State::Removed),
            of("2024Q3", "513", State::Changed),
        ];
        assert_eq!(states(&book), expected);
        let all = Postings::of(&book).compare(&book, VillageIx::from(3));
        assert_eq!(all[0].days, Some(50));
        assert!(all.iter().all(|it| it.difference() == 0 && it.posted.some().is_some()));
    }

    #[test]
    fn an_account_of_which_most_notices_say_something_else_is_not_compared() {
        let book = book("2024-02-01,112,debit,500", "2024Q1,a,2024-04-02,,112,99999");
        assert_eq!(states(&book), []);
    }
}
