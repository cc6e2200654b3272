"""JAX starts threads when it is imported, and a process that has them must not be forked, as other tests do."""

import re
import subprocess
import sys
from pathlib import Path


def test_arrays_of_jax():
    file = Path(__file__).with_name("jax_arrays.py")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert re.search("^3 passed", done.stdout, re.MULTILINE)
