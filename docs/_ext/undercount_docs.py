"""What the site makes from the code while it is built: docstrings as this project writes them, the scenario schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode
from undercount.experiments.commands.schema import schema
from undercount.model.assumed.parameters import Parameters, specs

NAMED = re.compile(r"^(?P<indent> *)(?P<name>[a-z_][\w, ]*?) {2,}(?P<words>\S.*)$")


def named_values(lines: list[str]) -> Iterator[str]:
    """Docstring lines whose columns `name   meaning` are field lists, which reStructuredText knows."""
    hanging, before = -1, True  # indent of the name that a line may belong to; was the line before a field, or empty?
    for line in lines:
        found = NAMED.match(line)
        if found and (before or hanging >= 0):
            hanging = len(found["indent"])
            if not before:
                yield ""
            yield f"{found['indent']}:{found['name']}: {found['words']}"
            before = True
            continue
        indent = len(line) - len(line.lstrip())
        if hanging >= 0 and line.strip() and indent > hanging:
            yield " " * (hanging + 4) + line.strip()
            continue
        if hanging >= 0 and line.strip():
            yield ""
        hanging, before = -1, not line.strip()
        yield line


def _docstring(app: Sphinx, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
    lines[:] = named_values(lines)


class Values(SphinxDirective):
    """`{values} GROUP`: every value of a group of scenario files; without a group, the top level and what repeats."""

    optional_arguments = 1

    def run(self):
        rows = _group(self.arguments[0]) if self.arguments else _top()
        return self.parse_text_to_nodes("\n".join(rows), allow_section_headings=True)


def _group(group: str) -> Iterator[str]:
    yield "| key | meaning | default | allowed | open | unit | source |"
    yield "|---|---|---|---|---|---|---|"
    for spec in specs().values():
        if spec.group == group:
            yield (f"| `{spec.key}` | {spec.meaning} | {spec.default:g} | {spec.allowed[0]:g} to {spec.allowed[1]:g} | "
                   f"{spec.sweep[0]:g} to {spec.sweep[1]:g} | {spec.unit} | {spec.source} |")


def _top() -> Iterator[str]:
    """Keys that are neither groups nor what is repeated, from the JSON Schema that `undercount schema` prints."""
    properties = schema()["properties"]
    tables = {"top level": {key: entry for key, entry in properties.items() if key not in Parameters.model_fields},
              "`[onsets.NAME]`": properties["onsets"]["additionalProperties"]["properties"],
              "`[[events]]`": properties["events"]["items"]["properties"]}
    for title, entries in tables.items():
        yield from ("", f"**{title}**", "", "| key | what |", "|---|---|")
        for key, entry in entries.items():
            yield f"| `{key}` | {_what(entry)} |"


def _what(entry: dict[str, Any]) -> str:
    if "enum" in entry:
        return "a parameter, by its path: `group.key`"
    words = entry.get("description", "")
    kinds = {"string": "text", "array": "list", "object": "table", "number": "number", "integer": "whole number",
             "boolean": "true or false"}
    kind = kinds.get(entry.get("type", ""), "")
    if "anyOf" in entry:
        kind = " or ".join(dict.fromkeys(kinds[each["type"]] for each in entry["anyOf"]))
        kind = kind.replace("table", "`{ value, low, high }`") if "object" in {e["type"] for e in entry["anyOf"]} else kind
    if "pattern" in entry and "19|20" in entry["pattern"]:
        kind = '"YYYY-MM"'
    if "minimum" in entry:
        kind += f", {entry['minimum']:g} to {entry['maximum']:g}"
    return f"{words} ({kind})".strip()


# Files of the checkout that are pages of the site under other names.
PAGES = {"CODE_OF_CONDUCT.md": "conduct", "CHANGELOG.md": "changelog", "CONTRIBUTING.md": "contributing"}


def _page_of(app: Sphinx, env: Any, node: Any, words: Any) -> Any:
    """A link between files of the checkout's root, as a link between the pages that include them."""
    page = PAGES.get(node.get("reftarget", ""))
    return page and make_refnode(app.builder, node.get("refdoc", env.docname), page, "", words)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _docstring, priority=400)  # before napoleon
    app.connect("missing-reference", _page_of)
    app.add_directive("values", Values)
    return {"parallel_read_safe": True, "version": "1"}
