"""The door of the real server: who is let in, how many, and what becomes of worlds that nobody looks at."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browser import Opened, served


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server for two sessions, whose worlds rest after twelve seconds."""
    with served(tmp_path_factory.mktemp("door"), "full-adaptation", "--sessions", "2", "--rest-after", "0.2", "--session-memory", "60") as url:
        yield url


def ask(address, path="/", method="GET", **headers):
    """Status, headers and text of a request."""
    there = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", there.port, timeout=60)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read().decode(errors="replace")


def socket_status(address, **headers):
    """What the server says to a browser that wants a socket: 101 lets it in."""
    there = urlsplit(address)
    lines = {"Host": f"127.0.0.1:{there.port}", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **headers}
    with socket.create_connection(("127.0.0.1", there.port), 60) as line:
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        line.sendall(f"GET /jupyter/api/kernels/00000000-0000-0000-0000-000000000001/channels HTTP/1.1\r\n{text}\r\n".encode())
        return int(line.recv(100).split()[1])


expect.set_options(timeout=60_000)


def sessions(address):
    return json.loads(ask(address, "/_undercount/sessions")[2])


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.2)


def test_only_by_its_own_name_and_from_its_own_page(address):
    there = urlsplit(address)
    assert ask(address)[0] == 200 and ask(address, Host=f"localhost:{there.port}")[0] == 200
    for name in ("evil.example", f"evil.example:{there.port}", "192.168.0.1"):
        status, _, text = ask(address, Host=name)
        assert status == 403 and "does not go by the name" in text
        assert ask(address, "/static/main.js", Host=name)[0] == 403
        assert socket_status(address, Host=name) == 403
    for origin in ("http://evil.example", "null", f"http://localhost:{there.port}"):
        assert socket_status(address, Origin=origin) == 403
        assert ask(address, "/_solara/api/close/x", "POST", Origin=origin)[0] == 403


def test_what_a_browser_is_told_to_allow(address):
    for path in ("/", "/static/nowhere.js", "/_undercount/sessions"):
        headers = ask(address, path)[1]
        assert headers["X-Frame-Options"] == "DENY" and headers["Referrer-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and len(headers.get_all("Content-Security-Policy")) == 1


def test_worlds_rest_come_back_and_are_not_too_large(address, page):
    opened = Opened(page, address)
    opened.button("Step one month").click()
    expect(opened.date).to_have_text("January 1999")
    story = opened.page.locator(".uc-story0").inner_text()
    until(lambda: sessions(address)["resting"] == 1)
    assert sessions(address)["awake"] == 0 and opened.date.inner_text() == "January 1999"
    opened.button("Step one month").click()  # from where they were
    expect(opened.date).to_have_text("February 1999", timeout=60_000)
    until(lambda: opened.page.locator(".uc-story0").inner_text() != story)  # widgets change one after the other
    field = opened.field("^People per agent")
    field.fill("10")  # the finest that the page takes: some 130 MB
    field.press("Enter")
    opened.button("Reset", exact=False).first.click()
    expect(opened.page.locator(".uc-problem").first).to_contain_text("at most 60 MB a session", timeout=60_000)
    assert not opened.said  # nothing that the policy of the page forbids was needed


def test_the_next_person_is_told_that_the_page_is_full(address, browser):
    # The tab of the test before vanished without saying that it closes: its session makes room.
    first = [browser.new_context().new_page() for _ in range(2)]
    for tab in first:
        Opened(tab, address)
    assert sessions(address)["sessions"] == 2
    third = browser.new_context().new_page()
    assert third.goto(address).status == 503
    expect(third.locator("h1")).to_have_text("The page is full")
    assert socket_status(address) == 403
    first[0].close(run_before_unload=True)
    until(lambda: sessions(address)["sessions"] < 2)
    Opened(third, address)
    for tab in (first[1], third):
        tab.context.close()


def test_with_allow_remote_the_printed_address_holds_a_token(tmp_path, page):
    with served(tmp_path, "full-adaptation", "--host", "0.0.0.0", "--allow-remote") as url:
        there = urlsplit(url)
        local = f"http://127.0.0.1:{there.port}/"
        status, _, text = ask(local)
        assert status == 403 and "A token is needed" in text and socket_status(local) == 403
        assert ask(local, "/?token=guessed")[0] == 403
        assert ask(local, f"/?{there.query}", Host="evil.example")[0] == 403
        Opened(page, f"{local}?{there.query}")
        assert "token" not in page.url
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(local)


def test_what_stands_around_changes_nothing_and_nothing_is_fetched(tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("secret")
    asked = []
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.1", 0))
        elsewhere.listen()
        elsewhere.settimeout(0.5)
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{elsewhere.getsockname()[1]}")
        for name, value in {"SOLARA_ASSETS_EXTRA_LOCATIONS": str(tmp_path), "SOLARA_ASSETS_PROXY": "no", "SOLARA_OAUTH_PRIVATE": "1",
                            "VSCODE_CWD": "/"}.items():
            monkeypatch.setenv(name, value)
        with served(tmp_path, "full-adaptation") as url:
            first = ask(url, X_Script_Name="/below")[2]
            assert first == ask(url)[2] and "jsdelivr" not in first and "/below" not in first
            assert ask(url, "/static/assets/secret.txt")[0] == 404
            assert ask(url, "/_solara/cdn/nothing@1/nothing.js")[0] == 404
            with pytest.raises(TimeoutError):
                asked.append(elsewhere.accept())
    assert not asked and "note: left aside: SOLARA_ASSETS_EXTRA_LOCATIONS, " in (tmp_path / "log").read_text()
