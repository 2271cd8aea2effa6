import type { ErrorText } from './error-text.ts';

/** Faults of the machine, and of what is installed and deployed on it. */
export const MACHINE_ERRORS = {
  'no-sudo': {
    meaning: 'The user cannot become root: sudo refuses, or asks for a password.',
    hint: 'Give the user passwordless sudo, for example: echo "USER ALL=(ALL) NOPASSWD:ALL" | sudo tee /etc/sudoers.d/USER',
  },
  'folder-unusable': {
    meaning: 'A folder or file that the action needs on the machine cannot be used as it is.',
    hint: 'The message says which one it is, whose, and what is wrong with it. What the action keeps for itself is in ~/.kafka-al2023.',
  },
  'not-amazon-linux-2023': {
    meaning: 'The machine does not run Amazon Linux 2023.',
    hint: 'Start the machine from an Amazon Linux 2023 image; other systems install Docker in other ways.',
  },
  'architecture-unsupported': {
    meaning: 'The processor is neither x86_64 nor aarch64.',
    hint: 'Use an x86_64 or aarch64 (Graviton) machine.',
  },
  'disk-too-small': {
    meaning: 'There is not enough free disk space for the images and the data.',
    hint: 'Free some space (sudo docker system df; sudo docker system prune) or enlarge the volume.',
  },
  'disk-full': {
    meaning: 'A disk of the machine takes no more: no space or no inodes are left where a step has to write.',
    hint: 'Free some space at the place in the message (sudo du -xm / | sort -n | tail -n 20 shows what takes most), or enlarge the volume.',
  },
  'disk-read-only': {
    meaning: 'A file system of the machine is read-only where a step has to write.',
    hint: 'Look for the reason with sudo dmesg | tail: a disk with errors becomes read-only.',
  },
  'clock-wrong': {
    meaning:
      "The machine's clock is wrong, so it takes valid certificates for expired ones, or for ones of the future.",
    hint: 'Set it, and look at it: sudo systemctl enable --now chronyd && sudo chronyc makestep && date -u',
  },
  'memory-too-small': {
    meaning: 'The machine has too little memory for the services of the stack at their heap limits.',
    hint: 'Use a machine with at least 4 GiB of memory (t3.medium or larger), or stack: kraft-single, which has one broker and needs 1 GiB; the message says what each service takes, free -m what there is.',
  },
  'package-manager-failed': {
    meaning: 'yum could not update or install packages.',
    hint: "Read yum's last lines: most often the machine cannot reach the package repository (NAT, proxy, endpoint policy) or the disk is full. Try it there: sudo dnf makecache",
  },
  'package-manager-busy': {
    meaning: 'Another process held the lock of the package database the whole time.',
    hint: 'Wait for the other installation (cloud-init, an SSM patch run) to end, then run again: ps -ef | grep -E "yum|dnf|rpm" shows it.',
  },
  'docker-not-running': {
    meaning: 'Docker is installed but does not answer.',
    hint: "Read the service's last lines, on the machine: sudo systemctl status docker; sudo journalctl -u docker -n 50",
  },
  'docker-foreign': {
    meaning: 'What answers as `docker` on the machine is not the Docker Engine.',
    hint: 'Remove it, and the action installs Docker: sudo yum remove -y podman-docker',
  },
  'compose-download-failed': {
    meaning: 'Docker Compose or its checksum could not be downloaded.',
    hint: 'Check that the machine reaches the address in the message (curl -sSIL ADDRESS), or set compose-url to a mirror, with compose-sha256.',
  },
  'compose-checksum-mismatch': {
    meaning: 'The downloaded Docker Compose is not the file that was published; it was deleted.',
    hint: 'Run again. If it stays, something between the machine and the download changes the file: do not use it.',
  },
  'compose-not-working': {
    meaning: 'Docker Compose is installed but does not run.',
    hint: 'Check that compose-url points to the binary for the processor of the machine: uname -m; /usr/local/bin/docker-compose version',
  },
  'image-not-found': {
    meaning: 'An image of the stack does not exist in its registry.',
    hint: 'Check the name and the tag of the image in the compose file: docker manifest inspect IMAGE',
  },
  'image-pull-failed': {
    meaning: 'An image of the stack could not be pulled.',
    hint: 'Check that the machine reaches the image registry: sudo docker pull IMAGE',
  },
  'image-rate-limited': {
    meaning: 'The image registry refuses the pull for now: its rate limit is used up.',
    hint: 'Docker Hub counts the pulls of each address (a NAT gateway is one) over six hours. Wait, or log in for a higher limit (image-registry: docker.io with registry-username and registry-password), or name a mirror in image-registry.',
  },
  'registry-login-refused': {
    meaning: 'The registry in `image-registry` refuses the login.',
    hint: 'Check registry-username and registry-password, on the machine: sudo docker login --username USER REGISTRY. A password of Amazon ECR (aws ecr get-login-password) holds for twelve hours.',
  },
  'port-in-use': {
    meaning: 'A port that the stack publishes is already taken on the machine.',
    hint: 'Stop the process that holds the port (named in the message; sudo ss -ltnp shows all), then run again.',
  },
  'still-in-use': {
    meaning:
      'A container that is not of the deployment uses its network or its volumes; nothing was removed.',
    hint: 'Stop and remove the container in the message (sudo docker rm --force CONTAINER), or disconnect it, then run again.',
  },
  'project-taken': {
    meaning:
      'Another directory on the machine has a deployment whose Docker Compose project has the same name; nothing was changed.',
    hint: 'Give one of the two a project-name of its own, or take the other one down.',
  },
  'container-failed': {
    meaning: 'A container of the stack stopped, is paused, keeps being restarted, or did not become healthy.',
    hint: "Read the container's last lines, in the summary or by sudo docker logs CONTAINER; its environment in the compose file is the usual cause.",
  },
  'stack-failed': {
    meaning: 'Docker Compose could not start the stack.',
    hint: "Read Docker Compose's last lines. What it made shows: sudo docker ps --all",
  },
} as const satisfies Record<string, ErrorText>;
