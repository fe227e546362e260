"""A session behind the page: playing, resetting, what a browser may ask; and the command that starts it."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import time
import weakref

import pytest
from undercount.experiments.commands.view import is_local
from undercount.experiments.view import controls
from undercount.experiments.view.session import Session
from undercount.experiments.view.snapshot import PAGES
from undercount.experiments.view.twin import Settings
from undercount.model.engine.layout import WARM_UP

from tests.unit.view.coarse import COARSE


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


def test_a_dragged_onset_runs_the_worlds_to_the_same_month_and_one_sentence_says_what_followed(session):
    for _ in range(50):
        session.step()
    before = session.snapshot.value
    own = session.settings.value.first_scenario().onsets_by_name["routes"].when - session.twin.region.start
    for name, month in (("routes", -1), ("routes", 63), ("routes", "5"), ("nothing", 5), (None, None), ("routes", own)):
        session.move_onset(name, month)
        assert not session.changed and not session.busy.value
    session.move_onset("routes", 24)
    wait(session)
    assert session.twin.month == 50 and not session.changed
    now = session.snapshot.value
    assert now.stories[0] != before.stories[0]
    assert "New routes from November 2002 to January 2001" in now.changed
    counted = re.search(r"2003 so far: ([\d,]+) victims", now.stories[0])[1]
    assert f"2003 so far now has {counted} counted (" in now.changed and now.changed.count(".") == 2
    session.move_onset("routes", own)  # back: the sentence is of this step, and nothing is changed
    wait(session)
    assert session.settings.value.changes == {} and session.snapshot.value.stories == before.stories
    assert "from January 2001 to November 2002" in session.snapshot.value.changed


def test_the_first_life_that_differs_is_told_without_stopping_the_months(session):
    while session.twin.difference is None:
        assert "the same, person by person" in session.snapshot.value.difference
        session.step()
    assert "being looked up" in session.snapshot.value.difference
    end = time.monotonic() + 60
    while "being looked up" in session.snapshot.value.difference and time.monotonic() < end:
        time.sleep(0.05)
    assert session.snapshot.value.difference.startswith("The first life that differs:")


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


def test_the_warm_up_is_told_as_long_as_it_is(session):
    text = session.snapshot.value.stories[0]
    assert f"the {WARM_UP} months before January 1999" in text and "year of warm-up" not in text


def test_only_loopback_is_local():
    assert is_local("127.0.0.1") and is_local("::1") and is_local("localhost")
    assert not is_local("0.0.0.0") and not is_local("example.org") and not is_local("192.168.1.4")


def test_other_hosts_need_the_flag():
    done = subprocess.run([sys.executable, "-m", "undercount", "view", "--host", "0.0.0.0"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 2 and "--allow-remote" in done.stderr and "Traceback" not in done.stderr


def test_unknown_scenario_is_said_at_once():
    done = subprocess.run([sys.executable, "-m", "undercount", "view", "full-adaptatoin"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 2 and "full-adaptation" in done.stderr


def test_worlds_that_rest_are_remembered_and_come_back_where_they_were(session):
    session.step()
    session.pick("person", "is exploited now")
    before = session.snapshot.value
    settings, region, stay = session.made, session.region, session.twin.models[0].world.people.copy()
    session.rest(3600)
    assert session._left is None  # somebody looked just now
    session.rest(0)
    assert session._left == (settings, 1) and session._twin.models == [] and session.picked.followers == []
    assert session.made == settings and session.region is region and not session.changed
    assert session._left is not None  # what draws the page makes no worlds
    session.refresh()
    assert session._left is None and session.twin.month == 1
    assert (session.twin.models[0].world.people == stay).all()
    assert session.snapshot.value == before
    session.step()
    assert session.twin.month == 2


def test_worlds_do_not_rest_while_they_are_made(session):
    session.reset()
    session.rest(0)
    assert session._left is None
    wait(session)
