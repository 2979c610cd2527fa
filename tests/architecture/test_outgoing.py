"""The product calls out from the places named here alone, and none of them takes an address from a caller."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, imported, modules, tree

CLIENTS = {
    "aiohttp", "ftplib", "http.client", "httpx", "httpx2", "opentelemetry.exporter", "requests", "smtplib", "socket",
    "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
OPENS = {"create_connection", "open_connection", "open_unix_connection", "urlopen"}
"""Calls of the standard library that open a connection."""

ALLOWED = {
    "shared/outgoing.py": "the one way to others' servers: issuer, witness and key service, as settings name them",
    "shared/observability/spans.py": "traces, to the collector that settings name",
    "shared/web/healthy.py": "a process of its own that asks the address of a health check in the compose file",
    "shared/testing.py": "the harness of tests, in process",
    "services/hosting/apart.py": "our own four processes, on our own ports",
    "services/hosting/passing.py": "the same: it passes requests on to them",
    "services/hosting/serving.py": "asks whether our own port is free",
    "services/operating/doing.py": "the product that runs on the same data folder, at the address that its lock names",
}


def calls_out(path: Path) -> bool:
    """Whether a module has a client of any network. Stores and brokers have their own, behind their ports."""
    names = imported(path)
    found = any(name == client or name.startswith(f"{client}.") for name in names for client in CLIENTS)
    return found or any(named(node) in OPENS for node in ast.walk(tree(path)))


def named(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def outgoing(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in modules(root, "services", "shared") if calls_out(path)}


def test_only_these_modules_call_out() -> None:
    assert outgoing(ROOT) == ALLOWED.keys()


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "from httpx import AsyncClient",
        "import urllib.request",
        "from urllib import request",
        "import requests",
        "import asyncio\nasyncio.open_connection('x', 1)",
        "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
        "def late():\n    import socket",
    ],
)
def test_a_new_one_is_seen(tmp_path: Path, source: str) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "services").mkdir()
    (tmp_path / "shared" / "new.py").write_text(source, "utf-8")
    (tmp_path / "shared" / "other.py").write_text("from urllib.parse import urlsplit\nimport ssl", "utf-8")
    assert outgoing(tmp_path) == {"shared/new.py"}


def test_only_the_issuer_the_witness_and_the_key_service_are_called_elsewhere() -> None:
    """Whoever adds another says here from where its address comes: never from what a caller sent."""
    ways = {"shared.outgoing.Outgoing", "shared.outgoing.Posting"}
    users = [path for path in modules(ROOT, "services", "shared") if ways & imported(path)]
    assert [str(path.relative_to(ROOT)) for path in users] == [
        "shared/audit/witness.py",  # the server that settings name, which takes checkpoints of the audit
        "shared/auth/issuer.py",
        "shared/sealing/at_hand.py",  # the key service that settings name
        "shared/sealing/transit.py",  # three paths of it
        "shared/sealing/vault_token.py",  # and a fourth, where one signs in
    ]
