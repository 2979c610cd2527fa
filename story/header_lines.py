"""Finds the line of `story.toml` that a path leads to: TOML readers give values and forget where they stood."""


def line_of(text: str, path: list[str]) -> int:
    """Where a path of the header stands: its table (the n-th of an array), then its key, as far as they are there."""
    lines = text.splitlines()
    nth = int(path[1]) if len(path) > 1 and path[1].isdigit() else 0
    tables = [number for number, line in enumerate(lines, 1) if line.strip().strip("[]").split(".")[0] == path[0]]
    start = tables[min(nth, len(tables) - 1)] if tables else 1
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("["):
            break
        if line.split("=")[0].strip().strip('"') == path[-1]:
            return number
    return start
