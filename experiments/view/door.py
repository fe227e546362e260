"""The door of the page: who may come in, how many at a time, and what a browser is told to allow.

A page that somebody else wrote can make the user's own browser ask this server for anything, and a name that somebody
else owns can be pointed at this machine. So only requests by a name that the server goes by are answered, sockets are
opened for its own page alone, and what others could reach is behind a token. One piece of middleware around the
server, for pages, files and sockets alike.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

LOG = logging.getLogger(__name__)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SOCKETS = "/jupyter/api/kernels/"  # then the tab's own number
PRIVATE = ("/resourcez", "/_solara/api/evict")  # of the people who write Solara
STATE = "/_undercount/sessions"
ADMITTED_SECONDS = 15.0  # until the session of a socket that was let in shows among the others
SAFE = ("GET", "HEAD", "OPTIONS")
# Vue compiles templates in the browser, and Solara's page starts with a script of its own: hence the two 'unsafe's.
# Everything comes from this server, nothing is sent elsewhere, nobody may put the page into a frame.
POLICY = ("default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
          "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
          "connect-src 'self' {sockets}; object-src 'none'; base-uri 'self'; form-action 'self'; "
          "frame-ancestors 'none'")
HEADERS = {"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
           "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}


@dataclass(frozen=True)
class Rules:
    """names  that requests may call the server by, in small letters; with `any_address` also by any IP address
    token    that others than this machine's own users need; None: nobody does
    most     sessions at a time
    """

    names: frozenset[str]
    any_address: bool
    token: str | None
    most: int
    port: int

    @classmethod
    def of(cls, host: str, port: int, most: int, remote: bool) -> Rules:
        """For a server that listens on `host`; `remote`: other machines can reach it."""
        bare = host.strip("[]").lower()
        everywhere = remote and bare in ("0.0.0.0", "::", "")
        names = {*LOOPBACK, bare} | ({socket.gethostname().lower(), socket.getfqdn().lower()} if everywhere else set())
        return cls(frozenset(names), everywhere, secrets.token_urlsafe(24) if remote else None, most, port)

    @property
    def cookie(self) -> str:
        return f"undercount-{self.port}"  # a browser sends one host's cookies to all its ports

    def shown(self, host: str) -> str:
        """The address to open, with the token if one is needed; of a server everywhere by the machine's name."""
        name = socket.gethostname() if self.any_address else host
        name = f"[{name}]" if ":" in name else name
        return f"http://{name}:{self.port}/" + (f"?token={self.token}" if self.token else "")

    def known(self, host: str | None) -> bool:
        """Is the server called by a name of its own? `host` is a Host header, with or without port."""
        name, _ = split_host(host)
        return bool(name) and (name in self.names or (self.any_address and _is_address(name)))

    def admits(self, given: str | None) -> bool:
        return self.token is None or (given is not None and hmac.compare_digest(given.encode(), self.token.encode()))


def split_host(host: str | None) -> tuple[str, str]:
    """Name (an IPv6 address without brackets) and port of a Host header; empty where it cannot be read."""
    try:
        parts = urlsplit(f"//{host or ''}")
        if parts.path or parts.query or parts.fragment or parts.username is not None or "@" in parts.netloc:
            return "", ""
        return (parts.hostname or "").rstrip("."), str(parts.port or "")
    except ValueError:
        return "", ""


def same_origin(origin: str, host: str) -> bool:
    """Is an Origin header that of a page from this very server?"""
    if not origin.startswith(("http://", "https://")):
        return False
    default = "443" if origin.startswith("https") else "80"
    (name, port), (mine, own) = split_host(origin.partition("//")[2]), split_host(host)
    return bool(name) and name == mine and (port or default) == (own or default)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        return False


