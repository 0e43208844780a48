"""How well villages are found whose acts leave no payment: unbooked receipts, kept cash, leases below their worth.

    python villages.py PUBLISHED_FOLDER COUNTY_FOLDER...

Folders as for judge.py. First the AUROC of the indicators over villages, for the villages with such an act against all
others. Then AUROC and average precision over the villages with any act, for the score of payments alone and with the
evidence of schemes that leave no payment: 1 - (1 - a)(1 - b), where b is the largest probability that the smallest
p-value, times the number of schemes, allows for (Sellke, Bayarri and Berger 2001). The program's own score has the first
of these sets of schemes and the prior OFF_BOOK.
"""

import sys
from pathlib import Path
from statistics import mean

import numpy as np
import polars as pl
from judge import files
from sklearn.metrics import average_precision_score, roc_auc_score

ACTS = ("cash_kept", "cheap_lease", "unbooked_receipt")
INDICATORS = ("direct_spend_of_receipts", "expected_income_missing", "lease_below_market")
SCHEMES = (("off_book",), ("off_book", "asset_leakage"), ("off_book", "asset_leakage", "disclosure"))
PRIORS = (0.01, 0.02, 0.05)
# The prior of src/scoring/ranking_model/aggregate.rs.
OFF_BOOK = 0.02


def probability(p, prior):
    """The largest probability that p-values allow for; as src/stats/posterior.rs."""
    informative = (p > 0) & (p < np.exp(-1))
    inner = np.where(informative, p, 0.1)
    odds = np.where(informative, -1 / (np.e * inner * np.log(inner)), 1) * prior / (1 - prior)
    return odds / (1 + odds)


def folder_of(published, county):
    folder = published / county.name if (published / county.name).is_dir() else published
    return folder / "latest" if (folder / "latest").is_dir() else folder


def county(published, folder):
    """The AUROC of each indicator for each kind of act, and the figures of each way to combine."""
    latest = folder_of(published, folder)
    villages = pl.read_parquet(latest / "villages.parquet")
    readings = pl.read_parquet(latest / "readings.parquet")
    answers = pl.concat(pl.read_parquet(file) for file in files(folder, "answers"))
    acts = answers.filter((pl.col("kind") == "act") & (pl.col("subject_grain") == "village"))
    score = villages["score"].to_numpy()
    p_of = {name: villages[f"p_{name}"].fill_null(1).to_numpy().astype(float) for name in SCHEMES[-1]}
    alone = 1 - (1 - score) / (1 - probability(p_of["off_book"], OFF_BOOK))

    def figures(label, score):
        return roc_auc_score(label, score), average_precision_score(label, score)

    one_by_one = {}
    for act in ACTS:
        guilty = acts.filter(pl.col("scheme") == act)["subject"].unique()
        label = villages["village"].is_in(guilty.to_list()).to_numpy()
        for name in INDICATORS if label.any() else ():
            value = dict(readings.filter(pl.col("indicator") == name).select("subject", "value").iter_rows())
            one_by_one[act, name] = int(label.sum()), roc_auc_score(label, [value.get(it, 0) for it in villages["village"]])
    label = villages["village"].is_in(acts["subject"].unique().to_list()).to_numpy()
    ways = {"payments alone": figures(label, alone)}
    for schemes in SCHEMES:
        least = np.minimum(np.min([p_of[name] for name in schemes], axis=0) * len(schemes), 1)
        for prior in PRIORS:
            both = 1 - (1 - alone) * (1 - probability(least, prior))
            ways[f"{' + '.join(schemes)}, prior {prior}"] = figures(label, both)
    return one_by_one, ways


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    published, *folders = map(Path, arguments)
    runs = {folder.name: county(published, folder) for folder in folders}
    print("AUROC of an indicator over villages: county, kind of act, villages with it")
    for name, (one_by_one, _) in runs.items():
        for (act, indicator), (count, auroc) in one_by_one.items():
            print(f"  {name}  {act:17} {count:2}  {indicator:25} {auroc:.2f}")
    print("mean of the counties: AUROC, average precision")
    for way in next(iter(runs.values()))[1]:
        auroc, precision = (mean(ways[way][at] for _, ways in runs.values()) for at in (0, 1))
        print(f"  {way:50} {auroc:.4f} {precision:.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
