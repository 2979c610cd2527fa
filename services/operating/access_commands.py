"""`homeward bus access`: the access lists of brokers that ask who is calling, made once by an operator."""

import asyncio
from typing import TYPE_CHECKING

from services import SERVICES
from services.operating.commands import AsJson
from services.operating.terminal import read_settings, refuse, tell, tell_machine

if TYPE_CHECKING:
    from shared.bus.kafka import KafkaBus


def access(as_json: AsJson = False) -> None:
    """Make the topic where it is missing, and let the four services write and read it. Nobody else is let in."""
    from shared.bus.kafka import KafkaBus, NoAnswer

    settings = read_settings()
    if not settings.kafka_brokers:
        refuse("Without HOMEWARD_KAFKA_BROKERS the bus is a file of the data folder, and nobody asks who is calling.")
    try:
        count = asyncio.run(_allowed(KafkaBus(settings)))
    except (NoAnswer, OSError, ValueError) as error:
        refuse(f"The brokers did not carry it out ({type(error).__name__}: {error}).")
    if as_json:
        tell_machine({"rules": count})
    else:
        tell(f"{count} rules are in force for {', '.join(SERVICES)} on the topic {settings.kafka_topic}.")


async def _allowed(bus: "KafkaBus") -> int:
    try:
        return await bus.allow(SERVICES)
    finally:
        await bus.stop()
