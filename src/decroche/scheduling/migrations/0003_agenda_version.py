"""Grow a practitioner's agenda version with every change that may open time or alter a rule, whoever makes it.

Bookings are left out on purpose: they only take time away, so what a search learned ("nothing free before Thursday")
stays true. Triggers and not code: bulk SQL, imports and other rooms (a site's zone) count too.
"""

from django.db import migrations

_OCCUPYING = "('booked', 'arrived', 'called', 'in_consultation', 'done', 'no_show', 'left')"

FUNCTIONS = """
-- From a sequence: a number that a rolled-back transaction saw is never given to another state.
CREATE SEQUENCE scheduling_agendaversion_seq;

CREATE FUNCTION scheduling_bump(practitioners bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO scheduling_agendaversion (practitioner_id, version)
    SELECT p.id, nextval('scheduling_agendaversion_seq') FROM practices_practitioner p WHERE p.id = ANY(practitioners) ORDER BY p.id
    ON CONFLICT (practitioner_id) DO UPDATE SET version = nextval('scheduling_agendaversion_seq')
$$;

CREATE FUNCTION scheduling_bump_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM scheduling_bump(ARRAY[OLD.practitioner_id]);
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM scheduling_bump(ARRAY[NEW.practitioner_id]);
    ELSE
        PERFORM scheduling_bump(ARRAY[OLD.practitioner_id, NEW.practitioner_id]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION scheduling_bump_absence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM scheduling_bump(ARRAY[OLD.practitioner_id, OLD.locum_id]);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM scheduling_bump(ARRAY[NEW.practitioner_id, NEW.locum_id]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION scheduling_bump_practice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scheduling_bump(ARRAY(
        SELECT id FROM practices_practitioner
        WHERE practice_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.practice_id ELSE NEW.practice_id END
    ));
    RETURN NULL;
END $$;

CREATE FUNCTION scheduling_bump_rule_types() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scheduling_bump(ARRAY(
        SELECT practitioner_id FROM scheduling_openingrule
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.openingrule_id ELSE NEW.openingrule_id END
    ));
    RETURN NULL;
END $$;

CREATE FUNCTION scheduling_bump_type_resources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scheduling_bump(ARRAY(
        SELECT p.id FROM practices_practitioner p JOIN scheduling_visittype t ON t.practice_id = p.practice_id
        WHERE t.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.visittype_id ELSE NEW.visittype_id END
    ));
    RETURN NULL;
END $$;

CREATE FUNCTION scheduling_bump_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM scheduling_bump(ARRAY[OLD.practitioner_id]);
    RETURN NULL;
END $$;
"""

_ROW = "CREATE TRIGGER bump AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();"

TRIGGERS = (
    "\n".join(
        _ROW.format(table=table, function=function)
        for table, function in (
            ("scheduling_openingrule", "scheduling_bump_row"),
            ("scheduling_wish", "scheduling_bump_row"),
            ("scheduling_visitoffer", "scheduling_bump_row"),
            ("scheduling_absence", "scheduling_bump_absence"),
            ("scheduling_visittype", "scheduling_bump_practice"),
            ("scheduling_resource", "scheduling_bump_practice"),
            ("scheduling_openingrule_visit_types", "scheduling_bump_rule_types"),
            ("scheduling_visittype_resources", "scheduling_bump_type_resources"),
        )
    )
    + f"""
CREATE TRIGGER bump AFTER UPDATE OF timezone ON practices_site FOR EACH ROW
    WHEN (OLD.timezone IS DISTINCT FROM NEW.timezone) EXECUTE FUNCTION scheduling_bump_practice();
CREATE TRIGGER bump_freed AFTER UPDATE ON scheduling_appointment FOR EACH ROW
    WHEN (OLD.status IN {_OCCUPYING} AND (
        NEW.status NOT IN {_OCCUPYING} OR OLD.practitioner_id <> NEW.practitioner_id OR OLD.lane IS DISTINCT FROM NEW.lane
        OR OLD.busy_from <> NEW.busy_from OR OLD.busy_until <> NEW.busy_until))
    EXECUTE FUNCTION scheduling_bump_freed();
CREATE TRIGGER bump_freed_gone AFTER DELETE ON scheduling_appointment FOR EACH ROW
    WHEN (OLD.status IN {_OCCUPYING}) EXECUTE FUNCTION scheduling_bump_freed();
"""
)

UNDO = """
DROP TRIGGER bump ON practices_site;
DROP FUNCTION scheduling_bump_row, scheduling_bump_absence, scheduling_bump_practice, scheduling_bump_rule_types,
    scheduling_bump_type_resources, scheduling_bump_freed, scheduling_bump CASCADE;
DROP SEQUENCE scheduling_agendaversion_seq;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_the_engine")]
    operations = [migrations.RunSQL(FUNCTIONS + TRIGGERS, UNDO)]
