"""What lost facts protected stays in force: which values of which facet protect somebody, listed by hand, and how."""

from datetime import date
from importlib import import_module
from typing import Any

import pytest

from services import SERVICES
from services.grants.facets import GrantConsent
from services.intake.disclosures.state import Addressed
from services.intake.facets import Agreed as Held
from services.intake.facets import Existence, InterviewView, StayView
from services.intake.facets import ScreeningFacet as Decisions
from services.referrals.facets import Share
from services.screening.facets import Agreed
from services.screening.facets import InterviewView as Interview
from shared.contracts.intake import ConsentPurpose, ReceiverKind
from shared.journey import Facet
from shared.testing import ref

AUNT, UNCLE, SCHOOL, GIVEN, OTHER = (ref(name) for name in ("aunt", "uncle", "school", "given", "other"))
HANDLING = ("NO_FAMILY_CONTACT", "SEPARATE_ROOM")
EARLY, LATE = date(2026, 12, 1), date(2027, 6, 1)
PLAIN: dict[tuple[str, str], set[str]] = {
    ("intake", "intake"): {
        "existence", "opened", "organisation_ref", "is_minor", "child_then", "age_basis", "previous_case_ref",
        "household_ref",
        "handover_ref", "urgent_needs_checked", "escorted", "provisions", "receiver"
    },
    ("intake", "screening"): {"interview", "determined"},
    ("intake", "referrals"): {"plan", "deliveries", "followups_done", "followups_missed"},
    ("screening", "screening"): {
        "suggested", "determined", "proposed", "under_review", "best_interests_open", "best_interests_proposed",
        "review_day",
    },
    ("screening", "intake"): {"open", "opened_on", "organisation_ref", "household_ref", "centre", "urgent_needs_met"},
    ("referrals", "intake"): {
        "opened_on", "organisation_ref", "closed", "household_ref", "admitted", "departed_on", "handed_over_on"
    },
    ("referrals", "screening"): {"entitlements"},
    ("referrals", "referrals"): {"plan", "help", "visits_planned", "visits_done", "visits_missed", "last_findings"},
    ("screening", "referrals/organisation"): set(),
    ("grants", "intake"): {"opened", "opened_on", "organisation_ref", "household_ref"},
    ("grants", "grants"): {"stage", "approved", "reconciled", "visits"},
}  # fmt: skip
"""The values that protect nobody, by hearer and source. All others of these facets protect.

Whether somebody is a child intake does not ask of its facet: it asks what it knows of the birth.
"""


def share(name: str = GIVEN, until: date | None = None) -> Share:
    return Share(consent_ref=name, organisation_ref=SCHOOL, valid_until=until)


def agreed(name: str = GIVEN, until: date | None = None) -> Agreed:
    return Agreed(consent_ref=name, purpose=ConsentPurpose.INTERVIEW, valid_until=until)


def held(name: str = GIVEN) -> Held:
    return Held(consent_ref=name, purpose=ConsentPurpose.INTERVIEW)


def grant(name: str = GIVEN, until: date | None = None) -> GrantConsent:
    return GrantConsent(consent_ref=name, valid_until=until)


