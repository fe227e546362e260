"""Says that rules are being compiled, and how far that is: the first command after an installation or a change waits
for it, whichever process does it.

Numba tells nobody how far it is; but every part that is done leaves a file in a folder of compiled code.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE, EVERY = 3.0, 15.0  # seconds of silence before the first word, and between two words at least
WORDS = "compiling the rules for this machine, once after an installation or a change; this takes up to two minutes"


@contextmanager
def told(say: Callable[[str], None], every: float = EVERY) -> Iterator[threading.Event]:
    """Tell of compilation by `say` until the event is set, or the block is left."""
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(say, done, every), daemon=True)
    watch.start()
    try:
        yield done
    finally:
        done.set()


def _watch(say: Callable[[str], None], done: threading.Event, every: float) -> None:
    if done.wait(PATIENCE):
        return
    folders = cache_folders()  # loads Numba, which whoever is waited for has loaded as well
    before = said = finished(folders)
    begun = False
    while not done.wait(every if begun else 1.0):
        now = finished(folders)
        if now > said:
            say(f"{now - before} parts compiled, of at most {parts()}" if begun else WORDS)
            begun, said = True, now


def cache_folders() -> set[Path]:
    """Where compiled parts are kept; none where they cannot be."""
    import undercount.model.mesa_rules
    import undercount.model.world  # noqa: F401
    from undercount.model.engine import compiled

    return set(compiled.FOLDERS)


def finished(folders: Iterable[Path]) -> int:
    """Parts that are done: each has an index of its own."""
    return sum(1 for folder in folders for _ in folder.rglob("*.nbi"))


def parts() -> int:
    """How many parts the rules and the estimators have; a command needs most of them."""
    from undercount.model.engine import compiled

    packages = Path(compiled.__file__).parents[1], Path(__file__).parents[1]
    return sum(len(re.findall(r"^@(?:part|question)$", path.read_text(encoding="utf-8"), re.MULTILINE))
               for package in packages for path in package.rglob("*.py"))
