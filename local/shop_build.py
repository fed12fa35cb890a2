"""A build of the demo shop: its files as a browser gets them, with the variables of the frontend's site built in.

Those variables are the stack output `netlifyEnvironment`, and nothing else. DNS leads the names in them, and Stripe's,
to machines on the Internet; here, addresses of this machine stand in their place.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from local.overrides import PUBLISHABLE_KEYS

FILES = Path(__file__).resolve().with_name("shop")
CONFIGURATION = "/config.js"
STRIPE_JS = "https://js.stripe.com"

_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
# https://docs.stripe.com/security/guide#content-security-policy
_OF_STRIPE = {
    "script-src": "https://js.stripe.com https://*.js.stripe.com",
    "connect-src": "https://api.stripe.com",
    "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
}


@dataclass(frozen=True)
class File:
    """What a path answers."""

    text: str
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build.

    Args:
        environment: the stack output `netlifyEnvironment`.
        api: where the API's origin, `VITE_API_BASE_URL`, leads here.
        stripe: where the Stripe stand-in is.
        files: what is built.
    """

    environment: Mapping[str, str]
    api: str
    stripe: str
    files: Path = FILES

    @property
    def has_real_stripe(self) -> bool:
        """Whether pages ask Stripe itself: with any key but the stand-in's."""
        return not self.environment["VITE_STRIPE_PUBLISHABLE_KEY"].startswith(tuple(PUBLISHABLE_KEYS.values()))

    @property
    def addresses(self) -> dict[str, str]:
        """Origin -> the one that it leads to here."""
        api = {self.environment["VITE_API_BASE_URL"]: self.api}
        return api if self.has_real_stripe else {**api, STRIPE_JS: self.stripe}

    def file(self, path: str) -> File | None:
        """What a browser gets; None: there is no such file. A path of a page is answered by the shop, which knows it.

        Args:
            path: of the URL, unquoted, with its first slash.
        """
        if path == CONFIGURATION:
            return File(self._resolved(self._configuration()), _TYPES[".js"])
        found = self.files / (path.lstrip("/") if PurePosixPath(path).suffix else "index.html")
        content_type = _TYPES.get(found.suffix)
        try:
            if content_type and found.resolve().is_relative_to(self.files):
                return File(self._resolved(found.read_text()), content_type)
        except (OSError, ValueError):  # no such file, or no name that a file can have
            pass
        return None

    @property
    def content_security_policy(self) -> str:
        """What pages may load and ask: their own files, the API, Stripe."""
        stand_in = {"script-src": self.stripe, "connect-src": self.stripe, "frame-src": "'none'"}
        of_stripe = _OF_STRIPE if self.has_real_stripe else stand_in
        sources = {
            "default-src": "'none'",
            "script-src": f"'self' {of_stripe['script-src']}",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "connect-src": f"'self' {self.api} {of_stripe['connect-src']}",
            "frame-src": of_stripe["frame-src"],
            "form-action": "'self'",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        return "; ".join(f"{name} {allowed}" for name, allowed in sources.items())

    def _configuration(self) -> str:
        return f"export const environment = {json.dumps(dict(self.environment), indent=2)};\n"

    def _resolved(self, text: str) -> str:
        for there, here in self.addresses.items():
            text = text.replace(there, here)
        return text
