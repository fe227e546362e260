"""A real browser for every test that asks for a page."""

from __future__ import annotations

import shutil

import pytest

ARGUMENTS = ("--no-sandbox --headless --disable-gpu --disable-quic --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync").split()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium (the page is tested in a real browser, never skipped)")
    return {"executable_path": path, "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"viewport": {"width": 1280, "height": 720}}
