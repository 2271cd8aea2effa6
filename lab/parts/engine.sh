# shellcheck shell=bash
# The container engine. One that answers is used as it is; otherwise the lab starts its own and, in the
# end, stops it again. Its data lies in the cache, so that `clean` removes that too.

ENGINE_PID_FILE=$LAB_STATE/dockerd.pid

engine_answers() {
  command -v docker >/dev/null && docker version >/dev/null 2>&1
}

engine_up() {
  engine_answers && return 0
  need dockerd=docker.io docker=docker.io iptables=iptables
  engine_answers && return 0 # installing it may have started it
  [[ $EUID -eq 0 ]] || die "no Docker engine answers, and only root can start one"
  say "starting a Docker engine …"
  mkdir -p "$LAB_STATE" "$LAB_CACHE/logs"
  rm -f "$ENGINE_PID_FILE"
  setsid dockerd --data-root "$LAB_CACHE/engine" --pidfile "$ENGINE_PID_FILE" \
    >"$LAB_CACHE/logs/dockerd.log" 2>&1 </dev/null 9>&- &
  local pid=$! _
  for _ in {1..150}; do
    engine_answers && return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 15 "$LAB_CACHE/logs/dockerd.log" >&2
  die "the Docker engine did not start; its log: $LAB_CACHE/logs/dockerd.log"
}

# Stops the engine, if it is the lab's own.
engine_down() {
  [[ -s $ENGINE_PID_FILE ]] || return 0
  local pid _
  pid=$(<"$ENGINE_PID_FILE")
  # A number left by a machine that was switched off may belong to somebody else by now.
  if [[ -r /proc/$pid/comm && $(<"/proc/$pid/comm") == dockerd ]]; then
    say "stopping the Docker engine"
    kill "$pid"
    for _ in {1..300}; do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    ip link delete docker0 2>/dev/null || true
  fi
  rm -f "$ENGINE_PID_FILE"
}

image_exists() {
  docker image inspect "$1" >/dev/null 2>&1
}

# Removes the images of a repository other than the one that is wanted.
prune_images() {
  local repository=$1 keep=$2 image
  for image in $(docker image ls --format '{{.Repository}}:{{.Tag}}' "$repository"); do
    [[ $image == "$keep" ]] || docker image rm -f "$image" >/dev/null 2>&1 || true
  done
}
