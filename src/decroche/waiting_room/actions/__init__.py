"""The verbs of the waiting room."""
