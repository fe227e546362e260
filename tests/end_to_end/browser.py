"""A server of its own for browser tests, and a page of it as a person meets it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect
from undercount.experiments.view.controls import HEADLINE

ROOT = Path(__file__).parents[2]
expect.set_options(timeout=60_000)  # a busy machine needs some seconds to build two worlds


@contextmanager
def served(folder, *arguments):
    """The address that a server of its own prints, on a free port, once it listens; its log must have no traceback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    with log.open("w") as out:
        server = subprocess.Popen([sys.executable, "-m", "undercount", "view", *arguments, "--port", str(port)],
                                  cwd=ROOT, stdout=out, stderr=out, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    end = time.monotonic() + 300  # an edited model is compiled first
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 5).close()
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < end, log.read_text()
                time.sleep(0.2)
        while not (said := re.search(r"The page is at (\S+)", log.read_text())):
            assert server.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.1)
        yield said[1]
    finally:
        server.terminate()
        server.wait(60)
    assert "Traceback" not in log.read_text(), log.read_text()


class Opened:
    """A page that has loaded, what it asked for, and what the console said."""

    def __init__(self, page, url, maps=2):
        self.page, self.requests, self.said = page, [], []
        page.set_default_timeout(120_000)  # loading and clicking too take long on a busy machine
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.said.append(str(e)))
        page.goto(url)
        expect(self.button("Play")).to_be_enabled()
        expect(page.locator(".undercount-map svg")).to_have_count(maps)

    def button(self, name, exact=True):
        return self.page.get_by_role("button", name=name, exact=exact)

    @property
    def date(self):
        return self.page.locator(".uc-date")

    def field(self, label):
        return self.page.get_by_label(re.compile(label)).first

    def slider(self, path):
        return self.page.get_by_role("slider", name=HEADLINE[path])

    def choose(self, label, option):
        """In one of Vuetify's select boxes."""
        self.page.locator(".v-select", has_text=label).first.click()
        self.page.locator(".menuable__content__active .v-list-item", has_text=option).first.click()

    def restart(self):
        self.button("Reset", exact=False).first.click()
        expect(self.date).to_have_text("Not started: press Play")
        expect(self.button("Play")).to_be_enabled()

    def play_to(self, year):
        """Until the first month of the year that is seen; of the last year until the end."""
        self.button("Play").click()
        expect(self.date).to_contain_text(str(year), timeout=90_000)
        if year < 2004:
            self.button("Pause").click()
        expect(self.button("Pause")).to_have_count(0)
        before = ""  # a month that was under way may still come
        while before != (before := self.date.inner_text()):
            self.page.wait_for_timeout(500)


@contextmanager
def visit(page, address):
    """A page that asks nothing of anybody else and says nothing in the console."""
    found = Opened(page, address)
    yield found
    own = address.split("?")[0]
    outside = [url for url in found.requests if not url.startswith((own, own.replace("http", "ws"), "data:", "blob:"))]
    assert not outside
    assert not found.said
