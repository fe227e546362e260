"""The reference table: simulated worlds of every explanation, drawn from its priors."""
