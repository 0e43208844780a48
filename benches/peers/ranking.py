"""What a good analyst's script finds in a county's books, beside `mingzhang run`: see `run` beside this file.

    ranking.py WORK COUNTY... [--json FILE]    both sides on each county, judged by `judge.py`
    ranking.py score COUNTY OUT                the script alone: its scores, as Parquet files in OUT

The script reads the tables with polars, computes some eighty columns for each payment, and ranks with five scores
that need no answers: scikit-learn's isolation forest, PyOD's ECOD and HBOS, a weighted count of flags, and the mean
rank of these four. A village scores the mean of its twenty highest payments, an official of the ten highest that they
signed, keyed or received. Columns and weights are what auditors of villages look for, written down once and fitted
to no answers. It learns nothing, and that is what it is for: what a program gains, it must gain over this.

MINGZHANG names the program; without it, it is the release build. CPU seconds are those of a process with one thread,
from reading to writing; judging is not counted.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from judge import MEASURES, ROLES, Scores, averaged, files, is_payment, judge, key, ledger_of, month
from judge import published, table, truth_of

THREADS = ("RAYON_NUM", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "NUMBA_NUM", "POLARS_MAX")
ONE_THREAD = {f"{name}_THREADS": "1" for name in THREADS}
SCORES = ("iforest", "ecod", "hbos", "flags", "mean_rank")
SEED = 1
HIGHEST = {"villages": 20, "officials": 10}

TEXT, DAY, REAL, FLAG, LIST = pl.String, pl.Date, pl.Float64, pl.Boolean, pl.List(pl.String)
# The columns that are used of each table, and as what; one that is absent is empty.
LEDGER = {
    **dict.fromkeys(("village", "voucher", "account", "chart", "summary", "payee", "payee_name"), TEXT),
    **dict.fromkeys(("payee_account", "method", "document", "document_no", "decision", "contract"), TEXT),
    **dict.fromkeys(("scheme", *ROLES), TEXT),
    **dict.fromkeys(("date", "document_date", "approved"), DAY),
    **dict.fromkeys(("committee_stamp", "fixed_standard"), FLAG),
    "line": pl.Int32,
    "side": TEXT,
    "amount": REAL,
    "entered": pl.Datetime("us"),
}
TABLES = {
    "people": {"person": TEXT, "birth_year": REAL, "death_date": DAY, "village": TEXT, "household": TEXT},
    "posts": {"person": TEXT, "village": TEXT, "start": DAY, "end": DAY},
    "kinship": {"a": TEXT, "b": TEXT, "degree": REAL},
    "payees": {
        **dict.fromkeys(("payee", "kind", "name", "person", "owner", "phone", "address"), TEXT),
        "first_seen": DAY,
    },
    "limits": {
        **{"region": TEXT, "expense_class": TEXT, "from_amount": REAL, "valid_from": DAY, "valid_to": DAY},
        **{"requires": LIST, "cash_max": REAL},
    },
    "decisions": {
        **{"decision": TEXT, "amount": REAL, "voted": DAY, "posted_from": DAY, "posted_to": DAY},
        **{"votes_for": REAL, "votes_cast": REAL, "entitled": REAL},
    },
    "contracts": {"contract": TEXT, "kind": TEXT, "amount": REAL, "signed": DAY},
    "subsidies": {"person": TEXT, "scheme": TEXT},
    "advances": {"village": TEXT, "person": TEXT, "date": DAY, "amount": REAL, "settled": DAY},
    "calendar": {"date": DAY, "kind": TEXT},
}
# Classes of expense by chart and first-level account, as the contract has them.
OLD = {"202": "subsidy", "211": "wage", "502": "production", "541": "non-production", "551": "non-production"}
NEW = {"212": "wage", "241": "subsidy", "511": "production"}
NEW |= dict.fromkeys(("513", "514", "515"), "non-production")
EITHER = {"112": "non-production", "113": "non-production", "121": "production"}
EITHER |= dict.fromkeys(("151", "153", "154"), "construction")
CLASSES = {"2004": EITHER | OLD, "2024": EITHER | NEW}
# Purposes that say nothing, and entertainment by whatever name.
VAGUE = "其他|其它|杂项|零星|有关|相关|等费用|^费用$|^支出$|^开支$|^报销$"
TREATS = "招待|接待|餐|饭|酒|烟|茶|食堂|农家乐|礼品|娱乐"
VOUCHER = ("village", "month", "voucher")

# The flags: a column, from which value it counts, and for how much. 5: it should never be; 3: it is asked about on
# the spot; 2: it is noted; 1: it is common, and counts beside others.
FLAGS = [
    ("dead", 0.1, 5),
    ("young", 0.1, 3),
    ("unregistered", 1, 3),
    ("roster_missing", 1, 3),
    ("roster_age", 1, 3),
    ("payee_official_firm", 1, 3),
    ("kin_approver_firm", 2, 3),
    ("firm_kin_of_official", 3, 2),
    ("kin_handler_firm", 2, 2),
    ("kin_approver", 4, 2),
    ("handler_approver", 4, 2),
    ("handler_witness", 4, 2),
    ("window_3", 1, 3),
    ("window_7", 1, 2),
    ("window_30", 1, 1),
    ("purpose_7", 1, 1),
    ("just_below", 0.5, 2),
    ("invoice_next", 0.3, 3),
    ("same_number", 1, 5),
    ("equal_payee", 0.1, 2),
    ("equal_purpose", 0.1, 1),
    ("roles_missing", 1, 2),
    ("decision_missing", 1, 3),
    ("decision_exceeded", 0.1, 3),
    ("decision_flaw", 1, 1),
    ("approved_after", 0.1, 2),
    ("out_of_post", 1, 3),
    ("cash_excess", 0.01, 2),
    ("firm_weak_paper", 1, 2),
    ("number_missing", 1, 2),
    ("paper_after", 0.1, 2),
    ("paper_old", 4, 1),
    ("to_payee_purpose", 0.7, 2),
    ("to_purpose", 1.5, 2),
    ("new_large", 0.7, 2),
    ("no_contact", 2, 1),
    ("account_shared", 1, 2),
    ("account_switched", 0.5, 1),
    ("account_given_purpose", 3, 1),
    ("vague", 1, 1),
    ("treats", 1, 1),
    ("list_kin", 3, 1),
    ("list_stranger", 0.5, 2),
    ("list_twice", 1, 2),
    ("list_rare", 0.9, 1),
    ("contract_exceeded", 0.05, 3),
    ("supplement", 0.1, 2),
    ("works_without_contract", 1, 2),
    ("paid_before_contract", 0.1, 2),
    ("advance_open", 4.5, 3),
    ("night", 1, 1),
    ("day_off", 1, 1),
    ("round", 3, 1),
]


# Reading


def typed(rows, needed):
    """The columns that are used, as what they are used."""
    schema = rows.collect_schema()

    def column(name, kind):
        if name not in schema:
            return pl.lit(None, kind).alias(name)
        # Roles stand in a list, or in one text.
        if kind == LIST and schema[name] == pl.String:
            return pl.col(name).str.split("+")
        return pl.col(name).cast(kind)

    return rows.select(column(name, kind) for name, kind in needed.items())


def read(folder, name):
    paths = files(folder, name)
    if not paths:
        return pl.DataFrame(schema=TABLES[name])
    return typed(pl.scan_parquet(paths, hive_partitioning=False), TABLES[name]).collect()


def payments_of(folder, tables):
    """Each payment with what the registers say of its payee: the rows that all columns are computed from."""
    lines = ledger_of(folder).with_columns(month=month(), subject=key())
    lines = lines.filter(is_payment())
    kept = lines.select("subject", "month")
    it = typed(lines, LEDGER).hstack(kept).sort("village", "date", "subject").with_row_index("row")
    chart = pl.when(pl.col("date").dt.year() < 2024).then(pl.lit("2004")).otherwise(pl.lit("2024"))
    it = it.with_columns(
        chart=pl.col("chart").fill_null(chart),
        root=pl.col("account").str.slice(0, 3),
        payee=pl.coalesce("payee", "payee_name", pl.lit("")),
        purpose=pl.col("summary").fill_null(""),
        size=pl.col("amount").abs().clip(0.01).log(),
        fixed=pl.col("fixed_standard").fill_null(False),
        voucher_id=pl.concat_str(VOUCHER, separator="/"),
    )
    classes = [(chart, root, name) for chart, roots in CLASSES.items() for root, name in roots.items()]
    classes = pl.DataFrame(classes, schema=["chart", "root", "class"], orient="row")
    it = it.join(classes, on=["chart", "root"], how="left", maintain_order="left")
    payees = tables["payees"].unique("payee").with_columns(known=True)
    it = it.join(payees, on="payee", how="left", maintain_order="left")
    people = tables["people"].unique("person").rename({"person": "holder", "village": "home"})
    people = people.with_columns(in_register=True)
    # Who is paid, or who owns what is paid; a payee without an entry may be a person's id itself.
    it = it.with_columns(
        holder=pl.coalesce("person", "owner", pl.when(pl.col("known").is_null()).then("payee")),
        is_firm=(pl.col("kind") == "firm").fill_null(False),
        is_person=(pl.col("kind").is_null() | (pl.col("kind") == "person")),
    )
    return it.join(people, on="holder", how="left", maintain_order="left")


# What the columns are made of


def against(*keys):
    """How much larger than the usual payment of the same kind, on the scale of logarithms."""
    return pl.col("size") - pl.col("size").median().over(keys)


def rarity(*what, given):
    """How surprising a pairing is: none at all where there is but one payment to tell from."""
    return -(pl.len().over(*given, *what) / pl.len().over(*given)).log()


def days_between(later, earlier):
    return (pl.col(later) - pl.col(earlier)).dt.total_days()


def long(days):
    """Days beyond none, on the scale of logarithms, so that a year is not all that counts."""
    return days.clip(0).log1p().fill_null(0)


def joined(it, rows, *columns):
    """Columns found for some payments, beside all of them; 0 where nothing was found."""
    found = it.select("row").join(rows, on="row", how="left", maintain_order="left")
    return found.select(pl.col(column).cast(REAL).fill_null(0) for column in columns)


def nearest(it, *keys, where=True):
    """How near in time another voucher with the same keys is: 1 on the same day, nearly 0 after a year."""
    rows = it.filter(where).sort(*keys, "date").select("row", "date", "voucher_id", *keys)
    gaps = []
    for step in (1, -1):
        other = pl.col("voucher_id").shift(step).over(keys) != pl.col("voucher_id")
        days = (pl.col("date") - pl.col("date").shift(step).over(keys)).dt.total_days().abs()
        gaps.append(pl.when(other).then(days))
    return rows.select("row", near=1 / (1 + pl.min_horizontal(gaps)))


def kin_of(tables):
    """Both directions of each relation; nearness 3 for parents, children, spouses and siblings, then 2 and 1."""
    kin = tables["kinship"].with_columns(near=4 - pl.col("degree").fill_null(3))
    back = kin.select(pl.col("b").alias("a"), pl.col("a").alias("b"), "near")
    both = pl.concat([kin.select("a", "b", "near"), back])
    return both.filter(pl.col("near") > 0).group_by("a", "b").agg(pl.col("near").max())


def related(it, kin, a, b):
    """How near two people on a payment are: 4 the same, 3 to 1 related, 0 not known to be."""
    pairs = it.select(a=pl.col(a), b=pl.col(b)).join(kin, on=["a", "b"], how="left", maintain_order="left")
    same = pl.col("a") == pl.col("b")
    return pairs.select(pl.when(same).then(4.0).otherwise(pl.col("near")).fill_null(0.0)).to_series()


def in_post(it, posts, person, village=False):
    """The payments on whose day somebody held a post, in the payment's village if so asked."""
    rows = it.select("row", "date", "village", person=pl.col(person)).drop_nulls("person")
    rows = rows.join(posts.rename({"village": "office"}), on="person")
    holds = (pl.col("start").is_null() | (pl.col("start") <= pl.col("date"))) & (
        pl.col("end").is_null() | (pl.col("date") <= pl.col("end"))
    )
    if village:
        # Who works for a township works for its villages.
        same_township = pl.col("village").str.slice(0, 9) == pl.col("office").str.slice(0, 9)
        of_township = pl.col("office").str.ends_with("000") & same_township
        holds &= (pl.col("village") == pl.col("office")) | of_township
    return rows.filter(holds).select("row", held=1.0).unique()


