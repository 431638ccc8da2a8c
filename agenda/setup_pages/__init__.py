"""The owner's settings as declarations: which fields a kind of set-up row has on its form, in words; one form and one set of pages
(agenda/views/settings.py) serve them all. What may be saved is for the verbs of agenda/setup to say."""
