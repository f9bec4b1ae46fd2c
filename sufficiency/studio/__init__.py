"""The what-if page: a case's scenarios edited in a browser on the same machine, and solved as they are edited.

``edits`` turns what is done on the page into a scenario, ``engine`` solves it on a thread of its own, ``answers`` says
what came of it, ``session`` holds it all together, and ``server`` lets one browser in.
"""
