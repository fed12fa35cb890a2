"""The account bootstrap: the template, whom its roles trust, and what they may do."""
