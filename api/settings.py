"""What the API reads from its environment; the only module that looks at `os.environ`.

The container health check imports it, too, twice a minute: keep its own imports to the standard library's
light end.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from api.prices import Price, parse_prices

# An origin exactly as browsers send it (RFC 6454): scheme, host, port if not the default; no path, no slash.
# Plain http only for a browser on the same machine, which nobody can listen in on.
_ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d{1,5})?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")
_LARGEST_PORT: Final = 65535
_STRIPE_KEY = re.compile(r"[sr]k_(test|live)_\w+")
_LOCAL_LIVE_KEY = "sk_live_local"  # no key of Stripe's: the local platform's prod takes payments that move no money
_WEBHOOK_SECRET = re.compile(r"whsec_[\w+/=-]{16,}")
_LOCAL_URL = re.compile(r"http://(localhost|127\.0\.0\.1):\d{1,5}")
STRIPE: Final = "https://api.stripe.com"


class SettingsError(Exception):
    """The environment does not hold what the API needs; the message lists every problem, one a line."""


def _text(value: str) -> str:
    if not value or not value.isprintable() or " " in value:
        raise ValueError
    return value


def _level(value: str) -> str:
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError
    return value


def _port(value: str) -> int:
    port = int(value)
    if not 0 < port <= _LARGEST_PORT:
        raise ValueError
    return port


def _database_url(value: str) -> str:
    url = urlsplit(value)
    options = parse_qs(url.query, strict_parsing=True)
    given = (url.hostname, url.port or 1, url.username, url.password, url.path.strip("/"))
    # Explicit, because the drivers' default is to go on without encryption when the server offers none.
    # Everything but verify-full is for a developer's own server; the Pulumi program refuses it elsewhere.
    mode = options.get("sslmode", [""])[0]
    is_tls_decided = "sslrootcert" in options if mode == "verify-full" else mode in {"require", "disable"}
    if url.scheme not in {"postgresql", "postgres"} or not all(given) or not is_tls_decided:
        raise ValueError
    return value


def _origins(value: str) -> frozenset[str]:
    origins = frozenset(part.strip() for part in value.split(","))
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError
    return origins


def _stripe_key(value: str) -> str:
    key = value.strip()  # who pastes it may end the line
    if not _STRIPE_KEY.fullmatch(key):
        raise ValueError
    return key


def _webhook_secrets(value: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in value.split(","))
    # An empty secret would verify what anybody signs with nothing.
    if not all(_WEBHOOK_SECRET.fullmatch(secret) for secret in secrets):
        raise ValueError
    return secrets


def _stripe_url(value: str) -> str:
    if value != STRIPE and not _LOCAL_URL.fullmatch(value):
        raise ValueError
    return value


def _variable(parse: Callable[[str], Any], wanted: str, *, secret: bool = False) -> Any:
    """A field that is read from the variable of the same name in capitals; a secret stays out of `repr`."""
    return field(repr=not secret, metadata={"parse": parse, "wanted": wanted})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The API's settings. Every variable is required: the task definition names them all."""

    environment: str = _variable(_text, "the environment's name as logs show it, such as dev or prod")
    revision: str = _variable(_text, "the commit that the image was built from")
    log_level: str = _variable(_level, "DEBUG, INFO, WARNING or ERROR")
    host: str = _variable(_text, "the address to listen on; 0.0.0.0 in a container")
    port: int = _variable(_port, f"the TCP port to listen on, 1 to {_LARGEST_PORT}")
    database_url: str = _variable(
        _database_url,
        "postgresql://user:password@host:5432/database?sslmode=verify-full&sslrootcert=/path/to/ca.pem",
        secret=True,
    )
    allowed_origins: frozenset[str] = _variable(
        _origins,
        "the browser origins that may call the API, separated by commas: https://host or "
        "http://localhost:port, exactly as a browser sends them (lower case, no path, no wildcard)",
        secret=True,
    )
    stripe_api_url: str = _variable(_stripe_url, f"{STRIPE}, or http://127.0.0.1:port of a stand-in")
    stripe_prices: tuple[Price, ...] = _variable(
        parse_prices, 'a JSON list of {"id", "plan", "interval": "month" or "year", "unit_amount", "currency"}'
    )
    stripe_secret_key: str = _variable(
        _stripe_key, "Stripe's API key, sk_live_... or rk_live_... in prod and sk_test_... elsewhere", secret=True
    )
    stripe_webhook_secret: tuple[str, ...] = _variable(
        _webhook_secrets, "the signing secrets of the webhook endpoints, whsec_..., the newest first", secret=True
    )

    @property
    def live(self) -> bool:
        """Whether real money moves: the mode of Stripe's key."""
        return "_live_" in self.stripe_secret_key

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check every variable; SettingsError names all that are missing or wrong."""
        values: dict[str, Any] = {}
        problems: list[str] = []
        for variable in fields(cls):
            name = variable.name.upper()
            value = environment.get(name)
            if value is None:
                problems.append(f"  {name} is not set. Set it to {variable.metadata['wanted']}.")
                continue
            try:
                values[variable.name] = variable.metadata["parse"](value)
            except ValueError:
                # The value itself is not shown: it may be a secret in the wrong place.
                problems.append(f"  {name} is not valid. Set it to {variable.metadata['wanted']}.")
        problems += _contradictions(values)
        if problems:
            message = "the API cannot start: its environment is not complete.\n" + "\n".join(problems)
            raise SettingsError(message)
        return cls(**values)


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """Live keys belong to prod and to Stripe itself, test keys everywhere else."""
    if not {"environment", "stripe_secret_key", "stripe_api_url"} <= values.keys():
        return []
    live, prod = "_live_" in values["stripe_secret_key"], values["environment"] == "prod"
    if live != prod:
        mode, wanted = ("live", "test") if live else ("test", "live")
        where = values["environment"]
        return [f"  STRIPE_SECRET_KEY is a {mode} key, and {where} takes {wanted} keys only. Set it to one of those."]
    if prod and values["stripe_api_url"] != STRIPE and not values["stripe_secret_key"].startswith(_LOCAL_LIVE_KEY):
        return [f"  STRIPE_API_URL is not Stripe's own, and prod takes real payments. Set it to {STRIPE}."]
    return []


VARIABLES: Final = tuple(variable.name.upper() for variable in fields(Settings))
