"""What the set-up screens of teams, policies and rules share: their answers, their undo, who may open them."""
