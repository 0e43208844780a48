//! The digit tests on real payments, against figures that others published.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fall over, and says when it skips"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Decimal128Array, Float64Array, StringArray};
use arrow::datatypes::{Field, Schema};
use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::ledger::contract::parse;
use mingzhang::ledger::decode::write::TableWriter;
use mingzhang::stats::amounts;
use mingzhang::stats::conformity;
use mingzhang::stats::digits::{DigitLaw, Digits};
use mingzhang::stats::mantissa::{Distortion, Mantissas};
use serde_json::Value;
use tempfile::TempDir;

/// The folder of the payments of 2010, or none where it is not at hand.
fn payments() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let shared = env::var_os("MINGZHANG_SHARED_DATA").map_or(beside, PathBuf::from);
    let folder = shared.join("payments-2010");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no {}", folder.display());
    None
}

/// The amounts of all payments, in fen (here cents).
fn amounts(folder: &Path) -> Vec<i64> {
    let mut rows = csv::Reader::from_path(folder.join("payments.csv")).unwrap();
    rows.records().map(|row| parse::money(&row.unwrap()[3]).unwrap().0).collect()
}

fn reference(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("reference.json")).unwrap()).unwrap()
}

fn assert_close(name: &str, found: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap();
    let gap = (found - expected).abs();
    assert!(gap <= 1e-9 * expected.abs(), "{name}: {found}, published {expected}");
}

#[test]
fn real_payments_give_the_published_figures() {
    let Some(folder) = payments() else { return };
    let (all, reference) = (amounts(&folder), reference(&folder));
    for (name, least, digits, counted) in [
        ("all>0", 1, Digits::FirstTwo, "first_two_counts_10..99"),
        (">=10 first two", 1_000, Digits::FirstTwo, "first_two_counts_10..99"),
        (">=10 first digit", 1_000, Digits::First, "first_counts_1..9"),
    ] {
        let published = &reference[format!("corporate.payment/{name}")];
        let computed = &published["computed_exact_cents"];
        let amounts: Vec<_> = all.iter().copied().filter(|fen| *fen >= least).collect();
        assert_eq!(amounts.len() as u64, computed["n"]);

        let (counts, law) = (digits.count(&amounts), DigitLaw::benford(digits));
        assert_eq!(serde_json::json!(counts), published[counted], "{name}");
        let shares = law.shares();
        assert_close("chi-square", conformity::chi_square(&counts, shares), &computed["chisq"]);
        assert_close("MAD", conformity::mean_absolute_deviation(&counts, shares), &computed["MAD"]);
        assert_close("KS", conformity::kolmogorov_smirnov(&counts, shares), &computed["KS"]);
        let z = conformity::z_scores(&counts, shares);
        let (bin, largest) = z.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        assert_eq!(bin as u64 + u64::from(digits.start()), computed["zmax"][0]);
        assert_close("largest z", *largest, &computed["zmax"][1]);
        assert_eq!(z.iter().filter(|z| **z > 1.96).count() as u64, computed["z_gt_1.96"]);

        let mantissas = Mantissas::of(&amounts).unwrap();
        for (place, found) in
            [mantissas.mean, mantissas.variance, mantissas.excess_kurtosis, mantissas.skewness]
                .into_iter()
                .enumerate()
        {
            assert_close("mantissas", found, &computed["mant"][place]);
        }
        assert_close("arc", mantissas.arc, &computed["L2"]);
        // The package holds the mean against 39.0865 instead of the exact expectation.
        let distortion = Distortion::of(&amounts).unwrap();
        let percent = (distortion.mean - 39.0865) / 39.0865 * 100.0;
        assert_close("distortion", percent, &computed["DF_39.0865"]);

        assert_eq!(amounts::gaps(&amounts).len() as u64, computed["n2"]);
        let summed = amounts::summation(digits, &amounts);
        let top: Vec<_> = summed.iter().take(6).map(|(bin, _)| *bin).collect();
        assert_eq!(serde_json::json!(top), computed["excess_sum_top6"], "{name}");
    }
}

#[test]
fn the_most_repeated_payments_are_the_published_ones() {
    let Some(folder) = payments() else { return };
    let duplicates = amounts::duplicates(&amounts(&folder));
    let published = reference(&folder);
    let published = &published["corporate.payment/>=10 first two"]["published"]["duplicates"];
    let published = published.as_object().unwrap();
    for (cents, count) in duplicates.iter().take(published.len()) {
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        assert_eq!(published[&amount], *count, "{amount}");
    }
}

