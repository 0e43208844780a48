"""Reads the scores of a model folder and computes the figures of its eval.json again.

    python3 -m venv .venv
    .venv/bin/pip install pandas pyarrow scikit-learn
    .venv/bin/python models/reproduce.py FOLDER

FOLDER holds scores.parquet and eval.json. AUROC and average precision come from scikit-learn, everything
else is counted here, apart from the program. Intervals are not computed again: they need the program's own
random numbers. The cells (# %%) can also be run one by one in an editor.
"""

# %% Read
import json
import math
import sys
from pathlib import Path

import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
scores = pd.read_parquet(folder / "scores.parquet")
scores = scores.fillna({"scheme": "", "case": ""})
published = json.loads((folder / "eval.json").read_text(encoding="utf-8"))

settings = published["settings"]
assert published["format"] == 1, "another form of eval.json than this script knows"


# %% What is known: rows of which nobody knows are left out
def known(grain, split):
    rows = scores[(scores["grain"] == grain) & (scores["split"] == split)]
    rows = rows[rows["found"].notna()].copy()
    rows["found"] = rows["found"].astype(bool)
    worth = rows["recovered"].where(rows["recovered"].notna(), rows["amount"])
    rows["worth"] = worth.map(lambda yuan: 0.0 if pd.isna(yuan) else float(yuan))
    return rows.sort_values("score", ascending=False, kind="stable")


def acts(row):
    """The cases of a find, each with its scheme; without an id it is a case of its own."""
    cases, schemes = row.case.split(), row.scheme.split()
    if not cases:
        return [(("alone", row.subject), row.scheme.strip())]
    return list(zip(cases, schemes or [""] * len(cases)))


# %% The head of a list: where it ends among equal scores, each of them is in it with the same chance
def head(rows, length):
    """The score at which the list ends, the rows with that score, and the places left for them."""
    if length >= len(rows):
        return -math.inf, 0, 0
    if length == 0:
        return math.inf, 0, 0
    edge = rows["score"].iloc[length - 1]
    tied = int((rows["score"] == edge).sum())
    return edge, tied, length - int((rows["score"] > edge).sum())


def chance(rows, length):
    """For each row the chance that it is in the list."""
    edge, tied, left = head(rows, length)
    inside = (rows["score"] > edge).astype(float)
    if tied:
        inside[rows["score"] == edge] = left / tied
    return inside if length < len(rows) else inside * 0 + 1


def case_chance(rows, case_scores, length):
    """The chance that a list holds one of the finds of a case."""
    if length >= len(rows):
        return 1.0
    edge, tied, left = head(rows, length)
    if max(case_scores) > edge:
        return 1.0
    of_case = sum(score == edge for score in case_scores)
    return 1 - math.comb(tied - of_case, left) / math.comb(tied, left) if tied else 0.0


# %% Compare
checked = 0


def same(what, ours, theirs):
    global checked
    checked += 1
    if ours is None or theirs is None:
        assert ours is None and theirs is None, f"{what}: {ours} here, {theirs} in eval.json"
        return
    near = math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    assert near, f"{what}: {ours} here, {theirs} in eval.json"


def share(part, whole):
    return part / whole if whole else None


for one in published["sets"]:
    name = f"{one['grain']}, {one['split']}"
    rows = known(one["grain"], one["split"])
    found = rows[rows["found"]]
    others = rows[~rows["found"]]
    cases, scheme_of = {}, {}
    for row in found.itertuples():
        for case, scheme in acts(row):
            cases.setdefault(case, []).append(row.Index)
            scheme_of[case] = scheme_of.get(case) or scheme
    schemes = {}
    for case, scheme in scheme_of.items():
        if scheme:
            schemes.setdefault(scheme, []).append(case)

    same(f"{name}: rows", len(rows), one["rows"])
    same(f"{name}: found", len(found), one["found"])
    same(f"{name}: cases", len(cases), one["cases"])

    both = len(found) > 0 and len(others) > 0
    auroc = roc_auc_score(rows["found"], rows["score"]) if both else None
    precision = average_precision_score(rows["found"], rows["score"]) if both else None
    same(f"{name}: AUROC", auroc, one["auroc"]["value"])
    same(f"{name}: average precision", precision, one["average_precision"]["value"])
    same(f"{name}: chance", share(len(found), len(rows)), one["precision_by_chance"])
    for at in one["precision_at"]:
        inside = chance(rows, at["first"])
        hits = float(inside[rows["found"]].sum())
        same(f"{name}: precision at {at['first']}", hits / at["first"], at["value"])

    budget = one["budget"]
    length = math.floor(settings["hours"] * 60 / settings["minutes"][one["grain"]])
    inside = chance(rows, length)
    audited = inside[rows["found"]]
    by_case = {
        case: case_chance(rows, found["score"].loc[own], length) for case, own in cases.items()
    }
    recovered = float((audited * found["worth"]).sum())
    same(f"{name}: audited", min(length, len(rows)), budget["subjects"])
    same(
        f"{name}: recall of subjects",
        share(float(audited.sum()), len(found)),
        budget["recall_subjects"]["value"],
    )
    same(
        f"{name}: recall of cases",
        share(sum(by_case.values()), len(by_case)),
        budget["recall_cases"]["value"],
    )
    same(f"{name}: recovered", recovered, budget["recovered_yuan"]["value"])
    same(
        f"{name}: recovered share",
        share(recovered, float(found["worth"].sum())),
        budget["recovered_share"]["value"],
    )

    for cut in one["calibration"]:
        below = int((others["p_value"] <= cut["cut"]).sum())
        same(f"{name}: p up to {cut['cut']}", share(below, len(others)), cut["value"])

    assert sorted(schemes) == [own["scheme"] for own in one["schemes"]], f"{name}: other schemes"
    for own in one["schemes"]:
        own_cases = schemes[own["scheme"]]
        subjects = found.loc[sorted({find for case in own_cases for find in cases[case]})]
        of_scheme = [by_case[case] for case in own_cases]
        against = pd.concat([subjects, others])
        auroc = roc_auc_score(against["found"], against["score"]) if len(others) else None
        words = f"{name}, {own['scheme']}"
        same(f"{words}: AUROC", auroc, own["auroc"]["value"])
        same(f"{words}: cases", len(of_scheme), own["cases"])
        same(f"{words}: subjects", len(subjects), own["subjects"])
        same(
            f"{words}: recall of subjects",
            float(audited.loc[subjects.index].sum()) / len(subjects),
            own["recall_subjects"]["value"],
        )
        same(
            f"{words}: recall of cases",
            sum(of_scheme) / len(of_scheme),
            own["recall_cases"]["value"],
        )

print(f"{checked} figures of {len(published['sets'])} sets are those of eval.json")
