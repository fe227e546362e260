"""What was changed is named, few things by name and many by number."""

from __future__ import annotations

from dataclasses import replace

from undercount.experiments.view import changed, onsets, opening, story
from undercount.experiments.view.controls import with_value
from undercount.experiments.view.twin import FROZEN, Settings, Twin

from tests.unit.view.coarse import COARSE, draws


def test_differences_in_words():
    other, _ = with_value(COARSE, "policing.enforcement", "1.5")
    assert changed.differences(COARSE, other) == ["Enforcement: inspections and raids 1.24643 to 1.5"]
    assert changed.differences(COARSE, replace(COARSE, scenario="refusal", seed=2)) == [
        "first world Full adaptation to Refusal", "seed 1 to 2"]
    off, _ = with_value(COARSE, "mechanisms.small_payments", False)
    assert changed.differences(COARSE, off) == ["small payments off"]
    many = COARSE
    for path in ("push.push", "pull.pull", "corruption.corruption", "policing.raid_rate", "policing.training"):
        many, _ = with_value(many, path, "0.5")
    assert changed.differences(COARSE, many)[-1] == "2 more values"


def test_nothing_changed_is_no_sentence_and_nothing_run_is_no_figure(twin):
    before = changed.remembered(twin)
    assert changed.sentence(None, twin) == changed.sentence(before, twin) == ""
    fresh = Twin(replace(COARSE, seed=9))
    assert changed.sentence(before, fresh).endswith("Press Play to see what follows.")
    fresh.close()


def test_marks_are_the_onsets_that_happen():
    marks = onsets.marks(COARSE)
    assert [mark["name"] for mark in marks] == ["routes", "methods"] and marks[0]["text"].startswith("November 2002")
    assert onsets.marks(replace(COARSE, scenario="no-change", changes={})) == []


def test_the_introduction_says_what_is_shown_and_promises_nothing():
    plain = story.introduction(Settings())
    assert "falls" not in plain and "fall while" not in plain
    found, start = draws(), opening.settings()
    text = story.introduction(start)
    assert found.moved(start.scenario) in text and found.moved(start.second) in text
    assert "the same people" in story.introduction(replace(start, second=FROZEN))
