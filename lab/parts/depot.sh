# shellcheck shell=bash
# The depot: one container that serves all machines. It has a fixed address, so that it can be replaced
# under machines that are up.

LAB_NETWORK=$LAB_ID
LAB_SUBNET=${LAB_SUBNET:-10.213.7} # the first three numbers of the network
DEPOT_ADDRESS=$LAB_SUBNET.2
DEPOT_CONTAINER=$LAB_ID.depot

rootfs_image() { echo "$LAB_ID/rootfs:$(key_debian)"; }

depot_image() { echo "$LAB_ID/depot:$(hash_of "$(key_debian)" depot "$COMPOSE_VERSION" parts/depot.sh)"; }

# The file system that the machine's and the depot's images start from.
import_rootfs() {
  local image
  image=$(rootfs_image)
  image_exists "$image" && return
  docker import "$(part_dir debian)/rootfs.tar" "$image" >/dev/null
}

build_depot_image() {
  local image context name
  image=$(depot_image)
  image_exists "$image" && return
  LAB_STEP=$((LAB_STEP + 1))
  # shellcheck disable=SC2153
  say "$LAB_STEP/$LAB_STEPS building the depot …"
  import_rootfs
  context=$(mktemp -d)
  cp -R "$LAB_DIR"/depot/. "$context/"
  sed -i "s/COMPOSE_VERSION/$COMPOSE_VERSION/g" "$context/nginx.conf"
  # For the registry that the images are first pushed to.
  sed 's/enabled: true/enabled: false/; s/127.0.0.1:5000/:5000/' "$context/registry.yml" >"$context/registry-writable.yml"
  for name in nginx docker-registry tinyproxy-bin; do
    dpkg-deb -x "$(part_dir debian)"/debs/"${name}"_*.deb "$context/debs"
  done
  mkdir "$context/programs"
  mv "$context/debs/usr/sbin/nginx" "$context/debs/usr/bin/docker-registry" "$context/debs/usr/bin/tinyproxy" "$context/programs/"
  build_image "$image" "$context" --build-arg "ROOTFS=$(rootfs_image)"
  prune_images "$LAB_ID/depot" "$image"
  rm -rf "$context"
}

# build_image IMAGE CONTEXT ARGUMENT…: with the classic builder, which needs no plug-in.
build_image() {
  local image=$1 context=$2 log
  log=$LAB_CACHE/logs/image-$(tr '/:' '--' <<<"$1").log
  shift 2
  mkdir -p "$LAB_CACHE/logs"
  DOCKER_BUILDKIT=0 docker build --network none --force-rm --label "$LAB_ID" --tag "$image" "$@" "$context" >"$log" 2>&1 || {
    tail -n 25 "$log" >&2
    die "could not build the image $image; the whole log: $log"
  }
}

# Starts the depot, or replaces one that serves something else.
depot_up() {
  local serves names=() name
  # For the proxy, which looks up what the machines behind it cannot.
  for name in "${DEPOT_NAMES[@]}"; do names+=(--add-host "$name:$DEPOT_ADDRESS"); done
  serves=$(hash_of "$(depot_image)" "$(key_rpms)" "$(key_wheels)" "$(key_compose)" "$(key_images)" "$(<"$LAB_STATE/tls/depot.crt")")
  if [[ $(docker inspect --format '{{.State.Running}} {{index .Config.Labels "'"$LAB_ID"'.serves"}}' \
    "$DEPOT_CONTAINER" 2>/dev/null) == "true $serves" ]]; then
    return
  fi
  docker rm -f "$DEPOT_CONTAINER" >/dev/null 2>&1 || true
  docker network inspect "$LAB_NETWORK" >/dev/null 2>&1 ||
    docker network create --label "$LAB_ID" --subnet "$LAB_SUBNET.0/24" "$LAB_NETWORK" >/dev/null
  docker run --detach --name "$DEPOT_CONTAINER" --hostname depot --label "$LAB_ID" --label "$LAB_ID.serves=$serves" \
    --network "$LAB_NETWORK" --ip "$DEPOT_ADDRESS" "${names[@]}" \
    --volume "$(part_dir rpms)/repository:/srv/rpms:ro" \
    --volume "$(part_dir wheels):/srv/wheels:ro" \
    --volume "$(part_dir compose):/srv/compose:ro" \
    --volume "$(part_dir images):/srv/images:ro" \
    --volume "$LAB_STATE/tls/depot.crt:/run/tls/depot.crt:ro" \
    --volume "$LAB_STATE/tls/depot.key:/run/tls/depot.key:ro" \
    "$(depot_image)" >/dev/null
  prune_parts
}

depot_down() {
  docker rm -f -v "$DEPOT_CONTAINER" >/dev/null 2>&1 || true
  docker network rm "$LAB_NETWORK" >/dev/null 2>&1 || true
}
