"""How well a ranking and its lists find what was planted: payments, villages and officials against the answers.

    python judge.py PUBLISHED_FOLDER COUNTY_FOLDER... [--json FILE]

PUBLISHED_FOLDER is what `mingzhang run --out` published, or, for several counties, a folder with one such folder
for each, named as the county's. COUNTY_FOLDER is a dataset of the contract with `answers.parquet`.

Whoever is judged is asked about the same subjects: every payment of the ledger, every village of it, and every
official, whether the ranking names them or not. Who is not named is ranked last, together with all others who
are not named, since an office that works down the list never comes to them. Equal scores are no order: AUROC and
average precision are scikit-learn's, which take ties as ties, and where the cut of a top list goes through
equal scores, what is counted is the mean over all orders of them.
"""

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
import polars as pl
from sklearn.metrics import average_precision_score, roc_auc_score

# Who stands on a voucher and answers for it.
ROLES = ("approver", "handler", "witness", "cosigner", "township_reviewer", "clerk")
# The figures, in the order in which they are shown.
MEASURES = {
    "payments_ap": "payments: average precision",
    "payments_auroc": "payments: AUROC",
    "payments_p100": "payments: precision at 100",
    "acts_top1": "acts with a payment in the top 1 %",
    "acts_listed": "acts with a payment on a list",
    "acts_named": "acts with a payment, payee, official or village on a list",
    "villages_auroc": "villages: AUROC",
    "villages_ap": "villages: average precision",
    "officials_auroc": "officials: AUROC",
    "officials_ap": "officials: average precision",
}
FIRST = 100
TOP = 0.01


@dataclass
class Truth:
    """A county and what is true of it."""

    # Key of each payment.
    payments: pl.Series
    villages: list
    officials: list
    # One row for each payment of an act: subject, act, scheme.
    acts: pl.DataFrame
    # One row for each subject of an act, whatever its grain: grain, subject, act, scheme.
    subjects: pl.DataFrame
    # Villages and officials with an act.
    guilty_villages: set
    offenders: set


@dataclass
class Scores:
    """A ranking: what each subject of a grain scores, where it has a score. Higher is worse."""

    payments: pl.DataFrame
    villages: pl.DataFrame
    officials: pl.DataFrame
    # The subjects of the work lists, grain and subject: payments that belong to a lead, and whom a lead is about. None
    # where a ranking has no lists.
    listed: pl.DataFrame | None = None


def files(folder, table):
    """The Parquet files of a table, which may be one file or a folder of them."""
    file = folder / f"{table}.parquet"
    return [file] if file.is_file() else sorted((folder / table).glob("**/*.parquet"))


def ledger_of(folder, columns=None):
    """The ledger's lines with the columns asked for; what the contract lets be absent is filled."""
    paths = files(folder, "ledger")
    if not paths:
        sys.exit(f"{folder}: there is no ledger")
    lines = pl.scan_parquet(paths, hive_partitioning=False)
    names = lines.collect_schema().names()
    if columns:
        lines = lines.select(name for name in columns if name in names)
    lines = lines.collect()
    for name in columns or ():
        if name not in names and name != "line":
            lines = lines.with_columns(pl.lit(None, pl.String).alias(name))
    if "line" not in names:
        lines = lines.with_columns(line=pl.int_range(1, pl.len() + 1).over("village", month(), "voucher"))
    return lines.with_columns(is_debit=pl.col("side").cast(pl.String).is_in(["debit", "借"]))


def month():
    return pl.col("date").dt.strftime("%Y-%m")


def key():
    """A payment's name in the answers. Voucher numbers begin again every month."""
    return pl.concat_str("village", month(), "voucher", "line", separator="/")


def is_cash():
    return pl.col("account").str.slice(0, 3).is_in(["101", "102"])


def is_payment():
    """A debit of another account in a voucher that credits cash or the bank."""
    pays = (is_cash() & ~pl.col("is_debit")).any().over("village", month(), "voucher")
    return pays & pl.col("is_debit") & ~is_cash()


def officials_of(lines, folder):
    """Everybody who signed or keyed, and everybody with a post; who was paid while in a post is among them."""
    signed = [lines[role].drop_nulls().unique() for role in ROLES]
    posts = [pl.read_parquet(file, columns=["person"])["person"] for file in files(folder, "posts")]
    return sorted({it for each in signed + posts for it in each.drop_nulls()} - {""})


