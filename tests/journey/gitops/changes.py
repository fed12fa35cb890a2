"""What people change in the journey: as few lines as such a change has."""

from tests.journey.gitops.stage import Stage

DEV, PROD = "Pulumi.dev.yaml", "Pulumi.prod.yaml"
TEXT, MAIN = "api/openapi_text.py", "api/__main__.py"
RATES = '        Path("/etc/priceguard/exchange-rates.json").read_text()\n'


def more_tasks(stage: Stage) -> dict[str, str]:
    """A bound of dev's service, and a word of the API's description."""
    return {**replaced(stage, DEV, "maxCount: 2", "maxCount: 3"), **replaced(stage, TEXT, "PriceGuard API", "The API")}


def longer_logs(stage: Stage) -> dict[str, str]:
    """Another setting of dev."""
    text = more_tasks(stage)[DEV]
    return {DEV: text.replace("logRetentionDays: 14", "logRetentionDays: 30")}


def does_not_start(stage: Stage) -> dict[str, str]:
    """An import of a module that the image does not have."""
    return replaced(stage, MAIN, "import asyncio\n", "import asyncio\nimport exchange_rates\n")


def does_not_start_in_prod(stage: Stage) -> dict[str, str]:
    """In place of that import a file, which is read where real money moves, and which nobody has put there."""
    text = replaced(stage, MAIN, "import exchange_rates\n", "from pathlib import Path\n")[MAIN]
    before = "    logs.configure(settings)\n"
    assert text.count(before) == 1
    return {MAIN: text.replace(before, f"{before}    if settings.live:\n{RATES}")}


def replaced(stage: Stage, path: str, before: str, after: str) -> dict[str, str]:
    """A file of main with one text in place of another."""
    text = stage.text(path)
    assert text.count(before) == 1, (path, before)
    return {path: text.replace(before, after)}