# The columns


def of_amounts(it, tables):
    to_purpose = against("purpose")
    spread = to_purpose.abs().median().over("purpose")
    zeros = sum((pl.col("amount") % 10**power == 0).cast(REAL) for power in (1, 2, 3, 4))
    return it.select(
        "size",
        to_payee=against("payee"),
        to_payee_purpose=against("payee", "purpose"),
        to_account=against("chart", "account"),
        to_village=against("village", "chart", "root"),
        to_purpose=to_purpose,
        from_purpose=to_purpose.abs() / (spread + 0.1),
        round=pl.when(~pl.col("fixed")).then(zeros).otherwise(0),
    )


def bands_of(it, limits):
    """For each payment the limit above it, and what its own band asks for. The nearest region decides."""
    asked = it.select("village", "class", "date").drop_nulls().unique()
    depths = [
        asked.with_columns(region=pl.col("village").str.slice(0, depth), depth=pl.lit(depth)) for depth in (12, 9, 6)
    ]
    bands = pl.concat(depths).join(limits, left_on=["region", "class"], right_on=["region", "expense_class"])
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= pl.col("date"))
    bands = bands.filter(begun & (pl.col("valid_to").is_null() | (pl.col("date") <= pl.col("valid_to"))))
    bands = bands.filter(pl.col("depth") == pl.col("depth").max().over("village", "class", "date"))
    rows = it.select("row", "village", "class", "date", "amount").join(bands, on=["village", "class", "date"])
    rows = rows.with_columns(begin=pl.col("from_amount").fill_null(0)).sort("row", "begin")
    # The beginning of the first band is no limit, whatever a corrected entry may be.
    above = (
        rows.filter((pl.col("begin") > pl.col("amount")) & (pl.col("begin") > 0))
        .group_by("row")
        .agg(above=pl.col("begin").min())
    )
    own = (
        rows.filter(pl.col("begin") <= pl.col("amount"))
        .unique("row", keep="last")
        .select("row", "requires", "cash_max")
    )
    found = it.select("row").join(above, on="row", how="left", maintain_order="left")
    return found.join(own, on="row", how="left", maintain_order="left").drop("row")


