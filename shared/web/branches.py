"""The branches of a function that a command of a known class can take. Used to find an operation's refusal codes."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from types import FunctionType, UnionType
from typing import Any, get_args

from shared.web.sources import UNKNOWN, Types, classes_in, classes_of, hints_of, meaning, member_of

Known = dict[str, Types]


class Branches(ABC):
    """Walks statements and expressions, and tells what it meets to the methods below."""

    @abstractmethod
    def function(self, function: object, given: Known | None = None) -> None: ...

    @abstractmethod
    def value(self, value: object) -> None: ...

    @abstractmethod
    def member(self, name: str) -> None: ...

    @abstractmethod
    def refused(self, error: type, code: str | None) -> None: ...

    @abstractmethod
    def answered(self, status: int, code: str) -> None: ...

    def block(self, body: Iterable[ast.stmt], function: FunctionType, known: Known) -> bool:
        """Walk statements in order. True when what stands after them is never reached."""
        return any(self._statement(statement, function, known) for statement in body)

    def _statement(self, statement: ast.stmt, function: FunctionType, known: Known) -> bool:
        match statement:
            case ast.If():
                return self._if(statement, function, known)
            case ast.Match():
                return self._match(statement, function, known)
            case ast.For(target=target, iter=iterated) | ast.AsyncFor(target=target, iter=iterated):
                self._expression(iterated, function, known)
                bind(target, self._types(iterated, function, known), known)
                self.block(statement.body, function, known)
                return False
            case ast.Raise(exc=error):
                self._raise(error, function)
                self._parts(statement, function, known)
                return True
            case _:
                self._parts(statement, function, known)
        if isinstance(statement, ast.Assign):
            bind(statement.targets[0], self._types(statement.value, function, known), known)
        return isinstance(statement, ast.Return)

    def _parts(self, node: ast.AST, function: FunctionType, known: Known) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child, function, known)
            else:
                self._expression(child, function, known)

    def _if(self, node: ast.If | ast.IfExp, function: FunctionType, known: Known) -> bool:
        self._expression(node.test, function, known)
        body, orelse = ([part] if isinstance(part, ast.expr) else part for part in (node.body, node.orelse))
        match self._holds(node.test, function, known):
            case True:
                return self._either(body, function, known)
            case False:
                return self._either(orelse, function, known)
        ends = [self._either(part, function, dict(known)) for part in (body, orelse)]
        return all(ends)

    def _either(self, part: Any, function: FunctionType, known: Known) -> bool:
        if part and isinstance(part[0], ast.expr):
            self._expression(part[0], function, known)
            return False
        return self.block(part, function, known)

    def _match(self, node: ast.Match, function: FunctionType, known: Known) -> bool:
        self._expression(node.subject, function, known)
        types, ends = self._types(node.subject, function, known), []
        for case in node.cases:
            taken = fits(case.pattern, types, function)
            if taken is False:
                continue
            if case.guard is not None:
                self._expression(case.guard, function, known)
            ends.append(self.block(case.body, function, dict(known)))
            if taken is True and case.guard is None:
                return all(ends)
        return False

    def _holds(self, test: ast.expr, function: FunctionType, known: Known) -> bool | None:
        """Whether a test for a class holds, where that is known."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                holds = self._holds(inner, function, known)
                return None if holds is None else not holds
            case ast.Call(func=ast.Name(id="isinstance"), args=[value, named]):
                return among(self._types(value, function, known), classes_named(named, function))
            case ast.BoolOp(op=ast.And(), values=values) if any(
                self._holds(value, function, known) is False for value in values
            ):
                return False
        return None

    def _types(self, node: ast.expr, function: FunctionType, known: Known) -> Types:
        """The classes a value can have."""
        match node:
            case ast.Name(id=name) if name in known:
                return known[name]
            case ast.Attribute(value=owner, attr=attribute):
                found = [classes_of(kind, attribute) for kind in self._types(owner, function, known) or ()]
                return frozenset().union(*filter(None, found)) if found and all(found) else None
            case ast.Call(func=func):
                called = meaning(func, function)
                answers = hints_of(called).get("return") if isinstance(called, FunctionType) else called
                return classes_in(answers)
        return None

    def _raise(self, error: ast.expr | None, function: FunctionType) -> None:
        bare = None if error is None else meaning(error, function)
        if isinstance(bare, type):
            self.refused(bare, None)

    def _expression(self, node: ast.AST, function: FunctionType, known: Known) -> None:
        match node:
            case ast.Call():
                self._call(node, function, known)
                return
            case ast.IfExp():
                self._if(node, function, known)
                return
            case ast.Subscript(value=table, slice=ast.Call(func=ast.Name(id="type"), args=[asked])):
                steps, types = meaning(table, function), self._types(asked, function, known)
                if isinstance(steps, dict) and types:
                    for kind in types & steps.keys():
                        self.value(steps[kind])
                    return
            case ast.comprehension(target=target, iter=iterated):
                bind(target, self._types(iterated, function, known), known)
            case ast.Name() | ast.Attribute():
                found = meaning(node, function)
                if found is not UNKNOWN:
                    self.value(found)
                    return
                if isinstance(node, ast.Attribute):
                    self._member(node, None, function, known)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            for generator in node.generators:
                self._expression(generator, function, known)
        self._parts(node, function, known)

    def _call(self, node: ast.Call, function: FunctionType, known: Known) -> None:
        called = meaning(node.func, function)
        if isinstance(called, type) and issubclass(called, Exception):
            for code in literals(node.args[0]) if node.args else (None,):
                self.refused(called, code)
        elif getattr(called, "__name__", "") == "problem":
            match node.args:
                case [_, ast.Constant(value=int(status)), ast.Constant(value=str(code)), *_]:
                    self.answered(status, code)
        if isinstance(called, FunctionType):
            self.function(called, self._given(node, called, function, known))
        elif isinstance(node.func, ast.Attribute) and called is UNKNOWN:
            self._member(node.func, node, function, known)
            self._expression(node.func.value, function, known)
        else:
            self._expression(node.func, function, known)
        for argument in (*node.args, *node.keywords):
            self._expression(argument, function, known)

    def _member(self, node: ast.Attribute, call: ast.Call | None, function: FunctionType, known: Known) -> None:
        """An attribute of a value: of its class, where that is known, else of every class that has one of that name."""
        owners = self._types(node.value, function, known)
        if not owners:
            self.member(node.attr)
        for owner in owners or ():
            method = member_of(owner, node.attr)
            if method is not None:
                given = {} if call is None else self._given(call, method, function, known)
                self.function(method, given | {"self": frozenset({owner})})

    def _given(self, node: ast.Call, called: FunctionType, function: FunctionType, known: Known) -> Known:
        names = called.__code__.co_varnames[: called.__code__.co_argcount]
        if names[:1] == ("self",):
            names = names[1:]
        placed = dict(zip(names, node.args, strict=False))
        placed |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
        return {name: self._types(value, function, known) for name, value in placed.items()}


