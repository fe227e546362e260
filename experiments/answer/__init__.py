"""The answer: how much of a fall of the counts was fewer people, and how much was seeing fewer of them."""
