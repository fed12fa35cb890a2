"""A state of a stack with secrets laid open, as the engine exports it; made up, but for its form."""

import base64
import json
from typing import Any

from render.registration import SECRET_SIGNATURE, SIGNATURE

PREFIX = "urn:pulumi:dev::priceguard::"
PASSWORD = "xHtWvfZTQ9Qc8yF9y6CgAMkrmij1YlDR3jp4E9Ym"
ODD = 'a/b&c d"é<%\\ü\n'
"""A secret that every notation writes otherwise."""
STACK = f"{PREFIX}pulumi:pulumi:Stack::priceguard-dev"


def secret(value: Any) -> dict[str, Any]:
    """A value that is marked, as it stands in an export."""
    return {SIGNATURE: SECRET_SIGNATURE, "plaintext": json.dumps(value)}


def resource(kind: str, name: str, inputs: Any = None, outputs: Any = None) -> dict[str, Any]:
    """One that a provider made."""
    return {
        "urn": f"{PREFIX}{kind}::{name}",
        "type": kind,
        "custom": True,
        "id": f"id-{name}",
        "inputs": inputs or {},
        "outputs": outputs or {},
        "parent": STACK,
    }


def password(value: Any) -> dict[str, Any]:
    """A resource whose provider made up a secret."""
    return resource("random:index/randomPassword:RandomPassword", "database", {"length": 40}, {"result": secret(value)})


def deployment(*resources: dict[str, Any]) -> dict[str, Any]:
    """A deployment with these resources below the stack."""
    return {
        "manifest": {"time": "2026-11-28T14:53:21Z", "magic": "7dff", "version": "v3.260.0"},
        "secrets_providers": {"type": "cloud", "state": {"url": "awskms://x", "encryptedkey": "QUJD"}},
        "resources": [{"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False}, *resources],
        "metadata": {},
    }


def opened(value: Any) -> Any:
    """The value with what is marked in place of its marks."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            return opened(json.loads(value["plaintext"]))
        return {name: opened(item) for name, item in value.items()}
    return [opened(item) for item in value] if isinstance(value, list) else value


def base64_of(text: str) -> str:
    """As a program writes it."""
    return base64.b64encode(text.encode()).decode()
