"""One service in a process of its own, as many replicas as wanted: the production form.

It needs PostgreSQL and Apache Kafka, since files cannot be shared between processes. The service is loaded by its name,
so that no process carries the code and the memory of the other three.
"""

from importlib import import_module

from shared import stores
from shared.hosting import Hosting, NotStarted
from shared.production import refuse_unsafe
from shared.settings import Settings


def alone(settings: Settings, service: str) -> Hosting:
    """A service as an ASGI application. Raises NotStarted for settings with which it could not meet the others."""
    refuse_unsafe(settings)
    refuse_files(settings)
    return Hosting(settings, {service: import_module(f"services.{service}.app").create_app})


def refuse_files(settings: Settings) -> None:
    """Raise NotStarted unless every store is one that several processes may use."""
    if not stores.elsewhere(settings):
        raise NotStarted(
            "A service in a process of its own needs HOMEWARD_DATABASE_URL (PostgreSQL) and HOMEWARD_KAFKA_BROKERS: "
            "one process alone may use the files of the data folder. `homeward run` is that one process."
        )
