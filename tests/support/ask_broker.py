"""`python -m tests.support.ask_broker HOST:PORT`: ends with 0 when a broker answers there."""

import asyncio
import sys

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError


async def _answers(address: str) -> bool:
    client = AIOKafkaClient(bootstrap_servers=address, request_timeout_ms=2000)
    try:
        await client.bootstrap()
    except KafkaError:
        return False
    finally:
        await client.close()
    return bool(client.cluster.brokers())


if __name__ == "__main__":
    sys.exit(not asyncio.run(_answers(sys.argv[1])))