def window(it, days, *keys):
    """What was paid within so many days on either side, as a share of the limit, where it was paid in parts."""
    rows = it.filter(pl.col("above").is_not_null() & ~pl.col("fixed"))
    daily = rows.group_by(*keys, "date").agg(pl.col("amount").sum(), parts=pl.len()).sort(*keys, "date")
    reach = {"period": f"{2 * days + 1}d", "offset": f"-{days + 1}d"}
    sums = daily.rolling("date", group_by=keys, **reach).agg(pl.col("amount").sum(), pl.col("parts").sum())
    sums = sums.filter(pl.col("parts") > 1).select(*keys, "date", paid="amount")
    rows = rows.join(sums, on=[*keys, "date"])
    return rows.select("row", share=(pl.col("paid") / pl.col("above")).clip(0, 5))


def of_limits(it, tables):
    share = (pl.col("amount") / pl.col("above")).fill_null(0)
    in_cash = (pl.col("method") == "cash") & (pl.col("cash_max") > 0)
    over = (pl.col("amount") / pl.col("cash_max")).clip(1).log()
    plain = it.select(
        limit_share=share,
        just_below=((share - 0.9) * 10).clip(0, 1),
        roles_asked=pl.col("requires").list.len().fill_null(0),
        cash_excess=pl.when(in_cash).then(over).otherwise(0),
    )
    windows = [
        joined(it, window(it, days, "village", "payee"), "share").rename({"share": f"window_{days}"})
        for days in (3, 7, 30)
    ]
    purpose = joined(it, window(it, 7, "village", "account", "purpose"), "share").rename({"share": "purpose_7"})
    # Several who approve for one payee in one week: nobody sees the sum.
    rows = it.filter(~pl.col("fixed")).sort("village", "payee", "date")
    week = rows.rolling("date", period="15d", offset="-8d", group_by=["village", "payee"])
    week = week.agg(approvers_7=pl.col("approver").n_unique() - 1.0).unique(["village", "payee", "date"])
    approvers = joined(it, rows.join(week, on=["village", "payee", "date"]), "approvers_7")
    return pl.concat([plain, *windows, purpose, approvers], how="horizontal")


