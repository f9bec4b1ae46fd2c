"""A case as one Excel workbook: the template, the guard at the door, the marked-up copy."""
