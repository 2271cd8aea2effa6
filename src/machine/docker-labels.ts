/** The labels that Docker Compose gives to all that it makes (docker/compose, pkg/api/labels.go), after their common beginning. */
type ComposeLabel =
  | 'project'
  | 'project.working_dir'
  | 'project.config_files'
  | 'service'
  | 'config-hash'
  | 'depends_on'
  | 'oneoff'
  | 'volume';

const name = (label: ComposeLabel) => `com.docker.compose.${label}`;

/** What prints the value of a label in a `--format` of the docker command. */
export const labelField = (label: ComposeLabel): string => `{{.Label "${name(label)}"}}`;

/** The options of the docker command for only what has this label. @param value any when it is not given */
export const withLabel = (label: ComposeLabel, value?: string): string[] => [
  '--filter',
  `label=${name(label)}${value === undefined ? '' : `=${value}`}`,
];

/** A `--format` with a column for each field. */
export const columns = (...fields: readonly string[]): string => fields.join('\t');

/** The lines of a table that `columns` made, each by its cells. */
export const rowsOf = (output: string): string[][] =>
  output
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split('\t'));
