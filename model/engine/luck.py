"""Draws asked for together, or only where chance decides: the same numbers as `random.draw` gives, sooner.

Two draws of one agent in one month share all but the decision, so the processor can work them out side by side.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload
from undercount.model.engine.compiled import helper
from undercount.model.engine.random import binomial, draw

ROUNDS = 10  # of Philox4x32-10, as are its constants: see `random.philox`
_M0, _M1, _W0, _W1, _MASK = 0xD2511F53, 0xCD9E8D57, 0x9E3779B9, 0xBB67AE85, 0xFFFFFFFF


@helper
def how_many(n, p, seed, who, month, decision):
    """`binomial` with a draw of its own, which is left out where nobody or everybody is meant anyway."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    return binomial(n, p, draw(seed, who, month, decision))


def two_draws(seed, who, month, first, second):
    """The draws of two decisions of one agent in one month."""
    return draw(seed, who, month, first), draw(seed, who, month, second)


@intrinsic
def _side_by_side(context, seed, who, month, first, second):
    """`two_draws` as one Philox of two lanes."""
    def codegen(context, builder, signature, args):
        word = ir.IntType(64)
        lanes = ir.VectorType(word, 2)

        def both(one, other=None):
            pair = builder.insert_element(ir.Constant(lanes, ir.Undefined), one, ir.Constant(ir.IntType(32), 0))
            return builder.insert_element(pair, one if other is None else other, ir.Constant(ir.IntType(32), 1))

        def constant(value):
            return ir.Constant(lanes, [value, value])

        def low(value):
            return builder.and_(value, constant(_MASK))

        def high(value):
            return builder.lshr(value, constant(32))

        seed, who, month, first, second = args
        k0, k1 = low(both(seed)), high(both(seed))
        c0, c1, c2, c3 = low(both(who)), high(both(who)), low(both(month)), low(both(first, second))
        for _ in range(ROUNDS):
            p0, p1 = builder.mul(constant(_M0), c0), builder.mul(constant(_M1), c2)
            c0, c1 = builder.xor(builder.xor(high(p1), c1), k0), low(p1)
            c2, c3 = builder.xor(builder.xor(high(p0), c3), k1), low(p0)
            k0, k1 = low(builder.add(k0, constant(_W0))), low(builder.add(k1, constant(_W1)))
        bits = builder.xor(builder.shl(c0, constant(21)), builder.lshr(c1, constant(11)))
        unit = ir.VectorType(ir.DoubleType(), 2)
        units = builder.fmul(builder.sitofp(bits, unit), ir.Constant(unit, [2.0**-53, 2.0**-53]))
        found = [builder.extract_element(units, ir.Constant(ir.IntType(32), lane)) for lane in range(2)]
        return context.make_tuple(builder, signature.return_type, found)

    return types.UniTuple(types.float64, 2)(*[types.int64] * 5), codegen


@overload(two_draws)
def _two_draws(seed, who, month, first, second):
    def together(seed, who, month, first, second):
        return _side_by_side(seed, who, month, first, second)

    return together
