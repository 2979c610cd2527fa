"""Who decides for a child: how many, in which roles, and who of those that were named did so themselves.

A name in a proposal is a question to that person. Only what they answer by their own request counts, so a name that
nobody can sign in with leaves a proposal open for ever.
"""

from datetime import date

from services.screening.best_interests.state import BestInterests, Confirmation, Facts, Member, MemberRole, Seat
from shared.contracts import screening as told
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Event

PANEL_SIZE = 3
ASSESSORS = 2
SOCIAL_WORK = frozenset({MemberRole.SOCIAL_AFFAIRS, MemberRole.CASEWORKER})
OFFICES = frozenset({"SOCIAL_AFFAIRS", "MINISTRY"})
"""Whose officers chair, by the kind of their entry in the directory: a role in a token makes no authority."""
KIND = "PANEL"


def base(state: BestInterests, facts: Facts) -> dict[str, Ref]:
    """What every fact of a decision names."""
    return {"case_ref": state.case_ref, "best_interests_ref": facts.ref}


def may_decide(members: tuple[Member, ...], panel: bool) -> None:
    """Refuse people who could not decide together: too few, twice the same, or without those who must take part."""
    people = {member.staff_ref for member in members}
    if len(people) != len(members):
        raise Refused("named_twice_on_panel")
    if len(people) < (PANEL_SIZE if panel else ASSESSORS):
        raise Refused("panel_needed" if panel else "two_people_needed")
    chairs = [member.role for member in members if member.chair]
    if panel and chairs != [MemberRole.SOCIAL_AFFAIRS]:
        raise Refused("social_affairs_must_chair")
    if not any(member.role in SOCIAL_WORK for member in members):
        raise Refused("social_worker_needed")


def enough(state: BestInterests) -> bool:
    """Whether those who confirmed decide by themselves, whoever else was named."""
    try:
        may_decide(deciders(state), state.panel)
    except Refused:
        return False
    return True


def seat_of(who: Member | Confirmation) -> Seat:
    """Whose name, or whose word, it is."""
    return Seat(staff_ref=who.staff_ref, organisation_ref=who.organisation_ref)


def own_seat(state: BestInterests, facts: Facts) -> Member:
    """The caller as the member that they were named as: they, for that organisation, in that role."""
    member = next((member for member in state.members if seat_of(member) == facts.by), None)
    if member is None:
        raise Refused("caller_not_a_member")
    if member.role is not MemberRole.OTHER and member.role != facts.role:
        raise Refused("named_in_another_role")
    if member.chair and member.role is MemberRole.SOCIAL_AFFAIRS and facts.registered_as not in OFFICES:
        raise Refused("chair_of_no_authority")
    return member


def confirmed_by(facts: Facts) -> Confirmation:
    """The caller's own word, today."""
    return Confirmation(**facts.by.model_dump(), day=facts.day)


def own_word(state: BestInterests, facts: Facts) -> tuple[Confirmation, ...]:
    """A proposer decides with what they propose, if they are a member; it is nobody else's word."""
    if any(seat_of(member) == facts.by for member in state.members):
        own_seat(state, facts)
        return (confirmed_by(facts),)
    return ()


def deciders(state: BestInterests) -> tuple[Member, ...]:
    """The members who confirmed."""
    said = tuple(seat_of(one) for one in state.confirmed)
    return tuple(member for member in state.members if seat_of(member) in said)


def last_word(state: BestInterests, facts: Facts) -> date:
    """The day of the latest confirmation: it is decided then, in whatever order they were recorded."""
    return max((one.day for one in state.confirmed), default=facts.day)


def seated(state: BestInterests, facts: Facts) -> tuple[BestInterests, tuple[Event, ...]]:
    """Every member reads it, where the caller may let them; who read it and is asked no more does not."""
    named = tuple(seat_of(member) for member in state.members)
    kept = tuple(seat for seat in state.seated if seat in named)
    new = tuple(seat for seat in named if seat not in kept) if facts.may_seat else ()
    events = (*_released(state, facts, kept), *_told(told.BestInterestsAssigned, state, facts, new))
    return state.but(seated=(*kept, *new)), events


def left(state: BestInterests, facts: Facts) -> tuple[BestInterests, tuple[Event, ...]]:
    """It is decided or over: nobody reads it as a member."""
    return state.but(seated=()), _released(state, facts, ())


def _released(state: BestInterests, facts: Facts, kept: tuple[Seat, ...]) -> tuple[Event, ...]:
    return _told(told.BestInterestsReleased, state, facts, tuple(seat for seat in state.seated if seat not in kept))


def _told(
    kind: type[told.BestInterestsAssigned | told.BestInterestsReleased],
    state: BestInterests,
    facts: Facts,
    seats: tuple[Seat, ...],
) -> tuple[Event, ...]:
    return tuple(kind(**base(state, facts), kind=KIND, **seat.model_dump()) for seat in seats)
