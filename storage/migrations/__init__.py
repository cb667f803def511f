"""How the tables came to be, step by step. Run by `storage.setup.migrate`, never by hand."""
