"""A web part without its settings does not start."""

import os
import subprocess
import sys
from pathlib import Path

from core.config import ROOT
from tests.serving import free_port


def test_it_does_not_start_where_streamlit_cannot_find_its_settings(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "uvicorn", "Home:app", "--app-dir", str(ROOT)]

    ended = subprocess.run(
        [*command, "--port", str(free_port())],
        cwd=tmp_path,
        env={**os.environ, "LOUPE_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode != 0
    assert "start Loupe in its own folder" in ended.stderr
