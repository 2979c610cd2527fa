"""What was restored goes on: in a new generation, by a normal start alone, and exact."""

import asyncio
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.settings import Settings
from shared.testing import ref
from tests.service.operating.test_backup import restored, taken
from tests.support.living import living
from tests.support.operated import Operated
from tests.support.sealed_files import OURS, identity


def lives(folder: Path, *names: str, told: int) -> None:
    """Start the product, announce these, and let it become exact; how many hand-overs all know in the end."""

    async def day() -> None:
        async with living(Settings(data_dir=folder)) as product:
            await product.exact()
            for name in names:
                answer = await product.announce(name)
                assert answer.is_success, answer.text
            await product.exact()
            verdict = await product.verdict()
            assert verdict.told["intake"] == told
            assert {verdict.applied["intake", hearer] for hearer in ("screening", "referrals", "grants")} == {told}

    asyncio.run(day())


def lost(ended: Any) -> dict[str, Sequence[str]]:
    """What a restore names, by stream."""
    assert ended.status == 0, ended.err
    return {fact["subject"]: fact["known_to"] for fact in ended.answer["lost"]}


def moved_aside(folder: Path, *names: str) -> None:
    for name in names:
        for path in folder.glob(f"{name}.db*"):
            path.rename(folder.parent / f"aside-{path.name}")


def test_one_older_store_goes_on_beside_the_others(desk: Operated) -> None:
    file = taken(desk)
    lives(desk.folder, "later", "last", told=5)
    words = ("restore", str(file), "--identity", str(identity(desk.folder.parent, OURS)), "--service", "intake")
    ended = desk.homeward(*words)
    assert (ended.status, "intake.db is still there" in ended.err) == (2, True), ended.err
    moved_aside(desk.folder, "intake")
    known = ["bus", "grants", "referrals", "screening"]
    ended = desk.homeward(*words, "--json")
    assert lost(ended) == {f"handover/{ref(name)}": known for name in ("later", "last")}
    assert set(ended.answer["generations"]) == {"intake"}
    # The place of the last one is given once more, and what was lost is put aside.
    lives(desk.folder, "anew", "last", told=5)
    aside = desk.sql("grants", "select count(*) from superseded where source = 'intake'")
    assert aside == [(5,)]


def records(folder: Path) -> int:
    """How many records stand in the log."""
    with sqlite3.connect(folder / "bus.db") as log:
        [[found]] = log.execute("select count(*) from log").fetchall()
    log.close()
    return int(found)


def newest_log(folder: Path, into: Path) -> None:
    """The log that lived on, in place of the one that was restored."""
    for path in into.glob("bus.db*"):
        path.unlink()
    shutil.copy(folder / "bus.db", into / "bus.db")


def test_all_stores_go_on_whatever_became_of_the_log(desk: Operated) -> None:
    file = taken(desk)
    lives(desk.folder, "later", told=4)
    for log in ("restored", "lived on", "lost"):
        new = desk.folder.parent / log
        assert lost(restored(desk, file, "--json", into=log)) == {}
        if log == "lived on":
            newest_log(desk.folder, new)
        elif log == "lost":
            (new / "bus.db").unlink()
        lives(new, "anew", told=4)
    before = records(new)
    lives(new, "more", told=5)
    assert records(new) == before + 1, "told all of it again"


def test_the_same_backup_is_restored_twice_while_the_log_lives_on(desk: Operated) -> None:
    """The second one must not speak as the first one did, of which only the log knows."""
    file = taken(desk)
    for number, tag in enumerate(("f" * 16, "0" * 16)):
        into = desk.folder.parent / f"new {number}"
        assert restored(desk, file, into=into.name).status == 0
        # By chance the tag of the second is the lower one, with which it would be passed over as an older one.
        for name in ("intake", "screening", "referrals", "grants"):
            with sqlite3.connect(into / f"{name}.db") as store:
                store.execute("update generation set tag = ?", (tag,))
                store.execute("update peer set newest = '1.' || ?", (tag,))
            store.close()
        if number:
            newest_log(desk.folder.parent / "new 0", into)
        lives(into, f"after {number}", told=4)
        if number:
            lives(into, "and more", told=5)
    ordinals = {}
    for name in ("intake", "grants"):
        with sqlite3.connect(desk.folder.parent / "new 1" / f"{name}.db") as store:
            [[ordinals[name]]] = store.execute("select max(ordinal) from generation").fetchall()
        store.close()
    assert ordinals == {"intake": 2, "grants": 2}


def test_what_contradicts_itself_is_said(desk: Operated) -> None:
    file, who = taken(desk), identity(desk.folder.parent, OURS)
    for words, said in (
        ((), "needs its master key"),
        (("--service", "intake", "--check"), "are not checked alone"),
        (("--service", "nobody"), "There is no service nobody"),
    ):
        ended = desk.homeward("restore", str(file), "--identity", str(who), *words)
        assert (ended.status, said in ended.err) == (2, True), ended.err
