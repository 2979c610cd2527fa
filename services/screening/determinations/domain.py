"""The rules of deciding: a suggestion binds nobody, departing from it is explained, and some findings need two people.

The finding is not part of the state. It is sealed beside it; what a rule needs of it comes as a fact, and what it
becomes says `deciding.finding_after`.
"""

from datetime import date
from typing import assert_never

from services.screening.determinations import commands as ask
from services.screening.determinations.commands import STATUSES, DeterminationCommand
from services.screening.determinations.deciding import (
    MARKED,
    Decision,
    Facts,
    finding_after,
    finding_of,
    governing,
    lowers_child,
    needs_second,
    proposed_of,
)
from services.screening.determinations.state import Determination, Finding, Outcome, Party, Status
from shared.contracts import screening as told
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Decided, Event


def decide(state: Determination | None, command: DeterminationCommand, facts: Facts) -> Decided[Determination]:
    """What becomes of a determination."""
    if state is not None and state.status is Status.UNDER_REVIEW and isinstance(command, ask.ReviewDetermination):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, ask.SuggestDetermination):
        return _suggest(command, facts)
    assert state is not None
    match command:
        case ask.AssignDetermination(staff_ref=staff, organisation_ref=organisation):
            return Decided(*_take_part(state, facts, staff, organisation))
        case ask.ReassessDetermination():
            return _reassess(state, facts)
        case ask.MakeDetermination() | ask.AmendDetermination():
            return _decide(state, command, facts)
        case ask.ConfirmDetermination():
            return _confirm(state, command, facts)
        case ask.RejectDetermination():
            return _reject(state, facts)
        case ask.ReviewDetermination():
            return _review(state, command, facts)
        case ask.CorrectDetermination():
            return _correct(state, command, facts)
        case ask.VoidDetermination():
            return _void(state, command, facts)
        case _:
            assert_never(command)


def _base(state: Determination, facts: Facts) -> dict[str, Ref]:
    return {"case_ref": state.case_ref, "determination_ref": facts.ref}


def _speaks_for(body: str, facts: Facts) -> None:
    """A finding is that of the body whose people made it, and of no other."""
    if not facts.heard and body not in facts.bodies:
        raise Refused("body_of_another_organisation")


def _suggest(command: ask.SuggestDetermination, facts: Facts) -> Decided[Determination]:
    _speaks_for(command.body, facts)
    if not facts.ready:
        raise Refused("interview_not_ended")
    if facts.body_has_one:
        raise Refused("body_has_a_determination")
    if facts.before(facts.interview_ended):
        raise Refused("before_interview_ended")
    state = Determination(
        case_ref=command.case_ref,
        interview_ref=command.interview_ref,
        body=command.body,
        status=Status.SUGGESTED,
        ruleset=facts.ruleset,
        suggested_on=facts.day,
    )
    taking_part, assigned = _taking_part(state, facts)
    return Decided(taking_part, (_suggested(state, facts), *assigned))


def _suggested(state: Determination, facts: Facts) -> Event:
    return told.DeterminationSuggested(**_base(state, facts), body=state.body, handling=facts.handling, day=facts.day)


def _reassess(state: Determination, facts: Facts) -> Decided[Determination]:
    """A new version of the suggestion. What was proposed on the old one has to be decided anew."""
    if not facts.changed:
        return Decided(state)
    if facts.before(facts.interview_ended):
        raise Refused("before_interview_ended")
    after = state.but(assessment=state.assessment + 1, ruleset=facts.ruleset, suggested_on=facts.day, proposed_by=None)
    return Decided(after, (_suggested(after, facts),))


def _decide(state: Determination, command: Decision, facts: Facts) -> Decided[Determination]:
    _speaks_for(state.body, facts)
    if state.proposed_by is not None:
        raise Refused("awaits_confirmation")
    if facts.before(facts.interview_ended):
        raise Refused("before_interview_ended")
    if facts.before(_rests_on(state)):
        raise Refused("day_out_of_order")
    marked = MARKED in facts.flags
    if (command.outcome is not facts.suggested or marked) and command.words is None:
        raise Refused("reason_needed")
    if needs_second(command.outcome, facts):
        proposed = told.DeterminationProposed(**_base(state, facts), body=state.body, day=facts.day)
        taking_part, assigned = _taking_part(state, facts)
        return Decided(taking_part.but(proposed_by=facts.by.staff_ref), (*assigned, proposed))
    return _found(state, finding_of(state, command, facts), facts)


def _rests_on(state: Determination) -> date:
    """The day of the suggestion, or of the review, after which a finding is made."""
    return max(state.suggested_on, state.reviewed_on or state.suggested_on)


def _confirm(state: Determination, command: ask.ConfirmDetermination, facts: Facts) -> Decided[Determination]:
    _speaks_for(state.body, facts)
    proposed = proposed_of(facts)
    first = proposed.deciders[0]
    if facts.by.staff_ref == first.staff_ref:
        raise Refused("second_person_needed")
    if lowers_child(proposed.outcome, facts) and facts.by.role == first.role:
        raise Refused("other_role_needed")
    if facts.child and {first.staff_ref, facts.by.staff_ref} <= facts.interviewers:
        raise Refused("interviewers_alone")
    if facts.before(proposed.day):
        raise Refused("day_out_of_order")
    if MARKED in facts.flags and command.words is None:
        raise Refused("reason_needed")
    return _found(state, finding_after(state, command, facts).made[-1], facts)


