//! The traps that other isolation forests are known for, in each of the three ways of cutting.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fall over")]

use std::fs;

use mingzhang::matrix::Matrix;
use mingzhang::model::Model;
use mingzhang::model::file::{load, save};
use mingzhang::model::settings::Settings;
use rayon::ThreadPoolBuilder;

const CUTS: [&str; 3] = ["plain", "extended", "fair"];

/// A forest alone.
fn forest(cuts: &str, more: &str) -> Settings {
    let text = if cuts == "fair" {
        let table = more.trim_start_matches(", ");
        format!("detectors = [\"fair_forest\"]\nfair_forest = {{ {table} }}")
    } else {
        format!("detectors = [\"iforest\"]\niforest = {{ cuts = \"{cuts}\"{more} }}")
    };
    toml::from_str(&text).unwrap()
}

fn matrix(columns: &[(&str, Vec<Option<f32>>)]) -> Matrix {
    let mut matrix = Matrix::new(columns[0].1.len());
    for (name, cells) in columns {
        matrix.push(name, cells.iter().copied()).unwrap();
    }
    matrix
}

/// A number from 0 to 1 that looks random.
fn mixed(row: u16, factor: u32) -> f32 {
    let place = (u32::from(row) + 1).wrapping_mul(factor) % 1009;
    f32::from(u16::try_from(place).unwrap()) / 1009.0
}

fn column(rows: u16, cell: impl Fn(u16) -> f32) -> Vec<Option<f32>> {
    (0..rows).map(|row| Some(cell(row))).collect()
}

/// Two columns with gaps.
fn table(rows: u16) -> Matrix {
    let gaps = |factor: u32| {
        let cell = move |row| (row % 7 != 3).then(|| mixed(row, factor));
        (0..rows).map(cell).collect::<Vec<_>>()
    };
    matrix(&[("a", gaps(577)), ("b", gaps(7919))])
}

fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

fn saved(model: &Model) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    save(model, folder.path()).unwrap();
    fs::read(folder.path().join("model.json")).unwrap()
}

#[test]
fn constant_columns_are_never_a_reason_and_use_up_no_cuts() {
    let mut columns = vec![("a", column(400, |row| if row == 0 { 9.0 } else { mixed(row, 577) }))];
    let names = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"];
    columns.extend(names.map(|name| (name, column(400, |_| 5.0))));
    let matrix = matrix(&columns);
    for cuts in CUTS {
        let model = forest(cuts, "").fit(&matrix, 1).unwrap();
        let scores = model.score(&matrix).unwrap();
        assert!(scores[1..].iter().all(|it| *it < scores[0]), "{cuts}");
        let parts = model.contributions(&matrix, &[0]).unwrap();
        assert!((parts[0][0] - scores[0]).abs() < 1e-9, "{cuts}: {parts:?}");
    }
}

#[test]
fn rows_that_are_tied_stay_tied_and_the_rare_value_stands_out() {
    let flag = |row: u16| f32::from(u8::from(row % 100 == 7));
    let matrix = matrix(&[("flag", column(1000, flag)), ("one", column(1000, flag))]);
    for cuts in CUTS {
        let model = forest(cuts, "").fit(&matrix, 1).unwrap();
        let scores = model.score(&matrix).unwrap();
        for (row, found) in (0..).zip(&scores) {
            let like = if flag(row) > 0.0 { scores[7] } else { scores[0] };
            assert_eq!(found.to_bits(), like.to_bits(), "{cuts}");
        }
        assert!(scores[7] > scores[0], "{cuts}");
    }
}

#[test]
fn neighbours_among_the_numbers_of_f32_are_parted() {
    for low in [1.0_f32, 16_777_216.0, 1e-44, -3e38] {
        let matrix = matrix(&[("a", column(64, |row| if row == 9 { low.next_up() } else { low }))]);
        for cuts in CUTS {
            let scores = &forest(cuts, "").fit(&matrix, 1).unwrap().score(&matrix).unwrap();
            assert!(scores[9] > scores[0], "{cuts} at {low}");
        }
    }
}

#[test]
fn a_sample_larger_than_the_table_is_the_table() {
    let matrix = table(40);
    for cuts in CUTS {
        let scores = |sample: u32| {
            let settings = forest(cuts, &format!(", sample = {sample}"));
            bits(&settings.fit(&matrix, 1).unwrap().score(&matrix).unwrap())
        };
        assert_eq!(scores(4096), scores(40));
    }
}

#[test]
fn one_seed_gives_the_same_bytes_on_any_number_of_threads_and_after_loading() {
    let matrix = table(2000);
    for cuts in CUTS {
        let run = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let model = forest(cuts, "").fit(&matrix, 4).unwrap();
                (saved(&model), bits(&model.score(&matrix).unwrap()))
            })
        };
        let (bytes, scores) = run(1);
        for threads in [2, 8] {
            assert!(run(threads) == (bytes.clone(), scores.clone()), "{cuts}, {threads} threads");
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("model.json"), &bytes).unwrap();
        let loaded = load(folder.path()).unwrap();
        assert!(saved(&loaded) == bytes && bits(&loaded.score(&matrix).unwrap()) == scores);
        let other = forest(cuts, "").fit(&matrix, 5).unwrap();
        assert!(saved(&other) != bytes, "{cuts}");
    }
}

#[test]
fn a_row_is_scored_the_same_among_rows_with_and_without_gaps() {
    let whole = matrix(&[
        ("a", column(300, |row| mixed(row, 577))),
        ("b", column(300, |row| mixed(row, 7919))),
    ]);
    let mut gaps: Vec<(&str, Vec<Option<f32>>)> = whole
        .names()
        .iter()
        .map(String::as_str)
        .zip(whole.columns())
        .map(|(name, cells)| (name, cells.iter().map(|it| Some(*it)).collect()))
        .collect();
    gaps[0].1[299] = None;
    let gaps = matrix(&gaps);
    for cuts in CUTS {
        let model = forest(cuts, "").fit(&whole, 1).unwrap();
        let (one, other) = (model.score(&whole).unwrap(), model.score(&gaps).unwrap());
        assert_eq!(bits(&one[..299]), bits(&other[..299]));
    }
}

#[test]
fn a_damaged_plane_is_refused_and_not_walked() {
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8(saved(&forest("fair", "").fit(&table(50), 1).unwrap())).unwrap();
    for (from, to) in [
        ("\"terms\":[[", "\"terms\":[[7,0.5,0.5],["),
        ("\"terms\":[[0,", "\"terms\":[[9,"),
        ("\"dimensions\":2,\"terms\"", "\"dimensions\":0,\"terms\""),
        ("\"thresholds\":[", "\"thresholds\":[1.0,"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(folder.path().join("model.json"), text.replacen(from, to, 1)).unwrap();
        assert!(load::<Model>(folder.path()).is_err(), "{to}");
    }
}

#[test]
fn a_wrong_setting_is_named() {
    let refusal =
        |cuts: &str, more: &str| forest(cuts, more).fit(&table(9), 1).unwrap_err().to_string();
    assert!(
        refusal("fair", ", dimensions = 0")
            .contains("`fair_forest.dimensions` must be a number from 1")
    );
    assert!(refusal("fair", ", trees = 0").contains("`fair_forest.trees`"));
    let unknown = toml::from_str::<Settings>("iforest.cuts = \"best\"").unwrap_err().to_string();
    assert!(unknown.contains("best") && unknown.contains("extended"), "{unknown}");
}
