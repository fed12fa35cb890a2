"""The web application firewall in front of the load balancer."""

from dataclasses import dataclass
from typing import Any, cast

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

# Rule, requests in five minutes from one address, and the start of the path. The API lets an address fail at 250 logins
# in that time, so a whole office behind one address hears of it from the API, in words, before it is blocked here.
# Stripe sends from a dozen addresses, so the second one leaves room for eighty events a second.
WINDOW_SECONDS = 300
RATES = (("auth-rate", 300, "/api/auth/"), ("rate", 2000, "/"))
# Rule, AWS's rule group, and whether it judges bodies, in the order in which they are asked. The webhook is left out
# where it does: Stripe's bodies exceed the 8 KiB that the common rules take and hold whatever customers typed, and the
# API checks their signature before it reads them.
MANAGED = (
    ("ip-reputation", "AWSManagedRulesAmazonIpReputationList", False),
    ("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet", True),
    ("common", "AWSManagedRulesCommonRuleSet", True),
    ("sql-injection", "AWSManagedRulesSQLiRuleSet", True),
)
# Headers that hold a session or prove who sent the request.
SECRET_HEADERS = ("authorization", "stripe-signature")


@dataclass(frozen=True, kw_only=True)
class WebFirewallArgs:
    """What the firewall is made from.

    Args:
        naming: names and tags of the environment.
        load_balancer_arn: what it stands in front of.
        webhook_path: path whose bodies only the API judges.
        mode: `block`, or `count` to see in metrics and logs what would be blocked.
        retention_days: how long its log is kept.
        key_arn: KMS key that encrypts the log.
    """

    naming: Naming
    load_balancer_arn: Input[str]
    webhook_path: str
    mode: str
    retention_days: int
    key_arn: Input[str]


class WebFirewall(ComponentResource):
    """priceguard:web_firewall:WebFirewall. Makes the web ACL, its association, and its log of what was blocked.

    Attributes:
        name: of the web ACL, and of its metrics.
    """

    def __init__(self, name: str, args: WebFirewallArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:web_firewall:WebFirewall", name, None, opts)
        self._args = args
        acl = aws.wafv2.WebAcl(
            "api",
            name=args.naming.physical(),
            description="In front of the API",
            scope="REGIONAL",
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=cast("Any", [*self._rate_rules(), *self._managed_rules()]),
            visibility_config=cast("Any", visibility(args.naming.physical())),
            tags=args.naming.tags(),
            opts=ResourceOptions(parent=self),
        )
        aws.wafv2.WebAclAssociation(
            "api",
            resource_arn=args.load_balancer_arn,
            web_acl_arn=acl.arn,
            opts=ResourceOptions(parent=self),
        )
        self._log(acl)
        self.name: Output[str] = acl.name
        self.register_outputs({"name": self.name})

    def _rate_rules(self) -> list[dict[str, Any]]:
        """Too many requests from one address, on the paths where guessing pays and on all."""
        return [
            {
                "name": rule,
                "priority": priority,
                "action": {self._args.mode: {}},
                "statement": {
                    "rate_based_statement": {
                        "limit": limit,
                        "aggregate_key_type": "IP",
                        "evaluation_window_sec": WINDOW_SECONDS,
                        "scope_down_statement": path_matches("STARTS_WITH", path, "URL_DECODE"),
                    }
                },
                "visibility_config": visibility(rule),
            }
            for priority, (rule, limit, path) in enumerate(RATES)
        ]

    def _managed_rules(self) -> list[dict[str, Any]]:
        """What AWS knows of attacks; overridden as a whole where it only counts."""
        not_the_webhook = {"not_statement": {"statement": path_matches("EXACTLY", self._args.webhook_path, "NONE")}}
        return [
            {
                "name": rule,
                "priority": priority,
                "override_action": {"none" if self._args.mode == "block" else "count": {}},
                "statement": {
                    "managed_rule_group_statement": {
                        "vendor_name": "AWS",
                        "name": group,
                        **({"scope_down_statement": not_the_webhook} if judges_bodies else {}),
                    }
                },
                "visibility_config": visibility(rule),
            }
            for priority, (rule, group, judges_bodies) in enumerate(MANAGED, start=len(RATES))
        ]

    def _log(self, acl: aws.wafv2.WebAcl) -> None:
        """Only what a rule acted on, and never what could be a secret."""
        args = self._args
        group = aws.cloudwatch.LogGroup(
            "firewall",
            name=f"aws-waf-logs-{args.naming.physical()}",  # the firewall writes to groups of this prefix only
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            tags=args.naming.tags("firewall"),
            opts=ResourceOptions(parent=self),
        )
        acted = [{"action_condition": {"action": action}} for action in ("BLOCK", "COUNT")]
        keep: dict[str, Any] = {"behavior": "KEEP", "requirement": "MEETS_ANY", "conditions": acted}
        aws.wafv2.WebAclLoggingConfiguration(
            "api",
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            logging_filter=cast("Any", {"default_behavior": "DROP", "filters": [keep]}),
            redacted_fields=cast("Any", [{"single_header": {"name": name}} for name in SECRET_HEADERS]),
            opts=ResourceOptions(parent=self),
        )


def path_matches(how: str, path: str, transformation: str) -> dict[str, Any]:
    """A statement on the request's path: decoded, as the API reads it, to find it; as it was sent, to exempt it."""
    return {
        "byte_match_statement": {
            "search_string": path,
            "positional_constraint": how,
            "field_to_match": {"uri_path": {}},
            "text_transformations": [{"priority": 0, "type": transformation}],
        }
    }


def visibility(metric: str) -> dict[str, Any]:
    """Metrics by name; no samples, because they would show headers."""
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": False}
