"""What `make image` reads, compares and shows, without an image."""
