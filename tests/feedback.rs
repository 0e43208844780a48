//! What outcomes teach: laws of learning from labels, and the figures on the shared sets.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fall over, and says when it skips"
)]

use std::path::PathBuf;
use std::{env, fs};

use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::matrix::Matrix;
use mingzhang::model::Model;
use mingzhang::model::detectors::name::Name;
use mingzhang::model::feedback::label::LabelledRow;
use mingzhang::model::feedback::{FeedbackModel, FeedbackSettings};
use mingzhang::model::file::{load, save};
use mingzhang::model::settings::Settings;
use mingzhang::scoring::ranks::{ranking, ranks};
use proptest::prelude::{ProptestConfig, Strategy, prop_assert, proptest};
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::ThreadPoolBuilder;

/// Three columns that look random, one cell in nine missing. Rows that a tenth divides are cases: `b` is
/// large, though not larger than that of others.
fn table(rows: u16) -> Matrix {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
    let mut unit = || f32::from(u16::try_from(random.next_u64() >> 48).unwrap()) / 65_536.0;
    let mut columns = vec![Vec::new(); 3];
    for row in 0..rows {
        let own = if is_case(row.into()) { 0.9 + unit() / 10.0 } else { unit() };
        let cells = [unit(), own, 1.0 / (0.02 + unit())];
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(Some(cell).filter(|_| unit() > 0.11));
        }
    }
    let mut matrix = Matrix::new(rows.into());
    for (name, column) in ["a", "b", "tail"].iter().zip(columns) {
        matrix.push(name, column).unwrap();
    }
    matrix
}

fn is_case(row: u32) -> bool {
    row % 10 == 3
}

fn prior(matrix: &Matrix) -> Model {
    Settings::with(&[Name::Iforest]).fit(matrix, 1).unwrap()
}

fn label(row: u32, hit: bool) -> LabelledRow {
    LabelledRow { row, hit, sampled: false, propensity: None }
}

/// True answers to some rows from all over the table, some of them of a random sample.
fn labels() -> Vec<LabelledRow> {
    let sampled = |row| LabelledRow { sampled: row % 4 == 0, ..label(row, is_case(row)) };
    (0..60).map(sampled).collect()
}

fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

fn saved(learned: &FeedbackModel) -> String {
    let folder = tempfile::tempdir().unwrap();
    save(learned, folder.path()).unwrap();
    fs::read_to_string(folder.path().join("feedback.json")).unwrap()
}

#[test]
fn without_lessons_the_ranking_is_the_priors_bit_for_bit() {
    let matrix = table(400);
    for settings in [Settings::with(&[Name::Iforest]), Settings::with(&[Name::Ecod])] {
        let prior = settings.fit(&matrix, 1).unwrap();
        let plain = prior.score(&matrix).unwrap();
        let learned = FeedbackSettings::default().learn(&prior, &matrix, &[], 1).unwrap();
        assert_eq!(bits(&learned.score(&matrix).unwrap()), bits(&plain));
    }
}

#[test]
fn true_answers_lift_the_cases_that_nobody_answered_and_few_lift_them_less() {
    let matrix = table(600);
    let prior = prior(&matrix);
    let mean_rank = |scores: &[f64]| {
        let ranks = ranks(scores);
        let cases: Vec<u32> =
            (60..600).filter(|&row| is_case(row)).map(|row| ranks[row as usize]).collect();
        f64::from(cases.iter().sum::<u32>()) / f64::from(u32::try_from(cases.len()).unwrap())
    };
    let before = mean_rank(&prior.score(&matrix).unwrap());
    let all = labels();
    let after = |labels: &[LabelledRow]| {
        let learned = FeedbackSettings::default().learn(&prior, &matrix, labels, 1).unwrap();
        mean_rank(&learned.score(&matrix).unwrap())
    };
    let (few, many) = (after(&all[..5]), after(&all));
    assert!(many < 0.7 * before, "{before} {few} {many}");
    assert!((few - before).abs() < (many - before).abs(), "{before} {few} {many}");
}

