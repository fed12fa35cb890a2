"""The journey, an act after the other: what people do, and what must have come of it."""

from collections.abc import Callable

from tests.journey.gitops import changes, facts
from tests.journey.gitops.stage import Stage
from tests.journey.gitops.workflow import Event

PROMOTION, ROLLBACK = "promote/prod", "rollback/prod"
ROOM, BROKEN, RATES = "more-room", "exchange-rates", "rates-from-a-file"


def dev_is_there(stage: Stage) -> None:
    """Before the first pull request dev is made: the one deployment that nobody could approve."""
    stage.variables["UNAPPROVED"] = "go-on"
    deployed, _ = stage.happen(Event(name="push", commit=stage.main, files=("README.md",)))
    stage.variables["UNAPPROVED"] = ""

    assert deployed.code == 0, deployed.words
    assert facts.runs(stage, "dev") == stage.main


def a_change_is_proposed(stage: Stage) -> None:
    """A change is proposed: its author sees what it would do to dev and to prod."""
    number = stage.propose(ROOM, "Room for a third task in dev", changes.more_tasks(stage))

    head = stage.store.head_of(number)
    dev, prod = (facts.told(stage, number, f"preview stack={stack}") for stack in ("dev", "prod"))
    assert "maxCapacity: 3" in dev
    assert "to create" in prod
    assert [facts.conclusion(stage, head, f"preview ({stack})") for stack in ("dev", "prod")] == ["success"] * 2


def it_is_reviewed_and_changes(stage: Stage) -> None:
    """It changes once more: the approval was for less, and the reviewer sees what is new."""
    number = facts.pull_of(stage, ROOM)
    stage.approve(number)
    stage.push(number, "Keep dev's logs for a month", changes.longer_logs(stage), of="dev")

    assert "Since you last looked" in facts.told(stage, number, "preview stack=dev")
    (review,) = stage.store.pulls[number]["reviews"]
    assert review["state"] == "DISMISSED"
    stage.approve(number)


def it_is_merged(stage: Stage) -> None:
    """It is merged: dev runs it and proves it, and a promotion to prod is proposed with that proof."""
    deployed, followed = stage.merge(facts.pull_of(stage, ROOM))

    assert (deployed.code, followed.code) == (0, 0), deployed.words + followed.words
    assert facts.runs(stage, "dev") == stage.main
    assert facts.conclusion(stage, stage.main, "proven (dev)") == "success"
    number = facts.pull_of(stage, PROMOTION)
    stage.previewed(number, of="prod")
    assert "to create" in facts.told(stage, number, "preview stack=prod")
    again(stage, "deploy")


def the_promotion_is_merged(stage: Stage) -> None:
    """The promotion is merged: prod runs what dev proved, and the site is built once with its values."""
    promotion, proved = facts.pull_of(stage, PROMOTION), stage.main
    stage.approve(promotion)
    promoted, followed = stage.merge(promotion)

    assert (promoted.job.workflow, promoted.code, followed.code) == ("promote", 0, 0), promoted.words + followed.words
    assert facts.runs(stage, "prod") == facts.named(stage).revision == proved == facts.runs(stage, "dev")
    assert facts.builds(stage, "prod") == 1
    assert stage.outputs("prod")["netlifyEnvironment"]["VITE_API_BASE_URL"] in facts.shown(stage)
    again(stage, "promote")


def a_change_breaks_dev(stage: Stage) -> None:
    """A change breaks dev: ECS goes back, people are told why, and nothing is proposed for prod."""
    number = stage.propose(BROKEN, "Prices in other currencies", changes.does_not_start(stage), of="dev")
    before = facts.runs(stage, "dev")
    deployed, followed = stage.merge(number)

    assert (deployed.code, followed.code) == (1, 0), deployed.words + followed.words
    assert facts.conclusion(stage, stage.main, "proven (dev)") == "failure"
    (issue,) = facts.issues(stage, "deployment-failed")
    assert "No module named 'exchange_rates'" in issue["body"]
    assert facts.told(stage, number, "failure stack=dev") == issue["body"]
    assert facts.runs(stage, "dev") == before
    assert not [one for one in stage.store.pulls.values() if one["head_branch"] == PROMOTION and not one["merged_at"]]


def it_is_mended(stage: Stage) -> None:
    """It is mended: dev is well, the issue is closed by that, and the next promotion is proposed."""
    mended = stage.propose(RATES, "Exchange rates from a file", changes.does_not_start_in_prod(stage), of="dev")
    deployed, followed = stage.merge(mended)

    assert (deployed.code, followed.code) == (0, 0), deployed.words + followed.words
    assert facts.runs(stage, "dev") == stage.main
    (issue,) = facts.issues(stage, "deployment-failed")
    assert issue["state"] == "closed"
    stage.previewed(facts.pull_of(stage, PROMOTION), of="prod")


