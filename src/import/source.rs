//! A source file as text and records: its bytes decoded, with every damaged byte remembered.

use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{DecoderResult, GB18030, UTF_8};

use super::error::Error;
use super::mapping::{Encoding, Source};

/// The letter that stands for bytes that are no text.
pub const DAMAGE: char = char::REPLACEMENT_CHARACTER;

/// A source file that has been decoded.
#[derive(Debug)]
pub struct Sheet {
    path: PathBuf,
    text: Text,
    names: Vec<String>,
    /// Where in the text the rows begin, and in which line.
    start: csv::Position,
    delimiter: u8,
}

/// A decoded file.
#[derive(Debug)]
struct Text {
    letters: String,
    encoding: &'static str,
    /// For each damage its place in the text and the byte of the file.
    damages: Vec<(usize, usize)>,
}

/// One record of a sheet.
#[derive(Debug)]
pub struct Row<'a> {
    /// Its line in the file, counted from 1.
    pub line: u64,
    /// Its cells.
    pub cells: &'a StringRecord,
    sheet: &'a Sheet,
}

impl Sheet {
    /// Reads and decodes a file and finds the names of its columns.
    ///
    /// # Errors
    /// If the file cannot be read, is empty, has damaged or doubled names, or a quotation that never ends.
    pub fn open(path: &Path, source: &Source) -> Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let text = decode(&std::fs::read(path).map_err(io)?, source.encoding);
        // An ASCII letter, as the mapping was checked for.
        let delimiter = u8::try_from(source.delimiter).unwrap_or(b',');
        let start = csv::Position::new();
        let mut sheet = Self { path: path.to_owned(), text, names: Vec::new(), start, delimiter };
        let is_odd = sheet.text.letters.matches('"').count() % 2 == 1;
        let quotes = Quotes::of(&sheet.text.letters, delimiter);
        // A cell that goes on behind its closing mark swallows whatever stood between two stray ones.
        let stray = quotes.stray.or(quotes.inside.filter(|_| is_odd));
        if let Some(line) = stray.or(is_odd.then_some(1)) {
            let what = format!("the quotation mark (\") of line {line} is never closed");
            return Err(sheet.wrong(&(what + "; export it again, or double the mark")));
        }
        sheet.find_names(source).map_err(|what| sheet.wrong(&what))?;
        Ok(sheet)
    }

    /// Reads up to the first row and keeps the names of the columns.
    fn find_names(&mut self, source: &Source) -> Result<(), String> {
        let mut reader = self.reader();
        let mut record = StringRecord::new();
        for _ in 0..source.header {
            if !reader.read_record(&mut record).map_err(|error| error.to_string())? {
                return Err(format!(
                    "expected the names of columns in record {}, but the file ends",
                    source.header
                ));
            }
        }
        let names: Vec<_> = record.iter().map(|name| name.trim().to_owned()).collect();
        if let Some(name) = names.iter().find(|name| name.contains(DAMAGE)) {
            return Err(format!(
                "the names of the columns are not {}: `{name}` (byte {}); set `encoding` in [source]",
                self.text.encoding,
                self.text.damages.first().map_or(0, |(_, byte)| *byte)
            ));
        }
        let double = names.iter().enumerate().find(|(place, name)| {
            !name.is_empty() && names.iter().take(*place).any(|before| before == *name)
        });
        if let Some((_, name)) = double {
            return Err(format!("two columns are named `{name}`; rename one before the export"));
        }
        for _ in 0..source.skip {
            reader.read_record(&mut record).map_err(|error| error.to_string())?;
        }
        let start = reader.position().clone();
        (self.names, self.start) = (names, start);
        Ok(())
    }

    /// The place of a named column.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn place(&self, name: &str) -> Result<usize, Error> {
        let place = self.names.iter().position(|known| known == name);
        place.ok_or_else(|| {
            let names = self.names.join("`, `");
            let encoding = self.text.encoding;
            // Some Chinese words in GB18030 happen to be valid UTF-8.
            let hint = if names.is_ascii() {
                String::new()
            } else {
                format!("; it was read as {encoding}: set `encoding` if they look garbled")
            };
            self.wrong(&format!("no column `{name}`; its columns are `{names}`{hint}"))
        })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Hands over every row in order.
    ///
    /// # Errors
    /// If a record cannot be read, or whatever `each` gives.
    pub fn rows(&self, mut each: impl FnMut(&Row<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let start = usize::try_from(self.start.byte()).unwrap_or(usize::MAX);
        let rest = self.text.letters.get(start..).unwrap_or_default();
        let mut reader = self.builder().from_reader(rest.as_bytes());
        let mut record = StringRecord::new();
        while reader.read_record(&mut record).map_err(|error| self.wrong(&error.to_string()))? {
            let line = record.position().map_or(0, csv::Position::line) + self.start.line() - 1;
            each(&Row { line, cells: &record, sheet: self })?;
        }
        Ok(())
    }

    fn builder(&self) -> ReaderBuilder {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.delimiter);
        builder
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        self.builder().from_reader(self.text.letters.as_bytes())
    }

    fn wrong(&self, what: &str) -> Error {
        Error::Source { path: self.path.clone(), what: what.to_owned() }
    }
}

