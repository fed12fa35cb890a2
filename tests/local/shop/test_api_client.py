"""The client does what docs/openapi.json says: all of it, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from api.blueprints.problems import FRAMEWORK
from tests.local.shop.client import TOKEN, Answer, Call, Documented, Outcome, documented, imported_types, outcome, run
from tests.local.shop.document import DOCUMENT, JSON, OPERATIONS, PROBLEM, Schema, name_of, sample, validate

ERROR_SCHEMA: Schema = {"$ref": "#/components/schemas/Problem"}
PAGE = {"limit": 7, "after": "in_1Qx"}
CREDENTIALS = {"email": "ada@example.com", "password": "correct horse battery"}
WAIT = 17

METHODS = documented()
each_operation = pytest.mark.parametrize("operation_id", OPERATIONS)


def arguments(method: Documented) -> list[Any]:
    """Samples of what the comment says that the method takes."""
    if method.body:
        return [sample(DOCUMENT["components"]["schemas"][method.body])]
    return [{name: PAGE[name] for name in method.query}] if method.query else []


def problem(status: int, code: str) -> dict[str, Any]:
    """A problem document of that kind."""
    return {**sample(ERROR_SCHEMA), "detail": "For people.", "request_id": "0123abcd", "status": status, "code": code}


def refused(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a problem document."""
    return Answer(status, json.dumps(content), {"Content-Type": PROBLEM, **(headers or {})})


def route(sent: Outcome) -> tuple[str, str]:
    """Method and path of the only request."""
    return sent.request["method"], sent.request["path"]


@pytest.fixture(scope="module")
def sent() -> dict[str, Outcome]:
    """Method -> what it sends when it is called with everything that it takes."""
    _, outcomes = run([Call(name, arguments(method)) for name, method in METHODS.items()])
    return dict(zip(METHODS, outcomes, strict=True))


@pytest.fixture(scope="module")
def methods(sent: dict[str, Outcome]) -> dict[str, str]:
    """Operation -> the method that asks for it."""
    names = {route(outcome): name for name, outcome in sent.items()}
    return {id_: names[operation.method, operation.path] for id_, operation in OPERATIONS.items()}


def asked(methods: dict[str, str], operation_id: str, answers: list[Answer]) -> list[Outcome]:
    """What an operation's method makes of answers."""
    name = methods[operation_id]
    return run([Call(name, arguments(METHODS[name]), answer) for answer in answers])[1]


def test_each_operation_has_one_method_and_each_method_a_comment(sent: dict[str, Outcome]) -> None:
    """But for what only Stripe and load balancers ask."""
    names, _ = run([])
    assert sorted(names) == sorted(METHODS)
    assert sorted(map(route, sent.values())) == sorted((each.method, each.path) for each in OPERATIONS.values())


@each_operation
def test_a_request_is_one_of_the_document(sent: dict[str, Outcome], methods: dict[str, str], operation_id: str) -> None:
    """Its body, its query, and the session exactly where one is asked for; it does not wait for ever."""
    operation, request = OPERATIONS[operation_id], sent[methods[operation_id]].request
    assert request["origin"] == "https://api.example.com"
    assert ("body" in request) == (operation.body is not None)
    if operation.body:
        validate(json.loads(request["body"]), operation.body)
    for name, value in request["query"]:
        schema = operation.query[name]
        validate(int(value) if schema["type"] == "integer" else value, schema)
    expected = {"content-type": JSON} if operation.body else {}
    expected |= {"authorization": f"Bearer {TOKEN}"} if operation.described["security"] else {}
    assert request["headers"] == expected
    assert request["waits"] == 20_000


@each_operation
def test_a_comment_names_the_types_of_the_document(methods: dict[str, str], operation_id: str) -> None:
    """What may be left out, too; only `email` of the query, which bodies have as well, is not offered."""
    operation, method = OPERATIONS[operation_id], METHODS[methods[operation_id]]
    assert method.body == (name_of(operation.body) if operation.body else None)
    assert method.body_is_optional == (operation.described.get("requestBody", {}).get("required") is False)
    assert method.query == set(operation.query) - {"email"}
    assert {method.answer} == {name_of(schema) if schema else "null" for schema in operation.answers.values()}


def test_what_comments_name_is_imported() -> None:
    """Without that, TypeScript would take it for anything."""
    named = {name for method in METHODS.values() for name in (method.body, method.answer)} - {None, "null"}
    assert imported_types() == named | {"Problem"}


@each_operation
def test_an_answer_comes_back_as_it_is(methods: dict[str, str], operation_id: str) -> None:
    """Of each status, with everything and with null wherever it may be; null when there is nothing."""
    expected: list[Any] = []
    answers: list[Answer] = []
    for status, schema in OPERATIONS[operation_id].answers.items():
        for nulls in (False, True) if schema else ():
            content = sample(schema or {}, nulls=nulls)
            validate(content, schema or {})
            expected.append(content)
            answers.append(Answer(status, json.dumps(content), {"Content-Type": JSON}))
        if schema is None:
            expected.append(None)
            answers.append(Answer(status))

    outcomes = asked(methods, operation_id, answers)

    assert [(each.value, each.error) for each in outcomes] == [(content, None) for content in expected]


