"""A file that appears whole or not at all."""

import os
import re
import stat
from pathlib import Path

import pytest

from keycloak_2fa.errors import UnwritableOutputError
from keycloak_2fa.files import whole_file


def test_what_was_there_is_replaced_with_the_mode_given(tmp_path: Path) -> None:
    path = tmp_path / "figures"
    path.write_bytes(b"old")
    with whole_file(path, 0o644) as file:
        file.write(b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o644)


def test_what_was_there_stays_where_something_goes_wrong(tmp_path: Path) -> None:
    path = tmp_path / "figures"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        _write_half(path)
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"old", ["figures"])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_not_a_file_is_not_replaced(tmp_path: Path, make: object) -> None:
    path = tmp_path / "there"
    assert callable(make)
    make(path)
    before = path.stat().st_mode
    with pytest.raises(UnwritableOutputError, match=re.escape(str(path))), whole_file(path, 0o644):
        pytest.fail("it may not be written")
    assert (path.stat().st_mode, [each.name for each in tmp_path.iterdir()]) == (before, ["there"])


def test_nor_is_what_a_link_leads_to(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    with pytest.raises(UnwritableOutputError, match=re.escape(str(link))), whole_file(link, 0o644):
        pytest.fail("it may not be written")
    assert link.is_symlink()


def _write_half(path: Path) -> None:
    with whole_file(path, 0o644) as file:
        file.write(b"new")
        raise RuntimeError