def bind(target: ast.expr, types: Types, known: Known) -> None:
    """A variable holds something else from here on."""
    for name in ast.walk(target):
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
            known[name.id] = types if name is target else None


def fits(pattern: ast.pattern, types: Types, function: FunctionType) -> bool | None:
    """Whether a case is taken: surely, surely not, or None."""
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return fits(inner, types, function)
        case ast.MatchOr(patterns=patterns):
            found = [fits(part, types, function) for part in patterns]
            return True if True in found else None if None in found else False
        case ast.MatchClass(cls=named, patterns=inside, kwd_patterns=more):
            taken = among(types, classes_named(named, function))
            return taken if taken is False or not (inside or more) else None
    return None


def among(types: Types, kinds: tuple[type, ...]) -> bool | None:
    """Whether values of these classes are instances of those: all, none, or None where it depends."""
    if not types or not kinds:
        return None
    found = {issubclass(kind, kinds) for kind in types}
    return found.pop() if len(found) == 1 else None


def classes_named(node: ast.expr, function: FunctionType) -> tuple[type, ...]:
    """The classes of an `isinstance` or a pattern; empty where one of them cannot be read."""
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            parts: list[ast.expr] = [left, right]
        case ast.Tuple(elts=elements):
            parts = elements
        case _:
            found = meaning(node, function)
            kinds = get_args(found) if isinstance(found, UnionType) else (found,)
            return kinds if all(isinstance(kind, type) for kind in kinds) else ()
    read = [classes_named(part, function) for part in parts]
    return tuple(kind for kinds in read for kind in kinds) if all(read) else ()


def literals(value: ast.expr) -> Iterator[str]:
    """The strings that an expression can be."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
