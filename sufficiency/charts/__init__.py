"""Charts as SVG: our own, for screen, print and document alike."""
