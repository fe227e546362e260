"""How rules are compiled.

`part` marks what Python calls for a whole month or set-up and keeps its machine code on disk (`cache.py` says where);
`rule` marks what only compiled code (or one agent's `step()`) calls, `question` a rule that changes nothing and says
what happens, so that a life can be told by asking it again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numba
from numba import types
from undercount.model.engine.cache import compiled_in, folder_for

MODEL = Path(__file__).parents[1]
FOLDERS: set[Path] = set()  # where machine code of the modules that were imported is kept


def _kept_in(file: Path) -> Path | None:
    folder = folder_for(MODEL, file)
    FOLDERS.update({folder} if folder else ())
    return folder


# Dividing by zero gives what IEEE 754 says instead of an exception: rules guard what they divide by, every table is
# asserted to be finite at the end of a run, and a check at each division is code that every caller carries.
RULES = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def _for_every_whole_number(compile_with: Callable) -> Callable:
    """A decorator that compiles a rule once, and not for each constant and size of whole number that it is called with.

    Numba takes 0 and 1 as arguments for two types, and 32 bits for a third: a fifth of all compilation.
    """
    def decorate(function: Callable) -> Callable:
        made = compile_with(function)
        if plain := getattr(made, "get_call_template", None):  # none where nothing is compiled (NUMBA_DISABLE_JIT)
            made.get_call_template = lambda args, kws: plain(tuple(map(_widest, args)), kws)
        return made

    return decorate


def _widest(kind: types.Type) -> types.Type:
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind.signed else kind


part = compiled_in(_kept_in, **RULES)
rule = _for_every_whole_number(numba.njit(forceinline=True, **RULES))
question = _for_every_whole_number(compiled_in(_kept_in, forceinline=True, **RULES))
helper = _for_every_whole_number(numba.njit(**RULES))
