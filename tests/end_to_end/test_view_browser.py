"""The page in a real Chromium. Needs the extras [view] and [dev]; a missing browser is a failure.

Screenshots are kept in results/screenshots/ for a person to look at.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect
from undercount.experiments.view.controls import HEADLINE, STEP, control, exact
from undercount.experiments.view.twin import Settings
from undercount.model.assumed.scenario import load_scenario

from tests.end_to_end.browser import ROOT, Opened, served, visit
from tests.unit.view.coarse import draws

SHOTS = ROOT / "results" / "screenshots"


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """A server without an argument: it opens with two draws of the verdict."""
    with served(tmp_path_factory.mktemp("view")) as url:
        yield url


PAIRED = "?first=full-adaptation&second=same-but-frozen&agents=100&seed=1"

# As `undercount calibrate` leaves a scenario: no value is a multiple of a slider's step.
FITTED = {"push.push": "1.338632", "pull.pull": "0.612346", "corruption.corruption": "0.517",
          "policing.enforcement": "0.971234", "assistance.referral_capacity": "1.9876", "push.leave_rate": "0.00613386"}


@pytest.fixture(scope="session")
def fitted(tmp_path_factory):
    """A server that opens a scenario with fitted values: its address, the scenario's file."""
    folder = tmp_path_factory.mktemp("fitted")
    file = folder / "fitted.toml"
    values = "\n".join(f'"{path}" = {value}' for path, value in FITTED.items())
    file.write_text(f'title = "Fitted"\nextends = "full-adaptation"\n\n[calibrated.values]\n{values}\n', encoding="utf-8")
    with served(folder, str(file)) as url:
        yield url, file


@pytest.fixture
def opened(page, address):
    """The paired worlds: full adaptation, and the same people where networks do not act on what they learn."""
    with visit(page, address + PAIRED) as found:
        yield found


@pytest.fixture
def drawn(page, address):
    draws()  # there are none between a change of rules and the table made by the new ones
    with visit(page, address) as found:
        yield found


@pytest.fixture
def opened_fitted(page, fitted):
    with visit(page, fitted[0]) as found:
        yield found


def test_load_step_play_pause_reset(opened):
    expect(opened.page.locator("h1")).to_have_text("Fewer victims counted. Fewer people trafficked?")
    opened.button("Step one month").click()
    expect(opened.date).to_have_text("January 1999")
    expect(opened.page.locator(".uc-story0")).to_contain_text("newly exploited")
    opened.button("Play").click()
    expect(opened.button("Pause")).to_be_visible()
    expect(opened.button("Step one month")).to_be_disabled()
    expect(opened.date).to_contain_text("1999")
    expect(opened.date).not_to_have_text("January 1999")
    opened.button("Pause").click()
    expect(opened.button("Play")).to_be_visible()
    time.sleep(0.4)
    stopped = opened.date.inner_text()
    time.sleep(0.6)
    assert opened.date.inner_text() == stopped
    opened.button("Play").click()
    time.sleep(0.5)
    opened.restart()  # in the middle of playing
    time.sleep(0.6)
    expect(opened.date).to_have_text("Not started: press Play")


def test_changed_settings_and_another_scenario(opened):
    own = control("policing.enforcement", Settings())  # the scenario's, whatever was fitted
    expect(opened.field("^Enforcement.*factor")).to_have_value(own.text)
    slider, way = opened.slider("policing.enforcement"), 1 if own.stop < 1.5 else -1
    slider.focus()
    for _ in range(4):
        slider.press("ArrowRight" if way > 0 else "ArrowLeft")
    expect(opened.field("^Enforcement.*factor")).to_have_value(exact(own.nearest(own.stop + 4 * way * STEP)))
    expect(opened.button("Reset with new settings")).to_be_visible()
    opened.restart()
    expect(opened.button("Reset")).to_be_visible()
    opened.choose("First world", "Safe migration")
    opened.choose("Second world", "Less looking")
    opened.restart()
    expect(opened.page.locator(".uc-story0")).to_contain_text("Safe migration")
    expect(opened.page.locator(".uc-story1")).to_contain_text("Less looking")
    opened.button("Step one month").click()
    expect(opened.date).to_have_text("January 1999")