def of_repeats(it, tables):
    number = pl.col("document_no").str.replace_all(r"\D", "").str.slice(-12).cast(pl.Int64, strict=False)
    bills = it.with_columns(number=number).filter(pl.col("number").is_not_null()).sort("payee", "village", "number")

    def apart(column, by):
        return (pl.col(column).cast(REAL) - pl.col(column).cast(REAL).shift(by).over("payee", "village")).abs()

    # Bills that follow each other were written one after the other for the same buyer; after a month that is chance.
    bills = bills.with_columns(day=pl.col("date").to_physical())
    steps = [pl.when((apart("number", by) > 0) & (apart("day", by) <= 30)).then(apart("number", by)) for by in (1, -1)]
    steps = bills.select("row", invoice_next=1 / pl.min_horizontal(steps))
    numbered = it.filter(pl.col("document_no").is_not_null() & (pl.col("document_no") != ""))
    vouchers = pl.col("voucher_id").n_unique().over("document", "document_no")
    columns = [
        joined(it, nearest(it, "payee", "amount"), "near").rename({"near": "equal_payee"}),
        joined(it, nearest(it, "village", "purpose", "amount", where=~pl.col("fixed")), "near").rename(
            {"near": "equal_purpose"}
        ),
        joined(it, steps, "invoice_next"),
        joined(it, numbered.select("row", same_number=(vouchers - 1.0).clip(0, 3)), "same_number"),
    ]
    return pl.concat(columns, how="horizontal")


