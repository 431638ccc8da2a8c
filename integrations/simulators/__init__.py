"""Play-acting platforms: each a process of its own, with its own store, that behaves as one of them would.

No Django here: the simulators know the wire (docs of each platform's module) and nothing of MediDesk.
"""
