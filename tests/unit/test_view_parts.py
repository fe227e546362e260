"""The parts of the page without a browser: twins, controls, pictures, saved settings, the session."""

from __future__ import annotations

import base64
import gc
import io
import re
import subprocess
import sys
import time
import weakref
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import pytest
from ipyvuetify import Slider
from undercount.experiments.commands.view import is_local
from undercount.experiments.view import charts, controls, keep, story
from undercount.experiments.view import map as flow_map
from undercount.experiments.view.naming import labels
from undercount.experiments.view.session import PAGES, Session
from undercount.experiments.view.twin import ALONE, FROZEN, Settings, Twin, difference_in_words
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario
from undercount.model.engine.layout import WARM_UP

COARSE = Settings(people_per_agent=1000)
# What `undercount calibrate` writes: values that are no multiple of a slider's step, nor round in any way.
FITTED = """title = "Fitted"
extends = "full-adaptation"

[calibrated]
region = "south-east-europe"
distance = 1.234
seed = 1
version = "0"
command = "by hand"

[calibrated.values]
"push.push" = 1.338632
"pull.pull" = 0.612345678901234
"corruption.corruption" = 0.517
"policing.enforcement" = 0.93
"assistance.referral_capacity" = 2.0
"push.leave_rate" = 0.00613386
"events.looks-bih.factor" = 7.65432
"onsets.routes.when" = "2002-03"
"onsets.routes.size" = 0.876543
"""


@pytest.fixture(scope="module")
def twin():
    made = Twin(COARSE)
    onsets = COARSE.first_scenario().onsets
    for _ in range(max(onset.when for onset in onsets) - COARSE.first_scenario().region.start + 9):  # networks act
        made.step()
    return made


@pytest.fixture
def session():
    made = Session(COARSE)
    yield made
    made.close()


def wait(session):
    end = time.monotonic() + 20
    while (session.busy.value or session.playing.value) and time.monotonic() < end:
        time.sleep(0.02)
    assert not session.busy.value


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """Settings of a scenario with fitted values, as the page opens it."""
    file = tmp_path_factory.mktemp("fitted") / "fitted.toml"
    file.write_text(FITTED, encoding="utf-8")
    return Settings(scenario=str(file), people_per_agent=1000)


def sliders(box):
    """The sliders of a rendered page that stand for a parameter, by their label."""
    found, left = {}, [box]
    while left:
        widget = left.pop()
        if isinstance(widget, Slider) and widget.attributes["aria-label"] in controls.HEADLINE.values():
            found[widget.attributes["aria-label"]] = widget
        left += [child for child in getattr(widget, "children", ()) if hasattr(child, "comm")]
    return found


# --- twins -----------------------------------------------------------------------------------------
def test_default_pair_differs_in_the_two_switches_only():
    first, second = COARSE.first_scenario(), COARSE.second_scenario()
    off = {name for name in first.mechanisms if first.mechanisms[name] != second.mechanisms[name]}
    assert off == {"route_adaptation", "method_adaptation"}
    assert first.parameters == second.parameters


def test_first_difference_is_named(twin):
    text = difference_in_words(twin)
    assert text.startswith("The first life that differs:")
    assert "Full adaptation:" in text and "Networks do not act on what they learn:" in text


def test_same_scenario_twice_never_differs():
    same = Twin(Settings(second="full-adaptation", people_per_agent=1000))
    for _ in range(6):
        same.step()
    assert same.difference is None
    a, b = (m.world for m in same.models)
    assert np.array_equal(a.hidden, b.hidden)
    assert "same, person by person" in difference_in_words(same)


def test_the_end_stops():
    alone = Twin(Settings(second=ALONE, people_per_agent=5000))
    for _ in range(alone.region.months + 3):
        alone.step()
    assert alone.over and alone.month == alone.region.months


# --- controls ----------------------------------------------------------------------------------------
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
    settings, problem = controls.with_whole(COARSE, name, value)
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
    monkeypatch.setattr(app, "Session", lambda settings: made)
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
    assert controls.with_scenario(COARSE, "scenario", "/etc/passwd", "full-adaptation") is COARSE
    assert controls.with_scenario(COARSE, "second", "../x.toml", "full-adaptation") is COARSE
    assert controls.with_scenario(COARSE, "scenario", "refusal", "full-adaptation").scenario == "refusal"


