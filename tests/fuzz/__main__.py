"""`python -m tests.fuzz --inputs 20000 --seed 1`: every kind by Hypothesis and by Atheris, and a table.

Ends with exit code 1 if anything but BadInput came out, an input took more than two seconds, or memory
grew. Each failure is kept as a file; `python -m tests.fuzz --again FILE` repeats one.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.drive import SETTLED, Tally
from tests.fuzz.engines import ENGINES, guided
from tests.fuzz.targets import KINDS, Workspace, enter

# Parts of a hundred: an input of a region or a result folder costs twenty times one of an observed table.
SHARES = {"parameters": 20, "region": 10, "observed": 45, "settings": 10, "results": 10, "experiment": 5}
GROWTH = 64e6  # bytes after the first thousand inputs; libFuzzer keeps its corpus in memory


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=20_000, help="in all (default: 20000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=["hypothesis", guided()])
    parser.add_argument("--failures", type=Path, default=Path("build/fuzz"), help="folder (default: build/fuzz)")
    parser.add_argument("--again", type=Path, metavar="FILE", help="one input that was kept: KIND-....")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="undercount-fuzz-") as folder:
        if asked.again:
            taken = enter(Workspace(Path(folder)), asked.again.name.partition("-")[0], asked.again.read_bytes())
            print("accepted" if taken else "rejected")
            return 0
        return _all(asked, Path(folder))


def _all(asked: argparse.Namespace, folder: Path) -> int:
    if guided() != "atheris":
        print("Atheris has no wheel here: mutations without feedback take its place")
    whole = sum(SHARES[kind] for kind in asked.kinds) * len(asked.engines)
    valid = Workspace(folder / "valid")
    if "results" in asked.kinds:
        valid.files("results")
    print(f"{'kind':<11} {'engine':<11} {'inputs':>7} {'rejected':>8} {'accepted':>8} {'slowest':>8} {'a second':>8} "
          f"{'memory after ' + str(SETTLED):>17} {'at the end':>11}  failures")
    bad, total = 0, 0
    for kind in asked.kinds:
        for engine in asked.engines:
            tally = _one(kind, engine, -(-asked.inputs * SHARES[kind] // whole), asked, folder)
            bad += tally is None or _wrong(tally)
            total += tally.inputs if tally else 0
    print(f"{total} inputs; " + (f"{bad} of the lines above failed: {asked.failures}" if bad else "nothing failed"))
    return bool(bad)


def _one(kind: str, engine: str, share: int, asked: argparse.Namespace, folder: Path) -> Tally | None:
    """One engine on one kind in a process of its own, so that a crash ends only that and memory is its own."""
    own, result = folder / f"{kind}-{engine}", folder / f"{kind}-{engine}.json"
    shutil.copytree(folder / "valid", own)
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.engines", engine, kind, "--inputs", str(share), "--seed", str(asked.seed),
         "--folder", str(own), "--failures", str(asked.failures), "--tally", str(result)],
        capture_output=True, text=True, errors="replace")
    if done.returncode or not result.exists():
        asked.failures.mkdir(parents=True, exist_ok=True)
        kept = asked.failures / f"{kind}-crash-{engine}"
        if (current := own / f"current-{kind}-{engine}").exists():  # not if it ended before the first input
            shutil.copy(current, kept)
        kept.with_suffix(".txt").write_text(done.stdout[-5000:] + done.stderr[-20_000:])
        print(f"{kind:<11} {engine:<11} the process ended with {done.returncode}: {kept}")
        return None
    tally = Tally(**json.loads(result.read_text()))
    settled = f"{tally.settled_bytes / 1e6:.0f} MB" if tally.settled_bytes else "-"
    print(f"{kind:<11} {engine:<11} {tally.inputs:>7} {tally.rejected:>8} {tally.accepted:>8} {tally.slowest:>6.2f} s "
          f"{tally.inputs / tally.seconds:>8.0f} {settled:>17} {tally.end_bytes / 1e6:>8.0f} MB  {len(tally.failures)}",
          flush=True)
    for where, file in tally.failures.items():
        print(f"    {where}: {file}")
    return tally


def _wrong(tally: Tally) -> bool:
    grown = tally.end_bytes - tally.settled_bytes if tally.settled_bytes else 0
    if grown > GROWTH:
        print(f"    memory grew by {grown / 1e6:.0f} MB")
    return bool(tally.failures) or grown > GROWTH


if __name__ == "__main__":
    sys.exit(main())
