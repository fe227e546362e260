"""What the page takes from around it: of Solara's settings two, of Jupyter's extensions its own, of addresses a free one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from undercount.experiments.view import around
from undercount.model.files.problems import BadInput

ROOT = Path(__file__).parents[3]
AROUND = {"SOLARA_CHECK_HOOKS": "maybe", "solara_ssg_enabled": "yes", "SOLARA_ASSETS_EXTRA_LOCATIONS": "/", "SOLARA_ROOT_PATH": "/x",
          "SOLARA_ASSETS_CDN": "https://elsewhere.example/", "SOLARA_APP": "other.py", "PORT": "many", "WEB_CONCURRENCY": "many"}


def test_settings_of_solara_are_left_aside(monkeypatch):
    monkeypatch.setattr(os, "environ", {**AROUND, "HOME": "/h", "SOLARA_HOME": "/s", "SOLARA_KERNEL_CULL_TIMEOUT": "90s"})
    assert around.settle("page") == sorted(name for name in AROUND if name.upper().startswith("SOLARA_"))
    assert os.environ == {"HOME": "/h", "SOLARA_HOME": "/s", "SOLARA_KERNEL_CULL_TIMEOUT": "90s", "SOLARA_APP": "page", **around.OURS}
    monkeypatch.setattr(os, "environ", {})
    assert around.settle("page") == [] and os.environ["SOLARA_KERNEL_CULL_TIMEOUT"] == "15m"


@pytest.mark.parametrize("time", ["soon", "", "15 m", "-1s", "nan", "15M"])
def test_a_time_that_solara_cannot_read(monkeypatch, time):
    monkeypatch.setattr(os, "environ", {"SOLARA_KERNEL_CULL_TIMEOUT": time})
    with pytest.raises(BadInput, match=r"^environment: SOLARA_KERNEL_CULL_TIMEOUT: found .*; allowed: a time as 90s, 15m, 2h or 1d$"):
        around.settle("page")


def loaded(python=sys.executable, **env):
    """What a process says that settles and loads Solara, among them what it would serve."""
    code = """if True:
        import os
        from undercount.experiments.view import around
        from undercount.model.files.problems import BadInput
        around.settle("undercount.experiments.view.app")
        try:
            around.command_line()
        except BadInput as error:
            print(error)
        else:
            from solara.server import server, settings
            from solara.settings import assets
            print(assets.proxy, assets.cdn, settings.assets.extra_locations, settings.main.root_path, *sorted(server.get_nbextensions()[0]))
    """
    ran = subprocess.run([python, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT), **env})
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


SERVED = "True nowhere: []  jupyter-vue/extension jupyter-vuetify/extension"


@pytest.mark.parametrize("env", [AROUND, {"VSCODE_PID": "1"}, {"SERVER_SOFTWARE": "voila/0.5"}], ids=lambda env: next(iter(env)))
def test_the_same_is_served_whatever_stands_around(env):
    assert loaded(**env) == SERVED


def test_settings_in_a_file_near_by(tmp_path):
    (tmp_path / "dotenv.py").write_text("import os\ndef load_dotenv(): os.environ['SOLARA_CHECK_HOOKS'] = 'maybe'\n")
    assert loaded(PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}") == SERVED


def test_the_users_own_extensions_of_jupyter(tmp_path):
    extension, settings = tmp_path / "data" / "nbextensions" / "mine", tmp_path / "nbconfig" / "notebook.json"
    for path, text in ((extension / "main.js", "throw 1"), (settings, '{"load_extensions": {"mine/main": true}}')):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    env = {"JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    assert loaded(**env) == SERVED
    for text in ('{"load_extensions":', "[1]", '{"load_extensions": 1}'):
        settings.write_text(text)
        assert loaded(**env).startswith("settings of Jupyter: nbconfig/notebook.json: found ")


def test_an_environment_that_borrows_the_packages_of_another(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path], check=True)
    packages = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    (tmp_path / packages / "others.pth").write_text(
        f"import site; site.addsitedir({str(Path(pytest.__file__).parents[1])!r})\n")
    assert "found an environment that lacks files of the extra [view]" in loaded(tmp_path / "bin" / "python")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_address_where_another_program_listens(host):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadInput, match=rf"^command line: --port: found {port}, where another program listens; allowed: a free port"):
            around.check_address(host, port)
    around.check_address(host, port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-name.invalid"])
def test_an_address_of_another_machine(host):
    with pytest.raises(BadInput, match="^command line: --host: found .*; allowed: a name or an address of this machine$"):
        around.check_address(host, 8765)