def of_kin(it, tables):
    kin, posts = tables["kin"], tables["posts"]
    to_payee = {f"kin_{role}": related(it, kin, role, "holder") for role in ("approver", "handler", "witness")}
    firm = it["is_firm"].cast(REAL)
    # Whoever is related to anybody with a post in the village, at whatever time.
    offices = posts.select("village", a="person").unique().join(kin, on="a")
    offices = offices.group_by("village", pl.col("b").alias("holder")).agg(pl.col("near").max())
    office = it.join(offices, on=["village", "holder"], how="left", maintain_order="left")["near"].fill_null(0)
    held = joined(it, in_post(it, posts, "holder", village=True), "held")["held"]
    return pl.DataFrame(
        {
            **to_payee,
            "kin_approver_firm": to_payee["kin_approver"] * firm,
            "kin_handler_firm": to_payee["kin_handler"] * firm,
            "handler_approver": related(it, kin, "handler", "approver"),
            "handler_witness": related(it, kin, "handler", "witness"),
            "payee_official": held,
            "payee_official_firm": held * firm,
            "kin_of_official": office,
            "firm_kin_of_official": office * firm,
        }
    )


def of_register(it, tables):
    first = pl.min_horizontal("first_seen", pl.col("date").min().over("payee"))
    new = 1 / (1 + (pl.col("date") - first).dt.total_days() / 30)
    # At the beginning of the books everybody is new, unless the register says since when they are known.
    began = (pl.col("date") - pl.col("date").min()).dt.total_days() < 180
    new = pl.when(began & pl.col("first_seen").is_null()).then(0.0).otherwise(new.clip(0, 1))
    age = pl.col("date").dt.year() - pl.col("birth_year")
    in_payees = tables["payees"].height > 0
    in_people = tables["people"].height > 0
    missing = pl.lit(in_payees) & pl.col("known").is_null()
    nobody = pl.lit(in_people) & pl.col("is_person") & pl.col("in_register").is_null()
    contact = [
        pl.lit(tables["payees"][column].count() > 0) & pl.col(column).is_null() for column in ("phone", "address")
    ]
    others = pl.col("payee").n_unique() - 1.0
    owners = tables["payees"].drop_nulls("phone").group_by("phone").agg(phones=others)
    phones = it.join(owners, on="phone", how="left", maintain_order="left")["phones"].fill_null(0).clip(0, 3)
    shared = pl.when(pl.col("payee_account").is_not_null()).then(others.over("payee_account")).otherwise(0)
    # Of the payments into any account: those in cash say nothing.
    usual = pl.len().over("payee", "payee_account") / pl.col("payee_account").count().over("payee")
    return it.select(
        unregistered=(missing | nobody).cast(REAL),
        dead=long(days_between("date", "death_date")),
        young=(18 - age).clip(0).fill_null(0),
        old=(age - 75).clip(0).fill_null(0),
        new_payee=new,
        new_large=new * against("chart", "root").clip(0),
        no_contact=sum(it_lacks.cast(REAL) for it_lacks in contact),
        account_shared=shared.clip(0, 3),
        account_switched=pl.when(pl.col("payee_account").is_not_null()).then(1 - usual).otherwise(0),
        lives_elsewhere=(pl.col("is_person") & (pl.col("home") != pl.col("village"))).cast(REAL).fill_null(0),
    ).with_columns(phones.alias("phone_shared"))


def of_papers(it, tables):
    weight = pl.col("document").replace_strict({"invoice": 0, "list": 0, "receipt": 1, "self_made": 2}, default=3)
    weight = weight.cast(REAL)
    unnumbered = (pl.col("document") == "invoice") & pl.col("document_no").is_null()
    return it.select(
        weak_paper=weight,
        # Where an invoice could be had, another paper says more.
        firm_weak_paper=pl.when(pl.col("is_firm")).then(weight).otherwise(0),
        number_missing=unnumbered.cast(REAL).fill_null(0),
        paper_after=long(days_between("document_date", "date")),
        paper_old=long(days_between("date", "document_date") - 5),
    )


