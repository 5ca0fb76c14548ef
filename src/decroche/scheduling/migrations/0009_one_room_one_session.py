"""Let a room have one owner though its visits are seats of a group session."""

import decroche.scheduling.models.ranges
import django.contrib.postgres.constraints
from django.conf import settings
from django.db import migrations, models


# Seats that already share a room with somebody else's visit keep their time, without the room.
_DOUBLES = """
UPDATE scheduling_appointment a SET resource_id = NULL
WHERE a.lane IS NOT NULL AND a.resource_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM scheduling_appointment b
    WHERE b.resource_id = a.resource_id AND b.practitioner_id <> a.practitioner_id
      AND b.status NOT IN ('cancelled', 'released')
      AND b.busy_from < a.busy_until AND b.busy_until > a.busy_from
)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0001_initial'),
        ('practices', '0001_initial'),
        ('scheduling', '0008_rules_have_a_version'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(_DOUBLES, migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='one_resource_one_visit',
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('resource__isnull', False), ('status__in', ['arrived', 'booked', 'called', 'done', 'held', 'in_consultation', 'left', 'no_show'])), expressions=[(decroche.scheduling.models.ranges._PractitionerRange(models.F('resource_id'), models.F('resource_id'), models.Value('[]')), '='), (decroche.scheduling.models.ranges._Lane(models.F('lane')), '&&'), (decroche.scheduling.models.ranges._Period(models.F('busy_from'), models.F('busy_until')), '&&')], name='one_resource_one_visit'),
        ),
    ]
