"""Who may do what stands in the policy alone: nothing in a service asks for a role or an organisation."""

import ast
from collections.abc import Iterator

from tests.architecture.source import ROOT, SERVICES

ORGANISATIONS = {"organisation_ref"}


def _asks(tree: ast.AST) -> Iterator[int]:
    """The lines that compare a caller's organisation or role, or name a role other than that of the system."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr != "SYSTEM" and ast.unparse(node.value) == "Role":
            yield node.lineno
        if isinstance(node, ast.Compare):
            sides = [side for side in (node.left, *node.comparators) if isinstance(side, ast.Attribute)]
            if any(_of_caller(side) for side in sides):
                yield node.lineno


def _of_caller(side: ast.Attribute) -> bool:
    caller = side.value
    named = caller.id if isinstance(caller, ast.Name) else caller.attr if isinstance(caller, ast.Attribute) else ""
    return named == "caller" and side.attr in ORGANISATIONS


def test_no_check_of_a_role_or_an_organisation_stands_in_a_service() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for service in SERVICES
        for path in sorted((ROOT / "services" / service).glob("*/*.py"))
        for line in _asks(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_such_a_check_is_found() -> None:
    for line in (
        "caller.organisation_ref == row['x']",
        "caller.role is Role.SUPERVISOR",
        "x == unit.caller.organisation_ref",
    ):
        assert list(_asks(ast.parse(line))), line
    assert not list(_asks(ast.parse("caller.role is Role.SYSTEM")))
