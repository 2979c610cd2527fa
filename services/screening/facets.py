"""What screening makes of facts about a case, intake's and its own: two models, and the pure steps that move them."""

from datetime import date
from enum import StrEnum
from typing import Any

from shared.clock import earlier
from shared.codes import labelled
from shared.contracts import intake, referrals, screening
from shared.contracts.intake import ConsentPurpose
from shared.ids import HouseholdRef, OrganisationRef, PersonRef, Ref
from shared.journey import Facet
from shared.model import Model


class Agreed(Model):
    """A consent that holds."""

    consent_ref: Ref
    purpose: ConsentPurpose
    valid_until: date | None = None


class IntakeFacet(Model):
    """Who was admitted where, is a child, agreed to what. Unknown age is a child."""

    open: bool = False
    organisation_ref: OrganisationRef | None = None
    opened_on: date | None = None
    is_minor: bool = True
    household_ref: HouseholdRef | None = None
    centre: OrganisationRef | None = None
    urgent_needs_met: bool = False
    too_young_to_ask: bool = False
    consents: tuple[Agreed, ...] = ()
    implicated: tuple[PersonRef, ...] = ()
    child_then: bool | None = None
    child_on_day: bool = True

    def agreed(self, purpose: ConsentPurpose, today: date | None = None) -> bool:
        """Does a consent for that purpose hold, and on that day?"""
        held = (consent.valid_until for consent in self.consents if consent.purpose is purpose)
        return any(until is None or today is None or today <= until for until in held)


@labelled("interview_progress")
class InterviewView(StrEnum):
    """How far the interview is."""

    NONE = "none"
    OPENED = "opened"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    COMPLETED = "completed"
    REFUSED = "refused"
    STOPPED = "stopped"


ENDED_BY_THEM = frozenset({InterviewView.REFUSED, InterviewView.STOPPED})
"""How an interview ends whom somebody did not want, or no longer."""


class ScreeningFacet(Model):
    """How far screening is by its own facts, and how somebody is to be treated.

    `kept_handling` are instructions of a time that was lost: no decision leaves them out until people have looked.
    """

    interview: InterviewView = InterviewView.NONE
    suggested: tuple[Ref, ...] = ()
    determined: tuple[Ref, ...] = ()
    proposed: bool = False
    under_review: bool = False
    best_interests_open: bool = False
    best_interests_proposed: bool = False
    receiver: screening.ReceiverKind | None = None
    review_day: date | None = None
    handling: tuple[screening.Handling, ...] = ()
    kept_handling: tuple[screening.Handling, ...] = ()


class DirectoryFacet(Model):
    """As what an organisation is registered in the directory; None where it is not, or no longer."""

    kind: referrals.OrganisationKind | None = None


def opened(facet: IntakeFacet, event: intake.CaseOpened) -> IntakeFacet:
    """There is a case."""
    minor, home = event.is_minor, event.household_ref
    begun = facet.but(open=True, opened_on=event.opened, is_minor=minor, child_on_day=minor, household_ref=home)
    return begun.but(organisation_ref=event.organisation_ref)


def held(facet: IntakeFacet, event: intake.CaseTransferAccepted) -> IntakeFacet:
    """Another organisation holds the case now."""
    return facet.but(organisation_ref=event.organisation_ref)


def corrected(facet: IntakeFacet, event: intake.CaseCorrected) -> IntakeFacet:
    """Details were put right."""
    return facet.but(is_minor=event.is_minor, opened_on=event.opened)


def aged(facet: IntakeFacet, event: intake.CaseAgeEvaluated) -> IntakeFacet:
    """Intake said who was a child."""
    today = event.child_on_day
    return facet.but(child_then=event.child_then, child_on_day=today, is_minor=today)


def moved(facet: IntakeFacet, event: intake.CaseHouseholdChanged) -> IntakeFacet:
    """The person belongs to another household."""
    return facet.but(household_ref=event.household_ref)


def suspected(facet: IntakeFacet, event: intake.CaseCaregiverImplicated) -> IntakeFacet:
    """A caregiver is suspected, or no longer."""
    others = tuple(ref for ref in facet.implicated if ref != event.person_ref)
    return facet.but(implicated=tuple(sorted((*others, event.person_ref))) if event.implicated else others)


