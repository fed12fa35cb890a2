"""What the engine refuses, and how it says so.

EngineError              the engine could not do it: its own diagnostics, secrets masked, and the next step
├── EngineMissingError   there is no `pulumi` command here
├── LockedError          another update holds the stack, or one that was killed has left its lock
└── ProtectedError       a destruction would reach resources that are protected
"""

import re
import socket

import psutil

from gitops.engine_result import Result

COMMAND = "pulumi"
LAST_LINES = 12
HINTS = {
    "PULUMI_ACCESS_TOKEN must be set": "log in to where the state is: `pulumi login s3://…` (bootstrap/README.md)",
    "passphrase must be set": "the state is encrypted: export PULUMI_CONFIG_PASSPHRASE, or use the stack's KMS key",
    "incorrect passphrase": "PULUMI_CONFIG_PASSPHRASE is not the one that the stack was made with",
    "failed to load checkpoint": "may these credentials read the state's bucket? `priceguard doctor` compares",
}
"""What the engine says -> the next step."""
_BARE = re.compile(r"exited with non-zero exit code")
_CRASHED = re.compile(r"pulumi-resource-(\S+) exited prematurely")
_SIGNAL = re.compile(r"\s*code: -(\d+)\n")


class EngineError(Exception):
    """The engine could not do it; the message says why.

    Args:
        message: its diagnostics.
        result: what it had done until then; None when it had not begun.
    """

    def __init__(self, message: str, result: Result | None = None) -> None:
        super().__init__(message)
        self.result = result


class EngineMissingError(EngineError):
    """There is no `pulumi` command."""

    def __init__(self) -> None:
        super().__init__(f"there is no `{COMMAND}` command on the PATH; https://www.pulumi.com/docs/install/ has it")


class LockedError(EngineError):
    """Another update holds the stack, or one that was killed has left its lock.

    Args:
        stack: its name.
        unlock: the command that takes the lock away.
        owner: `user@host` that took the lock; empty where the backend does not say.
        pid: its process there; 0 likewise.
        since: when, as the backend tells it.
    """

    def __init__(self, stack: str, unlock: str, owner: str, pid: int, since: str) -> None:
        held = f" by {owner}, process {pid}, since {since}" if owner else ""
        gone = owner.endswith(f"@{socket.gethostname()}") and not psutil.pid_exists(pid)
        wait = "that process is gone" if gone else "wait until that update has ended; if it was killed"
        super().__init__(f"the stack {stack} is locked{held}: {wait}: `{unlock}` takes the lock away")
        self.owner, self.pid, self.since = owner, pid, since


class ProtectedError(EngineError):
    """Nothing was destroyed, because some of it must not be.

    Args:
        stack: its name.
        resources: `type name` of each that is protected.
    """

    def __init__(self, stack: str, resources: list[str]) -> None:
        names = "".join(f"\n  - {resource}" for resource in resources)
        super().__init__(
            f"{stack} keeps everything: {len(resources)} of its resources are protected:{names}\n"
            "To destroy it nevertheless, have the program protect nothing (priceguard:protect), update, then try again"
        )
        self.resources = resources


def reason(text: str, result: Result | None) -> str:
    """The engine's diagnostics; where there are none, what the command said last, and how it ended.

    Args:
        text: of the Automation API's error: code, standard output and standard error of the command.
        result: what the events told.
    """
    said = result.diagnostics if result else ()
    # What a program that crashes has written itself comes line by line.
    last_words = [one.message for one in said if one.severity == "info#err"][-LAST_LINES:]
    told = [one.message for one in said if one.severity == "error"]
    if bare := [message for message in told if _BARE.search(message)]:
        told = [message for message in told if message not in bare] + last_words or bare
    told += [f"{one.policy}: {one.message}" for one in result.policy if one.mandatory] if result else []
    if told:
        crashed = [f"the provider {name} crashed; run this again" for name in _CRASHED.findall("\n".join(told))]
        return "\n".join(dict.fromkeys([*crashed, *told]))
    errors = text.rpartition(" stderr:")[2].strip().removeprefix("error: ")
    hints = [hint for said, hint in HINTS.items() if said in errors]
    signal = _SIGNAL.match(text)
    ended = [f"`{COMMAND}` was ended by signal {signal[1]}"] if signal else []
    return "\n".join(filter(None, (errors, *hints, *ended))) or text.strip()
