import json
import platform
import subprocess
import sys

COUNT_FAULTS = """
import json, resource, sys
import numpy as np
from sv_bridge.memory import keep_freed_memory
taken = sys.argv[1] == "keep" and keep_freed_memory()
np.ones(4_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(4_000_000)
print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before]))
"""


def faults(advice):
    command = [sys.executable, "-c", COUNT_FAULTS, advice]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_freed_memory_is_used_again():
    """Twenty arrays of 32 MB: each is mapped anew, page by page, or takes the place of the one before."""
    (taken, kept), (_, left) = faults("keep"), faults("leave")
    assert taken == (platform.libc_ver()[0] == "glibc")
    assert kept < left / 10 or not taken
