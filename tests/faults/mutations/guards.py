"""Which guard, how it is broken, and the smallest test that must notice."""

from tests.faults.mutations.bad_days import BAD_DAYS
from tests.faults.mutations.delivery import DELIVERY
from tests.faults.mutations.mutation import Mutation

__all__ = ["MUTATIONS", "Mutation"]

MUTATIONS = (*DELIVERY, *BAD_DAYS)
