"""Where a batch leaves the scenario's own values: grids, designs over ranges, and drawn parameters."""
