"""Which refusals a route may answer, and how the document says so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api import errors
from api.blueprints.operation import Operation
from api.blueprints.problems import FRAMEWORK, MEDIA_TYPE, Problem
from api.openapi_schemas import reference

_SESSION: Final = (errors.SessionRequiredError, errors.NotYourAccountError, errors.DatabaseUnavailableError)
_JSON_BODY: Final = (errors.MalformedBodyError, errors.UnsupportedMediaTypeError, errors.InvalidFieldsError)
_ANY_BODY: Final = (408, 413)  # what the framework says of any body that it reads


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that a route may say instead of what was asked for."""

    status: int
    code: str
    meaning: str


def refusals(operation: Operation) -> dict[int, list[Refusal]]:
    """Everything that a route may refuse, by status: what its kind may, and what it says itself."""
    kinds: list[type[errors.ApiError]] = []
    if operation.session:
        kinds.extend(_SESSION)
    if operation.body:
        kinds.extend(_JSON_BODY)
    kinds.extend(operation.errors)
    found = [_refusal(kind) for kind in dict.fromkeys(kinds)]
    if operation.body or operation.raw:
        found.extend(Refusal(status, *FRAMEWORK[status]) for status in _ANY_BODY)
    by_status: defaultdict[int, list[Refusal]] = defaultdict(list)
    for refusal in sorted(found, key=lambda item: item.status):
        by_status[refusal.status].append(refusal)
    return dict(by_status)


def response_name(refused: Iterable[Refusal]) -> str:
    """The name under which a route's refusals of one status are shared with other routes."""
    return "-or-".join(sorted(refusal.code for refusal in refused))


def response(status: int, refused: Iterable[Refusal], headers: Mapping[str, Any]) -> dict[str, Any]:
    """The response object of a route's refusals of one status."""
    refused = sorted(refused, key=lambda refusal: refusal.code)
    narrowed = {"status": {"const": status}, "code": {"enum": [refusal.code for refusal in refused]}}
    return {
        "description": "\n".join(f"`{refusal.code}`: {refusal.meaning}" for refusal in refused),
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": {"allOf": [reference(Problem), {"properties": narrowed}]}}},
    }


def _refusal(kind: type[errors.ApiError]) -> Refusal:
    return Refusal(kind.status, kind.code, (kind.__doc__ or "").partition("\n")[0])
