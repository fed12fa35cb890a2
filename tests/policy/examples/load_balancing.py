"""Load balancers and web ACLs."""

from typing import Any

from policy.load_balancing import LISTENER, LISTENER_RULE, LOAD_BALANCER, SUBNET, TARGET_GROUP, WEB_ACL_ASSOCIATION
from policy.waf import LOGGING, WEB_ACL
from tests.policy.examples.example import Example, one, ref, stack
from tests.policy.resources import Inputs, literal

REDIRECT: Inputs = {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
TEMPORARY: Inputs = {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_302"}}
FORWARD: Inputs = {"type": "forward", "targetGroupArn": ref(TARGET_GROUP, output="arn")}
HTTP: Inputs = {"port": 80, "protocol": "HTTP", "defaultActions": [REDIRECT]}
VISIBLE = {"cloudwatchMetricsEnabled": True, "metricName": "api", "sampledRequestsEnabled": False}
INVISIBLE = {**VISIBLE, "cloudwatchMetricsEnabled": False}
BALANCER = literal(LOAD_BALANCER, {"loadBalancerType": "application"})


def subnets(*zones: str) -> list[Any]:
    """A load balancer in a subnet of each zone."""
    names = [str(number) for number, _ in enumerate(zones)]
    made = [literal(SUBNET, {"availabilityZone": zone}, name=name) for name, zone in zip(names, zones, strict=True)]
    return stack(literal(LOAD_BALANCER, {"subnets": [ref(SUBNET, name) for name in names]}), *made)


def extra_rule(action: Inputs) -> list[Any]:
    """The listener that redirects, and a rule beside its default."""
    return stack(
        literal(LISTENER, HTTP),
        literal(LISTENER_RULE, {"listenerArn": ref(LISTENER, output="arn"), "actions": [action]}),
    )


def acl(inputs: Inputs, *, logged: bool = False) -> list[Any]:
    """A web ACL, and where it logs to."""
    logging = {"resourceArn": ref(WEB_ACL, output="arn"), "logDestinationConfigs": ["arn:aws:logs:x"]}
    return stack(literal(WEB_ACL, inputs), *([literal(LOGGING, logging)] if logged else []))


EXAMPLES = {
    "http-only-redirects": Example(
        bad=[
            [literal(LISTENER, HTTP | {"defaultActions": [FORWARD]})],
            [literal(LISTENER, HTTP | {"defaultActions": [TEMPORARY]})],
            [literal("aws:alb/listener:Listener", HTTP | {"defaultActions": [FORWARD]})],
            extra_rule(FORWARD),
        ],
        good=[[literal(LISTENER, HTTP)], extra_rule(REDIRECT)],
    ),
    "load-balancer-drops-invalid-headers": one(
        LOAD_BALANCER, [{}, {"dropInvalidHeaderFields": False}], [{"dropInvalidHeaderFields": True}]
    ),
    "load-balancer-access-logs": one(
        LOAD_BALANCER,
        [{}, {"accessLogs": {"bucket": "logs", "enabled": False}}, {"accessLogs": {"enabled": True}}],
        [{"accessLogs": {"bucket": "logs", "enabled": True}}],
    ),
    "load-balancer-deletion-protection": one(LOAD_BALANCER, [{}], [{"enableDeletionProtection": True}]),
    "load-balancer-desync-mitigation": one(
        LOAD_BALANCER, [{"desyncMitigationMode": "monitor"}], [{"desyncMitigationMode": "strictest"}, {}]
    ),
    "load-balancer-in-two-zones": Example(
        bad=[subnets("us-east-1a"), subnets("us-east-1a", "us-east-1a")], good=[subnets("us-east-1a", "us-east-1b")]
    ),
    "load-balancer-behind-firewall": Example(
        bad=[[BALANCER], stack(BALANCER, literal(WEB_ACL_ASSOCIATION, {"resourceArn": "arn:aws:other"}))],
        good=[
            stack(BALANCER, literal(WEB_ACL_ASSOCIATION, {"resourceArn": ref(LOAD_BALANCER, output="arn")})),
            [literal(LOAD_BALANCER, {"loadBalancerType": "network"})],
        ],
    ),
    "listener-tls-policy": one(
        LISTENER,
        [{"protocol": "HTTPS"}, {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06"}],
        [{"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, HTTP],
    ),
    "listener-without-tls": one(
        LISTENER,
        [{"port": 8080, "protocol": "HTTP", "defaultActions": [FORWARD]}, {"port": 443, "protocol": "TCP"}],
        [HTTP, {"port": 443, "protocol": "HTTPS", "defaultActions": [FORWARD]}],
    ),
    "target-group-tls": one(
        TARGET_GROUP,
        [{"protocol": "HTTP", "healthCheck": {"protocol": "HTTPS"}}, {"protocol": "HTTPS", "healthCheck": {}}],
        [{"protocol": "HTTPS", "healthCheck": {"protocol": "HTTPS"}}],
    ),
    "firewall-rules": Example(bad=[acl({}), acl({"rules": []})], good=[acl({"rules": [{"name": "rate"}]})]),
    "firewall-logging": Example(bad=[acl({})], good=[acl({}, logged=True)]),
    "firewall-metrics": Example(
        bad=[
            acl({"visibilityConfig": INVISIBLE}),
            acl({"visibilityConfig": VISIBLE, "rules": [{"name": "rate", "visibilityConfig": INVISIBLE}]}),
        ],
        good=[acl({"visibilityConfig": VISIBLE, "rules": [{"name": "rate", "visibilityConfig": VISIBLE}]})],
    ),
}
