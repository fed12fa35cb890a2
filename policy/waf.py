"""Web ACLs: they decide something, and it can be seen what."""

from collections.abc import Iterator

from policy.rule import IN_PROD, Finding, Rule
from policy.stack import Stack, is_known, value_at

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
METRICS = "visibilityConfig.cloudwatchMetricsEnabled"


def empty(stack: Stack) -> Iterator[Finding]:
    """A web ACL that lets everything through."""
    for acl in stack.of_type(WEB_ACL):
        if acl.lacks("rules") and acl.lacks("ruleJson"):
            yield Finding("has no rules", acl)


def unlogged(stack: Stack) -> Iterator[Finding]:
    """A web ACL whose decisions are not kept."""
    for acl in stack.of_type(WEB_ACL):
        logging = stack.pointing_to(acl, "resourceArn", LOGGING)
        if not any(not one.lacks("logDestinationConfigs") for one in logging):
            yield Finding("does not log what it decides", acl)


def unmeasured(stack: Stack) -> Iterator[Finding]:
    """A web ACL, or a rule of it, without metrics."""
    for acl in stack.of_type(WEB_ACL):
        if acl.differs(METRICS, (True,)):
            yield Finding("has no metrics", acl)
        for rule in acl.items("rules"):
            enabled = value_at(rule, METRICS)
            if is_known(enabled) and enabled is not True:
                yield Finding(f"its rule {value_at(rule, 'name')} has no metrics", acl)


RULES = (
    Rule(
        name="firewall-rules",
        controls=("WAF.10",),
        why="A web ACL without rules lets everything through and looks like protection.",
        fix="Add rate limits and AWS's managed rule groups under rules.",
        levels=IN_PROD,
        check=empty,
    ),
    Rule(
        name="firewall-logging",
        controls=("WAF.11",),
        why="Nobody can tell whether it was an attack or a customer that was turned away.",
        fix="Add a wafv2.WebAclLoggingConfiguration for it, to a log group named aws-waf-logs-….",
        levels=IN_PROD,
        check=unlogged,
    ),
    Rule(
        name="firewall-metrics",
        controls=("WAF.12",),
        why="Without metrics no alarm can tell of an attack, nor of a rule that blocks customers.",
        fix="Set visibilityConfig.cloudwatchMetricsEnabled to true for the web ACL and for each rule.",
        levels=IN_PROD,
        check=unmeasured,
    ),
)