impl Row<'_> {
    /// The text of a cell without the blanks around it; empty beyond the end of the record.
    pub fn cell(&self, place: usize) -> &str {
        self.cells.get(place).unwrap_or_default().trim()
    }

    /// What is wrong with the record as a whole: cells beyond the names or too few, or damaged bytes.
    pub fn wrong(&self) -> Option<String> {
        let (cells, names) = (self.cells.len(), self.sheet.names.len());
        let beyond = self.cells.iter().skip(names).any(|cell| !cell.trim().is_empty());
        if cells < names || beyond {
            return Some(format!("{cells} cells under {names} names of columns"));
        }
        let text = &self.sheet.text;
        self.cells.iter().any(|cell| cell.contains(DAMAGE)).then(|| {
            let from =
                self.cells.position().map_or(0, csv::Position::byte) + self.sheet.start.byte();
            let known = text.damages.iter().find(|(place, _)| *place as u64 >= from);
            match known {
                Some((_, byte)) => format!("byte {byte} of the file is not {}", text.encoding),
                None => "damaged before it was exported".to_owned(),
            }
        })
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

/// The bytes as text; each stretch that is no text becomes one [`DAMAGE`]. A byte order mark decides.
fn decode(bytes: &[u8], encoding: Encoding) -> Text {
    let named = match encoding {
        Encoding::Utf8 => UTF_8,
        Encoding::Gb18030 => GB18030,
    };
    let (encoding, mark) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((named, 0));
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut read = mark;
    let mut text = String::new();
    let mut damages = Vec::new();
    loop {
        let rest = bytes.get(read..).unwrap_or_default();
        text.reserve(
            decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(1024) + 4,
        );
        let (result, more) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        read += more;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                damages.push((text.len(), read - usize::from(length) - usize::from(after)));
                text.push(DAMAGE);
            }
        }
    }
    Text { letters: text, encoding: encoding.name(), damages }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Quotes, decode};

    #[test]
    fn a_mark_at_the_front_decides_and_is_no_text() {
        let text = decode(b"\xef\xbb\xbf\xe6\x97\xa5", Encoding::Gb18030);
        assert_eq!((text.letters.as_str(), text.encoding), ("日", "UTF-8"));
        let text = decode(b"\xff\xfe\xe5\x65", Encoding::Utf8);
        assert_eq!((text.letters.as_str(), text.encoding), ("日", "UTF-16LE"));
    }

    #[test]
    fn gb18030_is_read_up_to_its_four_byte_letters() {
        let text = decode(b"\xc8\xd5\x95\x32\x82\x36", Encoding::Gb18030);
        assert_eq!((text.letters.as_str(), text.damages.len()), ("日𠀀", 0));
    }

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
    fn damaged_bytes_are_known_by_their_place_in_the_file() {
        let text = decode(b"ab\xffcd\xc3(", Encoding::Utf8);
        assert_eq!(text.letters, "ab\u{fffd}cd\u{fffd}(");
        let bytes: Vec<_> = text.damages.iter().map(|(_, byte)| *byte).collect();
        assert_eq!(bytes, [2, 5]);
    }
}
