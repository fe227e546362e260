"""Which unknowns an outcome hangs on: Morris' screening, then Sobol indices, with luck as a factor of its own."""
