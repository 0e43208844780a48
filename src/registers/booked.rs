//! What a village booked, by account and month, as its notices count it.

use strum::VariantArray;

use crate::ledger::book::Book;
use crate::ledger::book::chart::Chart;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::book::period::Period;
use crate::ledger::book::side::{Flow, Side};
use crate::ledger::contract::cell::{Day, Id};
use crate::ledger::contract::names::Names;

/// What of an account a notice states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
pub enum Measure {
    /// All debits.
    Debit,
    /// All credits.
    Credit,
    /// What was paid out of cash and bank.
    Paid,
    /// What came into cash and bank.
    Received,
    /// Debits less credits.
    NetDebit,
    /// Credits less debits.
    NetCredit,
}

/// Sums of one account, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    debit: i64,
    credit: i64,
    paid: i64,
    received: i64,
}

impl Sums {
    /// What a measure says of them.
    pub fn of(self, measure: Measure) -> i64 {
        match measure {
            Measure::Debit => self.debit,
            Measure::Credit => self.credit,
            Measure::Paid => self.paid,
            Measure::Received => self.received,
            Measure::NetDebit => self.debit - self.credit,
            Measure::NetCredit => self.credit - self.debit,
        }
    }

    fn add(&mut self, side: Side, flow: Flow, fen: i64) {
        match side {
            Side::Debit => self.debit += fen,
            Side::Credit => self.credit += fen,
        }
        match flow {
            Flow::Out => self.paid += fen,
            Flow::In => self.received += fen,
            Flow::Internal => {}
        }
    }

    fn plus(mut self, other: Self) -> Self {
        self.debit += other.debit;
        self.credit += other.credit;
        self.paid += other.paid;
        self.received += other.received;
        self
    }
}

/// The lines of a village by the account under which they are posted.
#[derive(Debug, Default)]
pub struct Booked {
    /// Each line with its account, sorted by account and day.
    lines: Vec<(Id, Day, LineIx)>,
    /// The accounts, sorted.
    accounts: Vec<Id>,
    /// The first month of the village's lines, as [`Day::month`] counts.
    first: i32,
    /// The number of months.
    months: usize,
    /// Sums of each account's months, account after account.
    sums: Vec<Sums>,
}

