//! Facts behind a reading: what the sentences of a reason are made of.
//!
//! The section `Sentences` of an indicator's page holds its sentences, in both languages, each with a key and with blanks in braces.
//! A kernel names the key and fills the blanks with values of the book. A law of the catalogue holds the two together.

use crate::indicators::card::{Scheme, section};
use crate::ledger::book::Book;
use crate::ledger::book::chart::Class;
use crate::ledger::book::index::{LineIx, PayeeIx, PersonIx, VillageIx};
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::cell::{Day, Fen, Id, Moment};

/// A fact that a kernel states of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The key of its sentence.
    pub sentence: &'static str,
    /// The columns of the ledger that it rests on, to mark them where the voucher is shown.
    pub columns: &'static [&'static str],
    /// The blanks of the sentence with their values.
    pub cells: Vec<(&'static str, Value)>,
}

/// What stands in a blank.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A day.
    Day(Day),
    /// A number of rows, days, people.
    Count(u64),
    /// An amount of money.
    Money(Fen),
    /// A share of a whole, from 0 to 1.
    Share(f64),
    /// A number that is none of these, such as a ratio.
    Number(f64),
    /// A text of the book as it stands there.
    Text(Id),
    /// A person, by name.
    Person(Id),
    /// A person, by name and the posts held in the line's village on the line's day.
    Post(Id, LineIx),
    /// Someone who was paid, by name.
    Payee(PayeeIx),
    /// A village, by name.
    Village(VillageIx),
    /// A voucher, by month and number; with its village where that is not the village of the lead.
    Voucher(LineIx),
    /// A class of expense.
    Class(Class),
    /// A scheme, by name.
    Scheme(Scheme),
    /// The number of a document, decision or account, in full: an auditor looks it up.
    Reference(Id),
    /// Several of these, in order.
    List(Vec<Value>),
    /// A signature or an act of the chain of approval.
    Duty(Duty),
    /// A post, in the word of the table of posts.
    Office(Id),
    /// A region, by name or else by its code.
    Region(Id),
    /// A month, by any of its days.
    Month(Day),
    /// A day with the time, to the minute.
    Moment(Moment),
    /// Letters or digits that are no cell of the book by themselves, such as the first three of an account code.
    Word(String),
    /// A kind of document or a method of payment, by name.
    Kind(Id),
}

macro_rules! values {
    ($($from:ty, $value:ident => $made:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $made
            }
        }
    )*};
}

values!(
    Day, day => Self::Day(day);
    usize, count => Self::Count(count as u64);
    u64, count => Self::Count(count);
    u32, count => Self::Count(count.into());
    // A distance in days; the order of the days is in the sentence.
    i32, days => Self::Count(days.unsigned_abs().into());
    Fen, amount => Self::Money(amount);
    PayeeIx, payee => Self::Payee(payee);
    VillageIx, village => Self::Village(village);
    LineIx, line => Self::Voucher(line);
    Class, class => Self::Class(class);
    Scheme, scheme => Self::Scheme(scheme);
    Duty, duty => Self::Duty(duty);
    Moment, moment => Self::Moment(moment);
    &str, word => Self::Word(word.to_owned());
    String, word => Self::Word(word);
);

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(all: Vec<T>) -> Self {
        Self::List(all.into_iter().map(Into::into).collect())
    }
}

impl Fact {
    /// The fact with more blanks filled.
    #[must_use]
    pub fn with(mut self, cells: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        self.cells.extend(cells);
        self
    }
}

impl Value {
    /// An official of the book, by name.
    pub fn official(book: &Book, official: PersonIx) -> Self {
        Self::Person(book.officials[official])
    }
}

/// A fact: the key of its sentence, the columns it rests on, and its blanks.
macro_rules! fact {
    ($sentence:literal, [$($column:literal),*] $(, $cell:ident: $value:expr)* $(,)?) => {
        $crate::indicators::fact::Fact {
            sentence: $sentence,
            columns: &[$($column),*],
            cells: vec![$((stringify!($cell), $crate::indicators::fact::Value::from($value))),*],
        }
    };
}
pub(crate) use fact;

/// The median of some amounts in fen, by which a fact says what is usual; none without amounts.
pub fn usual(amounts: impl IntoIterator<Item = i64>) -> Option<Fen> {
    let mut amounts: Vec<i64> = amounts.into_iter().collect();
    amounts.sort_unstable();
    let middle = amounts.len() / 2;
    let (low, high) = (amounts.get(amounts.len().checked_sub(1)? / 2)?, amounts.get(middle)?);
    Some(Fen(low.midpoint(*high)))
}

/// The heading of the sentences on a page, English first.
pub const HEADINGS: [&str; 2] = ["Sentences", "语句"];

/// The sentence of this key on a page.
pub fn sentence<'p>(page: &'p str, heading: &str, key: &str) -> Option<&'p str> {
    sentences(page, heading).find(|(own, _)| *own == key).map(|(_, text)| text)
}

/// The sentences of a page with their keys: points such as ``- `late`: Paid on {paid}.``, each on one line.
pub fn sentences<'p>(
    page: &'p str,
    heading: &str,
) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
    section(page, heading).lines().filter_map(|line| {
        let (key, text) = line.strip_prefix("- `")?.split_once('`')?;
        Some((key, text.trim_start_matches([':', '：', ' '])))
    })
}
