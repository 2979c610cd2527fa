"""What is said before anything starts: files are for one process, and a service must have its stores."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from starlette.types import Message
from typer.testing import CliRunner

from services.__main__ import app
from services.hosting.alone import alone, refuse_files
from services.hosting.apart import Apart
from shared.hosting import NotStarted, live
from shared.settings import Settings
from shared.storage.revisions import UnknownRevision

BOTH = {"database_url": "postgresql://x@127.0.0.1:1/{service}", "kafka_brokers": "127.0.0.1:1"}


@pytest.mark.parametrize("missing", sorted(BOTH))
def test_a_process_of_its_own_takes_no_files(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in BOTH.items() if name != missing}
    settings = Settings.model_validate({"data_dir": tmp_path / "data", **given})
    for start in (lambda: alone(settings, "intake"), lambda: Apart(settings)):
        with pytest.raises(NotStarted, match=r"HOMEWARD_DATABASE_URL .* HOMEWARD_KAFKA_BROKERS"):
            start()
    assert not (tmp_path / "data").exists()


def test_servers_are_taken() -> None:
    refuse_files(Settings.model_validate(BOTH))


@pytest.mark.parametrize(("words", "said"), [(["nursery"], "There is no service nursery"), ([], "HOMEWARD_KAFKA")])
def test_up_says_what_it_needs(words: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["up", *words, "--port", "0"])
    assert result.exit_code == 2
    assert said in result.output


class Old(AbstractAsyncContextManager[None]):
    """A product over a store that was not brought up."""

    async def __aenter__(self) -> None:
        raise UnknownRevision("run `homeward migrate` first")

    async def __aexit__(self, *_: object) -> None: ...


async def test_a_start_that_fails_says_why() -> None:
    """Not with a stack trace: what an operator can do stands in the message."""

    said: list[Message] = []

    async def asked() -> Message:
        return {"type": "lifespan.startup"}

    async def told(message: Message) -> None:
        said.append(message)

    await live(Old, asked, told)
    assert said == [{"type": "lifespan.startup.failed", "message": "run `homeward migrate` first"}]
