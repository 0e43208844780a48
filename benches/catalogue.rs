//! The bars of the catalogue on a simulated county of about a million lines: all indicators together take at
//! most three times as long as reading and conforming the county, and at most twice the book's memory.
//!
//! `cargo bench --bench catalogue`; the dearest indicators are named, and a missed bar ends with an error.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench may fall over, and reports")]

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use mingzhang::features::measure;
use mingzhang::indicators::CATALOGUE;
use mingzhang::indicators::indicator::{Configured, Indicator};
use mingzhang::ledger::book::Book;
use mingzhang::ledger::book::conform;
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::contract::cell::Day;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const ROUNDS: usize = 5;

fn book(data: &Path) -> Book {
    let source = Dataset::at(data).sources().expect("a dataset").remove(0);
    let settings = conform::Settings::default();
    let (mut books, _) = books(&source, &settings, Day(30_000)).expect("a simulated ledger");
    books.remove(0)
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let result = work();
    (begin.elapsed(), result)
}

/// The middle one of an odd number of durations.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = Settings { villages: 240, townships: 24, years: 5, ..Settings::default() };
    simulate(&settings, folder.path()).expect("the simulator takes these settings");
    let with_defaults = |entry: &&'static Indicator| {
        entry.with(toml::Table::new()).expect("every setting has a default")
    };
    let indicators: Vec<Box<dyn Configured>> = CATALOGUE.iter().map(with_defaults).collect();

    let (mut reading, mut measuring) = (Vec::new(), Vec::new());
    let mut each = vec![Vec::new(); indicators.len()];
    let (mut kept, mut peak) = (0, 0);
    for _ in 0..ROUNDS {
        let before = MEMORY.current_usage();
        let (time, book) = timed(|| book(folder.path()));
        reading.push(time);
        kept = MEMORY.current_usage() - before;
        MEMORY.reset_peak_usage();
        let (time, measured) = timed(|| measure(&book, &indicators));
        measuring.push(time);
        peak = MEMORY.peak_usage() - before - kept;
        drop(black_box(measured));
        for (times, indicator) in each.iter_mut().zip(&indicators) {
            times.push(timed(|| black_box(indicator.prepare(&book).readings())).0);
        }
    }
    let (reading, measuring) = (median(reading), median(measuring));
    let time = measuring.as_secs_f64() / reading.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a ratio of megabytes")]
    let memory = peak as f64 / kept as f64;
    println!("{} indicators, medians of {ROUNDS} rounds", indicators.len());
    println!("read and conform {reading:?}, the catalogue {measuring:?}: {time:.2} times (bar 3)");
    println!(
        "the book {} MB, the catalogue {} MB: {memory:.2} times (bar 2)",
        kept >> 20,
        peak >> 20
    );
    let mut each: Vec<(Duration, &str)> =
        each.into_iter().map(median).zip(indicators.iter().map(|one| one.card().name)).collect();
    each.sort_unstable_by(|a, b| b.cmp(a));
    for (time, name) in each {
        println!("{:>10.1} ms  {name}", time.as_secs_f64() * 1e3);
    }
    ExitCode::from(u8::from(time > 3.0 || memory > 2.0))
}
