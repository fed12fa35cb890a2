"""What a build of the frontend gives: a page and its script with the values built in, as Vite does it."""

import hashlib
import json
from collections.abc import Mapping

PREFIX = "VITE_"
"""Of the variables that Vite builds in."""


def files(environment: Mapping[str, str]) -> dict[str, str]:
    """Path -> content. The script's name has a hash of what is in it, so that no cache keeps an old one."""
    values = {name: value for name, value in sorted(environment.items()) if name.startswith(PREFIX)}
    constants = "".join(f"const v{place}={json.dumps(value)};" for place, value in enumerate(values.values()))
    names = ",".join(f"v{place}" for place, _ in enumerate(values))
    script = f'{constants}document.getElementById("root").textContent=[{names}].join("\\n");\n'
    name = f"/assets/index-{hashlib.sha256(script.encode()).hexdigest()[:8]}.js"
    page = (
        '<!doctype html>\n<html lang="en">\n  <head>\n    <meta charset="UTF-8" />\n    <title>PriceGuard</title>\n'
        f'    <script type="module" crossorigin src="{name}"></script>\n  </head>\n'
        '  <body>\n    <div id="root"></div>\n  </body>\n</html>\n'
    )
    return {"/index.html": page, name: script}
