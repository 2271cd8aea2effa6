# shellcheck shell=bash
# Reaching a machine that is up: info, ssh, root.

require_up() {
  if engine_answers && machine_is_up "$1"; then return; fi
  die "there is no machine '$1' that is up; start it with: lab/lab up $1"
}

ssh_port() {
  docker port "$(container_of "$1")" 22/tcp | head -n 1 | sed 's/.*://'
}

address_of_container() {
  docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"
}

fingerprint() { ssh-keygen -l -E sha256 -f "$1" | cut -d' ' -f2; }

known_hosts() {
  local port
  port=$(ssh_port "$1")
  cut -d' ' -f1,2 "$(machine_state "$1")"/ssh/*.pub | sed "s/^/[127.0.0.1]:$port /"
}

command_info() {
  local name=${1:-machine} state container
  require_up "$name"
  state=$(machine_state "$name")
  container=$(container_of "$name")
  jq -n --arg name "$name" --argjson port "$(ssh_port "$name")" --arg keyFile "$state/key" \
    --arg knownHosts "$state/known_hosts" \
    --arg ed25519 "$(fingerprint "$state/ssh/ssh_host_ed25519_key.pub")" \
    --arg ecdsa "$(fingerprint "$state/ssh/ssh_host_ecdsa_key.pub")" \
    --arg address "$(address_of_container "$container")" \
    --arg container "$(docker inspect --format '{{.Id}}' "$container")" \
    '{name: $name, host: "127.0.0.1", port: $port, username: "ec2-user", keyFile: $keyFile,
      fingerprint: $ed25519, fingerprints: [$ed25519, $ecdsa], knownHostsFile: $knownHosts,
      address: $address, container: $container}'
}

# ssh_to NAME [OPTION…] [COMMAND…], without any of the user's own settings.
ssh_to() {
  local name=$1 state
  state=$(machine_state "$name")
  shift
  ssh -F /dev/null -i "$state/key" -p "$(ssh_port "$name")" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$state/known_hosts" -o GlobalKnownHostsFile=/dev/null \
    -o ConnectTimeout=10 -o LogLevel=ERROR ec2-user@127.0.0.1 "$@"
}

# split_name ARGUMENT…: sets NAME and WORDS from `[NAME] [-- COMMAND…]`.
split_name() {
  NAME=machine WORDS=()
  if [[ $# -gt 0 && $1 != -- ]]; then
    NAME=$1
    shift
  fi
  if [[ $# -gt 0 ]]; then
    [[ $1 == -- ]] || die "put -- before the command"
    shift
    WORDS=("$@")
  fi
}

# The words reach the far shell as SSH sends them: joined by spaces, read by the machine's shell.
command_ssh() {
  split_name "$@"
  require_up "$NAME"
  ssh_to "$NAME" "${WORDS[@]}"
}

command_root() {
  split_name "$@"
  require_up "$NAME"
  [[ ${#WORDS[@]} -gt 0 ]] || die "root needs a command, after --"
  docker exec --interactive "$(container_of "$NAME")" "${WORDS[@]}"
}
