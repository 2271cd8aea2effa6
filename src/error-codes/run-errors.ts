import type { ErrorText } from './error-text.ts';

/** Faults of the run as a whole, and those that any step can have. */
export const RUN_ERRORS = {
  'tunnel-port-in-use': {
    meaning: 'A port that the tunnel needs on the runner is already taken; the machine was not touched.',
    hint: 'Stop the process that holds the port (named in the message): most often a service container of the job, or the tunnel of an earlier step.',
  },
  'tunnel-failed': {
    meaning: 'The cluster passed, but its ports could not be kept open on the runner.',
    hint: "Read the tunnel's last lines in the log. Without the tunnel input the run would have passed.",
  },
  'runner-not-writable': {
    meaning:
      'The runner cannot write its own files: its disk is full, or RUNNER_TEMP is not a folder that it may write to.',
    hint: 'On the runner: df -h "$RUNNER_TEMP" "$GITHUB_OUTPUT", and free space there. On a self-hosted runner check who owns its _work folder.',
  },
  'command-failed': {
    meaning: 'A command on the machine failed unexpectedly.',
    hint: 'The log shows the command and its last lines. Run it by hand on the machine to see more.',
  },
  'command-timeout': {
    meaning: 'A command on the machine did not end in time and was stopped.',
    hint: 'Raise command-timeout if the machine is only slow.',
  },
  'output-too-long': {
    meaning:
      'The machine printed more than the action reads: a command, or a start file of the login shell, prints without end.',
    hint: 'Run the command in the message by hand on the machine, and look at what it prints.',
  },
  'step-without-effect': {
    meaning: 'A step ran without an error, but the machine is still not as it should be.',
    hint: 'Something on the machine works against the step; the message says what was found.',
  },
  'run-timeout': {
    meaning: 'The whole run took longer than the timeout input allows.',
    hint: 'Raise timeout. A second run goes on from where this one stopped.',
  },
  cancelled: {
    meaning: 'The run was cancelled.',
    hint: 'Run again: it goes on from where this one stopped.',
  },
  internal: {
    meaning: 'A fault in the action itself.',
    hint: 'Please report it with the log of the run.',
  },
} as const satisfies Record<string, ErrorText>;
