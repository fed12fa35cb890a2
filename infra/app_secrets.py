"""The API's secrets in Secrets Manager, under the customer key: those the program composes, and Stripe's API key."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, ResourceOptions, RunError

from infra.naming import Naming

CURRENT = "AWSCURRENT"
# Tags of those that nothing here could rotate: a new one comes from Stripe's dashboard, or with a new endpoint.
ISSUED_BY_STRIPE = {"rotation": "external", "rotation-reason": "Stripe issues it"}
TAGS = {"stripe-secret-key": ISSUED_BY_STRIPE, "stripe-webhook-secret": ISSUED_BY_STRIPE}


class NoValueError(RunError):
    """A secret that a person must put has no value yet."""


@dataclass(frozen=True, kw_only=True)
class AppSecretsArgs:
    """What the secrets are made from.

    Args:
        naming: names and tags of the environment.
        key_arn: KMS key that encrypts them.
        database_url: secret; connection URL of the API.
        allowed_origins: origins that a browser may call the API from.
        webhook_secrets: secret; signing secrets of Stripe's webhook endpoints, joined by commas.
        protect: keep deleted secrets for 30 days; otherwise they go at once, so that an environment can be made again.
    """

    naming: Naming
    key_arn: Input[str]
    database_url: Input[str]
    allowed_origins: tuple[str, ...]
    webhook_secrets: Input[str]
    protect: bool


class AppSecrets(ComponentResource):
    """priceguard:app_secrets:AppSecrets. Makes each secret, and the version of those that the program composes.

    Attributes:
        arns: ARNs of the secrets, for the role that may read them.
    """

    def __init__(self, name: str, args: AppSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:app_secrets:AppSecrets", name, None, opts)
        self._args = args
        self.arns: list[Output[str]] = []
        self._composed: dict[str, Output[str]] = {
            "DATABASE_URL": self._compose("database-url", args.database_url),
            "ALLOWED_ORIGINS": self._compose("allowed-origins", ",".join(args.allowed_origins)),
            "STRIPE_WEBHOOK_SECRET": self._compose("stripe-webhook-secret", args.webhook_secrets),
        }
        # Renaming this deletes the key that a person has put.
        self._stripe_key = self._secret("stripe-secret-key")
        self.register_outputs({})

    def references(self) -> dict[str, Output[str]]:
        """Environment variable of the API -> `valueFrom` of the task definition, for the service that needs them.

        It pins the version, so a new version makes a new task definition, and that rolls the service. Of the secret
        that a person puts, which is in no state, only the metadata of the versions is read.

        Raises:
            NoValueError: as the output is resolved, when nobody has put a value yet.
        """
        secret, environment = self._stripe_key, self._args.naming.environment
        found = aws.secretsmanager.get_secret_versions_output(
            secret_id=secret.id, opts=InvokeOutputOptions(parent=self)
        )
        version = found.versions.apply(lambda versions: current(environment, "stripe-secret-key", versions))
        return {**self._composed, "STRIPE_SECRET_KEY": Output.concat(secret.arn, ":::", version)}

    def _compose(self, name: str, value: Input[str]) -> Output[str]:
        """Make one secret with its version, and return the reference to that version."""
        secret = self._secret(name)
        version = aws.secretsmanager.SecretVersion(
            name,
            secret_id=secret.id,
            secret_string=Output.secret(value),
            # Left out, it would be whatever AWS has. Said, it makes a value that somebody puts by hand drift, because
            # that takes the label, and the next update brings it back.
            version_stages=[CURRENT],
            # Tasks of the last deployment still name the old version: it stays readable until they are gone.
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )
        return Output.concat(secret.arn, ":::", version.version_id)

    def _secret(self, name: str) -> aws.secretsmanager.Secret:
        args = self._args
        secret = aws.secretsmanager.Secret(
            name,
            name=args.naming.secret(name),
            kms_key_id=args.key_arn,
            recovery_window_in_days=30 if args.protect else 0,
            tags={**args.naming.tags(name), **TAGS.get(name, {})},
            opts=ResourceOptions(parent=self),
        )
        self.arns.append(secret.arn)
        return secret


def current(
    environment: str, name: str, versions: Sequence[aws.secretsmanager.outputs.GetSecretVersionsVersionResult]
) -> str:
    """The id of the version that readers get.

    Raises:
        NoValueError: nobody has put a value yet; the message says how.
    """
    for version in versions:
        if CURRENT in version.version_stages:
            return version.version_id
    raise NoValueError(
        f"The secret {name} of {environment} has no value yet. Put it, then run `pulumi up` again:\n"
        f"  priceguard secrets set {environment} {name}"
    )
