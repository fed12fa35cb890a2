"""Whether what was deployed really runs, and can take money."""
