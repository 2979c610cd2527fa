"""A small world on either kind of store, whose keys and stores can be taken away and put back."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from services import SERVICES
from services.hosting.embedded import Embedded
from shared import stores
from shared.auth import Role
from shared.sealing.at_hand import key_file
from shared.sealing.keyfile import NoKeys
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.probation import PROBATION
from shared.settings import Settings
from shared.storage.once import with_connection
from shared.storage.presence import StoreMissing
from shared.testing import CountedIds, Harness, TickingClock, caller, harness_of, ref
from tests.support.callers import invented

_PRODUCTS, _COPIES = itertools.count(), itertools.count()
OFFICER = caller("sok", Role.INTAKE_OFFICER)
PERSONS = "/intake/v1/persons"
NAME = "Sok Dara"


def person(name: str) -> dict[str, object]:
    """A command that registers a person, whose name is sealed."""
    return {"ref": ref(name), "sex": "FEMALE", "identity": {"names": [{"full_name": NAME, "script": "LATIN"}]}}


def grow_older(keys: WrappedKeyStore, seconds: float = PROBATION + 1) -> None:
    """Let that much time pass for whoever counts the probations of keys."""
    clock = keys.probations.clock
    keys.probations.clock = lambda: clock() + seconds


@dataclass(frozen=True)
class World:
    """Where it lies."""

    settings: Settings

    @property
    def key_file(self) -> Path:
        return key_file(self.settings)

    def product(self) -> tuple[Embedded, Harness]:
        """The product, not started, and a hand on it. Raises what refuses to start."""
        clock, draw = TickingClock(), CountedIds(f"keys-{next(_PRODUCTS)}")
        product = Embedded(self.settings, clock=clock, draw=draw, loops=False, identify=invented)
        return product, harness_of(product.apps.values(), product, product.bus, clock, draw)

    async def live(self, *names: str, settled: bool = False) -> None:
        """Register people; `settled` ends the probation of their keys."""
        await asyncio.to_thread(stores.migrate, self.settings, SERVICES)
        product, world = self.product()
        async with product.lifespan():
            for name in names:
                answer = await world.post(PERSONS, OFFICER, person(name), key=ref(f"key {name}"))
                assert answer.status_code == 201, answer.text
            if settled:
                spare_keys = product.running["intake"].spare_keys
                await spare_keys.step()
                grow_older(product.key_store)
                assert await spare_keys.step()

    async def refusal(self, name: str = "dara", *, migrated: bool = True) -> str:
        """Why nothing starts; an empty text where all does and the person's name can be read."""
        try:
            if migrated:
                await asyncio.to_thread(stores.migrate, self.settings, SERVICES)
            product, world = self.product()
            async with product.lifespan():
                answer = await world.get(f"{PERSONS}/{ref(name)}", OFFICER)
                assert answer.json()["identity"]["names"][0]["full_name"] == NAME
        except (NoKeys, StoreMissing) as why:
            return str(why)
        return ""

    def sql(self, name: str, *statements: str) -> list[object]:
        """Do to a store, or to `keys`, what the product never would; the first column of what the last answers."""

        def work(connection: object) -> list[object]:
            done = [connection.execute(text(statement)) for statement in statements]  # type: ignore[attr-defined]
            return list(done[-1].scalars()) if done[-1].returns_rows else []

        return with_connection(stores.url_for(self.settings, name), work)

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Take a store, or `keys`, away, and put it back in place of what was made meanwhile."""
        if stores.on_postgres(self.settings):
            self.sql(name, "ALTER SCHEMA public RENAME TO taken", "CREATE SCHEMA public")
            yield
            self.sql(name, "DROP SCHEMA public CASCADE", "ALTER SCHEMA taken RENAME TO public")
            return
        path = Path(self.settings.data_dir) / f"{name}.db"
        with self.moved(path):
            yield

    def copied(self, name: str) -> str:
        """Make a copy of a store, or of `keys`, as it is now; how the copy is called."""
        copy = f"copy_{next(_COPIES)}"
        if stores.on_postgres(self.settings):
            tables = self._tables(name)
            made = (f"CREATE TABLE {copy}.{table} AS TABLE public.{table}" for table in tables)
            self.sql(name, f"CREATE SCHEMA {copy}", *made)
        else:
            path = Path(self.settings.data_dir) / f"{name}.db"
            shutil.copy(path, path.with_name(f"{name}.{copy}"))
        return copy

    def put_back(self, name: str, copy: str) -> None:
        """Put a copy in the place of a store, or of `keys`."""
        if stores.on_postgres(self.settings):
            for table in self._tables(name):
                self.sql(name, f"TRUNCATE public.{table}", f"INSERT INTO public.{table} SELECT * FROM {copy}.{table}")
        else:
            path = Path(self.settings.data_dir) / f"{name}.db"
            shutil.copy(path.with_name(f"{name}.{copy}"), path)

    def _tables(self, name: str) -> list[object]:
        return self.sql(name, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    @contextmanager
    def moved(self, path: Path) -> Iterator[None]:
        """Take a file away, and put it back."""
        taken = path.with_name(f"{path.name}.taken")
        shutil.move(path, taken)
        yield
        shutil.move(taken, path)

    @contextmanager
    def other_key_file(self, content: bytes, mode: int = 0o600) -> Iterator[None]:
        """Another key file in the place of ours."""
        with self.moved(self.key_file):
            self.key_file.touch(mode=0o600)
            self.key_file.write_bytes(content)
            self.key_file.chmod(mode)
            yield
            self.key_file.unlink()

    def from_before(self) -> None:
        """Take away what older versions did not note."""
        self.sql("keys", "DROP TABLE in_force", "DROP TABLE secret")
        for name in SERVICES:
            self.sql(name, "DELETE FROM counter WHERE name = 'key_check'")


def world_in(folder: Path, url: str = "") -> World:
    """A world in this folder, or in these databases with its key file in this folder."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return World(Settings.model_validate({"data_dir": folder, "database_url": url, "database_pool": 2}))