/// A Parquet file of these columns in a folder of its own.
fn parquet(columns: Vec<(&str, ArrayRef)>) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("payments.parquet");
    let field =
        |(name, column): &(&str, ArrayRef)| Field::new(*name, column.data_type().clone(), true);
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let mut writer = TableWriter::create(&path, schema).unwrap();
    writer.write(columns.into_iter().map(|(_, column)| column).collect()).unwrap();
    writer.finish().unwrap();
    let name = path.to_str().unwrap().to_owned();
    (folder, name)
}

fn money(fen: &[i64]) -> ArrayRef {
    let cells = fen.iter().map(|fen| i128::from(*fen)).collect::<Vec<_>>();
    Arc::new(Decimal128Array::from(cells).with_precision_and_scale(18, 2).unwrap())
}

/// What `mingzhang benford` prints, or its error.
fn benford(arguments: &[&str]) -> Result<String, String> {
    let cli = Cli::try_parse_from(["mingzhang", "benford"].iter().chain(arguments));
    let mut out = Vec::new();
    match cli.map_err(|error| error.to_string())?.run(&mut out) {
        Ok(0) => Ok(String::from_utf8(out).unwrap()),
        Ok(code) => panic!("exit code {code}"),
        Err(error) => Err(format!("{error:#}")),
    }
}

#[test]
fn the_command_gives_the_published_figures_from_a_file() {
    let Some(folder) = payments() else { return };
    let (_folder, file) = parquet(vec![("paid", money(&amounts(&folder)))]);
    let reference = reference(&folder);
    let computed = &reference["corporate.payment/>=10 first two"]["computed_exact_cents"];
    let told = benford(&[&file, "--amount", "paid", "--min", "10", "--json"]).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["counts"]["rows"], 189_470);
    assert_eq!(told["counts"]["negative"], 4_264);
    assert_eq!(told["counts"]["zero"], 123);
    let profile = &told["groups"][0]["profile"];
    let test = &profile["tests"][2];
    assert_eq!((&test["digits"], &test["n"]), (&"first-two".into(), &computed["n"]));
    assert_close("chi-square", test["chi_square"].as_f64().unwrap(), &computed["chisq"]);
    assert_close("MAD", test["mean_absolute_deviation"].as_f64().unwrap(), &computed["MAD"]);
    assert_close("KS", test["kolmogorov_smirnov"].as_f64().unwrap(), &computed["KS"]);
    assert_eq!(test["label"], "nonconformity");
    assert_eq!(test["bins"][0]["digits"], 50);
    assert_eq!(profile["second_order"]["n"], computed["n2"]);
    assert_eq!(profile["duplicates"][0], serde_json::json!([5_000, 6_022]));
    assert_close("arc", profile["mantissas"]["arc"].as_f64().unwrap(), &computed["L2"]);
}

/// Amounts from 1 to 10,000 yuan with even mantissas.
fn honest(n: i32) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "below 10^6")]
    (0..n).map(|step| 10_f64.powf(2.0 + 4.0 * f64::from(step) / f64::from(n)) as i64).collect()
}

#[test]
fn a_short_list_gets_a_p_value_but_no_label() {
    let (_folder, file) = parquet(vec![("amount", money(&honest(400)))]);
    let told = benford(&[&file, "--amount", "amount"]).unwrap();
    let line = told.lines().find(|line| line.trim_start().starts_with("first-two")).unwrap();
    assert!(line.contains("no label below 2500 amounts"), "{told}");
    assert!(told.lines().all(|line| line.trim_end() == line), "no blanks at the end of a line");
    assert_eq!(told, benford(&[&file, "--amount", "amount"]).unwrap());
}

