"""From dev to prod by a pull request: what it changes, what it says, and how Git is put back."""
