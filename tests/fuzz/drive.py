"""What one engine does to one kind of input: counts, time, memory, and each failure as a file."""

from __future__ import annotations

import faulthandler
import hashlib
import json
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from undercount.experiments.bench.memory import bytes_now

from tests.fuzz.targets import KINDS, Workspace, enter

LONGEST = 5.0  # seconds of processor time; a report of broken results takes 0.8, on a crowded machine three times that
HUNG = 600.0  # seconds on the clock after which the process is ended; a starved machine is no hang
SETTLED = 1000  # inputs after which memory may grow no more


@dataclass
class Tally:
    """What came of the inputs so far."""

    kind: str
    engine: str
    inputs: int = 0
    accepted: int = 0
    rejected: int = 0
    slowest: float = 0.0  # seconds
    settled_bytes: int = 0  # resident after SETTLED inputs
    end_bytes: int = 0
    seconds: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)  # where it failed: the file of the input


class Driver:
    """Gives inputs to one kind and keeps the tally; `one` raises nothing but what `strict` asks for."""

    def __init__(self, kind: str, engine: str, space: Workspace, failures: Path):
        assert kind in KINDS, kind
        self.space, self.failures = space, failures
        self.tally = Tally(kind, engine)
        self.begun = time.perf_counter()
        self.current = space.folder / f"current-{kind}-{engine}"

    def one(self, data: bytes, on_failure: Callable[[str, Exception], None] = lambda where, error: None) -> None:
        """One input. A crash of the interpreter or a hang leaves it in the file `current`."""
        tally = self.tally
        self.current.write_bytes(data)
        tally.inputs += 1
        accepted, spent, failed = self._enter(data)
        if spent > LONGEST:  # once more: whoever comes first pays for modules and machine code that are loaded then
            accepted, spent, failed = self._enter(data)
        tally.slowest = max(tally.slowest, spent)
        if failed is None:
            tally.accepted += accepted
            tally.rejected += not accepted
            if spent > LONGEST:
                failed = TimeoutError(f"{spent:.1f} s")
        if failed is not None:
            where = signature(failed)
            self.keep(where, data, failed)
            on_failure(where, failed)
        if tally.inputs == SETTLED:
            tally.settled_bytes = bytes_now()

    def _enter(self, data: bytes) -> tuple[bool, float, Exception | None]:
        """Was the input accepted, its seconds of processor time, and what it raised but BadInput."""
        accepted, failed = False, None
        faulthandler.dump_traceback_later(HUNG, exit=True)
        start = time.process_time()
        try:
            accepted = enter(self.space, self.tally.kind, data)
        except Exception as error:
            failed = error
        finally:
            faulthandler.cancel_dump_traceback_later()
        return accepted, time.process_time() - start, failed

    def keep(self, where: str, data: bytes, error: Exception) -> None:
        """Save the input of a failure, the shortest of those that fail at one place."""
        name = f"{self.tally.kind}-{hashlib.sha256(where.encode()).hexdigest()[:12]}"
        path = self.failures / name
        if path.exists() and len(path.read_bytes()) <= len(data):
            self.tally.failures.setdefault(where, str(path))
            return
        self.failures.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.with_suffix(".txt").write_text("".join(traceback.format_exception(error))[-20_000:], "utf-8", "replace")
        self.tally.failures[where] = str(path)

    def write(self, path: Path) -> Tally:
        self.tally.end_bytes = bytes_now()
        self.tally.seconds = time.perf_counter() - self.begun
        path.write_text(json.dumps(asdict(self.tally)), encoding="utf-8")
        return self.tally


def signature(error: Exception) -> str:
    """What failed and where, the same for all inputs that fail alike."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if any(os.sep + part + os.sep in f.filename for part in ("model", "experiments"))] or frames
    return f"{type(error).__name__} at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else type(error).__name__
