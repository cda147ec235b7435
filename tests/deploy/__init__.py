"""What is in `deploy/`, looked at by `make test` and tried in earnest by `make deploy`."""
