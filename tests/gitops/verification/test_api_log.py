"""What the API's log in CloudWatch says of an event: found, not there (yet), or not to be read."""

import json
import time
from collections.abc import Generator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from gitops.verification.api_log import booked, settles
from gitops.verification.result import NoAnswerError, VerifyError
from tests.gitops.cluster import GROUP, REGION

EVENT = "evt_1ABC"
BOOKED = {"event": "webhook_booked", "event_ids": ["evt_9", EVENT], "account_id": "1"}
IGNORED = {"event": "webhook_ignored", "event_ids": [EVENT], "reason": "no account has this customer"}
SINCE = 1_700_000_000.5
ASKED = {"logGroupName": GROUP, "startTime": 1_700_000_000_500, "filterPattern": f'"{EVENT}"'}


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Generator[Any]:
    """The log of an emulated AWS, with one task's stream."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        client = boto3.client("logs")
        client.create_log_group(logGroupName=GROUP)
        client.create_log_stream(logGroupName=GROUP, logStreamName="api/api/1")
        yield client


def write(logs: Any, *lines: Any, age: float = 0) -> None:
    """As the awslogs driver does."""
    at = int((time.time() - age) * 1000)
    events = [{"timestamp": at, "message": line if isinstance(line, str) else json.dumps(line)} for line in lines]
    logs.put_log_events(logGroupName=GROUP, logStreamName="api/api/1", logEvents=events)


@pytest.mark.parametrize("line", [BOOKED, IGNORED])
def test_a_line_that_settles_the_event_is_found(logs: Any, line: dict[str, Any]) -> None:
    """Among others, also those that name it; booked with its effect, or without one."""
    received = {"event": "webhook_received", "event_id": EVENT, "new": True}
    write(logs, "not JSON", received, {**BOOKED, "event_ids": ["evt_1ABCD"]})
    assert not booked(GROUP, REGION, EVENT, time.time() - 60)

    write(logs, line)

    assert booked(GROUP, REGION, EVENT, time.time() - 60)
    assert not booked(GROUP, REGION, "evt_2", time.time() - 60)


def test_what_is_older_does_not_count(logs: Any) -> None:
    """It was another deployment that wrote it."""
    write(logs, BOOKED, age=120)

    assert booked(GROUP, REGION, EVENT, time.time() - 180, logs=logs)
    assert not booked(GROUP, REGION, EVENT, time.time() - 60, logs=logs)


@pytest.mark.parametrize(
    "line",
    [
        f"webhook_booked {EVENT}",
        json.dumps([EVENT]),
        "[" * 100_000,
        json.dumps({"event": "webhook_booked", "event_ids": EVENT}),
        json.dumps({"event": "webhook_booked"}),
        json.dumps({"event": ["webhook_booked"], "event_ids": [EVENT]}),
        json.dumps({**BOOKED, "event": "webhook_dead"}),
        json.dumps({**BOOKED, "event": "webhook_postponed"}),
    ],
)
def test_no_other_line_settles_it(line: str) -> None:
    """Whatever it looks like."""
    assert not settles(line, EVENT)


@given(line=st.text() | st.recursive(st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_line_can_be_looked_at(line: Any) -> None:
    """Others write into a log."""
    assert not settles(line if isinstance(line, str) else json.dumps(line), EVENT)


@pytest.fixture
def stub() -> Generator[Stubber]:
    """A client whose answers the test gives, and which checks what it is asked."""
    client = boto3.client("logs", REGION, aws_access_key_id="testing", aws_secret_access_key="testing")
    with Stubber(client) as stubber:
        yield stubber


def test_an_empty_page_is_not_the_end(stub: Stubber) -> None:
    """AWS looks through a part of the log at a time."""
    stub.add_response("filter_log_events", {"events": [], "nextToken": "2"}, ASKED)
    stub.add_response("filter_log_events", {"events": [], "nextToken": "3"}, {**ASKED, "nextToken": "2"})
    found = {"events": [{"message": json.dumps(IGNORED)}]}
    stub.add_response("filter_log_events", found, {**ASKED, "nextToken": "3"})

    assert booked(GROUP, REGION, EVENT, SINCE, logs=stub.client)
    stub.assert_no_pending_responses()


def test_a_search_without_end_is_given_up(stub: Stubber) -> None:
    """That is no answer, and must not look like one."""
    for _ in range(100):
        stub.add_response("filter_log_events", {"events": [], "nextToken": "again"})

    with pytest.raises(NoAnswerError, match=f"{GROUP} could not be looked through in 100 pages"):
        booked(GROUP, REGION, EVENT, SINCE, logs=stub.client)


@pytest.mark.parametrize(
    ("code", "status", "error", "words"),
    [
        ("ThrottlingException", 400, NoAnswerError, "AWS refuses FilterLogEvents"),
        ("ServiceUnavailableException", 503, NoAnswerError, "AWS refuses FilterLogEvents"),
        ("AccessDeniedException", 400, VerifyError, "may not do this: .*, or allow logs:FilterLogEvents"),
        ("ResourceNotFoundException", 400, VerifyError, "is this the account .* and was the stack deployed"),
    ],
)
def test_a_refusal_says_what_to_do(stub: Stubber, code: str, status: int, error: type[VerifyError], words: str) -> None:
    """And whether waiting helps."""
    stub.add_client_error("filter_log_events", code, "said AWS", status)

    with pytest.raises(VerifyError, match=words) as raised:
        booked(GROUP, REGION, EVENT, SINCE, logs=stub.client)

    assert type(raised.value) is error


def test_no_way_to_aws_may_pass() -> None:
    """The network."""

    class Unreachable:
        def filter_log_events(self, **_: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://logs.us-east-1.amazonaws.com")

    with pytest.raises(NoAnswerError, match="AWS does not answer in 'us-east-1'"):
        booked(GROUP, REGION, EVENT, SINCE, logs=Unreachable())


@pytest.mark.parametrize("event_id", ["", "evt_", 'evt_1" "x', "evt_1\n", "cus_1", f"evt_{'1' * 300}"])
def test_what_is_no_id_reaches_no_pattern(stub: Stubber, event_id: str) -> None:
    """It could mean anything there."""
    with pytest.raises(VerifyError, match="is no id of an event of Stripe's"):
        booked(GROUP, REGION, event_id, SINCE, logs=stub.client)
