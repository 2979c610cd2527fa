"""Orders that take something out of the way for ever: a record that is parked, or a range of offsets."""

from services.operating.office import Office, Trouble
from services.operating.orders import Answer, Order, Tell
from shared.bus import setting_aside as aside
from shared.bus.port import Measured
from shared.clock import wire
from shared.events.envelope import Stream


async def dismiss(office: Office, order: Order, tell: Tell) -> Answer:
    """Take a parked record out of the way, wherever it is parked."""
    stream, by = Stream(order.source, order.subject or ""), _by(office, order)
    return {
        kept.name: await aside.dismiss(kept, office.bus, stream, order.version, by)
        for kept in office.of(order.services)
    }


async def skip(office: Office, order: Order, tell: Tell) -> Answer:
    """Have a service leave out a range of offsets. Never beyond the end of the topic: it would begin anew there."""
    by, bus = _by(office, order), office.bus
    if order.offsets is None or not office.bus_answers or not isinstance(bus, Measured):
        raise Trouble("The bus does not answer, so nobody knows what would be skipped.")
    end = (await bus.ends()).get(order.offsets.partition, 0)
    if not order.offsets.first <= order.offsets.last < end:
        raise Trouble(f"Partition {order.offsets.partition} has no such offsets: it ends before {end}.")
    return {kept.name: await aside.skip(kept, bus.topic, order.offsets, by) for kept in office.of(order.services)}


async def set_aside(office: Office, order: Order, tell: Tell) -> Answer:
    """What was dismissed and skipped, by whom and why."""
    rows = [(kept.name, row) for kept in office.of(order.services) for row in await aside.set_aside(kept)]
    return {"rows": [{"service": name, **row, "at": wire(row["at"])} for name, row in rows]}


def _by(office: Office, order: Order) -> aside.By:
    if order.reason is None:
        raise Trouble("Say why: --reason.")
    return aside.By(office.staff, order.reason)
