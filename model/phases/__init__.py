"""The parts of a month that all agents of a kind, or the whole region, go through: each compiled alone."""
