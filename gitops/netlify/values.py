"""Which variables of the site are ours, what they may be, and what has to be written for them.

Whatever the frontend's build takes, everybody can read in the browser. So a value must look like what it is to be, and
nothing is taken that is not on the list.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gitops.doctor.report import shown
from gitops.netlify.errors import ValueRefusedError
from gitops.netlify.model import PRODUCTION, Value, Variable
from gitops.stored_secrets.stripe_key import MODES

_ADDRESS = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_PUBLISHABLE = re.compile(r"pk_(test|live)_[A-Za-z0-9_]{1,200}")
_PRICE = re.compile(r"price_[A-Za-z0-9_]{1,100}")
NAMES = {
    "VITE_API_BASE_URL": (_ADDRESS, "an address such as https://api.example.com"),
    "VITE_STRIPE_PUBLISHABLE_KEY": (_PUBLISHABLE, "a publishable key, pk_..."),
    "VITE_STRIPE_PRICE_BASIC": (_PRICE, "the id of a price, price_..."),
    "VITE_STRIPE_PRICE_PREMIUM": (_PRICE, "the id of a price, price_..."),
    "VITE_STRIPE_PRICE_ENTERPRISE": (_PRICE, "the id of a price, price_..."),
}
"""Our variables -> what each must be. No other is ever written."""
CONTEXTS = {"dev": ("deploy-preview", "branch-deploy"), "prod": (PRODUCTION,)}
"""Stack -> the contexts that get its values."""
EVERYWHERE, EACH = "all", ("production", "deploy-preview", "branch-deploy", "dev")
"""The context that stands for all, and those that take its place when one of them becomes another value."""
SCOPES = {"builds", "functions", "runtime", "post-processing"}
_SECRET = re.compile(
    r"[sr]k_(test|live)_|whsec_|(AKIA|ASIA)[A-Z0-9]{12}|eyJ[\w-]{5,}\.eyJ|gh[pousr]_|github_pat_|nf[ap]_|xox[a-z]-"
    r"|-----BEGIN|://[^/\s]*:[^/\s]*@"
)

Wanted = Mapping[str, Mapping[str, str | None]]
"""Name -> context -> value; None for none."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A value that becomes another; None for none."""

    name: str
    context: str
    before: str | None
    after: str | None


def checked(stack: str, environment: Any) -> dict[str, str]:
    """Name -> value, when each may be published for the stack.

    Args:
        stack: `dev` or `prod`.
        environment: the stack output `netlifyEnvironment`.

    Raises:
        ValueRefusedError: naming the first that may not, without its value.
    """
    if not isinstance(environment, Mapping):
        raise ValueRefusedError(f"the stack has no output netlifyEnvironment: update {stack} with this program first")
    if lacking := sorted(NAMES.keys() - environment.keys()):
        said = ", ".join(lacking)
        raise ValueRefusedError(f"the stack output netlifyEnvironment lacks {said}: update {stack} first")
    if others := sorted(shown(str(name)) for name in environment.keys() - NAMES.keys()):
        raise ValueRefusedError(
            f"{', '.join(others)}: not on the list of what is published; put it there (gitops/netlify/values.py) if "
            "everybody may read it"
        )
    return {name: _checked(stack, name, environment[name]) for name in NAMES}


def _checked(stack: str, name: str, value: Any) -> str:
    pattern, words = NAMES[name]
    refuse_secret(name, value)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueRefusedError(f"{name} is not {words}: correct what it is made of, then update {stack}")
    mode = _PUBLISHABLE.fullmatch(value)
    if mode and mode[1] != MODES[stack]:
        raise ValueRefusedError(
            f"{name} is a key of {mode[1]} mode, and {stack} takes {MODES[stack]} mode: correct "
            f"priceguard:stripePublishableKey in Pulumi.{stack}.yaml"
        )
    return value


def refuse_secret(name: str, value: Any) -> None:
    """Refuse what no browser may get.

    Raises:
        ValueRefusedError: without the value.
    """
    if _SECRET.search(str(value)):
        raise ValueRefusedError(
            f"{name} looks like a secret, and everybody can read what is built in: nothing was written; find out how "
            "it came there, and replace the secret where it has been published before"
        )


def wanted_of(stack: str, values: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    """What the site should have for the stack."""
    return {name: dict.fromkeys(CONTEXTS[stack], value) for name, value in values.items()}


def former_of(there: Mapping[str, Variable], wanted: Wanted) -> dict[str, dict[str, str | None]]:
    """What the site has in the places of `wanted`."""
    return {name: {context: _in(there.get(name), context) for context in contexts} for name, contexts in wanted.items()}


def changes(there: Mapping[str, Variable], wanted: Wanted) -> Iterator[Change]:
    """Each place where the site has something else.

    Raises:
        ValueRefusedError: a variable is marked as secret at Netlify, so that nobody can say what it is.
    """
    for name, contexts in wanted.items():
        if name in there and there[name].is_secret:
            raise ValueRefusedError(
                f"{name} is marked as secret at Netlify, where it can neither be read nor unmarked; it is public: "
                "delete it in the site's environment variables, then run again"
            )
        for context, after in contexts.items():
            if (before := _in(there.get(name), context)) != after:
                yield Change(name=name, context=context, before=before, after=after)


def merged(variable: Variable, wanted: Mapping[str, str | None]) -> Variable:
    """The variable with these values; what it is in other contexts stays."""
    kept = [value for value in variable.values if value.value and value.context not in {*wanted, EVERYWHERE}]
    others = {value.context for value in kept} | wanted.keys()
    everywhere = next((value.value for value in variable.values if value.context == EVERYWHERE), "")
    spread = {context: everywhere for context in EACH if everywhere and context not in others}
    new = {**spread, **{context: value for context, value in wanted.items() if value is not None}}
    values = (*kept, *(Value(context=context, value=value) for context, value in new.items()))
    return Variable(key=variable.key, values=values, scopes=variable.scopes)


def sent(variable: Variable) -> dict[str, Any]:
    """The variable as Netlify takes it. Scopes only where they are fewer than all: a free plan refuses any."""
    scopes = normal(variable.scopes)
    values = [
        {
            "context": value.context,
            "value": value.value,
            **({"context_parameter": value.context_parameter} if value.context_parameter else {}),
        }
        for value in variable.values
    ]
    return {"key": variable.key, **({"scopes": sorted(scopes)} if scopes < SCOPES and scopes else {}), "values": values}


def normal(scopes: Iterable[str]) -> set[str]:
    """Scopes as they are sent; Netlify answers `post_processing`."""
    return {scope.replace("_", "-") for scope in scopes}


def _in(variable: Variable | None, context: str) -> str | None:
    """What the variable is in a context."""
    values = {value.context: value.value for value in variable.values} if variable else {}
    return values.get(context) or values.get(EVERYWHERE) or None
