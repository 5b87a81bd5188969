"""Over a real Kafka and a real PostgreSQL, each service a process: `make test-kafka`."""
