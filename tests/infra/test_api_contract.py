"""What the program and the API share without importing each other: variables, port, health path, certificates."""

import dataclasses
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from api import settings as api_settings
from infra import checks
from infra.settings import DatabaseSettings
from render.configuration import ROOT
from render.manifest import Manifest
from tests.infra.test_service import container


def test_the_task_definition_names_what_the_api_reads_and_the_other_way_round(stack: Manifest) -> None:
    """A variable that one side does not know is a mistake on the other."""
    api = container(stack)
    named = [variable["name"] for variable in [*api["environment"], *api["secrets"]]]

    assert sorted(named) == sorted(api_settings.VARIABLES)


def test_the_port_is_the_same_everywhere(stack: Manifest) -> None:
    """Container, variable, target group."""
    api = container(stack)
    variables = {variable["name"]: variable["value"] for variable in api["environment"]}

    assert str(api["portMappings"][0]["containerPort"]) == variables["PORT"]
    assert str(stack.one("aws:lb/targetGroup:TargetGroup").inputs["port"]) == variables["PORT"]


def test_the_image_says_what_the_task_definition_says(stack: Manifest) -> None:
    """Command, health check and its times, user, port, signal: `docker run` of the image behaves as the task does."""
    api = container(stack)
    text = (ROOT / "Dockerfile").read_text()
    check = api["healthCheck"]

    def instruction(name: str) -> str:
        *_, last = re.findall(rf"^{name} (.*)$", text, re.MULTILINE)
        return last

    options, _, command = instruction("HEALTHCHECK").partition(" CMD ")
    assert json.loads(instruction("CMD")) == api["command"]
    assert ["CMD", *json.loads(command)] == check["command"]
    assert options.split() == [
        f"--interval={check['interval']}s",
        f"--timeout={check['timeout']}s",
        f"--retries={check['retries']}",
        f"--start-period={check['startPeriod']}s",
    ]
    assert instruction("USER") == api["user"]
    assert instruction("EXPOSE") == str(api["portMappings"][0]["containerPort"])
    assert instruction("STOPSIGNAL") == "SIGTERM"  # which ECS sends, and waits for stopTimeout


def test_the_root_certificates_are_where_the_url_says() -> None:
    """The image's /app is the checkout."""
    (default,) = [str(f.default) for f in dataclasses.fields(DatabaseSettings) if f.name == "root_certificates"]

    assert default.startswith("/app/api/")
    assert (ROOT / default.removeprefix("/app/")).is_file()


@given(st.lists(st.from_regex(checks.ORIGIN, fullmatch=True), min_size=1))
def test_the_api_takes_every_origin_that_the_settings_allow(origins: list[str]) -> None:
    """Else a configuration that was accepted would stop the tasks from starting."""
    environment = {
        "ENVIRONMENT": "dev",
        "REVISION": "unreleased",
        "LOG_LEVEL": "INFO",
        "HOST": "0.0.0.0",  # noqa: S104 - nothing listens
        "PORT": "4000",
        "DATABASE_URL": "postgresql://user:password@host:5432/appdb?sslmode=disable",
        "STRIPE_API_URL": checks.STRIPE_API,
        "STRIPE_PRICES": json.dumps(
            [{"id": "price_1", "plan": "basic", "interval": "month", "unit_amount": 900, "currency": "usd"}]
        ),
        "STRIPE_SECRET_KEY": "sk_test_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef",
        "ALLOWED_ORIGINS": ",".join(checks.origins(json.dumps(origins))),
    }

    assert api_settings.Settings.from_environment(environment).allowed_origins == set(origins)
