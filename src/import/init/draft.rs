//! The content of a drafted mapping: the source of each column of the contract.

use super::amounts::{self, AmountTable};
use super::choose::{self, Amounts};
use super::parts::{Column, Constant, DraftedSource};
use super::sources::{chart, source};
use super::survey::Survey;
use super::village;
use crate::import::reading::TODO;
use crate::ledger::book::chart::Chart;
use crate::ledger::contract::schema::LEDGER;
use crate::ledger::contract::table::{Field, Need};

#[derive(Debug)]
pub(super) struct Draft {
    /// The files as the mapping names them.
    pub(super) files: Vec<String>,
    /// The number of header records.
    pub(super) header_records: usize,
    /// Rows to leave out: a column and the texts that mark them.
    pub(super) leave_out: Vec<(String, Vec<String>)>,
    /// Files that are not journals.
    pub(super) exclude: Vec<String>,
    /// The table of amounts.
    pub(super) amounts: Option<AmountTable>,
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// The constants.
    pub(super) constants: Vec<Constant>,
    /// Remarks for the person who checks the draft.
    pub(super) remarks: Vec<String>,
}

impl Draft {
    /// Drafts a mapping from sheets that have the same form of amounts.
    pub(super) fn of(
        files: Vec<String>,
        surveys: &[Survey],
        (others, exclude): (Vec<String>, Vec<String>),
    ) -> Self {
        let form = surveys.first().and_then(choose::amounts).unwrap_or(Amounts::Register);
        let mut remarks: Vec<String> = surveys
            .iter()
            .map(|survey| {
                format!(
                    "{}: {}, names of columns in row {}, {} entries, {} rows of sums",
                    survey.told,
                    survey.form,
                    survey.header.line,
                    survey.entries.len(),
                    survey.sums
                )
            })
            .collect();
        remarks.extend(others.into_iter().map(|other| format!("not read: {other}")));
        let most = surveys.iter().map(|survey| survey.header.records.len()).max().unwrap_or(1);
        let mut draft = Self {
            files,
            header_records: most,
            leave_out: undone(surveys),
            exclude,
            amounts: amounts::table(form, surveys),
            columns: Vec::new(),
            constants: Vec::new(),
            remarks,
        };
        match village::column(surveys) {
            Ok(column) => draft.columns.push(column),
            Err(constant) => draft.constants.push(constant),
        }
        for field in LEDGER.fields {
            if field.name != "village" && !is_given(form, field.name) {
                draft.add(field, form, surveys);
            }
        }
        draft.unused(surveys, form);
        draft
    }

    /// Adds a column of the contract, if the sheets have it.
    fn add(&mut self, field: &'static Field, form: Amounts, surveys: &[Survey]) {
        let mut sources: Vec<DraftedSource> = Vec::new();
        let mut notes: Vec<String> = Vec::new();
        let mut lacks = 0;
        for survey in surveys {
            let Some((source, note)) = source(field, form, survey) else {
                lacks += 1;
                continue;
            };
            if !sources.contains(&source) {
                sources.push(source);
            }
            if let Some(note) = note.filter(|note| !notes.contains(note)) {
                notes.push(note);
            }
        }
        let mut sources = merged(sources);
        if sources.is_empty() {
            self.constants.extend(constant(field, form, surveys));
            return;
        }
        if lacks > 0 && field.need == Need::Optional {
            sources = sources
                .into_iter()
                .map(|source| source.with("optional", "true".to_owned()))
                .collect();
        }
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        self.columns.push(Column { field: field.name, sources, note });
    }

    /// Adds remarks on unused columns and on columns that are equally good candidates for a role.
    fn unused(&mut self, surveys: &[Survey], form: Amounts) {
        for survey in surveys {
            for (rival, place) in &survey.rivals {
                let (rival, read) = (survey.name(*rival), survey.name(*place));
                let remark =
                    format!("check: `{rival}` could be meant as well as `{read}`, which is read");
                if rival != read && !self.remarks.contains(&remark) {
                    self.remarks.push(remark);
                }
            }
        }
        let mut unused: Vec<String> = Vec::new();
        for survey in surveys {
            for (place, name) in survey.header.names.all().iter().enumerate() {
                let is_known = survey.roles.values().any(|known| *known == place);
                let is_spread = form == Amounts::Spread && survey.spread.contains(&place);
                if !name.is_empty() && !is_known && !is_spread && !unused.contains(name) {
                    unused.push(name.clone());
                }
            }
        }
        if !unused.is_empty() {
            self.remarks.push(format!("columns that are not read: {}", unused.join(", ")));
        }
    }
}

