"""What both engines do and say on H2, they do and say on each database too."""

import pytest
from tests.extension.test_engines import *  # noqa: F403

pytestmark = pytest.mark.slow
