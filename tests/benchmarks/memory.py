"""Memory of a process as the kernel counts it (Linux)."""

from pathlib import Path


def status_mib(name: str, pid: int | str = "self") -> float:
    """Return a line of a process's status in MiB, such as VmRSS or its peak VmHWM.

    Unlike getrusage, the peak begins anew with each program: a child has none of its parent's.
    """
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
