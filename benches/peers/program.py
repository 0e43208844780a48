"""Runs the built program: MINGZHANG names it, and PIPELINE another pipeline than the nightly one."""

import os
import subprocess
import sys
from pathlib import Path

NIGHTLY = Path(__file__).resolve().parents[2] / "pipelines" / "nightly.toml"


def mingzhang(*words):
    """Runs a command; whatever fails ends the script."""
    program = os.environ.get("MINGZHANG") or sys.exit("MINGZHANG must name the built program")
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{words[0]}: {done.stderr}")


def run(data, out, *more):
    """The main job on a dataset, with further words of the command; where it published."""
    pipeline = os.environ.get("PIPELINE") or NIGHTLY
    mingzhang("run", pipeline, "--data", data, "--out", out, *more)
    return out
