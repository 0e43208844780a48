//! The ranking model on a simulated county: it stands above chance without being told of any act, and audits teach it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fall over, and says what it skips"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use mingzhang::columns::{definitions, measure};
use mingzhang::ledger::book::Book;
use mingzhang::ledger::book::index::PaymentIx;
use mingzhang::ledger::book::open::books;
use mingzhang::ledger::decode::answers::answers;
use mingzhang::ledger::decode::dataset::Dataset;
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::model::extra_trees::codes::{Codes, Cuts};
use mingzhang::model::extra_trees::{ExtraTrees, Label};
use mingzhang::model::file::Persisted;
use mingzhang::pipeline::Pipeline;
use mingzhang::planting::{self, Kind, Role, plant};
use mingzhang::scoring::ranking_model::pretrained::Pretrained;
use mingzhang::scoring::ranking_model::scores::Scores;
use mingzhang::scoring::ranking_model::settings::Settings;
use mingzhang::scoring::ranking_model::{Basis, read_columns, scores};
use mingzhang::simulate;
use mingzhang::stats::metrics::metrics;

/// The book of a dataset of one county.
fn book(data: &Path) -> Book {
    let pipeline = Pipeline::load_or_default(None, &[]).unwrap();
    let sources = Dataset::at(data).sources().unwrap();
    let (mut all, _) = books(&sources[0], &pipeline.ledger, pipeline.last_day()).unwrap();
    all.pop().unwrap()
}

fn key(book: &Book, payment: PaymentIx) -> String {
    book.line_key(book.payments.line[payment])
}

/// Writes what audits found at payments.
fn write(data: &Path, rows: &[(String, &str)]) {
    let fields = ["subject_grain", "subject", "period", "grade", "route"];
    let field = |name: &&str| Field::new(*name, DataType::Utf8, true);
    let schema = Arc::new(Schema::new(fields.iter().map(field).collect::<Vec<_>>()));
    let cells = |of: &dyn Fn(&(String, &str)) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let columns = vec![
        cells(&|_| "payment".to_owned()),
        cells(&|(subject, _)| subject.clone()),
        cells(&|_| "2023".to_owned()),
        cells(&|(_, grade)| (*grade).to_owned()),
        cells(&|_| "list".to_owned()),
    ];
    let mut writer = TableWriter::create(&data.join("outcomes.parquet"), schema).unwrap();
    writer.write(columns).unwrap();
    writer.finish().unwrap();
}

/// A simulated county of twelve villages with an act in each.
fn simulated(data: &Path, seed: u64) -> Book {
    let size = simulate::settings::Settings {
        villages: 12,
        townships: 3,
        years: 2,
        lines: 400,
        acts: 1.0,
        seed,
        ..simulate::settings::Settings::default()
    };
    simulate::dataset::simulate(&size, data).unwrap();
    book(data)
}

fn scored(book: &Book, settings: &Settings, pretrained: &Pretrained) -> Scores {
    scores(book, Basis { settings, pretrained, prevalence: 0.01, seed: 1 }).unwrap().unwrap()
}

/// The payments, the highest score first; a tenth of them must hold half as many acts' payments again as chance would bring.
fn order_above_chance(data: &Path, book: &Book, scores: &Scores) -> Vec<PaymentIx> {
    let acts: BTreeSet<String> = answers(&Dataset::at(data))
        .unwrap()
        .into_iter()
        .filter(|it| it.is_act && it.grain == "payment")
        .map(|it| it.subject)
        .collect();
    let mut order: Vec<PaymentIx> = scores.payment.keys().collect();
    order.sort_by(|a, b| scores.payment[*b].total_cmp(&scores.payment[*a]));
    let found = |most: usize| {
        order[..most].iter().filter(|payment| acts.contains(&key(book, **payment))).count()
    };
    let (tenth, all) = (found(order.len() / 10), found(order.len()));
    assert!(all > 30 && tenth * 20 > all * 3, "{tenth} of {all}");
    assert!(scores.payment.iter().all(|score| (0.0..=1.0).contains(score)));
    order
}

#[test]
fn a_county_too_small_to_plant_into_borrows_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let small = simulated(&data, 3);
    let settings = Settings { planted: 400, least_payments: usize::MAX, ..Settings::default() };
    let shipped = Pretrained::of(None).unwrap();
    let scores = scored(&small, &settings, &shipped);
    assert!(scores.is_pretrained && !scores.shown.is_empty() && scores.lacking.is_empty());
    order_above_chance(&data, &small, &scores);

    // Without a table, what other counties showed of the kinds that need it is told.
    fs::remove_file(data.join("kinship.parquet")).unwrap();
    let scores = scored(&book(&data), &settings, &shipped);
    let lacking: Vec<_> = scores.lacking.iter().filter(|it| it.needs == "kinship").collect();
    assert!(!lacking.is_empty() && lacking.iter().all(|it| it.elsewhere.unwrap().acts > 10));
}

#[test]
fn a_model_is_fitted_on_several_counties() {
    let folder = tempfile::tempdir().unwrap();
    let place = |seed: u64| folder.path().join(seed.to_string());
    let books: Vec<Book> = [4, 5].map(|seed| simulated(&place(seed), seed)).into();
    let settings = Settings { planted: 200, least_payments: usize::MAX, ..Settings::default() };
    let model = Pretrained::fit(&books, &settings, 1).unwrap();
    assert_eq!(model, Pretrained::fit(&books, &settings, 1).unwrap());
    model.check().unwrap();
    assert!(model.known.len() > 20 && model.payments > 1_000, "{:?}", model.known);
    let other = simulated(&place(6), 6);
    order_above_chance(&place(6), &other, &scored(&other, &settings, &model));
    let error = Pretrained::fit(&books[..1], &settings, 1).unwrap_err().to_string();
    assert!(error.contains("at least 2, but is 1"), "{error}");
    let none = planting::Settings { acts: 0.0, ..planting::Settings::default() };
    let settings = Settings { planting: none, ..settings };
    let error = Pretrained::fit(&books, &settings, 1).unwrap_err().to_string();
    assert!(error.contains("no act can be planted into county 990101"), "{error}");
}

