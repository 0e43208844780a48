//! Interned strings: collected during decoding and ranked at the end.
//!
//! A finished [`Names`] is sorted, so that ids sort like strings and do not depend on the order of files or the number
//! of threads.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use rayon::slice::ParallelSliceMut;

use crate::convert::row32;
use crate::ledger::contract::cell::{Cell, Id};

/// The strings of one column chunk, numbered in order of appearance.
#[derive(Debug, Default)]
pub(in crate::ledger) struct Collector {
    text: String,
    ends: Vec<usize>,
    seen: HashTable<u32>,
}

impl Collector {
    /// The number of a string; surrounding whitespace is ignored, and an empty string gives the empty cell.
    pub(in crate::ledger) fn intern(&mut self, string: &str) -> Id {
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
        let id = row32(ends.len());
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

/// All strings of a book, sorted; strings added to a copy of the book follow them.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
    /// The number of ids added after the sorted ones; see [`Names::add`].
    added: usize,
    /// The added ids, sorted by their strings.
    added_order: Vec<Id>,
}

impl Names {
    /// Ranks the strings of all collectors and returns, for each collector, the id of each number.
    pub(in crate::ledger) fn rank(collectors: &[&Collector]) -> (Self, Vec<Vec<Id>>) {
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
            let id = Id(row32(names.ends.len() - 1));
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

    /// The id of a string; adds the string if it is new.
    ///
    /// An added id is not a rank: it is larger than every sorted id. Use [`Names::rank_of`] to order both kinds by
    /// string.
    pub(crate) fn add(&mut self, string: &str) -> Id {
        if let Some(id) = self.find(string) {
            return id;
        }
        let id = Id(row32(self.ends.len()));
        let place = self.added_order.partition_point(|added| self.get(*added) < string);
        self.text.push_str(string);
        self.ends.push(self.text.len());
        self.added += 1;
        self.added_order.insert(place, id);
        id
    }

    /// A number that sorts like the strings, for sorted and added ids.
    pub(crate) fn rank_of(&self, id: Id) -> u64 {
        let sorted = self.ends.len() - self.added;
        let among_added = u64::from(u32::MAX);
        if (id.0 as usize) < sorted || id == Id::NONE {
            return (u64::from(id.0) << 32) | among_added;
        }
        let string = self.get(id);
        let before = self.place_of(string).unwrap_or_else(|place| place) as u64;
        let place = self.added_order.partition_point(|added| self.get(*added) < string) as u64;
        (before << 32) | place
    }

    /// The id of a string, if it exists.
    pub fn find(&self, string: &str) -> Option<Id> {
        if let Ok(place) = self.place_of(string) {
            return u32::try_from(place).ok().map(Id);
        }
        let added = &self.added_order;
        let place = added.binary_search_by(|id| self.get(*id).cmp(string)).ok()?;
        added.get(place).copied()
    }

    /// The index of a string among the sorted ones, or its insertion point.
    fn place_of(&self, string: &str) -> Result<usize, usize> {
        let mut low = 0;
        let mut high = self.ends.len() - self.added;
        while low < high {
            let middle = low.midpoint(high);
            let id = row32(middle);
            match get(&self.text, &self.ends, id).cmp(string) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// The number of distinct strings.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no strings.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Computes a value for each string, in the order of ids.
    pub fn map<T>(&self, value: impl Fn(&str) -> T) -> Vec<T> {
        (0..self.ends.len())
            .map(|id| value(get(&self.text, &self.ends, u32::try_from(id).unwrap_or(0))))
            .collect()
    }
}

/// The first eight bytes as an integer with the same order; most comparisons need nothing else.
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
    use crate::ledger::contract::cell::{Cell, Id};

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

    #[test]
    fn an_added_string_is_found_and_ranked_among_the_sorted_ones() {
        let mut words = Collector::default();
        for word in ["pond", "well", "road"] {
            words.intern(word);
        }
        let (mut names, _) = Names::rank(&[&words]);
        assert_eq!(names.add("road"), Id(1));
        assert_eq!((names.add("rice"), names.add("ash"), names.add("rice")), (Id(3), Id(4), Id(3)));
        assert_eq!((names.find("ash"), names.find("well")), (Some(Id(4)), Some(Id(2))));
        let mut all: Vec<Id> = (0..5).map(Id).collect();
        all.sort_by_key(|id| names.rank_of(*id));
        let all: Vec<_> = all.into_iter().map(|id| names.get(id)).collect();
        assert_eq!(all, ["ash", "pond", "rice", "road", "well"]);
    }
}
