//! One sheet of a source as records of text, for any file format.

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
    /// The name of the sheet; `None` in a text file.
    pub name: Option<String>,
    /// Whether the sheet is hidden in its workbook.
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
    /// Reads the sheets of a file; a text file is one sheet.
    ///
    /// # Errors
    /// If the bytes are neither a workbook nor a table of text, or a quoted cell is not closed.
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
        // The mapping was checked: the delimiter is ASCII.
        let delimiter = delimiter.map_or_else(
            || likely_delimiter(&text.letters),
            |one| u8::try_from(one).unwrap_or(b','),
        );
        refuse_open_quotes(&text.letters, delimiter).map_err(wrong)?;
        Ok(vec![sheet(None, false, Content::Text { text, delimiter })])
    }

    /// The format of the file: encoding and delimiter, or workbook.
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

    /// The name of the sheet in messages.
    pub fn told(&self) -> String {
        match &self.name {
            Some(name) => format!("{}, sheet {name}", self.file),
            None => self.file.clone(),
        }
    }

    /// The first records with their row numbers.
    pub fn head(&self, count: usize) -> Vec<(u64, StringRecord)> {
        let mut head = Vec::new();
        // An error ends the head; it is reported when all records are read.
        let _ = self.each(|line, record| {
            head.push((line, record.clone()));
            if head.len() < count { Ok(()) } else { Err(self.wrong("enough")) }
        });
        head
    }

    /// Calls `each` with the row number, counted from 1, and every record.
    ///
    /// # Errors
    /// If a record cannot be read, or `each` returns an error.
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

    /// Whether a cell is a repetition of a merged cell: its text applies to each row, its amount only to the first.
    pub fn is_repeated(&self, line: u64, place: usize) -> bool {
        match &self.content {
            Content::Page { repeated, .. } => repeated.contains(&(line, place)),
            Content::Text { .. } => false,
        }
    }

    /// A description of the damaged bytes in a record, if any.
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

/// Counts lines, since the CSV reader places a record's start at a preceding `\n` or empty line.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that starts at a byte, never less than in the previous call.
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

/// Whether the bytes start as xlsx and ods (zip) or xls (OLE) do.
fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// Rejects text that is not a table, such as a web page named `.xls`.
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

/// The most frequent separator in the first lines.
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
    // `max_by_key` returns the last of equals, so a comma is the default.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// Rejects stray quotation marks, since they would merge several cells into one.
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
/// Lines of quotation marks that do not fit the cells.
#[derive(Debug, PartialEq, Eq)]
struct Quotes {
    /// The line of the first opening mark whose closing mark is missing or not at the end of a cell.
    stray: Option<u64>,
    /// The line of the first mark inside an unquoted cell.
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
