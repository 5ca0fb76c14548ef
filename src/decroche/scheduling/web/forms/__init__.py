"""Forms of the agenda's settings, by subject; their sentences are what a secretary would say."""
