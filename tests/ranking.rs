//! The ranking model on a simulated county: it stands above chance without being told of any act, and audits teach it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use mingzhang::ledger::answers::answers;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::dataset::Dataset;
use mingzhang::ledger::open::books;
use mingzhang::ledger::write::TableWriter;
use mingzhang::pipeline::Pipeline;
use mingzhang::scoring::scores;
use mingzhang::scoring::settings::Settings;
use mingzhang::simulate;

/// The book of a dataset of one county.
fn book(data: &Path) -> Book {
    let pipeline = Pipeline::meant(None, &[]).unwrap();
    let sources = Dataset::at(data).sources().unwrap();
    let (mut all, _) = books(&sources[0], &pipeline.ledger, pipeline.last_day()).unwrap();
    all.pop().unwrap()
}

fn key(book: &Book, payment: usize) -> String {
    book.line_key(book.payments.line[payment] as usize)
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

#[test]
fn acts_stand_high_and_audits_teach() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let size = simulate::settings::Settings {
        villages: 12,
        townships: 3,
        years: 2,
        lines: 400,
        acts: 1.0,
        ..simulate::settings::Settings::default()
    };
    simulate::dataset::simulate(&size, &data).unwrap();
    let settings = Settings { planted: 400, ..Settings::default() };
    let first_book = book(&data);
    let first = scores(&first_book, &settings, 0.01, 1).unwrap().unwrap();
    let acts: BTreeSet<String> = answers(&Dataset::at(&data))
        .unwrap()
        .into_iter()
        .filter(|it| it.is_act && it.grain == "payment")
        .map(|it| it.subject)
        .collect();
    let mut order: Vec<usize> = (0..first.payment.len()).collect();
    order.sort_by(|a, b| first.payment[*b].total_cmp(&first.payment[*a]));
    let found = |most: usize| {
        order[..most].iter().filter(|payment| acts.contains(&key(&first_book, **payment))).count()
    };
    // By chance, a tenth of the payments would hold a tenth of the acts' payments.
    let (tenth, all) = (found(order.len() / 10), found(order.len()));
    assert!(all > 30 && tenth * 10 > all * 2, "{tenth} of {all}");
    assert!(first.payment.iter().all(|score| (0.0..=1.0).contains(score)));

    let (cleared, confirmed) = (order[0], order[1]);
    let rows = [cleared, confirmed].map(|payment| key(&first_book, payment));
    let [none, find] = rows;
    write(&data, &[(none, "none"), (find, "irregularity")]);
    let again = scores(&book(&data), &settings, 0.01, 1).unwrap().unwrap();
    assert_eq!((again.payment[cleared], again.payment[confirmed]), (0.0, 1.0));
    assert!(again.schemes.iter().all(|(_, cells)| cells[cleared] == 0.0));
    let is_moved = |it: usize| (again.payment[it] - first.payment[it]).abs() > 1e-9;
    let moved = order[2..].iter().filter(|it| is_moved(**it)).count();
    assert!(moved > order.len() / 20, "audits of two payments moved {moved} of {}", order.len());
}
