"""What an operator sets of the audit: its witness, and when people are told. Part of `shared.settings.Settings`."""

from pathlib import Path

from pydantic import BaseModel, Field


class Witnessing(BaseModel):
    """The settings about the audit."""

    audit_witness: str = ""
    """Nothing: nobody outside knows how far the audit had come. Or who takes its checkpoints: the absolute path of a
    file outside the data folder, which is only appended to, or the https:// address of a C2SP witness."""

    audit_witness_ca_file: Path | None = None
    """The authority that signed the certificate of that witness, as PEM, where the system does not know it."""

    witness_minutes: int = Field(10, ge=1)
    """For how long the witness may take no checkpoint before people are told."""

    canary_file: Path | None = None
    """A file with refs of cases that are nobody's, one on each line: people are told of whoever reads one."""

    refusals_told: int = Field(30, ge=1)
    """How often one caller may be refused within ten minutes before people are told."""

    dormant_days: int = Field(90, ge=1)
    """After how many days without anything somebody's next act is told to people."""

    same_case_minutes: int = Field(0, ge=0)
    """Nothing where organisations meet about cases all day. Or within how many minutes two of them may not open private
    values of the same case before people are told."""
