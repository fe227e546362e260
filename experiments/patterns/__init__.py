"""What sources state of the world behind the counts, held against simulated worlds (pattern-oriented modelling)."""
