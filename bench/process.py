"""A process of this machine, as Linux shows it."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SCHEDULED = 2
"""The kind of a process's clock that counts to the nanosecond (CPUCLOCK_SCHED); /proc counts hundredths of a second."""


def java_of(group: int) -> int:
    """The process of Java in a process group."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, fields = stat.read_text().partition("(")[2].rsplit(")", 1)
            if name == "java" and int(fields.split()[2]) == group:
                return int(stat.parent.name)
    raise ProcessLookupError(group)


@dataclass(frozen=True)
class Process:
    """A process that may end at any moment."""

    pid: int

    def resident_mb(self) -> float:
        """What it holds; 0 once it has ended."""
        return self._status_kb("VmRSS") / 1024

    def peak_mb(self) -> float:
        """The most that it held, by the kernel's own count, since its exec or `forget_peak`; 0 once it has ended."""
        return self._status_kb("VmHWM") / 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def cpu_s(self) -> float:
        """By the clock that Linux has for it, as clock_getcpuclockid(3) names it."""
        return time.clock_gettime(~self.pid << 3 | _SCHEDULED)

    def _status_kb(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
