"""Make figures of a realm for monitoring."""
