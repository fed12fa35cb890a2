"""The API's settings; where no Stripe is needed, nobody listens at its address."""

import dataclasses
import json
from typing import Any

from api.prices import Price
from api.settings import Settings

WEBHOOK_SECRET = "whsec_ThisIsATestSecretOfOurs"
NOWHERE = "http://127.0.0.1:1"
PRICES = (
    Price("price_basicMonthly", "basic", "month", 900, "usd"),
    Price("price_basicYearly", "basic", "year", 9000, "usd"),
    Price("price_premiumMonthly", "premium", "month", 2900, "usd"),
)
ORIGIN = "https://shop.example"


def make_settings(**changes: Any) -> Settings:
    """Valid settings, some of them otherwise."""
    usual: dict[str, Any] = {
        "environment": "dev",
        "revision": "0123abc",
        "log_level": "INFO",
        "host": "127.0.0.1",
        "port": 4000,
        "database_url": "postgresql://app:nobody@127.0.0.1:1/appdb?sslmode=disable",
        "allowed_origins": frozenset({ORIGIN, "http://localhost:5173"}),
        "stripe_api_url": NOWHERE,
        "stripe_prices": PRICES,
        "stripe_secret_key": "sk_test_ofTheTests",
        "stripe_webhook_secret": (WEBHOOK_SECRET,),
    }
    return Settings(**(usual | changes))


def variables(prices: tuple[Price, ...], url: str) -> dict[str, str]:
    """The same as environment variables."""
    return {
        "STRIPE_API_URL": url,
        "STRIPE_PRICES": json.dumps([dataclasses.asdict(price) for price in prices]),
        "STRIPE_SECRET_KEY": "sk_test_ofTheTests",
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


STRIPE_VARIABLES = variables(PRICES, NOWHERE)
