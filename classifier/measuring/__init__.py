"""How good a model is, how fair, how hard to deceive, and what it promises."""
