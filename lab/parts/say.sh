# shellcheck shell=bash
# What the lab says. Everything goes to stderr: stdout belongs to the answers (info, ssh).

say() {
  printf '[lab] %3ds %s\n' "$SECONDS" "$*" >&2
}

die() {
  printf '[lab] error: %s\n' "$*" >&2
  exit 1
}
