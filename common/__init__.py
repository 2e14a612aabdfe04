"""The shared package: everything that more than one replication needs."""
