//! Parsing of cells: money, numbers, dates, moments, yes and no.
//!
//! A blank text is an empty cell, not a fault. Full-width letters and digits are equivalent to plain ones. Ambiguous
//! values are faults, such as a date with a two-digit year or an amount with an exponent.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;

use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Int, Moment, Real};

/// Reasons why a value could not be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The text is not a number.
    NotANumber,
    /// The value is NaN or infinite.
    NotFinite,
    /// The amount is not exact to the fen.
    MoreThanTwoDecimals,
    /// A single-precision amount so large that adjacent fen have the same value.
    FenLost,
    /// A count has a fraction.
    NotWhole,
    /// The value exceeds the range of its kind.
    OutOfRange,
    /// The text is not a valid date.
    NotADate,
    /// The text is not a valid date and time.
    NotAMoment,
    /// Neither yes nor no.
    NotYesOrNo,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a number such as 1,234.50",
            Self::NotFinite => "not a finite number",
            Self::MoreThanTwoDecimals => "more than two decimals",
            Self::FenLost => "too large for float32 to hold the fen; export it as a decimal",
            Self::NotWhole => "not a whole number",
            Self::OutOfRange => "too large",
            Self::NotADate => "not a date such as 2024-03-05",
            Self::NotAMoment => "not a date and time such as 2024-03-05 14:30:00",
            Self::NotYesOrNo => "neither yes nor no",
        })
    }
}

/// The exclusive upper limit of amounts: 10^13 yuan, in fen.
const FEN_LIMIT: u64 = 1_000_000_000_000_000;

/// Seconds of one day.
pub(in crate::ledger) const DAY_SECONDS: i64 = 86_400;

/// The offset of China's time zone from UTC, in seconds.
pub(in crate::ledger) const OFFICE_AHEAD: i64 = 8 * 3_600;

/// The current day in China.
pub fn today() -> Day {
    let second = jiff::Timestamp::now().as_second() + OFFICE_AHEAD;
    // The system clock is within the calendar.
    day_of_days(second.div_euclid(DAY_SECONDS)).unwrap_or(Day::NONE)
}

/// The first and last days of the calendar, -9999-01-01 and 9999-12-31, in days since 1970-01-01.
const CALENDAR: std::ops::RangeInclusive<i64> = -4_371_587..=2_932_896;

/// Parses an amount in yuan: `1,234.50`, `￥１２３４．５０`, `-12 元`; negative entries also as `(12.00)`, `12.00-`,
/// `红字12.00`, `[红]12.00`.
///
/// # Errors
/// If the text is not a number, is not exact to the fen, or is 10^13 yuan or more.
pub fn money(text: &str) -> Result<Fen, Reason> {
    money_in(text, 0)
}

/// Parses an amount as in [`money`], in a unit of `10^power` yuan: 4 for 万元, -2 for fen.
///
/// # Errors
/// As in [`money`].
pub fn money_in(text: &str, power: i8) -> Result<Fen, Reason> {
    let read = |(digits, scale): (i128, i8)| fen(digits, scale.saturating_sub(power));
    number(text)?.map_or(Ok(Fen::NONE), read)
}

/// Parses an integer: `1,234`, `１２`, `3.0`.
///
/// # Errors
/// If the text is not a number, has a fraction, or does not fit 32 bits.
pub fn int(text: &str) -> Result<Int, Reason> {
    number(text)?.map_or(Ok(Int::NONE), |(digits, scale)| whole(digits, scale))
}

/// Parses a quantity: as [`int`] or [`money`] with any number of decimals, or `1.5e3`.
///
/// # Errors
/// If the text is not a finite number.
pub fn real(text: &str) -> Result<Real, Reason> {
    let plain = plain(text);
    match number(&plain) {
        Ok(None) => Ok(Real::NONE),
        // The standard library parses decimal text with a single rounding.
        Ok(Some((digits, scale))) => finite(&format!("{digits}e-{scale}")),
        Err(_) => finite(plain.trim()),
    }
}

fn finite(text: &str) -> Result<Real, Reason> {
    let value: f64 = text.parse().map_err(|_| Reason::NotANumber)?;
    if value.is_finite() { Ok(Real(value)) } else { Err(Reason::NotFinite) }
}

/// Parses a date: `2024-03-05`, `2024/3/5`, `2024.3.5`, `20240305`, `2024年3月5日`; a time after it is ignored.
///
/// Any four-digit year is accepted; plausibility is not checked here.
///
/// # Errors
/// If the text is not a valid date.
pub fn day(text: &str) -> Result<Day, Reason> {
    moment(text).map_err(|_| Reason::NotADate).and_then(|moment| match moment.some() {
        Some(Moment(second)) => day_of_days(second.div_euclid(DAY_SECONDS)),
        None => Ok(Day::NONE),
    })
}

