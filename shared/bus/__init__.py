"""How an event travels: journal, relay, one topic, consumer. The same code over the embedded log and over Kafka."""
