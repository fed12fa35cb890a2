"""Webhook endpoints, products and prices: stripe:index/..., carried out on the Stripe stand-in.

What forces a replacement, what a deletion does and what is told once only are those of the provider that Pulumi's is
bridged from (terraform-provider-stripe 3.4.1 for pulumi-stripe 0.0.28), with one difference: a product that is there
already is taken over, see `Row`.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Literal

from local.providers.comparison import seen_again
from local.providers.errors import Refusal, unless_gone
from local.providers.expressions import evaluate
from local.providers.resource import Diff, Kind, Made, Resource, World, compare

_KEYS = {"test": "sk_test_local", "live": "sk_live_local"}  # the stand-in takes any that begins so


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type. A property goes to Stripe's parameter of the same name, spelt with underscores.

    Args:
        service: whose operations these are, as the SDK calls it.
        properties: what the program may say; anything else is refused by name.
        names: property -> parameter, where it has another name.
        defaults: what the provider takes where the program says nothing.
        late: properties that the provider does not send when it creates.
        replaces: properties that cannot change in place.
        outputs: output property -> field of Stripe's answer. What an answer does not tell stays as it was.
        reads: property that somebody may have changed -> expression over Stripe's answer.
        deletion: `always`; `unless used`: what Stripe refuses to delete stays there and is forgotten; `never`: it
            is forgotten only, because Stripe has no such operation.
        adopted: what exists under the chosen id is changed to what the program says. The provider refuses that; here
            the stand-in may outlive what the runner remembers.
    """

    service: str
    properties: AbstractSet[str]
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    late: AbstractSet[str] = frozenset()
    replaces: AbstractSet[str] = frozenset()
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    reads: Mapping[str, str] = field(default_factory=dict[str, str])
    deletion: Literal["always", "unless used", "never"] = "always"
    adopted: bool = False


