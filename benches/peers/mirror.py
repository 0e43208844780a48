"""How much a supervised learner gets out of simulated counties: whether the mirror is a fair one.

    python benches/peers/mirror.py MINGZHANG WORK [SETTINGS OF SIMULATE...]

MINGZHANG is the program (`target/release/mingzhang`); WORK keeps the counties and their features. Three counties
(seeds 1 to 3) are trained on with the true answers (payments of acts), and the fourth is the test. Two learners
(extremely randomised trees, boosted trees) see two sets of columns: the readings of `mingzhang features`, and
about 50 plain columns made here. Needs polars and scikit-learn. A fair mirror has an average precision from 0.1
to 0.35 for each of the four. With `--by-scheme`, says how the acts of each scheme rank.
"""

import argparse
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, roc_auc_score

MONEY = ["101", "102"]
CLASS = {
    "502": "production", "511": "production", "121": "production",
    "151": "construction", "153": "construction", "154": "construction",
    "211": "wage", "212": "wage", "202": "subsidy", "241": "subsidy",
}


def table(folder, name):
    path = folder / f"{name}.parquet"
    found = [path] if path.exists() else sorted((folder / name).rglob("*.parquet"))
    return pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in found])


def payments(folder):
    """The lines that pay, with their key as the answers name it, and the books' own facts of each."""
    ledger = table(folder, "ledger").with_columns(
        pl.col("amount").cast(pl.Float64), pl.col(pl.Categorical).cast(pl.String)
    )
    voucher = ["village", "voucher", pl.col("date").dt.strftime("%Y-%m").alias("month")]
    ledger = ledger.with_columns(voucher[2])
    group = ["village", "month", "voucher"]
    is_money = pl.col("account").is_in(MONEY)
    ledger = ledger.with_columns(
        ((is_money & (pl.col("side") == "credit")).any().over(group)).alias("pays"),
        pl.len().over(group).alias("lines"),
    )
    paid = ledger.filter(pl.col("pays") & ~is_money & (pl.col("side") == "debit"))
    key = pl.concat_str(["village", "month", "voucher", pl.col("line").cast(pl.String)], separator="/")
    return paid.with_columns(
        key.alias("key"),
        pl.when((pl.col("account") == "511") & (pl.col("date") < pl.date(2024, 1, 1)))
        .then(pl.lit("income"))
        .otherwise(pl.col("account").replace_strict(CLASS, default="non-production"))
        .alias("class"),
    ).with_row_index("row")


def labels(folder, keys):
    answers = table(folder, "answers").filter(pl.col("subject_grain") == "payment")
    schemes = answers.group_by(pl.col("subject").alias("key")).agg(
        (pl.col("kind") == "act").any().alias("act"),
        pl.col("scheme").filter(pl.col("kind") == "act").first().alias("scheme"),
    )
    known = keys.to_frame("key").join(schemes, on="key", how="left", maintain_order="left")
    return known.with_columns(pl.col("act").fill_null(False))


def near(paid, by, days):
    """Count and sum of the other payments with the same `by` in these days before and after."""
    side = paid.select("row", *by, "date", "amount").drop_nulls(by).sort("date")
    rolled = side.rolling("date", period=f"{2 * days + 1}d", offset=f"-{days + 1}d", group_by=by, closed="right")
    sums = rolled.agg(pl.len().alias("n"), pl.col("amount").sum().alias("sum")).unique([*by, "date"])
    joined = paid.join(sums, on=[*by, "date"], how="left", maintain_order="left")
    return joined["n"].fill_null(1), joined["sum"].fill_null(joined["amount"])


