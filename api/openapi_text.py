"""What the OpenAPI document says of the API as a whole; routes and shapes describe themselves."""

from collections.abc import Mapping
from typing import Any, Final

VERSION: Final = "1"  # of the contract: it becomes 2 when something that callers rely on goes away

INFO: Final[Mapping[str, Any]] = {
    "title": "PriceGuard API",
    "version": VERSION,
    "description": """\
Accounts, sessions and subscriptions of PriceGuard.

**Sessions.** `POST /api/auth/login` answers a token. Send it as `Authorization: Bearer <token>`. A session ends when it
is logged out, when nobody used it for 14 days, and after 90 days in any case; then every route answers 401
`session_required`.

**Errors.** Every refusal is a problem document (RFC 9457, `application/problem+json`). Decide by its `code`, which
never changes; `detail` is for people. Each route lists its codes. Besides, every address may answer 404 `not_found`,
405 `method_not_allowed` and 500 `internal_error`. After a 429 or 503 the header `Retry-After` says how many seconds to
wait. Every answer has an `X-Request-Id`: name it when you ask for help.

**Bodies.** JSON in UTF-8 with `Content-Type: application/json`, 64 KiB at the most. An unknown field is refused, so a
misspelt one never passes unnoticed; answers may gain fields, so ignore those that you do not know.

**Times and amounts.** Times are RFC 3339 in UTC, e.g. `2026-03-01T09:30:00Z`. Amounts are whole numbers in the
smallest unit of the currency: 900 `usd` are 9 dollars.

**Repetition.** A request whose answer got lost can be sent again: nobody is charged twice, and no second subscription
is made. The repetition completes what was begun and answers what is true by then.
""",
}

# By blueprint, in the order of the document.
TAGS: Final[Mapping[str, Mapping[str, str]]] = {
    "auth": {"name": "Accounts and sessions", "description": "Who somebody is, and how they prove it."},
    "billing": {
        "name": "Billing",
        "description": "Cards, subscriptions and invoices of whoever is logged in. Card numbers go from the browser to "
        "Stripe and never come here.",
    },
    "webhooks": {"name": "Webhooks", "description": "What Stripe has to tell."},
    "health": {"name": "Health", "description": "For load balancers and monitoring."},
}

SESSION: Final[Mapping[str, str]] = {
    "type": "http",
    "scheme": "bearer",
    "description": "The token that `POST /api/auth/login` answers.",
}

OWN_EMAIL: Final[Mapping[str, Any]] = {
    "name": "email",
    "in": "query",
    "description": "If given, it must be the caller's own e-mail address, else the answer is 403 `not_your_account`.",
    "schema": {"type": "string"},
}

HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "X-Request-Id": {
        "description": "Names this request in our logs; send one of 8 to 128 letters, digits, `.`, `_`, `-` to choose.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds after which another attempt may succeed.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "required": True,
        "schema": {"const": "Bearer"},
    },
}

PROBLEM_FIELDS: Final[Mapping[str, str]] = {
    "type": "The code as a URI.",
    "title": "The name of the status.",
    "status": "The HTTP status.",
    "detail": "What to do, for people to read.",
    "code": "What is wrong, for programs to decide by.",
    "request_id": "The same as the header `X-Request-Id`.",
    "fields": "The name of each wrong field -> what is wrong with it.",
}
