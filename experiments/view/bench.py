"""How fast the page is, on this machine: `python -m undercount.experiments.view.bench`.

Without a browser: a month of twin worlds with its snapshot and the widgets' update, and memory over
resets. With one (Chromium and Playwright): the time until the page can be used, months a second as
the browser shows them, and ten sessions at once.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import numpy as np

# The default region has 15.7 million persons at risk: 157 persons an agent make 100,000 agents at home.
SETTINGS_100_000 = {"people_per_agent": 157}
ARGUMENTS = ("--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync").split()


def rss() -> float:
    """Resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def months() -> None:
    """A month of two worlds of 100,000 agents each, with everything that the page then shows."""
    import solara
    from undercount.experiments.view import app
    from undercount.experiments.view.session import PAGES, Session
    from undercount.experiments.view.twin import Settings

    made: list[Session] = []
    original = app.Session
    app.Session = lambda *a, **k: made.append(original(Settings(**SETTINGS_100_000))) or made[-1]
    _, context = solara.render(app.Page(), handle_error=False)
    session = made[0]
    agents = int(session.twin.models[0].world.classes["agents"].sum())
    for page in PAGES:
        session.show(page)
        if page == "One life":
            session.pick("person", "is exploited now")
        times = []
        for _ in range(12):
            start = time.perf_counter()
            session.step()
            times.append(time.perf_counter() - start)
        print(f"month of twin worlds, {agents:,} agents at home each, page '{page}': "
              f"median {np.median(times):.3f} s, largest {max(times):.3f} s (goal 0.3)")
    context.close()
    session.close()
    app.Session = original


def resets(most: int = 50) -> None:
    """Memory after many resets, each after some months."""
    from undercount.experiments.view.session import Session
    from undercount.experiments.view.twin import Settings

    session, seen = Session(Settings()), {}
    for n in range(1, most + 1):
        for _ in range(5):
            session.step()
        session.settings.value = replace(session.settings.value, seed=n)
        session.reset()
        while session.busy.value:
            time.sleep(0.01)
        gc.collect()
        seen[n] = rss()
    print(f"memory after 5 resets {seen[5]:.0f} MB, after {most} {seen[most]:.0f} MB: "
          f"{seen[most] - seen[5]:+.0f} MB (goal at most +20)")
    session.close()


def in_browser(sessions: int = 10) -> None:
    """Page load, play speed as seen, and several sessions at once."""
    from playwright.sync_api import sync_playwright

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.monotonic()
    server = subprocess.Popen([sys.executable, "-P", "-m", "undercount.experiments.cli", "view", "--port", str(port)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        while True:
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        up = time.monotonic()
        print(f"server up {up - start:.1f} s after the command")
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            _measure(browser, url, sessions, server.pid)
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


def _measure(browser, url: str, sessions: int, server: int) -> None:
    def opened():
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        begin = time.monotonic()
        page.goto(url)
        page.locator("button", has_text="Play").wait_for()
        return page, time.monotonic() - begin

    page, first = opened()
    page.close()
    page, second = opened()
    print(f"page usable after {first:.1f} s in a fresh browser, {second:.1f} s with its cache filled (goal 3)")
    _play(page, "one session, default speed 6", 6)
    _play(page, "one session, speed 20", 20)
    page.close()
    begin, pages = time.monotonic(), [opened()[0] for _ in range(sessions)]
    print(f"{sessions} sessions open after {time.monotonic() - begin:.1f} s")
    for k, page in enumerate(pages):
        for _ in range(k % 3 + 1):
            page.get_by_role("button", name="Step one month").click()
            page.wait_for_timeout(150)
    dates = [page.locator(".uc-date").inner_text() for page in pages]
    right = all(date == ("January", "February", "March")[k % 3] + " 1999" for k, date in enumerate(dates))
    print(f"each with its own month: {'yes' if right else dates}")
    before = [_months_run(page) for page in pages]
    for page in pages:
        page.get_by_role("button", name="Play").click()
    time.sleep(10)
    rates = [(_months_run(page) - run) / 10.0 for page, run in zip(pages, before)]
    memory = int(Path(f"/proc/{server}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    print(f"all {sessions} playing: {sum(rates):.0f} months a second together, slowest {min(rates):.1f}; "
          f"server memory {memory:.0f} MB")


def _months_run(page) -> float:
    width = page.locator(".uc-progress div").evaluate("e => parseFloat(e.style.width)")
    return round(width / 100 * 63)


def _play(page, name: str, speed: int) -> None:
    """Months a second by what the browser has drawn."""
    slider = page.get_by_role("slider", name="Months a second")
    slider.focus()
    while int(slider.get_attribute("aria-valuenow") or page.locator(".uc-speed label").inner_text().split()[1]) < speed:
        slider.press("ArrowRight")
        page.wait_for_timeout(60)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(400)
    begin, run = time.monotonic(), _months_run(page)
    page.wait_for_timeout(1500 if speed > 6 else 4000)
    done = _months_run(page) - run
    print(f"{name}: {done / (time.monotonic() - begin):.1f} months a second drawn in the browser (goal 5)")
    if page.locator("button", has_text="Pause").count():
        page.locator("button", has_text="Pause").click()


if __name__ == "__main__":
    months()
    resets()
    in_browser()
