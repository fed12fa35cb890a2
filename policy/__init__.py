"""The rules that every environment keeps, for the engine and for whoever has the program's resources as data."""
