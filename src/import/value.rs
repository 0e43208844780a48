//! Parses a source text as a value of a column.

use std::borrow::Cow;
use std::fmt;

use super::day::day;
use super::reading::{Reading, TODO, Wrong, key};
use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Int, Moment, Real};
use crate::ledger::contract::clean;
use crate::ledger::contract::parse::{self, Reason};
use crate::ledger::contract::table::Kind;

/// Texts that accountants write for a zero amount.
const DASHES: [&str; 6] = ["-", "--", "—", "——", "–", "－"];

/// Whether a text means that the value is unknown. 0 is such a text in a code or a name, but not in a count.
pub fn is_placeholder(kind: Kind, text: &str, more: &[String]) -> bool {
    let is_own = more.iter().any(|it| it == text.trim());
    is_own
        || match kind {
            Kind::Text => clean::is_nobody(text),
            Kind::Day | Kind::Moment | Kind::Int | Kind::Real | Kind::Flag => {
                clean::says_nothing(text)
            }
            Kind::Money => DASHES.contains(&text.trim()),
            Kind::List => false,
        }
}

/// Whether a text is the error value of a failed spreadsheet formula.
pub fn is_error(text: &str) -> bool {
    text.starts_with('#')
}

/// A parsed value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not recorded.
    Empty,
    /// A text.
    Text(String),
    /// A date.
    Day(Day),
    /// A date with time.
    Moment(Moment),
    /// An amount of money.
    Money(Fen),
    /// A count.
    Int(Int),
    /// A quantity.
    Real(Real),
    /// Yes or no.
    Flag(Flag),
    /// A list of words.
    List(Vec<String>),
}

/// Parses a text as a value of the kind. Surrounding blanks are ignored, and a blank text is empty.
///
/// # Errors
/// If the text cannot be parsed.
pub fn read(kind: Kind, text: &str, reading: &Reading) -> Result<Value, Wrong> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Empty);
    }
    let text = match reading.values.get(&key(text)) {
        Some(meaning) if meaning == TODO => return Err(Wrong::Todo),
        Some(meaning) => meaning.as_str(),
        None if reading.values.is_empty() => text,
        None => return Err(Wrong::Unlisted),
    };
    let value = match kind {
        Kind::Text if clean::is_spoiled(text) => return Err(Wrong::Spoiled),
        Kind::Text => Ok(Value::Text(text.to_owned())),
        Kind::List => Ok(Value::List(words(text))),
        Kind::Day => return day(text, reading).map(Value::Day),
        Kind::Moment => parse::moment(text).map(Value::Moment),
        Kind::Money => amount(text, reading).map(Value::Money),
        Kind::Int => parse::int(text).map(Value::Int),
        Kind::Real => {
            let real = parse::real(&decimal_point(text, reading));
            real.map(|Real(number)| Value::Real(Real(number * reading.factor.unwrap_or(1.0))))
        }
        Kind::Flag => parse::flag(text).map(Value::Flag),
    };
    value.map_err(Wrong::Text)
}

/// An amount as fen; [`Fen::NONE`] for a blank text or a dash.
///
/// # Errors
/// If the text is not an amount of whole fen.
pub fn amount(text: &str, reading: &Reading) -> Result<Fen, Reason> {
    if DASHES.contains(&text.trim()) {
        return Ok(Fen::NONE);
    }
    parse::money_in(&decimal_point(text, reading), reading.unit.unwrap_or_default().power())
}

/// The number with a decimal point, converted from a decimal comma if the column has one.
fn decimal_point<'a>(text: &'a str, reading: &Reading) -> Cow<'a, str> {
    if !reading.decimal_comma {
        return Cow::Borrowed(text);
    }
    let swapped = text.chars().map(|letter| match letter {
        ',' => '.',
        '.' => ',',
        other => other,
    });
    Cow::Owned(swapped.collect())
}

/// The words of a list; any usual separator is accepted.
fn words(text: &str) -> Vec<String> {
    let words = text.split([',', ';', '|', '、', '，', '；']).map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            _ if self.is_empty() => Ok(()),
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Day(day) => day.date().fmt(f),
            Self::Moment(moment) => moment.fmt(f),
            Self::Money(fen) => fen.fmt(f),
            Self::Int(Int(int)) => int.fmt(f),
            Self::Real(Real(real)) => real.fmt(f),
            Self::Flag(flag) => f.write_str(if *flag == Flag::Yes { "yes" } else { "no" }),
            Self::List(words) => f.write_str(&words.join(", ")),
        }
    }
}

