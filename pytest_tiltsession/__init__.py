"""A fake Tilt Session API server for tests: the public names, imported when first used."""
