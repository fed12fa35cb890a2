"""Where 2026-10-28.endive differs from the newest public OpenAPI document (2026-08-26.dahlia), and we follow endive.

Three points; when stripe-mock's document reaches this version, they go.
"""

from typing import Any

from local.stripe.errors import invalid
from local.stripe.parameters import Kind, members, one_of


def _no_longer_supported(_: Any, name: str) -> Any:
    message = (
        "payment_method_types is no longer supported; use automatic_payment_methods or allowed_payment_method_types"
    )
    raise invalid(message, name, "payment_method_types_no_longer_supported")


# 1. Parameter of setup and payment intents: dahlia accepts it.
PAYMENT_METHOD_TYPES = Kind(_no_longer_supported)

# 2. Parameter of a subscription's update: dahlia wants the word "now".
BILLING_CYCLE_ANCHOR = members({"type": one_of("now")})

# 3. Versions of a webhook endpoint: dahlia's list ends before this one.
API_VERSIONS = one_of("2026-10-28.endive")
