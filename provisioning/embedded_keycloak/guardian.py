"""Ends a server and removes its folder when the process that asked for them ends, in whatever way.

Run as a program of its own, in a session of its own, so that neither Ctrl-C nor `kill -9` of the parent
reaches it. Its standard input is a pipe from the parent: a line is a request, its end is the parent's end.
Closing the pipe is therefore also the normal way to stop; there is one path for all endings.

Standard library only and no import from this package: it is started by its file's path, isolated from the
environment, which is fast and does not care how the package is installed.
"""

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any

PREFIX = "run-"
"""What the names of guarded folders begin with."""

GRACE_S = 30.0
"""Seconds that a server has for a clean shutdown before it is killed."""

_TURN_S = 0.5
_REAPED_S = 5.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Guardian:
    """One folder, and at most one running process in it with all that it started.

    Args:
        cache: Folder in which to make the guarded one. What dead guardians left there is removed first.
    """

    def __init__(self, cache: Path) -> None:
        self._parent = os.getppid()
        self._told_to_end = False
        self._process: subprocess.Popen[bytes] | None = None
        for number in _SIGNALS:
            signal.signal(number, self._end_soon)
        self.folder = self._claim(cache)

    def serve(self) -> None:
        """Answer requests until the parent has ended or a signal said so."""
        _reply(folder=str(self.folder))
        while not self._told_to_end and os.getppid() == self._parent:
            # Looking at the parent too: a fork of the parent may hold the pipe open for longer than it lives.
            if not select.select([sys.stdin], [], [], _TURN_S)[0]:
                continue
            line = sys.stdin.readline()
            if not line:
                return
            request = json.loads(line)
            if request == {"do": "end"}:
                return
            if request == {"do": "stay"}:
                self._stay()
                return
            self._answer(request)

    def _stay(self) -> None:
        """Outlive the parent: until a signal says so, or the process ends by itself."""
        _reply(pid=os.getpid())
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            # A reader of the parent's output must not wait for ours.
            os.dup2(nowhere, stream.fileno())
        while not self._told_to_end and self._process and self._process.poll() is None:
            time.sleep(_TURN_S)

    def end(self) -> None:
        """Stop the process and remove the folder."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # this is the ending already
        self._stop(GRACE_S)
        _remove(self.folder)

    def _claim(self, cache: Path) -> Path:
        with (cache / "guardian.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # nobody may sweep a folder that is made but not locked yet
            for folder in cache.glob(f"{PREFIX}*/"):
                if _is_left_over(folder):
                    _remove(folder)
            mine = Path(tempfile.mkdtemp(prefix=PREFIX, dir=cache))
            # Locked as long as this process lives: the descriptor is never closed and no child inherits it.
            fcntl.flock(os.open(mine, os.O_RDONLY), fcntl.LOCK_EX)
        return mine

    def _answer(self, request: dict[str, Any]) -> None:
        match request:
            case {"do": "run", "argv": argv, "env": env, "log": log}:
                self._run(argv, env, log)
            case {"do": "poll"}:
                _reply(exit=self._process and self._process.poll())
            case {"do": "stop", "grace": grace}:
                _reply(exit=self._stop(grace))
            case _:
                raise ValueError(request)

    def _run(self, argv: list[str], env: dict[str, str], log: str) -> None:
        try:
            with Path(log).open("ab") as out:
                self._process = subprocess.Popen(
                    argv,
                    env=env,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            _reply(error=error.strerror, errno=error.errno)
        else:
            _reply(pid=self._process.pid)

    def _stop(self, grace: float) -> int | None:
        if self._process is None:
            return None
        group = self._process.pid
        if grace > 0 and self._process.poll() is None:
            os.killpg(group, signal.SIGTERM)
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                sys.stderr.write(f"The embedded server did not stop in {grace:.0f} s and is killed.\n")
        _kill(group)
        code = self._process.wait()
        self._process = None
        # The leader's children hold the ports and the files until they are gone too. Bounded, because in a
        # container whose first process reaps nobody they stay as zombies, which hold nothing.
        end = time.monotonic() + _REAPED_S
        while _kill(group) and time.monotonic() < end:
            time.sleep(0.02)
        return code

    def _end_soon(self, _number: int, _frame: FrameType | None) -> None:
        self._told_to_end = True


def _kill(group: int) -> bool:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False  # nobody is left; of zombies alone macOS says "not permitted"
    return True


def _reply(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _is_left_over(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return False  # its own guardian was faster
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def _remove(folder: Path) -> None:
    for _ in range(10):  # a process that was just killed may still finish one last write
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.2)
    shutil.rmtree(folder)  # says why


def main() -> None:
    """Guard one folder in the cache that the command line names, until the parent ends."""
    try:
        guardian = Guardian(Path(sys.argv[1]))
    except OSError as error:
        _reply(error=error.strerror, errno=error.errno)
        return
    try:
        guardian.serve()
    except BrokenPipeError:
        # The parent ended while it was answered; what is still buffered would fail again at our exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        guardian.end()


if __name__ == "__main__":
    main()
