"""The engine behind its command: what it is asked, and what becomes of its refusals.

A script stands for `pulumi`: it writes down how it was called, and says what Pulumi's own command was seen to say.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gitops.engine import Engine, EngineError, EngineMissingError, LockedError, ProtectedError, Workspace, available

SCRIPT = """#!/bin/sh
echo "$*" >> {folder}/calls
for word; do
  case "$before" in --event-log|--file) file=$word;; esac
  before=$word
done
case "$*" in
  version) echo {version};;
{answers}
esac
"""
LOCK = """error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete \
the lock file with `pulumi cancel`.
  file:///x/.pulumi/locks/organization/priceguard/dev/uuid.json: created by ada@laptop (pid 4711) at %s"""
SINCE = "2026-11-28T12:00:42Z"
CONFLICT = "error: [409] Conflict: Another update is currently in progress."
HISTORY = {
    "kind": "destroy",
    "startTime": "2026-11-28T12:00:42.000Z",
    "message": "",
    "environment": {},
    "config": {},
    "result": "succeeded",
}
PARENT = "urn:pulumi:dev::priceguard::priceguard:index:Network"
STEP = {
    "op": "create",
    "urn": f"{PARENT}$aws:ec2/vpc:Vpc::net",
    "type": "aws:ec2/vpc:Vpc",
    "new": {"urn": f"{PARENT}$aws:ec2/vpc:Vpc::net", "type": "aws:ec2/vpc:Vpc", "custom": True},
}
MADE = {"resOutputsEvent": {"metadata": STEP}}
SUMMARY = {"summaryEvent": {"resourceChanges": {"create": 1}}}
REFUSED = {"diagnosticEvent": {"severity": "error", "message": "error: no such bucket\n"}}
RECENT, FILED = "v3.272.0", "v3.200.0"
"""A version of the command, and one so old that it writes events into a file."""

Fake = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Puts a `pulumi` on the PATH that runs a line of the shell when its words are so; returns what it writes down."""

    def write(answers: Mapping[str, str]) -> Path:
        lines = "\n".join(f'  *" {words} "*) {answer};;' for words, answer in answers.items())
        version = FILED if "cancelEvent" in lines else RECENT
        (tmp_path / "pulumi").write_text(SCRIPT.format(folder=tmp_path, version=version, answers=lines))
        (tmp_path / "pulumi").chmod(0o700)
        return tmp_path / "calls"

    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return write


def says(text: str) -> str:
    """What the shell has to do to refuse so."""
    return f"cat >&2 <<'END'\n{text}\nEND\nexit 255"


def tells(*events: Mapping[str, Any]) -> str:
    """What it has to do to tell events; the last one is always the same."""
    lines = "\n".join(map(json.dumps, [*events, {"cancelEvent": {}}]))
    return f"cat >> $file <<'END'\n{lines}\nEND\n"


def engine(folder: Path, **options: Any) -> Engine:
    """One of the stack dev."""
    return Engine(Workspace(directory=folder, stack="dev", **options))


def test_a_preview_passes_the_policy_and_tells_what_it_finds(fake: Fake, tmp_path: Path) -> None:
    """Without a question, without colours, and with the variables of the workspace."""
    seen = 'echo "$PULUMI_SKIP_UPDATE_CHECK $MINE $no_proxy" >> {}\n'.format(tmp_path / "seen")
    calls = fake({"preview": seen + tells(MADE, SUMMARY)})
    reported: list[dict[str, Any]] = []
    asked = engine(tmp_path, policy_packs=(Path("/policy"),), environment={"MINE": "yes"})

    result = asked.preview(reported.append, refresh=True)

    assert [(change.op, change.name) for change in result.changes] == [("create", "net")]
    assert [told["name"] for told in reported] == ["net"]
    words = calls.read_text().splitlines()[-1].split()
    assert {"--non-interactive", "--policy-pack", "/policy", "never", "--refresh", "dev"} <= {*words}
    assert (tmp_path / "seen").read_text().startswith("true yes ")
    assert "127.0.0.1" in (tmp_path / "seen").read_text()


@pytest.mark.parametrize("local", [False, True])
def test_a_locked_stack_names_the_holder_and_the_way_out(*, local: bool, fake: Fake, tmp_path: Path) -> None:
    """Who holds it, since when, and the command for the stack that it is."""
    fake({"preview": says(LOCK % SINCE)})

    with pytest.raises(LockedError) as refused:
        engine(tmp_path, local=local).preview()

    assert (refused.value.owner, refused.value.pid, refused.value.since) == ("ada@laptop", 4711, SINCE)
    assert f"`priceguard unlock dev{' --local' * local}` takes the lock away" in str(refused.value)


def test_a_backend_that_does_not_say_who_is_locked_as_well(fake: Fake, tmp_path: Path) -> None:
    """As Pulumi's own."""
    fake({"up": says(CONFLICT)})

    with pytest.raises(LockedError, match=r"^the stack dev is locked: wait") as refused:
        engine(tmp_path).up()

    assert (refused.value.owner, refused.value.pid) == ("", 0)


