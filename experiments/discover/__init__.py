"""What would one have to believe? Ranges of unknowns that make a stated outcome, and what else to observe."""
