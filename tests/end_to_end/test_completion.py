"""Shell completion: the scripts are valid in their shells, and what they ask for is answered quickly and rightly."""

import os
import shutil
import subprocess
import sys

import pytest
from undercount.experiments import cli
from undercount.model.assumed.scenario import scenario_names


def script(capsys, shell):
    assert cli.main(["completion", shell]) == 0
    return capsys.readouterr().out


def offered(words, at):
    """What is offered for the word `at` of a command line: by the protocol of bash."""
    env = os.environ | {"_UNDERCOUNT_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    done = subprocess.run([sys.executable, "-m", "undercount"], env=env, text=True, capture_output=True, timeout=60)
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_of_its_shell(capsys, shell):
    text = script(capsys, shell)
    assert "_UNDERCOUNT_COMPLETE" in text and "undercount" in text and "%(" not in text
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text, text=True, check=True)


def test_commands_options_and_scenarios():
    assert offered("undercount re", 1) == ["reference", "report"]
    assert "--replicates" in offered("undercount run --rep", 2)
    assert offered("undercount show full", 2) == ["full-adaptation"]
    assert offered("undercount run no-change ", 3) == scenario_names()


def test_in_a_real_bash(capsys, tmp_path):
    if not shutil.which("bash"):
        pytest.skip("no bash here")
    command = tmp_path / "undercount"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m undercount "$@"\n')
    command.chmod(0o755)
    ask = script(capsys, "bash") + f"""
COMP_WORDS=(undercount run route); COMP_CWORD=2
_undercount_completion "{command}"; echo "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash", "-c", ask], text=True, capture_output=True, timeout=60)
    assert done.stdout.strip() == "route-adaptation", done.stderr


def test_no_other_shell(capsys):
    assert cli.main(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err
