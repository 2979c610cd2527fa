"""Guards of the promise, broken one at a time in a copy of the project: each must turn a test red."""
