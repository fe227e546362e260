"""What is assumed: parameters with their sources, mechanisms that can be switched off, scenarios."""
