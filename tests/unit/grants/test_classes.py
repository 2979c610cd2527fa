"""What an answer of grants says of money, places and findings is not work data."""

import pytest

from services.grants.applications.schemas import ApplicationRead
from services.grants.businesses.schemas import BusinessRead
from services.grants.businesses.state import Check
from services.grants.instalments.schemas import InstalmentRead
from services.grants.instalments.state import Receipt
from services.grants.programmes.schemas import ProgrammeRead
from shared.classes import class_of
from shared.model import FieldClass, Model

QUASI: dict[type[Model], set[str]] = {
    ProgrammeRead: {"name", "budget", "reserved", "committed", "spent", "free", "terms"},
    ApplicationRead: {"plan", "requested", "conversion", "approved"},
    InstalmentRead: {"amount", "evidence", "paid_as", "receipts"},
    Receipt: {"amount", "worth", "conversion"},
    BusinessRead: {"place", "checks"},
    Check: {"findings"},
}


@pytest.mark.parametrize("model", QUASI, ids=lambda model: model.__name__)
def test_money_places_and_findings_are_quasi_identifying(model: type[Model]) -> None:
    classes = {name: class_of(info.annotation, info.metadata) for name, info in model.model_fields.items()}
    assert {name for name, found in classes.items() if found is FieldClass.QUASI} == QUASI[model]
    assert None not in classes.values()
