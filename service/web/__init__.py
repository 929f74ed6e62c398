"""Who is asking: one room for each audience, with its own authentication, error shape and tone."""
