"""The league table of schemes: what each is worth, by solving again with it and without."""
