"""What a caller may do at a service, so that a front end offers nothing else. The same in all four services.

Only the policy is told, for the role and the purpose of the request: nothing of any person or thing. Whether a ground
holds for one thing stands in its own `next`.
"""

from typing import Annotated

from shared.auth import Caller, Purpose, Role, Scope, authorise
from shared.auth.permitted import Permitted, permitted
from shared.codes import CodeOf
from shared.model import CX, Model
from shared.reading import Reader
from shared.web.requests import Calling, Request, show
from shared.web.strict import Router
from shared.writing.handling import shows


class PermissionRead(Model):
    """One action: which operations ask for it, the grounds of which one must hold, and which parts are a relation.

    `anything`: it may be done about nothing in particular.
    """

    action: CX[str]
    operations: CX[tuple[str, ...]]
    grounds: CX[tuple[Scope, ...]]
    kinds: CX[tuple[Annotated[str, CodeOf("relation_kind")], ...]]
    anything: bool


class PermissionsRead(Model):
    """What this role may do here for this purpose. An action that is not named is refused."""

    role: CX[Role]
    purpose: CX[Purpose]
    permissions: tuple[PermissionRead, ...]


@shows("permissions.read", reference=True)
def permissions(reader: Reader, caller: Caller) -> PermissionsRead:
    """What the caller may do here, in the role and for the purpose of this request; nothing is told of any thing."""
    authorise(reader, caller, "permissions.read")
    found = tuple(_read(reader, one) for one in permitted(reader.policy, caller))
    return PermissionsRead(role=caller.role, purpose=caller.purpose, permissions=found)


def _read(reader: Reader, one: Permitted) -> PermissionRead:
    asking = (name for name, actions in reader.kept.actions.items() if one.action in actions)
    return PermissionRead(
        action=one.action,
        operations=tuple(sorted(asking)),
        grounds=one.grounds,
        kinds=one.kinds,
        anything=one.anything,
    )


def permissions_router(service: str) -> Router:
    """`GET /{service}/v1/permissions`."""
    router = Router(prefix=f"/{service}/v1", tags=["permissions"])

    @router.get("/permissions", operation_id="readPermissions")
    async def read(caller: Calling, request: Request) -> PermissionsRead:
        return await show(request, permissions, caller)

    return router
