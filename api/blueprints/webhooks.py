"""`POST /api/stripe/webhook`: what the payment provider has to tell."""

from typing import Final

from quart import Blueprint, Response, current_app, request

from api import webhook_events
from api.blueprints import shapes
from api.blueprints.body import answer
from api.blueprints.operation import Operation, database
from api.errors import BadSignatureError, DatabaseUnavailableError, MalformedBodyError, WrongModeError

blueprint: Final = Blueprint("webhooks", __name__, url_prefix="/api/stripe")


@blueprint.post("/webhook")
@Operation(
    answers={200: shapes.Received},
    errors=(BadSignatureError, MalformedBodyError, WrongModeError, DatabaseUnavailableError),
    session=False,
    raw=True,
    headers={"Stripe-Signature": "Proves that Stripe sends this body, at most five minutes ago."},
)
async def webhook() -> Response:
    """Take an event of Stripe's. 200 once it is stored for good, whatever it is."""
    app = current_app
    # The bytes as they came: the signature is over them, not over what they mean.
    event = app.extensions["gateway"].verified_event(await request.get_data(), request.headers.get("Stripe-Signature"))
    config = app.config
    has_work = await webhook_events.receive(
        database(), event, environment=config["ENVIRONMENT"], live=config["LIVE"], version=config["STRIPE_VERSION"]
    )
    if has_work:
        app.extensions["worker"].wake()
    return answer(shapes.Received())
