"""A grant never becomes a debt: nothing that can be said or stored in grants could express one."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import services.grants
import shared.contracts.grants
from shared.auth import Policy
from shared.contracts.catalogue import CATALOGUE
from shared.model import Model

DEBT = re.compile(
    r"debt|loan|lend|borrow|repay|payback|refund|interest|collateral|guarant|pledge|owe[ds]?\b|arrear|penalt|default|fine\b"
)


def words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).lower()


def _modules() -> Iterator[str]:
    for package in (services.grants, shared.contracts.grants):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name:
                yield found.name


def _models() -> Iterator[type[Model]]:
    for name in _modules():
        for thing in vars(importlib.import_module(name)).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Model)
                and thing.__module__.startswith(("services.grants", "shared.contracts.grants"))
            ):
                yield thing


def names() -> set[str]:
    """Every name of a model, field, fact and action of grants."""
    found = {name for name in (*CATALOGUE, *Policy.of("services.grants").by_action) if name.startswith("grants.")}
    for model in _models():
        found |= {model.__name__, *(f"{model.__name__} {field}" for field in model.model_fields)}
    return found


def test_no_name_could_express_a_debt() -> None:
    assert sorted(name for name in names() if DEBT.search(words(name))) == []


def test_the_walk_sees_commands_states_facts_and_actions() -> None:
    assert {"ApproveApplication", "Instalment amount", "grants.instalment.paid.v1", "grants.instalment.pay"} <= names()


def test_a_debt_is_noticed() -> None:
    assert all(DEBT.search(words(name)) for name in ("RepayInstalment", "Grant interest", "grants.loan.given.v1"))
