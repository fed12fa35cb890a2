"""What people do to a site and a Stripe account; each is one finding, or advice."""

from typing import Any

from gitops.doctor.report import State
from tests.gitops.doctor.astray import Astray
from tests.gitops.doctor.world import NETLIFY, SITE, STRIPE, TEAM, Change, World, deploys, live


def build_settings(**changed: Any) -> Change:
    """Change how the site is built."""
    return lambda world: world.answers[f"{NETLIFY}/sites/{SITE}"]["build_settings"].update(changed)


def variable(number: int, **changed: Any) -> Change:
    """Change a variable of the site."""
    return lambda world: world.answers[f"{NETLIFY}/accounts/{TEAM}/env"][number].update(changed)


def spent(number: int, **changed: Any) -> Change:
    """So many production deploys this month."""
    return lambda world: world.answers.update({f"{NETLIFY}/sites/{SITE}/deploys": deploys(number, **changed)})


def zone(environment: str) -> Change:
    """Another one in the stack's file."""
    return lambda world: world.write(environment, dns={"provider": "netlify", "zone": "missing.example"})


OF_NETLIFY = (
    Astray("netlify-dev.zone", "example.com, other.example", "correct priceguard:dns.zone", zone("dev")),
    Astray(
        "netlify-site.id",
        "the token sees no such site",
        "correct NETLIFY_SITE_ID",
        lambda world: world.answers.pop(f"{NETLIFY}/sites/{SITE}"),
    ),
    Astray("netlify-site.repo_url", "nothing", "connect the frontend's repository", build_settings(repo_url=None)),
    Astray("netlify-site.stop_builds", "builds are stopped", "activate builds", build_settings(stop_builds=True)),
    Astray("netlify-site.cmd", "none in the site's", "netlify.toml", build_settings(cmd=""), State.ADVICE),
    Astray("netlify-site.credits", "150 used", "--budget", spent(10), State.ADVICE),
    Astray(
        "netlify-prod.VITE_API_BASE_URL",
        "none in production",
        "priceguard netlify prod",
        variable(0, values=[{"context": name, "value": "x"} for name in ("deploy-preview", "branch-deploy")]),
    ),
    Astray(
        "netlify-dev.VITE_API_BASE_URL",
        "none in deploy-preview",
        "priceguard netlify dev",
        variable(0, values=[{"context": name, "value": "x"} for name in ("production", "branch-deploy")]),
    ),
    Astray(
        "netlify-dev.VITE_STRIPE_PRICE_BASIC",
        "marked as secret",
        "delete VITE_STRIPE_PRICE_BASIC",
        variable(2, is_secret=True),
        environments=("dev",),
    ),
)


def endpoint(**changed: Any) -> Change:
    """Change the webhook endpoint."""
    return lambda world: world.answers[f"{STRIPE}/webhook_endpoints"]["data"][0].update(changed)


def twice(world: World) -> None:
    """Another endpoint for the same address."""
    data = world.answers[f"{STRIPE}/webhook_endpoints"]["data"]
    data.append({**data[0], "id": "we_3"})


def key(value: str) -> Change:
    """Another key."""
    return lambda world: world.environ.update({"STRIPE_API_KEY": value})


def not_charging(world: World) -> None:
    """A live account that is not set up."""
    live(world)
    world.answers[f"{STRIPE}/account"]["charges_enabled"] = False


OF_STRIPE = (
    Astray("stripe-dev.webhook_endpoints", "2", "every event comes as often", twice),
    Astray("stripe-dev.webhook_endpoints", "0", "priceguard deploy dev", endpoint(url="https://elsewhere.example")),
    Astray("stripe-dev.status", "disabled", "enable it", endpoint(status="disabled")),
    Astray("stripe-dev.api_version", "2020-08-27", "rotate the endpoint", endpoint(api_version="2020-08-27")),
    Astray(
        "stripe-dev.key",
        "a restricted key",
        "may write webhook endpoints",
        key("rk_test_canaryOfTheKey0000"),
        State.ADVICE,
    ),
    Astray("stripe-dev.key", "publishable key", "dev takes sk_test_", key("pk_test_x"), environments=("dev",)),
    Astray("stripe-prod.charges_enabled", "false", "dashboard.stripe.com/account/onboarding", not_charging),
)
