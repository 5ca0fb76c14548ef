"""Short reasons shown beside absences."""

HOLIDAYS = "Férié"
ABSENCE_REASONS = ("Congés", "Formation", "Congrès", "Raison personnelle", "Bloc opératoire")
