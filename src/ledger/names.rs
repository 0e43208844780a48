//! Strings as numbers: collected while columns are decoded, ranked once when all are known.
//!
//! A finished [`Names`] is sorted, so a smaller id is a smaller string: sorting by id sorts by string,
//! and neither the order of files nor the number of threads can move an id.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use rayon::slice::ParallelSliceMut;

use super::cell::{Cell, Id};

/// The strings of one column chunk, numbered in the order in which they were met.
#[derive(Debug, Default)]
pub(super) struct Collector {
    text: String,
    ends: Vec<usize>,
    seen: HashTable<u32>,
}

impl Collector {
    /// The number of this string; white space around it does not count, and nothing is no string.
    pub(super) fn intern(&mut self, string: &str) -> Id {
        let string = string.trim();
        if string.is_empty() {
            return Id::NONE;
        }
        let hasher = FixedState::default();
        let Self { text, ends, seen } = self;
        let hash = hasher.hash_one(string);
        let same = |id: &u32| get(text, ends, *id) == string;
        if let Some(id) = seen.find(hash, same) {
            return Id(*id);
        }
        let id = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        text.push_str(string);
        ends.push(text.len());
        seen.insert_unique(hash, id, |id| hasher.hash_one(get(text, ends, *id)));
        Id(id)
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|id| get(&self.text, &self.ends, u32::try_from(id).unwrap_or(0)))
    }
}

fn get<'a>(text: &'a str, ends: &[usize], id: u32) -> &'a str {
    let id = id as usize;
    let start = id.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(id).copied().unwrap_or(start);
    text.get(start..end).unwrap_or("")
}

/// Every string of a book, sorted.
#[derive(Debug, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// Ranks the strings of all collectors; also gives, for each collector, the id of each number.
    pub(super) fn rank(collectors: &[&Collector]) -> (Self, Vec<Vec<Id>>) {
        let mut all: Vec<(u64, &str, u32, u32)> = Vec::new();
        for (source, collector) in (0..).zip(collectors) {
            let numbered = (0..).zip(collector.iter());
            all.extend(numbered.map(|(number, text)| (prefix(text), text, source, number)));
        }
        all.par_sort_unstable();
        let mut ids: Vec<Vec<Id>> =
            collectors.iter().map(|collector| vec![Id::NONE; collector.ends.len()]).collect();
        let mut names = Self::default();
        let mut last = None;
        for (_, text, source, number) in all {
            if last != Some(text) {
                names.text.push_str(text);
                names.ends.push(names.text.len());
                last = Some(text);
            }
            let id = Id(u32::try_from(names.ends.len() - 1).unwrap_or(u32::MAX));
            let place = ids.get_mut(source as usize).and_then(|ids| ids.get_mut(number as usize));
            if let Some(place) = place {
                *place = id;
            }
        }
        (names, ids)
    }

    /// The string of an id; empty for the empty cell.
    pub fn get(&self, id: Id) -> &str {
        if id == Id::NONE { "" } else { get(&self.text, &self.ends, id.0) }
    }

    /// The id of a string, if any cell holds it.
    pub fn find(&self, string: &str) -> Option<Id> {
        let mut low = 0;
        let mut high = self.ends.len();
        while low < high {
            let middle = low.midpoint(high);
            let id = u32::try_from(middle).ok()?;
            match get(&self.text, &self.ends, id).cmp(string) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(Id(id)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The number of different strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no string at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A value for each string, in the order of ids.
    pub fn map<T>(&self, value: impl Fn(&str) -> T) -> Vec<T> {
        (0..self.ends.len())
            .map(|id| value(get(&self.text, &self.ends, u32::try_from(id).unwrap_or(0))))
            .collect()
    }
}

/// The first eight bytes as a number that sorts as they do: most comparisons end here.
fn prefix(text: &str) -> u64 {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(text.bytes()) {
        *place = byte;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Collector, Names};
    use crate::ledger::cell::{Cell, Id};

    #[test]
    fn ids_sort_as_strings_do_wherever_they_were_met() {
        let mut first = Collector::default();
        let mut second = Collector::default();
        for word in ["pond", " well ", "road", "well"] {
            first.intern(word);
        }
        for word in ["road", "bridge", "", "waterworks"] {
            second.intern(word);
        }
        let (names, ids) = Names::rank(&[&first, &second]);
        let all: Vec<_> = (0..5).map(|id| names.get(Id(id))).collect();
        assert_eq!(all, ["bridge", "pond", "road", "waterworks", "well"]);
        assert_eq!(ids, [vec![Id(1), Id(4), Id(2)], vec![Id(2), Id(0), Id(3)]]);
        assert_eq!(names.find("waterworks"), Some(Id(3)));
        assert_eq!(names.find("fish"), None);
        assert_eq!(names.get(Id::NONE), "");
    }
}
