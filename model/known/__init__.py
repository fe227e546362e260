"""What is known: the tables of a region, as facts by month and country and as routes."""
