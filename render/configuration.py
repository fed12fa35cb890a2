"""Reads a stack's configuration file as the engine would hand it to the program."""

import json
from pathlib import Path
from typing import Any

import yaml

from render.registration import MASK

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""


class ConfigurationError(Exception):
    """A stack file that is missing or is not one."""


def read_configuration(stack: str, root: Path = ROOT) -> dict[str, str]:
    """Every key of `Pulumi.<stack>.yaml` under `root`, its value as text.

    Lists and objects become JSON. An encrypted value becomes `[secret]`: only the engine can read it.

    Raises:
        ConfigurationError: no such file, or not YAML with a `config` object.
    """
    path = root / f"Pulumi.{stack}.yaml"
    try:
        document = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        known = ", ".join(sorted(p.name.split(".")[1] for p in root.glob("Pulumi.*.yaml")))
        raise ConfigurationError(f"there is no stack {stack!r} ({path.name} is missing); there are: {known}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path.name} is not YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("config"), dict):
        raise ConfigurationError(f"{path.name} must hold an object `config`")
    return {str(key): as_text(value) for key, value in document["config"].items()}


def as_text(value: Any) -> str:
    """A configuration value as the engine passes it: text as it is, everything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and set(value) == {"secure"}:
        return MASK
    return json.dumps(value)
