"""What the model sees of a text: one spelling for every way of writing the same words, cut into hashed fragments."""