impl Booked {
    /// The lines of a village other than those of cash and bank. A line counts under the longest of the `posted`
    /// accounts that it is part of, and under its own account where none is posted.
    pub fn of(book: &Book, village: VillageIx, posted: &[Id]) -> Self {
        let range = book.lines_of(&book.vouchers_of(village));
        let mut under: Vec<(Id, Option<Id>)> = Vec::new();
        let mut lines: Vec<(Id, Day, LineIx)> = Vec::with_capacity(LineIx::within(&range).len());
        for line in LineIx::within(&range) {
            let own = book.lines.account.at(line);
            let account = match under.binary_search_by_key(&own, |(own, _)| *own) {
                Ok(place) => under.get(place).and_then(|(_, account)| *account),
                Err(place) => {
                    let account = posted_as(&book.names, own, posted);
                    under.insert(place, (own, account));
                    account
                }
            };
            lines.extend(account.map(|account| (account, book.lines.date.at(line), line)));
        }
        lines.sort_unstable();
        let mut accounts: Vec<Id> = lines.iter().map(|(account, ..)| *account).collect();
        accounts.dedup();
        let month = |(_, day, _): &(Id, Day, LineIx)| day.month();
        let first = lines.iter().map(month).min().unwrap_or(0);
        let last = lines.iter().map(month).max().unwrap_or(first);
        let months = usize::try_from(last - first + 1).unwrap_or(0);
        let mut sums = vec![Sums::default(); months * accounts.len()];
        for ((_, own), all) in lines
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|own| own.first().map(|(account, ..)| (account, own)))
            .zip(sums.chunks_mut(months.max(1)))
        {
            for (_, day, line) in own {
                let place = usize::try_from(day.month() - first).unwrap_or(0);
                if let Some(sum) = all.get_mut(place) {
                    sum.add(book.sides[*line], book.flows[*line], book.lines.amount.at(*line).0);
                }
            }
        }
        Self { lines, accounts, first, months, sums }
    }

    /// The accounts with lines.
    pub fn accounts(&self) -> &[Id] {
        &self.accounts
    }

    /// The sums of an account over a period.
    pub fn sums(&self, account: Id, period: Period) -> Sums {
        let Ok(place) = self.accounts.binary_search(&account) else { return Sums::default() };
        let from_start = |day: Day| usize::try_from(day.month() - self.first);
        let from = from_start(period.first).unwrap_or(0).min(self.months);
        let to = from_start(period.last).map_or(0, |to| to + 1).clamp(from, self.months);
        let start = place * self.months;
        let own = self.sums.get(start + from..start + to).unwrap_or_default();
        own.iter().copied().fold(Sums::default(), Sums::plus)
    }

    /// The lines of an account from one day to another.
    pub fn lines(
        &self,
        account: Id,
        first: Day,
        last: Day,
    ) -> impl Iterator<Item = (Day, LineIx)> + '_ {
        let from = self.lines.partition_point(|(own, day, _)| (*own, *day) < (account, first));
        let rest = self.lines.get(from..).unwrap_or_default().iter();
        let within = rest.take_while(move |(own, day, _)| *own == account && *day <= last);
        within.map(|(_, day, line)| (*day, *line))
    }

    /// The sums of an account from one day to another.
    pub fn sums_of_days(&self, book: &Book, account: Id, first: Day, last: Day) -> Sums {
        let mut sums = Sums::default();
        for (_, line) in self.lines(account, first, last) {
            sums.add(book.sides[line], book.flows[line], book.lines.amount.at(line).0);
        }
        sums
    }
}

/// The longest of the posted accounts that an account is part of, or itself; none for cash and bank.
fn posted_as(names: &Names, account: Id, posted: &[Id]) -> Option<Id> {
    let code = names.get(account);
    if Chart::is_cash(code) {
        return None;
    }
    let root = Chart::root(code);
    let is_part = |own: &&Id| {
        let own = names.get(**own);
        own == root || own.len() > root.len() && code.starts_with(own)
    };
    let longest = posted.iter().filter(is_part).max_by_key(|own| names.get(**own).len());
    Some(longest.copied().unwrap_or(account))
}

#[cfg(test)]
mod tests {
    use super::{Booked, Measure};
    use crate::ledger::book::index::VillageIx;
    use crate::ledger::book::period::Period;
    use crate::ledger::sample;

    #[test]
    fn lines_count_under_the_posted_account_that_they_are_part_of() {
        let ledger = "date,account,side,amount\n2024-01-05,51301,debit,10\n2024-02-05,5130102,debit,20\n\
                      2024-03-31,513,credit,5\n2024-04-01,51301,debit,40\n2024-01-07,511,debit,7\n\
                      2024-01-07,102,credit,99\n";
        let disclosures = "village,period,section,account\n990101101201,2024Q1,a,513\n\
                           990101101201,2024Q1,a,51301\n";
        let book = sample::book(&[("ledger", ledger), ("disclosures", disclosures)]);
        let id = |code: &str| book.names.find(code).unwrap();
        let booked = Booked::of(&book, VillageIx::from(0), &[id("513"), id("51301")]);
        let quarter = Period::of("2024Q1").unwrap();
        let of = |code: &str, measure| booked.sums(id(code), quarter).of(measure);
        assert_eq!(of("51301", Measure::Debit), 3_000);
        assert_eq!(of("513", Measure::NetDebit), -500);
        assert_eq!(of("511", Measure::Debit), 700);
        assert_eq!(booked.accounts().len(), 3);
        assert_eq!(booked.sums(id("51301"), Period::of("2024").unwrap()).of(Measure::Paid), 7_000);
        assert_eq!(booked.sums(id("51301"), Period::of("2022").unwrap()).of(Measure::Paid), 0);
    }
}
