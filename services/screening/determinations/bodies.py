"""Which body somebody speaks for, by the kind under which their organisation is registered in the directory."""

from collections.abc import Mapping

from shared.contracts.screening import Body

AUTHORITIES: Mapping[str, Body] = {
    "POLICE": "POLICE",
    "BORDER_GUARD": "NON_POLICE_GOV",
    "IMMIGRATION": "NON_POLICE_GOV",
    "CONSULATE": "NON_POLICE_GOV",
    "SOCIAL_AFFAIRS": "NON_POLICE_GOV",
    "MINISTRY": "NON_POLICE_GOV",
    "LOCAL_AUTHORITY": "NON_POLICE_GOV",
    "COURT": "COURT_OR_PROSECUTION",
}
"""The kinds with authority. A choice, not law: border guard and immigration count as government other than police."""

ABROAD: Body = "FOREIGN_AUTHORITY"
PRIVATE: frozenset[Body] = frozenset({"NGO", "OTHER"})


def bodies_of(kind: str | None) -> frozenset[Body]:
    """The bodies that staff of such an organisation may speak for. Who is not registered has no authority."""
    own = AUTHORITIES.get(kind or "")
    return PRIVATE if own is None else frozenset({own, ABROAD})
