"""`GET /health`: for the load balancer, and with `?simple=1` for the container."""

from typing import Final, Literal

from quart import Blueprint, Response, current_app

from api.blueprints import shapes
from api.blueprints.body import answer
from api.blueprints.operation import Operation, database
from api.db import DatabaseState

blueprint: Final = Blueprint("health", __name__)

_STATUS: Final[dict[DatabaseState, tuple[Literal["ok", "starting", "degraded", "unavailable"], int]]] = {
    DatabaseState.CONNECTING: ("starting", 503),
    DatabaseState.CONNECTED: ("ok", 200),
    DatabaseState.INTERRUPTED: ("degraded", 200),
    DatabaseState.UNREACHABLE: ("unavailable", 503),
}


@blueprint.get("/health")
@Operation(answers={200: shapes.Health, 503: shapes.Health}, query=shapes.HealthQuery, session=False)
async def health(asked: shapes.HealthQuery) -> Response:
    """Say how the service is. 503 until the database is ready and after a long outage of it.

    With `?simple=1` the answer is always 200 and the database is not asked.
    """
    revision = current_app.config["REVISION"]
    if asked.simple == "1":
        return answer(shapes.Health("ok", revision))
    state = await database().state()
    status, code = _STATUS[state]
    return answer(shapes.Health(status, revision, state), code)
