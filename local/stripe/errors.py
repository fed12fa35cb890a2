"""What Stripe answers when it does not do what was asked."""

from typing import Any, Self

Object = dict[str, Any]
"""A resource as the API shows it; keys that begin with an underscore stay inside."""


class StripeError(Exception):
    """A refusal, in Stripe's words.

    Args:
        status: of the HTTP answer.
        message: cause and next step.
        kind: Stripe's `type`.
        code: Stripe's `code`.
        param: the parameter that is to blame.
        keep: whether what was done before the refusal stays, as a declined attempt does.
        more: further members of the error, e.g. `decline_code`.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keep: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keep = keep
        members = {"type": kind, "code": code, "message": message, "param": param, **more}
        self.error: Object = {name: value for name, value in members.items() if value is not None}

    @classmethod
    def of(cls, status: int, error: Object, *, keep: bool = False, **more: Any) -> Self:
        """Make one of the members that an error has: `type`, `message` and the others."""
        refusal = cls(status, error["message"], keep=keep)
        refusal.error = {**error, **more}
        return refusal

    @property
    def body(self) -> Object:
        """The answer's JSON."""
        return {"error": self.error}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A 400: the request can never succeed as it is."""
    return StripeError(400, message, param=param, code=code)


def missing(kind: str, identifier: str, param: str = "id", status: int = 404) -> StripeError:
    """Nothing of that kind has this id: 404 for the object of the address, 400 for one named in the body."""
    name = kind.replace("_", " ")
    return StripeError(status, f"No such {name}: '{identifier}'", code="resource_missing", param=param)
