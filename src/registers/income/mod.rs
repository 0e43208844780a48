//! Expected income: the rent that leases and the table of dues say must have come in, against what is booked.
//!
//! A due is paid by lines that name its lease; by lines of its tenant; and by rent of which neither lease nor payer is
//! recorded, so that a village that books nothing but sums is not told to lack them. Of the lines of one kind, those of
//! the very amount and of about that time come first; what is left pays the oldest dues first, so that parts add up and one
//! receipt may pay several dues.

mod receipts;

use crate::convert::row32;
use crate::ledger::book::Book;
use crate::ledger::book::index::{LineIx, VillageIx};
use crate::ledger::contract::cell::{Cell, Day, Fen, Id};
use receipts::{Leases, Receipt, receipts};
use strum::IntoStaticStr;

/// Days after which a due that is not booked in full is late; until then it is open.
pub const GRACE: i32 = 90;

/// Days before a due on which it may be paid already. Rent due in the first days of the books may stand in those before.
const EARLY: i32 = 31;

/// Days after a due within which a receipt that names no lease still pays it.
const YEAR: i32 = 366;

/// What may be left of a due that counts as paid, in fen: amounts are rounded.
const ROUNDED: i64 = 100;

/// What became of a due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum State {
    /// Booked in full, in time.
    Booked,
    /// Booked in full, but late.
    Late,
    /// Booked in part.
    Part,
    /// Nothing is booked.
    Missing,
    /// Not booked in full, and not late before the books end.
    Open,
    /// A collective decision waives rent at that time.
    Waived,
    /// It fell due when the books began, and may have been booked before.
    BeforeBooks,
    /// The village's books hold no income at all.
    NoIncome,
}

impl State {
    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What links a receipt with a due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Means {
    /// It names the lease.
    Lease,
    /// The tenant paid it.
    Tenant,
    /// It is rent of which neither lease nor payer is recorded.
    Unnamed,
}

impl Means {
    /// The name in tables.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// What a line of the ledger pays of a due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The line.
    pub line: LineIx,
    /// Its day.
    pub day: Day,
    /// How much of it.
    pub amount: Fen,
    /// What links them.
    pub means: Means,
}

/// Rent that falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The village.
    pub village: VillageIx,
    /// When.
    pub day: Day,
    /// The row of the lease.
    pub lease: usize,
    /// The table that says so, and its row.
    pub source: (&'static str, u32),
    /// The tenant's person, or the tenant where no register says more.
    pub tenant: Id,
    /// How much.
    pub amount: Fen,
    /// What is booked of it, by day.
    pub parts: Vec<Part>,
    /// The row of the decision that waives it.
    pub waiver: Option<u32>,
    /// What became of it.
    pub state: State,
    /// Until when it is followed: the last day of the village's books.
    pub last: Day,
}

impl Due {
    /// What is booked of it.
    pub fn booked(&self) -> Fen {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// What is not booked.
    pub fn open(&self) -> Fen {
        Fen(self.amount.0 - self.booked().0)
    }

    /// Whether it is late and not booked in full.
    pub fn is_lacking(&self) -> bool {
        matches!(self.state, State::Part | State::Missing)
    }

    /// Whether the books can tell whether it came in: not while it is open, nor where it was waived.
    pub fn is_told(&self) -> bool {
        self.is_lacking() || matches!(self.state, State::Booked | State::Late)
    }

    /// Days from the due to the last payment of what is booked in full, or else to the end of the books.
    pub fn days(&self) -> i32 {
        let paid = self.parts.last().filter(|_| !self.is_lacking());
        (paid.map_or(self.last, |part| part.day).0 - self.day.0).max(0)
    }

    fn pay(&mut self, receipt: &mut Receipt, means: Means) {
        let amount = Fen(self.open().0.min(receipt.left.0));
        if amount.0 > 0 {
            receipt.left.0 -= amount.0;
            self.parts.push(Part { line: receipt.line, day: receipt.day, amount, means });
        }
    }

    /// Whether a receipt comes at most some days before or after it.
    fn is_near(&self, receipt: &Receipt, late: i32) -> bool {
        (-EARLY..=late).contains(&(receipt.day.0 - self.day.0))
    }

    fn set_state(&mut self, (first, last): (Day, Day), has_income: bool) {
        self.parts.sort_by_key(|part| (part.day, part.line));
        self.last = last;
        self.state = if !has_income {
            State::NoIncome
        } else if self.open().0 <= ROUNDED {
            let paid = self.parts.last().map_or(self.day, |part| part.day);
            if paid.0 - self.day.0 > GRACE { State::Late } else { State::Booked }
        } else if self.waiver.is_some() {
            State::Waived
        } else if self.parts.is_empty() && self.day.0 - first.0 < EARLY {
            State::BeforeBooks
        } else if last.0 - self.day.0 <= GRACE {
            State::Open
        } else if self.parts.is_empty() {
            State::Missing
        } else {
            State::Part
        };
    }
}

/// All rent that fell due in the span of each village's books.
#[derive(Debug, Default)]
pub struct Income {
    /// By village and day.
    dues: Vec<Due>,
}

impl Income {
    /// The expected income of a book.
    pub fn of(book: &Book) -> Self {
        let leases = Leases::of(book);
        let waivers = waivers(book);
        let all = dues(book, &leases);
        let mut dues = Vec::with_capacity(all.len());
        for own in all.chunk_by(|a, b| a.village == b.village) {
            let Some(village) = own.first().map(|due| due.village) else { continue };
            let (span, mut receipts) = receipts(book, &leases, village);
            let has_income = !receipts.is_empty();
            let within = own.iter().filter(|due| span.0 <= due.day && due.day <= span.1);
            let mut own: Vec<Due> = within.cloned().collect();
            assign(&mut own, &mut receipts);
            waive(&mut own, &waivers, book.villages[village]);
            for due in &mut own {
                due.set_state(span, has_income);
            }
            dues.extend(own);
        }
        Self { dues }
    }

