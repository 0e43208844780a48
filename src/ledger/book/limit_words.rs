//! Words in the table `limits`: the duties of a band, and its class of expense.
//!
//! Unknown words are reported with their row, since ignoring a duty would suppress findings.

use std::collections::BTreeMap;

use crate::ledger::book::chart::Class;
use crate::ledger::contract::cell::Cell;
use crate::ledger::contract::defect::{Action, Defect, masked};
use crate::ledger::contract::names::Names;
use crate::ledger::contract::parse::plain;
use crate::ledger::contract::schema::{LIMITS, Limits};
use crate::ledger::decode::{Span, origin};
use crate::ledger::delivery::notice::Notice;

/// A signature or an act that a band of the limits may require.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// 审批
    Approver,
    /// 会签
    Cosigner,
    /// 监委会盖章
    CommitteeStamp,
    /// 镇级审核
    TownshipReviewer,
    /// 集体决策
    Decision,
    /// 经手
    Handler,
    /// 证明
    Witness,
}

/// The words of each duty, starting with the contract's.
const DUTIES: [(Duty, &[&str]); 7] = [
    (Duty::Approver, &["approver", "审批人", "审批", "批准人", "批准"]),
    (Duty::Cosigner, &["cosigner", "会签人", "会签", "联签人", "联签"]),
    (
        Duty::CommitteeStamp,
        &[
            "committee_stamp",
            "监委会盖章",
            "监督委员会",
            "监督委员会盖章",
            "村务监督委员会",
            "村务监督委员会盖章",
            "监委会",
        ],
    ),
    (
        Duty::TownshipReviewer,
        &[
            "township_reviewer",
            "镇级审核",
            "镇审核",
            "镇级审核人",
            "乡镇审核",
            "乡级审核",
            "乡审核",
        ],
    ),
    (Duty::Decision, &["decision", "集体决策", "四议两公开", "决议", "集体决议", "民主决策"]),
    (Duty::Handler, &["handler", "经手人", "经手", "经办人", "经办"]),
    (Duty::Witness, &["witness", "证明人", "证明", "见证人"]),
];

/// The words of each class of expense, starting with the contract's.
const CLASSES: [(Class, &[&str]); 6] = [
    (Class::Production, &["production", "生产性", "生产性支出", "生产"]),
    (
        Class::NonProduction,
        &["non_production", "非生产性", "非生产性支出", "非生产", "nonproduction"],
    ),
    (Class::Construction, &["construction", "工程", "建设", "工程建设", "建设工程", "工程支出"]),
    (Class::Subsidy, &["subsidy", "补贴", "补贴支出", "补助"]),
    (Class::Wage, &["wage", "工资", "工资支出", "wages"]),
    (Class::Other, &["other", "其他", "其它"]),
];

/// The valid words of `limits.requires`.
const KNOWN_DUTIES: &str = "approver (审批人), cosigner (会签人), committee_stamp (监委会盖章), \
    township_reviewer (镇级审核), decision (集体决策), handler (经手人), witness (证明人)";

/// The valid words of `limits.expense_class`.
const KNOWN_CLASSES: &str = "production (生产性), non-production (非生产性), construction (工程), \
    subsidy (补贴), wage (工资), other (其他)";

impl Duty {
    /// The duties used in tables of signatures and in the ranking, in order.
    pub const BESIDE_THE_CLAIM: [Self; 5] = [
        Self::Approver,
        Self::Cosigner,
        Self::CommitteeStamp,
        Self::TownshipReviewer,
        Self::Decision,
    ];

    /// The word in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approver => "approver",
            Self::Cosigner => "cosigner",
            Self::CommitteeStamp => "committee_stamp",
            Self::TownshipReviewer => "township_reviewer",
            Self::Decision => "decision",
            Self::Handler => "handler",
            Self::Witness => "witness",
        }
    }

    /// The duty with this name in English or Chinese.
    pub fn named(word: &str) -> Option<Self> {
        among(&DUTIES, word)
    }
}

impl Class {
    /// The class with this name in English or Chinese.
    pub fn named(word: &str) -> Option<Self> {
        among(&CLASSES, word)
    }
}

fn among<T: Copy>(all: &[(T, &[&str])], word: &str) -> Option<T> {
    let word = folded(word);
    all.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(it, _)| *it)
}

/// Normalises a word for comparison: plain letters in lower case with one separator.
fn folded(word: &str) -> String {
    plain(word).trim().to_lowercase().replace(['-', ' '], "_")
}

impl Limits {
    /// The words for the duties of a row.
    fn words<'a>(&self, row: usize, names: &'a Names) -> impl Iterator<Item = &'a str> {
        let words = self.requires.at(row).some().map_or("", |id| names.get(id));
        let between = ['+', ',', ';', '，', '、', '|', '＋', '；', '｜', '\n'];
        words.split(between).map(str::trim).filter(|word| !word.is_empty())
    }

    /// The duties that a row requires.
    pub fn duties(&self, row: usize, names: &Names) -> impl Iterator<Item = Duty> {
        self.words(row, names).filter_map(Duty::named)
    }
}

