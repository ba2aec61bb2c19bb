"""`kc2fa demo` with the extension: it shows the Security page, and saves pictures of the pages."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests import warned
from tests.integration import forked

from keycloak_2fa import extension_jar
from keycloak_2fa.warning_codes import WarningCode

pytestmark = [pytest.mark.timeout(600), pytest.mark.slow]

SECONDS = 500


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture(scope="module")
def demo(jar: Path, folder: Path) -> dict[str, Any]:
    """The data of a demo whose package carries the jar."""
    assert extension_jar.find() is not None, f"make extension built {jar}, and put it nowhere"
    arguments = ["demo", "--json", "--pictures", str(folder)]
    code, stdout, stderr = forked.run(arguments, dict(os.environ), "", timeout=SECONDS)
    assert code == 0, stdout + stderr
    return dict(json.loads(stdout))


def test_it_enforces_by_the_extension(demo: dict[str, Any]) -> None:
    assert (demo["data"]["enforce"]["engine"], demo["data"]["enforce"]["state"]) == ("extension", "ON")


def test_it_says_where_the_security_page_is(demo: dict[str, Any]) -> None:
    server = demo["data"]["server_url"]
    assert demo["data"]["security_url"] == f"{server}/realms/master/two-factor/?realm=demo"


def test_the_set_up_page_lists_the_apps_in_order(demo: dict[str, Any]) -> None:
    apps = "Microsoft Authenticator, FreeOTP, Google Authenticator"
    assert any(sentence.endswith(apps) for sentence in demo["data"]["login"])


def test_every_page_has_its_picture(demo: dict[str, Any], folder: Path) -> None:
    names = ["security-off", "security-dialog", "security-on", "set-up"]
    assert demo["data"]["pictures"] == [str(folder / f"{name}.png") for name in names], demo["warnings"]
    for file in demo["data"]["pictures"]:
        with Image.open(file) as picture:
            assert picture.width >= 1000


def test_no_note_says_that_something_is_missing(demo: dict[str, Any]) -> None:
    missing = {WarningCode.PICTURE_MISSING, WarningCode.EXTENSION_NOT_SHOWN}
    assert missing & warned.by_code(demo["warnings"]).keys() == set()
