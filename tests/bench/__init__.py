"""`make bench`: the composed stack against nginx static and its peers, in one run on one machine."""
