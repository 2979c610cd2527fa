"""`python -m tests.support.ask_broker HOST:PORT PROPERTIES`: ends with 0 when a broker answers there.

The properties are those of Kafka's own commands: whom to trust, and which certificate to show, as PEM.
"""

import asyncio
import ssl
import sys
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError


def _shown(properties: Path) -> ssl.SSLContext:
    lines = (line for line in properties.read_text("utf-8").splitlines() if "=" in line)
    said = dict(line.split("=", 1) for line in lines)
    context = ssl.create_default_context(cafile=said["ssl.truststore.location"])
    context.load_cert_chain(said["ssl.keystore.location"])
    return context


async def _answers(address: str, properties: Path) -> bool:
    client = AIOKafkaClient(
        bootstrap_servers=address, request_timeout_ms=2000, security_protocol="SSL", ssl_context=_shown(properties)
    )
    try:
        await client.bootstrap()
    except KafkaError:
        return False
    finally:
        await client.close()
    return bool(client.cluster.brokers())


if __name__ == "__main__":
    sys.exit(not asyncio.run(_answers(sys.argv[1], Path(sys.argv[2]))))
