"""The secrets that the program itself composes, in Secrets Manager under the customer key."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming


@dataclass(frozen=True, kw_only=True)
class AppSecretsArgs:
    """What the secrets are made from.

    Args:
        naming: names and tags of the environment.
        key_arn: KMS key that encrypts them.
        database_url: secret; connection URL of the API.
        allowed_origins: origins that a browser may call the API from.
        protect: keep deleted secrets for 30 days; otherwise they go at once, so that an environment can be made again.
    """

    naming: Naming
    key_arn: Input[str]
    database_url: Input[str]
    allowed_origins: tuple[str, ...]
    protect: bool


class AppSecrets(ComponentResource):
    """priceguard:app_secrets:AppSecrets. Makes each secret and its current version.

    Attributes:
        references: environment variable of the API -> `valueFrom` of the task definition. It pins the version,
            so a new version makes a new task definition, and that rolls the service.
        arns: ARNs of the secrets, for the role that may read them.
    """

    def __init__(self, name: str, args: AppSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:app_secrets:AppSecrets", name, None, opts)
        self._args = args
        self.arns: list[Output[str]] = []
        self.references: dict[str, Output[str]] = {
            "DATABASE_URL": self._secret("database-url", args.database_url),
            "ALLOWED_ORIGINS": self._secret("allowed-origins", ",".join(args.allowed_origins)),
        }
        self.register_outputs({})

    def _secret(self, name: str, value: Input[str]) -> Output[str]:
        """Make one secret with its version, and return the reference to that version."""
        args = self._args
        secret = aws.secretsmanager.Secret(
            name,
            name=args.naming.secret(name),
            kms_key_id=args.key_arn,
            recovery_window_in_days=30 if args.protect else 0,
            tags=args.naming.tags(name),
            opts=ResourceOptions(parent=self),
        )
        version = aws.secretsmanager.SecretVersion(
            name,
            secret_id=secret.id,
            secret_string=Output.secret(value),
            # Tasks of the last deployment still name the old version: it stays readable until they are gone.
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )
        self.arns.append(secret.arn)
        return Output.concat(secret.arn, ":::", version.version_id)
