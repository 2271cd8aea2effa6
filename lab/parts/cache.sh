# shellcheck shell=bash
# Parts: the slow things the lab makes once. Part NAME is described by two functions, key_NAME (a hash
# of all that goes into it) and make_NAME DIR (makes it), and lies in $LAB_CACHE/parts/NAME/KEY.

# hash_of WORD_OR_PATH…: words count as they are, files and folders of the lab by content and mode.
hash_of() {
  local item
  for item in "$@"; do
    if [[ -e $LAB_DIR/$item ]]; then
      (cd "$LAB_DIR" && find "$item" -type f -printf '%m %p\n' | LC_ALL=C sort &&
        find "$item" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
    else
      printf '%s\n' "$item"
    fi
  done | sha256sum | cut -c1-16
}

# part_dir NAME: where the part lies, or will lie.
part_dir() {
  printf '%s\n' "$LAB_CACHE/parts/$1/$("key_$1")"
}

part_is_made() {
  [[ -d $(part_dir "$1") ]]
}

# Makes one part in a temporary folder and moves it into place, so that a half-made one is never taken
# for the whole. Runs as a process of its own: `set -e` is off in functions called from a condition.
make_part() {
  local name=$1 dir building
  dir=$(part_dir "$name")
  mkdir -p "$LAB_CACHE/parts/$name"
  rm -rf "$LAB_CACHE/parts/$name"/building.*
  building=$LAB_CACHE/parts/$name/building.$$
  export TMPDIR=$building.tmp
  mkdir "$building" "$TMPDIR"
  "make_$name" "$building"
  mv "$building" "$dir"
  rm -rf "$TMPDIR"
}

# Removes versions that no recipe asks for any more. Not before the depot has stopped serving them.
prune_parts() {
  local name
  for name in "${LAB_PARTS[@]}"; do
    find "$LAB_CACHE/parts/$name" -mindepth 1 -maxdepth 1 ! -path "$(part_dir "$name")" -exec rm -rf {} +
  done
}

# make_parts NAME…: makes those that are missing, side by side.
make_parts() {
  local name pids=() names=() starts=() failed='' i ended status _
  mkdir -p "$LAB_CACHE/logs"
  # LAB_STEP of LAB_STEPS is where build_all stands.
  # shellcheck disable=SC2153
  for name in "$@"; do
    part_is_made "$name" && continue
    LAB_STEP=$((LAB_STEP + 1))
    say "$LAB_STEP/$LAB_STEPS building $name: $("about_$name") …"
    "$LAB_DIR/lab" make-part "$name" >"$LAB_CACHE/logs/$name.log" 2>&1 9>&- &
    pids+=($!) names+=("$name") starts+=("$SECONDS")
  done
  # In the order in which they end.
  for _ in "${pids[@]}"; do
    status=0
    wait -n -p ended "${pids[@]}" || status=$?
    for i in "${!pids[@]}"; do [[ ${pids[i]} != "$ended" ]] || break; done
    unset "pids[i]"
    if [[ $status -eq 0 ]]; then
      say "    ${names[i]} is ready ($((SECONDS - starts[i])) s)"
    else
      failed=${names[i]}
      say "    ${names[i]} FAILED; the end of $LAB_CACHE/logs/$failed.log:"
      tail -n 25 "$LAB_CACHE/logs/$failed.log" >&2
    fi
  done
  [[ -z $failed ]] || die "could not build $failed"
}

# One command at a time builds, or changes what runs. Descriptor 9 holds the lock; a program
# that outlives this process (dockerd) is started with 9>&-.
lock() {
  mkdir -p "$LAB_STATE"
  exec 9>"$LAB_CACHE/lock"
  if ! flock -n 9; then
    say "waiting for another lab command …"
    flock 9
  fi
}

unlock() {
  exec 9>&-
}
