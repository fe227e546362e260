"""The reference table: simulated worlds of every explanation, drawn from its priors."""

# Scale of worlds drawn by the thousand, unless told, as typed: counts with the noise of persons (docs/decisions.md).
SCALE = "pooled"
