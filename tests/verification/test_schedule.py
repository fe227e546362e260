"""The month is one list: compiled code, `mesa` activation and the documents follow it."""

import ast
import inspect

from undercount.model import mesa_model, month
from undercount.model.mesa_agents import NGO, Migrant, Official, Recruiter
from undercount.model.schedule import PHASES

PARTS = ("migrants_live", "recruiters_work", "officials_serve", "ngos_help")


def called_in_order(function) -> list[str]:
    """Names of the rules that a function calls, in the order of its source; an agents' rule with its table.

    A part of the month that is no phase of its own (all migrants, all recruiters) stands for what it calls.
    """
    found = []

    class Visitor(ast.NodeVisitor):
        def visit_Call(self, node):
            if isinstance(node.func, ast.Name) and node.func.id in month.RULES:
                table = next((a.value.attr for a in node.args if isinstance(a, ast.Subscript)), None)
                found.append((node.func.id, table))
            elif isinstance(node.func, ast.Name) and node.func.id in PARTS:
                found.extend(called_in_order(getattr(month, node.func.id)))
            self.generic_visit(node)

    Visitor().visit(ast.parse(inspect.getsource(getattr(function, "py_func", function))))
    return found


def test_the_compiled_month_runs_the_phases_in_their_order():
    assert called_in_order(month.run_months) == [(phase.rule, phase.agents) for phase in PHASES]


def test_every_phase_has_its_rule_and_every_rule_its_phase():
    assert list(month.RULES) == [phase.rule for phase in PHASES]


def test_mesa_steps_the_agents_of_each_phase_with_its_rule():
    called = [called_in_order(kind.rule) for kind in (Migrant, Recruiter, Official, NGO)]
    assert called == [[(phase.rule, phase.agents)] for phase in PHASES if phase.agents]
    assert list(mesa_model.KINDS) == [phase.agents for phase in PHASES if phase.agents]


def test_mesa_activation_walks_through_the_list(monkeypatch):
    """With every rule replaced by one that says its name: the phases, in their order, once a month."""
    said = []
    model = mesa_model.TraffickingModel("no-change", seed=1, people_per_agent=10_000, activation="mesa")
    monkeypatch.setattr(mesa_model, "RULES", {
        name: (lambda t, w, name=name: said.append(name)) for name in month.RULES})
    for kind in (Migrant, Recruiter, Official, NGO):
        monkeypatch.setattr(kind, "act", lambda agent, t, address: said.append(type(agent).table))
    model._step_agents()
    assert list(dict.fromkeys(said)) == [phase.agents or phase.rule for phase in PHASES]
