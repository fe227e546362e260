"""A new region: a minimal valid one of invented codes with a comment at every column, or the tables of another."""
