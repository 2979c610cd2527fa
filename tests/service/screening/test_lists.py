"""Lists of screening: by several statuses, by day and month, by when to look again, and the newest first."""

from typing import Any

from shared.testing import ref
from tests.service.screening.casework import CASE, DECIDER, DOSVY, SECOND, WORKER, Casework
from tests.service.screening.test_best_interests import HOME, found

INTERVIEWS, BEST = "/screening/v1/interviews", "/screening/v1/best-interests"


async def refs(casework: Casework, path: str, **asked: Any) -> list[str]:
    """The refs of a list, in its order."""
    answer = await casework.world.get(path, SECOND, **asked)
    assert answer.status_code == 200, answer.text
    return [item["ref"] for item in answer.json()["items"]]


async def test_interviews_by_status_by_day_and_newest_first(casework: Casework) -> None:
    for name in ("first", "second", "third"):
        await casework.know(ref(f"case of {name}"))
        await casework.world.post(INTERVIEWS, WORKER, {"ref": ref(name), "case_ref": ref(f"case of {name}")})
        casework.world.clock.advance(days=20)
    await casework.world.post(f"{INTERVIEWS}/{ref('second')}/void", SECOND, {"reason": "PRACTICE"}, version=1)
    first, second, third = ref("first"), ref("second"), ref("third")
    assert await refs(casework, INTERVIEWS, order="newest") == [third, second, first]
    assert await refs(casework, INTERVIEWS, status="voided") == [second]
    assert await refs(casework, INTERVIEWS, status=["opened", "voided"]) == [first, second, third]
    assert await refs(casework, INTERVIEWS, day="2026-11-24") == [second]
    assert await refs(casework, INTERVIEWS, month="2026-11", status="opened") == [first]
    assert await refs(casework, INTERVIEWS, month="2026-12", day="2026-11-24") == []


async def test_determinations_by_the_body_and_the_day_of_the_suggestion(casework: Casework) -> None:
    await casework.admit()
    await casework.ask("refuse")
    await casework.registered("dosvy-svay-rieng", "SOCIAL_AFFAIRS")
    ngo, state = await casework.suggest(), await casework.suggest(DOSVY, body="NON_POLICE_GOV")
    path = "/screening/v1/determinations"
    assert await refs(casework, path, status=["suggested", "amended"], order="newest") == [state, ngo]
    assert await refs(casework, path, body="NGO", day="2026-11-04") == [ngo]
    assert await refs(casework, path, month="2026-10") == []
    read = (await casework.world.get(f"{path}/{ngo}", DECIDER)).json()
    assert read["recorded_at"] <= read["updated_at"]


async def test_decisions_to_look_at_again(casework: Casework) -> None:
    await found(casework)
    one = (await casework.best())["ref"]
    await casework.settle_best(WORKER, **HOME)
    assert await refs(casework, BEST, case_ref=CASE, month="2026-11") == [one]
    for as_of, timing in (
        ("2027-01-05", "none"),
        ("2027-01-06", "due"),
        ("2027-02-04", "due"),
        ("2027-02-05", "overdue"),
    ):
        for asked in ("due", "overdue"):
            assert await refs(casework, BEST, timing=asked, as_of=as_of) == ([one] if asked == timing else [])
    assert await refs(casework, BEST, timing="overdue", as_of="2027-02-05", status="required") == []
    assert await refs(casework, BEST, timing="overdue") == []
