"""From a proposal to a decision: what is proposed, who confirms it, and what ends it."""

from services.screening.best_interests import commands as ask
from services.screening.best_interests.panel import (
    base,
    confirmed_by,
    enough,
    last_word,
    left,
    may_decide,
    own_seat,
    own_word,
    seat_of,
    seated,
)
from services.screening.best_interests.state import MOST_OBJECTIONS, BestInterests, Facts, Objection, Seat, Status
from shared.contracts import screening as told
from shared.contracts.screening import ReceiverKind
from shared.errors import Refused
from shared.model import Decided, Event

PARENTS = frozenset({ReceiverKind.PARENT, ReceiverKind.OTHER_PARENT})


def said(state: BestInterests, facts: Facts) -> bool:
    """Whether the caller's word stands already: said again, it is no second one."""
    word = any(seat_of(one) == facts.by for one in state.confirmed)
    return word and state.status in (Status.PROPOSED, Status.DECIDED)


def propose(state: BestInterests, command: ask.ProposeBestInterests, facts: Facts) -> Decided[BestInterests]:
    if facts.before(state.required_on):
        raise Refused("day_out_of_order")
    if (command.child_view is None) is (command.view_not_given is None):
        raise Refused("child_view_needed")
    named = state.but(
        receiver=command.receiver,
        person_ref=command.person_ref,
        organisation_ref=command.organisation_ref,
        members=command.members,
        set_aside=command.set_aside,
        view_not_given=command.view_not_given,
        exception=command.exception is not None,
        review_day=command.review_day,
    )
    return Decided(*proposed(named, facts))


def proposed(state: BestInterests, facts: Facts) -> tuple[BestInterests, tuple[Event, ...]]:
    """It is proposed from now on, and nobody but a proposer who is a member has said a word to it yet."""
    panel = state.panel or bool(facts.implicated)
    may_decide(state.members, panel)
    _check_receiver(state, facts)
    _check_review(state, facts)
    asked, parts = seated(state, facts)
    after = asked.but(
        status=Status.PROPOSED,
        panel=panel,
        confirmed=own_word(state, facts),
        proposed_by=facts.by.staff_ref,
        proposed_on=facts.day,
        decided_on=None,
    )
    event = told.BestInterestsProposed(**base(state, facts), panel=panel, members=len(state.members), day=facts.day)
    return after, (event, *parts)


def confirm(state: BestInterests, facts: Facts) -> Decided[BestInterests]:
    """One more member says so. Everything is looked at again with the word that decides it."""
    own_seat(state, facts)
    if facts.before(state.proposed_on):
        raise Refused("day_out_of_order")
    after = state.but(panel=state.panel or bool(facts.implicated), confirmed=(*state.confirmed, confirmed_by(facts)))
    if not enough(after):
        one_more = told.BestInterestsConfirmed(
            **base(state, facts), confirmed=len(after.confirmed), members=len(after.members), day=facts.day
        )
        return Decided(after, (one_more,))
    _check_receiver(after, facts)
    _check_review(after, facts)
    decided = after.but(status=Status.DECIDED, decided_on=last_word(after, facts))
    done, released = left(decided, facts)
    return Decided(done, (_decided(decided, facts), *released))


def _decided(after: BestInterests, facts: Facts) -> told.BestInterestsDecided:
    assert after.receiver is not None and after.review_day is not None and after.decided_on is not None
    return told.BestInterestsDecided(
        **base(after, facts),
        receiver=after.receiver,
        person_ref=after.person_ref,
        organisation_ref=after.organisation_ref,
        panel=after.panel,
        deciders=len(after.confirmed),
        exception=after.exception,
        review_day=after.review_day,
        day=after.decided_on,
    )


def _check_receiver(state: BestInterests, facts: Facts) -> None:
    assert state.receiver is not None
    kinds = list(ReceiverKind)
    before = set(kinds[: kinds.index(state.receiver)])
    if not before <= set(state.set_aside) or state.receiver in state.set_aside:
        raise Refused("options_not_in_order")
    if not facts.implicated:
        return
    if state.receiver in PARENTS and state.person_ref is None:
        raise Refused("receiver_must_be_named")
    if state.person_ref in facts.implicated and not state.exception:
        raise Refused("receiver_implicated")


def _check_review(state: BestInterests, facts: Facts) -> None:
    """The decision is looked at again on a day after it."""
    if state.review_day is None or state.review_day <= facts.day:
        raise Refused("review_day_passed")


def end(
    state: BestInterests, command: ask.ObjectBestInterests | ask.WithdrawBestInterests, facts: Facts
) -> Decided[BestInterests]:
    """Nobody is outvoted: with one objection the proposal is over, and it stays on record who objected and why."""
    if isinstance(command, ask.WithdrawBestInterests):
        return over(state, facts, told.BestInterestsWithdrawn(**base(state, facts), day=facts.day))
    own_seat(state, facts)
    if facts.before(state.proposed_on):
        raise Refused("day_out_of_order")
    objection = Objection(**facts.by.model_dump(), reason=command.reason, day=facts.day)
    kept = (*state.objections, objection)[-MOST_OBJECTIONS:]
    objected = told.BestInterestsObjected(**base(state, facts), reason=command.reason, day=facts.day)
    return over(state.but(objections=kept), facts, objected)


def over(state: BestInterests, facts: Facts, event: Event) -> Decided[BestInterests]:
    """Nothing is proposed any more, and nobody is asked."""
    after, released = left(state, facts)
    required = after.but(
        status=Status.REQUIRED,
        receiver=None,
        person_ref=None,
        organisation_ref=None,
        members=(),
        confirmed=(),
        set_aside=(),
        view_not_given=None,
        exception=False,
        review_day=None,
        proposed_by=None,
        proposed_on=None,
    )
    return Decided(required, (event, *released))


def release(state: BestInterests, command: ask.ReleasePanelMember, facts: Facts) -> Decided[BestInterests]:
    gone = Seat(staff_ref=command.staff_ref, organisation_ref=command.organisation_ref)
    rest = tuple(one for one in state.members if seat_of(one) != gone)
    if rest == state.members:
        raise Refused("not_on_the_panel")
    confirmed = tuple(one for one in state.confirmed if seat_of(one) != gone)
    after, parts = seated(state.but(members=rest, confirmed=confirmed), facts)
    again = told.BestInterestsProposed(**base(state, facts), panel=state.panel, members=len(rest), day=facts.day)
    return Decided(after, (again, *parts))
