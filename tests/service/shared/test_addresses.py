"""An address is told when somebody listens there, and never where nobody will."""

import socket
from collections.abc import Iterator

import pytest
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner

from deploy.local.ports import free_ports
from services import SERVICES
from services import __main__ as homeward
from services.hosting import serving
from shared.settings import Settings
from shared.web.limits import Limits

STARTUP_FAILURE = 3
"""With which uvicorn ends a process whose application did not start."""


class Starting:
    """An application that looks, while it starts, whether somebody listens at its port already."""

    def __init__(self, settings: Settings, *, fails: bool = False) -> None:
        self.settings, self.fails, self.listened = settings, fails, True
        self.limits = Limits(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (scope["type"], (await receive())["type"]) == ("lifespan", "lifespan.startup")
        self.listened = serving.taken(self.settings.host, self.settings.port)
        await send({"type": f"lifespan.startup.{'failed' if self.fails else 'complete'}"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture
def settings() -> Settings:
    return Settings.model_validate({"port": free_ports(1, together=1 + len(SERVICES))[0]})


@pytest.fixture
def holder(settings: Settings) -> Iterator[socket.socket]:
    with socket.create_server((settings.host, settings.port)) as held:
        yield held


def started(app: Starting) -> tuple[serving.Server, list[bool]]:
    """A server that stops as soon as it listens, and what was said then: whether somebody listened."""
    server, said = serving.server(app, app.settings), list[bool]()

    def listening() -> None:
        said.append(serving.taken(app.settings.host, app.settings.port))
        server.should_exit = True

    server.listening = listening
    return server, said


def test_it_is_said_once_somebody_listens(settings: Settings) -> None:
    app = Starting(settings)
    server, said = started(app)
    server.run()
    assert (app.listened, said) == (False, [True])


def test_nothing_is_said_where_the_start_fails(settings: Settings) -> None:
    server, said = started(Starting(settings, fails=True))
    with pytest.raises(SystemExit):
        server.run()
    assert (server.started, said) == (False, [])


def test_nothing_is_said_where_somebody_else_took_the_port_meanwhile(settings: Settings, holder: socket.socket) -> None:
    server, said = started(Starting(settings))
    with pytest.raises(SystemExit):
        server.run()
    assert said == []


@pytest.mark.parametrize("words", [["run"], ["up"], ["up", "intake"]])
@pytest.mark.parametrize("fails", [True, False])
def test_addresses_stand_behind_the_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, words: list[str], fails: bool
) -> None:
    """Of `run` and both forms of `up`: nothing where the start fails, all of them where it does not."""
    server, said = started(Starting(settings, fails=fails))
    monkeypatch.setattr(homeward, "read_settings", lambda **_: settings)
    monkeypatch.setattr(homeward, "_must_be_ours", lambda _: None)
    monkeypatch.setattr(homeward, "_embedded", lambda _: server)
    monkeypatch.setattr(homeward, "_apart", lambda *_: server)
    stop, told = server.listening, homeward._addresses
    assert stop is not None
    monkeypatch.setattr(homeward, "_addresses", lambda *given: (stop(), told(*given)))
    result = CliRunner().invoke(homeward.app, words)
    shown = [line for line in result.output.splitlines() if "/docs" in line]
    assert (result.exit_code, len(shown)) == ((STARTUP_FAILURE, 0) if fails else (0, 1 if "intake" in words else 4))
    assert said == ([] if fails else [True])


@pytest.mark.parametrize("words", [["run"], ["up"], ["up", "intake"]])
def test_a_port_that_is_taken_is_named_and_no_address(
    settings: Settings, holder: socket.socket, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(homeward, "read_settings", lambda **_: settings)
    result = CliRunner().invoke(homeward.app, words)
    assert result.exit_code == 2
    assert f"Port {settings.port} is taken" in result.output.replace("\n", " ")
    assert "/docs" not in result.output


@pytest.mark.parametrize(("security", "told"), [("SASL_PLAINTEXT", 1), ("SASL_SSL", 0)])
def test_a_start_says_which_connection_leaves_the_machine_in_clear(
    settings: Settings, capfd: pytest.CaptureFixture[str], security: str, told: int
) -> None:
    given = {"kafka_brokers": "kafka.invalid:9092", "kafka_security": security}
    serving.server(Starting(settings), settings.model_copy(update=given))
    assert capfd.readouterr().err.count("Apache Kafka is on another machine and is spoken to without TLS") == told
