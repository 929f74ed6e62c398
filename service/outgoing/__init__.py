"""The world outside: how events leave the house."""
