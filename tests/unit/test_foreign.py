"""Scenarios on another region than they were written for: what it does not have is left out, and told."""

import logging

import pytest
from undercount.model.assumed.scenario import load_scenario, scenario_names, scenarios_root
from undercount.model.files.problems import BadInput

from tests.lakes import small_region


@pytest.fixture
def lakes(tmp_path):
    """A folder with a region of its own: AAA to BBB, 2010 to 2013."""
    small_region(tmp_path / "lakes")
    return tmp_path


def written(folder, name, text):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


EVENT = """
[[events]]
name = "{name}"
when = "{when}"
where = {where}
parameter = "policing.raid_rate"
factor = 2
source = "invented"
"""


def test_every_scenario_that_ships_can_be_used_on_another_region(lakes):
    for name in scenario_names():
        assert load_scenario(name, str(lakes / "lakes")).region.name == "lakes"
        path = written(lakes, f"on-{name}", f'title = "t"\nextends = "{name}"\nregion = "./lakes"\n')
        assert load_scenario(path).content_hash() == load_scenario(name, str(lakes / "lakes")).content_hash()


def test_what_the_region_has_not_is_left_out_and_told(lakes, caplog):
    written(lakes, "theirs", 'title = "t"\nextends = "baseline"\nregion = "south-east-europe"\n'
            + EVENT.format(name="here", when="2011-01", where='["AAA"]')
            + EVENT.format(name="partly", when="2011-01", where='["BBB", "MDA", "ROU"]')
            + EVENT.format(name="there", when="2011-01", where='["MDA"]')
            + EVENT.format(name="then", when="2002-01", where='"everywhere"')
            + EVENT.format(name="group", when="2011-01", where='"balkan"'))
    mine = written(lakes, "mine", 'title = "t"\nextends = "./theirs.toml"\nregion = "./lakes"\ndrop_events = ["looks-bih", "makro"]\n')
    with caplog.at_level(logging.WARNING, "undercount"):
        scenario = load_scenario(mine)
    assert {e.name: e.places for e in scenario.events} == {"here": ("AAA",), "partly": ("BBB",)}
    dropped, told = [record.getMessage() for record in caplog.records]
    assert "drop_events" in dropped and "'looks-bih', 'makro'" in dropped
    assert told.startswith("theirs.toml was written for another region; on lakes (2010-01 to 2013-12) left out: ")
    assert all(word in told for word in ("there, then, group", "partly in MDA, ROU"))


def test_onsets_without_events_or_months_here(lakes):
    written(lakes, "theirs", """title = "t"
extends = "baseline"
region = "south-east-europe"
[onsets.gone]
when = "2002-01"
size = 1
source = "invented"
[onsets.stays]
when = { value = "2002-01", low = "2001-01", high = "2003-01" }
size = 1
source = "invented"
[[events]]
name = "a"
onset = "gone"
where = ["MDA"]
parameter = "policing.raid_rate"
factor = 2
source = "invented"
[[events]]
name = "b"
onset = "stays"
where = "everywhere"
parameter = "policing.raid_rate"
factor = 2
source = "invented"
""")
    scenario = load_scenario(written(lakes, "mine", 'title = "t"\nextends = "./theirs.toml"\nregion = "./lakes"\n'))
    onset, = scenario.onsets
    assert onset.name == "stays" and scenario.region.start <= onset.when <= scenario.region.end


@pytest.mark.parametrize("event, said", [
    (EVENT.format(name="there", when="2011-01", where='["MDA"]'), "country codes of the region lakes"),
    (EVENT.format(name="then", when="2002-01", where='["AAA"]'), "a month from 2010-01 to 2013-12")])
def test_the_file_that_names_the_region_must_fit_it(lakes, event, said):
    mine = written(lakes, "mine", 'title = "t"\nextends = "baseline"\nregion = "./lakes"\n' + event)
    with pytest.raises(BadInput, match=said):
        load_scenario(mine)


def test_on_the_parents_own_region_a_name_to_drop_must_be_there(tmp_path):
    path = written(tmp_path, "mine", 'title = "t"\nextends = "baseline"\ndrop_events = ["makroo"]\n')
    with pytest.raises(BadInput, match="did you mean 'makro'"):
        load_scenario(path)


@pytest.mark.parametrize("parent, said", [
    ("baseline.toml", "did you mean 'baseline'"), ("..\\\\x\\\\baseline.toml", "with /"), ("~/x.toml", "no such file"),
    ("./nowhere/x.toml", "no such file"), ("x" * 300 + ".toml", "no such file")])
def test_a_parent_that_is_not_there_is_named_where_it_is_written(tmp_path, parent, said):
    path = written(tmp_path, "mine", f'title = "t"\nextends = "{parent}"\n')
    with pytest.raises(BadInput) as error:
        load_scenario(path)
    problem, = error.value.problems
    assert problem.line == 2 and problem.file == str(path) and said in str(problem)


def test_a_region_by_name_that_lies_beside(lakes):
    path = written(lakes, "mine", 'title = "t"\nextends = "baseline"\nregion = "lakes"\n')
    with pytest.raises(BadInput, match=r"did you mean './lakes'"):
        load_scenario(path)
    path.write_text('title = "t"\nextends = "baseline"\nregion = "./lakes/region.toml"\n')
    assert load_scenario(path).region.name == "lakes"


def test_a_complete_file_loads_to_the_same_on_the_same_region(lakes):
    kept = lakes / "kept"
    (kept / "core").mkdir(parents=True)
    (kept / "region").symlink_to(lakes / "lakes")
    for name in scenario_names():
        for region in (None, str(lakes / "lakes")):
            scenario = load_scenario(name, region)
            core = load_scenario(scenario.root, str(scenario.region.folder))
            here = str(scenario.region.folder)
            (kept / "core" / f"{core.name}.toml").write_text(core.to_toml(here), encoding="utf-8")
            path = kept / f"{name}.toml"
            path.write_text(scenario.to_toml(here, (f"./core/{core.name}.toml", core) if scenario.extends else None), encoding="utf-8")
            again = load_scenario(path)
            assert again.content_hash() == scenario.content_hash() and again.name == scenario.name
            assert again.free() == scenario.free() and again.extends == scenario.extends and again.mixture == scenario.mixture
            assert load_scenario(again.root, here).content_hash() == core.content_hash()
            assert again.root.name == f"{core.name}.toml"


def test_dropped_events_of_the_region_stay_dropped(tmp_path):
    path = written(tmp_path, "mine", 'title = "t"\nextends = "baseline"\ndrop_events = ["makro", "looks-bih"]\n')
    scenario = load_scenario(path)
    assert scenario.dropped == ("looks-bih", "makro")
    copy = written(tmp_path, "copy", scenario.to_toml())
    assert load_scenario(copy).content_hash() == scenario.content_hash() != load_scenario("baseline").content_hash()


def test_names_keep_their_letters(tmp_path):
    for stem, name in (("Bezirk Süd", "Bezirk-Süd"), ("日本", "日本"), ("हिन्दी", "हिन्दी"), ("a/b"[2:], "b"), ("u\u0308ber", "über")):
        assert load_scenario(written(tmp_path, stem, 'title = "t"\nextends = "baseline"\n')).name == name
    assert scenarios_root().is_dir()
