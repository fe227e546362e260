"""The documents that are generated are what the code would generate now."""

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import scenarios_root

from tools import generate, mse, table_docs
from tools.odd_tables import PAGE, mechanism_table, parameter_table, updated


def test_the_tables_of_the_odd_are_current():
    page = PAGE.read_text(encoding="utf-8")
    assert updated(page) == page, "run: python -m tools.generate"


def test_the_data_dictionary_is_current():
    assert table_docs.PAGE.read_text(encoding="utf-8") == table_docs.page(), "run: python -m tools.generate"


def test_every_parameter_and_mechanism_is_in_the_tables():
    for spec in specs().values():
        assert f"| `{spec.key}` | {spec.meaning}" in parameter_table()
    for name in MECHANISMS:
        assert f"| `{name}` |" in mechanism_table()


def test_the_baseline_file_is_current():
    """Also what it fixes: a prior that is lost makes an unknown of what the schema leaves open."""
    assert generate.baseline() == (scenarios_root() / "baseline.toml").read_text(encoding="utf-8"), \
        "run: python -m tools.generate"


def test_what_the_trial_of_estimators_found_is_current():
    assert mse.updated(mse.PAGE.read_text(encoding="utf-8")) == mse.PAGE.read_text(encoding="utf-8"), "run: python -m tools.mse"
