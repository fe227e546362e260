"""What a person may change, fitted values left as they are, and what is saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ipyvuetify import Slider
from undercount.experiments.view import chosen, controls
from undercount.experiments.view.session import Session
from undercount.experiments.view.twin import ALONE, Settings, Twin
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario

from tests.unit.view.coarse import COARSE


def sliders(box):
    """The sliders of a rendered page that stand for a parameter, by their label."""
    found, left = {}, [box]
    while left:
        widget = left.pop()
        if isinstance(widget, Slider) and widget.attributes["aria-label"] in controls.HEADLINE.values():
            found[widget.attributes["aria-label"]] = widget
        left += [child for child in getattr(widget, "children", ()) if hasattr(child, "comm")]
    return found


def test_every_parameter_has_a_control_with_the_schema_s_words():
    shown = [*controls.HEADLINE, *(path for _, paths in controls.groups().values() for path in paths)]
    assert sorted(shown) == sorted(specs())
    scenario = load_scenario(COARSE.scenario)
    for path in shown:
        c, spec = controls.control(path, COARSE), specs()[path]
        assert (c.low, c.high) == spec.sweep and spec.unit == c.unit and spec.source in c.help
        assert f"default {spec.default:g}" in c.help
        assert c.value == scenario.value(path)


@pytest.mark.parametrize("name, value", [
    ("policing.enforcement", "99"), ("policing.enforcement", "much"), ("push.push", "-1"), ("push.push", "nan"),
    ("population.minor_share", "2"), ("mechanisms.refusal", "perhaps")])
def test_bad_value_keeps_the_settings_and_says_why(name, value):
    settings, problem = controls.with_value(COARSE, name, value)
    assert settings is COARSE
    assert problem.startswith("found ") and "allowed: " in problem


@pytest.mark.parametrize("name, value", [("people_per_agent", "1"), ("people_per_agent", "ten"), ("seed", "-1"), ("seed", "1.5")])
def test_bad_whole_number(name, value):
    settings, problem = chosen.with_whole(COARSE, name, value)
    assert settings is COARSE and "a whole number" in problem


@pytest.mark.parametrize("path", controls.HEADLINE)
def test_back_to_the_scenario_s_value_is_no_change(fitted, path):
    for settings in (COARSE, fitted):
        own = controls.control(path, settings)
        assert float(own.text) == own.value == own.own == load_scenario(Path(settings.scenario) if settings is fitted else
                                                                        settings.scenario).value(path)
        changed, _ = controls.with_value(settings, path, "1.4142")
        assert changed.changes == {path: 1.4142} and controls.control(path, changed).own == own.own
        assert controls.with_value(changed, path, own.text)[0] == settings


def test_controls_show_fitted_values_as_they_are(fitted):
    shown = {path: controls.control(path, fitted) for path in specs()}
    assert [shown[path].text for path in controls.HEADLINE] == ["1.338632", "0.612345678901234", "0.517", "0.93", "2"]
    assert shown["push.leave_rate"].text == "0.00613386"
    assert "default 1, in this scenario 1.338632." in shown["push.push"].help
    assert "in this scenario" not in shown["push.zone_income"].help


@pytest.mark.parametrize("path", controls.HEADLINE)
def test_sliders_stand_at_stops_and_the_own_stop_is_the_scenario_s_value(fitted, path):
    start = controls.control(path, fitted)
    count = round((start.high - start.low) / controls.STEP)
    stops = [round(start.low + k * controls.STEP, 2) for k in range(count + 1)]
    assert stops[-1] == start.high and start.stop in stops and abs(start.stop - start.value) <= controls.STEP / 2
    assert all(start.nearest(stop) == stop for stop in stops)  # one that Vuetify would not move either
    assert controls.with_stop(fitted, path, start.stop) == (fitted, None)
    for stop in stops:
        moved, problem = controls.with_stop(fitted, path, stop)
        assert problem is None and moved.changes == ({} if stop == start.stop else {path: stop})
        assert controls.control(path, moved).stop == stop
        assert controls.with_stop(moved, path, start.stop) == (fitted, None)  # back with the exact value
    typed, _ = controls.with_value(fitted, path, "1.2345")
    assert controls.with_stop(typed, path, 1.25)[0] is typed


@pytest.mark.parametrize("stop", ["1.2", None, float("nan"), float("inf"), -1, 99, [1.2]])
def test_what_no_slider_says_is_ignored(fitted, stop):
    assert controls.with_stop(fitted, "push.push", stop) == (fitted, None)


def test_a_value_off_the_slider_s_range_is_kept_and_no_stop_stands_for_it(tmp_path):
    file = tmp_path / "far.toml"
    file.write_text('title = "Far"\nextends = "full-adaptation"\n[push]\npush = { value = 3.3, low = 0.1, high = 5 }\n', encoding="utf-8")
    far = Settings(scenario=str(file))
    c = controls.control("push.push", far)
    assert (c.text, c.stop) == ("3.3", 2.0) and controls.with_stop(far, "push.push", 2.0)[0] is far
    away, _ = controls.with_stop(far, "push.push", 1.95)
    assert controls.with_stop(away, "push.push", 2.0)[0].changes == {"push.push": 2.0}


def test_a_page_with_fitted_values_opens_unchanged_and_changes_by_hand_only(fitted, monkeypatch):
    import solara
    from undercount.experiments.view import app

    made = Session(fitted)
    monkeypatch.setattr(app, "Session", lambda *_: made)
    box, context = solara.render(app.Page(), handle_error=False)
    found = sliders(box)
    assert len(found) == len(controls.HEADLINE) and not made.changed
    for path, label in controls.HEADLINE.items():
        c, slider = controls.control(path, fitted), found[label]
        assert slider.v_model == c.stop == c.nearest(slider.v_model)
        slider.v_model = other = c.low if c.stop > c.low + 0.3 else c.high
        assert made.changed and made.settings.value.changes == {path: other}
        slider.v_model = c.stop
        assert not made.changed and made.settings.value == fitted
    context.close()


def test_only_offered_scenarios_are_taken():
    assert chosen.with_scenario(COARSE, "scenario", "/etc/passwd", "full-adaptation") is COARSE
    assert chosen.with_scenario(COARSE, "second", "../x.toml", "full-adaptation") is COARSE
    assert chosen.with_scenario(COARSE, "scenario", "refusal", "full-adaptation").scenario == "refusal"


@pytest.mark.parametrize("changed", [False, True])
def test_saved_fitted_values_are_exact_and_what_was_unknown_stays_so(fitted, tmp_path, changed):
    settings = controls.with_value(fitted, "push.push", "0.133863")[0] if changed else fitted
    file = tmp_path / "my.toml"
    file.write_text(chosen.saved(settings), encoding="utf-8")
    own, again = settings.first_scenario(), load_scenario(file)
    assert again.content_hash() == own.content_hash()
    assert {path: again.value(path) for path in specs()} == {path: own.value(path) for path in specs()}
    assert again.value("push.push") == (0.133863 if changed else 1.338632)
    assert again.value("events.looks-bih.factor") == 7.65432 and again.onsets == own.onsets
    assert again.free() == own.free()
    opened = Settings(scenario=str(file))
    assert [controls.control(path, opened).text for path in specs()] == [controls.control(path, settings).text for path in specs()]


def test_saved_settings_load_back_to_the_same_world(tmp_path):
    settings, _ = controls.with_value(COARSE, "policing.enforcement", "1.4")
    settings, _ = controls.with_value(settings, "mechanisms.small_payments", False)
    for second in (False, True):
        file = tmp_path / f"my-{second}.toml"
        file.write_text(chosen.saved(settings, second), encoding="utf-8")
        own = settings.second_scenario() if second else settings.first_scenario()
        assert load_scenario(file).content_hash() == own.content_hash()
    again = Twin(Settings(scenario=str(tmp_path / "my-False.toml"), second=ALONE, people_per_agent=1000))
    first = Twin(settings)
    for _ in range(3):
        again.step()
        first.step()
    assert np.array_equal(again.models[0].world.hidden, first.models[0].world.hidden)
