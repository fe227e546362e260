"""What holds of many worlds, within stated error rates: directions, priors, and the methods of the verdict."""
