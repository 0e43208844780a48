//! Parsing of dates: spreadsheet serial numbers, other calendars and the forms that offices use.

use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::reading::{Calendar, Reading, Wrong};
use crate::ledger::contract::cell::Day;
use crate::ledger::contract::parse;

/// Accepted serial dates, in days since 1899-12-30: 1954 to 2119. Years and eight-digit dates lie outside the range.
const SERIALS: RangeInclusive<i32> = 20_000..=80_000;

/// Day 0 of spreadsheet serial dates, as days since 1970.
const SERIAL_ZERO: i32 = -25_569;

/// Parses a day in the mapping's format or any usual one; an integer of five digits is a spreadsheet serial date.
pub(super) fn day(text: &str, reading: &Reading) -> Result<Day, Wrong> {
    if let Some(form) = &reading.format {
        let date = Date::strptime(form, text).map_err(|_| Wrong::Form(form.clone()))?;
        return Ok(Day::of(date));
    }
    let plain = parse::plain(text);
    // Remove 年 and 月 left from separate columns of year and month, and the day of the week.
    let joined = plain.replace("年-", "-").replace("月-", "-");
    let weekday = joined.find("星期").or_else(|| joined.find("周"));
    let plain = joined.get(..weekday.unwrap_or(joined.len())).unwrap_or_default().trim();
    let serial = plain.split('.').next().and_then(|whole| whole.parse::<i32>().ok());
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && plain.matches('.').count() < 2;
    if let Some(serial) = serial.filter(|serial| is_number && SERIALS.contains(serial)) {
        return Ok(Day(SERIAL_ZERO + serial));
    }
    let named = plain.strip_prefix("民国").map(str::trim_start);
    let is_minguo = named.is_some() || reading.calendar == Calendar::Minguo;
    let common = if is_minguo { minguo(named.unwrap_or(plain)) } else { None };
    let text = common.as_deref().unwrap_or(plain);
    parse::day(text).map_err(|reason| {
        let digits = plain.split(['.', '/', '-', '年']).next().map_or(0, str::len);
        let has_short_year = digits == 2 && plain.matches(['.', '/', '-', '年', '月']).count() >= 2;
        if has_short_year { Wrong::Century } else { Wrong::Text(reason) }
    })
}

/// Converts a date with a year of the Republic (民国, 元年 is year 1) to the common era.
fn minguo(text: &str) -> Option<String> {
    let text = text.trim();
    let (year, rest) = match text.strip_prefix('元') {
        Some(rest) => (1, rest),
        None if text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let (year, rest) = text.split_at_checked(3)?;
            return Some(format!("{:04}{rest}", year.parse::<i32>().ok()? + 1911));
        }
        None => {
            let end = text.find(|letter: char| !letter.is_ascii_digit())?;
            let (year, rest) = text.split_at_checked(end)?;
            (year.parse::<i32>().ok().filter(|year| *year < 200)?, rest)
        }
    };
    Some(format!("{}{rest}", year + 1911))
}

#[cfg(test)]
mod tests {
    use crate::import::reading::{Calendar, Reading, Wrong};
    use crate::import::value::{Value, read};
    use crate::ledger::contract::cell::Day;
    use crate::ledger::contract::table::Kind;
    use jiff::civil::date;

    #[test]
    fn days_of_spreadsheets_and_of_the_republic_are_read() {
        let day = |text: &str, calendar| {
            let reading = Reading { calendar, ..Reading::default() };
            read(Kind::Day, text, &reading)
        };
        let fifth = Ok(Value::Day(Day::of(date(2024, 1, 5))));
        for text in [
            "45296",
            "45296.75",
            "2024.1.5",
            "2024．1．5",
            "20240105",
            "2024年1月5日",
            "民国113年1月5日",
            "2024/1/5 0:00",
            "2024年-1月-5日",
            "2024年01月05日 星期五",
        ] {
            assert_eq!(day(text, Calendar::Common), fifth, "{text}");
        }
        for text in ["113.1.5", "113/01/05", "1130105", "113年1月5日"] {
            assert_eq!(day(text, Calendar::Minguo), fifth, "{text}");
        }
        assert_eq!(
            day("民国元年1月5日", Calendar::Common),
            Ok(Value::Day(Day::of(date(1912, 1, 5))))
        );
        assert_eq!(day("24.1.5", Calendar::Common), Err(Wrong::Century));
        for text in ["2024.2.30", "113.1.5", "2024", "452960", "1月5日"] {
            assert!(day(text, Calendar::Common).is_err(), "{text}");
        }
    }
}
