"""The real parts without Docker: Apache Kafka and PostgreSQL as processes of this machine, for tests and for trying."""
