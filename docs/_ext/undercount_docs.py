"""What the site makes from the code while it is built: docstrings as this project writes them, the scenario schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from undercount.experiments.commands.schema import schema
from undercount.model.assumed.parameters import Parameters, specs

# `name   words` in columns, or `name : words`.
NAMED = re.compile(r"^(?P<indent> *)(?P<name>\*{0,2}[A-Za-z_][\w, ]*?)(?: {2,}| : )(?P<words>\S.*)$")
UNDERLINE = re.compile(r" *-{3,}$")
LONGEST = 180.0  # seconds that a tutorial may take
# Links of files that pages include, and the pages that they lead to.
PAGES = {"CODE_OF_CONDUCT.md": "conduct", "CHANGELOG.md": "changelog", "CONTRIBUTING.md": "contributing",
         "../south-east-europe/README.md": "south-east-europe", "../north-west-europe/README.md": "north-west-europe",
         "../../docs/your-region.md": "your-region"}


def named_values(lines: list[str]) -> Iterator[str]:
    """Docstring lines whose names with words are field lists, which reStructuredText knows."""
    hanging: int | None = None  # indent of the name that the next lines belong to
    starts = True               # could a name stand here?
    for line, following in zip(lines, [*lines[1:], ""]):
        indent = len(line) - len(line.lstrip())
        if UNDERLINE.match(line):
            starts = True
            yield ""
        elif UNDERLINE.match(following):
            yield f"**{line.strip()}**"
        elif not line.strip():
            hanging, starts = None, True
            yield line
        elif hanging is not None and indent > hanging:
            yield " " * (hanging + 4) + line.strip()
        elif (starts or hanging is not None) and (found := NAMED.match(line)):
            hanging = indent
            yield f"{found['indent']}:{found['name'].replace('*', chr(92) + '*')}: {found['words']}"
        else:
            if hanging is not None:
                yield ""
            hanging, starts = None, False
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
    if entry.get("type") == "object" and "description" not in entry:
        return "tables, below"
    words = entry.get("description", "")
    kinds = {"string": "text", "array": "list", "object": "table", "number": "number", "integer": "whole number",
             "boolean": "true or false"}
    kind = kinds.get(entry.get("type", ""), "")
    if "anyOf" in entry:
        kind = " or ".join(dict.fromkeys(kinds[each["type"]] for each in entry["anyOf"]))
        kind = kind.replace("table", "`{ value, low, high }`")
    if "pattern" in entry and "19|20" in entry["pattern"]:
        kind = '"YYYY-MM"'
    if "minimum" in entry:
        kind += f", {entry['minimum']:g} to {entry['maximum']:g}"
    return f"{words} ({kind})".strip()


def _in_time(app: Sphinx, env: Any) -> None:
    """A warning for every tutorial that took too long."""
    for name in sorted(env.found_docs):
        ran = NbMetadataCollector.get_exec_data(env, name)
        if ran and (ran.get("runtime") or 0) > LONGEST:
            logging.getLogger(__name__).warning("%s took %.0f s, more than %.0f", name, ran["runtime"], LONGEST)


def _page_of(app: Sphinx, path: Any, parent: str, content: list[str]) -> None:
    """Links between files outside of docs/, as links between the pages that include them."""
    for file, page in PAGES.items():
        content[0] = content[0].replace(f"]({file})", f"]({page}.md)")


def _rest(app: Sphinx, name: str, source: list[str]) -> None:
    """`(rest)` in a table of contents of the index: every page that none of them names."""
    if name == "index":
        rest = sorted(page for page in app.env.found_docs - {"index"}
                      if not re.search(rf"^(.*<)?{re.escape(page)}>?$", source[0], re.MULTILINE))
        source[0] = source[0].replace("(rest)\n", "".join(f"{page}\n" for page in rest))


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("env-check-consistency", _in_time)
    app.connect("source-read", _rest)
    app.connect("include-read", _page_of)
    app.add_directive("values", Values)
    return {"parallel_read_safe": True, "version": "1"}
