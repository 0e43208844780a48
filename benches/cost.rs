//! CPU time and memory of detectors on one million rows of 40 normal columns, as processes are billed for them.
//!
//! `cargo bench --bench cost -- ecod hbos`; without names, all. The threads are rayon's: compare
//! `RAYON_NUM_THREADS=1` with 2. Linux only, for `/proc/self/stat`.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench may fall over, and reports")]

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use mingzhang::matrix::Matrix;
use mingzhang::model::detectors::name::Name;
use mingzhang::model::settings::Settings;
use peak_alloc::PeakAlloc;
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const ROWS: usize = 1_000_000;
const COLUMNS: usize = 40;
const NEW_ROWS: u32 = 1000;

fn matrix() -> Matrix {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut matrix = Matrix::new(ROWS);
    for column in 0..COLUMNS {
        let cells = (0..ROWS).map(|_| Some(StandardNormal.sample(&mut random)));
        matrix.push(&column.to_string(), cells).expect("columns of one length");
    }
    matrix
}

/// User and system time of this process so far, in seconds; the clock of `/proc` ticks 100 times a second.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, after_name) = stat.rsplit_once(')').expect("a name in brackets");
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.map(|it| it.parse::<f64>().expect("a number")).sum::<f64>() / 100.0
}

/// Seconds of CPU and of the clock that some work took, and what it gave.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, f64, T) {
    let (before, begin) = (cpu(), Instant::now());
    let result = work();
    (cpu() - before, begin.elapsed().as_secs_f64(), result)
}

fn main() {
    let asked: Vec<Name> = std::env::args().filter_map(|name| name.parse().ok()).collect();
    let names = if asked.is_empty() { Name::ALL.to_vec() } else { asked };
    let matrix = matrix();
    let new = matrix.select(&(0..NEW_ROWS).collect::<Vec<u32>>());
    println!("detector       fit: CPU s  wall s  extra MB   score: CPU s  wall s   1,000 rows: ms");
    for name in names {
        let settings = Settings::with(&[name]);
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let (fit_cpu, fit_wall, model) = timed(|| settings.fit(&matrix, 1).expect("a fit"));
        let extra = MEMORY.peak_usage().saturating_sub(before) / 1_000_000;
        let (score_cpu, score_wall, _) = timed(|| black_box(model.score(&matrix).expect("scores")));
        let (_, few, _) = timed(|| black_box(model.score(&new).expect("scores")));
        let few = few * 1e3;
        println!(
            "{name:12} {fit_cpu:12.2} {fit_wall:7.2} {extra:9} {score_cpu:15.2} {score_wall:7.2} {few:17.2}"
        );
    }
}
