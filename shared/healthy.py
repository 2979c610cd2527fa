"""`python -m shared.healthy ADDRESS`: ends with 0 when it answers 200. What a container engine asks every few seconds.

The surprise: it imports nothing of ours, since it is a process of its own each time.
"""

import sys
import urllib.request

if __name__ == "__main__":
    with urllib.request.urlopen(sys.argv[1], timeout=4) as answer:  # noqa: S310 -- an address from the compose file
        sys.exit(answer.status != 200)
