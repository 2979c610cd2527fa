"""Lists of intake as a screen asks for them: by several statuses, by a day or a month, the newest first."""

from typing import Any

from shared.testing import ref
from tests.service.intake.desk import CENTRE, GATE_CODE, SENDER, Desk, born
from tests.support.answered import ok


async def _days(desk: Desk, path: str, name: str, **asked: Any) -> list[str]:
    return [item[name] for item in (await desk.see(path, **asked))["items"]]


async def test_cases_by_several_statuses_by_month_and_newest_first(desk: Desk) -> None:
    for name, day in (("Sun One", "2026-09-30"), ("Sun Two", "2026-10-01"), ("Sun Three", "2026-10-31")):
        await desk.case(name, born(1985), effective_at=f"{day}T05:00:00Z")
    days = ["2026-09-30", "2026-10-01", "2026-10-31"]
    assert await _days(desk, "cases", "opened", status=["open", "closed"]) == days
    assert await _days(desk, "cases", "opened", status=["closed", "voided"]) == []
    assert await _days(desk, "cases", "opened", order="newest") == days[::-1]
    assert await _days(desk, "cases", "opened", opened_month="2026-10") == days[1:]
    assert await _days(desk, "cases", "opened", opened="2026-10-01", opened_month="2026-10") == days[1:2]
    assert await _days(desk, "cases", "opened", opened="2026-09-30", opened_month="2026-10") == []


async def test_handovers_by_the_month_of_their_plan_and_of_their_arrival(desk: Desk) -> None:
    for day in ("2026-11-30", "2026-12-01"):
        lines = [{"number": 1, "as_received": {"full_name": "Xốc Xa Rây"}}]
        body: dict[str, Any] = {"country": "VN", "gate": GATE_CODE, "planned_day": day, "host_ref": CENTRE}
        ok(await desk.do("handovers", SENDER, ref=ref(day), lines=lines, **body))
    assert await _days(desk, "handovers", "planned_day", planned_month="2026-12") == ["2026-12-01"]
    assert await _days(desk, "handovers", "planned_day", arrived_month="2026-12") == []


async def test_stays_consents_and_what_was_given_by_day_and_month(desk: Desk) -> None:
    case = await desk.case("Sun Chantha", born(1985))
    stay = await desk.stay(case)
    day = (await desk.see(f"stays/{stay}"))["day"]
    ok(await desk.do("consents/refuse", case_ref=case, purpose="STORE"))
    ok(await desk.do("provisions", lines=[{"ref": ref("meal"), "stay_ref": stay, "kind": "MEAL"}]))
    for path, status in (("stays", "admitted"), ("consents", "refused"), ("provisions", "given")):
        asked = {"status": [status, "voided"]}
        assert await _days(desk, path, "day", month=day[:7], **asked) == [day]
        assert await _days(desk, path, "day", day=day, **asked) == [day]
        assert await _days(desk, path, "day", month="2020-01", **asked) == []
