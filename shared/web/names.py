"""Names of schemas that tools can use: short, unique, one for each code list, and the title the same as the name.
Each enum says, as each code does, in which list its labels are (`x-code-list`).

A class that is the only one of its name keeps it. Where several things have a `Status`, each is called after its
thing: `CaseStatus`. A page is called after what it holds: `CasePage`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from shared.codes import Lists

Schema = dict[str, Any]
PREFIX = "#/components/schemas/"
_PAGE = re.compile(r"Page_(\w+?)(?:Read)?_")


def camel(words: str) -> str:
    """`border_gate` as `BorderGate`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[_-]", words))


def name_of(key: str, known: Mapping[str, object]) -> str:
    """The name for a schema that FastAPI calls `key`."""
    page = _PAGE.fullmatch(key)
    if page is not None:
        return f"{page[1]}Page"
    *inside, name = key.split("__")
    return f"{_thing(inside[2], known)}{name}" if inside[:1] == ["services"] else name


def _thing(folder: str, known: Mapping[str, object]) -> str:
    """What one of the things in a folder is called: as its read schema says, where it has one."""
    singular = folder.removesuffix("es") if folder.endswith("sses") else folder.removesuffix("s")
    return camel(folder) if f"{camel(folder)}Read" in known else camel(singular)


def nodes(part: object) -> Iterator[Schema]:
    """Every object within a part of a document."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from nodes(inner)


def rename(document: Schema, lists: Lists) -> None:
    """Give every schema of a document its name, and each code list one schema.

    Raises ValueError for a name twice, and for an enum whose members have no labels in the lists.
    """
    schemas: dict[str, Schema] = document["components"]["schemas"]
    names = {key: name_of(key, schemas) for key in schemas}
    renamed = {names[key]: schema for key, schema in schemas.items()}
    if len(renamed) != len(schemas):
        raise ValueError("two schemas would have one name")
    for node in nodes([document["paths"], schemas]):
        _tidy(node)
        if "$ref" in node:
            node["$ref"] = PREFIX + names[node["$ref"].removeprefix(PREFIX)]
    _check_labelled(renamed, lists)
    renamed |= _code_lists([document["paths"], renamed], lists)
    for name, schema in renamed.items():
        schema["title"] = name
    document["components"]["schemas"] = dict(sorted(renamed.items()))


def _tidy(node: Schema) -> None:
    """A title that only repeats the name of a field makes two of one; so does a second lower bound."""
    if isinstance(node.get("title"), str):
        del node["title"]
    if isinstance(node.get("exclusiveMinimum"), int | float):
        node.pop("minimum", None)


def _check_labelled(schemas: Mapping[str, Schema], lists: Lists) -> None:
    for name, schema in schemas.items():
        members = schema.get("enum", [schema["const"]] if "const" in schema else [])
        known = lists[schema["x-code-list"]].codes if schema.get("x-code-list") in lists else {}
        if without := [member for member in members if member not in known]:
            raise ValueError(f"{name} has members without labels: {', '.join(without)}")


def _code_lists(parts: list[Any], lists: Lists) -> dict[str, Schema]:
    """A schema for each code list that fields use. An enum is one already."""
    found: dict[str, Schema] = {}
    enums = {id(schema) for schema in parts[-1].values()}
    for node in list(nodes(parts)):
        codes = node.get("x-code-list")
        if isinstance(codes, str) and id(node) not in enums:
            name = f"{camel(codes)}Code"
            schema: Schema = {key: node.pop(key) for key in ("type", "enum", "x-code-list") if key in node}
            found[name] = {**schema, "description": f"{lists[codes].title['en']}: a code of the list `{codes}`."}
            node["$ref"] = PREFIX + name
    return found
