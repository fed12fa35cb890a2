"""Webhook endpoints: who is told about what; the secret is shown once."""

import secrets
from urllib.parse import urlsplit

from local.stripe.details import merged
from local.stripe.endive import API_VERSIONS
from local.stripe.errors import Object, invalid
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import BOOLEAN, METADATA, TEXT, WORD, many
from local.stripe.work import Work

_CHANGEABLE = {"description": TEXT, "enabled_events": many(WORD), "metadata": METADATA, "url": TEXT}


def _checked(params: Params) -> Params:
    if "url" in params and (urlsplit(params["url"] or "").scheme not in {"http", "https"} or " " in params["url"]):
        raise invalid("Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid")
    if "enabled_events" in params and not params["enabled_events"]:
        raise invalid("enabled_events names at least one type of event, or `*`", "enabled_events")
    return params


def _create(work: Work, params: Params) -> Object:
    _checked(params)
    secret = f"whsec_{secrets.token_hex(24)}"
    endpoint = work.add(
        "we",
        "webhook_endpoint",
        api_version=params.get("api_version"),
        application=None,
        description=params.get("description"),
        enabled_events=params["enabled_events"],
        metadata=merged({}, params.get("metadata")),
        status="enabled",
        url=params["url"],
        _secret=secret,
    )
    return {**endpoint, "secret": secret}


def _update(work: Work, params: Params, identifier: str) -> Object:
    endpoint = work.get("webhook_endpoint", identifier)
    _checked(params)
    fields = {name: params[name] for name in ("description", "enabled_events", "url") if name in params}
    if "disabled" in params:
        fields["status"] = "disabled" if params["disabled"] else "enabled"
    return work.change(endpoint, **fields, metadata=merged(endpoint["metadata"], params.get("metadata")))


def _delete(work: Work, _: Params, identifier: str) -> Object:
    work.get("webhook_endpoint", identifier)
    work.world.store.remove(identifier)
    return {"id": identifier, "object": "webhook_endpoint", "deleted": True}


def _list(work: Work, params: Params) -> Object:
    return page(work, params, "webhook_endpoint")


OPERATIONS = (
    Operation(
        "POST", "/webhook_endpoints", _create, {**_CHANGEABLE, "api_version": API_VERSIONS}, ("url", "enabled_events")
    ),
    listing("/webhook_endpoints", _list, {}),
    Operation("GET", "/webhook_endpoints/{}", retrieve("webhook_endpoint")),
    Operation("POST", "/webhook_endpoints/{}", _update, {**_CHANGEABLE, "disabled": BOOLEAN}),
    Operation("DELETE", "/webhook_endpoints/{}", _delete, expands=False),
)
