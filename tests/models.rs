//! Every model in `models/` is what its command makes, loads, and refuses what it was not trained on.
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use mingzhang::cli::Cli;
use mingzhang::model::file::{hex, load};
use mingzhang::scoring::evidence::trained::Trained;
use mingzhang::scoring::ranking_model::pretrained::Pretrained;
use rayon::ThreadPoolBuilder;
use sha2::{Digest, Sha256};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn simulated() -> PathBuf {
    root().join("models/simulated")
}

/// Runs the program in this process; what it said, or the error.
fn program(words: &[&str]) -> Result<String, String> {
    let mut said = Vec::new();
    let cli = Cli::try_parse_from([&["mingzhang"], words].concat()).map_err(|it| it.to_string())?;
    cli.run(&mut said).map_err(|error| format!("{error:#}"))?;
    Ok(String::from_utf8(said).unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A small simulated dataset with its features.
fn dataset(folder: &Path, seed: &str) -> (PathBuf, PathBuf) {
    let (data, features) = (folder.join("data"), folder.join("features"));
    let size = ["--townships", "4", "--villages", "24", "--years", "2", "--lines", "300"];
    program(&[&["simulate", "--out", text(&data), "--seed", seed], &size[..]].concat()).unwrap();
    program(&["features", "--data", text(&data), "--out", text(&features)]).unwrap();
    (data, features)
}

fn train(features: &Path, out: &Path, more: &[&str]) -> Result<String, String> {
    let small = "model.detectors=[\"hbos\"]";
    let words = ["train", "--features", text(features), "--out", text(out), "--set", small];
    program(&[&words[..], more].concat())
}

#[test]
fn a_model_folder_holds_what_its_digests_say_and_loads() {
    load::<Trained>(&simulated()).unwrap();
    assert_eq!(held(&simulated()), ["card.md", "eval.json", "model.json", "scores.parquet"]);
    let ranking = root().join("models/ranking");
    assert_eq!(held(&ranking), ["card.md", "model.json"]);
    let shipped = Pretrained::of(None).unwrap();
    assert!(Pretrained::of(Some(&ranking)).unwrap() == shipped, "build the program anew");
}

/// The files that a folder's digests name, each as they say.
fn held(folder: &Path) -> Vec<String> {
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let mut named = Vec::new();
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let found = hex(&Sha256::digest(fs::read(folder.join(name)).unwrap()));
        assert_eq!(found, digest, "{name}");
        named.push(name.to_owned());
    }
    named
}

#[test]
fn the_models_are_rebuilt_byte_for_byte() {
    // The commands of models/rebuild, but for the evaluation.
    let folder = tempfile::tempdir().unwrap();
    let work = text(folder.path());
    let command = fs::read_to_string(root().join("models/rebuild")).unwrap();
    let mut ran = 0;
    for line in command.lines().filter(|line| line.starts_with("\"$mingzhang\"")) {
        let words = line.replace('"', "").replace("$mingzhang ", "");
        let words = words
            .replace("$work", work)
            .replace("$models", work)
            .replace("pipelines/model.toml", text(&root().join("pipelines/model.toml")));
        if !words.starts_with("evaluate") {
            program(&words.split(' ').collect::<Vec<_>>()).unwrap();
            ran += 1;
        }
    }
    assert_eq!(ran, 4);
    let bytes = |folder: &Path| fs::read(folder.join("model.json")).unwrap();
    for name in ["simulated", "ranking"] {
        let shipped = root().join("models").join(name);
        assert!(bytes(&folder.path().join(name)) == bytes(&shipped), "{name}: run models/rebuild");
    }
}

#[test]
fn a_trained_model_is_evaluated_on_what_it_has_not_seen_and_judges_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let (data, features) = dataset(folder.path(), "3");
    let model = folder.path().join("model");
    let until = ["--held-out", "0.3", "--until", "2023-06-30"];
    assert!(train(&features, &model, &until).unwrap().contains("0 labels from audits"));
    let said = program(&[
        "evaluate",
        "model",
        text(&model),
        "--features",
        text(&features),
        "--replicates",
        "20",
    ]);
    let said = said.unwrap();
    for set in ["payment held_out", "payment later", "village held_out"] {
        assert!(said.contains(set), "{said}");
    }
    let eval: serde_json::Value =
        serde_json::from_slice(&fs::read(model.join("eval.json")).unwrap()).unwrap();
    assert!(eval["sets"][0]["auroc"]["value"].as_f64().unwrap() > 0.6, "{eval}");
    assert!(fs::read_to_string(model.join("card.md")).unwrap().contains("| payment | held_out |"));

    // Another county of the same kind is judged, and the published folder says how far it has drifted.
    let other = tempfile::tempdir().unwrap();
    let (other, _) = dataset(other.path(), "4");
    let pipeline = folder.path().join("trained.toml");
    fs::write(&pipeline, "trained = \"model\"\n").unwrap();
    let out = folder.path().join("out");
    let run = |data: &Path, set: &str| {
        program(&["run", text(&pipeline), "--data", text(data), "--out", text(&out), "--set", set])
    };
    run(&other, "seed=1").unwrap();
    let drift = fs::read_to_string(out.join("latest/drift.json")).unwrap();
    assert!(drift.contains("\"psi\"") && drift.contains("self_approval"));
    // Where nothing may drift, the run stops, names the columns and publishes nothing.
    let published = fs::read_link(out.join("latest")).unwrap();
    let strict = ["--set", "drift.most=0", "--set", "drift.limit=0.0000001"];
    let error = program(
        &[&["run", text(&pipeline), "--data", text(&data), "--out", text(&out)], &strict[..]]
            .concat(),
    );
    assert!(error.unwrap_err().contains("have drifted"));
    assert_eq!(fs::read_link(out.join("latest")).unwrap(), published);
    // Other columns than those of the training are refused, and both sides are named.
    let error = run(&data, "leave_out=[\"self_approval\"]").unwrap_err();
    assert!(error.contains("self_approval"), "{error}");
}

