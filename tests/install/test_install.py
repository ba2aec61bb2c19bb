"""The wheel, installed as users install it, with what the package index has for it today."""

import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from keycloak_2fa import __version__

ROOT = Path(__file__).parents[2]
TOOLS = Path(sys.executable).parent
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

Install = Callable[[Path, Path], Path]


def run(*command: str | Path, **environment: str) -> str:
    """Runs a command away from the checkout, with nothing of it in the environment."""
    ours = ("PYTHON", "KC2FA_", "PIPX_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(command, cwd="/", env=kept | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_pipx(wheel: Path, home: Path) -> Path:
    """`pipx install`, into a home of its own."""
    homes = {"PIPX_HOME": str(home), "PIPX_BIN_DIR": str(home / "bin"), "PIPX_MAN_DIR": str(home / "man")}
    run(TOOLS / "pipx", "install", "--python", sys.executable, wheel, **homes)
    return home / "bin" / "kc2fa"


def by_uv(wheel: Path, home: Path, python: str = sys.executable) -> Path:
    """`uv tool install`, into a home of its own."""
    homes = {"UV_TOOL_DIR": str(home / "tools"), "UV_TOOL_BIN_DIR": str(home / "bin"), "UV_PYTHON_DOWNLOADS": "never"}
    run(TOOLS / "uv", "tool", "install", "--quiet", "--python", python, wheel, **homes)
    return home / "bin" / "kc2fa"


def interpreters() -> dict[str, str]:
    """The Pythons of this machine that the package is for, by version."""
    found = {}
    for version in PYTHONS:
        asked = [str(TOOLS / "uv"), "python", "find", "--no-python-downloads", "--system", version]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found[version] = done.stdout.strip()
    return found or {"this": sys.executable}


def build(target: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        return message_from_bytes(opened.read(f"keycloak_2fa-{__version__}.dist-info/METADATA"))


@pytest.mark.slow
@pytest.mark.parametrize("install", [by_pipx, by_uv], ids=["pipx", "uv"])
def test_the_command_runs(install: Install, wheel: Path, tmp_path: Path) -> None:
    kc2fa = install(wheel, tmp_path)
    assert run(kc2fa, "--version").strip() == f"kc2fa {__version__}"


@pytest.mark.slow
def test_pipx_links_the_man_pages(wheel: Path, tmp_path: Path) -> None:
    by_pipx(wheel, tmp_path)
    assert (tmp_path / "man" / "man1" / "kc2fa-enforce.1").read_text().startswith(".TH KC2FA")


@pytest.mark.slow
@pytest.mark.parametrize("version", interpreters())
def test_each_python_of_this_machine_runs_it(version: str, wheel: Path, tmp_path: Path) -> None:
    kc2fa = by_uv(wheel, tmp_path, interpreters()[version])
    assert "enforce" in run(kc2fa, "--help")


def test_the_realm_files_come_along(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        assert "keycloak_2fa/realm_files/realm.json" in opened.namelist()


@pytest.mark.slow
def test_the_sdist_makes_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as opened:
        opened.extractall(tmp_path, filter="data")
    [unpacked] = tmp_path.iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "again")]
    subprocess.run(command, cwd=unpacked, check=True, capture_output=True)
    [again] = (tmp_path / "again").iterdir()
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(wheel) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_sdist_has_the_completion_for(shell: str, sdist: Path) -> None:
    with tarfile.open(sdist) as opened:
        packed = opened.extractfile(f"keycloak_2fa-{__version__}/completions/kc2fa.{shell}")
        assert packed is not None
        assert packed.read().decode() == run(TOOLS / "kc2fa", _KC2FA_COMPLETE=f"source_{shell}")


def test_every_python_that_is_named_is_supported(metadata: Message) -> None:
    prefix = "Programming Language :: Python :: 3."
    named = [each.rpartition(" ")[2] for each in metadata.get_all("Classifier", []) if each.startswith(prefix)]
    assert named == PYTHONS
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_addresses_are_of_one_repository(metadata: Message) -> None:
    addresses = [each.partition(", ")[2] for each in metadata.get_all("Project-URL", [])]
    assert len(addresses) >= 4
    assert {each.startswith("https://github.com/keycloak-2fa/keycloak-2fa") for each in addresses} == {True}
