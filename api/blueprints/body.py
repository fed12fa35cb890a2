"""JSON in and out of a route."""

import re
from typing import Any, Final, TypeVar

import msgspec
from quart import Response, request

from api.errors import InvalidFieldsError, MalformedBodyError, UnsupportedMediaTypeError

_Body = TypeVar("_Body", bound=msgspec.Struct)

# msgspec's two ways to name the field that it complains about.
_AT_FIELD: Final = re.compile(r"(?P<problem>.+) - at `\$\.(?P<field>.+)`")
_NAMED_FIELD: Final = re.compile(r"Object (?:is )?(?P<problem>.+ field) `(?P<field>.+)`")


async def read_body(shape: type[_Body]) -> _Body:
    """The request's body as `shape`.

    Raises UnsupportedMediaTypeError, MalformedBodyError or InvalidFieldsError. Shapes say
    `forbid_unknown_fields=True`: a misspelt optional field is then an error and not silently without effect.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaTypeError("Send the body as JSON, with `Content-Type: application/json`.")
    body = await request.get_data()
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        found = _AT_FIELD.fullmatch(str(error)) or _NAMED_FIELD.fullmatch(str(error))
        message = "Some fields are not valid." if found else f"The body is not valid: {error}."
        raise InvalidFieldsError(message, fields={found["field"]: found["problem"]} if found else None) from None
    except ValueError:  # msgspec.DecodeError, and UnicodeDecodeError for what is not UTF-8
        raise MalformedBodyError("The body is not valid JSON in UTF-8.") from None


def answer(content: Any, status: int = 200) -> Response:
    """`content` as JSON: dataclasses and structs as objects, times in RFC 3339."""
    return Response(msgspec.json.encode(content), status, content_type="application/json")
