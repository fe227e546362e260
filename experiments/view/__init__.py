"""The visualization server: two worlds with the same people and the same luck, on a page."""
