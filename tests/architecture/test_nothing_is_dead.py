"""Whatever the product defines, the product mentions: code that only its own tests call is deleted or wired."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.source import ROOT, modules, tree

WAITING = {"birth_as_written", "may_be_same"}
"""Not wired yet: see *not held yet* in docs/facts.md."""

CALLED_BY_OTHERS = {
    "model_post_init",
    "process_bind_param",
    "process_result_value",
    "on_partitions_assigned",
    "on_partitions_revoked",
    "send_400_response",
    "_unsupported_upgrade_warning",
    "_MemoryStorage__schedule_expiry",
}
"""Called by Pydantic, SQLAlchemy, aiokafka, uvicorn and limits."""


def product() -> list[ast.Module]:
    return [tree(path) for path in modules(ROOT, "services", "shared")]


def defined(parsed: Iterable[ast.Module]) -> Iterator[str]:
    """Functions, methods and classes. A decorator hands its function to somebody, who calls it."""
    for module in parsed:
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.decorator_list:
                yield node.name


def mentioned(parsed: Iterable[ast.Module]) -> Iterator[str]:
    """Names that are read, imported, asked of an object, or written as text for somebody who looks them up."""
    for module in parsed:
        for node in ast.walk(module):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                    yield from name.replace("[", " ").replace("]", " ").split() if len(name) < 100 else ()
                case ast.ImportFrom(names=names):
                    yield from (alias.name for alias in names)


def dead(parsed: list[ast.Module]) -> set[str]:
    """What is defined and never mentioned."""
    names = {name for name in defined(parsed) if not name.startswith("__")}
    return names - set(mentioned(parsed))


def test_what_is_defined_is_mentioned() -> None:
    assert dead(product()) == WAITING | CALLED_BY_OTHERS


def test_a_function_that_nobody_mentions_is_noticed() -> None:
    module = ast.parse("def used() -> None: ...\nclass Kept:\n    def idle(self) -> None: used()\nprint(Kept)")
    assert dead([module]) == {"idle"}
