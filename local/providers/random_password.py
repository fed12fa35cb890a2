"""random:index/randomPassword:RandomPassword, made here: AWS has no part in it."""

import secrets
import string
from collections.abc import Mapping
from typing import Any

from local.providers.errors import Refusal
from local.providers.resource import Diff, Made, Resource, World, compare

# Class of characters -> its characters and the property that demands some of them (the random provider's own).
_CLASSES = {
    "lower": (string.ascii_lowercase, "minLower"),
    "upper": (string.ascii_uppercase, "minUpper"),
    "numeric": (string.digits, "minNumeric"),
    "special": ("!@#$%&*()-_=+[]{}<>:?", "minSpecial"),
}
_KNOWN = {"length", "keepers", "overrideSpecial", *_CLASSES, *(least for _, least in _CLASSES.values())}


class RandomPassword:
    """A password that stays until one of its properties changes; then it is replaced."""

    sensitive: frozenset[str] = frozenset()

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Kind's
        """Return the inputs as they are, if they can be fulfilled."""
        if unknown := inputs.keys() - _KNOWN:
            raise Refusal("is unknown", min(unknown))
        length = inputs.get("length")
        demanded = sum(inputs.get(least) or 0 for _, least in _CLASSES.values())
        if not isinstance(length, int | float) or length < max(1, demanded):
            raise Refusal(f"must be a number of characters, at least {max(1, int(demanded))}", "length")
        if not "".join(self._classes(inputs).values()):
            raise Refusal("is false, and so is every other class of characters", "special")
        return dict(inputs)

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Whatever changes replaces."""
        changed = compare(old, new)
        return Diff(changed, changed)

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Draw the characters, the demanded ones first, and shuffle them."""
        classes = self._classes(inputs)
        drawn = [
            secrets.choice(characters)
            for name_, characters in classes.items()
            for _ in range(int(inputs.get(_CLASSES[name_][1]) or 0))
        ]
        everything = "".join(classes.values())
        drawn += [secrets.choice(everything) for _ in range(int(inputs["length"]) - len(drawn))]
        secrets.SystemRandom().shuffle(drawn)
        return Made("none", {**inputs, "id": "none", "result": "".join(drawn)})

    def read(self, world: World, resource: Resource) -> Resource | None:  # noqa: ARG002 - Kind's
        """It is as it was made: nobody else can change it."""
        return resource

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Nothing changes in place."""
        if changed := compare(old.inputs, inputs):
            raise Refusal("cannot change in place", min(changed))
        return Made(old.id, old.outputs)

    def delete(self, world: World, resource: Resource) -> None:
        """There is nothing to remove."""

    @staticmethod
    def _classes(inputs: Mapping[str, Any]) -> dict[str, str]:
        wanted = {n: c for n, (c, _) in _CLASSES.items() if inputs.get(n) is not False}
        if "special" in wanted and inputs.get("overrideSpecial"):
            wanted["special"] = inputs["overrideSpecial"]
        return wanted
