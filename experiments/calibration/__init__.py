"""The point values of a scenario: its draw that fits the observed table best, inside gates and priors."""
