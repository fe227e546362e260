"""What Solara's server would take from around it, of which the page takes nothing but two settings.

Solara reads some sixty settings `SOLARA_*` from the environment and from an `.env` file, and guesses from others where
it runs. One serves a folder of the user's to everybody, others ask for a login, for a database or for packages that
are not there, or have the browser fetch from elsewhere what the policy of the page (`door.py`) forbids. So the page is
served one way, and what may be asked of it stands in `undercount view --help`.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from undercount.model.files.problems import BadInput, Problem
from undercount.model.files.toml_in import describe

PREFIX, ENDS = "SOLARA_", "SOLARA_KERNEL_CULL_TIMEOUT"
KEPT = (ENDS, "SOLARA_HOME")  # when a tab that vanished is given up, and where Solara keeps its number
OTHERS = ("PORT", "WEB_CONCURRENCY", "WEBSOCKETS_MAX_LINE_LENGTH")  # numbers of the server below it
OURS = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false", "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_ASSETS_PROXY": "true",  # the page's files from this server, wherever Solara thinks that it runs
        "SOLARA_ASSETS_CDN": "nowhere:",  # what is not here is not there: nothing is fetched, and no file written
        "SOLARA_ROOT_PATH": ""}  # at the root; else the first request could say where, for everybody
ASSETS = "@widgetti/solara-vuetify-app@*"
WIDGETS = ("jupyter-vue/extension", "jupyter-vuetify/extension")  # of Jupyter's extensions, those that the page needs


def settle(page: str) -> list[str]:
    """Set the environment that Solara reads when it is imported; the settings of the user's that were left aside."""
    aside = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name not in KEPT)
    for name in (*aside, *OTHERS):
        os.environ.pop(name, None)
    ends = os.environ.setdefault(ENDS, "15m")  # a tab that vanished keeps its worlds no longer
    if not re.fullmatch(r"\d+(\.\d+)?[smhd]?", ends):
        raise BadInput(Problem("environment", ENDS, describe(ends), "a time as 90s, 15m, 2h or 1d"))
    os.environ.update(OURS, SOLARA_APP=page)  # the page is looked at when the server is imported, which the door does
    return aside


def command_line() -> Callable:
    """Solara's command line, imported without the settings of an `.env` file near by.

    Raises BadInput where files that it serves are not in this environment: in one that only borrows the packages of
    another, every page would be an error.
    """
    missing = object()
    before, sys.modules["dotenv"] = sys.modules.get("dotenv", missing), None
    try:
        from solara.__main__ import cli
    finally:
        del sys.modules["dotenv"]
        if before is not missing:
            sys.modules["dotenv"] = before
    _only_own_files()
    return cli.main


def _only_own_files() -> None:
    """Serve of Jupyter's extensions those that the page needs; the user's own are left aside."""
    from jupyter_core.paths import jupyter_config_path
    from solara.server import jupytertools, server, settings

    folders = [Path(folder) / "nbconfig" for folder in jupyter_config_path()]
    try:
        found = jupytertools.get_config(folders, "notebook").get("load_extensions", {})
        server.nbextensions_ignorelist.extend(name for name in found if name not in WIDGETS)
        there = {*server.get_nbextensions()[0]} >= {*WIDGETS} and any(settings.assets.proxy_cache_dir.glob(ASSETS))
    except KeyError:
        there = False
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise BadInput(Problem("settings of Jupyter", "nbconfig/notebook.json", describe(str(error)),
                               "JSON that can be read; `jupyter --paths` says where it may stand")) from None
    if not there:
        raise BadInput(Problem(sys.prefix, "the page", "an environment that lacks files of the extra [view] "
                               "(share/solara, share/jupyter, etc/jupyter)", "one that it was installed in: "
                               "pip install --force-reinstall 'undercount[view]'"))


def check_address(host: str, port: int) -> None:
    """Raises BadInput unless the server can listen there; else it would end after the address was printed, or a browser
    be sent to whoever listens instead."""
    def refused(key: str, found: str, allowed: str) -> BadInput:
        return BadInput(Problem("command line", key, found, allowed))

    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise refused("--host", f"{host!r} ({error.strerror})", "a name or an address of this machine") from None
    bound, said = False, "no address"
    for family, kind, protocol, _, address in found:
        try:
            with socket.socket(family, kind, protocol) as there:
                there.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
                if family == socket.AF_INET6:
                    there.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                there.bind(address)
                there.listen(1)
                bound = True
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise refused("--port", f"{port}, where another program listens", "a free port, as "
                              f"--port {port % 65535 + 1}") from None
            if error.errno in (errno.EACCES, errno.EPERM):
                raise refused("--port", f"{port}, which this user may not listen on", "a port from 1024") from None
            said = error.strerror or said
    if not bound:
        raise refused("--host", f"{host!r} ({said})", "a name or an address of this machine")
