"""Arrays without reference counts and rows fetched ahead, for the inside of a compiled run.

Numba counts a reference for every array that is passed to a function. A rule that takes eighteen
arrays pays 300 ns a call for that, several times the rule itself (measured). Inside `run_months`
nothing can be freed, since the caller holds every array, so it works on borrowed ones. Active rows lie
scattered, so the processor cannot guess the next one: telling it makes a pooled run a fifth faster.
"""

from __future__ import annotations

from llvmlite import ir
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
            if not isinstance(kind, types.Array):
                parts.append(builder.extract_value(args[0], n))
                continue
            array = context.make_array(kind)(context, builder, builder.extract_value(args[0], n))
            array.meminfo = cgutils.get_null_value(array.meminfo.type)
            array.parent = cgutils.get_null_value(array.parent.type)
            parts.append(array._getvalue())
        return context.make_tuple(builder, signature.return_type, parts)

    return arrays(arrays), codegen


@intrinsic
def _fetch_ahead(context, rows, index, at):
    """Asks for the cache line `at` bytes into a row that is needed soon; changes nothing but the time it takes."""
    if not (isinstance(rows, types.Array) and isinstance(index, types.Integer) and isinstance(at, types.Integer)):
        return None

    def codegen(context, builder, signature, args):
        kind = signature.args[0]
        array = context.make_array(kind)(context, builder, args[0])
        place = cgutils.get_item_pointer(context, builder, kind, array, [args[1]], wraparound=False)
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.gep(builder.bitcast(place, byte), [args[2]])
        prefetch = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), [byte, word, word, word]), "llvm.prefetch.p0i8")
        builder.call(prefetch, [place, word(1), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(rows, index, types.int64), codegen


def _fetches_nothing(rows, index, at):
    return None


def _as_they_are(arrays):
    return arrays


fetch_ahead = _fetches_nothing if config.DISABLE_JIT else _fetch_ahead
borrowed = _as_they_are if config.DISABLE_JIT else _borrowed
