"""What others do with a plain write, measured beside ours in one run."""
