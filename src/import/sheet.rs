//! One sheet of a source: its records as texts, whatever the format of the file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use csv::{Position, ReaderBuilder, StringRecord};

use super::encoding::{DAMAGE, Encoding, Text};
use super::error::Error;
use super::workbook::{self, Page};

/// A sheet whose records can be read.
#[derive(Debug)]
pub struct Sheet {
    /// The file as the mapping names it.
    pub file: String,
    /// The name of the sheet; none in a file of text.
    pub name: Option<String>,
    /// Whether its workbook does not show it.
    pub is_hidden: bool,
    path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text { text: Text, delimiter: u8 },
    Page { first: u64, records: Vec<StringRecord>, repeated: BTreeSet<(u64, usize)> },
}

impl Sheet {
    /// The sheets of a file; one in a file of text.
    ///
    /// # Errors
    /// If the bytes are neither a workbook nor a table of text, or a quotation never ends.
    pub fn all(
        (path, file): (&Path, &str),
        bytes: &[u8],
        encoding: Encoding,
        delimiter: Option<char>,
    ) -> Result<Vec<Self>, Error> {
        let wrong = |what: String| Error::Source { path: path.to_owned(), what };
        let sheet = |name, is_hidden, content| Self {
            file: file.to_owned(),
            name,
            is_hidden,
            path: path.to_owned(),
            content,
        };
        if is_workbook(bytes) {
            let pages = workbook::pages(bytes).map_err(wrong)?;
            let pages =
                pages.into_iter().map(|Page { name, is_hidden, first, records, repeated }| {
                    sheet(Some(name), is_hidden, Content::Page { first, records, repeated })
                });
            return Ok(pages.collect());
        }
        let text = Text::decode(bytes, encoding).map_err(wrong)?;
        refuse_others(&text.letters).map_err(wrong)?;
        // An ASCII letter, as the mapping was checked for.
        let delimiter = delimiter.map_or_else(
            || likely_delimiter(&text.letters),
            |one| u8::try_from(one).unwrap_or(b','),
        );
        refuse_open_quotes(&text.letters, delimiter).map_err(wrong)?;
        Ok(vec![sheet(None, false, Content::Text { text, delimiter })])
    }

    /// How the file was read: its encoding and what stands between cells, or that it is a workbook.
    pub fn form(&self) -> String {
        match &self.content {
            Content::Page { .. } => "a workbook".to_owned(),
            Content::Text { text, delimiter } => {
                let between = match delimiter {
                    b'\t' => "tabs".to_owned(),
                    other => format!("`{}`", char::from(*other)),
                };
                format!("{}, {between} between cells", text.encoding)
            }
        }
    }

    /// The sheet as messages name it.
    pub fn told(&self) -> String {
        match &self.name {
            Some(name) => format!("{}, sheet {name}", self.file),
            None => self.file.clone(),
        }
    }

    /// The first records, with their rows.
    pub fn head(&self, count: usize) -> Vec<(u64, StringRecord)> {
        let mut head = Vec::new();
        // What cannot be read ends the search, and is told when all records are read.
        let _ = self.each(|line, record| {
            head.push((line, record.clone()));
            if head.len() < count { Ok(()) } else { Err(self.wrong("enough")) }
        });
        head
    }

