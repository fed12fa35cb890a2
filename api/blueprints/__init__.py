"""The routes: what goes in and out over HTTP. What happens in between stands in the use cases."""
