# shellcheck shell=bash
# The programs the lab itself needs. The lab installs the missing ones with apt, and says so.

# need PROGRAM=PACKAGE…
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  command -v apt-get >/dev/null || die "please install: ${missing[*]} (there is no apt-get here to do it)"
  [[ $EUID -eq 0 ]] || die "please install: ${missing[*]} (or run the lab as root, and it does)"
  say "installing ${missing[*]} …"
  mkdir -p "$LAB_CACHE/logs"
  {
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
  } >"$LAB_CACHE/logs/apt.log" 2>&1 9>&- || {
    tail -n 15 "$LAB_CACHE/logs/apt.log" >&2
    die "could not install ${missing[*]}"
  }
}

need_run_tools() {
  need flock=util-linux jq=jq ssh=openssh-client ssh-keygen=openssh-client openssl=openssl
}

need_build_tools() {
  need debootstrap=debootstrap createrepo_c=createrepo-c rpmbuild=rpm rpmsign=rpm gpg=gnupg mvn=maven \
    zip=zip curl=curl python3=python3
  python3 -m pip --version >/dev/null 2>&1 || need no-such-pip=python3-pip
  # jlink's modules: the newest Java may be another one, so the folder of 17 is asked for by name.
  [[ -d $(java_home)/jmods ]] || need no-such-jdk=openjdk-17-jdk-headless
  command -v go >/dev/null || die "Go is needed to build Compose, and there is none: install Go $GO_MINIMUM or newer"
  local have
  have=$(go env GOVERSION | sed 's/^go//')
  printf '%s\n%s\n' "$GO_MINIMUM" "$have" | sort -V -C || die "Go $GO_MINIMUM or newer is needed to build Compose, and this is $have"
}
