"""What the API's image costs, beside that of the same API in Express: `make image`."""
