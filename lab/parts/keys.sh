# shellcheck shell=bash
# The lab's own secrets, made once per cache: the certificate authority that only its machines trust,
# and the key that signs its packages. The private halves never leave the state folder.

# Names that lead to the depot, on the lab's machines only.
DEPOT_NAMES=(
  depot.internal
  github.com objects.githubusercontent.com release-assets.githubusercontent.com
  registry-1.docker.io auth.docker.io
  mirror.internal self-signed.internal
)

make_keys() {
  make_ca
  make_signing_key
}

make_ca() {
  local dir=$LAB_STATE/tls names
  [[ -s $dir/depot.crt && $(<"$dir/names") == "${DEPOT_NAMES[*]}" ]] && return
  mkdir -p "$dir"
  chmod 700 "$dir"
  if [[ ! -s $dir/ca.crt ]]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Kafka lab CA' \
      -keyout "$dir/ca.key" -out "$dir/ca.crt" 2>/dev/null
  fi
  names=$(printf ',DNS:%s' "${DEPOT_NAMES[@]}")
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=depot' \
    -keyout "$dir/depot.key" -out "$dir/depot.csr" 2>/dev/null
  openssl x509 -req -in "$dir/depot.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf 'subjectAltName=%s\n' "${names#,}") -out "$dir/depot.crt" 2>/dev/null
  rm "$dir/depot.csr"
  printf '%s\n' "${DEPOT_NAMES[*]}" >"$dir/names"
}

# with_gpg COMMAND…: runs it with a short-lived GnuPG home that holds the signing key. Short-lived,
# because gpg leaves an agent behind, and its socket's path must be short.
with_gpg() {
  local status=0
  GNUPGHOME=$(mktemp -d -p /tmp)
  export GNUPGHOME
  if [[ -s $LAB_STATE/gpg/private.asc ]]; then
    gpg --batch --quiet --import "$LAB_STATE/gpg/private.asc" || status=$?
  fi
  [[ $status -ne 0 ]] || "$@" || status=$?
  gpgconf --kill all
  rm -rf "$GNUPGHOME"
  unset GNUPGHOME
  return "$status"
}

make_signing_key() {
  [[ -s $LAB_STATE/gpg/public.asc ]] && return
  mkdir -p "$LAB_STATE/gpg"
  chmod 700 "$LAB_STATE/gpg"
  rm -f "$LAB_STATE/gpg"/*.asc
  with_gpg new_signing_key
}

new_signing_key() {
  gpg --batch --quiet --passphrase '' --quick-generate-key 'Kafka lab packages' rsa2048 sign never 2>/dev/null &&
    gpg --batch --armor --export-secret-keys >"$LAB_STATE/gpg/private.asc" &&
    gpg --batch --armor --export >"$LAB_STATE/gpg/public.asc"
}
