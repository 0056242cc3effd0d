"""What a process of this user's has used: CPU and memory, on Linux and on macOS; knows nothing of servers."""

import os
import pathlib
import resource
import subprocess
import sys
import time

# As the kernel's headers make it: the bits of a process id, turned over, above the mark of the scheduler's clock.
_SCHEDULED = 2


def of(pid: int) -> dict[str, float]:
    """Give the seconds of CPU that a process has used so far in all its threads, and its memory now in bytes.

    What its children use is theirs. Raises OSError where there is no such process.
    """
    return {"cpu": cpu(pid), "resident": resident(pid)}


def cpu(pid: int) -> float:
    """Give the seconds of CPU in all threads, in the finest steps that the system tells them in."""
    if sys.platform == "linux":
        try:
            return time.clock_gettime((~pid << 3) | _SCHEDULED)
        except OSError:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds(_ps(pid, "time"))


def resident(pid: int) -> int:
    """Give the memory in bytes."""
    if sys.platform == "linux":
        return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    return int(_ps(pid, "rss")) * 1024


def seconds(told: str) -> float:
    """Read a time as ``ps`` writes it: ``[DAYS-][HOURS:]MINUTES:SECONDS``, with hundredths on macOS."""
    days, _, rest = told.strip().rpartition("-")
    total = 0.0
    for part in rest.split(":"):
        total = 60 * total + float(part)
    return total + 86_400 * int(days or 0)


def _ps(pid: int, column: str) -> str:
    ran = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], stdout=subprocess.PIPE, text=True, check=False)
    if not ran.stdout.strip():
        raise ProcessLookupError(f"there is no process {pid}")
    return ran.stdout
