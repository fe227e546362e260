"""How rules are compiled.

`part` marks what Python calls for a whole month or set-up and keeps its machine code on disk (`cache.py` says where);
`rule` marks what only compiled code (or one agent's `step()`) calls, `question` a rule that changes nothing and says
what happens, so that a life can be told by asking it again.
"""

from __future__ import annotations

from pathlib import Path

import numba
from undercount.model.engine.cache import compiled_in, folder_for

MODEL = Path(__file__).parents[1]
FOLDERS: set[Path] = set()  # where machine code of the modules that were imported is kept


def _kept_in(file: Path) -> Path | None:
    folder = folder_for(MODEL, file)
    FOLDERS.update({folder} if folder else ())
    return folder


# Dividing by zero gives what IEEE 754 says instead of an exception: rules guard what they divide by, every table is
# asserted to be finite at the end of a run, and a check at each division is code that every caller carries.
RULES = {"nogil": True, "error_model": "numpy"}
part = compiled_in(_kept_in, **RULES)
rule = numba.njit(forceinline=True, **RULES)
question = compiled_in(_kept_in, forceinline=True, **RULES)
helper = numba.njit(**RULES)