#[test]
fn each_village_is_tested_by_itself_and_the_odd_one_shows() {
    let (mut amounts, mut villages) = (Vec::new(), Vec::new());
    for village in 0..20 {
        // Village 7 keeps below a limit of 1,000 yuan.
        let own = honest(300).into_iter().enumerate();
        let own = own.map(
            |(row, fen)| if village == 7 && row % 4 == 0 { 95_000 + fen % 4_000 } else { fen },
        );
        amounts.extend(own);
        villages.extend(std::iter::repeat_n(format!("{:012}", 990_000_000_000_i64 + village), 300));
    }
    let villages: ArrayRef = Arc::new(StringArray::from(villages));
    let (_folder, file) = parquet(vec![("village", villages), ("amount", money(&amounts))]);
    let arguments = [&file, "--amount", "amount", "--by", "village", "--digits", "first"];
    let told = benford(&[arguments.as_slice(), &["--json"]].concat()).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let groups = told["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 20);
    for group in groups {
        let p = group["profile"]["tests"][0]["p"].as_f64().unwrap();
        assert_eq!(group["value"] == "990000000007", p < 1e-6, "{}: {p}", group["value"]);
    }
    assert!(benford(&arguments).unwrap().contains("990000000007"));
}

#[test]
fn what_cannot_be_tested_is_counted_and_shown() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec![
        Some("1,200.00"),
        Some("(30.00)"),
        None,
        Some("合计"),
        Some("0"),
        Some("0.05"),
        Some("12.345"),
    ]));
    let (_folder, file) = parquet(vec![("amount", texts)]);
    let told = benford(&[&file, "--amount", "amount", "--min", "1", "--json"]).unwrap();
    let counts = serde_json::from_str::<Value>(&told).unwrap()["counts"].clone();
    let expected = serde_json::json!({
        "rows": 7, "negative": 1, "zero": 1, "empty": 1, "below_min": 1, "unreadable": 1,
        "examples": ["row 4: \"合计\": not a number such as 1,234.50"],
        "converted": "text to yuan",
    });
    assert_eq!(counts, expected);
}

#[test]
fn leading_digits_of_any_number_are_tested_in_every_stored_type() {
    // The same digits in another unit, 10^-9 of those of `honest`.
    let fen = honest(400);
    let small = |scale| -> ArrayRef {
        let cells = fen.iter().map(|fen| i128::from(*fen) * 10).collect::<Vec<_>>();
        Arc::new(Decimal128Array::from(cells).with_precision_and_scale(38, scale).unwrap())
    };
    #[expect(clippy::cast_precision_loss, reason = "below 10^6")]
    let doubles = fen.iter().map(|fen| *fen as f64 / 1e9).collect::<Vec<_>>();
    let texts: Vec<_> = fen.iter().map(|fen| format!("{fen}e-9")).collect();
    #[expect(clippy::cast_precision_loss, reason = "below 10^6")]
    let large = fen.iter().map(|fen| *fen as f64 * 1e15).collect::<Vec<_>>();
    let (_folder, file) = parquet(vec![
        ("fen", money(&fen)),
        ("decimal", small(10)),
        ("double", Arc::new(Float64Array::from(doubles))),
        ("text", Arc::new(StringArray::from(texts))),
        ("large", Arc::new(Float64Array::from(large))),
    ]);
    let told = |column: &str| -> Value {
        let told = benford(&[&file, "--amount", column, "--json"]).unwrap();
        serde_json::from_str(&told).unwrap()
    };
    let expected = told("fen");
    for column in ["decimal", "double", "text", "large"] {
        let found = told(column);
        assert_eq!(found["counts"]["unreadable"], 0, "{column}");
        let profiles = [&found, &expected].map(|it| &it["groups"][0]["profile"]);
        for place in 0..3 {
            let [found, expected] = profiles.map(|it| &it["tests"][place]);
            for figure in ["n", "chi_square", "p", "bins"] {
                assert_eq!(found[figure], expected[figure], "{column} {place} {figure}");
            }
        }
        let [found, expected] = profiles.map(|it| it["mantissas"]["mean"].as_f64().unwrap());
        assert!((found - expected).abs() < 1e-12, "{column}");
        let last = &profiles[0]["tests"][3];
        assert!(last["left_out"].is_string() && last["chi_square"].is_null(), "{column}: {last}");
    }
    assert!(expected["groups"][0]["profile"]["tests"][3]["chi_square"].is_f64());
}

#[test]
fn the_first_two_digits_of_a_very_small_and_a_very_large_number() {
    let doubles: ArrayRef = Arc::new(Float64Array::from(vec![0.000_123_45, 1e15, 0.000_123_45]));
    let (_folder, file) = parquet(vec![("x", doubles)]);
    let told = benford(&[&file, "--amount", "x", "--json"]).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let profile = &told["groups"][0]["profile"];
    assert_eq!(profile["n"], 3);
    assert_eq!(profile["duplicates"][0], serde_json::json!(["0.00012345", 2]));
    assert_eq!(profile["tests"][2]["n"], 3);
    assert!(benford(&[&file, "--amount", "x", "--min", "0.0001"]).is_ok());
}

