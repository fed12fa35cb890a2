"""Every resource of each environment by its URN, as it was when somebody last meant it to change."""
