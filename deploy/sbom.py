"""`make sbom`: the parts list of a release, from the lock of what runs, as CycloneDX 1.6 in JSON.

The same lock gives the same bytes: neither the moment nor a number that was drawn stands in it. A licence is what the
package itself says, of those that are installed here at the version of the lock.
"""

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from deploy.locked import ROOT, RUN, Locked, locked, plain

FILE = ROOT / "homeward.cdx.json"
INDENT = 2
_CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_WRITTEN = {
    "Apache 2": "Apache-2.0",
    "MIT License": "MIT",
    "ISC License": "ISC",
    "3-Clause BSD License": "BSD-3-Clause",
}
"""How some packages write it, and how SPDX does."""


def installed(part: Locked) -> Distribution | None:
    """The package as it is here, at the version of the lock."""
    try:
        found = distribution(part.name)
    except PackageNotFoundError:
        return None
    return found if found.version == part.version else None


def licence(part: Locked) -> str | None:
    """What a package says of its licence, as SPDX writes it; None where it is not here, or says nothing."""
    if (found := installed(part)) is None:
        return None
    said = found.metadata
    if "License-Expression" in said:
        return said["License-Expression"]
    last = (line.split(" :: ")[-1] for line in said.get_all("Classifier", []))
    kinds = {_CLASSIFIED[kind] for kind in last if kind in _CLASSIFIED}
    short = said["License"].strip() if "License" in said else ""
    if short and "\n" not in short and len(short) < 40:
        return _WRITTEN.get(short, short)
    return " AND ".join(sorted(kinds)) or None


def needs(part: Locked) -> Iterator[str]:
    """What a package that is here says that it needs, by name, whatever the platform."""
    found = installed(part)
    for line in [] if found is None else found.requires or ():
        yield plain(Requirement(line).name)


def bom(lock: Path = RUN) -> Bom:
    """The parts list of a lock."""
    whole = Component(name="homeward", type=ComponentType.APPLICATION, bom_ref="homeward")
    made = Bom(serial_number=uuid5(NAMESPACE_URL, hashlib.sha256(lock.read_bytes()).hexdigest()))
    made.metadata.component = whole
    parts = {part: _component(part) for part in locked(lock)}
    for part, component in parts.items():
        asked = {*needs(part)}
        made.components.add(component)
        made.register_dependency(component, [other for each, other in parts.items() if each.name in asked])
    made.register_dependency(whole, made.components)
    return made


def _component(part: Locked) -> Component:
    said = licence(part)
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{part.name}@{part.version}",
        purl=PackageURL("pypi", name=part.name, version=part.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in part.hashes],
        licenses=[LicenseFactory().make_from_string(said)] if said else [],
        properties=[Property(name="homeward:installed-where", value=part.where)] if part.where else [],
    )


def written(lock: Path = RUN) -> str:
    """The parts list as text."""
    said = json.loads(JsonV1Dot6(bom(lock)).output_as_string())
    del said["metadata"]["timestamp"]
    return json.dumps(said, indent=INDENT, sort_keys=True, ensure_ascii=False) + "\n"


def licences(lock: Path = RUN) -> Mapping[str, str | None]:
    """The licence of every package of a lock."""
    return {f"{part.name} {part.version}": licence(part) for part in locked(lock)}


def main() -> None:
    """Write it, and say under which licences the parts come."""
    FILE.write_text(written(), "utf-8")
    said = licences()
    for kind, many in sorted(Counter(each or "not known here" for each in said.values()).items()):
        names = ", ".join(sorted(name for name, each in said.items() if (each or "not known here") == kind))
        sys.stdout.write(f"{many:3} {kind}: {names}\n")
    sys.stdout.write(f"{len(said)} packages of {RUN.name} in {FILE.name}\n")


if __name__ == "__main__":
    main()
