"""Guards of bad days: stores that went back, what was lost, servers that say nothing, clocks that move."""

from tests.faults.mutations.mutation import Mutation

FAULTS = "tests/faults"
CONSUMER = "shared/bus/consumer.py"
RESTORED = "tests/service/operating/test_restored.py"
TWICE = f"{RESTORED}::test_the_same_backup_is_restored_twice_while_the_log_lives_on"
SILENCE = "tests/service/postgres/test_silence.py"
WENT_BACK = f"{FAULTS}/test_went_back.py"
LOST_FACTS = "tests/service/referrals/test_lost_facts.py"
OWN_LOSSES = "tests/service/intake/test_lost_facts.py"
BAD_DAYS = (
    Mutation(
        "a service compares its own records with its journal",
        CONSUMER,
        "untold = conflicts.of_own(conn, ledger, self._kept.standing, own)",
        "untold = list[conflicts.Claim]()",
        f"{WENT_BACK}::test_a_store_put_back_from_an_older_copy_is_silent_and_takes_no_writes[embedded-one store]",
    ),
    Mutation(
        "a relay is silent until its service has looked",
        "shared/bus/relay.py",
        "            await self._look(beat, still)\n            try:\n",
        "            try:\n",
        f"{WENT_BACK}::test_a_store_put_back_from_an_older_copy_is_silent_and_takes_no_writes[embedded-one store]",
    ),
    Mutation(
        "a store that went back takes no writes",
        "shared/writing/work.py",
        "    kept.standing.refuse()\n    for left in",
        "    for left in",
        f"{WENT_BACK}::test_a_store_put_back_from_an_older_copy_is_silent_and_takes_no_writes[embedded-all stores]",
    ),
    Mutation(
        "a version that a peer tells again is compared with the one that was applied",
        CONSUMER,
        "against = conflicts.of_peers(conn, ledger, progress, mail)",
        "against = list[conflicts.Claim]()",
        f"{WENT_BACK}::test_a_store_and_a_log_that_both_went_back_are_told_by_whoever_heard_more[embedded]",
    ),
    Mutation(
        "a log without the life that we know is another one",
        "shared/bus/looking.py",
        "if life is not None and life not in bus.lives:",
        "if life == LOST:",
        f"{WENT_BACK}::test_a_log_put_back_from_an_older_copy_is_fed_again[of an earlier life]",
        also=(
            (
                "from shared.storage import Still",
                "from shared.storage import Still\nfrom shared.storage.standing import LOST",
            ),
        ),
    ),
    Mutation(
        "a stream is swapped once all of it is there",
        "shared/bus/generations.py",
        "return letters if dense and dense >= wanted else []",
        "return letters if dense else []",
        f"{FAULTS}/test_adopted.py::test_a_view_is_old_until_all_of_the_new_one_is_there",
    ),
    Mutation(
        "what does not come again in a new generation is withdrawn",
        "shared/bus/generations.py",
        "if was < generation and stream.subject not in waits:",
        "if was > generation and stream.subject not in waits:",
        f"{FAULTS}/test_adopted.py::test_after_an_adoption_all_go_on_although_versions_were_used_before[embedded]",
    ),
    Mutation(
        "a to-do is planted only for an event that was never heard",
        CONSUMER,
        "return [] if told.event_id in known else self._kept.reactions.rows(told)",
        "return self._kept.reactions.rows(told)",
        f"{FAULTS}/test_adopted.py::test_after_an_adoption_all_go_on_although_versions_were_used_before[embedded]",
    ),
    Mutation(
        "a record of an older generation is passed over",
        "shared/bus/generations.py",
        "if letter.generation == heard_in[stream]]",
        "if letter.generation <= heard_in[stream]]",
        f"{FAULTS}/test_adopted.py::test_the_same_copy_put_back_twice_begins_two_generations",
    ),
    Mutation(
        "what lost facts protected stays in force",
        "shared/journey/__init__.py",
        "    protected: Model = declared.protects(guard.before, facet)\n    return protected\n",
        "    return facet\n",
        f"{LOST_FACTS}::test_a_withdrawal_in_the_lost_time_stays_in_force_until_people_dismiss_it",
    ),
    Mutation(
        "what is told behind the length at restore is told anew",
        "shared/journey/__init__.py",
        "    if moved.version > guard.version:\n        return moved\n",
        "",
        f"{LOST_FACTS}::test_what_people_tell_anew_counts_at_once",
    ),
    Mutation(
        "what protects ends with the last loss that is dismissed",
        "shared/writing/dismissing.py",
        "        if not open_losses(unit.connection, ledger, stream):\n",
        "        if stream:\n",
        f"{LOST_FACTS}::test_what_protects_ends_with_the_last_loss_that_is_dismissed",
    ),
    Mutation(
        "who was shut out by what was lost stays out where it was heard",
        "shared/bus/losing.py",
        "Guard(self._length, before.facet, held)",
        "Guard(self._length, before.facet)",
        "tests/service/intake/test_lost_parts.py::test_whoever_heard_it_keeps_people_out[screening]",
    ),
    Mutation(
        "who was shut out by what was lost stays out in its source",
        "shared/bus/losing.py",
        "Guard(length, before.facet, held)",
        "Guard(length, before.facet)",
        "tests/service/referrals/test_lost_leaving.py"
        "::test_who_left_in_the_lost_time_is_out_until_a_supervisor_says_otherwise",
    ),
    Mutation(
        "what may have been paid in the lost time is not paid",
        "services/grants/instalments/domain.py",
        "    _looked_since(state, facts)\n",
        "",
        "tests/service/grants/test_lost_facts.py"
        "::test_what_was_released_before_is_paid_only_by_somebody_who_has_looked",
    ),
    Mutation(
        "what was lost and is found again is not answered again",
        "shared/bus/generations.py",
        'old.c.status.in_(("applied", LOST))',
        'old.c.status == "applied"',
        f"{FAULTS}/test_lost_facts.py::test_what_was_answered_long_ago_is_not_answered_again",
        also=(("from shared.journey.lost import LOST\n", ""),),
    ),
    Mutation(
        "what a store itself lost goes on to protect in it",
        "shared/bus/losing.py",
        "            _protect(conn, kept, Stream(kept.name, subject))\n",
        "            assert _protect\n",
        f"{OWN_LOSSES}::test_a_child_is_not_handed_to_whoever_was_suspected_in_the_lost_time",
    ),
    Mutation(
        "nothing is paid where a payment was lost",
        "services/grants/instalments/handlers.py",
        "payment_lost=_one_is_lost(unit, own, state.case_ref, parts)",
        "payment_lost=False",
        "tests/service/grants/test_lost_facts.py"
        "::test_nothing_is_paid_where_a_payment_was_lost_until_people_have_looked",
    ),
    Mutation(
        "what a peer heard of us protects by what it said",
        "shared/bus/losing.py",
        "    more = (heard.c.data, heard.c.heard_at)\n",
        "    more = (heard.c.heard_at,)\n",
        f"{OWN_LOSSES}::test_a_caregiver_suspected_in_the_lost_time_cannot_consent_whoever_knows_of_it[screening]",
    ),
    Mutation(
        "a stream that is lost from its beginning protects once it begins anew",
        "shared/writing/tail.py",
        "begun = 0 if unit.kept.standing.generation.ordinal else 1",
        "begun = 1",
        f"{OWN_LOSSES}::test_a_case_of_which_nothing_is_left_protects_once_it_is_opened_anew",
    ),
    Mutation(
        "what the topic has of us and our journal has not is kept as lost",
        CONSUMER,
        "        losing.told_before(conn, self._kept, untold)\n",
        "",
        f"{FAULTS}/test_lost_facts.py::test_what_the_source_reads_of_its_past_after_the_adoption_is_lost_too",
        also=(
            ("import conflicts, fence, generations, heard, losing\n", "import conflicts, fence, generations, heard\n"),
        ),
    ),
    Mutation(
        "what was restored begins a generation",
        "services/operating/going_on.py",
        'await worked(office, operator(who()), "adopt", Order(services=tuple(names)), told)',
        'dict.fromkeys(names, "")',
        f"{RESTORED}::test_one_older_store_goes_on_beside_the_others",
    ),
    Mutation(
        "a store put back once more begins behind what was told before",
        "shared/bus/looking.py",
        "met > kept.standing.generation",
        "met < kept.standing.generation",
        TWICE,
    ),
    Mutation(
        "a closing record of our own from a later generation is remembered",
        "shared/bus/generations.py",
        "said.generation <= spoken_by_us(conn, ledger)",
        "said.generation",
        TWICE,
    ),
    Mutation(
        "a fact of our own from a later generation speaks against our past",
        "shared/bus/conflicts.py",
        "or claim.letter.generation > ours",
        "",
        f"{FAULTS}/test_adopted.py::test_a_copy_of_before_an_adoption_is_known_although_nothing_was_told_since",
    ),
    Mutation(
        "whoever waits for a server that is silent is cut off",
        "shared/storage/pulse.py",
        "                driver.terminate()\n",
        "                driver.is_closed()\n",
        f"{SILENCE}::test_a_silent_server_makes_nobody_wait_long_and_is_met_again_by_itself",
    ),
    Mutation(
        "nobody begins while a server is silent",
        "shared/storage/pulse.py",
        '        if self._silent:\n            raise Unavailable("store_unavailable")\n',
        "        return\n",
        f"{SILENCE}::test_a_silent_server_makes_nobody_wait_long_and_is_met_again_by_itself",
    ),
    Mutation(
        "a server that answers is not cut off",
        "shared/storage/pulse.py",
        "                return self._question.result()\n",
        "                return False\n",
        f"{SILENCE}::test_long_work_on_a_server_that_answers_is_not_cut_off",
    ),
    Mutation(
        "a database that may only be read is unavailable",
        "shared/storage/postgres.py",
        "_trouble_named(*GONE, READ_ONLY)",
        "_trouble_named(*GONE)",
        f"{SILENCE}::test_a_server_that_may_only_be_read_is_unavailable_for_writes",
    ),
    Mutation(
        "a frozen process loses its turn",
        "shared/storage/turns.py",
        "SET idle_session_timeout = '{SILENCE}s'",
        "SET idle_session_timeout = '{0 * SILENCE}s'",
        f"{SILENCE}::test_the_lock_of_a_frozen_process_is_given_to_another",
    ),
    Mutation(
        "whoever holds a turn gives signs of life",
        "shared/storage/turns.py",
        "            await asyncio.sleep(BEAT)\n",
        "            await asyncio.sleep(100 * SILENCE)\n",
        f"{SILENCE}::test_the_lock_of_a_frozen_process_is_given_to_another",
    ),
    Mutation(
        "a to-do that was tried while the clock was ahead waits no longer than its pause",
        "shared/writing/doing.py",
        ", todo.c.not_before > until)",
        ", todo.c.not_before == until)",
        "tests/service/shared/test_doing.py::test_a_clock_that_was_ahead_keeps_no_to_do_waiting[3]",
    ),
    Mutation(
        "what a to-do logs has the number of the request behind it",
        "shared/writing/doing.py",
        "of_to_do(todo.request_id, todo.cause)",
        "of_to_do(todo.cause, todo.cause)",
        "tests/service/shared/test_request_ids.py"
        "::test_what_a_request_causes_in_another_service_is_logged_under_its_number",
    ),
    Mutation(
        "what a body becomes in memory is bounded",
        "shared/web/edge.py",
        "_values(body) * VALUE_BYTES",
        "_values(body) * 0",
        "tests/service/shared/test_limits.py::test_what_is_too_much_is_told_and_the_connection_ends[values together]",
    ),
    Mutation(
        "a body of more values than a command can have is not read",
        "shared/web/edge.py",
        "    if values > MOST_VALUES:\n",
        "    if values < 0:\n",
        "tests/service/shared/test_limits.py::test_what_is_too_much_is_told_and_the_connection_ends[many values]",
    ),
)
