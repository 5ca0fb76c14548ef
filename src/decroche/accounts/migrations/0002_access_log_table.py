"""Make the access log: one table cut in months, append-only by trigger.

Plain SQL that PostgreSQL 15 and 18 both take (so a sequence, not an identity column, which
partitioned tables only know from 17 on). A row trigger on the parent reaches every partition;
a TRUNCATE trigger does not, so each month is given its own when it is made.
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE accounts_accesslog_id_seq;
CREATE TABLE accounts_accesslog (
    id bigint NOT NULL DEFAULT nextval('accounts_accesslog_id_seq'),
    at timestamptz NOT NULL,
    user_id bigint NOT NULL,
    action varchar(5) NOT NULL CHECK (action IN ('read', 'write')),
    kind varchar(30) NOT NULL,
    object_ids varchar(36)[] NOT NULL,
    practice_id bigint,
    view_name varchar(80) NOT NULL,
    address inet,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE accounts_accesslog_id_seq OWNED BY accounts_accesslog.id;
CREATE INDEX accounts_accesslog_practice_at ON accounts_accesslog (practice_id, at DESC);
CREATE INDEX accounts_accesslog_user_at ON accounts_accesslog (user_id, at DESC);
CREATE INDEX accounts_accesslog_objects ON accounts_accesslog USING gin (object_ids);

CREATE FUNCTION accounts_accesslog_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER accounts_accesslog_append_only BEFORE UPDATE OR DELETE ON accounts_accesslog
    FOR EACH ROW EXECUTE FUNCTION accounts_accesslog_refuse();
CREATE TRIGGER accounts_accesslog_no_truncate BEFORE TRUNCATE ON accounts_accesslog
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_accesslog_refuse();

-- A month of the log is a month in UTC.
CREATE FUNCTION accounts_accesslog_make_month(day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first_day date := date_trunc('month', day)::date;
    partition_name text := 'accounts_accesslog_' || to_char(day, 'YYYYMM');
BEGIN
    IF to_regclass(partition_name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts_accesslog_make_month'));
    IF to_regclass(partition_name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE %I PARTITION OF accounts_accesslog FOR VALUES FROM (%L) TO (%L)', partition_name,
        first_day::timestamp AT TIME ZONE 'UTC', (first_day + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    EXECUTE format(
        'CREATE TRIGGER accounts_accesslog_no_truncate BEFORE TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION accounts_accesslog_refuse()', partition_name);
END $$;

SELECT accounts_accesslog_make_month((now() AT TIME ZONE 'UTC' + make_interval(months => n))::date)
FROM generate_series(0, 3) n;
"""

BACKWARD = """
DROP TABLE accounts_accesslog;
DROP FUNCTION accounts_accesslog_make_month(date);
DROP FUNCTION accounts_accesslog_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
