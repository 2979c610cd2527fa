"""What one side promises another, whatever stands behind it."""
