"""Wake the switchboard when a plan, a team, a policy or what somebody may do changes, whoever changes it."""

from django.db import migrations

TABLES = [
    "calls_callplan",
    "calls_linehours",
    "calls_lineclosure",
    "calls_treatment",
    "calls_menuchoice",
    "calls_team",
    "calls_team_members",
    "calls_teamstep",
    "calls_skill",
    "calls_mobilephone",
    "calls_distributionpolicy",
    "calls_outgoingrules",
    "calls_numberconsent",
    "calls_knowncaller",
    "calls_reachability",
    "calls_recordingrule",
    "calls_abusereport",
]


def _create(table: str) -> str:
    return f"""
CREATE TRIGGER {table}_wakes_switchboard AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION calls_wake_switchboard();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0003_call_plans")]

    operations = [
        migrations.RunSQL(
            "".join(_create(table) for table in TABLES),
            "".join(f"DROP TRIGGER {table}_wakes_switchboard ON {table};" for table in TABLES),
        )
    ]
