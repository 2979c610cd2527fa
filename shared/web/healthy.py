"""`python -m shared.web.healthy ADDRESS` ends with 0 when the address answers 200: a container engine's health check.

It imports nothing of ours, since it is a process of its own each time.
"""

import sys
import urllib.request

if __name__ == "__main__":
    with urllib.request.urlopen(sys.argv[1], timeout=4) as answer:  # noqa: S310 -- an address from the compose file
        sys.exit(answer.status != 200)