/// The unknown words of the limits: one defect for each, and a notice for all.
pub(in crate::ledger) fn not_understood(
    limits: &Limits,
    names: &Names,
    files: &[Span],
) -> (Vec<Defect>, Vec<Notice>) {
    let mut defects = Vec::new();
    let (mut classes, mut duties) = (BTreeMap::new(), BTreeMap::new());
    let mut tell = |row: usize, column: &str, word: &str, reason: String| {
        let (file, row) = origin(files, row);
        defects.push(Defect {
            table: LIMITS.name,
            file: file.to_owned(),
            row,
            column: column.to_owned(),
            action: Action::WordUnknown,
            value: masked(word),
            reason,
        });
    };
    for row in 0..limits.rows {
        let class = limits.expense_class.at(row).some().map_or("", |id| names.get(id));
        if Class::named(class).is_none() && !class.trim().is_empty() {
            *classes.entry(class.to_owned()).or_default() += 1;
            let meant = meant(&CLASSES, class, Class::word);
            let reason = format!(
                "no class of expense, the row is not used; {meant}expected {KNOWN_CLASSES}"
            );
            tell(row, "expense_class", class, reason);
        }
        for word in limits.words(row, names).filter(|word| Duty::named(word).is_none()) {
            *duties.entry(word.to_owned()).or_default() += 1;
            let meant = meant(&DUTIES, word, Duty::word);
            let reason = format!(
                "no signature or act, it is not looked for; {meant}expected {KNOWN_DUTIES}"
            );
            tell(row, "requires", word, reason);
        }
    }
    let notices = [
        Notice::of_limits("expense_class", &classes, KNOWN_CLASSES),
        Notice::of_limits("requires", &duties, KNOWN_DUTIES),
    ];
    (defects, notices.into_iter().flatten().collect())
}

/// A suggestion for an unknown word: a valid word that it contains, or one at an edit distance of at most two.
fn meant<T: Copy>(all: &[(T, &[&str])], word: &str, own: fn(T) -> &'static str) -> String {
    let word = folded(word);
    let all = || all.iter().flat_map(|(it, words)| words.iter().map(|known| (*it, *known)));
    let held = all().filter(|(_, known)| word.contains(known)).max_by_key(|(_, known)| known.len());
    let is_near = |known: &str| known.is_ascii() && differing(&word, known) <= 2;
    let meant = held.or_else(|| all().find(|(_, known)| is_near(known)));
    meant.map_or_else(String::new, |(it, _)| format!("perhaps {} is meant; ", own(it)))
}

/// The edit distance of two words (Levenshtein 1966).
fn differing(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for letter in a.chars() {
        let mut last = row.first().copied().unwrap_or(0);
        let mut next = vec![last + 1];
        for (other, above) in b.iter().zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or(0);
            next.push((last + usize::from(*other != letter)).min(above + 1).min(left + 1));
            last = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, Class, DUTIES, Duty, differing, meant};

    #[test]
    fn english_and_chinese_words_are_understood() {
        for (word, duty) in [
            ("审批", Duty::Approver),
            ("审批人", Duty::Approver),
            ("会签", Duty::Cosigner),
            ("监委会盖章", Duty::CommitteeStamp),
            ("监督委员会", Duty::CommitteeStamp),
            ("镇级审核", Duty::TownshipReviewer),
            ("镇审核", Duty::TownshipReviewer),
            ("四议两公开", Duty::Decision),
            ("决议", Duty::Decision),
            ("经手人", Duty::Handler),
            ("证明人", Duty::Witness),
            (" Committee Stamp ", Duty::CommitteeStamp),
        ] {
            assert_eq!(Duty::named(word), Some(duty), "{word}");
        }
        for class in Class::ALL {
            assert_eq!(Class::named(class.word()), Some(class));
        }
        for (word, class) in [
            ("生产性", Class::Production),
            ("非生产性", Class::NonProduction),
            ("工程", Class::Construction),
            ("建设", Class::Construction),
            ("补贴", Class::Subsidy),
            ("工资", Class::Wage),
        ] {
            assert_eq!(Class::named(word), Some(class), "{word}");
        }
        assert_eq!((Duty::named("无需会签"), Class::named("")), (None, None));
    }

    #[test]
    fn a_word_means_one_thing() {
        let mut words: Vec<&str> =
            DUTIES.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        words.extend(CLASSES.iter().flat_map(|(_, words)| words.iter().copied()));
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn what_was_perhaps_meant_is_named() {
        assert_eq!(meant(&DUTIES, "aprover", Duty::word), "perhaps approver is meant; ");
        assert_eq!(
            meant(&DUTIES, "村监委会盖章", Duty::word),
            "perhaps committee_stamp is meant; "
        );
        assert_eq!(
            meant(&CLASSES, "非生产性开支", Class::word),
            "perhaps non-production is meant; "
        );
        assert_eq!(meant(&DUTIES, "seal", Duty::word), "");
        assert_eq!((differing("", "abc"), differing("kitten", "sitting")), (3, 3));
    }
}
