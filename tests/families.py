"""Which children of a process run a certain program, among those that come and go."""

import os

import psutil


def children(word: str, parent: int | None = None) -> list[psutil.Process]:
    """Return those, of ours or of `parent`, with `word` in their command line, at any depth."""
    family = psutil.Process(parent or os.getpid()).children(recursive=True)
    return [each for each in family if any(word in part for part in _command(each))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # or a zombie
        return []
