"""Webhooks: what is sent to those who want to be told, and who sends it."""
