"""The record that carries an event over a bus: a key, headers and a payload. `envelope.py` defines the headers."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """One message. The key decides the partition, so all records of a key keep their order."""

    key: str
    headers: Mapping[str, str]
    value: bytes