#[test]
fn contributions_add_up_for_every_cut() {
    let matrix = table(400);
    let cuts = |cuts: &str| format!("detectors = [\"iforest\"]\niforest = {{ cuts = \"{cuts}\" }}");
    let fair = "detectors = [\"fair_forest\"]".to_owned();
    for text in [cuts("plain"), cuts("extended"), fair] {
        let prior = toml::from_str::<Settings>(&text).unwrap().fit(&matrix, 1).unwrap();
        let learned = FeedbackSettings::default().learn(&prior, &matrix, &labels(), 1).unwrap();
        let scores = learned.score(&matrix).unwrap();
        let rows: Vec<u32> = (0..400).rev().step_by(7).collect();
        for (row, parts) in rows.iter().zip(learned.contributions(&matrix, &rows).unwrap()) {
            let (sum, score) = (parts.iter().sum::<f64>(), scores[*row as usize]);
            assert!((sum - score).abs() < 1e-9, "{text} {sum} {score}");
        }
        // Over the cases that nobody answered, it is `b` that speaks louder than before.
        let cases: Vec<u32> = (60..400).filter(|&row| is_case(row)).collect();
        let before = prior.contributions(&matrix, &cases).unwrap();
        let mut gains = vec![0.0; 3];
        for (now, before) in learned.contributions(&matrix, &cases).unwrap().iter().zip(before) {
            for (gain, (now, before)) in gains.iter_mut().zip(now.iter().zip(before)) {
                *gain += now - before;
            }
        }
        assert_eq!(ranking(&gains)[0], 1, "{text} {gains:?}");
    }
}

#[test]
fn a_feedback_model_is_the_same_on_any_number_of_threads_and_after_loading() {
    let matrix = table(500);
    let prior = prior(&matrix);
    let run = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let learned = FeedbackSettings::default().learn(&prior, &matrix, &labels(), 4).unwrap();
            (saved(&learned), bits(&learned.score(&matrix).unwrap()))
        })
    };
    let (text, scores) = run(1);
    for threads in [2, 8] {
        assert!(run(threads) == (text.clone(), scores.clone()), "{threads} threads");
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("feedback.json"), &text).unwrap();
    let loaded = load(folder.path()).unwrap();
    assert!(saved(&loaded) == text);
    assert_eq!(bits(&loaded.score(&matrix).unwrap()), scores);
    assert_eq!((loaded.labels(), loaded.seed()), (60, 4));
}

#[test]
fn a_damaged_file_is_refused_and_not_walked() {
    let matrix = table(100);
    let folder = tempfile::tempdir().unwrap();
    let learned =
        FeedbackSettings::default().learn(&prior(&matrix), &matrix, &labels(), 1).unwrap();
    let text = saved(&learned);
    let from = "\"leaves\":[";
    let place = text.rfind(from).unwrap();
    let damaged = format!("{}{from}0.5,{}", &text[..place], &text[place + from.len()..]);
    fs::write(folder.path().join("feedback.json"), damaged).unwrap();
    assert!(load::<FeedbackModel>(folder.path()).is_err());
}

#[test]
fn what_cannot_be_learned_from_is_refused_with_its_row() {
    let matrix = table(50);
    let prior = prior(&matrix);
    let refusal = |labels: &[LabelledRow]| {
        FeedbackSettings::default().learn(&prior, &matrix, labels, 1).unwrap_err().to_string()
    };
    assert!(refusal(&[label(50, true)]).contains("row 50"));
    assert!(refusal(&[label(7, true), label(7, false)]).contains("row 7"));
    for chance in [0.0, -0.1, 1.5, f64::NAN] {
        let label = LabelledRow { propensity: Some(chance), ..label(3, true) };
        assert!(refusal(&[label]).contains("propensity of row 3"), "{chance}");
    }
    let other = table(50).select(&[]);
    let mut narrow = Matrix::new(0);
    narrow.push("a", []).unwrap();
    assert!(FeedbackSettings::default().learn(&prior, &narrow, &[], 1).is_err());
    let learned = FeedbackSettings::default().learn(&prior, &matrix, &labels()[..40], 1).unwrap();
    assert!(learned.score(&narrow).is_err());
    assert!(learned.contributions(&matrix, &[50]).is_err());
    assert!(learned.score(&other).unwrap().is_empty());
}

#[test]
fn a_wrong_setting_is_named() {
    let matrix = table(50);
    let prior = prior(&matrix);
    for (text, key) in [
        ("max_weight = 0.5", "max_weight"),
        ("aad.budget = 0.0", "aad.budget"),
        ("aad.margin = -1.0", "aad.margin"),
        ("aad.prior = nan", "aad.prior"),
    ] {
        let teach: FeedbackSettings = toml::from_str(text).unwrap();
        let refusal = teach.learn(&prior, &matrix, &[], 1).unwrap_err().to_string();
        assert!(refusal.contains(key), "{refusal}");
    }
    assert!(
        toml::from_str::<FeedbackSettings>("tau = 0.03").unwrap_err().to_string().contains("tau")
    );
}

