"""Lock the Python versions again, for every Python from 3.11 on, without any registry's address."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requirements"

for name in ("base", "dev", "node", "bench"):
    subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "make lock", "--quiet",
            str(FOLDER / f"{name}.in"), "-o", str(FOLDER / f"{name}.lock"), *sys.argv[1:],
        ],
        check=True,
    )  # fmt: skip
