"""The values that the program composes."""

from render.manifest import Manifest

VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def test_what_the_program_composes_is_what_readers_get(stack: Manifest) -> None:
    """It says so of each, and so a value that somebody puts in its place is drift."""
    labels = {r.name: r.inputs["versionStages"] for r in stack.of_type(VERSION)}

    assert labels == {name: ["AWSCURRENT"] for name in ("database-url", "allowed-origins", "stripe-webhook-secret")}
