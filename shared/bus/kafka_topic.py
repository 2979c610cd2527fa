"""The topic as it must be: how it is made where it is missing, and what is wrong with one that somebody else made.

Nothing is changed in a topic that is there: an operator decides that, and is told the command.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared.settings import Settings

KEEP_DAYS = 30
LARGEST_STORED = 262_144
"""Bytes of a batch that the topic takes, expanded. The relay sends half of it, and an event has at most 64,000."""
_DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class _Setting:
    """One setting of a topic: with what it is made, what else will do, and why it matters."""

    made_with: str
    will_do: Callable[[str], bool]
    reason: str


def _settings(replicas: int) -> Mapping[str, _Setting]:
    in_sync = max(1, replicas - 1)
    return {
        "cleanup.policy": _Setting("delete", "delete".__eq__, "compaction drops facts that no service has heard"),
        "retention.ms": _Setting(
            str(KEEP_DAYS * _DAY),
            lambda value: not 0 <= int(value) < KEEP_DAYS * _DAY,
            f"a service may be away for {KEEP_DAYS} days and then go on by itself",
        ),
        "min.insync.replicas": _Setting(
            str(in_sync),
            lambda value: int(value) >= in_sync,
            "a fact counts as published once that many brokers have it",
        ),
        "unclean.leader.election.enable": _Setting(
            "false", "false".__eq__, "a broker that was behind may else take over, and facts are gone"
        ),
        "compression.type": _Setting(
            "uncompressed",
            "uncompressed".__eq__,
            "the broker then expands what somebody compressed, and refuses a bomb",
        ),
        "max.message.bytes": _Setting(
            str(LARGEST_STORED),
            str(LARGEST_STORED).__eq__,
            "the relay needs that much, and whatever is larger is none of ours",
        ),
    }


async def make(admin: AIOKafkaAdminClient, settings: Settings) -> None:
    """Make the topic. Another replica may be quicker. Raises what the brokers refuse with."""
    made_with = {name: each.made_with for name, each in _settings(settings.kafka_replication).items()}
    wanted = NewTopic(
        settings.kafka_topic, settings.kafka_partitions, settings.kafka_replication, topic_configs=made_with
    )
    answer = await admin.create_topics([wanted])
    for _, code, *_ in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error


async def faults(admin: AIOKafkaAdminClient, settings: Settings) -> list[str]:
    """What is not as it should be, a sentence each, with what to run. Raises what the brokers refuse with."""
    topic, wanted = settings.kafka_topic, _settings(settings.kafka_replication)
    [described] = await admin.describe_topics([topic])
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic, dict.fromkeys(wanted))])
    [(code, _, _, _, entries)] = answer.resources
    if code:
        return [f"The settings of the topic {topic} cannot be read ({for_code(code).__name__}): allow DescribeConfigs."]
    found = {name: str(value) for name, value, *_ in entries}
    return [*_too_few(settings, described), *_not_as_wanted(settings, wanted, found)]


def _too_few(settings: Settings, described: Mapping[str, Any]) -> Iterator[str]:
    copies = min(len(partition["replicas"]) for partition in described["partitions"])
    if copies < settings.kafka_replication:
        yield (
            f"The topic {settings.kafka_topic} is kept on {copies} brokers and should be on "
            f"{settings.kafka_replication}: run kafka-reassign-partitions.sh."
        )


def _not_as_wanted(settings: Settings, wanted: Mapping[str, _Setting], found: Mapping[str, str]) -> Iterator[str]:
    for name, setting in wanted.items():
        if name in found and not setting.will_do(found[name]):
            yield (
                f"The topic {settings.kafka_topic} has {name}={found[name]}; {setting.reason}: run kafka-configs.sh "
                f"--bootstrap-server {settings.kafka_brokers} --alter --entity-type topics "
                f"--entity-name {settings.kafka_topic} --add-config {name}={setting.made_with}"
            )
