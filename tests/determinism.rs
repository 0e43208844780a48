//! Same input, same bytes: whatever the threads, the order of files, and the place.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take};
use mingzhang::ledger::decode::read::{ParquetFile, files};
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;

/// Every published file but the log, which holds a clock.
fn published(data: &Path, out: &Path, threads: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_mingzhang"))
        .args(["run", pipeline, "--data"])
        .arg(data)
        .arg("--out")
        .arg(out)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let latest = fs::canonicalize(out.join("latest")).unwrap();
    let mut all = BTreeMap::new();
    collect(&latest, &latest, &mut all);
    assert!(all.remove(Path::new("run.json")).is_some());
    let of = |ending: &str| {
        all.keys().filter(|name| name.extension().is_some_and(|it| it == ending)).count()
    };
    assert!(all.len() > 20 && of("xlsx") == of("html") && of("xlsx") > 4, "{:?}", all.keys());
    all
}

/// Every file below a folder, by its path there.
fn collect(root: &Path, folder: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, all);
        } else {
            all.insert(path.strip_prefix(root).unwrap().to_owned(), fs::read(&path).unwrap());
        }
    }
}

fn assert_same(one: &BTreeMap<PathBuf, Vec<u8>>, other: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    for (name, bytes) in one {
        assert!(other.get(name) == Some(bytes), "{} differs {what}", name.display());
    }
}

/// The ledger of a dataset, all rows in one batch.
fn ledger(data: &Path) -> RecordBatch {
    let mut batches = Vec::new();
    for path in files(&data.join("ledger")).unwrap() {
        let file = ParquetFile::open(&path).unwrap();
        let columns: Vec<usize> = (0..file.schema().fields().len()).collect();
        for group in 0..file.row_groups().len() {
            batches.extend(file.read(group, &columns).unwrap());
        }
    }
    concat_batches(&batches[0].schema(), &batches).unwrap()
}

/// Writes every third row into one of three files, each backwards, with names that sort otherwise.
fn write_shuffled(ledger: &RecordBatch, folder: &Path) {
    let rows = u32::try_from(ledger.num_rows()).unwrap();
    for (file, first) in ["z", "a", "m"].into_iter().zip(0..) {
        let selection: UInt32Array = (0..rows).rev().filter(|row| row % 3 == first).collect();
        let columns = ledger.columns().iter().map(|column| take(column, &selection, None).unwrap());
        let path = folder.join(format!("{file}.parquet"));
        let mut writer = TableWriter::create(&path, ledger.schema()).unwrap();
        writer.write(columns.collect()).unwrap();
        writer.finish().unwrap();
    }
}

fn copy_all_but_the_ledger(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_file() {
            fs::copy(&path, to.join(name)).unwrap();
        } else if name != "ledger" {
            copy_all_but_the_ledger(&path, &to.join(name));
        }
    }
}

#[test]
fn threads_and_the_order_of_files_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings = Settings { townships: 2, villages: 8, years: 2, ..Settings::default() };
    simulate(&settings, &data).unwrap();
    let one = published(&data, &folder.path().join("1"), "1");
    for threads in ["2", "8"] {
        let many = published(&data, &folder.path().join(threads), threads);
        assert_same(&one, &many, &format!("with {threads} threads"));
    }

    let shuffled = folder.path().join("shuffled");
    copy_all_but_the_ledger(&data, &shuffled);
    write_shuffled(&ledger(&data), &shuffled.join("ledger"));
    let other = published(&shuffled, &folder.path().join("other"), "2");
    let mut one = one;
    // It tells the conversions of each file, and so differs with the files.
    one.remove(Path::new("quality.json"));
    assert_same(&one, &other, "with shuffled files");
}
