"""Rendering: deterministic, secrets masked, unknowns named, in the engine's own URNs."""

import json
import subprocess
import sys

import pytest

from render.configuration import ROOT, ConfigurationError, as_text
from render.program import run
from tests.manifests import rendered


def test_two_processes_render_the_same_bytes() -> None:
    """Hash randomisation, threads and timing do not show."""
    script = "from render.program import run; print(run('prod').to_json(), end='')"
    texts = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    ]

    assert texts[0] == texts[1]
    assert json.loads(texts[0])["stack"] == "prod"


def test_stacks_do_not_leak_into_each_other() -> None:
    """Several runs in one process are each on their own."""
    first = run("dev")
    run("prod")

    assert run("dev") == first


def test_secrets_are_masked_wherever_they_flow() -> None:
    """The password, and the URL that is composed from it."""
    dev = rendered("dev")

    assert dev.one("aws:rds/instance:Instance").inputs["password"] == "[secret]"
    assert (
        dev.one("aws:secretsmanager/secretVersion:SecretVersion", "database-url").inputs["secretString"] == "[secret]"
    )
    assert "postgresql://" not in dev.to_json()


def test_urns_carry_the_types_of_all_parents() -> None:
    """As the engine makes them, so that a manifest and a preview can be compared."""
    urn = rendered("dev").one("aws:ecs/service:Service").urn

    assert urn == (
        "urn:pulumi:dev::priceguard::priceguard:environment:Environment$"
        "priceguard:fargate_service:FargateService$aws:ecs/service:Service::api"
    )


def test_a_stack_that_does_not_exist_is_named() -> None:
    """With those that do."""
    with pytest.raises(ConfigurationError, match=r"'staging'.*dev, prod"):
        run("staging")


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (True, "true"), (3, "3"), ([1], "[1]"), ({"a": 1}, '{"a": 1}'), ({"secure": "v1:x"}, "[secret]")],
)
def test_configuration_arrives_as_the_engine_passes_it(value: object, text: str) -> None:
    """Text as it is, everything else as JSON, what is encrypted masked."""
    assert as_text(value) == text
