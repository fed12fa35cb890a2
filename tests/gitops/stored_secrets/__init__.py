"""Secrets that a person puts into AWS's store, and what runs with which version."""
