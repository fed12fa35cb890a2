"""How the API's commands for operators are started in its image, wherever that runs."""

OPERATIONS = ("python", "-m", "api.operations")
