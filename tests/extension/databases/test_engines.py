"""What both engines do and say on H2, they do and say on each database too."""

from tests.extension.test_engines import *  # noqa: F403
