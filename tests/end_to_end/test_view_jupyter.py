"""The page in a real Jupyter, lab and notebook, as a person opens it: a cell is run, the worlds step."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browser import ROOT

SHOTS = ROOT / "results" / "screenshots"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(
    importlib.util.find_spec("jupyterlab") is None or importlib.util.find_spec("notebook") is None,
    reason="needs the extra [jupyter]: `make jupyter` installs it, as CI does")]
CELL = ["import os\n", "os.environ['UNDERCOUNT_VIEW_SCENARIO'] = 'full-adaptation'\n",
        "from undercount.experiments.view.app import Page\n", "Page()"]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """Address of a server without a password, for a folder with one notebook; nothing of the user's own is read."""
    folder = tmp_path_factory.mktemp("jupyter")
    cell = {"cell_type": "code", "execution_count": None, "id": "page", "metadata": {}, "outputs": [], "source": CELL}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name in ("lab", "notebook"):
        (folder / f"{name}.ipynb").write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "RUNTIME", "DATA")}
    arguments = ["lab", "--no-browser", "--allow-root", "--port", str(port), "--ServerApp.port_retries=0",
                 "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.root_dir", str(folder)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyter", *arguments], cwd=folder, stdout=log, stderr=log,
                                  env=os.environ | own | {"IPYTHONDIR": str(folder / "ipython")})
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}/api", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None and time.monotonic() < end, (folder / "log").read_text()
                time.sleep(0.3)
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize("name, path", [("lab", "/lab/tree/lab.ipynb"), ("notebook", "/notebooks/notebook.ipynb")])
def test_the_page_works(page, jupyter, name, path):
    outside, said = [], []
    page.on("request", lambda r: outside.append(r.url) if not r.url.startswith((jupyter, jupyter.replace("http", "ws"), "data:", "blob:")) else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    page.set_viewport_size({"width": 1600, "height": 1000})
    page.goto(jupyter + path)
    cell = page.locator(".jp-CodeCell .cm-content").first
    expect(cell).to_contain_text("Page()", timeout=60_000)
    # What is run before the kernel has answered is lost.
    expect(page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first).to_be_attached(timeout=120_000)
    said.clear()  # Jupyter's own, while it loads
    cell.click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".undercount-map svg")).to_have_count(2, timeout=300_000)  # an edited model is compiled first
    address = page.url
    page.get_by_role("button", name="Step one month", exact=True).click()
    expect(page.locator(".uc-date")).to_have_text("January 1999", timeout=60_000)
    expect(page.get_by_role("img", name="Victims counted in a year")).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator(".uc-date")).to_contain_text("2000", timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Tour in six steps", exact=True).click()
    expect(page.get_by_role("dialog", name="Two made-up worlds")).to_be_visible()
    page.keyboard.press("Escape")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"jupyter-{name}.png"))
    assert page.url == address  # a notebook's address is its own
    assert not outside and not said
