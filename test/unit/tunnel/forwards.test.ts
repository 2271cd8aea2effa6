import { describe, expect, it } from 'vitest';
import { forwardsOf } from '../../../src/tunnel/forwards.ts';
import { thrownBy } from '../support/thrown-error.ts';

describe('what a tunnel carries', () => {
  it('is every broker and the registry, each at its own port', () => {
    const bootstrapServers = ['localhost:19092', '127.0.0.1:29092', '::1:39092', 'LOCALHOST:49092'];
    expect(forwardsOf({ bootstrapServers, schemaRegistryUrl: 'http://localhost:8081/' })).toEqual([
      { port: 19092, address: '127.0.0.1' },
      { port: 29092, address: '127.0.0.1' },
      { port: 39092, address: '::1' },
      { port: 49092, address: '127.0.0.1' },
      { port: 8081, address: '127.0.0.1' },
    ]);
  });

  it('takes an address that is named twice once, and needs no registry', () => {
    const bootstrapServers = ['localhost:19092', 'localhost:19092'];
    expect(forwardsOf({ bootstrapServers })).toEqual([{ port: 19092, address: '127.0.0.1' }]);
  });

  it.each(['kafka.example:9092', '10.0.0.7:9092', '127.0.0.9:9092', 'localhost'])(
    'refuses what is not on localhost: %s',
    address => {
      const error = thrownBy(() => forwardsOf({ bootstrapServers: ['localhost:19092', address] }));
      expect(error.code).toBe('input-invalid');
      expect(error.message).toContain(`tunnel: clients are told to connect to ${address}: `);
    },
  );

  it('refuses to carry nothing', () => {
    expect(thrownBy(() => forwardsOf({ bootstrapServers: [] })).message).toBe(
      'tunnel: there is no address to keep open',
    );
  });
});
