"""Samples of the web application firewall."""

from typing import Any

from tests.local.provider_samples.sample import Sample


def visibility(metric: str) -> dict[str, Any]:
    """What is seen of a rule."""
    return {"cloudwatchMetricsEnabled": True, "metricName": metric, "sampledRequestsEnabled": False}


def path_is(path: str) -> dict[str, Any]:
    """A statement on the request's path."""
    return {
        "byteMatchStatement": {
            "searchString": path,
            "positionalConstraint": "EXACTLY",
            "fieldToMatch": {"uriPath": {}},
            "textTransformations": [{"priority": 0, "type": "NONE"}],
        }
    }


def managed(**given: Any) -> dict[str, Any]:
    """A rule group of AWS's, for all paths but one."""
    group = {
        "vendorName": "AWS",
        "name": "AWSManagedRulesCommonRuleSet",
        "scopeDownStatement": {"notStatement": {"statement": path_is("/hook")}},
    }
    return {
        "name": "common",
        "priority": 1,
        "overrideAction": {"none": {}},
        "statement": {"managedRuleGroupStatement": group},
        "visibilityConfig": visibility("common"),
        **given,
    }


GROUP = "Rules[0].Statement.ManagedRuleGroupStatement"
EXEMPTED = f"{GROUP}.ScopeDownStatement.NotStatement.Statement.ByteMatchStatement.PositionalConstraint"

SAMPLES = {
    "web_acl": Sample(
        "aws:wafv2/webAcl:WebAcl",
        {
            "name": "sample",
            "description": "a firewall",
            "scope": "REGIONAL",
            "defaultAction": {"allow": {}},
            "rules": [
                {
                    "name": "rate",
                    "priority": 0,
                    "action": {"block": {}},
                    "statement": {
                        "rateBasedStatement": {
                            "limit": 300,
                            "aggregateKeyType": "IP",
                            "evaluationWindowSec": 300,
                            "scopeDownStatement": path_is("/login"),
                        }
                    },
                    "visibilityConfig": visibility("rate"),
                },
                managed(),
            ],
            "visibilityConfig": visibility("sample"),
            "tags": {"Name": "a"},
        },
        {"rules": [managed(overrideAction={"count": {}})], "tags": {"Name": "b"}},
        (
            "wafv2",
            "get_web_acl",
            {"Name": "sample", "Scope": "REGIONAL", "Id": "@web_acl.id"},
            f'WebACL.[length(Rules), Rules[0].OverrideAction.Count, {EXEMPTED}] == `[1, {{}}, "EXACTLY"]`',
        ),
        {"name": "other"},
    ),
    "web_acl_association": Sample(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        {"webAclArn": "@web_acl.arn", "resourceArn": "@balancer.arn"},
        replaced_by={"resourceArn": "@vpc.arn"},
    ),
    "web_acl_logging": Sample(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        {
            "resourceArn": "@web_acl.arn",
            "logDestinationConfigs": ["@logs.arn"],
            "redactedFields": [{"singleHeader": {"name": "authorization"}}],
        },
        {
            "loggingFilter": {
                "defaultBehavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"actionCondition": {"action": "BLOCK"}}],
                    }
                ],
            }
        },
        (
            "wafv2",
            "get_logging_configuration",
            {"ResourceArn": "@web_acl.arn"},
            "LoggingConfiguration | LoggingFilter.DefaultBehavior == 'DROP' && RedactedFields[0].SingleHeader.Name",
        ),
        {"resourceArn": "@vpc.arn"},
    ),
}