fn some_labels() -> impl Strategy<Value = Vec<(u32, bool)>> {
    proptest::collection::btree_map(0_u32..200, proptest::bool::ANY, 1..40)
        .prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_of_one_kind_push_all_rows_one_way(answers in some_labels(), hit in proptest::bool::ANY) {
        let matrix = table(200);
        let prior = prior(&matrix);
        let labels: Vec<LabelledRow> = answers.iter().map(|&(row, _)| label(row, hit)).collect();
        let learned = FeedbackSettings::default().learn(&prior, &matrix, &labels, 1).unwrap();
        let (before, after) = (prior.score(&matrix).unwrap(), learned.score(&matrix).unwrap());
        for (before, after) in before.iter().zip(&after) {
            let rose = after >= before;
            let fell = after <= before;
            prop_assert!((hit && rose) || (!hit && fell), "{} {}", before, after);
        }
    }

    #[test]
    fn any_answers_give_finite_scores(answers in some_labels()) {
        let matrix = table(200);
        let prior = prior(&matrix);
        let labels: Vec<LabelledRow> = answers.iter().map(|&(row, hit)| label(row, hit)).collect();
        let scores = FeedbackSettings::default().learn(&prior, &matrix, &labels, 1).unwrap().score(&matrix).unwrap();
        prop_assert!(scores.iter().all(|score| score.is_finite()));
    }
}

/// The program's answer, or nothing where the shared sets are absent.
fn program(sets: &[&str], more: &[&str]) -> Option<serde_json::Value> {
    let shared = env::var_os("MINGZHANG_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    let folder = shared.join("adbench");
    if !folder.is_dir() {
        eprintln!("skipped: there is no folder {}", folder.display());
        return None;
    }
    let files = sets.iter().map(|set| folder.join(format!("{set}.parquet")));
    let files: Vec<String> = files.map(|it| it.to_str().unwrap().to_owned()).collect();
    let words = ["mingzhang", "evaluate", "feedback", "--label", "label", "--json"];
    let words = words.into_iter().chain(more.iter().copied());
    let cli = Cli::try_parse_from(words.chain(files.iter().map(String::as_str))).unwrap();
    let mut out = Vec::new();
    cli.run(&mut out).unwrap();
    Some(serde_json::from_slice(&out).unwrap())
}

/// The mean recall of a method after 200 audits.
fn recall(answer: &serde_json::Value, method: &str) -> f64 {
    let means = answer["mean"].as_array().unwrap();
    means.iter().find(|it| it["method"] == method).unwrap()["recall"][2].as_f64().unwrap()
}

/// A cheap part of what `docs/feedback.md` measures on all sets and five seeds.
const SETS: [&str; 6] = ["vowels", "pendigits", "thyroid", "cardio", "ionosphere", "glass"];

#[test]
fn learning_leaves_find_twice_as_much_wherever_twice_is_possible() {
    let Some(answer) = program(&SETS, &["--method", "static,aad"]) else { return };
    assert_eq!(answer["left_out"][0], "glass (9 known cases, fewer than 50)");
    let (mut plain, mut learned) = (0.0, 0.0);
    for pair in answer["files"].as_array().unwrap().chunks(2) {
        let recall = |place: usize| pair[place]["recall"][2].as_f64().unwrap();
        assert!(recall(1) > recall(0), "{pair:?}");
        if 2.0 * recall(0) <= pair[0]["ceiling"].as_f64().unwrap() {
            plain += recall(0);
            learned += recall(1);
        }
    }
    assert!(plain > 0.0 && learned >= 2.0 * plain, "{plain} {learned}");
    assert!(recall(&answer, "aad") >= 0.9, "{answer}");
}

#[test]
fn with_a_tenth_of_the_answers_wrong_learning_still_finds_more() {
    let more = ["--wrong", "0.1", "--method", "static,aad"];
    let Some(answer) = program(&SETS[..5], &more) else { return };
    assert!(recall(&answer, "aad") > 1.3 * recall(&answer, "static"), "{answer}");
}
