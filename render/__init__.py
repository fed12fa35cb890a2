"""The Pulumi program run without cloud, engine or credentials."""
