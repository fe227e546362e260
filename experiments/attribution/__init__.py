"""How much of a change each mechanism made: Shapley values over the model's switches."""
