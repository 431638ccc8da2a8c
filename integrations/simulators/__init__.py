"""Two play-acting platforms: each a process of its own, with its own store, that behaves as Doctolib or Maiia would.

No Django here: the simulators know the wire (docs of each platform's module) and nothing of MediDesk.
"""
