"""How rules are compiled.

`part` marks what Python calls for a whole month or set-up and keeps its machine code on disk (`cache.py` says where);
`rule` marks what only compiled code (or one agent's `step()`) calls, `question` a rule that changes nothing and says
what happens, so that a life can be told by asking it again.
"""

from __future__ import annotations

from pathlib import Path

import numba
from undercount.model.engine.cache import compiled_in, folder_for

FOLDER = folder_for(Path(__file__).parents[1])  # by all of the package: the rules and what they call

part = compiled_in(FOLDER, nogil=True)
rule = numba.njit(nogil=True, forceinline=True)
question = compiled_in(FOLDER, nogil=True, forceinline=True)
helper = numba.njit(nogil=True)