class StripeResource:
    """A resource type that its row describes."""

    sensitive: frozenset[str] = frozenset()

    def __init__(self, row: Row) -> None:
        self.row = row

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Kind's
        """Return the inputs with the provider's defaults."""
        given = {k: v for k, v in inputs.items() if v is not None}
        if unknown := given.keys() - self.row.properties:
            raise Refusal("is no property that is known here (local/providers/stripe.py)", min(unknown))
        return {**self.row.defaults, **given}

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """As in Kind."""
        changed = compare(old, new)
        return Diff(changed, changed & self.row.replaces)

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:
        """Make it, or take over what has its id."""
        checked = self.check(world, name, inputs, {})
        # The provider leaves out what is empty or false.
        sent = self._parameters({k: v for k, v in checked.items() if v and k not in self.row.late})
        try:
            answer = self._ask(world, "create", sent)
        except Refusal as refusal:
            if not self.row.adopted or refusal.code != "resource_already_exists":
                raise
            answer = self._ask(world, "update", sent.pop("id"), sent)
        return self._made(checked, answer)

    def read(self, world: World, resource: Resource) -> Resource | None:
        """As in Kind."""
        answer = unless_gone(lambda: self._ask(world, "retrieve", resource.id))
        if not answer or answer.get("deleted"):
            return None
        seen = {name: evaluate(expression, answer) for name, expression in self.row.reads.items()}
        return seen_again(resource, seen, self.row.defaults, {})

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """Send what differs; what is gone is emptied."""
        diff = self.diff(old.inputs, inputs)
        if diff.replaces:
            raise Refusal("cannot change in place", min(diff.replaces))
        changes = {name: inputs[name] if inputs.get(name) is not None else "" for name in diff.changed}
        if "metadata" in changes:  # Stripe merges it: a key goes only when it is emptied
            changes["metadata"] = dict.fromkeys(old.inputs.get("metadata") or {}, "") | (inputs.get("metadata") or {})
        answer = self._ask(world, "update", old.id, self._parameters(changes))
        kept = {name: old.outputs[name] for name in self.row.outputs if name in old.outputs}
        return self._made({**kept, **inputs}, answer)

    def delete(self, world: World, resource: Resource) -> None:
        """As the row says."""
        if self.row.deletion == "never":
            return
        try:
            self._ask(world, "delete", resource.id)
        except Refusal:
            if self.row.deletion == "always":
                raise

    def _parameters(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        return {
            self.row.names.get(name, _underscored(name)): value if name == "metadata" else _spelt(value)
            for name, value in properties.items()
        }

    def _made(self, properties: Mapping[str, Any], answer: dict[str, Any]) -> Made:
        told = {name: answer[f] for name, f in self.row.outputs.items() if answer.get(f) is not None}
        return Made(answer["id"], {**properties, **told, "id": answer["id"]})

    def _ask(self, world: World, operation: str, *arguments: Any) -> dict[str, Any]:
        from local.providers.stripe_api import ask  # noqa: PLC0415 - a plugin that only compares need not load an SDK

        around = world.surroundings
        if around.stripe_url is None:
            raise Refusal("this platform has no Stripe (Surroundings.stripe_url)")
        key = _KEYS["live" if around.stripe_live else "test"]
        try:
            return ask(around.stripe_url, key, self.row.service, operation, *arguments)
        except Refusal as refusal:
            parameters = {refusal.property}
            blamed = next((p for p in self.row.properties if self._parameters({p: None}).keys() == parameters), "")
            raise Refusal(refusal.reason, blamed, refusal.code) from None


def _underscored(name: str) -> str:
    return re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _spelt(value: Any) -> Any:
    """`value` with the names inside it as Stripe spells them."""
    if isinstance(value, Mapping):
        return {_underscored(name): _spelt(inner) for name, inner in value.items()}
    return [_spelt(inner) for inner in value] if isinstance(value, list) else value


def _same(*names: str) -> dict[str, str]:
    """Properties that Stripe tells by the names that it takes."""
    return {name: _underscored(name) for name in names}


ROWS: dict[str, Kind] = {
    "stripe:index/webhookEndpoint:WebhookEndpoint": StripeResource(
        Row(
            service="webhook_endpoints",
            properties={"url", "enabledEvents", "apiVersion", "connect", "description", "disabled", "metadata"},
            defaults={"connect": False, "disabled": False},
            late={"disabled"},
            replaces={"connect", "apiVersion"},
            outputs={"secret": "secret", "application": "application"},  # the secret comes at creation only
            reads={
                **_same("url", "description", "metadata", "enabledEvents"),
                "disabled": "status == 'disabled'",
            },
        )
    ),
    "stripe:index/product:Product": StripeResource(
        Row(
            service="products",
            properties={
                *("productId", "name", "active", "description", "images", "metadata", "packageDimensions"),
                *("shippable", "statementDescriptor", "taxCode", "unitLabel", "url"),
            },
            names={"productId": "id"},
            defaults={"active": True},
            replaces={"productId"},
            outputs={"productId": "id"},
            reads=_same(
                *("name", "active", "description", "images", "metadata", "shippable", "statementDescriptor"),
                *("taxCode", "unitLabel", "url"),
            ),
            deletion="unless used",
            adopted=True,
        )
    ),
    "stripe:index/price:Price": StripeResource(
        Row(
            service="prices",
            properties={
                *("currency", "product", "unitAmount", "unitAmountDecimal", "active", "nickname", "recurring"),
                *("lookupKey", "transferLookupKey", "taxBehavior", "billingScheme", "transformQuantity", "metadata"),
            },
            defaults={"active": True, "taxBehavior": "unspecified", "transferLookupKey": False},
            replaces={
                *("currency", "product", "unitAmount", "unitAmountDecimal", "recurring", "billingScheme"),
                "transformQuantity",
            },
            outputs={"type": "type", "billingScheme": "billing_scheme"},
            reads=_same("active", "nickname", "lookupKey", "taxBehavior", "metadata"),
            deletion="never",
        )
    ),
}
