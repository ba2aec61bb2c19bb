"""Where the embedded Keycloak's files come from, and each thing that can go wrong on the way."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from embedded_keycloak import errors
from embedded_keycloak.artifact import Mirror, OfficialDownload, default_sources
from embedded_keycloak.distribution import VERSION, archive, home_version
from embedded_keycloak.ports import free_ports
from embedded_keycloak.unpack import copy_home, link_copy, unpack

NEVER_RELEASED = "0.0.1"
ZIP_PATH = "/org/keycloak/keycloak-quarkus-dist/{0}/keycloak-quarkus-dist-{0}.zip"


class Site:
    """A web site on this machine: a path and what is there."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.cut_short = False
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                body = site.pages.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write((body or b"")[: 5 if site.cut_short else None])

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def publish(self, version: str, body: bytes, checksum: str | None = "right", algorithm: str = "sha256") -> None:
        path = ZIP_PATH.format(version)
        self.pages[path] = body
        if checksum == "right":
            checksum = hashlib.new(algorithm, body).hexdigest()
        if checksum is not None:
            self.pages[f"{path}.{algorithm}"] = checksum.encode()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    (tmp_path / "cache" / "scratch").mkdir(parents=True)
    return tmp_path / "cache"


@pytest.fixture
def scratch(cache: Path) -> Path:
    return cache / "scratch"


def zip_of(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return out.getvalue()


# --- fetching


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_what_matches_its_published_checksum_is_kept(site: Site, cache: Path, scratch: Path, algorithm: str) -> None:
    site.publish(NEVER_RELEASED, b"a keycloak", algorithm=algorithm)

    path = archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url)], space_needed=0)

    assert path.read_bytes() == b"a keycloak"
    assert path.parent == cache


def test_it_is_fetched_once(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(NEVER_RELEASED, b"a keycloak")
    first = archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url)], space_needed=0)

    again = archive(NEVER_RELEASED, cache, scratch, sources=[])

    assert again == first


def test_the_reader_is_told_before_the_long_wait(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(NEVER_RELEASED, b"a keycloak")
    told: list[str] = []

    archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url)], on_step=told.append, space_needed=0)

    [sentence] = told
    assert all(what in sentence for what in ("Keycloak 0.0.1", "170 MB", str(cache)))


def test_what_does_not_match_its_checksum_stops_everything(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(NEVER_RELEASED, b"another keycloak", checksum="0" * 64)
    other = Mirror(f"{site.url}/other")

    with pytest.raises(errors.ChecksumMismatchError):
        archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url), other], space_needed=0)

    assert not [path for path in site.asked if path.startswith("/other")]
    assert [path for path in cache.iterdir() if path != scratch] == []


def test_a_mirror_cannot_publish_its_own_checksum_for_the_pinned_version(
    site: Site, cache: Path, scratch: Path
) -> None:
    site.publish(VERSION, b"a keycloak with something added", checksum="right")

    with pytest.raises(errors.ChecksumMismatchError):
        archive(VERSION, cache, scratch, sources=[Mirror(site.url)], space_needed=0)


def test_a_file_in_the_cache_that_was_changed_is_refused(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(NEVER_RELEASED, b"a keycloak")
    archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url)], space_needed=0).write_bytes(b"changed")

    with pytest.raises(errors.ChecksumMismatchError):
        archive(NEVER_RELEASED, cache, scratch, sources=[])


def test_a_version_that_a_mirror_lacks_is_asked_for_at_the_next(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(NEVER_RELEASED, b"a keycloak")
    lacking = Mirror(f"{site.url}/lacking")

    path = archive(NEVER_RELEASED, cache, scratch, sources=[lacking, Mirror(site.url)], space_needed=0)

    assert path.read_bytes() == b"a keycloak"


def test_a_version_that_nobody_has_is_an_error_that_says_who_was_asked(site: Site, cache: Path, scratch: Path) -> None:
    with pytest.raises(errors.DownloadFailedError) as raised:
        archive(VERSION, cache, scratch, sources=[Mirror(site.url)], space_needed=0)

    assert f"{site.url}: HTTP 404" in raised.value.message
    assert "KC2FA_KEYCLOAK_DIST_URL" in raised.value.hint


def test_a_mirror_that_is_down_is_an_error_that_says_so(cache: Path, scratch: Path) -> None:
    down = Mirror(f"http://127.0.0.1:{free_ports(1)[0]}")

    with pytest.raises(errors.DownloadFailedError, match="Connection refused"):
        archive(NEVER_RELEASED, cache, scratch, sources=[down], space_needed=0)


def test_a_file_without_a_checksum_is_not_taken(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(NEVER_RELEASED, b"a keycloak", checksum=None)

    with pytest.raises(errors.DownloadFailedError, match="no checksum"):
        archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url)], space_needed=0)


