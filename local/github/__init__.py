"""A stand-in for GitHub: its REST API over a real bare git repository, as far as the platform uses it."""
