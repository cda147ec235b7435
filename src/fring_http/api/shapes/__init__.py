"""What operations take and answer, as data: for reading, and for the document."""
