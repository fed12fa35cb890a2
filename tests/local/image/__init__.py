"""The API's image, without an engine: recipes, tools that are made up, unpacked files."""
