"""The Express peer is the same API: whatever the comparison says would mean nothing otherwise."""

import json
import re

from render.configuration import ROOT

SOURCES = ROOT / "bench" / "express" / "src"
ONLY_OURS = {"/docs", "/openapi.json"}


def served() -> set[tuple[str, str]]:
    """Method and full path of every route: where `app.js` mounts a router, and what that router takes."""
    mounted = re.findall(r"app\.use\((?:'([^']+)', )?(\w+Routes)\(", (SOURCES / "app.js").read_text())
    mounts = {router: prefix for prefix, router in mounted}
    routes: set[tuple[str, str]] = set()
    for path in sorted((SOURCES / "routes").glob("*.js")):
        text = path.read_text()
        for router in re.findall(r"export function (\w+Routes)\(", text):
            assert router in mounts, f"{path.name}: {router} is mounted nowhere"
            found = re.findall(r"\.(get|post|put|patch|delete)\('(/[^']*)'", text)
            assert found, f"{path.name}: no route is recognised"
            routes |= {(method, mounts[router] + route) for method, route in found}
    return routes


def test_the_peer_serves_every_path_of_ours() -> None:
    """By the same method at the same place."""
    paths: dict[str, dict[str, object]] = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    documented = {(method, path) for path, methods in paths.items() if path not in ONLY_OURS for method in methods}

    assert documented
    assert documented - served() == set()