def closed(facet: IntakeFacet, _: object) -> IntakeFacet:
    """The case is over."""
    return facet.but(open=False)


def reopened(facet: IntakeFacet, _: object) -> IntakeFacet:
    """The case is open again."""
    return facet.but(open=True)


def admitted(facet: IntakeFacet, event: intake.StayAdmitted) -> IntakeFacet:
    """Somebody has a bed at a centre."""
    return facet.but(centre=event.organisation_ref, too_young_to_ask=event.too_young_to_ask)


def needs_met(facet: IntakeFacet, _: object) -> IntakeFacet:
    """What was urgent was looked to, or waived for a reason."""
    return facet.but(urgent_needs_met=True)


def agreed(facet: IntakeFacet, event: Any) -> IntakeFacet:
    """A consent holds, or until when was put right or confirmed. What has ended holds by no correction."""
    rest = taken_back(facet, event).consents
    if not isinstance(event, intake.ConsentGranted) and rest == facet.consents:
        return facet
    given = Agreed(consent_ref=event.consent_ref, purpose=event.purpose, valid_until=event.valid_until)
    return facet.but(consents=tuple(sorted((*rest, given), key=lambda consent: consent.consent_ref)))


def taken_back(facet: IntakeFacet, event: Any) -> IntakeFacet:
    """A consent holds no longer."""
    return facet.but(consents=tuple(held for held in facet.consents if held.consent_ref != event.consent_ref))


def _child_unless_both_say_no(before: bool | None, now: bool | None) -> bool | None:
    """Whom nobody has evaluated is a child too."""
    return True if before or now else None if None in (before, now) else False


def protected(before: IntakeFacet, now: IntakeFacet) -> IntakeFacet:
    """Intake lost facts: a child stays one, whoever is suspected stays so, and no ended consent holds again."""
    until = {consent.consent_ref: consent.valid_until for consent in before.consents}
    return now.but(
        is_minor=before.is_minor or now.is_minor,
        child_on_day=before.child_on_day or now.child_on_day,
        child_then=_child_unless_both_say_no(before.child_then, now.child_then),
        too_young_to_ask=before.too_young_to_ask or now.too_young_to_ask,
        implicated=tuple(sorted({*before.implicated, *now.implicated})),
        consents=tuple(
            consent.but(valid_until=earlier(consent.valid_until, until[consent.consent_ref]))
            for consent in now.consents
            if consent.consent_ref in until
        ),
    )


INTAKE = Facet(
    IntakeFacet,
    {
        intake.CaseOpened: opened,
        intake.CaseTransferAccepted: held,
        intake.CaseCorrected: corrected,
        intake.CaseAgeEvaluated: aged,
        intake.CaseHouseholdChanged: moved,
        intake.CaseCaregiverImplicated: suspected,
        **dict.fromkeys((intake.CaseClosed, intake.CaseVoided, intake.CaseErased), closed),
        intake.CaseReopened: reopened,
        intake.StayAdmitted: admitted,
        intake.StayUrgentNeedsChecked: needs_met,
        **dict.fromkeys((intake.ConsentGranted, intake.ConsentConfirmed, intake.ConsentCorrected), agreed),
        **dict.fromkeys((intake.ConsentExpired, intake.ConsentWithdrawn, intake.ConsentVoided), taken_back),
    },
    protected,
)


_COUNTED = ("suggested", "determined")


def _interview(view: InterviewView) -> Any:
    return lambda facet, _: facet.but(interview=view)


def _with(refs: tuple[Ref, ...], ref: Ref) -> tuple[Ref, ...]:
    return tuple(sorted({*refs, ref}))


def suggested(facet: ScreeningFacet, event: screening.DeterminationSuggested) -> ScreeningFacet:
    """The rules suggest something."""
    handling = tuple(sorted({*facet.handling, *event.handling}))
    return facet.but(suggested=_with(facet.suggested, event.determination_ref), proposed=False, handling=handling)


