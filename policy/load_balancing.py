"""Load balancers: TLS for everyone, and nothing that lets requests in by a side door."""

import re
from collections.abc import Iterator

from policy.rule import ADVICE, IN_PROD, Finding, Rule, all_of, demands, requires, shown
from policy.stack import Resource, Stack, is_known, value_at

LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
SUBNET = "aws:ec2/subnet:Subnet"
WEB_ACL_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
HTTP_PORT = 80
CLEAR = {"HTTP", "TCP", "UDP", "TCP_UDP"}
ENCRYPTED = {"HTTPS", "TLS"}
# TLS 1.3, at the oldest 1.2, and no cipher without forward secrecy.
RECOMMENDED = re.compile(r"ELBSecurityPolicy-TLS13-1-[23](-Res)?(-FIPS)?(-PQ)?-\d{4}-\d{2}")


def redirects(action: object) -> bool:
    """Whether an action sends the browser to HTTPS for good, or may."""
    wanted = {"type": "redirect", "redirect.protocol": "HTTPS", "redirect.statusCode": "HTTP_301"}
    return all(not is_known(value_at(action, path)) or value_at(action, path) == text for path, text in wanted.items())


def on_http(listener: Resource) -> bool:
    """Whether it is the listener that browsers try first."""
    return listener.value("port") == HTTP_PORT and not listener.differs("protocol", ("HTTP", None))


def only_redirects(stack: Stack) -> Iterator[Finding]:
    """Port 80 does nothing but redirect, by default and by every further rule."""
    for listener in stack.of_type(LISTENER):
        if on_http(listener):
            if not all(redirects(action) for action in listener.items("defaultActions")):
                yield Finding("answers on port 80 with something else than a redirect to HTTPS with 301", listener)
            for rule in stack.pointing_to(listener, "listenerArn", LISTENER_RULE):
                surely = stack.targets(rule, "listenerArn", LISTENER) is not None
                if surely and not all(redirects(action) for action in rule.items("actions")):
                    yield Finding("does something else than redirect on the listener of port 80", rule)


def in_clear_text(stack: Stack) -> Iterator[Finding]:
    """Any other listener without TLS."""
    for listener in stack.of_type(LISTENER):
        protocol, actions = listener.value("protocol"), listener.items("defaultActions")
        if protocol in CLEAR and not on_http(listener) and not (actions and all(map(redirects, actions))):
            yield Finding(f"listens for {protocol} on port {shown(listener.value('port'))}", listener)


def old_tls(stack: Stack) -> Iterator[Finding]:
    """A listener with TLS whose policy allows what is not recommended any more."""
    for listener in stack.of_type(LISTENER):
        policy = listener.value("sslPolicy")
        recommended = isinstance(policy, str) and RECOMMENDED.fullmatch(policy)
        if listener.value("protocol") in ENCRYPTED and is_known(policy) and not recommended:
            yield Finding(f"sslPolicy is {shown(policy)}, which allows old ciphers", listener)


def in_one_zone(stack: Stack) -> Iterator[Finding]:
    """A load balancer that goes down with one zone."""
    for balancer in stack.of_type(LOAD_BALANCER):
        places = [path for path in ("subnets", "subnetMappings") if isinstance(balancer.value(path), list)]
        if places and sum(len(balancer.value(path)) for path in places) < 2:
            yield Finding("stands in fewer than two subnets", balancer)
            continue
        subnets = stack.targets(balancer, "subnets", SUBNET) or []
        zones = {subnet.value("availabilityZone") for subnet in subnets}
        if len(subnets) > 1 and len(zones) == 1 and all(map(is_known, zones)):
            yield Finding(f"stands in one zone only, {zones.pop()}", balancer)


def without_firewall(stack: Stack) -> Iterator[Finding]:
    """An application load balancer that no web ACL is associated with."""
    for balancer in stack.of_type(LOAD_BALANCER):
        application = balancer.value("loadBalancerType") in {"application", None}
        if application and not stack.pointing_to(balancer, "resourceArn", WEB_ACL_ASSOCIATION):
            yield Finding("no web ACL is associated with it", balancer)


