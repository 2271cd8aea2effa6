# shellcheck shell=bash
# Part "rpms": the machines' package repository, signed with the lab's key.
#   repository/  what the depot serves: a repository a release, as Amazon has them, and `latest`
#   present/     packages that every machine has in its rpm database from the start

# The release of a fresh machine (present.list), with one update in it; and the newer one that there is, with two more.
RELEASE=2023.9.20251105
NEWER_RELEASE=2023.10.20260202

about_rpms() { echo "signed package repository with Docker (rpmbuild, createrepo)"; }

key_rpms() {
  hash_of "$(key_debian)" parts/rpms.sh rpm "$(sha256sum <"$LAB_STATE/gpg/public.asc")"
}

make_rpms() {
  local out=$1 debian tree own name version provides
  debian=$(part_dir debian)
  tree=$out/tree
  own=$out/repository/$RELEASE
  mkdir -p "$tree" "$own" "$out/present"
  for name in docker.io containerd runc tini pigz; do
    dpkg-deb -x "$debian"/debs/"${name}"_*.deb "$tree"
  done
  build_rpm docker "$own" "tree $tree" "version_docker $(deb_version docker.io)"
  build_rpm containerd "$own" "tree $tree" "version_containerd $(deb_version containerd)"
  build_rpm program "$own" "tree $tree" "name_program runc" "version_program $(deb_version runc)" \
    "programs usr/sbin/runc"
  build_rpm program "$own" "tree $tree" "name_program pigz" "version_program $(deb_version pigz)" \
    "programs usr/bin/pigz usr/bin/unpigz"
  while read -r name version provides; do
    case $name in '#'*) continue ;; esac
    build_rpm present "$out/present" "name_present $name" "version_present $version" \
      ${provides:+"provides_present $provides"}
  done <"$LAB_DIR/rpm/present.list"
  # As on AL2023, what is installed is in the repository too.
  cp "$out"/present/*.rpm "$own/"
  build_rpm present "$own" "name_present ca-certificates" "version_present 2023.2.76"
  make_newer_release "$out/repository"
  with_gpg rpmsign --define "__gpg $(command -v gpg)" --define '_gpg_name Kafka lab packages' --addsign \
    "$out"/repository/*/*.rpm
  for name in "$RELEASE" "$NEWER_RELEASE"; do createrepo_c --quiet "$out/repository/$name"; done
  ln -s "$NEWER_RELEASE" "$out/repository/latest"
  rm -rf "$tree"
}

# The newer release has all that the older one has, another `system-release`, and a core library that wants a reboot.
make_newer_release() {
  local newer=$1/$NEWER_RELEASE
  cp -R "$1/$RELEASE" "$newer"
  build_rpm present "$newer" "name_present system-release" "version_present $NEWER_RELEASE" \
    "provides_present system-release(releasever) = $NEWER_RELEASE, redhat-release"
  build_rpm present "$newer" "name_present glibc" "version_present 2.34.231"
  # The part of Amazon's list of releases that is read.
  printf '<root><releases><release version="%s"/><release version="%s"/></releases></root>\n' \
    "$RELEASE" "$NEWER_RELEASE" >"$1/releasemd.xml"
}

# build_rpm SPEC INTO "MACRO VALUE"…
build_rpm() {
  local spec=$1 into=$2 defines=() macro top
  shift 2
  for macro in "$@"; do defines+=(--define "$macro"); done
  top=$(mktemp -d)
  rpmbuild -bb --quiet "${defines[@]}" --define "_topdir $top" --define "_rpmdir $top/out" \
    --define '_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm' --define '_binary_payload w3.gzdio' \
    "$LAB_DIR/rpm/$spec.spec"
  mv "$top"/out/*.rpm "$into/"
  rm -rf "$top"
}

# deb_version NAME: the upstream part of the version of a Debian package, as RPM allows it.
deb_version() {
  dpkg-deb -f "$(part_dir debian)"/debs/"$1"_*.deb Version | sed -E 's/^[0-9]+://; s/[-+~].*//'
}
