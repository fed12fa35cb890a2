"""`priceguard policy`: the rules about an environment, what is shown, and the exit code."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner, Result

from gitops.manifest_policy import Judgement
from gitops.policy_report import report
from policy.exceptions import EXCEPTIONS, REVIEW, RuleException
from policy.rule import Level, Violation
from priceguard import policy as policy_command
from priceguard.cli import app

AFTER = REVIEW + timedelta(days=1)
VIOLATION = Violation(
    rule="database-encryption",
    controls=("RDS.3", "RDS.27"),
    enforcement=Level.MANDATORY,
    type="aws:rds/instance:Instance",
    name="database",
    urn="urn:pulumi:x::y::aws:rds/instance:Instance::database",
    what="storageEncrypted is false instead of true",
    why="Whoever gets at the storage reads it.",
    fix="Set storageEncrypted to true.",
)
MISSING = Violation(
    rule="own-rule",
    controls=(),
    enforcement=Level.ADVISORY,
    type="",
    name="",
    urn="",
    what="there is no firewall",
    why="Anybody may try.",
    fix="Add one.",
)
EXCEPTION = RuleException(
    rule="target-group-tls",
    type="aws:lb/targetGroup:TargetGroup",
    name="api",
    environment="dev",
    reason="TLS ends at the load balancer.",
    until=date(2027, 11, 30),
)


def call(*arguments: str) -> Result:
    """`priceguard policy ...`."""
    return CliRunner().invoke(app, ["policy", *arguments])


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_environment_keeps_the_rules(environment: str) -> None:
    """Nothing mandatory is violated, and every exception of the environment holds; exit code 0."""
    printed = call(environment, "--json")

    found = json.loads(printed.stdout)
    assert found["mandatory"] == []
    assert printed.exit_code == 0
    assert found["environment"] == environment
    assert {one["enforcement"] for one in found["advisory"]} == {"advisory"}
    assert [(one["rule"], one["name"]) for one in found["exceptions"]] == [
        (one.rule, one.name) for one in EXCEPTIONS if one.environment == environment
    ]


def test_an_exception_that_has_ended_is_mandatory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, with what it said."""
    judge = policy_command.judge
    monkeypatch.setattr(policy_command, "judge", lambda manifest, _: judge(manifest, AFTER))

    printed = call("dev")

    assert "- exception-expired: aws:lb/targetGroup:TargetGroup api\n" in printed.stdout
    assert f"the exception from target-group-tls for api ended on {REVIEW}; it said: TLS ends at" in printed.stdout
    assert "Exceptions in force" not in printed.stdout
    assert printed.stdout.endswith("0 exceptions in force\n")
    assert printed.exit_code == 1


def test_other_settings_can_be_tried() -> None:
    """A database with the monitoring that is only advised is not told of it any more; other settings are refused."""
    rule = "database-enhanced-monitoring"

    assert rule in call("dev").stdout
    assert rule not in call("dev", "--set", "database.monitoringInterval=60").stdout

    refused = call("dev", "--set", "priceguard:logLevel=LOUD", "--json")
    assert "✗ The configuration of stack 'dev' is refused" in refused.stderr
    assert (refused.stdout, refused.exit_code) == ("", 1)


@pytest.mark.parametrize("arguments", [("staging",), ("dev", "--set", "logLevel"), ("dev", "--set", "=x")])
def test_a_wrong_command_line_is_told_from_a_violation(arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert call(*arguments).exit_code == 2


def test_the_report_says_what_why_and_what_to_do() -> None:
    """In groups, the worst first; the numbers last."""
    judgement = Judgement(environment="dev", mandatory=(VIOLATION,), advisory=(MISSING,), exceptions=(EXCEPTION,))

    assert report(judgement).splitlines() == [
        "Mandatory, they stop an update:",
        "- database-encryption (RDS.3, RDS.27): aws:rds/instance:Instance database",
        "  storageEncrypted is false instead of true",
        "  why: Whoever gets at the storage reads it.",
        "  fix: Set storageEncrypted to true.",
        "",
        "Advisory:",
        "- own-rule: the stack",
        "  there is no firewall",
        "  why: Anybody may try.",
        "  fix: Add one.",
        "",
        "Exceptions in force:",
        "- target-group-tls (ELB.21, ELB.22): aws:lb/targetGroup:TargetGroup api, until 2027-11-30",
        "  why: TLS ends at the load balancer.",
        "",
        "dev: 1 mandatory violation, 1 advisory, 1 exception in force",
    ]


def test_programs_get_every_field() -> None:
    """As JSON has them: lists, and days as text."""
    judgement = Judgement(environment="dev", mandatory=(VIOLATION,), advisory=(), exceptions=(EXCEPTION,))

    assert json.loads(json.dumps(judgement.as_dict())) == {
        "environment": "dev",
        "mandatory": [
            {
                "rule": "database-encryption",
                "controls": ["RDS.3", "RDS.27"],
                "enforcement": "mandatory",
                "type": "aws:rds/instance:Instance",
                "name": "database",
                "urn": "urn:pulumi:x::y::aws:rds/instance:Instance::database",
                "what": "storageEncrypted is false instead of true",
                "why": "Whoever gets at the storage reads it.",
                "fix": "Set storageEncrypted to true.",
            }
        ],
        "advisory": [],
        "exceptions": [
            {
                "rule": "target-group-tls",
                "controls": ["ELB.21", "ELB.22"],
                "type": "aws:lb/targetGroup:TargetGroup",
                "name": "api",
                "environment": "dev",
                "reason": "TLS ends at the load balancer.",
                "until": "2027-11-30",
                "tag": None,
            }
        ],
    }
