"""The site as a person meets it: built with warnings as errors, opened from disk, searched, without another host."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow]
pytest.importorskip("myst_nb")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": shutil.which("chromium") or pytest.fail("Chromium is missing: apt-get install chromium"),
            "args": ["--no-sandbox", "--headless", "--disable-gpu"], "headless": True}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Built without running the tutorials, which `make docs` does."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run([sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-D", "nb_execution_mode=off",
                           "-d", folder / "read", ROOT / "docs", folder / "html"],
                          text=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture
def opened(page):
    """A page, and the addresses that it asked for beyond this disk."""
    page.outside = []
    page.on("request", lambda r: page.outside.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
    page.on("pageerror", lambda error: page.outside.append(str(error)))
    return page


def test_search_finds_words_of_the_documents(site, opened):
    opened.goto((site / "index.html").as_uri())
    opened.get_by_placeholder("Search").first.fill("repatriated")
    opened.keyboard.press("Enter")
    found = opened.locator("#search-results ul.search li")
    expect(found.filter(has_text="Glossary").first).to_be_visible()
    expect(found.nth(2)).to_be_visible()  # results come one after the other
    found.filter(has_text="Glossary").first.get_by_role("link").click()
    expect(opened.get_by_role("heading", name="Glossary")).to_be_visible()
    assert not opened.outside


def test_no_page_asks_another_host(site, opened):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 40
    for path in pages:
        opened.goto(path.as_uri(), wait_until="load")
        broken = opened.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
        assert not broken, path
    assert not opened.outside


def test_what_is_made_from_the_code_is_there(site):
    commands = (site / "reference" / "commands.html").read_text(encoding="utf-8")
    assert "--people-per-agent" in commands and "completion" in commands
    assert "people_per_agent" in (site / "reference" / "python.html").read_text(encoding="utf-8")
    assert "raid_rate" in (site / "reference" / "scenario.html").read_text(encoding="utf-8")
