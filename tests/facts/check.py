"""Recomputes the facts of the first leads of a published list from the tables that were delivered.

    check.py DATA PUBLISHED [FIRST]

DATA is a dataset's folder, PUBLISHED what a run made of it, FIRST the number of leads of the county's list (20; if the
list is shorter, the townships' and villages' lists follow). Nothing of the program is used: each sentence is computed
as the indicator's page says it. Of the published folder, `payments.parquet` gives the list of payments, the ranks and
what each payment shows, `evidence.parquet` the payments behind a count of payments; everything else comes from the
delivered tables.

A sentence or blank without a check counts as a failure. Exit status 1 if anything disagrees or is unchecked.
"""

import datetime as dt
import json
import re
import sys
from collections import Counter, defaultdict
from functools import cached_property
from itertools import combinations
from math import log, log10
from pathlib import Path
from statistics import median

import polars as pl

# Blanks that rest on what the page says only in outline, and the share of the value by which they may differ.
#
# - Which approvers are nearest is not said where several are equally near.
# - Between two villages the middle is taken in logarithms.
# - For digits, which amounts are multiples of a local day wage is not said, nor which of several repeats is kept; and
#   what the other villages do is weighted to the village's classes of expense.
LOOSE = {
    ("approver_payee_concentration", "usual"): 0.05,
    ("advance_overdue_pool", "usual"): 0.01,
    **{("round_number_excess", blank): 0.02 for blank in ("of", "round", "share")},
    **{("round_number_excess", blank): 0.5 for blank in ("county", "township")},
    **{
        (f"benford_{digits}", blank): room
        for digits in ("first_digit", "second_digit", "first_two")
        for blank, room in (("of", 0.08), ("count", 0.08), ("law", 0.08), ("county", 0.3))
    },
    **{("benford_drift", blank): 0.08 for blank in ("after", "later", "before", "earlier")},
    **{("benford_drift", blank): 0.3 for blank in ("others", "formerly")},
    **{("distortion_factor", blank): 0.05 for blank in ("of", "mean", "others")},
    **{("second_order", blank): room for blank, room in (("of", 0.08), ("count", 0.08), ("county", 0.3))},
}

# Classes of expense by chart and first-level account: the settings `ledger.classes`.
CLASSES = {
    "2004": {
        "112": "non-production", "113": "non-production", "121": "production", "151": "construction",
        "153": "construction", "154": "construction", "202": "subsidy", "211": "wage", "502": "production",
        "541": "non-production", "551": "non-production",
    },
    "2024": {
        "112": "non-production", "113": "non-production", "121": "production", "151": "construction",
        "153": "construction", "154": "construction", "212": "wage", "241": "subsidy", "511": "production",
        "513": "non-production", "514": "non-production", "515": "non-production",
    },
}

# Accounts of the chart of 2004 by what they are called in that of 2024, for comparisons across both.
# `composition_shift` and `multivariate_rarity` join the accounts of both charts, also 514 and 515.
SAME_ACCOUNT = {
    "2004": {
        "153": "154", "154": "153", "202": "211", "211": "212", "502": "511", "511": "501", "521": "503",
        "522": "503", "531": "504", "541": "513", "551": "515", "561": "502", "132": "131",
    },
    "2024": {"514": "515", "132": "131", "133": "131", "134": "131"},
}

LOANS = ["112", "113"]
SIGNERS = ["handler", "witness", "approver", "cosigner", "township_reviewer"]
SIGNED_BESIDE = ["cosigner", "committee_stamp", "township_reviewer", "handler", "witness"]
BESIDE_APPROVER = ["cosigner", "committee_stamp", "township_reviewer", "decision"]
# A payee's other payments, also in other villages, may be what these say of him.
ABOUT_PAYEE = ["split_same_payee_window", "split_across_accounts", "burst_activity", "shared_identifier"]
PUBLIC = ["utility", "government", "village"]

CHECKS = {}


class Stated(dict):
    """The stated cells; those that a check looks up are taken as given, such as which of several windows is told."""

    def __init__(self, cells):
        super().__init__(cells)
        self.given = set()

    def __getitem__(self, cell):
        self.given.add(cell)
        return super().__getitem__(cell)

    def get(self, cell, default=None):
        self.given.add(cell)
        return super().get(cell, default)


def says(indicator, *sentences):
    """Registers the check of sentences: from county, payment and stated cells to recomputed cells."""

    def register(check):
        for sentence in sentences:
            CHECKS[indicator, sentence] = check
        return check

    return register


class County:
    """The delivered tables of a county, and its payments."""

    def __init__(self, data, published):
        self.data = Path(data)
        ledger = self.table("ledger").with_columns(
            month=pl.col("date").dt.strftime("%Y-%m"),
            chart=pl.col("chart").cast(pl.String).fill_null(
                pl.when(pl.col("date") < dt.date(2024, 1, 1)).then(pl.lit("2004")).otherwise(pl.lit("2024"))
            ),
            amount=pl.col("amount").cast(pl.Float64).round(2),
            root=pl.col("account").str.slice(0, 3),
        )
        self.ledger = ledger.with_columns(
            township=pl.col("village").str.slice(0, 9),
            slip=pl.concat_str("village", "month", "voucher", separator="/"),
            expense=by_chart(CLASSES).fill_null("other"),
            series=by_chart(SAME_ACCOUNT).fill_null(pl.col("root")),
        ).with_columns(id=pl.concat_str("slip", "line", separator="/"))
        ranked = pl.read_parquet(Path(published) / "payments.parquet").with_columns(
            id=pl.concat_str("village", pl.col("date").dt.strftime("%Y-%m"), "voucher", "line", separator="/")
        )
        told = [column for column in ranked.columns if column.startswith(("likely_", "p_"))]
        self.ranked = ranked.select("id", "rank", *told)
        self.evidence = pl.read_parquet(Path(published) / "evidence.parquet").with_columns(
            id=pl.concat_str("village", pl.col("date").dt.strftime("%Y-%m"), "voucher", "line", separator="/")
        )
        self.readings = pl.read_parquet(Path(published) / "readings.parquet")
        named = ranked.select("id", "payee")
        self.paid = self.ledger.drop("payee").join(named, on="id", how="inner", validate="1:1")
        assert self.paid.height == ranked.height, "a published payment is not in the ledger"
        # What most pages do not count: amounts set by a public standard, and reversal entries.
        self.open = self.paid.filter(~pl.col("fixed_standard").fill_null(False), pl.col("amount") > 0)
        self.first = self.ledger["date"].min()
        self.last = self.ledger["date"].max()

    def table(self, name):
        whole = self.data / f"{name}.parquet"
        parts = sorted((self.data / name).rglob("*.parquet"))
        return pl.read_parquet(parts or whole)

    def rows(self, name, key):
        return {row[key]: row for row in self.table(name).to_dicts()}

    @cached_property
    def payees(self):
        return self.rows("payees", "payee")

    @cached_property
    def people(self):
        return self.rows("people", "person")

    @cached_property
    def degrees(self):
        """The nearest degree of each two related persons; a degree that is not recorded is the third."""
        degrees = {}
        for row in self.table("kinship").to_dicts():
            for pair in ((row["a"], row["b"]), (row["b"], row["a"])):
                degrees[pair] = min(row["degree"] or 3, degrees.get(pair, 9))
        return degrees

    @cached_property
    def posts(self):
        posts = defaultdict(list)
        for row in self.table("posts").to_dicts():
            posts[row["person"]].append(row)
        return posts

    def in_office(self, person, paid):
        """The posts of a person in the village of a payment on its day."""
        return [
            post for post in self.posts[person]
            if post["village"] == paid["village"]
            and (post["start"] is None or post["start"] <= paid["date"])
            and (post["end"] is None or paid["date"] <= post["end"])
        ]

    @cached_property
    def limits(self):
        return [dict(row, from_amount=float(row["from_amount"])) for row in self.table("limits").to_dicts()]

    @cached_property
    def recorded(self):
        """The first and last day on which a township records each item that limits may require."""
        items = {}
        for item in [*SIGNED_BESIDE, "decision"]:
            has = pl.col(item).fill_null(False) if item == "committee_stamp" else pl.col(item).is_not_null()
            days = self.paid.filter(has).group_by("township").agg(
                first=pl.col("date").min(), last=pl.col("date").max()
            )
            for row in days.to_dicts():
                items[row["township"], item] = (row["first"], row["last"])
        return items

    def payment(self, id):
        rows = self.paid.filter(pl.col("id") == id).to_dicts()
        return rows[0] if rows else None

    def bands(self, village, expense, day):
        """The bands in force, of the smallest region that has any."""
        for region in (village, village[:9], village[:6]):
            bands = [
                row for row in self.limits
                if row["region"] == region and row["expense_class"] == expense
                and row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
            ]
            if bands:
                return sorted(bands, key=lambda row: row["from_amount"])
        return []

    def band(self, paid):
        below = [
            band for band in self.bands(paid["village"], paid["expense"], paid["date"])
            if band["from_amount"] <= paid["amount"]
        ]
        return below[-1] if below else None

    def limit_above(self, village, expense, day, amount):
        """The next amount from which more is required."""
        limits = [band["from_amount"] for band in self.bands(village, expense, day)[1:]]
        return next((limit for limit in limits if amount < limit), None)

    def persons(self, payee):
        """The person behind a payee: himself, or the owner of a firm."""
        row = self.payees.get(payee) or {}
        return row.get("person") or row.get("owner")

    @cached_property
    def parties(self):
        """For each payee that was paid, one payee of those who belong together, and what each is known by.

        The pages do not say who counts among the twelve beyond whom an identifier is public: here, as in the program,
        payees that were paid. Nor do they say which account counts of several into which a payee was paid equally
        often: here, as in the program, the first in the order of the alphabet.
        """
        into = self.paid.filter(pl.col("payee").is_not_null(), pl.col("payee_account").is_not_null())
        counts = into.group_by("payee", "payee_account").len()
        most = counts.filter(pl.col("len") == pl.col("len").max().over("payee"))
        accounts = dict(most.group_by("payee").agg(pl.col("payee_account").min()).iter_rows())
        known, of = {}, defaultdict(list)
        for payee in self.paid["payee"].drop_nulls().unique():
            human = self.persons(payee) or (payee if payee in self.people else None)
            phone = (self.payees.get(payee) or {}).get("phone")
            known[payee] = {"owner": human, "phone": phone, "account": accounts.get(payee)}
            for by in known[payee].items():
                of[by].append(payee)
        party = {payee: payee for payee in known}

        def first(payee):
            while party[payee] != payee:
                payee = party[payee]
            return payee

        for (_, value), payees in of.items():
            if value and len(payees) <= 12:
                for payee in payees:
                    party[first(payee)] = first(payees[0])
        return {payee: first(payee) for payee in party}, known

    def strangers(self, one, other):
        one, other = self.persons(one), self.persons(other)
        if one is None or other is None:
            return True
        if one == other or self.degrees.get((one, other)) == 1:
            return False
        homes = [(self.people.get(person) or {}).get("household") for person in (one, other)]
        return homes[0] is None or homes[0] != homes[1]


def by_chart(names):
    found = pl.lit(None, dtype=pl.String)
    for chart, of in names.items():
        here = pl.col("root").replace_strict(of, default=None, return_dtype=pl.String)
        found = pl.when(pl.col("chart") == chart).then(here).otherwise(found)
    return found


def same(frame, paid, *columns):
    return frame.filter(*(pl.col(column) == paid[column] for column in columns))


def missing(paid, item):
    return not paid[item]


def text(day):
    return day.isoformat() if day else None


def day(text):
    return dt.date.fromisoformat(text)


def pairs(count):
    return count * (count - 1) // 2


# The ranking ---------------------------------------------------------------------------------------------------------


@says("ranking", "ranking")
def _(county, paid, cells):
    mine = county.ranked.filter(pl.col("id") == paid["id"]).to_dicts()[0]
    likely = {name.removeprefix("likely_"): share for name, share in mine.items() if name.startswith("likely_")}
    return {"rank": mine["rank"], "of": county.ranked.height, "scheme": max(likely, key=likely.get)}


# Subjects ------------------------------------------------------------------------------------------------------------


def of_subject(county, grain, subject):
    """The payments to a payee, of a village, or those that an official signed, entered or received."""
    if grain != "official":
        return county.paid.filter(pl.col(grain) == subject)
    theirs = [payee for payee, row in county.payees.items() if (row["person"] or payee) == subject]
    signed = pl.any_horizontal((pl.col(role) == subject).fill_null(False) for role in [*SIGNERS, "clerk"])
    return county.paid.filter(signed | pl.col("payee").is_in([*theirs, subject]).fill_null(False))


