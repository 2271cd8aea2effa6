import { describe, expect, it } from 'vitest';
import { askMembers, readMembers } from '../../../src/machine/members.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

/** As Kafka 4.1 prints it. */
const TABLE = `ID         HOST         PORT       RACK       STATE      ENDPOINT_TYPE  
1          10.213.21.11 9092       null       unfenced   broker         
2          fd00::2      9092       eu-west-3a unfenced   broker         
14         10.213.21.14 9092       null       fenced     broker         
`;

describe('the members of a cluster', () => {
  it('are read with their addresses, those that do not run included', () => {
    expect(readMembers(TABLE)).toEqual([
      { nodeId: 1, address: '10.213.21.11', isAlive: true },
      { nodeId: 2, address: 'fd00::2', isAlive: true },
      { nodeId: 14, address: '10.213.21.14', isAlive: false },
    ]);
  });

  it('are asked for in the container of a node, and not known where none runs', async () => {
    const asked = { project: 'p', service: 'kafka', server: '10.0.1.5:9092' };
    const host = new ScriptedHost([[/list-endpoints --include-fenced-brokers/, { stdout: TABLE }, 3, 1]]);
    expect(await askMembers(host, asked)).toHaveLength(3);
    expect(await askMembers(host, asked)).toBeUndefined();
    expect(await askMembers(host, asked)).toBeUndefined();
    expect(host.ran[0]).toMatch(
      /sh 10\.0\.1\.5:9092 --filter label=com\.docker\.compose\.project=p --filter label=com\.docker\.compose\.service=kafka$/,
    );
  });
});
