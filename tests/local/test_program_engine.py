"""Who carries out the program, and what becomes of what the other one has made."""

import os
import stat
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from local.program import EMBEDDED, PULUMI, ProgramError
from local.program_engine import AUTO, ENGINES, FILE, ProgramEngine
from local.providers import Providers, Resource, Surroundings
from local.shop_actions import ShopActions
from local.shop_site import ShopSite
from local.stand_ins import StandIns
from local.state import Entry, State

ENDPOINT = "stripe:index/webhookEndpoint:WebhookEndpoint"
PRODUCT = "stripe:index/product:Product"
VPC = Resource("aws:ec2/vpc:Vpc", "net", "vpc-1", {}, {"id": "vpc-1"})

Chosen = Callable[[str], ProgramEngine]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only `pulumi` that can be found, once it is made executable."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / PULUMI).touch()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/nowhere")
    return folder / PULUMI


@pytest.fixture
def stand_ins(tmp_path: Path) -> StandIns:
    """Those of a platform that has not started them."""
    return StandIns(tmp_path, "dev")


@pytest.fixture
def shop(tmp_path: Path) -> ShopSite:
    """One that nobody has started."""

    async def nothing(_: Sequence[str]) -> tuple[int, list[str]]:
        return 0, []

    return ShopSite(tmp_path / "port", 0, ShopActions(nothing))


@pytest.fixture
def chosen(tmp_path: Path, stand_ins: StandIns, shop: ShopSite, command: Path) -> Chosen:
    """A platform that has started anew, with one of the two."""
    command.chmod(0o700)

    def choose(name: str) -> ProgramEngine:
        engine = ProgramEngine(tmp_path, "dev", stand_ins, shop)
        engine.choose(name)
        return engine

    return choose


@pytest.mark.parametrize(
    ("wanted", "there", "expected"),
    [
        (AUTO, True, PULUMI),
        (AUTO, False, EMBEDDED),
        (EMBEDDED, True, EMBEDDED),
        (EMBEDDED, False, EMBEDDED),
        (PULUMI, True, PULUMI),
    ],
)
def test_the_engine_is_preferred_where_it_is(
    *, wanted: str, there: bool, expected: str, stand_ins: StandIns, shop: ShopSite, command: Path, tmp_path: Path
) -> None:
    """Whoever says which one gets that."""
    command.chmod(0o700 if there else 0o600)
    engine = ProgramEngine(tmp_path, "dev", stand_ins, shop)

    engine.choose(wanted)

    assert engine.name == expected


def test_an_engine_that_is_missing_is_refused_with_the_way_out(
    stand_ins: StandIns, shop: ShopSite, command: Path, tmp_path: Path
) -> None:
    """Nothing is settled by that."""
    engine = ProgramEngine(tmp_path, "dev", stand_ins, shop)

    with pytest.raises(ProgramError, match=r"no `pulumi` command on the PATH.*; or use --engine embedded"):
        engine.choose(PULUMI)
    engine.choose(AUTO)

    assert (engine.name, command.exists()) == (EMBEDDED, True)


@pytest.mark.parametrize("running", [PULUMI, EMBEDDED])
def test_one_that_runs_refuses_the_other(running: str, chosen: Chosen) -> None:
    """Each has a memory of its own; whoever does not care gets the one that runs."""
    engine = chosen(running)
    (other,) = {*ENGINES} - {AUTO, running}

    with pytest.raises(ProgramError, match=f"{running} runs here.*`priceguard local down`"):
        engine.choose(other)
    engine.choose(AUTO)
    engine.choose(running)

    assert engine.name == running


def made(providers: Providers, type_: str, inputs: dict[str, Any]) -> Resource:
    """Something at Stripe."""
    return providers.create(type_, type_.rsplit(":", 1)[-1], providers.check(type_, "sample", inputs, None))


def endpoint(providers: Providers) -> Resource:
    """A webhook endpoint at Stripe."""
    url = f"https://{uuid.uuid4().hex}.example/hook"
    return made(providers, ENDPOINT, {"url": url, "enabledEvents": ["invoice.paid"]})


def remember(stand_ins: StandIns, *resources: Resource) -> None:
    """Write down what one of the two has made, and that the engine had a state."""
    State(stand_ins.state_file, {str(n): Entry(one, {}) for n, one in enumerate(resources)}).save()
    state = stand_ins.state_file.parent / "pulumi" / "state"
    state.mkdir(parents=True)
    (state / "dev.json").touch()


@pytest.fixture
def job(surroundings: Surroundings) -> dict[str, Any]:
    """What a job says of the stand-ins."""
    return {"surroundings": asdict(surroundings)}


@pytest.mark.parametrize(("first", "second"), [(EMBEDDED, PULUMI), (PULUMI, EMBEDDED)])
async def test_what_the_other_one_left_at_stripe_goes(
    first: str, second: str, chosen: Chosen, stand_ins: StandIns, providers: Providers, job: dict[str, Any]
) -> None:
    """With both memories, so that nothing is there twice; what was at AWS ended with that."""
    await chosen(first).take_over(job)
    product = made(providers, PRODUCT, {"name": "sample"})
    hook = endpoint(providers)
    remember(stand_ins, VPC, product, hook)

    await chosen(second).take_over(job)

    assert [providers.read(one) for one in (product, hook)] == [None, None]
    folder = stand_ins.state_file.parent
    assert not stand_ins.state_file.exists()
    assert not (folder / "pulumi" / "state").exists()
    assert (folder / FILE).read_text() == second
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


async def test_what_one_has_made_itself_stays(
    chosen: Chosen, stand_ins: StandIns, providers: Providers, job: dict[str, Any]
) -> None:
    """At every later start."""
    await chosen(EMBEDDED).take_over(job)
    hook = endpoint(providers)
    remember(stand_ins, hook)

    await chosen(EMBEDDED).take_over(job)

    assert providers.read(hook) == hook
    assert [one.id for one in State.load(stand_ins.state_file).of_type(ENDPOINT)] == [hook.id]
    assert (stand_ins.state_file.parent / "pulumi" / "state" / "dev.json").exists()


async def test_a_stripe_that_does_not_answer_is_no_reason_to_forget(
    chosen: Chosen, stand_ins: StandIns, providers: Providers, surroundings: Surroundings, job: dict[str, Any]
) -> None:
    """The next start tries again."""
    await chosen(EMBEDDED).take_over(job)
    hook = endpoint(providers)
    remember(stand_ins, hook)
    nobody = {"surroundings": asdict(replace(surroundings, stripe_url="http://127.0.0.1:9"))}

    with pytest.raises(ProgramError, match="what the other engine made cannot be removed"):
        await chosen(PULUMI).take_over(nobody)
    assert stand_ins.state_file.exists()
    await chosen(PULUMI).take_over(job)

    assert providers.read(hook) is None


async def test_what_is_gone_already_is_no_obstacle(
    chosen: Chosen, stand_ins: StandIns, providers: Providers, job: dict[str, Any]
) -> None:
    """As after a start that was ended half-way."""
    await chosen(EMBEDDED).take_over(job)
    gone, there = endpoint(providers), endpoint(providers)
    remember(stand_ins, there, gone)
    providers.delete(gone)

    await chosen(PULUMI).take_over(job)

    assert providers.read(there) is None