def expect_fitted(opened):
    """Every control shows the scenario's value as it is, and nothing counts as changed."""
    for path, label in HEADLINE.items():
        expect(opened.field(f"^{label}.*factor")).to_have_value(FITTED[path])
        stop = control(path, Settings()).nearest(float(FITTED[path]))
        expect(opened.slider(path)).to_have_attribute("aria-valuenow", exact(stop))
    expect(opened.button("Reset")).to_be_visible()
    expect(opened.button("Reset with new settings")).to_have_count(0)


def save_settings(opened, file):
    with opened.page.expect_download() as download:
        opened.button("Save settings (scenario file)").click()
    download.value.save_as(file)
    return load_scenario(file)


def test_fitted_values_stay_as_they_are_until_a_person_moves_one(opened_fitted, fitted, tmp_path):
    opened, scenario = opened_fitted, load_scenario(fitted[1])
    time.sleep(1)  # whatever the sliders have to say by themselves is said by now
    expect_fitted(opened)
    SHOTS.mkdir(parents=True, exist_ok=True)
    opened.page.screenshot(path=str(SHOTS / "fitted.png"))
    saved = save_settings(opened, tmp_path / "untouched.toml")
    assert saved.content_hash() == scenario.content_hash() and saved.free() == scenario.free()
    # Going through all controls by keyboard, and a click that leaves a thumb where it is, move nothing.
    opened.page.locator("body").click(position={"x": 2, "y": 2})
    for _ in range(20):
        opened.page.keyboard.press("Tab")
    opened.slider("pull.pull").locator(".v-slider__thumb").click()
    opened.button("▸ Push", exact=False).click()
    expect(opened.field("^Leave rate")).to_have_value(FITTED["push.leave_rate"])
    opened.field("^Leave rate").press("Enter")
    time.sleep(0.5)
    expect_fitted(opened)
    # One that is moved counts; back where it stood it is the scenario's exact value again.
    for path, there, back in (("push.push", "ArrowRight", "ArrowLeft"), ("corruption.corruption", "End", "Home"),
                              ("assistance.referral_capacity", "ArrowLeft", "ArrowRight")):
        slider, own = opened.slider(path), opened.field(f"^{HEADLINE[path]}.*factor")
        slider.press(there)
        expect(own).not_to_have_value(FITTED[path])
        expect(opened.button("Reset with new settings")).to_be_visible()
        opened.restart()
        expect(opened.button("Reset")).to_be_visible()  # the world is that of the moved slider
        slider.press(back)
        expect(own).to_have_value(FITTED[path])
        expect(opened.button("Reset with new settings")).to_be_visible()
        opened.restart()
        expect_fitted(opened)
    # Another scenario and back.
    opened.slider("push.push").press("PageUp")
    opened.choose("First world", "Safe migration")
    other = Settings(scenario="safe-migration")
    expect(opened.field("^Push.*factor")).to_have_value(control("push.push", other).text)
    opened.choose("First world", "Fitted")
    expect_fitted(opened)
    assert save_settings(opened, tmp_path / "again.toml").content_hash() == scenario.content_hash()


def test_fitted_values_by_mouse_and_typed(opened_fitted, tmp_path):
    opened = opened_fitted
    box = opened.page.locator(".uc-slider").first.bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    field = opened.field("^Push.*factor")
    expect(field).not_to_have_value(FITTED["push.push"])
    assert float(field.input_value()) / STEP == pytest.approx(round(float(field.input_value()) / STEP))
    field.fill(FITTED["push.push"])
    field.press("Enter")
    expect_fitted(opened)
    field.fill("0.133863")  # outside the slider's range, where it stands at its end and says nothing
    field.press("Enter")
    expect(opened.button("Reset with new settings")).to_be_visible()
    time.sleep(0.5)
    expect(field).to_have_value("0.133863")
    expect(opened.slider("push.push")).to_have_attribute("aria-valuenow", "0.5")
    assert save_settings(opened, tmp_path / "typed.toml").value("push.push") == 0.133863


