"""How a small county should be ranked: by a model of its own, by the pretrained one, or by its evidence alone.

    python small.py WORK COUNTY_FOLDER...

Each county is cut into counties of 1, 2, 4, 8 and 16 villages, eight of each at most, all of them with an act. Each small county is ranked three
times: by a model fitted on it, by the pretrained model, and by the sum of its evidence. Shown are means. MINGZHANG names a built program; PIPELINE another pipeline than the nightly one.
"""

import sys
from math import isnan, nan
from pathlib import Path
from statistics import mean

import polars as pl
from judge import files, judge, published, truth_of
from program import run

SIZES = (1, 2, 4, 8, 16)
MOST = 8
SIDES = {
    "own": ["ranking.least_payments=1"],
    "pretrained": ["ranking.least_payments=1000000000"],
    "evidence": ["ranking.planting.acts=0.0"],
}
SHOWN = ("payments_ap", "payments_auroc", "acts_top1", "officials_auroc")


def cut(county, villages, out):
    """The rows of a county that belong to some villages, and those that belong to none, as a dataset."""
    for table in sorted({path.name.removesuffix(".parquet") for path in county.iterdir()}):
        rows = pl.concat([pl.read_parquet(it, hive_partitioning=False) for it in files(county, table)] or [pl.DataFrame()])
        if table == "answers":
            village = pl.col("subject").str.slice(0, 12)
            is_official = pl.col("subject_grain") == "official"
            rows = rows.filter(village.is_in(villages) | (is_official & pl.col("act").is_in(acts_of(rows, villages))))
        elif "village" in rows.columns:
            rows = rows.filter(pl.col("village").is_in(villages) | pl.col("village").is_null())
        out.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(out / f"{table}.parquet")
    return out


def acts_of(answers, villages):
    """The acts of some villages."""
    own = answers.filter((pl.col("subject_grain") == "payment") & pl.col("subject").str.slice(0, 12).is_in(villages))
    return own["act"].unique().to_list()


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    work, *counties = map(Path, arguments)
    print(f"{'villages':>8} {'counties':>8} {'payments':>8} {'ranked by':>10} " + " ".join(f"{it:>15}" for it in SHOWN))
    for size in SIZES:
        runs = {side: [] for side in SIDES}
        payments = []
        for county in counties:
            truth = truth_of(county)
            all_of_it, has_act = truth.villages, set(truth.acts["subject"].str.slice(0, 12))
            # Every township gives villages to each: acts are not spread evenly over townships.
            parts = [all_of_it[part :: len(all_of_it) // size][:size] for part in range(len(all_of_it) // size)]
            guilty = [part for part in parts if has_act & set(part)]
            for place, villages in enumerate(guilty[:MOST]):
                name = f"{county.name}-{size}-{place}"
                small = cut(county, villages, work / "small" / name)
                truth = truth_of(small)
                payments.append(len(truth.payments))
                for side, settings in SIDES.items():
                    out = work / "small-out" / f"{name}-{side}"
                    run(small, out, *(word for it in settings for word in ("--set", it)))
                    runs[side].append(judge(truth, published(out, small)))
        for side, figures in runs.items():
            known = ([it[name] for it in figures if not isnan(it[name])] for name in SHOWN)
            cells = [mean(it) if it else nan for it in known]
            first = f"{size:>8} {len(figures):>8} {mean(payments):>8.0f} {side:>10} "
            print(first + " ".join(f"{cell:>15.3f}" for cell in cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
