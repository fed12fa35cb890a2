"""What a program may ask of AWS without making anything: the functions of the AWS provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.providers.errors import Refusal
from local.providers.expressions import evaluate
from local.providers.parameters import parameters
from local.providers.resource import World


@dataclass(frozen=True)
class Invoke:
    """One function.

    Args:
        service: by boto3's name.
        operation: takes the function's arguments.
        outputs: result -> expression over the answer.
        names: argument -> parameter that is called otherwise.
    """

    service: str
    operation: str
    outputs: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict[str, str])


INVOKES = {
    "aws:index/getCallerIdentity:getCallerIdentity": Invoke(
        "sts",
        "get_caller_identity",
        {"accountId": "Account", "arn": "Arn", "userId": "UserId", "id": "Account"},
    ),
    "aws:index/getAvailabilityZones:getAvailabilityZones": Invoke(
        "ec2",
        "describe_availability_zones",
        {
            "names": "AvailabilityZones[?State=='available'].ZoneName",
            "zoneIds": "AvailabilityZones[?State=='available'].ZoneId",
            "id": "AvailabilityZones[0].RegionName",
        },
    ),
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": Invoke(
        "ecr",
        "get_authorization_token",
        {
            "authorizationToken": "authorizationData[0].authorizationToken",
            "proxyEndpoint": "authorizationData[0].proxyEndpoint",
            "userName": "before(base64(authorizationData[0].authorizationToken), ':')",
            "password": "after(base64(authorizationData[0].authorizationToken), ':')",
        },
        {"registryId": "registryIds"},
    ),
    # Metadata only; the values are not in the answer.
    "aws:secretsmanager/getSecretVersions:getSecretVersions": Invoke(
        "secretsmanager",
        "list_secret_version_ids",
        {
            "arn": "ARN",
            "name": "Name",
            "secretArn": "ARN",
            "secretName": "Name",
            "id": "ARN",
            "versions": "Versions[].{versionId: VersionId, versionStages: VersionStages || `[]`}",
        },
    ),
}


def invoke(world: World, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a function; its arguments are echoed.

    Raises:
        Refusal: there is no such function, or it does not take such an argument.
    """
    row = INVOKES.get(token)
    if row is None:
        raise Refusal("is not among the functions that are answered here (local/providers/invokes.py)")
    sent = parameters(world.aws.input_shape(row.service, row.operation), _without_options(args), row.names)
    answer = world.aws.call(row.service, row.operation, sent)
    return {**args, **{name: evaluate(e, answer) for name, e in row.outputs.items()}}


def _without_options(args: Mapping[str, Any]) -> dict[str, Any]:
    """`state` filters zones, and the outputs do that already."""
    return {k: v for k, v in args.items() if k != "state"}