    /// All dues, by village and day.
    pub fn all(&self) -> &[Due] {
        &self.dues
    }

    /// The dues of a village, by day.
    pub fn of_village(&self, village: VillageIx) -> &[Due] {
        let from = self.dues.partition_point(|due| due.village < village);
        let to = self.dues.partition_point(|due| due.village <= village);
        self.dues.get(from..to).unwrap_or(&[])
    }
}

/// The dues of the table, by village and day. Where a county records none, a lease's rent of a year falls due at its end.
fn dues(book: &Book, leases: &Leases) -> Vec<Due> {
    let (table, register) = (&book.companions.lease_dues, &book.companions.leases);
    let due = |lease: usize, source: (&'static str, usize), day: Day, amount: Fen| {
        let village = book.villages.place(&register.village.at(lease))?;
        let is_due = day != Day::NONE && amount != Fen::NONE && amount.0 > 0;
        is_due.then(|| Due {
            village,
            day,
            lease,
            source: (source.0, row32(source.1)),
            tenant: register.tenant.at(lease).some().map_or(Id::NONE, |id| book.person_of(id)),
            amount,
            parts: Vec::new(),
            waiver: None,
            state: State::Open,
            last: day,
        })
    };
    let listed = (0..table.rows).filter_map(|row| {
        let lease = leases.row(table.lease.at(row))?;
        due(lease, ("lease_dues", row), table.due.at(row), table.amount.at(row))
    });
    let mut all: Vec<Due> = listed.collect();
    if table.rows == 0 {
        let last = book.payments.day.iter().max().copied().unwrap_or(Day::NONE);
        let of_lease = |lease: usize| {
            let rent = register.rent_per_year.at(lease);
            let years = anniversaries(register.start.at(lease), register.end.at(lease), last);
            years.into_iter().filter_map(move |day| due(lease, ("leases", lease), day, rent))
        };
        all.extend((0..register.rows).flat_map(of_lease));
    }
    all.sort_by_key(|due| (due.village, due.day, due.lease));
    all
}

/// The ends of the full years of a lease up to a day.
fn anniversaries(start: Day, end: Day, last: Day) -> Vec<Day> {
    let Some(start) = start.some() else { return Vec::new() };
    let last = end.some().map_or(last, |end| end.min(last));
    let year = |years: i64| {
        let span = jiff::Span::new().try_years(years).ok()?;
        // The lease ends on the day before, as a lease from 1 March to the last of February does.
        let day = Day(Day::of(start.date().checked_add(span).ok()?).0 - 1);
        (day <= last).then_some(day)
    };
    (1..).map_while(year).collect()
}

/// Pays the dues of a village with what it took in.
fn assign(dues: &mut [Due], receipts: &mut [Receipt]) {
    let of_lease = |it: &Receipt, due: &Due| it.lease == Some(due.lease);
    let of_tenant = |it: &Receipt, due: &Due| it.party != Id::NONE && it.party == due.tenant;
    let unnamed =
        |it: &Receipt, due: &Due| it.is_rent && it.party == Id::NONE && due.is_near(it, YEAR);
    pay_exactly(dues, receipts, Means::Lease, |it, due| {
        of_lease(it, due) && due.is_near(it, GRACE)
    });
    pay_oldest(dues, receipts, Means::Lease, of_lease);
    pay_exactly(dues, receipts, Means::Tenant, |it, due| {
        of_tenant(it, due) && due.is_near(it, YEAR)
    });
    pay_oldest(dues, receipts, Means::Tenant, |it, due| {
        it.is_rent && of_tenant(it, due) && due.is_near(it, 3 * YEAR)
    });
    pay_exactly(dues, receipts, Means::Unnamed, unnamed);
    pay_oldest(dues, receipts, Means::Unnamed, unnamed);
}

/// Pays with each receipt the nearest due of its very amount.
fn pay_exactly(
    dues: &mut [Due],
    receipts: &mut [Receipt],
    means: Means,
    fits: impl Fn(&Receipt, &Due) -> bool,
) {
    for receipt in receipts.iter_mut().filter(|it| it.left.0 > 0) {
        let equal = dues.iter_mut().filter(|due| due.open() == receipt.left && fits(receipt, due));
        if let Some(due) = equal.min_by_key(|due| receipt.day.0.abs_diff(due.day.0)) {
            due.pay(receipt, means);
        }
    }
}

/// Pays with each receipt the oldest dues.
fn pay_oldest(
    dues: &mut [Due],
    receipts: &mut [Receipt],
    means: Means,
    fits: impl Fn(&Receipt, &Due) -> bool,
) {
    for receipt in receipts {
        for due in dues.iter_mut() {
            if receipt.left.0 > 0 && fits(receipt, due) {
                due.pay(receipt, means);
            }
        }
    }
}

/// A collective decision that waives rent.
#[derive(Debug, Clone, Copy)]
struct Waiver {
    village: Id,
    day: Day,
    /// Up to how much; the empty cell if it does not say.
    amount: Fen,
    row: u32,
}

/// Words of a decision that waive or put off.
const WAIVES: [&str; 7] = ["减免", "免收", "免交", "免除", "缓交", "缓缴", "缓收"];

/// Words of a decision about rent.
const OF_RENT: [&str; 3] = ["租", "承包", "发包"];

fn waivers(book: &Book) -> Vec<Waiver> {
    let table = &book.companions.decisions;
    let says = |row: usize, words: &[&str]| {
        let item = table.item.at(row).some().map_or("", |id| book.names.get(id));
        words.iter().any(|word| item.contains(word))
    };
    let waiver = |row: usize| {
        let day = table.voted.at(row).some().or(table.proposed.at(row).some())?;
        let is_one = says(row, &WAIVES) && says(row, &OF_RENT);
        let (village, amount) = (table.village.at(row), table.amount.at(row));
        is_one.then_some(Waiver { village, day, amount, row: row32(row) })
    };
    (0..table.rows).filter_map(waiver).collect()
}

/// Marks what decisions of a village waive: what is open of the dues of a year around them, up to their amount.
fn waive(dues: &mut [Due], waivers: &[Waiver], village: Id) {
    for waiver in waivers.iter().filter(|it| it.village == village) {
        let mut left = waiver.amount.some().map_or(i64::MAX, |amount| amount.0);
        let near = |due: &&mut Due| (due.day.0 - waiver.day.0).abs() <= YEAR;
        for due in dues.iter_mut().filter(near).filter(|due| due.open().0 > ROUNDED) {
            if due.waiver.is_none() && due.open().0 <= left {
                left -= due.open().0;
                due.waiver = Some(waiver.row);
            }
        }
    }
}

#[cfg(test)]
mod tests;
