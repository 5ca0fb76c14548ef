"""What a waiting room knows without asking anybody: who passes next, how late it is, what a wall may say. Pure."""
