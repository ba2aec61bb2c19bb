"""Which Keycloak the extension's jar may go into, and what putting it there comes to."""

import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from keycloak_2fa import extension_jar
from keycloak_2fa.errors import BadFileError
from keycloak_2fa.extension_jar import JarAbsentError, Outcome, UnsupportedKeycloakError


@pytest.mark.parametrize("version", ["26.4.0", "26.4.10.redhat-00001", "26.5.6", "26.6.0", "26.7.3", "26.7.99"])
def test_a_supported_version_needs_no_word(version: str) -> None:
    assert extension_jar.check(version) == ()


@pytest.mark.parametrize("version", ["26.3.5", "25.0.6", "9.99.0"])
def test_an_older_one_is_refused(version: str) -> None:
    with pytest.raises(UnsupportedKeycloakError, match=version):
        extension_jar.check(version)


@pytest.mark.parametrize("version", ["26.8.0", "26.10.1", "27.0.0", "999.0.0-SNAPSHOT"])
def test_a_newer_one_gets_a_warning(version: str) -> None:
    [warning] = extension_jar.check(version)
    assert version in warning


@pytest.mark.parametrize(
    ("before", "outcome"), [(None, Outcome.INSTALLED), (b"old", Outcome.REPLACED), (b"new", Outcome.UNCHANGED)]
)
def test_what_was_there_tells_the_outcome(before: bytes | None, outcome: Outcome) -> None:
    assert extension_jar.compare(before, b"new") is outcome


def test_without_a_jar_it_says_how_to_build_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(JarAbsentError) as absent:
        extension_jar.carried(tmp_path)
    assert "make extension" in absent.value.hint


def test_without_a_jar_it_names_the_one_that_was_built_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a checkout in which make extension has run after kc2fa was installed
    monkeypatch.chdir(tmp_path)
    extension_jar.BUILT.parent.mkdir(parents=True)
    extension_jar.BUILT.touch()
    with pytest.raises(JarAbsentError) as absent:
        extension_jar.carried(tmp_path / "package")
    assert f"--jar {extension_jar.BUILT}" in absent.value.hint
    assert "make extension" not in absent.value.hint


def test_a_jar_that_is_not_the_extension_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.jar"
    with ZipFile(other, "w") as jar:
        jar.writestr("something/Else.class", b"")
    with pytest.raises(BadFileError, match=re.escape(str(other))) as refused:
        extension_jar.named(other)
    assert "make extension" in refused.value.hint


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_file_that_is_not_a_jar_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.jar"
    other.write_bytes(content)
    with pytest.raises(BadFileError, match=re.escape(str(other))) as refused:
        extension_jar.named(other)
    assert "make extension" in refused.value.hint


def test_a_jar_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="No such file"):
        extension_jar.named(tmp_path / "none.jar")
