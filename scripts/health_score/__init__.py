"""Customer health scores on the command line: the package behind ./health."""
