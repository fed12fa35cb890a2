"""The sealed plan: what was approved, and whether an update is that or a part of it."""
