# shellcheck shell=bash
# Part "debian": the root file systems that everything starts from, and the Debian packages that become
# RPMs or the depot.
#   rootfs.tar  a machine: systemd, sshd, dnf, …
#   base.tar    what the served images start from: a shell, coreutils, curl, and the libraries Java needs
#   debs/       packages to take apart

MACHINE_PACKAGES=(
  systemd systemd-sysv dbus openssh-server sudo curl ca-certificates iproute2 iptables dnf rpm procps kmod
  python3 python3-venv less hostname netcat-openbsd
  libdevmapper1.02.1 libseccomp2                   # Docker's and runc's
  libpcre2-8-0 libdbus-1-3 libnetfilter-conntrack3 # the depot's
)
BASE_PACKAGES=(bash coreutils curl grep sed mawk findutils hostname ca-certificates netbase libstdc++6 zlib1g)
DEB_PACKAGES=(docker.io containerd runc tini pigz nginx docker-registry tinyproxy-bin)

about_debian() { echo "Debian's root file system (debootstrap)"; }

key_debian() { hash_of parts/debian.sh "$DEBIAN_SUITE"; }

make_debian() {
  local out=$1 tree=$1/tree
  debootstrap --variant=minbase \
    --include="$(IFS=, && echo "${MACHINE_PACKAGES[*]}")" "$DEBIAN_SUITE" "$tree"
  mkdir "$out/debs"
  # The tree's own apt, so that the packages fit its libraries whatever this machine runs.
  chroot "$tree" apt-get update -qq
  (cd "$tree/var/cache/apt" && chroot "$tree" sh -c 'cd /var/cache/apt && apt-get download '"${DEB_PACKAGES[*]}")
  mv "$tree"/var/cache/apt/*.deb "$out/debs/"
  # As on AL2023 and in Confluent's images, sh is bash.
  ln -sf bash "$tree/usr/bin/sh"
  tar -C "$tree" --exclude-from=<(strip_list) -cf "$out/rootfs.tar" .
  base_files "$tree" >"$out/base.list"
  tar -C "$tree" --exclude-from=<(strip_list) --no-recursion -T "$out/base.list" -cf "$out/base.tar"
  rm -rf "$tree"
}

# Nothing on a machine or in an image reads these.
strip_list() {
  printf './%s\n' 'usr/share/doc/*' 'usr/share/man/*' 'usr/share/locale/*' 'usr/share/info/*' 'usr/share/lintian/*' \
    'usr/share/i18n/*' 'usr/share/zsh' 'usr/share/bash-completion' 'usr/lib/x86_64-linux-gnu/gconv/*' \
    'usr/lib/x86_64-linux-gnu/perl-base/*' 'usr/share/perl5/*' \
    'var/lib/apt/lists/*' 'var/cache/apt/*' 'var/log/*' 'var/cache/debconf/*'
}

# The files of BASE_PACKAGES and of all they depend on: paths relative to the tree.
base_files() {
  local tree=$1 todo=("${BASE_PACKAGES[@]}" base-files) seen=' ' package next
  while [[ ${#todo[@]} -gt 0 ]]; do
    package=${todo[0]}
    todo=("${todo[@]:1}")
    [[ $seen != *" $package "* ]] || continue
    seen+="$package "
    # These only serve dpkg's own scripts; debconf would bring Perl along.
    case $package in debconf | debconf-2.0 | dpkg | perl* | install-info) continue ;; esac
    # shellcheck disable=SC2016 # the names are dpkg-query's
    next=$(chroot "$tree" dpkg-query -W -f '${Depends}, ${Pre-Depends}\n' "$package" 2>/dev/null) || continue
    mapfile -t -O "${#todo[@]}" todo < <(tr ',' '\n' <<<"$next" | sed 's/|.*//; s/(.*//; s/:any//; s/ //g' | grep .)
  done
  {
    # Directories first that packages share, and the links that make /bin and /usr/bin one.
    printf '%s\n' /bin /sbin /lib /lib64 /tmp /usr/bin/sh /etc/passwd /etc/group /etc/ssl/certs/ca-certificates.crt /etc/nsswitch.conf
    # shellcheck disable=SC2086
    for package in $seen; do
      chroot "$tree" dpkg-query -L "$package" 2>/dev/null || true
    done
    (cd "$tree" && find etc/alternatives -type l | sed 's|^|/|' | grep -E 'awk$')
    echo /usr/bin/awk
  } | while read -r path; do
    # Packages still name /bin/bash; in the tree /bin is a link to /usr/bin.
    case $path in
      /bin/* | /sbin/* | /lib/* | /lib64/*) path=/usr$path ;;
    esac
    [[ -e $tree$path || -L $tree$path ]] && printf '.%s\n' "$path"
  done | sort -u
}