def made(facet: ScreeningFacet, event: screening.DeterminationMade) -> ScreeningFacet:
    """A body has found."""
    determined = _with(facet.determined, event.determination_ref)
    return facet.but(determined=determined, proposed=False, handling=event.handling)


def voided(facet: ScreeningFacet, event: screening.DeterminationVoided) -> ScreeningFacet:
    """A determination was entered in error."""
    without = {name: tuple(r for r in getattr(facet, name) if r != event.determination_ref) for name in _COUNTED}
    return facet.but(**without, proposed=False, under_review=False, handling=event.handling)


def reviewed(facet: ScreeningFacet, _: object) -> ScreeningFacet:
    """A finding is looked at again."""
    return facet.but(under_review=True)


def amended(facet: ScreeningFacet, event: screening.DeterminationAmended) -> ScreeningFacet:
    """The body has found again."""
    return facet.but(under_review=False, proposed=False, handling=event.handling)


def receiver_wanted(facet: ScreeningFacet, _: object) -> ScreeningFacet:
    """It has to be decided to whom the child may go."""
    return facet.but(best_interests_open=True, best_interests_proposed=False, receiver=None, review_day=None)


def receiver_known(facet: ScreeningFacet, event: screening.BestInterestsDecided) -> ScreeningFacet:
    """It is decided to whom the child may go."""
    return receiver_unknown(facet, event).but(receiver=event.receiver, review_day=event.review_day)


def receiver_unknown(facet: ScreeningFacet, _: object) -> ScreeningFacet:
    """The decision was entered in error."""
    return facet.but(best_interests_open=False, best_interests_proposed=False, receiver=None, review_day=None)


def review_moved(facet: ScreeningFacet, event: screening.BestInterestsCorrected) -> ScreeningFacet:
    """The day of the next look was put right."""
    return facet.but(review_day=event.review_day)


def as_before(before: ScreeningFacet, now: ScreeningFacet) -> ScreeningFacet:
    """Screening itself lost facts: nobody is asked again who refused, no instruction is forgotten, no receiver stands.

    A child may go to whom it might go before; where another was decided in between, or nobody any more, to nobody.
    """
    kept = {*before.handling, *before.kept_handling} - {*now.handling}
    same = (before.receiver, before.best_interests_open) == (now.receiver, now.best_interests_open)
    return now.but(
        interview=before.interview if before.interview in ENDED_BY_THEM else now.interview,
        receiver=now.receiver if same else None,
        kept_handling=tuple(sorted(kept)),
    )


OWN = Facet(
    ScreeningFacet,
    {
        screening.InterviewOpened: _interview(InterviewView.OPENED),
        screening.InterviewStarted: _interview(InterviewView.IN_PROGRESS),
        screening.InterviewPaused: _interview(InterviewView.PAUSED),
        screening.InterviewResumed: _interview(InterviewView.IN_PROGRESS),
        screening.InterviewCompleted: _interview(InterviewView.COMPLETED),
        screening.InterviewRefused: _interview(InterviewView.REFUSED),
        screening.InterviewStopped: _interview(InterviewView.STOPPED),
        screening.InterviewVoided: _interview(InterviewView.NONE),
        screening.DeterminationSuggested: suggested,
        screening.DeterminationProposed: lambda facet, _: facet.but(proposed=True),
        screening.DeterminationRejected: lambda facet, _: facet.but(proposed=False),
        screening.DeterminationMade: made,
        screening.DeterminationReviewOpened: reviewed,
        screening.DeterminationAmended: amended,
        screening.DeterminationVoided: voided,
        screening.BestInterestsRequired: receiver_wanted,
        screening.BestInterestsReopened: receiver_wanted,
        screening.BestInterestsProposed: lambda facet, _: facet.but(best_interests_proposed=True),
        screening.BestInterestsObjected: lambda facet, _: facet.but(best_interests_proposed=False),
        screening.BestInterestsWithdrawn: lambda facet, _: facet.but(best_interests_proposed=False),
        screening.BestInterestsDecided: receiver_known,
        screening.BestInterestsCorrected: review_moved,
        screening.BestInterestsVoided: receiver_unknown,
    },
    as_before,
)
