"""A folder and a process in it that never outlive us: our end of the pipe to their guardian."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from embedded_keycloak import guardian
from embedded_keycloak.errors import EmbeddedKeycloakError, StartFailedError
from embedded_keycloak.space import disk_errors


class Workspace:
    """A folder of our own in the cache, with at most one process running in it.

    Both end with this object's `close`, and also when this process ends without it, `kill -9` included.

    Args:
        cache: Folder that exists, in which to make the new one.

    Raises:
        NoSpaceError: the disk is full.
        EmbeddedKeycloakError: the folder cannot be made for another reason.
    """

    path: Path

    def __init__(self, cache: Path) -> None:
        self._turn = threading.Lock()
        self._pid: int | None = None
        # Python makes the pipe's ends close-on-exec, so no other child of ours can hold it open.
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", "-S", guardian.__file__, str(cache.resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=cache,
            text=True,
            start_new_session=True,
        )
        try:
            with disk_errors(cache):
                self.path = Path(_checked(self._read())["folder"])
        except BaseException:
            self.close()
            raise

    def run(self, argv: Sequence[str | os.PathLike[str]], env: Mapping[str, str], log: Path) -> int:
        """Start a program as the leader of a process group; its output is appended to the log.

        Returns:
            Its process id, which is also its group's.

        Raises:
            StartFailedError: the system refused to run it.
        """
        try:
            answer = self._ask(do="run", argv=[os.fspath(a) for a in argv], env=dict(env), log=str(log))
        except OSError as error:
            raise StartFailedError(
                f"The embedded Keycloak cannot be run: {error}.",
                "Let the cache's disk allow programs to be executed, or set KC2FA_CACHE to another folder.",
            ) from error
        self._pid = int(answer["pid"])
        return self._pid

    def poll(self) -> int | None:
        """The process's exit code; None while it runs."""
        code: int | None = self._ask(do="poll")["exit"]
        return code

    def wait(self, timeout: float) -> int | None:
        """Like `poll`, but give the process up to `timeout` seconds to end by itself."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None and time.monotonic() < end:
            time.sleep(0.1)
        return code

    def stop(self, grace: float = guardian.GRACE_S) -> None:
        """Stop the process and all that it started, and wait until they ended.

        Args:
            grace: Seconds for a clean shutdown before SIGKILL; 0 kills at once.
        """
        self._ask(do="stop", grace=grace)
        self._pid = None

    def leave(self) -> int:
        """Let the process and the folder outlive us.

        Returns:
            The guardian's process id: SIGTERM to it stops the process and removes the folder.
        """
        return int(self._ask(do="stay")["pid"])

    def close(self) -> None:
        """Stop the process, remove the folder, and wait until both is done."""
        if self._guardian.stdin and not self._guardian.stdin.closed:
            # Said as well as meant by closing: a fork of ours may hold the pipe open.
            with suppress(BrokenPipeError):
                self._guardian.stdin.write('{"do": "end"}\n')
        for pipe in (self._guardian.stdin, self._guardian.stdout):
            if pipe:
                with suppress(BrokenPipeError):  # a request that the guardian did not live to read
                    pipe.close()
        if self._guardian.wait() != 0:
            self._clean_up_without_guardian()

    def _clean_up_without_guardian(self) -> None:
        if self._pid is not None:
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(self._pid, signal.SIGKILL)
            self._pid = None
        if hasattr(self, "path"):
            shutil.rmtree(self.path, ignore_errors=True)  # else the next guardian sweeps it

    def _ask(self, **request: Any) -> dict[str, Any]:
        with self._turn:
            try:
                if self._guardian.stdin is None or self._guardian.stdin.closed:
                    raise _ended()
                self._guardian.stdin.write(json.dumps(request) + "\n")
                self._guardian.stdin.flush()
                return _checked(self._read())
            except BrokenPipeError:
                raise _ended() from None
            except KeyboardInterrupt:
                self.close()  # the answer that was not read would be taken for the next one's
                raise

    def _read(self) -> dict[str, Any]:
        line = self._guardian.stdout.readline() if self._guardian.stdout else ""
        if not line:
            raise _ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    if "errno" in answer:
        raise OSError(answer["errno"], answer["error"])
    return answer


def _ended() -> EmbeddedKeycloakError:
    return EmbeddedKeycloakError(
        "The process that guards the embedded Keycloak has ended.",
        "Run the command again; if that does not help, check that the cache folder can be written.",
    )
