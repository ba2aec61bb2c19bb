"""The record of one run of `kc2fa enforce` on disk: whole or not at all, readable by its owner alone."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from keycloak_2fa import __version__, timestamps
from keycloak_2fa.api import caller
from keycloak_2fa.api.admin import AdminApi
from keycloak_2fa.documents import EnforcementDocument, EnforcementRecordDocument, ErrorDocument
from keycloak_2fa.errors import UnwritableOutputError
from keycloak_2fa.files import told_as_ours
from keycloak_2fa.people import export
from keycloak_2fa.reporting import configuration
from keycloak_2fa.verification.snapshot import Snapshot
from keycloak_2fa.warning_codes import WarningCode
from keycloak_2fa_cli import several
from keycloak_2fa_cli.answer import Answer, error_document
from keycloak_2fa_cli.command_line import command_line
from keycloak_2fa_cli.flags import Flags

if TYPE_CHECKING:
    from collections.abc import Callable

    from keycloak_2fa_cli.commands.enforce import Enforced


def recorded(flags: Flags, record: Path, run: "Callable[[AdminApi], Enforced]", api: AdminApi) -> Answer:
    """Do a run and write down what it changed.

    Args:
        flags: As given.
        record: The file as it was named; see `several.file_for`.
        run: Does it.
        api: The caller's connection.

    Returns:
        The run's answer. Where the file cannot be written in the end, the answer says so: the run is done.

    Raises:
        UsageError: There are several realms, and the name does not tell their files apart.
        UnwritableOutputError: The file cannot be written, as can be seen before the run; nothing was changed.
        Error: The run failed; there is no file.
    """
    path = several.file_for(record, api.settings.realm, flags, flag="--record")
    answer: Enforced | None = None
    try:
        with export.private_file(path) as file:
            began_at, who = timestamps.now(), caller.identify(api).username
            version = Snapshot(api).server.version
            answer = run(api)
            document = EnforcementRecordDocument(
                server_url=api.settings.server_url,
                keycloak_version=version,
                tool="keycloak-2fa",
                tool_version=__version__,
                caller=who,
                command=command_line(sys.argv),
                began_at=began_at,
                ended_at=timestamps.now(),
                before=configuration.of(answer.outcome.realm),
                after=configuration.of(answer.outcome.after),
                result=EnforcementDocument.model_validate(answer.data()),
                warnings=list(answer.warnings),
                error=ErrorDocument(**error_document(answer.error)) if answer.error else None,
            )
            with told_as_ours(path):
                # In ASCII: some names hold half a character, which UTF-8 has no bytes for.
                json.dump(document.as_json(), file, indent=2)
                file.write("\n")
    except UnwritableOutputError as error:
        if answer is None:
            raise
        said = f"The run is done, but its record is not written: {error.message}"
        return replace(
            answer,
            warnings=[*answer.warnings, WarningCode.RECORD_NOT_WRITTEN.says(said)],
            error=answer.error or UnwritableOutputError(said, error.hint),
        )
    return answer
