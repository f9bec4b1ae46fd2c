"""A plan's papers: Word, PDF and a workbook of tables, rendered from what the report says."""
