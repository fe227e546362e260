"""The report of a result folder: tables in, one HTML file and its figures out."""
