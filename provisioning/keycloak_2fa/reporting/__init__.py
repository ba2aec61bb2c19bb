"""The report: one row for each user, and the facts that an auditor needs to believe the rows."""
