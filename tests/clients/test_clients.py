"""The API documents as a stranger's tools take them: linted without exceptions, and made into clients that work."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from shared.auth import Purpose, Role
from shared.testing import caller
from tests.clients.environments import HERE, node, python, run
from tests.support.operated import operated
from tests.support.signed import Signed, in_folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SERVICES = ("intake", "screening", "referrals", "grants")


@dataclass(frozen=True)
class Product:
    """The product at work, and the documents that it handed out, one file a service."""

    address: str
    documents: Path
    signed: Signed

    def token(self, sender: str) -> str:
        """An access token of somebody who announces lists."""
        said = caller(sender, Role.SENDING_AUTHORITY, f"{sender}-health", Purpose.REPATRIATION)
        return self.signed.shown(said).removeprefix("Bearer ")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("documents")
    desk = operated(tmp_path_factory.mktemp("data"))
    with desk.running() as address:
        for service in SERVICES:
            answer = httpx.get(f"{address}/{service}/openapi.json", timeout=60).raise_for_status()
            (folder / f"{service}.json").write_bytes(answer.content)
        yield Product(address, folder, in_folder(desk.folder, desk.port))


@pytest.mark.parametrize("service", SERVICES)
def test_the_linter_finds_nothing(product: Product, service: str) -> None:
    tools = node()
    lint = ["lint", "--extends", "recommended", "--format", "json", str(product.documents / f"{service}.json")]
    said = subprocess.run(
        [tools / "node_modules" / ".bin" / "redocly", *lint],
        cwd=tools,
        env=os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(said.stdout)
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, found["problems"][:5]


def test_a_python_client_does_the_work(product: Product, tmp_path: Path) -> None:
    interpreter = python()
    for service in SERVICES:
        run(
            *(interpreter.with_name("openapi-python-client"), "generate", "--fail-on-warning", "--meta", "none"),
            *("--config", HERE / "python" / "generator.yml", "--path", product.documents / f"{service}.json"),
            *("--output-path", tmp_path / f"{service}_client"),
        )
    shutil.copy(HERE / "python" / "story.py", tmp_path)
    run(interpreter, "story.py", product.address, product.token("long-an"), cwd=tmp_path)


def test_a_typescript_client_does_the_work(product: Product, tmp_path: Path) -> None:
    tools = node()
    commands = tools / "node_modules" / ".bin"
    (tmp_path / "node_modules").symlink_to(tools / "node_modules")
    for name in ("package.json", "tsconfig.json", "story.ts"):
        shutil.copy(HERE / "typescript" / name, tmp_path)
    for service in SERVICES:
        types = tmp_path / "generated" / f"{service}.ts"
        document = product.documents / f"{service}.json"
        # What has a default may be left out of a request.
        run(commands / "openapi-typescript", document, "--default-non-nullable=false", "--output", types, cwd=tmp_path)
    run(commands / "tsc", "--project", ".", cwd=tmp_path)
    run("node", "built/story.js", product.address, product.token("tay-ninh"), cwd=tmp_path)