def test_bad_value_shows_the_message_beside_the_control_and_leaves_the_world_alone(opened):
    opened.button("Step one month").click()
    field = opened.field("^Corruption.*factor")
    field.fill("99")
    field.press("Enter")
    message = opened.page.locator(".v-input", has=field).locator(".v-messages__message")
    expect(message).to_contain_text("found 99")
    expect(message).to_contain_text("allowed:")
    expect(opened.date).to_have_text("January 1999")
    expect(opened.button("Reset")).to_be_visible()  # nothing new to apply
    field.fill("1.2")
    field.press("Enter")
    expect(opened.button("Reset with new settings")).to_be_visible()
    expect(opened.page.get_by_text("found 99")).to_have_count(0)


def test_twin_worlds_diverge_and_the_first_difference_is_named(opened):
    """The networks of one world act on what they have learnt from January 2002 on."""
    for month in ("January", "February", "March"):
        opened.button("Step one month").click()
        expect(opened.date).to_have_text(f"{month} 1999")
    expect(opened.page.locator(".uc-difference")).to_contain_text("the same, person by person")
    opened.button("Play").click()
    expect(opened.date).to_contain_text("2003", timeout=60_000)
    opened.button("Pause").click()
    expect(opened.page.locator(".uc-difference")).to_contain_text("The first life that differs:", timeout=60_000)
    first, second = (opened.page.locator(f".uc-story{k}").inner_text() for k in (0, 1))
    assert re.findall(r"\d[\d,]*", first) != re.findall(r"\d[\d,]*", second)


def test_country_by_map_and_one_life(opened):
    page = opened.page
    opened.button("Play").click()
    expect(opened.date).to_contain_text("2000")
    opened.button("Pause").click()
    opened.button("A country").click()
    page.locator('.undercount-map path[data-iso="ITA"]').first.dispatch_event("click")
    expect(page.locator(".uc-country h3")).to_have_text("Italy")
    page.locator('.undercount-map path[data-iso="MDA"]').first.dispatch_event("mousemove")
    expect(page.locator(".undercount-tip").first).to_contain_text("Moldova this month")
    whole = page.locator(".undercount-map svg").first.get_attribute("viewBox")
    opened.button("Show the Balkans").click()
    expect(opened.button("Show the region")).to_be_visible()
    expect(page.locator(".undercount-map svg").nth(1)).not_to_have_attribute("viewBox", whole)
    opened.button("One life").click()
    opened.choose("who …", "is exploited now")
    opened.button("Pick somebody").click()
    expect(page.locator(".uc-life").first).to_contain_text("A synthetic person")
    expect(page.locator(".uc-life li").first).to_contain_text(re.compile(r"(19|20)\d\d"))
    before = page.locator(".uc-life").first.inner_text()
    opened.button("Pick somebody else").click()
    expect(page.locator(".uc-life").first).not_to_have_text(before)
    opened.choose("Who", "recruiter")
    opened.button("Pick somebody else").click()
    expect(page.locator(".uc-life").first).to_contain_text("A synthetic recruiter")


