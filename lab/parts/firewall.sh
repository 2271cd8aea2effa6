# shellcheck shell=bash
# Firewalls between machines, each at the machine that is to be reached. They last until `mend`, or until the machine is
# started again.

# cut FROM TO [PORT [reject]]: TO drops what comes from FROM, at one port or at all, as a security group without a rule does; with
# reject it says so. One port is closed in this direction only.
# cut NAME: nothing comes in or goes out any more, SSH neither.
command_cut() {
  [[ $# -ge 1 && $# -le 4 ]] || die "cut takes a machine, or two and a port"
  require_up "$1"
  if [[ $# -eq 1 ]]; then
    add_cuts "$1" '-i lo -j RETURN' '-o lo -j RETURN' '-j DROP'
    return
  fi
  require_up "$2"
  local from to=$2 port=${3-} target=DROP
  [[ -z $port || $port =~ ^[0-9]+$ ]] || die "'$port' is no port"
  if [[ $# -eq 4 ]]; then
    [[ $4 == reject ]] || die "after the port there can only be 'reject'"
    target=REJECT
  fi
  from=$(address_of_container "$(container_of "$1")")
  add_cuts "$to" "-s $from ${port:+-p tcp --dport $port} -j $target"
}

# mend NAME…: ends all cuts at these machines.
command_mend() {
  [[ $# -ge 1 ]] || die "mend takes the machines whose firewall is to be opened"
  local name
  for name in "$@"; do
    require_up "$name"
    docker exec "$(container_of "$name")" sh -c 'iptables -F LAB-CUT 2>/dev/null || true'
  done
}

# add_cuts NAME RULE…: in a chain of its own, before all that the machine itself has.
add_cuts() {
  local name=$1
  shift
  # shellcheck disable=SC2016
  docker exec "$(container_of "$name")" sh -euc '
    iptables -N LAB-CUT 2>/dev/null || true
    for chain in INPUT OUTPUT; do
      iptables -C "$chain" -j LAB-CUT 2>/dev/null || iptables -I "$chain" -j LAB-CUT
    done
    for rule; do iptables -A LAB-CUT $rule; done' sh "$@"
}
