"""What the site is brought to, and when it is built."""

import json

from tests.gitops.netlify.world import DEV, NEW, OLD, TITLE, World


def test_what_changed_is_written_and_built_once() -> None:
    """And a program can read what was done."""
    world = World()
    former = world.published()

    done = world.sync()

    assert world.values() == NEW
    assert world.shown() == set(NEW.values())
    assert world.builds() == [("Add a banner", "ready"), (TITLE, "ready")]
    told = json.loads(json.dumps(done.as_dict()))
    assert told["changes"] == [
        {"name": name, "context": "production", "before": OLD[name], "after": NEW[name]}
        for name in ("VITE_API_BASE_URL", "VITE_STRIPE_PRICE_BASIC")
    ]
    assert (told["built"], told["deploy"]) == (True, world.published())
    assert told["credits"] == {"used": 30, "budget": 150, "left": 120}
    assert told["former"]["deploy"] == former
    assert done.line() == f"2 variables written; built and published as {done.deploy}, 120 credits left this month"
    assert "the build is building" in world.said


def test_a_second_run_writes_nothing() -> None:
    """Neither for prod nor for dev."""
    world = World()
    world.sync()
    world.sync(DEV, "dev")
    world.asked.clear()

    again = [world.sync(), world.sync(DEV, "dev")]

    assert world.written == []
    assert [one.line() for one in again] == ["every variable was as it should be"] * 2
    assert not any(one.deploy or one.plan.changes or one.plan.outdated for one in again)


def test_a_site_that_was_never_built_gets_its_variables_and_its_first_build() -> None:
    """The variables in one request."""
    world = World(published=False)

    done = world.sync()

    assert [request.split("/")[-1] for request in world.written] == ["env", "builds"]
    assert (world.values(), world.shown(), done.former.deploy) == (NEW, set(NEW.values()), None)


def test_dev_is_for_previews_and_branches_and_builds_nothing() -> None:
    """What people see stays, and the site itself is not even looked at."""
    world = World()
    before, published = world.values(), world.published()

    done = world.sync(DEV, "dev")

    assert world.values("deploy-preview") == world.values("branch-deploy") == DEV
    assert (world.values(), world.published()) == (before, published)
    assert (done.deploy, done.plan.title, done.plan.outdated, done.former.deploy) == (None, "", (), None)
    assert not any("builds" in request for request in world.asked)


def test_one_value_for_all_contexts_stays_in_the_others() -> None:
    """Netlify lets a variable have one value for all contexts, or one for each."""
    world = World(published=False)
    world.have(OLD, "all")

    world.sync()

    assert world.values() == NEW
    assert all(world.values(other) == OLD for other in ("deploy-preview", "branch-deploy", "dev"))


def test_other_variables_are_never_touched() -> None:
    """Nor the values that ours have for a branch."""
    world = World()
    world.have({"SECRET_OF_OTHERS": "x"})
    branch = {"context": "branch", "context_parameter": "sale", "value": "https://sale.example"}
    production = {"context": "production", "value": OLD["VITE_API_BASE_URL"]}
    world.variables.replace("VITE_API_BASE_URL", {"values": [branch, production]})

    world.sync()

    assert world.values() == {**NEW, "SECRET_OF_OTHERS": "x"}
    values = world.variables.one("VITE_API_BASE_URL")["values"]
    assert branch.items() <= values[0].items()
    assert not any("SECRET_OF_OTHERS" in request for request in world.written)


def test_what_is_published_decides_about_the_build() -> None:
    """Not what was written: a run that was killed in between has written already; a person may have undone it since."""
    world = World()
    for name, value in NEW.items():
        world.variables.replace(name, {"values": [{"context": "production", "value": value}]})
    assert world.plan().changes == ()
    assert world.sync().deploy == world.published()

    world.variables.replace("VITE_API_BASE_URL", {"values": [{"context": "production", "value": "https://by-hand"}]})
    done = world.sync()
    assert (len(done.plan.changes), done.deploy, world.values()) == (1, None, NEW)


def test_a_build_can_be_left_out() -> None:
    """Then it is said that what is published is older."""
    world = World()
    done = world.sync(build=False)

    assert (world.values(), world.shown()) == (NEW, set(OLD.values()))
    assert done.line() == "2 variables written; not built, though the published site is older"


def test_a_dry_run_says_what_a_run_does() -> None:
    """And changes nothing."""
    world = World()
    planned = world.plan()

    assert (world.written, world.values()) == ([], OLD)
    assert planned.as_dict()["credits"] == {"used": 15, "budget": 150, "left": 135, "needed": 15}
    assert (planned.title, planned.as_dict()["builds"]) == (TITLE, True)
    assert world.sync().plan == planned