#[test]
fn whole_amounts_are_told_instead_of_a_statistic_of_their_last_two_digits() {
    let whole: ArrayRef = Arc::new(Float64Array::from_iter_values((100..1_100).map(f64::from)));
    let (_folder, file) = parquet(vec![("x", whole)]);
    let told = benford(&[&file, "--amount", "x"]).unwrap();
    let line = told.lines().find(|line| line.trim_start().starts_with("last-two")).unwrap();
    assert!(line.contains("left out: 100.0 % of the amounts are whole numbers"), "{told}");
    assert!(line.contains(" - "), "{line}");
}

#[test]
fn negative_amounts_are_tested_where_they_are_asked_for() {
    let (mut positive, negative) = (honest(300), honest(200));
    positive.extend(negative.iter().map(|fen| -fen));
    positive.push(0);
    let (_folder, file) = parquet(vec![("x", money(&positive)), ("y", money(&[7; 501]))]);
    let (_other, alone) = parquet(vec![("x", money(&negative))]);
    let profile = |file: &str, sign: &str| -> Value {
        let told = benford(&[file, "--amount", "x", "--sign", sign, "--json"]).unwrap();
        serde_json::from_str(&told).unwrap()
    };
    let found = profile(&file, "negative");
    assert_eq!(found["groups"], profile(&alone, "positive")["groups"]);
    assert_eq!(
        (&found["counts"]["positive"], &found["counts"]["negative"]),
        (&300.into(), &200.into())
    );
    assert_eq!(found["sign"], "negative");
    assert_eq!(profile(&file, "both")["groups"][0]["profile"]["n"], 500);
    let default = benford(&[&file, "--amount", "x", "--json"]).unwrap();
    assert_eq!(
        default,
        benford(&[&file, "--amount", "x", "--sign", "positive", "--json"]).unwrap()
    );
    let shown = benford(&[&file, "--amount", "x", "--sign", "negative"]).unwrap();
    assert!(shown.contains("amounts below zero without their sign"), "{shown}");
    let counts = shown.lines().nth(2).unwrap();
    assert_eq!(
        counts.split_whitespace().collect::<Vec<_>>(),
        ["501", "200", "300", "1", "0", "0", "0"]
    );
    let error = benford(&[&file, "--amount", "y", "--sign", "negative"]).unwrap_err();
    assert!(error.contains("no amount below 0 to test"), "{error}");
}

#[test]
fn wrong_input_is_told_with_the_place_and_the_way_out() {
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"1".as_slice()]));
    let negative: ArrayRef = Arc::new(Float64Array::from(vec![-1.0]));
    let (folder, file) = parquet(vec![("raw", bytes), ("negative", negative)]);
    let text = folder.path().join("text.parquet");
    fs::write(&text, "village,amount\n").unwrap();
    let text = text.to_str().unwrap();
    for (arguments, words) in [
        (["absent.parquet", "--amount", "x", "--min", "1"], "reading absent.parquet"),
        ([text, "--amount", "x", "--min", "1"], "not a readable Parquet file"),
        (
            [&file, "--amount", "amount", "--min", "1"],
            "no column `amount`; its columns are raw, negative",
        ),
        ([&file, "--amount", "negative", "--by", "village"], "no column `village`"),
        ([&file, "--amount", "raw", "--min", "1"], "expected yuan, found a column of type Binary"),
        ([&file, "--amount", "negative", "--min", "1"], "no amount above 0 and at least 1 to test"),
        ([&file, "--amount", "negative", "--min", "ten"], "`ten` is not a number"),
        ([&file, "--amount", "negative", "--min", "0"], "--min must be above 0 yuan"),
        ([&file, "--amount", "negative", "--digits", "third"], "possible values: first, second"),
    ] {
        let error = benford(&arguments).unwrap_err();
        assert!(error.contains(words), "{arguments:?}: {error}");
    }
}

#[test]
fn a_column_that_is_mostly_unreadable_is_refused() {
    let column = |texts: Vec<Option<&str>>| -> ArrayRef { Arc::new(StringArray::from(texts)) };
    let half = column(vec![Some("12.00"), Some("合计"), None, None]);
    let most = column(vec![Some("12.00"), Some("合计"), None, Some("n/a")]);
    let (_folder, file) = parquet(vec![("half", half), ("most", most)]);
    assert!(benford(&[&file, "--amount", "half"]).is_ok());
    let error = benford(&[&file, "--amount", "most"]).unwrap_err();
    let words = "column `most`: 2 of the 3 cells that are not empty are no amounts (row 2: ";
    assert!(error.contains(words), "{error}");
}
