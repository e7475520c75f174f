"""The component's script: its modules, joined into the one text that Streamlit takes."""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.\.?/[\w./]+\.js)"\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def joined(entry: Path) -> str:
    """`entry` and all that it imports as one module, what is imported first.

    Streamlit loads a component's script from a blob, where relative imports lead nowhere, and
    would need a package of its own to serve it as files. So the files are true modules, for
    editors, readers and node; here their imports and exports go and they share one scope. Two
    of the same name in it are a SyntaxError in the browser, so that mistake is loud.
    """
    seen: set[Path] = set()
    parts: list[str] = []

    def add(path: Path) -> None:
        if path in seen:
            return
        seen.add(path)
        text = path.read_text()
        for name in _IMPORT.findall(text):
            add((path.parent / name).resolve())
        parts.append(_EXPORT.sub("", _IMPORT.sub("", text)))

    add(entry.resolve())
    return "\n".join(parts)
