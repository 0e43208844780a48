//! The figures of scored rows: by hand, on any number of threads, in files, and by another program.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fall over, and says when it skips"
)]

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::evaluate::figures::{Estimate, Figures};
use mingzhang::evaluate::scored::{Row, Scored};
use mingzhang::evaluate::settings::Settings;
use mingzhang::ledger::contract::cell::{Cell, Day, Fen};
use mingzhang::ledger::subject::Grain;
use mingzhang::report::evaluated::{FIGURES, SCORES, write_figures, write_scores};
use mingzhang::scoring::evidence::trained::Split;
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::ThreadPoolBuilder;

/// A payment that nothing is known of but its score and whether something was found.
fn payment(subject: &str, village: u32, score: f64, found: Option<bool>) -> Row {
    Row {
        grain: Grain::Payment,
        split: Split::HeldOut,
        subject: subject.to_owned(),
        village: format!("9901011{village:05}"),
        date: Day(19_723),
        amount: Fen(100_000),
        score,
        p_value: 0.5,
        found,
        scheme: String::new(),
        case: String::new(),
        recovered: Fen::NONE,
    }
}

/// Rows of every grain and both splits: finds score higher, scores are rough so that many are equal,
/// some rows are unknown, some acts have several subjects, some subjects several acts.
fn county(payments: u32, villages: u32, seed: u64, sharp: f64) -> Scored {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    // What there is to find does not hang on the score.
    let mut truth = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut rows = Vec::new();
    for (grain, count) in Grain::ALL.into_iter().zip([payments, payments / 10, 60, villages]) {
        for (split, number) in Split::ALL.iter().flat_map(|it| (0..count).map(move |no| (*it, no)))
        {
            let draw = truth.next_u64();
            let village = u32::try_from(draw >> 20 & 0xffff).unwrap() % villages;
            let found = draw & 0x3f < 3;
            let noise = f64::from(u32::try_from(random.next_u64() & 0xff).unwrap());
            let score = ((noise + if found { sharp } else { 0.0 }) / 8.0).round();
            let mut row =
                payment(&format!("{}-{number}", grain.word()), village, score, Some(found));
            (row.grain, row.split) = (grain, split);
            row.p_value = 1.0 - noise / 256.0;
            row.amount = Fen(i64::from(number) * 1_001);
            if grain != Grain::Payment {
                row.date = Day::NONE;
            }
            if (draw >> 8).is_multiple_of(32) {
                row.found = None;
            } else if found {
                label(&mut row, draw, village);
            }
            rows.push(row);
        }
    }
    Scored::of(rows).unwrap()
}

/// Gives a find its acts.
fn label(row: &mut Row, draw: u64, village: u32) {
    let act = |scheme: u64| format!("act-{village}-{}-{scheme}", draw >> 40 & 3);
    let scheme = |scheme: u64| ["ghost", "split", "kin"][usize::try_from(scheme).unwrap()];
    match draw >> 50 & 7 {
        0 => {}
        1 => {
            row.case = format!("{} {}", act(0), act(1));
            row.scheme = format!("{} {}", scheme(0), scheme(1));
            row.recovered = Fen(123_456);
        }
        other => {
            row.case = act(other % 3);
            scheme(other % 3).clone_into(&mut row.scheme);
        }
    }
}

fn is(estimate: &Estimate, hand: f64) {
    let value = estimate.value.unwrap();
    assert!((value - hand).abs() < 1e-12, "{value} {hand}");
}

