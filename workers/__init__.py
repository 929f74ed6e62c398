"""Celery's side: every task is a few lines that call a use case."""
