"""What a decision needs and becomes: whether it takes two people, and the sealed findings after it.

Nothing that was found is ever dropped. A later finding stands behind the earlier ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.screening.determinations import commands as ask
from services.screening.determinations.assessment import Assessment
from services.screening.determinations.bodies import PRIVATE
from services.screening.determinations.state import (
    PROTECTION,
    Decider,
    Determination,
    Finding,
    Findings,
    Outcome,
    Party,
    lower,
)
from services.screening.interviews.state import Dated
from shared.errors import Refused
from shared.ids import StaffRef

Decision = ask.MakeDetermination | ask.AmendDetermination
MARKED = "VULNERABILITY_MEANS_REVIEW"


@dataclass(frozen=True, kw_only=True)
class Facts(Dated):
    """What a rule needs beside the state and the command.

    `opens` says what each outcome opens for this person. `suggestion` is there where the rules suggest just now; it is
    `changed` where they suggest otherwise than before. `bodies` are those that the caller may speak for, `elsewhere`
    are who decides for other bodies, too.
    """

    by: Decider
    interview_ended: date | None = None
    suggested: Outcome = Outcome.INCONCLUSIVE
    child: bool = True
    flags: tuple[str, ...] = ()
    interviewers: frozenset[StaffRef] = frozenset()
    findings: Findings = field(default_factory=Findings)
    others: tuple[Outcome, ...] = ()
    opens: Mapping[Outcome, tuple[str, ...]] = field(default_factory=dict)
    handling: tuple[str, ...] = ()
    ruleset: str = ""
    suggestion: Assessment | None = None
    changed: bool = True
    elsewhere: frozenset[Party] = frozenset()
    ready: bool = True
    body_has_one: bool = False
    bodies: frozenset[str] = PRIVATE


def finding_after(state: Determination, command: ask.DeterminationCommand, facts: Facts) -> Findings:
    """The sealed findings once the command has been decided. Nothing that was found is ever dropped."""
    findings = facts.findings
    match command:
        case ask.MakeDetermination() | ask.AmendDetermination():
            found = finding_of(state, command, facts)
            if needs_second(command.outcome, facts):
                return findings.but(proposed=found)
            return findings.but(made=(*findings.made, found), proposed=None)
        case ask.ConfirmDetermination(words=words):
            proposed = proposed_of(facts)
            said = (*proposed.words, words) if words else proposed.words
            sure = proposed.but(deciders=(*proposed.deciders, facts.by), words=said, day=facts.day)
            return findings.but(made=(*findings.made, sure), proposed=None)
        case ask.RejectDetermination(words=words):
            refused = proposed_of(facts)
            refused = refused.but(deciders=(*refused.deciders, facts.by), words=(*refused.words, words))
            return findings.but(proposed=None, rejected=(*findings.rejected, refused))
        case ask.ReassessDetermination():
            return findings.but(proposed=None)
    return findings


def needs_second(outcome: Outcome, facts: Facts) -> bool:
    """Must another person confirm: a child protected less, a finding by an interviewer, a marked means?

    Whoever wrote the answers down does not also say alone what follows from them.
    """
    lowers = lowers_child(outcome, facts)
    by_interviewer = facts.by.staff_ref in facts.interviewers
    return lowers or by_interviewer or MARKED in facts.flags


def governing(outcomes: tuple[Outcome, ...]) -> Outcome | None:
    """The most protective of all bodies' findings: it opens services."""
    return min(outcomes, key=PROTECTION.index, default=None)


def proposed_of(facts: Facts) -> Finding:
    """The finding that awaits a second person."""
    if facts.findings.proposed is None:
        raise Refused("nothing_proposed")
    return facts.findings.proposed


def lowers_child(outcome: Outcome, facts: Facts) -> bool:
    """Would a child who is suggested or found a victim be protected less?"""
    standing = facts.findings.made[-1].outcome if facts.findings.made else facts.suggested
    highest = governing((standing, facts.suggested)) or facts.suggested
    protected = highest in (Outcome.VOT, Outcome.VOT_PRESUMED)
    return facts.child and protected and lower(outcome, Outcome.VOT_PRESUMED)


def finding_of(state: Determination, command: Decision, facts: Facts) -> Finding:
    """The decision as it goes on record."""
    return Finding(
        outcome=command.outcome,
        suggested=facts.suggested,
        assessment=state.assessment,
        deciders=(facts.by,),
        reason=command.reason,
        words=() if command.words is None else (command.words,),
        day=facts.day,
    )
