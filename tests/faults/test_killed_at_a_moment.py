"""A process killed at the worst moments: what it was answered for is there, and everything else ends as if unharmed."""

import signal

import pytest

from tests.support.load.ground import Ground
from tests.support.load.processes import load

MOMENTS = {
    "unit.before_commit:5": "a change undone with its event",
    "unit.after_commit:5": "a change whose event nobody had seen",
    "bus.sent:3": "facts sent and not acknowledged",
    "bus.stored:3": "facts stored by the bus and not acknowledged",
    "relay.after_publish:3": "facts acknowledged and still pending",
    "relay.before_commit:3": "facts half marked",
    "consumer.before_commit:3": "a batch half heard",
    "consumer.after_commit:3": "a batch heard, the reader's own place not moved",
    "todo.before_commit:3": "a reaction half done",
    "todo.after_commit:3": "a reaction done, nobody woken",
}


QUICK = {"bus.sent:3", "relay.after_publish:3", "consumer.before_commit:3", "todo.before_commit:3"}
"""What `make test` meets on Kafka too: there each costs the ten seconds after which a dead reader is given up."""

EACH = [pytest.param("embedded", moment) for moment in MOMENTS] + [
    pytest.param("kafka", moment, marks=() if moment in QUICK else pytest.mark.slow) for moment in MOMENTS
]


@pytest.mark.parametrize(("ground", "moment"), EACH, indirect=["ground"])
def test_whoever_is_killed_at_this_moment_leaves_nothing_half_done(ground: Ground, seed: int, moment: str) -> None:
    with load(ground, seed) as running:
        assert running.start(failpoint=moment, writes=80).died() == -signal.SIGKILL
        running.start(writes=20).said("written")
        running.exact(least=20)