def a_promotion_fails(stage: Stage) -> None:
    """The promotion fails in prod only: prod goes back by itself, and a pull request puts Git back."""
    proposed = facts.pull_of(stage, PROMOTION)
    before = facts.named(stage)
    promoted, followed = stage.merge(proposed)

    assert (promoted.code, followed.code) == (1, 0), promoted.words + followed.words
    assert facts.runs(stage, "prod") == before.revision != facts.named(stage).revision
    _, issue = facts.issues(stage, "deployment-failed")
    assert "exchange-rates.json" in issue["body"]
    assert facts.told(stage, proposed, "failure stack=prod") == issue["body"]
    assert "rolled back" in issue["body"]
    stage.previewed(facts.pull_of(stage, ROLLBACK), of="prod")


def git_is_put_back(stage: Stage) -> None:
    """Git is put back: main says again what runs, nothing in prod changes, the issue is closed."""
    tasks, builds = stage.platform("prod").status()["parts"], facts.builds(stage, "prod")
    promoted, followed = stage.merge(facts.pull_of(stage, ROLLBACK))

    assert (promoted.code, followed.code) == (0, 0), promoted.words + followed.words
    assert facts.runs(stage, "prod") == facts.named(stage).revision
    assert stage.platform("prod").status()["parts"] == tasks
    assert facts.builds(stage, "prod") == builds
    assert {issue["state"] for issue in facts.issues(stage, "deployment-failed")} == {"closed"}


def somebody_goes_past_the_program(stage: Stage) -> None:
    """Somebody goes past the program: one issue says so, once, and is closed when it is put back."""
    here = facts.aws(stage, "dev", "application-autoscaling")
    target = {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": "service/priceguard-dev/priceguard-server",
    }
    here.register_scalable_target(**target, MinCapacity=1, MaxCapacity=9)
    stage.tale("person", "mallory lets dev grow to nine tasks, at the console")
    look = Event(name="schedule", commit=stage.main)
    (found,) = stage.happen(look, of="dev")
    (issue,) = facts.issues(stage, "drift")
    assert (found.code, issue["state"]) == (5, "open"), found.words
    assert "maxCapacity: 9" in issue["body"]

    written = len(stage.store.writes)
    stage.happen(look, of="dev")
    assert len(stage.store.writes) == written

    here.register_scalable_target(**target, MinCapacity=1, MaxCapacity=3)
    stage.tale("person", "alice puts it back")
    (found,) = stage.happen(look, of="dev")
    assert (found.code, issue["state"]) == (0, "closed"), found.words


def a_stranger_proposes(stage: Stage) -> None:
    """A stranger proposes from a fork: a preview without any role, of what the programs declare."""
    change = changes.replaced(stage, changes.DEV, "minCount: 1", "minCount: 2")
    commit = stage.repository.commit("of-a-fork", change, "More")
    stage.repository.delete("of-a-fork")
    number = stage.store.open_pull(
        "more", title="Two tasks in dev", author="mallory", fork="mallory/priceguard-platform", commit=commit
    )
    stage.tale("person", f'mallory opens #{number} "Two tasks in dev" from a fork')
    rendered, _ = stage.previewed(number, of="dev")

    assert rendered.job.name == "rendered"
    assert rendered.job.permissions == {"contents": "read"}
    assert "Rendered:" in facts.told(stage, number, "preview stack=dev")


def again(stage: Stage, workflow: str) -> None:
    """The same event once more changes nothing anywhere, and doubles nothing."""
    event = next(one for one in reversed(stage.events) if one.name == "push")
    before = facts.everything(stage)
    stage.tale("person", f"somebody starts {workflow} once more")
    done = stage.happen(event)

    assert [one.code for one in done] == [0, 0], [one.words for one in done]
    assert facts.everything(stage) == before


ACTS: tuple[Callable[[Stage], None], ...] = (
    dev_is_there,
    a_change_is_proposed,
    it_is_reviewed_and_changes,
    it_is_merged,
    the_promotion_is_merged,
    a_change_breaks_dev,
    it_is_mended,
    a_promotion_fails,
    git_is_put_back,
    somebody_goes_past_the_program,
    a_stranger_proposes,
)
ON_THE_ENGINE: tuple[Callable[[Stage], None], ...] = (
    dev_is_there,
    a_change_is_proposed,
    it_is_merged,
    the_promotion_is_merged,
    somebody_goes_past_the_program,
)
"""Those in which the engine is asked otherwise than the embedded runner; each of its answers takes twenty seconds."""
