"""No request, however odd, is more than a refusal: nothing breaks inside, and nothing is left of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from local.stripe.api import Asked, respond
from local.stripe.catalog import OPERATIONS
from local.stripe.clock import Clock
from local.stripe.form import decode
from local.stripe.operations import Operation
from local.stripe.parameters import Table
from local.stripe.store import Store
from local.stripe.work import World
from tests.local.stripe.schemas import Judge

KEY = "Bearer sk_test_x"
MOTLEY = [
    "",
    "x",
    "0",
    "-1",
    "12",
    "99999999999",
    "true",
    "now",
    "usd",
    "pm_card_visa",
    "tok_visa",
    "month",
    "*",
    "ü%00",
]

KINDS = ["customer", "price", "product", "subscription", "invoice", "payment_intent", "setup_intent", "payment_method"]


def ask(world: World, method: str, path: str, **form: str) -> Any:
    """Ask once; the answer's body."""
    encoded = urlencode(form)
    where = {"query": encoded} if method == "GET" else {"body": encoded}
    answer = respond(world, Asked(method, path, authorization=KEY, **where))
    assert answer.status < 500, answer.body
    return answer.body


def small_world() -> World:
    """A world with one of everything."""
    world = World(Store(None), Clock())
    product = ask(world, "POST", "/products", name="P")
    price = {"currency": "usd", "unit_amount": "100", "recurring[interval]": "month"}
    price = ask(world, "POST", "/prices", product=product["id"], **price)
    customer = ask(world, "POST", "/customers", payment_method="pm_card_visa")
    ask(world, "POST", "/setup_intents", customer=customer["id"])
    items = {"items[0][price]": price["id"], "payment_behavior": "default_incomplete"}
    ask(world, "POST", "/subscriptions", customer=customer["id"], **items)
    ask(world, "POST", "/webhook_endpoints", url="http://localhost/", **{"enabled_events[0]": "*"})
    return world


def names(table: Table, prefix: str = "") -> Iterator[str]:
    """Every name that a table accepts, with brackets."""
    for name, kind in table.items():
        full = f"{prefix}[{name}]" if prefix else name
        inner, at = kind, full
        while inner.item:
            inner, at = inner.item, f"{at}[0]"
        yield at
        yield full
        if inner.fields:
            yield from names(inner.fields, at)


@settings(max_examples=75, deadline=None)
@given(data=st.data(), operation=st.sampled_from(OPERATIONS))
def test_odd_values_are_refused(check: Judge, operation: Operation, data: st.DataObject) -> None:
    """Of every parameter, with ids of every kind in every place."""
    world = small_world()
    ids = {one["object"]: name for name, one in world.store.objects.items()}
    text = st.sampled_from([*MOTLEY, *KINDS]).map(lambda word: ids.get(word, word))
    steps = [data.draw(text) or "x" if step == "{}" else step for step in operation.path.strip("/").split("/")]
    chosen = data.draw(st.lists(st.sampled_from([*names(operation.parameters), "expand[0]"]), max_size=6))
    form = urlencode({name: data.draw(text) for name in chosen})
    where = {"query": form} if operation.method == "GET" else {"body": form}

    answer = respond(world, Asked(operation.method, "/" + "/".join(steps), authorization=KEY, **where))

    assert answer.status < 500, answer.body
    assert not world.store.changed
    check(json.loads(json.dumps(answer.body)))


@settings(deadline=None)
@given(st.text(alphabet="ab[]=&0%2", max_size=30))
def test_odd_forms_are_read_or_refused(body: str) -> None:
    """Brackets in any order."""
    world = World(Store(None), Clock())

    assert respond(world, Asked("POST", "/customers", body=body, authorization=KEY)).status in {200, 400}


def test_forms_nest() -> None:
    """Members, lists with and without numbers, and text that looks like either."""
    form = "a[b]=1&a[c][0]=x&a[c][1]=y&d[]=p&d[]=q&e=%5Bz%5D&f="

    assert decode(form) == {
        "a": {"b": "1", "c": {"0": "x", "1": "y"}},
        "d": {"0": "p", "1": "q"},
        "e": "[z]",
        "f": "",
    }


def test_a_store_forgets_what_is_taken_back(tmp_path: Path) -> None:
    """In memory, in every index, and on disk."""
    store = Store(tmp_path / "stripe.db")
    kept = {"id": "cus_1", "object": "customer", "email": "a", "created": 1}
    store.put(kept)
    store.commit()

    store.put({**kept, "email": "b"})
    store.put({"id": "cus_2", "object": "customer", "email": "b", "created": 2})
    store.rollback()

    assert store.objects == {"cus_1": kept}
    assert list(store.newest("customer", "email", "a")) == list(store.newest("customer")) == [kept]
    assert store.count("customer", "email", "b") == 0
    store.remove("cus_1")
    store.rollback()
    assert list(store.newest("customer", "email", "a")) == [kept]
    store.close()
    assert Store(tmp_path / "stripe.db").objects == {"cus_1": kept}
