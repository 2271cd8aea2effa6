/**
 * Where a machine keeps the proxy that its downloads go through: lines that both a shell and systemd read. It may hold a password, so
 * that only root and the user of the action read it.
 */
export const PROXY_FILE = '/etc/kafka-al2023/proxy.env';

/** Part of a command's program: takes over what the file says. */
export const USE_PROXY_FILE = `if [ -r ${PROXY_FILE} ]; then set -a; . ${PROXY_FILE}; set +a; fi`;
