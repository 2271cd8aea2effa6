# shellcheck shell=bash
# A machine in a closed network: no names, no way out but the depot's proxy.

# As lab/depot/tinyproxy.conf has it.
PROXY_CREDENTIALS=kafka-lab:not-a-secret-of-anybody
PROXY_PORT=3128

# closed NAME: prints the address of the proxy. Connections that come in, such as SSH's, are answered as before.
command_closed() {
  local name=${1:-machine}
  require_up "$name"
  # The machine itself is told at once, as it is of a name; its containers are in the table that Docker leaves alone.
  docker exec "$(container_of "$name")" sh -euc '
    [ -e /root/hosts.open ] || cp /etc/hosts /root/hosts.open
    sed "/^$0[[:space:]]/d" /root/hosts.open >/etc/hosts
    iptables -A OUTPUT -o eth0 -d "$0" -p tcp --dport "$1" -j ACCEPT
    iptables -A OUTPUT -o eth0 -m conntrack --ctstate NEW -j REJECT
    iptables -t mangle -A FORWARD -o eth0 -m conntrack --ctstate NEW -j DROP' "$DEPOT_ADDRESS" "$PROXY_PORT"
  printf 'http://%s@%s:%s\n' "$PROXY_CREDENTIALS" "$DEPOT_ADDRESS" "$PROXY_PORT"
}

# open NAME: as it was before.
command_open() {
  local name=${1:-machine}
  require_up "$name"
  docker exec "$(container_of "$name")" sh -euc '
    cat /root/hosts.open >/etc/hosts
    iptables -F OUTPUT
    iptables -t mangle -F FORWARD'
}