TO_KIN = {"decided": True, "receiver": ReceiverKind.KIN, "receiver_ref": AUNT, "exception": True}
ENDS_EARLY, MONEY_ENDS_EARLY = {"shares": (share(until=EARLY),)}, {"consents": (grant(until=EARLY),)}
ENDED, RESTS = {"interview": Interview.REFUSED}, {"interview": Interview.PAUSED}
PART_IS_KEPT = {"handling": HANDLING[:1], "kept_handling": HANDLING[1:]}
POLICE = {"kind": "POLICE"}
NEAREST = {"receiver": ReceiverKind.PARENT}
ASKED_EARLY = {"consents": (agreed(until=EARLY),)}
ACCEPTED = Addressed(service_referral_ref=GIVEN, organisation_ref=SCHOOL)
Case = tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]
CASES: list[Case] = [
    # hearer, source; before facts were lost, now; what holds
    ("referrals", "intake", {"child": True}, {"child": False}, {"child": True}),
    ("referrals", "intake", {"child": False}, {"child": True}, {"child": True}),
    ("referrals", "intake", {"child": False}, {"child": False}, {"child": False}),
    ("referrals", "intake", {"missing": True}, {"missing": False}, {"missing": True}),
    ("referrals", "intake", {"missing": False}, {"missing": True}, {"missing": True}),
    ("referrals", "intake", {"implicated": (UNCLE,)}, {"implicated": (AUNT,)}, {"implicated": (AUNT, UNCLE)}),
    ("referrals", "intake", {}, {"shares": (share(),)}, {"shares": ()}),
    ("referrals", "intake", {"shares": (share(OTHER), share())}, {"shares": (share(),)}, {"shares": (share(),)}),
    ("referrals", "intake", {"shares": (share(),)}, {}, {"shares": ()}),
    *(
        ("referrals", "intake", {"shares": (share(until=was),)}, {"shares": (share(until=now),)}, ENDS_EARLY)
        for was, now in ((EARLY, LATE), (LATE, EARLY), (EARLY, None), (None, EARLY))
    ),
    ("referrals", "intake", {"closed": True, "admitted": True}, {}, {}),
    ("referrals", "screening", {"handling": HANDLING[1:]}, {"handling": HANDLING[:1]}, {"handling": HANDLING}),
    ("referrals", "referrals", {"taken_back": (UNCLE,)}, {"taken_back": (AUNT,)}, {"taken_back": (AUNT, UNCLE)}),
    ("screening", "referrals/organisation", {}, POLICE, {}),
    ("screening", "referrals/organisation", POLICE, {}, {}),
    ("screening", "referrals/organisation", POLICE, POLICE, POLICE),
    ("referrals", "referrals", {"visits_done": 2}, {}, {}),
    ("grants", "intake", {"closed": True}, {"closed": False}, {"closed": True}),
    ("grants", "intake", {"missing": True}, {"missing": False}, {"missing": True}),
    ("grants", "intake", {"implicated": (UNCLE,)}, {"implicated": (AUNT,)}, {"implicated": (AUNT, UNCLE)}),
    ("grants", "intake", {}, {"consents": (grant(),)}, {"consents": ()}),
    ("grants", "intake", {"consents": (grant(until=EARLY),)}, {"consents": (grant(),)}, MONEY_ENDS_EARLY),
    ("grants", "grants", {"paid": 2}, {"paid": 1}, {"paid": 2}),
    ("grants", "grants", {"paid": 1, "stage": "ended"}, {"paid": 2}, {"paid": 2}),
    ("grants", "grants", {"stopped": (GIVEN,)}, {"stopped": (OTHER,)}, {"stopped": tuple(sorted((GIVEN, OTHER)))}),
    ("screening", "intake", {"is_minor": True}, {"is_minor": False}, {"is_minor": True}),
    ("screening", "intake", {"child_on_day": True}, {"child_on_day": False}, {"child_on_day": True}),
    ("screening", "intake", {"too_young_to_ask": True}, {}, {"too_young_to_ask": True}),
    ("screening", "intake", {"implicated": (UNCLE,)}, {"implicated": (AUNT,)}, {"implicated": (AUNT, UNCLE)}),
    ("screening", "intake", {}, {"consents": (agreed(),)}, {"consents": ()}),
    ("screening", "intake", {"consents": (agreed(until=EARLY),)}, {"consents": (agreed(),)}, ASKED_EARLY),
    ("screening", "intake", {"consents": (agreed(),)}, {"consents": (agreed(),)}, {"consents": (agreed(),)}),
    *(
        ("screening", "intake", {"child_then": was}, {"child_then": now}, {"child_then": child})
        for was, now, child in (
            (True, False, True), (False, True, True), (None, False, None), (False, None, None), (False, False, False)
        )
    ),
    ("screening", "screening", {"interview": Interview.REFUSED}, {"interview": Interview.OPENED}, ENDED),
    ("screening", "screening", ENDED, {}, ENDED),
    ("screening", "screening", {"interview": Interview.COMPLETED}, {"interview": Interview.PAUSED}, RESTS),
    ("screening", "screening", {"handling": HANDLING}, {"handling": HANDLING[:1]}, PART_IS_KEPT),
    ("screening", "screening", {"kept_handling": HANDLING}, {"handling": HANDLING[:1]}, PART_IS_KEPT),
    ("screening", "screening", {"handling": HANDLING[:1]}, {"handling": HANDLING}, {"handling": HANDLING}),
    ("screening", "screening", {"best_interests_open": True}, {"receiver": ReceiverKind.KIN}, {}),
    ("screening", "screening", {"receiver": ReceiverKind.PARENT}, {"receiver": ReceiverKind.KIN}, {}),
    ("screening", "screening", NEAREST, NEAREST, NEAREST),
    ("intake", "intake", {"stay": StayView.MISSING}, {"stay": StayView.ADMITTED}, {"stay": StayView.MISSING}),
    ("intake", "intake", {"stay": StayView.ADMITTED}, {"stay": StayView.EXPECTED}, {"stay": StayView.EXPECTED}),
    ("intake", "intake", {"implicated": (UNCLE,)}, {"implicated": (AUNT,)}, {"implicated": (AUNT, UNCLE)}),
    ("intake", "intake", {}, {"consents": (held(),)}, {"consents": ()}),
    ("intake", "intake", {"consents": (held(),)}, {"consents": (held(),)}, {"consents": (held(),)}),
    ("intake", "intake", {"provisions": 4, "existence": Existence.CLOSED}, {}, {}),
    ("intake", "screening", {"handling": HANDLING[1:]}, {"handling": HANDLING[:1]}, {"handling": HANDLING}),
    ("intake", "referrals", {}, {"accepted": (ACCEPTED,)}, {"accepted": ()}),
    ("intake", "referrals", {"accepted": (ACCEPTED,)}, {"accepted": (ACCEPTED,)}, {"accepted": (ACCEPTED,)}),
    ("intake", "referrals", {"accepted": (ACCEPTED,), "deliveries": 2}, {}, {"accepted": ()}),
    ("intake", "referrals", {"accepted": ()}, {"asked": (ACCEPTED,)}, {"asked": ()}),
    ("intake", "screening", {}, TO_KIN, {name: Decisions.model_fields[name].default for name in TO_KIN}),
    ("intake", "screening", TO_KIN, {**TO_KIN, "receiver_ref": UNCLE}, {}),
    ("intake", "screening", {**TO_KIN, "interview": InterviewView.STOPPED}, TO_KIN, TO_KIN),
]  # fmt: skip


