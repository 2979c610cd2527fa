"""Digests under a key in the stores are of whole requests and of records: nobody finds a person by one field.

A blind index of a surname or a birth day alone is read by counting: most names are shared by thousands. So every column
that may hold a keyed digest stands here, with what goes into it, and so does every place that computes one.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services import SERVICES
from tests.architecture.source import ROOT, modules, tree

NAMED = re.compile(r"digest|hash|created_as|blind|fingerprint|search|soundex|trigram|(^|_)(key|mac|index)($|_)")
COLUMNS = {
    "created_as": "a whole creating command but its ref, with the command's name and the thing it belongs to",
    "idempotency.key": "an Idempotency-Key, which the caller drew",
    "idempotency.digest": "a whole body, and the refs in its path",
    "heard.digest": "a whole fact of another service, with its headers",
    "superseded.digest": "the same",
    "arriving.digest": "the same",
    "conflict.digest": "the same",
    "proof.digest": "the id of a proof of a token's key, with that key's thumbprint",
    "audit_leaf.hash": "a whole entry of the audit",
    "audit_node.hash": "two hashes of the audit's tree",
    "audit_tree.public_key": "no digest: a public key",
}
CREATES = {
    "intake": {
        "access_request", "c4_reading", "case_file", "consent", "erasure", "glass", "handover", "household", "line",
        "person", "provision", "service_request", "stay",
    },
    "screening": {"answer", "best_interests", "determination", "interview", "official_finding"},
    "referrals": {
        "delivery", "followup", "goal", "group_meeting", "membership", "organisation", "peer_group", "plan", "proposal",
        "service_referral", "staff", "steward",
    },
    "grants": {"application", "business", "business_visit", "instalment", "programme"},
}  # fmt: skip
"""The tables with `created_as`."""
PLACES = {
    "shared/bus/bodies.py": "whole bodies that wait: the digest of a fact with its headers; and two keys",
    "shared/ids.py": "`derived_ref`, of refs, kinds of work and numbers: see DERIVED",
    "shared/reading/cursors.py": "a key for cursors",
    "shared/sealing/keyfile.py": "the id of a master key",
    "shared/sealing/ring.py": "a service's first secret",
    "shared/sealing/standing.py": "the check value of a service's secret",
    "shared/sealing/transit.py": "compares a digest of a place",
    "shared/writing/again.py": "whole commands, whole bodies, and Idempotency-Keys",
    "services/issuing/codes.py": "compares codes of the development issuer",
    "services/operating/door.py": "compares the key of the operators' door",
}
"""Every module that has to do with `hmac`."""
DERIVED = {
    "services/grants/applications/handlers.py": {"'business', ref", "'instalment', ref, str(part.number)"},
    "services/intake/handovers/handlers.py": {"secret, handover_ref, 'line', str(line.number)"},
    "services/referrals/followups/handlers.py": {"case_ref, 'scheduled_visit', str(number)", "ref, 'home_trace'"},
    "services/referrals/reactions.py": {"event.cause, 'open_plan'"},
    "services/referrals/staff/handlers.py": {"reading.kept.secret, 'staff', house, staff"},
    "services/screening/reactions.py": {
        "event.cause, 'open_interview'",
        "event.cause, 'ask_for_a_receiver'",
        "event.cause, 'ask_for_a_panel'",
    },
    "shared/journey/attention.py": {"secret, 'attention', todo.cause, todo.reaction"},
    "shared/web/requests.py": {"self.kept.secret, 'created', self.asked.operation, self.asked.key"},
    "shared/writing/unit.py": {"self.kept.secret, *parts"},
    "shared/writing/unknown.py": {"self._kept.secret, 'address', address"},
}
"""The parts of every ref that is derived under the service's secret: refs, kinds of work and numbers of an order."""


def columns() -> Iterator[tuple[str, str, str]]:
    """Of each service: table and column of whatever may be a digest, by its name."""
    for service in SERVICES:
        metadata = importlib.import_module(f"services.{service}.app").SERVICE.ledger.stream.metadata
        for table in metadata.sorted_tables:
            yield from ((service, table.name, column.name) for column in table.columns if NAMED.search(column.name))


def test_every_column_that_may_hold_a_digest_is_listed_with_what_goes_into_it() -> None:
    found = list(columns())
    created = {name: {table for service, table, column in found if (service, column) == (name, "created_as")}
               for name in SERVICES}  # fmt: skip
    assert created == CREATES
    others = {f"{table}.{column}" for _, table, column in found if column != "created_as"}
    assert others == COLUMNS.keys() - {"created_as"}


def calling(root: Path, *names: str) -> set[str]:
    """The modules that call one of these functions."""
    return {
        str(path.relative_to(root))
        for path in modules(root, "services", "shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names
    }


def derived(root: Path) -> dict[str, set[str]]:
    """By module: the parts of what it derives."""
    found: dict[str, set[str]] = {}
    for path in modules(root, "services", "shared"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("derive", "derived_ref"):
                parts = ", ".join(map(ast.unparse, node.args))
                found.setdefault(str(path.relative_to(root)), set()).add(parts)
    return found


def with_hmac(root: Path) -> set[str]:
    return {
        str(path.relative_to(root))
        for path in modules(root, "services", "shared")
        if any(
            (isinstance(node, ast.Import) and any(name.name == "hmac" for name in node.names))
            or (isinstance(node, ast.ImportFrom) and node.module == "hmac")
            or (isinstance(node, ast.ImportFrom) and any(name.name in ("HMAC", "CMAC") for name in node.names))
            for node in ast.walk(tree(path))
        )
    }


def test_every_place_that_computes_a_keyed_digest_is_listed() -> None:
    assert with_hmac(ROOT) == PLACES.keys()
    assert derived(ROOT) == DERIVED
    assert calling(ROOT, "content_of", "digest_of", "key_digest") == {
        "shared/writing/unit.py",  # `known`: a creating command
        "shared/writing/work.py",  # the store of idempotency keys
        "services/operating/backing_up.py",  # its own `digest_of`: a file of a backup
    }


@pytest.mark.parametrize(
    "source", ["import hmac", "from hmac import digest", "from cryptography.hazmat.primitives.hmac import HMAC"]
)
def test_a_new_place_is_seen(tmp_path: Path, source: str) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "services").mkdir()
    (tmp_path / "shared" / "new.py").write_text(f"{source}\nderived_ref(b'', 'name')", "utf-8")
    assert with_hmac(tmp_path) == calling(tmp_path, "derived_ref") == derived(tmp_path).keys() == {"shared/new.py"}
