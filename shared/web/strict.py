"""Routes that take what they declare and nothing else: an unknown parameter would be ignored in silence.

Every router of a service is a `Router`. Its routes answer 422 to unknown query parameters and doubled ones, and use the
JSON value that the edge has parsed already.
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, get_args, get_origin

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import Invalid

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _Read(Request):
    """A request whose body was read at the edge."""

    async def json(self) -> Any:
        return self.scope["json"]


class StrictRoute(APIRoute):
    """A route that knows which query parameters it has, and which of them may be given more than once."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        declared = dict(_query(self.dependant))

        async def strict(request: Request) -> Response:
            asked = _Read(request.scope, request.receive)
            if request.scope["query_string"]:
                refuse_others(asked, declared)
            return await handle(asked)

        return strict


class Router(APIRouter):
    """The router of one thing."""

    def __init__(self, **how: Any) -> None:
        super().__init__(route_class=StrictRoute, **how)


def _query(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Each query parameter by its name on the wire, and whether it is a list."""
    for field in dependant.query_params:
        yield field.alias, _is_list(field.field_info.annotation)
    for needed in dependant.dependencies:
        yield from _query(needed)


def _is_list(annotation: object) -> bool:
    origin = get_origin(annotation) or annotation
    return origin in (list, tuple, set, frozenset) or any(map(_is_list, get_args(annotation)))


def refuse_others(request: Request, declared: dict[str, bool]) -> None:
    """Refuse unknown parameters. The answer lists the declared ones and never repeats the caller's text."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name not in declared:
            raise Invalid("query_unknown", declared=sorted(declared))
        if name in seen and not declared[name]:
            raise Invalid("query_twice", parameter=name)
        seen.add(name)
