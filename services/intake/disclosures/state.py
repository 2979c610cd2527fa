"""What is kept of requests that providers were sent, and what a rule about them needs beside that."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C0, Model

Handling = Annotated[str, CodeOf("handling_instruction")]


class Request(Model):
    """Which case a request for a service is about."""

    case_ref: C0[CaseRef]


class Addressed(Model):
    """A request, and the provider that it is addressed to."""

    service_referral_ref: C0[Ref]
    organisation_ref: C0[OrganisationRef]


class Providers(Model):
    """The part of a facet that says who is asked for a service, and who gives one now."""

    asked: tuple[Addressed, ...] = ()
    accepted: tuple[Addressed, ...] = ()


class Handled(Model):
    """The part of a facet that says how somebody is to be treated."""

    handling: tuple[Handling, ...] = ()


@labelled("age_band")
class AgeBand(StrEnum):
    """How old somebody is, as far as a provider must know to say whether it can take them."""

    UNDER_6 = "UNDER_6"
    FROM_6 = "FROM_6"
    FROM_12 = "FROM_12"
    FROM_15 = "FROM_15"
    FROM_18 = "FROM_18"
    FROM_25 = "FROM_25"
    FROM_60 = "FROM_60"


@dataclass(frozen=True)
class Family:
    """What decides whether those at home may be called."""

    child: bool = True
    suspected: bool = True
    handling: tuple[Handling, ...] = ()
