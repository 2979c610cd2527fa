"""Every fact is known to protect somebody or not: what it took away, or kept from somebody, holds on when it is lost.

Both lists are by hand. Whoever adds a fact decides here, and says what keeps it in force: a part that somebody has
(`shared.journey.shutting`), or a value of a facet in whoever heard it, or in its own service (`protects`).
"""

from importlib import import_module

from shared.contracts.catalogue import EVERY
from shared.contracts.leaves import Assigned
from shared.journey import Facet
from shared.journey.parts import ENDS, MAKING
from tests.unit.shared.test_protecting import CASES
from tests.unit.shared.test_protecting import PLAIN as PLAIN_VALUES
from tests.unit.shared.test_shutting import ROWS

PART = "a part"
AGREED = ("intake/intake consents", "screening/intake consents", "referrals/intake shares", "grants/intake consents")
CHILD = ("referrals/intake child", "screening/intake is_minor")
HANDLING = ("intake/screening handling", "referrals/screening handling", "screening/screening kept_handling")
RECEIVER = ("intake/screening receiver", "screening/screening receiver")
SUSPECT = tuple(f"{name}/intake implicated" for name in ("intake", "screening", "referrals", "grants"))
MISSING = ("intake/intake stay", "referrals/intake missing", "grants/intake missing")
PROVIDER = ("intake/referrals accepted",)
STOPPED = ("grants/grants stopped",)
PROTECTING: dict[str, tuple[str, ...]] = {
    "intake.case.opened": CHILD,
    "intake.case.corrected": CHILD,
    "intake.case.age_evaluated": CHILD,
    "intake.case.caregiver_implicated": SUSPECT,
    "intake.case.released": (PART,),
    "intake.case.transfer_accepted": (PART,),
    "intake.case.conflict_declared": (PART,),
    "intake.case.glass_ended": (PART,),
    "intake.case.reading_ended": (PART,),
    "intake.case.informing_ended": (PART,),
    "intake.case.closed": (PART, "grants/intake closed"),
    "intake.case.voided": (PART, "grants/intake closed"),
    "intake.case.erased": (PART, "grants/intake closed"),
    "intake.person.erased": (PART,),
    "intake.consent.withdrawn": AGREED,
    "intake.consent.expired": AGREED,
    "intake.consent.voided": AGREED,
    "intake.consent.refused": ("referrals/intake shares", "grants/intake consents"),
    "intake.consent.corrected": ("referrals/intake shares", "grants/intake consents"),
    "intake.stay.missing": MISSING,
    "intake.stay.admitted": (PART, "screening/intake too_young_to_ask"),
    "intake.stay.corrected": (PART,),
    "intake.stay.departed": (PART,),
    "intake.stay.handed_over": (PART,),
    "intake.stay.left_early": (PART,),
    "intake.stay.voided": (PART,),
    "screening.interview.refused": (PART, "screening/screening interview"),
    "screening.interview.stopped": (PART, "screening/screening interview"),
    "screening.interview.completed": (PART,),
    "screening.interview.voided": (PART,),
    "screening.interview.released": (PART,),
    "screening.determination.released": (PART,),
    "screening.determination.suggested": HANDLING,
    "screening.determination.made": HANDLING,
    "screening.determination.amended": HANDLING,
    "screening.determination.voided": HANDLING,
    "screening.best_interests.required": RECEIVER,
    "screening.best_interests.reopened": RECEIVER,
    "screening.best_interests.decided": RECEIVER,
    "screening.best_interests.voided": RECEIVER,
    "screening.best_interests.released": (PART,),
    "referrals.plan.released": (PART,),
    "referrals.staff.left": (PART,),
    "referrals.staff.returned": (PART,),
    "referrals.steward.removed": (PART,),
    "referrals.organisation.corrected": ("screening/referrals/organisation kind",),
    "referrals.organisation.closed": ("screening/referrals/organisation kind",),
    "referrals.organisation.voided": ("screening/referrals/organisation kind",),
    "referrals.service_referral.revoked": (*PROVIDER, "referrals/referrals taken_back"),
    "referrals.service_referral.voided": (*PROVIDER, "referrals/referrals taken_back"),
    "referrals.service_referral.completed": PROVIDER,
    "referrals.service_referral.not_completed": PROVIDER,
    "grants.application.released": (PART,),
    "grants.application.rejected": (PART,),
    "grants.application.completed": (PART,),
    "grants.application.suspended": STOPPED,
    "grants.application.terminated": (PART, *STOPPED),
    "grants.application.cancelled": (PART, *STOPPED),
    "grants.application.voided": (PART, *STOPPED),
    "grants.instalment.paid": ("grants/grants paid",),
    "grants.instalment.held": STOPPED,
    "grants.instalment.cancelled": STOPPED,
    "grants.instalment.voided": STOPPED,
}
PLAIN = """
intake.case: erasure_confirmed access_granted access_refused access_requested assigned conflict_ended glass_broken
    household_changed informed reading_opened reopened transfer_declined transfer_offered transfer_withdrawn
intake.consent: confirmed granted
intake.erasure: decided hold_lifted requested
intake.handover: announced arrived cancelled closed confirmed corrected postponed reconciled voided line_answered
    line_corrected line_reconciled line_voided
intake.household: corrected formed voided member_added member_left
intake.person: corrected erasure_confirmed household_changed registered voided
intake.stay: expected found provision_corrected provision_recorded provision_voided travel_arranged urgent_needs_checked
screening.best_interests: assigned confirmed corrected objected proposed withdrawn
screening.determination: assigned corrected proposed rejected review_opened
screening.interview: answers_recorded assigned corrected opened paused resumed started
screening.official_finding: corrected recorded voided
referrals.followup: cancelled corrected done missed planned voided
referrals.membership: attended corrected joined left voided
referrals.group: closed corrected formed held voided
referrals.organisation: capacity_changed registered reinstated suspended
referrals.goal: corrected ended set voided
referrals.plan: agreed assigned begun closed corrected opened reopened voided
referrals.service_referral: accepted acknowledged corrected delivered drafted expired rejected sent
    sharing_ended withdrawal_acknowledged
screening.case: erasure_confirmed
referrals.case: erasure_confirmed
grants.case: erasure_confirmed
referrals.proposal: confirmed declined made withdrawn
referrals.steward: appointed
grants.application: active agreement_signed approved assessed assigned corrected deferred disbursing drafted
    eligibility_checked holder_excepted resumed revision_requested sent_to_committee submitted voted
grants.business: ceased checked corrected planned voided
grants.instalment: corrected evidenced planned receipt_added receipt_struck reconciled released resumed
grants.programme: funds_committed funds_released funds_reserved funds_spent closed corrected opened voided
"""
"""The facts that let somebody in, give something, or only tell. Losing one of them opens nothing to anybody."""


