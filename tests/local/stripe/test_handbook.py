"""What docs/stripe-stand-in.md says is there is there."""

import re

from local.stripe.cards import CARDS
from local.stripe.control import Control
from local.stripe.stand_in import StandIn
from render.configuration import ROOT

HANDBOOK = (ROOT / "docs" / "stripe-stand-in.md").read_text()


def test_cards() -> None:
    """Number and name belong together."""
    rows = re.findall(r"^\| ([\d ]{19}) \| `(\w+)` \|", HANDBOOK, re.MULTILINE)

    assert len(rows) == 7
    assert all(CARDS[name].number == number.replace(" ", "") for number, name in rows)


def test_routes() -> None:
    """Every route to turn something is described, and no other one."""
    named = set(re.findall(r"^\| `(GET|POST) (\w+)", HANDBOOK, re.MULTILINE))
    routes = {(route.method, route.path.split("/")[2]) for route in Control(StandIn()).routes()}

    assert named == {(method, name) for method, name in routes if not name.startswith("{")}
