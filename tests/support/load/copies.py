"""Copies of the stores of a load, and of its log, taken and put back while nothing runs."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local import postgres
from tests.support.load.ground import Ground


@dataclass(frozen=True)
class Copies:
    """What a disk had at some moment. Only the embedded log is a file; brokers have no copies."""

    ground: Ground
    name: str = "copy"

    def take(self, *names: str) -> None:
        """Copy these stores; `bus` is the embedded log."""
        for name in names:
            self._copy(name, f"{name}_{self.name}")

    def put_back(self, *names: str) -> None:
        """Let these stores be as they were."""
        for name in names:
            self._copy(f"{name}_{self.name}", name)

    def _copy(self, what: str, where: str) -> None:
        if self.ground.kind == "embedded":
            self._copy_files(what, where)
            return
        server, prefix = self.ground.settings.database_url.get_secret_value().rsplit("/", 1)
        what, where = (prefix.replace("{service}", name) for name in (what, where))
        postgres.psql(server, [f"DROP DATABASE IF EXISTS {where}", f"CREATE DATABASE {where} TEMPLATE {what}"])

    def _copy_files(self, what: str, where: str) -> None:
        folder: Path = self.ground.folder
        for ending in (".db", ".db-wal", ".db-shm"):
            (folder / f"{where}{ending}").unlink(missing_ok=True)
            if (folder / f"{what}{ending}").exists():
                shutil.copy2(folder / f"{what}{ending}", folder / f"{where}{ending}")