/// Parses a date as in [`day`], optionally followed by a space or `T` and `14:30`, `14:30:05`, `14:30:05.250`.
///
/// A text with a time zone (`Z`, `+09:00`) is converted to UTC+8.
///
/// # Errors
/// If the text is not a valid date and time.
pub fn moment(text: &str) -> Result<Moment, Reason> {
    let plain = plain(text);
    let plain = plain.trim();
    if plain.is_empty() {
        return Ok(Moment::NONE);
    }
    let at_time = plain.find(['T', 't', ' ']).unwrap_or(plain.len());
    let (date, time) = plain.split_at(at_time);
    let second = time.get(1..).map_or(Some(0), |time| seconds(time.trim()));
    match (civil(date), second) {
        (Some(date), Some(second)) => Ok(Moment(i64::from(Day::of(date).0) * DAY_SECONDS + second)),
        _ => Err(Reason::NotAMoment),
    }
}

/// Parses yes or no, ignoring case: 是/否, yes/no, true/false, y/n, 1/0.
///
/// # Errors
/// If the text is another word.
pub fn flag(text: &str) -> Result<Flag, Reason> {
    match plain(text).trim().to_ascii_lowercase().as_str() {
        "" => Ok(Flag::Unknown),
        "是" | "yes" | "true" | "y" | "1" => Ok(Flag::Yes),
        "否" | "no" | "false" | "n" | "0" => Ok(Flag::No),
        _ => Err(Reason::NotYesOrNo),
    }
}

/// Converts `digits * 10^-scale` yuan to fen.
pub(in crate::ledger) fn fen(digits: i128, scale: i8) -> Result<Fen, Reason> {
    // Fast path for the contract's scale.
    let fen =
        if scale == 2 { digits } else { rescale(digits, scale, 2, Reason::MoreThanTwoDecimals)? };
    match i64::try_from(fen) {
        Ok(fen) if fen.unsigned_abs() < FEN_LIMIT => Ok(Fen(fen)),
        _ => Err(Reason::OutOfRange),
    }
}

/// Converts `digits * 10^-scale` to a count.
pub(in crate::ledger) fn whole(digits: i128, scale: i8) -> Result<Int, Reason> {
    let whole = if scale == 0 { digits } else { rescale(digits, scale, 0, Reason::NotWhole)? };
    i32::try_from(whole).map(Int).map_err(|_| Reason::OutOfRange)
}

fn rescale(digits: i128, scale: i8, wanted: i8, lossy: Reason) -> Result<i128, Reason> {
    let shift = i32::from(wanted) - i32::from(scale);
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    match power {
        _ if shift == 0 || digits == 0 => Ok(digits),
        Some(power) if shift > 0 => digits.checked_mul(power).ok_or(Reason::OutOfRange),
        None if shift > 0 => Err(Reason::OutOfRange),
        Some(power) if digits % power == 0 => Ok(digits / power),
        _ => Err(lossy),
    }
}

/// Converts days since 1970-01-01 and checks the range of the calendar.
pub(in crate::ledger) fn day_of_days(days: i64) -> Result<Day, Reason> {
    let exists = CALENDAR.contains(&days);
    i32::try_from(days).ok().filter(|_| exists).map(Day).ok_or(Reason::NotADate)
}

/// A date as one number, `20240305`.
pub(in crate::ledger) fn day_of_digits(number: i128) -> Result<Day, Reason> {
    let date = || {
        let year = i16::try_from(number / 10_000).ok()?;
        let month = i8::try_from(number / 100 % 100).ok()?;
        Date::new(year, month, i8::try_from(number % 100).ok()?).ok()
    };
    if number <= 0 {
        return Err(Reason::NotADate);
    }
    date().map(Day::of).ok_or(Reason::NotADate)
}

/// Replaces full-width forms by plain ones.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let letter = |letter| match letter {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2212}' => '-',
        '\u{ffe5}' => '¥',
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(letter).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(letter)
        }
        other => other,
    };
    Cow::Owned(text.chars().map(letter).collect())
}

