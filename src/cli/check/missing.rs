//! Output of missing data: indicators of a village, tables and columns of a county, villages, months and roles of a
//! dataset.

use std::collections::BTreeSet;

use super::part::County;
use crate::cli::lines::Lines;
use crate::features::coverage::{Answered, wanted};
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::delivery::Delivery;
use crate::ledger::delivery::gaps::{Gaps, Months, Place, Township};
use crate::report::dossier::indicator_title;
use crate::words::table::{Lang, Word, recorded};

/// The maximum number of names in a table cell.
const NAMED: usize = 4;

/// The maximum number of missing tables and columns printed.
const WANTED: usize = 10;

/// Prints the villages with the fewest indicators.
pub(super) fn tell_villages(
    lines: &mut Lines<'_>,
    county: &County,
    delivery: &Delivery,
) -> anyhow::Result<()> {
    let mut few: Vec<&Answered> =
        county.villages.iter().filter(|it| !it.usual_elsewhere.is_empty()).collect();
    few.sort_by_key(|it| it.answered);
    let row = |it: &&Answered| {
        [
            it.village.clone(),
            delivery.name(&it.village).to_owned(),
            format!("{} / {}", it.answered, it.of),
            lines.some(&indicators(&it.usual_elsewhere, lines.lang), NAMED),
        ]
    };
    let rows: Vec<_> = few.iter().map(row).collect();
    lines.raw("")?;
    let cells = [
        ("county", county.code.clone()),
        ("few", few.len().to_string()),
        ("villages", county.villages.len().to_string()),
    ];
    lines.say(Word::CheckFewest, &cells)?;
    if rows.is_empty() {
        return Ok(());
    }
    let head =
        [Word::VillageCode, Word::VillageName, Word::CheckIndicators, Word::CheckUsualElsewhere];
    Ok(lines.table(head, &rows)?)
}

/// Prints the missing tables and columns with the indicators that require them, the most useful first.
pub(super) fn tell_wanted(lines: &mut Lines<'_>, county: &County) -> anyhow::Result<()> {
    let all = wanted(county.covered.iter().map(|it| &it.coverage));
    if all.is_empty() {
        return Ok(());
    }
    lines.raw("")?;
    lines.say(Word::CheckWanted, &[("county", county.code.clone())])?;
    for it in all.iter().take(WANTED) {
        let together: Vec<&str> = it.asked_together.iter().map(|(name, _)| *name).collect();
        let cells = [
            ("needed", recorded(it.needed, lines.lang)),
            ("count", it.asked_then.len().to_string()),
            ("indicators", lines.some(&indicators(&it.asked_then, lines.lang), NAMED)),
            ("more", together.len().to_string()),
            ("others", lines.some(&indicators(&together, lines.lang), NAMED)),
        ];
        let word = match (it.asked_then.is_empty(), together.is_empty()) {
            (false, true) => Word::CheckThenAsked,
            (false, false) => Word::CheckThenAskedAndMore,
            _ => Word::CheckThenAskedTogether,
        };
        lines.say(word, &cells)?;
    }
    let more = all.len().saturating_sub(WANTED);
    if more > 0 {
        lines.say(Word::CheckMore, &[("count", more.to_string())])?;
    }
    Ok(())
}

/// Prints the missing data of a dataset.
pub(super) fn tell_gaps(lines: &mut Lines<'_>, gaps: &Gaps) -> anyhow::Result<()> {
    tell_silent(lines, gaps)?;
    if !gaps.months.is_empty() {
        tell_months(lines, gaps)?;
        tell_late(lines, gaps)?;
        tell_roles(lines, gaps)?;
    }
    Ok(())
}

/// Prints villages and townships without vouchers, and villages that are not in the register.
fn tell_silent(lines: &mut Lines<'_>, gaps: &Gaps) -> anyhow::Result<()> {
    lines.raw("")?;
    if !gaps.has_register {
        let cells = [("delivered", gaps.delivered.to_string())];
        return Ok(lines.say(Word::CheckNoRegister, &cells)?);
    }
    let cells = [
        ("silent", gaps.villages_without_vouchers.len().to_string()),
        ("registered", gaps.registered.to_string()),
        ("townships", gaps.townships_without_vouchers.len().to_string()),
    ];
    lines.say(Word::CheckSilent, &cells)?;
    let of_township = |it: &Township| {
        let names: Vec<String> = it.villages.iter().map(told).collect();
        [it.township.clone(), it.villages.len().to_string(), lines.some(&names, NAMED)]
    };
    let townships: Vec<_> = gaps.townships_without_vouchers.iter().map(of_township).collect();
    if !townships.is_empty() {
        let head = [Word::CheckSilentTownship, Word::CheckItsVillages, Word::VillageName];
        lines.table(head, &townships)?;
    }
    let silent: BTreeSet<&str> =
        gaps.townships_without_vouchers.iter().map(|it| it.township.as_str()).collect();
    let in_silent_township =
        |place: &&Place| place.village.get(..9).is_some_and(|own| silent.contains(own));
    let alone = gaps.villages_without_vouchers.iter().filter(|place| !in_silent_township(place));
    let alone: Vec<_> = alone.map(|it| [it.village.clone(), it.name.clone()]).collect();
    if !alone.is_empty() {
        lines.table([Word::CheckSilentVillage, Word::VillageName], &alone)?;
    }
    let strangers: Vec<String> = gaps.villages_not_in_register.iter().map(told).collect();
    if !strangers.is_empty() {
        let cells =
            [("count", strangers.len().to_string()), ("villages", lines.some(&strangers, 10))];
        lines.say(Word::CheckStrangers, &cells)?;
    }
    Ok(())
}

