"""boto3 against the AWS emulator: one session, one client for each service."""

import re
from functools import cache, cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from local.providers.errors import Refusal

# botocore's report repeats the values, which may be secret: only these words of it are told.
_PROBLEM = re.compile(
    r'^(?:(Missing required) parameter in \S+: "(\w+)"|(Invalid \w+) for parameter ([\w.\[\]]+),)', re.MULTILINE
)

# moto answers 500 where it lacks something, and trying that again only takes time.
# No proxy: what goes to the emulator, secrets among it, never leaves this machine.
_CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60, proxies={})


class Aws:
    """The services of one region behind one endpoint.

    Args:
        endpoint: URL of the emulator.
        region: AWS region; the emulator keeps regions apart.

    Attributes:
        client: service -> its boto3 client, made once.
    """

    def __init__(self, endpoint: str, region: str) -> None:
        self._endpoint = endpoint
        # The emulator takes any key; without one boto3 would look for the developer's own.
        self._session = boto3.Session("local", "local", region_name=region)
        self.client = cache(self._new_client)

    def call(self, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Call an operation, spelt as boto3 spells it, and return its answer.

        Raises:
            Refusal: boto3 finds a parameter missing or of the wrong type, or AWS refuses the request.
        """
        try:
            return getattr(self.client(service), operation)(**parameters)
        except ParamValidationError as error:
            raise _invalid(operation, str(error.kwargs["report"])) from None
        except ClientError as error:
            details = error.response.get("Error", {})
            reason = f"{operation} was refused: {details.get('Code')}: {details.get('Message')}"
            raise Refusal(reason, code=str(details.get("Code"))) from None
        except BotoCoreError as error:
            raise Refusal(f"{operation} was not answered: {type(error).__name__}: {error}") from None

    @cached_property
    def account(self) -> str:
        """The account that the emulator plays, 12 digits."""
        return self.call("sts", "get_caller_identity", {})["Account"]

    def input_shape(self, service: str, operation: str) -> Any:
        """Return botocore's model of what an operation takes: a structure shape."""
        client = self.client(service)
        name = client.meta.method_to_api_mapping[operation]
        return client.meta.service_model.operation_model(name).input_shape

    def _new_client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._endpoint, config=_CONFIG)


def _invalid(operation: str, report: str) -> Refusal:
    problems = [
        (missing or invalid, required or name) for missing, required, invalid, name in _PROBLEM.findall(report)
    ] or [("Invalid value", "")]
    problem, parameter = problems[0]
    return Refusal(f"{operation}: {problem.lower()}", parameter)
