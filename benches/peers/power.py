"""Whether stated power holds: what another draw of planted acts shows, against the interval that was stated.

    python power.py WORK [--counties 20] [--villages 25]

Each simulated county is ranked twice, with two seeds: both plant anew, fit anew, and state for each scheme the share of
planted acts that the first payments of the ranking show. Counted is how often the second share lies inside the interval
that the first run stated. MINGZHANG names a built program; PIPELINE another pipeline than the nightly one.
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

from program import mingzhang, run


def stated(data, out, seed):
    run(data, out, "--set", f"seed={seed}")
    (county,) = json.loads((out / "latest" / "power.json").read_text()).values()
    return county


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("work", type=Path)
    asked.add_argument("--counties", type=int, default=20)
    asked.add_argument("--villages", type=int, default=25)
    args = asked.parse_args()
    inside, all_ = defaultdict(int), defaultdict(int)
    for seed in range(1, args.counties + 1):
        data, out = args.work / f"power-{seed}", args.work / f"power-{seed}-out"
        if not data.exists():
            mingzhang("simulate", "--out", data, "--seed", seed, "--villages", args.villages)
        first, second = (stated(data, out, own) for own in (2 * seed, 2 * seed + 1))
        for length in ("within_hours", "one_percent"):
            again = {it["scheme"]: it["share"] for it in second[length]["schemes"]}
            for it in first[length]["schemes"]:
                if it["scheme"] in again:
                    key = (length, it["scheme"])
                    inside[key] += it["low"] <= again[it["scheme"]] <= it["high"]
                    all_[key] += 1
        print(f"county {seed} of {args.counties}", file=sys.stderr, flush=True)
    print("| scheme | within the county's hours | in the first hundredth |")
    print("| --- | ---: | ---: |")
    for scheme in sorted({scheme for _, scheme in all_}):
        cells = [f"{inside[length, scheme]} of {all_[length, scheme]}" for length in ("within_hours", "one_percent")]
        print(f"| {scheme} | {' | '.join(cells)} |")
    for length in ("within_hours", "one_percent"):
        counts = [(inside[key], all_[key]) for key in all_ if key[0] == length]
        print(f"{length}: {sum(c[0] for c in counts)} of {sum(c[1] for c in counts)} shares inside")


if __name__ == "__main__":
    main()
