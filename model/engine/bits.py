"""Whole numbers as sets: bit k says that k is in it. A loop over what is in a set costs nothing for what is not."""

from __future__ import annotations

from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic


@intrinsic
def _least(context, members):
    if not isinstance(members, types.Integer):
        return None

    def codegen(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), codegen


def _least_of(members):
    return int(members & -members).bit_length() - 1


least = _least_of if config.DISABLE_JIT else _least  # member of a set that has any
