"""What is sent to PostgreSQL: tables, rows, and statements."""
