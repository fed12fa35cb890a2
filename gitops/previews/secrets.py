"""A second look for secrets, in what leaves a job: the engine masks what it knows to be one, and may not know all."""

import json
import os
import re
from collections.abc import Mapping

from render.registration import MASK

SHORTEST = 8
"""Characters of a variable's value that is taken for a secret."""
_NAMED = re.compile(r"KEY|TOKEN|SECRET|PASS(?:WORD|PHRASE)|CREDENTIAL")
_SHAPES = re.compile(
    r"\b[sr]k_(?:test|live)_\w{4,}"  # Stripe's keys, and its signing secrets
    r"|\bwhsec_[\w+/=]{4,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}"  # AWS's
    r"|\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\bnfp_\w{20,}"  # GitHub's and Netlify's tokens
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # JSON web tokens
    r"|(?<=://)[^\s:/@\"\\]{1,100}:[^\s@/\"\\]{1,200}(?=@)"  # name and password in an address
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^\"]*?-----END [A-Z ]*PRIVATE KEY-----"
)


def without_secrets(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """A text with `[secret]` for whatever looks like one, and for the values of variables that are named like one.

    Args:
        text: JSON, or words.
        environment: of the process that made the text.
    """
    values = {value for name, value in environment.items() if _NAMED.search(name) and len(value) >= SHORTEST}
    forms = {form for value in values for form in (value, json.dumps(value)[1:-1])}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return _SHAPES.sub(MASK, text)
