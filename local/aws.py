"""Calls to the local AWS that stand for what AWS services do among themselves."""

import asyncio
from functools import cache
from typing import Any

from local.providers.aws import Aws

REGION_OF_ARN, FIELDS_OF_SECRET_ARN = 3, 7
ANSWERS_WITHIN = 10  # seconds


@cache
def client(service: str, endpoint: str, region: str) -> Any:
    """A boto3 client of the local AWS."""
    return Aws(endpoint, region).client(service)


async def read_secret(endpoint: str, value_from: str) -> str:
    """The value that ECS would put into a container for a task definition's `valueFrom`.

    Args:
        endpoint: URL of the local AWS.
        value_from: `<secret ARN>`, or `<secret ARN>:<JSON key>:<version stage>:<version id>`; a JSON key is not
            supported, because no secret of ours holds JSON.

    Raises:
        botocore.exceptions.ClientError: there is no such secret or version.
        TimeoutError: the local AWS does not answer.
    """
    fields = value_from.split(":")
    arn, (_, stage, version) = ":".join(fields[:FIELDS_OF_SECRET_ARN]), (*fields[FIELDS_OF_SECRET_ARN:], "", "", "")[:3]
    which = {name: value for name, value in (("VersionStage", stage), ("VersionId", version)) if value}
    secrets = client("secretsmanager", endpoint, fields[REGION_OF_ARN])
    async with asyncio.timeout(ANSWERS_WITHIN):
        answer = await asyncio.to_thread(secrets.get_secret_value, SecretId=arn, **which)
    return answer["SecretString"]