#[test]
fn the_figures_of_eight_payments_are_those_by_hand() {
    let mut rows = vec![
        payment("a", 1, 9.0, Some(true)),
        payment("b", 1, 8.0, Some(false)),
        payment("c", 2, 7.0, Some(true)),
        payment("d", 2, 7.0, Some(false)),
        payment("e", 3, 6.0, None),
        payment("f", 3, 5.0, Some(false)),
        payment("g", 3, 4.0, Some(true)),
        payment("h", 3, 3.0, Some(false)),
    ];
    for (place, case, scheme) in [(0, "1", "ghost"), (2, "2", "split"), (6, "1", "ghost")] {
        (rows[place].case, rows[place].scheme) = (case.to_owned(), scheme.to_owned());
    }
    rows[2].recovered = Fen(20_000);
    rows[1].p_value = 0.04;
    // An hour suffices for three payments: a, b, and c or d.
    let settings = Settings { hours: 1.0, first: vec![2, 3, 7, 8], ..Settings::default() };
    let figures = Figures::of(&Scored::of(rows).unwrap(), &settings).unwrap();
    let [set] = figures.sets.as_slice() else { panic!("one set") };
    assert_eq!((set.rows, set.unknown, set.villages), (7, 1, 3));
    assert_eq!((set.found, set.cases), (3, 2));
    // Pairs won: a 4, c 2 and a half, g 1, of 12.
    is(&set.auroc, 7.5 / 12.0);
    // At a 1/1, at the pair of c and d 2/4, at g 3/6.
    is(&set.average_precision, 2.0 / 3.0);
    let shares: Vec<_> = set.precision_at.iter().map(|one| one.share.value.unwrap()).collect();
    assert_eq!(shares, [0.5, 0.5, 3.0 / 7.0]);
    let budget = &set.budget;
    assert_eq!(budget.subjects, 3);
    is(&budget.recall_subjects, 0.5);
    is(&budget.recall_cases, 0.75);
    is(&budget.recovered_yuan, 1_100.0);
    is(&budget.recovered_share, 0.5);
    assert_eq!(budget.recall_by_chance, Some(3.0 / 7.0));
    let calibration: Vec<_> =
        set.calibration.iter().map(|one| (one.rows, one.share.value.unwrap())).collect();
    assert_eq!(calibration, [(4, 0.0), (4, 0.0), (4, 0.25), (4, 0.25), (4, 0.25)]);
    let [ghost, split] = set.schemes.as_slice() else { panic!("two schemes") };
    assert_eq!((ghost.scheme.as_str(), ghost.cases, ghost.subjects), ("ghost", 1, 2));
    is(&ghost.recall_cases, 1.0);
    is(&ghost.recall_subjects, 0.5);
    is(&ghost.auroc, 5.0 / 8.0);
    is(&split.recall_cases, 0.5);
    is(&split.auroc, 2.5 / 4.0);
    for estimate in [&set.auroc, &budget.recall_cases, &budget.recovered_yuan] {
        let (low, high) = (estimate.low.unwrap(), estimate.high.unwrap());
        assert!(low <= estimate.value.unwrap() && estimate.value.unwrap() <= high, "{estimate:?}");
    }
}

#[test]
fn without_finds_without_villages_and_without_rows_there_are_no_figures_and_no_panic() {
    let none = Figures::of(&Scored::of(Vec::new()).unwrap(), &Settings::default()).unwrap();
    assert!(none.sets.is_empty());
    for found in [Some(true), Some(false), None] {
        let rows = vec![payment("a", 1, 1.0, found), payment("b", 1, 2.0, found)];
        let figures = Figures::of(&Scored::of(rows).unwrap(), &Settings::default()).unwrap();
        let empty = Estimate { value: None, low: None, high: None };
        assert_eq!(figures.sets[0].auroc, empty);
        assert_eq!(figures.sets[0].average_precision, empty);
        assert!(!serde_json::to_string(&figures).unwrap().contains("NaN"));
    }
    // One village cannot be resampled.
    let rows = vec![payment("a", 1, 1.0, Some(false)), payment("b", 1, 2.0, Some(true))];
    let figures = Figures::of(&Scored::of(rows).unwrap(), &Settings::default()).unwrap();
    assert_eq!(figures.sets[0].auroc, Estimate { value: Some(1.0), low: None, high: None });
}

#[test]
fn one_two_and_eight_threads_give_the_same_figures() {
    let scored = county(2000, 40, 5, 120.0);
    let settings = Settings { replicates: 100, ..Settings::default() };
    let run = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let figures = pool.install(|| Figures::of(&scored, &settings).unwrap());
        serde_json::to_string(&figures).unwrap()
    };
    let one = run(1);
    assert!(run(2) == one && run(8) == one);
}

