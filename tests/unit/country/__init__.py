"""What a country remembers: markets, awareness, policing and the trade in balance, worked out by hand."""
