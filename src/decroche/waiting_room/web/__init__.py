"""The doors of the waiting room: the board, the wall, the check-in page, the set-up."""