def test_a_lock_is_taken_away_without_a_question(fake: Fake, tmp_path: Path) -> None:
    """By the engine's own command."""
    calls = fake({})

    engine(tmp_path).unlock()

    assert "cancel --yes --stack dev" in calls.read_text()


def test_a_stack_that_is_missing_is_made_or_named(fake: Fake, tmp_path: Path) -> None:
    """Made only where the workspace says so; none is selected, for a person's next command would hit it."""
    calls = fake({"stack --stack": says("error: no stack named 'dev' found")})

    with pytest.raises(EngineError, match=r"there is no stack dev in this backend: `pulumi stack init dev` makes it"):
        engine(tmp_path)
    assert "init" not in calls.read_text()
    engine(tmp_path, creates=True)
    assert "stack init dev" in calls.read_text()
    assert "select" not in calls.read_text()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (says("error: the passphrase is wrong"), "the passphrase is wrong"),
        ("kill -9 $$", "`pulumi` was ended by signal 9"),
        (tells(MADE), "summary event never found"),
        (tells(MADE, REFUSED, REFUSED) + says("error: update failed"), "error: no such bucket"),
    ],
    ids=["said", "killed", "no summary", "diagnosed"],
)
def test_a_failure_says_why(answer: str, expected: str, fake: Fake, tmp_path: Path) -> None:
    """The engine's diagnostics, else the command's last words; with what was done until then."""
    fake({"preview": answer})

    with pytest.raises(EngineError) as refused:
        engine(tmp_path).preview()

    assert str(refused.value) == expected
    assert refused.value.result
    assert len(refused.value.result.changes) == ("resOutputsEvent" in answer)


def test_a_broken_command_is_an_error_of_the_engine(fake: Fake, tmp_path: Path) -> None:
    """Such as the one that a manager of versions puts where none is installed."""
    fake({})
    (tmp_path / "pulumi").write_text("#!/bin/sh\nexit 126\n")

    with pytest.raises(EngineError, match="pulumi"):
        engine(tmp_path)


def test_what_is_protected_is_never_begun_to_be_destroyed(fake: Fake, tmp_path: Path) -> None:
    """Not even what is beside it; a component is nothing that could be deleted."""
    resources = [
        {"type": "aws:rds/instance:Instance", "urn": "urn:pulumi:dev::p::t::db", "custom": True, "protect": True},
        {"type": "aws:kms/key:Key", "urn": "urn:pulumi:dev::p::a$t::key", "custom": True, "protect": True},
        {"type": "aws:ec2/vpc:Vpc", "urn": "urn:pulumi:dev::p::t::net", "custom": True},
        {"type": "priceguard:index:Database", "urn": "urn:pulumi:dev::p::t::database", "protect": True},
    ]
    calls = fake(
        {"export": f"cat <<'END'\n{json.dumps({'version': 3, 'deployment': {'resources': resources}})}\nEND\n"}
    )

    with pytest.raises(ProtectedError, match="2 of its resources are protected") as refused:
        engine(tmp_path).destroy()

    assert refused.value.resources == ["aws:kms/key:Key key", "aws:rds/instance:Instance db"]
    assert "destroy" not in calls.read_text()


def test_what_is_not_protected_is_destroyed(fake: Fake, tmp_path: Path) -> None:
    """An empty stack has null for its resources."""
    empty = {"version": 3, "deployment": {"manifest": {}, "resources": None}}
    history = f"cat <<'END'\n{json.dumps([HISTORY])}\nEND\n"
    calls = fake({"export": f"echo '{json.dumps(empty)}'", "history": history, "destroy": tells(SUMMARY)})

    result = engine(tmp_path).destroy()

    assert result.changes == ()
    assert {"destroy", "--yes"} <= {*calls.read_text().split()}


def test_what_the_stack_remembers_goes_out_and_in(fake: Fake, tmp_path: Path) -> None:
    """As it is."""
    memory = {"manifest": {"time": "now"}, "resources": [{"urn": "u", "outputs": {"a": "it's"}}]}
    (tmp_path / "memory").write_text(json.dumps({"version": 3, "deployment": memory}))
    fake({"export": f"cat {tmp_path}/memory", "import": f"cp $file {tmp_path}/memory"})
    asked = engine(tmp_path)

    assert asked.export() == memory
    asked.load({**memory, "resources": []})
    assert asked.export() == {**memory, "resources": []}


def test_without_the_command_there_is_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the message says where to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not available()
    with pytest.raises(EngineMissingError, match=r"no `pulumi` command on the PATH; https://www.pulumi.com"):
        engine(tmp_path)