impl Value {
    /// Whether the value is missing: empty, or the `NONE` of its type.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.is_empty(),
            Self::Day(day) => *day == Day::NONE,
            Self::Moment(moment) => *moment == Moment::NONE,
            Self::Money(fen) => *fen == Fen::NONE,
            Self::Int(int) => *int == Int::NONE,
            Self::Real(real) => *real == Real::NONE,
            Self::Flag(flag) => *flag == Flag::NONE,
            Self::List(words) => words.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, amount, is_placeholder, read};
    use crate::import::reading::{Reading, Unit, Wrong};
    use crate::ledger::contract::cell::{Cell, Day, Fen, Real};
    use crate::ledger::contract::table::Kind;
    use jiff::civil::date;

    #[test]
    fn amounts_are_moved_to_yuan() {
        let unit = |unit| Reading { unit: Some(unit), ..Reading::default() };
        let money = |text, unit| read(Kind::Money, text, &unit);
        assert_eq!(money("1.2345", unit(Unit::Wan)), Ok(Value::Money(Fen(1_234_500))));
        assert_eq!(money("12", unit(Unit::Fen)), Ok(Value::Money(Fen(12))));
        assert_eq!(money("(3.5)", unit(Unit::Yuan)), Ok(Value::Money(Fen(-350))));
        assert!(money("1.5", unit(Unit::Fen)).is_err());
        assert!(money("0.0000001", unit(Unit::Wan)).is_err());
    }

    #[test]
    fn words_for_nothing_are_no_values() {
        let says = |kind, text: &str| is_placeholder(kind, text, &["未知".to_owned()]);
        for text in ["无", " - ", "——", "待定", "null", "#N/A", "0", "未知", "/"] {
            assert!(says(Kind::Text, text), "{text}");
        }
        assert!(says(Kind::Day, "无") && says(Kind::Int, "—") && !says(Kind::Int, "0"));
        assert!(!says(Kind::Text, "none"), "a grade of an outcome");
        assert!(!says(Kind::Text, "无名巷") && !says(Kind::Text, "00"));
        assert_eq!(amount("  -   ", &Reading::default()), Ok(Fen::NONE));
        assert!(amount("-.", &Reading::default()).is_err());
    }

    #[test]
    fn dates_follow_the_form_of_the_mapping() {
        let reading = Reading { format: Some("%d.%m.%y".to_owned()), ..Reading::default() };
        let fifth = Value::Day(Day::of(date(2024, 3, 5)));
        assert_eq!(read(Kind::Day, "05.03.24", &reading), Ok(fifth));
        let wrong = read(Kind::Day, "2024-03-05", &reading);
        assert_eq!(wrong, Err(Wrong::Form("%d.%m.%y".to_owned())));
    }

    #[test]
    fn a_comma_before_decimals_and_a_factor_are_said_by_the_mapping() {
        let comma = Reading { decimal_comma: true, ..Reading::default() };
        assert_eq!(read(Kind::Money, "1.234,50", &comma), Ok(Value::Money(Fen(123_450))));
        assert!(read(Kind::Money, "1,234.50", &comma).is_err());
        let factor = Reading { factor: Some(0.0015), ..Reading::default() };
        assert_eq!(read(Kind::Real, "2000", &factor), Ok(Value::Real(Real(3.0))));
    }

    #[test]
    fn a_code_that_lost_its_digits_is_refused() {
        assert_eq!(read(Kind::Text, "6.21707E+18", &Reading::default()), Err(Wrong::Spoiled));
    }

    #[test]
    fn listed_values_are_the_only_ones() {
        let values = [("借".to_owned(), "debit".to_owned())].into();
        let reading = Reading { values, ..Reading::default() };
        assert_eq!(read(Kind::Text, " 借 ", &reading), Ok(Value::Text("debit".to_owned())));
        assert_eq!(read(Kind::Text, "", &reading), Ok(Value::Empty));
        assert_eq!(read(Kind::Text, "平", &reading), Err(Wrong::Unlisted));
    }

    #[test]
    fn a_list_is_split_at_any_usual_mark() {
        let list = read(Kind::List, "approver、cosigner; tender", &Reading::default());
        let words = ["approver", "cosigner", "tender"].map(str::to_owned);
        assert_eq!(list, Ok(Value::List(words.to_vec())));
    }
}
