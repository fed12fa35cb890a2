"""What the API tells of itself through the load balancer: that it is well, and the commit that it was built from."""

from typing import Any

import httpx

from gitops.doctor.report import shown

ANSWERS_WITHIN = 10.0  # seconds; the load balancer asks more strictly
_WRONG_PLACE = "does this name lead to the load balancer?"


def client() -> httpx.Client:
    """A client that follows no redirect: where it leads is not the API."""
    return httpx.Client(timeout=ANSWERS_WITHIN)


def trouble(http: httpx.Client, url: str, revision: str) -> str:
    """Why the API at `url` is not well or not that of `revision`; empty when it is both."""
    address = f"{url}/health"
    try:
        answer = http.get(address)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{address} does not answer ({shown(str(error) or type(error).__name__)}); {_WRONG_PLACE}"
    told = _told(answer)
    if answer.status_code != 200 or told.get("status") != "ok":
        return f"{address} answers {answer.status_code}, {_state(told)}"
    if told.get("revision") != revision:
        return f"{address} tells revision {shown(told.get('revision'))}, and {revision} was deployed"
    return ""


def _told(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}


def _state(told: dict[str, Any]) -> str:
    if "status" not in told:
        return f"and not as the API does; {_WRONG_PLACE}"
    return f"status {shown(told['status'])}, database {shown(told.get('database'))}"
