"""Webhook endpoints at Stripe: ours, of this environment, and told only what the API acts on."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from policy.rule import Finding, Rule
from policy.stack import Resource, Stack, is_known

ENDPOINT = "stripe:index/webhookEndpoint:WebhookEndpoint"
PROVIDER = "pulumi:providers:stripe"
DOMAIN = "priceguardbackend.live"


def foreign(stack: Stack) -> Iterator[Finding]:
    """An endpoint without TLS, or at somebody else's."""
    for endpoint in stack.of_type(ENDPOINT):
        text = endpoint.value("url")
        if not isinstance(text, str) or not is_known(text):
            continue
        url = urlsplit(text)
        if url.scheme != "https":
            yield Finding(f"its url begins with {url.scheme}", endpoint)
        if url.hostname != DOMAIN and not (url.hostname or "").endswith(f".{DOMAIN}"):
            yield Finding(f"its url leads to {url.hostname}", endpoint)


def told_everything(stack: Stack) -> Iterator[Finding]:
    """An endpoint that gets every event there is or will be, or none."""
    for endpoint in stack.of_type(ENDPOINT):
        events = endpoint.value("enabledEvents")
        if is_known(events) and (not events or "*" in events):
            yield Finding("enabledEvents is *" if events else "enabledEvents is empty", endpoint)


def of_another_mode(stack: Stack) -> Iterator[Finding]:
    """An endpoint of another environment, or a key of the other mode."""
    for endpoint in stack.of_type(ENDPOINT):
        if endpoint.differs("metadata.environment", (stack.environment,)):
            yield Finding(f"metadata.environment is not {stack.environment}", endpoint)
    for provider in stack.of_type(PROVIDER):
        if mode := mode_of(provider):
            wanted = "live" if stack.is_prod else "test"
            if mode != wanted:
                yield Finding(f"has a key of {mode} mode instead of {wanted} mode", provider)


def mode_of(provider: Resource) -> str | None:
    """`live` or `test`, when the key is known and says so."""
    key = provider.value("apiKey")
    parts = key.split("_") if isinstance(key, str) else []
    return parts[1] if len(parts) > 2 and parts[1] in {"live", "test"} else None


RULES = (
    Rule(
        name="webhook-url",
        why="Events with customers' data go to somebody else, or can be read on the way.",
        fix=f"Set url to an https address below {DOMAIN}.",
        check=foreign,
    ),
    Rule(
        name="webhook-events",
        why="Events that nobody acts on fill the inbox, and new kinds arrive unannounced.",
        fix="List in enabledEvents what the API acts on.",
        check=told_everything,
    ),
    Rule(
        name="webhook-mode",
        why="Test payments unlock real accounts, or tests charge real cards.",
        fix="Use the environment's own key: live in prod, test elsewhere; and name the environment in metadata.",
        check=of_another_mode,
    ),
)
