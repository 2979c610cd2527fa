"""Service processes as production runs them, several of each, and a client that meets whichever answers.

The client is what a load balancer and a patient caller are together: the next replica in turn, and again with the same
Idempotency-Key when nobody answers in time, since nobody can tell whether the first one did it.
"""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from deploy.local.ports import free_ports
from services import SERVICES

HOMEWARD = str(Path(sys.executable).with_name("homeward"))
PATIENCE = 120.0
TRIES = 200


def bare(environment: Mapping[str, str]) -> dict[str, str]:
    """These settings and no others of ours."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    return others | dict(environment)


class Replicas:
    """So many processes of each service, on ports of their own. Used as a context; ends all that it started."""

    def __init__(self, environment: Mapping[str, str], each: int, services: Sequence[str] = SERVICES) -> None:
        self.environment = bare(environment)
        ports = iter(free_ports(each * len(services)))
        self.ports = {(service, number): next(ports) for service in services for number in range(each)}
        self.processes: dict[tuple[str, int], subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Replicas":
        subprocess.run([HOMEWARD, "migrate"], env=self.environment, check=True, stdout=subprocess.DEVNULL)
        for service, number in self.ports:
            self.start(service, number)
        for service, number in self.ports:
            self.wait_for(service, number)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()

    def start(self, service: str, number: int) -> None:
        """Start one replica, or another life of it."""
        if (service, number) in self.processes:
            self.processes[service, number].wait()
        command = [HOMEWARD, "up", service, "--port", str(self.ports[service, number])]
        self.processes[service, number] = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def wait_for(self, service: str, number: int) -> None:
        """Return when it answers."""
        until = time.monotonic() + PATIENCE
        with httpx.Client(base_url=self.address(service, number), timeout=5) as client:
            while time.monotonic() < until:
                assert self.processes[service, number].poll() is None, f"{service} {number} ended"
                try:
                    if client.get(f"/{service}/health/ready").is_success:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise AssertionError(f"{service} {number} does not answer")

    def address(self, service: str, number: int) -> str:
        """Where a replica listens."""
        return f"http://127.0.0.1:{self.ports[service, number]}"

    def send(self, service: str, number: int, what: signal.Signals) -> None:
        """SIGKILL, SIGSTOP, SIGCONT or SIGTERM to one replica."""
        self.processes[service, number].send_signal(what)

    def stop(self) -> float:
        """Ask all to end, at once; the seconds that the slowest took."""
        begun = time.monotonic()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(60)
        return time.monotonic() - begun


class Balanced(httpx.AsyncBaseTransport):
    """Sends each request to the replicas of its service in turn, until one answers."""

    def __init__(self, replicas: Replicas) -> None:
        places: dict[str, list[int]] = {}
        for (service, _), port in replicas.ports.items():
            places.setdefault(service, []).append(port)
        self._turns = {service: itertools.cycle(ports) for service, ports in places.items()}
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=64, max_keepalive_connections=16))
        self._any = itertools.cycle(replicas.ports.values())
        self.repeated = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        if request.url.port:  # the issuer, which is none of them
            return await self._sent(request, body, request.url)
        service = request.url.path.split("/")[1]
        turns = self._turns.get(service, self._any)  # where to sign in is the same at all of them
        for _ in range(TRIES):
            try:
                answer = await self._sent(request, body, request.url.copy_with(host="127.0.0.1", port=next(turns)))
                await answer.aread()
            except httpx.TransportError:
                self.repeated += 1
                await asyncio.sleep(0.1)
                continue
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
            await asyncio.sleep(0.1)
        raise AssertionError(f"no replica of {service} answered")

    async def _sent(self, request: httpx.Request, body: bytes, url: httpx.URL) -> httpx.Response:
        asked = httpx.Request(request.method, url, headers=request.headers, content=body, extensions=request.extensions)
        return await self._inner.handle_async_request(asked)

    async def aclose(self) -> None:
        await self._inner.aclose()
