"""What plans are worth against one another: many runs of a case, each verified, money and children never added up."""
