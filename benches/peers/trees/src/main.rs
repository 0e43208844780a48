//! The trees of the ranking model beside those of `linfa-ensemble` and `perpetual`, on the same columns and rows.
//!
//!     trees COUNTY_FOLDER...        datasets with answers, which are read for the figures alone
//!
//! Acts and placebos are planted once into a county's book. Each learner is fitted on the planted payments and 50,000
//! payments of the county, village by village in two parts, and scores the payments of the other part.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use linfa::prelude::*;
use linfa_ensemble::RandomForestParams;
use linfa_trees::DecisionTree;
use mingzhang::columns;
use mingzhang::ledger::decode::answers::answers;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::ledger::book::open::books;
use mingzhang::model::extra_trees::codes::{Codes, Cuts};
use mingzhang::model::extra_trees::settings::Settings;
use mingzhang::model::extra_trees::{ExtraTrees, Label};
use mingzhang::pipeline::Pipeline;
use mingzhang::planting::{self, Role, plant};
use mingzhang::scoring::ranking_model::read_columns;
use ndarray::{Array1, Array2};
use perpetual::objective::Objective;
use perpetual::{Matrix, PerpetualBooster};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;

/// Payments of the county that each learner is fitted on.
const HONEST: usize = 50_000;
/// What all acts together weigh as a share of the honest payments, and a placebo: the defaults of the ranking.
const ACTS: f64 = 0.01;
const PLACEBO: f64 = 0.15;

/// Rows to learn from.
struct Rows {
    columns: Vec<Vec<f32>>,
    village: Vec<u32>,
    is_act: Vec<bool>,
    weight: Vec<f64>,
}

impl Rows {
    fn select(&self, rows: &[usize]) -> Self {
        Self {
            columns: self.columns.iter().map(|column| rows.iter().map(|row| column[*row]).collect()).collect(),
            village: rows.iter().map(|row| self.village[*row]).collect(),
            is_act: rows.iter().map(|row| self.is_act[*row]).collect(),
            weight: rows.iter().map(|row| self.weight[*row]).collect(),
        }
    }

    fn of(&self, is_asked: impl Fn(u32) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.village.len()).filter(|row| is_asked(self.village[*row])).collect();
        self.select(&rows)
    }

    fn len(&self) -> usize {
        self.village.len()
    }

    /// Row after row, missing cells as a number that is below all others.
    fn dense(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.len(), self.columns.len()), |(row, column)| {
            let cell = f64::from(self.columns[column][row]);
            if cell.is_nan() { -1e9 } else { cell }
        })
    }

    /// Column after column, missing cells as NaN.
    fn flat(&self) -> Vec<f64> {
        self.columns.iter().flatten().map(|cell| f64::from(*cell)).collect()
    }
}

/// A planted copy of a book as labelled rows.
fn labelled(book: &Book, seed: u64) -> Rows {
    let planted = plant(book, &planting::Settings::default(), seed);
    planted.book.warm_up();
    let payments = planted.roles.len();
    let mut honest: Vec<usize> = (0..payments).filter(|it| planted.roles[*it] == Role::Untouched).collect();
    honest.shuffle(&mut SmallRng::seed_from_u64(seed));
    honest.truncate(HONEST);
    let touched = (0..payments).filter(|it| planted.roles[*it] != Role::Untouched);
    let rows: Vec<usize> = honest.iter().copied().chain(touched).collect();
    let mut each: BTreeMap<_, f64> = BTreeMap::new();
    let of_act = |payment: usize| match planted.roles[payment] {
        Role::Act(edit) => Some(&planted.edits[edit as usize]),
        _ => None,
    };
    let root = |edit: &planting::Edit| (edit.payments.len() as f64).sqrt().recip();
    for edit in (0..payments).filter_map(of_act) {
        *each.entry(edit.kind).or_default() += root(edit);
    }
    let share = honest.len() as f64 * ACTS / each.len() as f64;
    let weight = |payment: usize| match (planted.roles[payment], of_act(payment)) {
        (_, Some(edit)) => root(edit) / each[&edit.kind] * share,
        (Role::Untouched, _) => 1.0,
        _ => PLACEBO,
    };
    Rows {
        columns: read(&planted.book, &rows),
        village: rows.iter().map(|row| planted.book.payments.village[*row]).collect(),
        is_act: rows.iter().map(|row| of_act(*row).is_some()).collect(),
        weight: rows.iter().map(|row| weight(*row)).collect(),
    }
}

/// The columns that the ranking reads, of some payments.
fn read(book: &Book, payments: &[usize]) -> Vec<Vec<f32>> {
    let read: Vec<&str> = read_columns().map(|column| column.name).collect();
    let names: Vec<&str> = columns::definitions().map(|column| column.name).collect();
    let taken = columns::measure(book, |place, cells| {
        read.contains(&names[place]).then(|| payments.iter().map(|row| cells[*row]).collect())
    });
    taken.into_iter().flatten().collect()
}