def truth_of(folder):
    """What is true of a county. Look-alikes are listed in some answers; they are no acts."""
    columns = ["village", "voucher", "line", "date", "account", "side", *ROLES]
    lines = ledger_of(folder, columns)
    payments = lines.filter(is_payment()).select(key().alias("key"))["key"]
    answers = pl.read_parquet(files(folder, "answers")).filter(pl.col("kind") == "act")

    def of(grain):
        return answers.filter(pl.col("subject_grain") == grain)

    return Truth(
        payments=payments,
        villages=lines["village"].unique().sort().to_list(),
        officials=officials_of(lines, folder),
        acts=of("payment").select("subject", "act", "scheme").unique(),
        subjects=answers.select(pl.col("subject_grain").alias("grain"), "subject", "act", "scheme").unique(),
        guilty_villages=set(of("village")["subject"]),
        offenders=set(of("official")["subject"]),
    )


def listed(folder):
    """The subjects of the lists that a run published; nothing where it made none."""
    leads, evidence = files(folder, "leads"), files(folder, "evidence")
    if not leads or not evidence:
        return None
    about = pl.read_parquet(leads, columns=["grain", "subject"])
    belongs = pl.read_parquet(evidence).filter("belongs").select(pl.lit("payment").alias("grain"), key().alias("subject"))
    return pl.concat([about, belongs]).unique()


def published(folder, county):
    """The ranking that a run published of a county."""
    own = folder / county.name
    folder = own if own.is_dir() else folder
    if (folder / "latest").is_dir():
        folder = folder / "latest"

    def read(table, subject):
        paths = files(folder, table)
        if not paths:
            sys.exit(f"{folder}: there is no table `{table}`")
        rows = pl.read_parquet(paths, hive_partitioning=False)
        return rows.select(subject.alias("subject"), pl.col("score").cast(pl.Float64).fill_nan(None))

    return Scores(
        payments=read("payments", key()),
        villages=read("villages", pl.col("village")),
        officials=read("officials", pl.col("official")),
        listed=listed(folder),
    )


def lined_up(subjects, scores):
    """The score of each subject, those without one below all others; and how many those are."""
    best = scores.drop_nulls().group_by("subject").agg(pl.col("score").max())
    joined = pl.DataFrame({"subject": subjects}).join(best, on="subject", how="left", maintain_order="left")
    lowest = best["score"].min()
    last = (lowest if lowest is not None else 0.0) - 1.0
    return joined["score"].fill_null(last).to_numpy(), joined["score"].is_null().to_numpy()


def area_and_precision(label, score):
    """AUROC and average precision; neither is a number where nobody, or everybody, has an act."""
    if not 0 < label.sum() < len(label):
        return math.nan, math.nan
    return roc_auc_score(label, score), average_precision_score(label, score)


def inside(score, count):
    """The chance of each subject to be among the first `count` where equal scores are put in order by lot."""
    count = min(count, len(score))
    border = np.partition(score, len(score) - count)[len(score) - count]
    above, at = score > border, score == border
    return np.where(above, 1.0, np.where(at, (count - above.sum()) / at.sum(), 0.0))


def on_lists(truth, lists):
    """By scheme and in all: acts, those with a payment on a list, and those with any subject on a list."""
    hits = truth.subjects.join(lists.with_columns(hit=True), on=["grain", "subject"], how="left")
    hits = hits.with_columns(pl.col("hit").fill_null(False))
    paid = pl.col("hit") & (pl.col("grain") == "payment")
    acts = hits.group_by("act", "scheme").agg(payment=paid.any(), named=pl.col("hit").any())
    count = (pl.len().alias("acts"), pl.col("payment").sum(), pl.col("named").sum())
    whole = acts.select(pl.lit("").alias("scheme"), *count)
    return {row.pop("scheme"): row for row in pl.concat([whole, acts.group_by("scheme").agg(*count)]).to_dicts()}


def found(acts, chance):
    """The share of acts with a payment inside, the share of their payments inside, and both counts."""
    rows = acts.with_columns(chance=chance)
    of_acts = rows.group_by("act", maintain_order=True).agg(missed=(1 - pl.col("chance")).product())
    return {
        "acts": 1 - of_acts["missed"].mean(),
        "payments": rows["chance"].mean(),
        "acts_in_all": of_acts.height,
        "payments_in_all": rows.height,
    }


