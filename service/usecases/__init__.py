"""One file for each thing the product can do; each a few numbered steps, writes in one transaction."""
