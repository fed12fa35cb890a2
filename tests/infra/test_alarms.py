"""Alarms: what is watched, what silence means, who is told, and that somebody knows what to do."""

import json
import re
from datetime import date
from typing import Any

import pytest

from gitops.manifest_policy import judge
from infra import checks
from infra.alarm_table import NAMESPACES, alarms, memory_gib, most_connections
from render.configuration import ROOT, read_configuration
from render.manifest import Manifest, ManifestResource
from render.program import run

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
TOPIC = "${aws:sns/topic:Topic::alarms.arn}"
TABLE = alarms(min_count=2, storage_gib=50, instance_class="db.t4g.medium")
LOST_CERTIFICATE, HEARTBEATS = "certificate-expiry", {"missing-targets", "reconciliation-missing", "database-cpu"}


def named(stack: Manifest) -> dict[str, ManifestResource]:
    """The alarms by their logical names."""
    return {one.name: one for one in stack.of_type(ALARM)}


def test_an_environment_has_every_alarm_of_the_table(stack: Manifest) -> None:
    """Each under its own name, of this environment."""
    found = named(stack)

    assert found.keys() == {one.name for one in TABLE}
    assert all(one.inputs["name"] == f"priceguard-{stack.stack}-{name}" for name, one in found.items())


def test_every_alarm_tells_when_it_comes_and_when_it_goes(stack: Manifest) -> None:
    """Both to the topic, and nobody has switched it off."""
    for one in stack.of_type(ALARM):
        assert (one.inputs["alarmActions"], one.inputs["okActions"]) == ([TOPIC], [TOPIC])
        assert one.inputs.get("actionsEnabled", True) is True


def test_every_alarm_has_its_section_in_the_runbook(stack: Manifest) -> None:
    """The mail names it; and no section is left of an alarm that is gone."""
    _, text = (ROOT / "docs/runbook.md").read_text().split("\n## Alarms\n")
    sections = re.findall(r"^### ([a-z-]+)$", text.split("\n## ")[0], re.MULTILINE)

    assert sorted(sections) == sorted(named(stack))
    for name, one in named(stack).items():
        assert one.inputs["alarmDescription"].endswith(f"docs/runbook.md#{name}")


def test_silence_is_trouble_only_where_something_must_speak(stack: Manifest) -> None:
    """No request is no alarm. Of tasks, their background work and the database, one metric each stands for life."""
    missing = {name: one.inputs["treatMissingData"] for name, one in named(stack).items()}

    assert {name for name, what in missing.items() if what == "breaching"} == HEARTBEATS
    assert missing[LOST_CERTIFICATE] == "ignore"
    counts = {name for name, one in named(stack).items() if one.inputs.get("statistic") == "Sum"} - HEARTBEATS
    assert {missing[name] for name in counts} == {"notBreaching"}


def test_what_is_watched_is_that_of_the_environment(stack: Manifest) -> None:
    """Dimensions lead to the environment's own things; a metric of the log is one that a filter makes."""
    balancer = {"LoadBalancer": "${aws:lb/loadBalancer:LoadBalancer::api.arnSuffix}"}
    dimensions = {
        "balancer": balancer,
        "targets": {"TargetGroup": "${aws:lb/targetGroup:TargetGroup::api.arnSuffix}", **balancer},
        "service": {"ClusterName": f"priceguard-{stack.stack}", "ServiceName": "priceguard-server"},
        "database": {"DBInstanceIdentifier": f"priceguard-{stack.stack}"},
        "certificate": {"CertificateArn": stack.one("aws:lb/listener:Listener", "https").inputs["certificateArn"]},
        "log": {},
    }
    counted = [one.inputs["metricTransformation"] for one in stack.of_type(FILTER)]
    made = {(one["namespace"], one["name"]) for one in counted}
    assert {one.inputs["logGroupName"] for one in stack.of_type(FILTER)} == {f"/priceguard/{stack.stack}/api"}

    for one in TABLE:
        inputs = named(stack)[one.name].inputs
        assert inputs.get("dimensions", {}) == dimensions[one.of]
        assert inputs["namespace"] == NAMESPACES.get(one.of, f"priceguard-{stack.stack}")
        assert one.of != "log" or (inputs["namespace"], inputs["metricName"]) in made


