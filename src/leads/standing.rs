//! How often an ordinary subject stands as high: p-values of subjects, and error statements about matters.
//!
//! A p-value is conformal: the share of reference subjects of the same group that score as much
//! ([`crate::model::calibrate`]). What is stated about a list is stated about *matters*: the payments of one
//! village to one payee are one, and its most unusual payment stands for it. One odd payee would otherwise
//! count as often as it was paid, and no list that is cut by payments could keep its word. Of the payments of one
//! voucher only the most unusual stands for its matter: a list of subsidies with one name too many looks odd in
//! all its lines.
//!
//! A group of one to three thousand matters cannot call any of its own rare enough for a list that is drawn
//! from all groups. Matters are therefore brought to one scale, group by group, and compared with those of
//! all groups: where ordinary villages are exchangeable so are their matters, whatever their groups, so
//! that the statement about the whole list stands; the scale only keeps a group whose scores are always high
//! from taking the list.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::features::subjects::Matters;
use crate::model::calibrate::Calibration;
use crate::model::error::Error;
use crate::stats::combine::benjamini_hochberg;

/// Reference subjects that a group needs to be compared with by itself.
const ENOUGH_FOR_A_GROUP: usize = 500;

/// Subjects with their scores, groups and matters, one of each for a subject.
#[derive(Debug, Clone, Copy)]
pub struct Standings<'a> {
    /// Their scores.
    pub scores: &'a [f64],
    /// The group that each is compared with.
    pub groups: &'a [&'a str],
    /// The matter that each belongs to.
    pub matters: &'a Matters,
}

/// What is said of some subjects, one cell for each.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// How often a reference subject of the same group scores as much.
    pub p_value: Vec<f64>,
    /// The p-value of a matter, at the subject that stands for it; NaN at its others.
    pub of_matter: Vec<f64>,
}

/// The scores that others are compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    subjects: ByGroup,
    /// None where every subject is a matter by itself.
    matters: Option<Pooled>,
}

/// Scores of all, each measured by the upper tail of its group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pooled {
    all: Tail,
    groups: BTreeMap<String, Tail>,
    measured: Calibration,
}

/// Where the upper tenth of some scores begins, and how far beyond it they lie in the mean.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tail {
    from: f64,
    beyond: f64,
}

/// Scores of all, and by group for those that have enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByGroup {
    all: Calibration,
    groups: BTreeMap<String, Calibration>,
}

impl Standing {
    /// The standing of the subjects that others are compared with.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(all: Standings<'_>) -> Result<Self, Error> {
        let heads = heads(all);
        let subjects = ByGroup::of(all.scores.iter().copied().zip(all.groups.iter().copied()))?;
        let is_alone = heads.iter().all(|is_head| *is_head);
        let of_heads = || {
            let all = all.scores.iter().copied().zip(all.groups.iter().copied()).zip(&heads);
            Pooled::of(all.filter(|(_, is_head)| **is_head).map(|(it, _)| it))
        };
        let matters = if is_alone { None } else { Some(of_heads()?) };
        Ok(Self { subjects, matters })
    }

    /// The number of subjects that others are compared with.
    pub fn size(&self) -> u64 {
        self.subjects.all.size()
    }

    /// What is said of subjects; `within` says whether they are among those that they are compared with.
    pub fn say(&self, all: Standings<'_>, within: bool) -> Said {
        let rows = || all.scores.iter().zip(all.groups);
        let p_value: Vec<f64> =
            rows().map(|(score, group)| self.subjects.p(*score, group, within)).collect();
        let Some(matters) = &self.matters else {
            return Said { of_matter: p_value.clone(), p_value };
        };
        let of_matter = rows().zip(heads(all)).map(|((score, group), is_head)| {
            if is_head { matters.p(*score, group, within) } else { f64::NAN }
        });
        Said { of_matter: of_matter.collect(), p_value }
    }
}

