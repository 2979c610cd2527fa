"""Guards of delivery: everything arrives once, in order, whatever is killed meanwhile."""

from tests.faults.mutations.mutation import Mutation

FAULTS = "tests/faults"
CONSUMER = "shared/bus/consumer.py"
DELIVERY = (
    Mutation(
        "a version that was applied is not applied again",
        "shared/bus/inbox.py",
        "if letter.version > before.version and not letter.same_as",
        "if not letter.same_as",
        f"{FAULTS}/test_what_arrives.py::test_a_log_read_again_from_its_beginning_changes_nothing[embedded]",
    ),
    Mutation(
        "a version waits for the one before it",
        "shared/bus/inbox.py",
        "(head := waits.get(after.version + 1))",
        "(head := waits.get(min(waits, default=0)))",
        f"{FAULTS}/test_what_arrives.py::test_versions_out_of_order_wait_for_the_one_that_is_missing[embedded]",
    ),
    Mutation(
        "a reader that lost its partition is fenced",
        "shared/bus/fence.py",
        "if found != {",
        "if found == {} != {",
        "tests/service/shared/test_consumer.py::test_the_fence_holds_even_when_the_inbox_would_let_it_pass",
    ),
    Mutation(
        "the relay sends in the order of ids",
        "shared/bus/relay.py",
        ".order_by(heads.c.journal_id)",
        ".order_by(heads.c.journal_id.desc())",
        "tests/service/shared/test_relay.py::test_what_is_told_arrives_unchanged",
    ),
    Mutation(
        "facts are marked after they were acknowledged",
        "shared/bus/relay.py",
        "            await self._bus.publish([encode(told, self._standing.generation) for _, told in waiting])\n"
        '            failpoint("relay.after_publish")\n',
        "",
        f"{FAULTS}/test_killed_at_a_moment.py::test_whoever_is_killed_at_this_moment_leaves_nothing_half_done"
        "[embedded-bus.sent:3]",
        also=(
            (
                "partial(self._mark, ids=sorted(self._sent))))\n",
                "partial(self._mark, ids=sorted(self._sent))))\n"
                "            await self._marked()\n"
                "            await self._bus.publish([encode(told) for _, told in waiting])\n",
            ),
        ),
    ),
    Mutation(
        "the reader's place and what it heard are one transaction",
        CONSUMER,
        "        fence.move(conn, ledger, self._bus.topic, self._next, places)\n",
        "",
        f"{FAULTS}/test_two_hands.py::test_a_reader_that_fails_inside_a_batch_hears_it_again[embedded]",
        also=(
            (
                '        failpoint("consumer.read")\n',
                '        failpoint("consumer.read")\n'
                "        at = (self._kept.ledger, self._bus.topic, self._next, places)\n"
                "        await self._kept.database.write(lambda conn: fence.move(conn, *at))\n",
            ),
        ),
    ),
    Mutation(
        "streams are locked before anything is read",
        "shared/writing/streams.py",
        "    return Statement((_rows(ledger),), insert_of(_rows(ledger), then=keep))",
        '    keep = \'ON CONFLICT DO NOTHING RETURNING "subject", "version"\'\n'
        '    old = \'SELECT "subject", "version" FROM "stream" WHERE "subject" = ANY($1)\'\n'
        "    made = insert_of(_rows(ledger), then=keep)\n"
        '    return Statement((_rows(ledger),), f"WITH made AS ({made}) TABLE made UNION ALL {old}")',
        f"{FAULTS}/test_stores_fail.py::test_many_writers_on_few_cases_never_see_a_deadlock[kafka]",
    ),
    Mutation(
        "a to-do is locked before it is carried out",
        "shared/writing/work.py",
        "where(here).with_for_update()).first() is None:",
        "where(here)).first() is ...:",
        f"{FAULTS}/test_two_hands.py::test_a_to_do_that_two_hands_take_at_once_is_done_once[kafka]",
    ),
)
