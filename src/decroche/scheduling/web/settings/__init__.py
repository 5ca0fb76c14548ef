"""The agenda's settings, one module per screen: the week, the year, the visit types, the wishes."""