fn ours(fit: &Rows, own: &Rows) -> Vec<f64> {
    let cuts: Vec<Cuts> = fit.columns.iter().map(|cells| Cuts::of(cells)).collect();
    let codes = |rows: &Rows| {
        let coded = cuts.iter().zip(&rows.columns).map(|(cuts, cells)| cuts.codes(cells)).collect();
        Codes::new(rows.len(), cuts.clone().into(), coded)
    };
    let label = |(is_act, weight): (&bool, &f64)| Label { class: u8::from(*is_act), weight: *weight as f32 };
    let labels: Vec<Label> = fit.is_act.iter().zip(&fit.weight).map(label).collect();
    let trees = ExtraTrees::fit(&codes(fit), (&labels, 2), &Settings::default(), 1).expect("trees");
    trees.probabilities(&codes(own)).into_iter().map(f64::from).collect()
}

/// Boosted trees that choose their own number; `budget` is their only setting.
fn boosted(fit: &Rows, own: &Rows) -> Vec<f64> {
    let label: Vec<f64> = fit.is_act.iter().map(|is_act| f64::from(u8::from(*is_act))).collect();
    let (flat, asked) = (fit.flat(), own.flat());
    let mut model = PerpetualBooster::default()
        .set_objective(Objective::LogLoss)
        .set_budget(1.0)
        .set_num_threads(Some(2));
    model.fit(&Matrix::new(&flat, fit.len(), fit.columns.len()), &label, Some(&fit.weight), None).expect("boosting");
    model.predict(&Matrix::new(&asked, own.len(), own.columns.len()), true)
}

/// A random forest; weights do not reach its trees, so honest payments stand against acts as they are.
fn forest(fit: &Rows, own: &Rows) -> Vec<f64> {
    let label: Array1<usize> = fit.is_act.iter().map(|is_act| usize::from(*is_act)).collect();
    let data = linfa::Dataset::new(fit.dense(), label);
    let trees = DecisionTree::params().max_depth(Some(40)).min_weight_leaf(3.0);
    let model = RandomForestParams::new_fixed_rng(trees, SmallRng::seed_from_u64(1))
        .ensemble_size(50)
        .bootstrap_proportion(0.5)
        .feature_proportion(0.2)
        .fit(&data)
        .expect("a forest");
    let asked = own.dense();
    let mut votes = vec![0.0; own.len()];
    for (tree, features) in model.models.iter().zip(&model.model_features) {
        let told = tree.predict(&asked.select(ndarray::Axis(1), features));
        votes.iter_mut().zip(told).for_each(|(votes, class)| *votes += class as f64);
    }
    votes
}

/// Average precision, and the share of acts with a payment in the first hundredth.
fn figures(scores: &[f64], act: &[Option<&str>]) -> (f64, f64) {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut hits, mut sum) = (0.0, 0.0);
    let (mut all, mut seen) = (BTreeMap::new(), BTreeMap::new());
    for (place, row) in order.iter().enumerate() {
        let Some(name) = act[*row] else { continue };
        hits += 1.0;
        sum += hits / (place + 1) as f64;
        all.insert(name, ());
        if place < scores.len().div_ceil(100) {
            seen.insert(name, ());
        }
    }
    (sum / hits, seen.len() as f64 / all.len() as f64)
}

fn main() {
    for folder in std::env::args().skip(1) {
        let data = Dataset::at(Path::new(&folder));
        let pipeline = Pipeline::load_or_default(None, &[]).expect("the default");
        let source = data.sources().expect("a dataset").remove(0);
        let book = books(&source, &pipeline.ledger, pipeline.last_day()).expect("a book").0.remove(0);
        let told = answers(&data).expect("answers");
        let acts: BTreeMap<&str, &str> = told
            .iter()
            .filter(|it| it.is_act && it.grain == "payment")
            .map(|it| (it.subject.as_str(), it.act.as_str()))
            .collect();
        let keys: Vec<String> = book.payments.line.iter().map(|line| book.line_key(*line as usize)).collect();
        let act: Vec<Option<&str>> = keys.iter().map(|key| acts.get(key.as_str()).copied()).collect();
        let payments = book.payments.len();
        let own = Rows {
            columns: read(&book, &(0..payments).collect::<Vec<_>>()),
            village: book.payments.village.clone(),
            is_act: vec![false; payments],
            weight: vec![1.0; payments],
        };
        let rows = labelled(&book, 1);
        println!("{folder}: {} rows to fit on, {payments} to score", rows.len());
        let learners: [(&str, fn(&Rows, &Rows) -> Vec<f64>); 3] =
            [("ours", ours), ("perpetual", boosted), ("linfa-ensemble", forest)];
        for (name, learner) in learners {
            let begin = Instant::now();
            let mut scores = vec![0.0; payments];
            for part in 0..2 {
                let asked: Vec<usize> = (0..payments).filter(|it| own.village[*it] % 2 == part).collect();
                let told = learner(&rows.of(|village| village % 2 != part), &own.select(&asked));
                asked.iter().zip(told).for_each(|(row, score)| scores[*row] = score);
            }
            let (precision, shown) = figures(&scores, &act);
            let seconds = begin.elapsed().as_secs_f64();
            println!("{name:>16}: average precision {precision:.3}, acts in the top 1 % {shown:.3}, {seconds:.0} s");
        }
    }
}
