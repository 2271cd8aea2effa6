module kafka-lab/schema-registry

go 1.25
