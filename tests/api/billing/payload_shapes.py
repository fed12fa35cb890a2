"""How payloads of different API versions name the customer."""

from collections.abc import Callable
from typing import Any

SHAPES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "2017: an id": lambda c: {"object": {"object": "subscription", "customer": c, "plan": {"id": "basic"}}},
    "acacia: an invoice with its subscription": lambda c: {
        "object": {"object": "invoice", "customer": c, "subscription": "sub_1", "payment_intent": "pi_1"}
    },
    "basil: the subscription below parent": lambda c: {
        "object": {"object": "invoice", "customer": c, "parent": {"subscription_details": {"subscription": "sub_1"}}}
    },
    "dahlia: an expanded customer": lambda c: {
        "object": {"object": "invoice", "customer": {"id": c, "object": "customer"}}
    },
    "the customer itself": lambda c: {"object": {"object": "customer", "id": c}},
    "detached": lambda c: {
        "object": {"object": "payment_method", "customer": None},
        "previous_attributes": {"customer": c},
    },
}
