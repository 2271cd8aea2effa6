# shellcheck shell=bash
# Kafka's own command line tools on this computer: clients that are not on a machine.

command_tool() {
  local name=${1-} version class
  version=$(kafka_versions | cut -d' ' -f1)
  class=$(sed -n "s/^$name //p" "$LAB_DIR/images/kafka/$version/tools")
  [[ -n $name && -n $class ]] || die "'$name' is none of Kafka's tools; they are in lab/images/kafka/$version/tools"
  part_is_made kafka && part_is_made java || die "Kafka is not built yet; first: lab/lab build"
  shift
  exec "$(part_dir java)/java/bin/java" -Xmx128M -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -cp "$(part_dir kafka)/$version/*" "$class" "$@"
}
