"""The two worlds that these tests look at, small."""

import pytest
from undercount.experiments.view import posterior
from undercount.experiments.view.twin import Settings

COARSE = Settings(people_per_agent=1000)


def draws():
    """The posterior that the page offers; between a change of rules and the table made by the new ones there is none."""
    found = posterior.posterior()
    if found is None:
        pytest.skip("no table ships that fits the rules as they are, so no draws of a verdict")
    return found
