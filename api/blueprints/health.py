"""`GET /health`: for the load balancer, and with `?simple=1` for the container."""

from typing import Final

from quart import Blueprint, Response, current_app, request

from api.blueprints.access import database
from api.blueprints.body import answer
from api.db import DatabaseState

blueprint: Final = Blueprint("health", __name__)

_STATUS: Final = {
    DatabaseState.CONNECTING: ("starting", 503),
    DatabaseState.CONNECTED: ("ok", 200),
    DatabaseState.INTERRUPTED: ("degraded", 200),
    DatabaseState.UNREACHABLE: ("unavailable", 503),
}


@blueprint.get("/health")
async def health() -> Response:
    """`{"status", "database", "revision"}`; 503 until the database is ready and after a long outage of it.

    With `?simple=1` the answer is always 200 and the database is not asked.
    """
    revision = current_app.config["REVISION"]
    if request.args.get("simple") == "1":
        return answer({"status": "ok", "revision": revision})
    state = await database().state()
    status, code = _STATUS[state]
    return answer({"status": status, "database": state, "revision": revision}, code)
