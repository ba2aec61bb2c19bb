"""The folder for an auditor: the report, what verify and prove say, exemptions, the policy, and a page about them."""

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.errors import Error, UsageError
from keycloak_2fa.files import told_as_ours
from keycloak_2fa.login.prove import prove
from keycloak_2fa.people import export
from keycloak_2fa_cli.answer import error_document
from keycloak_2fa_cli.commands.prove import document
from keycloak_2fa_cli.commands.report.file import write_file
from keycloak_2fa_cli.commands.report.formats import FORMATS, Header
from keycloak_2fa_cli.commands.report.rows import Rows

_SUMS = "SHA256SUMS"


def begin_evidence(folder: Path) -> Path:
    """Make the folder, for its owner alone.

    Returns:
        The path of the report in it.

    Raises:
        UsageError: There is something in it already.
        UnwritableOutputError: It cannot be made.
    """
    with told_as_ours(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if next(folder.iterdir(), None):
            raise UsageError(f"{folder} is not empty.", "Name a new folder: evidence is not overwritten.")
    return folder / "report.json"


def write_evidence(folder: Path, api: AdminApi, header: Header, rows: Rows) -> None:
    """Write the files. A proof that cannot be made is told in its file.

    Raises:
        UnwritableOutputError: A file cannot be written.
    """
    for ending in FORMATS:
        write_file(folder / f"report{ending}", header, rows)
    proof = _proof(api)
    _json(folder / "verify.json", header["verification"])
    _json(folder / "prove.json", proof)
    _json(folder / "exemptions.json", {"exemptions": header["exemptions"]})
    _json(folder / "policy.json", header["configuration"])
    _page(folder / "index.html", header, proof)
    _sums(folder)


def _proof(api: AdminApi) -> Mapping[str, Any]:
    try:
        return document(prove(api)).as_json()
    except Error as error:
        return {"realm": api.settings.realm, "holds": None, "error": error_document(error)}


def _json(path: Path, content: Any) -> None:
    with export.private_file(path) as text, told_as_ours(path):
        json.dump(content, text, ensure_ascii=False, indent=2)
        text.write("\n")


def _page(path: Path, header: Header, proof: Mapping[str, Any]) -> None:
    import jinja2

    source = resources.files(__package__).joinpath("evidence.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    with export.private_file(path) as text, told_as_ours(path):
        text.write(environment.from_string(source).render(header=header, proof=proof))


def _sums(folder: Path) -> None:
    """As `sha256sum --check` reads them."""
    with export.private_file(folder / _SUMS) as text, told_as_ours(folder):
        for each in sorted(path for path in folder.iterdir() if path.name != _SUMS and not path.name.startswith(".")):
            with each.open("rb") as content:
                text.write(f"{hashlib.file_digest(content, 'sha256').hexdigest()}  {each.name}\n")