def test_saved_settings_run(opened, tmp_path):
    field = opened.field("^Enforcement.*factor")
    field.fill("1.5")
    field.press("Enter")
    expect(opened.button("Reset with new settings")).to_be_visible()
    with opened.page.expect_download() as download:
        opened.button("Save settings (scenario file)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert "enforcement = 1.5" in file.read_text()
    done = subprocess.run([sys.executable, "-m", "undercount", "run", str(file), "--replicates", "1", "--seed", "1",
                           "--people-per-agent", "1000", "--out", str(tmp_path / "out")], cwd=ROOT, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for name, start in (("Tables (CSV in a ZIP)", b"PK"), ("Figure (PNG)", b"\x89PNG"), ("Figure (SVG)", b"<svg")):
        with opened.page.expect_download() as download:
            opened.button(name).click()
        assert Path(download.value.path()).read_bytes().startswith(start)


def test_two_sessions_are_apart(opened, browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    other = Opened(context.new_page(), address + PAIRED)
    opened.button("Step one month").click()
    expect(opened.date).to_have_text("January 1999")
    expect(other.date).to_have_text("Not started: press Play")
    other.button("Step one month").click()
    expect(other.date).to_have_text("January 1999")
    other.button("Step one month").click()
    expect(other.date).to_have_text("February 1999")
    expect(opened.date).to_have_text("January 1999")
    assert not other.said
    context.close()


def test_keyboard_reaches_the_buttons(opened):
    page, seen = opened.page, []
    page.locator("body").click(position={"x": 2, "y": 2})
    for _ in range(90):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.innerText || document.activeElement.getAttribute('aria-label') || ''").strip())
        if seen[-1] == "A country":
            break
    for name in ("Play", "Step one month", "Reset", "One life", "A country", "Save settings (scenario file)"):
        assert name in seen, seen
    opened.button("Step one month").focus()
    page.keyboard.press("Enter")
    expect(opened.date).to_have_text("January 1999")


def box(locator):
    found = locator.bounding_box()
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def test_it_opens_with_two_draws_that_show_what_the_first_sentence_says(drawn):
    page = drawn.page
    intro = page.locator(".uc-intro").inner_text()
    moved = [float(n.replace("\N{MINUS SIGN}", "-")) for n in re.findall(r"([\N{MINUS SIGN}+]?\d+)\s%", intro)]
    assert intro.startswith("Two draws of the verdict") and len(moved) == 2 and moved[0] > -10 >= moved[1]
    assert re.search(r"\?first=draw-\d+&second=draw-\d+&agents=pooled&seed=as\+drawn$", page.url)
    drawn.play_to(2004)
    first, second = (page.locator(f".uc-story{k}").inner_text() for k in (0, 1))
    for story, change in ((first, moved[0]), (second, moved[1])):
        assert re.search(r"2003: [\d,]+ victims counted, [3-8]\d\s% fewer than in 2002", story), story
        said = re.search(r"newly exploited, (?:(\d+)\s% (fewer|more) than|as many as) in 2002", story)
        assert (-1 if said[2] == "fewer" else 1) * int(said[1] or 0) == change
    expect(page.locator(".uc-difference")).to_contain_text("its own luck")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / "opening.png"))
    # The first screen shows both maps and both charts whole.
    for name in (".undercount-map svg", ".uc-counts svg", ".uc-flow svg"):
        for one in page.locator(name).all():
            x, y, right, foot = box(one)
            assert 0 <= x and 0 <= y and right <= 1280 and foot <= 720, (name, right, foot)
    # The funnel beside the peak year, and the chain under it, exactly.
    page.set_viewport_size({"width": 1280, "height": 1700})
    assert page.locator(".uc-charts svg").count() == 4
    for chart in page.locator(".uc-charts svg").all():
        said = chart.get_attribute("aria-label")
        assert "2003" in said and ("2001" in said or "2002" in said), said  # the peak year of each draw, and the last
    page.screenshot(path=str(SHOTS / "funnel-and-chain.png"))


def test_an_onset_is_dragged_and_moved_by_keys_and_a_sentence_says_what_followed(opened):
    page = opened.page
    opened.play_to(2003)
    date = opened.date.inner_text()
    mark = page.get_by_role("slider", name="New routes begins")
    mark.scroll_into_view_if_needed()
    before = int(mark.get_attribute("aria-valuenow"))
    x, y, right, foot = box(mark.locator("circle"))
    page.mouse.move((x + right) / 2, (y + foot) / 2)
    page.mouse.down()
    page.mouse.move((x + right) / 2 - 300, (y + foot) / 2, steps=5)
    page.mouse.up()
    sentence = page.locator(".uc-changed")
    expect(sentence).to_contain_text("You changed: New routes from November 2002 to", timeout=60_000)
    expect(sentence).to_contain_text("newly exploited")
    expect(opened.date).to_have_text(date)
    now = int(page.get_by_role("slider", name="New routes begins").get_attribute("aria-valuenow"))
    assert now < before - 10 and f"onsets.routes.when={1999 + now // 12}-{now % 12 + 1:02d}" in page.url
    mark = page.get_by_role("slider", name="New routes begins")
    mark.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert mark.get_attribute("aria-valuenow") == str(now + 2)
    page.keyboard.press("Enter")
    expect(sentence).not_to_contain_text("from November 2002", timeout=60_000)
    expect(opened.date).to_have_text(date)
    # The link brings it back.
    again = Opened(page.context.new_page(), page.url)
    expect(again.page.get_by_role("slider", name="New routes begins")).to_have_attribute("aria-valuenow", str(now + 2))
    assert not again.said
    again.page.close()


def test_a_link_with_mistakes_says_so_and_opens_the_rest(page, address):
    found = Opened(page, address + "?first=refusal&second=none&push.push=99&pusj.pull=1&seed=3", maps=1)
    problem = found.page.locator(".uc-problem")
    expect(problem).to_contain_text("push.push: found 99.0; allowed:")
    expect(problem).to_contain_text("nearest: pull.pull")
    expect(found.page.locator(".uc-story0")).to_contain_text("Refusal")
    expect(found.field("^Seed")).to_have_value("3")


def test_the_tour_by_keyboard_and_how_it_is_skipped(opened):
    page = opened.page
    opener = opened.button("Tour in six steps")
    opener.focus()
    page.keyboard.press("Enter")
    card = page.get_by_role("dialog")
    for step in range(1, 7):
        expect(card).to_contain_text(f"Step {step} of 6")
        expect(page.locator(".undercount-tour-target")).to_have_count(1)
        page.keyboard.press("ArrowRight")
    expect(card).to_contain_text("Step 6 of 6")
    page.keyboard.press("ArrowLeft")
    expect(card).to_contain_text("Step 5 of 6")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(page.locator(".undercount-tour-target")).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    opened.button("Skip the tour").click()
    expect(card).to_have_count(0)


def test_names_on_the_maps_lie_on_no_other(opened):
    page = opened.page
    opened.button("Step one month").click()
    for view in ("region", "Balkans"):
        if view == "Balkans":
            opened.button("Show the Balkans").click()
            expect(opened.button("Show the region")).to_be_visible()
        drawn = page.locator(".undercount-map svg").first.locator("text").evaluate_all(
            "all => all.map(t => { const b = t.getBoundingClientRect(); return [t.textContent, b.left, b.top, b.right, b.bottom]; })")
        assert {"Bosnia", "Kosovo", "FYR Macedonia"} <= {name for name, *_ in drawn}
        ours = [(name, a + 1, b + 2, c - 1, d - 2) for name, a, b, c, d in drawn]  # boxes of letters have air above and below
        for n, (name, a, b, c, d) in enumerate(ours):
            assert not [o[0] for o in ours[:n] if a < o[3] and o[1] < c and b < o[4] and o[2] < d], name


def test_what_a_screen_reader_says_of_maps_and_charts(opened):
    page = opened.page
    opened.play_to(2000)
    maps = page.get_by_role("img", name=re.compile(r"^Map of the region, (first|second) world .* newly exploited this month; most from "))
    expect(maps).to_have_count(2)
    counts = page.get_by_role("img", name=re.compile("^Victims counted in a year"))
    expect(counts).to_have_attribute("aria-label", re.compile(r"1999: published 21, Full adaptation \d+, Networks do not act"))
    flow = page.get_by_role("img", name=re.compile("^People newly exploited each month"))
    expect(flow).to_have_attribute("aria-label", re.compile(r"1999 about [\d,]+ a month"))
    for image in page.get_by_role("img").all():
        assert len(image.get_attribute("aria-label") or "") > 15
    assert page.locator("svg:not([role]):visible").count() == 0


def test_readable_at_both_widths(opened):
    page = opened.page
    SHOTS.mkdir(parents=True, exist_ok=True)
    opened.button("Play").click()
    expect(opened.date).to_contain_text("2003", timeout=60_000)  # the worlds part in 2002
    opened.button("Pause").click()
    expect(opened.button("Play")).to_be_visible()
    for width, height in ((1280, 720), (810, 1080), (1280, 1900), (810, 2600)):
        page.set_viewport_size({"width": width, "height": height})
        time.sleep(0.3)
        page.screenshot(path=str(SHOTS / f"page-{width}x{height}.png"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert opened.button("Play").bounding_box()["x"] >= 0
    page.set_viewport_size({"width": 1280, "height": 1600})
    for name in ("How the trade changes", "A country", "One life"):
        opened.button(name).click()
        expect(opened.button(name)).to_have_attribute("aria-pressed", "true")
        if name == "One life":
            opened.button("Pick somebody").click()
            expect(page.locator(".uc-life").first).to_contain_text("A synthetic person")
        time.sleep(0.3)
        page.screenshot(path=str(SHOTS / f"{name.lower().replace(' ', '-')}.png"))