@says("payments", "payments")
def _(county, paid, cells):
    lead, scheme = cells["lead"], cells["reason"]
    # A payment counts if its combined p-value for the scheme is at most this.
    shows = pl.col(f"p_{scheme}") <= 0.05
    theirs = of_subject(county, lead["grain"], lead["subject"])
    behind = county.evidence.filter(
        pl.col("lead") == lead["lead"], pl.col("indicator") == "payments", pl.col("scheme") == scheme
    )
    showing = county.ranked.filter(shows, pl.col("id").is_in(theirs["id"].implode()))
    return {
        "count": behind.height, "of": theirs.height, "scheme": scheme,
        "usual": county.ranked.filter(shows).height / county.ranked.height,
        "holds": set(behind["id"]) == set(showing["id"]),
    }


@says("payments", "small_sums")
def _(county, paid, cells):
    lead, scheme = cells["lead"], cells["reason"]
    behind = county.evidence.filter(
        pl.col("lead") == lead["lead"], pl.col("indicator") == "payments", pl.col("scheme") == scheme
    )
    rows = county.paid.filter(pl.col("id").is_in(behind["id"].implode()))
    # A payment belongs where it carries evidence for the scheme, or where an indicator of the scheme flags it.
    own = county.evidence.filter(pl.col("scheme") == scheme)["indicator"].unique()
    flagged = county.readings.filter(
        pl.col("grain") == "payment", pl.col("indicator").is_in(own.implode()), pl.col("value") > 0
    )["subject"]
    showing = county.ranked.filter(
        (pl.col(f"p_{scheme}") <= 0.05) | pl.col("id").is_in(flagged.implode()),
        pl.col("id").is_in(rows["id"].implode()),
    )
    return {
        "count": rows.height, "sum": rows["amount"].sum(), "largest": rows["amount"].max(),
        "first": rows["date"].min().isoformat(), "last": rows["date"].max().isoformat(),
        "payees": sorted(set(rows["payee"])),
        "holds": set(rows["village"]) == {paid["village"]} and showing.height == rows.height,
    }


# Approval ------------------------------------------------------------------------------------------------------------


def signed_by_relatives(county, paid):
    """The village's payments of which it can be told whether a relative signed.

    Each with the degree of each signer who has a nearest relative up to the second degree among payee and owner.
    """
    found = []
    chosen = same(county.open, paid, "village").filter(
        ~pl.col("expense").is_in(["wage", "subsidy"]), pl.col("payee").is_not_null()
    )
    for row in chosen.to_dicts():
        payee = county.payees.get(row["payee"]) or {}
        signers = {row[role] for role in SIGNERS} - {None}
        if not signers or payee.get("kind") in PUBLIC or (payee.get("kind") == "firm" and not payee["owner"]):
            continue
        behind = {payee.get("person") or row["payee"], payee.get("owner")} - {None}
        degrees = {
            signer: min(county.degrees.get((signer, person), 9) for person in behind) for signer in signers - behind
        }
        found.append((row, {signer: degree for signer, degree in degrees.items() if degree <= 2}))
    return found


@says("relative_signed", "close", "close_owner", "in_law", "in_law_owner", "further", "further_owner")
def _(county, paid, cells):
    sentence, signer = cells["sentence"], cells["signer"]
    compared = signed_by_relatives(county, paid)
    mine = next(degrees for row, degrees in compared if row["id"] == paid["id"])[signer]
    so_close = [row["amount"] for row, degrees in compared if degrees.get(signer, 9) <= mine]
    payee = county.payees.get(paid["payee"]) or {}
    is_owner = sentence.endswith("_owner")
    relative = payee["owner"] if is_owner else payee.get("person") or paid["payee"]
    found = {
        "duties": [role for role in SIGNERS if paid[role] == signer], "signer": signer, "relative": relative,
        "of": len(compared), "count": len(so_close), "sum": sum(so_close),
        "share": sum(so_close) / sum(row["amount"] for row, _ in compared),
        "holds": county.degrees.get((signer, relative)) == mine
        and sentence.removesuffix("_owner") == {1: "close", 2: "in_law"}[mine],
    }
    return found | ({"payee": paid["payee"]} if is_owner else {})


@says("reciprocal_approval", "nearest")
def _(county, paid, cells):
    one, other = cells["person"], cells["partner"]
    chosen = county.open.filter(~pl.col("expense").is_in(["wage", "subsidy"]), pl.col("payee").is_not_null())

    def claims(person, approver):
        mine = [payee for payee, row in county.payees.items() if (row["person"] or payee) == person]
        return chosen.filter(pl.col("payee").is_in([*mine, person]), pl.col("approver") == approver).to_dicts()

    apart = {
        (mine["id"], theirs["id"]): abs((mine["date"] - theirs["date"]).days)
        for mine in claims(one, other) for theirs in claims(other, one) if mine["village"] == theirs["village"]
    }
    claim, partner_claim = county.payment(cells["claim"]), county.payment(cells["partner_claim"])
    days = apart[claim["id"], partner_claim["id"]]
    return {
        "person": one, "partner": other, "claim": claim["id"], "day": text(claim["date"]),
        "partner_claim": partner_claim["id"], "partner_day": text(partner_claim["date"]), "days": days,
        "holds": days == min(apart.values()) and days <= 30,
    }


@says("kin_approval", "signed")
def _(county, paid, cells):
    approver = paid["approver"]
    chosen = same(county.open, paid, "village").filter(
        ~pl.col("expense").is_in(["wage", "subsidy"]), pl.col("approver").is_not_null(), pl.col("payee").is_not_null()
    )
    signed = chosen.filter(pl.col("approver") == approver)
    in_charge = chosen.filter(pl.col("date").is_between(signed["date"].min(), signed["date"].max()))
    paid_to, approved = Counter(), Counter()
    for row in in_charge.to_dicts():
        payee = county.payees.get(row["payee"]) or {}
        behind = {payee.get("person") or row["payee"], payee.get("owner")} - {None}
        is_public = payee.get("kind") in PUBLIC
        if is_public or approver in behind or all(county.degrees.get((approver, one)) != 1 for one in behind):
            continue
        paid_to[row["payee"]] += 1
        approved[row["payee"]] += row["approver"] == approver
    payee = cells["payee"]
    return {
        "approver": approver, "payee": payee, "paid": paid_to[payee], "approved": approved[payee],
        "others": paid_to.total() - paid_to[payee], "signed": approved.total() - approved[payee],
        "holds": paid_to[payee] >= 4,
    }


@says("backdated_approval", "late", "late_year")
def _(county, paid, cells):
    return {
        "paid": text(paid["date"]), "approved": text(paid["approved"]),
        "days": (paid["approved"] - paid["date"]).days,
    }


@says("backdated_approval", "early", "early_year")
def _(county, paid, cells):
    return {
        "approved": text(paid["approved"]), "document": text(paid["document_date"]),
        "days": (paid["document_date"] - paid["approved"]).days,
    }


def of_band(band):
    return {"limit": band["from_amount"], "region": band["region"], "since": text(band["valid_from"])}


@says("collective_decision_missing", "none")
def _(county, paid, cells):
    bands = county.bands(paid["village"], paid["expense"], paid["date"])
    asking = [band for band in bands if "decision" in band["requires"]]
    return {
        "amount": paid["amount"], "class": paid["expense"], **of_band(asking[0]),
        "holds": paid["decision"] is None and paid["amount"] >= asking[0]["from_amount"],
    }


@says("kin_chain", "close", "in_law", "further")
def _(county, paid, cells):
    signed = county.open.filter(pl.col("village") == paid["village"]).select("id", *SIGNERS).to_dicts()
    nearest = {}
    for row in signed:
        signers = {row[role] for role in SIGNERS} - {None}
        if len(signers) > 1:
            nearest[row["id"]] = min(county.degrees.get(pair, 9) for pair in combinations(signers, 2))
    mine = nearest[paid["id"]]
    degree = {"close": 1, "in_law": 2, "further": 3}[cells["sentence"]]
    one, other = paid[cells["role"]], paid[cells["other_role"]]
    return {
        "one": one, "other": other, "role": cells["role"], "other_role": cells["other_role"],
        "count": sum(found <= mine for found in nearest.values()), "of": len(nearest),
        "holds": mine == degree == county.degrees.get((one, other)),
    }


def required_at_the_time(county, paid, band, items):
    """What a band requires of these items, as far as the township records them at the time."""
    required = []
    for item in band["requires"] if band else []:
        days = county.recorded.get((paid["township"], item))
        if item in items and days and days[0] <= paid["date"] <= days[1]:
            required.append(item)
    return required


def required_beside(county, paid):
    return required_at_the_time(county, paid, county.band(paid), SIGNED_BESIDE)


@says("missing_countersign", "missing")
def _(county, paid, cells):
    required = required_beside(county, paid)
    return {
        "amount": paid["amount"], "class": paid["expense"], **of_band(county.band(paid)),
        "required": required, "missing": [item for item in required if missing(paid, item)],
    }


@says("missing_countersign", "approver")
def _(county, paid, cells):
    payments = items = gaps = 0
    for row in same(county.open, paid, "village", "approver").to_dicts():
        required = required_beside(county, row)
        payments += bool(required)
        items += len(required)
        gaps += sum(missing(row, item) for item in required)
    return {"approver": paid["approver"], "payments": payments, "of": items, "missing": gaps}


@says("cash_over_limit", "cash", "together")
def _(county, paid, cells):
    band = county.band(paid)
    alone = cells["sentence"] == "cash"
    total, count = paid["amount"], 1
    if paid["payee"] is not None:
        cash = county.paid.filter(
            pl.col("slip") == paid["slip"], pl.col("payee") == paid["payee"], pl.col("method") == "cash",
            pl.col("amount") > 0,
        )
        total, count = cash["amount"].sum(), cash.height
    stated = {"amount": total} if alone else {"payee": paid["payee"], "sum": total, "count": count}
    return {
        **stated, "class": paid["expense"], **of_band(band), "limit": band["cash_max"],
        "holds": paid["method"] == "cash" and total > band["cash_max"] and (count == 1) == alone,
    }


@says("cash_over_limit", "unbanked")
def _(county, paid, cells):
    mine = county.paid.filter(pl.col("payee") == paid["payee"])
    banked = mine.filter(pl.col("payee_account").is_not_null() | (pl.col("method") != "cash").fill_null(False))
    return {"payee": paid["payee"], "payments": mine.height, "holds": banked.is_empty()}


def tie(county, one, other):
    """Whether two persons are family, apart, or nothing is known of them."""
    homes = [(county.people.get(who) or {}).get("household") for who in (one, other)]
    has_kin = {who for pair in county.degrees for who in pair}
    if homes[0] is not None and homes[0] == homes[1] or county.degrees.get((one, other)) == 1:
        return "family"
    return "apart" if None not in homes or one in has_kin or other in has_kin else "unknown"


def roster_row(county, paid, cells):
    """The row of the stated person and period, and all rows of the person in the scheme."""
    rosters = county.table("subsidies")
    rows = rosters.filter(pl.col("person") == cells["person"], pl.col("scheme") == paid["scheme"]).to_dicts()
    row = next(row for row in rows if row["period"] == cells["period"])
    return row, rows, {"person": row["person"], "scheme": row["scheme"], "period": row["period"]}


@says("subsidy_amount_mismatch", "standard")
def _(county, paid, cells):
    row, _, told = roster_row(county, paid, cells)
    standards = county.table("standards").filter(pl.col("scheme") == row["scheme"]).to_dicts()
    standard = next(it["amount_per_unit"] for it in standards if it["period"] == row["period"])
    due = round(float(standard) * row["quantity"], 2)
    return {
        **told, "amount": paid["amount"], "quantity": row["quantity"], "standard": standard, "due": due,
        "holds": abs(paid["amount"] / due - 1) > 0.02,
    }


@says("subsidy_amount_mismatch", "roster")
def _(county, paid, cells):
    row, _, told = roster_row(county, paid, cells)
    due = row["amount"]
    return {**told, "amount": paid["amount"], "due": due, "holds": abs(paid["amount"] / float(due) - 1) > 0.02}


@says("subsidy_amount_mismatch", "quantity")
def _(county, paid, cells):
    row, rows, told = roster_row(county, paid, cells)
    most = max(it["quantity"] for it in rows if it["period"] != row["period"])
    return {
        **told, "quantity": row["quantity"], "most": most, "periods": len(rows) - 1,
        "holds": row["quantity"] > most * 1.02,
    }


@says("subsidy_amount_mismatch", "several")
def _(county, paid, cells):
    # Which payments are paired with the row is not said.
    return {"count": cells["count"], "sum": cells["sum"], "holds": cells["count"] > 1}


@says("subsidy_duplicate", "twice")
def _(county, paid, cells):
    row, _, told = roster_row(county, paid, cells)
    others = [county.payment(other) for other in cells["others"]]
    total = paid["amount"] + sum(other["amount"] for other in others)
    return {
        **told, "due": row["amount"], "count": len(others) + 1, "sum": total, "others": cells["others"],
        "holds": all(other["scheme"] == paid["scheme"] for other in others) and total > float(row["amount"]) * 1.02,
    }


