"""Wake the switchboard when lines, mandates, practices or members change, whoever changes them."""

from django.db import migrations

TABLES = [
    "practices_line",
    "practices_mandate",
    "practices_practice",
    "practices_secretariatmember",
]


def _create(table: str) -> str:
    return f"""
CREATE TRIGGER {table}_wakes_switchboard AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION calls_wake_switchboard();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial"), ("practices", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
CREATE FUNCTION calls_wake_switchboard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('switchboard', 'directory');
  RETURN NULL;
END $$;
"""
            + "".join(_create(table) for table in TABLES),
            "".join(f"DROP TRIGGER {table}_wakes_switchboard ON {table};" for table in TABLES)
            + "DROP FUNCTION calls_wake_switchboard();",
        )
    ]
