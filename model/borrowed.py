"""Arrays without reference counts, for the inside of a compiled run.

Numba counts a reference for every array that is passed to a function. A rule that takes eighteen
arrays pays 300 ns a call for that, several times the rule itself (measured). Inside `run_months`
nothing can be freed, since the caller holds every array, so it works on borrowed ones.
"""

from __future__ import annotations

from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def _borrowed(context, arrays):
    if not isinstance(arrays, types.BaseTuple):
        return None

    def codegen(context, builder, signature, args):
        parts = []
        for n, kind in enumerate(signature.args[0]):
            array = context.make_array(kind)(context, builder, builder.extract_value(args[0], n))
            array.meminfo = cgutils.get_null_value(array.meminfo.type)
            array.parent = cgutils.get_null_value(array.parent.type)
            parts.append(array._getvalue())
        return context.make_tuple(builder, signature.return_type, parts)

    return arrays(arrays), codegen


def _as_they_are(arrays):
    return arrays


borrowed = _as_they_are if config.DISABLE_JIT else _borrowed
