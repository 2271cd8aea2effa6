# shellcheck shell=bash
# Bringing machines up and taking them down.

container_of() { echo "$LAB_ID-$1"; }

machine_state() { echo "$LAB_STATE/machines/$1"; }

machine_is_up() {
  [[ -d $(machine_state "$1") ]] &&
    [[ $(docker inspect --format '{{.State.Running}}' "$(container_of "$1")" 2>/dev/null) == true ]]
}

check_name() {
  [[ $1 =~ ^[a-z0-9][a-z0-9-]{0,40}$ ]] || die "'$1' is no name for a machine: use a-z, 0-9 and -"
}

machines() {
  docker ps --all --filter "label=$LAB_ID.machine" --format '{{.Label "'"$LAB_ID"'.machine"}}' | sort
}

command_list() {
  engine_answers || return 0
  machines
}

command_up() {
  local names=("${@:-machine}") name missing=()
  for name in "${names[@]}"; do check_name "$name"; done
  need_run_tools
  lock
  engine_up
  for name in "${names[@]}"; do machine_is_up "$name" || missing+=("$name"); done
  if [[ ${#missing[@]} -gt 0 ]]; then
    build_all
    [[ $LAB_IMAGES == hub ]] || depot_up
    say "starting ${missing[*]} …"
    start_machines "${missing[@]}"
  fi
  unlock
  for name in "${names[@]}"; do wait_for_ssh "$name"; done
  say "${names[*]}: up"
  for name in "${names[@]}"; do command_info "$name"; done
}

# Side by side, each at an address of its own. They share the user's key, as machines of one EC2 key pair do.
start_machines() {
  local name number=$FIRST_MACHINE pids=() pid taken failed=''
  for name in "$@"; do
    remove_machine "$name"
    mkdir -p "$(machine_state "$name")/ssh"
    chmod 700 "$(machine_state "$name")"
  done
  ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$(machine_state "$1")/key"
  for name in "${@:2}"; do cp "$(machine_state "$1")"/key{,.pub} "$(machine_state "$name")/"; done
  taken=" $(machine_addresses) "
  for name in "$@"; do
    while [[ $taken == *" $LAB_SUBNET.$number "* ]]; do number=$((number + 1)); done
    start_machine "$name" "$LAB_SUBNET.$number" 9>&- &
    pids+=($!)
    number=$((number + 1))
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=yes; done
  [[ -z $failed ]] || die "not every machine could be started"
}

# The last number of the first machine's address; those before it are the gateway's and the depot's.
FIRST_MACHINE=11

# The addresses that were given to machines, whether they run or not.
machine_addresses() {
  docker ps --all --quiet --filter "label=$LAB_ID.machine" | xargs --no-run-if-empty docker inspect --format \
    '{{range .NetworkSettings.Networks}}{{with .IPAMConfig}}{{.IPv4Address}}{{end}}{{end}}' | tr '\n' ' '
}

# start_machine NAME ADDRESS: the address is the machine's own, so that it has it again when it is started again.
start_machine() {
  local name=$1 address=$2 container state flags=() host
  container=$(container_of "$name")
  state=$(machine_state "$name")
  ssh-keygen -q -t ed25519 -N '' -C '' -f "$state/ssh/ssh_host_ed25519_key"
  ssh-keygen -q -t ecdsa -b 256 -N '' -C '' -f "$state/ssh/ssh_host_ecdsa_key"
  mapfile -t flags < <(engine_flags)
  if [[ $LAB_IMAGES != hub ]]; then
    flags+=(--network "$LAB_NETWORK" --ip "$address")
    for host in "${DEPOT_NAMES[@]}"; do flags+=(--add-host "$host:$DEPOT_ADDRESS"); done
  fi
  docker volume create --label "$LAB_ID" "$container" >/dev/null
  docker create --name "$container" --hostname "$(host_name)" --label "$LAB_ID" --label "$LAB_ID.machine=$name" \
    "${flags[@]}" --publish 127.0.0.1::22 --volume "$container:/var/lib/docker" "$(machine_image)" >/dev/null
  # Owners count here: sshd refuses keys that others could have written.
  tar -C "$state/ssh" --owner 0 --group 0 -c . | docker cp - "$container:/etc/ssh/"
  mkdir "$state/home"
  install -m 600 "$state/key.pub" "$state/home/authorized_keys"
  tar -C "$state/home" --owner 1000 --group 1000 -c authorized_keys | docker cp - "$container:/home/ec2-user/.ssh/"
  rm -rf "${state:?}/home"
  docker start "$container" >/dev/null
  [[ $LAB_IMAGES == hub ]] || {
    name_server "$container"
    # A machine before it may have had the same address.
    set_faults "$container"
  }
}

# The engine's own name server listens on a loopback address, which the engine inside cannot hand on to
# its containers: it would give them a public one instead.
name_server() {
  printf 'search ec2.internal\nnameserver %s\n' "$DEPOT_ADDRESS" |
    docker exec --interactive "$1" sh -c 'cat >/etc/resolv.conf'
}

# As EC2 names its machines; the numbers mean nothing.
host_name() {
  printf 'ip-172-31-%d-%d.ec2.internal\n' $((RANDOM % 256)) $((RANDOM % 256))
}

# What systemd as PID 1 and an engine inside need. Where this process itself lacks a capability,
# --privileged would ask for it and fail, so the rest is given one by one.
engine_flags() {
  local bounding
  bounding=$(sed -n 's/^CapBnd:\s*//p' /proc/self/status)
  if (((16#$bounding >> 24) & 1)); then
    printf '%s\n' --privileged --cgroupns=private
  else
    printf '%s\n' --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined \
      --security-opt systempaths=unconfined --device-cgroup-rule 'a *:* rwm'
  fi
  printf '%s\n' --tmpfs /run --tmpfs /tmp
  # With the first kind of control groups systemd needs the tree; with the second it has its own.
  [[ -e /sys/fs/cgroup/cgroup.controllers ]] || printf '%s\n' --volume /sys/fs/cgroup:/sys/fs/cgroup:rw
}

wait_for_ssh() {
  local name=$1 state deadline
  state=$(machine_state "$name")
  deadline=$((SECONDS + 60))
  known_hosts "$name" >"$state/known_hosts"
  until ssh_to "$name" true 2>"$state/ssh.log" </dev/null; do
    if ((SECONDS > deadline)) || ! machine_is_up "$name"; then
      tail -n 3 "$state/ssh.log" >&2
      docker logs --tail 15 "$(container_of "$name")" >&2 || true
      die "$name does not answer over SSH"
    fi
    sleep 0.1
  done
}

command_down() {
  local names=("${@:-machine}") name left
  if engine_answers; then
    lock
    [[ ${names[0]} != --all ]] || mapfile -t names < <(machines)
    for name in "${names[@]}"; do
      check_name "$name"
      [[ -z $(docker ps --all --quiet --filter "name=^$(container_of "$name")$") ]] || say "removing $name"
      remove_machine "$name"
    done
    left=$(machines)
    if [[ -z $left ]]; then
      depot_down
      engine_down
      rm -rf "$LAB_STATE/machines"
    fi
    unlock
  else
    rm -rf "$LAB_STATE/machines"
  fi
}

remove_machine() {
  local container inner id
  container=$(container_of "$1")
  # Control groups of the first kind that the engine inside made are left in this computer's own tree.
  inner=$(docker exec "$container" ls /var/lib/docker/containers 2>/dev/null) || inner=''
  docker rm -f -v "$container" >/dev/null 2>&1 || true
  for id in $inner; do
    find /sys/fs/cgroup/*/docker/"$id" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
  docker volume rm "$container" >/dev/null 2>&1 || true
  rm -rf "$(machine_state "$1")"
}

command_clean() {
  if engine_answers; then
    [[ -z $(machines) ]] || die "machines are up: $(machines | tr '\n' ' '); first: lab/lab down --all"
    prune_images "$LAB_ID/*" none
    depot_down
    engine_down
  fi
  rm -rf "$LAB_CACHE"
}
