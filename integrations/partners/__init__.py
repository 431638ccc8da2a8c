"""Partners: who may call the REST doors, with which key, and what was answered to them."""
