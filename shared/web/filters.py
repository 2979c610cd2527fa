"""What a list may be filtered by: each field of a dataclass as a parameter of the address.

A query declares the dataclass, its route asks for it: `asked: Annotated[Filters, filters(Filters)]`. A field that may
be given more than once is `Several`. A parameter that is no field is refused (`strict.py`).
"""

from inspect import Signature, signature
from typing import Annotated, Any

from fastapi import Depends, Query


class _Filters:
    """A dependency that is called with each field of a dataclass as a parameter of the address."""

    def __init__(self, kind: type[Any]) -> None:
        self._kind = kind
        fields = signature(kind).parameters.values()
        asked = [field.replace(annotation=Annotated[field.annotation, Query()]) for field in fields]
        self.__signature__ = Signature(asked)

    async def __call__(self, **asked: object) -> Any:
        return self._kind(**asked)


def filters(kind: type[Any]) -> Any:
    """The dependency of a route that makes such a dataclass of what the address says."""
    return Depends(_Filters(kind))
