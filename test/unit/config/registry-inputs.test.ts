import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config.ts';
import type { RawInputs } from '../../../src/config/inputs.ts';
import { thrownBy } from '../support/thrown-error.ts';

const parse = (inputs: RawInputs) => parseConfig({ host: 'localhost', ...inputs }, () => '').imageRegistry;
const LOGIN = { 'registry-username': 'AWS', 'registry-password': ' geheim"$\\ ' };

describe('the input image-registry', () => {
  it.each([
    'mirror.example',
    'mirror.example:5000',
    'localhost',
    'localhost:5000/a',
    '123456789012.dkr.ecr.eu-west-3.amazonaws.com/docker-hub',
    'registry:5000/team/docker_hub/x--y',
    '[::1]:5000/x',
    'docker.io',
  ])('takes a registry as it stands before an image: %s', address => {
    expect(parse({ 'image-registry': address })).toEqual({ address, login: undefined });
  });

  it('goes with a login, whose password stays as it is', () => {
    expect(parse({ 'image-registry': 'mirror.example', ...LOGIN })).toEqual({
      address: 'mirror.example',
      login: { username: 'AWS', password: ' geheim"$\\ ' },
    });
    expect(parse({})).toBeUndefined();
  });

  it('may be in a plan, and in no mode that pulls nothing', () => {
    expect(parse({ mode: 'plan', 'image-registry': 'a.b' })).toMatchObject({ address: 'a.b' });
    for (const mode of ['down', 'smoke-test'])
      expect(thrownBy(() => parse({ mode, 'image-registry': 'a.b' })).message).toBe(
        `image-registry and mode: mode deploy takes images from there, and mode ${mode} takes none`,
      );
  });

  it('says which secret is missing, and why that may be', () => {
    const error = thrownBy(() => parse({ 'image-registry': 'a.b', 'registry-username': 'x' }));
    expect(error.message).toBe(
      'registry-password and registry-username: the password of registry-username is missing',
    );
    expect(error.hint).toContain('no secret is set under this name');
  });

  it('never shows a password that stands in an address', () => {
    for (const address of [
      'https://user:Q7xJ2vKp9@m.example',
      'user:Q7xJ2vKp9@m.example',
      'https://m.example/Q7?x@',
    ])
      expect(thrownBy(() => parse({ 'image-registry': address })).message).not.toContain('Q7');
  });
});
