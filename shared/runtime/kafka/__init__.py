"""The outbox over Kafka: a relay that sends its rows, and consumers that receive them."""