def test_a_file_that_is_cut_short_is_not_taken(site: Site, cache: Path, scratch: Path) -> None:
    site.publish(VERSION, b"a keycloak")
    site.cut_short = True

    with pytest.raises(errors.DownloadFailedError, match="5 bytes read"):
        archive(VERSION, cache, scratch, sources=[Mirror(site.url)], space_needed=0)


def test_the_password_in_a_mirrors_url_is_not_shown(cache: Path, scratch: Path) -> None:
    down = Mirror(f"http://me:s3cret@127.0.0.1:{free_ports(1)[0]}")

    with pytest.raises(errors.DownloadFailedError) as raised:
        archive(NEVER_RELEASED, cache, scratch, sources=[down], space_needed=0)

    assert "s3cret" not in raised.value.message


def test_a_disk_that_is_too_full_is_an_error_before_anything_is_fetched(site: Site, cache: Path, scratch: Path) -> None:
    with pytest.raises(errors.NoSpaceError):
        archive(NEVER_RELEASED, cache, scratch, sources=[Mirror(site.url)], space_needed=1 << 60)

    assert site.asked == []


def test_a_disk_that_becomes_full_on_the_way_is_an_error_of_ours(tmp_path: Path) -> None:
    from embedded_keycloak.space import disk_errors

    with pytest.raises(errors.NoSpaceError), disk_errors(tmp_path):
        Path("/dev/full").write_text("more than fits")


def test_the_users_mirror_is_asked_first_and_the_official_download_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KC2FA_KEYCLOAK_DIST_URL", "http://mirror.example")

    sources = default_sources()

    assert sources[0] == Mirror("http://mirror.example")
    assert sources[-1] == OfficialDownload()


# --- unpacking


def test_an_archive_unpacks_with_its_executable_bits(tmp_path: Path) -> None:
    packed = tmp_path / "keycloak.zip"
    script = zipfile.ZipInfo("keycloak/bin/kc.sh")
    script.external_attr = 0o755 << 16
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(script, "#!/bin/sh")

    home = unpack(packed, tmp_path / "unpacked")

    assert (home / "bin" / "kc.sh").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("entry", ["../outside", "keycloak/../../outside", "/tmp/outside-of-kc2fa"])
def test_an_archive_with_an_entry_that_leaves_it_is_refused(tmp_path: Path, entry: str) -> None:
    packed = tmp_path / "keycloak.zip"
    packed.write_bytes(zip_of(**{"keycloak/inside": "", entry: ""}))

    with pytest.raises(errors.BadDistributionError, match=re.escape(entry)):
        unpack(packed, tmp_path / "below" / "unpacked")

    assert not (tmp_path / "below" / "outside").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "keycloak.zip"
    packed.write_bytes(b"<html>log in first</html>")

    with pytest.raises(errors.BadDistributionError, match=r"keycloak\.zip"):
        unpack(packed, tmp_path / "unpacked")


# --- a Keycloak of the user's own


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    files = {
        "version.txt": "Keycloak - Version 26.7.3",
        "bin/kc.sh": "",
        "conf/keycloak.conf": "db-url=jdbc:postgresql://production/keycloak",
        "conf/cache-ispn.xml": "",
        "data/h2/keycloakdb.mv.db": "people",
        "lib/lib/main.jar": "",
        "lib/quarkus/generated-bytecode.jar": "",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    return home


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_home_says_its_version(home: Path) -> None:
    assert home_version(home) == "26.7.3"


def test_a_folder_that_is_no_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.BadDistributionError, match=r"version\.txt"):
        home_version(tmp_path)


def test_a_homes_own_database_is_neither_copied_nor_pointed_at(home: Path, tmp_path: Path) -> None:
    copy_home(home, tmp_path / "copy")

    assert names(home) - names(tmp_path / "copy") == {"conf/keycloak.conf", "data/h2/keycloakdb.mv.db"}


def test_a_copy_shares_only_what_no_keycloak_writes_to(home: Path, tmp_path: Path) -> None:
    link_copy(home, tmp_path / "copy")

    shared = {name for name in names(home) if (home / name).samefile(tmp_path / "copy" / name)}
    assert names(tmp_path / "copy") == names(home)
    assert shared == {"lib/lib/main.jar"}
