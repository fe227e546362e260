"""A world by hand for the tests of single rules."""

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
    if request.path.parent.name in OF_RULES:
        request.getfixturevalue("luck")


@pytest.fixture
def w():
    return hand.tables()


@pytest.fixture
def me(w):
    return w.people[0]
