"""What audits teach the ranking: rounds of audits on a county whose answers are known.

    python audits.py WORK COUNTY_FOLDER [--rounds 4] [--each 50] [--lot 5]

Each round runs `mingzhang run` on the county with the outcomes of all rounds before it, audits the first payments of
the ranking that nobody has settled, and some drawn by lot, and writes what was found into `outcomes.parquet`. Whoever
audits a payment of an act sees the whole act; whoever finds nothing has settled what the village pays this payee. The
answers are read by the audits alone. MINGZHANG names a built program; PIPELINE another pipeline than the nightly one.
"""

import argparse
import random
from datetime import date
from pathlib import Path

import polars as pl
from judge import is_payment, judge, key, ledger_of, published, truth_of
from program import run
from sklearn.metrics import average_precision_score


def linked(county, work):
    """The county in a folder of its own, without the answers, so that outcomes can be put beside it."""
    folder = work / f"{county.name}-audited"
    folder.mkdir(parents=True, exist_ok=True)
    for file in county.iterdir():
        link = folder / file.name
        if file.stem not in ("answers", "outcomes") and not link.exists():
            link.symlink_to(file.resolve())
    (folder / "outcomes.parquet").unlink(missing_ok=True)
    return folder


def write(outcomes, folder):
    rows = [{"subject_grain": "payment", "period": "", "closed": date(2025, 12, 31), **row} for row in outcomes]
    pl.DataFrame(rows).write_parquet(folder / "outcomes.parquet")


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("work", type=Path)
    asked.add_argument("county", type=Path)
    asked.add_argument("--rounds", type=int, default=4)
    asked.add_argument("--each", type=int, default=50)
    asked.add_argument("--lot", type=int, default=5)
    args = asked.parse_args()
    truth = truth_of(args.county)
    columns = ["village", "voucher", "line", "date", "account", "side", "payee"]
    lines = ledger_of(args.county, columns).filter(is_payment())
    whose = pl.concat_str("village", pl.col("payee").fill_null(""), separator=" ")
    matter = dict(lines.select(key().alias("key"), whose.alias("whose")).rows())
    act_of = dict(truth.acts.select("subject", "act").rows())
    payments_of = dict(truth.acts.group_by("act").agg("subject").rows())
    lot = random.Random(1)
    folder, out = linked(args.county, args.work), args.work / f"{args.county.name}-published"
    found, settled, told, outcomes, first = set(), set(), set(), [], None
    print(f"{args.county.name}: {args.each} audits a round, {args.lot} of them by lot")
    print("round  audited  acts found  AP of all payments  AP of those that nobody settled: now, and unaudited ranking")
    for number in range(args.rounds + 1):
        scores = published(run(folder, out), args.county)
        figures = judge(truth, scores)
        order = scores.payments.drop_nulls().sort("score", descending=True, maintain_order=True)
        first = order if first is None else first
        open_ = [it for it in truth.payments if it not in told and matter[it] not in settled]
        label = [it in act_of for it in open_]
        now, before = (dict(each.rows()) for each in (order, first))
        left = [average_precision_score(label, [each.get(it, 0.0) for it in open_]) for each in (now, before)]
        audited = sum(1 for row in outcomes if row["audited"])
        print(f"{number:5}  {audited:7}  {len(found):10}  {figures['payments_ap']:18.3f}  {left[0]:.3f}  {left[1]:.3f}", flush=True)
        if number == args.rounds:
            break
        listed = 0
        chosen = []
        for subject in order["subject"]:
            if listed == args.each - args.lot:
                break
            if subject in told or matter[subject] in settled:
                continue
            chosen.append((subject, "list"))
            listed += 1
            close(subject, act_of, payments_of, matter, found, settled, told)
        for subject in lot.sample(truth.payments.to_list(), args.lot):
            chosen.append((subject, "random"))
            close(subject, act_of, payments_of, matter, found, settled, told)
        for subject, route in chosen:
            act = act_of.get(subject)
            grade = "irregularity" if act else "none"
            outcomes.append({"subject": subject, "grade": grade, "route": route, "audited": True})
            others = [it for it in payments_of.get(act, []) if it != subject]
            outcomes.extend({"subject": it, "grade": grade, "route": "list", "audited": False} for it in others)
        write([{k: v for k, v in row.items() if k != "audited"} for row in unique(outcomes)], folder)
    for name, count in (("the same first", args.each), ("the first", args.each * args.rounds)):
        acts = {act_of[it] for it in first["subject"][:count] if it in act_of}
        print(f"{name} {count} payments of the unaudited ranking hold {len(acts)} acts")


def close(subject, act_of, payments_of, matter, found, settled, told):
    told.add(subject)
    act = act_of.get(subject)
    if act:
        found.add(act)
        told.update(payments_of[act])
    else:
        settled.add(matter[subject])


def unique(outcomes):
    """Each payment once: the table has a key."""
    return list({row["subject"]: row for row in reversed(outcomes)}.values())


if __name__ == "__main__":
    main()
