"""The doctor, before an account as the bootstrap makes it, and with things astray in it."""
