"""The source of functions: their syntax tree, the annotations of their arguments, and what a name in them refers to."""

import ast
import builtins
import sys
import types
from collections.abc import Callable
from functools import cache
from inspect import getsource
from types import FunctionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from shared.model import Command, Model
from shared.writing.commands import Commands

Endpoint = Callable[..., Any]
Types = frozenset[type] | None
"""The classes that a value can have, where that is known."""

ARGUMENTS = ("command", "body")
"""What handlers and routes call the message they were asked with."""

Source = ast.FunctionDef | ast.AsyncFunctionDef
UNKNOWN = object()


@cache
def _functions(module: str) -> dict[int, Source]:
    tree = ast.parse(getsource(sys.modules[module]))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {min([n.lineno, *(d.lineno for d in n.decorator_list)]): n for n in ast.walk(tree) if isinstance(n, kinds)}


def source_of(function: FunctionType) -> Source | None:
    """The tree of a function; None where it was made and not written (by a dataclass, say)."""
    return _functions(function.__module__).get(function.__code__.co_firstlineno)


def forget() -> None:
    """Let go of the trees."""
    _functions.cache_clear()


@cache
def hints_of(function: object) -> dict[str, Any]:
    """How arguments of a function, or fields of a class, are annotated; nothing where only type checkers know."""
    try:
        return get_type_hints(function)
    except (NameError, TypeError):
        return {}


OURS = ("services.", "shared.")


def of_ours(thing: object) -> bool:
    """Whether a function or class was written here."""
    return str(getattr(thing, "__module__", "")).startswith(OURS)


def classes_in(annotation: Any) -> Types:
    """Our classes that an annotation names, in a collection too. Bases that stand for any of theirs name none."""
    if get_origin(annotation) is Annotated:
        return classes_in(get_args(annotation)[0])
    if isinstance(annotation, type) and get_origin(annotation) is None:
        told = of_ours(annotation) and annotation not in (Command, Model) and not getattr(annotation, "_is_protocol", 0)
        return frozenset({annotation}) if told else None
    if isinstance(get_origin(annotation), type) and of_ours(get_origin(annotation)):
        return frozenset({get_origin(annotation)})
    if get_origin(annotation) in (Union, types.UnionType, tuple, list):
        parts = [part for part in get_args(annotation) if part not in (type(None), ...)]
        found = [classes_in(part) for part in parts]
        return frozenset().union(*filter(None, found)) if found and all(found) else None
    return None


@cache
def classes_of(owner: type, attribute: str) -> Types:
    """The classes that an attribute of a class is annotated with."""
    member = getattr(owner, attribute, None)
    if isinstance(member, property) and isinstance(member.fget, FunctionType):
        return classes_in(hints_of(member.fget).get("return"))
    return classes_in(hints_of(owner).get(attribute))


def member_of(owner: type, attribute: str) -> FunctionType | None:
    """The method or property of a class that stands behind an attribute."""
    found = getattr(owner, attribute, None)
    function = getattr(found, "fget", None) or getattr(found, "__func__", found)
    return function if isinstance(function, FunctionType) and of_ours(function) else None


def class_around(function: FunctionType) -> type | None:
    """The class that a method stands in."""
    name, _, rest = function.__qualname__.partition(".")
    found = vars(sys.modules[function.__module__]).get(name)
    return found if rest and isinstance(found, type) else None


def meaning(node: ast.AST, function: FunctionType) -> Any:
    """What a name, or a name with attributes, stands for outside the function; UNKNOWN for what is local."""
    if isinstance(node, ast.Attribute):
        owner = meaning(node.value, function)
        if isinstance(owner, (types.ModuleType, type)):
            return getattr(owner, node.attr, UNKNOWN)
        return member_of(type(owner), node.attr) or UNKNOWN
    if not isinstance(node, ast.Name):
        return UNKNOWN
    code = function.__code__
    if node.id in code.co_varnames or node.id in code.co_cellvars:
        return UNKNOWN
    if node.id in code.co_freevars and function.__closure__:
        return function.__closure__[code.co_freevars.index(node.id)].cell_contents
    return function.__globals__.get(node.id, getattr(builtins, node.id, UNKNOWN))


def handler_in(endpoint: Any) -> Any:
    """The handler or query that a route names, or the row of a table. Raises LookupError for none, or several."""
    source = source_of(endpoint)
    named = [meaning(node, endpoint) for node in ast.walk(source)] if source else []
    asked = hints_of(endpoint).get("body")
    found = [value[asked] if isinstance(value, Commands) and asked is not None else value for value in named]
    found = [value for value in found if hasattr(value, "handling")]
    if len(found) != 1:
        raise LookupError(f"{endpoint.__name__} names {len(found)} handlers")
    return found[0]