@dataclass
class Door:
    """ASGI middleware. `sessions` gives the numbers of the tabs that have one; `make_room` ends one whose tab is gone
    and says whether there was any; `state` what is told of them."""

    app: Callable
    rules: Rules
    sessions: Callable[[], Sequence[str]] = tuple
    make_room: Callable[[], bool] = lambda: False
    state: Callable[[], dict[str, Any]] = dict
    admitted: dict[str, float] = field(default_factory=dict)

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = self.answer(scope)
        if scope["type"] == "websocket":
            if answer is None:
                await self._watched(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return
        headers = self._headers(scope)
        if answer is not None:
            answer.headers.update(headers)
            await answer(scope, receive, send)
            return

        begun = False

        async def with_headers(message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
                taken = {name for name, _ in named}
                others = [pair for pair in message.get("headers", ()) if pair[0].lower() not in taken]
                message = {**message, "headers": [*others, *named]}
            await send(message)

        if not await self._watched(scope, receive, with_headers) and not begun:
            await _page(500, "This could not be answered", "The server could not make sense of this request.")(
                scope, receive, with_headers)

    async def _watched(self, scope, receive, send) -> bool:
        """Was the request answered? What the server raises on odd requests is a line in the log, and an answer of the
        door's own: the server's would be outside it, without its headers."""
        try:
            await self.app(scope, receive, send)
            return True
        except Exception as error:
            LOG.warning("%s %s: %s", scope.get("method", "WebSocket"), scope["path"][:200].encode("ascii", "replace"),
                        repr(error)[:200])
            if scope["type"] == "websocket":
                with suppress(Exception):  # it may be closed already
                    await send({"type": "websocket.close", "code": 1008})
            return False

    def _headers(self, scope) -> dict[str, str]:
        host = Headers(scope=scope).get("host", "")
        sockets = f"ws://{host} wss://{host}" if self.rules.known(host) else ""
        return HEADERS | {"Content-Security-Policy": POLICY.format(sockets=sockets)}

    def answer(self, scope) -> Response | None:
        """What is said instead of what was asked for; None: let in."""
        headers, rules = Headers(scope=scope), self.rules
        hosts, origin = headers.getlist("host"), headers.get("origin")
        if len(hosts) != 1 or not rules.known(hosts[0]):
            return _page(403, "Not by this name", f"This server does not go by the name {(hosts or ['(none)'])[0]!r}. "
                         "It answers to the address that was printed when it was started.")
        unsafe = scope["type"] == "websocket" or scope["method"] not in SAFE
        if unsafe and origin is not None and not same_origin(origin, hosts[0]):
            return _page(403, "Not from another page", "Only the page of this server may ask for this.")
        if not rules.admits(_cookie(headers, rules.cookie)):
            return self._with_token(scope)
        path = scope["path"]
        if path.startswith(PRIVATE):
            return _page(404, "Nothing here", "There is nothing at this address.")
        if path == STATE:
            return JSONResponse({"sessions": len(self.sessions()), "most": rules.most, **self.state()})
        if scope["type"] == "websocket" and path.startswith(SOCKETS):
            return None if self._admit(path[len(SOCKETS):].split("/")[0]) else _full(rules.most)
        if scope["type"] == "http" and path == "/" and not self._room():
            return _full(rules.most)
        return None

    def _with_token(self, scope) -> Response:
        """Somebody without the cookie: those who bring the token get it, on the way to the page."""
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        given = asked.pop("token", [None])[0]
        if scope["type"] != "http" or scope["method"] not in SAFE or given is None or not self.rules.admits(given):
            return _page(403, "A token is needed", "Open this page by the whole address that was printed when the "
                         "server was started: it ends in ?token=...")
        path = "/" + scope["path"].lstrip("/")  # //elsewhere would be another server
        found = RedirectResponse(path + (f"?{urlencode(asked, doseq=True)}" if asked else ""), status_code=303)
        found.set_cookie(self.rules.cookie, given, httponly=True, samesite="lax", path="/",
                         secure=scope.get("scheme") == "https")
        return found

    # --- how many ------------------------------------------------------------------------------------------
    def _live(self) -> set[str]:
        now, there = time.monotonic(), set(self.sessions())
        self.admitted = {number: since for number, since in self.admitted.items()
                         if number not in there and now - since < ADMITTED_SECONDS}
        return {*there, *self.admitted}

    def _room(self) -> bool:
        return len(self._live()) < self.rules.most or self.make_room()

    def _admit(self, number: str) -> bool:
        if number not in self._live():
            if not self._room():
                return False
            self.admitted[number] = time.monotonic()
        return True


def _cookie(headers: Headers, name: str) -> str | None:
    pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    return next((value.strip('"') for key, _, value in pairs if key == name), None)


def _full(most: int) -> Response:
    answer = _page(503, "The page is full", f"{most} people are using this page, as many as it takes at a time. Try "
                   "again in a few minutes: a tab that was closed makes room at once.")
    answer.headers["Retry-After"] = "60"
    return answer


def _page(status: int, title: str, text: str) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Undercount: {escape(title)}</title>'
        '<body style="font-family:system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em">'
        f"<h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>", status_code=status)


# --- around Solara's server --------------------------------------------------------------------------------------


def guard(rules: Rules) -> None:
    """Put the door in front of Solara's server, which is in this process and not yet started."""
    from solara.server import kernel_context, starlette
    from undercount.experiments.view import resting

    def sessions() -> list[str]:
        return list(kernel_context.contexts)

    def make_room() -> bool:
        for context in list(kernel_context.contexts.values()):
            pages = list(context.page_status.values())
            if pages and kernel_context.PageStatus.CONNECTED not in pages:
                context.close()
                return True
        return False

    starlette.app.add_middleware(Door, rules=rules, sessions=sessions, make_room=make_room, state=resting.state)
