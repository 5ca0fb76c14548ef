"""Set up how each line answers: one page a line, with a picture of the call's way."""
