"""Let a renamed site count as a change of its agendas: what a search says of a slot is kept with its rules."""

from django.db import migrations

_TRIGGER = """
DROP TRIGGER bump ON practices_site;
CREATE TRIGGER bump AFTER UPDATE OF {columns} ON practices_site FOR EACH ROW
    WHEN ({condition}) EXECUTE FUNCTION scheduling_bump_practice();
"""
_ZONE = "OLD.timezone IS DISTINCT FROM NEW.timezone"
_NAME = "OLD.name IS DISTINCT FROM NEW.name"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0005_resource_time")]
    operations = [
        migrations.RunSQL(
            _TRIGGER.format(columns="timezone, name", condition=f"{_ZONE} OR {_NAME}"),
            _TRIGGER.format(columns="timezone", condition=_ZONE),
        )
    ]
