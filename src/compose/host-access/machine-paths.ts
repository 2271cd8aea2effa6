/**
 * Folders of a machine that are more than a place for data: with them a container reads the machine's secrets, sees the other
 * containers, or changes what the machine runs. A folder that somebody made for the container (`/data/kafka`) is none.
 * Source: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html
 */
const WHOLE = new Set([
  ...['/', '/etc', '/root', '/home', '/Users', '/proc', '/sys', '/dev', '/boot', '/run', '/var', '/var/run'],
  ...['/var/lib', '/var/log', '/var/spool', '/usr', '/usr/bin', '/usr/sbin', '/usr/lib', '/usr/local'],
  ...['/usr/local/bin', '/usr/local/sbin', '/bin', '/sbin', '/lib', '/lib64'],
]);
/** With all that is below them. */
const BELOW: readonly string[] = [
  ...['/root', '/proc', '/sys', '/boot', '/var/lib/docker', '/var/lib/containerd', '/var/lib/kubelet'],
  ...['/var/spool/cron', '/etc/ssh', '/etc/sudoers', '/etc/sudoers.d', '/etc/pam.d', '/etc/shadow'],
  ...['/etc/gshadow', '/etc/passwd', '/etc/group', '/etc/systemd', '/etc/docker', '/etc/kubernetes'],
  ...['/etc/ssl/private', '/etc/crontab', '/etc/cron.d', '/etc/profile.d', '/etc/ld.so.preload'],
];
/** Sockets of programs that start containers. */
const SOCKETS = /\/(?:docker|containerd|crio|podman)\.sock$/;
/** A home directory, and what programs keep secrets in there. */
const HOME =
  /^(?:~[^/]*|\/(?:home|Users)\/[^/]+)(?:\/\.(?:ssh|aws|azure|kube|docker|gnupg|netrc|config|gitconfig|npmrc|pgpass)(?:\/.*)?)?$/;
const DRIVE = /^[A-Za-z]:[\\/]?$/;

/** True for a path outside of a repository that gives a container something of the machine. */
export function isOfTheMachine(path: string): boolean {
  const plain = path.replaceAll(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  if (WHOLE.has(plain) || SOCKETS.test(plain) || HOME.test(plain) || DRIVE.test(plain)) return true;
  return BELOW.some(folder => plain === folder || plain.startsWith(`${folder}/`));
}
