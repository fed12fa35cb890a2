"""House rules that a reader relies on."""