    /// Hands over every record with its row in the file, counted from 1.
    ///
    /// # Errors
    /// If a record cannot be read, or whatever `each` gives.
    pub fn each(
        &self,
        mut each: impl FnMut(u64, &StringRecord) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match &self.content {
            Content::Page { first, records, .. } => {
                for (line, record) in (*first..).zip(records) {
                    each(line, record)?;
                }
            }
            Content::Text { text, delimiter } => {
                let mut builder = ReaderBuilder::new();
                builder.has_headers(false).flexible(true).delimiter(*delimiter);
                let mut reader = builder.from_reader(text.letters.as_bytes());
                let mut record = StringRecord::new();
                let mut lines = Lines { bytes: text.letters.as_bytes(), at: 0, line: 1 };
                while reader
                    .read_record(&mut record)
                    .map_err(|error| self.wrong(&error.to_string()))?
                {
                    let start = record.position().map_or(0, Position::byte);
                    each(lines.of(usize::try_from(start).unwrap_or(usize::MAX)), &record)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a cell only repeats the first one of a merged cell: for what tells a voucher that is the same, for money it is none.
    pub fn is_repeated(&self, line: u64, place: usize) -> bool {
        match &self.content {
            Content::Page { repeated, .. } => repeated.contains(&(line, place)),
            Content::Text { .. } => false,
        }
    }

    /// What the damaged bytes of a record are, if it has any.
    pub fn damage(&self, record: &StringRecord) -> Option<String> {
        let Content::Text { text, .. } = &self.content else { return None };
        record.iter().any(|cell| cell.contains(DAMAGE)).then(|| {
            let from = record.position().map_or(0, Position::byte);
            let known = text.damages.iter().find(|(place, _)| *place as u64 >= from);
            match known {
                Some((_, byte)) => format!("byte {byte} of the file is not {}", text.encoding),
                None => "damaged before it was exported".to_owned(),
            }
        })
    }

    /// An error about this file.
    pub fn wrong(&self, what: &str) -> Error {
        let what = match &self.name {
            Some(name) => format!("sheet {name}: {what}"),
            None => what.to_owned(),
        };
        Error::Source { path: self.path.clone(), what }
    }
}

/// Counts lines: the reader of records takes the second byte of a line's end, and empty lines, for the start of the next record.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that the reader says begins at a byte; no earlier than the last.
    fn of(&mut self, start: usize) -> u64 {
        while let Some(byte) = self.bytes.get(self.at) {
            if self.at >= start && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// Whether the bytes begin as those of xlsx and ods (zip) or of xls (OLE) do.
fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// Refuses text that is no table: some programs name a web page `.xls`.
fn refuse_others(letters: &str) -> Result<(), String> {
    let start: String = letters.trim_start().chars().take(2_000).collect::<String>().to_lowercase();
    let is_page = start.starts_with('<')
        && ["<html", "<table", "<workbook", "<?xml"].iter().any(|mark| start.contains(mark));
    if is_page {
        return Err("it is a web page or XML under another name; open it in a spreadsheet and save it as .xlsx".to_owned());
    }
    if start.starts_with("%pdf") || letters.contains('\0') {
        return Err("it is no table of text and no workbook".to_owned());
    }
    Ok(())
}

/// What most probably stands between cells: the letter that the first lines have most often.
fn likely_delimiter(letters: &str) -> u8 {
    let count = |delimiter: u8| {
        let mut is_quoted = false;
        let lines = letters.lines().take(200).flat_map(str::bytes);
        lines
            .filter(|byte| {
                is_quoted ^= *byte == b'"';
                !is_quoted && *byte == delimiter
            })
            .count()
    };
    // Of equals the last, so that a comma is taken where there is nothing at all.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// A cell that goes on behind its closing mark swallows whatever stood between two stray ones.
fn refuse_open_quotes(letters: &str, delimiter: u8) -> Result<(), String> {
    let is_odd = letters.matches('"').count() % 2 == 1;
    let quotes = Quotes::of(letters, delimiter);
    let stray = quotes.stray.or(quotes.inside.filter(|_| is_odd));
    match stray.or(is_odd.then_some(1)) {
        None => Ok(()),
        Some(line) => Err(format!(
            "the quotation mark (\") of line {line} is never closed; export it again, or double the mark"
        )),
    }
}
/// Where the quotation marks of a file are at odds with its cells.
#[derive(Debug, PartialEq, Eq)]
struct Quotes {
    /// The line of the first mark that opens a cell and is not closed where a cell may end.
    stray: Option<u64>,
    /// The line of the first mark inside a cell that has none at its front.
    inside: Option<u64>,
}

impl Quotes {
    fn of(letters: &str, delimiter: u8) -> Self {
        let may_end = |byte: u8| byte == delimiter || byte == b'\n' || byte == b'\r';
        let (mut line, mut opened, mut inside) = (1, None, None);
        let mut begins = true;
        let mut bytes = letters.bytes().peekable();
        while let Some(byte) = bytes.next() {
            match (byte, opened) {
                (b'"', Some(_)) if bytes.next_if_eq(&b'"').is_some() => {}
                (b'"', Some(_)) if bytes.peek().is_some_and(|next| !may_end(*next)) => {
                    return Self { stray: opened, inside };
                }
                (b'"', Some(_)) => opened = None,
                (b'"', None) if begins => opened = Some(line),
                (b'"', None) => inside = inside.or(Some(line)),
                _ => {}
            }
            begins = may_end(byte) && opened.is_none();
            line += u64::from(byte == b'\n');
        }
        Self { stray: opened, inside }
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Path, Quotes, Sheet, likely_delimiter, refuse_others};

    #[test]
    fn the_line_of_an_unclosed_mark_is_where_its_cell_begins() {
        let line = |text| {
            let quotes = Quotes::of(text, b',');
            quotes.stray.or(quotes.inside)
        };
        assert_eq!(line("a,b\n1,\"x\n2,y\n"), Some(2));
        assert_eq!(line("a,b\n1,\"x\n2,y\n3,\"z\"\n"), Some(2), "the next cell ends it");
        assert_eq!(line("a,b\n\"1\n2\",\"x\"\"y\"\n3,\"z"), Some(4));
        assert_eq!(line("a,b\n\"1\",5\" pipe\n"), Some(2));
        assert_eq!(line("\"a\",\"b\"\"\"\n"), None);
        let pipes = Quotes::of("a,b\n1,\"5 inch\n2,y\n3,\"3 inch\n", b',');
        assert_eq!(pipes, Quotes { stray: Some(2), inside: None });
    }

    #[test]
    fn what_stands_between_cells_is_found() {
        assert_eq!(likely_delimiter("日期\t金额\n2024-01-05\t\"1,234,567.00\"\n"), b'\t');
        assert_eq!(likely_delimiter("date;amount\n2024-01-05;1,50\n"), b';');
        assert_eq!(likely_delimiter("one\ntwo\n"), b',');
    }

    #[test]
    fn records_are_told_by_their_lines_whatever_ends_them() {
        for text in ["日期,金额\r\n1,\"2\r\n3\"\r\n\r\n4,5\r\n", "日期,金额\n1,\"2\n3\"\n\n4,5\n"]
        {
            let sheets =
                Sheet::all((Path::new("a.csv"), "a.csv"), text.as_bytes(), Encoding::Auto, None);
            let sheet = sheets.expect("a table").remove(0);
            let lines: Vec<u64> = sheet.head(9).into_iter().map(|(line, _)| line).collect();
            assert_eq!(lines, [1, 2, 5]);
        }
    }

    #[test]
    fn a_web_page_is_no_table() {
        assert!(refuse_others("<html><table><tr><td>日期</td>").is_err());
        assert!(refuse_others("日期,金额\n").is_ok());
    }
}
