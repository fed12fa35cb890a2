"""The site at Netlify: whether it can be built, with the values of the environments, and the zone of their records."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from gitops.doctor.errors import DoctorError, MissingError, NotAskedError, UnreadError
from gitops.doctor.http import Http
from gitops.doctor.place import configuration
from gitops.doctor.report import Row, advice, good, judged, wrong
from gitops.doctor.service import Service, objects, part
from gitops.doctor.subject import Case
from gitops.netlify.builds import BUDGET, CREDITS
from gitops.netlify.client import API
from gitops.netlify.model import FAILED
from gitops.netlify.values import CONTEXTS, EVERYWHERE, NAMES
from infra.patient_http import TOKEN_FORM

TOKEN, SITE = "NETLIFY_AUTH_TOKEN", "NETLIFY_SITE_ID"
_SETTINGS = "https://app.netlify.com/projects/<name>/configuration/deploys"


def check_netlify(case: Case) -> Iterator[Row]:
    """Rows about zone, site and variables.

    Raises:
        NotAskedError: there is no token.
        DoctorError: Netlify does not take it, or does not answer.
    """
    token = case.environ.get(TOKEN, "").strip()
    if not token:
        raise NotAskedError(f"no {TOKEN}; make one at https://app.netlify.com/user/applications, and export it")
    if not TOKEN_FORM.fullmatch(token):
        raise DoctorError(f"{TOKEN} holds characters that no token has; copy it again")
    with Http(case, case.environ.get("NETLIFY_API_URL") or API, TOKEN) as http:
        service = http.service("Netlify", lambda _: "a place in the team of the site, as developer")
        yield from _zones(service, case)
        yield from _site(service, case)


def _zones(service: Service, case: Case) -> Iterator[Row]:
    """Whether the token sees the zone into which each environment writes its records."""
    for environment in case.environments:
        dns = _read(configuration(environment, case.root).get("priceguard:dns", "{}"))
        zone, check = part(dns, "zone"), f"netlify-{environment}.zone"
        if part(dns, "provider") != "netlify" or not isinstance(zone, str):
            continue
        try:
            seen = [str(each.get("name")) for each in objects({"": service.get("/dns_zones?per_page=100")}, "")]
        except MissingError:
            seen = []
        except UnreadError as error:
            yield error.row(check, zone)
            continue
        fix = f"correct priceguard:dns.zone in Pulumi.{environment}.yaml, or use a token of the team that has the zone"
        yield judged(check, zone, ", ".join(seen) or "no zone", fix, holds=zone in seen)


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _site(service: Service, case: Case) -> Iterator[Row]:
    site_id = case.environ.get(SITE, "").strip()
    if not site_id:
        how = NotAskedError(f"no {SITE}; export the project id that the site's configuration shows at Netlify")
        yield how.row("netlify-site")
        return
    check = "netlify-site.id"
    try:
        site = service.get(f"/sites/{quote(site_id, safe='')}")
    except MissingError:
        fix = f"correct {SITE}, or use a token of the team that has the site"
        yield wrong(check, expected=site_id, found="the token sees no such site", fix=fix)
        return
    except UnreadError as error:
        yield error.row(check, site_id)
        return
    yield good(check, site_id)
    yield from _builds(site)
    yield _credits(service, site_id)
    yield from _variables(service, case, site, site_id)


def _builds(site: Any) -> Iterator[Row]:
    """Whether Netlify can build the site by itself."""
    repository, command = part(site, "build_settings", "repo_url"), part(site, "build_settings", "cmd")
    fix = f"connect the frontend's repository: {_SETTINGS}"
    yield judged("netlify-site.repo_url", "a repository", repository, fix, holds=bool(repository))
    stopped = part(site, "build_settings", "stop_builds") is True
    fix = f"activate builds: {_SETTINGS}"
    yield judged("netlify-site.stop_builds", "builds are active", "builds are stopped", fix, holds=not stopped)
    check, expected = "netlify-site.cmd", "a command that builds the site"
    if command:
        yield good(check, expected)
    else:
        fix = f"give it one, unless netlify.toml of its repository has it: {_SETTINGS}"
        yield advice(check, expected=expected, found="none in the site's settings", fix=fix)


def _credits(service: Service, site_id: str) -> Row:
    """Whether one more build is within the month's budget."""
    check, expected = "netlify-site.credits", f"at most {BUDGET - CREDITS} of {BUDGET} credits used this month"
    path = f"/sites/{quote(site_id, safe='')}/deploys?production=true&per_page=100"
    try:
        deploys = objects({"": service.get(path)}, "")
    except MissingError:
        deploys = []
    except UnreadError as error:
        return error.row(check, expected)
    month = f"{dt.datetime.now(dt.UTC):%Y-%m}"
    ours = [
        deploy
        for deploy in deploys
        if str(deploy.get("created_at")).startswith(month)
        and str(deploy.get("state")) not in FAILED
        and deploy.get("context") in (None, "production")
    ]
    used = CREDITS * len(ours)
    if used <= BUDGET - CREDITS:
        return good(check, expected)
    fix = "wait for the next month, or sync with --budget where the team's plan has more"
    return advice(check, expected=expected, found=f"{used} used: the next sync will refuse to build", fix=fix)


def _variables(service: Service, case: Case, site: Any, site_id: str) -> Iterator[Row]:
    """Each variable of ours: there in the contexts of the environment, and public."""
    account = quote(str(part(site, "account_id")), safe="")
    checks = [(stack, name) for stack in case.environments for name in NAMES]
    try:
        answer = service.get(f"/accounts/{account}/env?site_id={quote(site_id, safe='')}")
    except MissingError:
        answer = None
    except UnreadError as error:
        yield from (error.row(f"netlify-{stack}.{name}", "a value") for stack, name in checks)
        return
    there = {str(variable.get("key")): variable for variable in objects({"": answer}, "")}
    for stack, name in checks:
        contexts = {str(value.get("context")) for value in objects(there.get(name), "values") if value.get("value")}
        lacking = [context for context in CONTEXTS[stack] if not {context, EVERYWHERE} & contexts]
        found, fix = f"none in {', '.join(lacking)}", f"priceguard netlify {stack}"
        if part(there.get(name), "is_secret") is True:
            found, lacking = "marked as secret: nobody can read or unmark it, and a build that holds it fails", [name]
            fix = f"delete {name} in the site's environment variables, then: {fix}"
        yield judged(
            f"netlify-{stack}.{name}", f"public, a value in {', '.join(CONTEXTS[stack])}", found, fix, holds=not lacking
        )
