"""The policy rules: what each refuses and accepts, exceptions, and the pack."""