impl Said {
    /// For each subject the share of false matters to expect among all whose p-value is as small (Benjamini
    /// and Hochberg 1995), told where the subject stands for its matter; 1 elsewhere.
    pub fn q_values(&self) -> Vec<f64> {
        let told: Vec<f64> = self.of_matter.iter().copied().filter(|p| !p.is_nan()).collect();
        let mut q = benjamini_hochberg(&told).into_iter();
        let of = |p: &f64| if p.is_nan() { 1.0 } else { q.next().unwrap_or(1.0) };
        self.of_matter.iter().map(of).collect()
    }

    /// The number of matters.
    pub fn matters(&self) -> usize {
        self.of_matter.iter().filter(|p| !p.is_nan()).count()
    }

    /// Puts what was said of some rows into the places of these rows.
    pub fn put(&mut self, rows: &[u32], said: &Self) {
        for (row, (p, of_matter)) in rows.iter().zip(said.p_value.iter().zip(&said.of_matter)) {
            let at = *row as usize;
            if let (Some(own), Some(matter)) =
                (self.p_value.get_mut(at), self.of_matter.get_mut(at))
            {
                (*own, *matter) = (*p, *of_matter);
            }
        }
    }
}

impl ByGroup {
    fn of<'a>(all: impl Iterator<Item = (f64, &'a str)>) -> Result<Self, Error> {
        let all: Vec<(f64, &str)> = all.collect();
        let groups = large_groups(&all);
        let groups =
            groups.map(|(group, scores)| Ok((group.to_owned(), Calibration::of(&scores)?)));
        Ok(Self {
            groups: groups.collect::<Result<_, Error>>()?,
            all: Calibration::of(&scores(&all))?,
        })
    }

    fn p(&self, score: f64, group: &str, within: bool) -> f64 {
        self.groups.get(group).unwrap_or(&self.all).p(score, within)
    }
}

impl Pooled {
    fn of<'a>(all: impl Iterator<Item = (f64, &'a str)>) -> Result<Self, Error> {
        let all: Vec<(f64, &str)> = all.collect();
        let tail = |(group, scores): (&str, Vec<f64>)| (group.to_owned(), Tail::of(scores));
        let groups: BTreeMap<String, Tail> = large_groups(&all).map(tail).collect();
        let own = Tail::of(scores(&all));
        let measure =
            |(score, group): &(f64, &str)| groups.get(*group).unwrap_or(&own).measure(*score);
        let measured = Calibration::of(&all.iter().map(measure).collect::<Vec<f64>>())?;
        Ok(Self { all: own, groups, measured })
    }

    fn p(&self, score: f64, group: &str, within: bool) -> f64 {
        let tail = self.groups.get(group).unwrap_or(&self.all);
        self.measured.p(tail.measure(score), within)
    }
}

impl Tail {
    #[expect(clippy::cast_precision_loss, reason = "subjects are far below 2^52")]
    fn of(mut scores: Vec<f64>) -> Self {
        scores.sort_unstable_by(f64::total_cmp);
        let tail = scores.split_off(scores.len() - scores.len().div_ceil(10));
        let from = tail.first().copied().unwrap_or(0.0);
        let beyond = tail.iter().map(|score| score - from).sum::<f64>() / tail.len().max(1) as f64;
        Self { from, beyond: if beyond > 0.0 { beyond } else { 1.0 } }
    }

    fn measure(self, score: f64) -> f64 {
        (score - self.from) / self.beyond
    }
}

fn scores(all: &[(f64, &str)]) -> Vec<f64> {
    all.iter().map(|(score, _)| *score).collect()
}

/// The scores of each group that has enough of them.
fn large_groups<'a>(all: &[(f64, &'a str)]) -> impl Iterator<Item = (&'a str, Vec<f64>)> {
    let mut parts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (score, group) in all {
        parts.entry(group).or_default().push(*score);
    }
    parts.into_iter().filter(|(_, scores)| scores.len() >= ENOUGH_FOR_A_GROUP)
}