def columns(folder, paid):
    """About 50 plain columns over the families."""
    limits = table(folder, "limits").with_columns(pl.col("to_amount").cast(pl.Float64))
    payees = table(folder, "payees")
    people = table(folder, "people")
    kinship = table(folder, "kinship")
    posts = table(folder, "posts")
    decisions = table(folder, "decisions")
    contracts = table(folder, "contracts").with_columns(pl.col("amount").cast(pl.Float64))
    advances = table(folder, "advances").with_columns(pl.col("amount").cast(pl.Float64))
    out = {}
    amount = paid["amount"].to_numpy()
    log = np.log10(np.maximum(np.abs(amount), 1.0))
    out["amount"] = log
    for name, by in {
        "payee": ["village", "payee"], "account": ["village", "account"], "summary": ["village", "summary"],
        "village": ["village"], "words": ["summary"],
    }.items():
        usual = paid.select(pl.col("amount").median().over(by))["amount"].to_numpy()
        out[f"over_{name}"] = log - np.log10(np.maximum(np.abs(usual), 1.0))
        out[f"many_{name}"] = np.log1p(paid.select(pl.len().over(by))["len"].to_numpy())
    for digits in (10, 100, 1000):
        out[f"round_{digits}"] = (amount % digits == 0).astype(float)
    # Limits: the township's own before the county's.
    dates = paid["date"]
    below, above = np.full(len(paid), 9.0), np.full(len(paid), 9.0)
    days14 = {name: near(paid, ["village", "payee"], 14)[1].to_numpy() for name in ("sum",)}["sum"]
    crosses = np.zeros(len(paid))
    own = set(limits.filter(pl.col("region").str.len_chars() == 9)["region"])
    places = paid.select(pl.col("village").str.slice(0, 9))["village"].to_list()
    regions = np.array([place if place in own else place[:6] for place in places])
    classes, when = paid["class"].to_numpy(), dates.to_numpy()
    for row in limits.drop_nulls("to_amount").iter_rows(named=True):
        until = np.datetime64(row["valid_to"] or "2100-01-01")
        fits = (regions == row["region"]) & (classes == row["expense_class"])
        fits &= (when >= np.datetime64(row["valid_from"])) & (when <= until)
        gap = np.log10(row["to_amount"]) - log
        below = np.where(fits & (gap > 0) & (gap < below), gap, below)
        above = np.where(fits & (gap <= 0) & (-gap < above), -gap, above)
        crosses += fits & (amount < row["to_amount"]) & (days14 >= row["to_amount"])
    out["below_limit"], out["above_limit"], out["window_crosses"] = below, above, crosses
    for name, by in {
        "payee": ["village", "payee"], "handler": ["village", "handler"], "approver": ["village", "approver"],
        "account": ["village", "account"], "paid_to": ["village", "payee_account"],
    }.items():
        for days in (7, 30):
            count, total = near(paid, by, days)
            out[f"near_{name}_{days}"] = np.log1p(count.to_numpy())
            out[f"near_sum_{name}_{days}"] = np.log10(np.maximum(np.abs(total.to_numpy()), 1.0)) - log
    # The nearest equal claim, of the payee and of the village.
    for name, by in {"payee": ["village", "payee", "amount"], "village": ["village", "amount"]}.items():
        order = paid.sort("date")
        gap = order.select(
            "row",
            pl.min_horizontal(
                (pl.col("date") - pl.col("date").shift(1).over(by)).dt.total_days(),
                (pl.col("date").shift(-1).over(by) - pl.col("date")).dt.total_days(),
            ).fill_null(2000).alias("gap"),
        ).sort("row")["gap"]
        out[f"equal_{name}"] = np.log1p(gap.to_numpy())
    number = paid.select(
        pl.when(pl.col("document_no").is_null()).then(0).otherwise(pl.len().over("village", "document_no")).alias("n"),
        pl.when(pl.col("document_no").is_null()).then(0).otherwise(pl.len().over("document_no")).alias("all"),
    )
    out["same_number"], out["number_anywhere"] = number["n"].to_numpy(), number["all"].to_numpy()
    # Kin.
    degree = {}
    for a, b, near_by in kinship.select("a", "b", "degree").iter_rows():
        degree[a, b] = degree[b, a] = near_by
    behind = paid.join(
        payees.select("payee", "kind", "person", "owner", "phone", "address", "first_seen"),
        on="payee", how="left", maintain_order="left",
    )
    who = behind.select(pl.coalesce("person", "owner"))["person"].to_list()
    roles = ["handler", "witness", "approver", "cosigner"]
    for role in roles:
        out[f"kin_{role}"] = np.array([
            0 if other == one and one else degree.get((one, other), 4) for one, other in zip(who, paid[role].to_list())
        ])
    for one, other in (("handler", "approver"), ("witness", "approver"), ("handler", "witness")):
        pairs = zip(paid[one].to_list(), paid[other].to_list())
        out[f"kin_{one}_{other}"] = np.array([0 if a == b and a else degree.get((a, b), 4) for a, b in pairs])
    officials = set(posts["person"])
    out["payee_official"] = np.array([one in officials for one in who])
    kin_of_officials = {a for (a, b) in degree if b in officials and degree[a, b] <= 2}
    out["payee_kin_of_official"] = np.array([one in kin_of_officials for one in who])
    held = {}
    for row in posts.iter_rows(named=True):
        held.setdefault((row["village"], row["person"]), []).append(row)
    order = ["director", "secretary", "committee", "supervisor", "clerk"]

    def post(village, person, day):
        for row in held.get((village, person), []):
            if row["start"] <= day and (row["end"] is None or day <= row["end"]):
                return order.index(row["post"])
        return 9

    for role in ("approver", "handler"):
        cells = paid.select("village", role, "date").iter_rows()
        out[f"post_{role}"] = np.array([post(*cell) for cell in cells])
    # Register.
    facts = behind.join(people.select("person", "birth_year", "death_date"), on="person", how="left", maintain_order="left")
    facts = facts.select(
        pl.col("kind").replace_strict({"person": 0, "firm": 1}, default=2).alias("payee_kind"),
        pl.col("phone").is_null().alias("no_phone"),
        pl.col("address").is_null().alias("no_address"),
        pl.col("person").is_null() & (pl.col("kind") == "person"),
        (pl.col("date") - pl.col("first_seen")).dt.total_days().fill_null(9999).alias("known_days"),
        (pl.col("date") - pl.col("death_date")).dt.total_days().fill_null(-9999).alias("dead_days"),
        (pl.col("date").dt.year() - pl.col("birth_year")).fill_null(-1).alias("age"),
    )
    for name in facts.columns:
        out[f"register_{name}"] = facts[name].to_numpy()
    shared = payees.drop_nulls("phone").select("payee", pl.len().over("phone").alias("phones"))
    out["shared_phone"] = paid.join(shared, on="payee", how="left", maintain_order="left")["phones"].fill_null(0).to_numpy()
    of_account = paid.select(pl.col("payee").n_unique().over("payee_account").alias("n"), "payee_account")
    out["payees_of_account"] = of_account.select(
        pl.when(pl.col("payee_account").is_null()).then(0).otherwise(pl.col("n"))
    )["literal"].to_numpy()
    out["accounts_of_payee"] = paid.select(pl.col("payee_account").n_unique().over("payee"))["payee_account"].to_numpy()
    out["first_payment_days"] = paid.select(
        (pl.col("date") - pl.col("date").min().over("village", "payee")).dt.total_days()
    )["date"].to_numpy()
    before = paid.sort("date").select(
        "row", (pl.col("date") - pl.col("date").shift(1).over("village", "payee")).dt.total_days().fill_null(2000).alias("gap")
    ).sort("row")
    out["silence"] = np.log1p(before["gap"].to_numpy())
    # Papers, approvals, timing.
    plain = paid.select(
        pl.col("document").replace_strict({"invoice": 0, "receipt": 1, "list": 2, "self_made": 3, "none": 4}, default=5),
        pl.col("document_no").is_null().alias("no_number"),
        (pl.col("date") - pl.col("document_date")).dt.total_days().fill_null(-999).alias("document_age"),
        pl.col("attachments").fill_null(-1),
        (pl.col("date") - pl.col("approved")).dt.total_days().fill_null(-999).alias("approval_gap"),
        (pl.col("document_date") - pl.col("approved")).dt.total_days().fill_null(-999).alias("document_after_approval"),
        pl.col("cosigner").is_null().alias("no_cosigner"),
        pl.col("township_reviewer").is_null().alias("no_reviewer"),
        pl.col("witness").is_null().alias("no_witness"),
        pl.col("committee_stamp").fill_null(False),
        pl.col("decision").is_null().alias("no_decision"),
        pl.col("contract").is_null().alias("no_contract"),
        pl.col("project").is_null().alias("no_project"),
        (pl.col("method") == "cash").alias("cash"),
        pl.col("fixed_standard").fill_null(False),
        (pl.col("entered").dt.date() - pl.col("date")).dt.total_days().alias("keyed_after"),
        pl.col("entered").dt.hour().alias("hour"),
        pl.col("date").dt.weekday().alias("weekday"),
        pl.col("date").dt.month().alias("month"),
        pl.col("date").dt.day().alias("day"),
        "lines",
        pl.col("summary").str.len_chars().alias("words"),
        pl.len().over("village", "approved").alias("approved_that_day"),
        pl.len().over("village", "payee", "approver").log1p().alias("pair"),
        pl.col("approver").n_unique().over("village", "payee").alias("approvers_of_payee"),
        pl.col("account").n_unique().over("village", "payee").alias("accounts_charged"),
        pl.col("village").n_unique().over("payee").alias("villages_of_payee"),
        (pl.len().over("village", "payee", "account") / pl.len().over("village", "account")).alias("share_of_account"),
    )
    for name in plain.columns:
        out[name] = plain[name].to_numpy()
    # Contracts, decisions, advances.
    terms = paid.join(
        contracts.select("contract", "tendered", pl.col("amount").alias("agreed"), "signed"),
        on="contract", how="left", maintain_order="left",
    )
    out["tendered"] = terms["tendered"].cast(pl.Int8).fill_null(-1).to_numpy()
    out["of_agreed"] = (terms["amount"] / terms["agreed"].clip(1)).fill_null(-1).to_numpy()
    voted = paid.join(decisions.select("decision", "voted"), on="decision", how="left", maintain_order="left")
    out["voted_before"] = voted.select((pl.col("date") - pl.col("voted")).dt.total_days().fill_null(-999))["date"].to_numpy()
    lent = advances.group_by("village", "person", "date").agg(pl.col("settled").first(), pl.len().alias("lent"))
    lent = behind.join(lent, on=["village", "person", "date"], how="left", maintain_order="left")
    out["settled_after"] = lent.select(
        pl.when(pl.col("lent").is_null()).then(-1)
        .otherwise((pl.col("settled") - pl.col("date")).dt.total_days().fill_null(2000))
    )["literal"].to_numpy()
    return pl.DataFrame({name: np.asarray(column, dtype=np.float32) for name, column in out.items()})


