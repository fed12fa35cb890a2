"""The Pulumi program: what an environment is made of."""
