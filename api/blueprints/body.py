"""JSON in and out of a route."""

import re
from typing import Any, Final, TypeVar

import msgspec
from quart import Response, request

from api.errors import InvalidFieldsError, MalformedBodyError, UnsupportedMediaTypeError

_Shape = TypeVar("_Shape", bound=msgspec.Struct)

# msgspec's two ways to name the field that it complains about.
_AT_FIELD: Final = re.compile(r"(?P<problem>.+) - at `\$\.(?P<field>.+)`")
_NAMED_FIELD: Final = re.compile(r"Object (?:is )?(?P<problem>.+ field) `(?P<field>.+)`")


async def read_body(shape: type[_Shape], *, bodiless: bool = False) -> _Shape:
    """The request's body as `shape`; when it may be missing, an empty one means the defaults.

    Raises UnsupportedMediaTypeError, MalformedBodyError or InvalidFieldsError.
    """
    body = await request.get_data()
    if bodiless and not body:
        return shape()
    if request.mimetype != "application/json":
        raise UnsupportedMediaTypeError("Send the body as JSON, with `Content-Type: application/json`.")
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise _invalid(error, "body") from None
    except ValueError:  # msgspec.DecodeError, and UnicodeDecodeError for what is not UTF-8
        raise MalformedBodyError("The body is not valid JSON in UTF-8.") from None


def convert_query(shape: type[_Shape]) -> _Shape:
    """The request's query as `shape`; InvalidFieldsError when it is not."""
    try:
        return msgspec.convert(request.args.to_dict(), shape, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(error, "query") from None


def answer(content: Any, status: int = 200) -> Response:
    """`content` as JSON: structs as objects, times in RFC 3339."""
    return Response(msgspec.json.encode(content), status, content_type="application/json")


def _invalid(error: msgspec.ValidationError, where: str) -> InvalidFieldsError:
    found = _AT_FIELD.fullmatch(str(error)) or _NAMED_FIELD.fullmatch(str(error))
    message = "Some fields are not valid." if found else f"The {where} is not valid: {error}."
    return InvalidFieldsError(message, fields={found["field"]: found["problem"]} if found else None)
