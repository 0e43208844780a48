//! Detects whether a blank cell means the cell above it.

use std::collections::BTreeMap;

use super::parts::DraftedSource;
use super::survey::Survey;
use super::words::Role;

/// Sets `repeat_above` on a source if blanks in one of its columns mean the cell above.
pub(super) fn repeated(source: DraftedSource, survey: &Survey, places: &[usize]) -> DraftedSource {
    let repeats = places.iter().any(|place| repeats(survey, *place));
    if repeats { source.with("repeat_above", "true".to_owned()) } else { source }
}

/// A remark if a column is filled only on the first line of vouchers, but the voucher number on all lines.
pub(super) fn first_line(survey: &Survey, place: usize) -> Option<String> {
    let number = survey.place(Role::Field("voucher"))?;
    let is_blank = survey.cells(number).any(str::is_empty);
    (!is_blank && stands_first(survey, place)).then(|| {
        format!("`{}` stands on first lines of vouchers only; write `repeat_above = true` if it holds for all lines", survey.name(place))
    })
}

/// Whether blanks of a column mean the cell above: it is blank where the voucher columns are blank.
fn repeats(survey: &Survey, place: usize) -> bool {
    let is_first_blank = survey.cells(place).next().is_none_or(str::is_empty);
    let heads: Vec<usize> = head(survey);
    let has_blanks = |place: usize| {
        let all = survey.entries.len();
        survey.cells(place).filter(|cell| cell.is_empty()).count() * 20 > all
    };
    if heads.contains(&place) {
        return !is_first_blank && has_blanks(place);
    }
    let number = survey.place(Role::Field("voucher"));
    number.is_some_and(has_blanks) && stands_first(survey, place)
}

/// The columns that identify the voucher of a row.
fn head(survey: &Survey) -> Vec<usize> {
    let roles = [
        Role::Field("village"),
        Role::VillageName,
        Role::Field("date"),
        Role::Month,
        Role::DayOfMonth,
        Role::VoucherWord,
        Role::Field("voucher"),
    ];
    roles.into_iter().filter_map(|role| survey.place(role)).collect()
}

/// Whether a column is filled on the first lines of vouchers and rarely on other lines.
fn stands_first(survey: &Survey, place: usize) -> bool {
    let heads = head(survey);
    let mut last: BTreeMap<usize, String> = BTreeMap::new();
    let (mut first, mut below, mut lines_below) = (0, 0, 0);
    for record in &survey.entries {
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        let mut is_new = last.is_empty();
        for head in &heads {
            let own = cell(*head);
            if !own.is_empty() && last.get(head).is_none_or(|before| before != own) {
                last.insert(*head, own.to_owned());
                is_new = true;
            }
        }
        let is_filled = usize::from(!cell(place).is_empty());
        if is_new {
            first += is_filled;
        } else {
            below += is_filled;
            lines_below += 1;
        }
    }
    first > 1 && lines_below > 1 && below * 10 <= first && below * 10 < lines_below
}
