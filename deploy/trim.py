"""Takes away from a system whatever a Python service does not need: shells, programs, package managers, other rights.

`python trim.py ROOT` runs while the image is built, as its last step. Of programs Python alone stays; what it loads
(the C library, certificates, time zones) is no program. It ends with 1, and so the build does, where anything is left.
"""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "usr/libexec", "usr/games")
"""Where programs lie. On a merged system some lead to others."""
STAYS = "python"
TREES = (
    "etc/alternatives",
    "etc/apt",
    "usr/include",
    "usr/lib/apt",
    "usr/lib/dpkg",
    "usr/lib/*/perl*",
    "usr/local/include",
    "usr/local/lib/python3*/config-*",
    "usr/local/lib/python3*/ensurepip",
    "usr/local/lib/python3*/idlelib",
    "usr/local/lib/python3*/site-packages/*",
    "usr/local/lib/python3*/tkinter",
    "usr/local/lib/python3*/turtledemo",
    "usr/share/bash-completion",
    "usr/share/man",
    "usr/share/perl*",
    "usr/src",
    "var/cache/*",
    "var/lib/apt",
    "var/lib/dpkg/info",
)
"""What belongs to programs that are gone. The list of packages stays, since scanners of images read it."""
TOOLS = frozenset(
    {
        *("sh", "bash", "dash", "ash", "busybox", "zsh", "ksh", "perl", "apt", "apt-get", "dpkg", "pip", "pip3", "uv"),
        *("gcc", "cc", "c++", "g++", "clang", "ld", "as", "make", "curl", "wget", "nc", "ssh", "su", "sudo", "mount"),
    }
)
OTHER_RIGHTS = stat.S_ISUID | stat.S_ISGID
EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


def trim(root: Path) -> None:
    """Take it away."""
    for folder in {(root / name).resolve() for name in PROGRAMS if (root / name).is_dir()}:
        for path in folder.iterdir():
            if not path.name.startswith(STAYS):
                _remove(path)
    for path in [path for pattern in TREES for path in root.glob(pattern)]:
        _remove(path)
    for path in _files(root):
        mode = path.lstat().st_mode
        if mode & OTHER_RIGHTS:
            path.chmod(stat.S_IMODE(mode) & ~OTHER_RIGHTS)


def left(root: Path) -> list[str]:
    """What a service does not need and is still there: a tool by its name, or a file that gives other rights."""
    found = []
    for path in _files(root):
        mode = path.lstat().st_mode
        tool = bool(mode & EXECUTABLE) and (path.name in TOOLS or path.name.startswith("pip"))
        if tool or mode & OTHER_RIGHTS:
            found.append(str(path.relative_to(root)))
    return sorted(found)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _files(root: Path) -> Iterator[Path]:
    """Every file of the system itself: not those of the kernel, and links not followed."""
    for folder, folders, files in os.walk(root):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name not in {"proc", "sys", "dev"}]
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                yield path


def main() -> None:
    """Trim the system that is named, and this file with it."""
    root = Path(sys.argv[1])
    trim(root)
    if found := left(root):
        sys.exit(f"These are still there: {', '.join(found)}")
    Path(__file__).unlink()


if __name__ == "__main__":
    main()
