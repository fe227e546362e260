"""What a folder says of its parts beside the parts themselves: why one failed, and which are being computed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from undercount.experiments.store.folder import PARTS, RUNNING, write_whole
from undercount.experiments.store.seal import Damaged, check_seal

FAILED = ".failed.json"


@dataclass(frozen=True)
class Failure:
    """A job that was given up: `error` in one line, and the one command that does it again, alone."""

    part: str
    error: str
    command: str
    traceback: str = ""
    attempts: int = 1


def record_failure(folder: Path, failure: Failure) -> None:
    """Keep why a part failed, beside where it would be."""
    text = json.dumps(vars(failure), indent=1, ensure_ascii=False) + "\n"
    write_whole(folder / PARTS / f"{failure.part}{FAILED}", text.encode(), durable=False)


def read_failures(folder: Path) -> list[Failure]:
    """Failures on record whose part is not there, by part. A damaged record says so in its error."""
    found = []
    for path in sorted((folder / PARTS).glob(f"*{FAILED}")):
        part = path.name.removesuffix(FAILED)
        if (folder / PARTS / part).exists():
            continue  # done since
        try:
            there = json.loads(path.read_bytes())
            found.append(Failure(part, str(there["error"]), str(there["command"]), str(there["traceback"]),
                                 int(there["attempts"])))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            found.append(Failure(part, "unknown: its record is damaged", ""))
    return found


def running_now(folder: Path) -> list[str]:
    """Parts that a command has handed out to its workers, as it said within the last second or so."""
    try:
        there = json.loads((folder / RUNNING).read_bytes())
        return [name for name in there if isinstance(name, str)] if isinstance(there, list) else []
    except (OSError, ValueError, RecursionError):
        return []


def part_states(folder: Path, names: Iterable[str], held: bool) -> dict[str, tuple[str, Failure | None]]:
    """By part: done, running, failed (with why), missing or damaged. `held`: a command is at work."""
    failures = {failure.part: failure for failure in read_failures(folder)}
    running = set(running_now(folder)) if held else set()
    states: dict[str, tuple[str, Failure | None]] = {}
    for name in names:
        failure = None
        try:
            check_seal(folder, name)
            state = "done"
        except FileNotFoundError:
            failure = None if name in running else failures.get(name)
            state = "running" if name in running else "failed" if failure else "missing"
        except (Damaged, OSError):
            state = "running" if name in running else "damaged"
        states[name] = state, failure
    return states