#[test]
fn an_interval_holds_the_truth_about_as_often_as_it_says() {
    // Finds beat others by chance alone, and all rows of a village rise and fall together.
    let mut held = 0;
    for seed in 0..100 {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut rows = Vec::new();
        for village in 0..40 {
            let own = random.next_u64() >> 40;
            for number in 0..10 {
                let noise = u32::try_from((random.next_u64() >> 40) + own).unwrap();
                let found = random.next_u64().is_multiple_of(8);
                let subject = format!("{village}-{number}");
                rows.push(payment(&subject, village, f64::from(noise), Some(found)));
            }
        }
        let settings = Settings { replicates: 200, ..Settings::default() };
        let figures = Figures::of(&Scored::of(rows).unwrap(), &settings).unwrap();
        let Estimate { low, high, .. } = figures.sets[0].auroc;
        held += u32::from(low.unwrap() <= 0.5 && 0.5 <= high.unwrap());
    }
    assert!((86..=100).contains(&held), "{held} of 100");
}

/// What the program prints for these arguments, or its error.
fn program(arguments: &[&str]) -> Result<String, String> {
    let cli = Cli::try_parse_from([&["mingzhang"], arguments].concat()).unwrap();
    let mut out = Vec::new();
    cli.run(&mut out).map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(out).unwrap())
}

/// A folder of scores and figures.
fn published(folder: &Path, scored: &Scored) -> String {
    let settings = Settings { replicates: 100, hours: 20.0, ..Settings::default() };
    write_scores(scored, &folder.join(SCORES)).unwrap();
    write_figures(&Figures::of(scored, &settings).unwrap(), &folder.join(FIGURES)).unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn two_folders_are_compared_and_other_subjects_refused() {
    let [one, other, fewer] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let a = published(one.path(), &county(600, 30, 5, 60.0));
    let b = published(other.path(), &county(600, 30, 6, 160.0));
    let text = program(&["compare", &a, &b]).unwrap();
    assert!(text.contains("## Of each payment, held_out: 5"), "{text}");
    let auroc = text.lines().find(|line| line.contains("| AUROC ")).unwrap();
    assert!(auroc.trim_end().ends_with("| yes   |"), "{auroc}");
    let json = program(&["compare", &a, &b, "--json", "--seed", "3"]).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["sets"].as_array().unwrap().len(), 8);
    // The settings are those of the figures of A.
    assert_eq!(json["settings"]["hours"], 20.0);
    assert_eq!(json["settings"]["seed"], 3);
    let figures: serde_json::Value =
        serde_json::from_slice(&fs::read(one.path().join(FIGURES)).unwrap()).unwrap();
    assert_eq!(json["sets"][0]["figures"][0]["a"], figures["sets"][0]["auroc"]["value"]);
    let file = other.path().join(SCORES);
    let again = program(&["compare", &b, file.to_str().unwrap()]).unwrap();
    assert!(again.lines().all(|line| !line.contains("| yes")), "{again}");
    let c = published(fewer.path(), &county(599, 30, 5, 60.0));
    let error = program(&["compare", &a, &c]).unwrap_err();
    assert!(error.contains(&a) && error.contains(&c) && error.contains("`payment-"), "{error}");
}

#[test]
fn a_table_of_scores_that_cannot_be_read_is_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let here = published(folder.path(), &county(50, 5, 5, 60.0));
    let nowhere = folder.path().join("nowhere");
    let error = program(&["compare", &here, nowhere.to_str().unwrap()]).unwrap_err();
    assert!(error.contains("nowhere"), "{error}");
    fs::write(folder.path().join(FIGURES), "{}").unwrap();
    let error = program(&["compare", &here, &here]).unwrap_err();
    assert!(error.contains("eval.json") && error.contains("settings"), "{error}");
}

#[test]
fn another_program_computes_the_same_figures_from_the_files() {
    let python = env::var("MINGZHANG_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python).args(["-c", "import pandas, pyarrow, sklearn"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("skipped: {python} has no pandas, pyarrow and scikit-learn");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let here = published(folder.path(), &county(1500, 30, 5, 120.0));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/reproduce.py");
    let output = Command::new(&python).arg(script).arg(here).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("figures of 8 sets"), "{said}");
    eprintln!("{said}");
}
