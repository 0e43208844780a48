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

use mingzhang::ledger::parse;
use mingzhang::stats::amounts;
use mingzhang::stats::conformity;
use mingzhang::stats::digits::{DigitLaw, Digits};
use mingzhang::stats::mantissa::{Distortion, Mantissas};
use serde_json::Value;

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