/// Whether each subject stands for its matter: the first of those that score highest, unless another of its
/// voucher scores as much.
fn heads(Standings { scores, matters, .. }: Standings<'_>) -> Vec<bool> {
    let mut heads = vec![true; scores.len()];
    for matters in [&matters.of_payee, &matters.of_voucher] {
        let mut best: BTreeMap<u32, (f64, usize)> = BTreeMap::new();
        let standing =
            scores.iter().zip(matters).enumerate().filter(|(at, _)| heads.get(*at) == Some(&true));
        for (at, (score, matter)) in standing {
            let own = best.entry(*matter).or_insert((*score, at));
            if *score > own.0 {
                *own = (*score, at);
            }
        }
        heads = vec![false; scores.len()];
        for (_, at) in best.into_values() {
            if let Some(head) = heads.get_mut(at) {
                *head = true;
            }
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::{Standing, Standings};
    use crate::features::subjects::Matters;

    #[test]
    fn a_matter_is_told_once_and_compared_with_matters() {
        let scores = [5.0, 9.0, 9.0, 1.0, 2.0, 3.0];
        let (of_payee, of_voucher) = (vec![0, 0, 0, 1, 2, 3], vec![0, 1, 2, 3, 4, 5]);
        let matters = Matters { of_payee, of_voucher };
        let all = Standings { scores: &scores, groups: &["g"; 6], matters: &matters };
        let standing = Standing::of(all).unwrap();
        let said = standing.say(all, true);
        assert_eq!(said.matters(), 4);
        assert!(said.of_matter[0].is_nan() && said.of_matter[2].is_nan());
        // One of four matters, but two of six payments.
        assert!(
            (said.of_matter[1] - 0.25).abs() < 1e-12 && (said.p_value[1] - 1.0 / 3.0).abs() < 1e-12
        );
        let q = said.q_values();
        assert!((q[0] - 1.0).abs() < 1e-12 && (q[1] - 1.0).abs() < 1e-12, "{q:?}");
    }

    #[test]
    fn of_one_voucher_only_the_most_unusual_payment_stands_for_its_matter() {
        let (of_payee, of_voucher) = (vec![0, 1, 2, 0], vec![0, 0, 1, 2]);
        let matters = Matters { of_payee, of_voucher };
        let scores = [5.0, 6.0, 1.0, 2.0];
        let all = Standings { scores: &scores, groups: &["g"; 4], matters: &matters };
        let said = Standing::of(all).unwrap().say(all, true);
        // The first is the head of its payee, but another one of its voucher scores more.
        let told: Vec<bool> = said.of_matter.iter().map(|p| !p.is_nan()).collect();
        assert_eq!(told, [false, true, true, false]);
    }

    #[test]
    fn a_group_is_compared_with_itself_if_it_is_large_enough() {
        // The second group scores far more, as it always does.
        let score = |row: u16| f64::from(row % 97 + 500 * (row % 2));
        let scores: Vec<f64> = (0..1_200).map(score).collect();
        let groups: Vec<&str> =
            (0..1_200_u16).map(|row| if row.is_multiple_of(2) { "a" } else { "b" }).collect();
        let alone: Vec<u32> = (0..1_200).collect();
        let matters = Matters { of_payee: alone.clone(), of_voucher: alone };
        let all = Standings { scores: &scores, groups: &groups, matters: &matters };
        let standing = Standing::of(all).unwrap();
        let p = standing.say(all, false).p_value;
        let small = |group: &str| {
            let own = p.iter().zip(&groups).filter(|(_, own)| **own == group);
            own.filter(|(p, _)| **p <= 0.1).count()
        };
        assert!((40..=80).contains(&small("a")) && (40..=80).contains(&small("b")));
        let strangers = Standings { groups: &vec!["c"; 1_200], ..all };
        let p = standing.say(strangers, false).p_value;
        assert!(p.iter().filter(|p| **p <= 0.1).count() <= 130);
    }
}
