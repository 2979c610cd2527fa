"""Publishing: what the wake-up costs the writers, and how fast a journal reaches a real Apache Kafka."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench import parts
from bench.facts import told
from bench.measure import Figure, Scale, Side, in_turn, over, per_second, rates
from bench.parts import Store
from bench.worlds import WRITERS, Nowhere, at_work, count, write_many
from shared.bus.relay import Relay
from shared.clock import system_clock
from shared.events.envelope import encode
from shared.events.record import Record
from shared.running import Running
from shared.settings import Settings
from shared.stores import bus_for

BATCH = 500
YARDSTICK = "yardstick"


async def wake_up(scale: Scale) -> list[Figure]:
    """Row 7: 64 writers beside a relay that is woken by each commit, over the same beside one that only polls."""
    many = scale.of(3200, least=640) // WRITERS * WRITERS
    async with parts.postgres() as store, at_work("screening", store.settings, Nowhere()) as running:

        def beside(wake: asyncio.Event) -> Side:
            async def one_pass() -> float:
                store.empty(running.kept)
                bus = Nowhere()
                relay = Relay(running.kept.database, running.kept.ledger, bus, "screening", wake)
                relaying = asyncio.create_task(relay.run(lambda: None))
                try:
                    found = await per_second(many, write_many(running.kept, many))
                    while bus.published < many:
                        await asyncio.sleep(0.01)
                finally:
                    relaying.cancel()
                    await asyncio.gather(relaying, return_exceptions=True)
                assert await count(running.kept, "journal") == many
                return found

            return one_pass

        woken, polling = await in_turn(scale.rounds, beside(running.kept.wake), beside(asyncio.Event()))
    seen = rates(woken=woken, polling=polling)
    return [
        Figure("7", "writers with the wake-up on over off, PostgreSQL", 0.90, 0.95, over(woken, polling), seen=seen)
    ]


async def to_kafka(scale: Scale) -> list[Figure]:
    """Row 12: over the lower of two parts it cannot do without, each alone: reading and deleting, and producing."""
    many = scale.of(50_000, least=5000)
    records = [encode(fact) for fact in told(many)]
    async with parts.postgres() as store, parts.kafka() as cluster:
        settings = store.settings.model_copy(update={"kafka_brokers": cluster.addresses})
        await _make_topic(settings)
        async with at_work("intake", settings, bus_for(settings, system_clock)) as running:

            async def ours() -> float:
                _fill(store, running, many)
                found = await per_second(many, _drain(running))
                assert await count(running.kept, "pending") == 0
                return found

            async def deleting() -> float:
                _fill(store, running, many)
                found = await per_second(many, _read_and_delete(store.url("intake")))
                assert await count(running.kept, "pending") == 0
                return found

            async def producing() -> float:
                return await per_second(many, _produce(cluster.addresses, records))

            relay, delete, produce = await in_turn(scale.rounds, ours, deleting, producing)
    lower = [min(pair) for pair in zip(delete, produce, strict=True)]
    seen = rates(ours=relay, deleting=delete, producing=produce)
    what = "relay journal to Apache Kafka, over the lower of deleting pending rows and a bare idempotent producer"
    return [Figure("12", what, 0.4, 0.6, over(relay, lower), seen=seen)]


async def broker_away(scale: Scale) -> list[Figure]:
    """Seconds from a broker's return until 300,000 waiting facts are with it; each of them is looked for there."""
    many = scale.of(300_000, least=5000)
    async with parts.postgres() as store, parts.kafka() as cluster:
        settings = store.settings.model_copy(update={"kafka_brokers": cluster.addresses})
        async with at_work("intake", settings, bus_for(settings, system_clock)) as running:
            running.supervisor.start("relay", running.relay.run)
            await asyncio.to_thread(cluster.stop_one, 1)
            _fill(store, running, many)
            running.kept.wake.set()
            await asyncio.sleep(3)
            await asyncio.to_thread(cluster.start_again, 1)
            begun = perf_counter()
            while await count(running.kept, "pending"):
                await asyncio.sleep(0.2)
            took = perf_counter() - begun
        there = await _on_topic(settings)
        assert len(set(there)) == many, f"{many - len(set(there))} lost"
    seen = f"{many:,} facts, {len(there) - many:,} sent twice"
    return [Figure("-", "broker away, then drained, Apache Kafka", 60, 30, [took], "s", seen)]


def _fill(store: Store, running: Running, many: int) -> None:
    """A journal of that many facts about as many cases, all pending, as long as real ones."""
    store.empty(running.kept)
    data = (
        """'{"case_ref":"' || r || '","country":"KH","handover_ref":null,"household_ref":null,"is_minor":true,"""
        """"opened":"2026-11-04","organisation_ref":"' || r || '","previous_case_ref":null}'"""
    )
    store.do(
        "intake",
        "INSERT INTO journal (event_id, subject, version, type, effective, recorded, correlation, data) "
        f"SELECT r, 'case/' || r, 1, 'intake.case.opened.v1', now(), now(), r, {data} "
        f"FROM (SELECT md5(i::text || random()::text) AS r FROM generate_series(1, {many}) i) drawn",
        "INSERT INTO pending (journal_id) SELECT id FROM journal",
        "VACUUM ANALYZE",
    )


async def _drain(running: Running) -> None:
    while await running.relay.step():
        pass


async def _read_and_delete(url: str) -> None:
    conn = await asyncpg.connect(url)
    read = f"SELECT j.* FROM journal j JOIN pending p ON p.journal_id = j.id ORDER BY j.id LIMIT {BATCH}"
    while rows := await conn.fetch(read):
        await conn.execute("DELETE FROM pending WHERE journal_id = ANY($1::bigint[])", [row["id"] for row in rows])
    await conn.close()


async def _make_topic(settings: Settings) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_brokers)
    await admin.start()
    await admin.create_topics([NewTopic(YARDSTICK, settings.kafka_partitions, 1)])
    await admin.close()


async def _produce(brokers: str, records: Sequence[Record]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=brokers, enable_idempotence=True, acks="all") as producer:
        for start in range(0, len(records), BATCH):
            sent = [
                await producer.send(
                    YARDSTICK,
                    key=record.key.encode(),
                    value=record.value,
                    headers=[(name, value.encode()) for name, value in record.headers.items()],
                )
                for record in records[start : start + BATCH]
            ]
            await asyncio.gather(*sent)


async def _on_topic(settings: Settings) -> list[bytes]:
    """The event id of every record on the topic."""
    found: list[bytes] = []
    async with AIOKafkaConsumer(bootstrap_servers=settings.kafka_brokers) as consumer:
        parts_of = [TopicPartition(settings.kafka_topic, n) for n in range(settings.kafka_partitions)]
        consumer.assign(parts_of)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(parts_of)
        while any([await consumer.position(part) < ends[part] for part in parts_of]):
            for batch in (await consumer.getmany(timeout_ms=1000)).values():
                found.extend(dict(record.headers)["ce_id"] for record in batch)
    return found
