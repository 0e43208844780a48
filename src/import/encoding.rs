//! Decodes a text file and records the position of every damaged byte.

use encoding_rs::{
    DecoderResult, Encoding as Decoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};
use serde::Deserialize;

/// The replacement character for invalid bytes.
pub const DAMAGE: char = char::REPLACEMENT_CHARACTER;

/// The text encoding of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// Detected in each file and reported.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB18030, including GBK and GB2312.
    #[serde(rename = "gb18030", alias = "gbk", alias = "gb2312")]
    Gb18030,
    /// UTF-16, little endian.
    #[serde(rename = "utf-16le", alias = "utf-16")]
    Utf16Le,
    /// UTF-16, big endian.
    #[serde(rename = "utf-16be")]
    Utf16Be,
    /// Western European (Windows-1252), including Latin-1.
    #[serde(rename = "windows-1252", alias = "latin1", alias = "iso-8859-1")]
    Western,
}

/// A decoded file.
#[derive(Debug)]
pub struct Text {
    /// The text; each sequence of invalid bytes is one [`DAMAGE`].
    pub letters: String,
    /// The name of the encoding.
    pub encoding: &'static str,
    /// For each damage its byte offset in the text and in the file.
    pub damages: Vec<(usize, usize)>,
}

impl Text {
    /// Decodes the bytes. A byte order mark overrides the named encoding.
    ///
    /// # Errors
    /// If the bytes are clearly in another encoding than the named one.
    pub fn decode(bytes: &[u8], named: Encoding) -> Result<Self, String> {
        if let Some((marked, length)) = Decoding::for_bom(bytes) {
            return Ok(decode(bytes, marked, length));
        }
        let named = match named {
            Encoding::Auto => return Ok(decode(bytes, detect(bytes), 0)),
            Encoding::Utf8 => UTF_8,
            Encoding::Gb18030 => GB18030,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Western => WINDOWS_1252,
        };
        let found = detect(bytes);
        // Decoding UTF-8 with another encoding would give wrong letters without any visible damage.
        if named != found && found == UTF_8 && !bytes.is_ascii() {
            return Err(format!(
                "the mapping says {}, but the file is UTF-8; leave out `encoding`, or write \"utf-8\"",
                named.name()
            ));
        }
        Ok(decode(bytes, named, 0))
    }
}

/// Detects the most likely encoding.
///
/// A general detector would choose an encoding in which no byte is invalid. Windows-1252 has no invalid bytes, so
/// damaged bytes would not be reported.
fn detect(bytes: &[u8]) -> &'static Decoding {
    let zeros =
        |parity: usize| bytes.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    // In UTF-16, digits, commas and line ends contain a zero byte; other text files contain none.
    let (even, odd) = (zeros(0), zeros(1));
    if (even + odd) * 10 > bytes.len() {
        return if odd > even { UTF_16LE } else { UTF_16BE };
    }
    let (mut others, mut damages, mut western, mut has_han) = (0, 0, 0, false);
    for chunk in bytes.utf8_chunks() {
        damages += usize::from(!chunk.invalid().is_empty());
        for letter in chunk.valid().chars().filter(|letter| !letter.is_ascii()) {
            others += 1;
            western +=
                usize::from(matches!(letter, '\u{a0}'..='\u{24f}' | '\u{2000}'..='\u{20ff}'));
            has_han |= letter >= '\u{2e80}';
        }
    }
    // A few Chinese words in GB18030 may be valid UTF-8, but then as Greek, Cyrillic or Arabic letters.
    if damages == 0 && (has_han || western * 10 >= others * 9) {
        return UTF_8;
    }
    if has_han && damages * 20 < others {
        return UTF_8;
    }
    if is_double_byte(bytes) { GB18030 } else { WINDOWS_1252 }
}

/// Whether non-ASCII bytes occur in runs, as in Chinese words, and not singly, as in Western accents.
fn is_double_byte(bytes: &[u8]) -> bool {
    let runs = bytes.split(u8::is_ascii).map(<[u8]>::len).filter(|length| *length > 0);
    let (alone, together) = runs.fold((0, 0), |(alone, together), length| {
        if length == 1 { (alone + 1, together) } else { (alone, together + length) }
    });
    together > alone
}

