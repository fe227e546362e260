"""The commands that only read: what they print, how they fail, what they do not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from undercount.experiments import cli
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import load_scenario, scenario_names, scenarios_root

from tests.end_to_end.said import undercount

REPO = Path(__file__).resolve().parents[2]


def process(*args, code=None):
    command = [sys.executable, *(["-c", code] if code else ["-m", "undercount"]), *map(str, args)]
    return subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=60)


def test_help_lists_every_command(capsys):
    code, out, _ = undercount(capsys, "--help")
    assert code == 0 and all(f"  {name} " in out for name in cli.COMMANDS)


def test_scenarios(capsys):
    code, out, _ = undercount(capsys, "scenarios")
    assert code == 0 and [line.split()[0] for line in out.splitlines()] == scenario_names()


def test_show(capsys):
    code, out, err = undercount(capsys, "show", "less-looking", "--set", "refusal=off", "--set", "push=1.5")
    assert (code, err) == (0, "")
    onset, = load_scenario("less-looking").onsets
    raids = load_scenario("less-looking").events_by_name["fewer-raids"]
    for part in ("1999-01 to 2004-03, 63 months", "Bosnia and Herzegovina", "Persons at risk", "everybody accepts",
                 f"{onset.when}  looking: over {onset.ramp} months, size {onset.size:g}; "
                 "swept: when 2001-07 to 2003-06, ramp 0 to 18, size 0.3 to 2",
                 f"{onset.when}  fewer-raids: policing.raid_rate times {raids.amount:g} at size 1 of the "
                 "onset looking; observed-destinations",
                 "A month (7 phases)",
                 "push.push = 1.5 (default 1; factor)", "south-east-europe/countries.csv", "visa_free"):
        assert part in out
    dates = [line[2:9] for line in out.split("Events of the scenario and of its region")[1].split("Events of the region")[0].splitlines()
             if line[2:6].isdigit()]
    assert dates == sorted(dates) and len(dates) == len(load_scenario("less-looking").events)


def test_show_as_toml_loads_again(capsys, tmp_path):
    _, out, _ = undercount(capsys, "show", "refusal", "--toml")
    path = tmp_path / "copy.toml"
    path.write_text(out, encoding="utf-8")
    assert undercount(capsys, "check", path)[0] == 0
    assert undercount(capsys, "show", path, "--toml")[1] == out


def test_check(capsys, tmp_path):
    region = scenarios_root() / "south-east-europe"
    files = ["baseline", scenarios_root() / "refusal.toml", region, region / "region.toml",
             region / "observed" / "referrals.csv"]
    code, out, err = undercount(capsys, "check", *files)
    assert code == 0 and out.count("ok: ") == 5
    assert [line.partition(": ")[0] for line in err.splitlines()] == ["note"] * 4  # two of the region, by each of its names
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "t"\nextends = "baseline"\n[push]\npsh = 1\npush = -1\n')
    code, out, err = undercount(capsys, "check", bad, "refusal", tmp_path / "none.csv", tmp_path / "none.toml")
    assert code == 2 and out.count("ok: ") == 1
    assert f"{bad}:4: push.psh: " in err and "did you mean 'push'?" in err and f"{bad}:5: push.push: " in err
    assert len(err.splitlines()) == 4 and "none.csv" in err and "none.toml" in err


def test_schema_covers_every_parameter(capsys):
    schema = json.loads(undercount(capsys, "schema")[1])
    properties = schema["properties"]
    for spec in specs().values():
        number, unknown = properties[spec.group]["properties"][spec.key]["anyOf"]
        assert (number["minimum"], number["maximum"]) == spec.allowed and unknown["required"]
        assert spec.path in properties["events"]["items"]["properties"]["parameter"]["enum"]


@pytest.mark.parametrize("args, said", [
    (["shwo"], "Did you mean 'show'?"), (["show", "--st", "a"], "--set"), (["show"], "Missing argument"),
    (["check", "gulf"], "nothing of this name here"), (["check", "basline"], "did you mean 'baseline'?"),
    (["show", "basline"], "did you mean 'baseline'?"), (["show", "baseline", "--set", "push"], "NAME=VALUE"),
    (["show", "baseline", "--set", "pussh=1", "--set", "training=x"], "did you mean 'push'?"), (["check"], "Missing")])
def test_mistakes_exit_2_with_a_hint(capsys, args, said):
    code, out, err = undercount(capsys, *args)
    assert code == 2 and said in err and out == ""


def test_a_missing_module_breaks_only_its_command(capsys, monkeypatch):
    monkeypatch.setitem(cli.COMMANDS, "nowhere", "Not there.")
    assert undercount(capsys, "--help")[0] == 0
    code, _, err = undercount(capsys, "nowhere")
    assert code == 1 and "nowhere" in err


def test_interrupt_is_130(capsys, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("undercount.experiments.commands.scenarios.scenario_names", interrupted)
    assert undercount(capsys, "scenarios")[0] == 130


def test_a_real_process_exits_2_without_traceback(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"title = \xff\n")
    for args in (["check", bad], ["show", bad], ["show", "baseline", "--set", "x=1"], ["check", "none.csv"], ["nope"]):
        done = process(*args)
        assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr and not done.stdout


@pytest.mark.parametrize("args", [["--help"], ["show", "baseline"], ["check", "baseline"], ["scenarios"]])
def test_reading_commands_import_nothing_heavy(args):
    code = ("import sys; from undercount.experiments.cli import main; main(sys.argv[1:]); "
            "print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)")
    done = process(*args, code=code)
    loaded = set(eval(done.stderr.splitlines()[-1]))
    assert not loaded & {"mesa", "pandas", "matplotlib", "numba", "scipy", "pyarrow"}
    assert args != ["--help"] or not loaded & {"numpy", "pydantic"}
