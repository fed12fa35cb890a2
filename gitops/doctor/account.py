"""An AWS account as the doctor reads it: each question is asked once, and what AWS refuses is told apart."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from gitops.aws.config import client_config
from gitops.aws.errors import cause
from gitops.doctor.errors import DoctorError, MissingError, NotAskedError, UnreadError
from gitops.doctor.report import shown

_MISSING = {"NoSuchBucket", "NoSuchEntity", "NoSuchEntityException", "NotFoundException"}
# S3 has no empty answer for a setting that was never made.
_UNSET = {
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "OwnershipControlsNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
}
_ENDED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
# Where IAM's name of a permission is not the operation's.
_PERMISSIONS = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:ListObjectsV2": "s3:ListBucket",
}


class Account:
    """An account in one region, seen with the caller's credentials.

    Args:
        session: boto3's.
        region: where to look.
        progress: told what is asked for.

    Raises:
        NotAskedError: there are no credentials.
        DoctorError: AWS does not take them, or does not answer.
    """

    def __init__(self, session: Any, region: str, progress: Callable[[str], None] = lambda _: None) -> None:
        self.region = region
        self._session, self._progress = session, progress
        self._clients, self._answers = dict[str, Any](), dict[tuple[Any, ...], dict[str, Any] | Exception]()
        try:
            who = self._client("sts").get_caller_identity()
        except NoCredentialsError as error:
            raise NotAskedError(cause(error, region)) from error
        except (BotoCoreError, ClientError) as error:
            raise DoctorError(cause(error, region)) from error
        self.id, self.caller = str(who["Account"]), str(who["Arn"])

    def call(self, service: str, operation: str, **arguments: str) -> dict[str, Any]:
        """The whole answer to one question, with all pages; empty for a setting that was never made.

        Raises:
            MissingError: what was asked for does not exist.
            UnreadError: AWS refuses this question.
            DoctorError: AWS refuses every question, or does not answer.
        """
        question = (service, operation, *sorted(arguments.items()))
        if question not in self._answers:
            self._progress(f"{service} {operation}")
            self._answers[question] = self._ask(service, operation, arguments)
        answer = self._answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _ask(self, service: str, operation: str, arguments: dict[str, str]) -> dict[str, Any] | Exception:
        try:
            client = self._client(service)
            if client.can_paginate(operation):
                return client.get_paginator(operation).paginate(**arguments).build_full_result()
            return getattr(client, operation)(**arguments)
        except ClientError as error:
            return self._refused(service, error)
        except BotoCoreError as error:
            raise DoctorError(cause(error, self.region)) from error

    def _refused(self, service: str, error: ClientError) -> dict[str, Any] | Exception:
        said = error.response.get("Error", {})
        code, message = said.get("Code", ""), said.get("Message", "")
        if code in _UNSET:
            return {}
        # CloudFormation has no code of its own for a stack that is not there.
        if code in _MISSING or (code == "ValidationError" and "does not exist" in message):
            return MissingError(message)
        if code in _ENDED:
            raise DoctorError(cause(error, self.region)) from error
        asked = f"{service}:{error.operation_name}"
        permission = _PERMISSIONS.get(asked, asked)
        if code.startswith("AccessDenied"):
            return UnreadError(permission, "", f"allow {permission} to {self.caller}, or use a role that may")
        return UnreadError(permission, f" ({code})", f"run this again; AWS said: {shown(message)}")

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            config = client_config()
            self._clients[service] = self._session.client(service, region_name=self.region, config=config)
        return self._clients[service]
