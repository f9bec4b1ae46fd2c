"""From the files a council really has to the tables of a case."""