def read(program, work, seed, sets, more):
    """The two sets of columns, whether each payment is of an act, and of which scheme."""
    folder, features = work / f"county{seed}", work / f"features{seed}"
    if not folder.exists():
        subprocess.run([program, "simulate", "--seed", str(seed), "--out", folder, *more], check=True, stdout=subprocess.DEVNULL)
    if "readings" in sets and not features.exists():
        command = [program, "features", "--data", folder, "--out", features]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    kept = work / f"plain{seed}.parquet"
    if not kept.exists():
        paid = payments(folder)
        columns(folder, paid).with_columns(key=paid["key"]).write_parquet(kept)
    own = pl.read_parquet(kept)
    known = labels(folder, own["key"])
    own = own.drop("key")
    found = {"plain": (own, known)}
    if "readings" not in sets:
        return found
    measured = pl.read_parquet(features / "payment.parquet")
    skip = ["county", "subject", "village", "group", "payee", "approver"]
    known_too = labels(folder, measured["subject"])
    readings = measured.drop([name for name in skip if name in measured.columns]).cast(pl.Float32).fill_null(-9)
    return found | {"readings": (readings, known_too)}


def learners(trees):
    yield "extra trees", ExtraTreesClassifier(
        trees, min_samples_leaf=3, class_weight="balanced_subsample", random_state=1, n_jobs=1
    )
    yield "boosted trees", HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.06, l2_regularization=1.0, random_state=1
    )