fn decode(bytes: &[u8], encoding: &'static Decoding, mark: usize) -> Text {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut read = mark;
    let mut letters = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut damages = Vec::new();
    // Decode in pieces: the decoder overwrites its whole target even if it stops early at a damage.
    let mut piece = [0; 8 * 1024];
    loop {
        let rest = bytes.get(read..).unwrap_or_default();
        let (result, more, written) =
            decoder.decode_to_utf8_without_replacement(rest, &mut piece, true);
        read += more;
        let valid = piece.get(..written).map(String::from_utf8_lossy).unwrap_or_default();
        letters.push_str(&valid);
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                damages.push((letters.len(), read - usize::from(length) - usize::from(after)));
                letters.push(DAMAGE);
            }
        }
    }
    Text { letters, encoding: encoding.name(), damages }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, GB18030, Text, UTF_8, decode};
    use encoding_rs::WINDOWS_1252;

    fn detected(bytes: &[u8]) -> (String, &'static str) {
        let text = Text::decode(bytes, Encoding::Auto).expect("nothing is named");
        (text.letters, text.encoding)
    }

    #[test]
    fn a_mark_at_the_front_decides_and_is_no_text() {
        let text = Text::decode(b"\xef\xbb\xbf\xe6\x97\xa5", Encoding::Gb18030).expect("marked");
        assert_eq!((text.letters.as_str(), text.encoding), ("日", "UTF-8"));
        let text = Text::decode(b"\xff\xfe\xe5\x65", Encoding::Utf8).expect("marked");
        assert_eq!((text.letters.as_str(), text.encoding), ("日", "UTF-16LE"));
    }

    #[test]
    fn encodings_are_told_from_each_other() {
        let chinese = "日期,金额\n2024-01-05,联通\n";
        let bytes =
            |encoding: &'static encoding_rs::Encoding| encoding.encode(chinese).0.into_owned();
        assert_eq!(detected(chinese.as_bytes()), (chinese.to_owned(), "UTF-8"));
        assert_eq!(detected(&bytes(GB18030)), (chinese.to_owned(), "gb18030"));
        assert_eq!(detected(&GB18030.encode("1,联通").0), ("1,联通".to_owned(), "gb18030"));
        let wide: Vec<u8> = chinese.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detected(&wide), (chinese.to_owned(), "UTF-16LE"));
        let wide: Vec<u8> = chinese.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detected(&wide), (chinese.to_owned(), "UTF-16BE"));
        let western = "payee,amount\nCafé Müller,£12.00\n";
        assert_eq!(detected(&WINDOWS_1252.encode(western).0), (western.to_owned(), "windows-1252"));
        assert_eq!(detected(western.as_bytes()).1, "UTF-8");
    }

    #[test]
    fn a_damaged_byte_is_damage_and_no_other_encoding() {
        let mut bytes = GB18030.encode("日期,摘要\n2024-01-05,付会议用水款\n").0.into_owned();
        bytes.insert(9, 0xff);
        let text = Text::decode(&bytes, Encoding::Auto).expect("nothing is named");
        assert_eq!((text.encoding, text.damages.len()), ("gb18030", 1));
    }

    #[test]
    fn what_is_named_may_not_contradict_the_bytes() {
        let wrong = Text::decode("日期".as_bytes(), Encoding::Gb18030).expect_err("it is UTF-8");
        assert!(wrong.contains("the file is UTF-8"), "{wrong}");
        assert!(Text::decode(b"date", Encoding::Gb18030).is_ok());
    }

    #[test]
    fn gb18030_is_read_up_to_its_four_byte_letters() {
        let text = decode(b"\xc8\xd5\x95\x32\x82\x36", GB18030, 0);
        assert_eq!((text.letters.as_str(), text.damages.len()), ("日𠀀", 0));
    }

    #[test]
    fn damaged_bytes_are_known_by_their_place_in_the_file() {
        let text = decode(b"ab\xffcd\xc3(", UTF_8, 0);
        assert_eq!(text.letters, "ab\u{fffd}cd\u{fffd}(");
        let bytes: Vec<_> = text.damages.iter().map(|(_, byte)| *byte).collect();
        assert_eq!(bytes, [2, 5]);
    }
}
