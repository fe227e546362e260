"""What the world sees: each row of the observed table counts its list, place and months."""

from types import SimpleNamespace

import numpy as np
import pytest
from undercount.model.country.observation import observe
from undercount.model.engine import layout
from undercount.model.files.tables_in import Month
from undercount.model.known.region import Referral

from tests.hand import ABROAD, HOME

MONTHS = 15  # from October 1999 on


@pytest.fixture
def hidden():
    """Listed as assisted ABROAD: 1 in the first month, 2 in the second, 4 in the third and so on; at HOME a third list."""
    hidden = np.zeros((MONTHS, 3), layout.HIDDEN)
    hidden["listed_assisted"][:, ABROAD] = 2 ** np.arange(MONTHS)
    hidden["listed_repatriated"][:, HOME] = 3
    hidden["assisted"] = hidden["repatriated"] = 10**6  # who is on no list
    return hidden


@pytest.mark.parametrize("period, counts, where, expected", [
    ("1999", "assisted", "ABR", 1 + 2 + 4),  # only its months within the run
    ("2000", "assisted", "ABR", 2**15 - 2**3), ("2000", "repatriated", "HOM", 36), ("2000", "repatriated", "ABR", 0)])
def test_a_row_counts_its_list_in_its_place_and_months(hidden, period, counts, where, expected):
    row = Referral(where, period, None, "destination", counts, "", "")
    region = SimpleNamespace(referrals=[row, row], start=Month.parse("1999-10"), index={"HOM": HOME, "ABR": ABROAD})
    found = observe(region, hidden)
    assert found.tolist() == [expected] * 2 and found.dtype == np.int64
