"""The agenda's speed: every row of the table that it promises, beside a reference of the same run."""
