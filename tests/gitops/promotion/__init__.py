"""From what dev has proved to prod, and back."""