@pytest.mark.parametrize("one", TABLE, ids=lambda one: one.name)
def test_cloudwatch_can_evaluate_it(one: Any) -> None:
    """It looks back a day at the most, and a week in periods of an hour or more; whole minutes or seconds that it has.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    assert one.minutes * one.periods <= (24 * 60 if one.minutes < 60 else 7 * 24 * 60)
    assert one.statistic in {"Sum", "Average", "Minimum", "Maximum"} or re.fullmatch(r"p\d\d", one.statistic)
    assert one.missing in {"breaching", "notBreaching", "ignore", "missing"}


def test_thresholds_follow_the_sizes(dev: Manifest, prod: Manifest) -> None:
    """Tasks that must be there, a fifth of the storage, a twentieth of the memory, six tenths of the connections."""

    def thresholds(stack: Manifest) -> list[float]:
        names = ("missing-targets", "database-storage", "database-memory", "database-connections")
        return [named(stack)[name].inputs["threshold"] for name in names]

    assert thresholds(dev) == pytest.approx([1, 4 * 2**30, 2**30 // 20, 0.6 * 112])
    assert thresholds(prod) == pytest.approx([2, 10 * 2**30, 4 * 2**30 // 20, 0.6 * 450])


def test_the_memory_of_every_class_that_can_be_configured_is_known() -> None:
    """As RDS lists them."""
    by_class = {name: memory_gib(name) for name in checks.INSTANCE_CLASSES}

    assert [by_class.pop(f"db.t4g.{size}") for size in ("micro", "small", "medium", "large")] == [1, 2, 4, 8]
    assert [by_class.pop(f"db.t4g.{size}") for size in ("xlarge", "2xlarge")] == [16, 32]
    sizes = ("large", "xlarge", "2xlarge", "4xlarge")
    assert [by_class.pop(f"db.m7g.{size}") for size in sizes] == [8, 16, 32, 64]
    assert [by_class.pop(f"db.r7g.{size}") for size in sizes] == [16, 32, 64, 128]
    assert not by_class


def test_rds_allows_so_many_connections() -> None:
    """By memory, and never more than 5000."""
    assert [most_connections(memory) for memory in (1, 4, 128)] == [112, 450, 5000]


def test_without_a_service_only_what_stands_is_watched() -> None:
    """Nothing answers yet, so nothing is missing: the database and the certificate."""
    found = named(run("dev", {"priceguard:image": "none"}))

    assert {name for name in found if not name.startswith("database-")} == {LOST_CERTIFICATE}
    assert len(found) == 5


class TestTopic:
    """Who publishes, who reads."""

    def test_only_alarms_and_budgets_of_this_account_publish_and_only_by_tls(self, stack: Manifest) -> None:
        """No other account's, although services of AWS speak for everybody."""
        policy = json.loads(stack.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
        *allowed, denied = policy

        assert {one["Resource"] for one in policy} == {TOPIC}
        assert {one["Action"] for one in policy} == {"sns:Publish"}
        assert [(one["Effect"], one["Principal"]["Service"]) for one in allowed] == [
            ("Allow", "cloudwatch.amazonaws.com"),
            ("Allow", "budgets.amazonaws.com"),
        ]
        assert {one["Condition"]["StringEquals"]["aws:SourceAccount"] for one in allowed} == {"123456789012"}
        assert [one["Condition"]["ArnLike"]["aws:SourceArn"] for one in allowed] == [
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*",
            "arn:aws:budgets::123456789012:*",
        ]
        assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_the_key_lets_them_publish_to_this_topic(self, stack: Manifest) -> None:
        """The name in the key's policy is that of the topic; otherwise alarms would be lost in silence."""
        topic = stack.one("aws:sns/topic:Topic").inputs
        key = stack.one("aws:kms/key:Key")
        (lets,) = [one for one in json.loads(key.inputs["policy"])["Statement"] if one["Sid"] == "Alarms"]

        assert topic["kmsMasterKeyId"] == "${aws:kms/key:Key::environment.arn}"
        assert lets["Principal"]["Service"] == ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
        assert lets["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
        context = lets["Condition"]["StringEquals"]["kms:EncryptionContext:aws:sns:topicArn"]
        assert context == f"arn:aws:sns:us-east-1:123456789012:{topic['name']}"

    def test_the_configured_address_is_told(self, stack: Manifest) -> None:
        """By mail."""
        subscription = stack.one("aws:sns/topicSubscription:TopicSubscription").inputs

        assert subscription["topic"] == TOPIC
        configured = json.loads(read_configuration(stack.stack)["priceguard:alarms"])
        assert (subscription["protocol"], subscription["endpoint"]) == ("email", configured["email"])


def test_the_policy_pack_has_nothing_against_it(stack: Manifest) -> None:
    """No violation of any rule by what watches, and none that says that something is not watched."""
    judged = judge(stack, date(2026, 11, 24))
    found = (*judged.mandatory, *judged.advisory)
    rules = {"alarm-actions", "certificate-expiry-alarm", "budget"}

    assert not [one for one in found if one.rule in rules]
    assert not [
        one for one in found if one.type.startswith(("aws:cloudwatch/", "aws:sns/", "aws:budgets/", "aws:kms/"))
    ]
