# shellcheck shell=bash disable=SC2034
# What the lab serves, in one place.

DEBIAN_SUITE=bookworm
COMPOSE_VERSION=v5.5.1
GO_MINIMUM=1.26.3 # Compose asks for it
KAFKA_PYTHON_VERSION=3.0.12
# What kafka-python reads compressed topics with.
PYTHON_CODECS=(lz4==4.4.5 python-snappy==0.7.3 cramjam==2.11.0 zstandard==0.25.0)
APICURIO_VERSION=3.0.9

# Confluent's tag, the Apache Kafka it is made of, and the images of that tag.
STACKS=(
  "7.9.2 3.9.2 cp-zookeeper cp-kafka cp-schema-registry"
  "8.1.1 4.1.1 cp-kafka cp-schema-registry"
)
