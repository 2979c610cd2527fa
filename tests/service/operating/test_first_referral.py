"""The page for a new partner agency, typed block by block as it stands, against a running product."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.hosting.embedded import Embedded
from shared.auth import Role
from shared.ids import pseudonym
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, caller, harness_of, ref
from tests.service.intake.desk import TOLD, born
from tests.support.answered import ok
from tests.support.callers import invented
from tests.support.operated import ROOT, operated
from tests.support.parts import without

pytestmark = pytest.mark.slow

WORKER = caller("sok-worker", Role.CASEWORKER)
HEAD = caller("head", Role.SUPERVISOR)
SCHOOL = pseudonym("organisation", "bavet-school")
REQUEST, CASE, HOME = ref("a place in school"), ref("case"), "Phum Thmei"
IDENTITY: dict[str, Any] = {
    "names": [{"full_name": "Ly Dara", "script": "LATIN", "order": "FAMILY_FIRST"}],
    "births": [born(2013, 5, 2)],
    "phones": [{"number": "+85512345678", "owner": "FAMILY", "safe_to_call": True}],
    "home": {"country": "KH", "name_as_written": HOME},
}
CONSENT: dict[str, Any] = {
    "case_ref": CASE,
    "purpose": "SHARE",
    "organisation_ref": SCHOOL,
    "giver": "CAREGIVER",
    "giver_ref": ref("mother"),
    "assent": "ASSENT",
    "informed": TOLD,
    "signature": "THUMBPRINT",
}
REFERRAL = {
    "ref": REQUEST,
    "case_ref": CASE,
    "service": "EDU-ENROL",
    "organisation_ref": SCHOOL,
    "note": "Grade three.",
}
LISTED = {"ref": SCHOOL, "kind": "SCHOOL", "name": "Bavet school", "services": [{"service": "EDU-ENROL"}]}
DONE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (HEAD, "referrals/v1/organisations", LISTED),
    (WORKER, "intake/v1/persons", {"ref": ref("Dara"), "sex": "MALE", "identity": IDENTITY}),
    (WORKER, "intake/v1/cases", {"ref": CASE, "person_ref": ref("Dara"), "country": "VN"}),
    (WORKER, "intake/v1/consents/grant", CONSENT),
    (WORKER, "referrals/v1/service-referrals", REFERRAL),
)


async def _sent(folder: Path) -> None:
    """A child's case, a consent to share with the school, and a request that was sent there."""
    clock, draw = TickingClock(datetime.now(UTC)), CountedIds("first-referral")
    settings = Settings(data_dir=folder)
    product = Embedded(settings, clock=clock, draw=draw, loops=False, identify=invented)
    async with product.lifespan():
        world: Harness = harness_of(product.apps.values(), product, product.bus, clock, draw)
        for who, path, body in DONE:
            ok(await world.post(f"/{path}", who, body))
        ok(await world.post(f"/referrals/v1/service-referrals/{REQUEST}/send", WORKER, version=1))


def _typed(address: str, data: Path, folder: Path) -> list[str]:
    """What each block of the page prints, all of them typed into one shell."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "first-referral.md").read_text("utf-8"), re.DOTALL)
    script = "\necho\necho =====\n".join(blocks).replace("http://127.0.0.1:8470", address)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=clean | {"PATH": path, "HOMEWARD_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [said.strip() for said in done.stdout.split("=====")]


def test_the_page_leads_from_a_key_to_the_end_of_a_referral(tmp_path: Path) -> None:
    if shutil.which("curl") is None or shutil.which("openssl") is None:
        without("curl and openssl: install them")
    desk, folder = operated(tmp_path / "data"), tmp_path / "desk"
    folder.mkdir()
    asyncio.run(_sent(desk.folder))
    with desk.running() as address:
        _, client, _, listed, outline, before, accepted, told, given, ended = _typed(address, desk.folder, folder)
    assert "bavet-school-desk may sign in" in client
    (item,) = json.loads(listed)["items"]
    assert (item["ref"], item["status"], item["note"]) == (REQUEST, "sent", None)
    asked = json.loads(outline)
    assert (asked["service_referral_ref"], asked["sex"], "names" in asked) == (REQUEST, "MALE", False)
    assert before == "404"
    assert json.loads(accepted)["status"] == "accepted"
    said = json.loads(told)
    assert (said["names"][0]["full_name"], said["village"]["name_as_written"]) == ("Ly Dara", HOME)
    assert (said["sex"], said["birth_year"], said["guardian_phone"]) == ("MALE", 2013, "+85512345678")
    assert json.loads(given)["status"] == "in_delivery"
    status, after = ended.rsplit("}", 1)
    assert (json.loads(status + "}")["status"], after) == ("completed", "404")
