"""The house rule: a route is for everyone only when it stands in the list of those."""

from quart import Quart

from api.blueprints.operation import PUBLIC_ROUTES
from tests.api.conftest import send


def routes(app: Quart) -> set[str]:
    """Every route as `METHOD /path`."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


async def test_every_route_is_public_on_purpose_or_wants_a_session(app: Quart) -> None:
    """Strangers get 401 everywhere else, before anything is looked at."""
    guarded = routes(app) - PUBLIC_ROUTES
    assert guarded
    for route in guarded:
        method, path = route.split(" ")
        answer = await send(app.test_client(), method, path)
        assert answer.status_code == 401, f"{route} answers strangers: leave its Operation its session"


def test_the_list_of_public_routes_holds_only_what_exists(app: Quart) -> None:
    """An entry that outlives its route would open the next one of that name."""
    assert routes(app) >= PUBLIC_ROUTES
