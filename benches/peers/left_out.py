"""Whether the ranking finds what was not planted: each family of kinds left out of planting in turn.

    python left_out.py WORK DATASET_FOLDER

DATASET_FOLDER is a simulated county with answers (`mingzhang simulate --acts 1`, so that each family has some
twenty acts). For each family the county is ranked twice: as it is, and without the planted kinds that are nearest to the
family's simulated schemes. Shown is the share of the family's acts with a payment in the top 1 % of the ranking. The
simulator and the planter share no code. MINGZHANG names a built program; PIPELINE another pipeline than the nightly one.
"""

import json
import math
import sys
from pathlib import Path

import polars as pl
from judge import TOP, found, inside, lined_up, published, truth_of
from program import run

# Simulated schemes, and the planted kinds nearest to them.
FAMILIES = {
    "splits": (
        ("split_purchase", "split_accounts", "split_approvers", "split_invoices", "limit_hugging", "stepped_amounts"),
        ("split_over_days", "split_among_linked", "split_across_signers", "serial_claims"),
    ),
    "duplicates": (
        ("duplicate_claim", "invoice_reused", "works_rebilled", "reworked_claim"),
        ("claimed_twice", "claimed_by_another", "claimed_in_another_village", "twice_on_a_list"),
    ),
    "payees in doubt": (
        ("ghost_payee", "phantom_firm", "deceased_payee", "revived_payee", "shared_account", "subsidy_diverted"),
        ("ghost_person", "ghost_firm", "dormant_payee_revived", "shared_account", "dead_on_list", "unknown_on_list")
        + ("ineligible_on_list", "account_diverted"),
    ),
    "relatives and own firms": (
        ("kin_supplier", "self_approval", "captive_supplier", "captured_trade"),
        ("kin_firm", "own_firm", "own_claims", "kin_hired", "kin_on_list"),
    ),
    "advances, round trips and rings": (
        ("advance_outstanding", "round_trip", "income_off_book", "shell_ring", "township_ring", "mutual_favours"),
        ("advance_unsettled", "advance_rolled", "round_trip", "fee_across_villages"),
    ),
    "headings and papers": (
        ("misposting", "vague_expenses", "white_slips", "wrong_account", "shifted_costs", "election_treats"),
        ("disguised_spending", "without_papers", "service_fee"),
    ),
    "amounts": (
        ("invented_amounts", "copied_amounts", "round_sums", "inflated_invoice"),
        ("invented_list", "amount_reworked", "price_raised", "over_standard", "paid_above_contract", "contract_supplement"),
    ),
    "procedure": (
        ("bypassed_procedure", "backdated_approval", "hollow_signatures", "papers_out_of_order", "signed_out_of_term")
        + ("stamped_in_bulk",),
        ("decision_missing", "signature_missing", "approved_after_payment", "cash_above_limit"),
    ),
    "time": (
        ("late_invention", "held_back_vouchers", "entered_at_night", "year_end_rush", "burst_of_claims"),
        ("keyed_late", "year_end_rush", "serial_claims"),
    ),
}


def ranked(data, out, without):
    return published(run(data, out, "--set", f"ranking.planting.without={json.dumps(without)}"), data)


def top(truth, scores):
    """The acts' payments, each with whether it stands in the top 1 %."""
    keys = pl.concat([truth.payments, truth.acts["subject"]]).unique(maintain_order=True)
    score, _ = lined_up(keys, scores.payments)
    first = pl.DataFrame({"subject": keys, "top": inside(score, math.ceil(TOP * len(score)))})
    return truth.acts.join(first, on="subject", how="left", maintain_order="left")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    work, data = Path(sys.argv[1]), Path(sys.argv[2])
    truth = truth_of(data)
    whole = top(truth, ranked(data, work / "left-out", []))
    print("| family | acts | in the top 1 % | without the nearest kinds |")
    print("| --- | ---: | ---: | ---: |")
    for name, (schemes, kinds) in FAMILIES.items():
        less = top(truth, ranked(data, work / "left-out", list(kinds)))

        def share(acts):
            own = acts.filter(pl.col("scheme").is_in(schemes))
            return found(own, own["top"])

        with_, without = share(whole), share(less)
        print(f"| {name} | {with_['acts_in_all']} | {with_['acts']:.2f} | {without['acts']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
