"""The web side of Civility, and the heart that all its processes share."""
