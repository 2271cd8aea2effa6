# shellcheck shell=bash
# Part "java": a Java 17 runtime of only the modules that Kafka, ZooKeeper and the registry need.

JAVA_MODULES=(
  java.base java.logging java.naming java.management java.management.rmi java.sql java.xml java.security.jgss
  java.security.sasl java.instrument java.net.http java.compiler java.scripting java.desktop java.transaction.xa
  jdk.unsupported jdk.management jdk.zipfs jdk.crypto.ec jdk.net jdk.naming.dns jdk.jcmd
)

about_java() { echo "Java 17 runtime (jlink)"; }

key_java() { hash_of parts/java.sh; }

java_home() {
  local home
  for home in /usr/lib/jvm/java-17-openjdk-*; do
    [[ ! -d $home/jmods ]] || break
  done
  echo "$home"
}

make_java() {
  local out=$1
  # Not compressed inside: it starts faster, and the image's layers are compressed anyway.
  "$(java_home)/bin/jlink" --add-modules "$(IFS=, && echo "${JAVA_MODULES[*]}")" --strip-debug --no-header-files \
    --no-man-pages --output "$out/java"
  # java.desktop is there for its java.beans; nothing here draws.
  (cd "$out/java/lib" && rm -f libawt* libmlib_image.so libjsound.so libfontmanager.so libsplashscreen.so libjavajpeg.so \
    liblcms.so libfreetype.so libjawt.so)
}
