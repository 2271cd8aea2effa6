# shellcheck shell=bash
# Building everything that a machine needs.

LAB_PARTS=(debian compose wheels kafka apicurio java rpms images)

machine_image() {
  if [[ $LAB_IMAGES == hub ]]; then
    echo "$LAB_ID/hub-machine:$(hash_of hub)"
  else
    echo "$LAB_ID/machine:$(hash_of "$(key_rpms)" machine parts/build.sh "$(<"$LAB_STATE/tls/ca.crt")")"
  fi
}

build_machine_image() {
  local image context files
  image=$(machine_image)
  image_exists "$image" && return
  LAB_STEP=$((LAB_STEP + 1))
  say "$LAB_STEP/$LAB_STEPS building the machine …"
  if [[ $LAB_IMAGES == hub ]]; then
    docker build --tag "$image" "$LAB_DIR/hub" >&2
    return
  fi
  import_rootfs
  context=$(mktemp -d)
  cp -R "$LAB_DIR"/machine/. "$context/"
  cp -R "$(part_dir rpms)/present" "$context/present"
  files=$context/files
  mkdir -p "$files/usr/local/share/ca-certificates" "$files/etc/pki/rpm-gpg"
  cp "$LAB_STATE/tls/ca.crt" "$files/usr/local/share/ca-certificates/kafka-lab.crt"
  cp "$LAB_STATE/gpg/public.asc" "$files/etc/pki/rpm-gpg/RPM-GPG-KEY-amazon-linux-2023"
  build_image "$image" "$context" --build-arg "ROOTFS=$(rootfs_image)"
  prune_images "$LAB_ID/machine" "$image"
  rm -rf "$context"
}

command_build() {
  need_run_tools
  lock
  engine_up
  build_all
  say "everything is built"
  [[ -n $(machines) ]] || { depot_down && engine_down; }
  unlock
}

# Everything that `up` needs. Parts of one call are built side by side.
build_all() {
  local name missing=0
  LAB_STEP=0
  [[ $LAB_IMAGES != hub ]] || {
    LAB_STEPS=1
    build_machine_image
    return
  }
  make_keys
  for name in "${LAB_PARTS[@]}"; do part_is_made "$name" || missing=$((missing + 1)); done
  LAB_STEPS=$missing
  image_exists "$(depot_image)" || LAB_STEPS=$((LAB_STEPS + 1))
  image_exists "$(machine_image)" || LAB_STEPS=$((LAB_STEPS + 1))
  [[ $LAB_STEPS -gt 0 ]] || return 0
  [[ $missing -eq 0 ]] || need_build_tools
  # What the others start from comes first; images and packages need the engine and one another's cores.
  make_parts debian compose wheels kafka apicurio java
  build_depot_image
  make_parts rpms images
  build_machine_image
  # What earlier recipes left behind.
  docker image prune --force --filter "label=$LAB_ID" >/dev/null
}
