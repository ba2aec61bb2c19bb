"""Every warning has a code of its own, and is the sentence that people read."""

import json
import re
from pathlib import Path

import pytest
from tests import warned

import keycloak_2fa
import keycloak_2fa_cli
from keycloak_2fa.warning_codes import WarningCode

CODE = "".join(
    path.read_text(encoding="utf-8")
    for package in (keycloak_2fa, keycloak_2fa_cli)
    for path in Path(str(package.__file__)).parent.rglob("*.py")
)


@pytest.mark.parametrize("code", WarningCode)
def test_a_code_is_used(code: WarningCode) -> None:
    assert re.search(rf"\bWarningCode\.{code.name}\.says\b", CODE)


@pytest.mark.parametrize("code", WarningCode)
def test_a_code_is_written_as_its_name(code: WarningCode) -> None:
    assert code == code.name.lower().replace("_", "-")


def test_a_warning_is_its_sentence_and_has_its_code() -> None:
    warning = WarningCode.DRIFT.says("The realm has drifted.")

    assert (warning, warning.code) == ("The realm has drifted.", WarningCode.DRIFT)
    assert json.dumps([warning]) == '["The realm has drifted."]'


@pytest.mark.parametrize(("code", "sentence"), warned.written_down())
def test_a_sentence_has_one_code(code: WarningCode, sentence: str) -> None:
    assert warned.code(re.sub(r"\{[^{}]*\}", "X", sentence)) == code


def test_a_sentence_that_is_no_warning_has_none() -> None:
    with pytest.raises(LookupError):
        warned.code("All is well.")
