# shellcheck shell=bash
# What the depot does wrong, for one machine at a time. The depot looks for a file of the fault's name in a folder of the
# machine's address.

FAULTS=(registry-429 registry-500 registry-cut compose-cut compose-without-checksum)

# fault NAME [FAULT…]: from now on these, and no others.
command_fault() {
  local name=${1:-machine} fault
  require_up "$name"
  shift || true
  for fault in "$@"; do
    [[ " ${FAULTS[*]} " == *" $fault "* ]] || die "there is no fault '$fault': ${FAULTS[*]}"
  done
  set_faults "$(container_of "$name")" "$@"
}

set_faults() {
  local container=$1 address
  shift
  address=$(address_of_container "$container")
  docker exec "$DEPOT_CONTAINER" sh -c '
    folder=/run/faults/$0
    rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" || exit
    for fault; do touch "$fault"; done' "$address" "$@"
}
