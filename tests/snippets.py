"""Code blocks of the documents, as they stand."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def snippets(page: str, language: str, holding: str = "") -> list[str]:
    """The blocks of a language in a page of docs/ that hold a text, in their order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [code for kind, code in re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
            if kind == language and holding in code]


def carried_out(code: str) -> dict:
    """The names that a block of Python leaves."""
    names: dict = {"__name__": "__main__"}
    exec(compile(code, "snippet", "exec"), names)
    return names
