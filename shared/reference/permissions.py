"""The pages under docs/permissions: who may do what on which ground, and the same rules as Cedar text for partners."""

from collections.abc import Iterable, Iterator, Mapping

from shared.auth import Policy, Role, Scope
from shared.codes.lists import lookup
from shared.reference import cedar
from shared.reference.pages import GENERATED

LETTERS = {
    Scope.RELATION: "r",
    Scope.OWN_ORGANISATION: "o",
    Scope.HOLDERS_TEAM: "t",
    Scope.ADDRESSED: "a",
    Scope.SENDER: "s",
    Scope.UNADDRESSED: "u",
    Scope.ENGAGED: "e",
    Scope.UNENGAGED: "n",
    Scope.PUBLIC_DIRECTORY: "d",
}

SAID = (
    "A role that has no letter in a row is refused. One of its letters must hold for the very thing, and the purpose "
    "of the request must be one of the row's that the role may have at all."
)


def permissions_page(service: str, policy: Policy, actions: Mapping[str, tuple[str, ...]]) -> str:
    """docs/permissions/<service>.md: action and operations by role, each cell the grounds that let in."""
    roles = [role for role in Role if any(role in rule.roles for rule in policy.rules)]
    head = ("Action", "Operations", "Purposes", *(role.value.lower().replace("_", " ") for role in roles))
    asking: dict[str, list[str]] = {}
    for operation, needed in sorted(actions.items()):
        for action in needed:
            asking.setdefault(action, []).append(operation)
    rows = (_row(policy, action, asking.get(action, ()), roles) for action in policy.by_action)
    table = "\n".join((_line(head), _line("---" for _ in head), *map(_line, rows)))
    return "\n\n".join((GENERATED, f"# Permissions of {service}", _legend(), table)) + "\n"


def cedar_page(policy: Policy) -> str:
    """docs/permissions/<service>.cedar: every rule under its name. Whoever asks it gives its schema along."""
    return f"// Written by `make docs` from the code. Change the code instead.\n\n{cedar.page(policy)}"


def _legend() -> str:
    labels = lookup("ground").codes
    grounds = "\n".join(f"- `{letter}` {labels[scope].labels['en']}" for scope, letter in LETTERS.items())
    return f"{SAID}\n\n{grounds}"


def _row(policy: Policy, action: str, operations: Iterable[str], roles: Iterable[Role]) -> Iterator[str]:
    rules = policy.by_action[action]
    purposes = sorted({purpose.value.lower() for rule in rules for purpose in rule.purposes})
    yield f"`{action}`"
    yield ", ".join(f"`{operation}`" for operation in operations)
    yield ", ".join(purposes)
    for role in roles:
        grounds = {scope for rule in rules if role in rule.roles for scope in rule.scopes}
        yield " ".join(letter for scope, letter in LETTERS.items() if scope in grounds)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
