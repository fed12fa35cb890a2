"""The firewall: which requests each rule looks at, what it does with them, and what is kept of that."""

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest

from render.manifest import Manifest
from render.program import run
from tests.bootstrap.evaluator import like_exactly
from tests.manifests import rendered

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
WEBHOOK = "/api/stripe/webhook"


def rules(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """The rules by name, in the order in which they are asked."""
    found = manifest.one(WEB_ACL).inputs["rules"]
    return {rule["name"]: rule for rule in sorted(found, key=lambda rule: rule["priority"])}


def asked(rule: dict[str, Any], path: str) -> bool:
    """Whether a rule looks at a request for `path`, as it stands in the request line."""
    (statement,) = rule["statement"].values()
    return matches(statement.get("scopeDownStatement"), path)


def matches(statement: dict[str, Any] | None, path: str) -> bool:
    """What a statement on the path says of it; none says yes."""
    if statement is None:
        return True
    if "notStatement" in statement:
        return not matches(statement["notStatement"]["statement"], path)
    match = statement["byteMatchStatement"]
    assert match["fieldToMatch"] == {"uriPath": {}}
    (transformation,) = match["textTransformations"]
    text = {"URL_DECODE": unquote, "NONE": str}[transformation["type"]](path)
    compare = {"EXACTLY": text.__eq__, "STARTS_WITH": text.startswith}[match["positionalConstraint"]]
    return compare(match["searchString"])


def test_floods_are_stopped_before_anything_costs_more(stack: Manifest) -> None:
    """Each rule has a place of its own; AWS takes rates from 10, over one, two, five or ten minutes."""
    names = list(rules(stack))
    rates = [rule["statement"].get("rateBasedStatement") for rule in rules(stack).values()]

    assert names == ["auth-rate", "rate", "ip-reputation", "known-bad-inputs", "common", "sql-injection"]
    assert len({rule["priority"] for rule in rules(stack).values()}) == len(names)
    assert [bool(rate) for rate in rates] == [True, True, False, False, False, False]
    assert 10 <= rates[0]["limit"] < rates[1]["limit"]
    assert all(rate["evaluationWindowSec"] in {60, 120, 300, 600} for rate in rates[:2])


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/api/auth/login", True),
        ("/api/%61uth/login", True),
        ("/api/auth", False),
        ("/api/billing/plans", False),
        (WEBHOOK, False),
    ],
)
def test_attempts_to_guess_are_counted_however_they_are_spelt(stack: Manifest, path: str, counted: bool) -> None:  # noqa: FBT001 - a row
    """And every request is counted by the rule for all."""
    found = rules(stack)

    assert asked(found["auth-rate"], path) == counted
    assert asked(found["rate"], path)


@pytest.mark.parametrize("rule", ["known-bad-inputs", "common", "sql-injection"])
def test_bodies_of_the_webhook_are_left_to_the_api(stack: Manifest, rule: str) -> None:
    """That path alone, spelt as Stripe is told it."""
    (endpoint,) = stack.of_type("stripe:index/webhookEndpoint:WebhookEndpoint")
    found = rules(stack)[rule]

    assert endpoint.inputs["url"].endswith(WEBHOOK)
    assert not asked(found, WEBHOOK)
    for other in ("/api/auth/login", f"{WEBHOOK}/", "/api/stripe/%77ebhook", f"/x{WEBHOOK}"):
        assert asked(found, other)


def test_addresses_of_bad_repute_are_refused_everywhere(stack: Manifest) -> None:
    """The rule looks at the address alone."""
    assert asked(rules(stack)["ip-reputation"], WEBHOOK)


def test_counting_only_counts() -> None:
    """Every rule still sees the same requests."""
    block, count = rules(rendered("dev")), rules(run("dev", {"priceguard:firewallMode": "count"}))

    def decided(found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
        return [rule.get("action") or rule["overrideAction"] for rule in found.values()]

    assert decided(block) == [{"block": {}}] * 2 + [{"none": {}}] * 4
    assert decided(count) == [{"count": {}}] * 6
    assert [rule["statement"] for rule in block.values()] == [rule["statement"] for rule in count.values()]


def test_it_stands_before_the_load_balancer(stack: Manifest) -> None:
    """Whose requests are let through when no rule says otherwise."""
    association = stack.one("aws:wafv2/webAclAssociation:WebAclAssociation").inputs

    assert association == {
        "resourceArn": "${aws:lb/loadBalancer:LoadBalancer::api.arn}",
        "webAclArn": f"${{{WEB_ACL}::api.arn}}",
    }
    assert stack.one(WEB_ACL).inputs["defaultAction"] == {"allow": {}}


def test_metrics_tell_environments_and_rules_apart(stack: Manifest) -> None:
    """They may share an account; AWS keeps two names for itself."""
    acl = stack.one(WEB_ACL).inputs
    metrics = [visible["visibilityConfig"] for visible in (acl, *acl["rules"])]
    names = [metric["metricName"] for metric in metrics]

    assert names[0] == acl["name"] == f"priceguard-{stack.stack}"
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w-]{1,128}", name) and name not in {"All", "Default_Action"} for name in names)
    assert all(metric["cloudwatchMetricsEnabled"] for metric in metrics)
    # Samples show headers to whoever may look at the console.
    assert not any(metric["sampledRequestsEnabled"] for metric in metrics)


def test_what_a_rule_acted_on_is_kept_without_secrets(stack: Manifest) -> None:
    """In a log group whose name the firewall writes to; a request that nothing matched is not kept."""
    logging = stack.one(LOGGING).inputs
    group = stack.one("aws:cloudwatch/logGroup:LogGroup", "firewall").inputs
    (kept,) = logging["loggingFilter"]["filters"]

    assert logging["logDestinationConfigs"] == ["${aws:cloudwatch/logGroup:LogGroup::firewall.arn}"]
    assert group["name"] == f"aws-waf-logs-priceguard-{stack.stack}"
    assert logging["loggingFilter"]["defaultBehavior"] == "DROP"
    assert (kept["behavior"], kept["requirement"]) == ("KEEP", "MEETS_ANY")
    assert [one["actionCondition"]["action"] for one in kept["conditions"]] == ["BLOCK", "COUNT"]
    assert {field["singleHeader"]["name"] for field in logging["redactedFields"]} == {
        "authorization",
        "stripe-signature",
    }


def test_the_key_lets_cloudwatch_encrypt_every_log(stack: Manifest) -> None:
    """AWS refuses to make a log group with a key that its service may not use for it."""
    statements = json.loads(stack.one("aws:kms/key:Key").inputs["policy"])["Statement"]
    logs = next(one for one in statements if one["Sid"] == "CloudWatchLogs")
    allowed = logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]

    for group in stack.of_type("aws:cloudwatch/logGroup:LogGroup"):
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group.inputs['name']}"
        assert any(like_exactly(pattern, arn) for pattern in allowed), arn