def sample(rows, wanted, seed):
    """All acts, and so many of the other payments."""
    acts, others = np.flatnonzero(rows), np.flatnonzero(~rows)
    drawn = np.random.default_rng(seed).choice(others, min(wanted, len(others)), replace=False)
    return np.sort(np.concatenate([acts, drawn]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("work", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4], help="the last one is the test")
    parser.add_argument("--trees", type=int, default=300)
    parser.add_argument("--rows", type=int, default=30_000, help="honest payments of each county in training")
    parser.add_argument("--tested", type=int, default=40_000, help="honest payments scored, at most")
    parser.add_argument("--sets", nargs="+", default=["plain", "readings"])
    parser.add_argument("--by-scheme", action="store_true")
    arguments, more = parser.parse_known_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    counties = [read(arguments.program, arguments.work, seed, arguments.sets, more) for seed in arguments.seeds]
    for kind in arguments.sets:
        parts = [county[kind] for county in counties]
        acts = [known["act"].to_numpy() for _, known in parts]
        tables = [cells.to_numpy() for cells, _ in parts]
        names = parts[0][0].columns
        taken = [sample(rows, arguments.rows, seed) for seed, rows in enumerate(acts[:-1])]
        x = np.concatenate([cells[rows] for cells, rows in zip(tables, taken)])
        y = np.concatenate([known[rows] for known, rows in zip(acts, taken)])
        # Of the honest payments a sample is scored, and each counts for those that it stands for.
        tested = sample(acts[-1], arguments.tested, len(acts))
        told = acts[-1][tested]
        weights = np.where(told, 1.0, (~acts[-1]).sum() / (~told).sum())
        shares = ", ".join(f"{known.mean():.2%}" for known in acts)
        print(f"{kind}: {len(names)} columns, {len(tables[-1])} payments tested, of acts {shares}")
        for learner, model in learners(arguments.trees):
            model.fit(x, y)
            scores = model.predict_proba(tables[-1][tested])[:, 1]
            told = acts[-1][tested]
            found = average_precision_score(told, scores, sample_weight=weights)
            auroc = roc_auc_score(told, scores, sample_weight=weights)
            print(f"  {learner}: average precision {found:.3f}, AUROC {auroc:.3f}", flush=True)
            if learner == "extra trees":
                best = np.argsort(-model.feature_importances_)[:18]
                print("    " + ", ".join(f"{names[place]} {model.feature_importances_[place]:.3f}" for place in best))
                if arguments.by_scheme:
                    by_scheme(scores, weights, parts[-1][1][tested])


def by_scheme(scores, weights, known):
    """The share of each scheme's acts in the first half percent of all payments."""
    order = (-scores).argsort()
    ranks = np.empty(len(scores))
    ranks[order] = weights[order].cumsum() / weights.sum()
    shown = known.with_columns(pl.Series("rank", ranks)).filter("act")
    table = shown.group_by("scheme").agg(
        pl.len(), (pl.col("rank") < 0.005).mean().alias("in first 0.5 %"), pl.col("rank").median().alias("median rank")
    )
    with pl.Config(tbl_rows=60):
        print(table.sort("in first 0.5 %", descending=True))


if __name__ == "__main__":
    main()
