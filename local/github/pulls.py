"""Pull requests and their reviews, as the API shows and changes them."""

from local.github.answers import Answer, Ask, Object, RefusedError, invalid, missing
from local.github.issues import labels_of
from local.github.people import WEB, People

ACTIONS_LOGIN = "github-actions[bot]"
DISMISSIBLE = {"APPROVED", "CHANGES_REQUESTED"}


def shown(store: People, number: int) -> Object:
    """As GitHub shows it, in a list as alone."""
    pull, thread = store.pulls[number], store.threads[number]
    head = store.head_of(number)
    repository = pull["head_repository"]
    return {
        **{name: thread[name] for name in ("number", "title", "body", "state", "user")},
        "labels": labels_of(thread),
        "html_url": f"{WEB}/{store.name}/pull/{number}",
        "head": {"ref": pull["head_branch"], "sha": head, "repo": repository and {"full_name": repository}},
        "base": {"ref": pull["base_branch"], "sha": pull["base_sha"], "repo": {"full_name": store.name}},
        "merged_at": pull["merged_at"],
        "merge_commit_sha": pull["merge_commit_sha"],
    }


def show_all(store: People, ask: Ask) -> Answer:
    """The newest first; those of `head` (`owner:branch`) and of `state`."""
    found = [shown(store, number) for number in sorted(store.pulls, reverse=True)]
    state, head = ask.query.get("state", "open"), ask.query.get("head", "")
    if state != "all":
        found = [pull for pull in found if pull["state"] == state]
    if ":" in head:  # else it is ignored, as there
        found = [pull for pull in found if head == _label(pull)]
    return Answer(body=found)


def show(store: People, ask: Ask) -> Answer:
    """One."""
    _check(store, ask.number)
    return Answer(body=shown(store, ask.number))


def create(store: People, ask: Ask) -> Answer:
    """Open one, unless one is open for the same branches, or there is nothing in it."""
    if ask.actor.login == ACTIONS_LOGIN and not store.actions_may_create_pulls:
        raise RefusedError(403, "GitHub Actions is not permitted to create or approve pull requests.")
    title, body = ask.text("title", "PullRequest"), ask.text("body", "PullRequest")
    head, base = ask.text("head"), ask.text("base")
    owner = store.name.split("/", maxsplit=1)[0]
    branch = head.removeprefix(f"{owner}:")
    commit, onto = store.repository.head(branch), store.repository.head(base)
    for name, there in (("head", commit), ("base", onto)):
        if there is None:
            raise RefusedError(
                422, "Validation Failed", errors=[{"resource": "PullRequest", "field": name, "code": "invalid"}]
            )
    for number in store.pulls:
        pull = shown(store, number)
        if (pull["state"], _label(pull), pull["base"]["ref"]) == ("open", f"{owner}:{branch}", base):
            raise invalid("PullRequest", f"A pull request already exists for {owner}:{branch}.")
    if store.repository.count(base, branch)[1] == 0:
        raise invalid("PullRequest", f"No commits between {base} and {branch}")
    number = store.open_pull(branch, title=title, body=body, author=ask.actor.login, base=base)
    return Answer(status=201, body=shown(store, number))


def edit(store: People, ask: Ask) -> Answer:
    """Change title, body or state."""
    _check(store, ask.number)
    thread = store.threads[ask.number]
    given = {name: ask.text(name, "PullRequest") for name in ("title", "body", "state") if name in ask.json}
    if given.get("state") == "open" and store.pulls[ask.number]["merged_at"]:
        raise invalid("PullRequest", "state cannot be changed. The pull request is merged.", field="state")
    store.head_of(ask.number)
    thread |= given
    return Answer(body=shown(store, ask.number))


def reviews(store: People, ask: Ask) -> Answer:
    """The oldest first."""
    _check(store, ask.number)
    return Answer(body=list(store.pulls[ask.number]["reviews"]))


def review(store: People, ask: Ask) -> Answer:
    """One."""
    return Answer(body=_review(store, ask))


def dismiss(store: People, ask: Ask) -> Answer:
    """Let a review count no longer."""
    found = _review(store, ask)
    if not ask.text("message"):
        raise RefusedError(422, "Message cannot be blank")
    if found["state"] not in DISMISSIBLE:
        raise RefusedError(422, f"Can not dismiss a {found['state'].lower()} pull request review")
    found["state"] = "DISMISSED"
    return Answer(body=found)


def of_commit(store: People, ask: Ask) -> Answer:
    """Those that have a commit: of one on main what brought it there, else open and merged ones; none from forks."""
    commit = store.repository.resolve(ask.parts["commit"])
    if commit is None:
        raise RefusedError(422, f"No commit found for SHA: {ask.parts['commit']}")
    on_main = store.repository.is_in(commit, "main")
    found = [
        pull
        for number in store.pulls
        if (pull := shown(store, number))["head"]["repo"] == {"full_name": store.name}
        and (pull["merged_at"] or (pull["state"] == "open" and not on_main))
        and _has(store, pull, commit)
    ]
    return Answer(body=found)


def _has(store: People, pull: Object, commit: str) -> bool:
    if commit in {pull["head"]["sha"], pull["merge_commit_sha"]}:
        return True
    listed = store.repository.git("rev-list", pull["head"]["sha"], f"^{pull['base']['sha']}")
    return commit in listed.split("\n")


def _label(pull: Object) -> str:
    return f"{pull['head']['repo']['full_name'].split('/')[0]}:{pull['head']['ref']}"


def _check(store: People, number: int) -> None:
    if number not in store.pulls:
        raise missing()


def _review(store: People, ask: Ask) -> Object:
    _check(store, ask.number)
    wanted = int(ask.parts["id"])
    found = next((each for each in store.pulls[ask.number]["reviews"] if each["id"] == wanted), None)
    if found is None:
        raise missing()
    return found
