"""An account, and what becomes of it beside the page that a test looks at: in another tab, on a telephone, by time."""

import secrets
from typing import Any

import httpx

from tests.journey.platform import Commands, wait_until

PASSWORD = "correct horse battery"


class Customer:
    """Somebody who has registered.

    Args:
        platform: with whose API.

    Attributes:
        email: of the account.
    """

    def __init__(self, platform: Commands) -> None:
        self._platform, self._token = platform, ""
        self._api = str(platform.status()["api_url"])
        self._stripe = str(platform.part("stripe")["address"])
        self.email = f"bob+{secrets.token_hex(4)}@example.com"
        credentials = {"email": self.email, "password": PASSWORD}
        self.ask("POST", "/api/auth/register", **credentials)
        self._token = self.ask("POST", "/api/auth/login", **credentials)["token"]

    def ask(self, method: str, path: str, **body: object) -> Any:
        """Ask the API, in a session of one's own."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        answer = httpx.request(method, f"{self._api}{path}", json=body or None, headers=headers, trust_env=False)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def save_card(self, name: str = "visa") -> None:
        """Save a test card, by the stand-in's name; its bank agrees."""
        intent = self.ask("POST", "/api/billing/create-setup-intent")["setup_intent_id"]
        card = {"payment_method": f"pm_card_{name}"}
        confirmed = self._platform.stripe(f"/v1/setup_intents/{intent}/confirm", **card)
        if confirmed["status"] == "requires_action":
            self.agree(intent)
        self.ask("POST", "/api/billing/save-payment-method", payment_method_id=confirmed["payment_method"])

    def agree(self, intent: str) -> None:
        """Tell the bank that it is oneself who pays."""
        self._act(f"authentications/{intent.split('_secret_', maxsplit=1)[0]}", outcome="succeed")

    def price(self, plan: str, interval: str = "month") -> str:
        """The id of a price."""
        plans = self.ask("GET", "/api/billing/plans")["plans"]
        prices = next(one["prices"] for one in plans if one["plan"] == plan)
        return next(price["price_id"] for price in prices if price["interval"] == interval)

    def subscribe(self, plan: str = "basic") -> None:
        """Subscribe by the month, and pay."""
        chosen = {"price_id": self.price(plan)}
        if secret := self.ask("POST", "/api/billing/create-subscription", **chosen)["client_secret"]:
            self.agree(secret)
        wait_until(lambda: self.subscription["status"] == "active")

    def switch(self, plan: str, interval: str = "month") -> None:
        """Change the plan, as far as that goes without the bank."""
        self.ask("POST", "/api/billing/change-plan", price_id=self.price(plan, interval))

    def cancel(self, *, at_period_end: bool) -> None:
        """Cancel the subscription."""
        self.ask("POST", "/api/billing/cancel-subscription", at_period_end=at_period_end)

    @property
    def subscription(self) -> Any:
        """As the API knows it."""
        return self.ask("GET", "/api/billing/subscription")["subscription"]

    @property
    def invoices(self) -> list[tuple[str, int]]:
        """State and amount of each, the newest first."""
        items = self.ask("GET", "/api/billing/billing-history")["items"]
        return [(item["state"], item["amount"]) for item in items if item["kind"] == "invoice"]

    @property
    def owed(self) -> int:
        """How many cents the newest invoice wants, by Stripe."""
        return self._platform.stripe(f"/v1/invoices?limit=1&customer={self._id}")["data"][0]["amount_due"]

    def renew_until(self, status: str) -> None:
        """Let time pass, to one renewal after the other, until the API knows this of the subscription."""
        for _ in range(12):
            self._act("clock", to_next=True, customer=self._id)
            httpx.get(f"{self._stripe}/_stand_in/settled", trust_env=False).raise_for_status()
            if self.subscription["status"] == status:
                return
        raise AssertionError(f"it never was {status}")

    @property
    def _id(self) -> str:
        address, query = f"{self._stripe}/_stand_in/customers", {"email": self.email}
        (found,) = httpx.get(address, params=query, trust_env=False).json()["data"]
        return found["id"]

    def _act(self, path: str, **body: object) -> None:
        httpx.post(f"{self._stripe}/_stand_in/{path}", json=body, trust_env=False).raise_for_status()
