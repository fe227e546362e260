"""What one module does on its own; `lives`, `country` and `engine` hold the rules of the model against hand-worked values."""
