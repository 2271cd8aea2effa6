# shellcheck shell=bash
# Part "images": the storage of the registry that the depot serves.

about_images() {
  local stack
  for stack in "${STACKS[@]}"; do
    read -ra stack <<<"$stack"
    printf '%s ' "${stack[@]:2}" "${stack[0]}"
  done
}

key_images() {
  hash_of "$(key_debian)" "$(key_java)" "$(key_kafka)" "$(key_apicurio)" "${STACKS[@]}" images parts/images.sh
}

# Images are built by the engine and pushed to a registry that lives as long as this takes.
make_images() {
  local out=$1 port registry stack tag version image
  registry=$(docker run --detach --label "$LAB_ID" --publish 127.0.0.1::5000 --volume "$out:/srv/images" \
    "$(depot_image)" docker-registry serve /etc/depot/registry-writable.yml)
  # shellcheck disable=SC2064
  trap "docker rm -f -v $registry >/dev/null" EXIT
  port=$(docker port "$registry" 5000/tcp | head -n 1 | sed 's/.*://')
  build_java_image
  for stack in "${STACKS[@]}"; do
    read -ra stack <<<"$stack"
    tag=${stack[0]} version=${stack[1]}
    build_kafka_image "$version"
    for image in "${stack[@]:2}"; do
      "build_${image//-/_}" "$LAB_ID/$image:$tag" "$version"
      docker tag "$LAB_ID/$image:$tag" "127.0.0.1:$port/confluentinc/$image:$tag"
      docker push "127.0.0.1:$port/confluentinc/$image:$tag"
      docker image rm "127.0.0.1:$port/confluentinc/$image:$tag"
    done
  done
}

# context RECIPE: a fresh copy of a folder of images/, to which what was made is added.
context() {
  local context
  context=$(mktemp -d)
  cp -R "$LAB_DIR/images/$1"/. "$context/"
  echo "$context"
}

build_java_image() {
  local context
  context=$(context java)
  cp "$(part_dir debian)/base.tar" "$context/"
  cp -R "$(part_dir java)/java" "$context/java"
  build_image "$LAB_ID/java:build" "$context"
  rm -rf "$context"
}

build_kafka_image() {
  local version=$1 context
  context=$(context kafka)
  cp -R --preserve=timestamps "$(part_dir kafka)/$version" "$context/jars"
  cp "$LAB_DIR/images/kafka/$version/tools" "$context/"
  if compgen -G "$context/jars/zookeeper-[0-9]*.jar" >/dev/null; then touch "$context/jars/has-zookeeper"; fi
  build_image "$LAB_ID/kafka:$version" "$context" --build-arg "JAVA=$LAB_ID/java:build"
  rm -rf "$context"
}

build_cp_zookeeper() { build_image "$1" "$LAB_DIR/images/cp-zookeeper" --build-arg "KAFKA=$LAB_ID/kafka:$2"; }

build_cp_kafka() { build_image "$1" "$LAB_DIR/images/cp-kafka" --build-arg "KAFKA=$LAB_ID/kafka:$2"; }

build_cp_schema_registry() {
  local context
  context=$(context cp-schema-registry)
  cp -R --preserve=timestamps "$(part_dir apicurio)/app" "$context/app"
  (cd "$context/proxy" && CGO_ENABLED=0 GOARCH=amd64 go build -trimpath -ldflags '-s -w' -o ../schema-registry .)
  rm -rf "$context/proxy"
  build_image "$1" "$context" --build-arg "JAVA=$LAB_ID/java:build" --build-arg "KAFKA=$LAB_ID/kafka:$2"
  rm -rf "$context"
}
