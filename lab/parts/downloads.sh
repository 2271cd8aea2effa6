# shellcheck shell=bash
# Parts that come from package registries: Compose (built from its Go module), the Python wheel,
# Apache Kafka and the schema registry.

# --- compose: the files of one release -----------------------------------------------------------

about_compose() { echo "Docker Compose $COMPOSE_VERSION (go build)"; }

key_compose() { hash_of "$COMPOSE_VERSION" compose linux-x86_64; }

make_compose() {
  local out=$1 file=docker-compose-linux-x86_64
  (
    cd "$LAB_DIR/compose" || exit
    CGO_ENABLED=0 GOARCH=amd64 go build -mod=readonly -trimpath \
      -ldflags "-s -w -X github.com/docker/compose/v5/internal.Version=$COMPOSE_VERSION" \
      -o "$out/$file" github.com/docker/compose/v5/cmd
  )
  "$out/$file" version
  # Docker publishes the sum in sha256sum's binary form, one file a program and one for all.
  (cd "$out" && sha256sum --binary "$file" | tee "$file.sha256" >checksums.txt)
}

# --- wheels: a simple index, as pip reads it -----------------------------------------------------

about_wheels() { echo "kafka-python $KAFKA_PYTHON_VERSION and its codecs (pip download)"; }

key_wheels() { hash_of "$KAFKA_PYTHON_VERSION" "${PYTHON_CODECS[@]}" parts/downloads.sh; }

make_wheels() {
  local package
  for package in "kafka-python==$KAFKA_PYTHON_VERSION" "${PYTHON_CODECS[@]}"; do
    serve_wheel "$1/simple/${package%%==*}" "$package"
  done
}

# serve_wheel FOLDER PACKAGE: for the Python of the machine, whatever this computer's is.
serve_wheel() {
  local out=$1 wheel sum
  mkdir -p "$out"
  python3 -m pip download --quiet --no-deps --only-binary :all: --python-version 3.11 --implementation cp \
    --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --dest "$out" "$2"
  wheel=$(basename "$out"/*.whl)
  sum=$(sha256sum "$out/$wheel" | cut -d' ' -f1)
  printf '<!DOCTYPE html><a href="%s#sha256=%s" data-requires-python="&gt;=3.8">%s</a>\n' "$wheel" "$sum" "$wheel" \
    >"$out/index.html"
}

# --- kafka: Apache Kafka's jars, one folder a version ---------------------------------------------

about_kafka() { echo "Apache Kafka $(kafka_versions) (Maven)"; }

kafka_versions() {
  local stack versions=()
  for stack in "${STACKS[@]}"; do
    read -r _ version _ <<<"$stack"
    versions+=("$version")
  done
  echo "${versions[*]}"
}

key_kafka() {
  local version recipes=()
  for version in $(kafka_versions); do recipes+=("images/kafka/$version/pom.xml"); done
  hash_of "$(kafka_versions)" parts/downloads.sh "${recipes[@]}"
}

make_kafka() {
  local out=$1 version
  for version in $(kafka_versions); do
    mkdir "$out/$version"
    # copy-dependencies wants a project; one file is enough of one.
    cp "$LAB_DIR/images/kafka/$version/pom.xml" "$out/pom.xml"
    mvn --batch-mode --quiet --file "$out/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
      -DoutputDirectory="$out/$version"
    rm "$out/pom.xml"
    slim_jars "$out/$version"
  done
}

# --- apicurio: the schema registry ----------------------------------------------------------------

about_apicurio() { echo "Apicurio Registry $APICURIO_VERSION (Maven)"; }

key_apicurio() { hash_of "$APICURIO_VERSION" parts/downloads.sh; }

make_apicurio() {
  local out=$1 name
  mvn --batch-mode --quiet dependency:copy -DoutputDirectory="$out" \
    "-Dartifact=io.apicurio:apicurio-registry-app:$APICURIO_VERSION:tar.gz:all"
  mkdir "$out/app"
  tar -C "$out/app" -xzf "$out"/*.tar.gz --no-same-owner
  rm "$out"/*.tar.gz
  mv "$out/app"/*-runner.jar "$out/app/registry.jar"
  rm -rf "$out/app/meta"
  # Other databases, formats and languages, which the Confluent API never gets to.
  for name in brotli4j commons-compress commons-httpclient graphql-java-2 icu4j joda-time jts-core junit kotlin-reflect \
    libphonenumber mailapi mssql-jdbc mysql-connector nimbus-jose openapitools swagger woodstox xmlsec; do
    rm -f "$out"/app/lib/*"$name"*.jar
  done
  slim_jars "$out/app/lib"
}

# Native code for other systems is most of these jars. A fixed time, because Java's class data archives
# remember each jar's.
slim_jars() {
  local jar
  for jar in "$1"/*zstd-jni-*.jar; do
    zip -q -d "$jar" 'darwin/*' 'freebsd/*' 'win/*' 'aix/*' 'linux/aarch64/*' 'linux/arm/*' 'linux/i386/*' \
      'linux/loongarch64/*' 'linux/mips64/*' 'linux/ppc64*' 'linux/riscv64/*' 'linux/s390x/*' || true
  done
  for jar in "$1"/*snappy-java-*.jar; do
    zip -q -d "$jar" 'org/xerial/snappy/native/[ADFMSW]*' 'org/xerial/snappy/native/Linux/[!x]*' \
      'org/xerial/snappy/native/Linux/x86/*' || true
  done
  find "$1" -name '*.jar' -exec touch -d @1700000000 {} +
}
