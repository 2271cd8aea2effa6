# shellcheck shell=bash
# Confluent's rules for environment variables, shared by all images.

# ensure NAME: stops the container, in Confluent's words, when the variable is missing.
ensure() {
  if [[ -z ${!1-} ]]; then
    echo "$1 is required."
    echo "Command [/usr/local/bin/dub ensure $1] FAILED !"
    exit 1
  fi
}

# ensure_writable FOLDER
ensure_writable() {
  echo "===> Check if $1 is writable ..."
  if [[ ! -w $1 ]]; then
    echo "Command [/usr/local/bin/dub path $1 writable] FAILED !"
    exit 1
  fi
}

# environment PREFIX: `KEY=VALUE` of all variables that start with PREFIX, without it. Read from /proc:
# the shell hides variables whose names it cannot hold (with spaces, say), Confluent's tools do not.
environment() {
  local pair
  while IFS= read -r -d '' pair; do
    [[ $pair == "$1"* ]] && printf '%s\n' "${pair#"$1"}"
  done <"/proc/$$/environ"
  return 0
}

# properties PREFIX EXCLUDED…: KAFKA_A_B__C___D=v becomes a.b_c-d=v.
properties() {
  local prefix=$1 pair key name
  shift
  while IFS= read -r pair; do
    key=${pair%%=*}
    for name in "$@"; do [[ $key != "$name" ]] || continue 2; done
    key=${key,,}
    key=${key//___/-}
    key=${key//__/$'\1'}
    key=${key//_/.}
    printf '%s=%s\n' "${key//$'\1'/_}" "${pair#*=}"
  done < <(environment "$prefix")
}

# wait_for_any TIMEOUT HOST:PORT…: until one of them takes a connection.
wait_for_any() {
  local deadline=$((SECONDS + $1)) address
  shift
  while ((SECONDS < deadline)); do
    for address in "$@"; do
      if (exec 3<>"/dev/tcp/${address%:*}/${address##*:}") 2>/dev/null; then return 0; fi
    done
    sleep 0.2
  done
  return 1
}
