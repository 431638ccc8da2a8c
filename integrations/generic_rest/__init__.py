"""One connector for platforms whose wire can be described: ClickDoc, Docorga, Medoucine."""
