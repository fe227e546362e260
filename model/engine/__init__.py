"""How a world is computed: records, draws, compilation, and who stands for how many persons."""
