"""The door by itself: names, origins, tokens, numbers. `tests/end_to_end/test_door.py` knocks at the real server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from undercount.experiments.view import door as module
from undercount.experiments.view.door import Door, Rules, same_origin, split_host

LOCAL = Rules.of("127.0.0.1", 8765, 2, remote=False)


async def inside(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"ALLOWALL")]})
    await send({"type": "http.response.body", "body": b"inside"})


def knock(door, path="/", method="GET", kind="http", query=b"", **headers):
    """(status or "accepted" or "closed", headers, body) of one request."""
    said = []

    async def receive():
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    async def send(message):
        said.append(message)

    headers = {"host": "127.0.0.1:8765", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scope = {"type": kind, "path": path, "query_string": query, "method": method, "scheme": "http",
             "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value is not None]}
    with ThreadPoolExecutor(1) as thread:  # a browser test before may have left a loop running in this one
        thread.submit(asyncio.run, door(scope, receive, send)).result()
    if kind == "websocket":
        return said[0]["type"].removeprefix("websocket."), {}, b""
    found = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], found, said[1].get("body", b"")


def door(rules=LOCAL, **more):
    return Door(inside, rules, **more)


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "LOCALHOST", "[::1]:8765", "localhost:9000"])
def test_names_of_its_own_are_answered(host):
    status, headers, body = knock(door(), host=host)
    assert (status, body) == (200, b"inside") and headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and f"ws://{host}" in policy
    assert headers["referrer-policy"] == "same-origin" and headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", [None, "", "evil.example", "evil.example:8765", "127.0.0.1.evil.example", "localhost.evil.example",
                                  "evil@127.0.0.1", "127.0.0.1:8765:1", "127.0.0.1/x", "192.168.0.7", "0.0.0.0", "[::1", "локалхост"])
def test_other_names_are_refused(host):
    for kind in ("http", "websocket"):
        status, headers, body = knock(door(), kind=kind, host=host, path="/jupyter/api/kernels/a/b")
        assert status in (403, "close") and b"inside" not in body
        assert kind == "websocket" or headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("origin, own", [
    ("http://127.0.0.1:8765", True), ("https://127.0.0.1:8765", True), (None, True), ("http://127.0.0.1:9000", False),
    ("http://localhost:8765", False), ("http://evil.example", False), ("null", False), ("", False), ("file://", False),
    ("http://127.0.0.1:8765.evil.example", False), ("chrome-extension://abc", False)])
def test_sockets_and_changes_are_for_its_own_page(origin, own):
    assert knock(door(), kind="websocket", path="/jupyter/api/kernels/a/b", origin=origin)[0] == ("accept" if own else "close")
    assert knock(door(), path="/_solara/api/close/a", method="POST", origin=origin)[0] == (200 if own else 403)
    assert knock(door(), origin=origin)[0] == 200  # a link on another page may lead here


def test_default_ports_are_the_same_origin():
    assert same_origin("http://me", "me:80") and same_origin("https://me:443", "me") and not same_origin("https://me", "me:80")
    assert split_host("[::1]:80") == ("::1", "80") and split_host("A.B.") == ("a.b", "")


def test_everywhere_means_addresses_and_this_machines_name(monkeypatch):
    monkeypatch.setattr(module.socket, "gethostname", lambda: "Desk")
    rules = Rules.of("0.0.0.0", 8765, 2, remote=True)
    assert all(map(rules.known, ("192.168.0.7:8765", "[fe80::1]:8765", "desk", "localhost", "127.0.0.1")))
    assert not any(map(rules.known, ("evil.example", "desk.evil.example", "192.168.0.7.evil.example")))
    assert rules.shown("0.0.0.0") == f"http://Desk:8765/?token={rules.token}" and len(rules.token) >= 30
    named = Rules.of("10.0.0.5", 80, 2, remote=True)
    assert named.known("10.0.0.5:80") and not named.known("10.0.0.6:80") and named.token != rules.token
    assert LOCAL.token is None and LOCAL.shown("::1") == "http://[::1]:8765/"


def test_the_token_lets_in_and_stays_in_a_cookie():
    rules = Rules.of("127.0.0.1", 8765, 2, remote=True)
    for given in ({}, {"query": b"token=wrong"}, {"cookie": "undercount-8765=wrong"}, {"cookie": "undercount-1=" + rules.token},
                  {"query": b"token="}, {"cookie": "undercount-8765=\u00e4"}):
        for path in ("/", "/static/x.js", "/_undercount/sessions"):
            assert knock(door(rules), path=path, **given)[0] == 403
        assert knock(door(rules), kind="websocket", path="/jupyter/api/kernels/a/b", **given)[0] == "close"
    status, headers, _ = knock(door(rules), query=f"a=1&token={rules.token}&b=2".encode())
    cookie = headers["set-cookie"]
    assert status == 303 and headers["location"] == "/?a=1&b=2" and "HttpOnly" in cookie and "SameSite=lax" in cookie
    kept = {"cookie": f"x=y; undercount-8765={rules.token}"}
    assert knock(door(rules), **kept)[0] == 200
    assert knock(door(rules), kind="websocket", path="/jupyter/api/kernels/a/b", **kept)[0] == "accept"
    assert knock(door(rules), path="//evil.example/", query=f"token={rules.token}".encode())[1]["location"] == "/evil.example/"
    assert knock(door(rules), method="POST", query=f"token={rules.token}".encode())[0] == 403


def test_the_next_person_is_told_that_it_is_full():
    there = ["a", "b"]
    full = door(sessions=lambda: there)
    status, headers, body = knock(full)
    assert status == 503 and b"2 people are using this page" in body and headers["retry-after"] == "60"
    assert knock(full, kind="websocket", path="/jupyter/api/kernels/c/x")[0] == "close"
    assert knock(full, kind="websocket", path="/jupyter/api/kernels/a/x")[0] == "accept"  # its own tab again
    there.remove("b")
    assert knock(full)[0] == 200 and knock(full, kind="websocket", path="/jupyter/api/kernels/c/x")[0] == "accept"
    assert knock(full, kind="websocket", path="/jupyter/api/kernels/d/x")[0] == "close"  # c counts before it shows
    there.append("c")
    assert knock(full)[0] == 503  # c has shown
    there.remove("c")
    assert knock(full)[0] == 200  # and what has shown makes room as soon as it is closed


def test_a_tab_that_is_gone_makes_room():
    there = ["gone", "here"]

    def make_room():
        return bool(there.remove("gone") is None) if "gone" in there else False

    one = door(sessions=lambda: there, make_room=make_room, state=lambda: {"resting": 1})
    assert knock(one)[0] == 200 and there == ["here"]
    assert knock(one, path="/_undercount/sessions")[2] == b'{"sessions":1,"most":2,"resting":1}'


@pytest.mark.parametrize("path", ["/resourcez", "/_solara/api/evict/a"])
def test_what_is_nobodys_business(path):
    assert knock(door(), path=path)[0] == 404
