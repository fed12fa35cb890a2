"""What AWS, or the way to it, refuses: in words, with what to do."""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as NoConnectionError

OTHER_PLACE = "is this the account (`aws sts get-caller-identity`), and was the stack deployed?"
"""What to ask oneself when something is not there."""
_NO_CREDENTIALS = (
    CredentialRetrievalError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
_REFUSED_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_SIGN_IN = "sign in (`aws sso login`, or set AWS_PROFILE), and see with `aws sts get-caller-identity` who you are"


def cause(error: BotoCoreError | ClientError, region: str) -> str:
    """Why a call failed and what to do; AWS's own words are in it, credentials never are."""
    if isinstance(error, ClientError):
        return _refusal(error)
    if isinstance(error, _NO_CREDENTIALS):
        return f"there are no credentials for AWS ({error}); {_SIGN_IN}"
    if isinstance(error, InvalidRegionError):
        return f"{region!r} is no region of AWS; correct aws:region in the stack's file"
    if isinstance(error, HTTPClientError | NoConnectionError):
        return f"AWS does not answer in {region!r} ({error}); check the network, and aws:region in the stack's file"
    return f"the call to AWS failed: {error}"


def _refusal(error: ClientError) -> str:
    said = error.response.get("Error", {})
    code, message = said.get("Code", ""), said.get("Message", "") or str(error)
    if code in _REFUSED_CREDENTIALS:
        return f"AWS does not take these credentials ({code}: {message}); {_SIGN_IN}"
    if code in _DENIED:
        return f"these credentials may not do this: {message}; use a role that may"
    return f"AWS refuses {error.operation_name} ({code}): {message}"
