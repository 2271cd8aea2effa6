import type { ErrorText } from './error-text.ts';

/** Faults of what a run is given, before a machine is touched. */
export const INPUT_ERRORS = {
  'input-invalid': {
    meaning: 'One or more inputs cannot be used; nothing was touched.',
    hint: 'Correct the inputs named in the message; the README lists what each one takes.',
  },
  'compose-file-unreadable': {
    meaning: 'A file named by compose-file cannot be read.',
    hint: 'Check the path, which starts at the root of the workspace, and that the job has checked the repository out.',
  },
  'compose-file-unwritable': {
    meaning: 'A file named by compose-file cannot be written, as fix asks for.',
    hint: 'Let the user of the runner write the file and its folder, or take the difference from the log.',
  },
  'compose-file-refused': {
    meaning: 'The linter found faults in the compose file; nothing was touched.',
    hint: 'Correct what the findings name; docs/rules.md explains each rule. The input fix makes the safe corrections; lint-level sets which findings stop a run.',
  },
  'compose-file-unsupported': {
    meaning: 'The compose file may be right, but this action cannot deploy or prove it.',
    hint: "Change what the message names, or use one of the action's own stacks.",
  },
  'host-access-refused': {
    meaning:
      'The compose file comes from a pull request and gets something of the machine, which mostly makes its author root there; nothing was touched.',
    hint: 'Take out what the message names, or write out what depends on a variable; docs/rules.md says at host-access what counts. Where everybody who opens a pull request may be root on the machine, set allow-host-access: true.',
  },
  'key-format': {
    meaning: 'The private key is in a format that cannot be read.',
    hint: 'Store the whole private key file, from "-----BEGIN" to "-----END", in PEM or OpenSSH format. Convert others with: ssh-keygen -p -f KEY (OpenSSH), or puttygen KEY.ppk -O private-openssh -o KEY (PuTTY).',
  },
  'key-passphrase': {
    meaning: 'The private key is encrypted and the passphrase is missing or wrong.',
    hint: 'Set the passphrase input to the passphrase of this key. Try it with: ssh-keygen -y -f KEY',
  },
} as const satisfies Record<string, ErrorText>;
