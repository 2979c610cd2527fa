"""The committee: named people who vote one by one under their own identity, and a chair who says what was decided.

A member with a declared conflict of interest leaves the vote, and with it the count for the quorum. A tie
goes with the chair.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.codes import labelled
from shared.contracts.leaves import Day
from shared.errors import Refused
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0, Given, Model


@labelled("ballot")
class Ballot(StrEnum):
    """What a member says."""

    FOR = "FOR"
    AGAINST = "AGAINST"
    CONFLICT = "CONFLICT"


class Member(Given):
    """Somebody asked to decide; partner organisations lend members."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]


class Vote(Model):
    """One member's ballot, and the day on which it was cast."""

    staff_ref: C0[StaffRef]
    ballot: C0[Ballot]
    day: C0[Day | None] = None


Members = Annotated[tuple[Member, ...], Field(min_length=1, max_length=15)]


class Committee(Model):
    """The people, the quorum for this sum, and the votes so far."""

    members: C0[Members]
    chair: C0[StaffRef]
    quorum: C0[Annotated[int, Field(ge=2, le=15)]]
    votes: C0[tuple[Vote, ...]] = ()

    @property
    def staff(self) -> tuple[StaffRef, ...]:
        """Who was asked."""
        return tuple(member.staff_ref for member in self.members)

    @property
    def voters(self) -> tuple[StaffRef, ...]:
        """Who took part in the vote."""
        return tuple(vote.staff_ref for vote in self.votes if vote.ballot is not Ballot.CONFLICT)

    @property
    def can_decide(self) -> bool:
        """Is there still a chair, and can the quorum still be reached?"""
        conflicted = {vote.staff_ref for vote in self.votes if vote.ballot is Ballot.CONFLICT}
        return self.chair not in conflicted and len(set(self.staff) - conflicted) >= self.quorum

    def ballot_of(self, staff_ref: StaffRef) -> Ballot | None:
        """What a member said, if anything yet."""
        return next((vote.ballot for vote in self.votes if vote.staff_ref == staff_ref), None)

    @property
    def voted_on(self) -> Day | None:
        """The day of the latest vote."""
        return max((vote.day for vote in self.votes if vote.day), default=None)

    def heard(self, staff_ref: StaffRef, ballot: Ballot, day: Day) -> "Committee":
        """The committee after one more vote. Nobody votes twice, nobody votes for another."""
        if staff_ref not in self.staff:
            raise Refused("not_a_member")
        if self.ballot_of(staff_ref) is not None:
            raise Refused("already_voted")
        return self.but(votes=(*self.votes, Vote(staff_ref=staff_ref, ballot=ballot, day=day)))

    @property
    def carried(self) -> bool:
        """More for than against; of two who must agree, both; a tie goes with the chair."""
        ayes = sum(vote.ballot is Ballot.FOR for vote in self.votes)
        noes = sum(vote.ballot is Ballot.AGAINST for vote in self.votes)
        if self.quorum == 2 and noes:
            return False
        return ayes > noes or (ayes == noes and self.ballot_of(self.chair) is Ballot.FOR)

    def concluded_by(self, actor: StaffRef) -> None:
        """Only the chair, who took part in the vote, concludes it, and only with a quorum."""
        if actor != self.chair:
            raise Refused("not_the_chair")
        if self.chair not in self.voters:
            raise Refused("chair_has_not_voted")
        if len(self.voters) < self.quorum:
            raise Refused("no_quorum")


def seated(members: tuple[Member, ...], chair: StaffRef, quorum: int) -> Committee:
    """A committee that can decide, or a refusal."""
    staff = {member.staff_ref for member in members}
    if len(staff) != len(members):
        raise Refused("member_named_twice")
    if len(staff) < quorum:
        raise Refused("committee_too_small", members=len(staff), quorum=quorum)
    if chair not in staff:
        raise Refused("chair_is_no_member")
    return Committee(members=members, chair=chair, quorum=quorum)
