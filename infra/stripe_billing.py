"""Stripe: the webhook endpoints, products and prices of the environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_stripe as stripe
from pulumi import ComponentResource, Output, ResourceOptions

WEBHOOK_PATH = "/api/stripe/webhook"
API_VERSION = "2026-10-28.endive"
"""Version that a new endpoint's events are written in; an endpoint keeps the one that it was made with."""
WEBHOOK_EVENTS = (
    "customer.deleted",
    "customer.updated",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.updated",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.voided",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
)
"""What the API acts on; never `*`, which would also send what Stripe invents later."""
# Renaming one deletes that endpoint with its signing secret: go by way of the other slot.
ENDPOINTS = {"a": "webhook-a", "b": "webhook-b"}
PRODUCTS = {"basic": "PriceGuard Basic", "premium": "PriceGuard Premium", "enterprise": "PriceGuard Enterprise"}


@dataclass(frozen=True)
class Offer:
    """What is sold: logical name of its price, plan, key in the plan's configuration, Stripe's interval."""

    name: str
    plan: str
    period: str
    interval: str


PRICES = (
    Offer("basic-monthly", "basic", "monthly", "month"),
    Offer("basic-yearly", "basic", "yearly", "year"),
    Offer("premium-monthly", "premium", "monthly", "month"),
    Offer("premium-yearly", "premium", "yearly", "year"),
    Offer("enterprise-monthly", "enterprise", "monthly", "month"),
    Offer("enterprise-yearly", "enterprise", "yearly", "year"),
)


class NoSigningSecretError(pulumi.RunError):
    """No endpoint's signing secret is known: the API could verify nothing."""


@dataclass(frozen=True, kw_only=True)
class StripeBillingArgs:
    """What Stripe's part is made from.

    Args:
        environment: the stack's name, stamped on everything, since environments may share a Stripe account.
        api_domain: host name that Stripe delivers to.
        slots: the webhook endpoints that exist, of `a` and `b`, the newest first.
        currency: of every price, three lower-case letters.
        amounts: plan -> `monthly` and `yearly` -> amount in the currency's smallest unit.
        protect: refuse to delete the products and the newest endpoint.
    """

    environment: str
    api_domain: str
    slots: Sequence[str]
    currency: str
    amounts: Mapping[str, Mapping[str, int]]
    protect: bool


class StripeBilling(ComponentResource):
    """priceguard:stripe_billing:StripeBilling. Makes the endpoints, and a product with two prices for each plan.

    Attributes:
        webhook_url: where Stripe delivers.
        webhook_endpoints: slot -> id of its endpoint.
        webhook_secrets: secret; the endpoints' signing secrets, the newest first, joined by commas.
        price_ids: plan -> `monthly` and `yearly` -> id of the price.
        prices: what the API sells, as JSON text: a list of objects with `id`, `plan`, `interval` (month or year),
            `unit_amount` and `currency`.
    """

    def __init__(self, name: str, args: StripeBillingArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:stripe_billing:StripeBilling", name, None, opts)
        self._args = args
        self.webhook_url = f"https://{args.api_domain}{WEBHOOK_PATH}"
        endpoints = {slot: self._endpoint(slot) for slot in args.slots}
        self.webhook_endpoints: dict[str, Output[str]] = {slot: e.id for slot, e in endpoints.items()}
        self.webhook_secrets: Output[str] = Output.secret(
            Output.all(*(e.secret for e in endpoints.values())).apply(lambda found: joined(args.slots, found))
        )
        products = {plan: self._product(plan) for plan in PRODUCTS}
        prices = [(offer, self._price(offer, products[offer.plan])) for offer in PRICES]
        self.price_ids: dict[str, dict[str, Output[str]]] = {
            plan: {offer.period: price.id for offer, price in prices if offer.plan == plan} for plan in PRODUCTS
        }
        self.prices: Output[str] = Output.json_dumps(
            [
                {
                    "id": price.id,
                    "plan": offer.plan,
                    "interval": offer.interval,
                    "unit_amount": args.amounts[offer.plan][offer.period],
                    "currency": args.currency,
                }
                for offer, price in prices
            ]
        )
        self.register_outputs({})

    def _endpoint(self, slot: str) -> stripe.WebhookEndpoint:
        args = self._args
        return stripe.WebhookEndpoint(
            ENDPOINTS[slot],
            url=self.webhook_url,
            description=f"PriceGuard {args.environment}",
            enabled_events=list(WEBHOOK_EVENTS),
            api_version=API_VERSION,
            metadata={"environment": args.environment, "slot": slot},
            opts=ResourceOptions(
                parent=self,
                # Only the newest: the other one is on its way out, and a rotation ends by deleting it.
                protect=args.protect and slot == args.slots[0],
                # Another version would replace the endpoint at once. The next slot takes it instead, and both overlap.
                ignore_changes=["apiVersion"],
                # Stripe tells it at creation only. A refresh leaves it as it is in the state; an import has none.
                additional_secret_outputs=["secret"],
            ),
        )

    def _product(self, plan: str) -> stripe.Product:
        # Renaming one fails, because Stripe knows the id already: move it with `aliases`.
        return stripe.Product(
            plan,
            product_id=f"priceguard_{plan}",
            name=PRODUCTS[plan],
            metadata=self._stamp(plan),
            opts=ResourceOptions(parent=self, protect=self._args.protect),
        )

    def _price(self, offer: Offer, product: stripe.Product) -> stripe.Price:
        args = self._args
        # Stripe's prices are immutable: another amount makes a new price, which takes the lookup key, and only then
        # does Pulumi delete the old one. Stripe cannot delete a price and this provider does not archive it, so it
        # just forgets it: whoever subscribed keeps paying it, and the API offers the new one alone.
        return stripe.Price(
            offer.name,
            product=product.id,
            currency=args.currency,
            unit_amount=args.amounts[offer.plan][offer.period],
            # The count is Stripe's default, but the provider reads it back and would find it missing at every `up`.
            recurring=stripe.PriceRecurringArgs(interval=offer.interval, interval_count=1),
            lookup_key=f"priceguard_{offer.plan}_{offer.period}",
            transfer_lookup_key=True,
            nickname=f"{PRODUCTS[offer.plan]}, {offer.period}",
            metadata=self._stamp(offer.plan),
            opts=ResourceOptions(parent=self),
        )

    def _stamp(self, plan: str) -> dict[str, str]:
        return {"environment": self._args.environment, "plan": plan}


def joined(slots: Sequence[str], secrets: Sequence[str | None]) -> str:
    """The signing secrets that are known, joined by commas; `slots` are theirs, in the same order.

    Raises:
        NoSigningSecretError: none is known, as after an import of the only endpoint.
    """
    if known := [secret for secret in secrets if secret]:
        return ",".join(known)
    free = next((slot for slot in ENDPOINTS if slot not in slots), None)
    step = (
        f"set priceguard:webhookSlots to {free},{slots[0]} and run `pulumi up` again"
        if free
        else f"run `pulumi up --replace '**::{ENDPOINTS[slots[-1]]}'`"
    )
    raise NoSigningSecretError(
        f"No signing secret of {' and '.join(ENDPOINTS[slot] for slot in slots)} is known: Stripe tells it only when "
        f"it creates an endpoint, so what was imported has none. Rotate: {step}; a new endpoint brings its secret."
    )
