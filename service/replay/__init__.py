"""Replay of real comments through the HTTP API of a running service, as a news site's server would send them."""
