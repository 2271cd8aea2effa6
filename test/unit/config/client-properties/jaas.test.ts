import { describe, expect, it } from 'vitest';
import { readJaasConfig } from '../../../../src/config/client-properties/jaas.ts';

const optionsOf = (text: string) => Object.fromEntries(readJaasConfig(`org.M required ${text};`).options);

/** What Kafka 4.1's JaasContext makes of each of these. */
describe('a JAAS configuration', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'options in double quotes',
      'username="alice" password="a b;c=d"',
      { username: 'alice', password: 'a b;c=d' },
    ],
    ['options in single quotes', "username='al\"ice'", { username: 'al"ice' }],
    [
      'words without quotes',
      'username=alice-2_$ password=p4ss.w0rd',
      { username: 'alice-2_$', password: 'p4ss.w0rd' },
    ],
    ['escapes', 'password="a\\"b\\\\c\\td\\101\\60x"', { password: 'a"b\\c\tdA0x' }],
    ['an escape of nothing', 'password="\\p\\&"', { password: 'p&' }],
    ['octal numbers of three digits at most', 'password="\\1011\\477"', { password: "A1'7" }],
    ['slashes in quotes', 'password="a//b/*c*/"', { password: 'a//b/*c*/' }],
    ['comments', 'username=a /* no */ // rest\n password=b', { username: 'a', password: 'b' }],
    ['blanks around the sign', 'username = "a"\n\t password\n=\n"b"', { username: 'a', password: 'b' }],
    ['letters beyond ASCII', 'username=jürgen', { username: 'jürgen' }],
    ['an option twice', 'username=a username=b', { username: 'b' }],
    ['none', '', {}],
  ])('has %s', (_, text, expected) => {
    expect(optionsOf(text)).toEqual(expected);
  });

  it.each(['required', 'Requisite', 'SUFFICIENT', 'optional'])('has a flag: %s', flag => {
    expect(readJaasConfig(` org.a.B$C_d ${flag} ;`).name).toBe('org.a.B$C_d');
  });

  it.each([
    ['', /names no login module/],
    ['org.M', /none of required/],
    ['org.M username="a";', /none of required/],
    ['org.M required username="a"', /does not end with a semicolon/],
    ['org.M required username="a" // ;', /does not end with a semicolon/],
    ['org.M required password=1234;', /the option password has no value: NAME="VALUE"/],
    ['org.M required password=s3cr3t/word;', /does not end with a semicolon/],
    ['org.M required password=a,b;', /something else stands where/],
    ['org.M required password;', /the option password has no value/],
    ['org.M required 12=a;', /something else stands where/],
    ['org.M required username=a; org.N required;', /takes one login module/],
    ['org.M required password="a\nb";', /an option has no value|the option b has no value/],
  ])('is refused: %j', (text, words) => {
    expect(() => readJaasConfig(text)).toThrow(words);
  });
});
