"""`homeward audit`: verified beside a witness, exported, and what becomes of it when a store is put back."""

import asyncio
import base64
import json
from pathlib import Path

import pytest

from services import SERVICES
from services.hosting.embedded import Embedded
from shared.audit.hashing import includes, leaf_hash
from shared.audit.notes import read
from shared.ids import random_ref
from shared.settings import Settings
from shared.testing import TickingClock
from tests.support.callers import invented
from tests.support.operated import Operated


def at_work(desk: Operated, witness: Path, times: int = 2) -> None:
    """Let the product that is at rest here number what waits, with a checkpoint for the witness each time."""
    asyncio.run(_at_work(Settings(data_dir=desk.folder, audit_witness=str(witness)), times))


async def _at_work(settings: Settings, times: int) -> None:
    clock = TickingClock()
    product = Embedded(settings, clock=clock, draw=random_ref, loops=False, identify=invented)
    async with product.lifespan():
        for _ in range(times):
            for running in product.running.values():
                await running.sequencer.step()
            clock.advance(minutes=1)


@pytest.fixture
def witness(desk: Operated, tmp_path: Path) -> Path:
    """A witness of the audits of this folder."""
    at_work(desk, tmp_path / "witness")
    return tmp_path / "witness"


def test_an_audit_is_whole_and_says_so(desk: Operated, witness: Path) -> None:
    ended = desk.process("audit", "verify", HOMEWARD_AUDIT_WITNESS=str(witness))
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.endswith("Whole.\n")
    told = desk.homeward("audit", "verify", "--json", "--witness", str(witness))
    assert {row["service"]: (row["trees"], row["findings"]) for row in told.answer} == dict.fromkeys(SERVICES, (1, []))
    assert all(row["checkpoints"] >= 1 for row in told.answer)


def test_without_a_witness_it_says_what_that_means(desk: Operated, witness: Path) -> None:
    ended = desk.homeward("audit", "verify")
    assert ended.status == 0
    assert "No witness: whoever can write a store" in ended.out


def test_what_is_not_whole_is_named_and_ends_with_one(desk: Operated, witness: Path) -> None:
    desk.sql("intake", "update audit set decision = 'not_found' where id = 2")
    ended = desk.homeward("audit", "verify", "--service", "intake", "--witness", str(witness))
    assert ended.status == 1
    assert "intake: first, entry 2 of tree 0: changed after it was written." in ended.out
    assert ended.out.endswith("NOT WHOLE.\n")
    assert desk.homeward("audit", "verify", "--service", "grants", "--witness", str(witness)).status == 0


def test_it_says_in_a_sentence_why_it_cannot_look(desk: Operated, witness: Path, tmp_path: Path) -> None:
    for words in (
        ("--witness", str(tmp_path / "nowhere")),
        ("--key", "nonsense"),
        ("--export", str(tmp_path / "nowhere")),
        ("--service", "nobody"),
    ):
        ended = desk.homeward("audit", "verify", *words)
        assert (ended.status, ended.out) == (2, ""), words
        assert ended.err.strip()


def test_public_keys_are_printed_and_only_they_are_trusted(desk: Operated, witness: Path) -> None:
    printed = desk.homeward("audit", "keys").out.splitlines()
    assert [line.split("/")[1] for line in printed] == list(SERVICES)
    given = ("audit", "verify", "--service", "intake", "--witness", str(witness), "--key")
    assert desk.homeward(*given, printed[0]).status == 0
    other = desk.homeward(*given, printed[1])
    assert (other.status, "a key that is not among those given" in other.out) == (1, True)


def test_an_export_is_verified_by_itself_and_a_change_of_it_is_named(
    desk: Operated, witness: Path, tmp_path: Path
) -> None:
    path = tmp_path / "intake.jsonl"
    assert desk.homeward("audit", "export", "--service", "intake", "--into", str(path)).status == 0
    assert desk.homeward("audit", "export", "--service", "intake", "--into", str(path)).status == 2
    events = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {one["resourceType"] for one in events} == {"AuditEvent"}
    assert "Nguyễn" not in path.read_text("utf-8")
    [key] = desk.homeward("audit", "keys", "--service", "intake").out.splitlines()
    given = ("audit", "verify", "--export", str(path), "--service", "intake", "--witness", str(witness), "--key", key)
    assert desk.homeward(*given).status == 0

    events[1]["outcomeDesc"] = "not_found"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in events), "utf-8")
    ended = desk.homeward(*given)
    assert (ended.status, "entry 1 of tree 0: changed" in ended.out) == (1, True)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in events[:1] + events[2:]), "utf-8")
    assert "entry 1 of tree 0: missing" in desk.homeward(*given).out


def test_a_store_that_was_put_back_begins_a_new_tree_and_the_interval_is_named(
    desk: Operated, witness: Path, tmp_path: Path
) -> None:
    before = (desk.folder / "intake.db").read_bytes()
    desk.sql(
        "intake",
        "insert into audit (at, staff_ref, organisation_ref, role, purpose, action, decision, subjects, classes, "
        "request_id) select at, staff_ref, organisation_ref, role, purpose, action, decision, subjects, classes, "
        "request_id from audit limit 3",
    )
    at_work(desk, witness)
    for left in desk.folder.glob("intake.db*"):
        left.unlink()
    (desk.folder / "intake.db").write_bytes(before)
    at_work(desk, witness)

    ended = desk.homeward("audit", "verify", "--service", "intake", "--witness", str(witness))
    assert ended.status == 3, ended.out
    assert "lost when the store was put back: entries" in ended.out
    [[first]] = desk.sql(
        "intake", "select subjects from audit join audit_leaf on audit_id = id where tree = 1 and number = 0"
    )
    assert "checkpoint/homeward.audit/intake/" in first


def test_one_entry_is_proven_by_itself_and_a_changed_one_is_not(desk: Operated, witness: Path) -> None:
    given = ("audit", "prove", "1", "--service", "intake")
    told = desk.homeward(*given).answer
    signed = read(told["checkpoint"])
    assert signed is not None
    path = [base64.b64decode(one) for one in told["path"]]
    assert includes(leaf_hash(told["entry"].encode()), told["number"], signed.size, path, signed.root)
    assert desk.homeward("audit", "prove", "9999", "--service", "intake").status == 2
    desk.sql("intake", "update audit set role = 'OPERATOR' where id = 1")
    desk.sql("intake", "update audit set role = 'OPERATOR' where id = 2")
    ended = desk.homeward(*given)
    assert (ended.status, "is not what checkpoint" in ended.err) == (2, True)