def of_approvals(it, tables):
    asks = {role: pl.col("requires").list.contains(role).fill_null(False) for role in (*ROLES, "decision")}
    lacks = [asks[role] & pl.col(role).is_null() for role in ("approver", "cosigner", "township_reviewer")]
    stamp = pl.col("requires").list.contains("committee_stamp").fill_null(False)
    lacks.append(stamp & ~pl.col("committee_stamp").fill_null(False))
    no_decision = asks["decision"] & pl.col("decision").is_null()
    plain = it.select(
        roles_missing=sum(one.cast(REAL) for one in lacks),
        decision_missing=no_decision.cast(REAL),
        approved_after=long(days_between("approved", "date")),
    )
    has_posts = tables["posts"].height > 0
    held = joined(it, in_post(it, tables["posts"], "approver", village=True), "held")["held"]
    out = (1 - held) * it["approver"].is_not_null().cast(REAL) * float(has_posts)
    decisions = tables["decisions"].unique("decision").rename({"amount": "decided"})
    voted = it.select("row", "date", "amount", "decision").join(decisions, on="decision")
    paid = pl.col("amount").cum_sum().over("decision", order_by=["date", "row"])
    quorum = pl.col("votes_cast") < pl.col("entitled") * 2 / 3
    majority = pl.col("votes_for") * 2 <= pl.col("votes_cast")
    hung = days_between("posted_to", "posted_from") < 3
    flaws = [pl.col("voted") > pl.col("date"), quorum, majority, hung]
    voted = voted.select(
        "row",
        decision_exceeded=(paid / pl.col("decided")).clip(1, 20).log(),
        decision_flaw=sum(flaw.cast(REAL).fill_null(0) for flaw in flaws),
    )
    decided = joined(it, voted, "decision_exceeded", "decision_flaw")
    return pl.concat([plain, decided], how="horizontal").with_columns(out.alias("out_of_post"))


def of_timing(it, tables):
    calendar = tables["calendar"]
    holidays = calendar.filter(pl.col("kind") == "holiday")["date"].to_list()
    worked = calendar.filter(pl.col("kind") == "make_up_workday")["date"].to_list()
    weekend = (pl.col("date").dt.weekday() > 5) & ~pl.col("date").is_in(worked)
    hour = pl.col("entered").dt.hour()
    late = pl.col("date").dt.month().eq(12) & (pl.col("date").dt.day() > 10)
    return it.select(
        day_off=(weekend | pl.col("date").is_in(holidays)).cast(REAL),
        year_end=pl.when(late).then(pl.col("date").dt.day() / 31).otherwise(0),
        night=((hour >= 20) | (hour < 6)).cast(REAL).fill_null(0),
        entry_lag=long((pl.col("entered").dt.date() - pl.col("date")).dt.total_days()),
    )


def of_rarity(it, tables):
    words = pl.col("purpose") + pl.when(pl.col("is_firm")).then(pl.col("name")).otherwise(pl.lit("")).fill_null("")
    account = ("chart", "root")
    villages = pl.col("village").n_unique().over("payee").log()
    money = pl.col("amount").sum()
    part = (money.over("village", "payee") / money.over("village")).clip(0, 1)
    return it.select(
        account_given_payee=rarity(*account, given=("payee", "chart")),
        account_given_purpose=rarity(*account, given=("purpose", "chart")),
        approver_given_payee=rarity("approver", given=("village", "payee")),
        approver_given_village=rarity("approver", given=("village",)),
        purpose_rare=-(pl.len().over("purpose") / pl.len()).log(),
        vague=pl.col("purpose").str.contains(VAGUE).cast(REAL),
        treats=words.str.contains(TREATS).cast(REAL),
        payee_villages=villages,
        payee_part=pl.when(pl.col("fixed")).then(0).otherwise(part),
    )


def of_lists(it, tables):
    """What the others on a pay list or subsidy roster say of one name on it."""
    on_list = (pl.col("document") == "list") & (pl.len().over("voucher_id") > 1)
    rows = it.with_columns(
        listed=on_list.fill_null(False), near=pl.Series(related(it, tables["kin"], "handler", "holder"))
    )
    stranger = (pl.col("home") != pl.col("village")).fill_null(False).cast(REAL)
    others = stranger.mean().over("voucher_id")
    household = pl.len().over("voucher_id", "household")
    # Months in which this list was paid, and in which this name was on it.
    months = pl.col("month").n_unique()
    member = months.over("village", "purpose", "payee") / months.over("village", "purpose")
    twice = pl.col("voucher_id").n_unique().over("payee", "date", "listed") - 1.0
    facts = rows.select(
        list_kin=pl.when("listed").then(pl.col("near")).otherwise(0.0),
        list_stranger=pl.when("listed").then((stranger - others).clip(0)).otherwise(0.0),
        list_twice=pl.when("listed").then(twice.clip(0, 3)).otherwise(0.0),
        list_household=pl.when(pl.col("listed") & pl.col("household").is_not_null())
        .then(household - 1.0)
        .otherwise(0.0)
        .clip(0, 3),
        list_rare=pl.when("listed").then(1 - member).otherwise(0.0),
    )
    roster = tables["subsidies"].select("person", "scheme").unique()
    claims = it.filter(pl.col("scheme").is_not_null()).with_columns(
        sort=pl.col("scheme").str.split(":").list.first(), age=pl.col("date").dt.year() - pl.col("birth_year")
    )
    # A scheme has a roster if anybody is on it; its ages are those of all but the oddest claimants.
    has = claims.join(roster.select("scheme").unique(), on="scheme", how="semi")
    absent = has.join(roster, left_on=["holder", "scheme"], right_on=["person", "scheme"], how="anti")
    youngest = pl.col("age").quantile(0.05).over("sort")
    ages = claims.select("row", roster_age=(youngest - pl.col("age")).clip(0, 40))
    columns = [joined(it, absent.select("row", roster_missing=1.0), "roster_missing"), joined(it, ages, "roster_age")]
    return pl.concat([facts, *columns], how="horizontal")