def judge(truth, scores):
    """Every figure of one ranking of one county."""
    # An act's payment that the ledger does not have would be a fault of the answers; it counts as not found.
    keys = pl.concat([truth.payments, truth.acts["subject"]]).unique(maintain_order=True)
    score, _ = lined_up(keys, scores.payments)
    label = keys.is_in(truth.acts["subject"].unique().to_list()).to_numpy()
    figures = dict(zip(("payments_auroc", "payments_ap"), area_and_precision(label, score)))
    figures["payments_p100"] = float((inside(score, FIRST) * label).sum() / min(FIRST, len(label)))
    top = pl.DataFrame({"subject": keys, "top": inside(score, math.ceil(TOP * len(score)))})
    acts = truth.acts.join(top, on="subject", how="left", maintain_order="left")
    figures["acts_top1"] = found(acts, acts["top"])["acts"]
    figures["schemes"] = {
        scheme: found(rows, rows["top"]) for (scheme,), rows in sorted(acts.group_by("scheme"), key=lambda it: it[0])
    }
    if scores.listed is not None:
        figures["lists"] = on_lists(truth, scores.listed)
        whole = figures["lists"][""]
        figures["acts_listed"], figures["acts_named"] = (whole[it] / whole["acts"] for it in ("payment", "named"))
    for grain, subjects, guilty, table in (
        ("villages", truth.villages, truth.guilty_villages, scores.villages),
        ("officials", truth.officials, truth.offenders, scores.officials),
    ):
        subjects = sorted({*subjects, *guilty})
        score, missing = lined_up(subjects, table)
        label = np.array([it in guilty for it in subjects])
        figures[f"{grain}_auroc"], figures[f"{grain}_ap"] = area_and_precision(label, score)
        figures[f"{grain}_missing"] = int((missing & label).sum())
    figures["offenders"] = len(truth.offenders)
    return figures


def averaged(runs):
    """The mean of each figure over counties; of a scheme over those counties that have it."""
    whole = {name: mean(run[name] for run in runs) for name in runs[0] if name not in ("schemes", "lists")}
    schemes = sorted({scheme for run in runs for scheme in run["schemes"]})
    has = {scheme: [run["schemes"][scheme] for run in runs if scheme in run["schemes"]] for scheme in schemes}
    whole["schemes"] = {
        scheme: {name: mean(it[name] for it in all_of_it) for name in all_of_it[0]} for scheme, all_of_it in has.items()
    }
    return whole


def table(title, sides, extra=None):
    """Rankings of the same county side by side, as text: `sides` is figures by the name of the ranking."""
    width = max(12, *(len(name) + 2 for name in sides))
    lines = [f"{title:46}" + "".join(f"{name:>{width}}" for name in sides)]

    def row(name, cells):
        shown = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells)
        lines.append(f"{name:46}" + "".join(f"{cell:>{width}}" for cell in shown))

    for measure, name in MEASURES.items():
        row(name, [side.get(measure, "") for side in sides.values()])
    row("offenders that are not ranked", [missing(side) for side in sides.values()])
    for name, cells in (extra or {}).items():
        row(name, [cells.get(side, "") for side in sides])
    schemes = sorted({scheme for side in sides.values() for scheme in side.get("schemes", ())})
    lines.append("in the top 1 %: share of acts with a payment there / share of the acts' payments")
    for scheme in schemes:
        of = [side.get("schemes", {}).get(scheme) for side in sides.values()]
        count = next((it for it in of if it), None)
        name = f"  {scheme} ({count['acts_in_all']:.0f} acts, {count['payments_in_all']:.0f} payments)"
        row(name, [f"{it['acts']:.2f} / {it['payments']:.2f}" if it else "" for it in of])
    if any("lists" in side for side in sides.values()):
        lines.append("on the lists: acts with a payment there/with any subject there/all acts")
        for scheme in sorted({it for side in sides.values() for it in side.get("lists", ()) if it}):
            of = [side.get("lists", {}).get(scheme) for side in sides.values()]
            row(f"  {scheme}", [f"{it['payment']}/{it['named']}/{it['acts']}" if it else "" for it in of])
    return "\n".join(lines)


def missing(side):
    return f"{side['officials_missing']:.3g} of {side['offenders']:.3g}" if "offenders" in side else ""


def main(arguments):
    file = None
    if "--json" in arguments:
        at = arguments.index("--json")
        file, arguments = Path(arguments[at + 1]), arguments[:at] + arguments[at + 2 :]
    if len(arguments) < 2:
        sys.exit(__doc__)
    folder, *counties = map(Path, arguments)
    runs = {str(county): judge(truth_of(county), published(folder, county)) for county in counties}
    names = [Path(county).name for county in runs]
    shown = dict(zip(names if len(set(names)) == len(names) else runs, runs.values()))
    whole = averaged(list(runs.values()))
    if len(runs) > 1:
        shown["mean"] = whole
    print(table("", shown))
    if file:
        file.write_text(json.dumps({"counties": runs, "mean": whole}, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
