"""What can be seen at GitHub, at Netlify and in the environments; two looks are compared, or a fact is asked for."""

from typing import Any

import boto3

from gitops.promotion.stack_file import Pair, pair
from local.loopback import direct_session
from tests.journey.gitops.stage import STACKS, Stage


def pull_of(stage: Stage, branch: str) -> int:
    """The open pull request of a branch."""
    (number,) = [
        number
        for number, pull in stage.store.pulls.items()
        if pull["head_branch"] == branch and stage.store.threads[number]["state"] == "open"
    ]
    return number


def issues(stage: Stage, label: str) -> list[Any]:
    """The issues that have a label, open or closed."""
    threads = stage.store.threads
    return [one for number, one in threads.items() if label in one["labels"] and number not in stage.store.pulls]


def conclusion(stage: Stage, commit: str, name: str) -> str | None:
    """What the last check of that name says of a commit."""
    return stage.store.checks(commit, name)[-1]["conclusion"]


def told(stage: Stage, number: int, marker: str) -> str:
    """The one comment of a pull request or issue that begins with a marker."""
    (found,) = [body for body in stage.store.comments(number) if body.startswith(f"<!-- priceguard:{marker} -->")]
    return found


def named(stage: Stage) -> Pair:
    """What main says that prod runs."""
    return pair(stage.text("Pulumi.prod.yaml"))


def runs(stage: Stage, stack: str) -> str:
    """The commit that an environment runs, as its API tells it."""
    url = stage.platform(stack).status()["api_url"]
    with direct_session() as session:
        return session.get(f"{url}/health", timeout=10).json()["revision"]


def netlify(stage: Stage, stack: str) -> Any:
    """The Netlify stand-in beside an environment: its zones, sites and what it was asked."""
    address = stage.platform(stack).part("netlify")["address"]
    with direct_session() as session:
        return session.get(f"{address}/_stand_in/state", timeout=10).json()


def builds(stage: Stage, stack: str) -> int:
    """How often the site was built."""
    asked = netlify(stage, stack)["asked"]
    return sum(one.startswith("POST /sites/") and one.endswith("/builds") for one in asked)


def shown(stage: Stage) -> str:
    """The script that the published site gives to browsers."""
    (site,) = netlify(stage, "prod")["sites"].values()
    with direct_session() as session:
        page = session.get(site["ssl_url"], timeout=10).text
        script = page.split('src="', 1)[1].split('"', 1)[0]
        return session.get(f"{site['ssl_url']}{script}", timeout=10).text


def aws(stage: Stage, stack: str, service: str) -> Any:
    """A client of an environment's AWS, as somebody has it who goes past the program."""
    endpoint = stage.platform(stack).part("aws")["address"]
    return boto3.Session("test", "test", region_name="us-east-1").client(service, endpoint_url=endpoint)


def everything(stage: Stage) -> dict[str, Any]:
    """All that a job could have doubled or changed, without times and texts."""
    threads = {
        number: (one["state"], tuple(one["labels"]), len(one["comments"]))
        for number, one in stage.store.threads.items()
    }
    checks = {
        (one["name"], one["head_sha"], one["conclusion"], one["external_id"]) for one in stage.store.check_runs.values()
    }
    there = {stack: stage.platform(stack).status() for stack in STACKS}
    return {
        "threads": threads,
        "checks": checks,
        "branches": stage.repository.git("for-each-ref", "refs/heads"),
        "builds": {stack: builds(stage, stack) for stack, status in there.items() if status["parts"]},
        "tasks": [part["name"] for status in there.values() for part in status["parts"]],
        "outputs": [status["outputs"] for status in there.values()],
    }