def of_contracts(it, tables):
    contracts = tables["contracts"].unique("contract").rename({"amount": "agreed", "kind": "contract_kind"})
    works = it.select("row", "date", "amount", "contract").join(contracts, on="contract")
    paid = pl.col("amount").cum_sum().over("contract", order_by=["date", "row"])
    works = works.select(
        "row",
        contract_exceeded=(paid / pl.col("agreed")).clip(1, 20).log(),
        paid_before_contract=long(days_between("signed", "date")),
        supplement_paid=(pl.col("contract_kind") == "supplement").cast(REAL),
    )
    columns = joined(it, works, "contract_exceeded", "paid_before_contract", "supplement_paid")
    # How much of what a payee has from a village's works came by supplements.
    own = it.select("village", "payee", "amount", "class", "contract", "fixed").hstack(columns)
    by_supplement = (pl.col("amount") * pl.col("supplement_paid")).sum().over("village", "payee")
    of_works = (pl.col("class") == "construction") & ~pl.col("fixed")
    in_all = pl.col("amount").filter(of_works).sum().over("village", "payee")
    large = (pl.col("amount") > 10_000) & of_works & pl.col("contract").is_null()
    has_contracts = tables["contracts"].height > 0
    return own.select(
        "contract_exceeded",
        "paid_before_contract",
        supplement=pl.when(pl.col("supplement_paid") > 0)
        .then((by_supplement / in_all).clip(0, 1))
        .otherwise(0.0)
        .fill_null(0),
        works_without_contract=(large & pl.lit(has_contracts)).fill_null(False).cast(REAL),
    )


def of_advances(it, tables):
    """How long what was paid in advance stayed open; what is open still is open until the last day of the books."""
    last = it["date"].max()
    keys = ["village", "holder", "date", "amount"]
    advances = tables["advances"].rename({"person": "holder"}).unique(keys)
    rows = it.select("row", *keys).join(advances, on=keys)
    open_for = (pl.col("settled").fill_null(last) - pl.col("date")).dt.total_days()
    return joined(it, rows.select("row", advance_open=long(open_for)), "advance_open")


def columns_of(it, tables):
    it = it.hstack(bands_of(it, tables["limits"]))
    tables = tables | {"kin": kin_of(tables)}
    groups = (of_amounts, of_limits, of_repeats, of_kin, of_register, of_papers, of_approvals, of_timing, of_rarity)
    groups += (of_lists, of_contracts, of_advances)
    columns = pl.concat([group(it, tables) for group in groups], how="horizontal")
    # Rounded, because a detector of rare values would take the crumbs of a division for one.
    return columns.select(pl.all().cast(REAL).fill_nan(0).fill_null(0).round(6))


# The scores


def scores_of(columns):
    """Five scores of each payment; higher is worse."""
    from pyod.models.ecod import ECOD
    from pyod.models.hbos import HBOS
    from sklearn.ensemble import IsolationForest

    cells = columns.to_numpy().astype(np.float32)
    # A column that is the same for all says nothing, and ECOD would divide by its spread.
    cells = cells[:, cells.std(axis=0) > 0]
    found = {"iforest": -IsolationForest(random_state=SEED).fit(cells).score_samples(cells)}
    for name, detector in (("ecod", ECOD()), ("hbos", HBOS())):
        found[name] = np.nan_to_num(detector.fit(cells).decision_scores_)
    flags = sum((pl.col(column) >= least).cast(REAL) * weight for column, least, weight in FLAGS)
    scores = pl.DataFrame(found).with_columns(columns.select(flags=flags)["flags"])
    ranks = [pl.col(name).rank() / pl.len() for name in scores.columns]
    return scores.with_columns(mean_rank=pl.mean_horizontal(ranks))


