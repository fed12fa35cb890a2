"""The shape of an example."""

import json
from dataclasses import dataclass
from typing import Any

from gitops.manifest_policy import connected
from policy.stack import Resource
from tests.policy.resources import Inputs, literal

Resources = list[Resource]


@dataclass(frozen=True)
class Example:
    """What one rule refuses and accepts.

    Args:
        bad: stacks that break it.
        good: stacks that keep it.
        environment: where that is so.
    """

    bad: list[Resources]
    good: list[Resources]
    environment: str = "prod"


def one(type_: str, bad: list[Inputs], good: list[Inputs], environment: str = "prod") -> Example:
    """An example in which single resources are good or bad."""
    return Example([[literal(type_, it)] for it in bad], [[literal(type_, it)] for it in good], environment)


def stack(*resources: Resource) -> Resources:
    """Resources that name each other."""
    return connected(resources)


def ref(type_: str, name: str = "api", output: str = "id") -> str:
    """How one resource names another that does not exist yet."""
    return f"${{{type_}::{name}.{output}}}"


def policy(*statements: dict[str, Any]) -> str:
    """A policy document; statements allow unless they say something else."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]})
