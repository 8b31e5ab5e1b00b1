"""Files of rows, read and written, whatever they are about."""
