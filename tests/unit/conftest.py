"""A world by hand for the tests of single rules."""

import pytest

from tests import hand


@pytest.fixture
def luck(monkeypatch):
    luck = hand.Luck()
    hand.interpret(monkeypatch, luck.draw)
    return luck


@pytest.fixture
def w(luck):
    """Rules interpreted, and no draw but those that the test tells."""
    return hand.tables()


@pytest.fixture
def me(w):
    return w.people[0]