def facet(hearer: str, source: str) -> Facet:
    found: Facet = import_module(f"services.{hearer}.journey").JOURNEY.facets[source]
    return found


@pytest.mark.parametrize(("hearer", "source", "before", "now", "holds"), CASES)
def test_the_more_protective_of_before_and_now_holds(
    hearer: str, source: str, before: dict[str, Any], now: dict[str, Any], holds: dict[str, Any]
) -> None:
    declared = facet(hearer, source)
    was, is_now = (declared.model.model_validate({**safe(declared), **values}) for values in (before, now))
    assert declared.protects is not None
    protected = declared.protects(was, is_now)
    assert protected == declared.model.model_validate({**safe(declared), **holds})
    assert declared.protects(was, protected) == protected


def safe(declared: Facet) -> dict[str, Any]:
    """The values of somebody whom nothing has to protect: an adult whose age is known."""
    adult = {"child": False, "is_minor": False, "child_on_day": False, "child_then": False}
    return {name: value for name, value in adult.items() if name in declared.model.model_fields}


def test_each_value_is_known_to_protect_or_not() -> None:
    """Whoever adds a value to one of these facets, or hears another source, decides it here."""
    protecting: dict[tuple[str, str], set[str]] = {}
    for hearer, source, _, _, holds in CASES:
        protecting.setdefault((hearer, source), set()).update(holds)
    protecting["intake", "screening"].add("receiver_organisation_ref")
    heard = {
        (hearer, source): set(declared.model.model_fields)
        for hearer in SERVICES
        for source, declared in import_module(f"services.{hearer}.journey").JOURNEY.facets.items()
        if declared.protects
    }
    assert {place: fields - PLAIN[place] for place, fields in heard.items()} == protecting


def test_these_sources_protect_nobody() -> None:
    silent = {
        (hearer, source)
        for hearer in SERVICES
        for source, declared in import_module(f"services.{hearer}.journey").JOURNEY.facets.items()
        if source != hearer and not declared.protects
    }
    assert silent == {
        ("intake", "grants"), ("referrals", "grants"), ("grants", "screening"), ("grants", "referrals"),
        *((hearer, "referrals/organisation") for hearer in SERVICES if hearer != "screening"),
    }  # fmt: skip
