"""The blocks of code in the documents: found, read, and made small enough to be run in a test."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[1]
NOT_RUN = re.compile(r"<!-- not run: (?P<reason>.+?) -->", re.DOTALL)
LINE = re.compile(r"^(\$ )?(?P<command>(undercount|python -m|make|pip|pipx|python3|echo|cat|ip|for) ?.*)$")
# Instead of a command's own options, or beside them: the same work in a small world.
SMALL = {
    "run": ["--replicates", "2", "--people-per-agent", "10000", "--until", "2001-03"],
    "reference": ["--worlds", "400", "--people-per-agent", "5000", "--no-gates"],
    "compare": ["--effort", "quick", "--no-smc"],
    "attribute": ["--draws", "2", "--people-per-agent", "10000"],
    "policy": ["--draws", "2", "--people-per-agent", "10000"],
    "sensitivity": ["--trajectories", "2", "--most", "16", "--people-per-agent", "10000", "--until", "2000-03"],
    "patterns": ["--draws", "2", "--people-per-agent", "10000"],
    "calibrate": ["--coarse", "100", "--generations", "1", "--size", "8", "--people-per-agent", "10000"],
    "estimate": ["--resamples", "100"],
}
# The same from Python: what the functions are called with, whatever a page says.
SMALL_PYTHON = """
import undercount.experiments.notebook as _n

def _small(function, **less):
    return lambda *given, **named: function(*given, **{**named, **less})

_n.run = _small(_n.run, replicates=2, people_per_agent=10000, until="2001-03", engine="serial")
_n.sweep = _small(_n.sweep, replicates=1, points=2, people_per_agent=10000, until="2001-03", engine="serial")
_n.sensitivity = _small(_n.sensitivity, trajectories=2, most=16, people_per_agent=10000, until="2000-03", engine="serial")
_n.compare = _small(_n.compare, effort="quick")
"""


@dataclass(frozen=True)
class Block:
    """One fenced block: where it stands, its language, its text, and why it is not run (empty: it is)."""

    page: Path
    line: int
    language: str
    text: str
    not_run: str

    @property
    def commands(self) -> list[str]:
        """Its command lines, without what follows a `#`; none if it is output, or something else."""
        if self.language:
            return []
        marked = any(line.startswith("$ ") for line in joined(self.text))
        typed = [line for line in joined(self.text) if LINE.match(line) and (line.startswith("$ ") or not marked)]
        if not typed or not LINE.match(joined(self.text)[0]):
            return []
        return [re.sub(r"\s+#.*", "", LINE.match(line)["command"]).strip() for line in typed]

    @property
    def expected(self) -> list[tuple[str, list[str]]]:
        """(command, lines that it prints) of a block whose commands are marked with `$`."""
        found: list[tuple[str, list[str]]] = []
        for line in joined(self.text):
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
        return found

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def joined(text: str) -> list[str]:
    """Lines, with those that end in a backslash put together."""
    return re.sub(r"\\\n\s*", "", text).splitlines() or [""]


def pages() -> list[Path]:
    """README, contributing, and everything below docs/ and scenarios/ that a person reads."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md",
            *sorted(path for folder in ("docs", "scenarios") for path in (ROOT / folder).rglob("*.md")
                    if "_build" not in path.parts)]


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page; directives of the site are none."""
    found, reason = [], ""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block" and (said := NOT_RUN.search(token.content)):
            reason = said["reason"]
        elif token.type == "fence":
            if not token.info.startswith("{"):
                found.append(Block(page, token.map[0] + 1, token.info, token.content, reason))
            reason = ""
    return found


def small(words: list[str]) -> list[str]:
    """The words of a command with what makes it small."""
    if words[0] != "undercount" or len(words) < 2:
        return words
    more = list(SMALL.get(words[1], []))
    for option, value in (("--points", "2"), ("--worlds", "2")):
        if option in words and words[1] != "reference":
            more += [option, value]
    if words[1] == "run" and any(word in words for word in ("--experiment", "diff")):
        more = []  # the file says it, and both would be refused
    if words[1] == "estimate" and "--simulated" in words:
        more = ["--worlds", "2", "--people-per-agent", "10000"]
    words = list(words)
    for option, value in zip(more, [*more[1:], ""]):
        if option.startswith("--") and option in words:
            words[words.index(option) + 1] = value
        elif option.startswith("--"):
            words += [option] if value.startswith("--") or not value else [option, value]
    return words


def run(command: str, folder: Path, timeout: float = 900) -> subprocess.CompletedProcess:
    """Run a command line of a document, made small, in a folder."""
    if "|" in command:
        first, _, then = command.partition("|")
        piped = f"{first} | {shlex.join(small(shlex.split(then)))}"
        return _run(["bash", "-c", piped.replace("undercount ", f"{shlex.quote(sys.executable)} -m undercount ")], folder,
                    timeout)
    words = small(shlex.split(command))
    if words[0] == "undercount":
        words = [sys.executable, "-m", *words]
    elif words[:2] == ["python", "-m"]:
        words = [sys.executable, *words[1:]]
    return _run(words, folder, timeout)


def run_python(text: str, folder: Path, timeout: float = 900) -> subprocess.CompletedProcess:
    """Run a block of Python of a document, made small, in a folder."""
    file = folder / "block.py"
    file.write_text(SMALL_PYTHON + text, encoding="utf-8")
    return _run([sys.executable, str(file)], folder, timeout)


def _run(words: list[str], folder: Path, timeout: float) -> subprocess.CompletedProcess:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.run(words, cwd=folder, text=True, capture_output=True, timeout=timeout,
                          env=os.environ | {"PYTHONPATH": path, "MPLBACKEND": "agg"})


def printed(lines: list[str], output: str) -> str | None:
    """The first of the expected lines that is not in the output, in this order; `...` stands for anything."""
    rest = output.splitlines()
    for line in lines:
        wanted = re.compile(".*".join(map(re.escape, line.rstrip().split("..."))))
        at = next((n for n, there in enumerate(rest) if wanted.fullmatch(there.rstrip())), None)
        if at is None:
            return line
        rest = rest[at + 1:]
    return None
