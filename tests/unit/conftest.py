"""A world by hand for the tests of single rules."""

import numpy as np
import pytest

from tests import hand

OF_RULES = ("lives", "country", "engine")  # folders where rules are interpreted and no draw is left to chance


@pytest.fixture
def luck(monkeypatch):
    luck = hand.Luck()
    hand.interpret(monkeypatch, luck.draw)
    return luck


@pytest.fixture(autouse=True)
def interpreted(request):
    if request.path.parent.name not in OF_RULES:
        yield
        return
    request.getfixturevalue("luck")
    with np.errstate(divide="raise", invalid="raise"):  # rules guard what they divide by; compiled code would not tell
        yield


@pytest.fixture
def w():
    return hand.tables()


@pytest.fixture
def me(w):
    return w.people[0]
