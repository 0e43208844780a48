//! A dataset of several counties gives each county its part, however the ledger is split into files.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use arrow::compute::concat_batches;
use mingzhang::ledger::decode::read::{ParquetFile, files};
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::report::tables::SHEETS;
use mingzhang::simulate::dataset::simulate;
use mingzhang::simulate::settings::Settings;

fn run(data: &Path, out: &Path, more: &[&str]) -> Output {
    let pipeline = concat!(env!("CARGO_MANIFEST_DIR"), "/pipelines/demo.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingzhang"));
    command.args(["run", pipeline, "--data"]).arg(data).arg("--out").arg(out).args(more);
    command.output().unwrap()
}

/// Every Parquet file below a folder, by its path there.
fn tables(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fs::canonicalize(folder).unwrap();
    let read =
        |path: &PathBuf| (path.strip_prefix(&folder).unwrap().to_owned(), fs::read(path).unwrap());
    files(&folder).unwrap().iter().map(read).collect()
}

/// Puts all files of a partitioned ledger into one.
fn join_ledger(data: &Path) {
    let folder = data.join("ledger");
    let mut batches = Vec::new();
    for path in files(&folder).unwrap() {
        let file = ParquetFile::open(&path).unwrap();
        let columns: Vec<usize> = (0..file.schema().fields().len()).collect();
        for group in 0..file.row_groups().len() {
            batches.extend(file.read(group, &columns).unwrap());
        }
    }
    let whole = concat_batches(&batches[0].schema(), &batches).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let mut writer = TableWriter::create(&data.join("ledger.parquet"), whole.schema()).unwrap();
    writer.write(whole.columns().to_vec()).unwrap();
    writer.finish().unwrap();
}

#[test]
fn two_counties_are_published_apart_and_one_file_of_both_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let settings =
        Settings { counties: 2, townships: 1, villages: 4, years: 1, ..Settings::default() };
    simulate(&settings, &data).unwrap();

    let refused = run(&data, &folder.path().join("none"), &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--as-of"));

    let as_of = ["--as-of", "2022-12-31"];
    let split = folder.path().join("split");
    let output = run(&data, &split, &as_of);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let split = tables(&split.join("latest"));
    for county in ["county=990101", "county=990102"] {
        let own = split.iter().filter(|(path, _)| path.iter().any(|step| step == county));
        assert_eq!(own.count(), SHEETS.len(), "{county}");
    }

    join_ledger(&data);
    let joined = folder.path().join("joined");
    let output = run(&data, &joined, &as_of);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let joined = tables(&joined.join("latest"));
    let names = |tables: &[(PathBuf, Vec<u8>)]| -> Vec<PathBuf> {
        tables.iter().map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(names(&split), names(&joined));
    for ((path, one), (_, other)) in split.iter().zip(&joined) {
        assert!(one == other, "{} differs", path.display());
    }
}