/// Splits a decimal number into digits and scale; `None` for a blank text.
pub(in crate::ledger) fn number(text: &str) -> Result<Option<(i128, i8)>, Reason> {
    let plain = plain(text);
    let mut rest = plain.trim();
    if rest.is_empty() {
        return Ok(None);
    }
    let (is_red, black) = red(rest);
    rest = black;
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        negative = true;
        rest = inner.trim();
    }
    rest = rest.strip_suffix('元').unwrap_or(rest).trim_end();
    let (signed, rest) = unsigned(rest);
    let (is_behind, rest) = match rest.strip_suffix('-') {
        Some(before) if signed.is_none() => (true, before.trim_end()),
        _ => (false, rest),
    };
    // Two negative marks are ambiguous: they could mean the same or cancel.
    if [is_red, negative, signed.is_some(), is_behind].into_iter().filter(|mark| *mark).count() > 1
    {
        return Err(Reason::NotANumber);
    }
    let (digits, scale) = decimal(rest)?;
    let negative = is_red || negative || is_behind || signed == Some('-');
    Ok(Some((if negative { -digits } else { digits }, scale)))
}

/// Whether the amount is marked as a negative (red) entry, and the rest of the text.
fn red(text: &str) -> (bool, &str) {
    let marks = ["[红]", "【红】", "(红)", "红字", "红"];
    let black = marks.iter().find_map(|mark| text.strip_prefix(mark));
    black.map_or((false, text), |black| (true, black.trim_start_matches([':', ' '])))
}

/// The sign and the rest of the text, with a currency symbol before or after the sign removed.
fn unsigned(text: &str) -> (Option<char>, &str) {
    let text = text.strip_prefix('¥').unwrap_or(text).trim_start();
    let sign = text.chars().next().filter(|letter| matches!(letter, '-' | '+'));
    let text = sign.map_or(text, |_| text.get(1..).unwrap_or("")).trim_start();
    (sign, text.strip_prefix('¥').unwrap_or(text).trim_start())
}

/// Parses digits with thousands separators and an optional fraction.
fn decimal(text: &str) -> Result<(i128, i8), Reason> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let grouped = whole.contains(',');
    let groups_fit = whole.split(',').enumerate().all(|(index, group)| match index {
        0 => !grouped || (1..=3).contains(&group.len()),
        _ => group.len() == 3,
    });
    // Trailing zeros are dropped, since an export may add dozens of them.
    let fraction_digits = fraction.trim_end_matches('0');
    let digits = || whole.bytes().filter(|byte| *byte != b',').chain(fraction_digits.bytes());
    let all_digits = digits().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !groups_fit || !all_digits || (whole.is_empty() && fraction.is_empty()) {
        return Err(Reason::NotANumber);
    }
    let value = digits().try_fold(0_i128, |value, byte| {
        value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))
    });
    let scale = i8::try_from(fraction_digits.len());
    value.zip(scale.ok()).ok_or(Reason::OutOfRange)
}

