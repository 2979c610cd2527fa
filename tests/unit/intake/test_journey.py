"""Given facts of four sources, then what intake sees: facets, stage, and what may be done next."""

from collections.abc import Mapping
from typing import Any

from services.intake import facets as view
from services.intake.journey import JOURNEY, following, stage
from shared.contracts import grants, intake, referrals, screening
from shared.contracts.catalogue import CATALOGUE, producer
from shared.journey import Facets
from shared.model import Event, Model
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER

OPENED = intake.CaseOpened(case_ref=CASE, organisation_ref=ORGANISATION, country="VN", is_minor=True, opened=DAY)
STAY: dict[str, Any] = {"case_ref": CASE, "stay_ref": ref("stay")}
ADMITTED = intake.StayAdmitted(**STAY, organisation_ref=ORGANISATION, day=DAY)
BEST: dict[str, Any] = {"case_ref": CASE, "best_interests_ref": ref("decision")}
DECIDED = screening.BestInterestsDecided(
    **BEST,
    receiver=screening.ReceiverKind.KIN,
    person_ref=OTHER,
    panel=True,
    deciders=3,
    review_day=DAY,
    day=DAY,
)
PLAN = {"case_ref": CASE, "plan_ref": ref("plan")}


def seen(*events: Event) -> Facets:
    """The facets after these facts, each moved only by its own source's."""
    found: dict[str, Model] = {source: facet.model() for source, facet in JOURNEY.facets.items()}
    for event in events:
        source = producer(type(event))
        found[source] = JOURNEY.facets[source].steps[type(event)](found[source], event)
    return Facets(found)


def test_hears_and_ignores_are_the_whole_catalogue_and_nothing_twice() -> None:
    assert JOURNEY.hears | JOURNEY.ignores == set(CATALOGUE.values())
    assert JOURNEY.hears & JOURNEY.ignores == set()


def test_a_case_passes_through_its_stages() -> None:
    story: Mapping[str, Event] = {
        "intake": OPENED,
        "transit": ADMITTED,
        "screening": screening.InterviewStarted(case_ref=CASE, interview_ref=ref("interview"), day=DAY),
        "pre_integration": intake.StayLeftEarly(**STAY, day=DAY),
        "integration": referrals.PlanBegun(**PLAN, day=DAY),
        "monitoring": referrals.FollowupDone(
            case_ref=CASE,
            followup_ref=ref("visit"),
            service="MON-VISIT",
            kind=referrals.FollowupKind.SCHEDULED,
            findings=(),
            day=DAY,
        ),
        "closed": intake.CaseClosed(case_ref=CASE, day=DAY),
    }
    events = list(story.values())
    assert [stage(seen(*events[: place + 1])) for place in range(len(events))] == list(story)


def test_a_child_may_go_only_when_the_decision_was_heard_and_not_while_it_is_open_again() -> None:
    arranged = intake.StayTravelArranged(**STAY, mode="BUS", escorted=True, day=DAY)
    assert "depart" not in following(seen(OPENED, ADMITTED, arranged))
    assert {"depart", "handOver"} <= set(following(seen(OPENED, ADMITTED, arranged, DECIDED)))
    reopened = screening.BestInterestsReopened(**BEST, cause="EVERY_CHILD", panel=False, day=DAY)
    assert "handOver" not in following(seen(OPENED, ADMITTED, arranged, DECIDED, reopened))
    adult = OPENED.but(is_minor=False)
    assert following(seen(adult, ADMITTED)) == ("checkUrgentNeeds", "arrangeTravel", "handOver")


def test_consents_and_suspicions_come_and_go() -> None:
    named: dict[str, Any] = {"case_ref": CASE, "consent_ref": ref("consent"), "purpose": intake.ConsentPurpose.SHARE}
    granted = intake.ConsentGranted(**named, organisation_ref=ORGANISATION)
    assert len(seen(granted).of(view.IntakeFacet).consents) == 1
    assert seen(granted, intake.ConsentWithdrawn(**named)).of(view.IntakeFacet).consents == ()
    suspect = intake.CaseCaregiverImplicated(
        case_ref=CASE, household_ref=ref("home"), person_ref=OTHER, implicated=True
    )
    assert seen(suspect).of(view.IntakeFacet).implicated == (OTHER,)
    assert seen(suspect, suspect.but(implicated=False)).of(view.IntakeFacet).implicated == ()


def test_an_age_is_known_when_it_was_evaluated_and_help_is_counted() -> None:
    aged = intake.CaseAgeEvaluated(
        case_ref=CASE, child_then=True, child_on_day=False, basis=intake.AgeBasis.DOCUMENT, as_of=DAY
    )
    own = seen(OPENED, aged).of(view.IntakeFacet)
    assert (own.child_then, own.is_minor, own.age_basis) == (True, False, intake.AgeBasis.DOCUMENT)
    meal = intake.StayProvisionRecorded(**STAY, provision_ref=ref("meal"), kind="MEAL", count=1, day=DAY)
    void = intake.StayProvisionVoided(**STAY, provision_ref=ref("meal"), reason="DUPLICATE")
    assert seen(meal, meal, void).of(view.IntakeFacet).provisions == 1
    heard = seen(OPENED, intake.CaseAssigned(case_ref=CASE, staff_ref=OTHER, organisation_ref=OTHER, kind="TEAM"))
    assert heard.of(view.IntakeFacet).existence is view.Existence.OPEN
    ended = grants.ApplicationCancelled(
        case_ref=CASE, application_ref=ref("grant"), programme_ref=ref("programme"), reason="APPLICANT_WISH"
    )
    assert seen(ended).of(view.GrantsFacet).application is view.GrantView.ENDED
