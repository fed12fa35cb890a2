"""Netlify's API as far as a sync needs it (https://open-api.netlify.com)."""

from collections.abc import Iterator, Mapping
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from gitops.doctor.report import shown
from gitops.netlify.errors import NetlifyError
from gitops.netlify.model import Build, Deploy, Site, Variable
from gitops.netlify.values import NAMES, sent
from gitops.netlify.waiting import Waiting
from infra.patient_http import PATIENCE, HttpError, PatientHttp, UnsureError

API = "https://api.netlify.com/api/v1"
PER_PAGE = 100  # the most that Netlify gives
MOST_PAGES = 10
NOT_FOUND = 404
_MAKE_ONE = "make a token at https://app.netlify.com/user/applications and put it into NETLIFY_AUTH_TOKEN"
_REMEDIES = {
    401: f"the token is wrong or has expired: {_MAKE_ONE}",
    403: "the token's user may not do this: let the user be a developer of the site's team, or use another token",
    404: "is NETLIFY_SITE_ID the site's `Project ID`, and is the token of its team?",
    409: "somebody else changed it meanwhile: run again",
    422: "see the site's settings at Netlify, then run again",
}
"""Status of a refusal -> what to do."""
T = TypeVar("T")


class Netlify:
    """One who may see and change a site: `with Netlify(token) as netlify: ...`.

    Methods raise `NetlifyError`, and those that say so `infra.patient_http.UnsureError`: look, before trying again.

    Args:
        token: of a user or a bot.
        url: where the API is.
        patience: seconds that one request and its repetitions may take.
        transport: what carries the requests, instead of the network.
        waiting: has the clock.

    Raises:
        NetlifyError: the address would carry the token in the clear.
    """

    def __init__(
        self,
        token: str,
        *,
        url: str = API,
        patience: float = PATIENCE,
        transport: httpx.BaseTransport | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        clock = waiting or Waiting()
        try:
            self._http = PatientHttp(
                *(url, token), patience=patience, transport=transport, clock=clock.now, now=clock.now, sleep=clock.sleep
            )
        except HttpError as error:
            raise NetlifyError(f"NETLIFY_API_URL is {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def site(self, site_id: str) -> Site:
        """The site."""
        return self._get(f"/sites/{_segment(site_id)}", Site)

    def variables(self, site: Site) -> dict[str, Variable]:
        """Name -> variable, of those of the site that are ours."""
        found = self._get(f"/accounts/{_segment(site.account_id)}/env", list[Variable], {"site_id": site.id})
        return {variable.key: variable for variable in found if variable.key in NAMES}

    def create(self, site: Site, variables: list[Variable]) -> None:
        """Make variables that are not there. May be unsure."""
        path = f"/accounts/{_segment(site.account_id)}/env"
        self._send("POST", path, params={"site_id": site.id}, json=[sent(variable) for variable in variables])

    def replace(self, site: Site, variable: Variable) -> None:
        """Give a variable these values, and no others."""
        self._send("PUT", self._variable(site, variable.key), params={"site_id": site.id}, json=sent(variable))

    def delete(self, site: Site, key: str) -> None:
        """Have a variable no longer; one that is gone already is no error."""
        try:
            self._send("DELETE", self._variable(site, key), params={"site_id": site.id})
        except NetlifyError as error:
            if error.status != NOT_FOUND:
                raise

    def deploys(self, site_id: str) -> Iterator[Deploy]:
        """The site's production deploys, the newest first, at most the last thousand."""
        path = f"/sites/{_segment(site_id)}/deploys"
        for page in range(1, MOST_PAGES + 1):
            found = self._get(path, list[Deploy], {"production": "true", "page": page, "per_page": PER_PAGE})
            yield from (deploy for deploy in found if deploy.context in {None, "production"})
            if len(found) < PER_PAGE:
                return

    def deploy(self, deploy_id: str) -> Deploy:
        """One deploy."""
        return self._get(f"/deploys/{_segment(deploy_id)}", Deploy)

    def build(self, site_id: str, title: str) -> str:
        """Have the site built and published; the id of the deploy. May be unsure."""
        return self._decoded(
            self._send("POST", f"/sites/{_segment(site_id)}/builds", params={"title": title}), Build
        ).deploy_id

    def cancel(self, deploy_id: str) -> None:
        """End a build that is under way. Twice is as good as once."""
        self._send("POST", f"/deploys/{_segment(deploy_id)}/cancel", repeatable=True)

    def publish(self, site_id: str, deploy_id: str) -> None:
        """Have people see a former deploy again. Twice is as good as once."""
        self._send("POST", f"/sites/{_segment(site_id)}/deploys/{_segment(deploy_id)}/restore", repeatable=True)

    def _variable(self, site: Site, key: str) -> str:
        return f"/accounts/{_segment(site.account_id)}/env/{_segment(key)}"

    def _get(self, path: str, kind: type[T], params: Mapping[str, Any] | None = None) -> T:
        return self._decoded(self._send("GET", path, params=params), kind)

    def _send(self, method: str, path: str, **arguments: Any) -> Any:
        self._http.renew_patience()  # a build takes longer than any request may
        try:
            return self._http.send(method, path, **arguments).json()
        except UnsureError:
            raise
        except HttpError as error:
            remedy = _REMEDIES.get(error.status)
            raise NetlifyError(f"Netlify: {error}{f'; {remedy}' if remedy else ''}", error.status) from None

    def _decoded(self, answer: Any, kind: type[T]) -> T:
        try:
            return msgspec.convert(answer, kind)
        except msgspec.ValidationError as error:
            raise NetlifyError(
                f"Netlify answers otherwise than its API promises ({shown(str(error))}); try again"
            ) from None


def _segment(text: str) -> str:
    """One segment of a path, whatever is in it."""
    return quote(text, safe="")
