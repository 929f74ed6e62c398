"""How everything is kept: SQLAlchemy Core over SQLite or PostgreSQL. No other folder sees a table.

Functions take the open transaction first. Those that write need `Database.writing()`.
"""
