"""Pages to print and pictures to keep: PDF, PNG and SVG."""
