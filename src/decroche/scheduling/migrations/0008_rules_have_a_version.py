"""Give the rules of an agenda a version of their own: a cancellation opens time, it does not change a rule."""

from django.db import migrations, models

_BOTH = """
UPDATE scheduling_agendaversion SET rules = version;

CREATE OR REPLACE FUNCTION scheduling_bump(practitioners bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO scheduling_agendaversion (practitioner_id, version, rules)
    SELECT x.id, x.number, x.number
    FROM (SELECT p.id, nextval('scheduling_agendaversion_seq') AS number
          FROM practices_practitioner p WHERE p.id = ANY(practitioners) ORDER BY p.id) x
    ON CONFLICT (practitioner_id) DO UPDATE SET version = EXCLUDED.version, rules = EXCLUDED.rules
$$;

CREATE FUNCTION scheduling_bump_time(practitioner bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO scheduling_agendaversion (practitioner_id, version)
    SELECT p.id, nextval('scheduling_agendaversion_seq') FROM practices_practitioner p WHERE p.id = practitioner
    ON CONFLICT (practitioner_id) DO UPDATE SET version = nextval('scheduling_agendaversion_seq')
$$;

CREATE OR REPLACE FUNCTION scheduling_bump_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scheduling_bump_time(OLD.practitioner_id);
    RETURN NULL;
END $$;
"""

_ONE = """
CREATE OR REPLACE FUNCTION scheduling_bump(practitioners bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO scheduling_agendaversion (practitioner_id, version)
    SELECT p.id, nextval('scheduling_agendaversion_seq') FROM practices_practitioner p WHERE p.id = ANY(practitioners) ORDER BY p.id
    ON CONFLICT (practitioner_id) DO UPDATE SET version = nextval('scheduling_agendaversion_seq')
$$;

CREATE OR REPLACE FUNCTION scheduling_bump_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scheduling_bump(ARRAY[OLD.practitioner_id]);
    RETURN NULL;
END $$;

DROP FUNCTION scheduling_bump_time;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0007_nth_is_said")]
    operations = [
        migrations.AddField("agendaversion", "rules", models.BigIntegerField(default=0, db_default=0)),
        migrations.RunSQL(_BOTH, _ONE),
    ]
