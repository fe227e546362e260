"""The documents that are generated are what the code would generate now."""

from undercount.model.assumed.mechanisms import MECHANISMS
from undercount.model.assumed.parameters import specs

from tools.odd_tables import PAGE, mechanism_table, parameter_table, updated


def test_the_tables_of_the_odd_are_current():
    page = PAGE.read_text(encoding="utf-8")
    assert updated(page) == page, "run: python -m tools.generate"


def test_every_parameter_and_mechanism_is_in_the_tables():
    for spec in specs().values():
        assert f"| `{spec.key}` | {spec.meaning}" in parameter_table()
    for name in MECHANISMS:
        assert f"| `{name}` |" in mechanism_table()
