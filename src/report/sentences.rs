//! Facts as sentences, in both languages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::indicators::card;
use crate::indicators::fact::{Fact, HEADINGS, Value, sentence};
use crate::ledger::book::Book;
use crate::ledger::book::index::LineIx;
use crate::ledger::contract::cell::{Cell, Fen, Id, Moment};
use crate::report::cells::{count, money, percent, plain as plain_text, short};
use crate::report::names::{payee, person, village};
use crate::words::mask::shown;
use crate::words::table::{Lang, Word, class, duty, fact as word_of, fill, kind, post, scheme};

/// Members of a list that a sentence names at most.
const NAMED: usize = 3;

/// A fact as it is shown and published.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FactView {
    /// The key of its sentence.
    pub sentence: String,
    /// The columns of the ledger that it rests on.
    pub columns: Vec<String>,
    /// The values in its blanks: days, plain numbers, yuan, and ids and keys as other tables have them.
    pub cells: Map<String, Json>,
    /// The sentence, English first.
    pub text: [String; 2],
}

impl FactView {
    /// A fact that an indicator or another column states of a lead of this village.
    pub fn of(book: &Book, (indicator, fact): (&str, &Fact), home: &str) -> Self {
        let cells = fact.cells.iter();
        let text = |lang: Lang| {
            let cells = fact.cells.iter();
            let shown: Vec<(&str, String)> = cells
                .map(|(name, value)| (*name, Shown { book, home, lang }.value(value)))
                .collect();
            let cells: Vec<(&str, &str)> =
                shown.iter().map(|(name, cell)| (*name, cell.as_str())).collect();
            fill(template(indicator, fact.sentence, lang).unwrap_or_default(), &cells)
        };
        Self {
            sentence: fact.sentence.to_owned(),
            columns: fact.columns.iter().map(|it| (*it).to_owned()).collect(),
            cells: cells.map(|(name, value)| ((*name).to_owned(), plain(book, value))).collect(),
            text: [text(Lang::En), text(Lang::Zh)],
        }
    }
}

/// The sentence of a fact: on the indicator's page, or in the table of words.
fn template(indicator: &str, key: &str, lang: Lang) -> Option<&'static str> {
    match card(indicator) {
        Some(card) => {
            let page = lang.of([card.page, card.page_zh]);
            sentence(page, lang.of(HEADINGS), key)
        }
        None => word_of(key).map(|word| word.to(lang)),
    }
}

/// Values as a person reads them.
struct Shown<'a> {
    book: &'a Book,
    /// The village of the lead.
    home: &'a str,
    lang: Lang,
}

impl Shown<'_> {
    fn value(&self, value: &Value) -> String {
        let Self { book, lang, .. } = *self;
        match value {
            Value::Day(day) => day.to_string(),
            Value::Count(number) => count(*number),
            Value::Money(amount) => money(*amount),
            Value::Share(share) => percent(*share),
            Value::Number(number) => short(*number),
            Value::Text(id) => shown(book.names.get(*id)),
            Value::Reference(id) => plain_text(book.names.get(*id)),
            Value::Person(id) => person(book, *id),
            Value::Post(id, line) => self.with_posts(*id, *line),
            Value::Payee(it) => payee(book, book.payees[*it]),
            Value::Village(it) => village(book, book.names.get(book.villages[*it])),
            Value::Voucher(line) => self.voucher(*line),
            Value::Class(it) => class(*it).to(lang).to_owned(),
            Value::Scheme(it) => scheme(Some(*it)).to(lang).to_owned(),
            Value::List(all) => self.list(all),
            Value::Duty(it) => duty(*it).to(lang).to_owned(),
            Value::Office(it) => self.office(*it),
            Value::Region(it) => village(book, book.names.get(*it)),
            Value::Month(day) => day.year_month(),
            Value::Moment(moment) => minute(*moment),
            Value::Word(word) => shown(word),
            Value::Kind(id) => {
                let own = book.names.get(*id);
                kind(own).map_or_else(|| shown(own), |word| word.to(lang).to_owned())
            }
        }
    }

    fn list(&self, all: &[Value]) -> String {
        // A signature that is left out of the list would not be looked for.
        let is_short = all.iter().all(|it| matches!(it, Value::Duty(_)));
        let named = if is_short { all.len() } else { NAMED };
        let first: Vec<String> = all.iter().take(named).map(|it| self.value(it)).collect();
        let first = first.join(self.lang.of([", ", "、"]));
        if all.len() <= named {
            return first;
        }
        let all = all.len().to_string();
        fill(Word::AndOthers.to(self.lang), &[("first", &first), ("all", &all)])
    }

    fn voucher(&self, line: LineIx) -> String {
        let lines = &self.book.lines;
        let number = format!(
            "{} {}",
            lines.date.at(line).year_month(),
            plain_text(self.book.names.get(lines.voucher.at(line)))
        );
        let code = self.book.names.get(lines.village.at(line));
        if code == self.home {
            return number;
        }
        format!("{} {number}", village(self.book, code))
    }

    fn office(&self, id: Id) -> String {
        let own = self.book.names.get(id);
        post(own).map_or_else(|| shown(own), |word| word.to(self.lang).to_owned())
    }

    /// A person with the posts held in the line's village on its day.
    fn with_posts(&self, id: Id, line: LineIx) -> String {
        let (book, posts) = (self.book, &self.book.companions.posts);
        let (village, day) = (book.lines.village.at(line), book.lines.date.at(line));
        let holds = |row: &usize| {
            posts.person.at(*row) == id
                && posts.village.at(*row) == village
                && posts.start.at(*row).some().is_none_or(|start| start <= day)
                && posts.end.at(*row).some().is_none_or(|end| day <= end)
        };
        let named = |row: usize| self.office(posts.post.at(row));
        let mut held: Vec<String> = (0..posts.rows).filter(holds).map(named).collect();
        held.sort();
        held.dedup();
        let name = person(book, id);
        if held.is_empty() {
            return name;
        }
        let held = held.join(self.lang.of([", ", "、"]));
        self.lang.of([format!("{name} ({held})"), format!("{name}（{held}）")])
    }
}

