//! Fit and score of each detector and of all together, at three sizes of 40 columns.
//!
//! `cargo bench --bench model`, or one of them: `cargo bench --bench model -- score/iforest/1000000`.
//! The threads are rayon's: `RAYON_NUM_THREADS=1` measures one core.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fall over")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use mingzhang::matrix::Matrix;
use mingzhang::model::detectors::name::Name;
use mingzhang::model::settings::Settings;
use mingzhang::scoring::ranks::ranking;
use rand::SeedableRng;
use rand_distr::{Distribution, LogNormal, Normal};
use rand_xoshiro::Xoshiro256PlusPlus;

const SEED: u64 = 1;
const COLUMNS: usize = 40;
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

/// Columns that hang together through three hidden causes; a quarter of them heavy in the tail, every
/// fifth cell of another quarter missing if asked for.
fn matrix(rows: usize, gaps: bool) -> Matrix {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let normal = Normal::new(0.0_f32, 1.0).unwrap();
    let heavy = LogNormal::new(0.0_f32, 1.0).unwrap();
    let causes: Vec<Vec<f32>> =
        (0..3).map(|_| (0..rows).map(|_| normal.sample(&mut random)).collect()).collect();
    let mut matrix = Matrix::new(rows);
    for column in 0..COLUMNS {
        let cause = &causes[column % 3];
        let cells: Vec<Option<f32>> = (0..rows)
            .map(|row| {
                let noise = if column % 4 == 0 {
                    heavy.sample(&mut random)
                } else {
                    normal.sample(&mut random)
                };
                let missing = gaps && column % 4 == 1 && (row * 7 + column) % 5 == 0;
                (!missing).then_some(cause[row] + noise)
            })
            .collect();
        matrix.push(&format!("c{column}"), cells).unwrap();
    }
    matrix
}

fn settings() -> Vec<(&'static str, Settings)> {
    let single = Name::ALL.iter().copied().map(|name| (name.word(), Settings::with(&[name])));
    single.into_iter().chain([("default", Settings::default())]).collect()
}

/// `fit` holds one scoring of the fitted rows, since a model stores where their scores lie.
fn fit_and_score(criterion: &mut Criterion) {
    for rows in SIZES {
        let whole = matrix(rows, false);
        let gaps = matrix(rows, true);
        for (name, settings) in settings() {
            // Its share of the default's time says as much, and its samples take minutes.
            if rows > 100_000 && name == Name::Neighbours.word() {
                continue;
            }
            let mut group = criterion.benchmark_group("model");
            group.throughput(Throughput::Elements(rows as u64));
            group.sample_size(10).warm_up_time(Duration::from_millis(500));
            group.measurement_time(Duration::from_secs(if rows > 100_000 { 10 } else { 3 }));
            group.bench_function(BenchmarkId::new(format!("fit/{name}"), rows), |bencher| {
                bencher.iter(|| settings.fit(black_box(&whole), SEED).unwrap());
            });
            let model = settings.fit(&whole, SEED).unwrap();
            group.bench_function(BenchmarkId::new(format!("score/{name}"), rows), |bencher| {
                bencher.iter(|| black_box(&model).score(&whole).unwrap());
            });
            group.bench_function(BenchmarkId::new(format!("score_gaps/{name}"), rows), |bencher| {
                bencher.iter(|| black_box(&model).score(&gaps).unwrap());
            });
            group.finish();
        }
    }
}

fn explain(criterion: &mut Criterion) {
    let matrix = matrix(10_000, true);
    let model = Settings::default().fit(&matrix, SEED).unwrap();
    let mut first = ranking(&model.score(&matrix).unwrap());
    first.truncate(1000);
    criterion.bench_function("model/contributions/1000", |bencher| {
        bencher.iter(|| black_box(&model).contributions(&matrix, &first).unwrap());
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    fit_and_score(&mut criterion);
    explain(&mut criterion);
    criterion.final_summary();
}
