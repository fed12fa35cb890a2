"""`python -m api.openapi_command`: the OpenAPI document on standard output, as the API serves it."""

import sys

from api.app import routed
from api.blueprints.docs import documentation


def main() -> int:
    """Write the document; needs neither a database nor an environment."""
    sys.stdout.write(documentation(routed()).document.decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
