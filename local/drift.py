"""What is no longer as the embedded runner made it, because somebody changed it behind its back."""

import time
from typing import Any

from local.providers import KINDS, Providers
from local.state import REPLACED, Entry, State
from render.registration import MASK


def drift(providers: Providers, state: State) -> dict[str, Any]:
    """Look at every resource that the state knows; nothing is changed.

    Returns:
        Plain data of `gitops.engine_result.Result`, as the engine's own look gives it.

    Raises:
        ProviderError: a resource cannot be looked at.
    """
    began = time.monotonic()
    there = {urn: entry for urn, entry in state.entries.items() if not urn.endswith(REPLACED)}
    changes = [change for urn, entry in there.items() if (change := _change(providers, urn, entry))]
    seconds = round(time.monotonic() - began, 2)
    return {
        "changes": changes,
        "unchanged": len(there) - len(changes),
        **{name: [] for name in ("policy", "diagnostics", "before", "after")},
        "timing": {"total": seconds, "start": 0, "program": 0, "resources": seconds, "end": 0},
    }


def _change(providers: Providers, urn: str, entry: Entry) -> dict[str, Any] | None:
    """What became of one resource; None when it is as it was."""
    resource, found = entry.resource, providers.read(entry.resource)
    told = {"urn": urn, "type": resource.type, "name": resource.name, "protect": bool(entry.options.get("protect"))}
    if found is None:
        return {**told, "op": "delete"}
    # What the program ignores, somebody else owns.
    changed = providers.diff(resource.type, resource.inputs, found.inputs).changed
    names = sorted(changed - set(entry.options.get("ignoreChanges", ())))
    secret = KINDS[resource.type].sensitive
    diff = [_difference(n, resource.inputs.get(n), found.inputs.get(n), hidden=n in secret) for n in names]
    return {**told, "op": "update", "diff": diff} if diff else None


def _difference(name: str, before: Any, after: Any, *, hidden: bool) -> dict[str, Any]:
    kind = "add" if before is None else "delete" if after is None else "update"
    if hidden:
        before, after = (None if value is None else MASK for value in (before, after))
    return {"path": name, "kind": kind, "before": before, "after": after, "replaces": False}
