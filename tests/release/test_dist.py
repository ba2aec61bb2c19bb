"""What `make dist` builds: the same bytes from the same sources, wherever and whenever."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from keycloak_2fa import __version__

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOT_SOURCES = shutil.ignore_patterns(".git", ".venv", "dist", "__pycache__", ".*_cache", "target", ".env")
EPOCH = "1700000000"
JAR = "keycloak-2fa-extension.jar"


def make_dist(checkout: Path, **environment: str) -> Path:
    """Runs `make dist` there, with the tools that run the tests."""
    tools = Path(sys.executable).parent
    subprocess.run(
        ["make", "dist", "READY=", f"BIN={tools}"],
        cwd=checkout,
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH} | environment,
        check=True,
        capture_output=True,
    )
    return checkout / "dist"


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release, built from a copy of the checkout."""
    return make_dist(
        Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("a") / "one", symlinks=True, ignore=NOT_SOURCES))
    )


def test_a_second_build_elsewhere_and_later_is_the_same(dist: Path, tmp_path: Path) -> None:
    # Given another copy, whose files are of today and for their owner alone
    copy = Path(shutil.copytree(ROOT, tmp_path / "elsewhere", symlinks=True, ignore=NOT_SOURCES))
    for path in copy.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.touch()
            path.chmod(path.stat().st_mode & 0o700)
    # When
    again = make_dist(copy)
    # Then
    assert digests(again) == digests(dist)


def test_it_holds_everything(dist: Path) -> None:
    names = {path.name for path in dist.iterdir()}
    assert names >= {
        f"keycloak_2fa-{__version__}-py3-none-any.whl",
        f"keycloak_2fa-{__version__}.tar.gz",
        "keycloak-2fa.cdx.json",
        "requirements.txt",
        "SHA256SUMS",
    }


def test_wheel_and_sdist_carry_the_jar(dist: Path) -> None:
    jar = (dist / JAR).read_bytes()
    with zipfile.ZipFile(dist / f"keycloak_2fa-{__version__}-py3-none-any.whl") as wheel:
        assert wheel.read(f"keycloak_2fa/{JAR}") == jar
    with tarfile.open(dist / f"keycloak_2fa-{__version__}.tar.gz") as sdist:
        packed = sdist.extractfile(f"keycloak_2fa-{__version__}/provisioning/keycloak_2fa/{JAR}")
        assert packed is not None
        assert packed.read() == jar


def test_without_maven_there_is_no_release(tmp_path: Path) -> None:
    # Given a checkout where the jar cannot be built, and one that was built before lies about
    copy = Path(shutil.copytree(ROOT, tmp_path / "checkout", symlinks=True, ignore=NOT_SOURCES))
    (copy / "provisioning" / "keycloak_2fa" / JAR).write_bytes(b"an old one")
    # When the command for Maven is another, that fails
    (tmp_path / "mvn").symlink_to(shutil.which("false") or "")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    # Then
    with pytest.raises(subprocess.CalledProcessError):
        make_dist(copy, PATH=path)
    assert not (copy / "dist").exists()


def test_the_bill_of_materials_names_every_pinned_package(dist: Path) -> None:
    bill = json.loads((dist / "keycloak-2fa.cdx.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["version"]) == ("CycloneDX", __version__)
    pinned = {line.split("==")[0] for line in (dist / "requirements.txt").read_text().splitlines() if "==" in line}
    assert {component["name"] for component in bill["components"]} == pinned


def test_every_pinned_package_has_a_hash(dist: Path) -> None:
    entries = (dist / "requirements.txt").read_text().replace("\\\n", " ").splitlines()
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_checksums_are_those_of_the_files(dist: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=dist, check=True)
