"""How rules are compiled, and where the compiled code is kept.

`part` marks what Python calls for a whole month or set-up and keeps its machine code on disk;
`rule` marks what only compiled code (or one agent's `step()`) calls, `question` a rule that changes nothing and says
what happens, so that a life can be told by asking it again. Numba's own cache looks only
at the file of the function itself, so an edited rule would leave a stale month behind: the cache
folder is therefore named by the content of every file of this package.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numba

_HERE = Path(__file__).parents[1]  # all of the package: the rules and what they call


def _cache_folder() -> Path:
    """Beside the code where that is writable, else in the user's temporary folder."""
    sources = b"".join(path.read_bytes() for path in sorted(_HERE.rglob("*.py")))
    name = hashlib.sha256(sources).hexdigest()[:16]
    home = _HERE / "__pycache__"
    if not os.access(home if home.exists() else _HERE, os.W_OK):
        home = Path(tempfile.gettempdir()) / f"undercount-{os.getuid() if hasattr(os, 'getuid') else ''}"
    return home / f"compiled-{name}"


numba.config.CACHE_DIR = str(_cache_folder())

# Dividing by zero gives what IEEE 754 says instead of an exception: rules guard what they divide by, every table is
# asserted to be finite at the end of a run, and a check at each division is code that every caller carries.
part = numba.njit(nogil=True, error_model="numpy", cache=True)
rule = numba.njit(nogil=True, error_model="numpy", forceinline=True)
question = numba.njit(nogil=True, error_model="numpy", forceinline=True, cache=True)
helper = numba.njit(nogil=True, error_model="numpy")