#[test]
fn the_shipped_model_fits_the_shipped_demo() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    program(&["simulate", "--out", text(&data)]).unwrap();
    let trained = format!("trained={:?}", text(&simulated()));
    let pipeline = root().join("pipelines/demo.toml");
    let words =
        ["run", text(&pipeline), "--data", text(&data), "--out", text(&out), "--set", &trained];
    program(&words).unwrap();
    assert!(out.join("latest/drift.json").exists());
}

#[test]
fn one_two_and_eight_threads_train_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (_, features) = dataset(folder.path(), "6");
    let model = |threads: usize| {
        let out = folder.path().join(threads.to_string());
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(&features, &out, &[]).unwrap());
        fs::read(out.join("model.json")).unwrap()
    };
    let one = model(1);
    assert!(one == model(2) && one == model(8));
}

#[test]
fn wrong_input_of_the_researchers_line_gives_one_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    let (data, features) = dataset(folder.path(), "5");
    let fails = |words: &[&str], why: &str| {
        let error = program(words).unwrap_err();
        assert!(error.contains(why), "{error}");
    };
    let (nowhere, model) = (folder.path().join("nowhere"), folder.path().join("model"));
    let (nowhere, out) = (text(&nowhere), text(&model));
    fails(&["features", "--data", text(&data), "--out", text(&features)], "not empty");
    fails(&["train", "--features", nowhere, "--out", out], "no table `payment` here");
    fails(&["train", "--features", text(&features), "--out", out, "--held-out", "1"], "below 1");
    fails(&["evaluate", "model", nowhere, "--features", text(&features)], "nowhere");
    train(&features, &model, &[]).unwrap();
    fails(&["train", "--features", text(&features), "--out", out], "not empty");
    let file = |name: &str| model.join(name);
    let (json, sums) =
        ["model.json", "SHA256SUMS"].map(|name| fs::read_to_string(file(name)).unwrap()).into();
    // Whoever replaces a model has to say so in its digests.
    fs::write(file("model.json"), json.replacen("\"catalogue\":\"", "\"catalogue\":\"0", 1))
        .unwrap();
    let evaluate = ["evaluate", "model", out, "--features", text(&features)];
    fails(&evaluate, "is not the one in SHA256SUMS");
    fs::remove_file(file("SHA256SUMS")).unwrap();
    fails(&evaluate, "no SHA256SUMS that names model.json");
    let spoil = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        let spoilt = json.replacen(from, to, 1);
        let digest = |text: &str| hex(&Sha256::digest(text));
        fs::write(file("SHA256SUMS"), sums.replace(&digest(&json), &digest(&spoilt))).unwrap();
        fs::write(file("model.json"), spoilt).unwrap();
    };
    spoil("\"catalogue\":\"", "\"catalogue\":\"0");
    fails(&["evaluate", "model", out, "--features", text(&features)], "but this is the catalogue");
    spoil("-log10 of a p-value", "a share");
    fails(&["evaluate", "model", out, "--features", text(&features)], "in the unit `a share`");
    spoil("\"format\":4", "\"format\":9");
    fails(&["evaluate", "model", out, "--features", text(&features)], "another format");
}
