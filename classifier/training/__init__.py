"""Labelled data in, model directories out."""
