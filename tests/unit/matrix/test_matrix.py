"""The policy does what the tables written by hand say, cell by cell, and knows no action that stands in none."""

import pytest

from shared.auth import Policy, Role
from tests.unit.matrix.comparing import differences
from tests.unit.matrix.table import SERVICES, actions, kinds, roles


@pytest.mark.parametrize("service", SERVICES)
def test_every_cell(service: str) -> None:
    assert list(differences(Policy.of(f"services.{service}"), service))[:20] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_table_is_whole(service: str) -> None:
    policy = Policy.of(f"services.{service}")
    assert sorted(actions(service)) == sorted(policy.by_action)
    assert {role for role, _ in roles().values()} == set(Role) - {Role.SYSTEM}
    assert set(kinds()) == set(policy.kinds)