fn civil(text: &str) -> Option<Date> {
    let digits = |part: &str, most: usize| {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let text = text.strip_suffix('日').unwrap_or(text);
    let parts: Vec<_> = if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        vec![text.get(..4)?, text.get(4..6)?, text.get(6..)?]
    } else {
        text.split(['-', '/', '.', '年', '月']).collect()
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let year = digits(year, 4).filter(|_| year.len() == 4)?;
    let [month, day] = [month, day].map(|part| digits(part, 2));
    Date::new(year, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?).ok()
}

/// Seconds after midnight on the office's clock of `14:30[:05[.250]][Z or +09:00]`.
fn seconds(text: &str) -> Option<i64> {
    let at_zone = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(at_zone);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let clock = clock(time.trim_end())?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (sign, ahead) = match zone.split_at_checked(1) {
        None => return Some(clock),
        Some(("Z" | "z", "")) => (1, "00:00"),
        Some(("+", ahead)) => (1, ahead),
        Some(("-", ahead)) => (-1, ahead),
        Some(_) => return None,
    };
    Some(clock - sign * self::clock(ahead)? + OFFICE_AHEAD)
}

/// `14:30` or `14:30:05` as seconds.
fn clock(text: &str) -> Option<i64> {
    let part = |text: &str, below: i64| {
        let fits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|value| fits && *value < below)
    };
    let parts: Vec<_> = text.split(':').collect();
    match parts.as_slice() {
        [hour, minute] => Some(part(hour, 24)? * 3_600 + part(minute, 60)? * 60),
        [hour, minute, second] => {
            Some(part(hour, 24)? * 3_600 + part(minute, 60)? * 60 + part(second, 60)?)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Reason::{MoreThanTwoDecimals, NotANumber, NotWhole, OutOfRange};
    use super::{day, flag, int, moment, money, real};
    use crate::ledger::contract::cell::{Cell, Day, Fen, Flag, Int, Moment, Real};
    use jiff::civil::date;

    #[test]
    fn money_is_read_as_offices_write_it() {
        let table = [
            ("1,234.50", Ok(123_450)),
            ("￥１２３４．５０", Ok(123_450)),
            ("  ¥ 12 ", Ok(1_200)),
            ("(12.00)", Ok(-1_200)),
            ("（１２．３）", Ok(-1_230)),
            ("-0.05", Ok(-5)),
            ("¥-3", Ok(-300)),
            ("-¥3", Ok(-300)),
            ("\u{2212}3", Ok(-300)),
            ("+7.1", Ok(710)),
            ("100元", Ok(10_000)),
            ("12.3400000000000000000000000000000000000000000", Ok(1_234)),
            (".5", Ok(50)),
            ("5.", Ok(500)),
            ("0", Ok(0)),
            ("9999999999999.99", Ok(999_999_999_999_999)),
            ("10000000000000", Err(OutOfRange)),
            ("99999999999999999999999999999999999999999999", Err(OutOfRange)),
            ("0.001", Err(MoreThanTwoDecimals)),
            ("1,23", Err(NotANumber)),
            ("1,2345", Err(NotANumber)),
            (",123", Err(NotANumber)),
            ("12.00-", Ok(-1_200)),
            ("红字12.00", Ok(-1_200)),
            ("[红] 1,200.00元", Ok(-120_000)),
            ("（红）12", Ok(-1_200)),
            ("红字-12.00", Err(NotANumber)),
            ("-12.00-", Err(NotANumber)),
            ("12。00", Err(NotANumber)),
            ("12,34.00", Err(NotANumber)),
            ("3,92O.00", Err(NotANumber)),
            ("(-5)", Err(NotANumber)),
            ("--5", Err(NotANumber)),
            ("1.2.3", Err(NotANumber)),
            (".", Err(NotANumber)),
            ("1e5", Err(NotANumber)),
            ("NaN", Err(NotANumber)),
            ("合计", Err(NotANumber)),
        ];
        for (text, expected) in table {
            assert_eq!(money(text), expected.map(Fen), "{text}");
        }
        assert_eq!(money(" \u{3000}"), Ok(Fen::NONE));
    }

    #[test]
    fn numbers_are_whole_or_measured() {
        assert_eq!(int("1,024.0"), Ok(Int(1_024)));
        assert_eq!(int("2.5"), Err(NotWhole));
        assert_eq!(int("3000000000"), Err(OutOfRange));
        assert_eq!(int(""), Ok(Int::NONE));
        assert_eq!(real("０.1"), Ok(Real(0.1)));
        assert_eq!(real("1.5e3"), Ok(Real(1_500.0)));
        assert!(real("inf").is_err() && real("NaN").is_err() && real("亩").is_err());
    }

    #[test]
    fn dates_are_read_in_every_usual_form() {
        let fifth = Ok(Day::of(date(2024, 3, 5)));
        for text in [
            "2024-03-05",
            "2024/3/5",
            "2024.3.5",
            "20240305",
            "2024年3月5日",
            "２０２４-３-５",
            " 2024-03-05 ",
            "2024-03-05 00:00:00",
            "2024-03-05T23:59",
            "2024-03-04T16:00:00Z",
        ] {
            assert_eq!(day(text), fifth, "{text}");
        }
        assert_eq!(day("0206-03-05"), Ok(Day::of(date(206, 3, 5))));
        assert_eq!(day(""), Ok(Day::NONE));
        for text in
            ["24-03-05", "2024-02-30", "2024-13-01", "45000", "2024-3", "3月5日", "2024-+3-5"]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_are_on_the_clock_of_the_office() {
        let half_past = i64::from(Day::of(date(2024, 3, 5)).0) * 86_400 + 14 * 3_600 + 1_800;
        for text in [
            "2024-03-05 14:30",
            "2024/3/5 14:30:00",
            "2024-03-05T14:30:00.999",
            "2024-03-05T06:30:00Z",
            "2024-03-05T15:30:00+09:00",
            "2024-03-05T01:30:00-05:00",
        ] {
            assert_eq!(moment(text), Ok(Moment(half_past)), "{text}");
        }
        for text in ["2024-03-05 25:00", "2024-03-05 14", "2024-03-05 14:60", "14:30"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn yes_and_no_have_many_words() {
        for text in ["是", "yes", "TRUE", "Y", "1", " １ "] {
            assert_eq!(flag(text), Ok(Flag::Yes), "{text}");
        }
        for text in ["否", "No", "false", "n", "0"] {
            assert_eq!(flag(text), Ok(Flag::No), "{text}");
        }
        assert_eq!(flag(" "), Ok(Flag::Unknown));
        assert!(flag("maybe").is_err());
    }
}