def behind_in_clear_text(stack: Stack) -> Iterator[Finding]:
    """A target group that talks to its targets without TLS."""
    for group in stack.of_type(TARGET_GROUP):
        for path in ("protocol", "healthCheck.protocol"):
            if group.value(path) in CLEAR or (group.value(path) is None and path != "protocol"):
                yield Finding(f"{path} is {shown(group.value(path))} instead of HTTPS", group)


RULES = (
    Rule(
        name="http-only-redirects",
        controls=("ELB.1",),
        why="What a browser sends in clear text, a password among it, can be read on the way.",
        fix="Give the listener one default action: redirect, protocol HTTPS, port 443, statusCode HTTP_301.",
        check=only_redirects,
    ),
    Rule(
        name="load-balancer-drops-invalid-headers",
        controls=("ELB.4",),
        why="Headers that two servers read differently smuggle one request inside another.",
        fix="Set dropInvalidHeaderFields to true.",
        check=requires(LOAD_BALANCER, "dropInvalidHeaderFields", (True,)),
    ),
    Rule(
        name="load-balancer-access-logs",
        controls=("ELB.5",),
        why="Without access logs nobody can tell afterwards who asked for what.",
        fix="Set accessLogs with enabled true and the name of a bucket that the load balancer may write to.",
        levels=IN_PROD,
        check=all_of(
            requires(LOAD_BALANCER, "accessLogs.enabled", (True,)), demands(LOAD_BALANCER, "accessLogs.bucket")
        ),
    ),
    Rule(
        name="load-balancer-deletion-protection",
        controls=("ELB.6",),
        why="A deleted load balancer takes its DNS name with it, and the API is unreachable until DNS has changed.",
        fix="Set enableDeletionProtection to true.",
        levels=IN_PROD,
        check=requires(LOAD_BALANCER, "enableDeletionProtection", (True,)),
    ),
    Rule(
        name="load-balancer-desync-mitigation",
        controls=("ELB.12",),
        why="Requests that break the HTTP standard poison the connection that others' requests share.",
        fix="Set desyncMitigationMode to defensive or strictest.",
        check=requires(LOAD_BALANCER, "desyncMitigationMode", ("defensive", "strictest", None)),
    ),
    Rule(
        name="load-balancer-in-two-zones",
        controls=("ELB.13",),
        why="The failure of one availability zone makes the API unreachable.",
        fix="Give it subnets in at least two availability zones.",
        check=in_one_zone,
    ),
    Rule(
        name="load-balancer-behind-firewall",
        controls=("ELB.16",),
        why="Floods and known attacks reach the API itself.",
        fix="Add a wafv2.WebAclAssociation whose resourceArn is the load balancer's ARN.",
        levels=IN_PROD,
        check=without_firewall,
    ),
    Rule(
        name="listener-tls-policy",
        controls=("ELB.17",),
        why="A client can be talked down to ciphers that are broken.",
        fix="Set sslPolicy to ELBSecurityPolicy-TLS13-1-2-2021-06, or to another one of the TLS13-1-2 family.",
        check=old_tls,
    ),
    Rule(
        name="listener-without-tls",
        controls=("ELB.18",),
        why="Sessions and passwords travel readable by everyone on the way.",
        fix="Set protocol to HTTPS with a certificate, or make the listener redirect to one that has it.",
        check=in_clear_text,
    ),
    Rule(
        name="target-group-tls",
        controls=("ELB.21", "ELB.22"),
        why="Between load balancer and tasks, requests can be read by whoever listens inside the network.",
        fix="Set protocol and healthCheck.protocol to HTTPS and let the tasks end TLS, or record an exception.",
        levels=ADVICE,
        check=behind_in_clear_text,
    ),
)
