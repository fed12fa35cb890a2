"""The environment variables of one site, by its rules for contexts and scopes."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from local.netlify.dns import NetlifyError, Object

CONTEXTS = {"all", "dev", "dev-server", "branch-deploy", "deploy-preview", "production", "branch"}
SCOPES = ("builds", "functions", "runtime", "post_processing")


class Variables:
    """Key -> variable.

    Args:
        paid: whether the plan has scopes.
    """

    def __init__(self, *, paid: bool = False) -> None:
        self._paid = paid
        self._all: dict[str, Object] = {}

    def all(self) -> list[Object]:
        """Every variable."""
        return list(self._all.values())

    def one(self, key: str) -> Object:
        """One variable."""
        if key not in self._all:
            raise NetlifyError(404, "Not Found")
        return self._all[key]

    def create(self, asked: Any) -> list[Object]:
        """Make all of these, or none."""
        if not isinstance(asked, list) or not asked:
            raise NetlifyError(400, "an array of variables is expected")
        made = [self._variable(one) for one in asked]
        if taken := [one["key"] for one in made if one["key"] in self._all]:
            raise NetlifyError(409, f"{', '.join(taken)} exists already")
        self._all |= {one["key"]: one for one in made}
        return made

    def replace(self, key: str, asked: Any) -> Object:
        """Give one other values: all of them."""
        self.one(key)
        made = self._variable({"key": key, **asked})
        self._all[key] = made
        return made

    def delete(self, key: str) -> None:
        """Have one no longer."""
        del self._all[self.one(key)["key"]]

    def at(self, context: str) -> dict[str, str]:
        """What a build in a context gets."""
        found: dict[str, str] = {}
        for variable in self._all.values():
            values: dict[str, str] = {value["context"]: value["value"] for value in variable["values"]}
            if value := values.get(context) or values.get("all"):
                found[variable["key"]] = value
        return found

    def _variable(self, asked: Mapping[str, Any]) -> Object:
        key, values = asked.get("key"), asked.get("values")
        if not isinstance(key, str) or not isinstance(values, Sequence) or not values:
            raise NetlifyError(422, "key and values are required")
        if asked.get("scopes") and not self._paid:
            raise NetlifyError(403, "Granular scopes are available on Pro plans and above")
        scopes = [scope.replace("-", "_") for scope in asked.get("scopes") or SCOPES]
        contexts = [value["context"] for value in values if value["context"] != "branch"]
        if not CONTEXTS.issuperset(contexts) or len(set(contexts)) < len(contexts):
            raise NetlifyError(422, "a context is unknown, or there twice")
        if "all" in contexts and len(values) > 1:
            raise NetlifyError(422, "beside all contexts there is no other")
        kept = [{"id": secrets.token_hex(12), **value} for value in values]
        return {"key": key, "scopes": scopes, "values": kept, "is_secret": bool(asked.get("is_secret"))}
