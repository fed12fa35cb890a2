"""What every workflow must be, read from the YAML: each line of the promise is a test."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.core import TyperGroup

from gitops.comments import pull_request as pull_request_preview
from gitops.doctor.github_branch import CHECKS
from gitops.doctor.github_environments import Place, follow_up, places
from gitops.doctor.github_repository import PRIVATE
from gitops.release import approval
from priceguard.cli import app
from render.configuration import ROOT
from tests.__main__ import STATIC

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
TEXTS = {file.stem: file.read_text() for file in FILES}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {f"{name}/{job}": body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()}
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
RUNS = [(name, step["run"]) for name, step in STEPS if "run" in step]
CHANGES = {"deploy/deploy": "pulumi-dev", "promote/promote": "pulumi-prod"}
"""Jobs that change an environment -> the group in which only one runs at a time."""
MULTI_LINE = {"image/build"}
"""Jobs whose scripts are no single call of ours."""
NOWHERE = Place(name="", branch="", optional=frozenset({"ATTEST"}))
"""What jobs without an environment take: a variable of the repository, if it is there."""
PLACES = (NOWHERE, *places("dev", "main"), *places("prod", "main"), follow_up("main"))
STACK = "${{ matrix.stack }}"


def on(workflow: dict[Any, Any]) -> dict[str, Any]:
    """What starts a workflow; YAML takes the word `on` for a truth."""
    started = workflow[True]
    return started if isinstance(started, dict) else {started: None}


def calls() -> Iterator[tuple[str, list[str]]]:
    """Each command of ours, without what a shell makes of it."""
    for name, text in RUNS:
        words = shlex.split(text)
        if words[0].endswith("priceguard"):
            yield name, words[1:]


def stacks(job: dict[str, Any]) -> list[str]:
    """For each of which it runs."""
    return job.get("strategy", {}).get("matrix", {}).get("stack", [])


def environments(job: dict[str, Any]) -> set[str]:
    """In which of GitHub's it runs; an empty name for none."""
    given = job.get("environment", "")
    name: str = given["name"] if isinstance(given, dict) else given
    return {name.replace(STACK, stack) for stack in stacks(job) or [""]}


def check_runs(job_id: str, job: dict[str, Any]) -> list[str]:
    """Under which names GitHub reports it."""
    name: str = job.get("name", f"{job_id} ({STACK})" if stacks(job) else job_id)
    return [name.replace(STACK, stack) for stack in stacks(job) or [""]]


def taken(part: Any) -> set[str]:
    """Every variable and secret of GitHub's; whatever takes them by no name is one that nobody looks for."""
    return set(re.findall(r"\b(?:vars|secrets)\b(?:\.\w+)?", yaml.safe_dump(part)))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_right_is_given_to_a_whole_workflow(name: str) -> None:
    """Each job says what it needs, so that a step that is added to another one gets nothing."""
    assert WORKFLOWS[name]["permissions"] == {}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_says_what_it_may_and_when_it_has_taken_too_long(name: str) -> None:
    """And on which machine it runs, by a version."""
    job = JOBS[name]
    assert set(job["permissions"].values()) <= {"read", "write"}
    assert 1 <= job["timeout-minutes"] <= 60
    assert re.fullmatch(r"ubuntu-\d\d\.04(-arm)?", job["runs-on"])


@pytest.mark.parametrize(("name", "step"), STEPS, ids=lambda value: value if isinstance(value, str) else "step")
def test_an_action_is_pinned_by_its_commit(name: str, step: dict[str, Any]) -> None:
    """With its version behind it, for people and for what updates it; and no checkout leaves a token on the disk."""
    if "uses" not in step:
        return
    commit = step["uses"].partition("@")[2]
    assert re.fullmatch(r"[0-9a-f]{40}", commit)
    assert re.search(rf"@{commit} # v\d+\.\d+\.\d+$", TEXTS[name.partition("/")[0]], re.MULTILINE)
    if step["uses"].startswith("actions/checkout@"):
        assert step["with"]["persist-credentials"] is False
        assert "ref" not in step["with"], "a job's code is that of the commit that started it"


@pytest.mark.parametrize(("name", "text"), RUNS)
def test_a_script_is_one_line_and_holds_no_expression(name: str, text: str) -> None:
    """What others write reaches a script through its environment only, and what is decided, Python decides."""
    assert "${{" not in text
    if name not in MULTI_LINE:
        assert len(text.strip().splitlines()) == 1


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nobodys_pull_request_runs_with_rights_of_main(name: str) -> None:
    """`pull_request_target` would give it them; `workflow_run` runs main's code, which never checks out theirs."""
    started = on(WORKFLOWS[name])
    assert "pull_request_target" not in started
    if "workflow_run" in started:
        assert "id-token: write" not in TEXTS[name]
        assert "secrets." not in TEXTS[name]
        assert "contents: write" not in TEXTS[name]


@pytest.mark.parametrize("name", JOBS)
def test_what_runs_a_pull_requests_code_can_write_nothing(name: str) -> None:
    """It has no secret, and no token but the one for the role that reads."""
    workflow, _, job = name.partition("/")
    started = on(WORKFLOWS[workflow])
    if "pull_request" not in started or "github.event_name == 'push'" in str(JOBS[name].get("if")):
        return
    assert JOBS[name]["permissions"].get("contents") == "read"
    others = {right: level for right, level in JOBS[name]["permissions"].items() if level == "write"}
    assert set(others) <= ({"id-token"} if name == "preview/preview" else set()), job
    assert "secrets." not in yaml.safe_dump(JOBS[name])


