"""What stands before the pages: routes for signing in, headers, the language of the document, readiness."""
