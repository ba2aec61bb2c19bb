"""A process of this machine, as Linux shows it."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


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
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status_kb(self, name: str) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
