"""Code lists: every label in three languages, known names only, and a mark that tests and OpenAPI can see."""

import re
from datetime import date
from enum import EnumType, StrEnum
from importlib import import_module
from pkgutil import walk_packages
from typing import Annotated

import pytest
from pydantic import ValidationError

import services
import shared
from shared.codes import CodeList, CodeOf, Language, label, labelled, lists_of, lookup, names
from shared.codes.authorities import authorities
from shared.codes.lists import gathered, read
from shared.codes.places import known
from shared.model import Model
from tests.conftest import SERVICES

KHMER = re.compile(r"[\u1780-\u17ff]")
OUTCOMES = (
    "VOT",
    "VOT_PRESUMED",
    "EXPLOITED_MIGRANT",
    "SMUGGLED_MIGRANT",
    "CHILD_AT_RISK",
    "INCONCLUSIVE",
    "NOT_A_VICTIM",
)
SEED_HELP = (
    "ACC-TRANSIT", "FOOD-MEAL", "PSY-COUNSEL", "TRV-HOME", "EDU-ENROL", "EDU-MATERIAL", "SKL-TVET", "GRANT-BIZ",
    "FOOD-PACK", "NFI-KIT", "GRANT-LIFE", "AWR-FAMILY", "AWR-COMMUNITY", "SHG-JOIN", "AC-JOIN",
)  # fmt: skip


class Finding(Model):
    """Something with a code."""

    kind: Annotated[str, CodeOf("exploitation")]


OWN = {service: lists_of(f"services.{service}") for service in SERVICES}
EVERY = gathered([{name: lookup(name) for name in names()}, *OWN.values()])
"""The lists of all services: a name means the same in each."""


@pytest.mark.parametrize("name", EVERY)
def test_every_label_exists_in_khmer_vietnamese_and_english(name: str) -> None:
    found = EVERY[name]
    labels = [found.title, *(code.labels for code in found.codes.values())]
    assert all(KHMER.search(each[Language.KM]) for each in labels)
    assert not any(KHMER.search(each[Language.VI] + each[Language.EN]) for each in labels)
    assert all(each[language] == each[language].strip() != "" for each in labels for language in Language)


@pytest.mark.parametrize("name", EVERY)
def test_no_two_codes_of_a_list_read_alike(name: str) -> None:
    codes = EVERY[name].codes.values()
    for language in Language:
        assert len({code.labels[language] for code in codes}) == len(codes), language


def test_places_and_authorities_have_names_in_all_languages_too() -> None:
    named = [area.names for area in known().areas] + [authority.names for authority in authorities()]
    assert all(KHMER.search(each[Language.KM]) and each[Language.VI] and each[Language.EN] for each in named)


def test_a_code_of_the_list_is_accepted_and_kept() -> None:
    assert Finding(kind="FORCED_BEGGING").kind == "FORCED_BEGGING"


@pytest.mark.parametrize("wrong", ["forced_begging", "BEGGING", "", " FORCED_BEGGING"])
def test_any_other_text_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Finding(kind=wrong)
    assert refusal.value.errors()[0]["type"] == "unknown_code"


def test_an_unregistered_list_fails_where_it_is_named() -> None:
    with pytest.raises(LookupError):
        CodeOf("no_such_list")


def test_the_mark_stays_on_the_field_and_in_the_schema() -> None:
    assert CodeOf("exploitation") in Finding.model_fields["kind"].metadata
    assert Finding.model_json_schema()["properties"]["kind"]["x-code-list"] == "exploitation"
    assert "FORCED_BEGGING" in Finding.model_json_schema()["properties"]["kind"]["enum"]


def test_a_label_missing_in_one_language_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"colour\.RED has no label in km, vi"):
        read('[colour]\ntitle = {en="Colour", km="ពណ៌", vi="Màu"}\n[colour.codes]\nRED = {en="Red"}')


