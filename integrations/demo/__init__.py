"""The demo: two believable cabinets, made with the same verbs as everybody's. Names and numbers are invented."""