def plain() -> set[str]:
    """The second list, each by its whole name."""
    words, thing, found = PLAIN.split(), "", set[str]()
    for word in words:
        if word.endswith(":"):
            thing = word.removesuffix(":")
        else:
            assert f"{thing}.{word}" not in found, word
            found.add(f"{thing}.{word}")
    return found


def facet(place: str) -> tuple[Facet, str]:
    """The facet and the value that a place names."""
    where, value = place.split()
    hearer, _, source = where.partition("/")
    found: Facet = import_module(f"services.{hearer}.journey").JOURNEY.facets[source]
    return found, value


def test_every_fact_is_in_one_of_the_two_lists() -> None:
    assert PROTECTING.keys() | plain() == {name.removesuffix(".v1") for name in EVERY}
    assert not PROTECTING.keys() & plain()


def test_what_a_fact_protects_by_a_part_is_made_or_ended_by_it() -> None:
    by_part = {EVERY[f"{name}.v1"] for name, kept in PROTECTING.items() if PART in kept}
    assert all(issubclass(kind, MAKING) or kind in ENDS for kind in by_part)
    assert set(ENDS) <= by_part
    # Whoever is let in by a part is shut out by another fact: that one is on the list.
    opening = {kind for kind in EVERY.values() if issubclass(kind, MAKING) and kind not in by_part}
    assert {kind.__name__ for kind in opening if not issubclass(kind, Assigned)} == {
        "CaseOpened", "CaseConflictEnded", "CaseGlassBroken", "CaseReadingOpened", "CaseInformed", "StayExpected",
        "StayFound", "StewardAppointed",
    }  # fmt: skip


def test_what_a_fact_protects_by_a_value_protects_in_that_facet() -> None:
    protecting = {(hearer, source, value) for hearer, source, _, _, holds in CASES for value in holds}
    for name, places in PROTECTING.items():
        for place in set(places) - {PART}:
            declared, value = facet(place)
            hearer, _, source = place.split()[0].partition("/")
            assert EVERY[f"{name}.v1"] in declared.steps, (name, place)
            assert declared.protects is not None
            assert value not in PLAIN_VALUES[hearer, source]
            assert (hearer, source, value) in protecting or value == "kept_handling", place


def test_parts_that_are_lost_are_tried_one_by_one() -> None:
    tried = {type(fact).type.removesuffix(".v1") for _, lost, _ in ROWS.values() for fact in lost}
    assert {
        "intake.case.conflict_declared", "intake.case.released", "intake.case.voided", "intake.case.transfer_accepted",
        "intake.case.glass_ended", "intake.case.reading_ended", "intake.case.informing_ended", "intake.stay.departed",
        "referrals.staff.left", "referrals.staff.returned", "referrals.steward.removed",
    } <= tried  # fmt: skip