/// Prints the villages with the most months without vouchers.
fn tell_months(lines: &mut Lines<'_>, gaps: &Gaps) -> anyhow::Result<()> {
    let mut all: Vec<&Months> =
        gaps.months.iter().filter(|it| it.missing > 0 || !it.outside.is_empty()).collect();
    all.sort_by_key(|it| std::cmp::Reverse((it.missing, it.outside.len())));
    let lacking = all.iter().filter(|it| it.missing > 0).count();
    let cells = [
        ("villages", lacking.to_string()),
        ("all", gaps.delivered.to_string()),
        ("first", gaps.first_month.clone()),
        ("last", gaps.last_month.clone()),
    ];
    lines.raw("")?;
    lines.say(Word::CheckMonths, &cells)?;
    if all.is_empty() {
        return Ok(());
    }
    let row = |it: &&Months| {
        [
            it.place.village.clone(),
            it.place.name.clone(),
            it.missing.to_string(),
            lines.some(&it.ranges, NAMED),
            lines.some(&it.outside, NAMED),
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    let head = [
        Word::VillageCode,
        Word::VillageName,
        Word::CheckMonthCount,
        Word::CheckWithout,
        Word::CheckOutside,
    ];
    Ok(lines.table(head, &rows)?)
}

/// Prints the villages with an old last voucher.
fn tell_late(lines: &mut Lines<'_>, gaps: &Gaps) -> anyhow::Result<()> {
    let mut late: Vec<&Months> = gaps.months.iter().filter(|it| it.is_behind).collect();
    late.sort_by_key(|it| std::cmp::Reverse(it.days_behind.unwrap_or(i32::MAX)));
    let cells = [("villages", late.len().to_string()), ("day", gaps.last_day.clone())];
    lines.raw("")?;
    lines.say(Word::CheckLate, &cells)?;
    if late.is_empty() {
        return Ok(());
    }
    let row = |it: &&Months| {
        [
            it.place.village.clone(),
            it.place.name.clone(),
            it.last_day.clone().unwrap_or_default(),
            it.days_behind.map_or_else(String::new, |days| days.to_string()),
        ]
    };
    let rows: Vec<_> = late.iter().map(row).collect();
    let head = [Word::VillageCode, Word::VillageName, Word::CheckLastDay, Word::CheckDaysBehind];
    Ok(lines.table(head, &rows)?)
}

/// Prints columns without values, and those with values in some villages only.
fn tell_roles(lines: &mut Lines<'_>, gaps: &Gaps) -> anyhow::Result<()> {
    lines.raw("")?;
    let never: Vec<String> =
        gaps.never_recorded.iter().map(|name| column(name, lines.lang)).collect();
    let never = if never.is_empty() {
        lines.lang.of(["none", "无"]).to_owned()
    } else {
        never.join(lines.lang.of([", ", "、"]))
    };
    lines.say(Word::CheckNever, &[("columns", never)])?;
    let mut partly: Vec<_> = gaps.partly_recorded.iter().collect();
    partly.sort_by_key(|it| std::cmp::Reverse(it.never.len()));
    if partly.is_empty() {
        return Ok(());
    }
    lines.say(Word::CheckPartly, &[])?;
    let rows: Vec<_> = partly
        .iter()
        .map(|it| {
            let never: Vec<String> = it.never.iter().map(told).collect();
            [
                column(it.column, lines.lang),
                it.recorded.to_string(),
                never.len().to_string(),
                lines.some(&never, NAMED),
            ]
        })
        .collect();
    let head =
        [Word::CheckColumn, Word::CheckRecordedIn, Word::CheckNeverIn, Word::CheckNeverNamed];
    Ok(lines.table(head, &rows)?)
}

/// A village as text: its name, if it has one, and its code.
fn told(place: &Place) -> String {
    if place.name.is_empty() {
        place.village.clone()
    } else {
        format!("{} {}", place.village, place.name)
    }
}

/// A column of the ledger; in Chinese with its meaning.
fn column(name: &str, lang: Lang) -> String {
    match (lang, LEDGER.field(name)) {
        (Lang::Zh, Some(field)) => format!("{}（{name}）", field.zh),
        _ => name.to_owned(),
    }
}

/// Indicators by name, in Chinese by title.
fn indicators(names: &[&str], lang: Lang) -> Vec<String> {
    let told = |name: &&str| match lang {
        Lang::En => (*name).to_owned(),
        Lang::Zh => indicator_title(name, lang).to_owned(),
    };
    names.iter().map(told).collect()
}
