export const id = 809;
export const ids = [809];
export const modules = {

/***/ 28809:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  parseConfig: () => (/* binding */ parseConfig)
});

;// CONCATENATED MODULE: ./build/config/client-properties/java-properties.js
const BLANKS = ' \t\f';
/**
 * Reads a text in the format of Java's properties files: comments, continued lines, escapes (java.util.Properties, `load`). The
 * text is one of characters: what a file in ISO 8859-1 could not say need not be written `\uXXXX`.
 * @returns the properties in their order; of a name that comes twice, Java takes the last one
 * @throws Error that names the line with a malformed `\uXXXX`
 */
function readJavaProperties(text) {
    return [...logicalLines(text)].map(propertyIn);
}
/** Natural lines, joined where one ends with a backslash that is not itself escaped. */
function* logicalLines(text) {
    let begun;
    for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
        const rest = withoutLeadingBlanks(natural);
        // Of a line that only continues nothing so far, it is not known yet whether it is a comment.
        const isFirst = begun === undefined || begun.text === '';
        if (isFirst && (rest === '' || rest[0] === '#' || rest[0] === '!')) {
            begun = undefined;
            continue;
        }
        const isContinued = trailingBackslashes(rest) % 2 === 1;
        const joined = (begun?.text ?? '') + (isContinued ? rest.slice(0, -1) : rest);
        begun = { text: joined, line: begun?.line ?? index + 1 };
        if (isContinued)
            continue;
        yield begun;
        begun = undefined;
    }
    if (begun !== undefined && begun.text !== '')
        yield begun;
}
function withoutLeadingBlanks(text) {
    let at = 0;
    while (at < text.length && BLANKS.includes(text.charAt(at)))
        at++;
    return text.slice(at);
}
function trailingBackslashes(text) {
    let count = 0;
    while (text[text.length - 1 - count] === '\\')
        count++;
    return count;
}
/** The name ends at the first `=`, `:` or blank that is not escaped; one `=` or `:` may stand among the blanks. */
function propertyIn({ text, line }) {
    let end = 0;
    while (end < text.length && !`=:${BLANKS}`.includes(text.charAt(end)))
        end += text[end] === '\\' ? 2 : 1;
    const rest = withoutLeadingBlanks(text.slice(end));
    const value = '=:'.includes(rest.charAt(0)) ? withoutLeadingBlanks(rest.slice(1)) : rest;
    return { name: unescaped(text.slice(0, end), line), value: unescaped(value, line), line };
}
const ESCAPES = { t: '\t', r: '\r', n: '\n', f: '\f' };
function unescaped(text, line) {
    return text.replaceAll(/\\(u[\dA-Fa-f]{4}|[\s\S])/g, (_, escaped) => {
        if (escaped.length > 1)
            return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
        if (escaped === 'u')
            throw new Error(`line ${line}: a \\u is not followed by four hexadecimal digits`);
        return ESCAPES[escaped] ?? escaped;
    });
}

;// CONCATENATED MODULE: ./build/config/client-properties/properties.js
/** What stands in such files where something else is wanted. Whatever else stands there may be something secret. */
const WORDS = new Set([
    ...[
        'TLS',
        'SASL',
        'GSSAPI',
        'KERBEROS',
        'OAUTHBEARER',
        'AWS_MSK_IAM',
        'PLAIN',
        'SCRAM-SHA-1',
        'SCRAM-SHA-256',
    ],
    ...[
        'SCRAM-SHA-512',
        'JKS',
        'PKCS12',
        'BCFKS',
        'PEM',
        'NONE',
        'FALSE',
        'TRUE',
        'LDAPS',
        'URL',
        'STATIC_TOKEN',
    ],
    ...['USER_INFO', 'SASL_INHERIT'],
]);
/** A value for a message. */
const shownWord = (value) => WORDS.has(value.toUpperCase()) ? `"${value}"` : 'something else';

