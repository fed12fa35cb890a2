"""The comments: of the previews beside them, of one that failed, and of one with words that are meant to do harm."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from gitops.comments.comment import comment, failed
from gitops.engine_result import Diagnostic
from gitops.previews.preview import Preview
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import INSTANCE, KEY, PREVIEWS, change, preview

HERE = Path(__file__).parent
REVISION = "3f2c1ab5" * 5
RUN = "https://github.com/priceguard/platform/actions/runs/19876543210"
SEAL = "9c1185a5c5e9fc54612808977ee8f548b2258d31"
TRICK = "</details>\n```\n@octocat <img src=x onerror=alert(1)> [pay](https://evil.example) \u202e#1 ``"


def plain(found: Preview) -> dict[str, Any]:
    """As it arrives from the job that made it."""
    return json.loads(json.dumps(found.as_dict()))


def of(found: Preview, since: str | None = None, **more: Any) -> str:
    """The comment on one preview of dev."""
    return comment(plain(found), stack="dev", revision=REVISION, run_url=RUN, since=since, seal_digest=SEAL, **more)


HOSTILE = preview(
    change("replace", TRICK, TRICK, changed(TRICK, TRICK, TRICK[1:], replaces=True)),
    change("update", "aws:ecs/service:Service", TRICK, changed(TRICK, {TRICK: "a"}, {TRICK: TRICK})),
    change(TRICK, "a:b:c", "name"),
    said=(Diagnostic(severity="warning", message=TRICK, urn=f"urn:pulumi:dev::priceguard::a:b:c::{TRICK}"),),
)
STOPPED = preview(
    policy=(), said=(Diagnostic(severity="error", message="Program failed:\n  stripe_mode is missing", urn=""),)
)
LOSSES = preview(
    change("delete", "aws:lb/listener:Listener", "http"),
    change("delete", "aws:cloudwatch/metricAlarm:MetricAlarm", "cpu"),
    change("delete", "aws:kms/key:Key", "environment"),
    change("replace", "stripe:index/price:Price", "basic-monthly", changed("unitAmount", 999, 1099, replaces=True)),
    change("delete", "aws:glue/job:Job", "report"),
    change("delete", "priceguard:alarms:Alarms", "alarms", custom=False),
    unchanged=150,
    policy=(),
)
PICTURE = """\
flowchart TB
    internet(["Stripe's and AWS's APIs"])
    subgraph network["VPC 10.20.0.0/16"]
        tasks["priceguard-server<br>1-2 tasks<br>Fargate Spot"]
    end
    tasks -->|"443"| internet
"""
NOTE = f"<!-- head={REVISION} former={'9' * 40} since={'9' * 40} label=taken -->"
DATABASE = change("replace", INSTANCE, "database", changed("kmsKeyId", f"{KEY}31a6", f"{KEY}77fe", replaces=True))
COMMENTS = {
    **{name: of(found) for name, found in PREVIEWS.items()},
    "log_level": of(replace(PREVIEWS["log_level"], picture=PICTURE), "91e0c2d: 1 new replace, 2 changes gone"),
    "label_taken": of(preview(DATABASE, unchanged=160, policy=()), "91e0c2d: 1 new replace", taken=True, note=NOTE),
    "rendered": of(replace(PREVIEWS["log_level"], rendered=True)),
    "promotion": of(replace(preview(unchanged=161, policy=()), program="revision")),
    "losses": of(LOSSES),
    "hostile": of(HOSTILE, TRICK),
    "program_fails": of(STOPPED),
    "failed": failed(
        "pulumi preview ended with 255\nerror: no credentials", stack="dev", revision=REVISION, run_url=RUN
    ),
    "cut": of(PREVIEWS["first_update"], limit=1_200),
}
