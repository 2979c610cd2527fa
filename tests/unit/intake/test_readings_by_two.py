"""Random people ask, answer, join, leave and wait: where somebody sleeps sees who asked another one in time.

The model is a few lines by hand. What it is compared with is all that decides: the rule, the parts that its facts make,
the clock and the policy.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from services.grants import app as grants
from services.intake import app as reception
from services.intake.c4_readings import commands as ask
from services.intake.c4_readings.domain import decide
from services.intake.c4_readings.state import C4Reading, Facts
from services.referrals import app as referrals
from services.screening import app as screening
from shared.auth import Caller, Part, Place, Policy, Purpose, Role
from shared.auth import decide as judge
from shared.classes import class_of
from shared.contracts import intake as told
from shared.errors import Refused
from shared.journey.parts import Relation, made
from shared.model import Event, FieldClass
from shared.reading.answers import Read
from shared.testing import ref

APPS = (reception, screening, referrals, grants)
CASE, HERE, FAR = ref("case"), ref("here"), ref("far")
POLICY = Policy.of("services.intake")
WHO = {
    "amy": (HERE, Role.CASEWORKER),
    "abe": (HERE, Role.INTAKE_OFFICER),
    "head": (HERE, Role.SUPERVISOR),
    "other head": (HERE, Role.SUPERVISOR),
    "guest": (FAR, Role.CASEWORKER),
    "far head": (FAR, Role.SUPERVISOR),
    "decider": (HERE, Role.DECIDER),
}
CALLERS = {name: Caller(ref(name), house, role, Purpose.PROTECTION) for name, (house, role) in WHO.items()}
READERS = (Role.CASEWORKER, Role.INTAKE_OFFICER, Role.SUPERVISOR)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
someone = st.sampled_from(sorted(WHO))
answering = st.sampled_from(("head", "head", "head", *sorted(WHO)))
kinds = st.sampled_from(("TEAM", "PLAN", "SCREENING"))


@dataclass
class Asked:
    """A reading, and until when it opens anything: what the model says of it."""

    by: str
    state: C4Reading
    at: datetime
    until: datetime | None = None


class Readings(RuleBasedStateMachine):
    """One case, whose holder is here."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
        self.parts: dict[Relation, datetime | None] = {}
        self.working: set[tuple[str, str]] = set()
        self.readings: list[Asked] = []
        opened = told.CaseOpened(
            case_ref=CASE, organisation_ref=HERE, country="VN", is_minor=True, opened=self.now.date()
        )
        self._heard((opened,))

    def _heard(self, events: tuple[Event, ...]) -> None:
        for event in events:
            for part, begins in made(f"case/{CASE}", "intake", event, self.now):
                named = part.itself
                self.parts.pop(named, None)
                if begins:
                    self.parts[named] = part.until

    def _classes(self, who: str, action: str) -> frozenset[FieldClass] | None:
        live = (part for part, until in self.parts.items() if until is None or until > self.now)
        place = Place(f"case/{CASE}", tuple(Part(one.organisation_ref, one.staff_ref, one.kind) for one in live))
        found = judge(POLICY, CALLERS[who], action, [place])
        return found.classes if found.allowed else None

    def _facts(self, who: str, number: int) -> Facts:
        mine = CALLERS[who]
        return Facts(ref(f"reading {number}"), CASE, mine.staff_ref, mine.organisation_ref, self.now)

    def _works(self, who: str, kind: str | None = None) -> bool:
        return any(who == other and kind in (None, is_) for other, is_ in self.working)

    @initialize()
    def amy_asks(self) -> None:
        self.asks("amy")

    @rule(who=someone, kind=kinds)
    def begins(self, who: str, kind: str) -> None:
        mine = {"staff_ref": ref(who), "organisation_ref": WHO[who][0], "kind": kind}
        self._heard((told.CaseAssigned(case_ref=CASE, **mine),))
        self.working.add((who, kind))

    @rule(who=someone, kind=kinds)
    def ends(self, who: str, kind: str) -> None:
        mine = {"staff_ref": ref(who), "organisation_ref": WHO[who][0], "kind": kind}
        self._heard((told.CaseReleased(case_ref=CASE, **mine),))
        self.working.discard((who, kind))

    @rule(who=someone)
    def asks(self, who: str) -> None:
        may = WHO[who][1] in READERS and (WHO[who][0] == HERE or self._works(who))
        assert (self._classes(who, "intake.c4_reading.ask") is not None) is may
        if may:
            number = len(self.readings)
            waiting = any(one.by == who and self._waits(one) for one in self.readings)
            about = replace(self._facts(who, number), waiting=waiting)
            try:
                decided = decide(None, ask.AskC4Reading(reason="SAFETY"), about)
            except Refused:
                assert waiting
                return
            self.readings.append(Asked(who, decided.state, self.now))

    def _waits(self, reading: Asked) -> bool:
        """As the handler counts: it may be answered still, or is open."""
        if reading.state.status == "asked":
            return self.now - reading.at <= DAY
        return reading.until is not None and reading.until > self.now

    @rule()
    def the_deadline_comes(self) -> None:
        """For whatever is over by the clock: early or late, it changes nothing of what anybody sees."""
        for number, reading in enumerate(self.readings):
            if reading.state.status == "open" and reading.until is not None and reading.until <= self.now:
                decided = decide(reading.state, ask.CloseC4Reading(), self._facts(reading.by, number))
                self._heard(decided.events)
                reading.state = decided.state

    @rule(who=answering, data=st.data(), yes=st.sampled_from((True, True, False)))
    def answers(self, who: str, data: st.DataObject, yes: bool) -> None:
        if not self.readings:
            return
        number = data.draw(st.integers(0, len(self.readings) - 1))
        reading = self.readings[number]
        head = WHO[who] == (HERE, Role.SUPERVISOR)
        team = WHO[who][0] == HERE and WHO[who][1] in READERS[:2] and self._works(who, "TEAM")
        action = "intake.c4_reading.confirm" if yes else "intake.c4_reading.refuse"
        assert (self._classes(who, action) is not None) is (head or team)
        if not head and not team:
            return
        waiting = reading.state.status == "asked"
        self.the_deadline_comes()  # as the handler does, before anything is opened
        command = ask.ConfirmC4Reading() if yes else ask.RefuseC4Reading()
        try:
            decided = decide(reading.state, command, self._facts(who, number))
        except Refused:
            return
        self._heard(decided.events)
        if yes and waiting:
            assert who != reading.by
            assert self.now - reading.at <= DAY
            reading.until = self.now + HOUR
        elif not yes:
            reading.until = None
        reading.state = decided.state

    @rule(minutes=st.sampled_from((1, 59, 60, 60, 61, 24 * 60 + 1)))
    def waits(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def they_see_what_the_model_says(self) -> None:
        for who in WHO:
            seen = self._classes(who, "intake.stay.read") or frozenset()
            agreed = any(one.by == who and one.until is not None and one.until > self.now for one in self.readings)
            assert (FieldClass.LETHAL in seen) is agreed, who


def test_nobody_asks_about_a_case_that_was_entered_in_error() -> None:
    facts = Facts(ref("reading"), CASE, ref("amy"), HERE, datetime(2026, 11, 4, 1, tzinfo=UTC), voided=True)
    with pytest.raises(Refused, match="case_not_open"):
        decide(None, ask.AskC4Reading(reason="SAFETY"), facts)


def test_p5_what_is_c4_is_read_at_stays_alone() -> None:
    """Whoever adds a field of C4 to another answer asks there, too, who is in the team or came with a second person."""
    assert {service.SERVICE.name for service in APPS} == {"intake", "screening", "referrals", "grants"}
    lethal = {
        f"{model.__name__}.{name}"
        for model in Read.__subclasses__()
        for name, info in model.model_fields.items()
        if class_of(info.annotation, info.metadata) is FieldClass.LETHAL
    }
    assert lethal == {"StayRead.bed"}


def test_p5_where_somebody_sleeps_sees_who_asked_a_second_person_whatever_part_they_have() -> None:
    walk(Readings, settings=settings(max_examples=100, stateful_step_count=30, deadline=None))