;// CONCATENATED MODULE: ./build/config/client-properties/property-names.js
/** The prefix of what a property says of the schema registry's connection, as Confluent's clients have it. */
const REGISTRY = 'schema.registry.';
/** What is said of a TLS connection. */
const TLS_NAMES = [
    'ssl.truststore.type',
    'ssl.truststore.certificates',
    'ssl.keystore.type',
    'ssl.keystore.certificate.chain',
    'ssl.keystore.key',
    'ssl.key.password',
    'ssl.endpoint.identification.algorithm',
];
/** Everything that is understood; Confluent's clients take those of the registry's user with and without the prefix. */
const UNDERSTOOD = new Set([
    ...['security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
    ...TLS_NAMES,
    ...TLS_NAMES.map(name => `${REGISTRY}${name}`),
    ...['basic.auth.credentials.source', 'basic.auth.user.info'].flatMap(name => [name, `${REGISTRY}${name}`]),
]);
const PEM_ONLY = (instead) => `files are not read: give the text in PEM, ${instead}, and leave out the location, the type and the password of the store`;
const TRUSTSTORE = PEM_ONLY('ssl.truststore.certificates (keytool -exportcert -rfc prints one)');
const KEYSTORE = PEM_ONLY('ssl.keystore.certificate.chain and ssl.keystore.key (openssl pkcs12 prints both)');
/** Why some that an administrator may have in the same file are not taken. */
const REASONS = {
    'bootstrap.servers': 'the input bootstrap-servers takes it',
    'schema.registry.url': 'the input schema-registry-url takes it',
    'group.id': 'the input group takes it',
    'ssl.truststore.location': TRUSTSTORE,
    'ssl.truststore.password': TRUSTSTORE,
    'ssl.keystore.location': KEYSTORE,
    'ssl.keystore.password': KEYSTORE,
    'sasl.kerberos.service.name': 'Kerberos (GSSAPI) is not supported',
    'sasl.login.callback.handler.class': 'nothing but a user name and a password is supported',
    'sasl.client.callback.handler.class': 'nothing but a user name and a password is supported',
    'sasl.oauthbearer.token.endpoint.url': 'OAUTHBEARER is not supported',
};
/** Names as Kafka's clients have them: with dots, or one of these. What has neither may be a line of a key. */
const NAME = /^[a-z][a-z0-9]*([._-][a-z0-9]+)+$/;
const PLAIN_NAMES = ['acks', 'retries'];
const isPropertyName = (name) => name.length <= 80 && (NAME.test(name) || PLAIN_NAMES.includes(name));
/** @returns why a property is not taken, by its name, or by its line where the name may be something secret */
function refusalOf(name, line) {
    if (!isPropertyName(name))
        return `line ${line} holds no property (NAME=VALUE): a value of several lines has a backslash at the end of each but the last, or \\n between them`;
    const reason = REASONS[name.startsWith(`${REGISTRY}ssl.`) ? name.slice(REGISTRY.length) : name];
    return `${name} is not supported${reason ? `: ${reason}` : ''}`;
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
;// CONCATENATED MODULE: ./build/host/ssh/key-text.js
/** Word processors and chat programs make longer dashes of two or three. */
const DASHES = '(?<![-\u2010-\u2015\u2212])[-\u2010-\u2015\u2212]{2,}';
const BLOCK = new RegExp(`${DASHES} *BEGIN ([A-Z0-9 ]+?) *${DASHES}([\\s\\S]*?)(?:(${DASHES} *END [A-Z0-9 ]+? *${DASHES})|$|(?=${DASHES} *BEGIN ))`, 'g');
/** `openssh-key-v1` in base64, as every key in OpenSSH's own format begins. */
const OPENSSH_MAGIC = 'b3BlbnNzaC1rZXktdjE';
/** Twice: a file may have been encoded by the user and by the tool that carried it. */
const MOST_ENCODINGS = 2;
/** Finds the keys in what people store in a secret or a file, whatever happened to it on the way. */
function findBlocks(given) {
    let text = plain(given);
    for (let round = 0; round < MOST_ENCODINGS && !BLOCK_START.test(text); round++) {
        const decoded = decodedBase64(text);
        if (decoded === undefined)
            break;
        text = plain(decoded);
    }
    const blocks = [...text.matchAll(BLOCK)].map(([, label = '', body = '', end]) => blockOf(label.replaceAll(/ +/g, ' '), body, end === undefined));
    return { text, blocks };
}
const BLOCK_START = new RegExp(`${DASHES} *BEGIN `);
/** The same text in plain characters, with real line breaks. */
function plain(given) {
    let text = given
        // UTF-16 that was read as UTF-8, zero-width characters, byte order marks.
        .replaceAll(/[\0\ufffd\ufeff\u00ad\u200b-\u200d\u2060]/g, '')
        .replaceAll(/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]/g, ' ')
        .replaceAll(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n');
    // No key holds a backslash or a percent sign: these are a program's escapes.
    text = text
        .replaceAll(/(?<!\\)\\+u00([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
        .replaceAll(/(?<!\\)(?:\\+r\\+n|\\+[rn])/g, '\n')
        .replaceAll(/(?<!\\)\\+t/g, ' ')
        .replaceAll(/(?<!\\)\\+(["'/])/g, '$1')
        .replaceAll(/(?<!\\)\\+$/gm, '');
    if (/%0[ad]/i.test(text)) {
        text = text.replaceAll(/%([0-7][0-9a-f])/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
    }
    return text.trim();
}
/** @returns what the text is the base64 of, when that is the text of a key */
function decodedBase64(text) {
    const body = text.replace(/^data:[^,]*,/, '').replaceAll(/[\s"'`]+/g, '');
    if (!/^[A-Za-z0-9+/_-]{40,}=*$/.test(body))
        return undefined;
    const decoded = Buffer.from(body, 'base64').toString('utf8');
    return /BEGIN|QkVHSU4|LS0tLS/.test(decoded.replaceAll('\0', '')) ? decoded : undefined;
}
function blockOf(written, between, isCut) {
    // The headers of the old encrypted format, which have lost their own line breaks with the others.
    const header = /^[\s"'`>|]*Proc-Type: *4, *ENCRYPTED[\s"'`>|,+]*DEK-Info: *([A-Z0-9-]+), *([0-9A-F]+)/i.exec(between);
    const [, cipher = '', digits = ''] = header ?? [];
    const vector = digits.slice(0, /^DES/i.test(cipher) ? 16 : 32);
    const rest = header ? between.slice(header[0].length - digits.length + vector.length) : between;
    const body = rest
        .split('\n')
        .map(line => line.trim())
        // A string of a program that holds nothing but the line break.
        .filter(line => !/^["'`][\s"'`+.,;]*$/.test(line))
        // What marks a line of a quotation, of a block of YAML, or of a string in a program.
        .map(line => line.replace(/^[>|"'`\s]+/, '').replace(/["'`]\s*[,+.;]?$/, ''))
        .map(line => line.replaceAll(/\s+/g, ''))
        .join('');
    // Some tools write the wrong first line above a key.
    const label = body.startsWith(OPENSSH_MAGIC) ? 'OPENSSH PRIVATE KEY' : written;
    const width = label === 'OPENSSH PRIVATE KEY' ? 70 : 64;
    const headers = header ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${cipher},${vector}`, ''] : [];
    const lines = body.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    const foreign = /[^A-Za-z0-9+/=]/u.exec(body)?.[0];
    return {
        label,
        pem: `${[`-----BEGIN ${label}-----`, ...headers, ...lines, `-----END ${label}-----`].join('\n')}\n`,
        isCut,
        ...(foreign === undefined ? {} : { foreign }),
    };
}

;// CONCATENATED MODULE: ./build/config/client-properties/pem-texts.js


/** @returns the certificates of a text, each in PEM. @throws Error that says why there are none */
function readCertificates(text) {
    const { blocks } = findBlocks(text);
    if (blocks.some(({ label }) => label.endsWith('PRIVATE KEY')))
        throw new Error('it holds a private key, which does not belong here');
    const certificates = blocks.filter(({ label }) => label.endsWith('CERTIFICATE'));
    if (certificates.length === 0)
        throw new Error('it holds no "-----BEGIN CERTIFICATE-----": it takes the text of certificates in PEM');
    return certificates.map(({ pem, isCut }, index) => {
        const which = certificates.length === 1 ? 'the certificate' : `certificate ${index + 1}`;
        if (isCut)
            throw new Error(`${which} ends before its "-----END CERTIFICATE-----": in a properties file a value of several lines has a backslash at the end of each but the last`);
        try {
            return new external_node_crypto_.X509Certificate(pem).toString();
        }
        catch {
            throw new Error(`${which} is damaged: it cannot be decoded`);
        }
    });
}
/**
 * @param password '' for none
 * @returns the private key in PEM, as PKCS#8 without a password
 * @throws Error that says what is wrong, and holds nothing of the key
 */
function readKey(text, password) {
    const key = findBlocks(text).blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
    if (key === undefined)
        throw new Error('it holds no "-----BEGIN PRIVATE KEY-----": it takes the text of a key in PEM');
    if (key.isCut)
        throw new Error('the key ends before its "-----END PRIVATE KEY-----"');
    const isEncrypted = key.label === 'ENCRYPTED PRIVATE KEY';
    if (!isEncrypted && key.label !== 'PRIVATE KEY')
        throw new Error(`it is a "${key.label}", and Kafka reads PKCS#8 alone. It is made of it by: openssl pkcs8 -topk8 -nocrypt -in FILE`);
    if (isEncrypted && password === '')
        throw new Error('the key is encrypted, and ssl.key.password is not set');
    try {
        return (0,external_node_crypto_.createPrivateKey)({ key: key.pem, ...(isEncrypted ? { passphrase: password } : {}) });
    }
    catch {
        throw new Error(isEncrypted
            ? 'the key does not open with ssl.key.password, or is encrypted in a way that is no longer supported'
            : 'the key is damaged: it cannot be decoded');
    }
}
/** @throws Error when the key is not that of the certificate */
function refuseOtherKey(certificate, key) {
    if (certificate !== undefined && !new external_node_crypto_.X509Certificate(certificate).checkPrivateKey(key))
        throw new Error('it is not the key of the first certificate in ssl.keystore.certificate.chain');
}

;// CONCATENATED MODULE: ./build/config/client-properties/tls-properties.js


/** The properties that begin with `ssl.`. @param prefix what stands before it, for another connection than that to the brokers */
function readTls({ get, tell }, prefix = '') {
    const value = (name) => get(`${prefix}${name}`);
    const read = (name, parse) => {
        const text = value(name);
        try {
            return text === undefined ? undefined : parse(text);
        }
        catch (error) {
            tell(`${prefix}${name}: ${error.message}`);
            return undefined;
        }
    };
    for (const name of ['ssl.truststore.type', 'ssl.keystore.type']) {
        const type = value(name) ?? 'PEM';
        if (type !== 'PEM')
            tell(`${prefix}${name} is ${shownWord(type)}, and only PEM is supported`);
    }
    const trusted = read('ssl.truststore.certificates', readCertificates);
    const chain = read('ssl.keystore.certificate.chain', readCertificates);
    const key = read('ssl.keystore.key', text => {
        const opened = readKey(text, value('ssl.key.password') ?? '');
        refuseOtherKey(chain?.[0], opened);
        return opened;
    });
    const hasChain = value('ssl.keystore.certificate.chain') !== undefined;
    if (hasChain !== (value('ssl.keystore.key') !== undefined)) {
        const [missing, given] = hasChain
            ? ['ssl.keystore.key', 'ssl.keystore.certificate.chain']
            : ['ssl.keystore.certificate.chain', 'ssl.keystore.key'];
        tell(`${prefix}${missing} is not set, and goes with ${prefix}${given}`);
    }
    return {
        checksName: readAlgorithm(value('ssl.endpoint.identification.algorithm'), prefix, tell),
        ...(trusted ? { trusted } : {}),
        ...(chain && key ? { identity: { chain: chain.join(''), privateKey: pemOf(key) } } : {}),
    };
}
/** @returns whether names are checked; only the empty value says no */
function readAlgorithm(algorithm = 'https', prefix, tell) {
    if (!['', 'HTTPS'].includes(algorithm.toUpperCase()))
        tell(`${prefix}ssl.endpoint.identification.algorithm is ${shownWord(algorithm)}: it is https, or empty for no check of the name`);
    return algorithm !== '';
}
const pemOf = (key) => `${key.export({ type: 'pkcs8', format: 'pem' })}`;

;// CONCATENATED MODULE: ./build/config/client-properties/registry-properties.js



/** What the schema registry asks for, under the names of Confluent's clients. @param sasl what the brokers are told */
function readRegistry(properties, sasl) {
    const user = readUser(properties, sasl);
    const hasTls = TLS_NAMES.some(name => properties.get(`${REGISTRY}${name}`) !== undefined);
    return { ...(hasTls ? { tls: readTls(properties, REGISTRY) } : {}), ...(user ? { user } : {}) };
}
function readUser({ get, tell }, sasl) {
    const value = (name) => get(name) ?? get(`${REGISTRY}${name}`);
    const source = value('basic.auth.credentials.source');
    const info = value('basic.auth.user.info');
    if (source === 'USER_INFO')
        return userIn(info ?? '', tell);
    if (source === 'SASL_INHERIT') {
        if (get('sasl.jaas.config') === undefined)
            tell('basic.auth.credentials.source is SASL_INHERIT, and there is no sasl.jaas.config');
        return sasl && { username: sasl.username, password: sasl.password };
    }
    if (source !== undefined)
        tell(`basic.auth.credentials.source is ${shownWord(source)}, which is not supported. It is one of: USER_INFO, SASL_INHERIT`);
    else if (info !== undefined)
        tell('basic.auth.user.info has no effect without basic.auth.credentials.source, which must be USER_INFO');
    return undefined;
}
function userIn(info, tell) {
    const at = info.indexOf(':');
    if (at > 0 && at < info.length - 1)
        return { username: info.slice(0, at), password: info.slice(at + 1) };
    tell('basic.auth.user.info is not of the form USER:PASSWORD');
    return undefined;
}

// EXTERNAL MODULE: ./build/kafka/security/client-security.js
var client_security = __webpack_require__(14131);
;// CONCATENATED MODULE: ./build/config/client-properties/java-tokens.js
/**
 * In the order in which Java looks: blanks and comments (a slash begins one to the end of the line, wherever it stands outside
 * of quotes); a number, which ends before its second dot; a word; a text in quotes, which ends with the line if nothing else ends
 * it; any other character. Kafka makes letters of `-`, `_` and `$`; the characters from U+00A0 on are letters in any case.
 */
const TOKEN = /([\0- ]+|\/\*[\s\S]*?(?:\*\/|$)|\/[^\r\n]*)|(-?(?:\d+\.?\d*|\.\d*))|([A-Za-z_$\u00a0-\uffff][-\w.$\u00a0-\uffff]*)|("(?:\\[\s\S]|[^"\\\r\n])*"?|'(?:\\[\s\S]|[^'\\\r\n])*'?)|([\s\S])/g;
/** The tokens of a text, as Kafka sets java.io.StreamTokenizer up for `sasl.jaas.config`. */
function* javaTokens(text) {
    for (const [, skipped, number, word, quoted, character] of text.matchAll(TOKEN)) {
        if (skipped !== undefined)
            continue;
        if (number !== undefined)
            yield {};
        else if (quoted !== undefined)
            yield { value: textIn(quoted) };
        else
            yield word === undefined ? { character } : { value: word };
    }
}
const java_tokens_ESCAPES = {
    ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};
/** What a text in quotes says: C's escapes stand in it, octal numbers among them. */
function textIn(quoted) {
    const quote = quoted.charAt(0);
    const body = quoted.slice(1);
    return body.replaceAll(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|[\s\S])|(["'])/g, (found, escaped) => {
        if (escaped === undefined)
            return found === quote ? '' : found;
        return /^[0-7]/.test(escaped)
            ? String.fromCharCode(Number.parseInt(escaped, 8))
            : (java_tokens_ESCAPES[escaped] ?? escaped);
    });
}

;// CONCATENATED MODULE: ./build/config/client-properties/jaas.js

const FLAGS = ['REQUIRED', 'REQUISITE', 'SUFFICIENT', 'OPTIONAL'];
/**
 * Reads the value of `sasl.jaas.config` as Kafka's clients do (org.apache.kafka.common.security.JaasConfig):
 * `MODULE required NAME="VALUE" …;`.
 * @throws Error that says what is wrong; it holds no value
 */
function readJaasConfig(text) {
    const tokens = [...javaTokens(text)];
    const [name, flag] = tokens;
    if (name === undefined)
        throw new Error('it names no login module');
    if (!FLAGS.includes(flag?.value?.toUpperCase() ?? ''))
        throw new Error('after the login module stands none of required, requisite, sufficient, optional');
    const options = new Map();
    let at = 2;
    for (; at < tokens.length && tokens[at]?.character !== ';'; at += 3)
        options.set(...optionIn(tokens.slice(at, at + 3)));
    if (at >= tokens.length)
        throw new Error('it does not end with a semicolon');
    if (at < tokens.length - 1)
        throw new Error('after its semicolon stands something: Kafka takes one login module');
    return { name: name.value ?? '', options };
}
/** @param tokens `NAME`, `=` and a value, if all is well */
function optionIn([name, equals, value]) {
    if (name?.value === undefined)
        throw new Error('something else stands where the name of an option, or the semicolon, should be');
    if (equals?.character === '=' && value?.value !== undefined)
        return [name.value, value.value];
    const shown = /^[a-z_]{1,40}$/i.test(name.value) ? `the option ${name.value}` : 'an option';
    throw new Error(`${shown} has no value: NAME="VALUE", where only a word that begins with a letter needs no quotes`);
}

;// CONCATENATED MODULE: ./build/config/client-properties/sasl-properties.js



const LOGIN_MODULES = {
    PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
    SCRAM: 'org.apache.kafka.common.security.scram.ScramLoginModule',
};
const CHOICE = client_security/* SASL_MECHANISMS */.Xj.join(', ');
/** `sasl.mechanism` and `sasl.jaas.config`. @returns undefined when something is wrong with them */
function readSasl({ get, tell }) {
    const named = get('sasl.mechanism');
    const mechanism = client_security/* SASL_MECHANISMS */.Xj.find(known => known === named);
    if (named === undefined)
        tell(`sasl.mechanism is not set: Kafka takes GSSAPI then, which is not supported. Set one of: ${CHOICE}`);
    else if (mechanism === undefined)
        tell(`sasl.mechanism is ${shownWord(named)}, which is not supported. It is one of: ${CHOICE}`);
    const text = get('sasl.jaas.config');
    if (text === undefined)
        tell('sasl.jaas.config is not set: SASL needs a user name and a password');
    if (text === undefined || mechanism === undefined)
        return undefined;
    try {
        return { mechanism, ...userOf(readJaasConfig(text), mechanism) };
    }
    catch (error) {
        tell(`sasl.jaas.config: ${error.message}`);
        return undefined;
    }
}
/** @throws Error that names what is missing, or not supported */
function userOf({ name, options }, mechanism) {
    const wanted = LOGIN_MODULES[mechanism === 'PLAIN' ? 'PLAIN' : 'SCRAM'];
    if (name !== wanted) {
        const other = /^[A-Za-z]+(\.[A-Za-z0-9_$]+){1,12}$/.test(name) ? name : 'its login module';
        throw new Error(`${other} does not go with sasl.mechanism ${mechanism}, which takes ${wanted}`);
    }
    if (options.get('tokenauth') === 'true')
        throw new Error('a delegation token (tokenauth) is not supported');
    const [username, password] = [options.get('username'), options.get('password')];
    if (!username)
        throw new Error('its option username is missing or empty');
    if (!password)
        throw new Error('its option password is missing or empty');
    return { username, password };
}

;// CONCATENATED MODULE: ./build/config/client-properties/client-properties-input.js






const client_properties_input_NAME = 'client-properties';
const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
/**
 * The input `client-properties`: what a cluster asks of its clients, in the lines of a client.properties file, as Kafka's own
 * clients read them. What they would pass over in silence, and what is not supported, is refused by its name.
 * @returns undefined when it is not given
 */
function parseClientProperties(input, mode) {
    if (!input.has(client_properties_input_NAME))
        return undefined;
    if (mode !== 'smoke-test' && !input.hasProblem('mode'))
        input.problem([client_properties_input_NAME, 'mode'], 'only mode smoke-test takes it: what mode deploy makes asks for neither TLS nor a password');
    else if (mode === 'smoke-test' && !input.has('bootstrap-servers'))
        input.problem([client_properties_input_NAME, 'bootstrap-servers'], 'it says what the brokers at bootstrap-servers ask for; a cluster that is found by its compose file is asked in plain text');
    const tell = (problem) => input.problem([client_properties_input_NAME], problem);
    const values = readValues(input.text(client_properties_input_NAME), tell);
    return securityOf(values, { get: name => values.get(name), tell });
}
/** Of a name that comes twice the last value counts, as in Java. */
function readValues(text, tell) {
    const values = new Map();
    const refused = new Set();
    try {
        for (const { name, value, line } of readJavaProperties(text)) {
            if (UNDERSTOOD.has(name))
                values.set(name, value.trim());
            else
                refused.add(refusalOf(name, line));
            // What follows is most likely the rest of a value.
            if (!isPropertyName(name))
                break;
        }
    }
    catch (error) {
        refused.add(error.message);
    }
    for (const refusal of refused)
        tell(refusal);
    return values;
}
function securityOf(values, properties) {
    const { get, tell } = properties;
    const protocol = (get('security.protocol') ?? 'PLAINTEXT').toUpperCase();
    if (!PROTOCOLS.includes(protocol)) {
        tell(`security.protocol is ${shownWord(protocol)}, not one of: ${PROTOCOLS.join(', ')}`);
        return {};
    }
    const [usesTls, usesSasl] = [protocol.endsWith('SSL'), protocol.startsWith('SASL_')];
    // Kafka says nothing then; most often security.protocol is missing.
    const idle = [...values.keys()].find(name => (name.startsWith('ssl.') && !usesTls) || (name.startsWith('sasl.') && !usesSasl));
    const inherits = get('basic.auth.credentials.source') === 'SASL_INHERIT';
    if (idle !== undefined && !(inherits && idle.startsWith('sasl.')))
        tell(`${idle} has no effect while security.protocol is ${protocol}`);
    const sasl = usesSasl || inherits ? readSasl(properties) : undefined;
    return {
        ...(usesTls ? { tls: readTls(properties) } : {}),
        ...(usesSasl && sasl ? { sasl } : {}),
        registry: readRegistry(properties, sasl),
    };
}

// EXTERNAL MODULE: ./build/errors.js
var errors = __webpack_require__(19473);
// EXTERNAL MODULE: ./build/host/ssh/host-keys.js
var host_keys = __webpack_require__(19679);
// EXTERNAL MODULE: ./node_modules/ssh2/lib/index.js
var lib = __webpack_require__(85472);
;// CONCATENATED MODULE: ./build/host/ssh/key-errors.js

const ANOTHER_CIPHER = 'Encrypt it with another cipher; the passphrase may stay the same: ssh-keygen -p -Z aes256-ctr -f KEY';
const missingPassphrase = () => new errors/* ActionError */.lZ('key-passphrase', 'the key is encrypted and no passphrase is given');
const wrongPassphrase = (cause) => new errors/* ActionError */.lZ('key-passphrase', 'the passphrase does not open this key', { cause });
/** A key that is recognized and whose content makes no sense. */
const damaged = (cause) => new errors/* ActionError */.lZ('key-format', 'it is damaged: something in the middle is missing or changed', {
    cause,
    hint: 'Store the file itself, e.g. with: gh secret set NAME < KEY. Whether the file is whole tells: ssh-keygen -y -f KEY',
});
/** A key that is protected by a cipher that nothing here reads: not a question of the passphrase. */
const unsupportedCipher = (cipher, cause, hint = ANOTHER_CIPHER) => new errors/* ActionError */.lZ('key-format', `the key is encrypted with ${cipher}: this cipher is not supported`, {
    cause,
    hint,
});
/** A kind of key that cannot sign in here. @param kind as in the key, e.g. `ssh-dss` */
function unusableKind(kind) {
    const hint = 'Make another key: ssh-keygen -t ed25519 -f KEY; its public half goes into ~/.ssh/authorized_keys.';
    if (kind.startsWith('sk-')) {
        return new errors/* ActionError */.lZ('key-format', `this is a FIDO key (${kind}): its secret is in a security key that a runner does not have`, { hint });
    }
    if (kind === 'DSA' || kind === 'ssh-dss') {
        return new errors/* ActionError */.lZ('key-format', 'this is a DSA key; no SSH server of these days takes it', { hint });
    }
    return new errors/* ActionError */.lZ('key-format', `this is a key of kind ${kind}, with which nobody signs in over SSH here`, {
        hint,
    });
}

;// CONCATENATED MODULE: ./build/host/ssh/not-a-key.js

const NO_BEGIN = 'there is no "-----BEGIN … PRIVATE KEY-----" line in it';
const oneLine = (text) => !text.includes('\n');
const MISTAKES = [
    {
        is: text => text.includes('PuTTY-User-Key-File-'),
        message: 'this is a PuTTY key (.ppk)',
        hint: 'Convert it: puttygen KEY.ppk -O private-openssh -o KEY',
    },
    {
        is: (_, labels) => labels.some(label => label.startsWith('PGP ')),
        message: 'this is an OpenPGP key, not one of SSH',
        hint: 'Make a key of SSH: ssh-keygen -t ed25519 -f KEY',
    },
    {
        is: text => /(^|[\s"',])(ssh|ecdsa|sk)-[^\s"',]+-cert-v\d\d@openssh\.com\s+AAAA/.test(text),
        message: 'this is an SSH certificate (…-cert.pub), which goes with a private key',
        hint: 'Store the private key; its public half must be in ~/.ssh/authorized_keys on the machine, as certificates are not used here.',
    },
    {
        is: (text, labels) => /(^|[\s"',])(ssh-|ecdsa-|sk-)[^\s"',]+\s+AAAA/.test(text) ||
            labels.some(label => label.endsWith('PUBLIC KEY')),
        message: 'this is the public half of a key',
        hint: 'Store the private file, the one without .pub.',
    },
    {
        is: (_, labels) => labels.some(label => label.endsWith('CERTIFICATE')),
        message: 'this is an X.509 certificate, not a private key',
        hint: 'Store the private key, the file that begins with "-----BEGIN … PRIVATE KEY-----".',
    },
    {
        is: text => oneLine(text) && /^(SHA256|MD5):/.test(text),
        message: 'this is the fingerprint of a key',
        hint: 'Store the private file itself; the fingerprint of the host key belongs into host-fingerprint.',
    },
    {
        is: text => oneLine(text) && /^(\$\{\{.*\}\}|\$\{?\w+\}?|%\w+%)$/.test(text),
        message: 'this is an expression that nobody has replaced by its value',
        hint: `Write it as \${{ secrets.NAME }} in the workflow, outside of quotes that keep it as it is.`,
    },
    {
        is: text => /^\*+$/.test(text),
        message: 'this is the mask of a secret, as logs show it, not the secret',
        hint: 'Store the key from its file, not from a log.',
    },
    {
        is: text => oneLine(text) &&
            (/^SSH_AUTH_SOCK\b/.test(text) || (/^\/\S+$/.test(text) && /agent|\.sock$/.test(text))),
        message: "this is the path of an SSH agent's socket; this action does not use an agent",
        hint: 'Store the private key itself in the input key, or its path in key-file.',
    },
    {
        is: text => oneLine(text) &&
            text.length < 300 &&
            (/^(~|\.{0,2}\/|[A-Za-z]:[\\/])\S*$/.test(text) || /^[\w./-]+\.(pem|key|pub|ppk)$/i.test(text)),
        message: `${NO_BEGIN}; it looks like a path`,
        hint: 'The input key takes the text of the key. A path on the runner goes into key-file.',
    },
];
/** Says what a text is in which no private key was found. */
function nameMistake({ text, blocks }) {
    const labels = blocks.map(block => block.label);
    const mistake = MISTAKES.find(({ is }) => is(text, labels));
    if (mistake)
        return new errors/* ActionError */.lZ('key-format', mistake.message, { hint: mistake.hint });
    return new errors/* ActionError */.lZ('key-format', NO_BEGIN);
}

;// CONCATENATED MODULE: ./build/host/ssh/openssh-key.js
const MAGIC = Buffer.from('openssh-key-v1\0');
const BLOCK_SIZE = 8;
const openssh_key_NAME = /^[a-z0-9][a-z0-9@.-]{2,50}$/;
const TYPE = /^(sk-)?(ssh|ecdsa|webauthn)-[a-z0-9@.-]{3,50}$/;
/** Reads the head of a key in OpenSSH's own format. @returns undefined when it is damaged */
function readHead(pem) {
    const bytes = Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ''), 'base64');
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
        return undefined;
    let at = MAGIC.length;
    const next = () => {
        const length = bytes.readUInt32BE(at);
        at += 4 + length;
        if (at > bytes.length)
            throw new RangeError('it ends too early');
        return bytes.subarray(at - length, at);
    };
    try {
        const cipher = next().toString('latin1');
        next(); // the key derivation function
        next(); // and its options
        at += 4; // the number of keys
        const publicKey = next();
        const type = publicKey.toString('latin1', 4, 4 + publicKey.readUInt32BE(0));
        // In a damaged key these may be anything, even a piece of the secret.
        return openssh_key_NAME.test(cipher) && TYPE.test(type) ? { cipher, type } : undefined;
    }
    catch {
        return undefined;
    }
}
/** An ED25519 key in OpenSSH's own format, unencrypted: the only one in which the SSH library reads this kind. */
function writeEd25519(key) {
    const { x = '', d = '' } = key.export({ format: 'jwk' });
    const [publicHalf, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
    const type = field('ssh-ed25519');
    const secret = Buffer.concat([
        // Two equal numbers, by which a reader tells that it has decrypted rightly.
        uint32(0),
        uint32(0),
        type,
        field(publicHalf),
        field(Buffer.concat([seed, publicHalf])),
        field(''),
    ]);
    const missing = (BLOCK_SIZE - (secret.length % BLOCK_SIZE)) % BLOCK_SIZE;
    const padding = Buffer.from(Array.from({ length: missing }, (_, index) => index + 1));
    const bytes = Buffer.concat([
        MAGIC,
        field('none'),
        field('none'),
        field(''),
        uint32(1),
        field(Buffer.concat([type, field(publicHalf)])),
        field(Buffer.concat([secret, padding])),
    ]);
    const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
    return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}
function uint32(value) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
}
function field(content) {
    const bytes = Buffer.from(content);
    return Buffer.concat([uint32(bytes.length), bytes]);
}

;// CONCATENATED MODULE: ./build/host/ssh/pem-key.js



const DES_BLOCK_SIZE = 8;
const WRITE_ANEW = 'Write it anew: openssl pkey -provider legacy -provider default -in KEY -out NEW; chmod 600 NEW; ssh-keygen -p -f NEW';
/** The elliptic curves of SSH (RFC 5656), by OpenSSL's names. */
const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
/** True for PKCS#8 and the older PEM formats when they need a passphrase. */
const isEncryptedPem = (pem) => /BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED$/m.test(pem);
/**
 * A key in PKCS#8 (RFC 5958), PKCS#1 or SEC 1 in the form of its kind that the SSH library reads, unencrypted.
 * @throws ActionError when it cannot be opened or is of a kind that SSH does not have
 */
function convertPem(pem, passphrase) {
    const key = opened(pem, passphrase);
    const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = key;
    if (kind === 'rsa')
        return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (kind === 'ed25519')
        return writeEd25519(key);
    if (kind === 'ec' && CURVES.has(details?.namedCurve ?? ''))
        return key.export({ type: 'sec1', format: 'pem' }).toString();
    if (kind === 'dsa')
        throw unusableKind('DSA');
    throw unusableKind(kind === 'ec' ? `EC on the curve ${details?.namedCurve ?? 'of its own'}` : `${kind}`);
}
function opened(pem, passphrase) {
    const isEncrypted = isEncryptedPem(pem);
    try {
        return (0,external_node_crypto_.createPrivateKey)(isEncrypted ? { key: pem, passphrase } : pem);
    }
    catch (cause) {
        if (!isEncrypted)
            return underAnotherLabel(pem) ?? throwing(damaged(cause));
        const words = cause instanceof Error ? cause.message : '';
        const cipher = /^DEK-Info: ([A-Z0-9-]+),/m.exec(pem)?.[1];
        const isUnknown = cipher !== undefined && !/^(AES|DES-EDE3|CAMELLIA|ARIA|SEED)-/.test(cipher);
        if (isUnknown || /digital envelope routines::unsupported|unknown cipher/i.test(words)) {
            throw unsupportedCipher(cipher ?? 'a cipher of old', cause, WRITE_ANEW);
        }
        throw isWhole(pem) ? wrongPassphrase(cause) : damaged(cause);
    }
}
/** Some tools write the wrong first line above a key. */
function underAnotherLabel(pem) {
    const key = bodyOf(pem);
    for (const type of ['pkcs8', 'pkcs1', 'sec1']) {
        try {
            return (0,external_node_crypto_.createPrivateKey)({ key, format: 'der', type });
        }
        catch {
            // It is not of this type either.
        }
    }
    return undefined;
}
/** Whether nothing of an encrypted key is lost; what is inside only the passphrase tells. */
function isWhole(pem) {
    const bytes = bodyOf(pem);
    if (!pem.includes('BEGIN ENCRYPTED '))
        return bytes.length > 0 && bytes.length % DES_BLOCK_SIZE === 0;
    // A SEQUENCE of DER tells its own length, here always in two bytes or one.
    const [tag, form = 0] = bytes;
    const [length, head] = form === 0x82 ? [bytes.readUInt16BE(2), 4] : form === 0x81 ? [bytes[2] ?? 0, 3] : [form, 2];
    return tag === 0x30 && length + head === bytes.length;
}
const bodyOf = (pem) => Buffer.from(pem.replaceAll(/-----[^-]+-----|^[A-Za-z-]+: .*$/gm, ''), 'base64');
function throwing(error) {
    throw error;
}

;// CONCATENATED MODULE: ./build/host/ssh/private-key.js







/**
 * A private key in a form the SSH library reads, from what people really store in a secret: with text around it, quotes,
 * indentation, line breaks lost or written out, as base64, in PKCS#8.
 *
 * @param text the key as given
 * @param passphrase its passphrase, '' for none
 * @throws ActionError `key-format` or `key-passphrase`, in words that never contain the key
 */
function readPrivateKey(text, passphrase) {
    const found = findBlocks(text);
    const [block, ...others] = found.blocks.filter(({ label }) => isPrivate(label));
    if (!block || /PuTTY-User-Key-File-/.test(found.text))
        throw nameMistake(found);
    if (block.isCut) {
        throw new errors/* ActionError */.lZ('key-format', 'it ends before its "-----END … PRIVATE KEY-----" line', {
            hint: 'Copy the whole file, with its first and its last line.',
        });
    }
    if (block.foreign !== undefined)
        throw foreignCharacter(block.foreign);
    const opened = openWith(block, passphrase);
    const repairs = [...repairsOf(text, found, block, others.length), ...opened.repairs];
    return { ...opened, repairs };
}
const isPrivate = (label) => label.endsWith('PRIVATE KEY');
/** Nothing but dashes after the label; the label is taken whole, so that a long text takes no long time. */
const ENDS_WITH_ITS_FRAME = /^END [A-Z0-9 ]+(?![A-Z0-9 ])[^\w]*$/;
function repairsOf(given, found, block, others) {
    if (given.trim() === block.pem.trim())
        return [];
    const repairs = [];
    if (others > 0)
        repairs.push(`it holds ${others + 1} private keys: the first is used`);
    if (!/-----BEGIN /.test(given))
        repairs.push('it was encoded: it is read as base64 or in plain dashes');
    const isAlone = /^[^\w]*BEGIN /.test(found.text) &&
        ENDS_WITH_ITS_FRAME.test(found.text.slice(found.text.lastIndexOf('END '))) &&
        found.blocks.length === 1;
    repairs.push(isAlone ? 'its lines are set anew' : 'what stands around the key is left out');
    return repairs;
}
/** A line break at the end of a passphrase is left out only where that opens the key. */
function openWith(block, passphrase) {
    try {
        return { privateKey: usable(block, passphrase), passphrase, repairs: [] };
    }
    catch (error) {
        const shorter = passphrase.replace(/(?<![\r\n])[\r\n]+$/, '');
        const isWrong = error instanceof errors/* ActionError */.lZ && error.code === 'key-passphrase';
        if (!isWrong || shorter === passphrase || shorter === '')
            throw error;
        try {
            const repairs = ['the line break at the end of its passphrase is left out'];
            return { privateKey: usable(block, shorter), passphrase: shorter, repairs };
        }
        catch {
            throw error;
        }
    }
}
/** @returns the key as the SSH library reads it with this passphrase */
function usable({ label, pem }, passphrase) {
    if (label.startsWith('SSH2 ')) {
        throw new errors/* ActionError */.lZ('key-format', 'this is a key in the format of ssh.com', {
            hint: 'Convert it: ssh-keygen -i -f KEY > NEW (without a passphrase), or with puttygen.',
        });
    }
    if (label === 'DSA PRIVATE KEY')
        throw unusableKind('DSA');
    const head = readHead(pem);
    if (!head) {
        if (isEncryptedPem(pem) && passphrase === '')
            throw missingPassphrase();
        const isRead = /^(RSA|EC) /.test(label) && !(parse(pem, passphrase) instanceof Error);
        // What the library reads may still be of a curve that SSH does not have.
        const converted = convertPem(pem, passphrase);
        return isRead ? pem : converted;
    }
    refuseUnreadable(pem, passphrase, head);
    return pem;
}
function refuseUnreadable(pem, passphrase, head) {
    if (!/^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/.test(head.type))
        throw unusableKind(head.type);
    if (head.cipher !== 'none' && passphrase === '')
        throw missingPassphrase();
    const parsed = parse(pem, passphrase);
    if (!(parsed instanceof Error))
        return;
    if (head.cipher === 'none')
        throw damaged(parsed);
    if (/bad passphrase|unable to authenticate/i.test(parsed.message))
        throw wrongPassphrase(parsed);
    if (/malformed/i.test(parsed.message))
        throw damaged(parsed);
    throw unsupportedCipher(head.cipher, parsed);
}
/** The SSH library's own judgement; some of its parsers throw where others return the error. */
function parse(key, passphrase) {
    try {
        return lib.utils.parseKey(key, passphrase || undefined);
    }
    catch (error) {
        return error instanceof Error ? error : new Error(String(error));
    }
}
function foreignCharacter(character) {
    const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    const shown = character.trim() === '' ? code : `"${character}" (${code})`;
    return new errors/* ActionError */.lZ('key-format', `it holds a character that no key has, ${shown}: it is damaged`, {
        hint: character === '*'
            ? 'It was copied from a log, where secrets are masked. Store the key from its file.'
            : 'Store the file itself, e.g. with: gh secret set NAME < KEY',
    });
}

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
// EXTERNAL MODULE: ./build/config/input-reader.js + 1 modules
var input_reader = __webpack_require__(85578);
;// CONCATENATED MODULE: ./build/config/address-inputs.js


const address_inputs_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const USER = /^[A-Za-z_][\w.-]*\$?$/;
/** Characters that nobody sees: they come with text that was copied from a page. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/;
/**
 * The input `host`: a name or an address. Brackets around IPv6 and the last dot of a name are understood; what belongs
 * into other inputs is refused with the values to give there.
 */
function parseHost(input) {
    const text = input.text('host');
    if (text === '') {
        input.empty(['host'], 'the name or address of the machine is required ("localhost" without a key: the runner itself)');
        return text;
    }
    const problem = oddities(text);
    if (problem) {
        input.problem(['host'], `${quoted(text)} ${problem}`);
        return text;
    }
    const address = readAddress(text);
    const host = address && understood(address.host);
    if (!address || host === undefined) {
        input.problem(['host'], `${quoted(text)} is not a host name or an IP address, without user, port or "ssh://"`);
        return text;
    }
    const { user, port, isUrl } = address;
    if (user === undefined && port === undefined && !isUrl)
        return host;
    const given = { host, username: user, port };
    const parts = Object.entries(given).filter(([, value]) => value !== undefined);
    const names = parts.map(([name]) => name);
    const values = parts.map(([name, value]) => `${name} ${value}`).join(' and ');
    const what = isUrl ? 'a URL' : [user && 'a user', port && 'a port'].filter(Boolean).join(' and ');
    input.problem(names, `${quoted(text)} ${isUrl ? 'is' : 'holds'} ${what}; give ${values}`);
    return host;
}
/** The input `jump-host`: `user@host:port`, of which only the host must be given. */
function parseJumpAddress(input) {
    const text = input.text('jump-host');
    const refuse = (why) => {
        input.problem(['jump-host'], `${quoted(text)} ${why}`);
        return {};
    };
    const form = 'is not of the form user@host or user@host:port';
    if (/\S,\S/.test(text)) {
        return refuse('names several jump hosts, and only one is taken; several go into proxy-command: ssh -W %h:%p -J FIRST LAST');
    }
    const problem = oddities(text);
    if (problem)
        return refuse(problem);
    const address = readAddress(text);
    const host = address && understood(address.host);
    if (!address || host === undefined)
        return refuse(form);
    const { user, port = '22', isUrl } = address;
    if (isUrl)
        return refuse(`is a URL; give ${user ? `${user}@` : ''}${host}${port === '22' ? '' : `:${port}`}`);
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
        return refuse(form);
    return { host, port: Number(port), ...(user === undefined ? {} : { user }) };
}
/** What the input `host` lists: one machine a line, or with commas between them; a single text for one machine. */
function machinesIn(text) {
    // A key that was given to the wrong input has many lines, and none is ever shown.
    if (text.includes('PRIVATE KEY'))
        return [text];
    const items = text.split(/[\n,]/).map(item => item.trim());
    return items.filter(item => item !== '');
}
const NAME_FORM = 'host, user@host or user@host:port';
const IPV6_FORM = 'host or user@host; an IPv6 address with a port is written [ADDRESS]:PORT';
const isLikeIPv6 = (text) => text.includes('[') || text.split(':').length > 2;
/** One item of a list of machines. @returns undefined when it is wrong, which is noted then, as of the input `name` */
function parseListedHost(input, text, name = 'host') {
    const refuse = (why) => {
        input.problem([name], `${quoted(text)} ${why}`);
        return undefined;
    };
    const problem = oddities(text);
    if (problem)
        return refuse(problem);
    const address = readAddress(text);
    const host = address && understood(address.host);
    const port = address?.port === undefined ? undefined : Number(address.port);
    if (!address || host === undefined || (port !== undefined && !(port >= 1 && port <= 65_535)))
        return refuse(`is not of the form ${isLikeIPv6(text) ? IPV6_FORM : NAME_FORM}`);
    if (address.isUrl)
        return refuse(`is a URL; give ${host}`);
    return {
        host,
        ...(address.user === undefined ? {} : { user: address.user }),
        ...(port === undefined ? {} : { port }),
    };
}
/** What a URL may hold between user and host is a password. */
const quoted = (text) => (0,input_reader/* shown */.SP)(text.replace(/:[^:@/]+@/, ':…@'));
/** What makes the text no address at all, in words. */
function oddities(text) {
    const invisible = INVISIBLE.exec(text)?.[0];
    if (invisible !== undefined) {
        const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
        return `holds a character that nobody sees (U+${code}); type it anew`;
    }
    if (text.includes('PRIVATE KEY'))
        return 'is not a host name or an IP address';
    if (/^["'`].*["'`]$/.test(text))
        return 'has quotes around it; give it without them';
    if (/^[$%]|\$\{\{?|^<.*>$/.test(text))
        return 'is a placeholder that nobody has replaced by its value';
    if (/[,;]$/.test(text))
        return `ends with "${text.at(-1)}"; give it without`;
    if (/[\s,;]/.test(text))
        return 'is not one host name or IP address; several machines are given one a line, or with commas';
    return undefined;
}
function readAddress(text) {
    const pattern = /^(?:(?<scheme>[a-z][a-z0-9+.-]*):\/\/)?(?:(?<user>[^@/]*)@)?(?<rest>[^/?#]*)(?<path>[/?#].*)?$/i;
    const { scheme, user, rest = '', path } = pattern.exec(text)?.groups ?? {};
    // A password in a URL is never shown again.
    const name = user?.replace(/:.*$/s, '');
    if (name !== undefined && !USER.test(name))
        return undefined;
    const isUrl = scheme !== undefined || path !== undefined;
    const withUser = { isUrl, ...(name === undefined ? {} : { user: name }) };
    if ((0,external_node_net_.isIP)(rest))
        return { ...withUser, host: rest };
    const parts = /^(?:\[(?<bracketed>[^\]]*)\]|(?<bare>[^:[\]]+))(?::(?<port>\d+))?$/.exec(rest)?.groups;
    if (!parts)
        return undefined;
    if (parts.bracketed !== undefined && !(0,external_node_net_.isIPv6)(parts.bracketed))
        return undefined;
    const host = parts.bracketed ?? parts.bare ?? '';
    return { ...withUser, host, ...(parts.port === undefined ? {} : { port: parts.port }) };
}
/** @returns the host as it is looked up; undefined when it can be none */
function understood(host) {
    if ((0,external_node_net_.isIP)(host))
        return host;
    const name = host.replace(/\.$/, '');
    // Digits and dots alone are an IPv4 address, or a typing error in one: not a name that a resolver may complete.
    if (!address_inputs_NAME.test(name) || name.includes('..') || (/^[\d.]+$/.test(name) && !(0,external_node_net_.isIPv4)(name)))
        return undefined;
    return name;
}

;// CONCATENATED MODULE: ./build/config/connection-inputs.js





/**
 * The inputs that say how to reach the machine.
 *
 * @param readFile reads the file that `key-file` names; what it throws says why not, as what follows "it"
 */
function parseConnection(input, readFile) {
    // Of several machines each is a target of its own, with all that is said here for the first.
    const [first, second] = machinesIn(input.text('host'));
    const host = second === undefined ? parseHost(input) : (first ?? '');
    const key = parseKey(input, readFile);
    const port = input.integer('port', { min: 1, max: 65_535 });
    const username = input.matching('username', /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/, {
        form: 'a user name: letters, digits, dots, dashes and underscores, starting with a letter or an underscore',
    });
    const trust = {
        fingerprints: parsePins(input, 'host-fingerprint', FINGERPRINTS),
        knownHosts: parsePins(input, 'known-hosts', KNOWN_HOSTS),
    };
    const jump = input.has('jump-host') ? parseJumpHost(input, key, trust) : undefined;
    const via = parseRoute(input, jump?.target);
    if (key === undefined && second === undefined && isThisMachine(host)) {
        const needsKey = ['jump-host', 'proxy-command'];
        for (const name of needsKey.filter(name => input.has(name))) {
            input.problem([name, 'key'], 'there is no SSH connection to carry: host is this runner and no key is given');
        }
        return { kind: 'local' };
    }
    if (key === undefined && !input.has('key') && !input.has('key-file')) {
        input.empty(['key', 'key-file'], 'one of the two is required to connect over SSH, and both are empty');
    }
    const { privateKey, passphrase, repairs } = key ?? NO_KEY;
    return {
        kind: 'ssh',
        target: { host, port, username, privateKey, passphrase, trust, via },
        repairs: [...repairs, ...(jump?.repairs ?? [])],
    };
}
/** In place of a key that has a problem. */
const NO_KEY = { privateKey: '', passphrase: '', repairs: [] };
const isThisMachine = (host) => ['localhost', '127.0.0.1', '::1'].includes(host);
function parseKey(input, readFile) {
    if (input.has('key') && input.has('key-file')) {
        input.problem(['key', 'key-file'], 'only one of the two can be given');
        return undefined;
    }
    if (!input.has('key-file'))
        return connection_inputs_readKey(input, 'key', 'passphrase', input.text('key'));
    const path = input.text('key-file');
    if (path.includes('-----BEGIN') || path.includes('\n')) {
        input.problem(['key-file'], 'it holds the text of a key, not a path; the input for the text is key');
        return undefined;
    }
    let text;
    try {
        text = readFile(path);
    }
    catch (error) {
        const home = path.startsWith('~') ? '; "~" is not replaced here: give the whole path' : '';
        input.problem(['key-file'], `the file ${(0,input_reader/* shown */.SP)(path)} cannot be read on the runner: it ${(0,errors/* reasonOf */.A3)(error)}${home}`);
        return undefined;
    }
    return connection_inputs_readKey(input, 'key-file', 'passphrase', text, `the file ${(0,input_reader/* shown */.SP)(path)}: `);
}
function connection_inputs_readKey(input, name, passphraseName, text, where = '') {
    if (text.trim() === '') {
        if (input.has(name))
            input.problem([name], `${where}the key is empty`);
        return undefined;
    }
    try {
        const key = readPrivateKey(text, input.text(passphraseName));
        return { ...key, repairs: key.repairs.map(repair => `${name}: ${repair}`) };
    }
    catch (error) {
        if (!(error instanceof errors/* ActionError */.lZ))
            throw error;
        const { code, hint, message } = error;
        if (code === 'key-passphrase' && !input.has(passphraseName))
            input.empty([passphraseName], message, code);
        else if (code === 'key-passphrase')
            input.problem([passphraseName], message, { code, hint });
        else
            input.problem([name], `${where}${message}`, { code, hint });
        return undefined;
    }
}
function parseRoute(input, jump) {
    if (input.has('jump-host') && input.has('proxy-command')) {
        input.problem(['jump-host', 'proxy-command'], 'only one way to the machine can be given');
    }
    if (jump)
        return { kind: 'jump-host', target: jump };
    const needsJumpHost = ['jump-key', 'jump-passphrase', 'jump-host-fingerprint'];
    for (const name of needsJumpHost.filter(name => input.has(name))) {
        input.problem([name, 'jump-host'], `${name} is given, but no jump-host to use it for`);
    }
    if (!input.has('proxy-command'))
        return undefined;
    return { kind: 'proxy-command', command: input.text('proxy-command') };
}
function parseJumpHost(input, key, trust) {
    const { host = '', user, port = 22 } = parseJumpAddress(input);
    const ownKey = input.has('jump-key');
    if (!ownKey && input.has('jump-passphrase')) {
        input.problem(['jump-passphrase', 'jump-key'], 'jump-passphrase is given, but no jump-key that it could open');
    }
    const used = ownKey ? connection_inputs_readKey(input, 'jump-key', 'jump-passphrase', input.text('jump-key')) : key;
    const { privateKey, passphrase, repairs } = used ?? NO_KEY;
    return {
        target: {
            host,
            port,
            username: user ?? input.text('username'),
            privateKey,
            passphrase,
            trust: parseJumpTrust(input, host, port, trust),
        },
        repairs: ownKey ? repairs : [],
    };
}
const FINGERPRINTS = { parse: host_keys/* parseFingerprints */.Tr, form: 'SHA256:…' };
const KNOWN_HOSTS = {
    parse: host_keys/* parseKnownHosts */.uJ,
    form: 'lines "host key-type base64-key", as ssh-keyscan prints them',
};
/** Pins that were meant to be given and hold nothing must not pass for "any key is accepted". */
function parsePins(input, name, { parse, form }) {
    const before = input.problems.length;
    const pins = input.parsed(name, parse, []);
    if (input.has(name) && pins.length === 0 && input.problems.length === before) {
        input.problem([name], `${(0,input_reader/* shown */.SP)(input.text(name))} holds no host key; it takes ${form}`);
    }
    return pins;
}
/** known-hosts lines that speak only of the machine leave the jump host unpinned: the machine's own pin protects the run. */
function parseJumpTrust(input, host, port, { knownHosts }) {
    const fingerprints = parsePins(input, 'jump-host-fingerprint', FINGERPRINTS);
    return { fingerprints, knownHosts: (0,host_keys/* linesAbout */.pM)({ fingerprints, knownHosts }, host, port) };
}

// EXTERNAL MODULE: ./build/config/deployment-inputs.js
var deployment_inputs = __webpack_require__(23272);
;// CONCATENATED MODULE: ./build/compose/deployment/node-plan.js



/** The name of a rack, which stands in a file of settings as it is: `eu-west-3a`, `row_4.7`. */
const RACK = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** The names of the stack's files in the project's directory. */
const NODE_FILE = 'docker-compose.yml';
const NODE_REGISTRY_FILE = 'docker-compose.schema-registry.yml';
const NODE_RACK_FILE = 'docker-compose.rack.yml';
const CLUSTER_PORT = 9092;
const CONTROLLER_PORT = 9093;
/** As in the stacks of one machine, whose three brokers have these ports. */
const FIRST_HOST_PORTS = (/* unused pure expression or super */ null && ([19092, 29092, 39092]));
/** That of the fourth node; each further one has the next. */
const NEXT_HOST_PORT = 19093;
/**
 * Decides what each machine becomes, in the order of the machines. A node's id stays with the machine that has its data; machines
 * without any get the lowest ids that are free. The controllers are the nodes of the lowest ids, for good: who decides must
 * not change with the order of a list.
 * @throws ActionError `machines-of-different-clusters`, `controller-missing`
 */
function planNodes(machines, { controllers, stack, newClusterId, taken = [] }) {
    refuseTwins(machines);
    const clusterId = clusterIdOf(machines) ?? newClusterId();
    refuseOtherControllers(machines, controllers);
    const nodes = withRacks(withIds(machines, taken));
    const voters = nodes
        .filter(({ nodeId }) => nodeId <= controllers)
        .toSorted((one, other) => one.nodeId - other.nodeId);
    return nodes.map(node => planOf(node, { voters, clusterId, controllers, stack }));
}
function planOf(node, { voters, clusterId, controllers, stack }) {
    const { nodeId, address, rack } = node;
    const isController = nodeId <= controllers;
    const hasRegistry = nodeId === 1;
    const hostPort = hostPortOf(nodeId);
    const texts = [
        [NODE_FILE, stack.node],
        ...(hasRegistry ? [[NODE_REGISTRY_FILE, stack.registry]] : []),
        // A variable without a value would be a change to the nodes of a cluster without racks.
        ...(rack === undefined ? [] : [[NODE_RACK_FILE, stack.rack]]),
    ];
    const composeFiles = texts.map(([path]) => path);
    const settings = {
        KAFKA_NODE_ID: nodeId,
        CLUSTER_ID: clusterId,
        KAFKA_ROLES: isController ? 'broker,controller' : 'broker',
        NODE_ADDRESS: inUrl(address),
        HOST_PORT: hostPort,
        CONTROLLER_VOTERS: voters.map(each => `${each.nodeId}@${at(each, CONTROLLER_PORT)}`).join(','),
        CONTROLLER_LISTENER: isController ? `,CONTROLLER://${at(node, CONTROLLER_PORT)}` : '',
        ...(rack !== undefined && { KAFKA_BROKER_RACK: rack }),
        ...(hasRegistry && {
            REGISTRY_BOOTSTRAP_SERVERS: voters.map(each => `SSL://${at(each, CLUSTER_PORT)}`).join(','),
        }),
        // For whoever calls docker-compose in the directory by hand.
        ...(composeFiles.length > 1 && { COMPOSE_FILE: composeFiles.join(':') }),
    };
    return {
        nodeId,
        roles: isController ? 'controller+broker' : 'broker',
        hasRegistry,
        hostPort,
        ...(rack !== undefined && { rack }),
        clusterPorts: isController ? [CLUSTER_PORT, CONTROLLER_PORT] : [CLUSTER_PORT],
        composeFiles,
        files: new Map([...texts, ['.env', environmentFile(settings)]]),
    };
}
/** A new id for a cluster: 16 bytes in base64url, as Kafka writes them. It never begins with `-`, which Kafka's tools take for an option. */
function newClusterId() {
    const id = randomBytes(16).toString('base64url');
    return id.startsWith('-') ? newClusterId() : id;
}
/** What the `.env` of an earlier deployment says of its node: it is there before the node has any data, and after they were removed. */
function readNodeSettings(environment) {
    const settingOf = (name) => new RegExp(`^${name}=(.+)$`, 'm').exec(environment)?.[1];
    const nodeId = /^[1-9]\d{0,8}$/.exec(settingOf('KAFKA_NODE_ID') ?? '')?.[0];
    const clusterId = /^[\w-]{22}$/.exec(settingOf('CLUSTER_ID') ?? '')?.[0];
    const voters = settingOf('CONTROLLER_VOTERS');
    if (nodeId === undefined || clusterId === undefined || voters === undefined)
        return {};
    const formerRack = RACK.exec(settingOf('KAFKA_BROKER_RACK') ?? '')?.[0];
    return {
        ...{ nodeId: Number(nodeId), clusterId, controllers: voters.split(',').length },
        ...(formerRack !== undefined && { formerRack }),
    };
}
/** @throws ActionError when two machines have the data of the same node: together they would harm the cluster */
function refuseTwins(machines) {
    for (const [index, { name, nodeId }] of machines.entries()) {
        const twin = machines.slice(0, index).find(other => nodeId !== undefined && other.nodeId === nodeId);
        if (!twin)
            continue;
        throw new ActionError('machines-of-different-clusters', `${twin.name} and ${name} both have node ${nodeId}: no cluster may have two nodes of one id`);
    }
}
/** @throws ActionError when not all of those that have an id have the same */
function clusterIdOf(machines) {
    const [first, ...others] = machines.filter(({ clusterId }) => clusterId !== undefined);
    const stranger = others.find(({ clusterId }) => clusterId !== first?.clusterId);
    if (!first || !stranger)
        return first?.clusterId;
    throw new ActionError('machines-of-different-clusters', `${first.name} is of cluster ${first.clusterId}, and ${stranger.name} of cluster ${stranger.clusterId}`);
}
/** @throws ActionError when the controllers would not be those that the cluster was made with */
function refuseOtherControllers(machines, wanted) {
    const known = machines.flatMap(({ nodeId }) => nodeId ?? []);
    if (known.length === 0)
        return;
    const made = machines.find(({ controllers }) => controllers !== undefined && controllers !== wanted);
    if (made)
        throw new ActionError('controller-missing', `the cluster was made with ${made.controllers} controllers, and controllers says ${wanted}: the number cannot be changed`);
    const ids = Array.from({ length: wanted }, (_, index) => index + 1);
    const missing = ids.filter(id => !known.includes(id));
    if (missing.length === 0)
        return;
    const nodes = missing.length === 1 ? `node ${missing[0]}` : `nodes ${missing.join(', ')}`;
    const found = machines.flatMap(({ name, nodeId }) => (nodeId === undefined ? [] : `${name} has ${nodeId}`));
    throw new ActionError('controller-missing', `none of the machines has ${nodes}, of the ${wanted} nodes that decide for the cluster: ${found.join(', ')}`);
}
function withIds(machines, elsewhere) {
    const taken = new Set([...elsewhere, ...machines.flatMap(({ nodeId }) => nodeId ?? [])]);
    return machines.map(machine => {
        const nodeId = machine.nodeId ?? lowestFree(taken);
        taken.add(nodeId);
        return { ...machine, nodeId };
    });
}
/** The lowest id of a node that is not among these. */
function lowestFree(taken) {
    let id = 1;
    while (taken.has(id))
        id += 1;
    return id;
}
/**
 * Kafka keeps replicas apart by rack only where every broker has one. So a rack that is not known leaves all nodes as they are: none loses
 * the one that it has, and none is restarted for one that would mean nothing.
 */
function withRacks(nodes) {
    const known = nodes.map(node => ({ ...node, rack: node.rack ?? node.formerRack }));
    const areAllKnown = known.every(({ rack }) => rack !== undefined);
    return areAllKnown ? known : nodes.map(node => ({ ...node, rack: node.formerRack }));
}
/** The port at 127.0.0.1 that the node with this id has on its machine. */
const hostPortOf = (nodeId) => FIRST_HOST_PORTS[nodeId - 1] ?? NEXT_HOST_PORT + nodeId - FIRST_HOST_PORTS.length - 1;
const inUrl = (address) => (isIPv6(address) ? `[${address}]` : address);
const at = ({ address }, port) => `${inUrl(address)}:${port}`;
const environmentFile = (settings) => [
    "# Written by kafka-al2023-action: what is this machine's own. The compose files are the same on all machines of the cluster.",
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    '',
].join('\n');

// EXTERNAL MODULE: ./build/config/inputs.js
var inputs = __webpack_require__(89190);
;// CONCATENATED MODULE: ./build/config/rebalance-inputs.js
/** A tenth of a megabyte a second takes a day for ten gigabytes; beyond ten gigabytes a second there is no network. */
const THROTTLE = { min: 100_000, max: 10_000_000_000 };
/**
 * The inputs `rebalance` and `rebalance-throttle`.
 * @returns `throttle` in bytes a second, for whatever is copied; no `rebalance` when partitions are to stay where they are
 */
function parseRebalance(input, mode) {
    const throttle = input.integer('rebalance-throttle', THROTTLE);
    const isWanted = input.boolean('rebalance');
    if (isWanted && !['deploy', 'plan'].includes(mode))
        input.problem(['rebalance', 'mode'], `partitions are moved by mode deploy, and mode ${mode} moves none`);
    return { rebalance: isWanted ? { throttle } : undefined, throttle };
}

;// CONCATENATED MODULE: ./build/config/remove-hosts-input.js

/** The input `remove-hosts`: machines that leave the cluster. @returns those that are written as an address is */
function parseRemoveHosts(input, mode) {
    const listed = machinesIn(input.text('remove-hosts'));
    if (listed.length > 0 && !['deploy', 'plan'].includes(mode))
        input.problem(['remove-hosts', 'mode'], `machines leave the cluster in mode deploy, and mode ${mode} changes none of its members`);
    return listed.flatMap(item => parseListedHost(input, item, 'remove-hosts') ?? []);
}

;// CONCATENATED MODULE: ./build/config/replace-input.js


/**
 * The input `replace`: `OLD=NEW`, both as the input `host` names machines.
 * @returns undefined when no machine is to be replaced, or what is given is wrong, which is noted then
 */
function parseReplacement(input, mode, { machines, leaving, machineAt, placeOf }) {
    if (!input.has('replace'))
        return undefined;
    const text = input.text('replace');
    const refuse = (why) => {
        input.problem(['replace'], `${(0,input_reader/* shown */.SP)(text)} ${why}`);
        return undefined;
    };
    if (!['deploy', 'plan'].includes(mode)) {
        input.problem(['replace', 'mode'], `a machine is replaced by mode deploy, and mode ${mode} replaces none`);
        return undefined;
    }
    if (/[\n,]/.test(text))
        return refuse('names more than one machine: replace one, then the next');
    const [old = '', successor = '', ...more] = text.split('=').map(part => part.trim());
    if (old === '' || successor === '' || more.length > 0)
        return refuse('is not of the form OLD=NEW');
    const [lost, next] = [parseListedHost(input, old, 'replace'), parseListedHost(input, successor, 'replace')];
    if (!lost || !next)
        return undefined;
    const [gone, heir] = [machineAt(lost), machineAt(next)];
    const find = (wanted, among) => among.find(machine => placeOf(machine) === placeOf(wanted));
    if (find(gone, machines))
        return refuse(`names ${gone.name} as lost, and host lists it: take it out of the list`);
    if (find(gone, leaving)) {
        input.problem(['replace', 'remove-hosts'], `${(0,input_reader/* shown */.SP)(gone.name)} cannot give its node to another machine and leave with it: name it in one of the two`);
        return undefined;
    }
    const listed = find(heir, machines);
    if (!listed)
        return refuse(`gives the node to ${heir.name}, which host does not list: add it there`);
    return { old: gone, successor: listed.name };
}

;// CONCATENATED MODULE: ./build/config/machines-inputs.js








/** Controllers of a cluster decide by majority: of two, none may fail. */
const FEWEST = 3;
/** The controllers wait for each other when they start: a smaller bound would keep them apart. */
const PARALLEL = { min: FEWEST, max: 256 };
/**
 * The inputs of a cluster over several machines.
 * @param connection to the first machine: the same user, port and keys count for the others
 * @returns undefined when `host` names one machine
 */
function parseMachines(input, mode, connection) {
    const listed = machinesIn(input.text('host'));
    if (listed.length < 2) {
        refuseForOne(input);
        return undefined;
    }
    const controllers = input.oneOf('controllers', ['3', '5']) === '5' ? 5 : 3;
    const parallel = input.integer('parallel', PARALLEL);
    const { rebalance, throttle } = parseRebalance(input, mode);
    refuseTooFew(input, listed.length, controllers);
    refuseWithSeveral(input, mode);
    const addresses = listed.flatMap(item => parseListedHost(input, item) ?? []);
    const privateAddresses = parsePrivateAddresses(input, listed.length);
    const racks = parseRacks(input, listed.length);
    const leavingAddresses = parseRemoveHosts(input, mode);
    if (connection.kind === 'local')
        return undefined;
    const machineAt = (address) => {
        const { host, user = connection.target.username, port = connection.target.port } = address;
        const target = { ...connection.target, host, username: user, port };
        return { name: nameIn(address), connection: { ...connection, target } };
    };
    const machines = addresses.map((address, index) => ({
        ...machineAt(address),
        privateAddress: privateAddresses[index],
        rack: racks[index],
    }));
    const leaving = leavingAddresses.map(machineAt);
    refuseSame(input, 'host', machines);
    refuseSame(input, 'remove-hosts', leaving);
    refuseBoth(input, machines, leaving);
    const replacement = parseReplacement(input, mode, { machines, leaving, machineAt, placeOf });
    return {
        ...{ machines, controllers, parallel, rebalance },
        ...(replacement ? { replacement } : {}),
        ...(leaving.length > 0 ? { leaving: { machines: leaving, throttle } } : {}),
    };
}
const nameOf = ({ name }) => name;
/** No machine stays and leaves. */
function refuseBoth(input, staying, leaving) {
    const places = new Set(staying.map(placeOf));
    const both = leaving.filter(machine => places.has(placeOf(machine))).map(nameOf);
    if (both.length > 0)
        input.problem(['remove-hosts', 'host'], `${both.map(input_reader/* shown */.SP).join(', ')} cannot stay in the cluster and leave it: take it out of host`);
}
/** The same for the same machine, however it is written. */
const placeOf = ({ name, connection }) => connection.kind === 'local' ? name : `${connection.target.host.toLowerCase()} ${connection.target.port}`;
/** No machine is there twice, be it with its port or in capital letters. */
function refuseSame(input, name, machines) {
    refuseTwice(input, name, machines.map(nameOf));
    for (const [index, machine] of machines.entries()) {
        const twin = machines.slice(0, index).find(other => placeOf(other) === placeOf(machine));
        if (twin && twin.name !== machine.name)
            input.problem([name], `${(0,input_reader/* shown */.SP)(machine.name)} is the same machine as ${(0,input_reader/* shown */.SP)(twin.name)}: name it once`);
    }
}
function nameIn({ host, port }) {
    if (port === undefined)
        return host;
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
/** Inputs that mean nothing with one machine: whoever gives them has a list in mind. */
function refuseForOne(input) {
    const numbers = ['controllers', 'parallel', 'rebalance-throttle'];
    for (const name of [
        ...numbers,
        'private-addresses',
        'racks',
        'rebalance',
        'remove-hosts',
        'replace',
    ])
        if (input.text(name).toLowerCase() !== inputs/* INPUT_DEFAULTS */.WJ[name])
            input.problem([name, 'host'], 'it goes with several machines, and host names one');
}
function refuseTooFew(input, count, controllers) {
    if (count < FEWEST)
        input.problem(['host'], `${count} machines make no quorum: the controllers of a cluster decide by majority, and of two none may fail. Give three or more, or one`);
    else if (count < controllers)
        input.problem(['controllers', 'host'], `${controllers} controllers need as many machines, and host names ${count}`);
}
/** What works on one machine only, for now. */
function refuseWithSeveral(input, mode) {
    const refuse = (name, why) => input.problem([name, 'host'], why);
    if (input.has('compose-file'))
        refuse('compose-file', 'a compose file describes what runs on one machine; with several use stack kraft');
    else if (['deploy', 'plan'].includes(mode) && input.text('stack') !== 'kraft' && !input.hasProblem('stack'))
        refuse('stack', `${(0,input_reader/* shown */.SP)(input.text('stack'))} is made for one machine; several take stack kraft, whose controllers need no ZooKeeper`);
    const onOneOnly = {
        environment: 'environments share a machine, and cannot share several yet: leave it out',
        'bootstrap-servers': 'either of the two names the cluster: name one machine to prove a cluster from there',
        'schema-registry-url': 'it goes with bootstrap-servers; over several machines it is known',
        'client-properties': 'the cluster has certificates of its own, which the action makes',
    };
    for (const [name, why] of Object.entries(onOneOnly))
        if (input.has(name))
            refuse(name, why);
}
/** No address of one machine among others: of none, of the machine itself, of the link alone, of groups. */
const NOT_REACHED = /^(0|127|169\.254|22[4-9]|23\d|24\d|25[0-5])\./;
function parsePrivateAddresses(input, count) {
    const addresses = input.items('private-addresses');
    const wrong = addresses.filter(address => !(0,external_node_net_.isIPv4)(address));
    const useless = addresses.filter(address => NOT_REACHED.test(address));
    if (wrong.length > 0)
        input.problem(['private-addresses'], `${(0,input_reader/* shownEach */.dT)(wrong)} not an IPv4 address`);
    else if (useless.length > 0)
        input.problem(['private-addresses'], `${(0,input_reader/* shownEach */.dT)(useless)} not an address at which other machines find this one: give the one that it has in their network`);
    else if (addresses.length > 0 && addresses.length !== count)
        input.problem(['private-addresses', 'host'], `${addresses.length} addresses for ${count} machines: give one for each, in the same order`);
    else
        refuseTwice(input, 'private-addresses', addresses);
    return addresses;
}
/** Several machines may stand in one rack. */
function parseRacks(input, count) {
    const racks = input.items('racks');
    const wrong = racks.filter(rack => !RACK.test(rack));
    if (wrong.length > 0)
        input.problem(['racks'], `${(0,input_reader/* shownEach */.dT)(wrong)} not the name of a rack: up to 64 letters, digits, dots, dashes and underscores`);
    else if (racks.length > 0 && racks.length !== count)
        input.problem(['racks', 'host'], `${racks.length} racks for ${count} machines: give one for each, in the same order; several may have the same`);
    return racks;
}
function refuseTwice(input, name, values) {
    const twice = [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
    if (twice.length > 0)
        input.problem([name], `${(0,input_reader/* shownEach */.dT)(twice)} there more than once`);
}

// EXTERNAL MODULE: ./build/config/proxy-inputs.js
var proxy_inputs = __webpack_require__(90437);
// EXTERNAL MODULE: ./build/config/refusal.js
var refusal = __webpack_require__(61195);
;// CONCATENATED MODULE: ./build/config/registry-inputs.js

const HOST = /^(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
/** A part of a path in a registry: https://pkg.go.dev/github.com/distribution/reference#pkg-overview */
const PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const FORM = 'a registry as it stands before the name of an image: its host, with a port or a path where it has one (mirror.example:5000/docker-hub)';
/**
 * The inputs that say where images of Docker Hub come from instead.
 * @returns undefined when they are not given
 */
function parseImageRegistry(input, mode) {
    const login = parseLogin(input);
    const address = input.text('image-registry');
    if (address === '') {
        if (login)
            input.empty(['image-registry', 'registry-username'], 'the login is for the registry in image-registry, and there is none (docker.io is Docker Hub itself)');
        return undefined;
    }
    if (!['deploy', 'plan'].includes(mode) && !input.hasProblem('mode'))
        input.problem(['image-registry', 'mode'], `mode deploy takes images from there, and mode ${mode} takes none`);
    const problem = problemOf(address);
    if (problem)
        input.problem(['image-registry'], problem);
    return { address, login };
}
function problemOf(address) {
    const [host = '', ...path] = address.split('/');
    if (/^https?:\/\//.test(address))
        return address.includes('@')
            ? 'it is a URL; give the host, and the path where there is one'
            : `${(0,input_reader/* shown */.SP)(address)} is a URL; give ${address.replace(/^https?:\/\//, '').replace(/(?<!\/)\/+$/, '')}`;
    if (!HOST.test(host) || !path.every(part => PART.test(part)))
        return address.includes('@') ? `it is not ${FORM}` : `${(0,input_reader/* shown */.SP)(address)} is not ${FORM}`;
    if (!/[.:]/.test(host) && host !== 'localhost')
        return `${(0,input_reader/* shown */.SP)(address)}: Docker takes ${host} for an owner on Docker Hub, since a registry has a dot or a port in its name`;
    return undefined;
}
function parseLogin(input) {
    const username = input.text('registry-username');
    const password = input.text('registry-password');
    if (username === '' && password === '')
        return undefined;
    if (password === '')
        input.empty(['registry-password', 'registry-username'], 'the password of registry-username is missing');
    else if (username === '')
        input.empty(['registry-username', 'registry-password'], 'the user of registry-password is missing');
    else if (/[\s:]/.test(username))
        input.problem(['registry-username'], `${(0,input_reader/* shown */.SP)(username)} is not a user name: it has no white space and no colon`);
    return { username, password };
}

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
;// CONCATENATED MODULE: ./build/config/line-inputs.js

/** An input of a deployment with one thing a line; lines that begin with # are comments. What is wrong is told with its line. */
function parseLines(input, name, mode, { what, done, not, most, read, nameOf }) {
    const lines = input.lines(name).filter(line => !line.startsWith('#'));
    if (lines.length > 0 && !['deploy', 'plan'].includes(mode) && !input.hasProblem('mode'))
        input.problem([name, 'mode'], `they are ${done} by mode deploy, and mode ${mode} ${not}`);
    if (lines.length > most)
        input.problem([name], `it names ${lines.length} ${what}, and at most ${most} are ${done}`);
    const items = [];
    for (const line of lines.slice(0, most)) {
        try {
            const item = read(line);
            if (items.some(other => nameOf(other) === nameOf(item)))
                throw new Error(`${nameOf(item)} is named twice`);
            items.push(item);
        }
        catch (error) {
            input.problem([name], `line ${(0,input_reader/* shown */.SP)(line)}: ${error.message}`);
        }
    }
    return items;
}

;// CONCATENATED MODULE: ./build/config/schema-inputs.js



const TYPES = {
    '.avsc': 'AVRO',
    '.json': 'JSON',
    '.proto': 'PROTOBUF',
};
const MOST_SCHEMAS = 200;
/** The input `schemas`: `SUBJECT=FILE`, one a line; lines that begin with # are comments. */
const parseSchemas = (input, mode) => parseLines(input, 'schemas', mode, {
    ...{ what: 'schemas', done: 'registered', not: 'registers none', most: MOST_SCHEMAS },
    read: readSchema,
    nameOf: ({ subject }) => `subject ${subject}`,
});
/** @throws Error that says what is wrong with the line */
function readSchema(line) {
    const [, subject = '', file = ''] = /^([\x21-\x3c\x3e-\x7e]{1,255})\s*=\s*(\S.*)$/.exec(line) ?? [];
    if (subject === '')
        throw new Error('it is not of the form SUBJECT=FILE, e.g. orders-value=schemas/order.avsc');
    const type = TYPES[(0,external_node_path_.extname)(file).toLowerCase()];
    if (type === undefined)
        throw new Error(`${(0,input_reader/* shown */.SP)(file)} ends neither in .avsc (Avro) nor in .json (JSON Schema) nor in .proto (Protobuf)`);
    return { subject, file, type };
}

;// CONCATENATED MODULE: ./build/config/topic-inputs.js


/** Kafka's own rule for topic names (org.apache.kafka.common.internals.Topic). */
const TOPIC_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
/** Kafka's own topics, of which it makes what it needs. */
const INTERNAL = /^__(consumer_offsets|transaction_state|cluster_metadata|share_group_state)$/;
const MOST_TOPICS = 200;
/** More in one topic is a mistake; a broker takes some thousands in all. */
const MOST_PARTITIONS = 1_000;
const MOST_REPLICAS = 100;
/** The input `topics`: `NAME[:PARTITIONS[:REPLICAS]] [SETTING=VALUE …]`, one a line; lines that begin with # are comments. */
const parseTopics = (input, mode) => parseLines(input, 'topics', mode, {
    ...{ what: 'topics', done: 'made', not: 'makes none', most: MOST_TOPICS },
    read: readTopic,
    nameOf: ({ name }) => name,
});
/** @throws Error that says what is wrong with the line */
function readTopic(line) {
    const [what = '', ...pairs] = line.split(/\s+/);
    const [name = '', partitions, replicas, ...more] = what.split(':');
    if (!TOPIC_NAME.test(name))
        throw new Error(`${(0,input_reader/* shown */.SP)(name)} is not a topic name: up to 249 letters, digits, dots, dashes and underscores`);
    if (INTERNAL.test(name))
        throw new Error(`${name} is Kafka's own`);
    if (more.length > 0)
        throw new Error('it takes NAME:PARTITIONS:REPLICAS and no more colons');
    return {
        name,
        partitions: readCount('PARTITIONS', partitions, MOST_PARTITIONS),
        replicas: readCount('REPLICAS', replicas, MOST_REPLICAS),
        settings: readSettings(pairs),
    };
}
function readCount(what, text, most) {
    if (text === undefined || text === '')
        return undefined;
    const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > most)
        throw new Error(`${what} is ${(0,input_reader/* shown */.SP)(text)}, not a whole number from 1 to ${most}`);
    return count;
}
function readSettings(pairs) {
    const settings = new Map();
    for (const pair of pairs) {
        const [, name = '', value = ''] = /^([a-z][a-z0-9.]*)=(.+)$/.exec(pair) ?? [];
        if (name === '')
            throw new Error(`${(0,input_reader/* shown */.SP)(pair)} is not of the form SETTING=VALUE, e.g. retention.ms=60000`);
        if (settings.has(name))
            throw new Error(`${name} is set twice`);
        settings.set(name, value);
    }
    return settings;
}

;// CONCATENATED MODULE: ./build/config/smoke-test-inputs.js


const CLIENTS = ['host', 'runner'];
const DRILLS = ['none', 'broker-restart'];
/** The inputs that say how the cluster is proven. */
function parseSmokeTest(input) {
    const messageIntervalMs = input.seconds('message-interval', { min: 0, max: 3600 });
    return {
        messages: input.integer('messages', { min: 1, max: 1_000_000 }),
        messageIntervalMs,
        topic: input.matching('topic', TOPIC_NAME, {
            form: 'a topic name: up to 249 letters, digits, dots, dashes and underscores',
        }),
        group: input.matching('group', /^[\x21-\x7e]{1,200}$/, {
            form: 'a group name: up to 200 printable ASCII characters',
        }),
        clients: input.listOf('clients', CLIENTS),
        timeoutMs: input.seconds('smoke-timeout', { min: 1, max: 86_400 }),
        thresholds: parseThresholds(input, messageIntervalMs),
        drill: input.oneOf('drill', DRILLS),
    };
}
function parseThresholds(input, intervalMs) {
    const maxLatencyP95Ms = input.optionalNumber('max-latency-p95-ms', { min: 0.1, max: 3_600_000 });
    const minThroughput = input.optionalNumber('min-throughput', { min: 0.001, max: 10_000_000 });
    if (minThroughput !== undefined && intervalMs > 0 && minThroughput > 1000 / intervalMs) {
        input.problem(['min-throughput', 'message-interval'], `a message every ${intervalMs / 1000} s can never make ${minThroughput} messages a second`);
    }
    return {
        maxLatencyP95Ms,
        minThroughput,
    };
}
/** `host:port`; an IPv6 address stands in brackets. */
const ADDRESS = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]*):(\d{1,5})$/;
/** The inputs that name a cluster for mode `smoke-test`. @returns undefined when they are not given */
function parseClusterAddress(input, mode) {
    const bootstrapServers = input.items('bootstrap-servers');
    const schemaRegistryUrl = input.text('schema-registry-url').replace(/(?<!\/)\/+$/, '');
    if (schemaRegistryUrl !== '' && !isRegistryUrl(schemaRegistryUrl))
        input.problem(['schema-registry-url'], `${(0,input_reader/* shownAddress */.Uk)(input.text('schema-registry-url'))} is not an http or https address without a user name`);
    if (bootstrapServers.length === 0) {
        if (input.has('bootstrap-servers'))
            input.problem(['bootstrap-servers'], `${(0,input_reader/* shown */.SP)(input.text('bootstrap-servers'))} holds no address; it takes host:port, several with commas`);
        else if (schemaRegistryUrl !== '')
            input.problem(['schema-registry-url', 'bootstrap-servers'], 'it goes with bootstrap-servers; without them it is read from the compose file');
        return undefined;
    }
    const wrong = bootstrapServers.filter(item => !isAddress(item));
    if (wrong.length > 0)
        input.problem(['bootstrap-servers'], `${(0,input_reader/* shownEach */.dT)(wrong)} not of the form host:port, with a port from 1 to 65535`);
    if (mode !== 'smoke-test' && !input.hasProblem('mode'))
        input.problem(['bootstrap-servers', 'mode'], 'only mode smoke-test takes them; otherwise they are read from the compose file');
    const contradictions = ['environment', 'project-name'];
    for (const name of contradictions.filter(name => input.has(name)))
        input.problem(['bootstrap-servers', name], 'either of the two names the cluster, not both');
    if (input.text('drill') === 'broker-restart')
        input.problem(['drill', 'bootstrap-servers'], 'a drill restarts a container: it needs a cluster that is known by its compose file');
    return { bootstrapServers, schemaRegistryUrl: schemaRegistryUrl || undefined };
}
const isRegistryUrl = (text) => /^https?:\/\/[^\s/@]+(\/\S*)?$/.test(text) && URL.canParse(text);
function isAddress(text) {
    const port = Number(ADDRESS.exec(text)?.[1]);
    return port >= 1 && port <= 65_535;
}

// EXTERNAL MODULE: ./build/config/sweep-inputs.js
var sweep_inputs = __webpack_require__(82333);
;// CONCATENATED MODULE: ./build/config/config.js












const TEARDOWNS = ['never', 'always', 'on-failure'];
const MODES = ['deploy', 'smoke-test', 'plan', 'down', 'lint'];
/**
 * Turns the inputs of a run on a machine into a Config.
 *
 * @param raw the inputs as the runner gives them
 * @param readFile reads the file that `key-file` names
 * @param withheld why the run has no secrets, if that is known
 * @throws ActionError that names every problem at once; `key-format` or `key-passphrase` when the key is the only one
 */
function parseConfig(raw, readFile, withheld) {
    const input = new input_reader/* InputReader */.i_(raw, withheld);
    (0,refusal/* refuseLengths */.C)(input);
    const mode = input.oneOf('mode', MODES);
    if (mode === 'lint')
        throw new RangeError('mode lint works on no machine');
    const cluster = parseClusterAddress(input, mode);
    const deployment = (0,deployment_inputs/* parseDeployment */.zi)(input);
    const teardown = parseTeardown(input, mode);
    const connection = parseConnection(input, readFile);
    const config = {
        mode,
        connection,
        machines: parseMachines(input, mode, connection),
        connectTimeoutMs: input.seconds('connect-timeout', { min: 1, max: 3600 }),
        commandTimeoutMs: input.seconds('command-timeout', { min: 1, max: 86_400 }),
        timeoutMs: input.seconds('timeout', { min: 1, max: 86_400 }),
        lockTimeoutMs: input.seconds('lock-timeout', { min: 0, max: 86_400 }),
        ...deployment,
        smokeTest: parseSmokeTest(input),
        cluster,
        proxy: (0,proxy_inputs/* parseProxy */.Y)(input),
        imageRegistry: parseImageRegistry(input, mode),
        security: parseClientProperties(input, mode),
        topics: parseTopics(input, mode),
        schemas: parseSchemas(input, mode),
        volumes: parseVolumes(input, deployment, teardown),
        teardown,
        sweep: (0,sweep_inputs/* parseSweep */.u)(input, mode),
        tunnel: parseTunnel(input, mode),
    };
    (0,refusal/* refuse */.T)(input);
    return config;
}
function parseTunnel(input, mode) {
    const tunnel = input.boolean('tunnel');
    if (tunnel && !['deploy', 'smoke-test'].includes(mode))
        input.problem(['tunnel', 'mode'], `it keeps the way to a proven cluster open, and mode ${mode} proves none`);
    return tunnel;
}
function parseTeardown(input, mode) {
    const teardown = input.oneOf('teardown', TEARDOWNS);
    if (teardown !== 'never' && mode !== 'deploy')
        input.problem(['teardown', 'mode'], `it takes down what a deployment made, and mode ${mode} makes none`);
    return teardown;
}
/** Nobody comes back to the data of an environment that is named after its job: it goes with the job. */
function parseVolumes(input, { environment }, teardown) {
    const volumes = input.boolean('volumes');
    return volumes || (teardown !== 'never' && isOfOneJob(environment));
}
/** Whether an environment is named after the run that makes it, such as `job-8812345`. */
const isOfOneJob = (environment = '') => environment.startsWith('job-');


/***/ })

};
