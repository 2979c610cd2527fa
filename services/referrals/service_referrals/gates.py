"""Which service waits for an entitlement, and which a handling instruction forbids.

Most services wait for nothing. Food, a bed, care, papers, a way home and a place in school are given to
everyone who comes home; no service ever asks what was found. For anything not listed here the answer is yes.
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.errors import Refused

ENTITLEMENT_BY_SERVICE = {
    "EDU-MATERIAL": {"EDUCATION"},
    "EDU-CATCHUP": {"EDUCATION"},
    "EDU-TRANSPORT": {"EDUCATION"},
    "SKL-TVET": {"SKILLS_TRAINING"},
    "SKL-AGRI": {"SKILLS_TRAINING"},
    "SKL-LIFE": {"SKILLS_TRAINING"},
    "SKL-FIN": {"SKILLS_TRAINING"},
    "JOB-PLACE": {"REINTEGRATION"},
    "GRANT-LIFE": {"REINTEGRATION"},
    "GRANT-BIZ": {"GRANT_ADULT", "GRANT_CAREGIVER_HOUSEHOLD"},
    "SHG-JOIN": {"HOUSEHOLD_SUPPORT"},
    "SAV-GROUP": {"HOUSEHOLD_SUPPORT"},
    "RICE-BANK": {"HOUSEHOLD_SUPPORT"},
    "COW-BANK": {"HOUSEHOLD_SUPPORT"},
    "AC-JOIN": {"HOUSEHOLD_SUPPORT"},
}
"""Any one of the entitlements will do."""

FORBIDDEN_BY_HANDLING = {
    "NO_FAMILY_CONTACT": frozenset({"PSY-FAMILY", "FTA", "PLC-REUNIFY", "AWR-FAMILY"}),
    "NO_FAMILY_PLACEMENT": frozenset({"PLC-REUNIFY", "ACC-KIN"}),
}


def entitled(service: str, entitlements: Collection[str]) -> bool:
    """Whether the service may be given to somebody with these entitlements."""
    needed = ENTITLEMENT_BY_SERVICE.get(service)
    return needed is None or not needed.isdisjoint(entitlements)


def forbidden_by(service: str, handling: Collection[str]) -> str | None:
    """The handling instruction that forbids the service, if one does."""
    return next((code for code in sorted(handling) if service in FORBIDDEN_BY_HANDLING.get(code, ())), None)


@dataclass(frozen=True)
class Gate:
    """What stands in the way of one service for one person by one provider."""

    plan_open: bool = True
    offered: bool = True
    share_consent: bool = False
    entitled: bool = True
    forbidden_by: str | None = None

    def check_offer(self) -> None:
        """Refuse a provider that does not give the service, or is suspended."""
        if not self.offered:
            raise Refused("service_not_offered")

    def check_drafting(self) -> None:
        """Refuse what no draft can be made of."""
        if not self.plan_open:
            raise Refused("plan_not_open")
        self.check_offer()

    def check_sharing(self, *, in_house: bool) -> None:
        """Refuse to take somebody on, or to write anything new for a provider, after their consent has ended."""
        if not in_house and not self.share_consent:
            raise Refused("sharing_ended")

    def check_sending(self, *, in_house: bool) -> None:
        """Refuse to let anything leave without consent; in our own house nothing leaves."""
        if not in_house and not self.share_consent:
            raise Refused("consent_to_share_missing")
        if not self.entitled:
            raise Refused("entitlement_missing")
        if self.forbidden_by is not None:
            raise Refused("handling_forbids", handling=self.forbidden_by)
        self.check_offer()
