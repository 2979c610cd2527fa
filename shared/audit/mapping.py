"""Audit entries as FHIR R4 `AuditEvent`, in the patterns of IHE BALP, one JSON line each; and back, for a verifier.

Refs stand there as identifiers, never a name and never a value. Each event carries its place in the tree and the bytes
that were hashed, so that an export can be verified against the witness without the store.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from shared.audit.entries import forms, written
from shared.audit.hashing import Hash, leaf_hash
from shared.audit.history import PORTION, Leaf, Signed
from shared.audit.tree import Tree, trees
from shared.columns import canonical
from shared.storage.ledger import Ledger

HL7, DICOM, HERE = (
    "http://terminology.hl7.org/CodeSystem",
    "http://dicom.nema.org/resources/ontology/DCM",
    "urn:homeward",
)
PATIENT_READ = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead"
REQUEST_ID = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType"
PLACE = f"{HERE}:audit-place"
PURPOSES = {"PROTECTION": "TREAT", "OPERATION": "HOPERAT", "REPORTING": "HRESCH"}
DONE = frozenset({"shown", "done", "begun", "replayed"})
PEOPLE = ("case", "person")


def event(entry: Mapping[str, Any], service: str) -> dict[str, Any]:
    """An entry, as its bytes say it, in the form of an AuditEvent."""
    shown, well = entry["decision"] == "shown", entry["decision"] in DONE
    about = [subject.partition("/")[::2] for subject in entry["subjects"]]
    one_person = shown and [kind for kind, _ in about].count("case") == 1 and len(about) == 1
    return {
        "resourceType": "AuditEvent",
        **({"meta": {"profile": [PATIENT_READ]}} if one_person else {}),
        "type": _coding(f"{HL7}/audit-event-type", "rest"),
        "subtype": [*_interaction(shown=shown), _coding(f"{HERE}:action", entry["action"])],
        "action": "R" if shown else "E",
        "recorded": entry["at"],
        "outcome": "0" if well else "4",
        "outcomeDesc": entry["decision"],
        "purposeOfEvent": [{"coding": _purpose(entry["purpose"])}],
        "agent": [
            _agent(_coding(DICOM, "110153"), "service", service, requestor=False),
            _agent(_coding(DICOM, "110152"), "organisation", entry["organisation_ref"], requestor=False),
            _agent(_coding(f"{HL7}/v3-ParticipationType", "IRCP"), "staff", entry["staff_ref"], requestor=True)
            | {"role": [{"coding": [_coding(f"{HERE}:role", entry["role"])]}]},
        ],
        "source": {"observer": _identified("service", service), "type": [_coding(f"{HL7}/security-source-type", "4")]},
        "entity": [*(_entity(kind, ref, entry["classes"]) for kind, ref in about), _request(entry["request_id"])],
    }


def _interaction(*, shown: bool) -> list[dict[str, str]]:
    return [_coding("http://hl7.org/fhir/restful-interaction", "read")] if shown else []


def _purpose(purpose: str) -> list[dict[str, str]]:
    known = PURPOSES.get(purpose)
    more = [_coding(f"{HL7}/v3-ActReason", known)] if known else []
    return [*more, _coding(f"{HERE}:purpose", purpose)]


def _coding(system: str, code: str) -> dict[str, str]:
    return {"system": system, "code": code}


def _identified(kind: str, ref: str) -> dict[str, Any]:
    return {"identifier": {"system": f"{HERE}:{kind}", "value": ref}}


def _agent(role: dict[str, str], kind: str, ref: str, *, requestor: bool) -> dict[str, Any]:
    return {"type": {"coding": [role]}, "who": _identified(kind, ref), "requestor": requestor}


def _entity(kind: str, ref: str, classes: Sequence[str]) -> dict[str, Any]:
    person = kind in PEOPLE
    return {
        "what": _identified(kind, ref),
        "type": _coding(f"{HL7}/audit-entity-type", "1" if person else "2"),
        "role": _coding(f"{HL7}/object-role", "1" if person else "4"),
        **({"securityLabel": [_coding(f"{HERE}:field-class", one) for one in classes]} if classes else {}),
    }


def _request(request_id: str) -> dict[str, Any]:
    return {"what": _identified("request", request_id), "type": _coding(REQUEST_ID, "XrequestId")}


def lines(conn: Connection, ledger: Ledger, service: str) -> Iterator[str]:
    """All numbered entries of a service, tree by tree."""
    known = forms(conn, ledger)
    for tree in trees(conn, ledger):
        yield from _lines(conn, ledger, service, tree, known)


def _lines(
    conn: Connection, ledger: Ledger, service: str, tree: Tree, known: Mapping[int, Sequence[str]]
) -> Iterator[str]:
    leaf, audit, last = ledger.audit_leaf, ledger.audit, -1
    place = (leaf.c.number.label("leaf_number"), leaf.c.hash.label("leaf_hash"), leaf.c.form.label("leaf_form"))
    query = select(*place, audit).join(audit, audit.c.id == leaf.c.audit_id).where(leaf.c.tree == tree.tree)
    query = query.order_by(leaf.c.number).limit(PORTION)
    while rows := conn.execute(query.where(leaf.c.number > last)).mappings().all():
        for row in rows:
            said = written(row, row["leaf_form"], known[row["leaf_form"]])
            where = [
                {"url": "tree", "valueInteger": tree.tree},
                {"url": "origin", "valueString": tree.origin},
                {"url": "number", "valueString": str(row["leaf_number"])},
                {"url": "leaf", "valueString": base64.b64encode(row["leaf_hash"]).decode()},
                {"url": "entry", "valueString": said.decode()},
            ]
            yield canonical(event(json.loads(said), service) | {"extension": [{"url": PLACE, "extension": where}]})
        last = rows[-1]["leaf_number"]


class Exported:
    """The history that an export has. It has no checkpoints: those of the witness stand against it alone."""

    def __init__(self, content: Sequence[str], service: str, public_key: bytes) -> None:
        self._service, self._leaves = service, [_place(json.loads(line)) for line in content]
        origins = {one["origin"]: one["tree"] for one, _ in self._leaves}
        self._trees = [Tree(tree, origin, public_key, "") for origin, tree in origins.items()]

    def trees(self) -> Sequence[Tree]:
        """Those of which there are entries, in their order."""
        return sorted(self._trees, key=lambda tree: tree.tree)

    def entries(self) -> int:
        """How many there are."""
        return len(self._leaves)

    def leaves(self, tree: Tree) -> Iterator[Leaf]:
        """In the order of the file. Where an event says something else than its bytes, it was changed."""
        for place, told in self._leaves:
            if place["origin"] == tree.origin:
                kept, said = base64.b64decode(place["leaf"]), json.loads(place["entry"])
                now: Hash = leaf_hash(place["entry"].encode()) if event(said, self._service) == told else b""
                yield Leaf(int(place["number"]), kept, now, said["subjects"])

    def nodes(self, tree: Tree) -> None:
        """None are exported."""
        return

    def checkpoints(self, tree: Tree) -> Sequence[Signed]:
        """None are exported."""
        return ()

    def unnumbered(self) -> tuple[Sequence[int], int]:
        """Only what has a number is exported."""
        return (), 0


def _place(told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where an event stands in its tree, and the event without that."""
    [outer] = told.pop("extension")
    return {one["url"]: one.get("valueString", one.get("valueInteger")) for one in outer["extension"]}, told
