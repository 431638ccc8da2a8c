"""The REST doors of the platform: one lean, declarative style for every resource.

fields ← problems ← reading ← calls ← doors ← openapi ← pages. A door is a path and its operations; an operation names its scope, what it
reads, what it shows and the verb that does it. The same declarations parse, refuse, render and document (`/api/v1/openapi.json`).
"""
