"""What a row of the tables says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.infra.schemas.conversion import Conversions, Properties


@dataclass(frozen=True)
class Row:
    """One type.

    Args:
        twin: its type in CloudFormation.
        conversions: input -> property, where the names differ by more than their case.
        absent: inputs that CloudFormation has no property for, most of them because only the provider acts on them.
        added: properties that the provider fills in by itself.
    """

    twin: str
    conversions: Conversions = field(default_factory=dict[str, str])
    absent: tuple[str, ...] = ()
    added: Properties = field(default_factory=dict[str, Any])


Rows = Mapping[str, Row]
