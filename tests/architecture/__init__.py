"""What holds for every file: shape, sizes, imports, words, decision records."""
