"""The least member of a set, compiled and as the same Python."""

import numba
import pytest
from undercount.model.engine.bits import _least_of, least


@numba.njit
def compiled(members):
    return least(members)


EACH = pytest.mark.parametrize("least_of", [_least_of, compiled])


@EACH
def test_the_least_member_of_a_set(least_of):
    assert [least_of(1 << k) for k in range(63)] == list(range(63))
    assert least_of((1 << 62) | (1 << 40)) == 40 and least_of(0b1010) == 1 and least_of((1 << 63) - 1) == 0


@EACH
def test_members_are_met_one_by_one(least_of):
    members, found = 0b100_1000_0101, []
    while members:
        found.append(least_of(members))
        members &= members - 1
    assert found == [0, 2, 7, 10]
