"""A strict key service: the part of Vault's transit engine that we use, and a refusal of everything else.

It checks path, method, token, headers, JSON fields and base64, and notes what it was asked. A token opens the keys that
it is good for, and no other; a derived key mixes the context in, as Vault does.
"""

import base64
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FIELDS = {
    "encrypt": {"plaintext", "context"},
    "decrypt": {"ciphertext", "context"},
    "rewrap": {"ciphertext", "context"},
}


class Refusal(Exception):
    """The status of an answer that says no."""


@dataclass
class StrictVault:
    """Keys with their versions, tokens with the keys they are good for, AppRoles with the token they give."""

    address: str = ""
    keys: dict[str, list[bytes]] = field(default_factory=dict)
    tokens: dict[str, set[str]] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    fault: tuple[int, bytes] | None = None

    def make(self, key: str, token: str) -> None:
        """A key, and a token that is good for it alone."""
        self.keys[key] = [secrets.token_bytes(32)]
        self.tokens[token] = {key}

    def rotate(self, key: str) -> None:
        """A next version, as its operators make it."""
        self.keys[key].append(secrets.token_bytes(32))

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """What Vault would say."""
        if self.fault is not None:
            return self.fault
        try:
            if method != "POST" or headers.get("x-vault-request") != "true":
                raise Refusal(405)
            said = _json(body)
            if path == "/v1/auth/approle/login":
                return self._login(said)
            return self._transit(path, headers.get("x-vault-token", ""), said)
        except Refusal as refusal:
            return int(refusal.args[0]), b'{"errors":["permission denied"]}'

    def _login(self, said: dict[str, Any]) -> tuple[int, bytes]:
        if set(said) != {"role_id", "secret_id"}:
            raise Refusal(400)
        token = self.roles.get((said["role_id"], said["secret_id"]))
        if token is None:
            raise Refusal(400)
        self.asked.append(("login", 1))
        return 200, json.dumps({"auth": {"client_token": token, "lease_duration": 60}}).encode()

    def _transit(self, path: str, token: str, said: dict[str, Any]) -> tuple[int, bytes]:
        empty, version, mount, what, name = path.split("/") if path.count("/") == 4 else ("", "", "", "", "")
        if (empty, version, mount) != ("", "v1", "transit") or what not in FIELDS:
            raise Refusal(404)
        if name not in self.keys or name not in self.tokens.get(token, set()):
            raise Refusal(403)
        items = said.get("batch_input")
        if set(said) != {"batch_input"} or not isinstance(items, list) or not items:
            raise Refusal(400)
        self.asked.append((what, len(items)))
        results = [self._one(what, name, item) for item in items]
        status = 400 if any("error" in one for one in results) else 200
        return status, json.dumps({"data": {"batch_results": results}}).encode()

    def _one(self, what: str, name: str, item: Any) -> dict[str, Any]:
        if not isinstance(item, dict) or set(item) != FIELDS[what]:
            raise Refusal(400)
        context = _bytes(item["context"])
        if not context:
            return {"error": "missing 'context' for key derivation"}
        if what == "encrypt":
            return self._encrypted(name, context, _bytes(item["plaintext"]))
        try:
            clear = self._decrypted(name, context, str(item["ciphertext"]))
        except (InvalidTag, ValueError, IndexError):
            return {"error": "invalid ciphertext: unable to decrypt"}
        if what == "rewrap":
            return self._encrypted(name, context, clear)
        return {"plaintext": base64.b64encode(clear).decode()}

    def _encrypted(self, name: str, context: bytes, clear: bytes) -> dict[str, Any]:
        nonce, newest = secrets.token_bytes(12), len(self.keys[name])
        sealed = nonce + _derived(self.keys[name][-1], context).encrypt(nonce, clear, None)
        return {"ciphertext": f"vault:v{newest}:{base64.b64encode(sealed).decode()}", "key_version": newest}

    def _decrypted(self, name: str, context: bytes, text: str) -> bytes:
        mark, version, content = text.split(":")
        if mark != "vault" or not version.startswith("v") or int(version[1:]) < 1:
            raise ValueError
        sealed = base64.b64decode(content, validate=True)
        return _derived(self.keys[name][int(version[1:]) - 1], context).decrypt(sealed[:12], sealed[12:], None)


def _derived(key: bytes, context: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, None, context).derive(key))


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Refusal(400) from None


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        raise Refusal(400) from None
    if not isinstance(said, dict):
        raise Refusal(400)
    return said


@contextmanager
def serving(vault: StrictVault, certificate: Path | None = None) -> Iterator[StrictVault]:
    """Answer on loopback, by TLS where there is a certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = vault.answer("POST", self.path, headers, body)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that does not trust us hangs up."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    host = (
        f"http://127.0.0.1:{server.server_port}" if certificate is None else f"https://localhost:{server.server_port}"
    )
    vault.address = host
    try:
        yield vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def secret_file(path: Path, content: str) -> Path:
    """A credential in a file that its owner alone may read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{content}\n", "utf-8")
    return path
