"""What the API's own log in CloudWatch says of one of Stripe's events. It only reads.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

import re
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gitops.aws.config import clients
from gitops.aws.errors import OTHER_PLACE, cause
from gitops.previews.values import parsed
from gitops.verification.result import NoAnswerError, VerifyError

_EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]{1,250}")
_PAGES = 100  # of a search; one may be empty and still not be the last
_REMEDIES = {
    "AccessDeniedException": ", or allow logs:FilterLogEvents",
    "ResourceNotFoundException": f"; {OTHER_PLACE}",
}
"""Code of what does not pass by itself -> what to do."""


def booked(log_group: str, region: str, event_id: str, since: float, *, logs: Any = None) -> bool:
    """Whether a task of the API has written that it settled the event: it is in the database by then.

    Args:
        log_group: where the tasks write.
        region: where that is.
        event_id: `evt_...`.
        since: Unix time; older lines are not looked at.
        logs: boto3's client; one with the credentials of the environment, unless given.

    Raises:
        NoAnswerError: AWS is busy or out of reach, or the log is too long to be looked through.
        VerifyError: there is no such log, AWS refuses, or that is no id of an event.
    """
    if not _EVENT_ID.fullmatch(event_id):  # so that it needs no escaping in the pattern
        raise VerifyError(f"{event_id[:40]!r} is no id of an event of Stripe's, which looks like evt_1ABC")
    where = {"logGroupName": log_group, "startTime": max(0, int(since * 1000)), "filterPattern": f'"{event_id}"'}
    try:
        client = logs or _client(region)
        token = dict[str, str]()
        for _ in range(_PAGES):
            page = client.filter_log_events(**where, **token)
            if any(settles(line["message"], event_id) for line in page["events"]):
                return True
            if "nextToken" not in page:
                return False
            token = {"nextToken": page["nextToken"]}
    except ClientError as error:
        remedy = _REMEDIES.get(error.response.get("Error", {}).get("Code", ""))
        words = f"{cause(error, region)}{remedy or ''}"
        raise (VerifyError if remedy else NoAnswerError)(words) from error
    except BotoCoreError as error:
        raise NoAnswerError(cause(error, region)) from error
    raise NoAnswerError(f"{log_group} could not be looked through in {_PAGES} pages; {NoAnswerError.remedy}")


def settles(text: str, event_id: str) -> bool:
    """Whether a line of the API's log says that the event has had its effect, or has none (no account's customer)."""
    match parsed(text):
        case {"event": "webhook_booked" | "webhook_ignored", "event_ids": list(ids)}:
            return event_id in ids
        case _:
            return False


@cache
def _client(region: str) -> Any:
    (client,) = clients(region, "logs")
    return client
