"""The application: what it consists of, in the order in which the parts depend on each other."""

import asyncio

from quart import Quart

from api.billing import Billing
from api.blueprints import auth, billing, docs, health, webhooks
from api.blueprints.connection import BODY_SECONDS, Connection
from api.blueprints.problems import register_error_handlers
from api.cors import Cors
from api.db import Database
from api.logs import RequestLog
from api.passwords import Passwords
from api.payments import PaymentGateway
from api.reconcile import reconcile_by_schedule
from api.settings import Settings
from api.stripe_gateway import VERSION, StripeGateway
from api.webhook_worker import WebhookWorker


def routed() -> Quart:
    """An application that has every route, and nothing behind them: enough to describe it."""
    app = Quart(__name__, static_folder=None)
    app.asgi_http_class = Connection
    app.config["BODY_TIMEOUT"] = BODY_SECONDS
    app.url_map.merge_slashes = False  # a doubled slash is a wrong address, not a redirect
    register_error_handlers(app)
    for blueprint in (health.blueprint, auth.blueprint, billing.blueprint, webhooks.blueprint, docs.blueprint):
        app.register_blueprint(blueprint)
    return app


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    gateway: PaymentGateway | None = None,
    background: bool = True,
) -> Quart:
    """The API as an ASGI application.

    Args:
        settings: what the environment says.
        database: stands in for the one that the settings name.
        gateway: likewise.
        background: whether this process also books webhooks and reconciles.
    """
    app = routed()
    app.config.update(
        ENVIRONMENT=settings.environment,
        REVISION=settings.revision,
        LIVE=settings.live,
        PRICES=settings.stripe_prices,
        STRIPE_VERSION=VERSION,
    )
    database = database or Database(settings.database_url)
    gateway = gateway or StripeGateway(settings)
    passwords = Passwords()
    worker = WebhookWorker(database, gateway)
    app.extensions.update(
        database=database,
        passwords=passwords,
        gateway=gateway,
        billing=Billing(database, gateway, settings.stripe_prices),
        worker=worker,
    )
    _run_with(app, database, gateway, passwords, worker if background else None)
    app.asgi_app = RequestLog(Cors(app.asgi_app, settings.allowed_origins))
    return app


def _run_with(
    app: Quart, database: Database, gateway: PaymentGateway, passwords: Passwords, worker: WebhookWorker | None
) -> None:
    """Start and stop with the application what works beside it."""
    schedule: list[asyncio.Task[None]] = []

    @app.before_serving
    async def start() -> None:
        database.start()
        if worker:
            worker.start()
            schedule.append(asyncio.create_task(reconcile_by_schedule(database, gateway)))

    @app.after_serving
    async def stop() -> None:
        for task in schedule:
            task.cancel()
        if worker:
            await worker.stop()
        await database.stop()
        await gateway.close()
        passwords.close()
