"""Secrets and their versions: aws:secretsmanager/..."""

from collections.abc import Mapping
from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.naming import Named
from local.providers.resource import Kind, Made, World
from local.providers.rows import Call, Read, Row, Service, Update, document, tagging

SECRETS_MANAGER = Service(
    "secretsmanager",
    tagging(
        Call("tag_resource", {"SecretId": "id", "Tags": "added.tags"}),
        Call("untag_resource", {"SecretId": "id", "TagKeys": "removed.tags"}),
    ),
)


class Secret(AwsResource):
    """A secret; the value that a person would put into it is there as soon as it is."""

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:
        """Make the secret, then its first version where somebody gave a value."""
        made = super().create(world, name, inputs)
        if value := world.surroundings.given_secrets.get(made.outputs["name"]):
            world.aws.call("secretsmanager", "put_secret_value", {"SecretId": made.id, "SecretString": value})
        return made


ROWS: dict[str, Row | Kind] = {
    "aws:secretsmanager/secret:Secret": Secret(
        Row(
            service=SECRETS_MANAGER,
            create=Call("create_secret"),
            id="ARN",
            outputs={"arn": "ARN"},
            defaults={"recoveryWindowInDays": 30},
            key={"SecretId": "id"},
            read=Read(
                Call("describe_secret"),
                {"description": "Description", "kmsKeyId": "KmsKeyId", "tags": "pairs(Tags, 'Key', 'Value')"},
                found="!DeletedDate && @",
            ),
            updates=(
                Update((Call("put_resource_policy", {"ResourcePolicy": "policy"}),), {"policy"}),
                Update((Call("update_secret"),), {"description", "kmsKeyId"}),
            ),
            replaces={"name", "namePrefix"},
            delete=(
                Call(
                    "delete_secret",
                    {"ForceDeleteWithoutRecovery": "`true`"},
                    when="recoveryWindowInDays == `0`",
                ),
                Call(
                    "delete_secret",
                    {"RecoveryWindowInDays": "recoveryWindowInDays"},
                    when="recoveryWindowInDays != `0`",
                ),
            ),
            recorded={"recoveryWindowInDays", "forceOverwriteReplicaSecret"},
            named=Named(most=512),
            normal={"policy": document},
        )
    ),
    # Deleting does nothing: a version that is no longer the current one stays readable by its id, and tasks that
    # were started with it may still ask for it.
    "aws:secretsmanager/secretVersion:SecretVersion": Row(
        service=Service("secretsmanager"),
        create=Call("put_secret_value"),
        id="join('|', [secretId, VersionId])",
        outputs={"arn": "ARN", "secretArn": "ARN", "versionId": "VersionId", "versionStages": "VersionStages"},
        key={"SecretId": "secretId"},
        read=Read(
            Call("describe_secret"),
            {"versionStages": "stages"},
            found="!DeletedDate && where(listed(VersionIdsToStages, 'id', 'stages'), 'id', versionId)",
            filled={"versionStages"},
        ),
        # Labels move as on AWS when a value is put. When one alone moves, moto still reads the other version, so the
        # value is put again under its own id, which moto lets happen to a version that waits to be the current one.
        updates=(
            Update(
                (
                    Call(
                        "update_secret_version_stage",
                        {"VersionStage": "'AWSPENDING'", "MoveToVersionId": "versionId"},
                        when="versionStages",
                    ),
                    Call(
                        "put_secret_value",
                        {
                            "ClientRequestToken": "versionId",
                            "SecretString": "secretString",
                            "SecretBinary": "secretBinary",
                            "VersionStages": "versionStages",
                        },
                        when="versionStages",
                    ),
                ),
                {"versionStages"},
            ),
        ),
        replaces={"secretId", "secretString", "secretBinary"},
        sensitive={"secretString", "secretBinary"},
    ),
}
