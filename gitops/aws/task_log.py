"""What a task on AWS wrote: its log stream in CloudWatch, whole, also when the last lines arrive late."""

import json
import time
from collections.abc import Callable
from typing import Any

Line = dict[str, Any]


def read_lines(
    logs: Any, group: str, stream: str, *, is_last: Callable[[Line], bool], late: float, pause: float
) -> list[Line]:
    """Every line of the stream of a task that has ended, parsed.

    Args:
        logs: boto3's client.
        group: name of the log group.
        stream: name of the log stream; a container that wrote nothing has none.
        is_last: knows the line after which nothing comes.
        late: seconds after which a stream without such a line counts as whole.
        pause: seconds between two looks for late lines.

    Raises:
        botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError: as boto3 raises them.
    """
    lines, token = list[Line](), None
    deadline = time.monotonic() + late
    while True:
        page, after = _page(logs, group, stream, token)
        lines += [parsed(event["message"]) for event in page]
        if after != token:  # the same one again means that this was the end
            token = after
        elif any(map(is_last, lines)) or time.monotonic() >= deadline:
            return lines
        else:
            time.sleep(pause)


def parsed(text: str) -> Line:
    """The object that a line holds, or `{"text": ...}` when it holds none."""
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    return line if isinstance(line, dict) else {"text": text}


def _page(logs: Any, group: str, stream: str, token: str | None) -> tuple[list[dict[str, Any]], str | None]:
    where = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
    try:
        answer = logs.get_log_events(**where, **({"nextToken": token} if token else {}))
    except logs.exceptions.ResourceNotFoundException:
        return [], token  # the stream comes with its first line
    return answer["events"], answer["nextForwardToken"]