def _reject(state: Determination, facts: Facts) -> Decided[Determination]:
    _speaks_for(state.body, facts)
    proposed = proposed_of(facts)
    if proposed.deciders[0].staff_ref == facts.by.staff_ref:
        raise Refused("second_person_needed")
    if facts.before(proposed.day):
        raise Refused("day_out_of_order")
    rejected = told.DeterminationRejected(**_base(state, facts), body=state.body, day=facts.day)
    taking_part, assigned = _taking_part(state, facts)
    return Decided(taking_part.but(proposed_by=None), (*assigned, rejected))


def _found(state: Determination, finding: Finding, facts: Facts) -> Decided[Determination]:
    again = state.status is Status.UNDER_REVIEW
    taking_part, assigned = _taking_part(state, facts)
    after = taking_part.but(
        status=Status.AMENDED if again else Status.DETERMINED,
        deciders=finding.deciders,
        decided_on=facts.day,
        proposed_by=None,
        findings=state.findings + 1,
        parties=(),
    )
    kind = told.DeterminationAmended if again else told.DeterminationMade
    made = kind(
        **_base(state, facts),
        body=state.body,
        deciders=len(finding.deciders),
        entitlements=_opened(facts, finding.outcome),
        handling=facts.handling,
        day=facts.day,
    )
    return Decided(after, (*assigned, made, *_released(taking_part, facts)))


def _opened(facts: Facts, outcome: Outcome | None) -> tuple[str, ...]:
    """What the case may have, by the most protective finding. A means under review counts as presumed."""
    mine = () if outcome is None else (outcome,)
    most = governing((*facts.others, *mine))
    return () if most is None else facts.opens[most]


def _taking_part(state: Determination, facts: Facts) -> tuple[Determination, tuple[Event, ...]]:
    """Whoever decides works on the case from now on. The system does not: it only suggests."""
    if facts.by.role == "SYSTEM":
        return state, ()
    return _take_part(state, facts, facts.by.staff_ref, facts.by.organisation_ref)


def _take_part(
    state: Determination, facts: Facts, staff: StaffRef, organisation: OrganisationRef
) -> tuple[Determination, tuple[Event, ...]]:
    party = Party(staff_ref=staff, organisation_ref=organisation)
    if party in state.parties:
        return state, ()
    assigned = told.DeterminationAssigned(
        **_base(state, facts), staff_ref=staff, organisation_ref=organisation, kind="DECIDER"
    )
    taking_part = tuple(dict.fromkeys((*state.taking_part, staff)))
    return state.but(taking_part=taking_part, parties=(*state.parties, party)), (assigned,)


def _released(state: Determination, facts: Facts) -> tuple[Event, ...]:
    """A fact for each whose part is over, unless they take part in what another body of this case decides."""
    over = (party for party in state.parties if party not in facts.elsewhere)
    return tuple(
        told.DeterminationReleased(**_base(state, facts), **party.model_dump(), kind="DECIDER") for party in over
    )


def without(state: Determination, ref: Ref, party: Party) -> Decided[Determination]:
    """Somebody left their organisation: they take part no more. What they did stays on record."""
    rest = tuple(other for other in state.parties if other != party)
    named = {"case_ref": state.case_ref, "determination_ref": ref, **party.model_dump()}
    return Decided(state.but(parties=rest), (told.DeterminationReleased(**named, kind="DECIDER"),))


def _review(state: Determination, command: ask.ReviewDetermination, facts: Facts) -> Decided[Determination]:
    if facts.before(state.decided_on):
        raise Refused("day_out_of_order")
    opened = told.DeterminationReviewOpened(
        **_base(state, facts), body=state.body, reason=command.reason, day=facts.day
    )
    return Decided(state.but(status=Status.UNDER_REVIEW, reviewed_on=facts.day), (opened,))


def _correct(state: Determination, command: ask.CorrectDetermination, facts: Facts) -> Decided[Determination]:
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    assert after.decided_on is not None
    if after.decided_on > facts.day:
        raise Refused("in_the_future")
    if facts.interview_ended is not None and after.decided_on < facts.interview_ended:
        raise Refused("before_interview_ended")
    if after.decided_on < _rests_on(state):
        raise Refused("day_out_of_order")
    return Decided(after, (told.DeterminationCorrected(**_base(state, facts), day=after.decided_on),))


def _void(state: Determination, command: ask.VoidDetermination, facts: Facts) -> Decided[Determination]:
    voided = told.DeterminationVoided(
        **_base(state, facts), reason=command.reason, entitlements=_opened(facts, None), handling=facts.handling
    )
    over = state.but(status=Status.VOIDED, proposed_by=None, parties=())
    return Decided(over, (voided, *_released(state, facts)))