@pytest.mark.parametrize("changed", [False, True])
def test_saved_fitted_values_are_exact_and_what_was_unknown_stays_so(fitted, tmp_path, changed):
    settings = controls.with_value(fitted, "push.push", "0.133863")[0] if changed else fitted
    file = tmp_path / "my.toml"
    file.write_text(controls.saved(settings), encoding="utf-8")
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
        file.write_text(controls.saved(settings, second), encoding="utf-8")
        own = settings.second_scenario() if second else settings.first_scenario()
        assert load_scenario(file).content_hash() == own.content_hash()
    again = Twin(Settings(scenario=str(tmp_path / "my-False.toml"), second=ALONE, people_per_agent=1000))
    first = Twin(settings)
    for _ in range(3):
        again.step()
        first.step()
    assert np.array_equal(again.models[0].world.hidden, first.models[0].world.hidden)


# --- pictures ------------------------------------------------------------------------------------------
def parsed(svg: str):
    return ElementTree.fromstring(svg)


def test_pictures_are_well_formed_and_say_what_the_tables_say(twin):
    models, path = twin.models, twin.region.folder / "map.geojson"
    pictures = [charts.main_chart(models, twin.names), *charts.small_charts(models, twin.names),
                charts.funnel(models[0], "A", 0), flow_map.legend(), flow_map.whole(models[0], path, "A", "now"),
                keep.figure(twin, path)]
    for picture in pictures:
        parsed(picture)
        assert "nan" not in picture
    layer = flow_map.layer(models[0])
    flows = models[0].flows()
    last = flows[flows.month == models[0].month]
    arcs = re.findall(r"<title>[^<]* to [^<]*: ([\d,]+)</title>", layer)
    assert sum(int(n.replace(",", "")) for n in arcs) == last.newly_exploited.sum()


def test_simulated_bars_are_the_rows_of_the_table(twin):
    model = twin.models[0]
    referrals = model.referrals().set_index(["country", "year"]).assisted
    known = [(r.iso3, r.period) for r in twin.region.referrals if r.assisted is not None]
    for period in charts.periods(twin.models):
        if period.end <= model.world.month:
            assert period.simulated[0] == sum(referrals[key] for key in known if key[1] == period.name)
    totals = {p.name: p.observed for p in charts.periods(twin.models)}
    assert totals["2002"] == sum(r.assisted or 0 for r in twin.region.referrals if r.period == "2002")


def test_every_view_of_the_map_is_inside_it(twin):
    for view, (box, zoom) in flow_map.VIEWS.items():
        x, y, width, height = map(float, box.split())
        assert -1 <= x and -1 <= y and x + width <= flow_map.WIDTH + 1 and y + height <= flow_map.HEIGHT + 1, view
        parsed(f'<svg>{flow_map.layer(twin.models[0], zoom)}{flow_map.names(twin.region, zoom)}</svg>')


def test_names_stay_on_the_map_and_elsewhere_stands_apart(twin):
    boxes = {}
    for label in parsed(f"<svg>{flow_map.names(twin.region)}</svg>"):
        x, y = float(label.get("x")), float(label.get("y"))
        boxes[label.text] = x, y - 11, x + 6.6 * len(label.text), y + 3  # letters of 12 pixels
    assert len(boxes) == len(labels(twin.region))
    for name, (left, top, right, bottom) in boxes.items():
        assert 0 <= left and right <= flow_map.WIDTH and 0 <= top and bottom <= flow_map.HEIGHT, name
    left, top, right, bottom = boxes.pop("Elsewhere")
    assert not [name for name, (a, b, c, d) in boxes.items() if a < right and left < c and b < bottom and top < d]


def test_effective_number_of_equal_routes(twin):
    values = charts.effective_routes(twin.models[0])
    assert np.nanmin(values) >= 1 and np.isnan(values[-1])
    shares = charts.mode_shares(twin.models[0])[: twin.month]
    assert np.allclose(shares.sum(axis=1), 1.0)


