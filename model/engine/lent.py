"""The tables of a world by an address: what compiled rules take as `w`.

A world has some thirty tables. Handed to a rule one by one they cost several times the rule itself: Python looks at
each, compiled code carries seven numbers for each through every call, and Numba counts a reference for each where a
rule names it. So `Lent` writes them down once, in memory, and `lent` makes of the address a `w` whose `w.people` is
read from there, without counting. It holds the arrays, so an address stays good as long as its `Lent`. Interpreted,
`w` is the tuple of tables itself.
"""

from __future__ import annotations

import hashlib
import operator

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.extending import register_model
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic
from undercount.model.engine.borrowed import borrowed
from undercount.model.engine.compiled import part
from undercount.model.engine.tables import kind_of_tables

ROOM = 8192  # bytes; the tables as compiled code sees them take less than half

_KIND = kind_of_tables()


class Lending(types.Type):
    """The type of a compiled `w`; `kind` is that of the named tuple of tables."""

    def __init__(self, kind):
        self.kind = kind
        super().__init__(name=f"Lending({hashlib.sha256(str(kind).encode()).hexdigest()[:16]})")


@register_model(Lending)
class LendingModel(models.OpaqueModel):
    """A pointer to the tables as they were written down."""


class Table(types.Array):
    """A table of a world, whose rows are numbered from 0: nobody counts from its end."""


register_model(Table)(models.ArrayModel)


@lower_builtin(operator.getitem, Table, types.Integer)
@lower_builtin(operator.getitem, Table, types.BaseTuple)
@lower_builtin(operator.setitem, Table, types.Integer, types.Any)
@lower_builtin(operator.setitem, Table, types.BaseTuple, types.Any)
def _at_a_place(context, builder, signature, args):
    """As in any array, but for the three instructions at each index that look for a negative one."""
    table, index, *value = signature.args
    plain = types.Array(table.dtype, table.ndim, table.layout, aligned=table.aligned)
    counted = types.UniTuple(types.uintp, len(index)) if isinstance(index, types.BaseTuple) else types.uintp
    place = context.cast(builder, args[1], index, counted)
    does = operator.setitem if value else operator.getitem
    found = context.get_function(does, signature.return_type(plain, counted, *value))
    return found(builder, (args[0], place, *args[2:]))


@infer_getattr
class LendingAttribute(AttributeTemplate):
    """`w.people` has the type of that table."""

    key = Lending

    def generic_resolve(self, lending, name):
        """The type of one table; None if there is no such."""
        fields = lending.kind.fields
        if name not in fields:
            return None
        kind = lending.kind.types[fields.index(name)]
        return Table(kind.dtype, kind.ndim, kind.layout, aligned=kind.aligned) if hasattr(kind, "ndim") else kind


@lower_getattr_generic(Lending)
def _table(context, builder, lending, pointer, name):
    kinds = lending.kind
    number = kinds.fields.index(name)
    kind = kinds.types[number]
    every = builder.bitcast(pointer, context.get_value_type(kinds).as_pointer())
    zero = ir.Constant(ir.IntType(32), 0)
    table = builder.load(builder.gep(every, [zero, ir.Constant(ir.IntType(32), number)], inbounds=True))
    table.set_metadata("invariant.load", builder.module.add_metadata([]))  # no rule replaces a table
    if not isinstance(kind, types.Array):
        return table
    array = context.make_array(kind)(context, builder, table)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)  # nothing to count: see `borrowed`
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


@intrinsic
def _put(context, tables, address):
    if tables != _KIND:
        raise TypingError("tables: found other records than those of engine/tables.py")

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
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return Lending(_KIND)(types.int64), codegen


@part
def _lend(tables, address):
    return _put(borrowed(tables), address)


class Lent:
    """Tables written down for `lent`; `address` is an integer, interpreted the tables themselves."""

    def __init__(self, tables):
        self.tables, self.address = tables, tables
        if config.DISABLE_JIT:
            return
        self._buffer = np.zeros(ROOM, np.uint8)
        self.address = int(self._buffer.ctypes.data)
        try:
            _lend(tables, self.address)
        except TypingError as error:
            raise TypeError(error) from None


def _themselves(address):
    return address


lent = _themselves if config.DISABLE_JIT else _lent