/// Words for the state of a payment that was not carried out.
const UNDONE: [&str; 7] = ["失败", "退回", "退票", "作废", "撤销", "驳回", "冲正"];

/// Marks of rows whose state says that the payment was not carried out.
fn undone(surveys: &[Survey]) -> Vec<(String, Vec<String>)> {
    let mut marks: Vec<(String, Vec<String>)> = Vec::new();
    for survey in surveys {
        for (place, name) in
            survey.header.names.all().iter().enumerate().filter(|(_, name)| name.contains("状态"))
        {
            let is_undone = |cell: &&str| UNDONE.iter().any(|word| cell.contains(word));
            let mut texts: Vec<String> =
                survey.cells(place).filter(is_undone).map(str::to_owned).collect();
            texts.sort();
            texts.dedup();
            if !texts.is_empty() && !marks.iter().any(|(known, _)| known == name) {
                marks.push((name.clone(), texts));
            }
        }
    }
    marks
}

/// Whether the form of amounts provides the column.
fn is_given(form: Amounts, field: &str) -> bool {
    let given: &[&str] = match form {
        Amounts::Sides | Amounts::CashBook => &["side", "amount"],
        Amounts::Spread => &["account", "side", "amount"],
        Amounts::Pair => &["account", "side"],
        Amounts::SideAndAmount | Amounts::Register => &[],
    };
    given.contains(&field)
}

/// Merges sources that differ only in their column name into one source with several names.
fn merged(sources: Vec<DraftedSource>) -> Vec<DraftedSource> {
    let mut groups: Vec<(DraftedSource, Vec<String>)> = Vec::new();
    for source in sources {
        let mut rest = source.clone();
        let name = rest.keys.iter().position(|(key, _)| *key == "column");
        let name = name.map(|place| rest.keys.remove(place).1);
        let same = groups
            .iter_mut()
            .find(|(other, names)| name.is_some() && !names.is_empty() && *other == rest);
        match (same, name) {
            (Some((_, names)), Some(name)) => names.push(name),
            (_, name) => groups.push((rest, name.into_iter().collect())),
        }
    }
    let column = |(mut source, names): (DraftedSource, Vec<String>)| {
        match names.as_slice() {
            [] => {}
            [one] => source.keys.insert(0, ("column", one.clone())),
            more => source.keys.insert(0, ("column", format!("[{}]", more.join(", ")))),
        }
        source
    };
    groups.into_iter().map(column).collect()
}

/// The constant for a required column that no sheet has.
fn constant(field: &'static Field, form: Amounts, surveys: &[Survey]) -> Option<Constant> {
    let note = |value: &str, note: &str| {
        Some(Constant { field: field.name, value: value.to_owned(), note: note.to_owned() })
    };
    match field.name {
        "side" if form == Amounts::Register => note("debit", "each row is a payment"),
        "account" => {
            let account = match surveys.first().map(chart) {
                Some(Chart::Of2004) => "551",
                _ => "515",
            };
            note(
                account,
                "no column of accounts: all stands under other expenses, and indicators by account say nothing",
            )
        }
        _ if field.need == Need::Required => note(TODO, "no column of the sources says it"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::DraftedSource;
    use super::merged;

    #[test]
    fn ways_that_differ_in_a_name_are_one() {
        let sources = merged(vec![
            DraftedSource::column("借方"),
            DraftedSource::column("借方金额"),
            DraftedSource::default().with("from", "\"file\"".to_owned()),
        ]);
        let texts: Vec<_> = sources
            .iter()
            .flat_map(|source| source.keys.iter().map(|(_, value)| value.as_str()))
            .collect();
        assert_eq!(texts, ["[\"借方\", \"借方金额\"]", "\"file\""]);
    }
}
