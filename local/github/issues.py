"""Issues, comments and labels, as the API shows and changes them; a pull request is one of the issues."""

from local.github.answers import Answer, Ask, Object, RefusedError, missing
from local.github.people import WEB, People


def labels_of(thread: Object) -> list[Object]:
    """The labels as GitHub shows them."""
    return [{"name": name} for name in thread["labels"]]


def shown(store: People, thread: Object) -> Object:
    """As GitHub shows it."""
    number = thread["number"]
    kind = {"pull_request": {"url": f"{WEB}/{store.name}/pull/{number}"}} if number in store.pulls else {}
    plain = {name: thread[name] for name in ("number", "title", "body", "state", "user")}
    where = f"{WEB}/{store.name}/issues/{number}"
    return {**plain, "labels": labels_of(thread), "html_url": where, "comments": len(thread["comments"]), **kind}


def show_all(store: People, ask: Ask) -> Answer:
    """The newest first, those with all of `labels` and of `state`."""
    state = ask.query.get("state", "open")
    labels = {name for name in ask.query.get("labels", "").split(",") if name}
    found = [thread for thread in reversed(store.threads.values()) if labels <= set(thread["labels"])]
    return Answer(body=[shown(store, thread) for thread in found if state in {"all", thread["state"]}])


def create(store: People, ask: Ask) -> Answer:
    """Open one."""
    title, body = ask.text("title"), ask.text("body")
    if not title:
        raise RefusedError(
            422, "Validation Failed", errors=[{"resource": "Issue", "field": "title", "code": "missing_field"}]
        )
    number = store.open_thread(title, body, ask.actor.login, ask.json.get("labels"))
    return Answer(status=201, body=shown(store, store.threads[number]))


def show(store: People, ask: Ask) -> Answer:
    """One."""
    return Answer(body=shown(store, store.thread(ask.number)))


def edit(store: People, ask: Ask) -> Answer:
    """Change title, body, state or labels."""
    thread = store.thread(ask.number)
    thread |= {name: ask.text(name) for name in ("title", "body", "state") if name in ask.json}
    if "labels" in ask.json:
        thread["labels"] = list(dict.fromkeys(ask.json["labels"]))
    return Answer(body=shown(store, thread))


def comments(store: People, ask: Ask) -> Answer:
    """The oldest first."""
    return Answer(body=[dict(comment) for comment in store.thread(ask.number)["comments"]])


def add_comment(store: People, ask: Ask) -> Answer:
    """Say something."""
    store.thread(ask.number)
    body = ask.text("body", "IssueComment")
    if not body.strip():
        raise RefusedError(
            422, "Validation Failed", errors=[{"resource": "IssueComment", "field": "body", "code": "missing_field"}]
        )
    made = store.say(ask.number, body, ask.actor.login)
    return Answer(status=201, body=_comment(store, made))


def edit_comment(store: People, ask: Ask) -> Answer:
    """Say something else."""
    found = _comment(store, int(ask.parts["id"]))
    found["body"] = ask.text("body", "IssueComment")
    return Answer(body=dict(found))


def add_labels(store: People, ask: Ask) -> Answer:
    """Give it labels; what is none yet becomes one."""
    store.label(ask.number, *ask.json.get("labels", []))
    return Answer(body=labels_of(store.thread(ask.number)))


def remove_label(store: People, ask: Ask) -> Answer:
    """Take one away."""
    thread = store.thread(ask.number)
    if ask.parts["name"] not in thread["labels"]:
        raise RefusedError(404, "Label does not exist")
    thread["labels"].remove(ask.parts["name"])
    return Answer(body=labels_of(thread))


def _comment(store: People, wanted: int) -> Object:
    every = (comment for thread in store.threads.values() for comment in thread["comments"])
    found = next((comment for comment in every if comment["id"] == wanted), None)
    if found is None:
        raise missing()
    return found
