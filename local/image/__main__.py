"""`python -m local.image <checkout> <directory>`: the API's image, built and unpacked into a folder of `directory`.

A process of its own, so that whoever waits for it can end it. Prints one JSON object: `folder`, the name of the image's
folder, and `words`, what it is; on a machine that cannot do that the folder is null, and the words say why.
"""

import json
import signal
import sys
from pathlib import Path

from local.image.engine import choose_engine
from local.image.recipe import api_recipe
from local.image.root_filesystem import RootFilesystem, can_enter
from local.image.stand_in import choose_base
from local.image.tool import ImageError, NotHereError


def main(root: Path, directory: Path) -> int:
    """Exit code 0, or 1 with the reason on standard error. SIGTERM ends it as Ctrl-C does, its tools first."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        can_enter()
        engine = choose_engine()
        base, base_words = choose_base(engine, root)
        image = engine.build(api_recipe(root, base))
        folder = image.removeprefix("sha256:")[:12]
        RootFilesystem.unpack(engine, image, directory / folder)
    except NotHereError as error:
        return answer(None, f"none, tasks run from the checkout: {error}")
    except (ImageError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return answer(folder, f"{folder}, by {engine.name} on {base_words}")


def answer(folder: str | None, words: str) -> int:
    """Print what became of it."""
    print(json.dumps({"folder": folder, "words": words}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
