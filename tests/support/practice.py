"""The development issuer in a thread of the tests: the people of a story sign in to products in other processes."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from deploy.local.ports import free_port
from services.issuing.issuer import Issuing
from services.issuing.people import Person
from shared.settings import Settings


@contextmanager
def practice(folder: Path, people: Mapping[str, Person]) -> Iterator[str]:
    """Its address, at which it signs these people in; what it keeps lies in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(data_dir=folder, port=free_port())
    issuer = Issuing(settings, people)
    server = uvicorn.Server(
        uvicorn.Config(issuer, port=settings.port, lifespan="off", log_config=None, access_log=False)
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        yield issuer.address
    finally:
        server.should_exit = True
        thread.join()
