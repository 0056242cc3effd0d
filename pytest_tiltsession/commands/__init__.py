"""The commands of ``tiltsession`` that are more than a few lines, one module each; knows no pytest."""
