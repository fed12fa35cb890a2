"""The sites of the stand-in: their variables by Netlify's rules, their builds, and what a browser gets."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from local.loopback import direct_session
from local.netlify.dns import NetlifyError
from local.netlify.sites import Sites
from local.netlify.variables import Variables
from local.netlify_server import NetlifyServer

KEY = "VITE_API_BASE_URL"
Ask = Callable[..., requests.Response]


@pytest.fixture
def ask(netlify_process: NetlifyServer) -> Iterator[Ask]:
    """One request, to the API unless it begins with the control routes."""
    with direct_session() as session:

        def ask_it(method: str, path: str, **arguments: Any) -> requests.Response:
            base = netlify_process.endpoint if path.startswith("/_stand_in") else netlify_process.api_url
            headers = {"Authorization": f"Bearer {netlify_process.token}"}
            return session.request(method, f"{base}{path}", headers=headers, timeout=10, **arguments)

        yield ask_it


@pytest.fixture
def site(ask: Ask) -> dict[str, Any]:
    """One site, and builds that take no time."""
    ask("POST", "/_stand_in/builds", json={"outcomes": [], "seconds": 0})
    return ask("POST", "/_stand_in/sites", json={"name": f"shop-{time.monotonic_ns()}"}).json()


def browsed(site: dict[str, Any]) -> tuple[str, str]:
    """The page and its script, as a browser loads them."""
    with direct_session() as session:
        page = session.get(site["ssl_url"], timeout=10)
        source = re.search(r'<script type="module" crossorigin src="(/assets/index-[0-9a-f]{8}\.js)">', page.text)
        assert source, page.text
        script = session.get(f"{site['ssl_url']}{source[1]}", timeout=10)
    assert [one.headers["Content-Type"].partition(";")[0] for one in (page, script)] == ["text/html", "text/javascript"]
    return source[1], script.text


def test_a_build_has_the_values_of_production_built_in(ask: Ask, site: dict[str, Any]) -> None:
    """Of the moment when it begins; what is written later is in the next one, under another name."""
    assert requests_to(site, "/").status_code == 404, "nothing is published yet"
    env = f"/accounts/team/env?site_id={site['id']}"
    values = [{"context": "production", "value": "https://one"}, {"context": "dev", "value": "https://two"}]
    assert (
        ask("POST", env, json=[{"key": KEY, "values": values}, {"key": "OTHER", "values": values}]).status_code == 201
    )
    built = ask("POST", f"/sites/{site['id']}/builds?title=First").json()
    first, script = browsed(site)

    assert script.count("https://one") == 1
    assert "https://two" not in script
    shown = ask("GET", f"/deploys/{built['deploy_id']}").json()
    assert (shown["state"], shown["title"], shown["context"]) == ("ready", "First", "production")
    assert ask("GET", f"/sites/{site['id']}").json()["published_deploy"]["id"] == built["deploy_id"]

    path = f"/accounts/team/env/{KEY}?site_id={site['id']}"
    assert (
        ask("PUT", path, json={"key": KEY, "values": [{"context": "all", "value": "https://new"}]}).status_code == 200
    )
    assert browsed(site)[0] == first
    ask("POST", f"/sites/{site['id']}/builds")
    assert (browsed(site)[0] != first, "https://new" in browsed(site)[1]) == (True, True)

    restored = ask("POST", f"/sites/{site['id']}/deploys/{built['deploy_id']}/restore")
    assert (restored.status_code, browsed(site)[0]) == (201, first)
    assert ask("DELETE", path).status_code == 204
    assert [one["key"] for one in ask("GET", env).json()] == ["OTHER"]


def requests_to(site: dict[str, Any], path: str) -> requests.Response:
    """One request of a browser."""
    with direct_session() as session:
        return session.get(f"{site['ssl_url']}{path}", timeout=10)


def test_each_site_has_an_address_of_its_own_and_is_made_once(ask: Ask, site: dict[str, Any]) -> None:
    """A path of the application is the page; a script that is not there is missing."""
    other = ask("POST", "/_stand_in/sites", json={"name": "other"}).json()
    assert ask("POST", "/_stand_in/sites", json={"name": "other"}).json() == other
    assert other["ssl_url"] != site["ssl_url"]
    assert ask("GET", "/_stand_in/state").json()["sites"]["other"]["id"] == other["id"]
    ask("POST", f"/sites/{site['id']}/builds")

    assert requests_to(site, "/pricing").text == requests_to(site, "/").text
    assert requests_to(site, "/assets/index-00000000.js").status_code == 404
    assert requests_to(other, "/").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sites/none", 404),
        ("GET", "/accounts/team/env?site_id=none", 404),
        ("GET", "/accounts/others/env", 404),
        ("GET", "/deploys/none", 404),
        ("GET", "/sites/none/nothing", 404),
        ("PATCH", "/sites/none", 405),
    ],
)
def test_what_is_not_there_is_answered_as_netlify_does(ask: Ask, method: str, path: str, status: int) -> None:
    """With `code` and `message`."""
    answer = ask(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, status)


@pytest.mark.parametrize("wrong", [{"outcomes": ["?"]}, {"outcomes": "error"}, {"seconds": -1}, {"seconds": "long"}])
def test_a_switch_that_cannot_be_is_refused(ask: Ask, wrong: dict[str, Any]) -> None:
    """And says what can."""
    assert ask("POST", "/_stand_in/builds", json=wrong).status_code == 400


def test_builds_end_in_time_and_as_the_switch_says() -> None:
    """Failed ones publish nothing, stale ones the former values, cancelled ones nothing at all."""
    now = 0.0
    sites = Sites(lambda: now)
    site = sites.add("shop", "https://shop.example")["id"]
    sites.variables(site).create([{"key": KEY, "values": [{"context": "all", "value": "https://one"}]}])
    sites.outcomes, sites.seconds = ["ready", "error", "stale"], 10
    states: list[tuple[str, str | None]] = []
    deploy = ""
    for number in range(4):
        deploy = sites.build(site)["deploy_id"]
        assert sites.deploy(deploy)["state"] == "building"
        if number == 3:
            sites.cancel(deploy)
        now += 10
        states.append((sites.deploy(deploy)["state"], sites.deploy(deploy)["published_at"]))
        sites.variables(site).replace(KEY, {"values": [{"context": "all", "value": "https://two"}]})

    assert states == [
        ("ready", "1970-01-01T00:00:10Z"),
        ("error", None),
        ("ready", "1970-01-01T00:00:30Z"),
        ("error", None),
    ]
    script = re.search(r"/assets/\S+\.js", sites.page(site, "/") or "")
    assert script
    assert "https://one" in (sites.page(site, script[0]) or "")
    with pytest.raises(NetlifyError, match="over"):
        sites.cancel(deploy)
    with pytest.raises(NetlifyError, match="cannot be published"):
        sites.publish(site, deploy)


ONE = {"context": "production", "value": "x"}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"key": KEY}, 422),
        ({"key": KEY, "values": []}, 422),
        ({"key": KEY, "values": [ONE, ONE]}, 422),
        ({"key": KEY, "values": [ONE, {"context": "all", "value": "y"}]}, 422),
        ({"key": KEY, "values": [{"context": "test", "value": "y"}]}, 422),
        ({"key": KEY, "values": [ONE], "scopes": ["builds"]}, 403),
        ({"key": "THERE", "values": [ONE]}, 409),
    ],
)
def test_variables_that_netlify_would_not_take_are_refused(asked: dict[str, Any], status: int) -> None:
    """Scopes on a free plan among them."""
    variables = Variables()
    variables.create([{"key": "THERE", "values": [ONE]}])
    with pytest.raises(NetlifyError) as refused:
        variables.create([asked])
    assert refused.value.status == status
    assert [one["key"] for one in variables.all()] == ["THERE"]


def test_a_paid_plan_has_scopes_and_spells_one_in_two_ways() -> None:
    """It takes `post-processing` and answers `post_processing`."""
    (made,) = Variables(paid=True).create([{"key": KEY, "values": [ONE], "scopes": ["builds", "post-processing"]}])
    assert made["scopes"] == ["builds", "post_processing"]
