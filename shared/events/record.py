"""The record that carries a fact over a bus: a key, headers and a payload. What each header means: `envelope.py`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """One message. The key decides the partition, so all records of a key keep their order."""

    key: str
    headers: Mapping[str, str]
    value: bytes
