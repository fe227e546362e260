"""What messages say: commands that exist, the parser's own lines, each value once."""

import ast
import re
from pathlib import Path

import pytest
from undercount.experiments import cli
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import key_lines, read_toml

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"(?:^|`|: )undercount ([a-z][a-z-]+)\b")
NO_COMMANDS = {"import"}  # of Python


def texts():
    """(file, text) of every string of the program and of every page of its documents."""
    for folder in ("experiments", "model", "undercount"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path.name, node.value
    for path in (*ROOT.glob("docs/*.md"), ROOT / "README.md", *ROOT.glob("scenarios/**/README.md")):
        yield path.name, " ".join(re.findall(r"`[^`\n]+`", path.read_text(encoding="utf-8")))


def test_every_command_that_is_named_exists():
    named = {(file, name) for file, text in texts() for name in NAMED.findall(text)}
    assert len(named) > 30
    assert not {(file, name) for file, name in named if name not in cli.COMMANDS and name not in NO_COMMANDS}


def run(capsys, *args):
    code = cli.main([str(arg) for arg in args])
    done = capsys.readouterr()
    return code, done.out, done.err


@pytest.mark.parametrize("typed, meant", [
    ("atribute", "attribute"), ("comparison", "compare"), ("reports", "report"), ("polcy", "policy"), ("RUN", "run"), ("sceanrios", "scenarios")])
def test_unknown_commands_are_suggested(capsys, typed, meant):
    code, out, err = run(capsys, typed, "x")
    assert code == 2 and f"Did you mean {meant!r}?" in err and not out


@pytest.mark.parametrize("typed, said", [
    (["runn"], "command line: undercount: No such command 'runn'. Did you mean 'run'?"),
    (["run", "baseline", "--nope"], "command line: undercount run: No such option '--nope'."),
    (["compare", "--effort", "fast"], "command line: undercount compare: Invalid value for '--effort'"),
    (["show"], "command line: undercount show: Missing argument"),
    (["show", "baseline", "--set"], "command line: undercount: Option '--set' requires an argument.")])
def test_what_the_command_line_cannot_mean_is_one_line(capsys, typed, said):
    code, out, err = run(capsys, *typed)
    assert code == 2 and err.startswith(said) and len(err.splitlines()) == 1 and not out


def test_no_word_at_all_is_help(capsys):
    code, _, err = run(capsys)
    assert code == 2 and err.startswith("Usage: undercount") and "Commands:" in err


@pytest.mark.parametrize("settings", [
    ("push=1", "push=1"), ("push=1", "push=1.2"), ("push=1", "push.push=1"), ("refusal=off", "mechanisms.refusal=on"),
    ("corruption=1.3", " corruption.corruption = 0.5"), ("mechanisms.refusal=on", "mechanisms.refusal=on")])
def test_each_value_is_set_once(capsys, settings):
    code, out, err = run(capsys, "show", "baseline", *(word for text in settings for word in ("--set", text)))
    assert code == 2 and "each value once" in err and len(err.splitlines()) == 1 and not out


def test_two_values_of_one_key_name_in_different_groups_are_two(capsys):
    assert run(capsys, "show", "baseline", "--set", "push=1.1", "--set", "pull=1.2")[0] == 0


# --- lines of TOML ------------------------------------------------------------------------------------------------

HEAD = 'title = "t"\nextends = "baseline"\n'
MISTAKES = {
    "a comma for a point": (HEAD + "\n[policing]\ntraining = 0,4\n\n[push]\npush = 1\n", 5),
    "a percent sign": (HEAD + "[policing]\ntraining = 40%\n# end of document\n", 4),
    "a month without quotes": (HEAD + '[[events]]\nname = "a"\nwhen = 2002-06\n\n\n\n', 5),
    "a bare word": (HEAD + "[policing]\ntraining = high\n", 4),
    "a string not closed": (HEAD + "[policing]\ntraining = 1\n" + 'name = "x\n[push]\n', 5),
    "an array not closed": (HEAD + "drop_events = [\n", 3),
    "a table twice": (HEAD + "[push]\npush = 1\n[pull]\n[push]\n", 6),
    "a key twice": (HEAD + "[push]\npush = 1\npush = 2\n", 5),
    "smart quotes": ("title = \u201ct\u201d\n" + HEAD, 1),
    "YAML": ("title: t\n" + HEAD, 1),
    "a byte that is no UTF-8": (HEAD + "# caf\xe9\n", 3),
}


@pytest.mark.parametrize("text, line", MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_stand_on_the_line_where_they_are(tmp_path, text, line):
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("latin-1" if "\xe9" in text else "utf-8"))
    with pytest.raises(BadInput) as error:
        load_scenario(path)
    assert [problem.line for problem in error.value.problems] == [line], str(error.value)


@pytest.mark.parametrize("above", [
    "", "# it's \"\"\" a fence\n", "# a ''' fence\n", 'description = """\n[push]\npush = 7\n"""\n', "description = '''\n[no]\na = \"\"\"\n'''\n",
    'description = "it\'s # no \'\'\' comment"\n', "# " + ".".join(map(str, range(80))) + "\n", 'description = """a \\""" b\n[no]\n"""\n',
    "\ufeff"], ids=range(9))
def test_values_stand_on_their_lines_whatever_is_above(tmp_path, above):
    text = above + HEAD + "\n[policing]\ntraining = 7\n"
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        load_scenario(path)
    problem, = error.value.problems
    assert problem.line == text.count("\n") and problem.key == "policing.training"


def test_lines_take_time_in_proportion(tmp_path):
    for text in ('"""' + '\\"""' * 50_000, "'''" * 80_000, '"' * 240_000, '"\\' * 120_000, "a." * 120_000, '"a".' * 60_000, '\n"""x' * 40_000):
        key_lines(text)
        (tmp_path / "x.toml").write_text(text, encoding="utf-8")
        problems = Problems()
        assert read_toml(tmp_path / "x.toml", problems) is None and problems.count == 1


def test_the_same_of_a_regions_head(tmp_path):
    from undercount.model.known.region_in import load_region

    from tests.lakes import TOML, small_region

    folder = small_region(tmp_path / "lakes")
    for text, line in ((TOML.replace('"2010-01"', "2010-01"), 2), (TOML + "\n[files]\n", 17), (TOML + 'a = "', 16)):
        (folder / "region.toml").write_text(text, encoding="utf-8")
        with pytest.raises(BadInput) as error:
            load_region(folder)
        assert [problem.line for problem in error.value.problems] == [line], str(error.value)
