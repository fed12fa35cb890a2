"""Issues: of an ordinary drift, of one with words that are meant to do harm, of one that is too long."""

from dataclasses import replace
from pathlib import Path

from gitops.drift_issue import body
from gitops.engine_result import Change, Result
from tests.gitops.engine_states import changed
from tests.gitops.golden_comment.comments import TRICK
from tests.gitops.golden_preview.samples import INSTANCE, PREVIEWS, SERVICE, change

HERE = Path(__file__).parent
RUN = "https://github.com/priceguard/platform/actions/runs/19876543210"
ALARM = change("delete", "aws:cloudwatch/metricAlarm:MetricAlarm", "cpu")
SIZE = change("update", INSTANCE, "database", changed("allocatedStorage", 20, 40), changed("tags.Owner", None, "ada"))
SECRET = change(
    "update", SERVICE, "api", changed("password", "[secret]", "[secret]"), changed("key", "a", "sk_live_51Hab")
)


def drifted(*changes: Change) -> Result:
    """What a look at the cloud has found."""
    return replace(PREVIEWS["nothing_changes"].result, changes=changes, policy=(), unchanged=150)


def of(*changes: Change) -> str:
    """The issue on dev."""
    return body("dev", drifted(*changes), run_url=RUN, since="2026-11-28", digest="9c1185a5" * 8)


ISSUES = {
    "drift": of(SIZE, ALARM, SECRET),
    "hostile": of(change("update", TRICK, TRICK, changed(TRICK, TRICK, TRICK[1:]))),
}
