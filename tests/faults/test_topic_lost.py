"""A topic that is gone with everything in it: the journals feed it again, and views miss nothing.

Positions are kept by the topic's name, so a topic that was lost is followed by one of another name. The same name does
as well where the readers are there before anything is sent: a position behind the end is no position.
"""

from dataclasses import replace

import pytest

from tests.faults.test_what_arrives import HEALTHY, written
from tests.support.load.ground import Ground
from tests.support.load.pair import pair


async def lose(ground: Ground, seed: int) -> None:
    """Views have a part, another part was sent and is lost with the topic."""
    async with pair(ground, seed) as one:
        await written(one, 4, HEALTHY)
        await one.exact()
        await written(one, 2, HEALTHY)
        for running in one.services.values():
            await running.relay.step()
    await ground.lose_topic()


@pytest.mark.parametrize("renamed", [True, False])
async def test_a_lost_topic_is_fed_again_from_the_journals(ground: Ground, seed: int, renamed: bool) -> None:
    await lose(ground, seed)
    if renamed:
        topic = ground.settings.kafka_topic + "-2"
        ground = replace(ground, settings=ground.settings.model_copy(update={"kafka_topic": topic}))
    async with pair(ground, seed) as one:
        for running in one.services.values():
            await running.consumer.step(0.5)
        await written(one, 1, HEALTHY)
        for service in one.services:
            await one.bus.publish(await one.records(service))
        await one.exact()
