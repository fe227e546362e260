"""The tables of a world by an address, so that one agent's `step()` costs a call and no more.

Python hands arrays to compiled code by looking at each of them: 25 of them a step cost thirty times the rule
itself. `Lent` writes the tables down once, as compiled code sees them, and `lent` reads them back there. It
holds the arrays, so an address stays good as long as its `Lent`.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import config, typeof, types
from numba.extending import intrinsic
from undercount.model.engine.borrowed import borrowed
from undercount.model.engine.compiled import part

ROOM = 8192  # bytes; the tables as compiled code sees them take less than half

_kinds: list[types.Type] = []  # that of all tables: their records are the same in every world


@intrinsic
def _put(context, tables, address):
    def codegen(context, builder, signature, args):
        kind = context.get_value_type(signature.args[0])
        if context.get_abi_sizeof(kind) > ROOM:
            raise MemoryError(f"tables: {context.get_abi_sizeof(kind)} bytes; lent.ROOM is {ROOM}")
        builder.store(args[0], builder.inttoptr(args[1], kind.as_pointer()))
        return ir.Constant(ir.IntType(64), 0)

    return types.int64(tables, types.int64), codegen


@intrinsic
def _lent(context, address):
    def codegen(context, builder, signature, args):
        kind = context.get_value_type(signature.return_type)
        return builder.load(builder.inttoptr(args[0], kind.as_pointer()))

    return _kinds[0](types.int64), codegen


@part
def _lend(tables, address):
    return _put(borrowed(tables), address)


class Lent:
    """Tables written down for `lent`; `address` is an integer, interpreted the tables themselves."""

    def __init__(self, tables):
        self.tables, self.address = tables, tables
        if config.DISABLE_JIT:
            return
        kind = typeof(tables)
        if _kinds and _kinds[0] != kind:
            raise TypeError("tables: found other records than in the worlds before")
        _kinds[:] = [kind]
        self._buffer = np.zeros(ROOM, np.uint8)
        self.address = int(self._buffer.ctypes.data)
        _lend(tables, self.address)


def _themselves(address):
    return address


lent = _themselves if config.DISABLE_JIT else _lent
