"""The reference table: simulated worlds of every explanation, drawn from its priors."""

# Persons that one agent stands for in worlds drawn by the thousand, unless told: see docs/decisions.md.
PEOPLE_PER_AGENT = 400