@says("subsidy_duplicate", "household")
def _(county, paid, cells):
    row, _, told = roster_row(county, paid, cells)
    homes = county.table("people").select("person", "household").drop_nulls()
    listed = county.table("subsidies").filter(pl.col("scheme") == row["scheme"]).join(homes, on="person")
    groups = listed.group_by("period", "household").agg(pl.col("person").n_unique())
    home = county.people[row["person"]]["household"]
    mine = listed.filter(pl.col("period") == row["period"], pl.col("household") == home)["person"]
    return {
        **told, "others": sorted(set(mine) - {row["person"]}), "households": groups.height,
        "several": groups.filter(pl.col("person") > 1).height,
    }


@says("subsidy_duplicate", "account")
def _(county, paid, cells):
    row, _, told = roster_row(county, paid, cells)
    same = county.table("subsidies").filter(
        pl.col("scheme") == row["scheme"], pl.col("period") == row["period"],
        pl.col("payee_account") == row["payee_account"],
    )
    others = [other for other in sorted(set(same["person"])) if tie(county, row["person"], other) == "apart"]
    return {**told, "account": row["payee_account"], "others": others}


def account_users(county, account):
    """Everybody who is paid on an account, the most frequent first: person, other payments than subsidies, all, subsidies."""
    own, listed = Counter(), Counter()
    for row in county.paid.filter(pl.col("payee_account") == account, pl.col("payee").is_not_null()).to_dicts():
        person = (county.payees.get(row["payee"]) or {}).get("person") or row["payee"]
        (listed if row["scheme"] is not None else own)[person] += 1
    listed.update(county.table("subsidies").filter(pl.col("payee_account") == account)["person"])
    users = [(who, own[who], own[who] + listed[who], listed[who]) for who in own.keys() | listed.keys()]
    return sorted(users, key=lambda user: (-user[1], -user[2], user[0]))


@says("subsidy_diverted_account", "officer", "other", "family", "shared", "others")
def _(county, paid, cells):
    users = account_users(county, paid["payee_account"])
    is_tied = len(users) > 1 and users[0][1:3] == users[1][1:3]
    usual = None if is_tied else users[0][0]
    person = cells["person"] if "person" in cells else cells["facts"][next(iter(cells["facts"]))]["person"]
    if cells["sentence"] == "others":
        beside = [who for who, _, _, listed in users if listed and who not in (person, usual)]
        return {"others": [who for who in beside if tie(county, person, who) != "family"]}
    told = {
        "person": person, "scheme": paid["scheme"], "amount": paid["amount"], "account": paid["payee_account"],
    }
    if cells["sentence"] == "shared":
        return {**told, "holds": is_tied}
    is_family = tie(county, person, usual) == "family"
    is_officer = bool(county.in_office(usual, paid)) or usual == paid["clerk"]
    sentence = "family" if is_family else "officer" if is_officer else "other"
    return {**told, "owner": usual, "count": users[0][2], "holds": sentence == cells["sentence"] and usual != person}


@says("over_authority", "alone")
def _(county, paid, cells):
    band = county.band(paid)
    required = required_at_the_time(county, paid, band, BESIDE_APPROVER)
    return {
        "approver": paid["approver"], "amount": paid["amount"], "class": paid["expense"], **of_band(band),
        "required": required, "holds": all(missing(paid, item) for item in required) and len(required) > 1,
    }


@says("over_authority", "post")
def _(county, paid, cells):
    band = county.band(paid)
    posts = {post["post"] for post in county.in_office(paid["approver"], paid)}
    required = required_at_the_time(county, paid, band, BESIDE_APPROVER)
    return {
        "approver": paid["approver"], "amount": paid["amount"], "class": paid["expense"], **of_band(band),
        "required": required, "holds": bool(posts) and not posts - {"committee", "supervisor", "clerk"},
    }


@says("handler_is_witness", "handler", "approver", "all_three")
def _(county, paid, cells):
    roles = {role for role in ("handler", "approver") if paid[role] == paid["witness"]}
    stated = {"handler", "approver"} if cells["sentence"] == "all_three" else {cells["sentence"]}
    return {"witness": paid["witness"], "holds": roles == stated}


@says("approval_outside_term", "after", "before")
def _(county, paid, cells):
    terms = [post for post in county.posts[paid["approver"]] if post["village"] == paid["village"]]
    approved = paid["approved"]
    ended = [((approved - post["end"]).days, post) for post in terms if post["end"] and post["end"] < approved]
    begun = [((post["start"] - approved).days, post) for post in terms if post["start"] and post["start"] > approved]
    days, post = min(ended + begun, key=lambda found: found[0])
    key, edge = ("end", post["end"]) if cells["sentence"] == "after" else ("start", post["start"])
    return {
        "approved": text(paid["approved"]), "approver": paid["approver"], "post": post["post"], key: text(edge),
        "days": days, "holds": len(ended) + len(begun) == len(terms),
    }


@says("collective_decision_missing", "exceeded")
def _(county, paid, cells):
    decided = float(county.rows("decisions", "decision")[paid["decision"]]["amount"])
    spent = county.paid.filter(pl.col("decision") == paid["decision"])["amount"].sum()
    return {"decision": paid["decision"], "decided": decided, "paid": spent, "over": spent - decided}


@says("self_approval", "payee")
def _(county, paid, cells):
    person = (county.payees.get(paid["payee"]) or {}).get("person")
    return {"approver": paid["approver"], "holds": paid["approver"] in (person, paid["payee"])}


@says("self_approval", "handler")
def _(county, paid, cells):
    return {"approver": paid["approver"], "holds": paid["approver"] == paid["handler"]}


def stamps(county, approver, open):
    """The vouchers that an approver approved, each with its days of approval and payment."""
    mine = open.filter(pl.col("approver") == approver, pl.col("approved").is_not_null())
    return mine.group_by("slip").agg(pl.col("approved").first(), pl.col("date").first())


def stacked(vouchers):
    return tuple(sum(map(pairs, vouchers[column].value_counts()["count"])) for column in ("approved", "date"))


@says("rubber_stamp", "stacks")
def _(county, paid, cells):
    vouchers = stamps(county, paid["approver"], county.open)
    approved, dates = (Counter(vouchers[column].to_list()) for column in ("approved", "date"))
    most = max(approved.values())
    of_day = vouchers.filter(pl.col("approved") == day(cells["day"]))["date"]
    return {
        "approver": paid["approver"], "vouchers": vouchers.height, "days": len(approved), "paid_days": len(dates),
        "day": cells["day"], "most": most, "from": text(of_day.min()), "to": text(of_day.max()),
        "most_paid": max(dates.values()), "holds": approved[day(cells["day"])] == most,
    }


@says("rubber_stamp", "peers")
def _(county, paid, cells):
    open = same(county.open, paid, "township")
    ratios = {}
    for approver in open["approver"].drop_nulls().unique():
        vouchers = stamps(county, approver, open)
        if vouchers.height >= 50:
            together, at_once = stacked(vouchers)
            ratios[approver] = (together + 1) / (at_once + 1)
    own = stacked(stamps(county, paid["approver"], county.open))
    mine = ratios.pop(paid["approver"])
    return {
        "approved_pairs": own[0], "paid_pairs": own[1], "ratio": mine, "peers": len(ratios),
        "usual": median(ratios.values()),
    }


