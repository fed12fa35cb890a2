"""Stripe's secrets: the signing secrets that the program composes, and the API key that a person puts."""

import json
from typing import Any

import pulumi
import pytest

from infra.app_secrets import current
from infra.stripe_billing import joined
from render.configuration import read_configuration
from render.manifest import Manifest
from render.monitor import Monitor, run_program
from render.program import NamedUnknowns
from render.registration import Made, Registration, plain
from tests.infra.test_service import container, statements

ENDPOINT = "stripe:index/webhookEndpoint:WebhookEndpoint"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
SECRETS = {"webhook-a": "whsec_of_a", "webhook-b": "whsec_of_b"}


class Stripe(NamedUnknowns):
    """A provider that tells the given signing secrets, and a Secrets Manager with the given versions."""

    def __init__(self, secrets: dict[str, str | None], versions: list[dict[str, Any]] | None = None) -> None:
        super().__init__("us-east-1")
        self.secrets = secrets
        self.versions = versions

    def make(self, registration: Registration) -> Made:
        """As rendered, but for the signing secret."""
        made = super().make(registration)
        if registration.type == ENDPOINT:
            return Made(made.id, {**made.outputs, "secret": self.secrets[registration.name]})
        return made

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """As rendered, but for the versions."""
        if self.versions is not None and "getSecretVersions" in token:
            return {**args, "versions": self.versions}
        return super().call(token, args)


def run_with(maker: Stripe, **changes: str) -> Monitor:
    """The dev stack with some keys changed, its resources made by `maker`."""
    config = read_configuration("dev") | {f"priceguard:{key}": value for key, value in changes.items()}
    return run_program("dev", config, maker)


def composed(maker: Stripe, slots: str) -> str:
    """What Secrets Manager gets as the signing secrets."""
    found = run_with(maker, webhookSlots=slots).registrations
    (version,) = [r for r in found if r.type == VERSION and r.name == "stripe-webhook-secret"]
    return plain(version.inputs["secretString"])


@pytest.mark.parametrize(
    ("slots", "secrets", "expected"),
    [
        ("a", SECRETS, "whsec_of_a"),
        ("b", SECRETS, "whsec_of_b"),
        ("a,b", SECRETS, "whsec_of_a,whsec_of_b"),
        ("b,a", SECRETS, "whsec_of_b,whsec_of_a"),
        ("b,a", {**SECRETS, "webhook-a": None}, "whsec_of_b"),
        ("b,a", {**SECRETS, "webhook-a": ""}, "whsec_of_b"),
        ("a,b", {**SECRETS, "webhook-a": ""}, "whsec_of_b"),
    ],
)
def test_the_newest_secret_comes_first_and_none_is_empty(slots: str, secrets: dict[str, Any], expected: str) -> None:
    """Stripe tells a secret at creation only: an imported endpoint has none."""
    assert composed(Stripe(secrets), slots) == expected


@pytest.mark.parametrize(
    ("slots", "next_step"),
    [
        ("a", "set priceguard:webhookSlots to b,a"),
        ("b", "set priceguard:webhookSlots to a,b"),
        ("b,a", "--replace '**::webhook-a'"),
    ],
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_without_any_secret_nothing_is_written(slots: str, next_step: str, nothing: str | None) -> None:
    """The message names the cause and the next step; Secrets Manager gets no empty version."""
    maker = Stripe(dict.fromkeys(SECRETS, nothing))

    with pytest.raises(pulumi.RunError, match="No signing secret of webhook-") as refused:
        composed(maker, slots)

    assert next_step in str(refused.value)
    assert "was imported" in str(refused.value)


def test_secrets_are_joined_as_the_api_reads_them() -> None:
    """By commas, without spaces."""
    assert joined(("b", "a"), ("new", "old")) == "new,old"


def test_no_secret_stands_in_the_manifest(stack: Manifest) -> None:
    """Neither signing secrets nor a key; the provider is given none, so none gets into a state."""
    text = stack.to_json()

    assert stack.one(VERSION, "stripe-webhook-secret").inputs["secretString"] == "[secret]"
    assert "webhook-a.secret}" not in text
    assert not [kind for kind in ("whsec_", "sk_test_", "sk_live_", "rk_") if kind in text]
    assert stack.one("pulumi:providers:stripe").inputs == {}


def test_the_api_key_is_a_secret_without_a_value_of_ours(stack: Manifest) -> None:
    """The program makes the secret and pins the version that a person has put."""
    references = {secret["name"]: secret["valueFrom"] for secret in container(stack)["secrets"]}

    assert stack.one(SECRET, "stripe-secret-key").inputs["name"] == f"priceguard/{stack.stack}/stripe-secret-key"
    assert "stripe-secret-key" not in {r.name for r in stack.of_type(VERSION)}
    assert references["STRIPE_SECRET_KEY"] == (
        f"${{{SECRET}::stripe-secret-key.arn}}:::${{{SECRET}::stripe-secret-key.currentVersion}}"
    )


def test_the_current_version_of_the_api_key_is_pinned() -> None:
    """Not the previous one, nor one that is still to come."""
    versions: list[dict[str, Any]] = [
        {"versionId": "old", "versionStages": ["AWSPREVIOUS"]},
        {"versionId": "new", "versionStages": ["AWSCURRENT"]},
        {"versionId": "next", "versionStages": ["AWSPENDING"]},
    ]

    found = run_with(Stripe(dict(SECRETS), versions)).registrations

    (task,) = [r for r in found if r.type == "aws:ecs/taskDefinition:TaskDefinition"]
    (api,) = json.loads(plain(task.inputs["containerDefinitions"]))
    (key,) = [secret["valueFrom"] for secret in api["secrets"] if secret["name"] == "STRIPE_SECRET_KEY"]
    assert key.endswith(":::new")


@pytest.mark.parametrize("versions", [[], [{"versionId": "next", "versionStages": ["AWSPENDING"]}]])
def test_a_key_that_nobody_has_put_is_asked_for(versions: list[dict[str, Any]]) -> None:
    """With the command, word for word."""
    with pytest.raises(pulumi.RunError, match="stripe-secret-key of dev has no value yet") as refused:
        run_with(Stripe(dict(SECRETS), versions))

    assert "priceguard secrets set dev stripe-secret-key" in str(refused.value)
    assert "pulumi up" in str(refused.value)


def test_a_missing_value_is_refused_by_itself() -> None:
    """Apart from any program."""
    with pytest.raises(pulumi.RunError, match="b of a has no value yet"):
        current("a", "b", [])


def test_secrets_say_who_rotates_them(stack: Manifest) -> None:
    """Those that Stripe issues; what the program composes, it renews itself."""
    external = {r.name for r in stack.of_type(SECRET) if r.inputs["tags"].get("rotation") == "external"}

    assert external == {"stripe-secret-key", "stripe-webhook-secret"}


def test_the_execution_role_reads_exactly_the_four_secrets_of_the_api(stack: Manifest) -> None:
    """Each by its own ARN."""
    found = statements(stack.one("aws:iam/rolePolicy:RolePolicy", "execution"))
    (readable,) = [s["Resource"] for s in found if s["Action"] == "secretsmanager:GetSecretValue"]
    names = ("database-url", "allowed-origins", "stripe-webhook-secret", "stripe-secret-key")

    assert readable == [f"${{{SECRET}::{name}.arn}}" for name in names]
    assert {r.name for r in stack.of_type(SECRET)} == set(names)
