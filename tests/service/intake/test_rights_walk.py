"""Rights begin and end in any order: after each step everybody sees exactly what a model by hand says, and no more.

Hypothesis draws the walk and shrinks a failing one. Single reads and lists are compared, whoever asks.
"""

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as walk

from services.intake.app import create_app
from shared.auth import Role
from shared.bus.embedded import EmbeddedBus
from shared.clock import local_day
from shared.contracts import referrals
from shared.ids import pseudonym
from shared.model import Event
from shared.sealing.keystore import file_key_store
from shared.service import Runtime
from shared.settings import Settings
from shared.testing import CountedIds, TickingClock, caller, harness_of, ref
from tests.conftest import Migrated
from tests.service.intake.desk import TOLD, Desk, born
from tests.service.intake.rights_model import CALLERS, GUESTS, HEADS, HOUSES, OTHER, STEPS, Known, part
from tests.support.answered import ok
from tests.support.callers import invented

SCHOOL, TEACHER = pseudonym("organisation", "school"), caller("teacher", Role.SERVICE_PROVIDER, "school")
MOST = 2
CASE = st.integers(0, MOST - 1)
anything_open = precondition(lambda self: bool(self.cases))


class Rights(RuleBasedStateMachine):
    """Intake alone, with two houses that work on cases and a school that helps."""

    migrated: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.loop, self.stack, self.folder = asyncio.new_event_loop(), AsyncExitStack(), TemporaryDirectory()
        self.cases: list[Known] = []
        self.away: set[str] = set()
        self.desk = self.run(self._start(Path(self.folder.name) / "data"))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def _start(self, folder: Path) -> Desk:
        shutil.copytree(self.migrated, folder)
        bus, keys, clock, draw = EmbeddedBus(folder / "bus.db"), file_key_store(folder), TickingClock(), CountedIds()
        await bus.start()
        app = create_app(Runtime(Settings(data_dir=folder), bus, keys, clock, draw, loops=False, identify=invented))
        for close in (keys.close, bus.stop, app.state.running.stop):
            self.stack.push_async_callback(close)
        return Desk(harness_of([app], app, bus, clock, draw))

    def case(self, number: int) -> Known:
        return self.cases[number % len(self.cases)]

    def asked(self, case: Known, command: str, who: str, **body: Any) -> httpx.Response:
        """A command on a case by somebody who may read it."""
        answer: httpx.Response = self.run(self.desk.change(f"cases/{case.ref}", command, CALLERS[who], **body))
        return answer

    def hear(self, *events: Event) -> None:
        self.run(self.desk.harness.hear("referrals", *events))

    @precondition(lambda self: len(self.cases) < MOST)
    @rule(who=st.sampled_from(["amy", "bea"]))
    def open(self, who: str) -> None:
        if who in self.away:
            return
        person, case = ref(f"person {len(self.cases)}"), ref(f"case {len(self.cases)}")
        identity = {"names": [{"full_name": "Sok Dara", "script": "LATIN"}], "births": [born(1985)]}
        ok(self.run(self.desk.do("persons", CALLERS[who], ref=person, identity=identity)))
        ok(self.run(self.desk.do("cases", CALLERS[who], ref=case, person_ref=person, country="VN")))
        self.cases.append(Known(case, person, who, HOUSES[who], {(who, "TEAM"): None}, away=self.away))
        named = {"case_ref": case, "service_referral_ref": ref(f"request of {case}"), "organisation_ref": SCHOOL}
        today = local_day(self.desk.harness.clock.now)
        sent = referrals.ServiceReferralSent(**named, service="SKL-TVET", day=today, respond_by=today)
        self.hear(referrals.PlanOpened(case_ref=case, plan_ref=ref(f"plan {case}"), day=today), sent)

    @anything_open
    @rule(number=CASE, who=st.sampled_from(["amy", "abe", "bea"]))
    def assign(self, number: int, who: str) -> None:
        case = self.case(number)
        head = HEADS[case.holder]
        if HOUSES[who] == case.holder and self.asked(case, "assign", head, **part(who, "TEAM")).is_success:
            case.team[who, "TEAM"] = None

    @anything_open
    @rule(number=CASE, nth=st.integers(0, 3))
    def release(self, number: int, nth: int) -> None:
        case = self.case(number)
        if case.team and case.status != "void":
            who, kind = sorted(case.team)[nth % len(case.team)]
            if self.asked(case, "release", HEADS[case.holder], **part(who, kind)).is_success:
                del case.team[who, kind]

    @anything_open
    @rule(number=CASE, accepted=st.booleans())
    def transfer(self, number: int, accepted: bool) -> None:
        case = self.case(number)
        house, other = case.holder, OTHER[case.holder]
        offer = {"organisation_ref": pseudonym("organisation", other), "reason": "NEARER_HOME"}
        offered = self.asked(case, "offer-transfer", HEADS[house], **offer)
        if not offered.is_success:
            return
        answer = "accept-transfer" if accepted else "decline-transfer"
        version = offered.json()["version"]
        ok(self.run(self.desk.do(f"cases/{case.ref}/{answer}", CALLERS[HEADS[other]], version)))
        if accepted:
            stay = {worker: until for worker, until in case.team.items() if HOUSES[worker[0]] != house}
            case.holder, case.team = other, {**stay, (HEADS[other], "TEAM"): None}

    @anything_open
    @rule(number=CASE, days=st.integers(0, 3))
    def grant(self, number: int, days: int) -> None:
        """Somebody of the other house asks for access, and the holder's head grants it for some days."""
        case = self.case(number)
        guest, head = GUESTS[case.holder], HEADS[case.holder]
        if guest in self.away:
            return
        shown = self.run(self.desk.see(f"cases/{case.ref}", CALLERS[head]))
        asked = {"case_number": shown["case_number"], "kind": "PLAN", "reason": "HEALTH"}
        answer = self.run(self.desk.do("access-requests", CALLERS[guest], **asked))
        if answer.status_code == 409:  # what they asked before waits for an answer
            assert answer.json()["code"] == "access_already_asked"
            return
        request = ok(answer)["ref"]
        self.later(seconds=2)
        until = local_day(self.desk.harness.clock.now) + timedelta(days=days)
        path = f"access-requests/{request}"
        if case.status == "void":  # nobody finds the request who could grant it
            return
        if self.run(self.desk.change(path, "grant", CALLERS[head], until=f"{until}")).is_success:
            case.team[guest, "PLAN"] = until

    @rule(who=st.sampled_from(["amy", "abe", "bea"]))
    def leave_or_return(self, who: str) -> None:
        """Somebody leaves their house, and has nothing of what they had when they come back."""
        named = {"organisation_ref": pseudonym("organisation", HOUSES[who]), "staff_ref": pseudonym("staff", who)}
        if who in self.away:
            self.away.remove(who)
            return self.hear(referrals.StaffReturned(**named))
        self.away.add(who)
        self.hear(referrals.StaffLeft(**named))
        for case in self.cases:
            case.team = {worker: until for worker, until in case.team.items() if worker[0] != who}
            case.unknown |= {who}
        return None

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.later(days=days)
        today = local_day(self.desk.harness.clock.now)
        for case in self.cases:
            case.team = {who: until for who, until in case.team.items() if until is None or until >= today}

    def later(self, **by: float) -> None:
        self.desk.harness.clock.advance(**by)
        self.run(self.desk.harness.settle())

    @anything_open
    @rule(number=CASE)
    def void(self, number: int) -> None:
        case = self.case(number)
        worker = next((who for who, _ in case.team if HOUSES[who] == case.holder and case.works(who)), None)
        if worker is not None and self.asked(case, "void", worker, reason="DUPLICATE").is_success:
            case.status = "void"

    @anything_open
    @rule(number=CASE)
    def close(self, number: int) -> None:
        case = self.case(number)
        if case.status == "open":
            day = local_day(self.desk.harness.clock.now)
            plan = ref(f"plan {case.ref}")
            closed = {"case_ref": case.ref, "plan_ref": plan, "day": day, "reason": "GOALS_MET", "overridden": False}
            self.hear(referrals.PlanClosed.model_validate(closed))
            case.status = "closed"

    @anything_open
    @rule(number=CASE)
    def give_or_end(self, number: int) -> None:
        """The school accepts the request, or ends what it gives."""
        case = self.case(number)
        kind = referrals.ServiceReferralCompleted if case.giving else referrals.ServiceReferralAccepted
        named = {"case_ref": case.ref, "service_referral_ref": case.request, "organisation_ref": SCHOOL}
        self.hear(kind(**named, service="SKL-TVET", day=local_day(self.desk.harness.clock.now)))
        case.giving = not case.giving

    @anything_open
    @rule(number=CASE)
    def agree_or_withdraw(self, number: int) -> None:
        case = self.case(number)
        worker = next((who for who, _ in case.team if case.works(who)), None)
        if worker is None:
            return
        if case.share is not None:
            ok(self.run(self.desk.do(f"consents/{case.share}/withdraw", CALLERS[worker])))
            case.share = None
            return
        agreed = {"purpose": "SHARE", "giver": "SELF", "informed": TOLD, "signature": "WRITTEN"}
        body = {"case_ref": case.ref, "organisation_ref": SCHOOL, **agreed}
        given = self.run(self.desk.do("consents/grant", CALLERS[worker], **body))
        case.share = given.json()["ref"] if given.is_success else None

    @anything_open
    @rule(number=CASE, who=st.sampled_from(sorted(HOUSES)), command=st.sampled_from(["assign", "release", "void"]))
    def reach_for(self, number: int, who: str, command: str) -> None:
        """Whoever has nothing to do with a case comes to nothing by asking."""
        case = self.case(number)
        if case.sees_case(who):
            return
        body = {"reason": "DUPLICATE"} if command == "void" else part(who, "TEAM")
        answer = self.run(self.desk.do(f"cases/{case.ref}/{command}", CALLERS[who], 1, **body))
        assert answer.status_code == 404, (command, who, answer.text)

    @invariant()
    def everybody_sees_what_they_may(self) -> None:
        if hasattr(self, "desk"):
            self.run(self._compare())

    async def _compare(self) -> None:
        async with self.desk.harness.client() as client:
            for who, called in CALLERS.items():
                client.headers["Authorization"] = called
                await self._compare_for(who, client)
            client.headers["Authorization"] = TEACHER
            for case in self.cases:
                answer = await client.get(f"/intake/v1/disclosures/{case.request}")
                assert (answer.status_code == 200) is case.told, case

    async def _compare_for(self, who: str, client: httpx.AsyncClient) -> None:
        for things, named, sees in (("cases", "ref", Known.sees_case), ("persons", "person", Known.sees_person)):
            may = {getattr(case, named): sees(case, who) for case in self.cases}
            single = {at: await client.get(f"/intake/v1/{things}/{at}") for at in may}
            assert {at: answer.status_code == 200 for at, answer in single.items()} == may, (things, who)
            listed = {item["ref"] for item in ok(await client.get(f"/intake/v1/{things}"))["items"]}
            assert listed == {at for at, seen in may.items() if seen}, (things, who)
        for case in self.cases:
            answer = single[case.person]
            known = answer.status_code == 200 and answer.json()["identity"] is not None
            assert known is case.knows_who(who), (who, case)

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.run(self.stack.aclose())
            self.loop.close()
            self.folder.cleanup()


@pytest.fixture
def machine(tmp_path: Path, migrated: Migrated) -> type[Rights]:
    migrated("intake", tmp_path / "empty")
    return type("Rights", (Rights,), {"migrated": tmp_path / "empty"})


def test_a_walk_on_which_every_right_begins_and_ends(machine: type[Rights]) -> None:
    rights = machine()
    rights.begin()
    try:
        for step, how in STEPS:
            getattr(rights, step)(**how)
            rights.everybody_sees_what_they_may()
    finally:
        rights.teardown()
    first, second = rights.cases
    assert (first.holder, first.status, second.status) == ("b-house", "closed", "void")


def test_nobody_sees_a_field_after_the_right_to_it_ended(machine: type[Rights]) -> None:
    walk(machine, settings=settings(max_examples=3, stateful_step_count=8, deadline=None))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nor_on_many_long_walks(machine: type[Rights]) -> None:
    walk(machine, settings=settings(max_examples=10, stateful_step_count=20, deadline=None))