@pytest.mark.parametrize("name", JOBS)
def test_only_a_job_with_an_environment_gets_a_role(name: str) -> None:
    """AWS trusts the name of the environment, and GitHub its rule for branches."""
    job = JOBS[name]
    takes_role = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
    attests = any(step.get("uses", "").startswith("actions/attest@") for step in job["steps"])
    assert ("id-token" in job["permissions"]) == (takes_role or attests)
    if takes_role:
        assert job["environment"]
        assert not any("cache" in step.get("with", {}) for step in job["steps"])


@pytest.mark.parametrize("name", CHANGES)
def test_an_update_is_alone_and_is_never_cancelled(name: str) -> None:
    """A killed one leaves a lock, and work half done."""
    assert WORKFLOWS[name.partition("/")[0]]["concurrency"] == {"group": CHANGES[name], "cancel-in-progress": False}


def test_only_those_jobs_change_an_environment() -> None:
    """Whatever else calls a command that changes one must join their group first."""
    changing = {name for name, words in calls() if words[0] in {"deploy", "promote", "rollback", "update", "netlify"}}
    assert changing == set(CHANGES)


def test_the_job_that_writes_at_github_has_no_role_at_aws() -> None:
    """And the one that has it cannot push: what takes one of them over does not get the other."""
    writers = {name for name, job in JOBS.items() if job["permissions"].get("contents") == "write"}
    assert writers == {"deploy/follow-up", "promote/follow-up"}
    assert not any("id-token" in JOBS[name]["permissions"] for name in writers)


@pytest.mark.parametrize("words", [words for _, words in calls()])
def test_a_command_of_ours_is_called_as_it_is(words: list[str]) -> None:
    """With sub-commands and options that exist."""
    command: Any = typer.main.get_command(app)
    while isinstance(command, TyperGroup):
        found = command.get_command(typer.Context(command), words[0])
        assert found, f"there is no `priceguard {words[0]}`"
        command, words = found, words[1:]
    values = ["dev" if word == "$STACK" else "a" * 40 if word.startswith("$") else word for word in words]
    command.make_context("priceguard", values, resilient_parsing=False)


def test_the_bootstrap_trusts_the_files_that_are_there() -> None:
    """AWS gives a role to the workflow of that name alone."""
    template = (ROOT / "bootstrap" / "account.yaml").read_text()
    for parameter in ("DeployWorkflow", "PromoteWorkflow", "DriftWorkflow"):
        found = re.search(rf"^  {parameter}:.*?Default: (\S+)$", template, re.MULTILINE | re.DOTALL)
        assert found
        assert (FOLDER / found[1]).exists()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_an_environment_holds_what_its_jobs_take(place: Place) -> None:
    """What the doctor looks for there, or knows to be optional: all of it, and nothing else. The bootstrap names it."""
    names = {*place.variables, *place.secrets, *place.optional}
    jobs = [job for job in JOBS.values() if place.name in environments(job)]
    assert jobs
    assert set[str]().union(*map(taken, jobs)) == {f"{'secrets' if n in PRIVATE else 'vars'}.{n}" for n in names}
    readme = (ROOT / "bootstrap" / "README.md").read_text()
    assert [name for name in (*names, place.name) if f"`{name}`" not in readme and name] == []


def test_there_are_no_other_environments() -> None:
    """And nothing is given to a workflow as a whole."""
    assert set[str]().union(*map(environments, JOBS.values())) == {place.name for place in PLACES}
    assert (
        taken([{key: workflow[key] for key in workflow if key != "jobs"} for workflow in WORKFLOWS.values()]) == set()
    )


def test_what_a_merge_waits_for_comes() -> None:
    """From the one job of that name, and from main's code, whose name for a preview no job of a pull request bears."""
    runs = [run for name, job in JOBS.items() for run in check_runs(name.partition("/")[2], job)]
    assert [run for run in runs if run in CHECKS] == check_runs("test", JOBS["ci/test"]) == ["test"]
    assert "pull_request" in on(WORKFLOWS["ci"])
    assert approval.PREVIEW == pull_request_preview.NAME
    previews = {pull_request_preview.NAME.format(stack=stack) for stack in stacks(JOBS["comment/comment"])}
    assert set(CHECKS) == {"test", *previews}


def test_the_engine_is_that_of_the_sdk() -> None:
    """A state that a newer engine wrote cannot be read by an older one."""
    versions = {step["with"]["pulumi-version"] for _, step in STEPS if "pulumi/actions@" in step.get("uses", "")}
    assert versions == {version("pulumi")}


def test_scripts_and_files_pass_the_linters_that_are_run(tmp_path: Path) -> None:
    """A script with a known mistake, and a file that is no workflow, are found by the very commands of `make test`."""
    broken = tmp_path / "broken.yml"
    job = "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: cat $1 | grep x\n"
    broken.write_text(f"on: push\n{job}")
    actionlint = [*STATIC["workflows"], broken]
    assert "SC2086" in subprocess.run(actionlint, capture_output=True, text=True, timeout=60, check=False).stdout
    broken.write_text(f"on: push\njobz: {{}}\n{job}")
    schema = [word for word in STATIC["workflow schema"] if not str(word).endswith(".yml")]
    done = subprocess.run([*schema, broken], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "jobz" in done.stdout + done.stderr


def test_dependabots_file_is_checked_too(tmp_path: Path) -> None:
    """By a schema; and that nothing is taken on the day it comes out, when nobody has looked at it yet."""
    text, broken = (ROOT / ".github" / "dependabot.yml").read_text(), tmp_path / ".github" / "dependabot.yml"
    broken.parent.mkdir()
    for check, change, said in (
        ("dependabot", ("weekly", "sometimes"), "sometimes"),
        ("workflow security", ("days: 7", "days: 1"), "dependabot-cooldown"),
    ):
        broken.write_text(text.replace(*change))
        command = [*STATIC[check][:-1], tmp_path / STATIC[check][-1]]
        assert said in subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
