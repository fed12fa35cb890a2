"""`/api/billing`: cards, subscriptions, invoices of whoever is logged in."""

from typing import Final

from quart import Blueprint, Response, current_app

from api import ratelimit
from api.billing_history import billing_history, start_after
from api.blueprints import shapes, views
from api.blueprints.body import answer
from api.blueprints.operation import Operation, billing, database
from api.errors import (
    AlreadySubscribedError,
    CardDeclinedError,
    CardRequiredError,
    ChangeInProgressError,
    InvalidFieldsError,
    InvoiceOpenError,
    NotSubscribedError,
    PaymentMethodNotFoundError,
    PaymentProviderError,
    PaymentProviderUnavailableError,
    PriceNotFoundError,
    RateLimitedError,
)
from api.sessions import Session

blueprint: Final = Blueprint("billing", __name__, url_prefix="/api/billing")

_PROVIDER: Final = (PaymentProviderError, PaymentProviderUnavailableError)
_CHANGE: Final = (*_PROVIDER, RateLimitedError, ChangeInProgressError)
_SUBSCRIBED: Final = (*_CHANGE, NotSubscribedError)


@blueprint.get("/plans")
@Operation(answers={200: shapes.PlansAnswer})
async def plans(_: Session) -> Response:
    """List the plans and what they cost."""
    return answer(views.plans(current_app.config["PRICES"]))


@blueprint.post("/create-setup-intent")
@Operation(body=shapes.OwnAccount, bodiless=True, answers={200: shapes.SetupIntentAnswer}, errors=_CHANGE)
async def create_setup_intent(session: Session, _: shapes.OwnAccount) -> Response:
    """Begin to save a card. The page confirms the setup intent with Stripe; no card number comes here."""
    await _count(session, ratelimit.CARD_ACCOUNT)
    made = await billing().create_setup_intent(session.account)
    return answer(shapes.SetupIntentAnswer(made.id, made.client_secret))


@blueprint.post("/save-payment-method")
@Operation(
    body=shapes.SavedPaymentMethod,
    answers={200: shapes.ChangeAnswer},
    errors=(*_CHANGE, PaymentMethodNotFoundError, CardDeclinedError),
)
async def save_payment_method(session: Session, body: shapes.SavedPaymentMethod) -> Response:
    """Save a card. Pays with it from now on, an open invoice at once: 402 says that only this failed."""
    await _count(session, ratelimit.CARD_ACCOUNT)
    return answer(views.change(await billing().save_payment_method(session.account, body.payment_method_id)))


@blueprint.post("/create-subscription")
@Operation(
    body=shapes.ChosenPrice,
    answers={200: shapes.ChangeAnswer, 201: shapes.ChangeAnswer},
    errors=(*_CHANGE, PriceNotFoundError, CardDeclinedError, CardRequiredError, AlreadySubscribedError),
)
async def create_subscription(session: Session, body: shapes.ChosenPrice) -> Response:
    """Subscribe, paid with the saved card. 200 when exactly this subscription is there already."""
    await _count(session)
    changed = await billing().subscribe(session.account, body.price_id)
    return answer(views.change(changed), 201 if changed.created else 200)


@blueprint.post("/change-plan")
@Operation(
    body=shapes.ChosenPrice,
    answers={200: shapes.ChangeAnswer},
    errors=(*_SUBSCRIBED, PriceNotFoundError, InvoiceOpenError, CardDeclinedError),
)
async def change_plan(session: Session, body: shapes.ChosenPrice) -> Response:
    """Change the plan. The difference is paid at once; a declined card leaves everything as it was."""
    await _count(session)
    return answer(views.change(await billing().change_plan(session.account, body.price_id)))


@blueprint.post("/cancel-subscription")
@Operation(body=shapes.Cancellation, bodiless=True, answers={200: shapes.ChangeAnswer}, errors=_SUBSCRIBED)
async def cancel_subscription(session: Session, body: shapes.Cancellation) -> Response:
    """Cancel the subscription. It ends when what is paid for is used up, or now."""
    await _count(session)
    return answer(views.change(await billing().cancel(session.account, at_period_end=body.at_period_end)))


@blueprint.post("/resume-subscription")
@Operation(body=shapes.OwnAccount, bodiless=True, answers={200: shapes.ChangeAnswer}, errors=_SUBSCRIBED)
async def resume_subscription(session: Session, _: shapes.OwnAccount) -> Response:
    """Resume the subscription. Takes the cancellation back, as long as it lives."""
    await _count(session)
    return answer(views.change(await billing().resume(session.account)))


@blueprint.get("/subscription")
@Operation(answers={200: shapes.BillingAnswer})
async def subscription(session: Session) -> Response:
    """Show subscription and payment method."""
    return answer(views.billing(session.account.billing))


@blueprint.get("/billing-history")
@Operation(
    query=shapes.Page,
    answers={200: shapes.HistoryAnswer},
    errors=(*_PROVIDER, RateLimitedError, InvalidFieldsError),
)
async def history(session: Session, page: shapes.Page) -> Response:
    """Show the billing history. Twelve months of invoices, payments and charges, the newest first."""
    await _count(session)
    items = await billing_history(current_app.extensions["gateway"], session.account)
    return answer(views.history_page(items, start_after(items, page.after), page.limit))


async def _count(session: Session, limit: ratelimit.Limit = ratelimit.BILLING_ACCOUNT) -> None:
    await ratelimit.use(database(), limit.of(str(session.account.id)))
