"""Scenario files in and out: what is accepted, what is refused and how it is said."""

import json
import pickle
import string

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, parameter_table
from undercount.model.files.problems import BadInput
from undercount.model.files.toml_in import key_lines

HEAD = 'title = "t"\nextends = "baseline"\n'
EVENT = {"name": '"e"', "when": '"2002-01"', "where": '["BIH"]', "parameter": '"policing.raid_rate"',
         "factor": "0.5", "source": '"test"'}
ANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def baseline():
    return load_scenario("baseline")


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def event(**changes):
    """An event as TOML, one key a line; None leaves a key out."""
    entries = {key: value for key, value in (EVENT | changes).items() if value is not None}
    return "[[events]]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())


def problems_of(path):
    with pytest.raises(BadInput) as caught:
        load_scenario(path)
    return caught.value.problems


# Each: what the file says after HEAD (its first line is line 3), then line, key, in found, nearest.
BAD = {
    "unknown table": ("[polcing]\nraid_rate = 0.1", 3, "polcing", "polcing", "policing"),
    "unknown key": ("[policing]\nraid_rat = 0.1", 4, "policing.raid_rat", "raid_rat", "raid_rate"),
    "key of another group": ("[policing]\nleg_cost = 1", 4, "policing.leg_cost", "leg_cost", "networks.leg_cost"),
    "parameter without group": ("leg_cost = 1", 3, "leg_cost", "leg_cost", "networks.leg_cost"),
    "string for number": ('[policing]\nraid_rate = "0.1"', 4, "policing.raid_rate", "'0.1'", None),
    "bool for number": ("[policing]\nraid_rate = true", 4, "policing.raid_rate", "true", None),
    "out of range": ("[policing]\nraid_rate = 1.5", 4, "policing.raid_rate", "1.5", None),
    "negative": ("[networks]\nleg_cost = -1", 4, "networks.leg_cost", "-1", None),
    "nan": ("[networks]\nleg_cost = nan", 4, "networks.leg_cost", "nan", None),
    "inf": ("[networks]\nleg_cost = inf", 4, "networks.leg_cost", "inf", None),
    "huge integer": ("[networks]\nleg_cost = 1" + "0" * 400, 4, "networks.leg_cost", "far too large", None),
    "huge hexadecimal": ("[networks]\nleg_cost = 0x1" + "0" * 9000, 4, "networks.leg_cost", "far too large", None),
    "thousands of digits": ("[networks]\nleg_cost = 1" + "0" * 9000, None, "syntax", "", None),
    "prior without low": ("[networks]\nleg_cost = { value = 1, high = 2 }", 4, "networks.leg_cost.low", "nothing", None),
    "prior out of order": ("[networks]\nleg_cost = { value = 1, low = 2, high = 3 }", 4, "networks.leg_cost", "low 2", None),
    "prior misspelt": ("[networks]\nleg_cost = { value = 1, low = 0, high = 3, hihg = 3 }", 4, "networks.leg_cost.hihg", "hihg", "high"),
    "whole above one": ("[population]\nwage_under_50 = 0.9", 4, "population.wage_under_50", "1.09", None),
    "unknown mechanism": ("[mechanisms]\nrefusl = true", 4, "mechanisms.refusl", "refusl", "refusal"),
    "number for switch": ("[mechanisms]\nrefusal = 1", 4, "mechanisms.refusal", "1", None),
    "table for list": ("[events]\nname = 1", 3, "events", "a table", None),
    "number for table": ("policing = 1", 3, "policing", "1", None),
    "unknown key of event": (event(wher='["BIH"]'), 10, "events.e.wher", "wher", "where"),
    "unknown country": (event(where='["BIX"]'), 6, "events.e.where", "BIX", "BIH"),
    "unknown group": (event(where='"balkans"'), 6, "events.e.where", "balkans", "balkan"),
    "country without list": (event(where='"BIH"'), 6, "events.e.where", "BIH", '["BIH"]'),
    "no country": (event(where="[]"), 6, "events.e.where", "a list", None),
    "country twice": (event(where='["BIH", "BIH"]'), 6, "events.e.where", "BIH", None),
    "before the start": (event(when='"1998-12"'), 5, "events.e.when", "1998-12", None),
    "after the end": (event(when='"2004-04"'), 5, "events.e.when", "2004-04", None),
    "no such month": (event(when='"2002-13"'), 5, "events.e.when", "2002-13", None),
    "date for month": (event(when="2002-01-01"), 5, "events.e.when", "2002-01-01", None),
    "until before when": (event(until='"2001-12"'), 10, "events.e.until", "2001-12", None),
    "unknown parameter": (event(parameter='"policing.raid_rat"'), 7, "events.e.parameter", "raid_rat", "policing.raid_rate"),
    "bare parameter": (event(parameter='"raid_rate"'), 7, "events.e.parameter", "raid_rate", "policing.raid_rate"),
    "setup parameter": (event(parameter='"population.minor_share"'), 5, "events.e.when", "2002-01", None),
    "both": (event(value="0.1"), 8, "events.e", "both", None),
    "neither": (event(factor=None), 3, "events.e", "neither", None),
    "value out of range": (event(factor=None, value="2"), 9, "events.e.value", "2", None),
    "bad ramp": (event(ramp="1.5"), 10, "events.e.ramp", "1.5", None),
    "no source": (event(source=None), 3, "events.e.source", "nothing", None),
    "bad name": (event(name='"E 1"'), 4, "events[1].name", "E 1", None),
    "name twice": (event() + event(), 11, "events.e.name", "'e'", None),
    "unknown drop": ('drop_events = ["makr"]', 3, "drop_events", "makr", "makro"),
    "control characters": ('description = "a\\u001b[31m"', 3, "description", "", None),
    "invalid TOML": ("a = = 1", 3, "syntax", "", None),
    "the same key twice": ("[push]\npush = 1\npush = 2", 5, "syntax", "", None),
    "absurd nesting": ("a = " + "[" * 5000 + "]" * 5000, None, "syntax", "nested", None),
    "absurd key": ("a" + ".a" * 5000 + " = 1", None, "syntax", "nested", None),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_file_is_named_with_line_key_and_nearest(case, write):
    text, line, key, found, nearest = BAD[case]
    path = write(HEAD + text)
    problems = problems_of(path)
    assert len(problems) == 1, [str(p) for p in problems]
    problem = problems[0]
    assert (problem.file, problem.key, problem.nearest) == (str(path), key, nearest)
    assert found in problem.found and problem.allowed and len(str(problem)) < 5000
    if line:
        assert problem.line == line


def test_all_mistakes_at_once_and_of_parents_too(write):
    write(HEAD + "[push]\npsh = 1\n[pull]\npull = -1\n", "parent.toml")
    path = write('title = ""\nextends = "./parent.toml"\n' + event(factor='"a"', when='"x"', where='["BIX"]'))
    assert [(p.key, p.line) for p in problems_of(path)] == [
        ("push.psh", 4), ("pull.pull", 6), ("title", 1), ("events.e.when", 5), ("events.e.factor", 8),
        ("events.e.where", 6)]


@pytest.mark.parametrize("content, key", [(b"", "file"), (b"\n \n", "file"), (b"title = \"\xff\"", "encoding"),
                                          (b"# only words", "title"), (b"title = \"\x00\"", "syntax")])
def test_unreadable_content(content, key, write):
    assert problems_of(write(content))[0].key == key


def test_missing_file_folder_and_name(tmp_path):
    assert "no such file" in problems_of(tmp_path / "none.toml")[0].found
    assert "folder" in problems_of(tmp_path)[0].found
    assert problems_of("basline")[0].nearest == "baseline"
    for name in ("", "a/b", "a\0b", "x" * 5000, "x" * 5000 + ".toml"):
        assert problems_of(name)


def test_large_file_is_refused_unread(write):
    assert "bytes" in problems_of(write("#" * 250_001))[0].found


def test_parents_that_differ_are_named(write):
    write('title = "a"\nextends = "refusal"\n[networks]\nhabit = 0.1\n', "a.toml")
    write('title = "b"\nextends = "full-adaptation"\n[networks]\nhabit = 0.2\n[mechanisms]\ndocument_debt = true\n', "b.toml")
    both = 'title = "t"\nextends = ["a.toml", "b.toml"]\n'
    problem, = problems_of(write(both))
    assert problem.line == 2 and problem.key == "extends"
    assert "networks.habit" in problem.found and "0.1 in a.toml and 0.2 in b.toml" in problem.found
    assert load_scenario(write(both + "[networks]\nhabit = 0.3\n")).value("networks.habit") == 0.3  # said here
    assert load_scenario(write('title = "t"\nextends = ["a.toml", "real-decline"]\n')).value("networks.habit") == 0.1


def test_a_child_may_change_what_a_parent_of_its_other_parent_says(write):
    write('title = "a"\nextends = "baseline"\n[networks]\nhabit = 0.1\n', "a.toml")
    write('title = "b"\nextends = "a.toml"\n[networks]\nhabit = 0.2\n', "b.toml")
    assert load_scenario(write('title = "t"\nextends = ["a.toml", "b.toml"]\n')).value("networks.habit") == 0.2


def test_fitted_values_of_one_parent_count_and_of_several_none(write):
    fitted = '[calibrated]\ndistance = 0.4\nseed = 1\nversion = "0"\ncommand = "c"\n[calibrated.values]\n' \
             '"push.push" = 1.23\n'
    write('title = "a"\nextends = "refusal"\n' + fitted, "a.toml")
    write('title = "b"\nextends = "real-decline"\n', "b.toml")
    assert load_scenario(write('title = "t"\nextends = "a.toml"\n')).value("push.push") == 1.23
    several = load_scenario(write('title = "t"\nextends = ["a.toml", "b.toml"]\n'))
    assert several.value("push.push") == load_scenario("baseline").value("push.push")


def test_a_fitted_value_lies_inside_its_range(write):
    text = 'title = "t"\nextends = "refusal"\n[calibrated]\n[calibrated.values]\n"push.push" = {}\n'
    low, high = load_scenario("refusal", calibrated=False).free()["push.push"]
    assert load_scenario(write(text.format(high))).value("push.push") == high
    problem, = problems_of(write(text.format(high + 0.01)))
    assert problem.line == 5 and f"{low:g} to {high:g}" in problem.allowed


def test_extends(write):
    assert problems_of(write('title = "t"\nextends = "basline"'))[0].nearest == "baseline"
    assert problems_of(write('title = "t"\nextends = 1'))[0].line == 2
    assert problems_of(write('title = "t"\n'))[0].key == "region"
    assert problems_of(write('title = "t"\nregion = "south-east-europ"'))[0].nearest == "south-east-europe"
    write('title = "a"\nextends = "b.toml"', "a.toml")
    write('title = "b"\nextends = "c.toml"', "b.toml")
    path = write('title = "c"\nextends = "a.toml"', "c.toml")
    assert "c -> a -> b -> c" in problems_of(path)[0].found
    assert "itself -> itself" in problems_of(write('title = "t"\nextends = "itself.toml"', "itself.toml"))[0].found


def test_inheritance(write, baseline):
    drop = 'drop_events = ["stop-programme"]\n'
    path = write(HEAD + drop + "[push]\npush = { value = 1.5, low = 1, high = 2 }\n[mechanisms]\nrefusal = false\n"
                 + event(name='"makro"') + event())
    write('title = "child"\nextends = "mine.toml"\n[push]\npush = 1.2\n', "child.toml")
    mine, child = load_scenario(path), load_scenario(path.with_name("child.toml"))
    inherited = [name for name in baseline.events_by_name if name != "stop-programme"]
    assert list(mine.events_by_name) == [*inherited, "e"]
    assert mine.events_by_name["makro"].amount == 0.5 and "events.makro.factor" not in mine.priors
    assert mine.priors["push.push"] == (1, 2) and "push.push" not in child.priors
    assert child.parameters.push.push == 1.2 and not child.mechanisms["refusal"]
    assert {"./child.toml", "./mine.toml", "baseline.toml", "south-east-europe/region.toml"} <= set(child.files)
    assert child.content_hash() != mine.content_hash()
    assert pickle.loads(pickle.dumps(child)).to_dict() == child.to_dict()
    json.dumps(child.to_dict(), allow_nan=False)


def test_lines_are_found():
    text = 'a = 1\n[b]\n"c" = """\nd = 2\n"""\ne.f = 3\n[[g]]\nh = 1\n[[g]]\nh = { i = 2 }\n'
    assert key_lines(text) == {("a",): 1, ("b",): 2, ("b", "c"): 3, ("b", "e", "f"): 6,
                               ("g", 0): 7, ("g", 0, "h"): 8, ("g", 1): 9, ("g", 1, "h"): 10}


def test_with_values(baseline):
    changed = baseline.with_values({
        "push": "2", "policing.training": 0.5, "refusal": "off", "mechanisms.bribery": False,
        "intelligence_sharing": ".3", "patrol_shift": False, "events.makro.factor": np.float64(1.5),
        "events.makro.when": "2001-02", "events.stop-programme.ramp": 9})
    assert changed.parameters.push.push == 2 and changed.parameters.policing.training == 0.5
    assert changed.parameters.policing.intelligence_sharing == 0.3  # a mechanism too: a number is the parameter
    off = {name for name, on in changed.mechanisms.items() if not on}
    assert off - {n for n, on in baseline.mechanisms.items() if not on} == {"refusal", "bribery", "patrol_shift"}
    makro = changed.events_by_name["makro"]
    assert (makro.amount, str(makro.when), changed.events_by_name["stop-programme"].ramp) == (1.5, "2001-02", 9)
    assert makro.path not in changed.free() and makro.path in baseline.free()
    assert baseline.with_values({}) == baseline


@pytest.mark.parametrize("name, value, nearest", [
    ("puhs.push", 1, "push.push"), ("trainin", 1, "training"), ("refusl", True, "refusal"),
    ("events.makr.factor", 1, "events.makro.factor"), ("events.makro.value", 1, "events.makro.factor"),
    ("push", "a", None), ("push", True, None), ("push", "nan", None), ("push", "1e999", None), ("push", None, None),
    ("refusal", "0.5", None), ("minor_share", 0.9, None), ("events.makro.when", "2010-01", None),
    ("events.makro.when", "2001-04", None), ("events.makro.ramp", -1, None), ("push", 10**400, None)])
def test_with_values_refuses(baseline, name, value, nearest):
    with pytest.raises(BadInput) as caught:
        baseline.with_values({name: value})
    problem, = caught.value.problems
    assert (problem.file, problem.nearest) == ("--set", nearest)


def test_free_leaves_out_fixed_and_silent(baseline):
    free = baseline.free()
    assert "demand.presence_market" not in free  # fixed by the schema: only events move it
    assert "networks.route_response" not in free and "networks.route_learning" in free
    assert "population.women_share" in free  # what sets up the world is as unknown as the rest
    assert "population.minor_share" not in free  # fixed by the screening
    assert "assistance.acceptance" in free
    assert "assistance.acceptance" not in baseline.with_values({"refusal": False}).free()
    assert "push.push" not in baseline.with_values({"push": 1.5}).free()
    assert list(free)[-1].startswith("events.")


@ANY
@given(st.data())
def test_draws_stay_within_bounds(baseline, data):
    free = baseline.free()
    u = {path: data.draw(st.floats(0, 1)) for path in data.draw(st.sets(st.sampled_from(list(free)), max_size=8))}
    drawn = baseline.draw(u)
    for path in u:
        event = drawn.events_by_name.get(path.split(".")[1])
        value = event.amount if event else drawn.value(path)
        assert free[path][0] <= value <= free[path][1]
    assert parameter_table(drawn).shape == (63, 28)
    with pytest.raises(BadInput):
        baseline.draw({"push.psh": 0.5})
    with pytest.raises(BadInput):
        baseline.draw({"push.push": 1.5})


@ANY
@given(st.dictionaries(st.sampled_from([p for p, s in specs().items() if not s.setup]), st.floats(0, 1), max_size=5),
       st.sets(st.sampled_from(sorted(MECHANISMS)), max_size=3), st.text("a\"'\\\n ü#[]{}=", min_size=1))
def test_round_trip(baseline, tmp_path, values, off, title):
    title = f"t{title}"
    spans = {path: specs()[path].allowed for path in values}
    scaled = {path: min(high, low + (high - low) * values[path]) for path, (low, high) in spans.items()}
    scenario = baseline.with_values(scaled | dict.fromkeys((f"mechanisms.{m}" for m in off), False))
    object.__setattr__(scenario, "title", title)
    path = tmp_path / "baseline.toml"
    path.write_text(scenario.to_toml(), encoding="utf-8")
    before, after = scenario.to_dict(), load_scenario(path).to_dict()
    assert before.pop("files") and after.pop("files")
    assert before == after


@ANY
@given(st.one_of(
    st.binary(max_size=200), st.text(max_size=200),
    st.text(string.ascii_letters + string.digits + "[]{}=.\"'\n#-,", max_size=120).map(HEAD.__add__),
    st.builds("[{}]\n{} = {}".format, st.sampled_from(["push", "events", "[events]", "mechanisms", "x"]),
              st.sampled_from(["push", "name", "when", "refusal", "'a b'"]),
              st.sampled_from(["1", "{}", "[[[]]]", "nan", "''", "true", "1979-05-27", "{value={a=[1]}}"])).map(HEAD.__add__)))
def test_junk_is_bad_input_or_a_scenario(write, junk):
    try:
        load_scenario(write(junk.encode("utf-8", "surrogatepass") if isinstance(junk, str) else junk))
    except BadInput as error:
        assert error.problems and all(len(str(p)) < 5000 for p in error.problems)


@ANY
@given(st.one_of(st.text(max_size=30), st.sampled_from([*specs(), *MECHANISMS, "events.makro.factor", "events..", "events.makro.when"])),
       st.one_of(st.text(max_size=20), st.none(), st.integers(), st.floats(), st.booleans(), st.lists(st.none()),
                 st.dictionaries(st.text(max_size=5), st.floats()), st.just(np.arange(3))))
def test_junk_settings(baseline, name, value):
    try:
        parameter_table(baseline.with_values({name: value}))
    except BadInput as error:
        assert all("--set" in str(p) for p in error.problems)


# --------------------------------------------------------------------------- the table


def column(write, key, *events):
    inherited = [e.name for e in load_scenario("baseline").events if e.parameter.endswith("." + key)]
    drop = f"drop_events = {json.dumps(inherited)}\n"
    scenario = load_scenario(write(HEAD + drop + "".join(events)))
    table = parameter_table(scenario)
    return {iso3: table[key][:, i] for iso3, i in scenario.region.index.items()}, scenario


def test_events_by_month_and_place(write):
    got, s = column(write, "raid_rate", event(ramp="4", until='"2002-06"'))
    rate, at = s.parameters.policing.raid_rate, s.region.month_index("2002-01")
    shares = got["BIH"] / rate
    assert shares[at - 1:at + 8] == pytest.approx([1, 0.875, 0.75, 0.625, 0.5, 0.5, 0.5, 1, 1])
    assert (got["ALB"] == rate).all()


def test_an_event_apart_is_one_event_and_one_unknown_a_country(write):
    apart = event(name='"step"', where='["ALB", "BIH"]', factor="{ value = 1, low = 0.5, high = 1.5 }") + "apart = true\n"
    s = load_scenario(write(HEAD + apart))
    assert [(e.name, e.places) for e in s.events if e.name.startswith("step")] == [("step-alb", ("ALB",)),
                                                                                 ("step-bih", ("BIH",))]
    assert s.priors["events.step-alb.factor"] == s.priors["events.step-bih.factor"] == (0.5, 1.5)
    drawn = parameter_table(s.draw({"events.step-alb.factor": 0.0}))["raid_rate"]
    at, own = s.region.month_index("2002-06"), parameter_table(s)["raid_rate"]
    assert drawn[at, s.region.index["ALB"]] == pytest.approx(0.5 * own[at, s.region.index["ALB"]])
    assert drawn[at, s.region.index["BIH"]] == own[at, s.region.index["BIH"]]


@pytest.mark.parametrize("line, said", [('apart = "yes"', "true or false"), ("apart = 1", "true or false")])
def test_apart_is_a_switch(write, line, said):
    with pytest.raises(BadInput, match=said):
        load_scenario(write(HEAD + event() + line + "\n"))


def test_events_act_by_date_then_order_and_are_clipped(write):
    late = event(name='"late"', when='"2003-01"', factor="100")
    got, s = column(write, "raid_rate", late, event(factor=None, value="0.2"), event(name='"f"', factor="3"))
    months = [s.region.month_index(m) for m in ("2001-12", "2002-01", "2003-01", "2004-03")]
    assert got["BIH"][months] == pytest.approx([s.parameters.policing.raid_rate, 0.6, 1, 1])


def test_groups_and_switches(write):
    got, s = column(write, "acceptance", event(where='"balkan"', parameter='"assistance.acceptance"'))
    assert {iso3 for iso3, values in got.items() if (values != values[0]).any()} == {
        c.iso3 for c in s.region.countries if c.group == "balkan"}
    off = parameter_table(s.with_values({"refusal": "off"}))
    assert (off["acceptance"] == 1).all() and (off["conditions_cost"] == 0).all()


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_switch_overwrites_its_own_parameters_only(baseline, name):
    on = baseline.with_values(dict.fromkeys((f"mechanisms.{m}" for m in MECHANISMS), True))
    before, after = parameter_table(on), parameter_table(on.with_values({f"mechanisms.{name}": False}))
    for key in before.dtype.names:
        neutral = MECHANISMS[name].neutral.get(key)
        assert (after[key] == (before[key] if neutral is None else neutral)).all()
