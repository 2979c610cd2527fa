"""What is kept of requests that providers accepted, and what a rule about them needs beside that."""

from dataclasses import dataclass
from typing import Annotated

from shared.codes import CodeOf
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C0, Model

Handling = Annotated[str, CodeOf("handling_instruction")]


class Request(Model):
    """Which case a request for a service is about."""

    case_ref: C0[CaseRef]


class Accepted(Model):
    """A request that a provider accepted and that has not ended since."""

    service_referral_ref: C0[Ref]
    organisation_ref: C0[OrganisationRef]


class Providers(Model):
    """The part of a facet that says who gives a service now."""

    accepted: tuple[Accepted, ...] = ()


class Handled(Model):
    """The part of a facet that says how somebody is to be treated."""

    handling: tuple[Handling, ...] = ()


@dataclass(frozen=True)
class Family:
    """What decides whether those at home may be called."""

    child: bool = True
    suspected: bool = True
    handling: tuple[Handling, ...] = ()
