//! Each stage of the main job on simulated counties of 10 k, 100 k and 1 M ledger lines.
//!
//! `cargo bench --bench stages`; with `-- 100k` only that size. The counties are simulated once, outside
//! the timed part, with a fixed seed.
#![expect(clippy::expect_used, reason = "a bench may fall over")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mingzhang::features::{Measured, matrices, matrix, measure};
use mingzhang::indicators::CATALOGUE;
use mingzhang::indicators::indicator::Configured;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::book::conform;
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::contract::cell::Day;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::ledger::subject::Grain;
use mingzhang::model::settings::Settings as ModelSettings;
use mingzhang::pipeline::Pipeline;
use mingzhang::report::office::RunView;
use mingzhang::report::party::Parties;
use mingzhang::report::tables::{County, write};
use mingzhang::report::{disclosure, folders, income};
use mingzhang::run::job::run;
use mingzhang::scoring::ranking::{Ranking, Standard, rankings};
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;
use mingzhang::words::table::Lang;
use mingzhang::worklist::list::leads;

/// The name of a size, and the villages and years that make about so many lines.
const SIZES: [(&str, u32, u32); 3] = [("10k", 12, 1), ("100k", 40, 3), ("1M", 240, 5)];

const LAST_DAY: Day = Day(30_000);

fn dataset(folder: &Path, villages: u32, years: u32) -> PathBuf {
    let townships = villages.div_ceil(10);
    let settings = Settings { villages, townships, years, ..Settings::default() };
    simulate(&settings, folder).expect("the simulator takes these settings");
    folder.to_owned()
}

fn book(data: &Path) -> Book {
    let source = Dataset::at(data).sources().expect("a dataset").remove(0);
    let (mut books, _) =
        books(&source, &conform::Settings::default(), LAST_DAY).expect("a simulated ledger");
    books.remove(0)
}

fn all() -> Vec<Box<dyn Configured>> {
    let with_defaults = |entry: &&'static mingzhang::indicators::indicator::Indicator| {
        entry.with(toml::Table::new()).expect("every setting has a default")
    };
    CATALOGUE.iter().map(with_defaults).collect()
}

fn ranked(book: &Book, measured: &[Measured<'_>]) -> Vec<Ranking> {
    let settings = ModelSettings::default();
    let features = matrices(book, measured).expect("columns have one name each");
    rankings(book, features, Standard::Own { settings: &settings, seed: 1, to: None, scores: None })
        .expect("a county is enough to fit on")
}

fn stages(criterion: &mut Criterion) {
    for (size, villages, years) in SIZES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = dataset(&folder.path().join("data"), villages, years);
        let book = book(&data);
        let lines = book.lines.rows;
        let mut group = criterion.benchmark_group(format!("{size} ({lines} lines)"));
        group.sample_size(10).warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_secs(1));

        group.bench_function("read and conform", |bencher| bencher.iter(|| self::book(&data)));
        group.bench_function("views", |bencher| {
            // A book keeps its views, so each round needs a fresh one.
            bencher.iter_custom(|rounds| {
                let round = |_| {
                    let fresh = self::book(&data);
                    let begin = Instant::now();
                    fresh.warm_up();
                    begin.elapsed()
                };
                (0..rounds).map(round).sum()
            });
        });
        book.warm_up();
        let indicators = all();
        for indicator in &indicators {
            let id = BenchmarkId::new("indicator", indicator.card().name);
            group.bench_function(id, |bencher| {
                bencher.iter(|| black_box(indicator.prepare(&book).readings()));
            });
        }
        let (measured, coverage) = measure(&book, &indicators);
        group.bench_function("features", |bencher| {
            bencher.iter(|| matrix(&book, &measured, Grain::Payment));
        });
        let features = matrix(&book, &measured, Grain::Payment).expect("columns");
        let settings = ModelSettings::default();
        group.bench_function("fit", |bencher| bencher.iter(|| settings.fit(&features, 1)));
        let model = settings.fit(&features, 1).expect("a county is enough to fit on");
        group.bench_function("score", |bencher| bencher.iter(|| model.score(&features)));
        group.bench_function("rank", |bencher| bencher.iter(|| ranked(&book, &measured)));
        let rankings = ranked(&book, &measured);
        let settings = Pipeline::default().leads;
        group.bench_function("leads", |bencher| {
            bencher.iter(|| leads(&book, &measured, &rankings, &settings, (LAST_DAY, 1)));
        });
        let leads = leads(&book, &measured, &rankings, &settings, (LAST_DAY, 1)).expect("leads");
        let parties = Parties::of(&book, &leads);
        group.bench_function("registers", |bencher| {
            bencher.iter(|| (income::dues(&book), disclosure::notices(&book)));
        });
        let (dues, notices) = (income::dues(&book), disclosure::notices(&book));
        let told = RunView {
            own: &[],
            book: &book,
            measured: &measured,
            coverage: &coverage,
            rankings: &rankings,
            power: None,
            lacking: &[],
            pretrained: None,
            parties: &parties,
            notices: &notices,
            dues: &dues,
            dropped: &[],
            leads: &leads,
            settings: &settings,
            as_of: LAST_DAY,
            lang: Lang::Zh,
        };
        let dossiers = told.dossiers();
        let (book, measured, rankings) = (&book, &measured, &rankings);
        let (dossiers, parties, dropped) = (&dossiers, &parties, &[]);
        let (notices, dues) = (&notices, &dues);
        let county = County { book, measured, rankings, dossiers, parties, notices, dues, dropped };
        let out = folder.path().join("out");
        group.bench_function("publish", |bencher| bencher.iter(|| write(county, &out, None)));
        group.bench_function("offices", |bencher| {
            bencher.iter(|| folders::write(told, &out, false));
        });
        group.bench_function("whole run", |bencher| {
            let pipeline = Pipeline {
                data: Some(data.clone()),
                out: Some(folder.path().join("published")),
                ..Pipeline::default()
            };
            bencher.iter(|| run(&pipeline, |_, _, _| {}));
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
