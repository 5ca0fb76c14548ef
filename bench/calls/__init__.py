"""Measure how fast a caller reaches a secretary, against Asterisk's own queue."""
