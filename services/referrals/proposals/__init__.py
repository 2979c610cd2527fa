"""What one directory steward proposes and another confirms: bodies of state in the directory, and stewards."""