def test_contrast_of_all_text_colours():
    def light(colour):
        channels = [int(colour[i: i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for colour in (*charts.WORLDS, *charts.MODE_COLOURS.values(), charts.INK, charts.QUIET, "#4a525c", "#3d444d", "#a80000", "#5b636d"):
        assert 1.05 / (light(colour) + 0.05) >= 4.5, colour


def test_the_warm_up_is_told_as_long_as_it_is(session):
    text = session.snapshot.value.stories[0]
    assert f"the {WARM_UP} months before January 1999" in text and "year of warm-up" not in text


def test_story_and_country(twin):
    text = story.sentences(twin.models[0])
    year = COARSE.first_scenario().region.month_name(twin.month - 1)[:4]
    assert text.startswith(f"{year} so far:") and "newly exploited" in text
    table = story.country_html(twin.models, twin.names, "BIH")
    assert "214" in table and "operation" in table  # the published row of 2001, and a dated event
    assert "no row" in story.country_html(twin.models, twin.names, "DEU")


def test_tables_are_a_zip_of_csv(twin):
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(keep.tables(twin))))
    names = archive.namelist()
    assert "full-adaptation/hidden.csv" in names and "networks-do-not-act-on-what-they-learn/referrals.csv" in names
    assert archive.read("full-adaptation/referrals.csv").decode().splitlines()[0] == "country,year,assisted"


# --- a session -----------------------------------------------------------------------------------------
def test_clicks_during_play_are_dropped(session):
    session.speed.value = 20
    session.play()
    first = session.twin.month
    for _ in range(200):
        session.step()
        session.play()
    assert session.twin.month <= first + 3
    session.pause()
    wait(session)


def test_reset_during_play_is_safe_and_takes_the_settings(session):
    session.speed.value = 20
    session.change("push.push", controls.with_value(session.settings.value, "push.push", "2"))
    assert session.changed
    session.play()
    time.sleep(0.2)
    for _ in range(5):
        session.reset()
    wait(session)
    time.sleep(0.2)
    assert session.twin.month == 0 and not session.changed and not session.playing.value
    assert session.twin.models[0].scenario.value("push.push") == 2.0


def test_reset_lets_the_old_worlds_go(session):
    session.step()
    old = [weakref.ref(session.twin), *map(weakref.ref, session.twin.models)]
    session.reset()
    wait(session)
    gc.collect()
    assert [ref() for ref in old] == [None, None, None]


def test_bad_combination_leaves_the_world_alone(session):
    session.step()
    month, old = session.twin.month, session.twin
    session.settings.value = Settings(changes={"push.push": 1e9}, people_per_agent=1000)
    session.reset()
    wait(session)
    assert session.twin is old and session.twin.month == month
    assert "push" in session.messages.value["reset"]


def test_playing_to_the_end_stops(session):
    session.speed.value = 10_000
    session.play()
    wait(session)
    assert session.snapshot.value.over and not session.playing.value


def test_lives_follow_the_months_and_pages_are_known_ones(session):
    for _ in range(8):
        session.step()
    session.show(PAGES[2])
    shown = session.country.value
    session.pick("person", "is exploited now")
    lives = session.snapshot.value.lives
    assert len(lives) == 2 and lives[0].portrait.startswith("A synthetic person")
    session.step()
    session.pick("person", "<script>")
    session.show("nowhere")
    session.show_country("../..")
    assert session.page.value == PAGES[2] and session.country.value == shown != ""


def test_a_browser_cannot_set_an_impossible_speed_or_view(session):
    for value in (0, -1, "fast", None, 1e9):
        session.set_speed(value)
    session.look("../etc")
    assert session.speed.value == 6 and session.view.value == "region"


def test_a_closed_tab_stops_quietly():
    gone = Session(COARSE)
    gone.play()
    gone.close()
    gone.step()
    assert gone.twin.models == [] and not gone.playing.value


def test_sessions_share_nothing():
    one, two = Session(COARSE), Session(COARSE)
    one.step()
    assert (one.twin.month, two.twin.month) == (1, 0)
    assert all(a.world.people is not b.world.people for a, b in zip(one.twin.models, two.twin.models))
    one.close()
    two.close()


def test_page_renders_as_a_component_without_a_server():
    import solara
    from undercount.experiments.view.app import Page

    box, context = solara.render(Page(), handle_error=False)
    assert box.children
    context.close()


# --- the command ------------------------------------------------------------------------------------------
def test_only_loopback_is_local():
    assert is_local("127.0.0.1") and is_local("::1") and is_local("localhost")
    assert not is_local("0.0.0.0") and not is_local("example.org") and not is_local("192.168.1.4")


def test_other_hosts_need_the_flag():
    done = subprocess.run([sys.executable, "-m", "undercount", "view", "--host", "0.0.0.0"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 1 and "--allow-remote" in done.stderr and "Traceback" not in done.stderr


def test_unknown_scenario_is_said_at_once():
    done = subprocess.run([sys.executable, "-m", "undercount", "view", "full-adaptatoin"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 2 and "full-adaptation" in done.stderr


def test_frozen_stays_frozen_whatever_the_switches_say():
    settings, _ = controls.with_value(COARSE, "mechanisms.route_adaptation", True)
    assert settings.second == FROZEN
    assert not settings.second_scenario().mechanisms["route_adaptation"]