def highest(touched, grain):
    """The mean of the highest payments of each subject, by each score."""
    mean = [pl.col(name).top_k(HIGHEST[grain]).mean() for name in SCORES]
    return touched.group_by("subject").agg(mean).sort("subject")


def aggregated(it, scores, tables):
    """The scores of payments, villages and officials."""
    rows = it.select("row", "subject", "village", "holder", *ROLES).hstack(scores)
    paid = in_post(it, tables["posts"], "holder")
    touched = [rows.select("row", pl.col(role).alias("person")) for role in ROLES]
    touched.append(rows.join(paid, on="row").select("row", pl.col("holder").alias("person")))
    # Whoever signs twice on a payment answers for it once.
    touched = pl.concat(touched).drop_nulls().unique(maintain_order=True)
    touched = touched.join(rows.select("row", *SCORES), on="row").rename({"person": "subject"})
    villages = rows.select(*SCORES, subject="village")
    return {
        "payments": rows.select("subject", *SCORES),
        "villages": highest(villages, "villages"),
        "officials": highest(touched, "officials"),
    }


def score(county, out):
    tables = {name: read(county, name) for name in TABLES}
    it = payments_of(county, tables)
    found = aggregated(it, scores_of(columns_of(it, tables)), tables)
    out.mkdir(parents=True, exist_ok=True)
    for grain, rows in found.items():
        rows.write_parquet(out / f"{grain}.parquet")


# Both sides


def measured(command):
    """CPU seconds of a process, without its words."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **ONE_THREAD})
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"a process failed; its words are above: {' '.join(map(str, command))}")
    return usage.ru_utime + usage.ru_stime


def theirs(folder):
    """Each score that the script wrote."""
    grains = {grain: pl.read_parquet(folder / f"{grain}.parquet") for grain in ("payments", "villages", "officials")}
    for name in SCORES:
        yield name, Scores(**{grain: rows.select("subject", score=name) for grain, rows in grains.items()})


def best_of(sides):
    """For each figure the best of several rankings: no one ranking is as good."""
    best = {measure: max(side[measure] for side in sides) for measure in MEASURES}
    best |= {"officials_missing": min(side["officials_missing"] for side in sides), "offenders": sides[0]["offenders"]}
    best["schemes"] = {
        scheme: {name: max(side["schemes"][scheme][name] for side in sides) for name in figures}
        for scheme, figures in sides[0]["schemes"].items()
    }
    return best


def compare(county, program, work):
    """Figures and CPU seconds of both sides on one county."""
    truth = truth_of(county)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        own, other = Path(folder) / "published", Path(folder) / "script"
        pipeline = Path(__file__).parents[2] / "pipelines" / "nightly.toml"
        ours = measured([program, "run", pipeline, "--data", county, "--out", own])
        script = measured([sys.executable, __file__, "score", county, other])
        sides = {"ours": judge(truth, published(own, county))}
        found = {name: judge(truth, scores) for name, scores in theirs(other)}
    sides |= found | {"best": best_of(list(found.values()))}
    sides["ours"]["cpu_seconds"] = ours
    for name in (*SCORES, "best"):
        sides[name]["cpu_seconds"] = script
    return sides


def show(title, sides):
    seconds = {name: f"{side['cpu_seconds']:.1f}" for name, side in sides.items()}
    print(table(title, sides, {"CPU seconds (the script: all five)": seconds}), end="\n\n", flush=True)


def main(work, counties, file):
    program = Path(os.environ.get("MINGZHANG", Path(__file__).parents[2] / "target/release/mingzhang")).resolve()
    if not program.is_file():
        sys.exit(f"{program} is not there; MINGZHANG says where the program is")
    runs = {}
    for county in counties:
        runs[str(county)] = compare(county, program, work)
        show(county.name, runs[str(county)])
    sides = ("ours", *SCORES, "best")
    whole = {side: averaged([run[side] for run in runs.values()]) for side in sides}
    if len(runs) > 1:
        show(f"mean of {len(runs)} counties", whole)
    if file:
        file.write_text(json.dumps({"counties": runs, "mean": whole}, indent=1, ensure_ascii=False))


def arguments():
    """The folders, and where to write JSON."""
    given = sys.argv[1:]
    if "--json" in given[:-1]:
        at = given.index("--json")
        return given[:at] + given[at + 2 :], Path(given[at + 1])
    return given, None


if __name__ == "__main__":
    match arguments():
        case (["score", county, out], None):
            score(Path(county), Path(out))
        case ([work, *counties], file) if counties:
            main(Path(work).resolve(), [Path(county).resolve() for county in counties], file)
        case _:
            sys.exit(__doc__)
