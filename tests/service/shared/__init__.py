"""The foundation over a real store and a real log."""
