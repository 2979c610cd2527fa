"""Who may do what at brokers that ask: the four services write to the topic and read it, each in its own group.

Nobody else is named, so brokers that allow nothing unsaid keep everybody else out. No service may make the topic or
change it: an operator does.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest

RESOURCES = {"topic": 2, "group": 3}
OPERATIONS = {"Read": 3, "Write": 4, "Describe": 8, "DescribeConfigs": 10}
"""Kafka's numbers of these words."""
_LITERAL, _ALLOW, _ANYWHERE = 3, 3, "*"


class Rule(NamedTuple):
    """One line of an access list; the words are those of kafka-acls.sh."""

    resource: str
    name: str
    user: str
    operation: str


def rules(topic: str, services: Iterable[str]) -> Iterator[Rule]:
    """The whole access list. Each service's user has its name."""
    for service in services:
        for operation in OPERATIONS:
            yield Rule("topic", topic, service, operation)
        yield Rule("group", f"{topic}.{service}", service, "Read")


async def allow(admin: AIOKafkaAdminClient, wanted: Iterable[Rule]) -> int:
    """Add what is not allowed yet; how many lines there are. Raises what the brokers refuse with."""
    count = 0
    for rule in wanted:
        asked = CreateAclsRequest(
            RESOURCES[rule.resource],
            rule.name,
            _LITERAL,
            f"User:{rule.user}",
            _ANYWHERE,
            OPERATIONS[rule.operation],
            _ALLOW,
        )
        [(code, _)] = (await admin._send_request(asked)).creation_responses
        if code:
            raise for_code(code)
        count += 1
    return count
