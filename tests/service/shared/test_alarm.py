"""Whatever waits too long is said, in the log and in health, and said again; what closes by itself is not."""

from datetime import timedelta

import pytest

from shared.bus.alarm import Alarm
from shared.events.envelope import encode
from shared.events.record import Record
from shared.testing import Harness
from tests.support.tale import CASE, Refuted, tale, told
from tests.support.three import Three

OTHER = "d" * 32
SAID = "stream has waited too long"


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(vars(record)["subject"]) for record in caplog.records if record.getMessage() == SAID]


async def test_a_stream_that_waits_too_long_is_said_again_and_again(
    tellers: Three, caplog: pytest.LogCaptureFixture
) -> None:
    alarm = Alarm(tellers.stores["grants"], timedelta(minutes=15))
    first, second, third = tale(3)
    await tellers.bus.publish([encode(first), encode(third), encode(told(Refuted(case_ref=OTHER), 1))])
    await tellers.bus.publish([Record("nobody", {}, b"")])
    await tellers.hear("grants")
    for minutes, so_far in ((14, 0), (2, 2), (14, 2), (2, 4)):
        tellers.clock.forward(60 * minutes)
        await alarm.step()
        assert (len(said(caplog)), alarm.late) == (so_far, 2 if so_far else 0)
    assert set(said(caplog)) == {f"case/{CASE}", f"case/{OTHER}"}

    await tellers.bus.publish([encode(second)])
    await tellers.hear("grants")
    await alarm.step()
    assert alarm.late == 1


async def test_health_says_how_many(world: Harness) -> None:
    world.running["intake"].alarm.late = 3
    assert (await world.get("/intake/health", "")).json()["streams_waiting_too_long"] == 3
