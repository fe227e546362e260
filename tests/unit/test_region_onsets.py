"""What a region says of the onsets of explanations: other months, or that one makes no sense there."""

import shutil
from pathlib import Path

import pytest
from undercount.experiments.ask import NO_SENSE, explanations, makes_sense
from undercount.model.assumed.scenario import load_scenario, scenarios_root
from undercount.model.files.problems import BadInput

MONTHS = """
[onsets.looking]
when = { value = "2002-05", low = "2002-02", high = "2002-09" }
source = "made up"

[onsets.protection]
none = "nobody can be bought here"
"""


@pytest.fixture
def folder(tmp_path):
    there = Path(shutil.copytree(scenarios_root() / "south-east-europe", tmp_path / "other",
                                 ignore=shutil.ignore_patterns("reference")))
    changes = there / "changes.toml"
    changes.write_text(MONTHS + changes.read_text(encoding="utf-8"), encoding="utf-8")
    return str(there)


def test_an_onset_takes_the_months_of_the_region_and_its_source(folder):
    onset, = load_scenario("less-looking", folder).onsets
    assert (str(onset.when), onset.source) == ("2002-05", "made up")
    assert load_scenario("less-looking", folder).free()["onsets.looking.when"] == (37.0, 44.0)
    assert load_scenario("less-looking").onsets[0].source != "made up"


def test_an_onset_of_which_the_region_says_nothing_does_not_speak_of_another_region(folder):
    refusal, = load_scenario("refusal", folder).onsets
    assert refusal.source.startswith("other says nothing of this onset: month in its onset_window")
    assert not load_scenario("refusal").onsets[0].source.startswith("south-east-europe says nothing")
    assert not any(str(year) in load_scenario("no-change", folder).description for year in range(1999, 2005))


def test_what_a_scenario_says_itself_stands(folder, tmp_path):
    (tmp_path / "mine.toml").write_text('title = "mine"\nextends = "less-looking"\n[onsets.looking]\nwhen = "2003-01"\n')
    onset, = load_scenario(tmp_path / "mine.toml", folder).onsets
    assert str(onset.when) == "2003-01" and "onsets.looking.when" not in load_scenario(tmp_path / "mine.toml", folder).free()


def test_an_explanation_that_makes_no_sense_is_refused_with_the_reason(folder):
    with pytest.raises(BadInput) as error:
        load_scenario("captured-officials", folder)
    problem, = error.value.problems
    assert problem.found == f"{NO_SENSE} other" and "nobody can be bought here" in problem.allowed
    assert not makes_sense("captured-officials", folder) and makes_sense("less-looking", folder)
    assert set(explanations()) - set(explanations(folder)) == {"captured-officials"}


def test_a_mixture_goes_without_it(folder):
    mixture = load_scenario("everything", folder)
    assert mixture.left_out == {"protection": "nobody can be bought here"}
    assert "protection" not in mixture.onsets_by_name and not any("protection" == e.onset for e in mixture.events)
    assert not [path for path in mixture.free() if path.startswith("onsets.protection")]
    assert load_scenario("everything").left_out == {}


@pytest.mark.parametrize("text, key", [
    ("[onsets.looking]\n", "onsets.looking"), ('[onsets.looking]\nwhen = "2002-05"\nnone = "x"\n', "onsets.looking"),
    ('[onsets.looking]\nwhen = { value = "2002-05", low = "2002-02", high = "2012-09" }\nsource = "x"\n', "when"),
    ('[onsets.looking]\nwhen = "2002-05"\nsource = "x"\n', "when"), ('[onsets.looking]\nnone = ""\n', "none"),
    ('[onsets.looking]\nsize = 3\nnone = "x"\n', "size"), ("[onsets]\nlooking = 3\n", "onsets.looking")])
def test_a_wrong_table_is_one_line(folder, text, key):
    changes = Path(folder) / "changes.toml"
    changes.write_text(text + changes.read_text(encoding="utf-8").replace(MONTHS, ""), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_scenario("less-looking", folder)
    assert any(key in problem.key and "changes.toml" in str(problem.file) for problem in error.value.problems), \
        [str(p) for p in error.value.problems]