/// A day with its time, without the seconds.
fn minute(moment: Moment) -> String {
    let text = moment.to_string();
    text.rsplit_once(':').map_or(text.clone(), |(minute, _)| minute.to_owned())
}

/// A value as other tables have it.
fn plain(book: &Book, value: &Value) -> Json {
    let text = |id: Id| json!(book.names.get(id));
    match value {
        Value::Day(day) => json!(day.to_string()),
        Value::Count(number) => json!(number),
        Value::Money(amount) => amount.some().map_or(Json::Null, |it: Fen| json!(it.yuan())),
        Value::Share(number) | Value::Number(number) => json!(number),
        Value::Text(id)
        | Value::Reference(id)
        | Value::Person(id)
        | Value::Post(id, _)
        | Value::Office(id)
        | Value::Region(id)
        | Value::Kind(id) => text(*id),
        Value::Payee(payee) => text(book.payees[*payee]),
        Value::Village(village) => text(book.villages[*village]),
        Value::Voucher(line) => json!(book.line_key(*line)),
        Value::Class(class) => json!(class.word()),
        Value::Scheme(scheme) => json!(scheme.word()),
        Value::List(all) => all.iter().map(|it| plain(book, it)).collect(),
        Value::Duty(duty) => json!(duty.word()),
        Value::Month(day) => json!(day.year_month()),
        Value::Moment(moment) => json!(minute(*moment)),
        Value::Word(word) => json!(word),
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::fmt::Write;
    use std::fs;
    use std::path::PathBuf;

    use super::FactView;
    use crate::indicators::FAMILIES;
    use crate::indicators::card::Card;
    use crate::indicators::indicator::Indicator;
    use crate::indicators::page::blocks;
    use crate::ledger::book::index::SubjectIx;
    use crate::ledger::sample;

    const OPEN: &str = "```text says\n";

    /// What is said of each subject of the worked example that has a fact, in both languages.
    fn said(indicator: &Indicator) -> [String; 2] {
        let card = &indicator.card;
        let mut tables = blocks(card.page);
        tables.retain(|(name, _)| !["readings", "records"].contains(name));
        let settings = tables.iter().position(|(name, _)| *name == "settings");
        let settings =
            settings.map_or_else(toml::Table::new, |at| tables.remove(at).1.parse().unwrap());
        let book = sample::book(&tables);
        let configured = indicator.with(settings).unwrap();
        let prepared = configured.prepare(&book);
        let mut said = [String::new(), String::new()];
        for subject in SubjectIx::all(card.grain.subjects(&book)) {
            for fact in prepared.trace(subject).facts {
                let view = FactView::of(
                    &book,
                    (card.name, &fact),
                    book.names.get(book.lines.village.at(0_usize)),
                );
                for (said, text) in said.iter_mut().zip(view.text) {
                    writeln!(said, "{}: {text}", u32::from(subject) + 1).unwrap();
                }
            }
        }
        said
    }

    /// The page with this block at the end of its worked example.
    fn with_block(page: &str, said: &str) -> String {
        let before = page.split(OPEN).next().unwrap().trim_end();
        let block = if said.is_empty() { String::new() } else { format!("{OPEN}{said}```\n") };
        format!("{before}\n{block}")
    }

    fn paths(family: &str, card: &Card) -> [PathBuf; 2] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/indicators").join(family);
        [format!("{}.md", card.name), format!("{}.zh.md", card.name)].map(|name| folder.join(name))
    }

    #[test]
    fn worked_examples_end_with_what_is_said_of_them() {
        let mut stale = Vec::new();
        for (family, members) in FAMILIES {
            for indicator in *members {
                let said = said(indicator);
                for (path, said) in paths(family, &indicator.card).into_iter().zip(&said) {
                    let page = fs::read_to_string(&path).unwrap();
                    let expected = with_block(&page, said);
                    if env::var_os("UPDATE_DOCS").is_some() {
                        fs::write(&path, expected).unwrap();
                    } else if page != expected {
                        stale.push(format!("{}\n{said}", path.display()));
                    }
                }
            }
        }
        let how = "UPDATE_DOCS=1 cargo test --lib worked_examples writes them";
        assert!(stale.is_empty(), "out of date, {how}: {}", stale.join("\n"));
    }
}
