/** What Kafka's own tools take in a node's container to reach the others: it lies beside the node's certificate. */
export const TOOL_PROPERTIES_FILE = '/etc/kafka/tls/client.properties';
/** A tool would take as much memory as the node itself otherwise. */
export const TOOL_HEAP = 'KAFKA_HEAP_OPTS=-Xmx256m';
