"""What levers of equal effort would spare people, and what the counts would show of it."""
