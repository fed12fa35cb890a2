"""The application: what it consists of, in the order in which the parts depend on each other."""

from quart import Quart

from api.blueprints import auth, health
from api.cors import Cors
from api.db import Database
from api.errors import register_error_handlers
from api.logs import RequestLog
from api.passwords import Passwords
from api.settings import Settings

LARGEST_BODY = 64 * 1024  # bytes
BODY_SECONDS = 15  # for a body to arrive; below the time that a stopping process grants


def create_app(settings: Settings, *, database: Database | None = None) -> Quart:
    """The API as an ASGI application. `database` stands in for the one of `settings.database_url`."""
    app = Quart(__name__, static_folder=None)
    app.config.update(REVISION=settings.revision, MAX_CONTENT_LENGTH=LARGEST_BODY, BODY_TIMEOUT=BODY_SECONDS)
    app.url_map.merge_slashes = False  # a doubled slash is a wrong address, not a redirect

    database = database or Database(settings.database_url)
    passwords = Passwords()
    app.extensions.update(database=database, passwords=passwords)

    register_error_handlers(app)
    for blueprint in (health.blueprint, auth.blueprint):
        app.register_blueprint(blueprint)

    @app.before_serving
    async def start() -> None:
        database.start()

    @app.after_serving
    async def stop() -> None:
        await database.stop()
        passwords.close()

    app.asgi_app = RequestLog(Cors(app.asgi_app, settings.allowed_origins))
    return app
