"""`make golden` writes the lists anew: for a resource that was added, renamed or taken away on purpose."""

from render.program import run
from tests.infra.golden.urns import ENVIRONMENTS, listed, urns

if __name__ == "__main__":
    for environment in ENVIRONMENTS:
        listed(environment).write_text("".join(f"{urn}\n" for urn in urns(run(environment))))
