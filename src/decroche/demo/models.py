"""Remember which demo world is in the database."""

from django.db import models


class LoadedWorld(models.Model):
    """One row at most: the day that the world is about, and what wrote it."""

    day = models.DateField()
    loaded_at = models.DateTimeField()
    edition = models.CharField(max_length=32, help_text="Changes with the texts and generators of this room.")

    def __str__(self) -> str:
        return f"{self.day} {self.edition}"
