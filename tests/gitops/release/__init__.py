"""Releases: into an environment, and back."""