def shares(frame):
    """The chance that two yuan of two payments go to one payee, and who gets most; large amounts are cut."""
    amounts = frame["amount"].sort()
    cap = amounts[-(-9 * amounts.len() // 10) - 1]
    cut = pl.col("amount").clip(upper_bound=cap)
    sums = frame.group_by("payee").agg(sum=cut.sum(), squares=(cut**2).sum())
    together = ((sums["sum"] ** 2) - sums["squares"]).sum()
    most = sums.sort("sum", descending=True)["payee"].item(0)
    return together / (sums["sum"].sum() ** 2 - sums["squares"].sum()), most


@says("approver_payee_concentration", "share")
def _(county, paid, cells):
    public = [payee for payee, row in county.payees.items() if row["kind"] in PUBLIC]
    compared = county.open.filter(
        ~pl.col("expense").is_in(["wage", "subsidy"]), ~pl.col("payee").is_in(public),
        pl.col("contract").is_null() | pl.col("decision").is_null(), pl.col("approver").is_not_null(),
    )
    own = compared.filter(pl.col("approver") == paid["approver"])
    whole = compared.group_by("approver").agg(
        village=pl.col("village").mode().sort().first(), first=pl.col("date").min(), last=pl.col("date").max(),
        count=pl.len(),
    )
    others = {}
    for row in whole.filter(pl.col("count") >= 100).to_dicts():
        theirs = compared.filter(pl.col("approver") == row["approver"])
        main = compared.filter(
            pl.col("village") == row["village"], pl.col("date").is_between(row["first"], row["last"])
        )
        if (theirs["village"] == row["village"]).sum() * 2 >= main.height:
            others[row["approver"]] = theirs
    others.pop(paid["approver"], None)
    near = sorted(others.values(), key=lambda frame: abs(frame.height - own.height))[:60]
    usual = median(shares(frame)[0] for frame in near)
    top = own.filter(pl.col("payee") == cells["payee"])
    same_payee, most = shares(own)
    return {
        "approver": paid["approver"], "payee": cells["payee"], "count": top.height, "of": own.height,
        "amount": top["amount"].sum(), "sum": own["amount"].sum(), "peers": len(near), "usual": usual,
        "same": same_payee, "holds": cells["payee"] == most,
    }


# Funds ---------------------------------------------------------------------------------------------------------------


def loans(county, village):
    """The loans of a village with what credits of the payee settled, oldest first."""
    rows = county.ledger.filter(pl.col("village") == village, pl.col("root").is_in(LOANS))
    found = []
    for _, lines in rows.filter(pl.col("payee").is_not_null()).group_by("payee"):
        given = []
        lines = sorted(lines.to_dicts(), key=lambda line: (line["date"], line["side"] == "credit"))
        for line in lines:
            if line["side"] == "debit":
                given.append(dict(line, rest=line["amount"], back=[], settled=None))
                continue
            left = line["amount"]
            for loan in given:
                taken = min(left, loan["rest"])
                if taken <= 0:
                    continue
                loan["rest"] = round(loan["rest"] - taken, 2)
                left = round(left - taken, 2)
                loan["back"].append((line["date"], taken))
                if loan["rest"] == 0:
                    loan["settled"] = line["date"]
        found += given
    return found


def tied(loan, last, overdue=3):
    """Yuan times days beyond the days that are allowed."""
    days = [(day, amount) for day, amount in loan["back"]] + [(last, loan["rest"])]
    return sum(amount * max(0, (day - loan["date"]).days - overdue) for day, amount in days)


def pool(county, village):
    begun = county.paid.filter(pl.col("village") == village)["date"].min()
    span = (county.last - begun).days
    given = [loan for loan in loans(county, village) if loan["decision"] is None]
    paid = county.paid.filter(pl.col("village") == village)["amount"].sum()
    a_year = paid * 365.25 / span
    average = sum(tied(loan, county.last) for loan in given) / span
    return given, average, a_year


@says("advance_overdue_pool", "pool")
def _(county, paid, cells):
    given, average, a_year = pool(county, paid["village"])
    late = [loan for loan in given if tied(loan, county.last) > 0]
    shares = []
    for village in county.paid["village"].unique():
        theirs, theirs_average, theirs_year = pool(county, village)
        if theirs:
            shares.append(theirs_average / theirs_year)
    return {
        "loans": len(given), "late": len(late), "average": average, "a_year": a_year, "share": average / a_year,
        "overdue": 3, "villages": len(shares), "usual": median(shares),
    }


@says("advance_overdue_pool", "settled", "open")
def _(county, paid, cells):
    given, _, _ = pool(county, paid["village"])
    most = max(given, key=lambda loan: tied(loan, county.last))
    end = most["settled"] or county.last
    found = {
        "payee": most["payee"], "amount": most["amount"], "lent": text(most["date"]), "voucher": most["id"],
        "days": (end - most["date"]).days,
    }
    return found | ({"settled": text(end)} if most["settled"] else {"open": most["rest"], "last": text(county.last)})


@says("cadre_loan_outstanding", "settled", "open")
def _(county, paid, cells):
    loan = next(loan for loan in loans(county, paid["village"]) if loan["id"] == paid["id"])
    person = (county.payees.get(paid["payee"]) or {}).get("person") or paid["payee"]
    in_post = bool(county.in_office(person, paid))
    end = loan["settled"] or county.last
    found = {
        "officer": person, "lent": text(paid["date"]), "amount": paid["amount"], "holds": in_post,
        "days": (end - paid["date"]).days,
    }
    return found | ({"settled": text(end)} if loan["settled"] else {"open": loan["rest"], "last": text(county.last)})


@says("cadre_loan_outstanding", "again")
def _(county, paid, cells):
    given = {loan["id"]: loan for loan in loans(county, paid["village"])}
    before, own = given[cells["voucher"]], given[paid["id"]]
    between = (paid["date"] - before["settled"]).days
    return {
        "voucher": before["id"], "amount": before["amount"], "back": text(before["settled"]),
        "lent": text(paid["date"]), "between": between, "start": text(before["date"]),
        "days": ((own["settled"] or county.last) - before["date"]).days,
        "holds": before["payee"] == paid["payee"] and 0 <= between and own["amount"] >= 0.8 * before["amount"],
    }


# Payees --------------------------------------------------------------------------------------------------------------


def twin(county, cells):
    """The other payment of a pair, as the lead's sentence about the amount names it."""
    return county.payment(cells["pair"]["voucher"])


def one_party(county, one, other):
    if one == other:
        return True
    rows = [county.payees.get(payee) or {} for payee in (one, other)]
    links = [
        {("person", row.get("person")), ("person", row.get("owner")), ("phone", row.get("phone"))} for row in rows
    ]
    return any(value for _, value in links[0] & links[1])


def swapped(one, other):
    one, other = str(int(one)), str(int(other))
    differ = [place for place, (a, b) in enumerate(zip(one, other)) if a != b]
    return (
        len(one) == len(other) and len(differ) == 2 and differ[1] == differ[0] + 1
        and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]
    )


@says("duplicate_fuzzy", "equal", "swapped")
def _(county, paid, cells):
    other = county.payment(cells["voucher"])
    fits = other["village"] == paid["village"] and one_party(county, paid["payee"], other["payee"])
    found = {
        "voucher": other["id"], "day": text(other["date"]), "days": abs((other["date"] - paid["date"]).days),
        "amount": paid["amount"],
    }
    if cells["sentence"] == "equal":
        return found | {"holds": fits and other["amount"] == paid["amount"]}
    return found | {"other": other["amount"], "holds": fits and swapped(paid["amount"], other["amount"])}


@says("duplicate_fuzzy", "purpose")
def _(county, paid, cells):
    return {"purpose": paid["summary"], "holds": twin(county, cells)["summary"] == paid["summary"]}


@says("duplicate_fuzzy", "purposes")
def _(county, paid, cells):
    other = twin(county, cells)["summary"]
    return {"purpose": paid["summary"], "other": other, "holds": other != paid["summary"]}


@says("duplicate_fuzzy", "number")
def _(county, paid, cells):
    return {"number": paid["document_no"], "holds": twin(county, cells)["document_no"] == paid["document_no"]}


@says("duplicate_fuzzy", "near_number")
def _(county, paid, cells):
    return {"number": paid["document_no"], "other": twin(county, cells)["document_no"]}


@says("duplicate_fuzzy", "linked")
def _(county, paid, cells):
    other = twin(county, cells)["payee"]
    return {"payee": other, "holds": other != paid["payee"] and one_party(county, other, paid["payee"])}


def again(county, paid, *columns):
    """Equal payments to the payee on other vouchers that agree in these columns."""
    return same(county.open, paid, "payee", "amount", *columns).filter(pl.col("slip") != paid["slip"])


@says("duplicate_exact", "document")
def _(county, paid, cells):
    others = again(county, paid, "document_no").to_dicts()
    other = others[0]
    return {
        "number": paid["document_no"], "amount": paid["amount"], "voucher": other["id"], "day": text(other["date"]),
        "days": abs((other["date"] - paid["date"]).days), "holds": len({row["slip"] for row in others}) == 1,
    }


@says("duplicate_exact", "day", "day_numbers")
def _(county, paid, cells):
    others = again(county, paid, "village", "date")
    found = {
        "day": text(paid["date"]), "amount": paid["amount"], "vouchers": others["id"].to_list(),
        "times": same(county.open, paid, "payee", "amount").height,
    }
    if cells["sentence"] == "day":
        return found
    return found | {"number": paid["document_no"], "numbers": others["document_no"].to_list()}


def standing(county, paid):
    """The village's claims of this amount by the payee that were not taken back."""
    alike = same(county.paid, paid, "village", "payee").filter(
        ~pl.col("fixed_standard").fill_null(False), ~pl.col("expense").is_in(["wage", "subsidy"]),
        pl.col("amount").abs() == paid["amount"],
    )
    kept = []
    for row in alike.sort("date", "slip", "line").to_dicts():
        if row["amount"] > 0:
            kept.append(row)
        elif kept:
            kept.pop()
    return kept


def likeness(one, other):
    """How much else is equal, and how near."""
    equal = sum(bool(one[cell]) and one[cell] == other[cell] for cell in ("document_no", "summary"))
    return -equal, abs((one["date"] - other["date"]).days)


def claimed_again(county, paid, equal):
    """The claims that have the most in common with this one, the nearest of them."""
    others = [
        row for row in equal
        if row["slip"] != paid["slip"] and abs((row["date"] - paid["date"]).days) <= 365 and paid["amount"] >= 500
    ]
    best = min(likeness(paid, row) for row in others)
    return [row for row in others if likeness(paid, row) == best]


@says("equal_claim", "pair")
def _(county, paid, cells):
    equal = standing(county, paid)
    best = claimed_again(county, paid, equal)
    # Which of several equally near is told, the page does not say.
    other = next((row for row in best if row["id"] == cells["other"]), best[0])
    return {
        "own": paid["id"], "own_day": text(paid["date"]), "other": other["id"], "day": text(other["date"]),
        "days": abs((other["date"] - paid["date"]).days), "amount": paid["amount"], "times": len(equal),
        "holds": len(equal) < 4 and paid["id"] in {row["id"] for row in equal},
    }


def other_claim(county, cells):
    return county.payment(cells["facts"]["pair"]["other"])


@says("equal_claim", "number", "numbers", "one_number", "no_numbers")
def _(county, paid, cells):
    own, there = paid["document_no"], other_claim(county, cells)["document_no"]
    match cells["sentence"]:
        case "number":
            return {"number": own, "holds": bool(own) and own == there}
        case "numbers":
            return {"number": own, "other": there, "holds": bool(own) and bool(there) and own != there}
        case "one_number":
            return {"number": own or there, "holds": bool(own) != bool(there)}
        case _:
            return {"holds": not own and not there}


@says("equal_claim", "purpose", "purposes")
def _(county, paid, cells):
    own, there = paid["summary"], other_claim(county, cells)["summary"]
    if cells["sentence"] == "purpose":
        return {"purpose": own, "holds": own == there}
    return {"purpose": own, "other": there, "holds": own != there}


def is_known(county, payee):
    return payee in county.payees or payee in county.people


@says("unregistered_payee", "named", "unnamed")
def _(county, paid, cells):
    out = county.paid.filter(pl.col("amount") > 0, pl.col("payee").is_not_null())
    unknown = sum(not is_known(county, payee) for payee in out["payee"])
    theirs = same(out, paid, "village", "payee")
    # The published payee is the name where there is no id: only an id can be in no register.
    id = county.ledger.filter(pl.col("id") == paid["id"])["payee"].item()
    found = {
        "payee": id, "count": theirs.height, "sum": theirs["amount"].sum(),
        "holds": id is not None and not is_known(county, id) and unknown <= 0.1 * out.height
        and (cells["sentence"] == "named") == bool(paid["payee_name"]),
    }
    return found | ({"name": paid["payee_name"]} if cells["sentence"] == "named" else {})


@says("unregistered_payee", "namesake")
def _(county, paid, cells):
    alike = [payee for payee, row in county.payees.items() if row["name"] == paid["payee_name"]]
    return {"other": cells["other"], "holds": cells["other"] in alike}


@says("unregistered_payee", "account")
def _(county, paid, cells):
    return {"account": paid["payee_account"]}


def after_death(county, paid, person):
    """What is told of a payment that the village made out to somebody after the death of a person."""
    died = county.people[person]["death_date"]
    late = same(county.paid, paid, "village", "payee").filter(pl.col("date") > died, pl.col("amount") > 0)
    days = (paid["date"] - died).days
    told = {"person": person, "died": text(died), "day": text(paid["date"]), "days": days, "holds": days > 0}
    return told, late


@says("deceased_payee", "dead")
def _(county, paid, cells):
    told, late = after_death(county, paid, payee_persons(county, paid["payee"])[0])
    return {**told, "count": late.height, "sum": late["amount"].sum()}


@says("deceased_payee", "roster")
def _(county, paid, cells):
    # Which payments are paired with rows of the person is not said.
    told, late = after_death(county, paid, cells["person"])
    told["holds"] &= payee_persons(county, paid["payee"])[0] != cells["person"] and cells["count"] <= late.height
    return {**told, "count": cells["count"], "sum": cells["sum"]}


@says("deceased_payee", "after", "before")
def _(county, paid, cells):
    # Which row of the roster is paid is not said.
    year, quarter = cells["period"][:4], cells["period"].partition("Q")[2] or "1"
    first = dt.date(int(year), int(quarter) * 3 - 2, 1)
    rows = county.table("subsidies").filter(
        pl.col("scheme") == paid["scheme"], pl.col("period") == cells["period"]
    )
    died = [(county.people.get(person) or {}).get("death_date") for person in rows["person"]]
    is_after = cells["sentence"] == "after"
    return {
        "period": cells["period"], "from": text(first),
        "holds": any(day is not None and (day < first) == is_after for day in died),
    }


@says("deceased_payee", "back")
def _(county, paid, cells):
    lines = same(county.ledger, paid, "village", "series").filter(pl.col("date") == day(cells["day"]))
    return {
        "amount": cells["amount"], "day": cells["day"], "voucher": cells["voucher"],
        "holds": (lines["amount"].abs() == cells["amount"]).any() and day(cells["day"]) >= paid["date"],
    }


@says("recipient_status", "young", "old")
def _(county, paid, cells):
    person, _ = payee_persons(county, paid["payee"])
    age = paid["date"].year - county.people[person]["birth_year"]
    fits = age < 16 if cells["sentence"] == "young" else age > 80 and paid["expense"] == "wage"
    return {
        "person": person, "age": max(age, 0), "class": paid["expense"], "amount": paid["amount"],
        "holds": fits and paid["amount"] > 0,
    }


def payee_persons(county, payee):
    row = county.payees.get(payee) or {}
    return row.get("person") or payee, row.get("owner")


@says("bank_account_flipflop", "switch")
def _(county, paid, cells):
    own = into_accounts(county, paid).to_dicts()
    between = [row for row in own if cells["from"] <= text(row["date"]) <= cells["until"]]
    before = [row for row in own if text(row["date"]) < cells["from"]]
    after = [row for row in own if text(row["date"]) > cells["until"]]
    return {
        "payee": paid["payee"], "usual": cells["usual"], "from": cells["from"], "until": cells["until"],
        "other": paid["payee_account"], "count": len(between), "sum": sum(row["amount"] for row in between),
        "back": text(after[0]["date"]),
        "holds": before[-1]["payee_account"] == after[0]["payee_account"] == cells["usual"],
    }


def into_accounts(county, paid):
    """The village's payments to the payee that name an account, without those under a contract that was decided."""
    return same(county.paid, paid, "village", "payee").filter(
        pl.col("amount") > 0, pl.col("payee_account").is_not_null(),
        pl.col("contract").is_null() | pl.col("decision").is_null(),
    ).sort("date", maintain_order=True)


@says("bank_account_flipflop", "large")
def _(county, paid, cells):
    own = into_accounts(county, paid)
    other = own.filter(pl.col("payee_account") == paid["payee_account"])
    medians = [group["amount"].median() for _, group in own.group_by("payee_account")]
    return {
        "amount": other["amount"].max(), "median": cells["median"],
        "holds": any(abs(median - cells["median"]) < 0.01 for median in medians),
    }


@says("bank_account_flipflop", "owner", "officer", "family")
def _(county, paid, cells):
    # An officer is stated as a person, anybody else as a payee.
    accounts = {payee: known["account"] for payee, known in county.parties[1].items()}
    owners = [payee for payee, account in accounts.items() if account == paid["payee_account"]]
    persons = {county.persons(payee) or payee for payee in owners}
    is_officer = cells["sentence"] == "officer"
    holds = cells["owner"] in (persons if is_officer else owners)
    if is_officer:
        holds = holds and bool(county.in_office(cells["owner"], paid))
    return {"other": paid["payee_account"], "owner": cells["owner"], "holds": holds}


def chosen(county):
    return county.open.filter(~pl.col("expense").is_in(["wage", "subsidy"]))


def in_term(county, paid, officer):
    """The payments that the village chose to make to the payee in the officer's term on the day of the payment."""
    own = same(chosen(county), paid, "village", "payee")
    terms = [post for post in county.in_office(officer, paid)]
    spans = [(post["start"] or dt.date.min, post["end"] or dt.date.max) for post in terms]
    return [own.filter(pl.col("date").is_between(*span)) for span in spans]


@says("conflict_vendor", "owner", "kin")
def _(county, paid, cells):
    _, owner = payee_persons(county, paid["payee"])
    officer = owner if cells["sentence"] == "owner" else cells["officer"]
    told = {"payee": paid["payee"], "officer": officer}
    if officer != owner:
        told |= {"owner": owner, "degree": county.degrees[owner, officer]}
    fits = [own for own in in_term(county, paid, officer) if own.height == cells["count"]]
    return {**told, "count": fits[0].height if fits else None, "sum": fits[0]["amount"].sum() if fits else None}


@says("conflict_vendor", "after")
def _(county, paid, cells):
    since = county.payees[paid["payee"]]["first_seen"]
    starts = [text(post["start"]) for post in county.in_office(cells["officer"], paid)]
    return {
        "payee": paid["payee"], "since": text(since), "officer": cells["officer"], "start": cells["start"],
        "holds": cells["start"] in starts and cells["start"] < text(since),
    }


@says("conflict_vendor", "shortly")
def _(county, paid, cells):
    since = county.payees[paid["payee"]]["first_seen"]
    first = same(chosen(county), paid, "village", "payee")["date"].min()
    return {"payee": paid["payee"], "since": text(since), "holds": 0 <= (first - since).days <= 180}


@says("conflict_vendor", "mixed")
def _(county, paid, cells):
    firms = [payee for payee, row in county.payees.items() if row["kind"] == "firm" and row["owner"]]
    trades = chosen(county).filter(pl.col("payee").is_in(firms)).group_by("payee").agg(
        payments=pl.len(), kinds=pl.col("series").n_unique()
    ).to_dicts()
    mine = next(row for row in trades if row["payee"] == paid["payee"])
    alike = [row["kinds"] for row in trades if row["payments"].bit_length() == mine["payments"].bit_length()]
    return {
        "payments": mine["payments"], "kinds": mine["kinds"], "firms": len(alike),
        "alike": sum(kinds >= mine["kinds"] for kinds in alike),
    }


@says("conflict_vendor", "tendered")
def _(county, paid, cells):
    tendered = county.table("contracts").filter(pl.col("tendered"))["contract"]
    own = same(chosen(county), paid, "village", "payee").filter(pl.col("contract").is_in(tendered.implode()))
    return {"sum": cells["sum"], "holds": 0 < cells["sum"] <= own["amount"].sum()}


@says("conflict_vendor", "collective")
def _(county, paid, cells):
    name = county.payees[paid["payee"]]["name"]
    return {"payee": paid["payee"], "holds": any(it in name for it in ("股份经济合作", "经济合作社", "经济联合"))}


@says("annual_aggregate_over_tender_limit", "year", "project")
def _(county, paid, cells):
    tendered = county.table("contracts").filter(pl.col("tendered"))["contract"].to_list()
    year, parties = paid["date"].year, county.parties[0]
    partners = [payee for payee, party in parties.items() if party == parties[paid["payee"]]]
    own = same(county.open, paid, "village", "expense").filter(
        pl.col("payee").is_in(partners), pl.col("date").dt.year() == year,
        pl.col("project").is_null() if paid["project"] is None else pl.col("project") == paid["project"],
    ).sort("date")
    bands = county.bands(paid["village"], paid["expense"], own["date"][0])
    limit = next(band["from_amount"] for band in bands if band["tender"] and band["from_amount"] > 0)
    below = own.filter(
        pl.col("amount") < limit, pl.col("contract").is_null() | ~pl.col("contract").is_in(tendered)
    )
    told = {"project": paid["project"]} if cells["sentence"] == "project" else {}
    return {
        **told, "payees": sorted(below["payee"].unique()), "village": paid["village"], "class": paid["expense"],
        "year": str(year), "count": below.height, "sum": below["amount"].sum(), "limit": limit,
        "holds": below["amount"].sum() >= limit,
    }


def traces(county):
    """For each payee that is no public body and was paid twice, its kind and in which of nine records it is found."""
    contracts = county.rows("contracts", "contract")
    found = {}
    for (payee,), own in county.paid.filter(pl.col("amount") > 0, pl.col("payee").is_not_null()).group_by("payee"):
        row = county.payees.get(payee) or {}
        if row.get("kind") in PUBLIC or own.height < 2:
            continue
        is_firm = row.get("kind") == "firm"
        human = county.people.get(row.get("owner") if is_firm else row.get("person") or payee) or {}
        party = any((contracts.get(one) or {}).get("payee") == payee for one in own["contract"].unique())
        found[payee] = (is_firm, min(own.height.bit_length(), 4)), [
            party or bool(row) and (is_firm or bool(human)),
            party or human.get("household") is not None,
            row.get("phone") is not None,
            party or row.get("address") is not None,
            *(own[column].is_not_null().any() for column in ("payee_account", "document_no", "contract")),
            *(own[column].drop_nulls().n_unique() > 1 for column in ("handler", "village")),
        ]
    return found


@says("ghost_payee", "traces")
def _(county, paid, cells):
    found = traces(county)
    kind, mine = found[paid["payee"]]
    peers = [records for other, records in found.values() if other == kind]
    usual = [sum(column) >= 0.6 * len(peers) for column in zip(*peers)]

    def missing(records):
        of = sum(a or b for a, b in zip(usual, records))
        return sum(a and not b for a, b in zip(usual, records)), of

    lacks, of = missing(mine)
    own = county.paid.filter(pl.col("payee") == paid["payee"], pl.col("amount") > 0)
    alike = sum(other * of >= lacks * all for other, all in map(missing, peers))
    return {
        "payee": paid["payee"], "payments": own.height, "sum": own["amount"].sum(), "missing": lacks, "of": of,
        "peers": len(peers), "alike": alike,
    }


RECORDS = ["register", "household", "phone", "address", "account", "document", "contract", "handler", "village"]


@says("ghost_payee", *RECORDS)
def _(county, paid, cells):
    return {"holds": not traces(county)[paid["payee"]][1][RECORDS.index(cells["sentence"])]}


@says("payee_is_cadre_or_kin", "cadre", "errand")
def _(county, paid, cells):
    person, _ = payee_persons(county, paid["payee"])
    slip = paid["document"] == "self_made"
    return {"cadre": person, "holds": bool(county.in_office(person, paid)) and slip == (cells["sentence"] == "errand")}


@says("payee_is_cadre_or_kin", "owner")
def _(county, paid, cells):
    _, owner = payee_persons(county, paid["payee"])
    return {"payee": paid["payee"], "cadre": owner, "holds": bool(county.in_office(owner, paid))}


@says("payee_is_cadre_or_kin", "kin", "kin_owner", "further_kin", "further_kin_owner")
def _(county, paid, cells):
    person, owner = payee_persons(county, paid["payee"])
    is_owner = cells["sentence"].endswith("owner")
    person = owner if is_owner else person
    degree = county.degrees.get((person, cells["cadre"]))
    fits = degree == 1 if not cells["sentence"].startswith("further") else (degree or 0) > 1
    found = {"person": person, "cadre": cells["cadre"], "holds": fits and bool(county.in_office(cells["cadre"], paid))}
    found |= {"payee": paid["payee"]} if is_owner else {}
    return found | ({"degree": degree} if "degree" in cells else {})


@says("payee_is_cadre_or_kin", "new_firm")
def _(county, paid, cells):
    start = min(post["start"] for post in county.in_office(cells["cadre"], paid))
    since = county.payees[paid["payee"]]["first_seen"]
    return {
        "payee": paid["payee"], "cadre": cells["cadre"], "since": text(since), "start": text(start),
        "holds": since > start,
    }


@says("payee_concentration", "most")
def _(county, paid, cells):
    persons = [payee for payee, row in county.payees.items() if row["person"]]
    bought = county.open.filter(
        pl.col("expense") == cells["class"], pl.col("contract").is_null(), pl.col("payee").is_not_null(),
        ~pl.col("payee").is_in(persons),
    )
    own = same(bought, paid, "village")
    theirs = own.filter(pl.col("payee") == cells["payee"])
    counts = own["payee"].value_counts()["count"]
    return {
        "class": cells["class"], "payee": cells["payee"], "of": own.height, "most": theirs.height,
        "share": theirs.height / own.height, "sum": theirs["amount"].sum(), "holds": theirs.height == counts.max(),
        **usual_share(bought, paid["village"]),
    }


def usual_share(bought, village):
    """The share of the most frequent payee in other villages with two years of twenty payments."""
    years = bought.group_by("village", pl.col("date").dt.year().alias("year")).len().filter(pl.col("len") >= 20)
    enough = years.group_by("village").len().filter(pl.col("len") >= 2)["village"]
    shares = [
        rows["payee"].value_counts()["count"].max() / rows.height
        for (other,), rows in bought.group_by("village") if other != village and other in enough
    ]
    return {"villages": len(shares), "usual": median(shares)}


@says("payee_multi_village_pattern", "amounts")
def _(county, paid, cells):
    theirs = same(county.open, paid, "payee").filter(
        pl.col("contract").is_null(), ~pl.col("expense").is_in(["wage", "subsidy"])
    ).to_dicts()
    near = twins = 0
    told = False
    for one in theirs:
        beside = [
            other for other in theirs
            if other["village"] != one["village"] and abs((other["date"] - one["date"]).days) <= 7
        ]
        alike = [other for other in beside if other["amount"] == one["amount"]]
        near += bool(beside)
        twins += bool(alike)
        if (one["village"], text(one["date"]), one["amount"]) == (cells["village"], cells["day"], cells["amount"]):
            told |= any((other["village"], text(other["date"])) == (cells["other"], cells["date"]) for other in alike)
    example = {cell: cells[cell] for cell in ("amount", "village", "day", "other", "date")}
    return {"near": near, "twins": twins, "window": 7, **example, "holds": told}


@says("new_payee_large", "first")
def _(county, paid, cells):
    first = county.paid.sort("date", "slip", "line").group_by("village", "payee", maintain_order=True).first()
    begun = county.paid.group_by("village").agg(begun=pl.col("date").min())
    late = first.join(begun, on="village").filter((pl.col("date") - pl.col("begun")).dt.total_days() >= 180)
    of_class = late.filter(
        ~pl.col("fixed_standard").fill_null(False), pl.col("amount") > 0, pl.col("contract").is_null(),
        pl.col("expense") == paid["expense"], pl.col("payee").is_not_null(),
    )
    return {
        "village": paid["village"], "payee": paid["payee"], "amount": paid["amount"], "class": paid["expense"],
        "of": of_class.height, "usual": middle(of_class), "holds": paid["id"] in of_class["id"],
    }


@says("new_payee_large", "young", "entered_later")
def _(county, paid, cells):
    since = county.payees[paid["payee"]]["first_seen"]
    days = (paid["date"] - since).days
    return {"since": text(since), "days": abs(days), "holds": (days >= 0) == (cells["sentence"] == "young")}


@says("one_off_payee", "other", "person")
def _(county, paid, cells):
    once = county.paid.filter(pl.col("payee").is_not_null()).group_by("payee").agg(
        pl.col("slip").n_unique().alias("slips"), pl.col("amount").sum(), pl.col("amount").min().alias("least"),
        pl.col("date").first(), pl.col("expense").first(), pl.col("id").first(), pl.col("line").min(),
        pl.col("fixed_standard").fill_null(False).any(), pl.col("contract").is_not_null().any(),
    )
    persons = [payee for payee, row in county.payees.items() if row["person"]]
    is_person = pl.col("payee").is_in(persons)
    alike = once.filter(
        pl.col("slips") == 1, pl.col("least") > 0, ~pl.col("fixed_standard"), ~pl.col("contract"),
        (pl.col("date") - county.first).dt.total_days() >= 90, (county.last - pl.col("date")).dt.total_days() >= 90,
        pl.col("expense") == paid["expense"], is_person if cells["sentence"] == "person" else ~is_person,
    )
    mine = alike.filter(pl.col("payee") == paid["payee"])
    return {
        "from": text(county.first), "until": text(county.last), "voucher": paid["id"], "day": text(paid["date"]),
        "sum": mine["amount"].sum(), "class": paid["expense"], "of": alike.height, "usual": middle(alike),
        "holds": mine.height == 1,
    }


def middle(frame):
    """The median amount, in whole fen: what a mean of two amounts has beyond is cut off."""
    fen = (frame["amount"] * 100).round(0).cast(pl.Int64).sort()
    return (fen[(fen.len() - 1) // 2] + fen[fen.len() // 2]) // 2 / 100


def usual_of(frame):
    return {"of": frame.height, "usual": middle(frame)}


@says("relative_size_factor", "larger")
def _(county, paid, cells):
    alone = county.open.filter(pl.col("contract").is_null())
    theirs = same(alone, paid, "payee")
    account = same(alone, paid, "account")
    usual, typical = middle(theirs), middle(account)
    return {
        "payee": paid["payee"], "account": paid["root"], "amount": paid["amount"], **usual_of(theirs),
        "times": paid["amount"] / usual, "many": account.height, "median": typical,
        "multiple": paid["amount"] / typical,
    }


@says("shared_identifier", "account")
def _(county, paid, cells):
    # A payee who was paid into the account only under contracts that were decided does not count.
    into = county.paid.filter(
        pl.col("payee_account") == cells["account"], pl.col("contract").is_null() | pl.col("decision").is_null()
    )
    payees = set(into["payee"].drop_nulls().unique()) - {paid["payee"]}
    others = [
        payee for payee in payees
        if (county.payees.get(payee) or {}).get("kind") not in PUBLIC and county.strangers(paid["payee"], payee)
    ]
    return {"account": cells["account"], "others": others, "holds": same(into, paid, "payee").height > 0}


def registered_alike(county, paid, column, kinds):
    mine = county.payees[paid["payee"]]
    return [
        payee for payee, row in county.payees.items()
        if payee != paid["payee"] and row[column] == mine[column] and row["kind"] not in PUBLIC
        and (kinds is None or row["kind"] in kinds) and county.strangers(paid["payee"], payee)
    ]


@says("shared_identifier", "phone")
def _(county, paid, cells):
    return {
        "phone": county.payees[paid["payee"]]["phone"], "others": registered_alike(county, paid, "phone", None),
    }


@says("shared_identifier", "address")
def _(county, paid, cells):
    mine = county.payees[paid["payee"]]
    return {
        "address": mine["address"], "others": registered_alike(county, paid, "address", ["firm"]),
        "holds": mine["kind"] == "firm",
    }


@says("shared_identifier", "cadre")
def _(county, paid, cells):
    mine = county.payees.get(paid["payee"]) or {}
    free = county.paid.filter(pl.col("contract").is_null() | pl.col("decision").is_null())
    accounts = same(free, paid, "payee")["payee_account"].drop_nulls()
    others = set(free.filter(pl.col("payee_account").is_in(accounts.implode()))["payee"].drop_nulls())
    if mine.get("phone"):
        others |= {payee for payee, row in county.payees.items() if row["phone"] == mine["phone"]}
    strangers = [
        other for other in others - {paid["payee"]}
        if (county.payees.get(other) or {}).get("kind") not in PUBLIC and county.strangers(paid["payee"], other)
    ]
    return {"cadres": {county.persons(other) for other in strangers} & set(county.posts)}


# Limits --------------------------------------------------------------------------------------------------------------


def undecided(county, paid):
    return same(county.open, paid, "village", "payee").filter(pl.col("decision").is_null())


def below(county, frame, limit):
    """Vouchers that stayed below this limit or a lower one, as limits were on their day."""
    sums = frame.group_by("slip", "village", "expense", "date").agg(pl.col("amount").sum().round(2))
    own = lambda row: county.limit_above(row["village"], row["expense"], row["date"], row["amount"])
    return [row for row in sums.to_dicts() if (own(row) or limit + 1) <= limit]


@says("split_same_payee_window", "window", "day")
def _(county, paid, cells):
    start, end = (day(cells.get(key) or cells["day"]) for key in ("from", "until"))
    vouchers = below(county, same(undecided(county, paid), paid, "expense"), cells["limit"])
    inside = [voucher for voucher in vouchers if start <= voucher["date"] <= end]
    found = {
        "village": paid["village"], "class": paid["expense"], "limit": cells["limit"], "all": len(vouchers),
        "vouchers": len(inside), "sum": sum(voucher["amount"] for voucher in inside),
    }
    ends = sorted(voucher["date"] for voucher in inside)
    found["holds"] = found["sum"] >= 1.1 * cells["limit"] and len(inside) > 1
    if cells["sentence"] == "day":
        return found | {"day": text(ends[0])}
    return found | {"from": text(ends[0]), "until": text(ends[-1]), "days": (ends[-1] - ends[0]).days}


# Words that say nothing of what was bought, the long ones first; the page of `vague_purpose` names only some of them.
GENERAL = (
    "其他 其它 零星 日常 杂项 杂支 杂费 费用 支出 开支 款项 支付 付款 报销 经费 资金 一批 相关 有关 各项 一次 "
    "付 款 费 年 月 日 第 期 等"
).split()


def bare(purpose):
    """A purpose without numbers, bracketed text and general words."""
    purpose = re.sub(r"[（(\[【].*?[）)\]】]", "", purpose or "")
    purpose = "".join(letter for letter in purpose if letter.isalpha())
    for word in GENERAL:
        purpose = purpose.replace(word, "")
    return purpose


@says("split_across_accounts", "window", "day")
def _(county, paid, cells):
    start, end = (day(cells.get(key) or cells["day"]) for key in ("from", "until"))
    matter = bare(cells["purpose"])
    rows = [
        dict(row, limit=county.limit_above(row["village"], row["expense"], row["date"], row["amount"]))
        for row in undecided(county, paid).filter(pl.col("date").is_between(start, end)).to_dicts()
        if bare(row["summary"]) == matter
    ]
    rows = [row for row in rows if row["limit"]]
    most = max(rows, key=lambda row: row["limit"])
    dates = sorted(row["date"] for row in rows)
    found = {
        "village": paid["village"], "payments": len(rows), "purpose": cells["purpose"], "limit": most["limit"],
        "sum": sum(row["amount"] for row in rows), "accounts": sorted({row["root"] for row in rows}),
        "class": most["expense"],
        "holds": cells["purpose"] in {row["summary"] for row in rows}
        and all(row["amount"] < most["limit"] for row in rows),
    }
    if cells["sentence"] == "day":
        return found | {"day": text(dates[0])}
    return found | {"from": text(dates[0]), "until": text(dates[-1]), "days": (dates[-1] - dates[0]).days}


def under_limits(county, paid):
    """What the village paid the payee and those who belong to it in the class, by vouchers that stay under a limit.

    Lines of one voucher were approved together; where their limits differ, the highest is theirs.
    """
    party, _ = county.parties
    mine = [payee for payee, of in party.items() if of == party[paid["payee"]]]
    rows = same(county.open, paid, "village", "expense").filter(
        pl.col("decision").is_null(), pl.col("payee").is_in(mine)
    )
    vouchers = defaultdict(list)
    for row in rows.to_dicts():
        row["limit"] = county.limit_above(row["village"], row["expense"], row["date"], row["amount"])
        row["fen"] = round(row["amount"] * 100)
        if row["limit"]:
            vouchers[row["slip"], row["date"]].append(row)
    under = []
    for lines in vouchers.values():
        limit = max(row["limit"] for row in lines)
        if sum(row["fen"] for row in lines) < limit * 100:
            under += [dict(row, limit=limit) for row in lines]
    return under


def runs(under):
    """The runs of such lines that reach the highest of their limits together within ten days."""
    for limit in {row["limit"] for row in under}:
        below = [row for row in under if row["limit"] <= limit]
        for start in {row["date"] for row in below}:
            run = [row for row in below if 0 <= (row["date"] - start).days <= 10]
            fen = sum(row["fen"] for row in run)
            highest = max(row["limit"] for row in run)
            if highest == limit and len({row["slip"] for row in run}) > 1 and fen >= limit * 100:
                yield fen / limit, limit, run


@says("together_over_limit", "run", "day")
def _(county, paid, cells):
    holding = [found for found in runs(under_limits(county, paid)) if paid["id"] in {row["id"] for row in found[2]}]
    most = max(times for times, _, _ in holding)
    largest = [(limit, sorted(run, key=lambda row: row["date"])) for times, limit, run in holding if times == most]
    # Which of several equally large is told, the page does not say.
    limit, run = next((found for found in largest if text(found[1][0]["date"]) == cells["from"]), largest[0])
    latest = [row for row in run if row["limit"] == limit][-1]
    band = next(
        band for band in county.bands(paid["village"], paid["expense"], latest["date"]) if band["from_amount"] == limit
    )
    start, end = run[0]["date"], run[-1]["date"]
    found = {
        "vouchers": len({row["slip"] for row in run}), "from": text(start),
        "sum": sum(row["fen"] for row in run) / 100,
        "class": paid["expense"], "payees": {row["payee"] for row in run}, **of_band(band),
        "holds": (end > start) == (cells["sentence"] == "run"),
    }
    return found | ({"until": text(end), "days": (end - start).days} if cells["sentence"] == "run" else {})


@says("together_over_limit", "owner", "phone", "account", "linked")
def _(county, paid, cells):
    _, known = county.parties
    told = cells["facts"].get("run") or cells["facts"]["day"]
    common = {}
    for by in ("owner", "phone", "account"):
        values = {known[payee][by] for payee in told["payees"]}
        if len(values) == 1 and None not in values:
            common[by] = values.pop()
    if cells["sentence"] == "linked":
        return {"holds": not common and len(told["payees"]) > 1}
    return {cells["sentence"]: common[cells["sentence"]], "holds": len(told["payees"]) > 1}


@says("just_below_limit", "below")
def _(county, paid, cells):
    limit = county.limit_above(paid["village"], paid["expense"], paid["date"], paid["amount"])
    band = next(
        band for band in county.bands(paid["village"], paid["expense"], paid["date"]) if band["from_amount"] == limit
    )
    width = 0.1 if limit < 1000 else 0.05
    return {
        "amount": paid["amount"], "class": paid["expense"], **of_band(band), "short": limit - paid["amount"],
        "holds": limit - paid["amount"] <= width * limit,
    }


def around_limits(county):
    """For each approver the payments in the bands around limits, those just below one, and whether any reached one."""
    width = lambda limit: round(limit * 100 * (0.1 if limit < 1000 else 0.05))
    bands, under, reaching = Counter(), defaultdict(list), set()
    for row in county.open.filter(pl.col("approver").is_not_null()).to_dicts():
        limits = [band["from_amount"] for band in county.bands(row["village"], row["expense"], row["date"])[1:]]
        fen = round(row["amount"] * 100)
        above = next((limit for limit in limits if fen < limit * 100), None)
        reached = next((limit for limit in reversed(limits) if limit * 100 <= fen), None)
        short = above * 100 - fen if above else None
        if reached:
            reaching.add(row["approver"])
        if above and short <= width(above):
            under[row["approver"]].append((row["expense"], above))
        near = above and short <= 2 * width(above)
        bands[row["approver"]] += bool(near or reached and fen - reached * 100 < width(reached))
    return bands, under, reaching


@says("limit_bunching", "around")
def _(county, paid, cells):
    bands, under, reaching = around_limits(county)
    own = paid["approver"]
    most = Counter(under[own])
    return {
        "of": bands[own], "under": len(under[own]), "width": 0.05, "twice": 0.1, "wide": 0.1, "small": 1000.0,
        "class": cells["class"], "limit": cells["limit"], "most": max(most.values()),
        "others": sum(bands[one] for one in reaching - {own}),
        "theirs": sum(len(under[one]) for one in reaching - {own}),
        "holds": own in reaching and most[cells["class"], cells["limit"]] == max(most.values()),
    }


@says("split_across_approvers", "window", "day")
def _(county, paid, cells):
    start, end = (day(cells.get(key) or cells["day"]) for key in ("from", "until"))
    rows = [
        row for row in same(undecided(county, paid), paid, "expense").to_dicts()
        if start <= row["date"] <= end and row["approver"]
        and (county.limit_above(row["village"], row["expense"], row["date"], row["amount"]) or 0) == cells["limit"]
    ]
    dates = sorted(row["date"] for row in rows)
    found = {
        "village": paid["village"], "class": paid["expense"], "payments": len(rows), "limit": cells["limit"],
        "sum": sum(row["amount"] for row in rows), "approvers": {row["approver"] for row in rows},
    }
    if cells["sentence"] == "day":
        return found | {"day": text(dates[0])}
    return found | {"from": text(dates[0]), "until": text(dates[-1]), "days": (dates[-1] - dates[0]).days}


@says("split_sequential_vouchers", "vouchers")
def _(county, paid, cells):
    today = same(undecided(county, paid), paid, "date", "expense")
    rows = today.filter(pl.col("id").is_in(cells["vouchers"])).to_dicts()
    total = sum(row["amount"] for row in rows)
    limit = max(
        county.limit_above(row["village"], row["expense"], row["date"], row["amount"]) or 0 for row in rows
    )
    numbers = sorted(int(re.search(r"\d+$", row["voucher"]).group()) for row in rows)
    return {
        "day": text(paid["date"]), "class": paid["expense"], "count": len({row["slip"] for row in rows}),
        "limit": limit, "sum": total, "vouchers": [row["id"] for row in rows],
        "holds": total >= limit and all(b - a <= 1 for a, b in zip(numbers, numbers[1:])),
    }


@says("split_sequential_vouchers", "documents")
def _(county, paid, cells):
    rows = same(undecided(county, paid), paid, "date", "expense").filter(pl.col("document_no").is_not_null()).to_dicts()
    number = lambda row: int(re.search(r"\d+$", row["document_no"]).group())
    rows.sort(key=number)
    at = next(place for place, row in enumerate(rows) if row["id"] == paid["id"])
    first = last = at
    while first > 0 and 1 <= number(rows[first]) - number(rows[first - 1]) <= 2:
        first -= 1
    while last + 1 < len(rows) and 1 <= number(rows[last + 1]) - number(rows[last]) <= 2:
        last += 1
    series = rows[first : last + 1]
    limit = max(
        county.limit_above(row["village"], row["expense"], row["date"], row["amount"]) or 0 for row in series
    )
    total = sum(row["amount"] for row in series)
    return {
        "day": text(paid["date"]), "class": paid["expense"], "count": len(series), "limit": limit, "sum": total,
        "numbers": [row["document_no"] for row in series], "holds": total >= limit,
    }


# Digits --------------------------------------------------------------------------------------------------------------


def leading(amount):
    return f"{amount:.2f}".replace(".", "").lstrip("0")[:2]


@says("summation_test", "alike")
def _(county, paid, cells):
    rows = county.open.filter(
        pl.col("village") == paid["village"], ~pl.col("expense").is_in(["wage", "subsidy"]), pl.col("amount") >= 10
    ).sort("amount", descending=True).to_dicts()
    seen, kept = set(), []
    for row in rows:
        row["digits"] = leading(row["amount"])
        if (row["payee"], row["digits"]) not in seen:
            kept.append(row)
        seen.add((row["payee"], row["digits"]))
    least = kept[:100][-1]["amount"]
    large = [row for row in rows if row["amount"] >= least]
    alike = [row for row in large if row["digits"] == cells["digits"]]
    return {
        "count": len(alike), "of": len(large), "least": least, "digits": cells["digits"],
        "amount": sum(row["amount"] for row in alike), "payees": {row["payee"] for row in alike},
    }


def is_round(amount):
    return amount % (1000 if amount >= 10000 else 100) == 0


def distinct_amounts(rows):
    """Amounts without repeats for one payee or on one day."""
    seen, kept = set(), []
    for row in rows:
        keys = {("payee", row["payee"], row["amount"]), ("day", row["date"], row["amount"])}
        if not keys & seen:
            kept.append(row)
        seen |= keys
    return kept


@says("round_number_excess", "county", "township")
def _(county, paid, cells):
    compared = county.open.filter(
        ~pl.col("expense").is_in(["wage", "subsidy"]), pl.col("contract").is_null(), pl.col("amount") >= 200
    ).sort("date", "slip", "line")
    counts = {}
    for (village,), rows in compared.group_by("village", maintain_order=True):
        kept = distinct_amounts(rows.select("payee", "date", "amount").to_dicts())
        counts[village] = (sum(is_round(row["amount"]) for row in kept), len(kept))
    mine = counts.pop(paid["village"])
    share = lambda of: sum(round for round, _ in of) / sum(whole for _, whole in of)
    found = {
        "round": mine[0], "of": mine[1], "share": mine[0] / mine[1], "from": 200.0,
        "county": share(counts.values()),
    }
    if cells["sentence"] == "township":
        near = [count for village, count in counts.items() if village[:9] == paid["township"]]
        found["township"] = share(near)
    return found


def unrepeated(county, least=10.0):
    """The amounts that digits are taken from, by village."""
    rows = county.open.filter(
        ~pl.col("expense").is_in(["wage", "subsidy"]), pl.col("amount") >= least
    ).sort("date", "slip", "line")
    return {
        village: distinct_amounts(own.select("payee", "date", "amount", "expense").to_dicts())
        for (village,), own in rows.group_by("village", maintain_order=True)
    }


def law(digits, second=False):
    """The share of amounts with these digits by Benford's law."""
    if second:
        return sum(log10(1 + 1 / (10 * first + int(digits))) for first in range(1, 10))
    return log10(1 + 1 / int(digits))


@says("benford_first_digit", "digits")
@says("benford_first_two", "digits")
@says("benford_second_digit", "digits")
def _(county, paid, cells):
    villages = unrepeated(county)
    second = cells["indicator"] == "benford_second_digit"
    has = lambda row: leading(row["amount"])[second : second + len(cells["digits"])] == cells["digits"]
    own = villages.pop(paid["village"])
    others = [row for rows in villages.values() for row in rows]
    return {
        "count": sum(map(has, own)), "of": len(own), "digits": cells["digits"],
        "law": len(own) * law(cells["digits"], second), "county": len(own) * sum(map(has, others)) / len(others),
    }


@says("benford_drift", "digit")
def _(county, paid, cells):
    villages = unrepeated(county)
    change, first = day(cells["change"]), str(cells["digit"])
    own = villages.pop(paid["village"])
    others = [row for rows in villages.values() for row in rows]
    parts = lambda rows: ([row for row in rows if row["date"] >= change], [row for row in rows if row["date"] < change])
    count = lambda rows: sum(leading(row["amount"])[0] == first for row in rows)
    (later, earlier), (now, formerly) = parts(own), parts(others)
    return {
        "change": cells["change"], "digit": cells["digit"], "after": count(later), "later": len(later),
        "before": count(earlier), "earlier": len(earlier), "others": count(now) / len(now),
        "formerly": count(formerly) / len(formerly),
    }


def moved(amount):
    while amount >= 100:
        amount /= 10
    return amount


@says("distortion_factor", "mean")
def _(county, paid, cells):
    villages = unrepeated(county)
    average = lambda rows: sum(moved(row["amount"]) for row in rows) / len(rows)
    own = villages.pop(paid["village"])
    others = [row for rows in villages.values() for row in rows]
    return {"of": len(own), "mean": average(own), "law": 90 / log(10), "others": average(others)}


def steps(rows):
    """Steps between unequal neighbours of different payees, sorted by size within each class."""
    found = []
    for expense in {row["expense"] for row in rows}:
        own = sorted((row for row in rows if row["expense"] == expense), key=lambda row: row["amount"])
        for low, high in zip(own, own[1:]):
            if low["amount"] != high["amount"] and low["payee"] != high["payee"]:
                found.append(round(high["amount"] - low["amount"], 2))
    return found


@says("second_order", "steps")
def _(county, paid, cells):
    villages = {village: steps(rows) for village, rows in unrepeated(county).items()}
    own = villages.pop(paid["village"])
    others = [step for found in villages.values() for step in found]
    count = lambda found: sum(leading_two(step) == cells["digits"] for step in found)
    return {
        "of": len(own), "count": count(own), "digits": cells["digits"], "step": round(cells["high"] - cells["low"], 2),
        "low": cells["low"], "high": cells["high"], "county": len(own) * count(others) / len(others),
        "holds": leading_two(cells["step"]) == cells["digits"],
    }


def leading_two(amount):
    return leading(amount).ljust(2, "0")


# Peers ---------------------------------------------------------------------------------------------------------------


@says("multivariate_rarity", "size")
def _(county, paid, cells):
    account = same(county.open, paid, "series")
    larger = account.filter(pl.col("amount") >= paid["amount"]).height
    return {"amount": paid["amount"], "account": paid["root"], "larger": larger, "of": account.height}


@says("multivariate_rarity", "over_usual")
def _(county, paid, cells):
    theirs = same(county.open, paid, "payee")
    usual = usual_of(theirs)
    return {"amount": paid["amount"], "payee": paid["payee"], **usual, "times": paid["amount"] / usual["usual"]}


@says("multivariate_rarity", "pause")
def _(county, paid, cells):
    before = same(county.open, paid, "village", "payee").filter(pl.col("date") < paid["date"])["date"].max()
    return {
        "day": text(paid["date"]), "payee": paid["payee"], "last": text(before), "days": (paid["date"] - before).days,
    }


@says("multivariate_rarity", "account")
def _(county, paid, cells):
    village = same(county.open, paid, "village")
    return {"account": paid["root"], "of": village.height, "count": same(village, paid, "series").height}


@says("multivariate_rarity", "method")
def _(county, paid, cells):
    between = county.open.filter(
        pl.col("amount").is_between(cells["low"], cells["high"]), pl.col("method").is_not_null()
    )
    return {
        "method": paid["method"], "low": cells["low"], "high": cells["high"], "of": between.height,
        "count": same(between, paid, "method").height, "holds": cells["low"] <= paid["amount"] <= cells["high"],
    }


@says("multivariate_rarity", "day")
def _(county, paid, cells):
    village = same(county.open, paid, "village")
    count = village.filter(pl.col("date").dt.day() == paid["date"].day).height
    return {"day": paid["date"].day, "of": village.height, "count": count}


@says("multivariate_rarity", "document")
def _(county, paid, cells):
    account = same(county.open, paid, "series").filter(pl.col("document").is_not_null())
    return {
        "document": paid["document"], "account": paid["root"], "of": account.height,
        "count": same(account, paid, "document").height,
    }


@says("multivariate_rarity", "attached")
def _(county, paid, cells):
    alike = same(county.open, paid, "document").filter(pl.col("attachments").is_not_null())
    return {
        "document": paid["document"], "attachments": paid["attachments"], "of": alike.height,
        "count": same(alike, paid, "attachments").height,
    }


@says("composition_shift", "account")
def _(county, paid, cells):
    free = county.open.filter(pl.col("decision").is_null())
    own = same(free, paid, "village")
    account = pl.col("series") == cells["account"]

    def parts(frame):
        then = frame.filter(pl.col("month").is_between(pl.lit(cells["from"]), pl.lit(cells["to"])))
        before = frame.filter(pl.col("month") < cells["from"])
        return then, before

    (then, before), (there, formerly) = parts(own), parts(free)
    return {
        "from": cells["from"], "to": cells["to"], "account": cells["account"], "of": then.height,
        "count": then.filter(account).height, "past": before.height, "before": before.filter(account).height,
        "county": there.filter(account).height / there.height,
        "formerly": formerly.filter(account).height / formerly.height,
    }


@says("regime_change_at_handover", "new_payees")
def _(county, paid, cells):
    held = [payee for payee, row in county.payees.items() if row["person"] in county.posts]
    free = same(county.open, paid, "village").filter(
        pl.col("decision").is_null(), pl.col("payee").is_null() | ~pl.col("payee").is_in([*held, *county.posts])
    )
    year, month = map(int, cells["start"].split("-")[:2])
    before = free.filter(pl.col("month").is_in([earlier(year, month, step) for step in range(1, 13)]))
    after = free.filter(pl.col("month").is_in([earlier(year, month, -step) for step in range(1, 13)]))
    fresh = after.filter(~pl.col("payee").is_in(before["payee"].implode()))
    heads = [
        post for post in county.posts[cells["successor"]]
        if post["village"] == paid["village"] and post["post"] in ("director", "secretary")
    ]
    return {
        "successor": cells["successor"], "start": cells["start"], "months": 12, "before": before.height,
        "earlier": before["amount"].sum(), "after": after.height, "later": after["amount"].sum(),
        "new": fresh.height, "fresh": fresh["amount"].sum(), "payees": set(fresh["payee"].drop_nulls()),
        "holds": cells["start"] in {text(post["start"]) for post in heads},
    }


# Purpose -------------------------------------------------------------------------------------------------------------


@says("invoice_invalid", "unnumbered")
def _(county, paid, cells):
    invoices = same(county.paid, paid, "township").filter(pl.col("document") == "invoice", pl.col("amount") > 0)
    numbered = invoices["document_no"].drop_nulls().len()
    return {
        "of": invoices.height, "with": numbered,
        "holds": paid["document"] == "invoice" and paid["document_no"] is None,
    }


@says("invoice_invalid", "late", "late_year", "old")
def _(county, paid, cells):
    days = (paid["document_date"] - paid["date"]).days
    return {
        "document": text(paid["document_date"]), "day": text(paid["date"]), "days": abs(days),
        "holds": paid["document"] == "invoice" and (days < 0) == (cells["sentence"] == "old"),
    }


@says("purpose_account_mismatch", "word")
def _(county, paid, cells):
    chart = same(county.open, paid, "chart").filter(pl.col("summary").is_not_null())
    holds = pl.col("summary").str.contains(cells["word"], literal=True)
    fits = chart.filter(pl.col("root") == cells["fits"])
    mine = same(chart, paid, "root").filter(pl.col("id") != paid["id"])
    return {
        "account": paid["root"], "purpose": paid["summary"], "word": cells["word"], "fits": cells["fits"],
        "theirs": fits.height, "there": fits.filter(holds).height, "ours": mine.height,
        "here": mine.filter(holds).height, "holds": cells["word"] in paid["summary"],
    }


@says("rare_payee_account", "account")
def _(county, paid, cells):
    chart = same(county.open, paid, "chart")
    theirs = same(chart, paid, "payee")
    roots = Counter(theirs["root"].to_list())
    usual = max(count for root, count in roots.items() if root != paid["root"])
    return {
        "account": paid["root"], "payee": paid["payee"], "of": theirs.height, "alike": roots[paid["root"]],
        "usual": usual, "instead": cells["instead"], "whole": same(chart, paid, "root").height,
        "holds": roots[cells["instead"]] == usual and cells["instead"] != paid["root"],
    }


@says("vague_purpose", "vague")
def _(county, paid, cells):
    clerk = same(county.open, paid, "clerk")
    account = same(county.open, paid, "chart", "root")
    vague = lambda frame: sum(bool(purpose) and not bare(purpose) for purpose in frame["summary"])
    return {
        "amount": paid["amount"], "purpose": paid["summary"], "clerk": paid["clerk"], "account": paid["root"],
        "of": clerk.height, "vague": vague(clerk), "whole": account.height, "alike": vague(account),
        "holds": not bare(paid["summary"]),
    }


@says("white_slip", "none")
def _(county, paid, cells):
    return {"amount": paid["amount"], "holds": paid["document"] == "none" and paid["amount"] >= 300}


@says("white_slip", "claim", "self_made")
def _(county, paid, cells):
    row = county.payees.get(paid["payee"]) or {}
    person = bool(row.get("person")) or row.get("kind") == "person"
    return {
        "amount": paid["amount"], "payee": paid["payee"],
        "holds": paid["document"] == "self_made" and paid["township_reviewer"] is None and paid["amount"] >= 300
        and person == (cells["sentence"] == "claim"),
    }


# Timing --------------------------------------------------------------------------------------------------------------


def odd_vouchers(county, paid, known, odd):
    """The payee's vouchers in the village and those of its other payees, and how many of each are odd."""
    village = same(county.open, paid, "village").filter(pl.col("payee").is_not_null(), known)
    is_theirs = pl.col("payee") == paid["payee"]
    theirs, others = (village.filter(of).unique(["slip", "payee"]) for of in (is_theirs, ~is_theirs))
    return theirs.height, theirs.filter(odd).height, others.height, others.filter(odd).height


@says("weekend_holiday_posting", "saturday", "sunday", "holiday")
def _(county, paid, cells):
    days = county.table("calendar")
    holidays, workdays = (days.filter(pl.col("kind") == kind)["date"] for kind in ("holiday", "make_up_workday"))
    weekend = (pl.col("date").dt.weekday() > 5) & ~pl.col("date").is_in(workdays.implode())
    off = weekend | pl.col("date").is_in(holidays.implode())
    of, odd, others, elsewhere = odd_vouchers(county, paid, True, off)
    kind = "holiday" if paid["date"] in holidays else {6: "saturday", 7: "sunday"}.get(paid["date"].isoweekday())
    return {
        "day": text(paid["date"]), "payee": paid["payee"], "of": of, "off": odd, "others": others,
        "elsewhere": elsewhere, "holds": kind == cells["sentence"],
    }


@says("after_hours_entry", "night")
def _(county, paid, cells):
    hour = pl.col("entered").dt.hour()
    known = pl.col("entered").is_not_null() & (pl.col("entered").dt.time() != dt.time(0))
    of, odd, others, elsewhere = odd_vouchers(county, paid, known, (hour >= 22) | (hour < 6))
    return {
        "entered": paid["entered"].strftime("%Y-%m-%d %H:%M"), "payee": paid["payee"], "from": 22, "to": 6, "of": of,
        "night": odd, "others": others, "elsewhere": elsewhere,
    }


@says("posting_lag", "late")
def _(county, paid, cells):
    booked = pl.coalesce(pl.col("entered").dt.date(), "date")
    lags = same(county.open, paid, "township").filter(pl.col("document_date").is_not_null()).with_columns(
        lag=(booked - pl.col("document_date")).dt.total_days()
    )
    norm = lags["lag"].quantile(0.9, "higher") + 30
    own = same(lags, paid, "village")
    most = own["lag"].max()
    latest = own.filter(pl.col("id") == cells["voucher"])["lag"].item()
    return {
        "of": own.height, "norm": norm, "late": (own["lag"] > norm).sum(), "days": most, "voucher": cells["voucher"],
        "holds": latest == most,
    }


@says("burst_activity", "within", "on_day")
def _(county, paid, cells):
    start, end = day(cells["from"]), day(cells.get("to") or cells["from"])
    series = same(county.open, {**paid, "expense": cells["class"]}, "village", "expense").filter(
        pl.col("contract").is_null(), pl.col("payee").is_not_null()
    )
    is_theirs = pl.col("payee") == cells["payee"]
    is_inside = pl.col("date").is_between(start, end)
    own, others = series.filter(is_theirs), series.filter(~is_theirs)
    found = {
        "village": paid["village"], "payee": cells["payee"], "class": cells["class"], "from": cells["from"],
        "of": own["slip"].n_unique(), "inside": own.filter(is_inside)["slip"].n_unique(),
        "amount": own.filter(is_inside)["amount"].sum(), "others": others.height,
        "beside": others.filter(is_inside).height,
    }
    return found | ({"to": cells["to"], "days": (end - start).days + 1} if "to" in cells else {})


@says("year_end_rush", "rush", "rush_years")
def _(county, paid, cells):
    spent = same(county.open, paid, "village").filter(
        pl.col("expense") == "non-production", pl.col("decision").is_null()
    )
    months = {
        row["month"]: (row["amount"], row["len"])
        for row in spent.group_by("month").agg(pl.col("amount").sum(), pl.len()).to_dicts()
    }
    year, month = map(int, cells["month"].split("-"))
    before = [months[key] for step in range(1, 12) if (key := earlier(year, month, step)) in months]
    found = {
        "month": cells["month"], "amount": months[cells["month"]][0], "payments": months[cells["month"]][1],
        "usual": median(amount for amount, _ in before), "months": len(before),
    }
    if cells["sentence"] == "rush":
        return found
    yearly = [of[0] for key, of in months.items() if key[5:] == cells["month"][5:] and key != cells["month"]]
    return found | {"yearly": median(yearly), "years": len(yearly)}


def earlier(year, month, step):
    place = year * 12 + month - 1 - step
    return f"{place // 12}-{place % 12 + 1:02}"


@says("dormant_revived", "return", "return_once")
def _(county, paid, cells):
    rows = county.paid.filter(pl.col("amount") > 0, pl.col("payee").is_not_null()).sort("payee", "date")
    returned, mine, last = [], [], None
    for (payee,), own in rows.group_by("payee", maintain_order=True):
        before = back = None
        for row in own.to_dicts():
            if before and (row["date"] - before).days >= 548:
                back, silent = row["date"], before
            before = row["date"]
            is_open = not row["fixed_standard"] and row["contract"] is None
            if back and (row["date"] - back).days <= 60 and is_open:
                returned += [row["amount"]] if row["expense"] == cells["class"] else []
                if payee == paid["payee"] and text(back) == cells["back"]:
                    mine.append(row)
                    last = silent
    found = {
        "payee": paid["payee"], "class": cells["class"], "back": cells["back"], "last": text(last), "window": 60,
        "days": (day(cells["back"]) - last).days, "amount": sum(row["amount"] for row in mine), "of": len(returned),
        "usual": median(returned),
    }
    most = max(mine, key=lambda row: row["amount"])
    found["voucher"] = most["id"]
    return found | ({} if cells["sentence"] == "return_once" else {"payments": len(mine), "most": most["amount"]})


# Comparison ----------------------------------------------------------------------------------------------------------


def agree(stated, found, loose):
    if isinstance(stated, list) or isinstance(found, (list, set)):
        return sorted(map(str, stated or [])) == sorted(map(str, found or []))
    if isinstance(stated, bool) or isinstance(found, bool):
        return stated == found
    if isinstance(stated, (int, float)) and isinstance(found, (int, float)):
        room = max(1e-6 * abs(found), 0.0051 if abs(found) > 100 else 1e-9)
        room = loose * abs(found) if loose else room
        return abs(stated - found) <= room
    return stated == found


POSTS = {"committee": "committee member"}


def plain(words):
    """Words without digits, of which long ones are masked."""
    return re.sub(r"[0-9*]", "", words)


def misnamed(county, paid, stated, sentence):
    """The persons, payees and villages of the blanks whose name or posts on the day are wrong in the sentence."""
    villages = {row["village"]: row["name"] for row in county.table("villages").to_dicts()}
    for value in stated.values():
        named = value if isinstance(value, list) else [value]
        for key in [one for one in named if isinstance(one, str)][:3]:
            if key in county.people:
                posts = {POSTS.get(post["post"], post["post"]) for post in county.in_office(key, paid)}
                name = re.escape(county.people[key]["name"])
                told = re.findall(name + r"(?: \(([a-z, ]+)\))?", sentence)
                # Sentences about longer than a day give no posts.
                if not any(words == "" or set(words.split(", ")) == posts for words in told):
                    yield f"{key} {sorted(posts)}"
            name = (county.payees.get(key) or {}).get("name") or villages.get(key)
            # Where a namesake is told, the id alone is: the name would be the same.
            if name and plain(name) not in plain(sentence) and key not in sentence:
                yield f"{key} {name}"


def first_leads(published, first):
    leads = pl.read_parquet(Path(published) / "leads.parquet")
    rank = {"county": 0, "township": 1, "village": 2}
    order = leads.with_columns(order=pl.col("level").replace_strict(rank)).sort("order", "office", "place")
    county = order.filter(pl.col("level") == "county").head(first)
    return (county if county.height == first else order.head(first)).to_dicts()


def compare(tally, lead, indicator, sentence, stated, found):
    head = f"{lead['lead']} {indicator} {sentence}"
    for cell, value in found.items():
        said = True if cell == "holds" else stated.get(cell)
        tally["cells"] += 1
        if not agree(said, value, LOOSE.get((indicator, cell))):
            tally["disagreements"] += 1
            print(f"{head} {cell}: stated {said!r}, recomputed {value!r}")
    for cell in stated.keys() - found.keys():
        tally["unchecked"] += 1
        print(f"{head} {cell}: unchecked")


def subject(county, lead, indicator, stated):
    """The payment of a lead; where the sentence is about the payee, one of his payments in the village and class told."""
    paid = county.payment(lead["subject"]) if lead["grain"] == "payment" else None
    if lead["grain"] == "payment" and indicator not in ABOUT_PAYEE:
        return paid
    if lead["grain"] not in ("payment", "payee"):
        return None
    theirs = county.open.filter(pl.col("payee") == (paid["payee"] if paid else lead["subject"]))
    for cell, column in (("village", "village"), ("class", "expense")):
        if cell in stated:
            theirs = theirs.filter(pl.col(column) == stated[cell])
    own = theirs.filter(pl.col("id") == lead["subject"])
    rows = (own if own.height else theirs).to_dicts()
    return rows[0] if rows else paid


def check(county, leads, tally):
    for lead in leads:
        for reason in lead["reasons"]:
            facts = json.loads(reason["facts"] or "[]")
            pair = next((fact["cells"] for fact in facts if "voucher" in fact["cells"]), None)
            context = {
                "pair": pair, "facts": {fact["sentence"]: fact["cells"] for fact in facts}, "lead": lead,
                "reason": reason["scheme"],
            }
            for fact in facts:
                indicator, sentence, stated = reason["indicator"], fact["sentence"], fact["cells"]
                tally["facts"] += 1
                recompute = CHECKS.get((indicator, sentence))
                paid = subject(county, lead, indicator, stated)
                if recompute is None or (paid is None and indicator != "payments"):
                    tally["unchecked"] += 1
                    print(f"{lead['lead']} {indicator} {sentence}: unchecked")
                    continue
                known = Stated({
                    **context, **stated, "sentence": sentence, "indicator": indicator,
                })
                try:
                    found = recompute(county, paid, known)
                except (LookupError, ValueError, TypeError, AttributeError, StopIteration) as fault:
                    # Where the rows of a sentence are not to be found, there is nothing to compute.
                    tally["disagreements"] += 1
                    print(f"{lead['lead']} {indicator} {sentence}: stated {stated}, not to be computed: {fault!r}")
                    continue
                tally["given"] += len(known.given & found.keys())
                compare(tally, lead, indicator, sentence, stated, found)
                for who in misnamed(county, paid, stated, fact["text"][0]):
                    tally["disagreements"] += 1
                    print(f"{lead['lead']} {indicator} {sentence}: {who}, but it says: {fact['text'][0]}")


def unreadable(published, tally):
    """Whether the published tables open at all, as those who look a fact up will open them."""
    for table in sorted(Path(published).glob("*.parquet")):
        try:
            pl.read_parquet(table, n_rows=1)
        except pl.exceptions.PolarsError as fault:
            tally["disagreements"] += 1
            print(f"{table.name} cannot be read: {fault}")


def main(data, published, first="20"):
    tally = Counter()
    unreadable(published, tally)
    county = County(data, published)
    leads = first_leads(published, int(first))
    check(county, leads, tally)
    print(
        f"{len(leads)} leads: {tally['facts']} facts, {tally['cells'] - tally['given']} cells checked, "
        f"{tally['given']} taken as given, {tally['disagreements']} disagreements, {tally['unchecked']} unchecked"
    )
    return 1 if tally["disagreements"] or tally["unchecked"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
