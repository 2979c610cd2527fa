"""Interviews: questions, answers as they were given, and the sittings in which they were."""
