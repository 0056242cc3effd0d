"""A real Tilt, watched and read: the only network client of the package; knows no pytest and no fake."""
