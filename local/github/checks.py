"""Check runs, as the API shows and changes them."""

from typing import Any

from local.github.answers import LONGEST_CHECK_TEXT, Answer, Ask, Object, RefusedError, missing
from local.github.people import WEB, People

CONCLUSIONS = {"action_required", "cancelled", "failure", "neutral", "skipped", "success", "timed_out"}
SETTABLE = ("name", "status", "conclusion", "external_id", "details_url", "output", "started_at", "completed_at")


def show_all(store: People, ask: Ask) -> Answer:
    """Those of a commit by `check_name`; of each name the newest, unless `filter` is `all`."""
    commit = _commit(store, ask.parts["commit"])
    found = store.checks(commit, ask.query.get("check_name"))
    if ask.query.get("filter") != "all":
        found = list({(run["name"], run["app"]["slug"]): run for run in found}.values())
    return Answer(body={"total_count": len(found), "check_runs": [dict(run) for run in reversed(found)]})


def create(store: People, ask: Ask) -> Answer:
    """Begin one, or record it whole."""
    if not ask.actor.app:
        raise RefusedError(403, "You must authenticate via a GitHub App.")
    if not ask.json.get("name"):
        raise RefusedError(422, 'Invalid request.\n\n"name" wasn\'t supplied.')
    run: Object = {
        "id": store.new_id(),
        "name": ask.json["name"],
        "head_sha": _commit(store, str(ask.json.get("head_sha"))),
        "status": "queued",
        "conclusion": None,
        "external_id": "",
        "started_at": store.time(),
        "completed_at": None,
        "output": {"title": None, "summary": None, "text": None},
        "app": {"slug": ask.actor.app},
    }
    run |= {"html_url": f"{WEB}/{store.name}/runs/{run['id']}", "details_url": f"{WEB}/{store.name}/runs/{run['id']}"}
    changed = _changed(store, run, ask)
    store.check_runs[run["id"]] = changed
    return Answer(status=201, body=dict(changed))


def update(store: People, ask: Ask) -> Answer:
    """Change one of one's own."""
    run = store.check_runs.get(int(ask.parts["id"]))
    if run is None:
        raise missing()
    if run["app"]["slug"] != ask.actor.app:
        raise RefusedError(
            403, "Invalid app_id `1` - check run can only be modified by the GitHub App that created it."
        )
    changed = _changed(store, run, ask)
    store.check_runs[run["id"]] = changed
    return Answer(body=dict(changed))


def _changed(store: People, run: Object, ask: Ask) -> Object:
    given = {name: ask.json[name] for name in SETTABLE if name in ask.json}
    output = _output(given.get("output", {}))
    changed = {**run, **given, "output": run["output"] | output}
    if given.get("conclusion"):
        if given["conclusion"] not in CONCLUSIONS:
            raise RefusedError(422, f"Invalid request.\n\n{given['conclusion']} is not a conclusion.")
        changed |= {"status": "completed", "completed_at": given.get("completed_at") or store.time()}
    elif changed["status"] == "completed" and not changed["conclusion"]:
        raise RefusedError(422, "Invalid request.\n\nA conclusion is required with the status completed.")
    elif changed["status"] != "completed":
        changed |= {"conclusion": None, "completed_at": None}
    return changed


def _output(output: dict[str, Any]) -> dict[str, Any]:
    if output and not (output.get("title") and output.get("summary") is not None):
        raise RefusedError(422, 'Invalid request.\n\n"title", "summary" weren\'t supplied.')
    for name in ("summary", "text"):
        if len(output.get(name) or "") > LONGEST_CHECK_TEXT:
            said = f"Only {LONGEST_CHECK_TEXT} characters are allowed; {len(output[name])} were supplied."
            raise RefusedError(422, f"Invalid request.\n\n{said}")
    return output


def _commit(store: People, name: str) -> str:
    found = store.repository.resolve(name)
    if found is None:
        raise RefusedError(422, f"No commit found for SHA: {name}")
    return found