#[test]
fn acts_stand_high_and_audits_teach() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = Settings { planted: 400, ..Settings::default() };
    let first_book = simulated(&data, 1);
    let shipped = Pretrained::of(None).unwrap();
    let first = scored(&first_book, &settings, &shipped);
    assert!(!first.is_pretrained);
    let order = order_above_chance(&data, &first_book, &first);

    let (cleared, confirmed) = (order[0], order[1]);
    let rows = [cleared, confirmed].map(|payment| key(&first_book, payment));
    let [none, find] = rows;
    write(&data, &[(none, "none"), (find, "irregularity")]);
    let again = scored(&book(&data), &settings, &shipped);
    assert_eq!((again.payment[cleared], again.payment[confirmed]), (0.0, 1.0));
    assert!(again.schemes.iter().all(|(_, cells)| cells[cleared] == 0.0));
    let is_moved = |it: PaymentIx| (again.payment[it] - first.payment[it]).abs() > 1e-9;
    let moved = order[2..].iter().filter(|it| is_moved(**it)).count();
    assert!(moved > order.len() / 20, "audits of two payments moved {moved} of {}", order.len());
}

/// The placebo that changes nothing but goes through the code that every edit goes through.
const ENTERED_AGAIN: [&str; 1] = ["honest_reentry"];

/// How well trees that saw the other villages tell payments that were entered again from payments that were chosen for it and are
/// as they stand in the county's own book: as an area under the curve.
fn placebos_told_apart(book: &Book) -> f64 {
    let without = Kind::all().filter(|kind| !ENTERED_AGAIN.contains(&kind.name())).collect();
    let settings = planting::Settings { acts: 0.05, placebos: 2.0, without };
    let planted = plant(book, &settings, 1);
    planted.book.warm_up();
    assert_eq!(planted.book.payments.amount, book.payments.amount, "no payment was added");
    let names: BTreeSet<&str> = read_columns().map(|column| column.name).collect();
    let is_read: Vec<bool> = definitions().map(|column| names.contains(column.name)).collect();
    let read = |book: &Book| -> Vec<Vec<f32>> {
        let columns = measure(book, |place, cells| is_read[place].then_some(cells.raw));
        columns.into_iter().flatten().collect()
    };
    let (own, again) = (read(book), read(&planted.book));
    let rows: Vec<usize> =
        (0..planted.roles.len()).filter(|row| planted.roles.raw[*row] != Role::Untouched).collect();
    let is_again: Vec<bool> = (0..rows.len()).map(|place| place % 2 == 0).collect();
    let taken = |(own, again): (&Vec<f32>, &Vec<f32>)| -> Vec<f32> {
        let rows = rows.iter().zip(&is_again);
        rows.map(|(row, is_again)| if *is_again { again[*row] } else { own[*row] }).collect()
    };
    let columns: Vec<Vec<f32>> = own.iter().zip(&again).map(taken).collect();
    let cuts: Vec<Cuts> = columns.iter().map(|cells| Cuts::of(cells)).collect();
    let codes = cuts.iter().zip(&columns).map(|(cuts, cells)| cuts.codes(cells)).collect();
    let codes = Codes::new(rows.len(), cuts.into(), codes);
    let village = |row: u32| usize::from(book.payments.village.raw[rows[row as usize]]);
    let mut scores = vec![0.0; rows.len()];
    for part in 0..2 {
        let (own, others): (Vec<u32>, Vec<u32>) =
            (0..).take(rows.len()).partition(|row| village(*row) % 2 == part);
        let label = |row: &u32| Label { class: u8::from(is_again[*row as usize]), weight: 1.0 };
        let labels: Vec<Label> = others.iter().map(label).collect();
        let trees = Settings::default().trees;
        let trees = ExtraTrees::fit(&codes.select(&others), (&labels, 2), &trees, 1).unwrap();
        for (row, score) in own.iter().zip(trees.probabilities(&codes.select(&own))) {
            scores[*row as usize] = f64::from(score);
        }
    }
    metrics(&scores, &is_again).unwrap().auroc
}

#[test]
fn a_placebo_does_not_show_that_it_was_planted() {
    let folder = tempfile::tempdir().unwrap();
    let size = simulate::settings::Settings {
        villages: 30,
        townships: 3,
        years: 2,
        lines: 400,
        acts: 0.3,
        ..simulate::settings::Settings::default()
    };
    simulate::dataset::simulate(&size, folder.path()).unwrap();
    let area = placebos_told_apart(&book(folder.path()));
    assert!((0.45..=0.55).contains(&area), "{area}");
}

#[test]
fn a_placebo_does_not_show_in_counties_of_another_hand() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/foreign-counties");
    if !shared.exists() {
        eprintln!("skipped: {} is not there", shared.display());
        return;
    }
    for county in ["901", "902", "903"] {
        let area = placebos_told_apart(&book(&shared.join(county)));
        assert!((0.45..=0.55).contains(&area), "{county}: {area}");
    }
}