@each_operation
def test_a_refusal_says_what_is_wrong(methods: dict[str, str], operation_id: str) -> None:
    """Every code that the operation documents, as an ApiError; neither token nor password in it."""
    answers: list[Answer] = []
    expected: list[dict[str, Any]] = []
    for (status, code), (schema, waits) in OPERATIONS[operation_id].refusals.items():
        content = problem(status, code)
        validate(content, schema)
        answers.append(refused(status, content, {"Retry-After": str(WAIT)} if waits else {}))
        expected.append(
            {
                "kind": "ApiError",
                "name": "ApiError",
                "message": content["detail"],
                "status": status,
                "code": code,
                "fields": content["fields"],
                "retryAfter": WAIT if waits else None,
                "requestId": content["request_id"],
            }
        )

    failures = [each.failure for each in asked(methods, operation_id, answers)]

    told = [failure.pop("everything") for failure in failures]
    assert failures == expected
    assert not [text for text in told if TOKEN in text or CREDENTIALS["password"] in text]


@pytest.mark.parametrize(("status", "code"), [(status, code) for status, (code, _) in FRAMEWORK.items()])
def test_a_refusal_that_any_address_may_answer(status: int, code: str) -> None:
    """The document names them once, for all; without what a problem may leave out."""
    content = problem(status, code)
    del content["fields"], content["request_id"]

    failure = outcome(Call("me", answer=refused(status, content))).failure

    assert (failure["kind"], failure["code"]) == ("ApiError", code)
    assert (failure["fields"], failure["requestId"], failure["retryAfter"]) == ({}, None, None)


HTML = {"Content-Type": "text/html"}
MANGLED_LOGIN = json.dumps(sample({"$ref": "#/components/schemas/LoginAnswer"}) | {"token": TOKEN})[:-20]


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        pytest.param(Answer(fails="Failed to fetch"), "TypeError: Failed to fetch", id="no network, or no CORS"),
        pytest.param(Answer(hangs=True), "TimeoutError: ", id="no answer in time"),
        pytest.param(Answer(stalls=True, body='{"tok'), "TimeoutError: ", id="an answer that stops"),
        pytest.param(Answer(502, "<h1>502</h1>", HTML), "Error: 502 with text/html", id="a load balancer's page"),
        pytest.param(Answer(503), "Error: 503 with no content", id="nothing but a status"),
        pytest.param(Answer(200, "<h1>Wi-Fi</h1>", HTML), "Error: 200 with text/html", id="somebody else's page"),
        pytest.param(Answer(403, "{}", {"Content-Type": JSON}), f"Error: 403 with {JSON}", id="no problem document"),
        pytest.param(Answer(500, "{}", {"Content-Type": PROBLEM}), f"Error: 500 with {PROBLEM}", id="no code in it"),
        pytest.param(Answer(500, "{", {"Content-Type": PROBLEM}), f"Error: 500 with {PROBLEM}", id="a broken problem"),
        pytest.param(
            Answer(500, '{"code": "busy"}', {"Content-Type": PROBLEM}),
            f"Error: 500 with {PROBLEM}",
            id="no words in it",
        ),
        pytest.param(Answer(200, "null", {"Content-Type": JSON}), f"Error: 200 with {JSON}", id="null"),
        pytest.param(Answer(200, "[]", {"Content-Type": JSON}), f"Error: 200 with {JSON}", id="a list"),
        pytest.param(
            Answer(200, MANGLED_LOGIN, {"Content-Type": JSON}), f"Error: 200 with {JSON}", id="a broken answer"
        ),
    ],
)
def test_what_is_no_answer_of_the_api(answer: Answer, cause: str) -> None:
    """It is an UnreachableError with its cause; no password and no token in it, not even one of a broken answer."""
    failure = outcome(Call("login", [CREDENTIALS], answer)).failure

    assert (failure["kind"], failure["name"]) == ("UnreachableError", "UnreachableError")
    assert failure["message"] == "PriceGuard does not answer."
    assert failure["cause"].startswith(cause)
    assert not [secret for secret in (TOKEN, TOKEN[:6], CREDENTIALS["password"]) if secret in failure["everything"]]


@each_operation
def test_an_answer_has_what_is_asked_for(methods: dict[str, str], operation_id: str) -> None:
    """JSON without it, or no content where there should be some, is no answer of the API."""
    has_content = any(OPERATIONS[operation_id].answers.values())
    answers = [Answer(200, "{}", {"Content-Type": JSON}), *([Answer(204)] if has_content else [])]

    failures = [each.failure for each in asked(methods, operation_id, answers)]

    assert {failure["kind"] for failure in failures} == {"UnreachableError"}


@pytest.mark.parametrize("token", [None, "", "two\nlines", "zwölf"])
def test_without_a_token_that_can_be_sent_none_is(token: str | None) -> None:
    """The API then asks for a session; `fetch` would refuse the header with an error that quotes it."""
    asked = outcome(Call("me", answer=refused(401, problem(401, "session_required")), token=token))

    assert asked.request["headers"] == {}
    assert asked.failure["code"] == "session_required"


@pytest.mark.parametrize(
    ("method", "args", "query"),
    [
        ("createSetupIntent", [], []),
        ("resumeSubscription", [], []),
        ("cancelSubscription", [], []),
        ("billingHistory", [], []),
        ("billingHistory", [{"after": None}], []),
        ("billingHistory", [{"limit": 1}], [["limit", "1"]]),
        ("billingHistory", [{"after": "a&b=ü c"}], [["after", "a&b=ü c"]]),
    ],
)
def test_what_may_be_left_out(method: str, args: list[Any], query: list[list[str]]) -> None:
    """Then it is not sent; and what is in a query cannot become another parameter of it."""
    request = outcome(Call(method, args)).request

    assert request["query"] == query
    assert "body" not in request
    assert "content-type" not in request["headers"]


def test_an_answer_may_gain_fields() -> None:
    """They come back with the others."""
    content = {"plans": [], "recommended": "premium"}

    asked = outcome(Call("plans", answer=Answer(200, json.dumps(content), {"Content-Type": f"{JSON}; charset=utf-8"})))

    assert asked.value == content
