"""The labels of codes in further languages; the English one stands beside each code."""