def test_a_list_is_registered_once() -> None:
    text = '[colour]\ntitle = {en="Colour", km="ពណ៌", vi="Màu"}\n[colour.codes]'
    assert set(gathered([read(text)])) == {"colour"}
    with pytest.raises(ValueError, match="registered twice: colour"):
        gathered([read(text), read(text)])


def test_a_code_may_have_its_time() -> None:
    text = (
        '[aid]\ntitle={en="Aid",km="ជំនួយ",vi="Hỗ trợ"}\n[aid.codes]\nOLD={en="Old",km="ចាស់",vi="Cũ",valid_to=2025-06-30}'
    )
    aid: CodeList = read(text)["aid"]
    assert "OLD" in aid
    assert (aid["OLD"].valid_from, aid["OLD"].valid_to) == (None, date(2025, 6, 30))


def test_outcomes_map_to_the_exchange_standard() -> None:
    mapped = {code.code: code.htcds for code in lookup("outcome").codes.values()}
    assert tuple(mapped) == OUTCOMES
    assert mapped["VOT"] == "ActualVictimOfTrafficking"
    assert {mapped["VOT_PRESUMED"], mapped["INCONCLUSIVE"]} == {"PossibleVictimOfTrafficking"}
    assert {mapped[code] for code in OUTCOMES[2:5]} | {mapped["NOT_A_VICTIM"]} == {"NotAVictimOfTrafficking"}


def test_the_catalogue_holds_all_help_that_the_33_were_given() -> None:
    services = lookup("service")
    assert set(SEED_HELP) <= set(services.codes)
    assert all(code.traits["who"] and code.traits["phase"] for code in services.codes.values())
    assert services["EDU-ENROL"].traits["who"] == ["C"]


INNER = {
    "services.operating.losing.LedgerLost": "why there is no ledger of erasures, stated on the command line",
    "services.screening.interviews.forms.Element": "what a question can show, which nobody is told",
    "shared.audit.findings.Kind": "what a look at the audit finds, told to operators",
    "shared.bus.reasons.Reason": "why a record was set aside, said by operators on the command line",
    "shared.bus.verdict.Kind": "what a check of the logs finds, told to operators",
    "shared.codes.lists.Language": "names of fields",
    "shared.model.FieldClass": "a mark on fields",
}
"""The enums of which no member stands in a request, an answer or an event, and what they are."""


def enums() -> dict[str, type[StrEnum]]:
    """Every enum of the product, by its full name."""
    modules = [
        import_module(found.name)
        for package in (services, shared)
        for found in walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith((".__main__", ".env")) and ".versions." not in found.name
    ]
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, EnumType)]
    named = {f"{kind.__module__}.{kind.__name__}": kind for kind in kinds if issubclass(kind, StrEnum)}
    return {name: kind for name, kind in named.items() if name.startswith(("services.", "shared."))}


def test_every_member_of_an_enum_has_its_labels_where_the_enum_says() -> None:
    told = {name: kind for name, kind in enums().items() if name not in INNER}
    assert len(told) > 80
    for name, kind in told.items():
        assert unlabelled(name, kind) == set(), name


def unlabelled(name: str, kind: type[StrEnum]) -> set[str]:
    """The members of an enum that have no label in its list, which is a registered one or its own service's."""
    own = OWN.get(name.split(".")[1], {}) if name.startswith("services.") else {}
    said = getattr(kind, "code_list", "")
    return {member.value for member in kind} - set((own.get(said) or lookup(said)).codes)


def test_a_member_without_a_label_is_noticed() -> None:
    @labelled("case_status")
    class Status(StrEnum):
        OPEN = "open"
        ASLEEP = "asleep"

    assert unlabelled("services.intake.cases.state.Status", Status) == {"asleep"}
    with pytest.raises(LookupError):
        unlabelled("services.grants.cases.state.Status", Status)


def test_labels_are_read_by_language() -> None:
    assert label("country", "KH", "en") == "Cambodia"
    assert label("country", "KH", "km") == "កម្ពុជា"
    assert label("country", "KH", "vi") == "Campuchia"
