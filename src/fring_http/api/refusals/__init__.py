"""What is answered in a result's place."""
