"""Writing, sending, hearing, doing, crashing and rewinding in any order at all: at rest, everything is exact.

Hypothesis draws the order and shrinks a failing one. The oracles read rows alone and know nothing of the bus.
"""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from shared.errors import Unavailable
from shared.settings import Settings
from shared.storage import Work
from tests.faults.test_what_arrives import rewind
from tests.support.load.ground import Ground
from tests.support.load.pair import Pair, pair
from tests.support.load.writer import cases

CASES = st.lists(st.sampled_from(cases(4)), min_size=1, max_size=3, unique=True)
SERVICE = st.sampled_from(["intake", "grants"])


class AnyOrder(RuleBasedStateMachine):
    """Both services of the load, driven by Hypothesis."""

    empty: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.loop, self.stack = asyncio.new_event_loop(), AsyncExitStack()
        self.folder = tempfile.TemporaryDirectory()
        data = Path(self.folder.name) / "data"
        shutil.copytree(self.empty, data)
        ground = Ground("embedded", Settings(data_dir=data))
        self.pair: Pair = self.loop.run_until_complete(self.stack.enter_async_context(pair(ground, 1)))

    @rule(some=CASES)
    def write(self, some: list[str]) -> None:
        self.loop.run_until_complete(self.pair.count(*some))

    @rule(service=SERVICE)
    def send(self, service: str) -> None:
        self.loop.run_until_complete(self.pair.services[service].relay.step())

    @rule(service=SERVICE)
    def hear(self, service: str) -> None:
        self.loop.run_until_complete(self.pair.services[service].consumer.step())

    @rule(service=SERVICE)
    def act(self, service: str) -> None:
        self.loop.run_until_complete(self.pair.services[service].doing.step())

    @rule(service=SERVICE, loop=st.sampled_from(["relay", "consumer", "doing"]), committed=st.booleans())
    def crash(self, service: str, loop: str, committed: bool) -> None:
        """A loop dies before or after the commit of its next turn, and begins anew."""
        one = self.pair.services[service]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(one.kept.database, "write", _dying(one.kept.database.write, committed))
            self.loop.run_until_complete(_until_dead(getattr(one, loop).step))
        self.loop.run_until_complete(one.consumer.close())

    @rule(service=SERVICE)
    def read_again(self, service: str) -> None:
        self.loop.run_until_complete(rewind(self.pair, service))

    @rule(seed=st.integers(0, 1000))
    def send_backwards(self, seed: int) -> None:
        """A relay without a lock sends again whatever it once saw, in no order."""
        records = self.loop.run_until_complete(self.pair.records())
        random.Random(seed).shuffle(records)  # noqa: S311 -- an order, not a secret
        self.loop.run_until_complete(self.pair.bus.publish(records[:20]))

    @rule()
    def later(self) -> None:
        self.pair.clock.by += type(self.pair.clock.by)(seconds=1)

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        try:
            self.loop.run_until_complete(self.pair.exact())
        finally:
            self.loop.run_until_complete(self.stack.aclose())
            self.loop.close()
            self.folder.cleanup()


def _dying(write: Callable[..., Awaitable[Any]], committed: bool) -> Callable[[Work[Any]], Awaitable[Any]]:
    async def dying(work: Work[Any]) -> Any:
        def undone(conn: Any) -> None:
            work(conn)
            raise Unavailable("store_unavailable")

        if not committed:
            return await write(undone)
        await write(work)
        raise Unavailable("store_unavailable")

    return dying


async def _until_dead(step: Callable[[], Awaitable[object]]) -> None:
    try:
        await step()
    except Unavailable:
        return


def test_any_order_ends_exact(empty_files: Path) -> None:
    machine = type("AnyOrder", (AnyOrder,), {"empty": empty_files})
    run_state_machine_as_test(machine, settings=settings(max_examples=8, stateful_step_count=25, deadline=None))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_any_order_ends_exact_in_many_orders(empty_files: Path) -> None:
    machine = type("AnyOrder", (AnyOrder,), {"empty": empty_files})
    run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=50, deadline=None))
