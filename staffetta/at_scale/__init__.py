"""The same four services as processes of their own, over Kafka and PostgreSQL."""
