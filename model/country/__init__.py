"""What a country remembers from month to month: markets, awareness, policing, and what the world sees of it."""
