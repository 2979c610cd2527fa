"""The way home: a seat and, for a child, an escort and a decided receiver; and the hand-over at the door, signed."""

from datetime import timedelta

from story.desk import Desk
from story.reception import person_ref, stay_path
from story.rows import Stay

ON_THE_WAY = timedelta(hours=3)


async def go(desk: Desk, stay: Stay) -> None:
    """Play the way home: arrange, set out, arrive."""
    scenario, officer, path = desk.scenario, desk.scenario.on_duty("RECEIVES"), stay_path(desk, stay.person)
    placement = next(iter(scenario.of(scenario.placements, stay.person)), None)
    if placement is not None:
        await desk.heard("intake", desk.case(stay.person), "screening.best_interests.decided")
    travel = {"mode": stay.travel, "escort_ref": desk.staff(stay.escort) if stay.escort else None}
    await desk.change(officer, path, "arrange-travel", stay.departs - timedelta(hours=14), **travel)
    await desk.change(officer, path, "depart", stay.departs)
    received: dict[str, str] = {"receiver": "SELF"}
    if placement is not None:
        received = {"receiver": placement.option, "receiver_ref": person_ref(desk, placement.receiver)}
    await desk.change(officer, path, "hand-over", stay.departs + ON_THE_WAY, **received)
