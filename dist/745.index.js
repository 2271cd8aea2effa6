export const id = 745;
export const ids = [745];
export const modules = {

/***/ 74745:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  performOnMachine: () => (/* binding */ performOnMachine)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(73024);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
// EXTERNAL MODULE: ./build/clock.js + 1 modules
var build_clock = __webpack_require__(84701);
// EXTERNAL MODULE: ./build/errors.js
var build_errors = __webpack_require__(19473);
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(31421);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(78474);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __webpack_require__(77030);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(48161);
;// CONCATENATED MODULE: ./build/waiting.js
/**
 * Asks until there is an answer.
 * @param ask returns undefined as long as there is none; what it throws ends the waiting
 * @throws what `ask` or `late` throws, or the signal's reason
 */
async function until({ clock, signal }, ask, { everyMs, timeoutMs = Number.POSITIVE_INFINITY, late }) {
    const endsAtMs = clock.now() + timeoutMs;
    for (;;) {
        const answer = await ask();
        if (answer !== undefined)
            return answer;
        const leftMs = endsAtMs - clock.now();
        if (leftMs <= 0)
            return tooLate(late);
        await clock.sleep(Math.min(everyMs, leftMs), signal);
    }
}
function tooLate(late) {
    if (!late)
        throw new RangeError('a wait with a time limit needs something to do when it is over');
    return late();
}
/**
 * Tries until an attempt succeeds, or `giveUp` has had enough.
 * @throws what `giveUp` returns, or the signal's reason
 */
async function retry({ clock, signal }, work, { pauseMs, giveUp, onRetry }) {
    const startedAtMs = clock.now();
    for (let attempt = 1;; attempt++) {
        signal.throwIfAborted();
        try {
            return await work(attempt);
        }
        catch (error) {
            signal.throwIfAborted();
            const pause = typeof pauseMs === 'number' ? pauseMs : pauseMs(attempt);
            const failure = { error, attempt, waitedMs: clock.now() - startedAtMs, pauseMs: pause };
            const final = giveUp(failure);
            if (final !== undefined)
                throw final;
            await onRetry?.(failure);
            await clock.sleep(pause, signal);
        }
    }
}
/** Nobody sees it. Without a reason the signal makes one with a stack, for every command of every machine. */
const OVER = new Error('it is not waited for any more');
/**
 * Waits for `work`, but not longer than `ms`. A later result or failure of `work` is ignored.
 * @param late what to return, or throw, when the time is up
 * @param signal ends the waiting with its reason
 */
async function within(clock, ms, work, late, signal) {
    const done = new AbortController();
    const timer = clock.sleep(ms, signal ? AbortSignal.any([done.signal, signal]) : done.signal).then(late);
    try {
        return await Promise.race([work, timer]);
    }
    finally {
        done.abort(OVER);
        timer.catch(() => { });
        work.catch(() => { });
    }
}
/** Waits for `work` unless the signal is aborted first. A later result of `work` is ignored. @throws the signal's reason */
async function unlessAborted(signal, work) {
    const aborted = Promise.withResolvers();
    const abort = () => aborted.reject(signal.reason);
    if (signal.aborted)
        abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
        return await Promise.race([work, aborted.promise]);
    }
    finally {
        signal.removeEventListener('abort', abort);
    }
}

// EXTERNAL MODULE: ./build/host/command-line.js
var command_line = __webpack_require__(5313);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(77598);
;// CONCATENATED MODULE: ./build/host/marks.js

/** Marks that no other command has. */
function newMarks() {
    const half = () => (0,external_node_crypto_.randomBytes)(6).toString('hex');
    const halves = [half(), half()];
    return { halves, token: halves.join('') };
}
/** Longest name of a mark: `o:end:255;` and room for codes of other systems. */
const LONGEST_NAME = 24;
/** Enough for what a login shell has to say. */
const NOISE_BYTES = 16_384;
/** Reads one of the two outputs and keeps the answer apart from the noise before it and after it. */
class AnswerReader {
    exitCode;
    /** The command began; it does not when sudo refuses it. */
    hasAnswer = false;
    stage = 'login';
    token;
    own;
    answer;
    /** What came at each stage and is no answer. */
    noise = {
        login: Buffer.alloc(0),
        shell: Buffer.alloc(0),
    };
    /** What may be the beginning of a mark. */
    held = Buffer.alloc(0);
    constructor({ token }, own, answer) {
        this.token = Buffer.from(token);
        this.own = own;
        this.answer = answer;
    }
    write(chunk) {
        this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
        while (this.takeToMark()) {
            const after = this.held.subarray(this.token.length, this.token.length + LONGEST_NAME);
            const name = /^([oe]):(shell|command|end:(\d+));/.exec(after.toString('latin1'));
            // Our token, but no mark: a command that shows the commands of the machine, this one among them.
            if (!name)
                this.takeFirst(this.token.length);
            else {
                this.held = this.held.subarray(this.token.length + name[0].length);
                // That of the other output is passed over: a start file may have joined the two.
                if (name[1] === this.own)
                    this.pass(name[2] ?? '', name[3]);
            }
        }
    }
    /** Nothing more comes. @returns the answer */
    close() {
        this.take(this.held);
        this.held = Buffer.alloc(0);
        return this.answer.end();
    }
    /** What came before the answer: from the login shell, or from sudo. */
    noiseOf(stage) {
        return Buffer.from(this.noise[stage]).toString();
    }
    /** Our shell runs, whatever becomes of the command. */
    get hasShell() {
        return this.stage !== 'login';
    }
    pass(name, code) {
        if (code !== undefined)
            this.exitCode = Number(code);
        if (name === 'command')
            this.hasAnswer = true;
        this.stage = code === undefined ? name : 'end';
    }
    /** Takes what is certainly before a mark. @returns whether a whole token, with a name or without, is what is left */
    takeToMark() {
        const at = this.held.indexOf(this.token);
        this.takeFirst(at < 0 ? this.held.length - this.beginsMark() : at);
        return at >= 0 && (this.held.includes(';') || this.held.length >= this.token.length + LONGEST_NAME);
    }
    /** How many of the last bytes are the beginning of the token. */
    beginsMark() {
        for (let length = Math.min(this.token.length - 1, this.held.length); length > 0; length--)
            if (this.held.subarray(-length).equals(this.token.subarray(0, length)))
                return length;
        return 0;
    }
    takeFirst(length) {
        this.take(this.held.subarray(0, length));
        this.held = this.held.subarray(length);
    }
    take(bytes) {
        if (bytes.length === 0 || this.stage === 'end')
            return;
        if (this.stage === 'command')
            this.answer.write(bytes);
        else
            this.noise[this.stage] = joined(this.noise[this.stage], bytes);
    }
}
/** As much as is kept of noise, in a buffer of its own. */
function joined(noise, bytes) {
    if (noise.length >= NOISE_BYTES)
        return noise;
    return Buffer.concat([noise, bytes.subarray(0, NOISE_BYTES - noise.length)]);
}

// EXTERNAL MODULE: external "node:string_decoder"
var external_node_string_decoder_ = __webpack_require__(46193);
;// CONCATENATED MODULE: ./build/host/output.js

const MIB = 2 ** 20;
/** What is kept of an output, in characters: its beginning and its end. */
const KEPT = { head: 5 * MIB, tail: 5 * MIB };
/** The longest line that is handed on whole, in characters. */
const LONGEST_LINE = 65_536;
/** How much of an output is handed on as lines, in characters. */
const MOST_IN_LINES = 10 * MIB;
/**
 * Collects the output of a command and hands on whole lines, whatever the chunks are cut into. Of an output that is too long the
 * head and the tail are kept, and so are they of a line; what is left out is told in its place.
 */
class OutputCollector {
    decoder = new external_node_string_decoder_.StringDecoder('utf8');
    lines;
    head = '';
    tail = [];
    tailLength = 0;
    leftOut = 0;
    constructor(onLine) {
        this.lines = onLine && new LineReader(onLine);
    }
    write(chunk) {
        this.take(this.decoder.write(chunk));
    }
    /** The output; the last line is handed on even if it has no newline. */
    end() {
        this.take(this.decoder.end());
        this.lines?.end();
        const tail = this.tail.join('');
        if (this.leftOut === 0)
            return this.head + tail;
        return `${this.head}\n[${this.leftOut} characters are left out here]\n${tail}`;
    }
    take(piece) {
        this.lines?.take(piece);
        const toHead = piece.slice(0, KEPT.head - this.head.length);
        this.head += toHead;
        if (toHead.length === piece.length)
            return;
        this.tail.push(piece.slice(toHead.length));
        this.tailLength += piece.length - toHead.length;
        for (let first = this.tail[0] ?? ''; this.tailLength - first.length >= KEPT.tail; first = this.tail[0] ?? '') {
            this.tail.shift();
            this.tailLength -= first.length;
            this.leftOut += first.length;
        }
    }
}
/** Cuts what comes into lines. */
class LineReader {
    onLine;
    partial = '';
    /** Of the line that has begun. */
    leftOut = 0;
    handedOn = 0;
    constructor(onLine) {
        this.onLine = onLine;
    }
    take(piece) {
        // A carriage return redraws a line (progress bars): each drawing is a line of its own here. One at the end of a
        // chunk may be the first half of CR LF.
        const lines = (this.partial + piece).split(/\r?\n|\r(?!$)/);
        const last = lines.pop() ?? '';
        for (const line of lines)
            this.handOn(line);
        this.partial = last.slice(0, LONGEST_LINE);
        this.leftOut += last.length - this.partial.length;
    }
    end() {
        if (this.partial !== '')
            this.handOn(this.partial.replace(/\r$/, ''));
        this.partial = '';
    }
    handOn(whole) {
        const line = whole.slice(0, LONGEST_LINE);
        const leftOut = this.leftOut + whole.length - line.length;
        this.leftOut = 0;
        if (this.handedOn > MOST_IN_LINES)
            return;
        this.handedOn += line.length + 1;
        this.onLine(leftOut > 0 ? `${line} [${leftOut} characters are left out here]` : line);
        if (this.handedOn > MOST_IN_LINES)
            this.onLine('[what follows is too much to be shown]');
    }
}

;// CONCATENATED MODULE: ./build/host/sudo.js

/**
 * The error for a user whom sudo does not let become root.
 * @param said what sudo printed
 */
function sudoRefused(said, user) {
    const lines = (0,build_errors/* lastLines */.w$)(said).map(withoutCommand);
    const words = lines.find(line => /sudo:|sorry/i.test(line)) ?? lines.at(-1) ?? 'sudo gave no reason';
    return new build_errors/* ActionError */.lZ('no-sudo', `sudo does not let user "${user}" become root: ${words.trim()}`, {
        details: lines,
        hint: sudoHint(said, user),
    });
}
/** sudo names the whole command that it refuses; ours would hide the rest of its words. */
const withoutCommand = (line) => line.replace(/(not allowed to execute) '.*' (as \S+)/, "$1 '/usr/bin/env …' $2");
function sudoHint(said, user) {
    if (/sudo: (command )?(not found|no such file)/i.test(said))
        return `On the machine, as root: yum install -y sudo, then: ${ruleFor(user, `${user} ALL=(ALL) NOPASSWD:ALL`, '')}. Or set username: root.`;
    if (/must have a tty/i.test(said))
        return `On the machine: ${ruleFor(user, `Defaults:${user} !requiretty`)}`;
    if (/expired|PAM|contact your system administrator/i.test(said))
        return `Look at the account of the user on the machine: sudo chage -l ${user}`;
    return `On the machine: ${ruleFor(user, `${user} ALL=(ALL) NOPASSWD:ALL`)}`;
}
/**
 * The command that adds a line to sudo's rules. Of several rules the last one counts, in the order of the files' names; a name
 * with a point in it is passed over.
 */
function ruleFor(user, line, sudo = 'sudo ') {
    const file = `/etc/sudoers.d/zz-${user.replaceAll(/[^\w-]/g, '-')}`;
    return `echo '${line}' | ${sudo}tee ${file} && ${sudo}chmod 440 ${file}`;
}

;// CONCATENATED MODULE: ./build/host/answer.js





/** How much a command may print, in bytes. Of one whose output may be cut only head and tail are kept. */
const MOST = { whole: 10 * 2 ** 20, cut: 256 * 2 ** 20 };
/** The answer to one command, as it comes in pieces. */
class Answer {
    /** Resolves when our shell runs on the machine. */
    begun;
    /** Resolves when all has come, although a start file may have left something behind that keeps the channel open. */
    complete;
    /** Rejects when more has come than is taken: it may be without end. */
    overflow;
    stdout;
    stderr;
    begin;
    end;
    refuse;
    command;
    bytes = 0;
    constructor(marks, command) {
        const { onLine } = command;
        this.command = command;
        this.stdout = new AnswerReader(marks, 'o', new OutputCollector(onLine));
        this.stderr = new AnswerReader(marks, 'e', new OutputCollector(onLine));
        const begun = Promise.withResolvers();
        const complete = Promise.withResolvers();
        const overflow = Promise.withResolvers();
        this.overflow = overflow.promise;
        this.overflow.catch(() => { });
        this.refuse = overflow.reject;
        this.begun = begun.promise;
        this.begin = begun.resolve;
        this.complete = complete.promise;
        this.end = complete.resolve;
    }
    write(output, chunk) {
        if (this.isTooLong(chunk))
            return;
        this[output].write(chunk);
        if (this.stdout.hasShell)
            this.begin();
        if (this.stdout.exitCode !== undefined && this.stderr.exitCode !== undefined)
            this.end();
    }
    /** What comes before the command, from start files and sudo, counts, too. Nothing more is taken once it is too long. */
    isTooLong({ length }) {
        const hasBegun = this.stdout.hasAnswer || this.stderr.hasAnswer;
        const most = hasBegun && this.command.mayBeCut ? MOST.cut : MOST.whole;
        this.bytes += length;
        if (this.bytes <= most)
            return false;
        this.refuse(tooLong(this.command, hasBegun, most));
        return true;
    }
    /** False when the login shell has run something else, or nothing. */
    get hasBegun() {
        return this.stdout.hasShell;
    }
    /** The machine has said how the command ended. */
    get isWhole() {
        return this.stdout.exitCode !== undefined;
    }
    /**
     * To be asked once all has come.
     * @param ended how the shell ended, for a command whose end was cut off
     * @param user for whom sudo was asked
     * @throws ActionError `no-sudo` when sudo has not let the command begin
     */
    result({ sudo = false }, ended, user) {
        const [stdout, stderr] = [this.stdout.close(), this.stderr.close()];
        if (sudo && this.isWhole && !this.stdout.hasAnswer)
            throw sudoRefused(`${this.stderr.noiseOf('shell')}\n${this.stdout.noiseOf('shell')}`, user);
        return { exitCode: this.stdout.exitCode ?? ended?.code ?? 255, stdout, stderr };
    }
    /** What came instead of an answer, line by line. */
    get instead() {
        const lines = [this.stdout, this.stderr].flatMap(reader => (0,build_errors/* lastLines */.w$)(reader.noiseOf('login'), 1_000));
        return lines.slice(0, 5);
    }
}
function tooLong(command, hasBegun, most) {
    const size = `more than ${most / 2 ** 20} MiB`;
    const name = `\`${(0,command_line/* describe */.q0)(command)}\``;
    if (hasBegun)
        return new build_errors/* ActionError */.lZ('output-too-long', `${name} has printed ${size}, and was given up`);
    return new build_errors/* ActionError */.lZ('output-too-long', `before ${name} began, the machine has printed ${size}`, {
        hint: 'Most likely a start file of the login shell (~/.bashrc, ~/.profile, /etc/profile.d) prints without end. Begin ~/.bashrc with: case $- in *i*) ;; *) return ;; esac',
    });
}
/** What the login shell must give back before anything else is asked of the machine. */
function shellUnusable(name, user, how, instead) {
    const said = instead.length === 0 ? 'and nothing came back' : `and this came back: ${instead.join(' / ')}`;
    return new build_errors/* ActionError */.lZ('shell-unusable', `${name} ran no command that was sent to it: the login shell ${how} ${said}`, { details: instead, hint: shellHint(user, instead.join('\n')) });
}
/** The words of nologin(8), of restricted shells and of cloud-init's authorized_keys tell what is to be done. */
function shellHint(user, said) {
    const other = /login as the user "?([\w.-]+)"? rather than/i.exec(said)?.[1];
    if (other !== undefined)
        return `Set username: ${other}. The machine lets "${user}" do nothing.`;
    if (/password (has )?expired|password change required|account (has )?expired/i.test(said))
        return `On the machine: sudo chage -M -1 -E -1 -d $(date +%F) ${user}  (the account or its password has expired).`;
    if (/not available|nologin|restricted/i.test(said))
        return `Give the user a shell on the machine: sudo usermod -s /bin/bash ${user}`;
    return undefined;
}

;// CONCATENATED MODULE: ./build/host/child-env.js
/** The environment for child processes: without the inputs, among which are secrets. */
function withoutInputs(env) {
    const entries = Object.entries(env).filter(([name, value]) => value !== undefined && !name.startsWith('INPUT_'));
    return Object.fromEntries(entries);
}

;// CONCATENATED MODULE: ./build/host/proxy-file.js
/**
 * Where a machine keeps the proxy that its downloads go through: lines that both a shell and systemd read. It may hold a password, so
 * that only root and the user of the action read it.
 */
const PROXY_FILE = '/etc/kafka-al2023/proxy.env';
/** Part of a command's program: takes over what the file says. */
const USE_PROXY_FILE = `if [ -r ${PROXY_FILE} ]; then set -a; . ${PROXY_FILE}; set +a; fi`;

// EXTERNAL MODULE: ./build/host/quote.js
var quote = __webpack_require__(18611);
;// CONCATENATED MODULE: ./build/host/program.js


/** Set for every command of a run on the machine, and so for all that it starts: the run's id. */
const RUN_VARIABLE = 'KAFKA_AL2023_RUN';
/** What a download may need. Everything else that a login shell sets (DOCKER_HOST, aliases, locale …) is left behind. */
const NETWORK_VARIABLES = [
    ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'].flatMap(name => [
        name,
        name.toUpperCase(),
    ]),
    ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE'],
    ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST', 'PIP_CERT'],
];
const KEPT_VARIABLES = ['HOME', 'USER', 'LOGNAME', ...NETWORK_VARIABLES];
/** The system's own programs come first: a wrapper in /usr/local/bin must not stand in for them. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin';
/**
 * `sh -c CLEAN sh WORDS…`: runs the words in a clean environment. The names of what goes are listed rather than the values
 * of what stays, so that no value (a proxy may have a password) is ever an argument, which others on the machine can see.
 * Functions that a shell has exported are variables, too; here only special built-ins and whole paths are called, which they
 * cannot replace.
 */
const CLEAN = [
    'set -f',
    'umask 022',
    'unset LD_PRELOAD POSIXLY_CORRECT',
    [
        'exec /usr/bin/env $(/usr/bin/env | LC_ALL=C /usr/bin/sed -nE',
        `-e "/^(${KEPT_VARIABLES.join('|')})=/d" -e "s/^([^= ]+)=.*/-u \\1/p")`,
        `PATH=${PATH} LC_ALL=C.UTF-8 "$@"`,
    ].join(' '),
].join('; ');
/** The same for root. First it says that sudo has let it in. */
const AS_ROOT = `printf %s "$1$2o:command;"; printf %s "$1$2e:command;" >&2; shift 2; ${CLEAN}`;
/** `sh -c DECODE sh PROGRAM`: runs a program that `encode` has made safe. */
const DECODE = 'eval "$(printf %b "$(printf %s "$1" | tr @ "\\134")")"';
/**
 * A command as a program for a shell with a clean environment, which says where the answer begins and ends.
 *
 * `timeout` stops the command on the machine itself, so that nothing is left running there when the connection is gone; it
 * stands behind sudo because only root may stop what runs as root. The run's mark stands there too, since sudo would remove
 * it. A command that undoes something has no mark: it is not stopped with the run.
 */
function programOf(command, limitMs, { halves }, runId) {
    const directory = command.cwd === undefined ? [] : ['-C', command.cwd];
    const run = runId === undefined || command.isUndo ? [] : [`${RUN_VARIABLE}=${runId}`];
    const environment = (0,quote/* quote */.h)(['env', ...directory, ...run]);
    // Short options: those of other systems, too, which must be able to say what they are.
    const limit = `$(command -v timeout >/dev/null && echo timeout -k 5 ${Math.ceil(limitMs / 1000)})`;
    const words = `${environment} ${limit} ${(0,quote/* quote */.h)(command.argv)}`;
    const [one, two] = halves;
    return [
        // In two halves, so that a shell that shows what it runs does not show a mark.
        `one=${one} two=${two}`,
        'mark() { printf %s "$one""$two""o:$1;"; printf %s "$one""$two""e:$1;" >&2; }',
        'mark shell',
        // What the shell itself has to say of a command that was killed is no part of the answer.
        'exec 3>&2 2>/dev/null',
        ...(command.downloads ? [USE_PROXY_FILE] : []),
        ...(command.sudo ? asRoot(words) : ['mark command 2>&3', `(exec ${words} 2>&3 3>&-)`]),
        'code=$?',
        'exec 2>&3',
        'mark "end:$code"',
    ].join('\n');
}
/** sudo is not asked by one who is root already: it may not be installed, or know no rule for root. */
function asRoot(words) {
    const keep = NETWORK_VARIABLES.map(name => `\${${name}+${name},}`).join('');
    return [
        `keep=${keep}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
        'sudo="/usr/bin/sudo -n ${keep:+--preserve-env=${keep%,}} --"',
        '[ "$(id -u)" != 0 ] || sudo=',
        // With env before it, a rule that forbids shells as such does not matter.
        `(exec $sudo /usr/bin/env /bin/sh -c ${(0,quote/* quote */.h)([AS_ROOT])} sh "$one" "$two" ${words} 2>&3 3>&-)`,
    ];
}
/** The full command for a program that does not go through a login shell. */
const directWords = (program) => [
    ...['/bin/sh', '-c', CLEAN, 'sh'],
    ...['/bin/sh', '-c', program],
];
/**
 * The program as one line that every login shell understands alike: sh, bash, zsh, ksh, csh, tcsh and fish differ in what
 * backslashes, line breaks and exclamation marks mean inside of single quotes, so that none is in it. Programs are named by
 * whole paths, which no alias replaces.
 */
const loginShellText = (program) => (0,quote/* quote */.h)(['/bin/sh', '-c', CLEAN, 'sh', '/bin/sh', '-c', DECODE, 'sh', encode(program)]);
/**
 * Runs one program after the other, each a line that `programLine` has made; nothing of one is left for the next. It ends with one
 * that could not say how its command ended.
 */
const LOOP = 'while IFS= read -r line; do (eval "$(printf %b "$line")") </dev/null || exit; done';
/** The full command for a shell that stays open, for the programs of many commands. @param isRoot programs run as root then */
function openShellText(isRoot) {
    const loop = `exec /bin/sh -c ${(0,quote/* quote */.h)([CLEAN])} sh /bin/sh -c ${(0,quote/* quote */.h)([LOOP])} sh`;
    const root = `[ "$(id -u)" = 0 ] || exec /usr/bin/sudo -n -- /usr/bin/env /bin/sh -c ${(0,quote/* quote */.h)([loop])} sh`;
    return loginShellText(isRoot ? `${root}\n${loop}` : loop);
}
/** A program as a line for a shell that stays open. */
const programLine = (program) => `${program.replaceAll('\\', '\\0134').replaceAll('\n', '\\0012')}\n`;
/** Each byte that some shell takes for more than itself becomes `@0` and three octal digits, which printf(1) decodes. */
function encode(program) {
    const bytes = Buffer.from(program).toString('latin1');
    return bytes.replaceAll(/[^ -~]|[\\'!^@]/g, byte => `@0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

;// CONCATENATED MODULE: ./build/host/local-host.js










/** The runner itself as the machine: no SSH. */
class LocalHost {
    name = 'this runner';
    options;
    constructor(options) {
        this.options = options;
    }
    async run(command) {
        const { clock, env, signal, runId } = this.options;
        if (!command.isUndo)
            signal.throwIfAborted();
        const limitMs = (0,command_line/* limitOf */.LF)(command, this.options);
        const marks = newMarks();
        const answer = new Answer(marks, command);
        const words = directWords(programOf(command, limitMs, marks, runId));
        const started = clock.now();
        const running = inProcess(words, { env: withoutInputs(env), stdin: command.stdin, answer });
        // The command itself is stopped by its mark.
        const code = await (command.isUndo ? running : unlessAborted(signal, running));
        const result = answer.result(command, code === undefined ? undefined : { code }, (0,external_node_os_.userInfo)().username);
        (0,command_line/* refuseTimeout */.Ib)(command, result, clock.now() - started, limitMs);
        return result;
    }
    dial(address, port) {
        return new Promise((resolve, reject) => {
            const socket = external_node_net_.connect({ host: address, port });
            socket.once('connect', () => resolve(socket.removeListener('error', reject)));
            socket.once('error', reject);
        });
    }
    async close() { }
}
/**
 * Runs words in a process, until it has ended or everything has come, although what it left in the background has not ended.
 * @returns its exit code, if it has ended
 * @throws ActionError `output-too-long`; Error when it cannot be started
 */
async function inProcess([program, ...args], { env, stdin, answer }) {
    const child = (0,external_node_child_process_.spawn)(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk) => answer.write('stdout', chunk));
    child.stderr.on('data', (chunk) => answer.write('stderr', chunk));
    // A command may leave unread what it is given.
    child.stdin.on('error', () => { }).end(stdin ?? '');
    const closed = (0,external_node_events_.once)(child, 'close').then(([code]) => code ?? undefined);
    try {
        return await Promise.race([closed, answer.complete.then(() => undefined), answer.overflow]);
    }
    finally {
        closed.catch(() => { });
        // What prints without end is ended by it: nobody reads what it writes.
        child.stdout.destroy();
        child.stderr.destroy();
    }
}

// EXTERNAL MODULE: ./node_modules/node-ssh/lib/esm/index.mjs + 2 modules
var esm = __webpack_require__(19487);
// EXTERNAL MODULE: ./build/host/ssh/host-keys.js
var host_keys = __webpack_require__(19679);
;// CONCATENATED MODULE: ./build/host/ssh/rsa-size.js

/** Amazon Linux 2023 refuses smaller RSA keys (its crypto policy sets RequiredRSASize), and so does this client a machine's. */
const SMALLEST_RSA_BITS = 2048;
/**
 * @param key in the wire format of RFC 4253, section 6.6: the kind, the exponent, the modulus
 * @returns the bits of an RSA key's modulus; undefined for a key of another kind
 * @throws RangeError for a key that ends too early
 */
function rsaBitsOf(key) {
    if ((0,host_keys/* kindOf */.I)(key) !== 'ssh-rsa')
        return undefined;
    const exponentAt = 4 + key.readUInt32BE(0);
    const modulusAt = exponentAt + 4 + key.readUInt32BE(exponentAt);
    const length = key.readUInt32BE(modulusAt);
    const modulus = key.subarray(modulusAt + 4, modulusAt + 4 + length);
    const from = modulus.findIndex(byte => byte !== 0);
    if (from < 0)
        return 0;
    return (modulus.length - from) * 8 - (Math.clz32(modulus[from] ?? 0) - 24);
}
/** True for an RSA key whose private half can be worked out by somebody who wants to be taken for the machine. */
function isTooSmall(key) {
    try {
        const bits = rsaBitsOf(key);
        return bits !== undefined && bits < SMALLEST_RSA_BITS;
    }
    catch {
        // It comes from a stranger, and nobody has looked at it before.
        return true;
    }
}

;// CONCATENATED MODULE: ./build/host/ssh/target.js
/** `user@host`, with the port where it is not SSH's own: how messages name a machine. */
function nameOf({ username, host, port }) {
    const address = host.includes(':') ? `[${host}]` : host;
    return `${username}@${address}${port === 22 ? '' : `:${port}`}`;
}

;// CONCATENATED MODULE: ./build/host/ssh/connect-errors.js




/** A failed connection in our words; dial and handshake have explained theirs already. */
function explainConnectFailure(thrown, target) {
    if (thrown instanceof build_errors/* ActionError */.lZ)
        return thrown;
    return new build_errors/* ActionError */.lZ('ssh-unreachable', `${nameOf(target)} could not be reached: ${(0,build_errors/* reasonOf */.A3)(thrown)}`, {
        cause: thrown,
        retriable: true,
    });
}
/** RFC 4254, section 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const PROHIBITED = 1;
/** True when a machine that could have opened the connection is configured not to (AllowTcpForwarding, PermitOpen). */
function isForwardingRefused(cause) {
    return cause instanceof Error && 'reason' in cause && cause.reason === PROHIBITED;
}
/** True when a machine takes no more sessions in this connection (sshd_config, MaxSessions). */
const isSessionRefused = (cause) => cause instanceof Error && /Channel open failure/.test(cause.message);
/** True for what the SSH library and node say when a connection is used that has just broken. */
function isBrokenConnection(cause) {
    return (cause instanceof Error &&
        /not connected|write EPIPE|ECONNRESET|No response from server/i.test(cause.message));
}
/**
 * The refusal of a host key: what was pinned, what the machine showed, in the form the inputs take. A revoked key is
 * named as such and nothing else is shown: no key of that machine is to be pinned.
 * @param held the fingerprint that an unpinned machine has shown before
 */
function hostKeyRefused(target, shown, held) {
    const { host, port, trust } = target;
    const revoked = shown.filter(key => (0,host_keys/* isRevoked */.xK)(trust, host, port, key));
    if (revoked.length > 0) {
        const verb = revoked.length === 1 ? 'is' : 'are';
        const keys = `host key${revoked.length === 1 ? '' : 's'} ${listed(revoked)}`;
        return new build_errors/* ActionError */.lZ('ssh-host-key-revoked', `the ${keys} of ${host}:${port} ${verb} revoked by known-hosts`);
    }
    const small = shown.find(key => isTooSmall(key) && (0,host_keys/* isAccepted */.oB)(trust, host, port, key));
    if (small) {
        return new build_errors/* ActionError */.lZ('ssh-host-key-weak', `the host key ${listed([small])} of ${host}:${port} is an RSA key of less than ${SMALLEST_RSA_BITS} bits`);
    }
    if (held !== undefined) {
        return new build_errors/* ActionError */.lZ('ssh-host-key-mismatch', `the host key of ${host}:${port} changed during the job. Before: ${held}. ` +
            `Shown by the machine now: ${listed(shown) || 'no key of a kind that was asked for'}`, {
            hint: 'Another machine may answer at this address now. If the machine was rebuilt, run the job again; pin its host key (host-fingerprint), so that only this machine is ever trusted.',
        });
    }
    return new build_errors/* ActionError */.lZ('ssh-host-key-mismatch', `the host key of ${host}:${port} is not the pinned one. ` +
        `Pinned: ${pinnedValues(target).join(', ')}. ` +
        `Shown by the machine: ${listed(shown) || 'no key of a kind that was asked for'}`);
}
const listed = (keys) => [...new Set(keys.map(key => `${(0,host_keys/* fingerprintOf */.ax)(key)} (${(0,host_keys/* kindOf */.I)(key)})`))].join(', ');
function pinnedValues({ trust, host, port }) {
    const lines = (0,host_keys/* linesFor */.be)(trust, host, port);
    const known = lines.map(({ key, type }) => `${(0,host_keys/* fingerprintOf */.ax)(Buffer.from(key, 'base64'))} (${type}, known-hosts)`);
    const nothingHere = trust.knownHosts.length > 0 && lines.length === 0 ? [`no known-hosts line for this host and port`] : [];
    return [...trust.fingerprints, ...known, ...nothingHere];
}

;// CONCATENATED MODULE: ./build/host/ssh/lighter-packets.js

/** Where ssh2 keeps the keys of a direction: one for each kind of cipher, and that of the checksum. */
const KEYS = ['_encKey', '_decipherKey', '_macKey'];
/**
 * ssh2 makes a cipher for each packet, and Node takes longer to look at a key of bytes than to encrypt a packet with one that it knows.
 * Keys are new after each exchange: this is called after each.
 */
function keepKeys(client) {
    const { _protocol: { _cipher, _decipher } = {} } = client;
    for (const direction of [_cipher, _decipher]) {
        for (const name of KEYS) {
            const key = direction?.[name];
            if (direction && Buffer.isBuffer(key))
                direction[name] = (0,external_node_crypto_.createSecretKey)(key);
        }
    }
}
/** ssh2 writes each packet in three pieces: what is written in one turn goes out at once, by one call of the system. */
function gatherWrites(stream) {
    const write = stream.write;
    const gathering = (...given) => {
        if (stream.writableCorked === 0) {
            stream.cork();
            process.nextTick(() => stream.uncork());
        }
        return write.apply(stream, given);
    };
    stream.write = gathering;
}

;// CONCATENATED MODULE: ./build/host/ssh/offer.js
/**
 * What this client offers beside host keys: all that the SSH library has and nobody advises against. No SHA-1 and no CBC; and no group
 * exchange, for the library takes whatever prime the server sends, however small.
 */
const OFFER = {
    kex: [
        'curve25519-sha256',
        'curve25519-sha256@libssh.org',
        'ecdh-sha2-nistp256',
        'ecdh-sha2-nistp384',
        'ecdh-sha2-nistp521',
        'diffie-hellman-group14-sha256',
        'diffie-hellman-group15-sha512',
        'diffie-hellman-group16-sha512',
        'diffie-hellman-group17-sha512',
        'diffie-hellman-group18-sha512',
    ],
    cipher: [
        'aes128-gcm@openssh.com',
        'aes256-gcm@openssh.com',
        'aes128-ctr',
        'aes192-ctr',
        'aes256-ctr',
        'chacha20-poly1305@openssh.com',
    ],
    mac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
};
/** What the two sides have to agree on: the words for it, and sshd's setting. */
const PARTS = {
    kex: { words: 'key exchange', setting: 'KexAlgorithms' },
    hostKey: { words: 'host key algorithm', setting: 'HostKeyAlgorithms' },
    cipher: { words: 'cipher', setting: 'Ciphers' },
    mac: { words: 'MAC', setting: 'MACs' },
};
/** The SSH library's words for each of them. */
const NOTHING_IN_COMMON = [
    [/no matching key exchange algorithm/i, 'kex'],
    [/no matching host key format/i, 'hostKey'],
    [/no matching [CS]->[CS] cipher/i, 'cipher'],
    [/no matching [CS]->[CS] MAC/i, 'mac'],
];
/** @returns what the two sides have not in common, when that is why the handshake failed */
function disagreementIn(error, hostKey, theirs) {
    const part = NOTHING_IN_COMMON.find(([pattern]) => pattern.test(error.message))?.[1];
    if (!part)
        return undefined;
    const ours = { ...OFFER, hostKey }[part];
    return { part: PARTS[part].words, setting: PARTS[part].setting, ours, theirs: theirs?.[part] };
}

;// CONCATENATED MODULE: ./build/host/ssh/dial-errors.js



const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL']);
const IPV6_HINT = 'GitHub-hosted runners have no IPv6: give the IPv4 address of the machine, or use a runner that has IPv6.';
/**
 * A TCP connection that did not come about, in our words.
 * @returns ActionError, `retriable` when the machine may only be booting
 */
function explainDialFailure(thrown, target) {
    if (thrown instanceof build_errors/* ActionError */.lZ)
        return thrown;
    const code = codeOf(thrown);
    if (UNKNOWN_HOST.has(code))
        return unknownHost(target.host, code, thrown);
    const { reason, hint } = wordsFor(code, thrown, target);
    return new build_errors/* ActionError */.lZ('ssh-unreachable', `${nameOf(target)} could not be reached: ${reason}`, {
        cause: thrown,
        hint,
        retriable: true,
    });
}
/** With several addresses node tells all their errors in one; the most telling is that of an address which answered. */
function codeOf(thrown) {
    const errors = thrown instanceof AggregateError ? thrown.errors : [thrown];
    const codes = errors.map(error => (error instanceof Error && 'code' in error ? `${error.code}` : ''));
    return ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'].find(code => codes.includes(code)) ?? codes[0] ?? '';
}
/** A name that does not resolve, on the runner. */
function unknownHost(host, code, cause) {
    const hint = /^m?i-[0-9a-f]{8,17}$/.test(host)
        ? 'An instance id is not a name: give the address of the instance, or reach it by proxy-command, as in "aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters portNumber=%p".'
        : undefined;
    const why = code === 'EAI_AGAIN' ? `${code}: the runner's name server does not answer` : code;
    return new build_errors/* ActionError */.lZ('ssh-host-unknown', `the name "${host}" does not resolve (${why})`, {
        cause,
        hint,
        retriable: true,
    });
}
function wordsFor(code, thrown, { host, port }) {
    const isIpv6 = external_node_net_.isIPv6(host);
    switch (code) {
        case 'ECONNREFUSED':
            return {
                reason: 'the port is closed (connection refused)',
                hint: `The machine answers, but nothing listens at port ${port}, or a firewall on it refuses. Check the port, and on the machine: sudo systemctl status sshd. Raise connect-timeout for a machine that boots slowly.`,
            };
        case 'EHOSTUNREACH':
            return {
                reason: 'there is no route to it (host unreachable), or a firewall on the way refuses',
                hint: isIpv6 ? IPV6_HINT : undefined,
            };
        case 'ENETUNREACH':
        case 'EAFNOSUPPORT':
        case 'EADDRNOTAVAIL':
            return {
                reason: `there is no route to it (${code}): the runner has no way into that network`,
                hint: isIpv6
                    ? IPV6_HINT
                    : 'A private address is reached only from inside its network: use a self-hosted runner there, a jump host or a proxy command.',
            };
        case 'ETIMEDOUT':
            return {
                reason: 'no answer (timed out); a security group that drops packets looks like this',
                hint: `Let the runner's address reach port ${port} in the security group of the instance (and in the network ACL of its subnet), and check that the machine runs and has this address: a stopped instance gets another one when it starts. GitHub-hosted runners have no fixed addresses: by proxy-command (EC2 Instance Connect Endpoint, Session Manager) no port has to be open. A private address needs that too, a self-hosted runner or a jump host. Raise connect-timeout for a machine that boots slowly.`,
            };
        case 'ECONNRESET':
            return { reason: 'the connection was reset before the SSH handshake was complete' };
        case 'EACCES':
        case 'EPERM':
            return {
                reason: `the runner itself may not connect there (${code})`,
                hint: 'Look at the firewall of the runner, or at the policy that holds its outgoing connections.',
            };
        case 'EINVAL':
            return {
                reason: (0,build_errors/* reasonOf */.A3)(thrown),
                hint: /^fe80:/i.test(host)
                    ? 'A link-local address needs the interface it belongs to, as in fe80::1%eth0.'
                    : undefined,
            };
        default:
            return { reason: (0,build_errors/* reasonOf */.A3)(thrown) || code };
    }
}

;// CONCATENATED MODULE: ./build/host/ssh/dial.js






/** How long an address may take to answer: four tries of TCP, which come after 1, 3 and 7 seconds. */
const ANSWER_MS = 10_000;
/** How long the first of several addresses may take before the next is tried beside it; node's own 250 ms are too short for a slow network. */
const NEXT_ADDRESS_MS = 2_500;
/**
 * Opens the TCP connection to the SSH port.
 * @throws ActionError `ssh-host-unknown` or `ssh-unreachable`, or the signal's reason
 */
async function dial(target, signal) {
    signal.throwIfAborted();
    const { host, port } = target;
    const socket = external_node_net_.connect({
        host,
        port,
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    });
    let isResolved = external_node_net_.isIP(host) > 0;
    socket.on('lookup', error => {
        isResolved ||= !error;
    });
    const late = () => {
        const waited = (0,build_clock/* formatDuration */.a)(ANSWER_MS);
        if (isResolved)
            throw Object.assign(new Error(`no answer in ${waited}`), { code: 'ETIMEDOUT' });
        throw new build_errors/* ActionError */.lZ('ssh-host-unknown', `no name server told the address of "${host}" in ${waited}`, {
            retriable: true,
        });
    };
    // Whoever reads from it sees its faults as well; an error without a listener would end the process.
    socket.on('error', () => { });
    try {
        // A network takes real time, whatever clock the run has.
        await within(build_clock/* systemClock */.m, ANSWER_MS, (0,external_node_events_.once)(socket, 'connect').then(() => undefined), late, signal);
        // Small requests would otherwise wait for the acknowledgement of the one before (Nagle's algorithm).
        return socket.setNoDelay(true);
    }
    catch (error) {
        socket.destroy();
        signal.throwIfAborted();
        throw explainDialFailure(error, target);
    }
}

// EXTERNAL MODULE: ./build/error-codes.js + 7 modules
var error_codes = __webpack_require__(78951);
;// CONCATENATED MODULE: ./build/host/ssh/sign-in-errors.js





/** What pam_nologin says while a machine still starts, or already shuts down. */
const NOT_NOW = /system is (booting up|going down)|unprivileged users are not permitted to log in yet/i;
const SHOWN_NOTICES = 5;
/** Why the machine did not let the user in, from what it answered. */
function explainRefusal(cause, target, facts) {
    const name = nameOf(target);
    const user = `user "${target.username}"`;
    const details = facts.notices.slice(-SHOWN_NOTICES);
    if (facts.isPartial) {
        const message = `${name} accepted the key for ${user} and then asks for more: ${facts.methods.join(', ')}`;
        return new build_errors/* ActionError */.lZ('ssh-second-factor', message, { cause, details });
    }
    if (!facts.wasOffered) {
        const others = facts.methods.join(', ') || 'nothing else';
        return new build_errors/* ActionError */.lZ('ssh-auth-refused', `${name} takes no key from ${user}; it takes ${others}`, {
            cause,
            details,
            hint: 'This action signs in by key alone. In /etc/ssh/sshd_config of the machine set PubkeyAuthentication yes, and for this user AuthenticationMethods publickey; then: sudo systemctl reload sshd',
        });
    }
    if (facts.isKnown) {
        return new build_errors/* ActionError */.lZ('ssh-auth-refused', `${name} knows the key of ${user} but does not let this user in`, {
            cause,
            details,
            hint: target.username === 'root'
                ? 'Set username: ec2-user, who may use sudo there: PermitRootLogin in /etc/ssh/sshd_config keeps root out.'
                : 'sshd says why on the machine: sudo journalctl -u sshd -n 20',
        });
    }
    return refusedKey(cause, target, facts.key, details);
}
function refusedKey(cause, target, key, details) {
    const bits = rsaBitsOf(key.getPublicSSH());
    const kind = bits === undefined ? key.type : `RSA, ${bits} bits`;
    const shown = `${(0,host_keys/* fingerprintOf */.ax)(key.getPublicSSH())}, ${kind}`;
    const message = `${nameOf(target)} did not accept the key for user "${target.username}" (${shown})`;
    const usual = error_codes/* ERRORS */.S['ssh-auth-refused'].hint;
    if (bits === undefined)
        return new build_errors/* ActionError */.lZ('ssh-auth-refused', message, { cause, details, retriable: true });
    if (bits < SMALLEST_RSA_BITS) {
        return new build_errors/* ActionError */.lZ('ssh-auth-refused', `${message}: Amazon Linux 2023 takes no RSA key under ${SMALLEST_RSA_BITS} bits`, {
            cause,
            details,
            hint: `Make a new key with: ssh-keygen -t ed25519 -f KEY; put the line of KEY.pub into ~/.ssh/authorized_keys of ${target.username}, and KEY into the input.`,
        });
    }
    return new build_errors/* ActionError */.lZ('ssh-auth-refused', message, {
        cause,
        details,
        retriable: true,
        hint: `${usual} RequiredRSASize or PubkeyAcceptedAlgorithms in /etc/ssh/sshd_config may refuse RSA keys of this size or all of them: an ED25519 key (ssh-keygen -t ed25519) passes.`,
    });
}
/** The machine ended the connection while the user signed in. @param how in our words, where the machine has none */
function explainEndedSignIn(cause, target, { reasons, notices, isKnown }, how) {
    const said = reasons.join(' ');
    const name = nameOf(target);
    if (NOT_NOW.test(said)) {
        return new build_errors/* ActionError */.lZ('ssh-auth-refused', `${name} lets nobody in now: "${said}"`, {
            cause,
            hint: 'The machine starts or shuts down (/run/nologin is there). Raise connect-timeout; on the machine, systemctl list-jobs shows what it waits for.',
            retriable: true,
            facts: { isStarting: true },
        });
    }
    const user = `user "${target.username}"`;
    if (said !== '') {
        return new build_errors/* ActionError */.lZ('ssh-auth-refused', `${name} knows the key of ${user} and refuses: "${said}"`, {
            cause,
            hint: `Set the account right on the machine (sudo chage -l ${target.username}; sudo journalctl -u sshd -n 20), or use another user.`,
        });
    }
    const known = isKnown ? ', whose key it knows' : '';
    return new build_errors/* ActionError */.lZ('ssh-auth-refused', `${name} ended the sign-in of ${user}${known}: ${how}`, {
        cause,
        details: notices.slice(-SHOWN_NOTICES),
        retriable: true,
    });
}

;// CONCATENATED MODULE: ./build/host/ssh/handshake-errors.js




/** sshd's words in place of its first line when it turns somebody away for a while. */
const TURNED_AWAY = /exceeded maxstartups|not allowed at this time|too many connections/i;
/**
 * A failed handshake in our words: nothing came, something else than SSH, no agreement, or a refused sign-in.
 * @returns ActionError, `retriable` when it may be better a moment later
 */
function explainHandshakeFailure(thrown, target, handshake) {
    if (thrown instanceof build_errors/* ActionError */.lZ)
        return thrown;
    const error = thrown;
    if (error.level === 'client-authentication')
        return explainRefusal(error, target, handshake.signIn);
    const { words } = handshake;
    if (handshake.isEncrypted)
        return inSignIn(error, target, handshake);
    if (words.identification !== undefined)
        return inKeyExchange(error, target, handshake);
    return words.isSilent ? withoutWords(error, target, handshake.limit) : inOtherWords(error, target, words);
}
function endingOf({ level, code, message }) {
    if (level === 'client-timeout')
        return 'timeout';
    if (code === 'ECONNRESET' || code === 'EPIPE')
        return 'reset';
    // node-ssh says the first of every connection that was closed, ssh2 the second of one without a server's first line.
    return /no response from server|connection lost before handshake/i.test(message) ? 'closed' : 'fault';
}
/** The TCP connection is there and not one byte came over it. */
function withoutWords(error, target, limit) {
    const name = nameOf(target);
    const ending = endingOf(error);
    const { port } = target;
    if (ending === 'timeout') {
        return unreachable(error, `${name} accepted the connection but did not say a word in ${limit}`, {
            hint: `An SSH server speaks first, so none is behind it: a load balancer, a proxy or a port forwarding whose machine does not run, another service at port ${port}, or an sshd that hangs (look at the machine's console: memory, disk). Raise connect-timeout for a machine that boots slowly.`,
        });
    }
    if (ending === 'fault')
        return unreachable(error, `${name} could not be reached: ${(0,build_errors/* reasonOf */.A3)(error)}`);
    const how = ending === 'reset' ? 'reset' : 'closed';
    return unreachable(error, `${name} accepted the connection and ${how} it at once, without a word`, {
        hint: `Something before or in sshd turns the runner away: too many connections at once (MaxStartups), fail2ban or a block list that knows the runner's address (/etc/hosts.deny), a load balancer without a healthy machine; or port ${port} is another service's.`,
    });
}
function inOtherWords(error, target, words) {
    const name = nameOf(target);
    const { text, otherProtocol } = words;
    if (TURNED_AWAY.test(text)) {
        return unreachable(error, `${name} turned the connection away: "${text}"`, {
            hint: 'sshd takes no more connections, or none from this address, for a while: MaxStartups and PerSourcePenalties in /etc/ssh/sshd_config. End what connects all the time, or wait.',
        });
    }
    const what = otherProtocol ? `: it is ${otherProtocol}` : '';
    const said = text ? `; it said "${text}"` : '';
    return unreachable(error, `not an SSH server answers for ${name}${what}${said}`, {
        hint: `Set port to the one of SSH, mostly 22: port ${target.port} is another service's.`,
        retriable: false,
    });
}
function inKeyExchange(error, target, handshake) {
    const name = nameOf(target);
    const { words, hostKeyAlgorithms, limit } = handshake;
    const server = words.identification ?? '';
    const disagreement = disagreementIn(error, hostKeyAlgorithms, words.offered);
    if (disagreement) {
        const { part, setting, ours, theirs } = disagreement;
        const them = theirs ? `; it offers ${theirs.join(', ')}` : '';
        return failed(error, `${name} has no ${part} in common with this client, which takes ${ours.join(', ')}${them}`, {
            hint: setting === 'HostKeyAlgorithms'
                ? 'Give the machine an ED25519 host key: sudo ssh-keygen -A; sudo systemctl restart sshd. HostKeyAlgorithms in /etc/ssh/sshd_config must allow it.'
                : `Let the machine take one of them: ${setting} +${ours[0]} in /etc/ssh/sshd_config (on Amazon Linux the crypto policy sets it, too: update-crypto-policies --show), then: sudo systemctl reload sshd`,
        });
    }
    if (!/^SSH-(2\.0|1\.99)-/.test(server)) {
        return failed(error, `${name} speaks an SSH that nobody should use any more: ${server}`, {
            hint: 'This action speaks SSH 2. Another machine or a network device may answer there: check host and port.',
        });
    }
    switch (endingOf(error)) {
        case 'timeout':
            return failed(error, `${name} answered as ${server} but did not complete the key exchange in ${limit}`, {
                hint: 'Mostly packets of full size are lost on the way (MTU of a VPN, a tunnel or an overlay network): lower the MTU of the runner, e.g. sudo ip link set dev eth0 mtu 1280. Otherwise the machine is starved: look at its load and memory.',
                retriable: true,
            });
        case 'reset':
        case 'closed':
            return failed(error, `${name} answered as ${server} and ended the connection in the key exchange`, {
                hint: 'sshd says why on the machine: sudo journalctl -u sshd -n 20. A firewall that looks into connections may end them, too.',
                retriable: true,
            });
        case 'fault':
            return failed(error, `the key exchange with ${name} (${server}) failed: ${(0,build_errors/* reasonOf */.A3)(error)}`, {
                hint: 'Something on the way changes what is sent, or the server has a fault. On the machine: sudo journalctl -u sshd -n 20',
                retriable: true,
            });
    }
}
function inSignIn(error, target, { signIn, limit }) {
    const ending = endingOf(error);
    if (ending === 'timeout') {
        return failed(error, `${nameOf(target)} did not answer the sign-in of user "${target.username}" in ${limit}`, {
            hint: 'sshd waits for something while it looks the user up: a home directory on a network file system, PAM, a directory service, AuthorizedKeysCommand. On the machine: sudo journalctl -u sshd -n 20',
            retriable: true,
        });
    }
    const how = ending === 'fault' ? (0,build_errors/* reasonOf */.A3)(error) : `it ${ending === 'reset' ? 'reset' : 'closed'} the connection`;
    return explainEndedSignIn(error, target, signIn, how);
}
const unreachable = (cause, message, { hint, retriable = true } = {}) => new build_errors/* ActionError */.lZ('ssh-unreachable', message, { cause, hint, retriable });
const failed = (cause, message, options) => new build_errors/* ActionError */.lZ('ssh-handshake-failed', message, { cause, ...options });

// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(57075);
;// CONCATENATED MODULE: ./build/host/ssh/runner-shell.js

/**
 * The call of the system's shell: `cmd` on Windows, which OpenSSH takes there, too; `/bin/sh` everywhere else. In cmd, `/d` leaves out
 * what a user has set to run first, and with `/s` nothing but the outer quotation marks is taken away from the line.
 */
function shellCall(line, { platform, env }) {
    if (platform === 'win32')
        return {
            file: variableOf(env, 'ComSpec') ?? 'cmd.exe',
            args: ['/d', '/s', '/c', `"${line}"`],
            // A process that is detached gets a window of its own there.
            options: { windowsVerbatimArguments: true, windowsHide: true },
        };
    // Its own process group, so that a pipeline or a plugin it started can be ended with it.
    return { file: '/bin/sh', args: ['-c', line], options: { detached: true } };
}
/** Ends such a process and whatever it has started. It may have ended in the meantime. */
function endTree(pid, { platform, env }) {
    if (platform !== 'win32') {
        try {
            process.kill(-pid, 'SIGTERM');
        }
        catch {
            // It ended by itself.
        }
        return;
    }
    // Windows has no process groups that a signal reaches.
    const taskkill = `${variableOf(env, 'SystemRoot') ?? 'C:\\Windows'}\\System32\\taskkill.exe`;
    (0,external_node_child_process_.spawn)(taskkill, ['/pid', `${pid}`, '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () => { });
}
/** Windows does not tell `ComSpec` from `COMSPEC`; a copy of its environment does. */
function variableOf(env, name) {
    const found = Object.entries(env).find(([other]) => other.toLowerCase() === name.toLowerCase());
    return found?.[1] || undefined;
}

;// CONCATENATED MODULE: ./build/host/ssh/proxy-command.js







const LAST_WORDS_MS = 500;
/** How a shell tells that a command ended by SIGTERM. */
const TERMINATED = 143;
/**
 * Starts a proxy command as OpenSSH does (ssh_config(5), ProxyCommand): by the system's shell, with `%h`, `%p`, `%r` and `%%`
 * replaced by the host, the port, the user and a percent sign.
 * @param platform of the runner
 */
function startProxyCommand(command, target, env, platform = process.platform) {
    const tokens = {
        h: target.host,
        p: `${target.port}`,
        r: target.username,
        '%': '%',
    };
    const line = command.replaceAll(/%([hpr%])/g, (_, token) => tokens[token] ?? '');
    const { file, args, options } = shellCall(line, { platform, env });
    const child = (0,external_node_child_process_.spawn)(file, args, { ...options, env: withoutInputs(env), stdio: ['pipe', 'pipe', 'pipe'] });
    let isClosed = false;
    let isEndedByUs = false;
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
        words = (words + text).slice(-4096);
    });
    const stream = external_node_stream_.Duplex.from({ readable: child.stdout, writable: inputOf(child) });
    child.once('error', error => stream.destroy(error));
    // The SSH client sees a fault of these as a closed connection; an error without a listener would end the process.
    for (const end of [stream, child.stdin, child.stdout])
        end.on('error', () => { });
    const ended = new Promise(resolve => child.once('close', () => resolve()));
    // Its standard output ends before its standard error has arrived. A process takes real time, whatever clock the run has.
    const settled = () => within(build_clock/* systemClock */.m, LAST_WORDS_MS, ended, () => { });
    return {
        stream,
        lastWords: async () => {
            await settled();
            return (0,build_errors/* lastLines */.w$)(words, 5);
        },
        ending: async () => {
            await settled();
            const { exitCode, signalCode } = child;
            // That was us: the shell ends by the signal, or tells in its exit code that what it ran did. Windows has no signals.
            if (isEndedByUs && platform === 'win32')
                return undefined;
            if (isClosed && (signalCode === 'SIGTERM' || exitCode === TERMINATED))
                return undefined;
            return exitCode === null ? (signalCode ?? undefined) : `exit code ${exitCode}`;
        },
        close: () => {
            isClosed = true;
            stream.destroy();
            if (child.pid === undefined || child.exitCode !== null)
                return;
            isEndedByUs = true;
            endTree(child.pid, { platform, env });
        },
    };
}
/** A command that no longer listens may still have something to say: what it cannot be told does not end the stream. */
function inputOf({ stdin }) {
    return new external_node_stream_.Writable({
        write: (chunk, _encoding, done) => {
            stdin.write(chunk, () => done());
        },
        final: done => {
            stdin.end(() => done());
        },
        destroy: (error, done) => {
            stdin.destroy();
            done(error);
        },
    });
}

;// CONCATENATED MODULE: ./build/host/ssh/route.js








/** How long a jump host may take to reach the machine: as long as the runner itself would wait. */
const FORWARD_TIMEOUT_MS = 10_000;
/**
 * Opens the way to the SSH port: a TCP connection of the runner's own, or through a jump host or a proxy command.
 * @param connectOnce makes one attempt to connect to a jump host
 */
async function openRoute(target, options, connectOnce) {
    const { via } = target;
    const explain = async (error, handshake) => explainHandshakeFailure(error, target, handshake);
    if (!via) {
        const socket = await dial(target, options.signal);
        return { stream: socket, explain, close: () => socket.destroy() };
    }
    if (via.kind === 'jump-host') {
        return { ...(await throughJumpHost(target, via.target, options, connectOnce)), explain };
    }
    const proxy = startProxyCommand(via.command, target, options.env);
    return {
        stream: proxy.stream,
        close: proxy.close,
        explain: async (error, handshake) => {
            if (handshake.words.identification !== undefined)
                return explain(error, handshake);
            return new build_errors/* ActionError */.lZ('proxy-command-failed', await reasonOfProxy(target, proxy, error, handshake), {
                cause: error,
                details: await proxy.lastWords(),
                retriable: true,
            });
        },
    };
}
/** The proxy command brought no SSH server's first line: it ended, it says something else, or nothing at all. */
async function reasonOfProxy(target, proxy, error, { words, limit }) {
    const ended = await proxy.ending();
    const failed = `the proxy command did not connect to ${nameOf(target)}`;
    const said = words.text ? ` it wrote "${words.text}" where an SSH server's first line belongs` : '';
    if (ended !== undefined) {
        const reason = (await proxy.lastWords()).at(-1);
        const last = !said && reason !== undefined ? `; its last line: ${reason}` : '';
        return `${failed}: it ended with ${ended}${said && `;${said}`}${last}`;
    }
    if (said)
        return `${failed}:${said}`;
    return isTimeout(error)
        ? `${failed}: it runs, but nothing came through it in ${limit}`
        : `${failed}: ${(0,build_errors/* reasonOf */.A3)(error)}`;
}
const isTimeout = (error) => error instanceof Error && 'level' in error && error.level === 'client-timeout';
async function throughJumpHost(target, jump, options, connectOnce) {
    let jumpConnection;
    try {
        jumpConnection = await connectOnce(jump);
    }
    catch (error) {
        const explained = explainConnectFailure(error, jump);
        throw explained.with({ message: `jump host: ${explained.message}`, cause: explained });
    }
    try {
        const stream = await forwardThrough(jumpConnection, target, options);
        return { stream, close: jumpConnection.close };
    }
    catch (cause) {
        jumpConnection.close();
        options.signal.throwIfAborted();
        if (isForwardingRefused(cause)) {
            throw new build_errors/* ActionError */.lZ('ssh-forwarding-refused', `the jump host ${nameOf(jump)} does not forward connections`, { cause });
        }
        throw unreachableFrom(jump, target, cause);
    }
}
/** The jump host's words for what it could not reach are those of its own system. */
function unreachableFrom(jump, { host, port }, cause) {
    const reason = (0,build_errors/* reasonOf */.A3)(cause).replace(/^\(SSH\) Channel open failure: /, '');
    const message = `the jump host ${nameOf(jump)} could not reach ${host}:${port}: ${reason}`;
    const options = { cause, retriable: true };
    if (/name or service not known|name resolution|no address associated|nodename nor servname/i.test(reason)) {
        return new build_errors/* ActionError */.lZ('ssh-host-unknown', message, {
            ...options,
            hint: `Check the spelling of host: it must be a name that the jump host can resolve, or the machine's private address. There: getent hosts ${host}`,
        });
    }
    const isRefused = /refused/i.test(reason);
    return new build_errors/* ActionError */.lZ('ssh-unreachable', message, {
        ...options,
        hint: isRefused
            ? `The machine answers, but nothing listens at port ${port}. Check the port, and on the machine: sudo systemctl status sshd. Raise connect-timeout for a machine that boots slowly.`
            : `Check that the machine runs, that host is its address as the jump host sees it (mostly the private one), and that its security group lets the jump host reach port ${port}.`,
    });
}
/** The jump host's own wait for a machine that drops packets is minutes long. */
async function forwardThrough({ ssh }, target, { clock, signal }) {
    const late = () => {
        throw new Error(`no answer in ${(0,build_clock/* formatDuration */.a)(FORWARD_TIMEOUT_MS)}; a security group that drops packets looks like this`);
    };
    const forwarded = ssh.forwardOut('127.0.0.1', 0, target.host, target.port);
    return within(clock, FORWARD_TIMEOUT_MS, forwarded, late, signal);
}

;// CONCATENATED MODULE: ./build/host/ssh/server-words.js
/** Enough for greeting lines and the lists of algorithms, which a server sends before anything is encrypted. */
const KEPT_BYTES = 16_384;
const KEXINIT = 20;
/** Types of TLS records; the second byte is the major version, 3 for all of TLS. */
const TLS_ALERT = 21;
const TLS_HANDSHAKE = 22;
const LONGEST_SHOWN = 120;
/**
 * The first that comes from the other side, in the clear. How far a handshake came, and who is there if it is no SSH
 * server at all, is told by nothing else.
 */
class ServerWords {
    bytes = Buffer.alloc(0);
    constructor(bytes = Buffer.alloc(0)) {
        this.bytes = bytes;
    }
    /** Listens beside the reader of a stream, from its first byte on. @returns what ends the listening */
    listen(stream) {
        const take = (chunk) => {
            this.bytes = Buffer.concat([this.bytes, chunk]);
            if (this.bytes.length >= KEPT_BYTES)
                stop();
        };
        // A stream flows as soon as somebody listens: not before its reader does.
        const follow = (event) => {
            if (event !== 'data')
                return;
            stream.off('newListener', follow);
            stream.on('data', take);
        };
        const stop = () => {
            stream.off('newListener', follow);
            stream.off('data', take);
        };
        stream.on('newListener', follow);
        return stop;
    }
    get isSilent() {
        return this.bytes.length === 0;
    }
    /** The line by which an SSH server says what it is, e.g. `SSH-2.0-OpenSSH_8.7`. Other lines may come before it. */
    get identification() {
        return /^SSH-[^\r\n]{1,253}/m.exec(this.bytes.toString('latin1'))?.[0];
    }
    /** What else than SSH speaks there, if its first bytes tell. */
    get otherProtocol() {
        const text = this.bytes.toString('latin1');
        if (/^HTTP\/\d/.test(text) || /^\s*<(!doctype|html|head|\?xml)/i.test(text))
            return 'HTTP';
        if ([TLS_ALERT, TLS_HANDSHAKE].includes(this.bytes[0] ?? 0) && this.bytes[1] === 3)
            return 'TLS';
        if (text.startsWith('RFB '))
            return 'VNC';
        if (/^220[ -]/.test(text))
            return 'SMTP or FTP';
        return undefined;
    }
    /** The beginning of what was said, fit for a message; '' when it is not text. */
    get text() {
        const line = this.bytes.toString('utf8').replaceAll(/\s+/g, ' ').trim();
        if (/[\p{Cc}\ufffd]/u.test(line))
            return '';
        return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line;
    }
    /** What the server offers; undefined when that did not arrive as a whole. */
    get offered() {
        const line = /^SSH-[^\n]*\n/m.exec(this.bytes.toString('latin1'));
        if (!line)
            return undefined;
        const packet = this.bytes.subarray(line.index + line[0].length);
        try {
            // packet_length, padding_length, type, cookie, then name-lists.
            if (packet.readUInt8(5) !== KEXINIT)
                return undefined;
            const lists = [];
            for (let at = 22; lists.length < 6;) {
                const length = packet.readUInt32BE(at);
                if (at + 4 + length > packet.length)
                    return undefined;
                lists.push(packet.toString('latin1', at + 4, at + 4 + length).split(','));
                at += 4 + length;
            }
            // Of each pair the first is what the client sends in; servers offer the same both ways.
            const [kex = [], hostKey = [], cipher = [], , mac = []] = lists;
            return { kex, hostKey, cipher, mac };
        }
        catch {
            return undefined;
        }
    }
}

// EXTERNAL MODULE: ./node_modules/ssh2/lib/index.js
var lib = __webpack_require__(85472);
;// CONCATENATED MODULE: ./build/host/ssh/sign-in.js

/** One sign-in by key, and what it shows. */
class SignIn {
    key;
    notices = [];
    reasons = [];
    methods = [];
    wasOffered = false;
    isKnown = false;
    isPartial = false;
    username;
    hasAsked = false;
    /** @throws Error when the key of `target` is not one that `readPrivateKey` returned */
    constructor({ username, privateKey, passphrase }) {
        this.username = username;
        const key = lib.utils.parseKey(privateKey, passphrase || undefined);
        if (key instanceof Error)
            throw key;
        const { sign } = key;
        this.key = Object.assign(key, {
            sign: (...args) => {
                this.isKnown = true;
                return sign.apply(key, args);
            },
        });
    }
    /** Asks first, without a key, which methods there are; then offers the key, once. */
    handler = (methods, isPartial, next) => {
        const { username } = this;
        if (!this.hasAsked) {
            this.hasAsked = true;
            next({ type: 'none', username });
            return;
        }
        this.methods = methods ?? [];
        this.isPartial = isPartial === true;
        if (!this.wasOffered && this.methods.includes('publickey')) {
            this.wasOffered = true;
            next({ type: 'publickey', username, key: this.key });
            return;
        }
        // The library's way to say that there is nothing more to try; its types leave it out.
        next(false);
    };
    /** Takes a message that the machine sends before it lets the user in. */
    hear = (text) => {
        const lines = text.split(/\r?\n/).map(line => line.trim());
        (this.isKnown ? this.reasons : this.notices).push(...lines.filter(line => line !== ''));
    };
}

;// CONCATENATED MODULE: ./build/host/ssh/connect.js











/** One handshake, authentication included. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** cloud-init puts the key in place some seconds after sshd answers; longer than this, the key is wrong. */
const AUTH_PATIENCE_MS = 10_000;
/** A name that does not resolve is mostly a typing error, but the record of a new machine may lag. */
const NAME_PATIENCE_MS = 10_000;
/** sshd is there; a handshake that it does not complete is tried once more, as the network may have failed it. */
const HANDSHAKE_PATIENCE_MS = 25_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/**
 * Connects, and tries again while the machine may only be booting.
 * @throws ActionError with one of the `ssh-…` codes or `proxy-command-failed`
 */
async function connect(target, options) {
    const { log, connectTimeoutMs } = options;
    const explain = (thrown) => explainConnectFailure(thrown, target);
    return retry(options, () => connectOnce(target, options), {
        pauseMs: attempt => Math.min(FIRST_PAUSE_MS * 1.5 ** (attempt - 1), LONGEST_PAUSE_MS),
        giveUp: ({ error: thrown, attempt, waitedMs, pauseMs }) => {
            const error = explain(thrown);
            const mayWork = error.retriable && waitedMs + pauseMs < patience(error, connectTimeoutMs);
            return mayWork ? undefined : givenUp(error, attempt, waitedMs);
        },
        onRetry: ({ error, waitedMs }) => {
            const waited = `${(0,build_clock/* formatDuration */.a)(waitedMs)} of ${(0,build_clock/* formatDuration */.a)(connectTimeoutMs)}`;
            log.info(`${explain(error).message}; trying again (${waited})`);
        },
    });
}
function patience({ code, facts }, connectTimeoutMs) {
    if (facts.isStarting)
        return connectTimeoutMs;
    if (code === 'ssh-handshake-failed')
        return Math.min(HANDSHAKE_PATIENCE_MS, connectTimeoutMs);
    if (code === 'ssh-auth-refused')
        return Math.min(AUTH_PATIENCE_MS, connectTimeoutMs);
    if (code === 'ssh-host-unknown')
        return Math.min(NAME_PATIENCE_MS, connectTimeoutMs);
    return connectTimeoutMs;
}
function givenUp(error, attempts, waitedMs) {
    if (attempts === 1)
        return error;
    const message = `${error.message} (${attempts} attempts in ${(0,build_clock/* formatDuration */.a)(waitedMs)})`;
    return error.with({ message, retriable: false });
}
async function connectOnce(given, options) {
    const { firstKeys, log } = options;
    const target = firstKeys.hold(given);
    const { trust, host, port } = target;
    const shown = [];
    let kinds = (0,host_keys/* kindsToAskFor */.vV)(trust, host, port);
    // The machine shows the first kind that it has; a key that is not trusted leaves the others to be asked for.
    while (kinds.length > 0) {
        const { connection, hostKey } = await handshake(target, (0,host_keys/* algorithmsOf */.w2)(kinds), options, shown.length > 0);
        if (connection) {
            if (hostKey && firstKeys.isToBeRecommended(given))
                recommendPin(target, hostKey, log);
            return connection;
        }
        if (!hostKey)
            break;
        shown.push(hostKey);
        // Nothing vouches for another key of a machine that has a revoked one.
        if (!(0,host_keys/* isPinned */.T4)(trust))
            break;
        kinds = kinds.filter(kind => kind !== (0,host_keys/* kindOf */.I)(hostKey));
    }
    throw hostKeyRefused(target, shown, firstKeys.heldFor(given));
}
/**
 * One SSH handshake in which only these host key algorithms are offered.
 * @param mayHaveNone whether a machine without such a key is no fault: it has shown others
 * @returns the connection; or the host key that is not trusted; or nothing when the machine has no such key
 */
async function handshake(target, hostKeyAlgorithms, options, mayHaveNone) {
    const { trust, host, port, username } = target;
    const signIn = new SignIn(target);
    const route = await openRoute(target, options, jump => connectOnce(jump, options));
    if (options.signal.aborted)
        route.close();
    options.signal.throwIfAborted();
    const words = new ServerWords();
    const endListening = words.listen(route.stream);
    gatherWrites(route.stream);
    const ssh = new esm/* NodeSSH */.H();
    const close = () => {
        ssh.connection?.destroy();
        route.close();
    };
    options.signal.addEventListener('abort', close, { once: true });
    let hostKey;
    let isRefused = false;
    let isEncrypted = false;
    try {
        const connected = ssh.connect({
            host,
            port,
            username,
            authHandler: signIn.handler,
            sock: route.stream,
            algorithms: {
                kex: [...OFFER.kex],
                cipher: [...OFFER.cipher],
                hmac: [...OFFER.mac],
                serverHostKey: hostKeyAlgorithms,
            },
            hostVerifier: (key) => {
                hostKey = key;
                isRefused = isTooSmall(key) || !(0,host_keys/* isAccepted */.oB)(trust, host, port, key);
                return !isRefused;
            },
            readyTimeout: HANDSHAKE_TIMEOUT_MS,
            keepaliveInterval: 10_000,
            keepaliveCountMax: 3,
        });
        ssh.connection?.on('handshake', () => ssh.connection && keepKeys(ssh.connection));
        ssh.connection?.on('banner', signIn.hear).once('handshake', () => {
            isEncrypted = true;
            endListening();
            // Only now the machine has proved that the key is its own. Another connection may have seen another one meanwhile.
            if (hostKey && !options.firstKeys.accept(target, hostKey)) {
                isRefused = true;
                close();
            }
        });
        await connected;
        // Without a listener a connection that breaks later would end the process; SshHost sees it by its 'close'.
        ssh.connection?.on('error', error => options.log.debug(`SSH: ${error.message}`));
        return { connection: { ssh, close }, hostKey };
    }
    catch (error) {
        close();
        if (isRefused && hostKey)
            return { hostKey };
        if (mayHaveNone && error instanceof Error && /no matching host key format/i.test(error.message))
            return {};
        const limit = (0,build_clock/* formatDuration */.a)(HANDSHAKE_TIMEOUT_MS);
        throw await route.explain(error, { words, signIn, hostKeyAlgorithms, isEncrypted, limit });
    }
    finally {
        endListening();
        options.signal.removeEventListener('abort', close);
    }
}
function recommendPin(target, key, log) {
    log.warning(`The host key of ${target.host} is not pinned: whoever can pose as this machine would be trusted. ` +
        `Compare with the machine's console output, then add:  host-fingerprint: ${(0,host_keys/* fingerprintOf */.ax)(key)}  (${(0,host_keys/* kindOf */.I)(key)})`);
}

;// CONCATENATED MODULE: ./build/host/ssh/session-gate.js
/** What sshd takes where nobody has set anything else. A refusal costs a round trip, and more side by side is no faster. */
const USUAL_LIMIT = 10;
/**
 * Lets as many commands through one connection side by side as its sshd takes (sshd_config, MaxSessions). Where that is less than
 * usual, it is learned from the first refusal; forwarded connections do not count.
 */
class SessionGate {
    limit = USUAL_LIMIT;
    taken = 0;
    waiting = [];
    /** Told when somebody has to wait: what need not be open can make room. */
    onWait = () => { };
    /** The next one would have to wait. */
    get isFull() {
        return this.taken >= this.limit;
    }
    /** Somebody waits for a session to end, or sshd takes fewer than usual: none is to be kept that is not needed. */
    get isScarce() {
        return this.waiting.length > 0 || this.limit < USUAL_LIMIT;
    }
    /** Waits for its turn. @throws the signal's reason */
    async enter(signal) {
        while (this.isFull)
            await this.turn(signal);
        this.taken++;
    }
    /** Sessions are open, or being opened: it is worth while to wait for one of them to end. */
    get isUsed() {
        return this.taken > 0;
    }
    /** A session is over. */
    leave() {
        this.taken--;
        this.waiting.shift()?.();
    }
    /** sshd has refused a session. Nobody's turn comes by that, as long as another one is open: it would be refused as well. */
    refused() {
        this.taken--;
        this.limit = Math.max(1, Math.min(this.limit, this.taken));
        if (this.taken === 0)
            this.waiting.shift()?.();
    }
    async turn(signal) {
        signal?.throwIfAborted();
        const { promise, resolve, reject } = Promise.withResolvers();
        const abort = () => {
            const index = this.waiting.indexOf(resolve);
            if (index >= 0)
                this.waiting.splice(index, 1);
            reject(signal?.reason);
        };
        this.waiting.push(resolve);
        this.onWait();
        signal?.addEventListener('abort', abort, { once: true });
        try {
            await promise;
        }
        finally {
            signal?.removeEventListener('abort', abort);
        }
    }
}

;// CONCATENATED MODULE: ./build/host/ssh/line.js



/** An SSH connection that is made again when it has broken. */
class Line {
    options;
    connection;
    closing = new AbortController();
    constructor(options) {
        this.options = options;
    }
    /** The open connection, or a new one after it broke. @param signal ends the attempt to make one */
    async live(signal) {
        // A Kafka client that still tries to reach a broker must not open a connection that nobody would close.
        if (this.closing.signal.aborted)
            throw new Error(`the connection to ${this.options.name} is closed`);
        if (this.connection)
            return this.connection;
        const opening = this.open(signal);
        const forget = () => {
            if (this.connection === opening)
                this.connection = undefined;
        };
        this.connection = opening;
        opening.then(live => live.lost.catch(forget), forget);
        return opening;
    }
    async close() {
        this.closing.abort();
        const connection = this.connection;
        this.connection = undefined;
        (await connection?.catch(() => undefined))?.close();
    }
    async open(signal) {
        const connection = await this.options.connect(AbortSignal.any([signal, this.closing.signal]));
        // Each command that waits for its session listens for errors: many are no leak.
        connection.ssh.connection?.setMaxListeners(0);
        const lost = new Promise((_, reject) => {
            const broken = new build_errors/* ActionError */.lZ('ssh-connection-lost', `the SSH connection to ${this.options.name} broke`, {
                retriable: true,
            });
            if (!connection.ssh.connection)
                reject(broken);
            connection.ssh.connection?.once('close', () => reject(broken));
        });
        return { ...connection, lost, gate: new SessionGate() };
    }
}
/** A connection that has just broken says so in many words: they all mean that it is lost. */
async function orLost(live, cause) {
    if (!isBrokenConnection(cause))
        throw cause;
    live.close();
    return live.lost;
}

;// CONCATENATED MODULE: ./build/host/ssh/open-shell.js

/** A shell on the machine that stays open and runs one program after the other, in a session that was opened for it. */
class OpenShell {
    /** Resolves when the session is over. */
    closed;
    channel;
    answer;
    constructor(channel, closed) {
        this.channel = channel;
        this.closed = closed;
        // What comes between two answers is left by a program that is over.
        channel.on('data', (chunk) => this.answer?.write('stdout', chunk));
        channel.stderr.on('data', (chunk) => this.answer?.write('stderr', chunk));
        channel.on('error', () => { }); // The session closes then.
    }
    /**
     * Resolves when the whole answer has come.
     * @throws ShellEnded when it cannot come any more; ActionError `output-too-long`
     */
    async run(program, answer) {
        this.answer = answer;
        this.channel.write(programLine(program));
        const ended = this.closed.then(() => {
            if (!answer.isWhole)
                throw new ShellEnded();
        });
        await Promise.race([answer.complete, ended, answer.overflow]);
        this.answer = undefined;
    }
    close() {
        this.channel.close();
    }
}
/** A shell has ended before the answer was there: the command is to be run in a session of its own. */
class ShellEnded extends Error {
    constructor() {
        super('the shell that stays open has ended');
    }
}

;// CONCATENATED MODULE: ./build/host/ssh/session.js




/**
 * Runs a command in a session of its own; it has entered the gate, and leaves it.
 * @returns how the shell ended; undefined when everything has come although it has not
 * @throws ActionError `output-too-long`; an error of which `isSessionRefused` is true when sshd takes no more sessions in this connection
 */
async function inSession(live, session) {
    try {
        return await execute(live, session);
    }
    catch (cause) {
        return await orLost(live, cause);
    }
}
async function execute(live, { text, stdin, write, complete, overflow }) {
    let ended;
    const { channel, closed } = await openSession(live, text, (channel, code, signal) => {
        if (code !== null || signal !== undefined)
            ended = { code: code ?? exitCodeOf(signal), ...(signal === undefined ? {} : { signal }) };
        // What a start file leaves behind in the background would keep the channel open, and with it the session.
        complete.then(() => channel.close());
    });
    channel.on('data', (chunk) => write('stdout', chunk));
    channel.stderr.on('data', (chunk) => write('stderr', chunk));
    channel.end(stdin);
    try {
        return await Promise.race([closed.then(() => ended), complete.then(() => undefined), overflow]);
    }
    catch (error) {
        // What prints without end is ended by it: nobody reads what it writes.
        channel.close();
        throw error;
    }
}
/**
 * Opens a session; it has entered the gate, and leaves it when it is closed or refused.
 * @throws Error as ssh2 does, or that there is no connection
 */
async function openSession(live, text, onExit) {
    const { gate } = live;
    const opening = session_open(live, text, onExit);
    opening.catch(cause => (isSessionRefused(cause) ? gate.refused() : gate.leave()));
    const channel = await opening;
    return { channel, closed: (0,external_node_events_.once)(channel, 'close').then(() => gate.leave()) };
}
/**
 * A session of its own for a command.
 * @param onExit told how the shell ended. That can come with the very packet that opens the session, when nobody who waits for the
 *   channel has it yet
 * @throws Error as ssh2 does, or that there is no connection
 */
async function session_open({ ssh }, text, onExit = () => { }) {
    const { connection } = ssh;
    if (!connection)
        throw new Error('Not connected to server');
    const opened = Promise.withResolvers();
    connection.once('error', opened.reject);
    try {
        connection.exec(text, (error, channel) => {
            if (error)
                return opened.reject(error);
            channel.on('exit', (code, signal) => onExit(channel, code, signal));
            opened.resolve(channel);
        });
        return await opened.promise;
    }
    finally {
        connection.removeListener('error', opened.reject);
    }
}
/** As a shell counts: 128 and the number of the signal. */
function exitCodeOf(signal) {
    return 128 + (external_node_os_.constants.signals[signal] ?? 0);
}

;// CONCATENATED MODULE: ./build/host/ssh/open-shells.js




/** Of each user. More than the machine has processors are no faster. */
const open_shells_MOST = 3;
/** When none of them has become free for so long, they may all wait for something that does not answer. */
const PATIENCE_MS = 3_000;
/**
 * The shells that stay open in one connection, for commands that only look: beginning a session costs the machine some ten times
 * what such a command does, and far from it a tenth of a second more. Whatever is wrong with them, a command has a session of
 * its own as well.
 */
class OpenShells {
    static all = new WeakMap();
    live;
    kinds = { user: new Kind(), root: new Kind() };
    constructor(live) {
        this.live = live;
        live.gate.onWait = () => this.makeRoom();
    }
    /** Those of a connection. */
    static in(live) {
        const shells = OpenShells.all.get(live) ?? new OpenShells(live);
        OpenShells.all.set(live, shells);
        return shells;
    }
    /**
     * Lets `work` use a shell; one that throws is not used again.
     * @returns undefined when there is none for it, or it has ended
     */
    async use({ user, clock }, work) {
        const kind = this.kinds[user];
        const shell = await this.take(kind, user, clock);
        if (!shell)
            return undefined;
        try {
            const result = await work(shell);
            if (this.live.gate.isScarce)
                shell.close();
            else
                kind.giveBack(shell);
            return result;
        }
        catch (error) {
            shell.close();
            if (!(error instanceof ShellEnded))
                throw error;
            kind.isUnusable = true;
            return undefined;
        }
    }
    async take(kind, user, clock) {
        const { gate } = this.live;
        const idle = kind.idle.pop();
        if (idle || kind.isUnusable || gate.isScarce)
            return idle;
        if (kind.count < open_shells_MOST && !gate.isFull)
            return this.open(kind, user);
        return kind.count > 0 ? kind.next(clock) : undefined;
    }
    async open(kind, user) {
        kind.count++;
        try {
            await this.live.gate.enter();
            const { channel, closed } = await openSession(this.live, openShellText(user === 'root'));
            const shell = new OpenShell(channel, closed);
            closed.then(() => kind.forget(shell));
            return shell;
        }
        catch {
            // sshd takes no more sessions, or the connection broke: the session of its own tells.
            kind.count--;
            return undefined;
        }
    }
    makeRoom() {
        const { user, root } = this.kinds;
        (user.idle.pop() ?? root.idle.pop())?.close();
    }
}
/** The shells of one user. */
class Kind {
    /** Open, or being opened. */
    count = 0;
    isUnusable = false;
    answers = 0;
    idle = [];
    waiting = [];
    giveBack(shell) {
        this.answers++;
        const next = this.waiting.shift();
        if (next)
            next(shell);
        else
            this.idle.push(shell);
    }
    forget(shell) {
        this.count--;
        const index = this.idle.indexOf(shell);
        if (index >= 0)
            this.idle.splice(index, 1);
    }
    /** The next one that is free, as long as they give answers. */
    async next(clock) {
        const { promise, resolve } = Promise.withResolvers();
        this.waiting.push(resolve);
        for (;;) {
            const { answers } = this;
            const isLate = await within(clock, PATIENCE_MS, promise.then(() => false), () => true);
            if (!isLate)
                return promise;
            if (this.answers > answers)
                continue;
            this.waiting.splice(this.waiting.indexOf(resolve), 1);
            return undefined;
        }
    }
}

;// CONCATENATED MODULE: ./build/host/ssh/relay.js

/**
 * What runs on the machine: it makes TCP connections and carries them over its standard input and output, in frames of a number
 * (which connection), a kind, a length and that many bytes. Python is on every Amazon Linux 2023: dnf is written in it.
 */
const RELAY_SCRIPT = `
import asyncio, struct, sys
OPEN, DATA, CLOSE = 0, 1, 2
async def main():
    source = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(source), sys.stdin)
    writers = {}
    def tell(number, kind, data=b''):
        sys.stdout.buffer.write(struct.pack('>IBI', number, kind, len(data)) + data)
        sys.stdout.buffer.flush()
    async def serve(number, address, port):
        reason = b''
        try:
            reader, writers[number] = await asyncio.open_connection(address, int(port))
            tell(number, OPEN)
            while True:
                data = await reader.read(65536)
                if not data:
                    break
                tell(number, DATA, data)
        except OSError as error:
            reason = str(error).encode()
        tell(number, CLOSE, reason)
        writer = writers.pop(number, None)
        if writer:
            writer.close()
    sys.stdout.write('kafka-al2023-relay\\n')
    sys.stdout.flush()
    while True:
        try:
            number, kind, size = struct.unpack('>IBI', await source.readexactly(9))
            data = await source.readexactly(size)
        except asyncio.IncompleteReadError:
            return
        if kind == OPEN:
            asyncio.ensure_future(serve(number, *data.decode().split()))
        elif number in writers:
            if kind == DATA:
                writers[number].write(data)
            else:
                writers[number].close()
asyncio.run(main())
`;
const GREETING = Buffer.from('kafka-al2023-relay\n');
const HEADER_BYTES = 9;
/** What the script reads at once, and room to spare. */
const LONGEST_FRAME = 2 ** 20;
const KIND = { open: 0, data: 1, close: 2 };
/** Makes connections from the machine through a command on it, where the SSH server forwards none. */
class Relay {
    channel;
    sockets = new Map();
    unread = Buffer.alloc(0);
    hasGreeted = false;
    count = 0;
    end;
    /** @param channel standard input and output of the command; whatever a login shell prints there first is passed over */
    constructor(channel) {
        this.channel = channel;
        channel.on('data', (chunk) => this.take(chunk));
        channel.once('error', error => this.close(error));
        channel.once('close', () => this.close(new Error('the relay on the machine has ended')));
    }
    /** @throws Error that says why the connection could not be made */
    dial(address, port) {
        if (this.end)
            return Promise.reject(this.end);
        const number = ++this.count;
        const socket = new RelayedSocket(data => this.send(number, KIND.data, data), () => {
            if (this.sockets.delete(number))
                this.send(number, KIND.close);
        });
        this.sockets.set(number, socket);
        this.send(number, KIND.open, Buffer.from(`${address} ${port}`));
        return socket.opened;
    }
    send(number, kind, data = Buffer.alloc(0)) {
        if (this.end)
            return;
        const header = Buffer.alloc(HEADER_BYTES);
        header.writeUInt32BE(number, 0);
        header.writeUInt8(kind, 4);
        header.writeUInt32BE(data.length, 5);
        this.channel.write(Buffer.concat([header, data]));
    }
    take(chunk) {
        this.unread = Buffer.concat([this.unread, chunk]);
        if (!this.hasGreeted) {
            const at = this.unread.indexOf(GREETING);
            if (at < 0) {
                // The greeting may have begun.
                this.unread = Buffer.from(this.unread.subarray(1 - GREETING.length));
                return;
            }
            this.hasGreeted = true;
            this.unread = this.unread.subarray(at + GREETING.length);
        }
        while (this.unread.length >= HEADER_BYTES) {
            const end = HEADER_BYTES + this.unread.readUInt32BE(5);
            if (end > LONGEST_FRAME) {
                this.unread = Buffer.alloc(0);
                this.channel.destroy(new Error('the relay on the machine sends what it never sends'));
                return;
            }
            if (this.unread.length < end)
                return;
            const [number, kind] = [this.unread.readUInt32BE(0), this.unread.readUInt8(4)];
            const data = Buffer.from(this.unread.subarray(HEADER_BYTES, end));
            this.unread = this.unread.subarray(end);
            this.deliver(number, kind, data);
        }
    }
    deliver(number, kind, data) {
        const socket = this.sockets.get(number);
        if (kind === KIND.open)
            socket?.open();
        else if (kind === KIND.data)
            socket?.push(data);
        else {
            this.sockets.delete(number);
            socket?.finish(data.toString());
        }
    }
    close(reason) {
        this.end ??= reason;
        const sockets = [...this.sockets.values()];
        this.sockets.clear();
        for (const socket of sockets)
            socket.finish(this.end.message);
    }
}
/** One connection through the relay. What it carries is little, so that nothing holds back a fast sender. */
class RelayedSocket extends external_node_stream_.Duplex {
    /** Resolves when the connection is there. */
    opened;
    opening = Promise.withResolvers();
    sendData;
    sendClose;
    constructor(sendData, sendClose) {
        super();
        this.sendData = sendData;
        this.sendClose = sendClose;
        this.opened = this.opening.promise;
    }
    open() {
        this.opening.resolve(this);
    }
    /** The other side has closed it, or it could not be made. */
    finish(reason) {
        this.opening.reject(new Error(reason || 'the connection was closed'));
        this.push(null);
        this.end();
    }
    _read() { }
    _write(chunk, _encoding, done) {
        this.sendData(chunk);
        done();
    }
    _final(done) {
        this.sendClose();
        done();
    }
    _destroy(error, done) {
        this.sendClose();
        done(error);
    }
}

;// CONCATENATED MODULE: ./build/host/ssh/relay-line.js





/** A relay on the machine, in an SSH connection of its own: it lasts as long as the run, and must not take a session from commands. */
class RelayLine {
    options;
    line;
    current;
    constructor(options) {
        this.options = options;
        this.line = new Line(options);
    }
    /** @throws Error that says why the connection could not be made */
    async dial(address, port) {
        const live = await this.line.live(this.options.signal);
        if (this.current?.live !== live)
            this.current = { live, relay: this.open(live) };
        const relay = await this.current.relay;
        return Promise.race([relay.dial(address, port), live.lost]);
    }
    async close() {
        await this.line.close();
    }
    open({ ssh }) {
        const command = { argv: ['python3', '-c', RELAY_SCRIPT], timeoutMs: Number.MAX_SAFE_INTEGER };
        const limitMs = Math.min((0,command_line/* limitOf */.LF)(command, this.options), LONGEST_MS);
        const text = loginShellText(programOf(command, limitMs, newMarks(), this.options.runId));
        return new Promise((resolve, reject) => {
            ssh.connection?.exec(text, (error, channel) => {
                if (error)
                    return reject(error);
                channel.stderr.resume();
                resolve(new Relay(channel));
            });
        });
    }
}
/** No run lasts longer. */
const LONGEST_MS = 24 * 3_600_000;

;// CONCATENATED MODULE: ./build/host/ssh/ssh-host.js











/** The machine stops a command itself when its time is up; this much later we stop waiting for it to say so. */
const GRACE_MS = 15_000;
/** A login shell that has run nothing by then waits for something that does not come. */
const BEGIN_MS = 25_000;
/** A session that has just ended may still count. */
const REFUSALS = 10;
const REFUSAL_PAUSE_MS = 200;
/** A command that undoes something outlives the run. */
const NEVER = new AbortController().signal;
/** A machine behind SSH: commands and TCP connections share one SSH connection, which is made again when it breaks. */
class SshHost {
    name;
    options;
    line;
    /** For commands that must not wait where sshd takes few sessions in one connection. */
    sideLine;
    /** Makes the connections that sshd does not forward; set once it has refused one. */
    relay;
    /** The login shell has shown that it runs what it is sent. */
    hasAnswered = false;
    constructor(options) {
        this.name = options.name;
        this.options = options;
        this.line = new Line(options);
        this.sideLine = new Line(options);
    }
    /** Connects. @throws ActionError as `connect` of `options` does */
    static async open(options) {
        const host = new SshHost(options);
        await host.line.live(options.signal);
        return host;
    }
    async run(command) {
        const signal = command.isUndo ? NEVER : this.options.signal;
        return (await this.byOpenShell(command, signal)) ?? this.inOwnSession(command, signal);
    }
    /** A session is waited for where sshd takes few. */
    async inOwnSession(command, signal) {
        const { clock, name } = this.options;
        for (let refusals = 1;; refusals++) {
            signal.throwIfAborted();
            const live = await this.lineFor(command, signal);
            await Promise.race([live.gate.enter(signal), live.lost]);
            try {
                return await this.begin(live, command, signal);
            }
            catch (cause) {
                if (!isSessionRefused(cause))
                    throw cause;
                if (live.gate.isUsed)
                    refusals = 0;
                else if (refusals > REFUSALS)
                    throw noSession(name, cause);
                else
                    await clock.sleep(REFUSAL_PAUSE_MS, signal);
            }
        }
    }
    async dial(address, port) {
        if (this.relay)
            return this.relay.dial(address, port);
        const live = await this.line.live(this.options.signal);
        const opened = live.ssh.forwardOut('127.0.0.1', 0, address, port).catch(cause => orLost(live, cause));
        return Promise.race([opened, live.lost]).catch(cause => {
            if (cause instanceof build_errors/* ActionError */.lZ)
                throw cause;
            const reason = (0,build_errors/* reasonOf */.A3)(cause);
            if (isForwardingRefused(cause)) {
                if (this.options.onRelay)
                    return this.relayed(this.options.onRelay).dial(address, port);
                const message = `${this.name} does not forward connections (to ${address}:${port})`;
                throw new build_errors/* ActionError */.lZ('ssh-forwarding-refused', message, { cause });
            }
            throw new Error(`${address}:${port} on ${this.name}: ${reason}`, { cause });
        });
    }
    relayed(onRelay) {
        if (!this.relay)
            onRelay();
        this.relay ??= new RelayLine(this.options);
        return this.relay;
    }
    async close() {
        await Promise.all([this.line.close(), this.sideLine.close(), this.relay?.close()]);
    }
    async lineFor(command, signal) {
        const live = await this.line.live(signal);
        const hurries = command.isUndo || command.isUrgent;
        return hurries && live.gate.isFull ? this.sideLine.live(signal) : live;
    }
    /** @returns undefined for a command that is none for a shell that stays open, or when there is no such shell */
    async byOpenShell(command, signal) {
        if (!command.isLook || !this.hasAnswered)
            return undefined;
        signal.throwIfAborted();
        const live = await this.line.live(signal);
        const by = { user: command.sudo ? 'root' : 'user', clock: this.options.clock };
        return OpenShells.in(live).use(by, shell => this.execute(live, command, signal, (limitMs, marks, answer) => shell.run(programOf({ ...command, sudo: false }, limitMs, marks, this.options.runId), answer)));
    }
    begin(live, command, signal) {
        return this.execute(live, command, signal, (limitMs, marks, answer) => inSession(live, {
            text: loginShellText(programOf(command, limitMs, marks, this.options.runId)),
            stdin: command.stdin ?? '',
            write: (output, chunk) => answer.write(output, chunk),
            complete: answer.complete,
            overflow: answer.overflow,
        }));
    }
    async execute(live, command, signal, start) {
        const { clock, user } = this.options;
        const limitMs = (0,command_line/* limitOf */.LF)(command, this.options);
        const marks = newMarks();
        const answer = new Answer(marks, command);
        const started = clock.now();
        const running = start(limitMs, marks, answer);
        const ended = await this.untilEnded(Promise.race([running, live.lost]), answer, command, limitMs, signal);
        const result = this.resultOf(answer, command, ended, user);
        (0,command_line/* refuseTimeout */.Ib)(command, result, clock.now() - started, limitMs);
        return result;
    }
    async untilEnded(running, answer, command, limitMs, signal) {
        const { clock } = this.options;
        if (!this.hasAnswered)
            await within(clock, BEGIN_MS, Promise.race([answer.begun, running]), () => {
                const how = `ran nothing within ${BEGIN_MS / 1000} s`;
                throw shellUnusable(this.name, this.options.user, how, answer.instead);
            }, signal);
        const silent = () => {
            const message = `\`${(0,command_line/* describe */.q0)(command)}\` did not end, and the machine does not answer`;
            throw new build_errors/* ActionError */.lZ('command-timeout', message);
        };
        return within(clock, limitMs + GRACE_MS, running, silent, signal);
    }
    resultOf(answer, command, ended, user) {
        if (answer.isWhole || (answer.hasBegun && ended?.signal !== undefined)) {
            this.hasAnswered = true;
            return answer.result(command, ended, user);
        }
        // A machine that shuts down ends the shell before the answer has come, and soon the connection.
        if (this.hasAnswered || ended === undefined)
            throw new build_errors/* ActionError */.lZ('ssh-connection-lost', `the connection broke under \`${(0,command_line/* describe */.q0)(command)}\``, {
                retriable: true,
            });
        const how = ended.signal === undefined
            ? `ended with exit code ${ended.code}`
            : `was ended by signal ${ended.signal}`;
        throw shellUnusable(this.name, user, how, answer.instead);
    }
}
const noSession = (name, cause) => new build_errors/* ActionError */.lZ('shell-unusable', `${name} opens no session for a command, although it let the user in`, {
    cause,
    hint: 'Look for MaxSessions 0 in /etc/ssh/sshd_config and /etc/ssh/sshd_config.d on the machine, remove it, then: sudo systemctl reload sshd',
});

;// CONCATENATED MODULE: ./build/host/open-host.js





/**
 * The machine that the inputs name, ready for commands.
 * @throws ActionError as `connect` does, or `not-amazon-linux-2023` where the machine would be a runner with Windows
 */
async function openHost({ connection, commandTimeoutMs, connectTimeoutMs }, options) {
    if (connection.kind === 'local') {
        refuseWindows(options.platform ?? process.platform);
        options.log.info('no key is given and host is this runner: commands run here, without SSH');
        return new LocalHost({ ...options, commandTimeoutMs });
    }
    const { target, repairs = [] } = connection;
    for (const repair of repairs)
        options.log.debug(repair);
    const { via } = target;
    const route = via === undefined
        ? ''
        : via.kind === 'jump-host'
            ? ` through ${nameOf(via.target)}`
            : ' through the proxy command';
    options.log.info(`ssh ${nameOf(target)}${route}`);
    return SshHost.open({
        ...options,
        name: nameOf(target),
        user: target.username,
        commandTimeoutMs,
        onRelay: options.mayRelay
            ? () => options.log.info('sshd forwards no connections: what Kafka is asked, a command on the machine asks')
            : undefined,
        connect: signal => connect(target, { ...options, signal, connectTimeoutMs }),
    });
}
/** Nothing on Windows would understand a command; other systems say themselves what they are. */
function refuseWindows(platform) {
    if (platform !== 'win32')
        return;
    throw new build_errors/* ActionError */.lZ('not-amazon-linux-2023', 'host is localhost and no key is given, so that this runner itself is the machine, and it runs Windows', { hint: 'Name the machine in host, and give its key: a runner with Windows reaches it over SSH.' });
}

;// CONCATENATED MODULE: ./build/host/ssh/first-keys.js

/**
 * The first host key that each machine has shown. Where nothing is pinned it holds for the whole job: for connections that are made
 * again, for the tunnel and for the post step. Whoever takes the machine's place later is refused.
 */
class FirstKeys {
    shown;
    recommended;
    onFirst;
    /**
     * @param shown what was seen before in this job
     * @param onFirst called at each key that is the first of its machine, with all of them
     */
    constructor(shown = {}, onFirst = () => { }) {
        this.shown = new Map(Object.entries(shown));
        this.recommended = new Set(this.shown.keys());
        this.onFirst = onFirst;
    }
    /** All of them, for a process that goes on with them. */
    get all() {
        return Object.fromEntries(this.shown);
    }
    /** @returns the fingerprint that a machine without a pin has to show; undefined for a pinned one, and when none was seen */
    heldFor(target) {
        return (0,host_keys/* isPinned */.T4)(target.trust) ? undefined : this.shown.get(placeOf(target));
    }
    /** The target, pinned to the key that it has shown before; as it is when the user pinned one, or none was seen. */
    hold(target) {
        const held = this.heldFor(target);
        return held === undefined ? target : { ...target, trust: { ...target.trust, fingerprints: [held] } };
    }
    /** Takes note of a key that was proved in a handshake. @returns false when the machine has shown another one before */
    accept(target, key) {
        if ((0,host_keys/* isPinned */.T4)(target.trust))
            return true;
        const fingerprint = (0,host_keys/* fingerprintOf */.ax)(key);
        const held = this.heldFor(target);
        if (held !== undefined)
            return held === fingerprint;
        this.shown.set(placeOf(target), fingerprint);
        this.onFirst(this.all);
        return true;
    }
    /** @returns true once for each machine without a pin: then the user is told to pin it */
    isToBeRecommended(target) {
        const place = placeOf(target);
        if ((0,host_keys/* isPinned */.T4)(target.trust) || this.recommended.has(place))
            return false;
        this.recommended.add(place);
        return true;
    }
}
/** The same address is another machine behind another jump host. */
function placeOf({ host, port, via }) {
    const place = `${host} ${port}`;
    if (!via)
        return place;
    return `${place} by ${via.kind === 'jump-host' ? placeOf(via.target) : 'proxy-command'}`;
}

// EXTERNAL MODULE: ./node_modules/kafkajs/index.js
var kafkajs = __webpack_require__(77801);
;// CONCATENATED MODULE: ./build/host/loopback.js
/** Ports of the machine are published on 127.0.0.1 only, and `localhost` may mean ::1 first. */
const loopback = (address) => (address === 'localhost' ? '127.0.0.1' : address);

// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(38522);
;// CONCATENATED MODULE: ./build/kafka/codecs/lz4.js
const MAGIC = 0x184d2204;
const VERSION_1 = 1;
const FLAGS = { contentChecksum: 0x04, contentSize: 0x08, blockChecksum: 0x10 };
const CHECKSUM_BYTES = 4;
/** Largest size of a block by the number that the frame gives it. */
const BLOCK_SIZES = { 4: 1 << 16, 5: 1 << 18, 6: 1 << 20, 7: 1 << 22 };
const IS_STORED = 0x8000_0000;
/** A length of 15 goes on in the bytes that follow, of 255 each but for the last. */
const GOES_ON = 15;
const SHORTEST_MATCH = 4;
/**
 * Unpacks an LZ4 frame, as every Kafka client writes them. The packages that do this without native code take broken frames
 * and return other content, or misread a frame with block checksums: a proof needs one that refuses.
 * @throws Error for a frame that is not whole
 */
function decompressLz4Frame(frame) {
    if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC)
        throw new Error('no LZ4 frame');
    const flags = frame.readUInt8(4);
    if (flags >> 6 !== VERSION_1)
        throw new Error(`LZ4 frame of version ${flags >> 6}`);
    const blockSize = BLOCK_SIZES[(frame.readUInt8(5) >> 4) & 7];
    if (blockSize === undefined)
        throw new Error('LZ4 frame with an unknown block size');
    const between = (flags & FLAGS.blockChecksum) === 0 ? 0 : CHECKSUM_BYTES;
    const output = new Output();
    let at = (flags & FLAGS.contentSize) === 0 ? 7 : 15;
    for (;;) {
        const header = frame.readUInt32LE(at);
        at += 4;
        if (header === 0)
            return output.taken();
        const length = header & ~IS_STORED;
        const block = frame.subarray(at, at + length);
        if (block.length < length)
            throw new Error('LZ4 frame that ends within a block');
        output.room(blockSize);
        if ((header & IS_STORED) === 0)
            decompressBlock(block, output);
        else
            output.copy(block, 0, length);
        at += length + between;
    }
}
/** Bytes so far, which later ones may repeat: a block refers to itself, and in some frames to the ones before. */
class Output {
    bytes = Buffer.allocUnsafe(0);
    length = 0;
    end = 0;
    /** Makes room for `count` bytes more. */
    room(count) {
        this.end = this.length + count;
        if (this.end <= this.bytes.length)
            return;
        const larger = Buffer.allocUnsafe(Math.max(this.end, 2 * this.bytes.length));
        this.bytes.copy(larger, 0, 0, this.length);
        this.bytes = larger;
    }
    copy(source, start, count) {
        if (start + count > source.length || this.length + count > this.end)
            throw new Error('LZ4 block with a wrong length');
        source.copy(this.bytes, this.length, start, start + count);
        this.length += count;
    }
    repeat(distance, count) {
        if (distance === 0 || distance > this.length || this.length + count > this.end)
            throw new Error('LZ4 block that refers to nothing');
        const { bytes } = this;
        // What is repeated may reach into what is being written: byte by byte.
        for (let to = this.length, end = to + count; to < end; to++)
            bytes[to] = bytes[to - distance] ?? 0;
        this.length += count;
    }
    taken() {
        return this.bytes.subarray(0, this.length);
    }
}
function decompressBlock(block, output) {
    let at = 0;
    const lengthFrom = (short) => {
        let length = short;
        if (short === GOES_ON) {
            let more;
            do {
                more = block.readUInt8(at++);
                length += more;
            } while (more === 255);
        }
        return length;
    };
    for (;;) {
        const token = block.readUInt8(at++);
        const literals = lengthFrom(token >> 4);
        output.copy(block, at, literals);
        at += literals;
        if (at === block.length)
            return;
        const distance = block.readUInt16LE(at);
        at += 2;
        output.repeat(distance, SHORTEST_MATCH + lengthFrom(token & 15));
    }
}

// EXTERNAL MODULE: ./node_modules/snappyjs/index.js
var snappyjs = __webpack_require__(64528);
;// CONCATENATED MODULE: ./build/kafka/codecs/snappy.js

/** How the Java library begins its own framing: this, two versions of four bytes each, then blocks with their lengths. */
const snappy_MAGIC = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0]);
const snappy_HEADER_BYTES = 16;
/**
 * Unpacks Snappy, in the framing of the Java library as Kafka's own clients and brokers write it, or bare as some others do.
 * @throws Error for what is not whole
 */
function decompressSnappy(data) {
    if (!data.subarray(0, snappy_MAGIC.length).equals(snappy_MAGIC))
        return (0,snappyjs/* uncompress */.k)(data);
    const blocks = [];
    let at = snappy_HEADER_BYTES;
    while (at < data.length) {
        const length = data.readInt32BE(at);
        const block = data.subarray(at + 4, at + 4 + length);
        if (length < 0 || block.length < length)
            throw new Error('Snappy data that ends within a block');
        blocks.push((0,snappyjs/* uncompress */.k)(block));
        at += 4 + length;
    }
    return Buffer.concat(blocks);
}

;// CONCATENATED MODULE: ./build/kafka/codecs/codecs.js





/** Kafka's codecs, by the number that three bits of a batch of records give. */
const DECOMPRESS = {
    1: ['gzip', data => (0,external_node_zlib_.gunzipSync)(data)],
    2: ['snappy', decompressSnappy],
    3: ['lz4', decompressLz4Frame],
    4: ['zstd', data => (0,external_node_zlib_.zstdDecompressSync)(data)],
};
const HIGHEST_NUMBER = 7;
/**
 * Teaches kafkajs every codec of Kafka's: by itself it reads gzip alone, and takes the records of a codec whose number it does
 * not know for uncompressed ones. A batch that cannot be unpacked ends the consumer with the codec's name.
 */
function readEveryCodec() {
    const codecs = kafkajs.CompressionCodecs;
    for (let number = 1; number <= HIGHEST_NUMBER; number++) {
        const codec = codecOf(number);
        codecs[number] = () => codec;
    }
}
function codecOf(number) {
    return {
        // The broker compresses as the topic wants it; our producer never does.
        compress: () => Promise.reject(unreadable(`nothing is sent with codec ${namedCodec(number)[0]}`)),
        decompress: async (data) => unpack(number, data),
    };
}
/**
 * Unpacks the records of a batch.
 * @param number of the codec
 * @throws KafkaJSNonRetriableError with the codec's name
 */
function unpack(number, data) {
    const [name, decompress] = namedCodec(number);
    if (!decompress)
        throw unreadable(`records are compressed with codec ${name}, which is not known here`);
    try {
        return decompress(data);
    }
    catch (error) {
        throw unreadable(`records compressed with codec ${name} cannot be unpacked: ${(0,build_errors/* reasonOf */.A3)(error)}`);
    }
}
const namedCodec = (number) => DECOMPRESS[number] ?? [`number ${number}`, undefined];
/** Asking again brings the same bytes. */
const unreadable = (message) => new kafkajs.KafkaJSNonRetriableError(message);

// EXTERNAL MODULE: ./node_modules/kafkajs/src/protocol/requests/createTopics/v1/response.js
var v1_response = __webpack_require__(18304);
// EXTERNAL MODULE: ./node_modules/kafkajs/src/protocol/requests/createTopics/v2/response.js
var v2_response = __webpack_require__(99119);
// EXTERNAL MODULE: ./node_modules/kafkajs/src/protocol/requests/createTopics/v3/response.js
var v3_response = __webpack_require__(20366);
;// CONCATENATED MODULE: ./build/kafka/creation-reasons.js



const told = new WeakSet();
/**
 * Lets kafkajs say why a topic is not made: by itself it throws away what the controller tells in words (the name of the topic
 * that a new one collides with, the sentence of a policy) and gives the general text of the error's number.
 */
function tellCreationReasons() {
    for (const response of [v1_response, v2_response, v3_response]) {
        if (told.has(response))
            continue;
        told.add(response);
        const parse = response.parse.bind(response);
        response.parse = async (data) => {
            try {
                return await parse(data);
            }
            catch (error) {
                const { errors = [] } = error;
                for (const each of errors) {
                    const reason = data.topicErrors.find(({ topic }) => topic === each.topic)?.errorMessage;
                    if (reason)
                        each.message = reason;
                }
                throw error;
            }
        };
    }
}

;// CONCATENATED MODULE: ./build/kafka/host-socket.js


/**
 * A socket for kafkajs over any way to the machine. It can be written to at once; what is written waits until the
 * connection is there. The `set…` methods of a TCP socket are there because kafkajs calls them.
 */
class HostSocket extends external_node_stream_.Duplex {
    upstream;
    writeWhenOpen;
    explain;
    /**
     * @param open makes the connection
     * @param onConnect called when it is there
     * @param explain says in better words what goes wrong, before the connection is there or later
     */
    constructor(open, onConnect, explain = error => error) {
        super();
        this.explain = explain;
        open().then(upstream => this.attach(upstream, onConnect), error => this.destroy(forKafka(explain(error))));
    }
    _read() {
        this.upstream?.resume();
    }
    _write(chunk, encoding, done) {
        if (this.upstream)
            this.upstream.write(chunk, encoding, done);
        else
            this.writeWhenOpen = () => this.upstream?.write(chunk, encoding, done);
    }
    _final(done) {
        // Before the connection is there, attach() ends it.
        this.upstream?.end();
        done();
    }
    _destroy(error, done) {
        this.upstream?.destroy();
        done(error);
    }
    setKeepAlive() {
        return this;
    }
    setNoDelay() {
        return this;
    }
    setTimeout() {
        return this;
    }
    ref() {
        return this;
    }
    unref() {
        return this;
    }
    attach(upstream, onConnect) {
        if (this.destroyed) {
            upstream.destroy();
            return;
        }
        this.upstream = upstream;
        upstream.on('data', chunk => {
            if (!this.push(chunk))
                upstream.pause();
        });
        upstream.once('end', () => this.push(null));
        // Data may still lie in the buffer after a proper end: the stream closes by itself when the buffer is empty.
        upstream.once('close', () => {
            if (!upstream.readableEnded)
                this.destroy();
        });
        upstream.once('error', error => this.destroy(forKafka(this.explain(error))));
        onConnect();
        this.writeWhenOpen?.();
        this.writeWhenOpen = undefined;
        if (this.writableFinished)
            upstream.end();
    }
}
/**
 * Of an error of a connection kafkajs keeps the message and the `code`, whatever that is, and forgets the rest: so the error of
 * the action goes with it as the code, where `actionErrorIn` finds it.
 */
function forKafka(error) {
    const own = (0,build_errors/* actionErrorIn */.qk)(error);
    if (own)
        return Object.assign(new Error(own.message, { cause: own }), { code: own });
    return error instanceof Error ? error : new Error(String(error));
}

// EXTERNAL MODULE: ./node_modules/kafkajs/src/protocol/requests/fetch/v11/response.js
var response = __webpack_require__(86989);
// EXTERNAL MODULE: ./node_modules/kafkajs/src/protocol/requests/produce/index.js
var produce = __webpack_require__(61027);
// EXTERNAL MODULE: ./node_modules/kafkajs/src/protocol/recordBatch/crc32C/index.js
var crc32C = __webpack_require__(50366);
;// CONCATENATED MODULE: ./build/kafka/records/record-block.js

/** Records for one partition, written already. To kafkajs it is a single message. */
class RecordBlock {
    partition;
    /** The bytes of the records, as `RecordWriter` gives them. */
    value;
    count;
    /** How many records the producer has sent to the partition before; a block that is sent again keeps its number. */
    firstSequence;
    constructor(partition, records, firstSequence) {
        this.partition = partition;
        this.value = records.taken();
        this.count = records.count;
        this.firstSequence = firstSequence;
    }
}
/** Where the parts of a batch begin. */
const BATCH = {
    length: 8,
    leaderEpoch: 12,
    magic: 16,
    checksum: 17,
    attributes: 21,
    lastOffsetDelta: 23,
    firstTimestamp: 27,
    maxTimestamp: 35,
    producerId: 43,
    producerEpoch: 51,
    firstSequence: 53,
    count: 57,
    records: 61,
};
/** The format of batches since Kafka 0.11. */
const record_block_MAGIC = 2;
/**
 * Writes a block as a batch of Kafka's format 2.
 * @param timeMs of all records, in milliseconds since 1970
 * @returns how many bytes it takes, `batchBytes` of the block
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
function writeBatch({ value, count, firstSequence }, { producerId, producerEpoch }, timeMs, batch) {
    batch.writeBigInt64BE(0n, 0);
    batch.writeInt32BE(batch.length - BATCH.leaderEpoch, BATCH.length);
    batch.writeInt32BE(0, BATCH.leaderEpoch);
    batch.writeInt8(record_block_MAGIC, BATCH.magic);
    batch.writeInt16BE(0, BATCH.attributes);
    batch.writeInt32BE(count - 1, BATCH.lastOffsetDelta);
    batch.writeBigInt64BE(BigInt(timeMs), BATCH.firstTimestamp);
    batch.writeBigInt64BE(BigInt(timeMs), BATCH.maxTimestamp);
    batch.writeBigInt64BE(producerId, BATCH.producerId);
    batch.writeInt16BE(producerEpoch, BATCH.producerEpoch);
    batch.writeInt32BE(firstSequence, BATCH.firstSequence);
    batch.writeInt32BE(count, BATCH.count);
    value.copy(batch, BATCH.records);
    batch.writeUInt32BE(crc32C(batch.subarray(BATCH.attributes)), BATCH.checksum);
}
/** How many bytes the batch of a block takes. */
const batchBytes = ({ value }) => BATCH.records + value.length;

;// CONCATENATED MODULE: ./build/kafka/records/fetched-batch.js

const CODEC_BITS = 7;
const CONTROL_BIT = 0x20;
const NAME_OF_NONE = Buffer.alloc(0);
/**
 * A batch of records, which kafkajs takes for a single message: of its messages it wants to know no more than their offsets and
 * whether they are control records, which no reader is given.
 */
class FetchedBatch {
    /** Of the last record, also where compaction has taken that away. */
    offset;
    isControlRecord;
    bytes;
    firstOffset;
    count;
    at = 0;
    /** Names of headers are the same from record to record. */
    names = [];
    /**
     * @param batch all bytes of it
     * @param records its records, unpacked
     */
    constructor(batch, records) {
        this.firstOffset = Number(batch.readBigInt64BE(0));
        this.offset = `${this.firstOffset + batch.readInt32BE(BATCH.lastOffsetDelta)}`;
        this.isControlRecord = (batch.readInt16BE(BATCH.attributes) & CONTROL_BIT) !== 0;
        this.count = batch.readInt32BE(BATCH.count);
        this.bytes = records;
    }
    /** The records from an offset on. A fetch brings whole batches, whatever offset within one it asks for. */
    *from(offset) {
        this.at = 0;
        for (let index = 0; index < this.count; index++) {
            const end = this.number() + this.at;
            const record = this.record();
            this.at = end;
            if (record.offset >= offset)
                yield record;
        }
    }
    record() {
        this.at++; // No attribute has a meaning yet.
        this.skipNumber(); // The time may be more than a number of JavaScript's holds exactly.
        const offset = this.firstOffset + this.number();
        this.bytesWithLength(); // The key
        const value = this.bytesWithLength();
        const headers = {};
        const count = this.number();
        for (let index = 0; index < count; index++) {
            const name = this.name(index);
            const header = this.bytesWithLength() ?? NAME_OF_NONE;
            const before = headers[name];
            headers[name] = before === undefined ? header : [before, header].flat();
        }
        return { offset, value, headers };
    }
    name(index) {
        const length = this.number();
        const start = this.at;
        this.at += length;
        const known = this.names[index];
        if (known && isAt(this.bytes, start, length, known.bytes))
            return known.name;
        const bytes = this.bytes.subarray(start, this.at);
        const name = bytes.toString();
        this.names[index] = { bytes, name };
        return name;
    }
    bytesWithLength() {
        const length = this.number();
        if (length < 0)
            return null;
        this.at += length;
        return this.bytes.subarray(this.at - length, this.at);
    }
    skipNumber() {
        while (this.byte() > 0x7f)
            ;
    }
    /** A number of 32 bits at most, the sign in its lowest bit. */
    number() {
        let value = 0;
        let shift = 0;
        let byte;
        do {
            byte = this.byte();
            value |= (byte & 0x7f) << shift;
            shift += 7;
        } while (byte > 0x7f);
        return (value >>> 1) ^ -(value & 1);
    }
    byte() {
        const byte = this.bytes[this.at++];
        if (byte === undefined)
            throw new RangeError('a record that ends behind its batch');
        return byte;
    }
}
function isAt(bytes, start, length, wanted) {
    if (length !== wanted.length)
        return false;
    for (let index = 0; index < length; index++)
        if (bytes[start + index] !== wanted[index])
            return false;
    return true;
}
/**
 * Splits what a partition's part of a fetch holds into batches.
 * @param unpack unpacks records by the number of their codec
 * @returns undefined where a batch is of an older format. The last one may be cut off; it will be fetched again
 */
function batchesIn(bytes, unpack) {
    const batches = [];
    for (let at = 0; at + BATCH.records <= bytes.length;) {
        const end = at + BATCH.leaderEpoch + bytes.readInt32BE(at + BATCH.length);
        if (bytes.readInt8(at + BATCH.magic) !== record_block_MAGIC)
            return undefined;
        if (end > bytes.length)
            break;
        const batch = bytes.subarray(at, end);
        const codec = batch.readInt16BE(BATCH.attributes) & CODEC_BITS;
        const records = batch.subarray(BATCH.records);
        batches.push(new FetchedBatch(batch, codec === 0 ? records : unpack(codec, records)));
        at = end;
    }
    return batches;
}

;// CONCATENATED MODULE: ./build/kafka/records/fetch-response.js

/**
 * Reads the answer to a Fetch request of version 11 without taking its batches apart.
 * @returns undefined for what kafkajs must read by itself: records of an older format, and aborted transactions, which no fetch
 * of ours asks for
 * @see https://kafka.apache.org/protocol.html#The_Messages_Fetch
 */
function readFetchAnswer(bytes, unpack) {
    const reader = new Reader(bytes);
    let isPlain = true;
    const partition = () => {
        const head = {
            partition: reader.int32(),
            errorCode: reader.int16(),
            highWatermark: reader.int64(),
            lastStableOffset: reader.int64(),
            lastStartOffset: reader.int64(),
            abortedTransactions: [],
        };
        if (reader.int32() > 0)
            isPlain = false;
        const preferredReadReplica = isPlain ? reader.int32() : 0;
        const messages = isPlain ? batchesIn(reader.bytes(), unpack) : undefined;
        isPlain = messages !== undefined;
        return { ...head, preferredReadReplica, messages: messages ?? [] };
    };
    const clientSideThrottleTime = reader.int32();
    const errorCode = reader.int16();
    const sessionId = reader.int32();
    const responses = [];
    for (let topics = reader.int32(); topics > 0 && isPlain; topics--) {
        const topicName = reader.text();
        const partitions = [];
        for (let count = reader.int32(); count > 0 && isPlain; count--)
            partitions.push(partition());
        responses.push({ topicName, partitions });
    }
    // As kafkajs: who has to wait is the client.
    return isPlain ? { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses } : undefined;
}
class Reader {
    all;
    at = 0;
    constructor(all) {
        this.all = all;
    }
    int16() {
        this.at += 2;
        return this.all.readInt16BE(this.at - 2);
    }
    int32() {
        this.at += 4;
        return this.all.readInt32BE(this.at - 4);
    }
    int64() {
        this.at += 8;
        return `${this.all.readBigInt64BE(this.at - 8)}`;
    }
    text() {
        const length = this.int16();
        this.at += length;
        return this.all.toString('utf8', this.at - length, this.at);
    }
    /** Null is nothing. */
    bytes() {
        const length = Math.max(0, this.int32());
        this.at += length;
        return this.all.subarray(this.at - length, this.at);
    }
}

;// CONCATENATED MODULE: ./build/kafka/records/produce-request.js

const INT16 = 2;
const INT32 = 4;
const NULL = -1;
/**
 * A Produce request of version 3 to 7, the batches included.
 * @param timeMs of all records, in milliseconds since 1970
 * @see https://kafka.apache.org/protocol.html#The_Messages_Produce
 */
function produceRequest(topics, { acks, timeout, producerId = NULL, producerEpoch = 0 }, timeMs) {
    const identity = { producerId: BigInt(producerId), producerEpoch };
    const request = Buffer.allocUnsafe(sizeOf(topics));
    let at = request.writeInt16BE(NULL); // No transaction.
    at = request.writeInt16BE(acks, at);
    at = request.writeInt32BE(timeout, at);
    at = request.writeInt32BE(topics.length, at);
    for (const { topic, blocks } of topics) {
        at = request.writeInt16BE(Buffer.byteLength(topic), at);
        at += request.write(topic, at);
        at = request.writeInt32BE(blocks.length, at);
        for (const block of blocks) {
            const length = batchBytes(block);
            at = request.writeInt32BE(block.partition, at);
            at = request.writeInt32BE(length, at);
            writeBatch(block, identity, timeMs, request.subarray(at, at + length));
            at += length;
        }
    }
    return request;
}
function sizeOf(topics) {
    let size = 2 * INT16 + 2 * INT32;
    for (const { topic, blocks } of topics) {
        size += INT16 + Buffer.byteLength(topic) + INT32;
        for (const block of blocks)
            size += 2 * INT32 + batchBytes(block);
    }
    return size;
}

;// CONCATENATED MODULE: ./build/kafka/records/kafkajs-batches.js






/** The first version of the Produce request that takes batches of format 2. */
const FIRST_VERSION = 3;
let isDone = false;
/**
 * Lets kafkajs send records that are written already, and hand on the batches that a broker sends as they are. Of each record
 * kafkajs itself makes a dozen objects and buffers in both ways, which is most of what a large run takes. Everything else
 * stays its own: connections, metadata, retries, groups.
 */
function passBatchesThrough() {
    if (isDone)
        return;
    isDone = true;
    sendBlocks();
    readBatches();
}
function sendBlocks() {
    const protocol = produce.protocol.bind(produce);
    produce.protocol = ({ version }) => {
        const make = protocol({ version });
        return options => {
            const made = make(options);
            const topics = version >= FIRST_VERSION ? blocksIn(options) : undefined;
            if (!topics)
                return made;
            const encode = async () => {
                const buffer = produceRequest(topics, options, Date.now());
                return { buf: buffer, buffer };
            };
            return { ...made, request: { ...made.request, encode } };
        };
    };
}
/** @returns undefined where something else is to be sent: what kafkajs can write by itself */
function blocksIn({ topicData, transactionalId }) {
    const topics = topicData.map(({ topic, partitions }) => ({
        topic,
        blocks: partitions.flatMap(({ messages }) => messages),
    }));
    const areBlocks = (blocks) => blocks.every(block => block instanceof RecordBlock);
    const own = topics.flatMap(({ topic, blocks }) => (areBlocks(blocks) ? [{ topic, blocks }] : []));
    return !transactionalId && own.length === topics.length ? own : undefined;
}
function readBatches() {
    const decode = response.decode.bind(response);
    response.decode = async (bytes) => readFetchAnswer(bytes, unpack) ?? decode(bytes);
}

// EXTERNAL MODULE: ./node_modules/kafkajs/src/cluster/brokerPool.js
var brokerPool = __webpack_require__(39818);
;// CONCATENATED MODULE: ./build/kafka/security/group-refusals.js

/** GROUP_AUTHORIZATION_FAILED of Kafka's protocol. */
const GROUP_REFUSED = 30;
let isTold = false;
/**
 * Lets kafkajs say that a user may not use a consumer group: by itself it asks one broker after the other where the group's
 * coordinator is, forgets what they answer, and has found none.
 */
function tellGroupRefusals() {
    if (isTold)
        return;
    isTold = true;
    const { withBroker } = brokerPool.prototype;
    brokerPool.prototype.withBroker = async function (ask) {
        let refusal;
        const answer = await withBroker.call(this, async (broker) => {
            try {
                return await ask(broker);
            }
            catch (error) {
                if (error.code === GROUP_REFUSED)
                    refusal = error;
                throw error;
            }
        });
        if (answer === null && refusal !== undefined)
            throw refusal;
        return answer;
    };
}

// EXTERNAL MODULE: ./node_modules/kafkajs/src/broker/saslAuthenticator/index.js
var saslAuthenticator = __webpack_require__(98485);
;// CONCATENATED MODULE: ./build/kafka/security/sasl-refusals.js


/** Numbers of Kafka's protocol. */
const UNSUPPORTED_SASL_MECHANISM = 33;
const ILLEGAL_SASL_STATE = 34;
const SASL_AUTHENTICATION_FAILED = 58;
let sasl_refusals_isTold = false;
/**
 * Lets kafkajs say what became of a sign-in: by itself it makes one kind of error, that cannot get better, of a broker that refuses
 * the user and of a connection that breaks in the middle.
 */
function tellSaslRefusals() {
    if (sasl_refusals_isTold)
        return;
    sasl_refusals_isTold = true;
    const { authenticate } = saslAuthenticator.prototype;
    saslAuthenticator.prototype.authenticate = async function () {
        const { connection } = this;
        let failure;
        const send = async (request) => {
            try {
                return await connection.send(request);
            }
            catch (error) {
                failure = error;
                throw error;
            }
        };
        this.connection = Object.assign(Object.create(connection), { send });
        try {
            await authenticate.call(this);
        }
        catch (error) {
            throw signInError(failure, error, connection);
        }
    };
}
/**
 * @param failure what the broker answered, or why it did not; undefined when the client is the one that does not go on
 * @param thrown what kafkajs made of it
 */
function signInError(failure, thrown, { broker, sasl }) {
    const { code } = (failure ?? {});
    const { mechanism } = sasl;
    const refused = (what) => new build_errors/* ActionError */.lZ('kafka-authentication-failed', `broker ${broker} ${what}`, { cause: thrown });
    if (code === SASL_AUTHENTICATION_FAILED)
        return refused(`refuses the user name or the password (${mechanism}: ${(0,build_errors/* reasonOf */.A3)(failure)})`);
    if (code === UNSUPPORTED_SASL_MECHANISM)
        return refused(`does not offer sasl.mechanism ${mechanism}`);
    if (code === ILLEGAL_SASL_STATE)
        return refused('asks for no SASL at this address: security.protocol is one without SASL_ then');
    // A broker that stops in the middle may answer a moment later.
    return failure ?? refused(`does not sign in as it should (${mechanism}: ${(0,build_errors/* reasonOf */.A3)(thrown)})`);
}

// EXTERNAL MODULE: external "node:tls"
var external_node_tls_ = __webpack_require__(41692);
;// CONCATENATED MODULE: ./build/kafka/security/tls.js




/**
 * Speaks TLS over a connection that is open. Who answers is held against `name`, which is what the client asked for, wherever
 * the bytes go through.
 *
 * A certificate that is trusted is so by itself, as in a Java trust store: it need not be an authority's, nor signed by itself.
 * @throws Error of node's `tls`, with its `code`, when there is no trust; the connection is closed then
 */
async function tlsOver(connection, name, { trusted, identity, checksName }, signal = new AbortController().signal) {
    const address = name.replace(/^\[(.*)\]$/, '$1');
    const socket = external_node_tls_.connect({
        ...{ socket: connection, host: address, rejectUnauthorized: true, allowPartialTrustChain: true },
        ...((0,external_node_net_.isIP)(address) ? {} : { servername: address }),
        ...(trusted ? { ca: [...trusted] } : {}),
        ...(identity ? { cert: identity.chain, key: identity.privateKey } : {}),
        ...(checksName ? {} : { checkServerIdentity: () => undefined }),
    });
    try {
        await unlessAborted(signal, (0,external_node_events_.once)(socket, 'secureConnect'));
        return socket;
    }
    catch (error) {
        socket.on('error', () => { }).destroy();
        connection.destroy();
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/kafka/security/tls-errors.js


/** Codes of OpenSSL for a chain that leads to nothing that is trusted. */
const UNTRUSTED = new Set([
    ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE'],
    ...[
        'CERT_UNTRUSTED',
        'CERT_REJECTED',
        'INVALID_CA',
        'INVALID_PURPOSE',
        'CERT_REVOKED',
        'CERT_CHAIN_TOO_LONG',
    ],
]);
/** TLS alerts about the certificate of the client (RFC 8446, 6.2), in the codes that node makes of OpenSSL's words for them. */
const CLIENT_CERTIFICATE = /_ALERT_(CERTIFICATE_REQUIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)$/;
/** Says in the action's words why TLS does not come about. @returns what was thrown where it is about something else */
function explainTls(thrown, connection) {
    const code = thrown instanceof Error ? `${thrown.code}` : '';
    const found = faultOf(code, (0,build_errors/* reasonOf */.A3)(thrown), connection);
    // A connection that is cut may be one that a broker cuts which stops.
    if (!found && /before secure TLS connection/.test((0,build_errors/* reasonOf */.A3)(thrown)))
        return new Error('it was closed before TLS was there: what listens may not speak TLS', { cause: thrown });
    if (!found)
        return thrown;
    const [errorCode, what] = found;
    return new build_errors/* ActionError */.lZ(errorCode, `${connection.peer}: ${what}`, { cause: thrown });
}
function faultOf(code, words, { tls, prefix = '' }) {
    if (UNTRUSTED.has(code)) {
        const by = tls.trusted
            ? `nothing in ${prefix}ssl.truststore.certificates vouches for its certificate`
            : `its certificate is not from an authority that is known everywhere, and ${prefix}ssl.truststore.certificates is not set`;
        return ['tls-certificate-untrusted', `${by} (${words})`];
    }
    if (code === 'CERT_HAS_EXPIRED')
        return ['tls-certificate-expired', 'its certificate has expired'];
    if (code === 'CERT_NOT_YET_VALID')
        return ['tls-certificate-expired', 'its certificate is not valid yet'];
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
        return ['tls-name-mismatch', `its certificate is for another name (${words})`];
    if (CLIENT_CERTIFICATE.test(code))
        return ['tls-client-certificate', clientFault(code, tls, prefix)];
    if (!code.startsWith('ERR_SSL_'))
        return undefined;
    const isPlain = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL/.test(code);
    return [
        'tls-failed',
        isPlain ? 'what answers there does not speak TLS' : `TLS does not come about (${opensslWords(words)})`,
    ];
}
/** `40CD…:error:0A000412:SSL routines:FUNCTION:REASON:FILE:LINE:…`, of which the reason is for people. */
const opensslWords = (words) => words.split(':')[4] ?? words;
function clientFault(code, { identity }, prefix) {
    if (!identity)
        return `it asks for a client certificate, and ${prefix}ssl.keystore.certificate.chain is not set`;
    const { validTo, issuer } = new external_node_crypto_.X509Certificate(identity.chain);
    const alert = code
        .replace(/^.*_ALERT_/, '')
        .replaceAll('_', ' ')
        .toLowerCase();
    const signer = issuer.replaceAll('\n', ', ');
    return `it does not take the client certificate (${alert}), which is signed by ${signer} and valid until ${validTo}`;
}

;// CONCATENATED MODULE: ./build/kafka/client.js










/**
 * Kafka clients whose connections are made by the machine: the addresses that the brokers advertise there
 * (`localhost:19092`) mean the machine's own, whoever the runner is.
 * @param security what the cluster asks of them: by default nothing
 */
function kafkaClients(host, log, security = {}) {
    readEveryCodec();
    tellCreationReasons();
    passBatchesThrough();
    tellSaslRefusals();
    tellGroupRefusals();
    const common = { log, security };
    return {
        security,
        of: (brokers, retries) => newKafka(brokers, { ...common, dial: (address, port) => host.dial(loopback(address), port), retries }),
        onlyTo: address => {
            const separator = address.lastIndexOf(':');
            const [name, port] = [address.slice(0, separator), Number(address.slice(separator + 1))];
            return newKafka([address], { ...common, dial: () => host.dial(loopback(name), port), only: name });
        },
        loggingTo: other => kafkaClients(host, other, security),
    };
}
function newKafka(brokers, { log, security: { tls, sasl }, dial, retries = 5, only }) {
    const socket = ({ host: address, port, onConnect }) => {
        if (!tls)
            return new HostSocket(() => dial(address, port), onConnect);
        const open = async () => tlsOver(await dial(address, port), only ?? address, tls);
        return new HostSocket(open, onConnect, error => explainTls(error, { peer: `broker ${address}:${port}`, tls }));
    };
    // The factory must return a socket at once; kafkajs's types ask for a net.Socket but it only uses a Duplex.
    const socketFactory = socket;
    return new kafkajs.Kafka({
        clientId: 'kafka-al2023-action',
        brokers: [...brokers],
        socketFactory,
        ...(sasl ? { sasl: { ...sasl } } : {}),
        connectionTimeout: 5_000,
        // A broker that hangs is given up, and another one asked, while the smoke test still has time.
        requestTimeout: 15_000,
        retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries },
        logLevel: kafkajs.logLevel.WARN,
        logCreator: () => entry => log.debug(describe(entry)),
    });
}
function describe({ namespace, log: { message, error } }) {
    return `kafkajs ${namespace}: ${message}${error ? ` (${error})` : ''}`;
}

;// CONCATENATED MODULE: ./build/host/real-folder.js


/** The exit code of a script that met a symbolic link (sysexits.h, EX_DATAERR): the last line that it printed is `link=PATH`. */
const LINK = 65;
/** The exit code of a script whose folder is not there, or is no folder (sysexits.h, EX_OSFILE). */
const GONE = 72;
/**
 * `enter HOME PATH`: a shell function that goes into the folder PATH, which lies in HOME, part by part and through no
 * symbolic link: another user of the machine may have put it there, and what follows would be written or removed elsewhere. How
 * HOME itself is reached is the administrator's affair.
 *
 * A shell that has entered a folder stays in it, whatever takes the place of its name meanwhile: what is done there has to be
 * done by names without a slash in them.
 *
 * @returns 65 after it has printed `link=PATH` for the first link, 72 when there is no such folder
 */
const ENTER = enterWith('');
/** The same, where folders that are not there are made. */
const MAKE_AND_ENTER = enterWith('mkdir -p -- "./$part" || return 1');
function enterWith(before) {
    return `
enter() {
  way=\${1%/}
  case $2 in "$way" | "$way"/*) ;; *) return ${GONE} ;; esac
  rest=\${2#"$way"}
  cd -P -- "$way/" 2>/dev/null || return ${GONE}
  while [ -n "$rest" ]; do
    rest=\${rest#/}
    part=\${rest%%/*}
    rest=\${rest#"$part"}
    case $part in '' | .) continue ;; ..) return ${GONE} ;; esac
    way=$way/$part above=$(pwd -P)
    [ ! -L "./$part" ] || { printf '%s\\n' "link=$way"; return ${LINK}; }
    ${before}
    cd -P -- "./$part" 2>/dev/null || return ${GONE}
    [ "$(pwd -P)" = "\${above%/}/$part" ] || { printf '%s\\n' "link=$way"; return ${LINK}; }
  done
}
`;
}
/** The home folder of the user that a script runs as, in the shell: what the machine's facts say, too. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
const HOME_FOLDER = '${HOME:-$(getent passwd "$(id -un)" | cut -d: -f6)}';
/** @throws ActionError `folder-unusable` that names the link which a script with `enter` has met, if it has */
function refuseLink({ exitCode, stdout }) {
    if (exitCode !== LINK)
        return;
    const path = (0,build_errors/* lastLines */.w$)(stdout, 1)
        .join('')
        .replace(/^link=/, '');
    const name = (0,quote/* quote */.h)([path]);
    throw new build_errors/* ActionError */.lZ('folder-unusable', `${path} is a symbolic link: below the home folder the action writes and removes nothing through a link, since it may lead anywhere`, {
        hint: `Look where it leads and who made it: ls -l ${name}. Then on the machine: sudo rm ${name}, or give another directory.`,
    });
}

// EXTERNAL MODULE: ./build/host/must-run.js
var must_run = __webpack_require__(65066);
;// CONCATENATED MODULE: ./build/host/unusable-path.js




/**
 * `sh -c SCRIPT sh USE:PATH…`, the folders first, each within the one before: prints what is wrong with the first of them
 * that the user cannot use, in lines of `NAME=VALUE`; nothing when none is.
 */
const SCRIPT = `
tell() {
  mount=$(findmnt -no TARGET,OPTIONS -T "$2" 2>/dev/null | tail -n 1)
  fault=$1
  case $fault,\${mount#* } in closed,ro | closed,ro,*) fault=read-only ;; esac
  printf '%s\\n' "fault=$fault" "path=$2" "user=$(id -un)" "mount=\${mount%% *}"
  stat -c 'owner=%U
mode=%a
kind=%F' -- "$2" 2>/dev/null
  exit 0
}
above=
for word; do
  use=\${word%%:*} path=\${word#*:}
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then
    [ -n "$above" ] || tell missing "$path"
    [ -w "$above" ] || tell closed "$above"
    continue
  fi
  case $use in
    folder | list)
      [ -d "$path" ] || tell kind "$path"
      [ -x "$path" ] || tell closed "$path"
      [ "$use" != list ] || [ -r "$path" ] || tell closed "$path"
      above=$path
      ;;
    *)
      [ ! -d "$path" ] || tell kind "$path"
      [ "$use" != read ] || [ -r "$path" ] || tell closed "$path"
      [ "$use" != write ] || [ -w "$path" ] || tell closed "$path"
      [ "$use" = read ] || [ -w "$above" ] || tell closed "$above"
      ;;
  esac
  case $(lsattr -d -- "$path" 2>/dev/null) in ????i*) tell immutable "$path" ;; esac
done
`;
/**
 * Runs a command that needs these places.
 * @param expected exit codes that are no failure, beside 0
 * @throws ActionError `folder-unusable` when it fails and one of them is the reason, or a link on the way to them; otherwise as
 *   `mustRun` does
 */
async function mustRunIn(host, places, command, expected = []) {
    try {
        const result = await (0,must_run/* mustRun */.P)(host, command, [...expected, LINK]);
        refuseLink(result);
        return result;
    }
    catch (error) {
        if (!(error instanceof build_errors/* ActionError */.lZ && error.code === 'command-failed'))
            throw error;
        throw (await unusablePlace(host, places, error)) ?? error;
    }
}
/** @returns the error for the first of the places that the user cannot use; undefined when it is none of them */
async function unusablePlace(host, places, cause) {
    const words = places.map(({ use, path }) => `${use}:${path}`);
    const { stdout } = await host.run({ argv: ['sh', '-c', SCRIPT, 'sh', ...words] });
    const fields = new Map((0,build_errors/* lastLines */.w$)(stdout).map(line => {
        const index = line.indexOf('=');
        return [line.slice(0, index), line.slice(index + 1)];
    }));
    const field = (name) => fields.get(name) ?? '';
    if (!fields.has('fault'))
        return undefined;
    const use = places.find(({ path }) => path === field('path'))?.use ?? 'folder';
    const { message, hint } = describeFault(field, use === 'folder' || use === 'list');
    return new build_errors/* ActionError */.lZ('folder-unusable', message, { hint, cause, details: cause.details });
}
/** Folders above this one are the user's own affair; what is in it belongs together. */
const STATE_FOLDER = /^(.*\/\.kafka-al2023)(\/.*)?$/;
function describeFault(field, isFolder) {
    const path = field('path');
    const user = field('user');
    const owner = field('owner');
    const mode = field('mode');
    const mount = field('mount');
    const what = isFolder ? 'folder' : 'file';
    const name = (0,quote/* quote */.h)([path]);
    switch (field('fault')) {
        case 'missing':
            return {
                message: `the home folder ${path} of user "${user}" is not there`,
                hint: `On the machine: sudo mkdir -p ${name} && sudo chown ${user}: ${name}`,
            };
        case 'kind':
            return {
                message: `${path} is in the way: it is a ${field('kind')}, and a ${what} is needed there`,
                hint: `On the machine: sudo mv ${name} ${(0,quote/* quote */.h)([`${path}.old`])}`,
            };
        case 'read-only':
            return {
                message: `${path} is on a file system that is mounted read-only (${mount})`,
                hint: `On the machine: sudo mount -o remount,rw ${(0,quote/* quote */.h)([mount])}. When the kernel made it read-only after an error, sudo dmesg | tail says so.`,
            };
        case 'immutable':
            return {
                message: `${path} is protected from every change (attribute i)`,
                hint: `On the machine: sudo chattr -i ${name}`,
            };
        default:
            return owner === user
                ? {
                    message: `the ${what} ${path} has mode ${mode}: its owner "${user}" cannot use it`,
                    hint: `On the machine: chmod u+rw${isFolder ? 'x' : ''} ${name}`,
                }
                : {
                    message: `the ${what} ${path} belongs to "${owner}" (mode ${mode}), and user "${user}" cannot use it`,
                    hint: `On the machine: sudo chown -R ${user}: ${(0,quote/* quote */.h)([STATE_FOLDER.exec(path)?.[1] ?? path])}`,
                };
    }
}
/** The folders on the way to a path, as places. */
function foldersTo(path) {
    const parts = path.split('/').slice(1, -1);
    return parts.map((_, index) => ({ path: `/${parts.slice(0, index + 1).join('/')}`, use: 'folder' }));
}

// EXTERNAL MODULE: ./build/config/deployment-inputs.js
var deployment_inputs = __webpack_require__(23272);
;// CONCATENATED MODULE: ./build/machine/json-object.js
/** @returns the object, or list, that a text holds in JSON; undefined for any other text */
function jsonObjectIn(text) {
    try {
        const value = JSON.parse(text);
        return typeof value === 'object' && value !== null ? value : undefined;
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./build/machine/parse-record.js


/** Longest text of each kind, in characters, and largest numbers. More is written by no deployment. */
const parse_record_MOST = {
    project: 240,
    path: 4096,
    files: 10_000,
    services: 1_000,
    service: 255,
    ports: 20_000,
    shift: 5_000,
};
const RUN = /^https?:\/\/[!-~]{1,500}$/;
/**
 * Reads a record, which anybody may have written who can write to the user's home folder: what it names is removed one day, also as
 * root. Nothing but the known fields is taken, each of its own type and within bounds.
 * @returns undefined for a text that is no record of ours, or of another project or another home
 */
function parseRecord(text, place) {
    const fields = jsonObjectIn(text);
    if (!fields || !isRecord(fields) || !isOf(fields, place))
        return undefined;
    const { version, project, directory, files, services, environment, portShift, ports, run } = fields;
    return {
        ...{ version, project, directory, files },
        ...(services === undefined ? {} : { services }),
        ...(environment === undefined ? {} : { environment }),
        ...{ portShift, ports },
        ...(run === undefined ? {} : { run }),
    };
}
function isRecord(fields) {
    const { version, project, directory, files, services, environment, portShift, ports, run } = fields;
    return (version === 1 &&
        isText(project, parse_record_MOST.project) &&
        isText(directory, parse_record_MOST.path) &&
        isListOf(files, parse_record_MOST.files, isFile) &&
        (services === undefined || isListOf(services, parse_record_MOST.services, each => isText(each, parse_record_MOST.service))) &&
        (environment === undefined ||
            (isText(environment, parse_record_MOST.project) && deployment_inputs/* FORMS */.yY.environment.test(environment))) &&
        isInteger(portShift, 0, parse_record_MOST.shift) &&
        isListOf(ports, parse_record_MOST.ports, port => isInteger(port, 1, 65_535)) &&
        (run === undefined || (isText(run, parse_record_MOST.path) && RUN.test(run))));
}
function isOf(record, { home, project }) {
    const root = home.replace(/\/$/, '');
    const below = record.directory.slice(root.length + 1);
    return (record.project === project &&
        isProjectName(project) &&
        record.directory === `${root}/${below}` &&
        deployment_inputs/* FORMS */.yY.directory.test(below) &&
        !below.split('/').includes('..'));
}
/** Whether a deployment may have this name, and so its record. */
const isProjectName = (name) => name.length <= parse_record_MOST.project && deployment_inputs/* FORMS */.yY.project.test(name);
/** A path in the directory, that leads nowhere else and is not the directory itself. */
const isFile = (path) => isText(path, parse_record_MOST.path) && path.split('/').every(part => part !== '' && part !== '.' && part !== '..');
/** One line that shows as what it is: no control characters. */
const isText = (value, most) => typeof value === 'string' && value !== '' && value.length <= most && !/\p{Cc}/u.test(value);
const isInteger = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
const isListOf = (value, most, isItem) => Array.isArray(value) && value.length <= most && value.every(isItem);

;// CONCATENATED MODULE: ./build/machine/deployment-records.js




/** Where the deployments of a user are noted. */
const folderIn = (home) => `${home}/.kafka-al2023/deployments`;
/** Where a deployment is noted. */
const recordPath = (home, project) => `${folderIn(home)}/${project}.json`;
/** sysexits.h, EX_NOINPUT: the last line of the output is the path of a file that cannot be read. */
const UNREADABLE = 66;
/** Longer than any record, and more of them than a machine has ports for. In bytes and files. */
const deployment_records_MOST = { bytes: 262_144, files: 200 };
/** All records together stay below what is kept of a command's output. */
const MOST_TOGETHER = 4 * 2 ** 20;
/**
 * `sh -c LIST sh HOME FOLDER`: a file a line, `TIME NAME TEXT`: the records are written on one line each. Instead of its time
 * one has `link`, `kind` or `long` when it is not read, and the line `more` says that there are others. What cannot be read may be a
 * record: then nothing is known of what is deployed.
 */
const LIST = `${ENTER}
enter "$1" "$2"
case $? in 0) ;; ${GONE}) [ ! -e "$2" ] && [ -x "\${2%/*}" -o ! -e "\${2%/*}" ] && exit 0; exit 1 ;; *) exit $? ;; esac
[ -r . ] || exit 1
left=${deployment_records_MOST.files} room=${MOST_TOGETHER}
for file in *.json; do
  [ -L "./$file" ] || [ -e "./$file" ] || continue
  [ "$left" -gt 0 ] && [ "$room" -gt 0 ] || { echo more; break; }
  left=$((left - 1))
  name=$(printf %s "$file" | tr '[:cntrl:] ' '?' | cut -c1-255)
  if [ -L "./$file" ]; then echo "link $name"; continue; fi
  if [ ! -f "./$file" ]; then echo "kind $name"; continue; fi
  [ -r "./$file" ] || { echo "$2/$file" && exit ${UNREADABLE}; }
  size=$(stat -c '%s %Y' -- "./$file")
  time=\${size#* } size=\${size% *}
  if [ "$size" -gt ${deployment_records_MOST.bytes} ]; then echo "long $name"; continue; fi
  room=$((room - size))
  printf '%s %s ' "$time" "$name"
  head -c ${deployment_records_MOST.bytes} -- "./$file" | head -n 1
  echo
done
:`;
/**
 * The deployments that are noted on the machine, by project. A file that is none of ours is passed over.
 * @throws ActionError `folder-unusable` when they cannot be read
 */
async function readRecords(host, home) {
    const folder = folderIn(home);
    const places = [...foldersTo(folder), { path: folder, use: 'list' }];
    const argv = ['sh', '-c', LIST, 'sh', home, folder];
    const { stdout, exitCode } = await mustRunIn(host, places, { argv, isLook: true }, [UNREADABLE]);
    if (exitCode === UNREADABLE) {
        const path = (0,build_errors/* lastLines */.w$)(stdout, 1).join('');
        await mustRunIn(host, [...places, { path, use: 'read' }], { argv: ['cat', '--', path] });
    }
    return parseRecords(stdout, home);
}
/** Reads what the list printed, whatever stands in the files. */
function parseRecords(output, home) {
    const records = [];
    const passedOver = [];
    for (const line of output.split('\n').filter(each => each !== '')) {
        const [, time = '', name = '', text = ''] = /^(\S*) ?(\S*) ?(.*)$/su.exec(line) ?? [];
        const project = name.replace(/\.json$/, '');
        const record = /^-?\d+$/.test(time) && isProjectName(project) && parseRecord(text, { home, project });
        if (record)
            records.push({ ...record, ...usedAt(Number(time)) });
        else
            passedOver.push(sentenceOn(time, `${folderIn(home)}/${name}`));
    }
    return { records, passedOver };
}
/** The last moment that four digits of a year can name. */
const LAST_S = Date.UTC(9999, 11, 31) / 1000;
const usedAt = (timeS) => timeS >= 0 && timeS <= LAST_S ? { usedAt: new Date(timeS * 1000).toISOString() } : {};
function sentenceOn(why, path) {
    switch (why) {
        case 'more':
            return `${path} holds more than ${deployment_records_MOST.files} records, or more than ${MOST_TOGETHER / 2 ** 20} MiB: the others are not read`;
        case 'link':
            return `${path} is a symbolic link`;
        case 'kind':
            return `${path} is no file`;
        case 'long':
            return `${path} is longer than ${deployment_records_MOST.bytes / 1024} KiB`;
        default:
            return `${path} is no record of a deployment in the home folder by that name`;
    }
}
/** Most of what was passed over that is named one by one. */
const MOST_TOLD = 10;
/** Says what lies among the records and was passed over, and what to do about it. */
function warnOfPassedOver(log, { passedOver }) {
    if (passedOver.length === 0)
        return;
    const others = passedOver.length - MOST_TOLD;
    const more = others > 0 ? `; and ${others} more` : '';
    log.warning(`on the machine, among the notes of deployments: ${passedOver.slice(0, MOST_TOLD).join('; ')}${more}. It is passed over, and nothing that it names is removed. Look at it, and remove it (rm) if nobody needs it; mode deploy writes the note of its own deployment again.`);
}
/** The command by which a run notes that it uses a deployment, if that has a record. */
const touchOf = (record) => ['touch', '-c', '-h', '--', record];
/** Notes that a run uses the deployment now. */
async function touchRecord(host, home, project) {
    await host.run({ argv: touchOf(recordPath(home, project)) });
}

// EXTERNAL MODULE: ./build/machine/compose-project.js
var compose_project = __webpack_require__(16062);
;// CONCATENATED MODULE: ./build/machine/diagnosis.js



const LOG_LINES = 50;
const TIMEOUT_MS = 20_000;
/** The project's containers as they are at the end; none when the machine cannot be asked any more. */
async function finalContainers(host, project, clock) {
    return orElse(clock, (0,compose_project/* listContainers */.ts)(host, project), []);
}
/** Shows, in folded groups, what the containers said last and how full the machine is. */
async function diagnose(host, containers, { log, clock }) {
    const output = async (...argv) => (0,build_errors/* lastLines */.w$)((await host.run({ argv })).stdout, 30);
    const nothing = { logs: [], disk: [], memory: [] };
    const diagnosis = await orElse(clock, Promise.all([
        Promise.all(containers.map(async (container) => {
            const [, ...lines] = await (0,compose_project/* containerLog */.CR)(host, container, LOG_LINES);
            const { name, service } = container;
            return {
                container: name,
                service,
                isRunning: (0,compose_project/* isRunning */.W_)(container),
                lines: lines.map(line => line.trim()),
            };
        })),
        output('df', '-h'),
        output('free', '-m'),
    ]).then(([logs, disk, memory]) => ({ logs, disk, memory })), nothing);
    for (const { container, lines } of diagnosis.logs) {
        const status = containers.find(({ name }) => name === container)?.status ?? '';
        show(log, `Container ${container}: ${status}`, lines);
    }
    if (diagnosis !== nothing)
        show(log, 'Disk and memory', [...diagnosis.disk, '', ...diagnosis.memory]);
    return diagnosis;
}
function show(log, title, lines) {
    log.startGroup(title);
    for (const line of lines)
        log.info(line);
    log.endGroup();
}
/** The failure that is reported must not wait for a machine that does not answer any more. */
function orElse(clock, work, otherwise) {
    return within(clock, TIMEOUT_MS, work.catch(() => otherwise), () => otherwise);
}

;// CONCATENATED MODULE: ./build/kafka/security/python-settings.js
/**
 * What client/client_settings.py takes, as JSON: the settings of kafka-python by their names, and under `tls` what it makes an
 * `ssl.SSLContext` of.
 * @returns undefined for a cluster that asks for nothing
 */
function pythonSettings({ tls, sasl } = {}) {
    if (!tls && !sasl)
        return undefined;
    return JSON.stringify({
        security_protocol: `${sasl ? 'SASL_' : ''}${tls ? 'SSL' : 'PLAINTEXT'}`,
        ...(sasl && {
            sasl_mechanism: sasl.mechanism,
            sasl_plain_username: sasl.username,
            sasl_plain_password: sasl.password,
        }),
        ...(tls && {
            tls: { check_hostname: tls.checksName, trusted: tls.trusted?.join(''), ...tls.identity },
        }),
    });
}
/** The same for a cluster whose certificates lie on the machine itself. */
const pythonSettingsOf = ({ trusted, identity }) => JSON.stringify({
    security_protocol: 'SSL',
    tls: { check_hostname: true, trusted_file: trusted, identity_file: identity },
});

;// CONCATENATED MODULE: ./build/steps/step.js
const satisfied = (detail, versions) => ({
    satisfied: true,
    detail,
    versions,
});
const notYet = (detail) => ({ satisfied: false, detail });

;// CONCATENATED MODULE: ./build/steps/cluster/openssl.js


/** The beginning of a command that makes a key in PKCS#8, which is what Kafka takes in PEM: the file follows. */
const MAKE_KEY = 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out';
/** A shell function, `same_key KEY CERTIFICATE`: whether the certificate is of that key. */
const SAME_KEY = `
same_key() { [ "$(openssl pkey -in "$1" -pubout)" = "$(openssl x509 -in "$2" -noout -pubkey)" ]; }
`;
/** `sh -euc SCRIPT sh WORDS…` */
const script = (text, ...words) => [
    'sh',
    '-euc',
    text,
    'sh',
    ...words,
];
/**
 * Runs a script that calls the machine's own openssl.
 * @param what is to be done, as the beginning of a sentence: `the certificate of node 2 cannot be signed`
 * @param expected exit codes that are no failure, beside 0
 * @throws ActionError `certificate-failed` with openssl's last lines; `folder-unusable` for a link on the way
 */
async function runOpenssl(host, command, what, expected = []) {
    const result = await host.run(command);
    refuseLink(result);
    if (result.exitCode === 0 || expected.includes(result.exitCode))
        return result;
    const details = (0,build_errors/* lastLines */.w$)(`${result.stdout}\n${result.stderr}`, 8);
    const last = details.at(-1) ?? `exit code ${result.exitCode}`;
    throw new build_errors/* ActionError */.lZ('certificate-failed', `${what} on ${host.name}: ${last}`, { details });
}

;// CONCATENATED MODULE: ./build/steps/cluster/certificates.js



/** A certificate that ends sooner is made anew. */
const LEAST_DAYS = 30;
/** The user as whom the images of Kafka and of the schema registry run: `appuser`. */
const IMAGE_USER = '1000:1000';
/** What Kafka's own tools take in a container: `--command-config /etc/kafka/tls/client.properties`. */
const TOOL_PROPERTIES = `security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=/etc/kafka/tls/node.pem
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kafka/tls/ca.crt
`;
/** Beside a node's certificate, and as old as it: the one before is believed by nobody who trusts the new one. */
const UNBELIEVED = 'unbelieved';
/** Shell functions for what a certificate must be: that of `SAME_KEY`, and `verify FILE AUTHORITY ADDRESS`. */
const VERIFY = `${SAME_KEY}
verify() {
  openssl verify -CAfile "$2" -purpose sslclient "$1" || return
  [ -z "$3" ] || openssl verify -CAfile "$2" -purpose sslserver -verify_ip "$3" "$1"
}`;
/**
 * Says `wrong=WHY`, or until when the certificate is good. The authority's own comes with the standard input.
 * `HOME FOLDER FILE OWNER ADDRESS PROPERTIES`
 */
const LOOK = `${ENTER}${VERIFY}
enter "$1" "$2" || exit $?
file=./$3
wrong() { printf '%s\\n' "wrong=$1"; exit 0; }
authority=$(cat)
[ -f "$file" ] && [ -f ca.crt ] || exit ${GONE}
until=$(openssl x509 -in "$file" -noout -enddate) || wrong 'it cannot be read'
until=\${until#*=}
[ "$(openssl x509 -in ca.crt)" = "$authority" ] || wrong 'it is of another authority'
openssl x509 -in "$file" -noout -checkend ${LEAST_DAYS * 86_400} >/dev/null || wrong "it ends on $until"
said=$(verify "$file" ca.crt "$5" 2>&1) || wrong "openssl verify: $(printf '%s\\n' "$said" | grep -m 1 '^error' || printf '%s\\n' "$said" | tail -n 1)"
same_key "$file" "$file" || wrong 'it does not fit its key'
[ "$(stat -c %a "$file")" = 600 ] || wrong 'others may read its key'
[ -z "$4" ] || [ "$(stat -c %u:%g . "$file" | uniq)" = "$4" ] || wrong 'the container may not read it'
[ -z "$6" ] || [ "$(cat client.properties 2>/dev/null && echo .)" = "$6." ] || wrong 'client.properties beside it is another one'
printf '%s\\n' "until=$until"`;
/** Makes a key, and prints the request for its certificate. `HOME FOLDER FILE SUBJECT` */
const REQUEST = `umask 077
${MAKE_AND_ENTER}
enter "$1" "$2" || exit $?
key=./$3.key.new
rm -f "$key"
${MAKE_KEY} "$key"
openssl req -new -key "$key" -subj "$4"`;
/**
 * Puts a new key with its certificate into place, which come with the standard input: the certificate, then the authority's own.
 * Nothing that would not be believed takes the place of what was. `HOME FOLDER FILE OWNER ADDRESS PROPERTIES`
 */
const INSTALL = `umask 077
${ENTER}${VERIFY}
enter "$1" "$2" || exit $?
file=./$3
trap 'rm -f "$file.key.new" "$file.crt.new" "$file.new" ca.crt.new client.properties.new' EXIT
awk -v own="$file.crt.new" '/^-----BEGIN/ { count++ } { print > (count < 2 ? own : "ca.crt.new") }'
verify "$file.crt.new" ca.crt.new "$5"
same_key "$file.key.new" "$file.crt.new" || { echo 'the certificate is of another key'; exit 1; }
cat "$file.key.new" "$file.crt.new" ca.crt.new >"$file.new"
chmod 644 ca.crt.new
printf %s "$6" >client.properties.new
[ ! -f "$file" ] || verify "$file" ca.crt.new "$5" || : >${UNBELIEVED}
[ -z "$4" ] || { chmod 700 . .. && chown "$4" . "$file.new" ca.crt.new client.properties.new; }
[ -z "$6" ] || mv -fT client.properties.new client.properties
mv -fT ca.crt.new ca.crt
mv -fT "$file.new" "$file"`;
/**
 * The certificate of a machine's node, for both ends of its connections. The key is made on the machine and never leaves it; the
 * request and what the authority makes of it go through the runner.
 */
function certificateStep({ home, directory, authority, nodeId, address, }) {
    const folder = `${directory}/private/tls`;
    const identity = {
        ...{ name: `node ${nodeId}`, address, home, folder, file: 'node.pem' },
        ...{ owner: IMAGE_USER, properties: TOOL_PROPERTIES },
    };
    return {
        name: 'certificate',
        title: `Certificate of node ${nodeId} for ${address}`,
        ...stepOf(identity, authority),
    };
}
/** The certificate of the user's own clients on the machine: client.pem in the directory, and beside it whom to trust, ca.crt. */
function clientCertificateStep({ home, directory, authority }) {
    const identity = {
        ...{ name: 'clients', home, folder: directory, file: CLIENT_IDENTITY, owner: '', properties: '' },
    };
    return {
        name: 'client-certificate',
        title: 'Certificate of the clients on the machine',
        ...stepOf(identity, authority),
    };
}
/** In the directory: what the user's clients show, and whom they trust. */
const CLIENT_IDENTITY = 'client.pem';
const CLIENT_TRUST = 'ca.crt';
/** In the directory, for the deployment's record: everything that a cluster's trust puts there. */
const TRUST_FILES = ['private', CLIENT_IDENTITY, CLIENT_TRUST];
function stepOf(identity, authority) {
    return {
        needs: ['directory', 'openssl-package', 'authority'],
        reads: ['openssl-package', 'authority'],
        async check({ host }) {
            const trusted = await authority.certificate();
            return trusted === undefined
                ? notYet('the cluster has no authority yet')
                : look(host, identity, trusted);
        },
        async apply({ host, log }) {
            log.info(`openssl genpkey, req, verify for ${identity.name}; openssl x509 at the authority`);
            await renew(host, identity, authority);
        },
    };
}
async function look(host, identity, trusted) {
    const { name, home, folder, file, owner, address = '', properties } = identity;
    const argv = script(LOOK, home, folder, file, owner, address, properties);
    const command = { argv, sudo: owner !== '', stdin: `${trusted}\n` };
    const result = await runOpenssl(host, command, `the certificate of ${name} cannot be read`, [GONE]);
    if (result.exitCode === GONE)
        return notYet('there is none yet');
    const wrong = /^wrong=(.*)$/m.exec(result.stdout)?.[1];
    return wrong === undefined
        ? satisfied(`good until ${/^until=(.*)$/m.exec(result.stdout)?.[1]}`)
        : notYet(wrong);
}
/** A new key with a new certificate, also where there is one: which is never in doubt then. */
async function renew(host, identity, authority) {
    const { name, home, folder, file, owner, address = '', properties } = identity;
    const sudo = owner !== '';
    const failed = (what) => `the certificate of ${name} cannot be ${what}`;
    const subject = `/O=kafka-al2023/CN=${name.replaceAll(' ', '-')}`;
    const request = { argv: script(REQUEST, home, folder, file, subject), sudo };
    const { stdout } = await runOpenssl(host, request, failed('asked for'));
    const stdin = await authority.sign(stdout, identity);
    const install = { argv: script(INSTALL, home, folder, file, owner, address, properties), sudo, stdin };
    await runOpenssl(host, install, failed('put in place'));
}

;// CONCATENATED MODULE: ./build/steps/cluster/node.js


/** The node beside which the registry, the authority and the Python pair are. @throws RangeError without one */
function firstNode(nodes) {
    const first = nodes.find(({ plan }) => plan.hasRegistry);
    if (!first)
        throw new RangeError('no node of the plan has the registry');
    return first;
}
/** The service of stacks/kraft-node that is the node itself. */
const KAFKA_SERVICE = 'kafka';
/** A container's service on one of the machines, in one word for reports. */
const serviceOn = (service, { context }) => `${service}@${context.machine.name}`;
/** The cluster that the nodes make together, as the runner reaches it: each broker by the port that its machine alone has. */
function clusterOfNodes(nodes) {
    const brokers = nodes.map(node => ({
        service: serviceOn(KAFKA_SERVICE, node),
        address: `localhost:${node.plan.hostPort}`,
    }));
    const first = firstNode(nodes);
    const registry = first.deployment.cluster.members.find(({ role }) => role === 'schema-registry');
    return {
        brokers,
        bootstrapServers: brokers.map(({ address }) => address),
        schemaRegistryUrl: first.deployment.cluster.schemaRegistryUrl,
        members: [
            ...brokers.map((broker) => ({ ...broker, role: 'broker' })),
            ...(registry ? [{ ...registry, service: serviceOn(registry.service, first) }] : []),
        ],
    };
}
/** Where the container of each broker is, by the name that its service has in the cluster. */
const brokerPlacesOf = (nodes) => new Map(nodes.map(node => [
    serviceOn(KAFKA_SERVICE, node),
    { host: node.context.host, project: node.project, service: KAFKA_SERVICE },
]));
/** Where a node is asked by Kafka's tools: on its machine, in its project, at its own address. */
const placeOfNode = ({ context: { host, machine }, project, plan }) => ({
    host,
    project: project.name,
    service: KAFKA_SERVICE,
    server: `${machine.address}:${plan.clusterPorts[0]}`,
});
/** How clients on a machine reach every broker: at the private addresses, by a certificate. */
function hostAccessOf(nodes, directory) {
    return {
        bootstrapServers: nodes.map(({ context: { machine }, plan }) => `${machine.address}:${plan.clusterPorts[0]}`),
        settings: pythonSettingsOf({
            trusted: `${directory}/${CLIENT_TRUST}`,
            identity: `${directory}/${CLIENT_IDENTITY}`,
        }),
    };
}
/** The racks of the brokers, as far as they are known. */
const racksOf = (nodes) => new Map(nodes.flatMap(({ plan: { nodeId, rack } }) => (rack === undefined ? [] : [[nodeId, rack]])));

;// CONCATENATED MODULE: ./build/steps/deploy/proxy-trouble.js
/** What programs say of a proxy, and what helps. */
const KNOWN = [
    [
        /\b407\b|proxy authentication required/i,
        'The proxy wants a user name and a password, or refuses those it gets: give them in http-proxy, as http://NAME:PASSWORD@proxy.example:3128, each of @ / : # ? and % in them as a number (@ is %40).',
    ],
    [
        /could not resolve proxy|cannot connect to proxy|proxyconnect tcp|unable to connect to proxy/i,
        'The machine does not reach the proxy: check http-proxy, and that its firewall lets the machine in. Try on the machine: curl -sI PROXY',
    ],
    [
        /40[03] from proxy after CONNECT|CONNECT tunnel failed, response 40[03]|tunnel connection failed: 40[03]/i,
        "The proxy does not let the machine go there: allow the address in the message in the proxy's rules, or name it in no-proxy if it is reached without the proxy.",
    ],
];
/** @returns what helps, when what a download said is of the proxy */
const proxyHint = (said) => KNOWN.find(([words]) => words.test(said))?.[1];

;// CONCATENATED MODULE: ./build/steps/deploy/yum-failure.js


/** dnf's exit code when another process has its own lock, for `exit_on_lock`. */
const LOCKED = 200;
const LOCK_WORDS = /can't create transaction lock|waiting for process with pid|rpmdb: .*lock|already locked by \d+/i;
const LOCK_FILE = '/var/lib/rpm/.rpm.lock';
/** Amazon's own repositories, whose names begin so. */
const OWN = /^(?:amazonlinux|kernel-livepatch)\b/;
/**
 * What a yum that failed says, for what it is.
 * @param purpose for the message: `installing docker`
 * @returns ActionError `package-manager-busy` or `package-manager-failed`
 */
async function yumFailure(host, { exitCode, stdout, stderr }, purpose) {
    const output = `${stdout}\n${stderr}`;
    const details = (0,build_errors/* lastLines */.w$)(output);
    if (exitCode === LOCKED || LOCK_WORDS.test(output)) {
        const holder = await lockHolder(host, output);
        return new build_errors/* ActionError */.lZ('package-manager-busy', `${purpose} failed: ${holder ?? 'another process'} holds the lock of the package database`, { details });
    }
    const reason = (await reasonOf(host, output)) ?? { says: `yum ended with exit code ${exitCode}` };
    return new build_errors/* ActionError */.lZ('package-manager-failed', `${purpose} failed: ${reason.says}`, {
        hint: proxyHint(output) ?? reason.hint,
        details,
    });
}
async function reasonOf(host, output) {
    return ((await brokenRepository(host, output)) ?? missingPackage(output) ?? conflict(output) ?? lastError(output));
}
async function brokenRepository(host, output) {
    const id = /Failed to download metadata for repo '([^']+)'|metadata for repository '([^']+)'|valid baseurl for repo: (\S+)/
        .exec(output)
        ?.slice(1)
        .find(Boolean);
    if (id === undefined)
        return undefined;
    const why = /^[ \t]+- (.+)$/m.exec(output)?.[1] ??
        /Failed to download metadata for repo '[^']+': (.+)/.exec(output)?.[1];
    const says = `the package repository "${id}" cannot be read${why === undefined ? '' : `: ${why}`}`;
    if (OWN.test(id)) {
        return {
            says,
            hint: "The machine does not reach Amazon's package repository: look at its route, name server, proxy and endpoint policy. Try on the machine: sudo yum makecache",
        };
    }
    const file = await fileOf(host, id);
    return {
        says: `${says}; it is not one of Amazon Linux (${file ?? 'somewhere in /etc/yum.repos.d'})`,
        hint: `Correct or remove that repository. To let yum go on without it while it is down: sudo sed -i '/^\\[${id}\\]/a skip_if_unavailable=1' ${file ?? '/etc/yum.repos.d/*.repo'}`,
    };
}
/** The file that a repository is named in. */
async function fileOf(host, id) {
    const script = 'grep -lF "[$1]" /etc/yum.repos.d/*.repo /etc/dnf/dnf.conf 2>/dev/null | head -n 1';
    const { stdout } = await host.run({ argv: ['sh', '-c', script, 'sh', id] });
    return stdout.trim() || undefined;
}
function missingPackage(output) {
    const name = /Unable to find a match: (.+)|No match for argument: (\S+)|No package (\S+) available/
        .exec(output)
        ?.slice(1)
        .find(Boolean);
    if (name === undefined)
        return undefined;
    return {
        says: `no repository of the machine has a package ${name.trim()}`,
        hint: 'Look which repositories are on, and whether one excludes it: sudo yum repolist --all; grep -rn exclude /etc/dnf /etc/yum.repos.d',
    };
}
function conflict(output) {
    const [, file, other] = /file (\S+) (?:from install of \S+ )?conflicts (?:with file from package|between attempted installs of) (\S+)/.exec(output) ?? [];
    if (other !== undefined)
        return {
            says: `${file} is of the package ${other} already`,
            hint: `Remove that package: sudo yum remove -y ${other}`,
        };
    const installed = /installed package (\S+)/.exec(output)?.[1];
    const problem = /^[ \t]*(?:Problem(?: \d+)?: |- )(.*conflicts with.*|.*obsoletes.*)$/m.exec(output)?.[1];
    if (problem === undefined)
        return undefined;
    return {
        says: problem.trim(),
        ...(installed ? { hint: `Remove the package in its way: sudo yum remove -y ${installed}` } : {}),
    };
}
/** yum's own last word of what went wrong. */
function lastError(output) {
    const line = (0,build_errors/* lastLines */.w$)(output).findLast(each => /^(?:Error|error|RPM: error|\[Errno)/.test(each) && !/^Error:\s*$/.test(each));
    return line === undefined ? undefined : { says: line.replace(/^Error:\s*/, '') };
}
/** Who has the lock, in words. */
async function lockHolder(host, output) {
    const told = /pid (\d+)|already locked by (\d+)/i.exec(output)?.slice(1).find(Boolean) ?? '';
    const script = `
pid=$1
[ -n "$pid" ] || pid=$(find /proc/[0-9]*/fd -lname ${LOCK_FILE} 2>/dev/null | head -n 1 | cut -d/ -f3)
[ -n "$pid" ] && printf '%s\\t%s\\n' "$pid" "$(tr '\\0\\n' '  ' <"/proc/$pid/cmdline" | cut -c1-100)"`;
    const { stdout } = await host.run({ argv: ['sh', '-c', script, 'sh', told], sudo: true });
    const [pid, words = ''] = stdout.trim().split('\t');
    return pid ? `process ${pid}${words.trim() === '' ? '' : ` (${words.trim()})`}` : undefined;
}

;// CONCATENATED MODULE: ./build/steps/deploy/yum.js




/** Right after the first boot cloud-init or an SSM patch run may hold the lock for some minutes. */
const LOCK_PATIENCE_MS = 300_000;
const LOCK_PAUSE_MS = 5_000;
/**
 * yum itself waits for another yum without end; and for a repository that is silent ten times half a minute.
 */
const OPTIONS = ['exit_on_lock=1', 'timeout=10', 'retries=2'].map(option => `--setopt=${option}`);
/** Where packages go, and what yum keeps of them. */
const PACKAGE_PLACES = {
    paths: ['/var/lib/rpm', '/var/cache/dnf', '/usr', '/etc', '/tmp', '/var/tmp'],
};
/**
 * Runs yum as root; while another process holds a lock of the package database, waits and tries again.
 * @throws ActionError `package-manager-busy` or `package-manager-failed`, with yum's last lines
 */
function yum(context, args, options) {
    return retry(context, () => runYum(context, args, options), {
        pauseMs: LOCK_PAUSE_MS,
        giveUp: ({ error, waitedMs }) => (isBusy(error) && waitedMs <= LOCK_PATIENCE_MS ? undefined : error),
        onRetry: ({ error }) => context.log.info(`${(0,build_errors/* reasonOf */.A3)(error)}; trying again in ${LOCK_PAUSE_MS / 1000} s`),
    });
}
const isBusy = (error) => error instanceof build_errors/* ActionError */.lZ && error.code === 'package-manager-busy';
async function runYum({ host, log }, args, { purpose, answers = [0], isQuiet = false }) {
    const show = (line) => (isQuiet ? undefined : log.info(line));
    show(`yum ${args.join(' ')}`);
    const result = await host.run({
        argv: ['yum', ...OPTIONS, ...args],
        sudo: true,
        downloads: true,
        onLine: line => show(`  ${line}`),
        mayBeCut: !isQuiet,
    });
    if (!answers.includes(result.exitCode))
        throw await yumFailure(host, result, purpose);
    return result;
}
/** Asks yum something that may go unanswered: a command that not every machine has. @returns all that it said, or nothing */
async function askYum(host, args) {
    const { stdout, stderr } = await host.run({
        argv: ['yum', ...OPTIONS, ...args],
        sudo: true,
        downloads: true,
    });
    return `${stdout}\n${stderr}`;
}
/** `yum install -y PACKAGE`. */
function packageStep({ name, title, guide, needs, packageName, orElse }) {
    return {
        name,
        title,
        guide,
        needs,
        writes: PACKAGE_PLACES,
        async check({ host }) {
            const result = await host.run({ argv: ['rpm', '-q', packageName], isLook: true });
            if (result.exitCode === 0)
                return satisfied(result.stdout.trim());
            const other = await orElse?.(host);
            return other === undefined ? notYet(`package ${packageName} is not installed`) : satisfied(other);
        },
        async apply(context) {
            await yum(context, ['install', '-y', packageName], { purpose: `installing ${packageName}` });
        },
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/python-package.js

/** `yum install -y python3`. Where it is there already, its environment is made while Docker is installed. */
const pythonPackageStep = (needs) => ({
    ...packageStep({
        name: 'python-package',
        title: 'Python installed',
        guide: '4/4.2',
        needs,
        packageName: 'python3',
    }),
    // yum holds a lock: one installation at a time.
    needsToApply: ['docker-package'],
});

;// CONCATENATED MODULE: ./build/machine/anonymous-volumes.js

const ROW = '{{printf "%s\\t%s\\t%s\\t%s\\n" $.Name .Name .Destination .Source}}';
const FORMAT = `{{range .Mounts}}{{if eq .Type "volume"}}${ROW}{{end}}{{end}}`;
/** @param containers names of those that are asked about; they must be there */
async function anonymousVolumesOf(host, containers) {
    if (containers.length === 0)
        return [];
    const argv = ['docker', 'inspect', '--format', FORMAT, ...containers];
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv, sudo: true });
    const volumes = stdout.split('\n').flatMap(line => {
        const [container = '', volume = '', path = '', source = ''] = line.split('\t');
        return /^[0-9a-f]{64}$/.test(volume)
            ? [{ volume, container: container.replace('/', ''), path, source }]
            : [];
    });
    if (volumes.length === 0)
        return [];
    // find prints the folder once for each entry. It fails when a folder has just gone, which does not matter.
    const sources = volumes.map(({ source }) => source);
    const found = await host.run({
        argv: ['find', ...sources, '-mindepth', '1', '-maxdepth', '1', '-printf', '%h\\n'],
        sudo: true,
    });
    const filled = new Set(found.stdout.split('\n'));
    return volumes.map(({ source, ...volume }) => ({
        ...volume,
        hasData: filled.has(source),
        isEmpty: !filled.has(source) && found.exitCode === 0,
    }));
}
/**
 * Removes volumes in which there is nothing, once their containers are gone: they would pile up with every deployment. One that is in
 * use stays.
 */
async function removeEmpty(host, volumes) {
    const empty = volumes.filter(({ isEmpty }) => isEmpty).map(({ volume }) => volume);
    if (empty.length > 0)
        await host.run({ argv: ['docker', 'volume', 'rm', ...empty], sudo: true });
}

;// CONCATENATED MODULE: ./build/machine/foreign-data.js
/** Kafka from 3.7 on, and before. */
const MISMATCHES = [
    /Invalid cluster\.id in: \S+ Expected (?<wanted>\S+), but read (?<stored>\S+)/,
    /The Cluster ID (?<wanted>\S+) doesn't match stored clusterId Some\((?<stored>[^)]+)\)/,
];
/** @returns whether a broker's last words say that its data are of another cluster */
const isForeignData = (words) => MISMATCHES.some(pattern => pattern.test(words));
/** Volumes that were made together are some seconds apart. */
const TOGETHER_MS = 60_000;
/**
 * Explains why a broker refuses its data. The cluster's id lies with ZooKeeper (or with the other brokers, where there is none) and
 * in each broker's volume: when they differ, and ZooKeeper's volumes are much younger, it has begun anew.
 */
async function explainForeignData(host, words, broker, { containers, members }) {
    const ids = MISMATCHES.map(pattern => pattern.exec(words)?.groups).find(found => found !== undefined);
    const { wanted = '?', stored = '?' } = ids ?? {};
    const found = `its volume holds the data of cluster ${stored}, but the cluster is ${wanted}`;
    const keepers = keepersOfId(containers, members, broker);
    const times = await madeAt(host, [broker, ...keepers]);
    const age = newest(broker, times);
    const anew = keepers.filter(keeper => newest(keeper, times) > age + TOGETHER_MS);
    const names = anew.map(({ service }) => service).join(', ');
    const kept = `${broker.volumes.join(', ') || 'its volume'}, with the messages`;
    if (anew.length === 0) {
        return {
            what: `${found}: the volume was used by another one. Kept: ${kept} of that one`,
            hint: `Give ${broker.service} its own volume again (sudo docker volume ls). If its copy may go, since the other brokers have one: ${removal(broker)}, then deploy again.`,
        };
    }
    return {
        what: `${found}: ${names} began anew with empty volumes. Lost: what they held, such as topics and settings. Kept: ${kept}`,
        hint: `Bring the volumes of ${names} back from a backup. If the messages may go: mode down with volumes true, then deploy again.`,
    };
}
function keepersOfId(containers, members, broker) {
    const withRole = (role) => {
        const services = members.filter(member => member.role === role).map(({ service }) => service);
        return containers.filter(({ service, name }) => name !== broker.name && services.includes(service));
    };
    const zookeepers = withRole('zookeeper');
    return zookeepers.length > 0 ? zookeepers : withRole('broker');
}
const removal = ({ name, volumes }) => `sudo docker rm -f ${name}${volumes.length > 0 ? ` && sudo docker volume rm ${volumes.join(' ')}` : ''}`;
/**
 * When each volume was made, in seconds since 1970: the folder around its data does not change afterwards. What the engine calls
 * CreatedAt is, in its older versions, when a file was last made in it.
 */
const AGES = `
for name do
  data=$(docker volume inspect --format '{{.Mountpoint}}' "$name") &&
    printf '%s %s\\n' "$(stat -c %Y "$(dirname "$data")")" "$name"
done
`;
async function madeAt(host, containers) {
    const names = containers.flatMap(({ volumes }) => volumes);
    if (names.length === 0)
        return new Map();
    const { stdout } = await host.run({ argv: ['sh', '-c', AGES, 'sh', ...names], sudo: true, isLook: true });
    const rows = stdout.split('\n').map(line => line.split(' '));
    return new Map(rows.map(([time = '', name = '']) => [name, Number(time) * 1_000]));
}
/** Of a container without named volumes its own age counts. */
const newest = ({ volumes, createdAt }, times) => volumes.length === 0
    ? Date.parse(createdAt)
    : Math.max(...volumes.map(name => times.get(name) ?? Number.NEGATIVE_INFINITY));

// EXTERNAL MODULE: ./build/machine/last-words.js
var last_words = __webpack_require__(26116);
;// CONCATENATED MODULE: ./build/machine/container-failure.js



const container_failure_LOG_LINES = 200;
const SHOWN_LINES = 20;
/** Reads what each of the containers said. */
const tell = (host, troubles) => Promise.all(troubles.map(async (trouble) => ({ ...trouble, log: await logOf(host, trouble) })));
/** A program that ends at once has said why before the engine notes down that it has started. */
const EARLY_MS = 2_000;
/** What a container said in its last life; what it said before is not the reason. */
async function logOf(host, { container, kind }) {
    const { name, startedAt, state } = container;
    // One that runs now has ended before this start.
    const since = state === 'running'
        ? []
        : ['--since', new Date(Math.max(0, Date.parse(startedAt) - EARLY_MS)).toISOString()];
    const { stdout, stderr } = await host.run({
        argv: ['docker', 'logs', ...since, '--tail', `${container_failure_LOG_LINES}`, name],
        sudo: true,
        mayBeCut: true,
    });
    const lines = `${stdout}\n${stderr}`.split(/\r?\n/).filter(line => line.trim() !== '');
    const isSaid = kind === 'unhealthy' && container.healthOutput !== '';
    const words = isSaid || wasEndedByOthers(container) ? '' : ((0,last_words/* lastWords */.a)(lines) ?? '');
    return { words, lines: lines.slice(-SHOWN_LINES) };
}
/** The exit codes of a program that was told to end, or killed. */
const TOLD_TO_END = [130, 137, 143];
/** What somebody else, or the kernel, did to a container is not in its log. */
const wasEndedByOthers = ({ state, isHalted, exitCode }) => state === 'paused' || isHalted || TOLD_TO_END.includes(exitCode);
/** The error that names containers which do not come up, each with its state and its last words, and the command that helps. */
async function containerFailure(host, told, project) {
    const parts = await Promise.all(told.map(each => inWords(host, each, project)));
    const details = told.flatMap(({ container: { name }, log }) => log.lines.length === 0 ? [] : [`${name}:`, ...log.lines.map(line => `  ${line}`)]);
    const hint = asHint(parts.flatMap(part => part.hint ?? []));
    const brokers = project.members.filter(({ role }) => role === 'broker').map(({ service }) => service);
    const areIdleBrokers = told.every(({ container: { service, state, isHalted } }) => brokers.includes(service) && (state === 'paused' || isHalted));
    return new build_errors/* ActionError */.lZ(areIdleBrokers ? 'broker-down' : 'container-failed', parts.map(({ sentence }) => sentence).join('; '), { details, ...(hint === '' ? {} : { hint }) });
}
async function inWords(host, { container, what, remedy, log: { words } }, project) {
    const sentence = `${container.service} ${what}`;
    if (!isForeignData(words))
        return { sentence: `${sentence}${words && `: ${words}`}`, hint: remedy };
    const foreign = await explainForeignData(host, words, container, project);
    return { sentence: `${sentence}: ${foreign.what}`, hint: foreign.hint };
}
/** Advice, and commands for the machine, in one hint. */
function asHint(hints) {
    const each = [...new Set(hints)];
    const commands = each.filter(isCommand);
    const advice = each.filter(hint => !isCommand(hint));
    const onMachine = commands.length > 0 ? [`On the machine: ${commands.join('; ')}`] : [];
    return [...advice, ...onMachine].join(' ');
}
const isCommand = (hint) => hint.startsWith('sudo ');

;// CONCATENATED MODULE: ./build/machine/container-troubles.js
/** @returns undefined for a container that runs, or was made and not started yet */
function troubleOf(container) {
    const { state, name, error, isUnhealthy, healthOutput, isHalted, restarts } = container;
    const trouble = (what, remedy, kind = 'final') => {
        return { container, what, kind, ...(remedy === undefined ? {} : { remedy }) };
    };
    switch (state) {
        case 'paused':
            return trouble('is paused', `sudo docker unpause ${name}`);
        case 'exited':
            return trouble(`has stopped: ${endOf(container)}`, remedyOf(container, `sudo docker start ${name}`));
        case 'dead':
            return trouble(`is dead: the Docker Engine could not remove it${error && ` (${error})`}`, `sudo docker rm -f ${name}`);
        case 'created':
            return error === '' ? undefined : trouble(`could not be started: ${error}`);
        case 'restarting':
            return trouble(`keeps being restarted (${times(restarts)}): ${endOf(container)}`, remedyOf(container), 'restarting');
        default:
            if (isHalted)
                return trouble('hangs: a signal (SIGSTOP) has stopped its process', `sudo docker kill --signal CONT ${name}`);
            if (!isUnhealthy)
                return undefined;
            return trouble(`is unhealthy${healthOutput && `: ${lastLine(healthOutput)}`}`, `sudo docker restart ${name}`, 'unhealthy');
    }
}
/** What Docker Compose says of a container on which others depend. By now it may have been started again, and look well. */
function troubleToldBy(output, container) {
    const told = output.match(/container (\S+) (is unhealthy|exited \(\d+\))/g) ?? [];
    const own = told.find(words => words.split(' ')[1] === container.name);
    if (own === undefined)
        return undefined;
    const what = own.endsWith('is unhealthy') ? 'did not become healthy' : own.slice(own.indexOf('exited'));
    return { container, what, kind: 'restarting' };
}
/** How a container ended, e.g. `exit code 137 (killed) at 13:50:01 UTC`. */
function endOf({ exitCode, isOutOfMemory, memoryLimit, finishedAt, error }) {
    const limit = memoryLimit > 0 ? `its limit of ${mebibytes(memoryLimit)}` : 'all that the machine has';
    const reason = isOutOfMemory ? `killed by the kernel, it used up ${limit} of memory` : signalOf(exitCode);
    const at = timeOf(finishedAt);
    return `exit code ${exitCode}${reason && ` (${reason})`}${at && ` at ${at}`}${error && `, ${error}`}`;
}
/** `13:50:01 UTC`, of a time as the Docker Engine writes it; an empty text for one that never was, or is no time. */
function timeOf(time) {
    const clock = /^(?!0001-)\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)/.exec(time)?.[1];
    return clock === undefined ? '' : `${clock} UTC`;
}
/** As a shell counts: 128 and the number of the signal. */
const SIGNALS = {
    130: 'interrupted by SIGINT',
    134: 'aborted by SIGABRT',
    137: 'killed by SIGKILL',
    139: 'crashed by SIGSEGV',
    143: 'ended by SIGTERM',
};
const signalOf = (exitCode) => SIGNALS[exitCode] ?? '';
function remedyOf({ isOutOfMemory, memoryLimit }, otherwise) {
    if (!isOutOfMemory)
        return otherwise;
    return memoryLimit > 0
        ? 'Raise the memory limit of the service in the compose file: its heap (-Xmx) and a third more.'
        : 'Lower the heap (-Xmx) of the services in the compose file, or take a larger machine.';
}
const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
const times = (count) => (count === 1 ? 'once' : `${count} times`);
const lastLine = (text) => text.split('\n').at(-1)?.trim().slice(0, 200) ?? '';

// EXTERNAL MODULE: ./build/machine/docker-labels.js
var docker_labels = __webpack_require__(73058);
;// CONCATENATED MODULE: ./build/machine/machine-look.js



/**
 * The kernel has an id for each of its starts, which all containers on it share: where the machine is a container, the start of
 * its first process tells one start from the next. What the engine says follows, as JSON, and then the control groups of
 * the processes that a signal has stopped.
 */
const machine_look_SCRIPT = `
printf 'boot %s %s\\n' "$(cat /proc/sys/kernel/random/boot_id)" "$(sed 's/.*) //' /proc/1/stat | cut -d' ' -f20)"
printf 'time %s\\n' "$(date +%s)"
[ $# -gt 1 ] || exit 0
format=$1
shift
ids=$(docker ps --all --quiet --no-trunc "$@") || exit 0
[ -n "$ids" ] || exit 0
docker inspect --format "$format" $ids
ps -eww -o stat=,cgroup= | sed -n 's/^T[^ ]* */halted /p'
`;
const machine_look_FORMAT = `{${[
    '"id":{{json .Id}}',
    '"name":{{json .Name}}',
    '"service":{{json (index .Config.Labels "com.docker.compose.service")}}',
    '"createdAt":{{json .Created}}',
    '"restarts":{{json .RestartCount}}',
    '"memoryLimit":{{json .HostConfig.Memory}}',
    '"mounts":{{json .Mounts}}',
    '"state":{{json .State}}',
].join(',')}}`;
const machine_look_TIMEOUT_MS = 20_000;
/** Looks at a machine, and at the containers of a project. @throws ActionError when the machine does not answer */
async function lookAt(host, project) {
    const filters = project
        ? [machine_look_FORMAT, ...(0,docker_labels/* withLabel */.nH)('project', project.name), ...(0,docker_labels/* withLabel */.nH)('oneoff', 'False')]
        : [];
    const { stdout } = await (0,must_run/* mustRun */.P)(host, {
        argv: ['sh', '-c', machine_look_SCRIPT, 'sh', ...filters],
        sudo: project !== undefined,
        isLook: true,
        timeoutMs: machine_look_TIMEOUT_MS,
    });
    const lines = stdout.split('\n');
    const after = (start) => lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length));
    const halted = after('halted ').join('\n');
    return {
        boot: after('boot ')[0] ?? '',
        atS: secondsIn(after('time ')[0]),
        containers: lines.filter(line => line.startsWith('{')).flatMap(line => readContainer(line, halted) ?? []),
    };
}
/** @returns 0 for what is no time */
const secondsIn = (text = '') => (/^\d{1,12}$/.test(text) ? Number(text) : 0);
/**
 * A container as `docker inspect` writes it, whatever it writes: what is not of its type counts as not given, and a time that is
 * none as the engine's own for never.
 * @returns undefined for a line that is no container
 */
function readContainer(json, halted) {
    const container = jsonObjectIn(json);
    const id = textOf(container?.id);
    if (!container || id === '')
        return undefined;
    const state = asObject(container.state);
    const health = asObject(state.Health);
    return {
        id,
        name: textOf(container.name).replace(/^\//, ''),
        service: textOf(container.service),
        state: textOf(state.Status),
        exitCode: numberOf(state.ExitCode),
        isOutOfMemory: state.OOMKilled === true,
        memoryLimit: numberOf(container.memoryLimit),
        error: textOf(state.Error),
        createdAt: timeIn(container.createdAt),
        startedAt: timeIn(state.StartedAt),
        finishedAt: timeIn(state.FinishedAt),
        restarts: numberOf(container.restarts),
        isUnhealthy: health.Status === 'unhealthy',
        healthOutput: textOf(asObject(asList(health.Log).at(-1)).Output).trim(),
        isHalted: halted.includes(id),
        volumes: asList(container.mounts).flatMap(mount => {
            const { Type: type, Name: name } = asObject(mount);
            return type === 'volume' && !/^([0-9a-f]{64})?$/.test(textOf(name)) ? [textOf(name)] : [];
        }),
    };
}
/** As the engine writes the time of what has not happened. */
const machine_look_NEVER = '0001-01-01T00:00:00Z';
/** RFC 3339, as Go writes it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const asObject = (value) => typeof value === 'object' && value !== null ? value : {};
const asList = (value) => (Array.isArray(value) ? value : []);
const textOf = (value) => (typeof value === 'string' ? value : '');
const numberOf = (value) => (Number.isSafeInteger(value) ? value : 0);
const timeIn = (value) => {
    const time = textOf(value);
    return TIME.test(time) && !Number.isNaN(Date.parse(time)) ? time : machine_look_NEVER;
};

;// CONCATENATED MODULE: ./build/machine/container-watch.js





const EVERY_MS = 2_000;
/** How long a container that has ended several times may go on so, and one that is unhealthy. */
const container_watch_PATIENCE_MS = { restarting: 15_000, unhealthy: 10_000 };
/** Longer than a broker's ZooKeeper session (18 s) and its start: a killed one is refused (NodeExists) until that is over. */
const SESSION_PATIENCE_MS = 40_000;
/** Fewer restarts say nothing yet. */
const MANY_RESTARTS = 2;
/** Looks at the containers of a project while something else is waited for, and ends the waiting when it has become pointless. */
class ContainerWatch {
    context;
    watched;
    histories = new Map();
    said = new Set();
    constructor(context, watched) {
        this.context = context;
        this.watched = watched;
    }
    /**
     * Does `work` unless the containers leave no hope, and waits for it as long as they do: then the signal in its context ends
     * it. Nothing counts before they were looked at: brokers answer much from memory while ZooKeeper is paused, for example.
     *
     * @throws what `work` throws, or ActionError `container-failed` or `broker-down` that names the containers
     */
    async during(work) {
        const looked = this.look();
        // What they were before a start is not known later.
        if (this.watched.isStarting)
            await looked;
        const over = new AbortController();
        const context = { ...this.context, signal: AbortSignal.any([this.context.signal, over.signal]) };
        const working = work(context);
        const watching = this.goOn(context, looked);
        try {
            const [done] = await Promise.race([Promise.all([working, looked]), watching]);
            return done;
        }
        catch (error) {
            over.abort(error);
            throw error;
        }
        finally {
            over.abort();
            working.catch(() => { });
            watching.catch(() => { });
        }
    }
    async goOn(context, looked) {
        await looked;
        await context.clock.sleep(EVERY_MS, context.signal);
        return until(context, () => this.look(), { everyMs: EVERY_MS });
    }
    /** Looks once, and says what it sees. @throws ActionError that names the containers which leave no hope */
    async look() {
        const { host, log } = this.context;
        const { containers } = await lookAt(host, this.watched.project);
        const troubles = containers.flatMap(container => this.troubleOf(container) ?? []);
        const told = await tell(host, troubles);
        const hopeless = told.filter(each => this.isHopeless(each));
        if (hopeless.length > 0)
            throw await containerFailure(host, hopeless, { containers, members: this.watched.members });
        for (const { container, kind, what, log: own } of told) {
            const key = `${container.name} ${kind}`;
            if (!this.said.has(key))
                log.info(`${container.service} ${what}${own.words && `: ${own.words}`}`);
            this.said.add(key);
        }
        return undefined;
    }
    troubleOf(container) {
        const { name, service, state, restarts, exitCode } = container;
        const history = this.histories.get(name) ?? newHistory(restarts);
        this.histories.set(name, history);
        if (state === 'exited' || state === 'dead' || state === 'created') {
            // A service that is no part of Kafka may have done its work.
            const isMember = this.watched.members.some(member => member.service === service && member.role !== 'other');
            if (this.watched.isStarting || (!isMember && exitCode === 0))
                return undefined;
        }
        const isRestarted = restarts > history.restarts;
        history.restarts = restarts;
        const trouble = troubleOf(container);
        if (trouble)
            return trouble;
        if (isRestarted)
            return { container, what: 'has ended and was restarted', kind: 'restarting' };
        delete history.unhealthy;
        return undefined;
    }
    isHopeless({ container: { name, restarts }, kind, log }) {
        const history = this.histories.get(name) ?? newHistory(restarts);
        if (kind === 'final' || isForeignData(log.words))
            return true;
        const now = this.context.clock.now();
        history[kind] ??= now;
        history.hasSession ||= log.words.includes('NodeExists');
        const lastedMs = now - history[kind];
        if (kind === 'unhealthy')
            return lastedMs > container_watch_PATIENCE_MS.unhealthy;
        const isQuick = !history.hasSession && restarts - history.restartsBefore >= MANY_RESTARTS;
        return lastedMs > (isQuick ? container_watch_PATIENCE_MS.restarting : SESSION_PATIENCE_MS);
    }
}
const newHistory = (restarts) => ({
    restartsBefore: restarts,
    restarts,
    hasSession: false,
});

;// CONCATENATED MODULE: ./build/machine/port-holder.js

/** Of a process the unit of systemd or the container that it runs in, and its words. */
const ABOUT = `
tail -n 1 "/proc/$1/cgroup"
tr '\\0\\n' '  ' <"/proc/$1/cmdline" | cut -c1-100`;
/**
 * Finds out who holds a port. A published port is held by docker-proxy, or by nobody at all: the container behind it is asked for
 * first. Throws nothing; what is not known is left out.
 * @param process that listens, if one does
 */
async function portHolder(host, port, process) {
    const publisher = await containerOf(host, ['--filter', `publish=${port}`]);
    if (publisher)
        return publisher;
    if (!process)
        return undefined;
    const { name, pid } = process;
    const { stdout } = await host.run({ argv: ['sh', '-c', ABOUT, 'sh', pid], sudo: true });
    const [group = '', words = ''] = stdout.split('\n');
    const container = /docker[-/]([0-9a-f]{64})/.exec(group)?.[1];
    const inContainer = container && (await containerOf(host, ['--filter', `id=${container}`]));
    if (inContainer)
        return inContainer;
    const unit = /\/([^/]+\.service)(?:\/|$)/.exec(group)?.[1];
    const isOwnService = unit !== undefined && !/^(?:user@\d+|sshd?|docker)\.service$/.test(unit);
    const said = [
        `process ${pid}`,
        ...(isOwnService ? [`of ${unit}`] : []),
        ...(words.trim() ? [`(${words.trim()})`] : []),
    ];
    return {
        name: `${name}, ${said.join(' ')}`,
        remedy: isOwnService ? `sudo systemctl stop ${unit}` : `sudo kill ${pid}`,
    };
}
async function containerOf(host, filter) {
    const format = (0,docker_labels/* columns */.YB)('{{.Names}}', (0,docker_labels/* labelField */.fC)('project'));
    const { exitCode, stdout } = await host.run({
        argv: ['docker', 'ps', ...filter, '--format', format],
        sudo: true,
    });
    const [name, project] = (exitCode === 0 && (0,docker_labels/* rowsOf */.RO)(stdout)[0]) || [];
    if (!name)
        return undefined;
    return {
        name: `container ${name}${project ? ` of the Docker Compose project ${project}` : ''}`,
        remedy: `sudo docker stop ${name}`,
    };
}

;// CONCATENATED MODULE: ./build/machine/listening-ports.js



/** @param asRoot to learn who listens, too */
async function listenersOn(host, asRoot) {
    const options = ['--no-header', '--listening', '--tcp', '--numeric', ...(asRoot ? ['--processes'] : [])];
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv: ['ss', ...options], sudo: asRoot, isLook: true });
    return stdout
        .split('\n')
        .filter(line => line !== '')
        .map(readListener);
}
function readListener(line) {
    const local = line.split(/\s+/)[3] ?? '';
    const separator = local.lastIndexOf(':');
    const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(line) ?? [];
    return {
        address: local
            .slice(0, separator)
            .replace(/%.*$/s, '')
            .replace(/^\[::ffff:(.+)\]$/, '$1'),
        port: Number(local.slice(separator + 1)),
        process: name === undefined || pid === undefined ? undefined : { name, pid },
    };
}
/** The TCP ports on which something listens, at whatever address. */
async function listeningPorts(host) {
    return new Set((await listenersOn(host, false)).map(({ port }) => port));
}
/** @throws ActionError `port-in-use` that names the ports and who holds them */
async function refuseTakenPorts(host, ports) {
    const listeners = await listenersOn(host, true);
    const taken = ports.flatMap(wanted => {
        const listener = listeners.find(other => isInTheWay(other, wanted));
        return listener === undefined ? [] : [{ wanted, listener }];
    });
    if (taken.length === 0)
        return;
    const holders = await Promise.all(taken.map(({ wanted, listener }) => portHolder(host, wanted.port, listener.process)));
    const words = taken.map(({ wanted: { port, service } }, index) => `port ${port} (wanted by ${service}, held by ${holders[index]?.name ?? 'another process'})`);
    throw new build_errors/* ActionError */.lZ('port-in-use', `already taken on the machine: ${words.join(', ')}`, {
        hint: hintOf(holders),
    });
}
/**
 * The error for a port that the Docker Engine found taken.
 * @param address as the engine writes it, `127.0.0.1:8081`
 */
async function portTaken(host, address, details) {
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    const listener = (await listenersOn(host, true)).find(other => other.port === port);
    const holder = await portHolder(host, port, listener?.process);
    const by = holder ? ` by ${holder.name}` : '';
    return new build_errors/* ActionError */.lZ('port-in-use', `${address} is already taken on the machine${by}`, {
        hint: hintOf([holder]),
        details,
    });
}
function hintOf(holders) {
    const commands = [...new Set(holders.flatMap(holder => (holder?.remedy ? [holder.remedy] : [])))];
    return commands.length === 0
        ? undefined
        : `Stop what holds it, if nobody needs it: ${commands.join('; ')}. Or publish other ports (inputs compose-file, environment). Then run again.`;
}
/** Whether a listener stands in the way of this address and port. */
const isInTheWay = (listener, { address, port }) => listener.port === port &&
    (address === '0.0.0.0' || [address, '0.0.0.0', '*', '[::]'].includes(listener.address));

;// CONCATENATED MODULE: ./build/machine/neighbour-guard.js

/**
 * `sh -c GUARD sh OPERATION PROJECT`: before Docker 28 a neighbour on the machine's own network reaches a container by its own
 * address, or by 127.0.0.1, although its ports are published on 127.0.0.1 (moby #45610). As Docker 28 does, packets for a
 * network of the project are dropped in the raw table unless they come from a bridge of Docker's; the machine's own do not pass there. All of its
 * bridges (`br-…`) may pass, for a rule that is left behind must not stand in the way of another network with the same addresses.
 * Rules carry the project's name in their comment: they are known again, and go with the project. They outlive a restart of the
 * Docker Engine, not of the machine.
 * Prints `open` when a rule is missing or is one too many; nothing when all is right, or cannot be set.
 */
const GUARD = `
tag="kafka-al2023-$2"
major=$(docker version --format '{{.Server.Version}}' | cut -d. -f1)
[ "\${major:-28}" -lt 28 ] 2>/dev/null && [ "$1" != remove ] && bridges=$(docker network ls -q --filter driver=bridge --filter "label=com.docker.compose.project=$2")
wanted() {
  [ -n "$bridges" ] || return 0
  echo iptables 127.0.0.0/8 lo
  docker network inspect --format '{{$name := index .Options "com.docker.network.bridge.name"}}{{range .IPAM.Config}}{{.Subnet}} {{if $name}}{{$name}}{{else}}br-+{{end}}
{{end}}' $bridges | while read -r subnet bridge; do
    case $subnet in
    '') ;;
    *:*) echo "ip6tables $subnet $bridge" ;;
    *) echo "iptables $subnet $bridge" ;;
    esac
  done
}
tagged() { "$1" -w -t raw -S PREROUTING 2>/dev/null | grep -F -- "--comment $tag -j"; }
rule() { "$1" -w -t raw "$2" PREROUTING -d "$3" ! -i "$4" -m comment --comment "$tag" -j DROP; }
remove() {
  for tool in iptables ip6tables; do
    tagged $tool | sed 's/^-A/-D/' | while read -r line; do $tool -w -t raw $line; done
  done
}
command -v iptables >/dev/null || exit 0
case $1 in
look)
  wanted | while read -r tool subnet bridge; do
    rule "$tool" -C "$subnet" "$bridge" 2>/dev/null || echo open
  done
  [ "$(wanted | grep -c .)" -ge "$( (tagged iptables; tagged ip6tables) | grep -c .)" ] || echo open
  ;;
set)
  remove
  wanted | while read -r tool subnet bridge; do rule "$tool" -I "$subnet" "$bridge"; done
  ;;
remove) remove ;;
esac
exit 0`;
const guard = (host, operation, project) => (0,must_run/* mustRun */.P)(host, {
    argv: ['sh', '-c', GUARD, 'sh', operation, project],
    sudo: true,
    isLook: operation === 'look',
});
/** @returns whether neighbours of the machine reach the project's containers past 127.0.0.1 */
async function isOpenToNeighbours(host, project) {
    return (await guard(host, 'look', project)).stdout.includes('open');
}
/** Keeps neighbours of the machine out of the project's networks. */
async function keepNeighboursOut(host, project) {
    await guard(host, 'set', project);
}
/** Takes back what `keepNeighboursOut` did: the project's networks are gone. */
async function takeGuardBack(host, project) {
    await guard(host, 'remove', project);
}

;// CONCATENATED MODULE: ./build/machine/troubles/full-disk.js

/** Where the Docker Engine writes, and the containers of a project. */
const enginePlaces = (project) => ({
    paths: ['/var/lib/docker', '/var/lib/docker/tmp', '/var/lib/containerd'],
    project,
});
const LOOK_TIMEOUT_MS = 10_000;
/**
 * `sh -c SCRIPT sh PROJECT PATH...`: a line of cells, parted by tabs, for each path and for each place that the project's
 * containers have mounted.
 */
const full_disk_LOOK = `
project=$1
shift
look() {
  path=$1
  while [ ! -e "$path" ] && [ "$path" != / ]; do path=$(dirname -- "$path"); done
  space=$(df -Pk -- "$path" | awk 'NR == 2 {print $2 "\\t" $4}')
  inodes=$(df -Pi -- "$path" | awk 'NR == 2 {print $2 "\\t" $4}')
  printf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$2" "$space" "$inodes" \\
    "$(findmnt -no OPTIONS -T "$path" | head -n 1)" "$(findmnt -no TARGET -T "$path" | tail -n 1)"
}
for path; do look "$path" ''; done
data=$(sed -n 's/.*"data-root"[[:space:]]*:[[:space:]]*"\\([^"]*\\)".*/\\1/p' /etc/docker/daemon.json 2>/dev/null | head -n 1)
[ -z "$data" ] || look "$data" ''
[ -n "$project" ] && command -v docker >/dev/null || exit 0
containers=$(timeout 5 docker ps -aq --filter "label=com.docker.compose.project=$project")
[ -n "$containers" ] || exit 0
timeout 5 docker inspect --format '{{$c := .Name}}{{range .Mounts}}{{if .RW}}{{printf "%s\\t%s\\n" .Source $c}}{{end}}{{end}}' $containers |
  while IFS='	' read -r path container; do [ -z "$path" ] || look "$path" "\${container#/}"; done
`;
/** Longest path of Linux. */
const PATH_MAX = 4096;
const REASON = /['"]?: (?:no space left|disk quota|read-only file)/gi;
/** The path of which a program says so: `write /var/lib/x: no space left on device`. */
function pathBeforeReason(text) {
    for (const { index } of text.matchAll(REASON)) {
        const word = text
            .slice(Math.max(0, index - PATH_MAX), index)
            .split(/[\s:'"]/)
            .at(-1) ?? '';
        const slash = word.indexOf('/');
        if (slash >= 0 && slash < word.length - 1)
            return word.slice(slash);
    }
    return undefined;
}
const NO_SPACE = /no space left on device|\bENOSPC\b|errno 28\b|disk quota exceeded|\bEDQUOT\b|errno 122\b|more space needed on the|not enough free (?:disk )?space/i;
const READ_ONLY = /read-only file system|\bEROFS\b|errno 30\b/i;
/** Below it nothing of use can be written; a program that needs more and takes back what it wrote says so itself. */
const NOTHING_KIB = 64;
/** A broker stops when it cannot make the index files of a segment, 10 MiB each. */
const SEGMENT_KIB = 21 * 1024;
const FEW_INODES = 3;
/** Errors of what containers say: a full disk among their lines may be long over. */
const TOLD_BY_CONTAINERS = new Set([
    'container-failed',
    'kafka-not-ready',
    'schema-registry-not-ready',
    'broker-down',
    'step-without-effect',
]);
/**
 * Finds out whether a failure comes from a disk that is full, or read-only. Looks at the machine and changes nothing.
 * @returns the error in its place, with the failure as its cause; undefined when it is not the disk
 */
async function diskTrouble(host, error, places) {
    const text = wordsOf(error);
    const isSaid = NO_SPACE.test(text);
    const saysReadOnly = READ_ONLY.test(text);
    const named = pathBeforeReason(text);
    const found = await full_disk_look(host, { ...places, paths: [...(named ? [named] : []), ...places.paths] });
    const isFull = (limitKiB) => (place) => place.freeKiB < limitKiB || lacksInodes(place);
    const readOnly = found.find(({ isReadOnly }) => isReadOnly);
    if (readOnly && (saysReadOnly || !isSaid))
        return diskReadOnly(readOnly, error);
    const full = found.find(isFull(NOTHING_KIB));
    if (full)
        return diskFull(full, error);
    const byContainers = TOLD_BY_CONTAINERS.has(error.code);
    if (isSaid) {
        const fullest = found.toSorted((a, b) => a.freeKiB - b.freeKiB)[0];
        const place = byContainers
            ? found.find(isFull(SEGMENT_KIB))
            : (found.find(({ path }) => path === named) ?? fullest);
        return place && diskFull(place, error);
    }
    return undefined;
}
/** Whether an error says that a disk is full: nothing that waits will change it. */
const saysNoSpace = (error) => NO_SPACE.test(wordsOf(error));
/** An error's own words, and those of what caused it. */
function wordsOf(error) {
    if (!(error instanceof Error))
        return '';
    const details = error instanceof build_errors/* ActionError */.lZ ? error.details : [];
    return [error.message, ...details, wordsOf(error.cause)].join('\n');
}
async function full_disk_look(host, { paths, project = '' }) {
    try {
        const { stdout } = await host.run({
            argv: ['sh', '-c', full_disk_LOOK, 'sh', project, ...paths],
            sudo: true,
            timeoutMs: LOOK_TIMEOUT_MS,
        });
        return stdout.split('\n').flatMap(line => readPlace(line.split('\t')));
    }
    catch {
        return []; // What failed first is what is told.
    }
}
function readPlace(cells) {
    const [path = '', usedBy = '', size, free, inodes, freeInodes, options = '', mount = ''] = cells;
    // A file system of the kernel's own (/proc) has no size.
    if (cells.length !== 8 || !/^\d+$/.test(free ?? '') || Number(size) === 0)
        return [];
    const isReadOnly = options.split(',').includes('ro');
    return [
        {
            ...{ path, usedBy, mount, isReadOnly },
            ...{
                sizeKiB: Number(size),
                freeKiB: Number(free),
                inodes: Number(inodes),
                freeInodes: Number(freeInodes),
            },
        },
    ];
}
/** File systems that make inodes as they need them have a number of 0 or none. */
const lacksInodes = ({ inodes, freeInodes }) => inodes > 0 && freeInodes < FEW_INODES;
function diskFull(place, cause) {
    const { mount, freeKiB, sizeKiB, inodes, freeInodes } = place;
    const isAboutInodes = lacksInodes(place);
    const figures = isAboutInodes
        ? `${freeInodes} of ${inodes} inodes are free, so no more files can be made`
        : `${full_disk_sizeOf(freeKiB)} of ${full_disk_sizeOf(sizeKiB)} are free${freeKiB < NOTHING_KIB ? '' : ', which was not enough'}`;
    const list = isAboutInodes ? 'du --inodes -x' : 'du -xm';
    return new build_errors/* ActionError */.lZ('disk-full', `no space is left for ${full_disk_nameOf(place)}: ${figures}; ${saidOf(cause)}`, {
        hint: `Free some space there, or enlarge the disk. What takes most: sudo ${list} ${mount} | sort -n | tail -n 20`,
        details: cause.details,
        cause,
    });
}
function diskReadOnly(place, cause) {
    return new build_errors/* ActionError */.lZ('disk-read-only', `nothing can be written to ${full_disk_nameOf(place)}: its file system is read-only; ${saidOf(cause)}`, {
        hint: `Look for the reason with sudo dmesg | tail (a disk with errors becomes read-only), then: sudo mount -o remount,rw ${place.mount}`,
        details: cause.details,
        cause,
    });
}
const full_disk_nameOf = ({ path, usedBy, mount }) => [
    path,
    ...(usedBy ? [`of container ${usedBy}`] : []),
    ...(mount === path ? [] : [`on the disk of ${mount}`]),
].join(' ');
const saidOf = ({ message }) => `so this failed: ${message}`;
const full_disk_sizeOf = (kib) => (kib < 10 * 1024 ? `${kib} KiB` : `${Math.floor(kib / 1024)} MiB`);

;// CONCATENATED MODULE: ./build/steps/deploy/engine-failure.js

/** What the Docker Engine cannot do as long as nobody helps it, by its own words, and the command that helps. */
const engine_failure_KNOWN = [
    {
        words: /no chain\/target\/match by that name|iptables(?:-\w+)?[^\n]*chain[^\n]*does not exist|unable to (?:insert|append)[^\n]*iptables/i,
        says: "the Docker Engine's rules are gone from the machine's firewall (somebody has flushed or reloaded iptables)",
        hint: 'Docker makes them anew when it starts: sudo systemctl restart docker. Containers with a restart policy come up again by themselves.',
    },
    {
        words: /could not find an available, non-overlapping IPv4 address pool|all predefined address pools have been fully subnetted|no available (?:IPv4 )?(?:network|addresses)/i,
        says: 'the Docker Engine has no range of addresses left for another network',
        hint: 'Remove networks that nobody uses: sudo docker network prune (sudo docker network ls shows them all), or give Docker more in default-address-pools of /etc/docker/daemon.json and sudo systemctl restart docker.',
    },
    {
        words: /\bid already in use|cannot delete running task/i,
        says: 'the Docker Engine has lost track of a container whose processes still run (it was killed while it worked)',
        hint: 'End what it cannot end: sudo reboot. Containers with a restart policy come up again by themselves.',
    },
    {
        words: /pool overlaps with other one on this address space/i,
        says: "a network's addresses are taken by another network of Docker",
        hint: 'Change the subnet in the compose file, or remove the other network: sudo docker network ls',
    },
];
/** @returns the error for what Docker Compose showed, when the engine itself could not do what it was asked */
function engineFailure(output) {
    const known = engine_failure_KNOWN.find(({ words }) => words.test(output));
    if (!known)
        return undefined;
    const line = (0,build_errors/* lastLines */.w$)(output, 100).findLast(each => known.words.test(each)) ?? '';
    return new build_errors/* ActionError */.lZ('stack-failed', `${known.says}: ${withoutPrefix(line)}`, {
        hint: known.hint,
        details: (0,build_errors/* lastLines */.w$)(output),
    });
}
/** The engine's last word of what went wrong, or Compose's own. */
function lastReason(output) {
    const lines = (0,build_errors/* lastLines */.w$)(output, 100);
    const line = lines.findLast(each => /error response from daemon|^error|failed/i.test(each)) ?? lines.at(-1);
    return line === undefined ? undefined : withoutPrefix(line);
}
const withoutPrefix = (line) => line.trim().replace(/^.*?Error response from daemon:\s*/i, '');

;// CONCATENATED MODULE: ./build/steps/deploy/run-compose.js







/**
 * Runs Docker Compose on a project; what it says goes into the log, each line once.
 * @param args after the options that name the project
 * @param members of the cluster, whose containers are looked at when it fails
 * @throws ActionError with the cause: a taken port, the Docker Engine, a container, or `stack-failed`
 */
async function runCompose(context, project, args, members = []) {
    const { host, log } = context;
    log.info(`docker-compose ${args.join(' ')}`);
    const command = (0,compose_project/* composeCommand */.ec)(project, ['--progress', 'plain', ...args], onceEach(line => log.info(`  ${line}`)));
    const result = await host.run(command);
    if (result.exitCode === 0)
        return;
    const output = `${result.stdout}\n${result.stderr}`;
    const taken = TAKEN.exec(output)?.[1];
    if (taken)
        throw await portTaken(host, taken, (0,build_errors/* lastLines */.w$)(output, 5));
    const engine = engineFailure(output);
    if (engine)
        throw engine;
    const failure = await failureOfContainers(host, project, members, output);
    if (failure)
        throw failure.with({ retriable: true });
    const reason = lastReason(output) ?? `it ended with exit code ${result.exitCode}`;
    throw new build_errors/* ActionError */.lZ('stack-failed', `docker-compose ${args[0]} failed: ${reason}`, {
        details: (0,build_errors/* lastLines */.w$)(output),
    });
}
/** @returns the error that names the containers which are not up, if any are not */
async function failureOfContainers(host, project, members, output) {
    const { containers } = await lookAt(host, project);
    const troubles = containers.flatMap(container => troubleOf(container) ?? troubleToldBy(output, container) ?? []);
    if (troubles.length === 0)
        return undefined;
    return containerFailure(host, await tell(host, troubles), { containers, members });
}
/** How the Docker Engine, in its several versions, says that a port is taken. */
const TAKEN = /(?:Bind for|listen tcp4?|bind host port(?: for)?) (\d[\d.]*:\d+|\[[^\]]*\]:\d+).*(?:port is already allocated|address already in use)/i;
/** Docker Compose says most things twice. */
function onceEach(show) {
    const seen = new Set();
    return line => {
        const text = line.trim();
        if (text === '' || seen.has(text))
            return;
        seen.add(text);
        show(text);
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/stack-comparison.js

/** Compares the containers on a machine with the compose files that are there. */
async function compare(host, project) {
    const [wanted, all] = await Promise.all([(0,compose_project/* wantedHashes */.iT)(host, project), (0,compose_project/* listContainers */.ts)(host, project)]);
    const own = new Set(project.composeFiles.map(file => `${project.directory}/${file}`));
    const isForeign = ({ service, composeFiles = [] }) => !wanted.has(service) && composeFiles.length > 0 && !composeFiles.some(file => own.has(file));
    const foreign = all.filter(isForeign);
    const containers = all.filter(container => !isForeign(container));
    const outdated = containers.filter(({ service, configHash }) => wanted.get(service) !== configHash);
    const services = new Set(containers.map(({ service }) => service));
    const missing = [...wanted.keys()].filter(service => !services.has(service));
    const down = containers.filter(container => !outdated.includes(container) && !(0,compose_project/* isRunning */.W_)(container));
    return {
        containers,
        outdated,
        orphans: outdated.filter(({ service }) => !wanted.has(service)),
        foreign,
        differences: [
            ...outdated.map(({ service }) => `${service} was made from another configuration`),
            ...missing.map(service => `${service} is not there`),
            ...down.map(({ service, status }) => `${service} is not up (${status})`),
        ],
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/stack-replacement.js



/**
 * Says, before it happens, what `docker-compose down` removes and what it leaves when the compose file has changed.
 *
 * @param containers all of the project: `down` also removes those that have not changed
 * @returns sentences, the worst first
 */
async function describeReplacement(host, project, stack, containers) {
    const names = containers.map(({ name }) => name);
    const [volumes, kept] = await Promise.all([anonymousVolumesOf(host, names), namedVolumes(host, project)]);
    const unused = kept.filter(volume => !stack.volumes.includes(volume));
    const used = kept.filter(volume => stack.volumes.includes(volume));
    return [
        ...volumes
            .filter(({ hasData }) => hasData)
            .map(({ container, path }) => `lost to the new containers: ${path} of ${container} is in a volume without a name, which stays but which no container finds again`),
        `removed: the containers, their logs and what they wrote outside of volumes (${containers.map(({ service }) => service).join(', ')})`,
        ...(unused.length > 0
            ? [
                `kept but not used by the new file: volumes ${unused.join(', ')}; what they hold is not seen until a file that uses them is deployed again`,
            ]
            : []),
        ...(used.length > 0
            ? [`kept and used by the new file, with what they hold: volumes ${used.join(', ')}`]
            : []),
    ];
}
/** The project's volumes that are on the machine, by their names in the compose file. */
async function namedVolumes(host, { name }) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, {
        argv: ['docker', 'volume', 'ls', ...(0,docker_labels/* withLabel */.nH)('project', name), '--format', (0,docker_labels/* labelField */.fC)('volume')],
        sudo: true,
    });
    return stdout.split('\n').filter(line => line !== '');
}

;// CONCATENATED MODULE: ./build/steps/deploy/stack.js













const UP_PAUSE_MS = 3_000;
/** A container that stopped is worth another try; one that ZooKeeper still takes for its last life, for the length of a session. */
const UP_PATIENCE_MS = { usual: 10_000, session: 40_000 };
/**
 * `docker-compose up -d`, after `docker-compose down` when the containers were made from another file. Volumes are kept.
 * @param waitsForItsTurn whether the containers that were made from another file stay as they are: somebody else starts them anew
 */
function stackStep(project, stack, members, waitsForItsTurn = () => false) {
    return {
        name: 'stack',
        title: `Containers of ${project.name} up`,
        guide: '4/4.0-1',
        needs: ['images'],
        writes: enginePlaces(project.name),
        // Docker Compose is asked, as root: in a plan not before it is known to be the published one.
        reads: ['compose-file', 'compose-binary'],
        async check({ host, log }) {
            const [compared, isOpen] = await Promise.all([
                compare(host, project),
                isOpenToNeighbours(host, project.name),
            ]);
            const { differences, foreign } = compared;
            const waits = waitsForItsTurn(compared);
            for (const other of foreign)
                log.warning(describeForeign(other, project));
            if (differences.length > 0 && !waits)
                return notYet(differences.join(', '));
            if (isOpen)
                return notYet("neighbours on the machine's network reach the containers");
            return waits
                ? satisfied(`it runs, and is changed in its turn: ${differences.join(', ')}`)
                : satisfied(stack.services.length === 1 ? '1 container runs' : `${stack.services.length} containers run`);
        },
        async foresee({ host }) {
            const compared = await compare(host, project);
            if (waitsForItsTurn(compared))
                return [];
            const { containers, outdated } = compared;
            await refuseTakenPorts(host, portsToCome(stack, containers));
            return outdated.length > 0 ? describeReplacement(host, project, stack, containers) : [];
        },
        async apply(context) {
            const { host, log } = context;
            const compared = await compare(host, project);
            if (waitsForItsTurn(compared))
                return keepNeighboursOut(host, project.name);
            const { containers, outdated } = compared;
            // Neither `up` nor `restart` wakes a paused container, and `down` may wait for it in vain.
            const paused = containers.filter(({ state }) => state === 'paused');
            if (paused.length > 0) {
                const names = paused.map(({ name }) => name);
                log.info(`docker unpause ${names.join(' ')}`);
                await (0,must_run/* mustRun */.P)(host, { argv: ['docker', 'unpause', ...names], sudo: true });
            }
            if (outdated.length > 0) {
                log.info('what runs was made from another compose file and is taken down first:');
                for (const line of await describeReplacement(host, project, stack, containers))
                    log.info(`  ${line}`);
                const volumes = await anonymousVolumesOf(host, containers.map(({ name }) => name));
                await takeDown(context, project, compared);
                await removeEmpty(host, volumes);
            }
            const kept = outdated.length > 0 ? [] : containers;
            const sick = kept.filter(compose_project/* isUnhealthy */.ZT);
            if (sick.length > 0)
                await runCompose(context, project, ['restart', ...sick.map(container => container.service)]);
            await refuseTakenPorts(host, portsToCome(stack, kept));
            await up(context, project, members);
            await keepNeighboursOut(host, project.name);
        },
    };
}
/** `down`, which leaves the containers of others. */
async function takeDown(context, project, compared) {
    if (compared.foreign.length === 0)
        return runCompose(context, project, ['down', '--remove-orphans']);
    await runCompose(context, project, ['down']);
    await removeOrphans(context, compared);
}
async function removeOrphans({ host }, { orphans }) {
    if (orphans.length === 0)
        return;
    const names = orphans.map(({ name }) => name);
    await (0,must_run/* mustRun */.P)(host, { argv: ['docker', 'rm', '--force', ...names], sudo: true });
}
/** Starts anew what was made from another file, and nothing else: `docker-compose up -d` without `down` before it. */
async function changeInPlace(context, project, members) {
    await removeOrphans(context, await compare(context.host, project));
    await up(context, project, members);
}
const describeForeign = ({ name, service, composeFiles = [] }, project) => `container ${name} (service ${service}) is of the same Docker Compose project ${project.name}, but was made from ${composeFiles.join(', ')}: it is left as it is. Give one of the two another project name.`;
/** States in which a container holds its ports, or may do so at any moment. */
const HOLDING = new Set(['running', 'paused', 'restarting']);
/** The ports of services that do not run yet. */
function portsToCome({ publishedPorts }, containers) {
    const running = containers.filter(({ state }) => HOLDING.has(state)).map(({ service }) => service);
    return publishedPorts.filter(({ service }) => !running.includes(service));
}
/**
 * `docker-compose up -d`, which fails as soon as a container stops that another one waits for. A broker that was killed
 * stops a few times before it stays: ZooKeeper refuses it (NodeExists) until its old session is over. So it gets time.
 */
async function up(context, project, members) {
    const watch = new ContainerWatch(context, { project, members, isStarting: true });
    await retry(context, () => watchedUp(context, { project, members, watch }), {
        pauseMs: UP_PAUSE_MS,
        giveUp: ({ error, waitedMs }) => isPassing(error) && !saysNoSpace(error) && waitedMs <= patienceWith(error) ? undefined : error,
        onRetry: ({ error }) => context.log.info(`${(0,build_errors/* reasonOf */.A3)(error)}; it is restarted, looking again in ${UP_PAUSE_MS / 1000} s`),
    });
}
const isPassing = (error) => error instanceof build_errors/* ActionError */.lZ && error.code === 'container-failed' && error.retriable;
const patienceWith = (error) => /NodeExists/.test((0,build_errors/* reasonOf */.A3)(error)) ? UP_PATIENCE_MS.session : UP_PATIENCE_MS.usual;
/** Docker Compose waits for the health of a container that ends again and again as long as it may: the watch does not. */
async function watchedUp(context, { project, members, watch }) {
    let isRunning = true;
    const run = async () => {
        await runCompose(context, project, ['up', '--detach'], members).finally(() => {
            isRunning = false;
        });
    };
    try {
        await watch.during(run);
    }
    catch (error) {
        // In brackets, so that the pattern does not match the command that looks for it.
        const pattern = `[d]ocker-compose .*--project-name ${project.name} .* up --detach`;
        if (isRunning && !context.signal.aborted)
            await context.host.run({ argv: ['pkill', '--full', '--', pattern], sudo: true });
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/host/files.js




/** No file of ours is longer, in bytes: more of one is not read. */
const LONGEST_FILE = 8 * 2 ** 20;
/** No link is followed, and a pipe that nobody writes to is not waited for. */
const READ = ['iflag=nofollow,nonblock,fullblock,count_bytes', 'bs=65536', 'status=none'];
/** Looks for a text file on the machine. What is no file itself, such as a link, has no text; of a long one the end is left out. */
async function findTextFile(host, path) {
    const { exitCode, stdout, stderr } = await host.run({
        argv: ['dd', ...READ, `count=${LONGEST_FILE}`, `if=${path}`],
        isLook: true,
    });
    return exitCode === 0 ? { text: stdout, missing: '' } : withoutText(path, stderr);
}
/**
 * `sh -c READ_ALL sh BYTES PATH…`: prints each file as lines of Base64, and then what dd said of it, which is nothing when all
 * went well.
 */
const READ_ALL = `
exec 3>&1
bytes=$1
shift
for path; do
  said=$( (dd ${READ.join(' ')} "count=$bytes" "if=$path" | base64 >&3) 2>&1 )
  printf 'said %s\\n' "$(printf %s "$said" | tail -n 1)"
done`;
/**
 * Looks for several text files by one command: a command takes longer to begin than to read a file.
 * @param most bytes of each that are read
 * @returns what was found, in the order of the paths, as `findTextFile` does
 * @throws ActionError `command-failed`; `output-too-long` for some megabytes in all
 */
async function findTextFiles(host, paths, most) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, {
        argv: ['sh', '-c', READ_ALL, 'sh', `${most}`, ...paths],
        isLook: true,
    });
    const parts = stdout.split(/^said (.*)\n/m);
    return paths.map((path, index) => {
        const [text, said] = parts.slice(2 * index, 2 * index + 2);
        return text !== undefined && said === ''
            ? { text: Buffer.from(text, 'base64').toString(), missing: '' }
            : withoutText(path, said ?? '');
    });
}
function withoutText(path, stderr) {
    const said = (0,build_errors/* lastLines */.w$)(stderr, 1)[0]?.replace(/^.*: /, '') ?? '';
    const reason = /symbolic links/.test(said) ? 'it is a symbolic link' : said;
    const isAbsent = reason === '' || /no such file|not a directory/i.test(reason);
    return { missing: isAbsent ? `${path} is not there` : `${path} cannot be read: ${reason}` };
}
/** The exit code of a text that did not arrive whole (sysexits.h, EX_IOERR). */
const CUT_OFF = 74;
/**
 * `sh -euc WRITE sh PATH MODE LENGTH`: the whole text has arrived when its length is right; only then does it take the place of the
 * old file. What somebody has put in the place of the temporary file is not written into. Not every sh does what is to be done at
 * its exit when a signal ends it.
 */
const WRITE = `${MAKE_AND_ENTER}
home=${HOME_FOLDER} folder=$(dirname -- "$1")
case $1 in
  "\${home%/}"/*) enter "$home" "$folder" || exit $? ;;
  *) mkdir -p -- "$folder"; cd -- "$folder" ;;
esac
file=./\${1##*/}
temporary="$file.$$"
rm -f -- "$temporary"
trap 'rm -f -- "$temporary"' EXIT
trap 'exit 143' TERM
set -C
cat > "$temporary"
arrived=$(wc -c < "$temporary")
[ "$arrived" -eq "$3" ] || { echo "$arrived" && exit ${CUT_OFF}; }
chmod -- "$2" "$temporary" && mv -fT -- "$temporary" "$file"`;
/**
 * Writes a file in one move: a reader sees the old text or the new one, and a broken connection leaves the old one. Below the
 * home folder nothing is written through a link; one in the file's own place is replaced.
 * @throws ActionError `folder-unusable` with what stands in the way; `shell-unusable` when the text did not come through
 */
async function writeTextFile(host, path, text, mode = '0644') {
    const length = `${Buffer.byteLength(text)}`;
    const argv = ['sh', '-euc', WRITE, 'sh', path, mode, length];
    const places = [...foldersTo(path), { path, use: 'replace' }];
    const { exitCode, stdout } = await mustRunIn(host, places, { argv, stdin: text }, [CUT_OFF]);
    if (exitCode !== CUT_OFF)
        return;
    throw new build_errors/* ActionError */.lZ('shell-unusable', `${path} did not arrive whole: of ${length} bytes the machine got ${stdout.trim()}`, {
        hint: 'Something reads the standard input before the command does: most likely a start file of the login shell (~/.bashrc) with read, cat or ssh in it. Begin it with: case $- in *i*) ;; *) return ;; esac',
    });
}

// EXTERNAL MODULE: ./build/unified-diff.js + 3 modules
var unified_diff = __webpack_require__(53523);
;// CONCATENATED MODULE: ./build/steps/deploy/text-files.js



/** Files that must be on the machine, byte for byte. */
function textFilesStep({ name, title, guide, needs, files }) {
    return {
        name,
        title,
        guide,
        needs,
        writes: { paths: [...files.keys()] },
        async check({ host }) {
            // What is longer than any of them is another version, whatever its end is.
            const most = Math.max(...[...files.values()].map(text => Buffer.byteLength(text))) + 1;
            const found = await findTextFiles(host, [...files.keys()], most);
            for (const [index, [path, wanted]] of [...files].entries()) {
                const { text, missing = '' } = found[index] ?? {};
                if (text === undefined)
                    return notYet(missing);
                if (text !== wanted)
                    return notYet(`${path} is another version`);
            }
            return satisfied(`${[...files.keys()].map(baseName).join(', ')} as it should be`);
        },
        async foresee({ host }) {
            const changes = [];
            for (const [path, text] of files)
                changes.push(...change(path, (await findTextFile(host, path)).text, text));
            return changes;
        },
        async apply({ host, log }) {
            for (const [path, text] of files) {
                log.info(`write ${path} (${text.length} characters)`);
                await writeTextFile(host, path, text);
            }
        },
    };
}
/** Shows the difference of a file line by line; for a file that may hold secrets, only that it differs. */
function change(path, found, wanted) {
    if (found === wanted)
        return [];
    if (found === undefined)
        return [`${path} would be made (${wanted.split('\n').length - 1} lines)`];
    if (!/\.(ya?ml|py|txt)$/.test(path))
        return [`${path} would become another one`];
    return (0,unified_diff/* unifiedDiff */.W)(path.replace(/^\//, ''), found, wanted).trimEnd().split('\n');
}
const baseName = (path) => path.slice(path.lastIndexOf('/') + 1);

;// CONCATENATED MODULE: ./build/steps/deploy/clients.js

/** Their files in the project's directory. */
const CLIENT_FILES = ['producer.py', 'consumer.py', 'client_settings.py', 'requirements.txt'];
/** producer.py and consumer.py, and what they share, in the project's directory, with what pip needs for them. */
const clientsStep = (directory, { producer, consumer, settings, requirements }) => textFilesStep({
    name: 'clients',
    title: 'producer.py and consumer.py',
    guide: '4/4.3',
    needs: ['directory'],
    files: new Map([
        [`${directory}/producer.py`, producer],
        [`${directory}/consumer.py`, consumer],
        [`${directory}/client_settings.py`, settings],
        [`${directory}/requirements.txt`, requirements],
    ]),
});

// EXTERNAL MODULE: external "node:path/posix"
var posix_ = __webpack_require__(53916);
;// CONCATENATED MODULE: ./build/steps/deploy/compose-download.js


const RELEASES = 'https://github.com/docker/compose/releases';
const CURL = [
    ...['--fail', '--silent', '--show-error', '--location', '--connect-timeout', '15'],
    ...['--retry', '3', '--retry-connrefused', '--max-time', '600'],
];
/**
 * The beginning of every download's command. What is asked for by https stays https, wherever it leads: curl itself follows
 * a redirect to http, where anybody on the way may change the file and the checksum it is held against.
 */
function curlFor(url) {
    const protocols = url.startsWith('https:') ? '=https' : '=http,https';
    return ['curl', ...CURL, '--proto', protocols, '--proto-redir', protocols];
}
/**
 * Finds out what is to be downloaded, and its checksum.
 * @param noted finds what was noted of an earlier download: its checksum is not asked for again
 * @throws ActionError `compose-download-failed`
 */
async function resolveDownload({ host, log }, source, architecture, noted) {
    const url = source.url ?? (await releaseUrl(host, source.version, architecture));
    const known = source.sha256 ?? checksumIn(await noted(), url);
    const sha256 = known ?? (await publishedChecksum(host, url));
    log.debug(`Docker Compose: ${url}, SHA-256 ${sha256}`);
    return { url, sha256 };
}
const checksumIn = (noted, url) => noted?.url === url ? noted.sha256 : undefined;
/** Resolves `latest` to its version first, so that binary and checksum are of the same release. */
async function releaseUrl(host, version, architecture) {
    const tag = version === 'latest' ? await latestVersion(host) : version;
    return `${RELEASES}/download/${tag}/docker-compose-linux-${architecture}`;
}
async function latestVersion(host) {
    const url = `${RELEASES}/latest`;
    const result = await host.run({
        argv: [...curlFor(url), '--head', '--output', '/dev/null', '--write-out', '%{url_effective}', url],
        downloads: true,
    });
    if (result.exitCode !== 0)
        throw downloadFailed(url, result.stderr);
    const tag = /\/releases\/tag\/(v[^/\s]+)$/.exec(result.stdout.trim())?.[1];
    if (!tag)
        throw downloadFailed(url, `it leads to ${result.stdout.trim()}, which names no version`);
    return tag;
}
async function publishedChecksum(host, url) {
    const result = await host.run({ argv: [...curlFor(url), `${url}.sha256`], downloads: true });
    if (result.exitCode !== 0) {
        await refuseMissing(host, url);
        const hint = 'Give the checksum in compose-sha256 if none is published beside the file.';
        throw downloadFailed(`${url}.sha256`, result.stderr, hint);
    }
    const sha256 = /^([0-9a-f]{64})\b/i.exec(result.stdout.trim())?.[1];
    if (!sha256)
        throw downloadFailed(`${url}.sha256`, 'it holds no SHA-256 checksum');
    return sha256.toLowerCase();
}
/** @throws ActionError when the file itself is not there: then it is not its checksum that is missing */
async function refuseMissing(host, url) {
    const { exitCode, stderr } = await host.run({
        argv: [...curlFor(url), '--head', '--output', '/dev/null', url],
        downloads: true,
    });
    // curl(1): 22 is an answer of 400 and above.
    if (exitCode !== 22)
        return;
    const hint = url.startsWith(RELEASES)
        ? `Check compose-version: the versions there are, with the processors they are for, are at ${RELEASES}`
        : 'Check compose-url.';
    throw downloadFailed(url, stderr, hint);
}
/** curl's words for a redirect to a protocol that it may not follow, such as http after https. */
const LEFT_HTTPS = /protocol "?(\w+)"? (?:is )?(?:not supported|disabled)/i;
/** @param stderr what curl said, or another reason */
function downloadFailed(url, stderr, hint) {
    const protocol = LEFT_HTTPS.exec(stderr)?.[1];
    if (protocol !== undefined) {
        return new build_errors/* ActionError */.lZ('compose-download-failed', `${url} leads to an address of ${protocol}, which is not followed: anybody on the way could change what comes from there`, {
            details: (0,build_errors/* lastLines */.w$)(stderr, 5),
            hint: 'Give an address that stays with https in compose-url, and look at who redirects: curl -sIL URL',
        });
    }
    return new build_errors/* ActionError */.lZ('compose-download-failed', `${url} could not be downloaded: ${reasonIn(stderr)}`, {
        details: (0,build_errors/* lastLines */.w$)(stderr, 5),
        hint: proxyHint(stderr) ?? hint,
    });
}
/** curl tells what is wrong as `curl: (60) …`; advice in general may follow, warnings of each try go before. */
function reasonIn(stderr) {
    const own = stderr.split('\n').findLast(line => line.startsWith('curl: ('));
    return own?.trim() ?? (0,build_errors/* lastLines */.w$)(stderr, 1).join('');
}

;// CONCATENATED MODULE: ./build/steps/deploy/compose-note.js

/** Root's, as the program is. */
const NOTE = '/var/lib/kafka-al2023/docker-compose';
/** By these a file is the same as before: whoever writes to it, or puts another one in its place, changes the time of its last change. */
const SAME = '%d %i %s %Y %.9Z';
/**
 * `sh -c LOOK sh PROGRAM NOTE SAME`, as root: prints what stands where the program should be, when that is no program, or not root's
 * alone; and what is noted of it, as long as the note is root's alone and the file the same.
 */
const compose_note_LOOK = `
others() { stat -c '%u %A %U' -- "$1" | sed -nE '/^0 .....-..-/d; s/^0 (\\S+) .*/others may write to (\\1)/p; s/^[0-9]+ \\S+ (.*)/belongs to \\1/p'; }
if [ -L "$1" ]; then echo "a link to $(readlink -- "$1")"
elif [ -d "$1" ]; then echo 'a folder'
elif [ -e "$1" ] && [ ! -f "$1" ]; then echo 'no file'
elif [ -s "$1" ] && [ "$(head -c 2 -- "$1" | tr -d '\\0')" = '#!' ]; then echo "a script ($(head -n 1 -- "$1" | cut -c1-60))"
elif [ -e "$1" ]; then
  owner=$(others "$1") folder=$(others "\${1%/*}")
  if [ -n "$owner" ]; then echo "a file that $owner"
  elif [ -n "$folder" ]; then echo "in a folder that $folder"
  fi
fi
[ -f "$2" ] && [ ! -L "$2" ] && [ -z "$(others "$2")" ] && [ -z "$(others "\${2%/*}")" ] || exit 0
{ read -r noted && read -r same; } <"$2"
[ "$same" != "$(stat -c "$3" -- "$1" 2>&1)" ] || echo "noted $noted"`;
/** Looks at what is installed, without running it. */
async function lookAtCompose(host) {
    const { stdout } = await host.run({
        argv: ['sh', '-c', compose_note_LOOK, 'sh', compose_project/* COMPOSE_PATH */.fE, NOTE, SAME],
        sudo: true,
        isLook: true,
    });
    const lines = stdout.split('\n').map(line => line.trim());
    const stranger = lines.find(line => line !== '' && !line.startsWith('noted '));
    const [, sha256, url] = lines.map(line => /^noted ([0-9a-f]{64}) (\S+)$/.exec(line)).find(Boolean) ?? [];
    return {
        stranger: stranger?.slice(0, 200),
        noted: sha256 !== undefined && url !== undefined ? { url, sha256 } : undefined,
    };
}
/** `sh -c WRITE sh PROGRAM NOTE SAME TEXT`, as root. */
const compose_note_WRITE = `
mkdir -p -- "\${2%/*}" && rm -f -- "$2.new" || exit
printf '%s\\n' "$4" "$(stat -c "$3" -- "$1")" >"$2.new" && mv -fT -- "$2.new" "$2"`;
/** Notes what was installed. Without the note a run reads the whole file again, and asks for its checksum: nothing fails over it. */
async function noteCompose(host, { url, sha256 }) {
    await host.run({
        argv: ['sh', '-c', compose_note_WRITE, 'sh', compose_project/* COMPOSE_PATH */.fE, NOTE, SAME, `${sha256} ${url}`],
        sudo: true,
    });
}

;// CONCATENATED MODULE: ./build/steps/deploy/compose-binary.js








/**
 * Docker Compose at /usr/local/bin/docker-compose, by its published SHA-256: what is installed already is held against it
 * too, so that a truncated or changed binary is replaced. It runs as root, so nothing there is run before that, in a plan either.
 */
function composeBinaryStep(source, architecture, needs = ['machine']) {
    let resolved;
    const wanted = async (context, inPlace) => {
        const noted = async () => (await inPlace()).noted;
        resolved ??= await resolveDownload(context, source, architecture, noted);
        return resolved;
    };
    return {
        name: 'compose-binary',
        title: 'Docker Compose downloaded, checked and executable',
        guide: '3/4',
        needs,
        writes: COMPOSE_PLACES,
        async check(context) {
            const looking = lookAtCompose(context.host);
            const resolving = wanted(context, () => looking);
            resolving.catch(() => { });
            const found = await withChecksum(context.host, await looking);
            try {
                return await compose_binary_compare(context.host, await resolving, found);
            }
            catch (error) {
                if (!(error instanceof build_errors/* ActionError */.lZ))
                    throw error;
                return unchecked(context, source, found, error);
            }
        },
        async apply(context) {
            const download = await wanted(context, () => lookAtCompose(context.host));
            await install(context, download);
            // What is published under a version stays as it is; who gives an address may put another file there.
            if (source.url === undefined)
                await noteCompose(context.host, download);
        },
    };
}
const versionsOf = (installed) => ({ 'Docker Compose': installed.replace(/^.*\s/, '') });
/** @returns the same with its checksum: the noted one, or by reading the whole file */
const withChecksum = async (host, found) => ({
    ...found,
    sha256: found.noted?.sha256 ?? (await checksumOf(host, compose_project/* COMPOSE_PATH */.fE)),
});
async function compose_binary_compare(host, { url, sha256 }, found) {
    if (found.stranger !== undefined)
        return notYet(`${compose_project/* COMPOSE_PATH */.fE} is ${found.stranger}, not Docker Compose itself`);
    if (found.sha256 === undefined)
        return notYet(`${compose_project/* COMPOSE_PATH */.fE} is not there`);
    if (found.sha256 !== sha256)
        return notYet(`${compose_project/* COMPOSE_PATH */.fE} is another file than ${url}, by its SHA-256`);
    const installed = await installedVersion(host);
    if (installed === undefined)
        return notYet(`${compose_project/* COMPOSE_PATH */.fE} does not run`);
    return satisfied(`${installed}, SHA-256 as published`, versionsOf(installed));
}
/**
 * The release page may be down for a while; a working binary is better than a failed run, unless it is another version than asked
 * for, or one that others than root can have put there.
 * @throws ActionError the reason why there is nothing to check it by, when it cannot stay
 */
async function unchecked({ host, log }, source, { sha256, stranger }, error) {
    if (sha256 === undefined)
        throw error;
    if (stranger !== undefined)
        throw error.with({ message: `${error.message}; what is installed is ${stranger}, and is not run` });
    const installed = await installedVersion(host);
    if (installed === undefined)
        throw error;
    const pinned = pinnedVersion(source);
    if (pinned !== undefined && bare(versionsOf(installed)['Docker Compose']) !== bare(pinned))
        throw error.with({ message: `${error.message}; what is installed is another version: ${installed}` });
    log.warning(`Docker Compose stays as it is (${installed}, SHA-256 ${sha256}), unchecked: ${error.message}`);
    return satisfied(`${installed}, not checked against its published checksum`, versionsOf(installed));
}
const bare = (version) => version.replace(/^v/, '');
/** The version that the inputs ask for; none when the latest, or a file of any version, does. */
function pinnedVersion({ url, version }) {
    if (url !== undefined)
        return /\bv?\d+\.\d+\.\d+\b/.exec(url)?.[0];
    return version === 'latest' ? undefined : version;
}
/** @returns what `docker-compose version` says, or undefined when it does not run */
async function installedVersion(host) {
    const result = await host.run({ argv: [compose_project/* COMPOSE_PATH */.fE, 'version'], sudo: true, isLook: true });
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
}
async function install({ host, log }, { url, sha256 }) {
    const temporary = `${compose_project/* COMPOSE_PATH */.fE}.download`;
    try {
        const { stranger, sha256: installed } = await withChecksum(host, await lookAtCompose(host));
        if (stranger !== undefined || installed !== sha256) {
            log.info(`curl ${url}`);
            const curl = [...curlFor(url), '--output', temporary, url];
            const result = await host.run({
                argv: ['sh', '-c', DOWNLOAD, temporary, ...curl],
                sudo: true,
                downloads: true,
            });
            if (result.exitCode !== 0) {
                const failure = downloadFailed(url, result.stderr);
                // As long as what came is still there: without it the disk has room again.
                throw (await diskTrouble(host, failure, COMPOSE_PLACES)) ?? failure;
            }
            const found = await checksumOf(host, temporary);
            if (found === undefined)
                throw downloadFailed(url, `${temporary} cannot be read after the download`);
            if (found !== sha256) {
                throw new build_errors/* ActionError */.lZ('compose-checksum-mismatch', `${url} has SHA-256 ${found}, but ${sha256} is published for it`);
            }
            log.info(`SHA-256 ${sha256}: as published`);
            if (stranger !== undefined) {
                log.warning(`${compose_project/* COMPOSE_PATH */.fE} was ${stranger}, not Docker Compose itself: it is replaced, and kept as ${compose_project/* COMPOSE_PATH */.fE}.replaced`);
                const keep = ['mv', '-T', '--backup=numbered', compose_project/* COMPOSE_PATH */.fE, `${compose_project/* COMPOSE_PATH */.fE}.replaced`];
                await (0,must_run/* mustRun */.P)(host, { argv: keep, sudo: true });
            }
            await (0,must_run/* mustRun */.P)(host, { argv: ['mv', '-fT', temporary, compose_project/* COMPOSE_PATH */.fE], sudo: true });
        }
        await (0,must_run/* mustRun */.P)(host, { argv: ['chmod', '755', compose_project/* COMPOSE_PATH */.fE], sudo: true });
        const version = await host.run({ argv: [compose_project/* COMPOSE_PATH */.fE, 'version'], sudo: true });
        if (version.exitCode !== 0) {
            throw new build_errors/* ActionError */.lZ('compose-not-working', `${compose_project/* COMPOSE_PATH */.fE} does not run`, {
                details: (0,build_errors/* lastLines */.w$)(version.stderr),
            });
        }
    }
    finally {
        await host.run({ argv: ['rm', '-f', temporary], sudo: true, isUndo: true });
    }
}
const COMPOSE_PLACES = { paths: [(0,posix_.dirname)(compose_project/* COMPOSE_PATH */.fE)] };
/** Removes the part of the file when a download is stopped: curl would leave it. */
const DOWNLOAD = `mkdir -p -- "$(dirname -- "$0")"; trap 'kill $!; rm -f -- "$0"; exit 143' TERM; "$@" & wait $!`;
async function checksumOf(host, path) {
    // As root, who calls it: on a hardened machine others may not read what is in its folder.
    const result = await host.run({ argv: ['sha256sum', '--', path], sudo: true });
    return result.exitCode === 0 ? result.stdout.slice(0, 64) : undefined;
}

// EXTERNAL MODULE: ./build/compose/reader/image-name.js
var image_name = __webpack_require__(8624);
;// CONCATENATED MODULE: ./build/compose/deployment/image-registry.js


/** The compose file of ours, behind the user's own, that names images by another registry. */
const REGISTRY_FILE = 'docker-compose.image-registry.yml';
/** How that file begins: one of the same name that does not is somebody else's. */
const REGISTRY_FILE_HEAD = '# Written by kafka-al2023-action for the input image-registry.';
/** The host of a registry's address such as `mirror.example:5000/docker-hub`; every name of Docker Hub is `docker.io`. */
function hostOf(registry) {
    const [host = ''] = registry.split('/', 1);
    return (0,image_name/* isHubHost */.sC)(host) ? image_name/* DOCKER_HUB */.Xb : host;
}
/** An image by its name at the registry that takes the place of Docker Hub; one of any other registry keeps its name. */
function imageAt(registry, image) {
    const { host, path } = (0,image_name/* imagePlace */.r9)(image);
    if (image === '' || host !== image_name/* DOCKER_HUB */.Xb || (0,image_name/* isHubHost */.sC)(registry))
        return image;
    return `${registry}/${path}`;
}
/** The services whose image comes from the registry, by whichever name it stands in the compose file. */
function servicesFrom(registry, images) {
    const host = hostOf(registry);
    return [...images].filter(([, image]) => (0,image_name/* imagePlace */.r9)(image).host === host).map(([service]) => service);
}
/**
 * The deployment with the images of Docker Hub taken from another registry. The compose files stay as they are: one more, read
 * after them, gives the services their images.
 * @param registry host, port and path: `123456789012.dkr.ecr.eu-west-3.amazonaws.com/docker-hub`
 * @param withLogin only the step that pulls the images can: nothing may want them again later
 * @throws ActionError `compose-file-unsupported` when a file of the user's has the name of that file
 */
function fromRegistry(deployment, registry, withLogin) {
    const { stack, composeFiles, files } = deployment;
    const images = new Map([...stack.serviceImages].map(([service, image]) => [service, imageAt(registry, image)]));
    const pulled = new Set(servicesFrom(registry, images));
    const lines = [...images].flatMap(([service, image]) => {
        const isOther = image !== stack.serviceImages.get(service);
        const isHeld = withLogin && pulled.has(service);
        if (!isOther && !isHeld)
            return [];
        return [
            `  ${JSON.stringify(service)}:`,
            ...(isOther ? [`    image: ${JSON.stringify(image)}`] : []),
            ...(isHeld ? ['    pull_policy: missing'] : []),
        ];
    });
    if (lines.length === 0)
        return deployment;
    if (files.has(REGISTRY_FILE))
        throw new build_errors/* ActionError */.lZ('compose-file-unsupported', `${REGISTRY_FILE} is the name of a file of the action's own, which image-registry needs: give yours another name`);
    const text = [REGISTRY_FILE_HEAD, 'services:', ...lines, ''].join('\n');
    return {
        ...deployment,
        stack: { ...stack, serviceImages: images, images: [...new Set(images.values())] },
        composeFiles: [...composeFiles, REGISTRY_FILE],
        files: new Map([...files, [REGISTRY_FILE, text]]),
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/compose-file.js






/** `sh -c REMOVE sh HOME DIRECTORY FILE` */
const REMOVE = `${ENTER}
enter "$1" "$2" && rm -f -- "./$3"`;
/**
 * The compose files, and those that they name, in the project's directory. The file of an earlier run that took its images from
 * another registry goes.
 * @param home the user's home folder on the machine, in which the directory lies
 */
function composeFileStep(home, directory, deployment) {
    const { composeFiles, files } = deployment;
    const step = textFilesStep({
        name: 'compose-file',
        title: composeFiles.join(', '),
        guide: '1/4.3, 4/4.0',
        needs: ['directory', 'deployment-record'],
        files: new Map([...files].map(([path, text]) => [`${directory}/${path}`, text])),
    });
    const leftOver = (host) => !files.has(REGISTRY_FILE) && hasRegistryFile(host, directory);
    return {
        ...step,
        async check(context) {
            const [result, isLeft] = await Promise.all([step.check(context), leftOver(context.host)]);
            return result.satisfied && isLeft
                ? notYet(`${REGISTRY_FILE} is left of a run with image-registry`)
                : result;
        },
        async foresee(context) {
            const changes = (await step.foresee?.(context)) ?? [];
            const registry = files.get(REGISTRY_FILE);
            const isNew = changes.some(line => line.startsWith(`${directory}/${REGISTRY_FILE} `));
            return [
                ...changes,
                ...(registry !== undefined && isNew ? imagesIn(deployment) : []),
                ...((await leftOver(context.host))
                    ? [`${directory}/${REGISTRY_FILE} would be removed: images come from where the compose file says`]
                    : []),
            ];
        },
        async apply(context) {
            await step.apply?.(context);
            const { host, log } = context;
            if (!(await leftOver(host)))
                return;
            log.info(`rm ${directory}/${REGISTRY_FILE}`);
            const argv = ['sh', '-c', REMOVE, 'sh', home, directory, REGISTRY_FILE];
            refuseLink(await (0,must_run/* mustRun */.P)(host, { argv }, [GONE, LINK]));
        },
    };
}
async function hasRegistryFile(host, directory) {
    const { text = '' } = await findTextFile(host, `${directory}/${REGISTRY_FILE}`);
    return text.startsWith(REGISTRY_FILE_HEAD);
}
const imagesIn = ({ stack }) => [...stack.serviceImages].map(([service, image]) => `${service}: image ${image}`);

;// CONCATENATED MODULE: ./build/machine/namesake.js


/** Whether a record is of another directory than the inputs name, although nothing but the directory gave the project its name. */
const isElsewhere = (record, { project, directory }) => record.directory !== directory && (0,deployment_inputs/* projectNameOf */.Qr)(directory) === project;
/**
 * Docker Compose derives one name from several directories: from `A.b` and `ab`, and from `x/kafka` and `y/kafka`. Whoever deploys
 * the second one would replace the first one's containers, and whoever takes it down would lose the first one's data.
 * @throws ActionError `project-taken` when the record is of such another directory, and that is there
 */
async function refuseNamesake(host, record, wanted) {
    const { project, directory } = wanted;
    if (!isElsewhere(record, wanted) || (0,deployment_inputs/* projectNameOf */.Qr)(record.directory) !== project)
        return;
    const { exitCode } = await host.run({
        argv: ['test', '-e', `${record.directory}/${record.files[0]}`],
        isLook: true,
    });
    if (exitCode !== 0)
        return;
    throw new build_errors/* ActionError */.lZ('project-taken', `${directory} and ${record.directory} are both the Docker Compose project ${project}, and the latter is deployed`, {
        hint: `Give one of the two a project-name of its own. If ${record.directory} is no longer needed, take it down first: mode down with its directory.`,
    });
}

;// CONCATENATED MODULE: ./build/steps/deploy/deployment-record.js





/**
 * Notes the deployment on the machine before anything of it is there, so that the remains of an interrupted run can be found
 * and taken down.
 * @param run address of the workflow run, if there is one; a record that differs in it alone stays
 */
function deploymentRecordStep(home, record, run) {
    const path = recordPath(home, record.project);
    return {
        name: 'deployment-record',
        title: 'Deployment noted on the machine',
        needs: ['machine'],
        writes: { paths: [path] },
        async check({ host }) {
            const { text = '', missing } = await findTextFile(host, path);
            const noted = parseRecord(text, { home, project: record.project });
            if (noted)
                await refuseNamesake(host, noted, record);
            const { run: _, ...found } = noted ?? {};
            if (JSON.stringify(found) === JSON.stringify(record))
                return satisfied(`${path} as it should be`);
            if ('version' in found)
                return notYet(`${path} is of another deployment`);
            return notYet(missing || `${path} is no record of a deployment`);
        },
        async apply({ host, log }) {
            log.info(`write ${path}`);
            await writeTextFile(host, path, `${JSON.stringify({ ...record, run })}\n`);
        },
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/directory.js




/** `sh -c CHECK sh HOME DIRECTORY` */
const CHECK = `${ENTER}
enter "$1" "$2" || exit $?
[ -O . ] && [ -w . ] && [ -x . ]`;
/** `sh -c MAKE sh HOME DIRECTORY USER`, as root: what is changed is the folder that was entered, whatever has its name by then. */
const MAKE = `${MAKE_AND_ENTER}
enter "$1" "$2" && chown -- "$3:" . && chmod -- u+rwx .`;
/**
 * `mkdir docker_exp`: owned by the user, not by root, so that the user can work in it afterwards.
 * @param home the user's home folder on the machine, in which the directory lies
 */
function directoryStep(home, directory) {
    return {
        name: 'directory',
        title: `Directory ${directory}`,
        guide: '1/4.2',
        needs: ['machine'],
        writes: { paths: [directory] },
        async check({ host }) {
            const result = await host.run({ argv: ['sh', '-c', CHECK, 'sh', home, directory], isLook: true });
            refuseLink(result);
            return result.exitCode === 0
                ? satisfied('it is there')
                : notYet(`${directory} is not there, belongs to someone else or is closed`);
        },
        async apply({ host, log }) {
            log.info(`mkdir ${directory}`);
            const { stdout: user } = await (0,must_run/* mustRun */.P)(host, { argv: ['id', '-un'] });
            const argv = ['sh', '-c', MAKE, 'sh', home, directory, user.trim()];
            await mustRunIn(host, foldersTo(`${directory}/`), { argv, sudo: true });
        },
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/docker-package.js


/** `yum install -y docker`: Amazon Linux's own package. */
const dockerPackageStep = (needs) => packageStep({
    name: 'docker-package',
    title: 'Docker installed',
    guide: '2/4.2',
    needs,
    packageName: 'docker',
    orElse: otherDocker,
});
/** Prints what `docker` says of itself, which package it is of, and where dockerd is. */
const docker_package_LOOK = `
docker=$(command -v docker) || exit 0
echo "path=$docker"
echo "says=$("$docker" --version 2>&1 | tr '\\n' ' ')"
owner=$(rpm -qf "$(readlink -f "$docker")" 2>/dev/null) && echo "package=$owner"
dockerd=$(command -v dockerd) || exit 0
owner=$(rpm -qf "$dockerd" 2>/dev/null) || owner=$dockerd
echo "engine=$owner"`;
/**
 * A Docker Engine of another package (docker-ce, moby) does as well, and Amazon's would be in its way.
 * @throws ActionError `docker-foreign` for a program that only takes Docker's name
 */
async function otherDocker(host) {
    const { stdout } = await host.run({ argv: ['sh', '-c', docker_package_LOOK], sudo: true, isLook: true });
    const fact = (name) => new RegExp(`^${name}=(.+)$`, 'm').exec(stdout)?.[1]?.trim();
    const engine = fact('engine');
    const says = fact('says') ?? '';
    const owner = fact('package') ?? '';
    if (/podman/i.test(`${says} ${owner}`)) {
        const remove = owner === '' ? `sudo rm ${fact('path')}` : `sudo yum remove -y ${owner}`;
        throw new build_errors/* ActionError */.lZ('docker-foreign', `the command docker is Podman's (${[owner, says].filter(Boolean).join(': ')}): the guide, Docker Compose and the service need the Docker Engine`, { hint: `Remove it, and the action installs Docker: ${remove}` });
    }
    return engine === undefined ? undefined : `${engine}, in place of Amazon's package docker`;
}

;// CONCATENATED MODULE: ./build/machine/troubles/engine.js

const engine_TIMEOUT_MS = 10_000;
const JOURNAL_LINES = 30;
const engine_SCRIPT = `
for unit in docker containerd; do
  pid=$(systemctl show -p MainPID --value "$unit")
  printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$unit" "$(systemctl show -p ActiveState --value "$unit")" \\
    "$(systemctl show -p LoadState --value "$unit")" "$pid" "$(sed -n 's/^State:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null)"
done
echo journal
journalctl -u docker -u containerd --no-pager -o cat -n ${JOURNAL_LINES}
:`;
/** Asks systemd about the engine's services. Throws nothing: it is asked when something has failed already. */
async function engineState(host) {
    const output = await host
        .run({ argv: ['sh', '-c', engine_SCRIPT], sudo: true, timeoutMs: engine_TIMEOUT_MS })
        .then(({ stdout }) => stdout)
        .catch(() => '');
    const [services = '', journal = ''] = output.split(/^journal$/m);
    const rows = services.split('\n').map(line => line.split('\t'));
    const stateOf = (name) => {
        const [unit = name, active = 'unknown', load = '', pid = '0', process = ''] = rows.find(([first]) => first === name) ?? [];
        return { unit: `${unit}.service`, active, load, pid, process };
    };
    return {
        docker: stateOf('docker'),
        containerd: stateOf('containerd'),
        journal: (0,build_errors/* lastLines */.w$)(journal, JOURNAL_LINES),
    };
}
/** Whether its process was stopped by a signal, and so does nothing until it is let go on. */
const isStopped = ({ process }) => /^[Tt] /.test(process);
/** The error for an engine that takes commands and does not answer. */
function engineHung({ docker, containerd, journal }, waitedS) {
    const isContainerd = isStopped(containerd) || (containerd.active !== 'active' && containerd.load === 'loaded');
    const said = [docker, containerd].filter(({ load }) => load !== 'not-found').map(describeService);
    return new build_errors/* ActionError */.lZ('docker-not-running', `the Docker Engine does not answer: \`docker version\` got nothing within ${waitedS} s; ${said.join(', ')}`, {
        // Both at once may leave a container that the engine no longer knows.
        hint: `Restart it: sudo systemctl restart ${isContainerd ? 'containerd' : 'docker'}. If sudo docker version does not answer after that: sudo journalctl -u docker -u containerd -n 50`,
        details: journal,
    });
}
/** The error for an engine that does not come up, or comes up where nobody reaches it. */
function engineDown({ docker, containerd, journal }, answer) {
    const why = whyDown({ docker, containerd, journal }, answer);
    return new build_errors/* ActionError */.lZ('docker-not-running', why.message, {
        hint: why.hint,
        details: [...(0,build_errors/* lastLines */.w$)(answer, 5), ...journal],
    });
}
function whyDown({ docker, containerd, journal }, answer) {
    if (docker.load === 'masked') {
        return {
            message: 'docker.service is masked: somebody has forbidden it to start',
            hint: 'Allow it again: sudo systemctl unmask docker.service docker.socket',
        };
    }
    if (containerd.load === 'masked') {
        return {
            message: 'containerd.service is masked, and Docker does not start without it',
            hint: 'Allow it again: sudo systemctl unmask containerd.service',
        };
    }
    if (docker.active === 'active') {
        const reason = (0,build_errors/* lastLines */.w$)(answer, 1).join('').trim();
        return {
            message: `docker.service is active, but docker ps does not get through to it: ${reason}`,
            hint: 'Let it make its socket again: sudo systemctl restart docker.socket docker.service',
        };
    }
    const reason = engine_reasonIn(journal);
    return {
        message: `the Docker service does not start${reason === undefined ? '' : `: ${reason}`}`,
        ...(/daemon\.json|config(?:uration)? file/i.test(reason ?? '')
            ? {
                hint: 'Correct /etc/docker/daemon.json, then: sudo systemctl reset-failed docker && sudo systemctl start docker',
            }
            : {}),
    };
}
/** systemd's own sentences tell that the service failed, never why. */
const WITHOUT_REASON = /^(?:Start(?:ed|ing)|Stopp(?:ed|ing)|Failed to start (?:docker|containerd|Docker)\b|Closed|Listening|Dependency failed|docker\.(?:service|socket)[: ]|containerd\.service[: ]|Scheduled restart)|level=(?:info|debug)|^\s*$/i;
/** The last line of a journal that says why, without time and level. */
function engine_reasonIn(journal) {
    const line = journal.findLast(each => !WITHOUT_REASON.test(each));
    const message = line && /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
    return message?.replaceAll('\\"', '"') ?? line?.trim();
}
const describeService = ({ unit, active, load, pid, process }) => load === 'masked'
    ? `${unit} is masked`
    : `${unit} is ${active}${process === '' ? '' : `, its process ${pid} is in state ${process}`}`;

;// CONCATENATED MODULE: ./build/steps/deploy/docker-service.js



/** `systemctl start docker`, and enabled, so that the cluster is there again after a reboot; then `docker ps`. */
function dockerServiceStep() {
    return {
        name: 'docker-service',
        title: 'Docker started, enabled and answering',
        guide: '2/4.3-4',
        needs: ['docker-package'],
        writes: { paths: [...enginePlaces().paths, '/run', '/etc'] },
        async check({ host }) {
            const [active, enabled, answer, version] = await Promise.all([
                host.run({ argv: ['systemctl', 'is-active', 'docker'], isLook: true }),
                host.run({ argv: ['systemctl', 'is-enabled', 'docker'], isLook: true }),
                host.run({ argv: ['docker', 'ps'], sudo: true, isLook: true }),
                host.run({
                    argv: ['docker', 'version', '--format', '{{.Server.Version}}'],
                    sudo: true,
                    isLook: true,
                }),
            ]);
            if (active.exitCode !== 0)
                return notYet(`the service is ${active.stdout.trim() || 'not there'}`);
            if (enabled.exitCode !== 0)
                return notYet('the service would not start at the next boot');
            if (answer.exitCode !== 0)
                return notYet('docker ps does not answer');
            const engine = version.stdout.trim();
            return satisfied(`Docker Engine ${engine}`, { 'Docker Engine': engine });
        },
        async apply({ host, log }) {
            log.info('systemctl enable --now docker');
            const result = await host.run({ argv: ['systemctl', 'enable', '--now', 'docker'], sudo: true });
            const answer = await host.run({ argv: ['docker', 'ps'], sudo: true });
            if (result.exitCode === 0 && answer.exitCode === 0)
                return;
            throw engineDown(await engineState(host), `${result.stderr}\n${answer.stderr}`);
        },
    };
}

;// CONCATENATED MODULE: ./build/steps/deploy/pull-failure.js


/** A pull that failed, for what it is. Those that may succeed a moment later are `retriable`. */
function pullFailed(output) {
    const details = (0,build_errors/* lastLines */.w$)(output, 10);
    const reason = details.findLast(line => /error|denied|manifest|toomanyrequests/i.test(line)) ?? details.at(-1) ?? '';
    const failed = (message, hint, retriable = false) => new build_errors/* ActionError */.lZ('image-pull-failed', message, { details, hint, retriable });
    const helper = /(?<![\w.-])(docker-credential-[\w.-]+)["']?:? executable file not found/i.exec(output)?.[1];
    if (helper !== undefined || /error getting credentials/i.test(output)) {
        const name = helper ?? /(?<![\w.-])docker-credential-[\w.-]+/.exec(output)?.[0] ?? 'a credential helper';
        return failed(`Docker asks ${name} for the registry's password, ${helper === undefined ? `which failed: ${reason}` : 'which is not installed'}`, `root's Docker is told so on the machine: install ${name}, or remove credsStore and credHelpers that name it: sudo grep -n cred /root/.docker/config.json`);
    }
    if (/unauthorized|authentication required|no basic auth credentials|incorrect username or password/i.test(output)) {
        return failed(`the image registry wants a login, or refuses the one it got: ${reason}`, "Log root's Docker in on the machine, for the registry in the message: sudo docker login REGISTRY");
    }
    if (/manifest unknown|manifest for .* not found|pull access denied|repository does not exist|: not found/i.test(output)) {
        return new build_errors/* ActionError */.lZ('image-not-found', `an image does not exist: ${reason}`, { details });
    }
    if (/x509:|certificate signed by unknown authority/i.test(output)) {
        return failed(`the certificate of the image registry is refused: ${reason}`, "Something between the machine and the registry may show its own certificate (a proxy), or the certificate is really not valid. Docker trusts more authorities by /etc/docker/certs.d/REGISTRY/ca.crt, and by the system's: sudo update-ca-trust && sudo systemctl restart docker");
    }
    if (/toomanyrequests|429 too many|pull rate limit|rate exceeded/i.test(output)) {
        // Docker Hub's limit lasts for hours, those on the rate of requests for seconds.
        const isUsedUp = /pull rate limit/i.test(output);
        const message = `the image registry refuses the pull for now, its rate limit is used up: ${reason}`;
        return new build_errors/* ActionError */.lZ('image-rate-limited', message, { details, retriable: !isUsedUp });
    }
    return failed(`an image could not be pulled: ${reason}`, proxyHint(output), true);
}

;// CONCATENATED MODULE: ./build/steps/deploy/registry-failure.js


/** Docker's words for the login that it was asked for are those of a registry, and a warning of its own that says nothing here. */
const WARNING = /^WARNING!|credential-stores?|Configure a credential helper/i;
/**
 * A failure of the registry that `image-registry` names, for what it is.
 * @returns undefined for what can happen at any registry, and is no matter of this input
 */
function registryFailure(registry, { output, atLogin }) {
    const details = (0,build_errors/* lastLines */.w$)(output, 10).filter(line => !WARNING.test(line));
    const host = hostOf(registry.address);
    const find = (words) => details.findLast(line => words.test(line));
    const said = (line) => line.replace(/^Error response from daemon: /, '').trim();
    const failed = (line, message, hint, retriable = false) => new build_errors/* ActionError */.lZ('image-pull-failed', `image-registry: ${message}: ${said(line)}`, {
        ...{ details, hint, retriable },
    });
    const certificate = find(/x509:|certificate signed by unknown authority/i);
    if (certificate !== undefined)
        return failed(certificate, `Docker does not trust the certificate of ${host}`, `Give Docker its authority, on the machine: sudo mkdir -p /etc/docker/certs.d/${host} && sudo cp ca.crt /etc/docker/certs.d/${host}/ca.crt`);
    const plain = find(/server gave HTTP response to HTTPS client/i);
    if (plain !== undefined)
        return failed(plain, `${host} speaks http, and Docker wants https`, `Give the registry a certificate, or tell Docker on the machine that it has none: {"insecure-registries": ["${host}"]} in /etc/docker/daemon.json, then sudo systemctl restart docker`);
    const silent = find(/connection refused|no such host|no route to host|network is unreachable|i\/o timeout|deadline exceeded|Client\.Timeout|connection reset|server misbehaving/i);
    if (silent !== undefined)
        return failed(silent, `${host} does not answer`, `Look from the machine whether it is there: curl -sSi https://${host}/v2/ (any answer is one, 401 too)`, true);
    if (atLogin)
        return loginRefused(registry, details, said);
    const unknown = find(/manifest unknown|manifest for .* not found|name unknown|repository does not exist|not found/i);
    const denied = find(/unauthorized|authentication required|no basic auth credentials|denied|forbidden/i);
    if (denied !== undefined && !/repository does not exist/.test(denied))
        return pullDenied(registry, denied, failed);
    if (unknown !== undefined)
        return new build_errors/* ActionError */.lZ('image-not-found', `image-registry: an image is not there: ${said(unknown)}`, {
            details,
            hint: `A mirror has what was copied to it, a pull-through cache needs the right path in image-registry (it is "${registry.address}"), and some registries say this to those who may not read. Try it on the machine: sudo docker pull IMAGE`,
        });
    return undefined;
}
function loginRefused({ address, login }, details, said) {
    const line = details.findLast(each => /unauthorized|incorrect|denied|forbidden|40[013]/i.test(each));
    if (line === undefined)
        return undefined;
    const host = hostOf(address);
    return new build_errors/* ActionError */.lZ('registry-login-refused', `registry-username and registry-password: ${host} refuses the login of "${login?.username ?? ''}": ${said(line)}`, { details });
}
function pullDenied({ address, login }, line, failed) {
    const host = hostOf(address);
    if (login)
        return failed(line, `${host} lets "${login.username}" in, but not read an image`, `Give the user the right to read below ${address}. In Amazon ECR these are ecr:BatchGetImage and ecr:GetDownloadUrlForLayer; the first pull through a cache needs ecr:CreateRepository and ecr:BatchImportUpstreamImage, too.`);
    return failed(line, `${host} wants a login`, 'Give registry-username and registry-password.');
}

;// CONCATENATED MODULE: ./build/steps/deploy/registry-login.js

/** The exit code of a command whose login was refused (sysexits.h, EX_NOPERM). */
const LOGIN_FAILED = 77;
/**
 * `sh -c SCRIPT sh HOST USERNAME WORDS…`, as root, with the password as its standard input: logs Docker in, runs the words, and
 * takes the login back, however they end. The login is in a folder of its own that only root can enter; /run is in memory, so that
 * it is on no disk. Logins that root has there already stay as they are, and are not seen by the words.
 *
 * What runs is waited for in the background: a shell acts on a signal only then, and the run may be cancelled at any moment.
 */
const registry_login_SCRIPT = `
umask 077
exec 3<&0
folder=$(mktemp -d /run/kafka-al2023-login.XXXXXXXX) || exit
trap 'rm -rf -- "$folder"' EXIT
trap 'kill "$child" 2>/dev/null; exit 143' HUP INT TERM
run() {
  "$@" <&3 &
  child=$!
  wait "$child"
}
export DOCKER_CONFIG="$folder"
run docker login --username "$2" --password-stdin -- "$1" || exit ${LOGIN_FAILED}
shift 2
run "$@"`;
/** A command with Docker logged in to a registry as long as it runs. @param registry as `ImageRegistry.address` */
function loggedIn(command, registry, { username, password }) {
    const argv = ['sh', '-c', registry_login_SCRIPT, 'sh', hostOf(registry), username, ...command.argv];
    return { ...command, argv, sudo: true, stdin: password, needsEngine: true };
}

;// CONCATENATED MODULE: ./build/steps/deploy/images.js










const PULL_ATTEMPTS = 3;
const PULL_PAUSE_MS = 3_000;
/** An image as the report lists versions: its name, and the tag or digest that it is pinned to. */
function versionOf(image) {
    const { name, tag, digest } = (0,image_name/* imageParts */.Ck)(image);
    return [name, tag ?? digest ?? 'latest'];
}
/** The first digest under which a registry knows an image, for each; none for an image that was built on the machine. */
const DIGESTS = '{{range $at, $digest := .RepoDigests}}{{if not $at}}{{$digest}}{{end}}{{end}}';
/** An image with the digest of its content, which its tag may not have tomorrow. */
function withDigest(image, repoDigest = '') {
    const { digest } = (0,image_name/* imageParts */.Ck)(repoDigest);
    return digest === undefined || (0,image_name/* imageParts */.Ck)(image).digest !== undefined ? image : `${image}@${digest}`;
}
/**
 * `docker-compose pull`, apart from `up`, so that a registry's failure is not taken for a container's.
 * @param registry where the stack has images of Docker Hub from; none for Docker Hub itself
 */
function imagesStep(project, stack, registry) {
    const { images } = stack;
    return {
        name: 'images',
        title: 'Images pulled',
        guide: '4/4.1',
        needs: ['docker-service', 'compose-binary', 'compose-file'],
        writes: enginePlaces(),
        async check({ host }) {
            const format = ['--format', `{{.Id}} ${DIGESTS}`];
            const result = await host.run({
                argv: ['docker', 'image', 'inspect', ...format, ...images],
                sudo: true,
                isLook: true,
            });
            const found = result.stdout.split('\n').filter(line => line !== '');
            const count = found.length;
            if (result.exitCode === 0) {
                const pinned = images.map((image, index) => withDigest(image, found[index]?.split(' ')[1]));
                return satisfied(pinned.join(', '), Object.fromEntries(images.map(versionOf)));
            }
            return notYet(`${images.length - count} of ${images.length} images are missing`);
        },
        async apply(context) {
            for (const part of pullsOf(stack, registry))
                await pullPatiently(context, project, part);
        },
    };
}
/** Services with an image of `image-registry` by themselves: the login is for these alone, and what fails is told apart. */
function pullsOf({ serviceImages }, registry) {
    if (!registry)
        return [{ services: [] }];
    const own = servicesFrom(registry.address, serviceImages);
    const others = [...serviceImages.keys()].filter(service => !own.includes(service));
    return [{ services: own, registry }, { services: others }].filter(({ services }) => services.length > 0);
}
function pullPatiently(context, project, part) {
    return retry(context, () => pull(context, project, part), {
        pauseMs: attempt => PULL_PAUSE_MS * attempt,
        giveUp: ({ error, attempt }) => (images_isPassing(error) && attempt < PULL_ATTEMPTS ? undefined : error),
        onRetry: ({ error, attempt }) => context.log.info(`${(0,build_errors/* reasonOf */.A3)(error)}; trying again (${attempt} of ${PULL_ATTEMPTS - 1})`),
    });
}
/** A registry may answer a moment later; what nobody changes meanwhile stays as it is. */
const images_isPassing = (error) => error instanceof build_errors/* ActionError */.lZ && error.retriable;
async function pull({ host, log }, project, { services, registry }) {
    const command = (0,compose_project/* composeCommand */.ec)(project, ['--progress', 'plain', 'pull', '--quiet', ...services]);
    const login = registry?.login;
    if (login)
        log.info(`docker login ${registry.address} as ${login.username}, as long as this pull takes`);
    log.info(['docker-compose pull', ...services].join(' '));
    const { exitCode, stdout, stderr } = await host.run(registry && login ? loggedIn(command, registry.address, login) : command);
    if (exitCode === 0)
        return;
    const output = `${stdout}\n${stderr}`;
    const atLogin = exitCode === LOGIN_FAILED && login !== undefined;
    throw (registry && registryFailure(registry, { output, atLogin })) ?? pullFailed(output);
}

;// CONCATENATED MODULE: ./build/kafka/goodbye.js

const goodbye_TIMEOUT_MS = 5_000;
/** Disconnects a client, within five seconds: one whose broker hangs must not keep a failed or cancelled run from ending. */
async function goodbye(client, clock) {
    const gone = client.disconnect().catch(() => { });
    await within(clock, goodbye_TIMEOUT_MS, gone, () => { });
}

;// CONCATENATED MODULE: ./build/kafka/admin.js

/** Connects an admin client, lets `work` ask with it, and leaves no connection behind. @throws what either of them does */
async function withAdmin(admin, clock, work) {
    try {
        await admin.connect();
        return await work(admin);
    }
    finally {
        await goodbye(admin, clock);
    }
}

;// CONCATENATED MODULE: ./build/kafka/poll.js



const PAUSE_MS = 500;
/** How often a reader is told what is still waited for; the debug log has every attempt. */
const NEWS_MS = 10_000;
/**
 * Asks, twice a second, until the answer is good. An answer that comes after the end of the signal is not waited for.
 * @throws what `late` returns, or what cannot get better
 */
async function poll(context, question) {
    const { clock, log, signal } = context;
    const { what, ask, endsAtMs, notYet, late } = question;
    const startedAtMs = clock.now();
    let toldAtMs = startedAtMs;
    const giveUp = ({ error }) => {
        const final = (0,build_errors/* finalErrorIn */.Er)(error);
        if (final)
            return final;
        return clock.now() >= endsAtMs ? late((0,build_errors/* reasonOf */.A3)(error), error) : undefined;
    };
    const onRetry = ({ error }) => {
        const news = `not yet: ${notYet((0,build_errors/* reasonOf */.A3)(error))}`;
        if (clock.now() - toldAtMs < NEWS_MS)
            return log.debug(news);
        toldAtMs = clock.now();
        log.info(news);
    };
    await retry(context, () => unlessAborted(signal, ask()), { pauseMs: PAUSE_MS, giveUp, onRetry });
    log.info(`${what} (after ${(0,build_clock/* formatDuration */.a)(clock.now() - startedAtMs)})`);
}

;// CONCATENATED MODULE: ./build/kafka/refusals.js

const tool = (name, what) => `\`${name} --bootstrap-server HOST:PORT ${what}\``;
const theTopic = (topic) => `topic ${topic}`;
const itsMessages = (topic) => `the messages for topic ${topic}`;
const unset = (...settings) => ({
    code: 'topic-unusable',
    what: itsMessages,
    hint: topic => `In a broker's container, see the topic's settings with ${tool('kafka-configs', `--describe --topic ${topic}`)} and take away the one that is in the way, for example with ${tool('kafka-configs', `--alter --topic ${topic} --delete-config ${settings.join(',')}`)}. Or name another topic.`,
});
const NAME = {
    code: 'topic-unusable',
    what: theTopic,
    hint: () => 'Give the input topic another name. No topic was made.',
};
const RULES = {
    code: 'topic-unusable',
    what: theTopic,
    hint: () => "Make the topic by hand as the cluster's rules want it (create.topic.policy.class.name of the brokers names them), or name one that is there.",
};
const ACCESS = {
    code: 'kafka-not-authorized',
    what: topic => `the test access to topic ${topic}`,
    hint: topic => `In a broker's container, see who may do what with ${tool('kafka-acls', `--list --topic ${topic}`)}: the test describes, writes and reads the topic, and makes it if it is not there. Or name another topic.`,
};
const CLUSTER_ACCESS = {
    code: 'kafka-not-authorized',
    what: topic => `the test access to the cluster, for topic ${topic}`,
    hint: () => `In a broker's container, see who may do what with ${tool('kafka-acls', '--list --cluster')}: the test makes topics.`,
};
/** GROUP_AUTHORIZATION_FAILED */
const refusals_GROUP_REFUSED = 30;
/** More bytes than the topic takes at once, or than one of its segments holds. */
const TOO_LARGE = [10, 18];
const refusals_REFUSALS = {
    // MESSAGE_TOO_LARGE and RECORD_LIST_TOO_LARGE
    10: unset('max.message.bytes'),
    18: unset('segment.bytes'),
    // INVALID_TOPIC_EXCEPTION: also a name that differs from another one by dots and underscores alone
    17: NAME,
    // NOT_ENOUGH_REPLICAS, before and after the message was written
    19: { code: 'not-enough-replicas', what: itsMessages },
    20: { code: 'not-enough-replicas', what: itsMessages },
    // TOPIC_AUTHORIZATION_FAILED and CLUSTER_AUTHORIZATION_FAILED
    29: ACCESS,
    31: CLUSTER_ACCESS,
    // INVALID_TIMESTAMP
    32: unset('message.timestamp.before.max.ms', 'message.timestamp.after.max.ms'),
    // INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR, INVALID_CONFIG and POLICY_VIOLATION
    37: RULES,
    38: RULES,
    40: RULES,
    44: RULES,
    // INVALID_RECORD: most often one without a key, in a compacted topic
    87: unset('cleanup.policy'),
};
/**
 * Translates what Kafka refuses for good, by a setting, a rule or a right.
 * @param thrown an error of kafkajs, or what another client tells of its own
 * @returns undefined for anything else
 */
function refusalOf(topic, thrown) {
    for (const { code, message } of protocolErrorsIn(thrown)) {
        const refusal = refusals_REFUSALS[code];
        if (refusal)
            return new build_errors/* ActionError */.lZ(refusal.code, `Kafka refuses ${refusal.what(topic)}: ${message}`, {
                cause: thrown,
                ...(refusal.hint ? { hint: refusal.hint(topic) } : {}),
            });
    }
    return undefined;
}
/** True when Kafka refuses messages only because there are too many bytes of them at once. */
function isTooLarge(thrown) {
    return [...protocolErrorsIn(thrown)].some(({ code }) => TOO_LARGE.includes(code));
}
/** A right that the user lacks, of the topic or of the group, wherever it was asked for. */
function accessRefusalOf(topic, group, thrown) {
    const refusal = refusalOf(topic, thrown);
    return refusal?.code === 'kafka-not-authorized' ? refusal : groupRefusalOf(group, thrown);
}
/** The same for a consumer group that the user may not use. */
function groupRefusalOf(group, thrown) {
    for (const { code, message } of protocolErrorsIn(thrown))
        if (code === refusals_GROUP_REFUSED)
            return new build_errors/* ActionError */.lZ('kafka-not-authorized', `Kafka refuses the test access to consumer group ${group}: ${message}`, {
                cause: thrown,
                hint: `In a broker's container, see who may do what with ${tool('kafka-acls', '--list --group GROUP')}: the test reads in, describes and deletes groups whose names begin with that of the input group, and with kafka-al2023-action-.`,
            });
    return undefined;
}
/** kafkajs puts the refusal of a topic into an error for all topics, and what it has retried into one that counts. */
function* protocolErrorsIn(thrown) {
    if (typeof thrown !== 'object' || thrown === null)
        return;
    const { code, message, errors, cause } = thrown;
    if (typeof code === 'number')
        yield { code, message: `${message}` };
    if (Array.isArray(errors))
        for (const inner of errors)
            yield* protocolErrorsIn(inner);
    yield* protocolErrorsIn(cause);
}

;// CONCATENATED MODULE: ./build/kafka/topic.js

/** Kafka's usual replication: three copies, or as many as there are brokers. */
const usualReplicationFactor = (brokerCount) => Math.min(3, brokerCount);
/** @returns what the cluster says of a topic, or undefined when it is not there */
async function describeTopic(admin, topic) {
    const [{ topics }, { brokers }, settings] = await Promise.all([
        // Of all topics: asking for the metadata of one that is not there would create it.
        admin.fetchTopicMetadata(),
        admin.describeCluster(),
        readSettings(admin, topic),
    ]);
    const found = topics.find(({ name }) => name === topic);
    if (!found)
        return undefined;
    const partitions = found.partitions
        .map(({ partitionId, leader, replicas, isr }) => ({
        partition: partitionId,
        leader,
        replicas,
        inSyncReplicas: isr,
    }))
        .sort((a, b) => a.partition - b.partition);
    return {
        topic,
        partitions,
        replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        ...settings,
        brokers: brokers
            .map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` }))
            .sort((a, b) => a.id - b.id),
    };
}
/** ConfigResource.Type.TOPIC of Kafka's protocol; node cannot import kafkajs's own constant, which is CommonJS. */
const TOPIC_RESOURCE = 2;
async function readSettings(admin, topic) {
    const names = ['min.insync.replicas', 'cleanup.policy'];
    const [replicas, cleanupPolicy] = await settingsOf(admin, topic, names);
    return {
        ...(replicas ? { minInSyncReplicas: Number(replicas) } : {}),
        ...(cleanupPolicy ? { cleanupPolicy } : {}),
    };
}
/** @returns the settings by which Kafka deletes records of a topic, in words; undefined when it may not be asked */
async function readRetention(admin, topic) {
    const names = ['cleanup.policy', 'retention.ms', 'retention.bytes'];
    const values = await settingsOf(admin, topic, names);
    const known = names.flatMap((name, index) => (values[index] ? [`${name}=${values[index]}`] : []));
    return known.length > 0 ? known.join(', ') : undefined;
}
/** The values in the order of the names. A cluster may keep its settings from us; the brokers enforce them themselves. */
async function settingsOf(admin, topic, configNames) {
    try {
        const { resources } = await admin.describeConfigs({
            includeSynonyms: false,
            resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: [...configNames] }],
        });
        const entries = resources[0]?.configEntries ?? [];
        return configNames.map(name => entries.find(({ configName }) => configName === name)?.configValue);
    }
    catch {
        return [];
    }
}
/** @returns what keeps messages from being written safely right now, one sentence for each problem */
function problemsOf({ topic, partitions }) {
    return partitions.flatMap(({ partition, leader, replicas, inSyncReplicas }) => {
        if (leader < 0)
            return [`${topic}, partition ${partition}: no broker leads it`];
        const missing = replicas.filter(id => !inSyncReplicas.includes(id));
        if (missing.length === 0)
            return [];
        const who = `${missing.length === 1 ? 'broker' : 'brokers'} ${missing.join(', ')}`;
        return [
            `${topic}, partition ${partition}: ${inSyncReplicas.length} of ${replicas.length} replicas are in sync, without ${who}`,
        ];
    });
}
/** What is to be said of a cluster with a single broker. */
const ONE_BROKER = 'the cluster has one broker: every message is stored once, nothing can be written or read while the broker is down, and a volume that is lost takes all messages with it';
/**
 * Says what another layout of the topic would prove in addition, one sentence for each point. The layout itself is kept.
 * @returns `risks` cost messages when a broker fails; `gaps` are what the test does not see
 */
function limitationsOf(state) {
    const { topic, partitions, replicationFactor, brokers } = state;
    const idle = brokers.map(({ id }) => id).filter(id => !partitions.some(({ leader }) => leader === id));
    const possible = usualReplicationFactor(brokers.length);
    const risk = `topic ${topic} has replication factor ${replicationFactor} where ${possible} is possible: ` +
        `it loses messages when ${replicationFactor === 1 ? 'a broker fails' : `${replicationFactor} brokers fail`}`;
    const gap = `topic ${topic} (partitions: ${partitions.length}) has no partition led by broker ${idle.join(', ')} at the moment`;
    // Of several brokers all but one may be down: then the topic has more replicas than there are brokers now.
    const isAlone = brokers.length === 1 && replicationFactor === 1;
    return {
        risks: replicationFactor < possible ? [risk] : [],
        gaps: [...(isAlone ? [ONE_BROKER] : []), ...(idle.length > 0 ? [gap] : [])],
    };
}
/**
 * Creates a topic with a partition for every broker, led by it. Not every broker knows of it at once.
 * @throws ActionError when Kafka refuses it for good
 */
async function createTopic(admin, topic) {
    const { brokers } = await admin.describeCluster();
    const ids = brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b);
    const factor = usualReplicationFactor(ids.length);
    // The first replica leads. Left to the cluster, two partitions may well have the same leader.
    const replicaAssignment = ids.map((_, partition) => ({
        partition,
        replicas: Array.from({ length: factor }, (_, index) => ids[(partition + index) % ids.length] ?? 0),
    }));
    try {
        // kafkajs waits by asking one broker, and fails when that one has not heard of the topic yet: the caller waits.
        await admin.createTopics({ waitForLeaders: false, topics: [{ topic, replicaAssignment }] });
    }
    catch (error) {
        throw refusalOf(topic, error) ?? error;
    }
}
/** Deletes a topic, if it is there. */
async function deleteTopic(admin, topic) {
    if ((await admin.listTopics()).includes(topic))
        await admin.deleteTopics({ topics: [topic] });
}
/** UNKNOWN_TOPIC_OR_PARTITION of Kafka's protocol: what a broker says that has not heard of a topic yet, or no longer has it. */
const UNKNOWN_TOPIC = 3;
/** True for a broker's word that it does not know a topic, however kafkajs has wrapped it. */
function isOfMissingTopic(thrown) {
    for (let error = thrown; error instanceof Error; error = error.cause)
        if (error.code === UNKNOWN_TOPIC)
            return true;
    return false;
}

;// CONCATENATED MODULE: ./build/kafka/agreement.js






/** The caller polls; the client does not retry. */
const ONCE = { retry: { retries: 0 } };
/** The name of a topic that is asked about and never made. */
const TOPIC = 'kafka-al2023-action-question';
/**
 * Waits until every broker by itself knows all the others, and the controller answers. Neither follows from what a client
 * of the cluster is told: kafkajs asks any broker it knows of, whichever it was given, and in KRaft mode a broker that has
 * lost the controllers goes on answering from memory and names any broker as the controller. In such a cluster an idempotent
 * producer waits without an end.
 *
 * @throws ActionError `kafka-not-ready` at the deadline, or what keeps us from asking
 */
async function waitForAgreement(context, options) {
    const { bootstrapServers, timeoutMs } = options;
    await poll(context, {
        what: 'each broker knows the others, the controller answers',
        endsAtMs: context.clock.now() + timeoutMs,
        ask: async () => {
            const brokers = bootstrapServers.map(address => askBroker(context, address, bootstrapServers.length));
            // Side by side, for each takes several round trips. What a broker says comes first: it may explain what the controller does.
            const answers = await Promise.allSettled([...brokers, askController(context, bootstrapServers)]);
            for (const answer of answers)
                if (answer.status === 'rejected')
                    throw answer.reason;
        },
        notYet: reason => reason,
        late: (reason, cause) => new build_errors/* ActionError */.lZ('kafka-not-ready', `the brokers did not agree within ${(0,build_clock/* formatDuration */.a)(timeoutMs)}: ${reason}`, { cause }),
    });
}
async function askBroker({ kafka, clock }, address, count) {
    const admin = kafka.onlyTo(address).admin(ONCE);
    const { brokers } = await withAdmin(admin, clock, connected => connected.describeCluster());
    const missing = count - brokers.length;
    if (missing > 0)
        throw new Error(`the broker at ${address} does not know ${missing} of the others`);
}
/** Asks whether a topic could be made, which only the controller can tell. */
async function askController({ kafka, clock }, bootstrapServers) {
    const replicationFactor = usualReplicationFactor(bootstrapServers.length);
    const question = {
        validateOnly: true,
        waitForLeaders: false,
        topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor }],
    };
    try {
        await withAdmin(kafka.of(bootstrapServers).admin(ONCE), clock, admin => admin.createTopics(question));
    }
    catch (cause) {
        const own = (0,build_errors/* actionErrorIn */.qk)(cause);
        if (own)
            throw own;
        // A controller that refuses this topic, by a rule or a right, has answered.
        if (refusalOf(TOPIC, cause))
            return;
        throw new Error(`the controller takes no topic of ${replicationFactor} replicas (${agreement_wordsOf(cause)})`, {
            cause,
        });
    }
}
/** kafkajs wraps the refusal of a topic in an error that does not name it. */
function agreement_wordsOf(thrown) {
    const { errors } = thrown;
    return errors?.map(build_errors/* reasonOf */.A3).join('; ') ?? (0,build_errors/* reasonOf */.A3)(thrown);
}

;// CONCATENATED MODULE: ./build/kafka/readiness.js





/**
 * Waits until Kafka itself says that it is ready, in the order in which its parts depend on each other: every broker knows
 * of all of them; then a group coordinator answers, and beside it the schema registry, which takes longer to start. Each broker is asked on its own: one that has
 * just started knows neither the others nor any topic, and a client may well ask that one.
 *
 * @returns what was found, for the log
 * @throws ActionError `kafka-not-ready` or `schema-registry-not-ready` at the deadline, or what keeps us from asking
 */
async function waitUntilReady(context, options) {
    const { bootstrapServers, group, askRegistry, agree } = options;
    const count = bootstrapServers.length;
    const admins = bootstrapServers.map(server => context.kafka.of([server]).admin({ retry: { retries: 0 } }));
    const waitFor = answers(context, options);
    try {
        await waitFor(context, 'kafka-not-ready', `${count} brokers registered`, () => Promise.all(admins.map(admin => readiness_askBroker(admin, count))));
        await together(context, [
            inner => waitFor(inner, 'kafka-not-ready', 'the group coordinator answers', async () => admins[0]?.fetchOffsets({ groupId: group }).catch(error => {
                throw groupRefusalOf(group, error) ?? error;
            })),
            async (inner) => askRegistry &&
                waitFor(inner, 'schema-registry-not-ready', 'the schema registry answers', askRegistry),
            async (inner) => agree?.(inner),
        ]);
    }
    finally {
        const gone = Promise.all(admins.map(admin => goodbye(admin, context.clock)));
        if (!context.signal.aborted)
            await gone;
    }
    return `${count} brokers, coordinator${askRegistry ? ' and schema registry' : ''} answer`;
}
/** Waits for several things side by side. @throws what the first of them throws, in their order; the others are ended then */
async function together(context, works) {
    const over = new AbortController();
    const signal = AbortSignal.any([context.signal, over.signal]);
    const running = works.map(work => work({ ...context, signal }));
    for (const each of running)
        each.catch(() => { });
    try {
        for (const each of running)
            await each;
    }
    finally {
        over.abort(new Error('it is not waited for any more'));
    }
}
async function readiness_askBroker(admin, brokerCount) {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    if (brokers.length < brokerCount)
        throw new Error(`${brokers.length} of ${brokerCount} brokers are registered`);
    if (controller === null || controller < 0)
        throw new Error('no broker is the controller yet');
}
/** Returns a function that waits for one answer after the other. All of them share one deadline. */
function answers(context, { timeoutMs }) {
    const endsAtMs = context.clock.now() + timeoutMs;
    const limit = (0,build_clock/* formatDuration */.a)(timeoutMs);
    return (inner, code, what, ask) => poll(inner, {
        what,
        ask,
        endsAtMs,
        notYet: reason => `${what} (${reason})`,
        late: (reason, cause) => new build_errors/* ActionError */.lZ(code, `not so within ${limit}: ${what}. Last answer: ${reason}`, { cause }),
    });
}

// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(37067);
// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(44708);
// EXTERNAL MODULE: external "node:stream/consumers"
var consumers_ = __webpack_require__(38321);
;// CONCATENATED MODULE: ./build/kafka/registry/exchange.js





/** Makes one HTTP request over an open connection, which is closed then; fetch() cannot do that. */
async function exchange(url, { method, connection, signal, headers, body, tls }) {
    const isSecure = url.protocol === 'https:';
    try {
        const open = isSecure ? await tlsOver(connection, url.hostname, tls, signal) : connection;
        const request = (isSecure ? external_node_https_ : external_node_http_).request(url, {
            ...{ method, headers, signal },
            createConnection: () => open,
        });
        request.end(body);
        const [response] = (await (0,external_node_events_.once)(request, 'response'));
        return { status: response.statusCode, body: await (0,consumers_.text)(response) };
    }
    finally {
        connection.destroy();
    }
}

;// CONCATENATED MODULE: ./build/kafka/registry/schema-registry.js




const schema_registry_TIMEOUT_MS = 10_000;
/**
 * What changes something the registry writes into Kafka: where a broker has just gone without a word, its producer waits for an answer for
 * thirty seconds (`request.timeout.ms`) before it looks for the new leader. Apicurio Registry has two, and the second one begins when
 * the first one is through.
 */
const WRITE_TIMEOUT_MS = 75_000;
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
/** The schema registry said no. */
class RegistryRefusal extends Error {
    name = 'RegistryRefusal';
    status;
    constructor(request, status, body) {
        super(`${request} answered ${status}: ${body.slice(0, 200)}`);
        this.status = status;
    }
}
/**
 * A schema registry, asked by way of the machine (Schema Registry API, version 1). Every call throws an Error when the registry does not
 * answer within ten seconds, thirty where it writes; a RegistryRefusal when it says no, and an Error when it answers nonsense.
 */
class SchemaRegistry {
    host;
    url;
    security;
    /**
     * @param url its address as seen from the machine
     * @param security what it asks for: by default nothing
     */
    constructor(host, url, security = {}) {
        this.host = host;
        this.url = url;
        this.security = security;
    }
    /** @returns the names of the subjects */
    async subjects() {
        const subjects = await this.request('GET', '/subjects');
        if (!Array.isArray(subjects))
            throw new Error(`${this.url}/subjects answered something else than a list`);
        return subjects.map(String);
    }
    /** Adds a schema to a subject. @returns its id, the same for the same schema */
    async register(subject, schema, type = 'AVRO') {
        const path = `${subjectPath(subject)}/versions`;
        return integerIn(await this.write('POST', path, bodyOf(schema, type)), 'id');
    }
    /** @returns the id under which the subject has this schema; undefined when it has not */
    async find(subject, schema, type) {
        const found = this.request('POST', subjectPath(subject), bodyOf(schema, type));
        return found.then(answer => integerIn(answer, 'id')).catch(unlessThere);
    }
    /** @returns why a schema could not follow those of the subject; nothing when it could, or there are none */
    async problemsOf(subject, schema, type) {
        const path = `/compatibility${subjectPath(subject)}/versions?verbose=true`;
        const answer = await this.request('POST', path, bodyOf(schema, type)).catch(unlessThere);
        if (answer === undefined)
            return [];
        const { is_compatible: isCompatible, messages } = recordOf(answer);
        if (isCompatible === true)
            return [];
        return Array.isArray(messages) && messages.length > 0
            ? messages.map(String)
            : ['the registry does not say why'];
    }
    /** @returns the schema with this id, as a JSON text */
    async schemaById(id) {
        const { schema } = recordOf(await this.request('GET', `/schemas/ids/${id}`));
        if (typeof schema !== 'string')
            throw new Error(`the registry's answer for schema ${id} holds no schema`);
        return schema;
    }
    /** Sets which changes of a subject's schema are allowed. */
    async setCompatibility(subject, compatibility) {
        await this.write('PUT', configPath(subject), { compatibility });
    }
    /** @returns whether a schema could follow the subject's latest one */
    async isCompatible(subject, schema) {
        const path = `/compatibility${subjectPath(subject)}/versions/latest`;
        return recordOf(await this.request('POST', path, { schema })).is_compatible === true;
    }
    /** Removes a subject with its settings, for good: the first call only hides it. A subject that is not there is no error. */
    async deleteSubject(subject) {
        const path = subjectPath(subject);
        for (const target of [configPath(subject), path, `${path}?permanent=true`]) {
            await this.write('DELETE', target).catch(unlessThere);
        }
    }
    write(method, path, body) {
        return this.request(method, path, body, WRITE_TIMEOUT_MS);
    }
    async request(method, path, body, timeoutMs = schema_registry_TIMEOUT_MS) {
        const { user, tls = { checksName: true } } = this.security;
        const url = new URL(`${this.url}${path}`);
        const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
        const connection = await this.host.dial(loopback(url.hostname), port);
        const signal = AbortSignal.timeout(timeoutMs);
        const headers = {
            ...(body ? { 'Content-Type': CONTENT_TYPE } : {}),
            ...(user ? authorization(user) : {}),
        };
        const asked = exchange(url, {
            ...{ method, connection, signal, headers, tls },
            body: body && JSON.stringify(body),
        });
        const answer = await asked.catch(cause => {
            if (!signal.aborted)
                throw explainTls(cause, { peer: `schema registry ${url.host}`, tls, prefix: 'schema.registry.' });
            throw new Error(`${this.url}${path} did not answer in ${timeoutMs / 1000} s`, { cause });
        });
        if (answer.status === 401 || answer.status === 403)
            throw unauthorized(`${this.url}${path}`, answer.status, user);
        if (answer.status !== 200)
            throw new RegistryRefusal(`${this.url}${path}`, answer.status ?? 0, answer.body);
        return JSON.parse(answer.body);
    }
}
/** HTTP's basic authentication (RFC 7617). */
const authorization = ({ username, password }) => ({
    Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});
function unauthorized(what, status, user) {
    const why = {
        401: user ? 'it does not take the user name or the password' : 'it asks for a user name and a password',
        403: user ? 'its user may not do this' : 'it lets nobody do this without a user name',
    }[status];
    return new build_errors/* ActionError */.lZ('schema-registry-unauthorized', `${what} answered ${status}: ${why}`);
}
/** Avro is what a registry takes that is not told a type: old ones know no other. */
const bodyOf = (schema, type) => type === 'AVRO' ? { schema } : { schema, schemaType: type };
function unlessThere(error) {
    if (!(error instanceof RegistryRefusal && error.status === 404))
        throw error;
}
const subjectPath = (subject) => `/subjects/${encodeURIComponent(subject)}`;
const configPath = (subject) => `/config/${encodeURIComponent(subject)}`;
function recordOf(value) {
    return typeof value === 'object' && value !== null ? value : {};
}
function integerIn(value, name) {
    const number = recordOf(value)[name];
    if (typeof number === 'number' && Number.isSafeInteger(number))
        return number;
    throw new Error(`the registry's answer holds no ${name}`);
}

;// CONCATENATED MODULE: ./build/machine/forwarding-ban.js

/**
 * What the SSH server's settings are for this user, where they stand, and what stands before the keys of the user. `sshd -T` applies
 * the Match blocks; those for other addresses are seen by where they stand.
 */
const forwarding_ban_SCRIPT = `
/usr/bin/sudo -n sshd -T -C "user=$(id -un),host=localhost,addr=127.0.0.1" 2>/dev/null |
  sed -n 's/^\\(allowtcpforwarding\\|disableforwarding\\|permitopen\\) /setting &/p'
/usr/bin/sudo -n grep -nHEi '^[[:space:]]*(AllowTcpForwarding|DisableForwarding|PermitOpen)' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf 2>/dev/null |
  sed 's/^/place /'
grep -oE '^[^#]*(restrict|no-port-forwarding|permitopen="[^"]*")' ~/.ssh/authorized_keys 2>/dev/null | sed 's/^/key /'
`;
const INSTEAD = 'Or set clients to host: then the pair on the machine proves the cluster, and nothing is forwarded.';
/**
 * Says why a machine forwards no connections, if that is what went wrong.
 * @returns the error with the setting that forbids it; any other error as it is
 */
async function explainForwardingBan(host, thrown) {
    const error = (0,build_errors/* actionErrorIn */.qk)(thrown);
    if (error?.code !== 'ssh-forwarding-refused')
        return thrown;
    const looked = await host.run({ argv: ['sh', '-c', forwarding_ban_SCRIPT], timeoutMs: 10_000 }).catch(() => undefined);
    return looked ? explained(error, looked.stdout.split('\n')) : error;
}
function explained(error, lines) {
    const after = (start) => lines.filter(line => line.startsWith(start)).map(line => line.slice(start.length).trim());
    const forbidding = after('setting ').flatMap(line => FORBIDDING.find(({ found }) => found.test(line)) ?? []);
    if (forbidding.length > 0) {
        const wanted = forbidding.map(({ right }) => right).join(' and ');
        const told = forbidding.map(({ inWords }) => inWords).join(', ');
        return error.with({
            message: `${error.message}: ${told} in its sshd_config`,
            hint: `On the machine, set ${wanted} for this user (sudo sshd -T shows what counts), then: sudo systemctl reload sshd. ${INSTEAD}`,
            details: after('place '),
        });
    }
    const options = after('key ');
    if (options.length === 0)
        return error.with({ details: after('place ') });
    return error.with({
        message: `${error.message}: the key has the option ${[...new Set(options)].join('; ')} in ~/.ssh/authorized_keys`,
        hint: `In ~/.ssh/authorized_keys on the machine remove the option, or add port-forwarding behind restrict. ${INSTEAD}`,
    });
}
const FORBIDDING = [
    { found: /^allowtcpforwarding no/, inWords: 'AllowTcpForwarding no', right: 'AllowTcpForwarding yes' },
    {
        found: /^allowtcpforwarding remote/,
        inWords: 'AllowTcpForwarding remote',
        right: 'AllowTcpForwarding yes',
    },
    { found: /^disableforwarding yes/, inWords: 'DisableForwarding yes', right: 'DisableForwarding no' },
    { found: /^permitopen (?!any)/, inWords: 'PermitOpen, which names other places,', right: 'PermitOpen any' },
];

;// CONCATENATED MODULE: ./build/host/reachable.js


/** A machine that works answers in milliseconds; one that connects again, in a second or two. */
const reachable_PATIENCE_MS = 8_000;
/**
 * Asks a machine for a sign of life. When something that goes by way of it does not answer, this tells whether the connection
 * to the machine is to blame.
 *
 * @returns nothing when it answers; otherwise the error, `ssh-connection-lost` unless there is a better word for it
 * @throws the signal's reason
 */
async function lostConnection(host, { clock, signal }) {
    const asking = host.run({ argv: ['true'], timeoutMs: reachable_PATIENCE_MS });
    const late = () => {
        throw new Error(`no answer in ${reachable_PATIENCE_MS / 1000} s`);
    };
    try {
        await within(clock, reachable_PATIENCE_MS, asking, late, signal);
        return undefined;
    }
    catch (cause) {
        signal.throwIfAborted();
        const own = (0,build_errors/* actionErrorIn */.qk)(cause);
        // A key or a host key that is refused now is another matter than a machine that does not answer.
        if (own && /^(ssh-auth|ssh-host-key|proxy-command)/.test(own.code))
            return own;
        return new build_errors/* ActionError */.lZ('ssh-connection-lost', `${host.name} does not answer any more: ${(0,build_errors/* reasonOf */.A3)(cause)}`, {
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./build/kafka/shared-admins.js

/**
 * Lets what `work` does one after the other share its admin clients: a new one takes three round trips before it asks anything, and a
 * connection to the controller besides. None is left behind.
 */
async function sharingAdmins(context, work) {
    const idleAdmins = new Map();
    try {
        return await work({ ...context, kafka: { ...context.kafka, idleAdmins } });
    }
    finally {
        await Promise.all([...idleAdmins.values()].flat().map(admin => goodbye(admin, context.clock)));
    }
}
/**
 * An admin client of a cluster, new or shared.
 * @param retries how often what fails is tried again, see `KafkaClients.of`
 */
function leaseAdmin({ kafka, clock }, servers, retries) {
    const { idleAdmins } = kafka;
    const key = `${retries} ${servers.join(' ')}`;
    const idle = idleAdmins?.get(key)?.pop();
    const admin = idle ?? kafka.of(servers, retries).admin();
    return {
        admin,
        connect: async () => {
            if (!idle)
                await admin.connect();
        },
        giveBack: async (isGood) => {
            if (!idleAdmins || !isGood)
                await goodbye(admin, clock);
            else
                idleAdmins.set(key, [...(idleAdmins.get(key) ?? []), admin]);
        },
    };
}
/** Lets `work` ask with such a client. @throws what connecting or `work` does */
async function withLeasedAdmin(context, servers, work, retries) {
    const lease = leaseAdmin(context, servers, retries);
    let isGood = false;
    try {
        await lease.connect();
        const result = await work(lease.admin);
        isGood = true;
        return result;
    }
    finally {
        await lease.giveBack(isGood);
    }
}

;// CONCATENATED MODULE: ./build/kafka/cluster-check.js





const ANSWER_TIMEOUT_MS = 5_000;
const cluster_check_PAUSE_MS = 500;
/** What this check itself finds wrong. Anything else, a lost connection for example, kept it from looking. */
const FINDINGS = new Set([
    'kafka-not-ready',
    'topic-not-found',
    'not-enough-replicas',
    'replicas-out-of-sync',
]);
/** Faults that may be gone a moment later. A topic that was made just before is not yet known to every broker. */
const PASSING = new Set([
    'topic-not-found',
    'not-enough-replicas',
    'replicas-out-of-sync',
]);
/**
 * Asks every broker, each on its own, whether it still serves, and the cluster whether every replica of the topic is in
 * sync.
 *
 * @returns the topic as it stands then
 * @throws ActionError `broker-down`, `topic-not-found`, `not-enough-replicas` or `replicas-out-of-sync`, or what keeps us
 *   from asking at all
 */
async function checkCluster(context, options) {
    const { bootstrapServers, patienceMs } = options;
    // Neither waits for the other: far from the machine each of them takes half a second.
    const asking = silentBrokers(context, bootstrapServers);
    asking.catch(() => { }); // Told below, unless the run has ended.
    let silence;
    const askForTopic = async () => {
        const describing = healthyTopic(context, options);
        describing.catch(() => { }); // It is told below, unless there is no way to the brokers at all.
        silence = await asking;
        const topic = await describing;
        if (silence)
            throw silence;
        return topic;
    };
    return await retry(context, askForTopic, {
        pauseMs: cluster_check_PAUSE_MS,
        giveUp: ({ error, waitedMs }) => {
            if (!(error instanceof build_errors/* ActionError */.lZ && FINDINGS.has(error.code)))
                return error;
            if (silence)
                return error.code === 'not-enough-replicas' ? cluster_check_together(error, silence) : silence;
            return PASSING.has(error.code) && waitedMs < patienceMs ? undefined : error;
        },
    });
}
/**
 * @returns the error that names the brokers that do not serve, or undefined when all of them do
 * @throws what keeps us from asking at all
 */
async function silentBrokers(context, bootstrapServers) {
    const answers = await Promise.all(bootstrapServers.map(server => cluster_check_askBroker(context, server)));
    context.signal.throwIfAborted();
    const silent = answers.filter(answer => answer !== undefined);
    if (silent.length === 0)
        return undefined;
    // When none of them answers, the way to them may be to blame.
    const lost = silent.length === bootstrapServers.length && (await lostConnection(context.host, context));
    if (lost)
        throw lost;
    const count = `${silent.length} of ${bootstrapServers.length} brokers`;
    return new build_errors/* ActionError */.lZ('broker-down', `${count} ${silent.length === 1 ? 'does' : 'do'} not serve: ${silent.map(cluster_check_inWords).join('; ')}`, { facts: { silentBrokers: silent.map(({ server }) => server) } });
}
/** Too few replicas are the worse news; it says which brokers are gone as well. */
function cluster_check_together(fault, silence) {
    return fault.with({ message: `${fault.message}; ${silence.message}`, facts: silence.facts });
}
const cluster_check_inWords = ({ server, reason }) => `${server} (${reason})`;
/** @returns the broker and why it does not serve, or undefined when it does */
async function cluster_check_askBroker({ kafka, clock, signal }, server) {
    const admin = kafka.of([server]).admin({ retry: { retries: 0 } });
    const late = () => {
        throw new Error(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`);
    };
    try {
        // Any broker may answer what kafkajs asks afterwards; only the first connection is certain to be this broker's.
        await within(clock, ANSWER_TIMEOUT_MS, admin.connect(), late, signal);
        return undefined;
    }
    catch (error) {
        const final = (0,build_errors/* finalErrorIn */.Er)(error);
        if (final)
            throw final;
        return { server, reason: (0,build_errors/* reasonOf */.A3)(error) };
    }
    finally {
        admin.disconnect().catch(() => { }); // It may hang as the broker does.
    }
}
/** @throws ActionError that says what is wrong with the topic, or `kafka-not-ready` with what the brokers answered */
async function healthyTopic(context, { bootstrapServers, topic }) {
    const describe = (admin) => describeTopic(admin, topic);
    const state = await withLeasedAdmin(context, bootstrapServers, describe).catch(cause => {
        const own = (0,build_errors/* actionErrorIn */.qk)(cause);
        if (own)
            throw own;
        // The broker that was asked may not have heard of it yet.
        if (isOfMissingTopic(cause))
            return undefined;
        const message = `the brokers do not describe topic ${topic}: ${(0,build_errors/* reasonOf */.A3)(cause)}`;
        throw new build_errors/* ActionError */.lZ('kafka-not-ready', message, { cause });
    });
    if (!state)
        throw new build_errors/* ActionError */.lZ('topic-not-found', `topic ${topic} is not there`);
    const fault = replicaFault(state);
    if (fault)
        throw fault;
    return state;
}
function replicaFault(topic) {
    const problems = problemsOf(topic);
    // A topic with fewer replicas than that needs all of them (kafka.cluster.Partition, effectiveMinIsr).
    const needed = Math.min(topic.minInSyncReplicas ?? 1, topic.replicationFactor);
    const fewest = Math.min(...topic.partitions.map(({ inSyncReplicas }) => inSyncReplicas.length));
    if (fewest < needed) {
        const message = `topic ${topic.topic} takes messages only with ${needed} in-sync replicas ` +
            `(min.insync.replicas), and has ${fewest}`;
        return new build_errors/* ActionError */.lZ('not-enough-replicas', [message, ...problems].join('; '));
    }
    return problems.length === 0 ? undefined : new build_errors/* ActionError */.lZ('replicas-out-of-sync', problems.join('; '));
}

;// CONCATENATED MODULE: ./build/steps/silent-services.js





/**
 * Of a program that hangs the container runs, and may even be healthy: no later run starts it anew. The hint says how, with
 * everything filled in.
 * @returns the error with that hint when such a container is behind it; otherwise the error itself
 */
async function withRestartHint(error, context, { project, cluster }) {
    if (!project || context.signal.aborted)
        return error;
    const facts = await silenceBehind(error, context, cluster);
    const services = servicesOf(error, facts, cluster);
    if (services.length === 0)
        return error;
    const containers = await containersOf(services, context, project);
    const told = error.with({ facts: { ...error.facts, ...facts } });
    const hint = hintFor(containers, project, error);
    return hint === undefined ? told : told.with({ hint });
}
/** An error that does not say which brokers are silent: they are asked. */
async function silenceBehind({ code, facts }, context, { bootstrapServers }) {
    if (facts.silentBrokers || code !== 'kafka-not-ready')
        return facts;
    const silence = await silentBrokers(context, bootstrapServers).catch(() => undefined);
    return silence?.facts ?? {};
}
function servicesOf({ code }, { silentBrokers: silent = [] }, cluster) {
    const brokers = cluster.brokers.filter(({ address }) => silent.includes(address));
    const registries = code === 'schema-registry-not-ready'
        ? cluster.members.filter(({ role }) => role === 'schema-registry')
        : [];
    return [...brokers, ...registries].map(({ service }) => service);
}
/** As the Docker Engine knows them now, in the order of the services. */
async function containersOf(services, { host }, project) {
    const look = await lookAt(host, project).catch(() => undefined);
    return services.flatMap(service => look?.containers.filter(each => each.service === service) ?? []);
}
/** @returns undefined when the containers say nothing that the code's own hint does not */
function hintFor(containers, project, { code }) {
    const troubles = containers.flatMap(container => troubleOf(container) ?? []);
    const healthy = containers.filter(each => each.state === 'running' && !troubles.some(({ container }) => container === each));
    const sentences = [
        ...troubles.flatMap(({ container: { service }, what, remedy }) => remedy === undefined ? [] : [`${service} ${what}. On the machine: ${remedy}`]),
        ...(healthy.length > 0
            ? [
                restartHint(healthy.map(({ service }) => service), project, code),
            ]
            : []),
    ];
    return sentences.length === 0 ? undefined : sentences.join('\n');
}
function restartHint(services, project, code) {
    const [isOne, names] = [services.length === 1, services.join(', ')];
    const command = `cd ${(0,quote/* quote */.h)([project.directory])} && ${(0,quote/* quote */.h)([...(0,compose_project/* composeByHand */.ZP)(project), 'restart', ...services])}`;
    const slow = code === 'kafka-not-ready' ? ' On a small machine it may only be slow: raise smoke-timeout.' : '';
    return `${names} ${isOne ? 'runs and does' : 'run and do'} not answer, and a second run leaves a container that runs as it is.${slow} To start ${isOne ? 'it' : 'them'} anew, on the machine: ${command}`;
}

;// CONCATENATED MODULE: ./build/steps/deploy/kafka-ready.js










/** Failures that the last lines of the containers may explain. */
const NOT_READY = new Set(['kafka-not-ready', 'schema-registry-not-ready']);
/** Containers that run are not yet a cluster: this waits until Kafka itself and the schema registry answer. */
function kafkaReadyStep({ project, cluster, group, timeoutMs, needs }) {
    return {
        name: 'kafka-ready',
        title: 'Kafka ready: brokers registered, coordinator and schema registry answer',
        needs,
        writes: enginePlaces(project?.name),
        reads: needs,
        isAskedMeanwhile: true,
        async check(context) {
            const wait = (inner) => waitForCluster(inner, cluster, group, timeoutMs);
            try {
                if (!project)
                    return satisfied(await wait(context));
                const watch = new ContainerWatch(context, { project, members: cluster.members });
                return satisfied(await watch.during(wait));
            }
            catch (error) {
                context.signal.throwIfAborted();
                const explained = await explainForwardingBan(context.host, error);
                if (!(explained instanceof build_errors/* ActionError */.lZ))
                    throw explained;
                const told = await withContainerLogs(explained, context, project);
                throw await withRestartHint(told, context, { project, cluster });
            }
        },
    };
}
/** @returns what answers, for the log */
async function waitForCluster(context, { schemaRegistryUrl, bootstrapServers }, group, timeoutMs) {
    const { host, kafka, clock } = context;
    const deadline = clock.now() + timeoutMs;
    return waitUntilReady(context, {
        bootstrapServers,
        group,
        askRegistry: schemaRegistryUrl
            ? () => new SchemaRegistry(host, schemaRegistryUrl, kafka.security?.registry).subjects()
            : undefined,
        agree: inner => waitForAgreement(inner, { bootstrapServers, timeoutMs: Math.max(0, deadline - clock.now()) }),
        timeoutMs,
    });
}
async function withContainerLogs(error, { host, signal }, project) {
    if (!project || signal.aborted || !NOT_READY.has(error.code))
        return error;
    const containers = await (0,compose_project/* listContainers */.ts)(host, project);
    const logs = await Promise.all(containers.map(container => (0,compose_project/* containerLog */.CR)(host, container, 10)));
    return error.with({ details: logs.flat() });
}

;// CONCATENATED MODULE: ./build/machine/facts.js



const FACTS = `
. /etc/os-release 2>/dev/null
echo "id=$ID $VERSION_ID"
echo "system=$PRETTY_NAME"
echo "architecture=$(uname -m)"
echo "user=$(id -un)"
echo "home=\${HOME:-$(getent passwd "$(id -un)" | cut -d: -f6)}"
if [ "$(id -u)" = 0 ]; then
  echo sudo=yes
elif says=$(/usr/bin/sudo -n -- /usr/bin/env /bin/sh -c : 2>&1); then
  echo sudo=yes
else
  echo "says=$(echo "$says" | tr '\\n' '\\t')"
fi
echo "memory=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)"
if [ -d /var/lib/docker ]; then data=/var/lib/docker; else data=/var/lib; fi
echo "disk=$(df -Pm "$data" | awk 'NR == 2 {print $4}')"
[ ! -e ${PROXY_FILE} ] || echo proxy=yes
echo "docker=$(command -v docker >/dev/null 2>&1 && echo yes)"
`;
/** Asks the machine what it is; changes nothing and needs no rights. */
async function inspectMachine(host) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv: ['sh', '-c', FACTS], isLook: true });
    const facts = new Map(stdout.split('\n').map(line => splitOnce(line, '=')));
    const fact = (name) => facts.get(name) ?? '';
    const says = facts.get('says')?.replaceAll('\t', '\n').trim();
    return {
        system: fact('system') || 'an unknown system',
        isAmazonLinux2023: fact('id') === 'amzn 2023',
        architecture: fact('architecture'),
        user: fact('user'),
        home: fact('home'),
        hasSudo: fact('sudo') === 'yes',
        ...(says === undefined ? {} : { sudoSays: says }),
        memoryMiB: Number(fact('memory')),
        freeDiskMiB: Number(fact('disk')),
        hasDocker: fact('docker') === 'yes',
        hasProxy: fact('proxy') === 'yes',
    };
}
function splitOnce(line, separator) {
    const index = line.indexOf(separator);
    return [line.slice(0, index), line.slice(index + 1)];
}
/** @throws ActionError `no-sudo` with sudo's own words */
function refuseWithoutSudo({ hasSudo, user, sudoSays = '' }) {
    if (!hasSudo)
        throw sudoRefused(sudoSays, user);
}

;// CONCATENATED MODULE: ./build/steps/deploy/machine.js




/** Disk space of an unpacked image that is not there yet. */
const IMAGE_MIB = 1024;
/** Disk space of Docker where it is not installed yet. */
const DOCKER_MIB = 1024;
/** Room for data and logs. */
const DATA_MIB = 1024;
/** The first step: the machine is what the guide is written for. Nothing can be applied, only refused. */
function machineStep(machine, stack) {
    return {
        name: 'machine',
        title: 'Machine: Amazon Linux 2023, sudo, disk and memory',
        guide: '1 (prerequisites), 1/4.1-2',
        needs: [],
        writes: enginePlaces(),
        async check({ host, log }) {
            const gib = (mib) => `${(mib / 1024).toFixed(1)} GiB`;
            log.info(`system        ${machine.system}, ${machine.architecture}`);
            log.info(`user          ${machine.user}, home ${machine.home}, sudo ${machine.hasSudo ? 'yes' : 'no'}`);
            log.info(`memory        ${gib(machine.memoryMiB)}`);
            log.info(`free disk     ${gib(machine.freeDiskMiB)}`);
            refuseUnsuitable(machine);
            refuseTooSmall(machine, stack, await countMissingImages(host, machine, stack));
            return satisfied(`${machine.system}, ${machine.architecture}, ${gib(machine.memoryMiB)} of memory`, {
                system: machine.system,
            });
        },
    };
}
/** @throws ActionError with a code of its own for each way in which a machine does not fit */
function refuseUnsuitable(machine) {
    if (!machine.isAmazonLinux2023) {
        throw new build_errors/* ActionError */.lZ('not-amazon-linux-2023', `the machine runs ${machine.system}, not Amazon Linux 2023`);
    }
    if (!['x86_64', 'aarch64'].includes(machine.architecture)) {
        throw new build_errors/* ActionError */.lZ('architecture-unsupported', `the processor is ${machine.architecture}`);
    }
    refuseWithoutSudo(machine);
}
/** When Docker does not answer, we assume that the images are there, as they most likely are. */
async function countMissingImages(host, machine, { images }) {
    // With room for all of them it need not be asked.
    if (!machine.hasDocker || machine.freeDiskMiB >= diskFor(machine, images.length))
        return images.length;
    const { stderr } = await host.run({
        argv: ['docker', 'image', 'inspect', ...images],
        sudo: true,
        isLook: true,
    });
    return stderr.match(/no such image/gi)?.length ?? 0;
}
const diskFor = ({ hasDocker }, missingImages) => DATA_MIB + missingImages * IMAGE_MIB + (hasDocker ? 0 : DOCKER_MIB);
/** @throws ActionError that says what the stack needs, before anything is pulled */
function refuseTooSmall(machine, { memory }, missingImages) {
    const disk = diskFor(machine, missingImages);
    if (machine.freeDiskMiB < disk) {
        const images = missingImages === 0 ? '' : `, ${missingImages * IMAGE_MIB} of them for images to pull`;
        throw new build_errors/* ActionError */.lZ('disk-too-small', `${machine.freeDiskMiB} MiB of disk are free, ${disk} MiB are needed${images}`);
    }
    const needed = memory.reduce((sum, { mib }) => sum + mib, 0);
    if (machine.memoryMiB < needed) {
        const parts = memory.map(({ service, mib }) => `${service} ${mib}`).join(', ');
        throw new build_errors/* ActionError */.lZ('memory-too-small', `the machine has ${machine.memoryMiB} MiB of memory, ${needed} MiB are needed: ${parts}`);
    }
}

;// CONCATENATED MODULE: ./build/steps/deploy/proxy.js





/** The part of the Docker service's unit that hands it the file. Docker's own pages: "Configure the daemon to use a proxy". */
const DROP_IN = '/etc/systemd/system/docker.service.d/kafka-al2023-proxy.conf';
const DROP_IN_TEXT = `[Service]\nEnvironmentFile=-${PROXY_FILE}\n`;
/**
 * Prints what is set, by checksum: the file with its owner and mode, the part of the unit, and what the running engine has been
 * given. An empty checksum is that of a file that is not there.
 */
const proxy_LOOK = `
sum() { sha256sum 2>/dev/null | cut -d' ' -f1; }
[ ! -f ${PROXY_FILE} ] || echo "file=$(sum <${PROXY_FILE}) $(stat -c '%U %a' ${PROXY_FILE})"
[ ! -f ${DROP_IN} ] || echo "unit=$(sum <${DROP_IN})"
engine=$(systemctl show --property MainPID --value docker 2>/dev/null)
[ "\${engine:-0}" = 0 ] || echo "engine=$(tr '\\0' '\\n' <"/proc/$engine/environ" | grep -iE '^(https?|no)_proxy=' | LC_ALL=C sort | sum)"`;
/** `sh -euc WRITE sh FILE MODE OWNER`: the text comes by the standard input, where nobody else sees it. */
const proxy_WRITE = `umask 077
mkdir -p -m 755 -- "\${1%/*}"
new=$1.new
rm -f -- "$new"
set -C
cat >"$new"
chown -- "$3" "$new"
chmod -- "$2" "$new"
mv -fT -- "$new" "$1"`;
/**
 * The proxy for yum, curl, pip and the Docker Engine; or none, when the machine still has one of an earlier run.
 * @param user whose downloads go through it, beside root's
 */
function proxyStep(proxy, user) {
    const wanted = proxy && { text: proxy_textOf(proxy), variables: variablesOf(proxy) };
    return {
        name: 'proxy',
        title: 'Proxy for downloads',
        needs: ['machine'],
        writes: { paths: [(0,posix_.dirname)(PROXY_FILE), (0,posix_.dirname)(DROP_IN)] },
        async check({ host }) {
            const found = await proxy_look(host);
            if (!wanted || !proxy)
                return found.has('file') || found.has('unit')
                    ? notYet('a proxy is set, and http-proxy names none any more')
                    : satisfied('none');
            const told = `${proxy.address}, but not for ${proxy.exceptions.join(', ')}`;
            if (found.get('file') !== `${sha256(wanted.text)} ${user} 600` ||
                found.get('unit') !== sha256(DROP_IN_TEXT))
                return notYet(`${told}: it is not set`);
            return engineHas(found.get('engine'), wanted.variables, told);
        },
        async apply({ host, log }) {
            if (wanted) {
                log.info(`write ${PROXY_FILE} and ${DROP_IN}`);
                await write(host, PROXY_FILE, wanted.text, { mode: '600', owner: user });
                await write(host, DROP_IN, DROP_IN_TEXT, { mode: '644', owner: 'root' });
            }
            else {
                log.info(`rm ${DROP_IN} ${PROXY_FILE}`);
                await (0,must_run/* mustRun */.P)(host, { argv: ['rm', '-f', '--', DROP_IN], sudo: true });
            }
            await (0,must_run/* mustRun */.P)(host, { argv: ['systemctl', 'daemon-reload'], sudo: true });
            if ((await proxy_look(host)).has('engine'))
                log.info('systemctl restart docker; its containers stop meanwhile');
            await (0,must_run/* mustRun */.P)(host, { argv: ['systemctl', 'try-restart', 'docker'], sudo: true }, NO_SUCH_UNIT);
            // The last of all: as long as it is there, a later run goes on where this one was cut off.
            if (!wanted)
                await (0,must_run/* mustRun */.P)(host, { argv: ['rm', '-f', '--', PROXY_FILE], sudo: true });
        },
    };
}
/** systemctl(1): Docker is not installed yet. */
const NO_SUCH_UNIT = [5];
/** Programs look for different ones: curl for the first alone, Go for the last ones before them. */
function variablesOf({ url, exceptions }) {
    const values = { http_proxy: url, https_proxy: url, no_proxy: exceptions.join(',') };
    return Object.entries(values).flatMap(([name, value]) => [
        `${name}=${value}`,
        `${name.toUpperCase()}=${value}`,
    ]);
}
function proxy_textOf(proxy) {
    const lines = variablesOf(proxy).map(line => `${line.replace('=', "='")}'`);
    return `# Written by kafka-al2023-action; a run without http-proxy removes it.\n${lines.join('\n')}\n`;
}
async function proxy_look(host) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv: ['sh', '-c', proxy_LOOK], sudo: true, isLook: true }, [1]);
    return new Map([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}
/** An engine that does not run yet gets it when it is started. */
function engineHas(found, variables, told) {
    const lines = variables.toSorted().map(line => `${line}\n`);
    return found === undefined || found === sha256(lines.join(''))
        ? satisfied(told)
        : notYet(`${told}: the Docker Engine does not have it yet`);
}
async function write(host, path, text, { mode, owner }) {
    const argv = ['sh', '-euc', proxy_WRITE, 'sh', path, mode, owner];
    await (0,must_run/* mustRun */.P)(host, { argv, sudo: true, stdin: text });
}
const sha256 = (text) => (0,external_node_crypto_.createHash)('sha256').update(text).digest('hex');

;// CONCATENATED MODULE: ./build/kafka/registry/wanted-schemas.js


/**
 * @returns the schemas that their subjects do not have
 * @throws ActionError `schema-refused` when one of these could not follow what its subject has; `schema-registry-failed`
 */
async function missingSchemas(registry, wanted) {
    const missing = [];
    for (const schema of wanted) {
        const { subject, text, type } = schema;
        if ((await asked(schema, () => registry.find(subject, text, type))) !== undefined)
            continue;
        const problems = await asked(schema, () => registry.problemsOf(subject, text, type));
        if (problems.length > 0)
            throw refused(schema, 'it is not compatible with what the subject has', problems);
        missing.push(schema);
    }
    return missing;
}
/** Registers schemas. @throws ActionError `schema-refused` or `schema-registry-failed` */
async function registerSchemas(registry, schemas) {
    for (const schema of schemas) {
        const { subject, text, type } = schema;
        await asked(schema, () => registry.register(subject, text, type));
    }
}
/** 409 is an incompatible schema, 422 one that makes no sense (Schema Registry API, errors). */
const wanted_schemas_REFUSALS = [409, 422];
async function asked(schema, question) {
    try {
        return await question();
    }
    catch (cause) {
        if (cause instanceof build_errors/* ActionError */.lZ)
            throw cause;
        const reason = (0,build_errors/* reasonOf */.A3)(cause);
        if (cause instanceof RegistryRefusal && wanted_schemas_REFUSALS.includes(cause.status))
            throw refused(schema, reason, [], cause);
        throw new build_errors/* ActionError */.lZ('schema-registry-failed', `schema ${schema.file}: ${reason}`, { cause });
    }
}
function refused({ file, subject }, why, details, cause) {
    return new build_errors/* ActionError */.lZ('schema-refused', `schema ${file} for subject ${subject}: ${why}`, {
        ...(cause === undefined ? {} : { cause }),
        details,
    });
}

;// CONCATENATED MODULE: ./build/steps/deploy/schemas.js



/** The schemas of the input `schemas`. One that its subject would not take is refused before any is registered. */
function schemasStep(wanted, url) {
    const missing = ({ host }) => missingSchemas(new SchemaRegistry(host, url), wanted);
    const subjects = (schemas) => schemas.map(({ subject }) => subject).join(', ');
    const lines = (schemas) => schemas.map(({ subject, file, type }) => `register ${file} (${type}) as ${subject}`);
    let registered = 0;
    return {
        name: 'schemas',
        title: `Schemas (${wanted.length})`,
        needs: ['kafka-ready'],
        reads: ['kafka-ready'],
        async check(context) {
            const left = await missing(context);
            if (left.length > 0)
                return notYet(`${subjects(left)} to be registered`);
            const count = wanted.length === 1 ? '1 schema is' : `${wanted.length} schemas are`;
            return satisfied(`${count} registered${registered > 0 ? `, ${registered} of them now` : ''}`);
        },
        foresee: async (context) => lines(await missing(context)),
        async apply(context) {
            const left = await missing(context);
            for (const line of lines(left))
                context.log.info(line);
            await registerSchemas(new SchemaRegistry(context.host, url), left);
            registered = left.length;
        },
    };
}

;// CONCATENATED MODULE: ./build/machine/reboot.js
/** Of these a new version takes effect at the next boot only (dnf-plugins-core, needs_restarting.py, NEED_REBOOT). */
const CORE = /^(?:kernel(?:\d+\.\d+)?|kernel-(?:core|rt)|glibc|linux-firmware|systemd|dbus|dbus-broker|dbus-daemon|microcode_ctl)$/;
const ENGINE = /^(?:docker|docker-ce|moby-engine)$/;
/**
 * Prints when the machine and its Docker Engine were started, and when each package was installed: what `dnf
 * needs-restarting -r` looks at, in some hundredths of its time, and also where it is not installed. Times are in seconds.
 */
const reboot_LOOK = `
started() { age=$(ps -o etimes= -p "$1" 2>/dev/null) && echo $(($(date +%s) - age)); }
echo "boot=$(started 1)"
engine=$(systemctl show --property MainPID --value docker 2>/dev/null)
[ "\${engine:-0}" = 0 ] || echo "engine=$(started "$engine")"
rpm -qa --queryformat 'package=%{INSTALLTIME} %{NAME} %{VERSION}-%{RELEASE}\\n'`;
/** Asks the machine what was installed after it, or its Docker Engine, was started. */
async function wantedRestarts(host) {
    const { stdout } = await host.run({ argv: ['sh', '-c', reboot_LOOK], isLook: true });
    const startOf = (name) => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(stdout)?.[1] ?? Infinity);
    const packages = [...stdout.matchAll(/^package=(\d+) (\S+) (\S+)$/gm)];
    const after = (start, names) => packages
        .filter(([, time, name]) => Number(time) > start && names.test(name ?? ''))
        .map(([, , name, version]) => `${name} ${version}`)
        .toSorted();
    return { reboot: after(startOf('boot'), CORE), engine: after(startOf('engine'), ENGINE) };
}
/** @returns those of the packages, by name, after whose update a reboot will be wanted */
const rebootingPackages = (names) => names.filter(name => CORE.test(name));

;// CONCATENATED MODULE: ./build/machine/release.js
/** The form of a release of Amazon Linux 2023, which its image, its repositories and `system-release` have. */
const RELEASE = /\b2023\.\d{1,4}\.\d{8}\b/g;
/** Amazon's user guide, "Deterministic upgrades through versioned repositories": the variable goes before the package. */
const ASK = `
rpm -q --queryformat 'installed=%{VERSION}\\n' system-release
echo "locked=$(cat /etc/dnf/vars/releasever 2>/dev/null)"`;
/** Asks the machine for its releases. @returns undefined where it has no package `system-release` */
async function releasesOf(host) {
    const { stdout } = await host.run({ argv: ['sh', '-c', ASK], isLook: true });
    const fact = (name) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(stdout)?.[1];
    const installed = fact('installed');
    return installed === undefined ? undefined : { installed, locked: fact('locked') ?? installed };
}
/** @returns below 0 when the first release is the older one; by its numbers, for 2023.10 comes after 2023.9 */
function compareReleases(one, other) {
    const numbers = (release) => release.split('.').map(Number);
    const [left, right] = [numbers(one), numbers(other)];
    return left.map((number, index) => number - (right[index] ?? 0)).find(difference => difference !== 0) ?? 0;
}
/**
 * The newest release in what yum says.
 * @returns undefined when it names none that is newer than the machine's; its own is named, too, now and then
 */
function newestRelease(said, installed) {
    const newer = (said.match(RELEASE) ?? []).filter(each => compareReleases(each, installed) > 0);
    return newer.toSorted(compareReleases).at(-1);
}

;// CONCATENATED MODULE: ./build/steps/deploy/system-update.js





/** What a plan names of a long list. */
const system_update_MOST_TOLD = 30;
/**
 * `yum update -y`. It stays within the release of Amazon Linux that the machine is locked to, and says so, unless another
 * release is asked for.
 * @param release `latest`, or a release such as `2023.10.20260202`; undefined to stay
 */
function systemUpdateStep(release, needs = ['machine']) {
    const options = release === undefined ? [] : [`--releasever=${release}`];
    let updated = false;
    let newer;
    let updates = [];
    return {
        name: 'system-update',
        title: 'System packages up to date',
        guide: '2/4.1',
        needs,
        writes: PACKAGE_PLACES,
        async check(context) {
            // They need nothing of yum's answer, which takes longest.
            const asking = releasesOf(context.host);
            asking.catch(() => { });
            const wanted = wantedRestarts(context.host);
            wanted.catch(() => { });
            // yum(8), check-update: 100 when there are updates, 0 when there are none.
            const asked = { purpose: 'looking for updates', answers: [0, 100], isQuiet: true };
            const { exitCode, stdout, stderr } = await ofRelease(release, () => yum(context, [...options, 'check-update'], asked));
            const releases = await asking;
            updates = exitCode === 0 ? [] : system_update_listed(stdout);
            if (release === undefined && releases && !updated)
                newer = await newerThan(releases, context, stderr);
            const where = release === undefined ? system_update_within(releases, newer) : towards(release, releases, updates);
            if (exitCode === 0)
                return settled(context, `${updated ? 'up to date' : 'nothing to update'}${where}`, await wanted);
            // yum holds some updates back for a reason (excluded, broken dependencies), and says so.
            return updated
                ? settled(context, `updated${where}, ${updates.length} held back by yum`, await wanted)
                : notYet(`packages to update${where}: ${updates.length}`);
        },
        async foresee() {
            const told = updates.slice(0, system_update_MOST_TOLD).map(({ name, version }) => `${name} ${version}`);
            const more = updates.length - told.length;
            const reboot = rebootingPackages(updates.map(({ name }) => name));
            return [
                ...told,
                ...(more > 0 ? [`and ${more} more`] : []),
                ...(reboot.length > 0 ? [`a reboot will be wanted after it: ${reboot.join(', ')}`] : []),
            ];
        },
        async apply(context) {
            await yum(context, [...options, 'update', '-y'], { purpose: 'updating the system' });
            updated = true;
        },
    };
}
const system_update_listed = (stdout) => [...stdout.matchAll(/^(\S+)\.\w+[ \t]+(\S+)[ \t]+\S+[ \t]*$/gm)].map(([, name = '', version = '']) => ({
    name,
    version,
}));
/** @param warned what yum's plug-in has said by itself, as long as it is on; in its list 2023.10 may come before 2023.9 */
async function newerThan({ installed, locked }, { host, log }, warned) {
    const newer = newestRelease(warned, installed) ??
        newestRelease(await askYum(host, ['check-release-update']), installed);
    if (newer !== undefined)
        log.info(`Amazon Linux ${newer} is there, and yum update stays within ${locked}; to take it: release: ${newer}, or a newer image`);
    return newer;
}
/** Where yum looked for updates, and the newer release that it passed over. */
function system_update_within(releases, newer) {
    if (releases === undefined)
        return '';
    return ` within ${releases.locked}${newer === undefined ? '' : `; ${newer} is there`}`;
}
/** The release that is asked for, and where the machine is. */
function towards(release, releases, updates) {
    const wanted = release === 'latest' ? updates.find(({ name }) => name === 'system-release')?.version : release;
    const name = (wanted ?? release).split('-', 1)[0] ?? release;
    if (releases === undefined)
        return ` in release ${name}`;
    const { installed } = releases;
    if (wanted !== undefined && compareReleases(installed, name) > 0)
        return ` in release ${name}: the machine is at ${installed}, which is newer, and yum takes nothing back`;
    return installed === name || wanted === undefined
        ? ` in release ${installed}`
        : ` from release ${installed} to ${name}`;
}
/** Nothing is started anew here: whoever uses the machine decides when. */
function settled({ log }, detail, { reboot, engine }) {
    if (engine.length > 0)
        log.warning(`the Docker Engine wants a restart, which is left to you; installed after its start: ${engine.join(', ')}. Its containers stop meanwhile: sudo systemctl restart docker`);
    if (reboot.length === 0)
        return satisfied(detail);
    log.warning(`the machine wants a reboot, which is left to you; installed after its start: ${reboot.join(', ')}. Containers with a restart policy come up again by themselves: sudo reboot`);
    return satisfied(`${detail}; a reboot is wanted`);
}
/** A release that does not exist has no repository, which yum cannot tell from one that is out of reach. */
async function ofRelease(release, ask) {
    try {
        return await ask();
    }
    catch (error) {
        const isMissing = release !== undefined &&
            error instanceof build_errors/* ActionError */.lZ &&
            /status code: 40[34]|returned error: 40[34]/i.test(`${error.message}\n${error.details.join('\n')}`);
        if (!isMissing)
            throw error;
        throw error.with({
            message: `there is no repository for release ${release}: ${error.message}`,
            hint: 'Give a release that there is, or nothing, in release. Those newer than the machine: sudo dnf check-release-update',
        });
    }
}

;// CONCATENATED MODULE: ./build/steps/deploy/topic.js






/** A busy machine needs a second or two. */
const KNOWN_TIMEOUT_MS = 15_000;
/**
 * The topic of the smoke test, with a partition for every broker. In the guide the first message creates it, with one
 * partition, so that two of the three brokers would stay out of the test. A topic that is there stays as it is.
 */
function topicStep(topic, bootstrapServers, note, needs = ['kafka-ready']) {
    return {
        name: 'topic',
        title: `Topic ${topic}`,
        needs,
        reads: ['kafka-ready'],
        async check(context) {
            const state = await asAdmin(context, bootstrapServers, admin => describeTopic(admin, topic));
            if (!state)
                return notYet(`topic ${topic} is not there`);
            refuseCompacted(state);
            const { risks, gaps } = limitationsOf(state);
            note({ topic: { ...state, limitations: [...risks, ...gaps] } });
            for (const risk of risks)
                context.log.warning(risk);
            for (const gap of gaps)
                context.log.info(gap);
            return satisfied(`partitions: ${state.partitions.length}, replicas of each: ${state.replicationFactor}`);
        },
        async apply(context) {
            context.log.info(`create topic ${topic}`);
            await asAdmin(context, bootstrapServers, admin => createTopic(admin, topic));
            await untilKnown(context, bootstrapServers, [topic]);
        },
    };
}
/** The controller makes a topic, and the brokers hear of it one after the other: whichever is asked next must know it. */
async function untilKnown(context, servers, topics) {
    const { kafka, clock } = context;
    const knows = (server) => {
        const admin = kafka.onlyTo(server).admin({ retry: { retries: 0 } });
        const answer = withAdmin(admin, clock, async () => {
            const known = new Set(await admin.listTopics());
            return topics.every(topic => known.has(topic));
        });
        // A broker that does not answer is not waited for here: the smoke test names it.
        return answer.catch(() => true);
    };
    const everyBrokerKnows = async () => {
        const answers = await Promise.all(servers.map(knows));
        return answers.every(Boolean) || undefined;
    };
    // At the deadline the check that follows says what it finds.
    await until(context, everyBrokerKnows, { everyMs: 200, timeoutMs: KNOWN_TIMEOUT_MS, late: () => true });
}
/** @throws ActionError `topic-unusable` for a topic that takes no message without a key, as the guide's are */
function refuseCompacted({ topic, cleanupPolicy = '' }) {
    if (!cleanupPolicy.split(',').includes('compact'))
        return;
    throw new build_errors/* ActionError */.lZ('topic-unusable', `topic ${topic} is compacted (cleanup.policy=${cleanupPolicy}): it takes only messages with a key, and the guide's have none`);
}
/**
 * Lets `work` ask the cluster for something.
 * @throws ActionError `kafka-not-ready` with what the brokers answered
 */
async function asAdmin(context, bootstrapServers, work) {
    // A cancelled run has seconds left: enough to ask each of three brokers once.
    const retries = context.signal.aborted ? 2 : undefined;
    try {
        return await withLeasedAdmin(context, bootstrapServers, work, retries);
    }
    catch (cause) {
        const own = (0,build_errors/* actionErrorIn */.qk)(cause);
        if (own)
            throw own;
        throw new build_errors/* ActionError */.lZ('kafka-not-ready', `the brokers did not do what was asked: ${(0,build_errors/* reasonOf */.A3)(cause)}`, {
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./build/kafka/wanted-topics.js


/** Compares topics with what the cluster has. */
async function compareTopics(admin, wanted) {
    const { brokers } = await admin.describeCluster();
    const found = await findTopics(admin, wanted);
    const topics = wanted.map(asked => ({
        asked,
        full: withDefaults(asked, brokers.length),
        state: found.get(asked.name),
    }));
    return {
        missing: topics.flatMap(({ full, state }) => (state ? [] : [full])),
        narrow: topics.flatMap(({ asked, full, state }) => state && state.partitions < (asked.partitions ?? 0)
            ? [{ topic: full, partitions: state.partitions }]
            : []),
        kept: topics.flatMap(({ asked, state }) => (state ? keptOf(asked, state) : [])),
    };
}
/** What a topic has when its line does not say it. */
function withDefaults(topic, brokers) {
    const { partitions = brokers, replicas = usualReplicationFactor(brokers) } = topic;
    return { ...topic, partitions, replicas };
}
async function findTopics(admin, wanted) {
    // Asking for the metadata of a topic that is not there would create it.
    const there = new Set(await admin.listTopics());
    const asked = wanted.filter(({ name }) => there.has(name));
    if (asked.length === 0)
        return new Map();
    const [{ topics }, settings] = await Promise.all([
        admin.fetchTopicMetadata({ topics: asked.map(({ name }) => name) }),
        wanted_topics_readSettings(admin, asked),
    ]);
    return new Map(topics.map(({ name, partitions }) => [
        name,
        {
            partitions: partitions.length,
            replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
            settings: settings.get(name) ?? new Map(),
        },
    ]));
}
/** A cluster may keep its settings from us. */
async function wanted_topics_readSettings(admin, wanted) {
    const asked = wanted.filter(({ settings }) => settings.size > 0);
    if (asked.length === 0)
        return new Map();
    try {
        const { resources } = await admin.describeConfigs({
            includeSynonyms: false,
            resources: asked.map(({ name, settings }) => ({
                ...{ type: TOPIC_RESOURCE, name },
                configNames: [...settings.keys()],
            })),
        });
        return new Map(resources.map(({ resourceName, configEntries }) => [
            resourceName,
            new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        ]));
    }
    catch {
        return new Map();
    }
}
function keptOf({ name, partitions, replicas, settings }, found) {
    const kept = [];
    if (partitions !== undefined && found.partitions > partitions)
        kept.push(`topic ${name} has ${found.partitions} partitions, not ${partitions}: none is taken away`);
    if (replicas !== undefined && found.replicas !== replicas)
        kept.push(`topic ${name} has ${found.replicas} replicas of each partition, not ${replicas}: kafka-reassign-partitions changes that`);
    for (const [setting, value] of settings) {
        const there = found.settings.get(setting);
        if (there !== undefined && inOrder(there) !== inOrder(value))
            kept.push(`topic ${name} has ${setting}=${there}, not ${value}; to change it, in a broker's container: kafka-configs --bootstrap-server localhost:9092 --alter --topic ${name} --add-config ${setting}=${value.includes(',') ? `[${value}]` : value}`);
    }
    return kept;
}
/** A list such as `compact,delete` has no order. */
const inOrder = (value) => value
    .split(',')
    .map(part => part.trim())
    .sort()
    .join();
/**
 * Makes topics, all of them or none. Not every broker knows of them at once.
 * @param options `validateOnly`: nothing is made, Kafka only says whether it would be
 * @throws ActionError `topic-unusable` when Kafka refuses one for good
 */
async function makeTopics(admin, topics, { validateOnly = false } = {}) {
    if (topics.length === 0)
        return;
    const request = (isTrial) => admin.createTopics({
        ...{ waitForLeaders: false, validateOnly: isTrial },
        topics: topics.map(({ name, partitions, replicas, settings }) => ({
            ...{ topic: name, numPartitions: partitions, replicationFactor: replicas },
            configEntries: [...settings].map(([setting, value]) => ({ name: setting, value })),
        })),
    });
    try {
        await request(true);
        if (!validateOnly)
            await request(false);
    }
    catch (error) {
        throw wanted_topics_explained(error) ?? error;
    }
}
/** Gives topics more partitions. @throws ActionError `topic-unusable` when Kafka refuses it for good */
async function widenTopics(admin, { narrow }) {
    if (narrow.length === 0)
        return;
    try {
        await admin.createPartitions({
            topicPartitions: narrow.map(({ topic: { name, partitions } }) => ({ topic: name, count: partitions })),
        });
    }
    catch (error) {
        throw wanted_topics_explained(error) ?? error;
    }
}
/** kafkajs tells the topics that were refused one by one. */
function wanted_topics_explained(error) {
    const { errors = [] } = error;
    const topic = errors.find(each => each.topic !== undefined)?.topic ?? 'of the input topics';
    return refusalOf(topic, error)?.with({ hint: `Correct the line of ${topic} in the input topics.` });
}

;// CONCATENATED MODULE: ./build/steps/deploy/topics.js




/** A busy machine needs a second or two. */
const WIDENED_TIMEOUT_MS = 15_000;
/** The topics of the input `topics`. What is there stays; a topic with too few partitions gets more. */
function topicsStep(wanted, servers) {
    const compare = (context) => asAdmin(context, servers, admin => compareTopics(admin, wanted));
    let change = '';
    return {
        name: 'topics',
        title: `Topics (${wanted.length})`,
        needs: ['kafka-ready'],
        reads: ['kafka-ready'],
        async check(context) {
            const difference = await compare(context);
            if (!isThere(difference))
                return notYet(workOf(difference));
            for (const sentence of difference.kept)
                context.log.warning(sentence);
            const count = wanted.length === 1 ? '1 topic is' : `${wanted.length} topics are`;
            return satisfied(`${count} there${change}`);
        },
        async foresee(context) {
            const difference = await compare(context);
            await asAdmin(context, servers, admin => makeTopics(admin, difference.missing, { validateOnly: true }));
            return linesOf(difference);
        },
        async apply(context) {
            const difference = await compare(context);
            for (const line of linesOf(difference))
                context.log.info(line);
            await asAdmin(context, servers, async (admin) => {
                await makeTopics(admin, difference.missing);
                await widenTopics(admin, difference);
            });
            const made = difference.missing.map(({ name }) => name);
            if (made.length > 0)
                await untilKnown(context, servers, made);
            // At the deadline the check that follows says what it finds.
            await until(context, async () => isThere(await compare(context)) || undefined, {
                ...{ everyMs: 200, timeoutMs: WIDENED_TIMEOUT_MS, late: () => true },
            });
            change = `: ${made.length} made, ${difference.narrow.length} given more partitions`;
        },
    };
}
const isThere = ({ missing, narrow }) => missing.length + narrow.length === 0;
function workOf({ missing, narrow }) {
    const names = (topics) => topics.map(({ name }) => name).join(', ');
    const parts = [
        missing.length > 0 && `${names(missing)} to be made`,
        narrow.length > 0 && `${names(narrow.map(({ topic }) => topic))} to be given more partitions`,
    ];
    return parts.filter(Boolean).join('; ');
}
/** What is done, a line for each topic. */
function linesOf({ missing, narrow }) {
    return [
        ...missing.map(({ name, partitions, replicas, settings }) => {
            const pairs = [...settings].map(([setting, value]) => ` ${setting}=${value}`).join('');
            return `create topic ${name}: partitions ${partitions}, replicas of each ${replicas}${pairs}`;
        }),
        ...narrow.map(({ topic: { name, partitions }, partitions: now }) => `topic ${name}: partitions ${now} -> ${partitions}`),
    ];
}

;// CONCATENATED MODULE: ./build/steps/deploy/virtual-environment.js







/**
 * The remains of an interrupted run, another Python version or a root shell are not built upon. After a broken connection the
 * earlier command may still be at work: it is stopped, and the files that it wrote are removed, too. `sh -c CLEAR sh HOME FOLDER`.
 */
const CLEAR = `${ENTER}
enter "$1" "\${2%/*}" || exit $?
pkill -f -- "$2/bin/python -m pip"
pkill -f -- "-m venv $2"
for attempt in 1 2 3 4 5; do
  rm -rf --one-file-system -- "./\${2##*/}" && exit 0
  sleep 1
done
exit 1`;
/** Its folder in the project's directory, as the guide calls it. */
const VIRTUAL_ENVIRONMENT = 'kafka_env';
/**
 * Prints the codecs that the pair has to do without, as a list with commas. kafka-python's own file says so; by itself it is loaded in
 * a fifth of the time that all of kafka-python takes.
 */
const MISSING_CODECS = `
from importlib.metadata import distribution
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("codec", distribution("kafka-python").locate_file("kafka/codec.py"))
codec = module_from_spec(spec)
spec.loader.exec_module(codec)
print(",".join(name for name in ("lz4", "snappy", "zstd") if not getattr(codec, "has_" + name)()))`;
/**
 * An interrupted installation lacks files: every file that pip noted must be there, whole. What was found to be missing when the
 * codecs were installed is missing for good.
 */
const VERSIONS = `
import pathlib, platform, sys
from importlib.metadata import distribution
kafka = distribution("kafka-python")
for file in kafka.files:
    assert file.size in (None, file.locate().stat().st_size), file
print(kafka.version, platform.python_version())
tried = pathlib.Path(sys.prefix, "codecs-tried")
print(tried.read_text() if tried.exists() else "")
${MISSING_CODECS}`;
/**
 * `python3 -m venv kafka_env` and `pip install kafka-python`, at the version and by the checksums of requirements.txt; then, as
 * far as there are wheels, what kafka-python reads compressed topics with.
 */
function virtualEnvironmentStep(options) {
    const { home: userHome, directory, requirements, codecs } = options;
    const wanted = /^kafka-python==(\S+)/m.exec(requirements)?.[1];
    const home = `${directory}/${VIRTUAL_ENVIRONMENT}`;
    const python = `${home}/bin/python`;
    return {
        name: 'virtual-environment',
        title: 'Python virtual environment with kafka-python',
        guide: '4/4.2',
        needs: ['python-package', 'clients'],
        writes: { paths: [directory, '/tmp', '/var/tmp'] },
        async check({ host }) {
            const result = await host.run({ argv: [python, '-c', VERSIONS], isLook: true });
            if (result.exitCode !== 0)
                return notYet('kafka_env is not there, or its Python does not find kafka-python');
            const [versions = '', tried, missing = ''] = result.stdout.split('\n').map(line => line.trim());
            const [version, pythonVersion] = versions.split(' ');
            if (version !== wanted)
                return notYet(`kafka-python ${version} is installed, ${wanted} is wanted`);
            if (tried !== trialOf(codecs, missing))
                return notYet('the codecs of compressed topics are not installed');
            return satisfied(`kafka-python ${version}, Python ${pythonVersion}${without(missing)}`, {
                Python: pythonVersion ?? '',
                'kafka-python': version ?? '',
            });
        },
        async apply(context) {
            const clear = ['sh', '-c', CLEAR, 'sh', userHome, home];
            refuseLink(await (0,must_run/* mustRun */.P)(context.host, { argv: clear, sudo: true }, [GONE, LINK]));
            await mustAttempt(context, { argv: ['python3', '-m', 'venv', home], cwd: directory });
            const install = [python, '-m', 'pip', 'install', ...PIP_OPTIONS];
            const wheels = [...install, '--only-binary', ':all:', '-r', '/dev/stdin'];
            const blocks = codecs.split(/^# codec /m).slice(1);
            // All at once: the start of pip takes longer than what it installs.
            const all = {
                argv: [...wheels, '-r', 'requirements.txt'],
                stdin: `# ${blocks.join('# ')}`,
                cwd: directory,
            };
            if ((await attempt(context, all)).exitCode !== 0) {
                await mustAttempt(context, { argv: [...install, '-r', 'requirements.txt'], cwd: directory });
                await installCodecs(context, wheels, blocks);
            }
            const { stdout } = await (0,must_run/* mustRun */.P)(context.host, { argv: [python, '-c', MISSING_CODECS] });
            const missing = stdout.trim();
            if (missing !== '')
                context.log.info(`the pair on the machine does${without(missing)}`);
            await writeTextFile(context.host, `${home}/codecs-tried`, trialOf(codecs, missing));
        },
    };
}
const PIP_OPTIONS = ['--disable-pip-version-check', '--no-input', '--quiet', '--require-hashes'];
/** What is noted of an attempt to install the codecs: it is not made again until there are others, or one is gone. */
const trialOf = (codecs, missing) => `${(0,external_node_crypto_.createHash)('sha256').update(codecs).digest('hex').slice(0, 16)} ${missing}`.trim();
const without = (missing) => missing === ''
    ? ''
    : ` without the ${missing.includes(',') ? 'codecs' : 'codec'} ${missing.replaceAll(',', ', ')}`;
/** Each by itself: a codec without a wheel for this Python keeps no other one away. */
async function installCodecs(context, argv, blocks) {
    for (const block of blocks) {
        context.log.info(`codec ${block.split('\n', 1)[0]}`);
        await attempt(context, { argv, stdin: `# ${block}` });
    }
}
function attempt({ host, log }, command) {
    log.info(command.argv.join(' '));
    return host.run({ ...command, downloads: true, onLine: line => log.info(`  ${line}`), mayBeCut: true });
}
async function mustAttempt(context, command) {
    const result = await attempt(context, command);
    if (result.exitCode === 0)
        return;
    throw new build_errors/* ActionError */.lZ('python-setup-failed', `\`${command.argv.join(' ')}\` ended with exit code ${result.exitCode}`, {
        details: (0,build_errors/* lastLines */.w$)(`${result.stdout}\n${result.stderr}`),
        hint: proxyHint(`${result.stdout}\n${result.stderr}`),
    });
}

;// CONCATENATED MODULE: ./build/steps/deploy/steps.js



















/** The guide's four parts, in its order. What a step needs decides when it runs, so that downloads go side by side. */
function deploySteps(config, options) {
    const { assets, project, machine } = options;
    const { deployment } = assets;
    return [
        ...machineSteps(config, { ...options, deployment }),
        pythonPackageStep([stepOrder(config, machine).afterUpdate]),
        ...clientSteps(machine.home, project.directory, assets),
        ...clusterSteps(config, { ...options, cluster: deployment.cluster }),
    ];
}
/** What each machine of a cluster gets, until its containers are up. */
function machineSteps(config, options) {
    const { deployment, project, machine, run } = options;
    const { directory } = project;
    const { stack, cluster } = deployment;
    const { hasProxyStep, beforeDownloads, afterUpdate } = stepOrder(config, machine);
    // Without it nothing can be downloaded, or asked of those who offer it.
    const byProxy = (step) => (hasProxyStep ? { ...step, reads: ['proxy'] } : step);
    return [
        // 1/4: the compose file on the machine
        machineStep(machine, stack),
        deploymentRecordStep(machine.home, steps_recordOf(config, options), run),
        directoryStep(machine.home, directory),
        composeFileStep(machine.home, directory, deployment),
        ...(hasProxyStep ? [proxyStep(config.proxy, machine.user)] : []),
        // 2/4: Docker
        ...(config.updatePackages ? [byProxy(systemUpdateStep(config.release, [beforeDownloads]))] : []),
        dockerPackageStep([afterUpdate]),
        dockerServiceStep(),
        // 3/4: Docker Compose
        byProxy(composeBinaryStep(config.composeBinary, machine.architecture, [beforeDownloads])),
        // 4/4: Kafka, and the clients
        imagesStep(project, stack, config.imageRegistry),
        stackStep(project, stack, cluster.members),
    ];
}
/** What comes before the downloads, and before the packages. */
function stepOrder({ proxy, updatePackages }, { hasProxy }) {
    // A run without a proxy takes back that of an earlier one.
    const hasProxyStep = proxy !== undefined || hasProxy;
    const beforeDownloads = hasProxyStep ? 'proxy' : 'machine';
    const afterUpdate = updatePackages ? 'system-update' : beforeDownloads;
    return { hasProxyStep, beforeDownloads, afterUpdate };
}
/** What is waited for, and then made, in the cluster itself. */
function clusterSteps(config, options) {
    const { project, cluster, note } = options;
    const { group, timeoutMs } = config.smokeTest;
    const writes = enginePlaces(project?.name);
    return [
        kafkaReadyStep({ project, cluster, needs: ['stack'], group, timeoutMs }),
        ...[...topicSteps(config, cluster.bootstrapServers, note), ...schemaSteps(options)].map(step => ({
            ...step,
            writes,
        })),
    ];
}
/** The user's own topics come first: the smoke test's may be one of them. */
function topicSteps({ topics, smokeTest }, servers, note) {
    if (topics.length === 0)
        return [topicStep(smokeTest.topic, servers, note)];
    return [topicsStep(topics, servers), topicStep(smokeTest.topic, servers, note, ['topics'])];
}
function schemaSteps({ schemas, cluster: { schemaRegistryUrl } }) {
    return schemas.length > 0 && schemaRegistryUrl !== undefined
        ? [schemasStep(schemas, schemaRegistryUrl)]
        : [];
}
/** What the guide's Python pair needs in the directory. @param home the user's home folder on the machine */
function clientSteps(home, directory, clients) {
    const { requirements, codecs } = clients;
    return [clientsStep(directory, clients), virtualEnvironmentStep({ home, directory, requirements, codecs })];
}
function steps_recordOf({ environment }, { deployment, project, portShift, furtherFiles = [] }) {
    return {
        version: 1,
        project: project.name,
        directory: project.directory,
        files: [...deployment.files.keys(), ...CLIENT_FILES, VIRTUAL_ENVIRONMENT, ...furtherFiles],
        services: deployment.stack.services,
        environment,
        portShift,
        ports: deployment.stack.publishedPorts.map(({ port }) => port),
    };
}

;// CONCATENATED MODULE: ./build/steps/cluster/authority.js



/** Prints the authority's certificate, if there is one whose key is there as well. `HOME FOLDER` */
const authority_LOOK = `${ENTER}${SAME_KEY}
enter "$1" "$2" || exit $?
[ -f ca.key ] && [ -f ca.crt ] || exit ${GONE}
same_key ca.key ca.crt || exit ${GONE}
openssl x509 -in ca.crt`;
/**
 * Prints the certificates of every authority that the cluster has or had, as far as this machine knows: nodes may still run with one of
 * them. `HOME FOLDER`
 */
const LOOK_BACK = `${ENTER}
enter "$1" "\${2%/*}" || exit $?
for file in authority/ca.crt authority/before.crt tls/ca.crt; do
  [ ! -f "./$file" ] || cat "./$file"
done`;
/** The longest that an authority is for. */
const AUTHORITY_DAYS = 3650;
/**
 * Makes the authority, and keeps the certificate of the one before: its own certificate is there last, and with it the authority.
 * Nobody but root comes as far as its folder. `HOME FOLDER SUBJECT`
 */
const authority_MAKE = `umask 077
${MAKE_AND_ENTER}
enter "$1" "\${2%/*}" || exit $?
chown 0:0 . && chmod 700 .
enter "$1" "$2" || exit $?
for file in ca.crt ../tls/ca.crt; do [ ! -f "$file" ] || cat "$file" >>before.crt; done
rm -f ca.crt
${MAKE_KEY} ca.key
openssl req -x509 -new -key ca.key -sha256 -days ${AUTHORITY_DAYS} -subj "$3" \\
  -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign -out ca.crt.new
mv -f ca.crt.new ca.crt`;
/** What Apple and the browsers accept at most; a machine that is deployed to once a year still gets a new one in time. */
const CERTIFICATE_DAYS = 825;
/**
 * Signs what a machine asks for with the standard input, and prints the certificate, then the authority's own. What it is for is said
 * here, never by the machine: of its request nothing but the public key and the name is taken. `HOME FOLDER EXTENSION…`
 */
const SIGN = `umask 077
${ENTER}
enter "$1" "$2" || exit $?
shift 2
request=$(cat)
printf '%s\\n' "$request" | openssl req -noout -verify
extensions=$(mktemp ./extensions.XXXXXX)
trap 'rm -f "$extensions"' EXIT
printf '%s\\n' "$@" basicConstraints=critical,CA:FALSE keyUsage=critical,digitalSignature \\
  subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >"$extensions"
printf '%s\\n' "$request" | openssl x509 -req -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \\
  -sha256 -days ${CERTIFICATE_DAYS} -extfile "$extensions"
openssl x509 -in ca.crt`;
/**
 * What the cluster trusts: an authority of its own on one of its machines. Its key never leaves that machine and belongs to root.
 */
class Authority {
    host;
    place;
    known;
    /** @param host the machine that keeps it: that of node 1 */
    constructor(host, place) {
        this.host = host;
        this.place = place;
    }
    /** Its certificate in PEM; undefined when there is no authority yet. */
    async certificate() {
        if (this.known !== undefined)
            return this.known;
        const argv = script(authority_LOOK, ...this.words());
        const result = await runOpenssl(this.host, { argv, sudo: true }, 'the authority cannot be read', [GONE]);
        this.known = result.exitCode === GONE ? undefined : result.stdout.trim();
        return this.known;
    }
    /** In PEM, its certificate and those of the authorities before it: undefined when there has been none. */
    async everTrusted() {
        const argv = script(LOOK_BACK, ...this.words());
        const result = await runOpenssl(this.host, { argv, sudo: true }, 'the authority cannot be read', [GONE]);
        return result.stdout.trim() || undefined;
    }
    /** @param cluster its name in the certificate */
    async make(cluster) {
        const subject = `/O=kafka-al2023/CN=${cluster.replaceAll(/[^\w.-]/g, '_').slice(0, 64)}`;
        const argv = script(authority_MAKE, ...this.words(), subject);
        await runOpenssl(this.host, { argv, sudo: true }, 'the authority cannot be made');
    }
    /**
     * @param request PKCS#10 in PEM
     * @returns the certificate and the authority's own in PEM, one after the other
     */
    async sign(request, { name, address }) {
        const usage = `extendedKeyUsage=${address === undefined ? '' : 'serverAuth,'}clientAuth`;
        const names = address === undefined ? [] : [`subjectAltName=IP:${address}`];
        const argv = script(SIGN, ...this.words(), usage, ...names);
        const command = { argv, sudo: true, stdin: request };
        const { stdout } = await runOpenssl(this.host, command, `the certificate of ${name} cannot be signed`);
        return stdout;
    }
    words() {
        return [this.place.home, `${this.place.directory}/private/authority`];
    }
}
/** @param cluster its name in the authority's certificate */
function authorityStep(authority, cluster) {
    return {
        name: 'authority',
        title: 'Authority of the cluster',
        needs: ['directory', 'openssl-package'],
        reads: ['openssl-package'],
        async check() {
            return (await authority.certificate()) === undefined
                ? notYet('the cluster has none yet')
                : satisfied('it is there, its key with root alone');
        },
        async apply({ log }) {
            log.info('openssl req -x509: a key that stays on this machine');
            await authority.make(cluster);
        },
    };
}

;// CONCATENATED MODULE: ./build/kafka/in-sync.js




/** The caller polls; the client does not retry. */
const in_sync_ONCE = { retry: { retries: 0 } };
/**
 * Waits until every partition of every topic has a leader and all its replicas in sync: one broker may go then, and nothing
 * stops.
 * @throws ActionError `replicas-out-of-sync` at the deadline, or what keeps us from asking
 */
async function waitUntilInSync(context, { bootstrapServers, timeoutMs, except = [] }) {
    const { kafka, clock } = context;
    await poll(context, {
        what: 'every replica is in sync',
        endsAtMs: clock.now() + timeoutMs,
        ask: () => withAdmin(kafka.of(bootstrapServers).admin(in_sync_ONCE), clock, admin => refuseOutOfSync(admin, except)),
        notYet: reason => reason,
        late: (reason, cause) => new build_errors/* ActionError */.lZ('replicas-out-of-sync', `not so within ${(0,build_clock/* formatDuration */.a)(timeoutMs)}: ${reason}`, {
            cause,
        }),
    });
}
async function refuseOutOfSync(admin, except) {
    const names = await admin.listTopics();
    if (names.length === 0)
        return;
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const behind = topics.flatMap(({ name, partitions }) => partitions
        .filter(({ leader, isr, replicas }) => leader < 0 || replicas.some(id => !isr.includes(id) && !except.includes(id)))
        .map(({ partitionId }) => `partition ${partitionId} of ${name}`));
    if (behind.length > 0)
        throw new Error(`replicas are missing or behind at ${behind.length} partitions, such as ${behind[0]}`);
}

;// CONCATENATED MODULE: ./build/machine/kafka-tools.js
/** What Kafka's own tools take in a node's container to reach the others: it lies beside the node's certificate. */
const TOOL_PROPERTIES_FILE = '/etc/kafka/tls/client.properties';
/** A tool would take as much memory as the node itself otherwise. */
const TOOL_HEAP = 'KAFKA_HEAP_OPTS=-Xmx256m';

;// CONCATENATED MODULE: ./build/steps/cluster/quorum.js



/** A tool that finds no controller asks for a minute. */
const quorum_TIMEOUT_MS = 30_000;
/**
 * Asks a node for the leader of the controllers' quorum, by Kafka's own tool. (In metadata any broker is "the controller".)
 * @returns its node id; undefined when no node tells
 */
async function leaderOf({ signal }, nodes) {
    for (const node of nodes.filter(({ plan }) => plan.roles !== 'broker').slice(0, 2)) {
        signal.throwIfAborted();
        const id = /^LeaderId:\s+(\d+)$/m.exec(await quorum_describe(node, nodes, '--status'))?.[1];
        if (id !== undefined)
            return Number(id);
    }
    return undefined;
}
/**
 * Asks whether every controller of these nodes is there and has all that the leader has.
 * @returns what is not so; undefined when all is well
 */
async function notCaughtUp({ signal }, nodes) {
    signal.throwIfAborted();
    const controllers = nodes.filter(({ plan }) => plan.roles !== 'broker');
    const [asked] = controllers;
    const table = asked ? await quorum_describe(asked, nodes, '--replication') : '';
    const rows = table.split('\n').map(line => line.trim().split(/\s+/));
    const head = rows.find(([first]) => first === 'NodeId');
    const [lagAt = -1, statusAt = -1] = [head?.indexOf('Lag'), head?.indexOf('Status')];
    if (lagAt < 0 || statusAt < 0)
        return 'no controller tells how far the others are';
    const behind = controllers.flatMap(({ plan: { nodeId }, context }) => {
        const row = rows.find(([id]) => id === `${nodeId}`);
        const isWell = row?.[lagAt] === '0' && ['Leader', 'Follower'].includes(row[statusAt] ?? '');
        return isWell ? [] : [`node ${nodeId} on ${context.machine.name} is behind by ${row?.[lagAt] ?? 'all'}`];
    });
    return behind.length > 0 ? behind.join(', ') : undefined;
}
/** What the tool prints; '' when it fails: nothing depends on it alone. */
async function quorum_describe(node, nodes, what) {
    const servers = hostAccessOf(nodes, node.project.directory).bootstrapServers.join(',');
    const argv = ['--bootstrap-server', servers, '--command-config', TOOL_PROPERTIES_FILE, 'describe', what];
    const command = (0,compose_project/* composeCommand */.ec)(node.project, [
        ...['exec', '-T', '--env', TOOL_HEAP, KAFKA_SERVICE, 'kafka-metadata-quorum', ...argv],
    ]);
    try {
        const { exitCode, stdout } = await node.context.host.run({ ...command, timeoutMs: quorum_TIMEOUT_MS });
        return exitCode === 0 ? stdout : '';
    }
    catch {
        return '';
    }
}

;// CONCATENATED MODULE: ./build/steps/cluster/one-by-one.js





/**
 * Starts nodes anew, one after the other, so that the cluster goes on all the while: each when every replica is in sync, the next one
 * when it is back. The controllers come first, of them the leader of the quorum last: it is chosen anew only once.
 * @param startAnew what starts a node anew; it need not wait until the node is back
 * @throws ActionError of the first node that fails; the message says which, and what became of the others
 */
async function oneByOne(context, { nodes, chosen, ...options }, startAnew) {
    const order = await one_by_one_inOrder(context, nodes, chosen);
    for (const [index, node] of order.entries()) {
        const [before, after] = [order.slice(0, index), order.slice(index + 1)];
        await one_by_one_told(() => waitUntilInSync(context, options), {
            what: `${one_by_one_nameOf(node)} was not touched`,
            ...{ before, after },
        });
        await one_by_one_told(async () => {
            await startAnew(node);
            await untilBack(context, node, options);
        }, { what: `${one_by_one_nameOf(node)} did not come back`, before, after });
    }
    await one_by_one_told(() => waitUntilInSync(context, options), { what: 'all are back', before: order, after: [] });
}
/** A node whose container ends again and again is not waited for. */
async function untilBack(context, node, options) {
    const { project, deployment } = node;
    const members = deployment.cluster.members;
    const watch = new ContainerWatch({ ...node.context, log: context.log }, { project, members });
    await watch.during(({ signal }) => waitForAgreement({ ...context, signal }, options));
}
async function one_by_one_inOrder(context, nodes, chosen) {
    const byId = chosen.toSorted((one, other) => one.plan.nodeId - other.plan.nodeId);
    if (byId.length < 2)
        return byId;
    const leader = await leaderOf(context, nodes);
    if (leader === undefined)
        context.log.info("the quorum's leader is not known: the nodes follow in the order of their ids");
    const last = ({ plan: { nodeId, roles } }) => roles === 'broker' ? 2 : Number(nodeId === leader);
    return byId.toSorted((one, other) => last(one) - last(other));
}
/** @throws what `work` throws, with how far the nodes have come before it */
async function one_by_one_told(work, { what, before, after }) {
    try {
        await work();
    }
    catch (error) {
        if (!(error instanceof build_errors/* ActionError */.lZ))
            throw error;
        const others = [
            ...(before.length > 0 ? [`started anew before: ${before.map(one_by_one_nameOf).join(', ')}`] : []),
            ...(after.length > 0 ? [`as they were: ${after.map(one_by_one_nameOf).join(', ')}`] : []),
        ];
        throw error.with({ message: [`${what}: ${error.message}`, ...others].join('; ') });
    }
}
const one_by_one_nameOf = ({ plan, context }) => `node ${plan.nodeId} on ${context.machine.name}`;

;// CONCATENATED MODULE: ./build/steps/cluster/certificate-use.js







/**
 * Says `stale=SERVICE` for each container that began before its certificate was made, and `together` when the one that it has is
 * not believed by nodes with a new one. `HOME FOLDER FILTER…`
 */
const certificate_use_LOOK = `${ENTER}
enter "$1" "$2" || exit $?
shift 2
made() { stat -c %Y "$1" 2>/dev/null || echo 0; }
for id in $(docker ps --quiet "$@"); do
  began=$(date -d "$(docker inspect --format '{{.State.StartedAt}}' "$id")" +%s)
  [ "$began" -lt "$(made node.pem)" ] || continue
  docker inspect --format 'stale={{index .Config.Labels "com.docker.compose.service"}}' "$id"
  [ "$began" -ge "$(made ${UNBELIEVED})" ] || echo together
done`;
/**
 * Nodes read their certificate when they start, so that a new one is in use after a restart: one node after the other, the next one
 * when every replica is in sync again. Kafka can take a new one while it runs, but its controllers go on with the old one as
 * clients of each other.
 */
function certificateUseStep({ nodes, bootstrapServers, timeoutMs }) {
    const find = () => Promise.all(nodes.map(async (node) => ({ node, use: await lookAtUse(node) }))).then(found => found.filter(({ use }) => use.stale.length > 0));
    return {
        name: 'certificate-use',
        title: 'Certificates in use by every node',
        needs: ['rolling-change'],
        reads: ['stack', 'rolling-change', 'certificate'],
        async check() {
            const found = await find();
            if (found.length === 0)
                return satisfied('every node has started with the one that it has');
            const names = found.map(({ node }) => node.context.machine.name).join(', ');
            return notYet(`with a certificate of before: ${names}`);
        },
        async apply(context) {
            const found = await find();
            if (found.some(({ use }) => use.mustGoTogether)) {
                context.log.info('the nodes do not believe the certificates of before any more: they are restarted together');
                await Promise.all(found.map(({ node, use }) => restart(context, node, use.stale)));
                return;
            }
            const uses = new Map(found.map(({ node, use }) => [node, use]));
            await oneByOne(context, { nodes, bootstrapServers, timeoutMs, chosen: [...uses.keys()] }, node => restart(context, node, uses.get(node)?.stale ?? []));
        },
    };
}
/** The log is that of the step, whichever machine it works on. */
const restart = ({ log }, { context, project, plan }, services) => {
    log.info(`node ${plan.nodeId} on ${context.machine.name}:`);
    return runCompose({ ...context, log }, project, ['restart', ...services]);
};
/** Which of a machine's containers are older than its certificate, and whether they can be restarted one by one. */
async function lookAtUse({ context: { host }, facts, project }) {
    const folder = `${project.directory}/private/tls`;
    const argv = script(certificate_use_LOOK, facts.home, folder, ...(0,docker_labels/* withLabel */.nH)('project', project.name));
    const { stdout } = await runOpenssl(host, { argv, sudo: true }, 'containers cannot be compared', [GONE]);
    return {
        stale: [...stdout.matchAll(/^stale=([\w.-]+)$/gm)].map(([, service = '']) => service),
        mustGoTogether: /^together$/m.test(stdout),
    };
}

;// CONCATENATED MODULE: ./build/kafka/placement/racks.js
/** Where racks are not known, or only some, none of them counts. */
const NO_RACKS = { isSpare: () => false, brokersElsewhere: () => [], allows: () => true };
/** @param rackOf the rack of each broker; a broker that has none makes all others count as without, as Kafka has it */
function racksFor(brokers, rackOf) {
    if (!brokers.every(broker => rackOf.has(broker)))
        return NO_RACKS;
    const named = new Set(brokers);
    // A broker that is not among them is a rack of its own: nothing is known of it.
    const at = (broker) => (named.has(broker) ? rackOf.get(broker) : undefined) ?? broker;
    const racksOf = (replicas) => new Set(replicas.map(at));
    const isSpare = ({ replicas }, broker) => named.has(broker) && replicas.some(other => other !== broker && at(other) === at(broker));
    return {
        isSpare,
        brokersElsewhere({ replicas }) {
            const racks = racksOf(replicas);
            return brokers.filter(broker => !racks.has(at(broker)));
        },
        allows: ({ replicas }, from, to) => racksOf(replicas.map(each => (each === from ? to : each))).size >= racksOf(replicas).size,
    };
}

;// CONCATENATED MODULE: ./build/kafka/placement/shares.js
/** How much of each topic each broker has: replicas, or partitions that it leads. */
class Shares {
    totals = new Map();
    counts = new Map();
    add(topic, broker) {
        this.totals.set(topic, (this.totals.get(topic) ?? 0) + 1);
        this.change(topic, broker, 1);
    }
    move(topic, from, to) {
        this.change(topic, from, -1);
        this.change(topic, to, 1);
    }
    /**
     * Of several partitions, of which any may go from one broker to another, that of the topic of which the first broker has most and the
     * second least: so every topic is spread, the small ones too.
     * @returns undefined for none
     */
    best(candidates, from, to) {
        let best;
        let most = Number.NEGATIVE_INFINITY;
        for (const candidate of candidates) {
            const surplus = this.surplus(candidate.topic, from, to);
            if (surplus <= most)
                continue;
            [best, most] = [candidate, surplus];
        }
        return best;
    }
    /** As a part of all of the topic. */
    surplus(topic, from, to) {
        return (this.of(topic, from) - this.of(topic, to)) / (this.totals.get(topic) ?? 1);
    }
    /** How much of the topic the broker has. */
    of(topic, broker) {
        return this.counts.get(`${topic}/${broker}`) ?? 0;
    }
    change(topic, broker, by) {
        this.counts.set(`${topic}/${broker}`, this.of(topic, broker) + by);
    }
}

;// CONCATENATED MODULE: ./build/kafka/placement/drain.js


/**
 * Places the partitions of brokers that leave on brokers that stay. Only partitions that a leaving broker has are touched, and each
 * keeps its number of replicas: the place goes to the broker that has fewest, of those that do not have the partition yet, and of
 * several to that which has least of the topic. A broker in a rack that the partition is not in comes first. Where the leaving broker was preferred as the leader, that becomes, of the replicas that
 * stay, the one that leads fewest: it has the messages already.
 *
 * @param leaving ids of brokers
 * @param staying ids of all brokers that may get replicas
 * @param rackOf the racks of these, where they are known
 * @returns the new placements of the partitions that the leaving brokers have, in the order of those given
 * @throws RangeError when a partition has as many replicas as brokers stay; see `tooWide`
 */
function drain(placements, leaving, staying, rackOf = new Map()) {
    const racks = racksFor(staying, rackOf);
    const gone = new Set(leaving);
    const counts = new Counts(placements, staying);
    const drafts = placements
        .filter(({ replicas }) => replicas.some(id => gone.has(id)))
        .map(({ topic, partition, replicas }) => ({ topic, partition, replicas: [...replicas] }));
    for (const draft of drafts) {
        const { replicas, topic } = draft;
        const [preferred = -1] = replicas;
        const kept = replicas.filter(id => !gone.has(id));
        for (const [index, id] of replicas.entries()) {
            if (!gone.has(id))
                continue;
            const heir = counts.leastLoaded(topic, heirsOf(draft, id, staying, racks));
            if (heir === undefined)
                throw new RangeError(`${topic} has more replicas than brokers stay`);
            replicas[index] = heir;
            counts.give(topic, heir);
        }
        if (gone.has(preferred))
            preferOneThatHasIt(draft, kept, counts);
    }
    return drafts;
}
/** The brokers that may take the place of one; those that keep the partition in as many racks, where there are some. */
function heirsOf(draft, leaver, staying, racks) {
    const { replicas } = draft;
    const others = staying.filter(broker => !replicas.includes(broker));
    const elsewhere = racks.brokersElsewhere({ ...draft, replicas: replicas.filter(id => id !== leaver) });
    const apart = others.filter(broker => elsewhere.includes(broker));
    return apart.length > 0 ? apart : others;
}
function preferOneThatHasIt({ replicas }, kept, counts) {
    const [heir = -1] = replicas;
    const leader = counts.leadsFewest(kept) ?? heir;
    [replicas[replicas.indexOf(leader)], replicas[0]] = [heir, leader];
    counts.lead(leader);
}
/** The topics of which a partition has more replicas than brokers stay. */
function tooWide(placements, staying) {
    const wide = placements.filter(({ replicas }) => replicas.length > staying.length);
    return [...new Set(wide.map(({ topic }) => topic))];
}
/** What the staying brokers have, while partitions are being placed. */
class Counts {
    replicas;
    leads;
    shares = new Shares();
    constructor(placements, staying) {
        const has = (id) => placements.filter(({ replicas }) => replicas.includes(id)).length;
        const leads = (id) => placements.filter(({ replicas }) => replicas[0] === id).length;
        this.replicas = new Map(staying.map(id => [id, has(id)]));
        this.leads = new Map(staying.map(id => [id, leads(id)]));
        for (const { topic, replicas } of placements)
            for (const id of replicas)
                this.shares.add(topic, id);
    }
    leastLoaded(topic, candidates) {
        return candidates.toSorted((one, other) => this.has(one) - this.has(other) ||
            this.shares.of(topic, one) - this.shares.of(topic, other) ||
            one - other)[0];
    }
    leadsFewest(candidates) {
        return candidates.toSorted((one, other) => (this.leads.get(one) ?? 0) - (this.leads.get(other) ?? 0) || one - other)[0];
    }
    give(topic, broker) {
        this.replicas.set(broker, this.has(broker) + 1);
        this.shares.add(topic, broker);
    }
    lead(broker) {
        this.leads.set(broker, (this.leads.get(broker) ?? 0) + 1);
    }
    has = (broker) => this.replicas.get(broker) ?? 0;
}

;// CONCATENATED MODULE: ./build/kafka/placement/placement.js
/**
 * Compares placements of the same partitions.
 * @param after in the order of `before`
 */
function changeOf(before, after) {
    const changes = after.map((placement, index) => {
        const { replicas = [] } = before[index] ?? {};
        const copies = placement.replicas.filter(broker => !replicas.includes(broker)).length;
        return { placement, copies, isReordered: copies === 0 && placement.replicas[0] !== replicas[0] };
    });
    return {
        moved: changes.filter(({ copies }) => copies > 0).map(({ placement }) => placement),
        reordered: changes.filter(({ isReordered }) => isReordered).map(({ placement }) => placement),
        copies: changes.reduce((sum, { copies }) => sum + copies, 0),
    };
}
/** How much each broker has, by its id. */
function loadsOf(placements, brokers) {
    return new Map(brokers.map(broker => [
        broker,
        {
            replicas: placements.filter(({ replicas }) => replicas.includes(broker)).length,
            leaders: placements.filter(({ replicas }) => replicas[0] === broker).length,
        },
    ]));
}

;// CONCATENATED MODULE: ./build/kafka/placement/read-placements.js
/** ConfigResource.Type.BROKER of Kafka's protocol; node cannot import kafkajs's own constant, which is CommonJS. */
const BROKER_RESOURCE = 4;
/** DescribeConfigsResponse.ConfigSource.DYNAMIC_BROKER_CONFIG of Kafka's protocol. */
const SET_FOR_BROKER = 2;
const THROTTLES = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'];
/** Reads where the partitions are, and what an earlier reassignment has left. */
async function readPlacements(admin) {
    const described = await admin.describeCluster();
    const brokers = described.brokers.map(({ nodeId }) => nodeId).sort((one, other) => one - other);
    return {
        brokers,
        partitions: await readPartitions(admin),
        onTheMove: await countOnTheMove(admin),
        isThrottled: await isThrottled(admin, brokers),
    };
}
/** Reads which brokers have every partition, Kafka's own topics included, in a fixed order. */
async function readPartitions(admin) {
    const names = (await admin.listTopics()).sort();
    const { topics } = names.length > 0 ? await admin.fetchTopicMetadata({ topics: names }) : { topics: [] };
    return topics.flatMap(({ name, partitions }) => partitions
        .toSorted((one, other) => one.partitionId - other.partitionId)
        .map(({ partitionId, replicas, leader }) => ({
        ...{ topic: name, partition: partitionId, replicas, leader },
    })));
}
/** How many partitions are on their way to other brokers. */
async function countOnTheMove(admin) {
    const { topics } = await admin.listPartitionReassignments({});
    return topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
}
async function isThrottled(admin, brokers) {
    const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: brokers.map(broker => ({
            ...{ type: BROKER_RESOURCE, name: `${broker}`, configNames: THROTTLES },
        })),
    });
    return resources.some(({ configEntries }) => configEntries.some(({ configSource }) => configSource === SET_FOR_BROKER));
}

;// CONCATENATED MODULE: ./build/steps/cluster/moving.js



/** How often Kafka is asked whether it is done, and how often a reader is told. */
const moving_EVERY_MS = 1000;
const moving_NEWS_MS = 10_000;
/** Brokers hear of a change one after the other. */
const moving_KNOWN_TIMEOUT_MS = 15_000;
/** Waits until what was changed is what the cluster says. At the deadline it just ends: the check that follows says what it finds. */
const moving_untilKnown = (context, isDone) => until(context, async () => (await isDone()) || undefined, {
    ...{ everyMs: moving_EVERY_MS, timeoutMs: moving_KNOWN_TIMEOUT_MS, late: () => true },
});
/** Waits until no partition is on its way to other brokers, as long as that takes: the run has a deadline of its own. */
async function untilNoneMoves(context, servers) {
    const { clock, log } = context;
    let toldAtMs = Number.NEGATIVE_INFINITY;
    const isDone = async () => {
        const left = await asAdmin(context, servers, countOnTheMove);
        if (left === 0)
            return true;
        if (clock.now() - toldAtMs >= moving_NEWS_MS) {
            toldAtMs = clock.now();
            log.info(`partitions on their way: ${left}`);
        }
        return undefined;
    };
    await until(context, isDone, { everyMs: moving_EVERY_MS });
}

;// CONCATENATED MODULE: ./build/steps/cluster/reassignment-tools.js




/** Kafka's own tools for where partitions are, and who has them, in the container of the first node. */
class ReassignmentTools {
    node;
    servers;
    constructor(nodes) {
        this.node = firstNode(nodes);
        this.servers = hostAccessOf(nodes, this.node.project.directory).bootstrapServers.join(',');
    }
    /**
     * Begins to copy what the brokers do not have yet. Kafka goes on by itself.
     * @throws ActionError `rebalance-failed`, as all of these do
     */
    async begin(context, placements, { throttle, silent = [] }) {
        // The tool tells each of them its rate, and fails after a minute for one that does not answer.
        const pace = silent.length > 0 ? [] : ['--throttle', `${throttle}`];
        await this.reassign(context, placements, ['--execute', ...pace]);
    }
    /** Lifts the throttle of these partitions, when none is on the move any more. */
    async finish(context, placements) {
        await this.reassign(context, placements, ['--verify']);
    }
    /** Takes a broker that has stopped out of the cluster. @throws ActionError `node-cannot-leave` */
    async unregister(context, id) {
        const argv = ['--bootstrap-server', this.servers, '--config', TOOL_PROPERTIES_FILE, '--id', `${id}`];
        await this.run(context, ['kafka-cluster', 'unregister', ...argv], { code: 'node-cannot-leave' });
    }
    /** Lets each partition be led by the broker that stands first in its list. */
    async electPreferred(context) {
        const argv = [
            '--admin.config',
            TOOL_PROPERTIES_FILE,
            '--election-type',
            'preferred',
            '--all-topic-partitions',
        ];
        await this.run(context, ['kafka-leader-election', '--bootstrap-server', this.servers, ...argv]);
    }
    reassign(context, placements, args) {
        const partitions = placements.map(({ topic, partition, replicas }) => ({ topic, partition, replicas }));
        const argv = [
            '--command-config',
            TOOL_PROPERTIES_FILE,
            '--reassignment-json-file',
            '/dev/stdin',
            ...args,
        ];
        return this.run(context, ['kafka-reassign-partitions', '--bootstrap-server', this.servers, ...argv], {
            stdin: JSON.stringify({ version: 1, partitions }),
        });
    }
    async run({ log }, argv, { stdin = '', code = 'rebalance-failed' } = {}) {
        const { project, context } = this.node;
        const [tool = '', ...args] = argv;
        const servers = argv.indexOf(this.servers);
        log.info(argv.filter((_, index) => index !== servers && index !== servers - 1).join(' '));
        const command = (0,compose_project/* composeCommand */.ec)(project, ['exec', '-T', '--env', TOOL_HEAP, KAFKA_SERVICE, tool, ...args]);
        // What it prints is for people: the step that calls it looks at the cluster itself.
        const { exitCode, stdout, stderr } = await context.host.run({ ...command, stdin, mayBeCut: true });
        if (exitCode === 0)
            return;
        const details = (0,build_errors/* lastLines */.w$)(`${stdout}\n${stderr}`);
        throw new build_errors/* ActionError */.lZ(code, `${tool} ended with exit code ${exitCode}`, { details });
    }
}

;// CONCATENATED MODULE: ./build/steps/cluster/drain.js










/**
 * Takes all partitions off the brokers that leave, and touches no others. Kafka goes on copying when a run ends before it is done: the
 * next one waits for that, and then finds out anew what is left.
 */
function drainStep({ nodes, leaving, throttle, timeoutMs }) {
    const { bootstrapServers } = clusterOfNodes(nodes);
    const staying = nodes.map(({ plan }) => plan.nodeId);
    const tools = new ReassignmentTools(nodes);
    const look = async (context) => outlookOf(await asAdmin(context, bootstrapServers, readPlacements), {
        ...{ leaving, staying, rackOf: racksOf(nodes) },
    });
    return {
        name: 'drain',
        title: 'Partitions moved off the brokers that leave',
        needs: ['kafka-ready'],
        reads: ['kafka-ready'],
        async check(context) {
            const outlook = await look(context);
            const left = drain_workOf(outlook, leaving);
            return left === undefined ? satisfied(`${namesOf(leaving)}: no partitions`) : notYet(left);
        },
        async foresee(context) {
            const outlook = await look(context);
            return drain_linesOf(outlook, staying, paceOf(outlook.now, leaving, throttle));
        },
        async apply(context) {
            await untilNoneMoves(context, bootstrapServers);
            await waitUntilInSync(context, { bootstrapServers, timeoutMs, except: leaving });
            const outlook = await look(context);
            const { now, wanted } = outlook;
            for (const line of drain_linesOf(outlook, staying, paceOf(now, leaving, throttle)))
                context.log.info(line);
            if (wanted.length > 0) {
                await tools.begin(context, wanted, { throttle, silent: silentOf(now, leaving) });
                await untilNoneMoves(context, bootstrapServers);
            }
            // That of an earlier run, too, whose partitions nobody knows any more.
            const { partitions } = (await look(context)).now;
            if (partitions.length > 0)
                await tools.finish(context, partitions);
            await moving_untilKnown(context, async () => drain_workOf(await look(context), leaving) === undefined);
        },
    };
}
/** @throws ActionError `node-cannot-leave` where the brokers that stay cannot have all that those that leave have */
function outlookOf(now, { leaving, staying, rackOf }) {
    const { partitions, onTheMove } = now;
    const held = heldBy(partitions, leaving);
    // What moves already has its old and its new replicas: only the rest can be judged.
    if (onTheMove > 0)
        return { now, held, wanted: [] };
    const wide = tooWide(held, staying);
    if (wide.length > 0)
        throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${namesOf(leaving)} cannot leave: ${staying.length} brokers would stay, and a topic has more replicas than that: ${wide.join(', ')}`);
    const lost = held.filter(({ leader }) => leader < 0);
    const [first] = lost;
    if (first)
        throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${namesOf(leaving)} cannot leave: no broker that runs has the messages of ${lost.length} partitions, such as partition ${first.partition} of ${first.topic}`, {
            hint: 'Start the machine again and let it leave once more. If the messages of these partitions may be lost, delete their topics first.',
        });
    return { now, held, wanted: drain(partitions, leaving, staying, rackOf) };
}
/** The partitions that one of these brokers has. */
const heldBy = (partitions, brokers) => partitions.filter(({ replicas }) => replicas.some(id => brokers.includes(id)));
/** `node 4`, `nodes 4, 5` */
const namesOf = (ids) => `${ids.length === 1 ? 'node' : 'nodes'} ${ids.join(', ')}`;
/** @returns undefined when nothing is to be done */
function drain_workOf({ now, held }, leaving) {
    const { partitions, onTheMove, isThrottled } = now;
    if (held.length > 0)
        return onTheMove > 0
            ? `${onTheMove} of ${partitions.length} partitions are on their way since an earlier run`
            : `${held.length} of ${partitions.length} partitions have a replica on ${namesOf(leaving)}`;
    return isThrottled && onTheMove === 0 ? 'the throttle of an earlier run is still set' : undefined;
}
/** What is done: how much is copied, and what each broker has before and after. */
function drain_linesOf({ now, wanted }, staying, pace) {
    if (wanted.length === 0)
        return [];
    const moves = new Map(wanted.map(placement => [keyOf(placement), placement]));
    const after = now.partitions.map(placement => moves.get(keyOf(placement)) ?? placement);
    const [from, to] = [loadsOf(now.partitions, staying), loadsOf(after, staying)];
    const { copies } = changeOf(now.partitions, after);
    return [
        `${wanted.length} of ${now.partitions.length} partitions move: replicas copied: ${copies}, ${pace}`,
        ...staying.map(id => `node ${id}: replicas ${from.get(id)?.replicas} -> ${to.get(id)?.replicas}`),
    ];
}
const silentOf = ({ brokers }, leaving) => leaving.filter(id => !brokers.includes(id));
/** Kafka's tool sets no rate where one of the brokers does not answer; and what such a broker had is stored fewer times than it should be. */
function paceOf(now, leaving, throttle) {
    const silent = silentOf(now, leaving);
    return silent.length > 0
        ? `as fast as it goes, since ${namesOf(silent)} does not run`
        : `each broker at ${throttle} bytes a second at most`;
}
const keyOf = ({ topic, partition }) => `${topic} ${partition}`;

;// CONCATENATED MODULE: ./build/steps/cluster/leaving-node.js
/** The ids of the brokers that leave. */
const idsOf = (leaving) => leaving.flatMap(({ nodeId }) => nodeId ?? []);

;// CONCATENATED MODULE: ./build/steps/cluster/side-by-side.js
/**
 * The steps of several machines in one list: a step on all of them before the next one, as the log shows them. Lists may differ; each
 * keeps its order.
 * @param lists the steps of each machine
 */
function sideBySide(lists) {
    const longest = Math.max(0, ...lists.map(({ length }) => length));
    return Array.from({ length: longest }, (_, index) => lists.flatMap(list => list[index] ?? [])).flat();
}

;// CONCATENATED MODULE: ./build/machine/members.js


/** Of the script, where no node runs. */
const NONE_RUNS = 3;
/** `sh -c ASK sh SERVER FILTER…`: asks the node on the machine, in its own container. */
const members_ASK = `server=$1
shift
id=$(docker ps --quiet "$@" | head -n 1)
[ -n "$id" ] || exit ${NONE_RUNS}
exec docker exec --env ${TOOL_HEAP} "$id" timeout 30 kafka-cluster list-endpoints --include-fenced-brokers --config ${TOOL_PROPERTIES_FILE} --bootstrap-server "$server"`;
/**
 * Asks a node on the machine which brokers the cluster has, those included that do not run. It takes a second or two.
 * @returns undefined where no node runs, or the one that runs does not know
 */
async function askMembers(host, { project, service, server }) {
    const filters = [...(0,docker_labels/* withLabel */.nH)('project', project), ...(0,docker_labels/* withLabel */.nH)('service', service)];
    const argv = ['sh', '-c', members_ASK, 'sh', server, ...filters];
    const { exitCode, stdout } = await host.run({ argv, sudo: true });
    return exitCode === 0 ? readMembers(stdout) : undefined;
}
/** @param table `ID HOST PORT RACK STATE ENDPOINT_TYPE` on each line, as Kafka's ClusterTool prints it */
function readMembers(table) {
    return table.split('\n').flatMap(line => {
        const { id, address, state } = /^(?<id>\d{1,10})\s+(?<address>\S+)\s+\d+\s.*\b(?<state>(?:un)?fenced)\b/.exec(line)?.groups ?? {};
        return id === undefined || address === undefined
            ? []
            : [{ nodeId: Number(id), address, isAlive: state === 'unfenced' }];
    });
}

;// CONCATENATED MODULE: ./build/steps/cluster/unregister.js









/**
 * Takes brokers that have stopped out of the books of the cluster: until then their ids are theirs, and Kafka waits for them to come
 * back.
 */
function unregisterStep({ nodes, leaving, needs }) {
    const { bootstrapServers } = clusterOfNodes(nodes);
    const tools = new ReassignmentTools(nodes);
    return {
        name: 'unregister',
        title: 'Brokers that leave are no members any more',
        needs,
        reads: needs,
        async check() {
            const left = await registered(nodes, leaving);
            return left.length === 0
                ? satisfied(`${namesOf(leaving)}: not registered`)
                : notYet(`${namesOf(left)}: still registered`);
        },
        async apply(context) {
            await refuseHeld(context, bootstrapServers, leaving);
            for (const id of await registered(nodes, leaving))
                await tools.unregister(context, id);
            await moving_untilKnown(context, async () => (await registered(nodes, leaving)).length === 0);
        },
    };
}
async function registered(nodes, leaving) {
    const first = firstNode(nodes);
    const { host, ...asked } = placeOfNode(first);
    const members = await askMembers(host, asked);
    if (!members)
        throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${first.context.machine.name} does not say which brokers the cluster has`, { retriable: true });
    return leaving.filter(id => members.some(({ nodeId }) => nodeId === id));
}
/** @throws ActionError when Kafka has put a new topic on a broker that was empty, in the moment before that stopped */
async function refuseHeld(context, servers, leaving) {
    const { partitions } = await asAdmin(context, servers, readPlacements);
    const held = heldBy(partitions, leaving);
    if (held.length === 0)
        return;
    throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${held.length} partitions have come to ${namesOf(leaving)} since it was drained, such as partition ${held[0]?.partition} of ${held[0]?.topic}`, { hint: 'Run again with the same inputs: what came late is moved, too.' });
}

;// CONCATENATED MODULE: ./build/steps/cluster/leave.js




/** What is taken down of a node while the cluster still has it in its books. The rest tells a later run which node the machine is. */
const BEFORE = new Set(['containers', 'networks']);
/**
 * How brokers leave: first all partitions move to the others, then the nodes stop and are taken down, then the cluster forgets
 * them. In this order nothing is ever stored fewer times than before, and each step finds out by itself how far an earlier run had come.
 */
function leaveSteps({ nodes, leaving, throttle, timeoutMs }) {
    const ids = idsOf(leaving);
    const isMember = ids.length > 0;
    const down = sideBySide(leaving.map(each => each.down));
    const first = down.filter(({ name }) => BEFORE.has(name));
    const last = down.filter(({ name }) => !BEFORE.has(name));
    const after = (step, name) => isMember ? { ...step, needs: [...step.needs, name] } : step;
    return [
        ...(isMember ? [drainStep({ nodes, leaving: ids, throttle, timeoutMs })] : []),
        ...first.map(step => (step.name === 'containers' ? after(step, 'drain') : step)),
        ...(isMember
            ? [
                unregisterStep({
                    ...{ nodes, leaving: ids },
                    needs: first.length > 0 ? ['drain', 'containers'] : ['drain'],
                }),
            ]
            : []),
        ...last.map(step => after(step, 'unregister')),
    ];
}

;// CONCATENATED MODULE: ./build/steps/cluster/members.js








/**
 * Nodes that have just started answer within seconds; of a cluster that does not, the next step says why. A plan has started none: it
 * waits no longer than an answer takes.
 */
const members_PATIENCE_MS = { deploy: 10_000, plan: 3_000 };
const members_EVERY_MS = 500;
/** A broker that hangs is left to it, and the next one asked as well. */
const NEXT_AFTER_MS = 1_000;
/** The caller asks again; the client does not. */
const members_ONCE = { retry: { retries: 0 } };
/**
 * The members of the cluster are those of the list, and those that leave. A broker on another machine is told of: as long as it runs,
 * clients of the runner are sent to it and cannot reach it, so that nothing can be proved.
 */
function membersStep({ nodes, leaving = [], needs, patienceMs = members_PATIENCE_MS.deploy, }) {
    const listed = new Set([...nodes.map(({ plan }) => plan.nodeId), ...leaving]);
    return {
        name: 'members',
        title: 'Members of the cluster are on the machines of the list',
        needs,
        reads: needs,
        async check(context) {
            const known = await whatIsKnown(context, nodes, patienceMs);
            if (!known)
                return satisfied('no broker says yet who they are: not known');
            const { running, partitions } = known;
            const all = [...running, ...partitions.flatMap(({ replicas }) => replicas)];
            const others = [...new Set(all)].filter(id => !listed.has(id)).sort((one, other) => one - other);
            const addresses = others.length > 0 ? await addressesOf(nodes) : new Map();
            for (const id of others)
                refuseOrTell(context, { id, address: addresses.get(id), known });
            return satisfied(others.length > 0 ? `not on one of them: node ${others.join(', ')}` : `brokers: ${running.length}`);
        },
    };
}
/** Asks until a broker answers. @returns undefined when none does in time; what still goes on then is not waited for */
function whatIsKnown(context, nodes, patienceMs) {
    const { clock, signal } = context;
    const late = () => undefined;
    const limit = { everyMs: members_EVERY_MS, timeoutMs: patienceMs, late };
    const answer = until(context, () => askOneAfterTheOther(context, nodes), limit);
    return within(clock, patienceMs, answer, late, signal);
}
/** The brokers one after the other: the next one as soon as the ones before do not answer, or hang. */
async function askOneAfterTheOther(context, nodes) {
    const asked = [];
    for (const server of clusterOfNodes(nodes).bootstrapServers) {
        asked.push(ask(context, server));
        const first = Promise.any(asked).catch(() => undefined);
        const known = await within(context.clock, NEXT_AFTER_MS, first, () => undefined, context.signal);
        if (known)
            return known;
        context.signal.throwIfAborted();
    }
    return undefined;
}
function ask({ kafka, clock }, server) {
    // Whatever kafkajs would choose: one of the others may be one that cannot be reached.
    const admin = kafka.onlyTo(server).admin(members_ONCE);
    return withAdmin(admin, clock, async (connected) => ({
        running: (await connected.describeCluster()).brokers.map(({ nodeId }) => nodeId),
        partitions: await readPartitions(connected),
    }));
}
/** The private addresses of all brokers that the cluster has in its books, by their ids; those that are known. */
async function addressesOf(nodes) {
    const { host, ...asked } = placeOfNode(firstNode(nodes));
    const members = await askMembers(host, asked);
    return new Map(members?.map(({ nodeId, address }) => [nodeId, address]));
}
/** @throws ActionError `member-not-listed` for one that runs; of another one a warning is enough */
function refuseOrTell({ log }, { id, address, known: { running, partitions } }) {
    const name = `node ${id}${address === undefined ? '' : ` at ${address}`}`;
    const held = heldBy(partitions, [id]);
    const led = held.filter(({ leader }) => leader === id).length;
    const whatToDo = `Name its machine in host again, or let it leave: remove-hosts${address === undefined ? ' with its name' : `: ${address}, or the name that host had for it`}.`;
    if (running.includes(id))
        throw new build_errors/* ActionError */.lZ('member-not-listed', `${name} is still a member of the cluster and runs, and no machine in host has it: the runner has no way to it, and it has a replica of ${held.length} partitions and leads ${led}`, { hint: whatToDo });
    log.warning(`${name} is still a member of the cluster, does not run, and no machine in host has it: ${held.length} partitions have a replica less for it. ${whatToDo}`);
}

;// CONCATENATED MODULE: ./build/steps/cluster/openssl-package.js

/** `yum install -y openssl`, unless the program is there already. @param needs a step that uses yum as well, if there is one: it holds a lock */
const opensslPackageStep = (needs) => packageStep({
    name: 'openssl-package',
    title: 'OpenSSL installed',
    needs,
    packageName: 'openssl',
    async orElse(host) {
        const { exitCode, stdout } = await host.run({ argv: ['openssl', 'version'] });
        return exitCode === 0 ? stdout.trim() : undefined;
    },
});

;// CONCATENATED MODULE: ./build/steps/cluster/placed.js
/** The step on that machine: its title says so, and what it needs is done there. */
const placed = (step, place) => ({
    ...step,
    title: `${step.title} · ${place.name}`,
    place,
});

;// CONCATENATED MODULE: ./build/kafka/placement/holdings.js

/** Which broker has which partitions, while they are placed. Brokers that are not named have none here. */
class Holdings {
    held;
    shares = new Shares();
    constructor(drafts, brokers) {
        this.held = new Map(brokers.map(broker => [broker, new Set()]));
        for (const draft of drafts) {
            for (const broker of draft.replicas) {
                this.held.get(broker)?.add(draft);
                this.shares.add(draft.topic, broker);
            }
        }
    }
    count = (broker) => this.of(broker).size;
    /** Whether a broker has such a partition. */
    has(broker, isSuch) {
        for (const draft of this.of(broker))
            if (isSuch(draft))
                return true;
        return false;
    }
    /** Of the partitions that may go from one broker to another, the one of the most uneven topic. @returns undefined for none */
    best(from, to, mayGo) {
        return this.shares.best([...this.of(from)].filter(mayGo), from, to);
    }
    move(draft, from, to) {
        draft.replicas[draft.replicas.indexOf(from)] = to;
        this.of(from).delete(draft);
        this.held.get(to)?.add(draft);
        this.shares.move(draft.topic, from, to);
    }
    of = (broker) => this.held.get(broker) ?? new Set();
}

;// CONCATENATED MODULE: ./build/kafka/placement/lead-evenly.js

/**
 * Puts another broker of a partition first where that makes leaders more even. A broker with too many may have none that a broker with
 * too few has as well; then a third one takes over from it and hands on another: the chain of such steps is looked for, and the
 * shortest one taken, until there is none. That is the most even that can be had (Harvey and others, Semi-Matchings for Bipartite
 * Graphs and Load Balancing, 2003: no cost-reducing path is left).
 */
function leadEvenly(drafts, brokers) {
    const leads = new Leads(drafts, brokers);
    while (brokers.toSorted((one, other) => leads.count(other) - leads.count(one)).some(id => relieve(id, leads)))
        ;
}
/** @returns whether a broker could be found that leads at least two partitions less, and now leads one more */
function relieve(from, leads) {
    const cameFrom = new Map([[from, from]]);
    for (const broker of cameFrom.keys()) {
        if (leads.count(broker) <= leads.count(from) - 2) {
            for (let to = broker; to !== from; to = cameFrom.get(to) ?? from)
                leads.hand(cameFrom.get(to) ?? from, to);
            return true;
        }
        for (const next of leads.followersOf(broker))
            if (!cameFrom.has(next))
                cameFrom.set(next, broker);
    }
    return false;
}
/** Who leads which partitions. */
class Leads {
    led;
    shares = new Shares();
    constructor(drafts, brokers) {
        this.led = new Map(brokers.map(broker => [broker, new Set()]));
        for (const draft of drafts) {
            const [leader = -1] = draft.replicas;
            this.led.get(leader)?.add(draft);
            this.shares.add(draft.topic, leader);
        }
    }
    count = (broker) => this.of(broker).size;
    /** The brokers that could take a partition over from this one. */
    followersOf(broker) {
        const followers = new Set([...this.of(broker)].flatMap(({ replicas }) => replicas.slice(1)));
        return [...followers]
            .filter(id => this.led.has(id))
            .sort((one, other) => this.count(one) - this.count(other));
    }
    /** Lets the second broker lead a partition that the first one leads. */
    hand(from, to) {
        const candidates = [...this.of(from)].filter(({ replicas }) => replicas.includes(to));
        const draft = this.shares.best(candidates, from, to);
        if (!draft)
            throw new RangeError(`broker ${to} has no partition that ${from} leads`);
        const { replicas } = draft;
        const at = replicas.indexOf(to);
        [replicas[0], replicas[at]] = [to, from];
        this.of(from).delete(draft);
        this.of(to).add(draft);
        this.shares.move(draft.topic, from, to);
    }
    of = (broker) => this.led.get(broker) ?? new Set();
}

;// CONCATENATED MODULE: ./build/kafka/placement/spread.js



/**
 * Places partitions evenly on brokers, by the fewest copies: no broker has two replicas more than another one, and what need not
 * move for that stays. Then partitions are led as evenly as their brokers allow, which copies nothing. Replicas on brokers that are not
 * named stay there.
 *
 * A partition has its replicas in as many racks as there are for them, which comes before all else: what it takes for that is copied
 * first, and nothing goes back. Where racks have different numbers of brokers, those of a small one have more then.
 *
 * Kafka's own `kafka-reassign-partitions --generate` gives nearly every partition new brokers instead.
 *
 * @param brokers ids of all that are to have partitions
 * @param rackOf the rack of each broker; as in Kafka itself, it counts only where each of them has one
 * @returns the new placements, in the order of those given
 */
function spread(placements, brokers, rackOf = new Map()) {
    const drafts = placements.map(({ replicas, ...partition }) => ({ ...partition, replicas: [...replicas] }));
    const ids = [...new Set(brokers)].sort((one, other) => one - other);
    const holdings = new Holdings(drafts, ids);
    const racks = racksFor(ids, rackOf);
    copyToOtherRacks(drafts, holdings, racks);
    while (ids.toSorted(byLoad(holdings)).some(id => spread_relieve(id, ids, holdings, racks)))
        ;
    leadEvenly(drafts, ids);
    return drafts;
}
/** The broker that has most first; of several the last one, so that what is placed does not depend on the order of the list. */
const byLoad = (holdings) => (one, other) => holdings.count(other) - holdings.count(one) || other - one;
/** Of each partition that could be in one more rack a replica goes there: from the broker with most to the one with least. */
function copyToOtherRacks(drafts, holdings, racks) {
    const order = byLoad(holdings);
    for (const draft of drafts) {
        for (;;) {
            const from = draft.replicas.filter(broker => racks.isSpare(draft, broker)).sort(order)[0];
            const to = racks.brokersElsewhere(draft).sort(order).at(-1);
            if (from === undefined || to === undefined)
                break;
            holdings.move(draft, from, to);
        }
    }
}
/**
 * Copies one replica away from a broker, in the end to one that has at least two less. Where no partition may go there at once, it
 * goes to a third one, which hands on another: the shortest such chain is taken, which is the fewest copies. The first broker has a
 * partition that the last one has not, since it has more, so that only racks make chains.
 * @returns whether anything was moved
 */
function spread_relieve(from, brokers, holdings, racks) {
    const mayGo = (one, other) => (draft) => !draft.replicas.includes(other) && racks.allows(draft, one, other);
    const cameFrom = new Map([[from, from]]);
    for (const broker of cameFrom.keys()) {
        if (holdings.count(broker) <= holdings.count(from) - 2)
            return moveAlong(chainTo(broker, cameFrom), holdings, mayGo);
        const next = brokers.filter(id => !cameFrom.has(id) && holdings.has(broker, mayGo(broker, id)));
        for (const id of next.sort(byLoad(holdings)).reverse())
            cameFrom.set(id, broker);
    }
    return false;
}
/** The brokers from the first one to this one. */
function chainTo(last, cameFrom) {
    const chain = [last];
    for (let broker = last; cameFrom.get(broker) !== broker;) {
        broker = cameFrom.get(broker) ?? broker;
        chain.unshift(broker);
    }
    return chain;
}
/** Moves a replica along each link, or none at all: what one link moves may be what another one counted on. */
function moveAlong(chain, holdings, mayGo) {
    const undo = [];
    for (let index = chain.length - 1; index > 0; index -= 1) {
        const [from = -1, to = -1] = chain.slice(index - 1);
        const draft = holdings.best(from, to, mayGo(from, to));
        if (!draft) {
            for (const back of undo.reverse())
                back();
            return false;
        }
        holdings.move(draft, from, to);
        undo.push(() => holdings.move(draft, to, from));
    }
    return true;
}

;// CONCATENATED MODULE: ./build/steps/cluster/rebalance.js









/**
 * Spreads the partitions over all brokers. Kafka goes on copying when a run ends before it is done: the next one waits for that, and
 * then finds out anew what is left.
 */
function rebalanceStep({ nodes, throttle, timeoutMs }) {
    const { bootstrapServers } = clusterOfNodes(nodes);
    const tools = new ReassignmentTools(nodes);
    const look = async (context) => rebalance_outlookOf(await asAdmin(context, bootstrapServers, readPlacements), nodes);
    return {
        name: 'rebalance',
        title: 'Partitions spread over all brokers',
        needs: ['kafka-ready', 'topic'],
        async check(context) {
            const outlook = await look(context);
            const left = rebalance_workOf(outlook);
            const { now, brokers } = outlook;
            if (left.length > 0)
                return notYet(left.join('; '));
            return satisfied(`${now.partitions.length} partitions, evenly on ${brokers.length} brokers`);
        },
        async foresee(context) {
            return rebalance_linesOf(await look(context), throttle);
        },
        async apply(context) {
            await untilNoneMoves(context, bootstrapServers);
            await waitUntilInSync(context, { bootstrapServers, timeoutMs });
            const outlook = await look(context);
            const { moved, reordered } = outlook.change;
            for (const line of rebalance_linesOf(outlook, throttle))
                context.log.info(line);
            const changed = [...moved, ...reordered];
            if (changed.length > 0) {
                await tools.begin(context, changed, { throttle });
                await untilNoneMoves(context, bootstrapServers);
            }
            // That of an earlier run, too, whose partitions nobody knows any more.
            if (changed.length > 0 || outlook.now.isThrottled)
                await tools.finish(context, outlook.wanted);
            await tools.electPreferred(context);
            await moving_untilKnown(context, async () => rebalance_workOf(await look(context)).length === 0);
        },
    };
}
function rebalance_outlookOf(now, nodes) {
    // Those that are still to join count in a plan, those of no machine of the list never.
    const brokers = nodes.map(({ plan }) => plan.nodeId).sort((one, other) => one - other);
    const wanted = spread(now.partitions.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })), brokers, racksOf(nodes));
    const ledByOthers = now.partitions.filter(({ leader, replicas }) => leader !== replicas[0]).length;
    return { now, wanted, change: changeOf(now.partitions, wanted), ledByOthers, brokers };
}
function rebalance_workOf({ now, change: { moved, reordered }, ledByOthers }) {
    const { onTheMove, isThrottled, partitions } = now;
    const ofAll = `of ${partitions.length} partitions`;
    // What moves already is not where it will be: a plan from here would be wrong.
    if (onTheMove > 0)
        return [`${onTheMove} ${ofAll} are on their way since an earlier run`];
    return [
        ...(moved.length > 0 ? [`${moved.length} ${ofAll} are to be moved`] : []),
        ...(reordered.length > 0 ? [`${reordered.length} ${ofAll} are to prefer another leader`] : []),
        ...(ledByOthers > 0 ? [`${ledByOthers} ${ofAll} are not led by the broker that is preferred`] : []),
        ...(isThrottled ? ['the throttle of an earlier run is still set'] : []),
    ];
}
/** What is done: how much is copied, and what each broker has before and after. */
function rebalance_linesOf({ now, wanted, change, brokers }, throttle) {
    if (now.onTheMove > 0 || change.moved.length + change.reordered.length === 0)
        return [];
    const [before, after] = [loadsOf(now.partitions, brokers), loadsOf(wanted, brokers)];
    return [
        `${change.moved.length} of ${now.partitions.length} partitions move: replicas copied: ${change.copies}, each broker at ${throttle} bytes a second at most`,
        ...brokers.map(broker => {
            const [from, to] = [before.get(broker), after.get(broker)];
            return `node ${broker}: replicas ${from?.replicas} -> ${to?.replicas}, leader of ${from?.leaders} -> ${to?.leaders}`;
        }),
    ];
}

// EXTERNAL MODULE: ./build/compose/deployment/node-plan.js
var node_plan = __webpack_require__(99727);
;// CONCATENATED MODULE: ./build/machine/node-data.js


/** Longer than either file is. In bytes. */
const MOST_BYTES = 65_536;
/**
 * `sh -c LOOK sh ENV_FILE VOLUME`: the settings, a line, and what the volume says of itself (Kafka's MetaPropertiesEnsemble).
 */
const node_data_LOOK = `
[ -f "$1" ] && head -c ${MOST_BYTES} -- "$1"
echo
echo '--- volume'
data=$(docker volume inspect --format '{{.Mountpoint}}' "$2" 2>/dev/null) || exit 0
for file in "$data/meta.properties" "$data"/*/meta.properties; do
  [ -f "$file" ] && head -c ${MOST_BYTES} -- "$file" && break
done
:`;
/**
 * Reads which node a machine is: by its data, which decide, or else by the settings of an earlier deployment.
 * @param directory of the project on the machine
 * @param volume its name for the Docker Engine
 */
async function readNodeData(host, { hasSudo }, { directory, volume }) {
    // Without sudo the machine is refused by the first step.
    if (!hasSudo)
        return {};
    const argv = ['sh', '-c', node_data_LOOK, 'sh', `${directory}/.env`, volume];
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv, sudo: true, isLook: true });
    const [settings = '', data = ''] = stdout.split('--- volume\n');
    const { nodeId, clusterId, ...others } = (0,node_plan/* readNodeSettings */.eA)(settings);
    const set = nodeId === undefined ? {} : { nodeId, clusterId };
    const stored = readMetaProperties(data);
    return { ...(stored ? { ...stored, hasData: true } : set), ...others };
}
function readMetaProperties(text) {
    const nodeId = /^node\.id=([1-9]\d{0,8})$/m.exec(text)?.[1];
    const clusterId = /^cluster\.id=([\w-]{22})$/m.exec(text)?.[1];
    if (nodeId === undefined || clusterId === undefined)
        return undefined;
    return { nodeId: Number(nodeId), clusterId };
}

;// CONCATENATED MODULE: ./build/steps/cluster/replacement.js









/** Removes the containers of a project, running or not, so that no start of the machine brings them back. `sh -c STOP sh FILTER…` */
const STOP = `
command -v docker >/dev/null || exit 0
ids=$(docker ps --all --quiet "$@") || exit
[ -z "$ids" ] || { docker stop --time 30 $ids && docker rm $ids; }`;
/** Brokers that have gone are missed after 9 seconds; one that was stopped in order, at once. */
const MISSED_MS = 30_000;
/**
 * Makes sure that a node may begin anew on another machine with the id of one that is lost. Two nodes of one id harm a cluster, and
 * nothing in Kafka refuses them; a controller that knows nothing yet may vote for one that knows too little. So the lost
 * machine is stopped if it can be reached, the cluster must miss its broker, and the other controllers must be caught up.
 */
function replacementStep({ nodes, successor, openReplaced, timeoutMs }) {
    const { nodeId } = successor.plan;
    const { name, inPlaceOf: old = '' } = successor.context.machine;
    const others = nodes.filter(node => node !== successor);
    let isDone = false;
    return {
        name: 'replacement',
        title: `Node ${nodeId} to ${name} in place of ${old}`,
        needs: ['ways'],
        async check() {
            return isDone
                ? satisfied(`nobody else is node ${nodeId}, and the others know all`)
                : notYet(`${name} is to be node ${nodeId}, which ${old} was`);
        },
        async foresee() {
            return [
                `${old} would be stopped if it can be reached; its data would stay there`,
                `node ${nodeId} would begin without data on ${name}, and be given what it had by the others`,
            ];
        },
        async apply(context) {
            await untilCaughtUp(context, others, timeoutMs);
            const isStopped = await stop(context, { successor, others, openReplaced });
            await untilMissed(context, others, { nodeId, old, isStopped });
            isDone = true;
        },
    };
}
/** @returns whether the machine was reached @throws ActionError `replacement-refused` when it is not that node */
async function stop({ log, signal }, { successor, others, openReplaced }) {
    const { inPlaceOf: old = '' } = successor.context.machine;
    const project = successor.project.name;
    let host;
    try {
        host = await openReplaced();
    }
    catch (error) {
        signal.throwIfAborted();
        log.warning(`${old} was not reached (${(0,build_errors/* reasonOf */.A3)(error)}): that it is gone for good is your word. It must never come back as it was: two nodes of one id harm the cluster.`);
        return false;
    }
    try {
        await refuseOther(host, { successor, others });
        log.info(`${old} is reached: its containers of ${project} are stopped and removed, its data stays`);
        const argv = ['sh', '-c', STOP, 'sh', ...(0,docker_labels/* withLabel */.nH)('project', project)];
        await (0,must_run/* mustRun */.P)(host, { argv, sudo: true });
        return true;
    }
    finally {
        await host.close();
    }
}
/** A name that is wrong by a digit must not stop a node of somebody else's. */
async function refuseOther(host, { successor, others }) {
    const { project, plan, context } = successor;
    const place = { directory: project.directory, volume: `${project.name}_data` };
    const found = await readNodeData(host, { hasSudo: true }, place);
    if (found.nodeId === undefined)
        return;
    const clusterId = others.find(({ context: { machine } }) => machine.clusterId)?.context.machine.clusterId;
    if (found.nodeId === plan.nodeId && found.clusterId === clusterId)
        return;
    throw new build_errors/* ActionError */.lZ('replacement-refused', `${context.machine.inPlaceOf} is node ${found.nodeId} of cluster ${found.clusterId}, and node ${plan.nodeId} of cluster ${clusterId} is lost: nothing was stopped there`);
}
const replacement_addressesOf = (nodes) => nodes.map(({ plan }) => `localhost:${plan.hostPort}`);
/** @throws ActionError `replacement-refused` while the cluster still has a broker of the id */
async function untilMissed(context, others, { nodeId, old, isStopped }) {
    const { kafka, clock } = context;
    await poll(context, {
        what: `the cluster has no broker ${nodeId}`,
        endsAtMs: clock.now() + MISSED_MS,
        ask: () => withAdmin(kafka.of(replacement_addressesOf(others)).admin({ retry: { retries: 0 } }), clock, async (admin) => {
            const { brokers } = await admin.describeCluster();
            if (brokers.some(broker => broker.nodeId === nodeId))
                throw new Error(`broker ${nodeId} still answers to the cluster`);
        }),
        notYet: reason => reason,
        late: (reason, cause) => new build_errors/* ActionError */.lZ('replacement-refused', `${reason}, ${isStopped ? `although ${old} was stopped` : `and ${old} was not reached to stop it`}`, { cause }),
    });
}
/** @throws ActionError `replacement-refused` unless all other controllers run and know what their leader knows */
async function untilCaughtUp(context, others, timeoutMs) {
    await poll(context, {
        what: 'the other controllers have a leader and are caught up',
        endsAtMs: context.clock.now() + timeoutMs,
        ask: async () => {
            const problem = await notCaughtUp(context, others);
            if (problem !== undefined)
                throw new Error(problem);
        },
        notYet: reason => reason,
        late: (reason, cause) => new build_errors/* ActionError */.lZ('replacement-refused', `a controller without data is safe only beside others that know all, which is not so within ${(0,build_clock/* formatDuration */.a)(timeoutMs)}: ${reason}`, { cause }),
    });
}

;// CONCATENATED MODULE: ./build/steps/cluster/rolling-change.js








/** A node that runs, of which something was made from another file: one that does not run may start at once, with the others. */
const isRunningChanged = ({ containers, outdated }) => outdated.length > 0 &&
    containers.some(container => container.service === KAFKA_SERVICE && (0,compose_project/* isRunning */.W_)(container));
/**
 * Another configuration or another image comes to nodes that run one after the other, so that the cluster goes on: the next one when
 * every replica is in sync again. The files and the images are on every machine before.
 */
function rollingChangeStep({ nodes, bootstrapServers, timeoutMs }) {
    const find = async () => {
        const found = await Promise.all(nodes.map(async (node) => ({ node, why: await whyAnew(node) })));
        return found.filter(({ why }) => why !== '');
    };
    return {
        name: 'rolling-change',
        title: 'Changed nodes started anew, one after the other',
        needs: ['stack'],
        // Not the files and not the containers: a plan is to say which nodes would be started anew, and compares the files itself.
        reads: ['compose-binary'],
        async check() {
            const found = await find();
            if (found.length === 0)
                return satisfied('every node that runs was made from its files');
            return notYet(found.map(({ node, why }) => `${node.context.machine.name}: ${why}`).join('; '));
        },
        async foresee() {
            const found = await find();
            return found.map(({ node: { plan, context } }) => `node ${plan.nodeId} on ${context.machine.name} would be started anew, while the others run`);
        },
        async apply(context) {
            const chosen = (await find()).map(({ node }) => node);
            const uses = await Promise.all(nodes.map(lookAtUse));
            const change = ({ context: { machine, host }, plan, project, deployment }) => {
                context.log.info(`node ${plan.nodeId} on ${machine.name}:`);
                return changeInPlace({ ...context, host }, project, deployment.cluster.members);
            };
            if (uses.some(({ mustGoTogether }) => mustGoTogether)) {
                context.log.info('nodes with an old and a new certificate would not believe each other: all at once');
                await Promise.all(chosen.map(change));
                return;
            }
            await oneByOne(context, { nodes, chosen, bootstrapServers, timeoutMs }, change);
        },
    };
}
/** @returns why a node is to be started anew, or ''; one that does not run is left to the step `stack` */
async function whyAnew({ context: { host }, project, deployment }) {
    const compared = await compare(host, project);
    if (isRunningChanged(compared))
        return compared.differences.join(', ');
    const runs = compared.containers.some(each => each.service === KAFKA_SERVICE && (0,compose_project/* isRunning */.W_)(each));
    if (!runs)
        return '';
    const wanted = [...deployment.files];
    const paths = wanted.map(([path]) => `${project.directory}/${path}`);
    const longest = Math.max(...wanted.map(([, text]) => Buffer.byteLength(text)));
    // A byte more, which tells a file that goes on.
    const found = await findTextFiles(host, paths, longest + 1);
    const changed = wanted.flatMap(([path, text], index) => (found[index]?.text === text ? [] : [path]));
    return changed.length === 0 ? '' : `${changed.join(', ')} would become another version`;
}

;// CONCATENATED MODULE: ./build/machine/ways/closed-ways.js


/** What became of a try in words, after the way's name, and what opens it. */
const WORDS = {
    silent: 'no answer: open it in the security group',
    refused: 'refused, and something does listen there: a firewall on the machine rejects it',
    unreachable: 'unreachable: no route leads there, or a firewall rejects it',
    strange: 'something else answers there',
};
/** How many ways the message itself names; the details name them all. */
const MOST_NAMED = 6;
/** `10.0.1.5 → 10.0.1.7:9093: no answer: open it in the security group` */
const wayInWords = ({ from, to, port, state }) => `${from.address} → ${to.address}:${port}: ${state === 'open' ? 'open' : WORDS[state]}`;
/**
 * @throws ActionError `way-closed` that names each closed way, with a rule to paste; `port-in-use` where something that is not of the
 *   cluster holds a port
 */
async function refuseClosedWays(ways) {
    const closed = ways.filter(({ state }) => state !== 'open');
    await refuseStrangers(closed);
    const [first] = closed;
    if (!first)
        return;
    const named = closed.slice(0, MOST_NAMED).map(wayInWords).join('; ');
    const more = closed.length > MOST_NAMED ? `; and ${closed.length - MOST_NAMED} more` : '';
    throw new build_errors/* ActionError */.lZ('way-closed', `the machines do not all reach one another: ${named}${more}`, {
        hint: closed_ways_hintFor(closed),
        details: closed.map(wayInWords),
    });
}
/** A port that is held, and not by a node of the cluster: whose it is, is known on its machine. */
async function refuseStrangers(closed) {
    const held = closed.filter(({ state, isBusy }) => state === 'strange' && isBusy);
    for (const to of new Set(held.map(way => way.to))) {
        const ports = new Set(held.filter(way => way.to === to).map(({ port }) => port));
        await closed_ways_refuseHeld(to, [...ports]);
    }
}
async function closed_ways_refuseHeld({ name, host, address }, ports) {
    const wanted = ports.map(port => ({ address, port, service: 'kafka' }));
    try {
        await refuseTakenPorts(host, wanted);
    }
    catch (thrown) {
        throw thrown instanceof build_errors/* ActionError */.lZ ? thrown.with({ message: `${name}: ${thrown.message}` }) : thrown;
    }
}
function closed_ways_hintFor(closed) {
    const ports = closed.map(({ port }) => port);
    const [from, to] = [Math.min(...ports), Math.max(...ports)];
    const range = from === to ? `${from}` : `${from}-${to}`;
    const states = new Set(closed.map(({ state }) => state));
    const remedies = [
        ...(states.has('silent') || states.has('unreachable')
            ? [
                `In the security group of the machines let its own members in: aws ec2 authorize-security-group-ingress --group-id GROUP --source-group GROUP --protocol tcp --port ${range} (GROUP is its id, sg-…).`,
            ]
            : []),
        ...(states.has('refused') || states.has('unreachable')
            ? ['On the machine behind the arrow, a firewall shows in sudo iptables -S and sudo nft list ruleset.']
            : []),
        ...(states.has('strange')
            ? [
                'Where something else answers, two machines may have the same address: private-addresses says which to take.',
            ]
            : []),
    ];
    return `${remedies.join(' ')} Then run again: nothing was deployed.`;
}

;// CONCATENATED MODULE: ./build/machine/ways/scripts.js
/** What a try says first. No client of Kafka begins so, with TLS or without. */
const scripts_GREETING = 'kafka-al2023-action: which machine is this?';
/**
 * Listens on each port that is free, and shows a token to whoever greets it: `ADDRESS SECONDS TOKEN PORT…`. The first line that it prints
 * is JSON: its process id, the ports that something else holds, and why it cannot listen at all. Nothing of it stays.
 *
 * The cluster may be at work while one of its nodes is away, and its clients come to that node's port. To them it says nothing and hangs up,
 * as a node does that is going away: they try again. A word that is not TLS they would take for a peer that they must not believe, and
 * give up for good (Kafka's SslAuthenticationException, after which a schema registry writes nothing any more).
 */
const LISTEN = `
import errno, json, os, select, signal, socket, sys, time
address, seconds, token = sys.argv[1:4]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
listeners, guests, busy, wrong = [], [], [], None
for port in map(int, sys.argv[4:]):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(256)
        listeners.append(listener)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            busy.append(port)
        else:
            wrong = str(error)
print(json.dumps({'pid': os.getpid(), 'busy': busy, 'wrong': wrong}), flush=True)
end = time.monotonic() + float(seconds)
while listeners and time.monotonic() < end:
    for ready in select.select(listeners + guests, [], [], max(0, end - time.monotonic()))[0]:
        try:
            if ready in listeners:
                guests.append(ready.accept()[0])
                # No more than select can wait for.
                if len(guests) > 500:
                    guests.pop(0).close()
            elif ready in guests:
                guests.remove(ready)
                with ready:
                    if ready.recv(256) == b'${scripts_GREETING}':
                        ready.sendall(token.encode() + b'\\n')
        except OSError:
            pass
`;
/**
 * Tries the ways from one machine: JSON with the standard input, `{token, seconds, targets: [[address, port, isBusy], …], trusted}`;
 * prints a word for each target, in their order, as JSON. A refused connection says nothing about who refused it, a firewall or the
 * machine: only an answer proves that a way is open. Where something listens already, a certificate of the cluster's own authority is
 * the answer; whether it is out of date, or for another address, is not asked here.
 */
const PROBE = `
import errno, json, socket, ssl, sys
from concurrent.futures import ThreadPoolExecutor
order = json.load(sys.stdin)
NO_CHECK_TIME = 0x200000
def is_ours(connection):
    if order['trusted'] is None:
        return False
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= NO_CHECK_TIME
    context.load_verify_locations(cadata=order['trusted'])
    with context.wrap_socket(connection):
        return True
def answer_of(target):
    address, port, is_busy = target
    try:
        with socket.create_connection((address, port), order['seconds']) as connection:
            connection.settimeout(10)
            try:
                if is_busy:
                    return 'open' if is_ours(connection) else 'strange'
                connection.sendall(b'${scripts_GREETING}')
                return 'open' if connection.recv(256).decode(errors='replace').strip() == order['token'] else 'strange'
            except OSError:
                return 'strange'
    except socket.timeout:
        return 'silent'
    except OSError as error:
        return {errno.ECONNREFUSED: 'refused', errno.ETIMEDOUT: 'silent'}.get(error.errno, 'unreachable')
with ThreadPoolExecutor(64) as pool:
    print(json.dumps(list(pool.map(answer_of, order['targets']))))
`;

;// CONCATENATED MODULE: ./build/machine/ways/try-ways.js




/** How long a firewall is given to answer. The kernel asks three times in it. */
const ANSWER_SECONDS = 4;
/** A listener that nobody ends does so itself after as long. */
const LISTENER_SECONDS = 120;
/**
 * Tries every way between machines on the real ports, by a listener on each that is gone afterwards. No rights are needed, no file is
 * written.
 *
 * @param trusted gives the certificates of the cluster's authorities in PEM, if there is one; asked for only where a port is busy
 * @throws ActionError `private-address-unknown` when a machine cannot listen at its address
 */
async function tryWays(ends, trusted) {
    const token = (0,external_node_crypto_.randomUUID)();
    const starts = await Promise.allSettled(ends.map(end => listen(end, token)));
    const listeners = starts.flatMap(start => (start.status === 'fulfilled' ? [start.value] : []));
    try {
        for (const start of starts)
            if (start.status === 'rejected')
                throw start.reason;
        const busy = listeners.some(listener => listener.busy.length > 0);
        const order = { token, seconds: ANSWER_SECONDS, trusted: (busy && (await trusted())) || null };
        const ways = await Promise.all(ends.map(from => waysFrom(from, listeners, order)));
        return ways.flat();
    }
    finally {
        await Promise.all(listeners.map(listener => listener.close()));
    }
}
/** @returns when it listens */
async function listen(end, token) {
    const { host, address, ports } = end;
    const line = Promise.withResolvers();
    const words = [address, `${LISTENER_SECONDS}`, token, ...ports.map(String)];
    const ended = (0,must_run/* mustRun */.P)(host, {
        argv: ['python3', '-c', LISTEN, ...words],
        timeoutMs: (LISTENER_SECONDS + 30) * 1000,
        onLine: text => text.startsWith('{') && line.resolve(text),
    });
    ended.then(({ stdout }) => line.resolve(stdout), line.reject);
    const { pid, busy, wrong } = JSON.parse(await line.promise);
    const close = async () => {
        // Without a port to listen on it has ended already, and the number may be another process's.
        if (busy.length < ports.length)
            await host.run({ argv: ['kill', `${pid}`], isUndo: true });
        await ended;
    };
    if (wrong === null)
        return { end, busy, close };
    await close();
    throw new build_errors/* ActionError */.lZ('private-address-unknown', `${host.name} cannot listen at ${address}: ${wrong}`);
}
async function waysFrom(from, listeners, order) {
    const ways = listeners
        .filter(({ end }) => end !== from)
        .flatMap(({ end, busy }) => end.ports.map(port => ({ from, to: end, port, isBusy: busy.includes(port) })));
    const targets = ways.map(({ to, port, isBusy }) => [to.address, port, isBusy]);
    const stdin = JSON.stringify({ ...order, targets });
    const { stdout } = await (0,must_run/* mustRun */.P)(from.host, { argv: ['python3', '-c', PROBE], stdin });
    const states = JSON.parse(stdout);
    return ways.map((way, index) => ({ ...way, state: states[index] ?? 'silent' }));
}

;// CONCATENATED MODULE: ./build/steps/cluster/ways.js



/** Every machine reaches every other one at the ports of Kafka: tried before anything is placed on any of them. */
function waysStep({ ends, authority, note }) {
    return {
        name: 'ways',
        title: 'Ways between the machines',
        needs: ['machine'],
        async check({ log }) {
            const ways = await tryWays(ends, authority);
            note?.(ways);
            for (const from of ends) {
                const reached = ends.flatMap(to => openPorts(ways, from, to));
                if (reached.length > 0)
                    log.info(`${from.address} reaches ${reached.join(', ')}`);
            }
            await refuseClosedWays(ways);
            return satisfied(`${ways.length} between ${ends.length} machines, all open`);
        },
    };
}
/** `10.0.1.7:9092,9093` */
function openPorts(ways, from, to) {
    const open = ways.filter(way => way.from === from && way.to === to && way.state === 'open');
    return open.length === 0 ? [] : [`${to.address}:${open.map(({ port }) => port).join(',')}`];
}

;// CONCATENATED MODULE: ./build/steps/cluster/steps.js

















/**
 * The steps of a deployment over several machines: those of one machine on each of them, and between them what the cluster needs.
 * Machines wait for each other three times: nothing is placed before every way is known to be open, no node starts before the cluster
 * has its authority, and nothing is asked of Kafka before every node is up.
 */
function clusterDeploySteps(config, options) {
    const { nodes, clients, run, schemas, note, noteWays, rebalance, leaving, openReplaced } = options;
    const successor = nodes.find(({ context }) => context.machine.inPlaceOf !== undefined);
    const first = firstNode(nodes);
    const cluster = clusterOfNodes(nodes);
    const { bootstrapServers } = cluster;
    const { timeoutMs } = config.smokeTest;
    const authority = new Authority(first.context.host, steps_placeOf(first));
    // A machine that has no proxy of an earlier run says so.
    const hasProxy = nodes.some(({ facts }) => facts.hasProxy);
    const on = (node, steps) => steps.map(step => placed(step, { name: node.context.machine.name, context: node.context }));
    const onEach = (stepsOn) => sideBySide(nodes.map(node => on(node, stepsOn(node))));
    const stepsOf = ({ deployment, project, facts }) => machineSteps(config, {
        ...{ deployment, project, run, portShift: 0, furtherFiles: TRUST_FILES },
        machine: { ...facts, hasProxy },
    });
    const [ready, ...made] = clusterSteps(config, { project: undefined, cluster, schemas, note }).map(afterRestarts);
    const leave = leaving
        ? leaveSteps({ nodes, leaving: leaving.nodes, throttle: leaving.throttle, timeoutMs })
        : [];
    const isFirst = ({ name }) => name === 'machine';
    return [
        ...onEach(node => stepsOf(node).filter(isFirst)),
        waysStep({ ends: nodes.map(steps_endOf), authority: () => authority.everTrusted(), note: noteWays }),
        ...(successor && openReplaced ? [replacementStep({ nodes, successor, openReplaced, timeoutMs })] : []),
        ...onEach(node => stepsOf(node).filter(step => !isFirst(step) && step.name !== 'stack')).map(afterAll(successor ? ['ways', 'replacement'] : ['ways'])),
        ...onEach(() => [opensslPackageStep(['docker-package'])]),
        ...on(first, [authorityStep(authority, first.project.name)]),
        ...onEach(node => [certificateOf(node, authority)]),
        ...onEach(node => [startTogether(stackOf(node))]),
        // yum holds a lock: one installation at a time.
        ...on(first, [pythonPackageStep(['openssl-package'])]),
        ...pairSteps(nodes, clients),
        rollingChangeStep({ nodes, bootstrapServers, timeoutMs }),
        certificateUseStep({ nodes, bootstrapServers, timeoutMs }),
        membersStep({
            ...{ nodes, leaving: idsOf(leaving?.nodes ?? []), needs: ['stack', 'certificate-use'] },
            patienceMs: members_PATIENCE_MS[config.mode === 'plan' ? 'plan' : 'deploy'],
        }),
        ...(ready ? [ready] : []),
        ...leave,
        ...made.map(after(leave)),
        ...(rebalance ? [rebalanceStep({ nodes, timeoutMs, ...rebalance })].map(after(leave)) : []),
    ];
}
/** What asks Kafka something waits until no node is restarted for its certificate, and until it is known who would be asked. */
const afterRestarts = (step) => step.name === 'kafka-ready' ? { ...step, needs: [...step.needs, 'certificate-use', 'members'] } : step;
/** What is made in the cluster is not put on brokers that leave, and what is spread is spread without them. */
const after = (leave) => (step) => {
    if (!leave.some(({ name }) => name === 'unregister'))
        return step;
    const reads = step.name === 'rebalance' ? ['unregister'] : [];
    return { ...step, needs: [...step.needs, 'unregister'], reads: [...(step.reads ?? []), ...reads] };
};
/** What the Python pair needs, on the machine of the first node. */
function pairSteps(nodes, clients) {
    const { facts, project, context } = firstNode(nodes);
    const place = { home: facts.home, directory: project.directory };
    const authority = new Authority(context.host, place);
    return [
        ...clientSteps(place.home, place.directory, clients),
        clientCertificateStep({ ...place, authority }),
    ].map(step => placed(step, { name: context.machine.name, context }));
}
/** What follows the first step of a machine changes it. */
const afterAll = (names) => (step) => step.needs.includes('machine') ? { ...step, needsOnAll: names } : step;
const steps_endOf = ({ context: { host, machine }, plan }) => ({
    ...{ name: machine.name, host, address: machine.address, ports: plan.clusterPorts },
});
/** A node that is alone waits for the others, and counts as sick when that takes long: all of them start when all of them can. */
const startTogether = (step) => ({ ...step, needsOnAll: ['images', 'certificate'] });
/** A node that runs is changed in its turn: see rolling-change.ts. */
const stackOf = ({ project, deployment: { stack, cluster } }) => stackStep(project, stack, cluster.members, isRunningChanged);
const steps_placeOf = ({ facts: { home }, project: { directory } }) => ({ home, directory });
const certificateOf = (node, authority) => certificateStep({
    ...steps_placeOf(node),
    ...{ authority, nodeId: node.plan.nodeId, address: node.context.machine.address },
});

;// CONCATENATED MODULE: ./build/steps/limit.js
/** Lets work go on in so many places at a time, and in each of them as much as there is. The first come are the first served. */
class Limit {
    most;
    busy = new Map();
    waiting = [];
    constructor(most) {
        this.most = most;
    }
    async run(place, work) {
        await this.enter(place);
        try {
            return await work();
        }
        finally {
            this.leave(place);
        }
    }
    async enter(place) {
        if (!this.isOpen(place)) {
            const { promise, resolve } = Promise.withResolvers();
            this.waiting.push({ place, enter: resolve });
            await promise;
            return;
        }
        this.take(place);
    }
    leave(place) {
        const left = (this.busy.get(place) ?? 0) - 1;
        if (left > 0)
            this.busy.set(place, left);
        else
            this.busy.delete(place);
        for (;;) {
            const next = this.waiting.findIndex(each => this.isOpen(each.place));
            const [turn] = next < 0 ? [] : this.waiting.splice(next, 1);
            if (!turn)
                return;
            this.take(turn.place);
            turn.enter();
        }
    }
    take(place) {
        this.busy.set(place, (this.busy.get(place) ?? 0) + 1);
    }
    isOpen(place) {
        return this.busy.has(place) || this.busy.size < this.most;
    }
}

;// CONCATENATED MODULE: ./build/host/once-more.js

/**
 * Does work a second time when the SSH connection broke under it: the first command of the second time connects again.
 * @param what the work in a word or two, for the log
 * @param work may have been done half when it is done again
 * @throws what the work throws, the second time also a lost connection; the signal's reason
 */
async function onceMore({ log, signal }, what, work) {
    try {
        return await work();
    }
    catch (error) {
        signal.throwIfAborted();
        // One that is not retriable has its own reason, such as a machine that was restarted.
        if (!(error instanceof build_errors/* ActionError */.lZ && error.code === 'ssh-connection-lost' && error.retriable))
            throw error;
        log.warning(`${error.message}; connecting again and going on with "${what}"`);
        return await work();
    }
}

;// CONCATENATED MODULE: ./build/log.js
/** A failure for the log: what there is to read first, then what failed, then what to do. */
function logFailure(log, { code, message, hint, details }) {
    for (const line of details)
        log.info(`  | ${line}`);
    log.info(`${code}: ${message}`);
    log.info(`what to do: ${hint}`);
}
/** The same log, in which each warning stands once: what a check warns of, it sees again after the change. */
function warningOnce(log) {
    const said = new Set();
    return {
        info: line => log.info(line),
        debug: line => log.debug(line),
        warning: message => {
            if (!said.has(message))
                log.warning(message);
            said.add(message);
        },
    };
}
/** Keeps lines until it is known whether and where they are to be shown. */
class HeldLog {
    held = [];
    output;
    info(line) {
        this.write(output => output.info(line));
    }
    warning(message) {
        this.write(output => output.warning(message));
    }
    debug(line) {
        this.write(output => output.debug(line));
    }
    /** Shows what was kept so far, and what is still to come as it comes. */
    passTo(output) {
        this.output = output;
        for (const show of this.held.splice(0))
            show(output);
    }
    write(show) {
        if (this.output)
            show(this.output);
        else
            this.held.push(show);
    }
}
/**
 * Whole logs, groups and all, of work that runs side by side, one after the other: the first unfinished one is shown live, the later
 * ones are kept until it is their turn. What a log says after its end is shown at once.
 */
class OrderedLogs {
    output;
    logs;
    current = 0;
    constructor(output, count) {
        this.output = output;
        this.logs = Array.from({ length: count }, () => ({ pending: [], closed: false }));
    }
    /** The log at `index`. */
    logger(index) {
        const write = (show) => {
            this.logs[index]?.pending.push(show);
            this.flush();
        };
        return {
            info: line => write(output => output.info(line)),
            warning: message => write(output => output.warning(message)),
            debug: line => write(output => output.debug(line)),
            startGroup: title => write(output => output.startGroup(title)),
            endGroup: () => write(output => output.endGroup()),
        };
    }
    /** Ends the log at `index`. */
    close(index) {
        const log = this.logs[index];
        if (log)
            log.closed = true;
        this.flush();
    }
    flush() {
        while (this.logs[this.current]?.closed)
            this.show(this.current++);
        this.show(this.current);
        // What comes after the end.
        for (let index = 0; index < this.current; index++)
            this.show(index);
    }
    show(index) {
        for (const show of this.logs[index]?.pending.splice(0) ?? [])
            show(this.output);
    }
}
/**
 * Shows work that runs side by side as groups in a fixed order: the first unfinished group writes live,
 * the later ones are kept until it is their turn. A group begins with its first line, and what comes after its end is left out.
 */
class OrderedGroups {
    logs;
    groups;
    constructor(output, titles) {
        this.logs = new OrderedLogs(output, titles.length);
        this.groups = titles.map(title => ({ title, state: 'empty' }));
    }
    /** The logger of the group at `index`. */
    logger(index) {
        const [log, group] = [this.logs.logger(index), this.groups[index]];
        const write = (say) => {
            if (!group || group.state === 'closed')
                return;
            if (group.state === 'empty')
                log.startGroup(group.title);
            group.state = 'open';
            say(log);
        };
        return {
            info: line => write(output => output.info(line)),
            warning: message => write(output => output.warning(message)),
            debug: line => write(output => output.debug(line)),
        };
    }
    /** Ends the group at `index`; `closing` is the line shown below it, outside the fold. */
    close(index, closing) {
        const [log, group] = [this.logs.logger(index), this.groups[index]];
        if (group?.state === 'open')
            log.endGroup();
        if (group)
            group.state = 'closed';
        log.info(closing);
        this.logs.close(index);
    }
}

;// CONCATENATED MODULE: ./build/machine/troubles/wrong-clock.js

const OUT_OF_TIME = /certificate (?:is not yet valid|is not valid yet|has expired|is expired)|expired or is not yet valid|certificate expired/i;
/** What Go's programs say of the clock that they see: `current time 2019-01-01T00:00:00Z is before 2025-…`. */
const TOLD_TIME = /current time (\d{4}-\d\d-\d\dT\S+Z) is (?:before|after)/;
/** A certificate is out of time by hours at least; clocks differ by less for good reasons. */
const TOLERANCE_MS = 300_000;
const wrong_clock_LOOK_TIMEOUT_MS = 5_000;
const LAST_MS = Date.UTC(9999, 11, 31);
/**
 * Finds out whether a certificate was refused only because the machine's clock is wrong.
 * @param nowMs the time by this computer's clock
 * @returns the error in its place, with the failure as its cause; undefined when the clock is right, or nothing was said of time
 */
async function clockTrouble(host, error, nowMs = Date.now()) {
    const text = [error.message, ...error.details].join('\n');
    if (!OUT_OF_TIME.test(text))
        return undefined;
    const told = TOLD_TIME.exec(text)?.[1];
    const machineMs = told === undefined ? await askTime(host) : Date.parse(told);
    // What is no date, or one beyond the years that can be written, tells nothing.
    if (machineMs === undefined || !(Math.abs(machineMs) <= LAST_MS))
        return undefined;
    if (Math.abs(machineMs - nowMs) <= TOLERANCE_MS)
        return undefined;
    const at = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
    const side = machineMs < nowMs ? 'behind' : 'ahead of';
    return new build_errors/* ActionError */.lZ('clock-wrong', `the machine's clock says ${at(machineMs)}, ${distance(Math.abs(machineMs - nowMs))} ${side} the runner's (${at(nowMs)}), so certificates are refused; so this failed: ${error.message}`, { details: error.details, cause: error });
}
async function askTime(host) {
    try {
        const { stdout } = await host.run({ argv: ['date', '+%s'], timeoutMs: wrong_clock_LOOK_TIMEOUT_MS });
        return /^\d+$/.test(stdout.trim()) ? Number(stdout) * 1000 : undefined;
    }
    catch {
        return undefined; // What failed first is what is told.
    }
}
function distance(ms) {
    const hours = ms / 3_600_000;
    if (hours < 1)
        return `${Math.round(ms / 60_000)} minutes`;
    return hours < 48 ? `${Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}

;// CONCATENATED MODULE: ./build/steps/explain.js


/** Errors that know their cause: neither a disk nor a clock is behind them. */
const CERTAIN = new Set([
    ...['cancelled', 'run-timeout', 'lock-lost', 'machine-locked', 'output-too-long'],
    ...['ssh-connection-lost', 'ssh-unreachable', 'ssh-auth-refused', 'ssh-forwarding-refused'],
    ...['no-sudo', 'not-amazon-linux-2023', 'architecture-unsupported', 'memory-too-small'],
    ...[
        'image-not-found',
        'port-in-use',
        'docker-foreign',
        'still-in-use',
        'project-taken',
        'package-manager-busy',
    ],
    ...['member-not-listed', 'node-cannot-leave', 'machines-of-different-clusters'],
    ...['disk-full', 'disk-read-only', 'topic-not-found', 'latency-too-high', 'throughput-too-low'],
]);
/**
 * Looks at the machine after a step has failed: a full disk or a wrong clock makes programs fail in ways that name anything else.
 * @returns what the failure comes from, or the failure itself
 */
async function explain({ host, signal }, { writes = { paths: ['/'] } }, error) {
    if (signal.aborted || CERTAIN.has(error.code))
        return error;
    return (await diskTrouble(host, error, writes)) ?? (await clockTrouble(host, error)) ?? error;
}

;// CONCATENATED MODULE: ./build/steps/logging-to.js
/** The same context, which tells another log what it does. */
const loggingTo = (log, context) => ({
    ...context,
    log,
    kafka: context.kafka.loggingTo(log),
});
/**
 * The context of a step: that of its machine, where it has one of several.
 * @param common what all of them work with
 */
const contextOf = ({ place }, log, common) => loggingTo(log, place?.context ?? common);

;// CONCATENATED MODULE: ./build/steps/ask.js


/**
 * Asks something of a step that looks at the work of others (`reads`).
 * @param areDone whether those others have nothing left to do
 * @returns undefined when they have: the answer would not be believed, is not shown, and nothing that was asked goes on
 * @throws what `ask` throws
 */
async function askIfDone({ isAskedMeanwhile }, areDone, context, ask) {
    if (!isAskedMeanwhile)
        return (await areDone) ? ask(context) : undefined;
    const log = new HeldLog();
    const over = new AbortController();
    const signal = AbortSignal.any([context.signal, over.signal]);
    const answer = ask(loggingTo(log, { ...context, signal }));
    answer.catch(() => { });
    if (await areDone) {
        log.passTo(context.log);
        return answer;
    }
    over.abort(new Error('it is not asked any more'));
    await answer.catch(() => { });
    return undefined;
}
/** The steps in the order in which their checks are begun: sshd takes ten commands at once, and what others wait for goes first. */
function readFirst(steps) {
    const read = new Set(steps.flatMap(({ reads = [] }) => reads));
    return [...steps.filter(({ name }) => read.has(name)), ...steps.filter(({ name }) => !read.has(name))];
}

;// CONCATENATED MODULE: ./build/steps/needs.js
/**
 * The steps of a name that count for a step. Of several machines it is the one on its own machine, where that has a step of the name;
 * otherwise those on all of them, which is how machines wait for each other.
 * @param before the steps that come before it in the list
 */
function stepsCalled(name, step, before) {
    const found = before.filter(other => other.name === name);
    const near = found.filter(({ place }) => place?.name === step.place?.name);
    return near.length > 0 ? near : found;
}
/** The steps that a step waits for. @throws RangeError for a name that none before it has */
function stepsNamed(names, step, before) {
    return names.flatMap(name => {
        const found = stepsCalled(name, step, before);
        if (found.length === 0)
            throw new RangeError(`step ${step.name} needs ${name}, which does not come before it`);
        return found;
    });
}
/** All that a step waits for before it runs. @throws RangeError as `stepsNamed` does */
function stepsBefore(step, before) {
    const { needs, needsOnAll = [] } = step;
    return [...stepsNamed(needs, step, before), ...before.filter(({ name }) => needsOnAll.includes(name))];
}

;// CONCATENATED MODULE: ./build/steps/first-looks.js





const GOODBYE_MS = 2_000;
/**
 * Checks that are asked all at once at the start of a run, before a step has changed anything: where nothing is to be done, a run
 * takes as long as the slowest of them, not as long as all together. Checks only read.
 */
class FirstLooks {
    looks = new Map();
    context;
    /** @param steps in their order */
    constructor(steps, context) {
        this.context = context;
        for (const step of readFirst(steps))
            this.looks.set(step, this.begin(step, steps.slice(0, steps.indexOf(step)), context));
    }
    /** Whether the check of a step has found nothing to do; false where it was not asked. */
    async isSatisfied(step) {
        return (await this.looks.get(step)?.isSatisfied) ?? false;
    }
    /**
     * What the check of a step has said; its lines go into the step's own log. Once: what is asked again is asked of the machine.
     * @param isFresh whether no step that this one needs has changed anything since; otherwise the look is ended
     * @returns undefined when there is none, or none that counts
     * @throws what the check threw
     */
    async take(step, isFresh, log) {
        const look = this.looks.get(step);
        if (!look)
            return undefined;
        this.looks.delete(step);
        if (isFresh) {
            look.log.passTo(log);
            return look.answer;
        }
        // It is waited for: yum, for example, does not answer two at once.
        await ended(look);
        return undefined;
    }
    /** Ends what no step has taken. A client of Kafka may not be over by then: it must not keep a failed or cancelled run from ending. */
    async [Symbol.asyncDispose]() {
        const { clock, signal } = this.context;
        const all = Promise.all([...this.looks.values()].map(ended)).then(() => { });
        if (!signal.aborted && this.looks.size > 0)
            await within(clock, GOODBYE_MS, all, () => { });
    }
    begin(step, before, common) {
        const log = new HeldLog();
        const over = new AbortController();
        const context = contextOf(step, log, common);
        const signal = AbortSignal.any([context.signal, over.signal]);
        const areDone = this.areDone(step, before);
        const answer = askIfDone(step, areDone, { ...context, signal }, inner => step.check(inner));
        const isSatisfied = answer.then(result => result?.satisfied === true, () => false);
        return { log, answer, isSatisfied, end: () => over.abort(new Error('it is not asked any more')) };
    }
    /** Whether the steps whose work a check looks at have nothing left to do; of those that were not asked it is not known. */
    async areDone(step, before) {
        const read = (step.reads ?? []).map(name => stepsCalled(name, step, before));
        const answers = await Promise.all(read.flat().map(other => this.isSatisfied(other)));
        return read.every(found => found.length > 0) && answers.every(Boolean);
    }
}
async function ended({ answer, end }) {
    end();
    await answer.catch(() => { });
}

;// CONCATENATED MODULE: ./build/steps/heartbeat.js

const INTERVAL_MS = 15_000;
/** Says every 15 seconds that `work` still goes on: a silent log looks like a run that hangs. */
async function withHeartbeat({ clock, log, signal }, title, work) {
    const started = clock.now();
    const done = new AbortController();
    const beat = async () => {
        await clock.sleep(INTERVAL_MS, AbortSignal.any([done.signal, signal]));
        log.info(`… ${title}: ${(0,build_clock/* formatDuration */.a)(clock.now() - started)} so far`);
        await beat();
    };
    beat().catch(() => { }); // It ends by being aborted.
    try {
        return await work();
    }
    finally {
        done.abort();
    }
}

;// CONCATENATED MODULE: ./build/steps/run.js
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});










/**
 * Checks, applies and checks again, each step as soon as the steps it needs have succeeded. When one fails, those that
 * run may finish (a half-done installation is worse than a late error), and those that wait are skipped.
 * @param ahead those of the steps whose checks are asked at once: they count where nothing has been changed that the step needs
 */
async function runSteps(steps, options, ahead = []) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const looks = __addDisposableResource(env_1, new FirstLooks(ahead, options), true);
        const groups = new OrderedGroups(options.log, steps.map(step => step.title));
        const running = new Map();
        /** What was changed, and what needs it. */
        const touched = new Set();
        let failed = false;
        for (const [index, step] of steps.entries()) {
            const earlier = steps.slice(0, index);
            const needs = stepsBefore(step, earlier);
            const needsToApply = stepsNamed(step.needsToApply ?? [], step, earlier);
            const attempt = async () => {
                const isThere = needsToApply.length > 0 && (await looks.isSatisfied(step));
                const awaited = isThere ? needs : [...needs, ...needsToApply];
                const before = await Promise.all(awaited.map(need => running.get(need)));
                const log = warningOnce(groups.logger(index));
                const isBlocked = () => failed || before.some(need => need?.status === 'failed' || need?.status === 'skipped');
                const isFresh = !awaited.some(need => touched.has(need));
                const first = () => looks.take(step, isFresh, log);
                const work = async () => isBlocked() ? skipped : await runStep(step, first, contextOf(step, log, options));
                const result = await (step.place && options.limit ? options.limit.run(step.place.name, work) : work());
                failed ||= result.status === 'failed';
                if (!isFresh || result.changed)
                    touched.add(step);
                groups.close(index, closingLine(step, result));
                return result;
            };
            running.set(step, attempt());
        }
        return outcome(steps, await Promise.all(running.values()));
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = __disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
const skipped = {
    status: 'skipped',
    changed: false,
    detail: 'an earlier step failed',
    durationMs: 0,
};
async function runStep(step, first, context) {
    const started = context.clock.now();
    const progress = { changed: false };
    const duration = () => context.clock.now() - started;
    try {
        context.signal.throwIfAborted();
        const found = await untilLeft(context, withHeartbeat(context, step.title, () => bringAbout(step, first, context, progress)));
        const { detail, versions } = found;
        const status = doneStatus(step, progress);
        return { status, ...progress, detail, durationMs: duration(), versions };
    }
    catch (thrown) {
        const failure = (0,build_errors/* toActionError */.ie)(context.signal.aborted ? context.signal.reason : thrown);
        const error = await explain(context, step, failure);
        logFailure(context.log, error);
        return { status: 'failed', ...progress, detail: error.message, durationMs: duration(), error };
    }
}
/** The time that a step has to undo its work once the run is cancelled or out of time. */
const UNDO_MS = 4_500;
/** A client that does not give up must not take the time that a cancelled run has for its outputs. */
async function untilLeft({ clock, signal }, work) {
    try {
        return await unlessAborted(signal, work);
    }
    catch (error) {
        if (!signal.aborted)
            throw error;
        return await within(clock, UNDO_MS, work, () => {
            throw signal.reason;
        });
    }
}
function doneStatus(step, { changed }) {
    if (!step.apply)
        return 'passed';
    return changed ? 'changed' : 'unchanged';
}
/** A step whose connection broke is done once more: its check sees how far it had come. */
function bringAbout(step, first, context, progress) {
    return onceMore(context, step.title, () => checkApplyCheck(step, first, context, progress));
}
/** @returns what the last check said */
async function checkApplyCheck(step, first, context, progress) {
    const before = (await first()) ?? (await step.check(context));
    if (before.satisfied) {
        context.log.info(`found: ${before.detail}`);
        return before;
    }
    context.log.info(`to do: ${before.detail}`);
    if (!step.apply)
        throw new build_errors/* ActionError */.lZ('step-without-effect', before.detail);
    progress.changed = true;
    await step.apply(context);
    const after = await step.check(context);
    if (!after.satisfied)
        throw new build_errors/* ActionError */.lZ('step-without-effect', `${step.title}: ${after.detail}`);
    context.log.info(`done: ${after.detail}`);
    return after;
}
const SIGNS = {
    changed: '✔',
    unchanged: '✔',
    passed: '✔',
    planned: '✎',
    failed: '✘',
    skipped: '–',
};
/** The line below a step's fold. */
function closingLine(step, { status, detail, durationMs }) {
    const time = status === 'skipped' ? '' : ` in ${(0,build_clock/* formatDuration */.a)(durationMs)}`;
    return `${SIGNS[status]} ${step.title}: ${status}${time} (${detail})`;
}
function outcome(steps, attempts) {
    const results = steps.map((step, index) => {
        const { error: _, ...attempt } = attempts[index] ?? skipped;
        return { ...identityOf(step), ...attempt };
    });
    const failed = steps.flatMap((step, index) => {
        const error = attempts[index]?.error;
        return error ? [{ step, error }] : [];
    });
    return { results, failure: firstOf(failed) };
}
/** What a result says of its step. */
const identityOf = ({ name, title, place }) => ({
    name,
    title,
    ...(place ? { machine: place.name } : {}),
});
/** The first failure: of several machines it says which, and of the others what failed there. */
function firstOf(failed) {
    const [first, ...others] = failed;
    if (!first)
        return undefined;
    const elsewhere = others.flatMap(({ step: { place }, error: { message } }) => place ? [`${place.name}: ${message}`] : []);
    const { step, error } = first;
    const told = elsewhere.length > 0 ? error.with({ details: [...error.details, ...elsewhere] }) : error;
    return failureAt(step, told);
}
/** A failure, which names the machine where it was one of several. */
function failureAt({ name, place }, error) {
    if (!place)
        return { step: name, error };
    const named = error.message.startsWith(`${place.name}:`);
    return {
        step: name,
        machine: place.name,
        error: named ? error : error.with({ message: `${place.name}: ${error.message}` }),
    };
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/options.js
/** Results as they come in, and the function that takes them. */
function collectResults() {
    const found = {};
    return { found, note: results => void Object.assign(found, results) };
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/faults.js

/**
 * Judges a round trip, the worst first: messages that are lost, wrong or too many, what the group remembers, what could not
 * be finished, what was too slow. Nothing that was cut off counts as a fault of the messages, only what is proved.
 *
 * @param messages how many messages had to be acknowledged; undefined when that was not fixed
 * @returns an error with a code for each kind of fault; undefined when all is as it must be
 */
function faults_faultOf(result, { messages, thresholds = {} } = {}) {
    return (deliveryFault(result) ??
        groupFault(result) ??
        interruptionOf(result, messages) ??
        slowness(result, thresholds));
}
/** @returns the error for messages that are proved to be lost, wrong, unread or too many, with the count of each kind */
function deliveryFault(result) {
    const { counts, interruption, topic } = result;
    const { acknowledged, lost, corrupted, unread, unknown, duplicated, outOfOrder } = counts;
    const of = `of ${acknowledged} messages that the brokers acknowledged in ${topic}`;
    // A consumer that was cut off may have had no time for them.
    const hadItsTime = interruption === undefined || result.stalledMs !== undefined;
    const faults = [
        ['messages-lost', lost, `${lost} ${are(lost)} lost on the broker${causeOfLoss(result)}`],
        ['messages-corrupted', corrupted, `${corrupted} came back changed`],
        [
            'messages-unread',
            hadItsTime ? unread : 0,
            `${unread} ${are(unread)} not received by the consumer, but still on the broker`,
        ],
        ['messages-duplicated', duplicated, `${duplicated} too many ${are(duplicated)} there: copies of them`],
        ['messages-out-of-order', outOfOrder, `${outOfOrder} came after a later one of the same partition`],
    ];
    const found = faults.filter(([, count]) => count > 0);
    const [worst] = found;
    if (!worst)
        return undefined;
    const rest = unknown > 0 ? [`of ${unknown} it is not known where they are`] : [];
    const sentences = [...found.map(([, , sentence]) => sentence), ...rest];
    return new build_errors/* ActionError */.lZ(worst[0], `${of}, ${sentences.join('; ')}`, {
        details: [...examplesOf(result), ...(interruption === undefined ? [] : [interruption])],
        ...(worst[0] === 'messages-lost' ? { hint: hintOfLoss(result) } : {}),
    });
}
function examplesOf({ missing }) {
    return (missing?.examples ?? []).map(({ sequence, partition, offset, finding }) => `${sequence === undefined ? '' : `message ${sequence}: `}partition ${partition}, offset ${offset}: ${finding}`);
}
function causeOfLoss({ missing }) {
    const { deleted = 0, gone = 0, retention } = missing ?? {};
    if (deleted === 0)
        return '';
    const who = `deleted there by retention${retention ? ` (${retention})` : ''} or by a deletion of records`;
    return deleted === gone ? `, ${who}` : `, ${deleted} of them ${who}`;
}
/** Records that were deleted are no fault of the brokers. */
function hintOfLoss({ missing, topic }) {
    if (!missing?.deleted || missing.deleted < missing.gone)
        return undefined;
    return (`Someone deletes records of topic ${topic} while the test runs, or the topic keeps them too shortly. Its settings: ` +
        `kafka-configs --bootstrap-server BROKER --entity-type topics --entity-name ${topic} --describe --all. ` +
        'Or name another topic.');
}
const are = (count) => (count === 1 ? 'is' : 'are');
function groupFault({ wrongCommits, handover }) {
    if (wrongCommits.length > 0)
        return new build_errors/* ActionError */.lZ('offsets-wrong', `the group's committed offsets are wrong: ${wrongCommits.join('; ')}`);
    if (!handover)
        return undefined;
    const { sent, received, problems } = handover;
    if (problems.length > 0)
        return new build_errors/* ActionError */.lZ('offsets-wrong', problems.join('; '));
    if (received === sent)
        return undefined;
    return new build_errors/* ActionError */.lZ('offsets-wrong', `the second consumer of the group received ${received} of the ${sent} messages sent after the first had left`);
}
function interruptionOf(result, messages) {
    const { counts, interruption, interruptionCode, interruptionHint, missing } = result;
    const { acknowledged, consumed, unread, unknown } = counts;
    const isComplete = messages === undefined ? acknowledged > 0 : acknowledged === messages;
    const rest = [
        ...(unread > 0 ? [`${unread} ${are(unread)} on the broker and not received yet`] : []),
        ...(unknown > 0 ? [`of ${unknown} it is not known where they are`] : []),
    ];
    if (interruption === undefined && isComplete && rest.length === 0)
        return undefined;
    const reason = interruption ??
        (isComplete ? undefined : `${acknowledged} of ${messages ?? 'the'} messages were acknowledged`);
    const [example] = missing?.examples.filter(({ whereabouts }) => whereabouts === 'unknown') ?? [];
    const counted = rest.length > 0
        ? [`of ${acknowledged} acknowledged messages ${consumed} came back, ${rest.join(', ')}`]
        : [];
    const why = unknown > 0 && example ? [example.finding] : [];
    return new build_errors/* ActionError */.lZ(interruptionCode ?? 'round-trip-failed', [...(reason === undefined ? [] : [reason]), ...counted, ...why].join('; '), { details: examplesOf(result), hint: interruptionHint });
}
function slowness({ latencyMs, throughput }, { maxLatencyP95Ms, minThroughput }) {
    if (maxLatencyP95Ms !== undefined && latencyMs && latencyMs.p95 > maxLatencyP95Ms) {
        return new build_errors/* ActionError */.lZ('latency-too-high', `p95 of the latency is ${latencyMs.p95.toFixed(1)} ms, max-latency-p95-ms is ${maxLatencyP95Ms}`);
    }
    if (minThroughput !== undefined && (throughput ?? 0) < minThroughput) {
        return new build_errors/* ActionError */.lZ('throughput-too-low', `${(throughput ?? 0).toFixed(1)} messages a second came back, min-throughput is ${minThroughput}`);
    }
    return undefined;
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/outage.js


/** More than a stop and the outage take together. */
const SAFETY_NET_S = 60;
/** The broker hands its partitions over before it ends; after that it is killed. */
const STOP_TIMEOUT_S = 30;
/** Stops a broker's container for a while, and makes certain that it is started again. */
class Outage {
    host;
    container;
    unit;
    isArmed = false;
    isStopped = false;
    constructor(host, container, runId) {
        this.host = host;
        this.container = container;
        this.unit = `kafka-drill-${runId}`;
    }
    /**
     * Stops the broker. First it tells the machine to start the broker again in a minute, so that it comes back whatever becomes
     * of this process, of the runner and of the connection.
     */
    async begin() {
        // By default systemd may let a timer be a minute late.
        const when = [`--on-active=${SAFETY_NET_S}s`, '--timer-property=AccuracySec=1s'];
        const armed = await this.host.run({
            argv: ['systemd-run', '--quiet', `--unit=${this.unit}`, ...when, 'docker', 'start', this.container],
            sudo: true,
        });
        if (armed.exitCode !== 0) {
            throw new build_errors/* ActionError */.lZ('drill-failed', `no drill without a safety net: systemd-run on the machine answered ${armed.stderr.trim()}`);
        }
        this.isArmed = true;
        await this.stop(false);
        this.isStopped = true;
    }
    /** Starts the broker again, if it was to be stopped; also in a run that was cancelled. */
    async end() {
        if (!this.isArmed)
            return;
        // The run was cancelled while the broker was stopping: a start would do nothing, and then the broker would stop.
        // A failure to stop is reported elsewhere; only the start counts here.
        if (!this.isStopped)
            await this.stop(true).catch(() => { });
        await (0,must_run/* mustRun */.P)(this.host, { argv: ['docker', 'start', this.container], sudo: true, isUndo: true });
        this.isArmed = false;
        // The machine's own attempt would find the broker running: harmless, but a trace.
        const timer = `${this.unit}.timer`;
        await this.host.run({ argv: ['systemctl', 'stop', timer], sudo: true, isUndo: true });
    }
    async stop(isUndo) {
        const argv = ['docker', 'stop', '--time', `${STOP_TIMEOUT_S}`, this.container];
        await (0,must_run/* mustRun */.P)(this.host, { argv, sudo: true, isUndo });
    }
}

;// CONCATENATED MODULE: ./build/kafka/deadline.js


/** The moment until which a piece of work may last. Kafka's own retries know nothing of it. */
class Deadline {
    endsAtMs;
    timeoutMs;
    waiting;
    constructor(timeoutMs, waiting) {
        this.timeoutMs = timeoutMs;
        this.waiting = waiting;
        this.endsAtMs = waiting.clock.now() + timeoutMs;
    }
    /** Milliseconds left, never below 0. */
    get leftMs() {
        return Math.max(0, this.endsAtMs - this.waiting.clock.now());
    }
    /** @throws Error that names what was still being done, when the time is up; the signal's reason when it is aborted */
    refuseLate(doing) {
        this.waiting.signal.throwIfAborted();
        if (this.leftMs === 0)
            throw this.error(doing);
    }
    /** Waits for `work`, but not longer than the deadline or the signal allow. A later result of `work` is ignored. */
    race(doing, work) {
        const late = () => {
            throw this.error(doing);
        };
        const { clock, signal } = this.waiting;
        return within(clock, this.leftMs, work, late, signal);
    }
    error(doing) {
        return new Error(`still ${doing} after ${(0,build_clock/* formatDuration */.a)(this.timeoutMs)}`);
    }
}

;// CONCATENATED MODULE: ./build/kafka/groups.js


/** How long a group is asked to go. */
const DELETION = { pauseMs: 250, patienceMs: 5_000 };
/** `GROUP_ID_NOT_FOUND` of Kafka's protocol. */
const NOT_FOUND = 69;
/**
 * Deletes a consumer group, within five seconds. A coordinator that has just moved, or has not heard yet that the last member
 * left, does it a moment later. A group that stays does no harm and is no failure: the log says it to whoever debugs.
 */
async function deleteGroup(context, admin, group) {
    const { clock, log, signal } = context;
    // A cancelled run deletes its group as well, but asks once.
    const deletion = retry({ clock, signal: new AbortController().signal }, () => admin.deleteGroups([group]), {
        pauseMs: DELETION.pauseMs,
        giveUp: ({ error, waitedMs }) => signal.aborted || waitedMs >= DELETION.patienceMs || !mayPass(error) ? error : undefined,
    });
    const disconnect = () => deletion.then(() => { }, error => log.debug(`group ${group} stays: ${error}`));
    await goodbye({ disconnect }, clock);
}
/** Whether a coordinator refuses what it may do a moment later. */
const mayPass = (error) => isDeletionRefused(error) && error.groups.every(({ errorCode }) => errorCode !== NOT_FOUND);
/** By its name: node cannot import the class itself from kafkajs, which is CommonJS. */
const isDeletionRefused = (error) => error instanceof Error && error.name === 'KafkaJSDeleteGroupsError';
/** @returns the committed offset of a consumer group by partition; -1 where it has committed nothing */
async function committedOffsets(admin, group, topic) {
    const topics = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const partitions = topics.find(answer => answer.topic === topic)?.partitions ?? [];
    return new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
}
/**
 * Compares the committed offsets of a group with where its consumer stood when it left.
 * @returns what is wrong, one sentence for each partition
 */
function wrongCommits(committed, expected) {
    return [...expected].flatMap(([partition, { least, most }]) => {
        const actual = committed.get(partition) ?? -1;
        if (actual >= least && actual <= most)
            return [];
        return [
            `partition ${partition}: ${actual < 0 ? 'nothing' : `offset ${actual}`} is committed where the consumer had read up to ${least}`,
        ];
    });
}
/** Asks the coordinator of a group. */
async function describeGroup(admin, group) {
    const { groups } = await admin.describeGroups([group]);
    const description = groups.find(({ groupId }) => groupId === group);
    return {
        state: description?.state ?? 'Dead',
        members: (description?.members ?? []).map(({ clientId, clientHost }) => `${clientId} (${clientHost.replace(/^\//, '')})`),
    };
}

;// CONCATENATED MODULE: ./build/kafka/kafkajs-cluster.js
/** kafkajs's numbers for what a reader may see; they are those of Kafka's protocol. */
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
/** The description of the symbol under which a Kafka of kafkajs keeps what makes its clusters. */
const CREATE_CLUSTER = 'private:Kafka:createCluster';
/**
 * kafkajs's admin client asks for the last *stable* offset of a partition and calls it the end: where a transaction is open, all
 * records behind its first one would seem not to be there. Nothing public asks for the real end, so this takes what
 * the clients themselves are made of. The version is pinned and bundled; a test holds it against the real kafkajs.
 */
function clusterOf(kafka) {
    return clusterMaker(kafka).create({ allowAutoTopicCreation: false });
}
/**
 * A producer, and the cluster with the connections that it sends by. kafkajs makes each connection when the first message needs it,
 * and nothing public makes it before.
 * @returns no cluster where another one than kafkajs has made the producer
 */
function producerOf(kafka, options) {
    const { symbol, create } = clusterMaker(kafka);
    let cluster;
    const value = of => {
        cluster = create(of);
        return cluster;
    };
    const producer = Object.create(kafka, { [symbol]: { value } }).producer(options);
    return { producer, cluster };
}
/** Connects to every broker that leads a partition of a topic. */
async function connectToLeaders(cluster, topic) {
    await cluster.addTargetTopic(topic);
    const leaders = new Set(cluster.findTopicPartitionMetadata(topic).map(({ leader }) => leader));
    await Promise.all([...leaders].map(leader => cluster.findBroker({ nodeId: `${leader}` })));
}
function clusterMaker(kafka) {
    let symbol;
    for (let owner = kafka; owner && !symbol; owner = Object.getPrototypeOf(owner))
        symbol = Object.getOwnPropertySymbols(owner).find(({ description }) => description === CREATE_CLUSTER);
    const create = symbol && kafka[symbol];
    if (!symbol || !create)
        throw new TypeError('this kafkajs does not make clusters as version 2 does');
    return { symbol, create };
}

;// CONCATENATED MODULE: ./build/kafka/partition-ranges.js


const ATTEMPTS = 5;
const partition_ranges_PAUSE_MS = 500;
/**
 * Asks each partition's leader where the partition begins and ends. A leader may have changed a moment ago, and kafkajs does
 * not look again by itself: then a new client does.
 *
 * @returns the ranges of a topic's partitions, by partition
 */
async function partitionRanges(kafka, topic, waiting) {
    return await retry(waiting, () => askForRanges(clusterOf(kafka), topic), {
        pauseMs: partition_ranges_PAUSE_MS,
        giveUp: ({ error, attempt }) => (isRetriable(error) && attempt < ATTEMPTS ? undefined : error),
    });
}
const isRetriable = (error) => error.retriable === true;
async function askForRanges(cluster, topic) {
    try {
        await cluster.connect();
        await cluster.addTargetTopic(topic);
        await cluster.refreshMetadataIfNecessary();
        const partitions = cluster
            .findTopicPartitionMetadata(topic)
            .map(({ partitionId }) => ({ partition: partitionId }));
        const ask = async (fromBeginning, isolationLevel) => {
            cluster.isolationLevel = isolationLevel;
            const [answer] = await cluster.fetchTopicsOffset([{ topic, fromBeginning, partitions }]);
            return new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        };
        // In this order, so that each is at most the next one although records come and go meanwhile.
        const starts = await ask(true, READ_UNCOMMITTED);
        const stable = await ask(false, READ_COMMITTED);
        const ends = await ask(false, READ_UNCOMMITTED);
        return new Map([...ends].map(([partition, end]) => [
            partition,
            { start: starts.get(partition) ?? 0, stable: stable.get(partition) ?? end, end },
        ]));
    }
    finally {
        cluster.disconnect().catch(() => { });
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/connection-watch.js

const connection_watch_EVERY_MS = 3_000;
/** Traffic that rests for so long is reason enough to ask the machine itself. */
const QUIET_MS = 8_000;
/** A machine that did not answer twice in a row will not be waited for: a short cut is over by then. */
const connection_watch_ATTEMPTS = 2;
/**
 * Watches over the connection to the machine while messages go by way of it. Kafka's clients try again and again and cannot tell
 * a broker that restarts from a machine that is gone.
 *
 * @param quietMs how long ago something last came through
 * @param gone is aborted, with the error that says so, when the connection is gone for good
 * @param work ends then
 */
async function whileConnected(context, quietMs, gone, work) {
    const over = new AbortController();
    const signal = AbortSignal.any([context.signal, over.signal]);
    connectionGone({ ...context, signal }, quietMs).then(error => gone.abort(error), () => { });
    try {
        await work();
    }
    finally {
        over.abort();
    }
}
async function connectionGone(context, quietMs) {
    const { host, clock, signal } = context;
    for (let failed = 0;;) {
        await clock.sleep(connection_watch_EVERY_MS, signal);
        if (quietMs() < QUIET_MS) {
            failed = 0;
            continue;
        }
        const lost = await lostConnection(host, context);
        failed = lost ? failed + 1 : 0;
        if (lost && failed >= connection_watch_ATTEMPTS)
            return lost;
    }
}

;// CONCATENATED MODULE: ./build/kafka/records/fetched-records.js

/** Records of batches, and messages that are records themselves. @param offset of the first one that is wanted */
function* recordsIn(messages, offset) {
    for (const message of messages) {
        if (message instanceof FetchedBatch)
            yield* message.from(offset);
        else
            yield { ...message, offset: Number(message.offset) };
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/moved-coordinator.js
/**
 * Errors of Kafka's protocol that say: this consumer belongs to the group no more, or not at this broker. A coordinator moves when
 * a leader changes, for example some seconds after all brokers were started.
 */
const MOVED = new Set([
    'NOT_COORDINATOR_FOR_GROUP',
    'GROUP_COORDINATOR_NOT_AVAILABLE',
    'GROUP_LOAD_IN_PROGRESS',
    'REBALANCE_IN_PROGRESS',
    'UNKNOWN_MEMBER_ID',
    'ILLEGAL_GENERATION',
]);
/** Whether a group's coordinator said that it is, or has just become, another one: asking once more may help. */
const hasMoved = (error) => error instanceof Error && 'type' in error && MOVED.has(`${error.type}`);

;// CONCATENATED MODULE: ./build/kafka/round-trip/consumer.js






/** Several listeners as one; each is told in turn. */
function consumer_joined(...listeners) {
    return {
        onRecord: record => {
            for (const { onRecord } of listeners)
                onRecord?.(record);
        },
        onStretch: stretch => {
            for (const { onStretch } of listeners)
                onStretch?.(stretch);
        },
        onCommit: position => {
            for (const { onCommit } of listeners)
                onCommit?.(position);
        },
    };
}
const POLL_MS = 10;
const SIDE_BY_SIDE = 3;
const consumer_PATIENCE_MS = 3_000;
const RESTART_PAUSE_MS = 100;
/** A consumer whose coordinator has moved notices by its heartbeat, tries five times and is made anew: fifteen seconds. */
const RESTART_PATIENCE_MS = 30_000;
/** What to do when the broker no longer has the wanted offset: go on with the first record that there is. */
const FROM_BEGINNING = true;
/** A member whose connection is gone keeps its partitions from its successor for so long. */
const SESSION_TIMEOUT_MS = 10_000;
/**
 * A member of a consumer group that reads a topic from where the group stands. As Kafka's consumers do by default, it reads
 * uncommitted records as well: a transaction that somebody else left open hides nothing from it.
 */
class ProbeConsumer {
    context;
    options;
    consumer;
    asked = new Set();
    crash;
    isStopped = false;
    constructor(context, options) {
        this.context = context;
        this.options = options;
        this.consumer = newConsumer(options);
        const { CRASH, FETCH, END_BATCH_PROCESS, COMMIT_OFFSETS } = this.consumer.events;
        this.consumer.on(CRASH, ({ payload }) => {
            if (!payload.restart)
                this.crash = payload.error;
        });
        // kafkajs's types say number, but the id is a string: it comes from the keys of an object.
        this.consumer.on(FETCH, ({ payload }) => this.asked.add(Number(payload.nodeId)));
        // A batch without a record for us (the marks of transactions) comes by this event alone.
        this.consumer.on(END_BATCH_PROCESS, ({ payload: { partition, batchSize, firstOffset, lastOffset } }) => {
            if (batchSize === 0)
                this.passed(partition, Number(firstOffset ?? lastOffset), Number(lastOffset), true);
        });
        this.consumer.on(COMMIT_OFFSETS, ({ payload }) => {
            for (const { partitions } of payload.topics)
                for (const { partition, offset } of partitions)
                    options.onCommit?.({ partition: Number(partition), offset: Number(offset) });
        });
    }
    /** Connects to the cluster, if it is not yet. */
    async connect() {
        await this.consumer.connect();
    }
    /**
     * Joins the group. Resolves when the consumer has asked every leader for records once, so that the first message does not
     * wait for it; a leader that does not answer is not waited for long.
     */
    async start() {
        const { topic, leaders, onRecord } = this.options;
        await this.connect();
        await this.consumer.subscribe({ topic, fromBeginning: FROM_BEGINNING });
        // Whoever gave up meanwhile must not find a member in the group later.
        if (this.isStopped)
            return;
        await this.consumer.run({
            // A record does not wait until what another broker sent before is committed.
            partitionsConsumedConcurrently: SIDE_BY_SIDE,
            eachBatch: async ({ batch }) => {
                const { partition, messages } = batch;
                const from = fetchedOffset(batch);
                for (const { offset, value, headers } of recordsIn(messages, from))
                    onRecord({ partition, offset, value, headers });
                this.passed(partition, from, Number(batch.lastOffset()), false);
            },
        });
        const hasAskedAll = () => {
            this.refuseCrash();
            return leaders.every(leader => this.asked.has(leader)) || undefined;
        };
        await until(this.context, hasAskedAll, {
            everyMs: POLL_MS,
            timeoutMs: consumer_PATIENCE_MS,
            late: () => undefined,
        });
    }
    /** @throws the error that ended the consumer, if one did */
    refuseCrash() {
        if (this.crash)
            throw refusalOf(this.options.topic, this.crash) ?? this.crash;
    }
    /** Commits explicitly: what was read is committed anyway, unless the connection broke just then. */
    async commit(positions) {
        const { topic } = this.options;
        const offsets = [...positions].map(({ partition, offset }) => ({
            topic,
            partition,
            offset: `${offset}`,
        }));
        if (offsets.length > 0)
            await commitTo(this.consumer, offsets, this.context);
    }
    /** Leaves the group. A broker that does not answer is not waited for. */
    async stop() {
        this.isStopped = true;
        await goodbye(this.consumer, this.context.clock);
    }
    passed(partition, from, last, isEmpty) {
        this.options.onStretch?.({ partition, from, next: last + 1, isEmpty });
    }
}
/** kafkajs's types do not know of it: the offset that was asked for, which is not that of the first record where one is missing. */
function fetchedOffset(batch) {
    return Number(batch.fetchedOffset ?? batch.firstOffset());
}
/** kafkajs makes a consumer anew that crashed, or whose coordinator moved. In between it belongs to no group, and cannot commit. */
async function commitTo(consumer, offsets, waiting) {
    await retry(waiting, () => consumer.commitOffsets(offsets), {
        pauseMs: RESTART_PAUSE_MS,
        giveUp: ({ error, waitedMs }) => isBetweenLives(error) && waitedMs < RESTART_PATIENCE_MS ? undefined : error,
    });
}
function isBetweenLives(error) {
    return hasMoved(error) || (0,build_errors/* reasonOf */.A3)(error).includes('consumer#run must be called first');
}
function newConsumer({ kafka, group }) {
    return kafka.consumer({
        groupId: group,
        allowAutoTopicCreation: false,
        readUncommitted: true,
        sessionTimeout: SESSION_TIMEOUT_MS,
        // disconnect() waits for the fetch in flight.
        maxWaitTimeInMs: 100,
        retry: { retries: 5 },
    });
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/group-progress.js
/**
 * How far a consumer group has got in the partitions of a topic, whichever of its members read them, and what the
 * coordinator has acknowledged of it. Offsets that carry no record (the marks of transactions, gaps of a compaction)
 * may be committed or not: who goes on there gets the same records.
 */
class GroupProgress {
    starts;
    /** After the last record that was handed on. */
    records = new Map();
    /** After the last offset that a member has got through. */
    passed = new Map();
    commits = new Map();
    /** @param starts where the group was placed, by partition: others are none of its business */
    constructor(starts) {
        this.starts = starts;
    }
    onRecord = ({ partition, offset }) => rise(this.records, partition, offset + 1);
    onStretch = ({ partition, next }) => rise(this.passed, partition, next);
    onCommit = ({ partition, offset }) => void this.commits.set(partition, offset);
    /** Between which offsets the group's commit must lie, by partition. */
    bounds() {
        return new Map([...this.starts].map(([partition, start]) => {
            const read = this.readUpTo(partition, start);
            // A commit at the very end may have been cut off: what was never acknowledged is not demanded.
            const least = Math.min(read, this.commits.get(partition) ?? read);
            return [partition, { least, most: Math.max(read, this.passed.get(partition) ?? read) }];
        }));
    }
    /** Where the group stands in partitions of which it has read more than the coordinator has acknowledged. */
    uncommitted() {
        return [...this.starts].flatMap(([partition, start]) => {
            const read = this.readUpTo(partition, start);
            if ((this.commits.get(partition) ?? start) >= read)
                return [];
            return [{ partition, offset: Math.max(read, this.passed.get(partition) ?? read) }];
        });
    }
    readUpTo(partition, start) {
        return Math.max(start, this.records.get(partition) ?? start);
    }
}
function rise(offsets, partition, offset) {
    if (offset > (offsets.get(partition) ?? -1))
        offsets.set(partition, offset);
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/group-start.js



const group_start_PAUSE_MS = 100;
/** A coordinator that has just been elected loads its groups first. */
const group_start_PATIENCE_MS = 30_000;
/** What commits without being a member says of itself (OffsetCommit of Kafka's protocol): the group must be empty. */
const NO_MEMBER = { groupGenerationId: -1, memberId: '' };
/**
 * Sets where a group stands before its first member joins. Without it a consumer would look for the end of each partition while
 * it already fetches, and could miss a message.
 *
 * @param offsets by partition; the coordinator is looked for while they are still asked for
 * @throws what the coordinator says, what asking for the offsets threw, or Error at the deadline
 */
async function placeGroup(context, { kafka, group, topic }, offsets, deadline) {
    const cluster = clusterOf(kafka);
    const commit = async () => {
        const coordinator = await cluster.findGroupCoordinator({ groupId: group });
        const partitions = [...(await offsets)].map(([partition, offset]) => ({
            partition,
            offset: `${offset}`,
        }));
        await coordinator.offsetCommit({ groupId: group, ...NO_MEMBER, topics: [{ topic, partitions }] });
    };
    const place = async () => {
        await cluster.connect();
        await retry(context, commit, {
            pauseMs: group_start_PAUSE_MS,
            giveUp: ({ error, waitedMs }) => (hasMoved(error) && waitedMs < group_start_PATIENCE_MS ? undefined : error),
        });
    };
    try {
        await deadline.race('placing the group', place());
    }
    finally {
        cluster.disconnect().catch(() => { });
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/ledger.js
const ACKNOWLEDGED = 1;
const WHOLE = 2;
const CORRUPT = 4;
/**
 * Compares the acknowledged set with the consumed set, record by record, by partition and offset. Each message
 * takes 25 bytes in flat arrays, whatever its size, so that a million of them fit in 25 MB.
 */
class DeliveryLedger {
    partitions;
    offsets;
    sentAtMs;
    latencies;
    flags;
    /** Records that came back before their acknowledgement did: only then is it known which of them is the right one. */
    early = new Map();
    /** The offset after the last record that the consumer got, by partition. */
    positions = new Map();
    sentCount = 0;
    acknowledgedCount = 0;
    wholeCount = 0;
    corruptInPlaceCount = 0;
    corruptedCount = 0;
    duplicatedCount = 0;
    firstSentAtMs = Number.NaN;
    lastArrivalAtMs = Number.NaN;
    /** @param capacity the number of messages that is expected; it grows when there are more */
    constructor(capacity) {
        this.partitions = new Int32Array(capacity);
        this.offsets = new Float64Array(capacity);
        this.sentAtMs = new Float64Array(capacity);
        this.latencies = new Float32Array(capacity).fill(Number.NaN);
        this.flags = new Uint8Array(capacity);
    }
    /** Messages are sent in the order of their numbers. @param atMs the time, by the clock that `received` is given too */
    sent(sequence, atMs) {
        if (sequence >= this.flags.length)
            this.grow(Math.max(1024, 2 * sequence));
        if (this.sentCount === 0)
            this.firstSentAtMs = atMs;
        this.sentCount++;
        this.sentAtMs[sequence] = atMs;
    }
    acknowledged({ sequence, partition, offset }) {
        this.partitions[sequence] = partition;
        this.offsets[sequence] = offset;
        this.mark(sequence, ACKNOWLEDGED);
        this.acknowledgedCount++;
        const early = this.early.get(sequence) ?? [];
        this.early.delete(sequence);
        for (const arrival of early)
            this.match(arrival);
    }
    /** Records come in the order of their offsets, partition by partition. A record that a group gets twice counts once. */
    received(record, atMs) {
        const { sequence, partition, offset } = record;
        if (offset < this.positionOf(partition))
            return;
        this.advance(partition, offset + 1);
        this.lastArrivalAtMs = atMs;
        const arrival = { ...record, atMs };
        if (this.has(sequence, ACKNOWLEDGED))
            this.match(arrival);
        else
            this.early.set(sequence, [...(this.early.get(sequence) ?? []), arrival]);
    }
    /** Notes that the consumer has got to this offset in a partition, through records of this run or of others. */
    advance(partition, next) {
        if (next > this.positionOf(partition))
            this.positions.set(partition, next);
    }
    /** @returns the offset after the last record that came from a partition */
    positionOf(partition) {
        return this.positions.get(partition) ?? -1;
    }
    /** How many acknowledged messages have not come back yet. */
    get missingCount() {
        return this.acknowledgedCount - this.wholeCount - this.corruptInPlaceCount;
    }
    get sentTotal() {
        return this.sentCount;
    }
    get acknowledgedTotal() {
        return this.acknowledgedCount;
    }
    get consumedTotal() {
        return this.wholeCount;
    }
    /** The acknowledged messages that have not come back, in the order in which they were sent. */
    *missing() {
        if (this.missingCount === 0)
            return;
        for (const message of this.acknowledgedMessages())
            if (!this.has(message.sequence, WHOLE | CORRUPT))
                yield message;
    }
    counts() {
        const unacknowledged = this.unacknowledgedCounts();
        return {
            sent: this.sentCount,
            acknowledged: this.acknowledgedCount,
            consumed: this.wholeCount,
            duplicated: this.duplicatedCount + unacknowledged.duplicated,
            corrupted: this.corruptedCount + unacknowledged.corrupted,
            outOfOrder: this.countOutOfOrder(),
        };
    }
    /** Acknowledged and consumed messages, by partition. */
    countsByPartition() {
        const counts = new Map();
        for (const { sequence, partition } of this.acknowledgedMessages()) {
            const count = counts.get(partition) ?? { acknowledged: 0, consumed: 0 };
            count.acknowledged++;
            if (this.has(sequence, WHOLE))
                count.consumed++;
            counts.set(partition, count);
        }
        return counts;
    }
    /** From the call that sent a message to its arrival, in milliseconds; of the messages of these partitions only, if given. */
    latenciesMs(partitions) {
        const isWanted = (sequence) => !Number.isNaN(this.latencies[sequence]) &&
            (!partitions || partitions.has(this.partitions[sequence] ?? -1));
        // Array.filter would keep a list of a million numbers beside the result.
        let count = 0;
        for (let sequence = 0; sequence < this.sentCount; sequence++)
            if (isWanted(sequence))
                count++;
        const found = new Float32Array(count);
        for (let sequence = this.sentCount - 1; sequence >= 0; sequence--)
            if (isWanted(sequence))
                found[--count] = this.latencies[sequence] ?? 0;
        return found;
    }
    /** Messages a second, from the first one sent to the last one received; undefined when none came back. */
    get throughput() {
        const seconds = (this.lastArrivalAtMs - this.firstSentAtMs) / 1000;
        return seconds > 0 ? this.wholeCount / seconds : undefined;
    }
    *acknowledgedMessages() {
        for (let sequence = 0; sequence < this.sentCount; sequence++)
            if (this.has(sequence, ACKNOWLEDGED))
                yield this.message(sequence);
    }
    message(sequence) {
        return { sequence, partition: this.partitions[sequence] ?? 0, offset: this.offsets[sequence] ?? 0 };
    }
    /** Compares a record with the acknowledgement of its message. */
    match({ sequence, partition, offset, isWhole, atMs }) {
        const acknowledged = this.message(sequence);
        const isInPlace = partition === acknowledged.partition && offset === acknowledged.offset;
        if (!isWhole) {
            this.corruptedCount++;
            if (isInPlace) {
                this.mark(sequence, CORRUPT);
                this.corruptInPlaceCount++;
            }
        }
        else if (isInPlace) {
            this.mark(sequence, WHOLE);
            this.wholeCount++;
            this.latencies[sequence] = atMs - (this.sentAtMs[sequence] ?? atMs);
        }
        else
            this.duplicatedCount++;
    }
    /**
     * A message that was sent but never acknowledged may be there once: only its acknowledgement was lost. A number that was
     * never sent is not ours, whatever it says.
     */
    unacknowledgedCounts() {
        let duplicated = 0;
        let corrupted = 0;
        for (const [sequence, arrivals] of this.early) {
            const whole = sequence < this.sentCount ? arrivals.filter(({ isWhole }) => isWhole).length : 0;
            duplicated += Math.max(0, whole - 1);
            corrupted += arrivals.length - whole;
        }
        return { duplicated, corrupted };
    }
    /** Offsets rise with the numbers in each partition: a message behind a later one is out of order. */
    countOutOfOrder() {
        const lowestAfter = new Map();
        let outOfOrder = 0;
        for (let sequence = this.sentCount - 1; sequence >= 0; sequence--) {
            if (!this.has(sequence, WHOLE))
                continue;
            const { partition, offset } = this.message(sequence);
            if (offset > (lowestAfter.get(partition) ?? Number.POSITIVE_INFINITY))
                outOfOrder++;
            else
                lowestAfter.set(partition, offset);
        }
        return outOfOrder;
    }
    has(sequence, flag) {
        return ((this.flags[sequence] ?? 0) & flag) !== 0;
    }
    mark(sequence, flag) {
        this.flags[sequence] = (this.flags[sequence] ?? 0) | flag;
    }
    grow(capacity) {
        this.partitions = filledFrom(this.partitions, new Int32Array(capacity));
        this.offsets = filledFrom(this.offsets, new Float64Array(capacity));
        this.sentAtMs = filledFrom(this.sentAtMs, new Float64Array(capacity));
        this.latencies = filledFrom(this.latencies, new Float32Array(capacity).fill(Number.NaN));
        this.flags = filledFrom(this.flags, new Uint8Array(capacity));
    }
}
function filledFrom(values, larger) {
    larger.set(values);
    return larger;
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/record.js

/** The guide's message. */
const guideCodec = {
    // The JSON of guideMessage, which JSON.stringify takes twice as long for.
    encode: sequence => Buffer.from(`{"key":${sequence},"message":"Hello Kafka ${sequence}"}`),
    // The checksum has been compared already.
    isIntact: () => true,
};
/** The guide's message, before any encoding. */
const guideMessage = (sequence) => ({ key: sequence, message: `Hello Kafka ${sequence}` });
const HEADERS = { runId: 'run-id', sequence: 'sequence', checksum: 'checksum' };
/** Value and headers of a message: identity and checksum are in the headers, so that the value is the guide's. */
function encodeRecord(identity, codec) {
    const value = codec.encode(identity.sequence);
    const headers = {
        [HEADERS.runId]: identity.runId,
        [HEADERS.sequence]: `${identity.sequence}`,
        [HEADERS.checksum]: record_checksumOf(identity, value),
    };
    return { value, headers };
}
/** @returns the number of a message of this run; undefined for someone else's */
function sequenceOf({ headers }, runId) {
    if (!headers || !says(headers[HEADERS.runId], runId))
        return undefined;
    const sequence = Number(headers[HEADERS.sequence]?.toString() || Number.NaN);
    return Number.isSafeInteger(sequence) && sequence >= 0 ? sequence : undefined;
}
/** True when a record of this identity is, bit for bit and in meaning, what was sent. */
function isWhole(identity, { value, headers }, codec) {
    if (value === null || !says(headers?.[HEADERS.checksum], record_checksumOf(identity, value)))
        return false;
    return codec.isIntact(identity.sequence, value);
}
/** Compares a header with a text of ASCII, byte by byte: to make a text of each first takes three times as long. */
function says(header, text) {
    if (!Buffer.isBuffer(header))
        return header?.toString() === text;
    if (header.length !== text.length)
        return false;
    for (let index = 0; index < text.length; index++)
        if (header[index] !== text.charCodeAt(index))
            return false;
    return true;
}
/** CRC-32 over the identity and the value: a value under the wrong number is as wrong as a changed one. */
function record_checksumOf({ runId, sequence }, value) {
    if (runId !== lastRun.runId)
        lastRun = { runId, crc: (0,external_node_zlib_.crc32)(`${runId}/`) };
    return inHex((0,external_node_zlib_.crc32)(value, (0,external_node_zlib_.crc32)(`${sequence}/`, lastRun.crc)));
}
/** A million checksums begin with the same run. */
let lastRun = { runId: '', crc: (0,external_node_zlib_.crc32)('/') };
const TWO_DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Eight digits. Most checksums are too large for the fast way of `toString(16)`, which then takes longer than the checksum. */
function inHex(crc) {
    const digits = (shift) => TWO_DIGITS[(crc >>> shift) & 0xff] ?? '';
    return digits(24) + digits(16) + digits(8) + digits(0);
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/ledger-listener.js

/** Notes in a ledger what a consumer gets: messages of the run, and how far it has come through what is none. */
function ledgerListener({ ledger, runId, codec, clock, }) {
    return {
        onRecord: record => {
            const { partition, offset } = record;
            const sequence = sequenceOf(record, runId);
            if (sequence === undefined)
                ledger.advance(partition, offset + 1);
            else {
                const whole = isWhole({ runId, sequence }, record, codec);
                ledger.received({ sequence, partition, offset, isWhole: whole }, clock.now());
            }
        },
        onStretch: ({ partition, next }) => ledger.advance(partition, next),
    };
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/missing-records.js










const EXAMPLES = 20;
const missing_records_POLL_MS = 20;
/** A leader that was just elected may learn of the last records a moment later. */
const SECOND_LOOK_MS = 1_000;
/**
 * Reads the partitions at the offsets of missing records, to tell lost records from unread ones.
 * @param missing lists them each time that it is called
 */
async function searchMissing(context, missing, options) {
    const found = { gone: 0, unread: 0, unknown: 0, examples: [] };
    const note = (record) => {
        found[record.whereabouts]++;
        if (found.examples.length < EXAMPLES)
            found.examples.push(record);
    };
    const noteUnknown = (messages, error) => {
        context.signal.throwIfAborted();
        const finding = `the broker could not be asked: ${(0,build_errors/* reasonOf */.A3)(error)}`;
        for (const message of messages)
            note({ ...message, whereabouts: 'unknown', finding });
    };
    let ranges;
    try {
        ranges = await options.deadline.race('searching', settledRanges(context, missing, options));
    }
    catch (error) {
        noteUnknown(missing(), error);
        return found;
    }
    const inRange = [];
    let deleted = 0;
    for (const message of missing()) {
        const range = ranges.get(message.partition);
        const finding = outsideOf(range, message);
        if (finding)
            note({ ...message, whereabouts: 'gone', finding });
        else
            inRange.push(message);
        if (range && message.offset < range.start)
            deleted++;
    }
    try {
        if (inRange.length > 0)
            for (const record of await readAtOffsets(context, inRange, options))
                note(record);
    }
    catch (error) {
        noteUnknown(inRange, error);
    }
    finally {
        if (inRange.length > 0)
            await removeGroup(context, options);
    }
    return deleted > 0 ? { ...found, deleted, retention: await retentionOf(context, options) } : found;
}
/** Where the partitions begin and end; asked a second time when a record seems to lie behind the end. */
async function settledRanges(context, missing, { kafka, topic }) {
    const ranges = await partitionRanges(kafka, topic, context);
    for (const { partition, offset } of missing()) {
        if (offset < (ranges.get(partition)?.end ?? 0))
            continue;
        await context.clock.sleep(SECOND_LOOK_MS, context.signal);
        return await partitionRanges(kafka, topic, context);
    }
    return ranges;
}
/** The settings by which Kafka itself deletes records; undefined when it does not tell them. */
async function retentionOf({ clock }, { kafka, topic, deadline }) {
    const asking = withAdmin(kafka.admin(), clock, admin => readRetention(admin, topic));
    return await deadline.race('searching', asking).catch(() => undefined);
}
/** A broker that does not answer is not waited for. */
async function removeGroup(context, { kafka, group }) {
    const admin = kafka.admin();
    const removal = admin.connect().then(() => deleteGroup(context, admin, group));
    await goodbye({ disconnect: () => removal }, context.clock);
    await goodbye(admin, context.clock);
}
/** @returns why the record cannot be there, or undefined when its offset lies in the partition */
function outsideOf(range, { offset }) {
    if (!range)
        return 'the partition is no longer there';
    if (offset < range.start)
        return `the partition begins at offset ${range.start}: the record was deleted`;
    if (offset >= range.end)
        return `the partition ends at offset ${range.end}: it was cut off before the record`;
    return undefined;
}
async function readAtOffsets(context, messages, { kafka, topic, runId, group, deadline }) {
    // Two messages may have been acknowledged at one place, if the partition was cut off in between.
    const wanted = Map.groupBy(messages, missing_records_placeOf);
    const ends = new Map();
    const starts = new Map();
    for (const { partition, offset } of messages) {
        starts.set(partition, Math.min(offset, starts.get(partition) ?? offset));
        ends.set(partition, Math.max(offset, ends.get(partition) ?? offset));
    }
    const reached = new Map();
    const results = new Map();
    const consumer = new ProbeConsumer(context, {
        kafka,
        group,
        topic,
        leaders: [],
        // What is no record (the mark of a transaction) may lie at the last offset.
        onStretch: ({ partition, next }) => reached.set(partition, next - 1),
        onRecord: record => {
            const sequence = sequenceOf(record, runId);
            for (const message of wanted.get(missing_records_placeOf(record)) ?? []) {
                const isThere = sequence !== undefined && sequence === (message.sequence ?? sequence);
                const whereabouts = isThere ? 'unread' : 'gone';
                const finding = isThere ? 'it is there' : 'another record is at its offset';
                results.set(message, { ...message, whereabouts, finding });
            }
        },
    });
    const isRead = ([partition, end]) => (reached.get(partition) ?? -1) >= end;
    try {
        await placeGroup(context, { kafka, group, topic }, starts, deadline);
        await deadline.race('searching', consumer.start());
        await until(context, () => [...ends].every(isRead) || undefined, {
            everyMs: missing_records_POLL_MS,
            timeoutMs: deadline.leftMs,
            late: () => undefined,
        });
    }
    finally {
        await consumer.stop();
    }
    return messages.map(message => results.get(message) ?? notRead(message, reached));
}
function notRead(message, reached) {
    return (reached.get(message.partition) ?? -1) > message.offset
        ? { ...message, whereabouts: 'gone', finding: 'no record is at its offset, but there are later ones' }
        : { ...message, whereabouts: 'unknown', finding: 'the partition could not be read there' };
}
const missing_records_placeOf = ({ partition, offset }) => `${partition}/${offset}`;

// EXTERNAL MODULE: external "node:v8"
var external_node_v8_ = __webpack_require__(78877);
;// CONCATENATED MODULE: ./build/kafka/records/record-writer.js
const FIRST_CAPACITY = 1_024;
/** Room for all numbers of a record but the lengths of its headers. */
const NUMBERS_BYTES = 32;
/** A record of 64 bytes to 8 KiB has a length of two bytes. */
const USUAL_LENGTH_BYTES = 2;
const LAST_OF_ASCII = 0x7f;
/** A null key, as a number with its sign in the lowest bit. */
const NO_KEY = 1;
/**
 * Writes records one behind the other, as they lie in a batch of Kafka's format 2: without keys, all with the time of the batch.
 * One buffer holds them all; a record takes no object of its own.
 * @see https://kafka.apache.org/documentation/#record
 */
class RecordWriter {
    bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
    at = 0;
    written = 0;
    /** How many records there are. */
    get count() {
        return this.written;
    }
    /** Begins again, in the same memory: what was taken is overwritten. */
    clear() {
        this.at = 0;
        this.written = 0;
    }
    add({ value, headers }) {
        this.room(value.length + NUMBERS_BYTES);
        const start = this.at;
        this.at += USUAL_LENGTH_BYTES;
        this.bytes[this.at++] = 0; // No attributes,
        this.bytes[this.at++] = 0; // and no time after the first one.
        this.number(this.written++);
        this.bytes[this.at++] = NO_KEY;
        this.number(value.length);
        value.copy(this.bytes, this.at);
        this.at += value.length;
        const names = Object.keys(headers);
        this.number(names.length);
        for (const name of names) {
            this.text(name);
            this.text(headers[name] ?? '');
        }
        this.setLength(start);
    }
    /** @returns the bytes of the records so far */
    taken() {
        return this.bytes.subarray(0, this.at);
    }
    /** The length of a record stands before it, and is known only behind it. */
    setLength(start) {
        const body = start + USUAL_LENGTH_BYTES;
        const length = this.at - body;
        const lengthBytes = length < 0x40 ? 1 : length < 0x2000 ? 2 : length < 0x10_0000 ? 3 : 4;
        const end = start + lengthBytes + length;
        if (lengthBytes !== USUAL_LENGTH_BYTES)
            this.bytes.copyWithin(start + lengthBytes, body, this.at);
        this.at = start;
        this.number(length);
        this.at = end;
    }
    text(text) {
        // A character takes three bytes at most.
        this.room(3 * text.length + NUMBERS_BYTES);
        const start = this.at;
        this.number(text.length);
        let index = 0;
        for (; index < text.length; index++) {
            const code = text.charCodeAt(index);
            if (code > LAST_OF_ASCII)
                break;
            this.bytes[this.at++] = code;
        }
        if (index < text.length)
            this.wideText(text, start);
    }
    /** A text of more than ASCII. */
    wideText(text, start) {
        this.at = start;
        this.number(Buffer.byteLength(text));
        this.at += this.bytes.write(text, this.at);
    }
    /** @param value not negative; the lowest bit is that of the sign */
    number(value) {
        let rest = value * 2;
        while (rest > 0x7f) {
            this.bytes[this.at++] = (rest & 0x7f) | 0x80;
            rest = Math.floor(rest / 0x80);
        }
        this.bytes[this.at++] = rest;
    }
    room(count) {
        if (this.at + count <= this.bytes.length)
            return;
        const larger = Buffer.allocUnsafe(Math.max(this.at + count, 2 * this.bytes.length));
        this.bytes.copy(larger, 0, 0, this.at);
        this.bytes = larger;
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/producer.js








/** Records of one batch: some 500 KB, of which a topic takes 1 MB by default. */
const LARGEST_BATCH = 4_000;
/** How many batches are under way at once, each for another partition. */
const LANES = 6;
const LARGE_RUN = 50_000;
/** Enough for a broker's restart: the messages of an abandoned send could be in the topic without our knowing. */
const RETRIES = 30;
const producer_PATIENCE_MS = 3_000;
const usualBatch = ({ messages, intervalMs }) => intervalMs > 0 ? 1 : Math.min(LARGEST_BATCH, Math.ceil(messages / 100));
/** Few young objects survive: their space need not grow. No option of node's can be given, as the action does not start its process. */
const keepYoungSpaceSmall = () => (0,external_node_v8_.setFlagsFromString)('--semi-space-growth-factor=1');
/** Sends messages and notes where the brokers put each of them. */
class ProbeProducer {
    context;
    options;
    producer;
    cluster;
    /** Acknowledged records, by partition: Kafka numbers what a producer sends. */
    sentTo = new Map();
    mostAtOnce = LARGEST_BATCH;
    longestPause;
    constructor(context, options) {
        this.context = context;
        this.options = options;
        const { producer, cluster } = producerOf(options.kafka, {
            allowAutoTopicCreation: false,
            idempotent: true,
            maxInFlightRequests: 1,
            retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: RETRIES },
        });
        this.producer = producer;
        this.cluster = cluster;
    }
    /** Connects to every leader of the topic: no message waits for that. A broker that does not answer is not waited for long. */
    async connect() {
        const { clock, signal } = this.context;
        await this.producer.connect();
        if (!this.cluster)
            return;
        // Whoever cannot be reached is told by the first message.
        const leaders = connectToLeaders(this.cluster, this.options.topic).catch(() => { });
        await within(clock, producer_PATIENCE_MS, leaders, () => { }, signal);
    }
    async disconnect() {
        await goodbye(this.producer, this.context.clock);
    }
    /** Sends small runs message by message, for a true latency, and large ones in batches, for throughput. */
    async send(traffic, afterEach = () => { }) {
        const { ledger, partitions } = this.options;
        const { clock, signal } = this.context;
        const { messages, intervalMs, stop, batch = usualBatch(traffic) } = traffic;
        if (batch > 1)
            return await this.sendBatches(messages, batch, stop, afterEach);
        const end = ledger.sentTotal + messages;
        while (ledger.sentTotal < end && !stop?.aborted) {
            await this.sendBatch(partitions[ledger.sentTotal % partitions.length] ?? 0, 1);
            afterEach();
            if (intervalMs > 0 && ledger.sentTotal < end)
                await clock.sleep(intervalMs, signal);
        }
    }
    /**
     * Sends to several partitions side by side, and to each of them one batch after the other: a batch that is tried again must not
     * be overtaken by the next one. Each partition gets its share, whichever broker is faster.
     */
    async sendBatches(messages, batch, stop, afterEach) {
        const { partitions } = this.options;
        const shares = partitions.map((partition, index) => ({
            partition,
            left: Math.floor((messages + partitions.length - 1 - index) / partitions.length),
        }));
        if (messages >= LARGE_RUN)
            keepYoungSpaceSmall();
        const over = new AbortController();
        const lane = async (own) => {
            const records = new RecordWriter();
            while (own.some(({ left }) => left > 0))
                for (const share of own.filter(({ left }) => left > 0)) {
                    if (stop?.aborted || over.signal.aborted)
                        return;
                    const count = Math.min(batch, share.left, this.mostAtOnce);
                    share.left -= count;
                    await this.sendBatch(share.partition, count, records);
                    afterEach();
                }
        };
        const lanes = Array.from({ length: LANES }, (_, lane) => shares.filter((_, index) => index % LANES === lane));
        try {
            await Promise.all(lanes.map(lane));
        }
        finally {
            over.abort();
        }
    }
    /** @param records takes the records of one batch after the other: their memory need not be collected */
    async sendBatch(partition, count, records = new RecordWriter()) {
        const { ledger, deadline } = this.options;
        const { clock } = this.context;
        const first = ledger.sentTotal;
        const startedAtMs = clock.now();
        for (let sequence = first; sequence < first + count; sequence++)
            ledger.sent(sequence, startedAtMs);
        await deadline.race('sending', this.deliver(partition, first, count, records));
        this.notePause(startedAtMs, clock.now());
    }
    /** Sends these messages, in halves if the topic does not take so much at once, and notes where they are. */
    async deliver(partition, first, count, records) {
        const { topic, runId, codec, ledger } = this.options;
        const sent = this.sentTo.get(partition) ?? 0;
        records.clear();
        for (let sequence = first; sequence < first + count; sequence++)
            records.add(encodeRecord({ runId, sequence }, codec));
        const messages = [new RecordBlock(partition, records, sent)];
        try {
            const [result] = await this.producer.send({ topic, acks: -1, messages });
            this.sentTo.set(partition, sent + count);
            if (result?.baseOffset === undefined)
                return;
            // Records of a batch lie one behind the other, in the order in which they were given.
            const offset = Number(result.baseOffset) - first;
            for (let sequence = first; sequence < first + count; sequence++)
                ledger.acknowledged({ sequence, partition, offset: offset + sequence });
        }
        catch (error) {
            if (count === 1 || !isTooLarge(error))
                throw refusalOf(topic, error) ?? error;
            const half = Math.ceil(count / 2);
            this.mostAtOnce = Math.min(this.mostAtOnce, half);
            await this.deliver(partition, first, half, records);
            await this.deliver(partition, first + half, count - half, records);
        }
    }
    /** The pause counts from the call that sends: the interval between two messages is no part of it. */
    notePause(startedAtMs, acknowledgedAtMs) {
        const durationMs = acknowledgedAtMs - startedAtMs;
        if (durationMs > (this.longestPause?.durationMs ?? -1))
            this.longestPause = { durationMs, atMs: startedAtMs };
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/reception.js





const reception_POLL_MS = 10;
/** After this time without a record we ask whether the missing ones can still come. */
const reception_QUIET_MS = 2_000;
/** A consumer that has got nothing for so long, though there is more to read, is replaced; the next one has twice the time. */
const STUCK_MS = 5_000;
const MOST_REPLACEMENTS = 3;
/** Who has got nothing for so long, with another consumer in between, will not get it. */
const FAIR_CHANCE_MS = 10_000;
/**
 * Receives in a consumer group until nothing is missing any more. A consumer may stay where it is for good, after its connection
 * broke twice for example: then another member takes its place.
 */
class Reception {
    context;
    options;
    consumer;
    replacements = 0;
    /** Of the last record, or of the start of the consumer that waits for the next one. */
    lastSignMs = 0;
    lastArrivalMs = 0;
    /** When the brokers last said that there is more to read. */
    moreToReadMs = Number.NEGATIVE_INFINITY;
    constructor(context, options) {
        this.context = context;
        this.options = options;
        this.consumer = this.newConsumer();
    }
    /** Connects ahead of joining. What goes wrong is told by joining, which tries again. */
    async connect() {
        await this.options.deadline.race('joining the group', this.consumer.connect()).catch(() => { });
    }
    /** Joins the group. */
    async start() {
        await this.options.deadline.race('joining the group', this.consumer.start());
        this.lastSignMs = this.context.clock.now();
        this.lastArrivalMs = this.lastSignMs;
    }
    /** How long ago a record came last. */
    get quietMs() {
        return this.context.clock.now() - this.lastArrivalMs;
    }
    /**
     * How long nothing came, although the brokers say that there is more to read: undefined as long as the consumer has not had a
     * fair chance.
     */
    get stalledMs() {
        const { quietMs, replacements } = this;
        const isSure = this.context.clock.now() - this.moreToReadMs < FAIR_CHANCE_MS;
        return isSure && replacements > 0 && quietMs >= FAIR_CHANCE_MS ? quietMs : undefined;
    }
    /**
     * Resolves when every acknowledged message is back, or cannot come any more.
     * @param doing says for the error at the deadline what was still being done
     * @throws Error at the deadline, or what ended the consumer
     */
    async untilBack(doing, each = () => { }) {
        const { ledger, deadline } = this.options;
        const { clock } = this.context;
        // What was acknowledged only now can hardly have come earlier.
        this.lastSignMs = clock.now();
        let lookedAtMs = clock.now();
        const isOver = async () => {
            if (ledger.missingCount === 0)
                return true;
            await this.afterCrash();
            deadline.refuseLate(doing());
            each();
            if (clock.now() - Math.max(lookedAtMs, this.lastArrivalMs) <= reception_QUIET_MS)
                return undefined;
            const ranges = await deadline.race('asking for offsets', this.options.ranges().catch(() => undefined));
            lookedAtMs = clock.now();
            if (!ranges)
                return undefined;
            if (this.isHopeless(ranges))
                return true;
            this.moreToReadMs = clock.now();
            await this.replaceStuck();
            return undefined;
        };
        await until(this.context, isOver, { everyMs: reception_POLL_MS });
    }
    /** Makes sure that these positions are committed. */
    async commit(positions) {
        await this.options.deadline.race('committing offsets', this.consumer.commit(positions));
    }
    async stop() {
        await this.consumer.stop();
    }
    newConsumer() {
        const { newKafka, group, topic, leaders, listener } = this.options;
        return new ProbeConsumer(this.context, {
            ...{ ...listener, kafka: newKafka(), group, topic },
            leaders,
            onRecord: record => {
                this.lastArrivalMs = this.context.clock.now();
                this.lastSignMs = this.lastArrivalMs;
                listener.onRecord(record);
            },
        });
    }
    /** True when none of the missing records can still come: the consumer has passed it, or it is not there. */
    isHopeless(ranges) {
        const { ledger } = this.options;
        for (const message of ledger.missing()) {
            const isPassed = message.offset < ledger.positionOf(message.partition);
            if (!isPassed && !outsideOf(ranges.get(message.partition), message))
                return false;
        }
        return true;
    }
    /** @throws what ended the consumer, when another one would end the same way */
    async afterCrash() {
        try {
            this.consumer.refuseCrash();
        }
        catch (error) {
            if (this.replacements >= MOST_REPLACEMENTS || !isOfConnection(error) || (0,build_errors/* finalErrorIn */.Er)(error))
                throw error;
            await this.replace(`the consumer ended (${(0,build_errors/* reasonOf */.A3)(error)})`);
        }
    }
    async replaceStuck() {
        const silentMs = this.context.clock.now() - this.lastSignMs;
        if (this.replacements >= MOST_REPLACEMENTS || silentMs < STUCK_MS * 2 ** this.replacements)
            return;
        await this.replace(`the consumer has got nothing for ${(0,build_clock/* formatDuration */.a)(silentMs)} although there is more to read`);
    }
    async replace(reason) {
        const { log, clock } = this.context;
        this.replacements++;
        log.info(`${reason}: another one takes its place in the group`);
        await this.consumer.stop();
        this.consumer = this.newConsumer();
        try {
            await this.options.deadline.race('joining the group again', this.consumer.start());
        }
        catch (error) {
            this.options.deadline.refuseLate('joining the group again');
            log.debug(`the next consumer did not start: ${(0,build_errors/* reasonOf */.A3)(error)}`);
        }
        this.lastSignMs = clock.now();
    }
}
/** True for errors of kafkajs behind which there is a connection that broke, or a broker that is about to come back. */
function isOfConnection(thrown) {
    for (let error = thrown; error instanceof Error; error = error.cause) {
        const { name, retriable } = error;
        if (retriable || /^KafkaJS(Connection|NoBrokerAvailable|BrokerNotFound|RequestTimeout)/.test(name))
            return true;
    }
    return false;
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/handover.js






/**
 * Lets a second consumer join the group and sends one message to each partition: it must start where the first one stopped,
 * neither before (it would get messages twice) nor after (it would miss some).
 *
 * @throws Error when it was cut off before the second consumer had its chance
 */
async function handOver(context, options) {
    const { producerKafka, newKafka, topic, group, codec, deadline, ranges } = options;
    const runId = `${options.runId}/handover`;
    const partitions = topic.partitions.map(({ partition }) => partition);
    const ledger = new DeliveryLedger(partitions.length);
    const starts = new Starts();
    const listener = ledgerListener({ ledger, runId, codec, clock: context.clock });
    const reception = new Reception(context, {
        ...{ newKafka, group, topic: topic.topic, leaders: [], ledger, deadline, ranges },
        listener: consumer_joined({ onStretch: starts.note }, listener),
    });
    const producer = new ProbeProducer(context, {
        ...{ kafka: producerKafka, topic: topic.topic, runId, codec, partitions, ledger, deadline },
    });
    const join = async () => {
        await Promise.all([options.committed, reception.connect()]);
        await reception.start();
    };
    try {
        await Promise.all([deadline.race('connecting', producer.connect()), join()]);
        await producer.send({ messages: partitions.length, intervalMs: 0 });
        await reception
            .untilBack(() => 'waiting for the second consumer of the group')
            .catch(error => {
            context.signal.throwIfAborted();
            if (reception.stalledMs === undefined)
                throw error;
        });
    }
    finally {
        await Promise.all([producer.disconnect(), reception.stop()]);
    }
    const committed = await options.committed;
    const problems = starts.problems(committed);
    if (ledger.missingCount > 0 || problems.length > 0) {
        const now = await deadline.race('asking for offsets', ranges());
        refuseDeleted(ledger, now);
        return {
            ...{ sent: ledger.acknowledgedTotal, received: ledger.consumedTotal },
            problems: starts.problems(committed, now),
        };
    }
    return { sent: ledger.acknowledgedTotal, received: ledger.consumedTotal, problems };
}
/** @throws Error when the broker no longer has a message of the handover: that says nothing about the group */
function refuseDeleted(ledger, ranges) {
    for (const message of ledger.missing()) {
        const finding = outsideOf(ranges.get(message.partition), message);
        if (finding)
            throw new Error(`a message for the second consumer is gone from the topic: ${finding}`);
    }
}
/** Where a consumer started in each partition. */
class Starts {
    first = new Map();
    /** Up to where there was nothing to hand on before. */
    emptyUpTo = new Map();
    note = ({ partition, from, next, isEmpty }) => {
        if (this.first.has(partition))
            return;
        if (isEmpty)
            this.emptyUpTo.set(partition, next);
        else
            this.first.set(partition, from);
    };
    /**
     * @param committed where it should have started
     * @param ranges where the partitions begin now: records that were deleted meanwhile cannot be read
     * @returns a sentence for each partition in which it started somewhere else
     */
    problems(committed, ranges) {
        return [...this.first].flatMap(([partition, from]) => {
            const expected = committed.get(partition);
            // Another partition was added to the topic after the group was placed.
            if (expected === undefined || expected < 0)
                return [];
            const most = Math.max(expected, this.emptyUpTo.get(partition) ?? -1, ranges?.get(partition)?.start ?? -1);
            if (from >= expected && from <= most)
                return [];
            return [`partition ${partition}: the second consumer started at offset ${from}, not at ${expected}`];
        });
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/interruption.js



/** Why something with Kafka ended early: its clients cannot tell a broker that restarts from a machine that is gone. */
async function explainInterruption(context, error) {
    const own = (0,build_errors/* actionErrorIn */.qk)(error);
    if (own)
        return interruptionBy(own, own.message);
    const lost = await lostConnection(context.host, context);
    if (lost)
        return interruptionBy(lost, `${(0,build_errors/* reasonOf */.A3)(error)}; ${lost.message}`);
    const code = isOfMissingTopic(error) ? 'topic-not-found' : undefined;
    return { reason: (0,build_errors/* reasonOf */.A3)(error), code, isConnectionLost: false };
}
/** A connection that was there, and cannot be made again, is lost, whatever the words. */
function interruptionBy({ code, hint }, reason) {
    const isConnectionLost = code.startsWith('ssh-') || code === 'proxy-command-failed';
    const isGone = code === 'ssh-unreachable' || code === 'ssh-host-unknown';
    if (isGone)
        return { reason, code: 'ssh-connection-lost', isConnectionLost };
    return { reason, code, hint, isConnectionLost };
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/progress.js

const progress_INTERVAL_MS = 5_000;
/** Tells in the log how far a round trip has come. */
class Progress {
    context;
    ledger;
    deadline;
    traffic;
    shownAtMs;
    constructor(context, ledger, deadline, traffic) {
        this.context = context;
        this.ledger = ledger;
        this.deadline = deadline;
        this.traffic = traffic;
        this.shownAtMs = context.clock.now();
    }
    /** The counts so far, in words. */
    describe() {
        const { acknowledgedTotal, consumedTotal } = this.ledger;
        return `${acknowledgedTotal} messages acknowledged, ${consumedTotal} received`;
    }
    /** Writes a line, every five seconds at most. */
    show() {
        const { clock, log } = this.context;
        if (clock.now() - this.shownAtMs < progress_INTERVAL_MS)
            return;
        this.shownAtMs = clock.now();
        const of = this.traffic.stop ? '' : ` of ${this.traffic.messages}`;
        log.info(`… ${this.describe()}${of}; ${(0,build_clock/* formatDuration */.a)(this.deadline.leftMs)} left`);
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/delivery.js
/**
 * Adds what a search found to what a ledger knows. What nobody has looked for, or found, is unknown.
 * @param missing how many acknowledged messages have not come back
 */
function deliveryCounts(known, missing, { gone, unread } = { gone: 0, unread: 0 }) {
    // What came back in the meantime, or was acknowledged, was not searched for: neither may be counted twice.
    const lost = Math.min(gone, missing);
    const there = Math.min(unread, missing - lost);
    return { ...known, lost, unread: there, unknown: missing - lost - there };
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/latency.js
/**
 * Nearest-rank percentiles.
 * @param values in any order; sorted in place
 * @returns undefined for no values
 */
function percentilesOf(values) {
    if (values.length === 0)
        return undefined;
    values.sort();
    // Microseconds: what single precision adds after them is noise.
    const rank = (percent) => Math.round((values[Math.max(0, Math.ceil((percent / 100) * values.length) - 1)] ?? 0) * 1000) / 1000;
    return { p50: rank(50), p95: rank(95), p99: rank(99), max: rank(100) };
}
/** 1, 2, 5, 10, 20, 50 … milliseconds up to ten minutes: even steps on the scale on which latencies spread. */
const BOUNDS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 6e5];
/** @returns how the latencies are distributed, from the first bucket that is not empty to the last */
function histogramOf(values) {
    const counts = new Array(BOUNDS_MS.length).fill(0);
    for (const value of values) {
        const index = BOUNDS_MS.findIndex(bound => value < bound);
        const bucket = index < 0 ? BOUNDS_MS.length - 1 : index;
        counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    const first = counts.findIndex(count => count > 0);
    const last = counts.findLastIndex(count => count > 0);
    return BOUNDS_MS.map((belowMs, index) => ({ belowMs, count: counts[index] ?? 0 })).slice(Math.max(0, first), last + 1);
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/result.js


/**
 * What the ledger of a finished round trip says.
 * @param topic as it was at the start
 * @param missing what was found out about the messages that did not come back
 */
function measured(ledger, topic, missing) {
    const latencies = ledger.latenciesMs();
    const latencyMs = percentilesOf(latencies);
    const { throughput } = ledger;
    return {
        topic: topic.topic,
        counts: deliveryCounts(ledger.counts(), ledger.missingCount, missing),
        latencyHistogram: histogramOf(latencies),
        latencyMs,
        throughput,
        brokers: sharesOf(ledger, topic),
    };
}
function sharesOf(ledger, topic) {
    const counts = ledger.countsByPartition();
    return topic.brokers.map(({ id, address }) => {
        const led = topic.partitions.filter(({ leader }) => leader === id).map(({ partition }) => partition);
        const sum = (what) => led.reduce((total, partition) => total + (counts.get(partition)?.[what] ?? 0), 0);
        const latencyMs = percentilesOf(ledger.latenciesMs(new Set(led)));
        return {
            id,
            address,
            partitions: led,
            acknowledged: sum('acknowledged'),
            consumed: sum('consumed'),
            latencyMs,
        };
    });
}

;// CONCATENATED MODULE: ./build/kafka/compact-protocol.js
/**
 * The few parts of Kafka's flexible protocol (KIP-482) that kafkajs has no requests for: compact strings and arrays have
 * their length plus one in front of them, and every structure ends with tagged fields.
 */
/** An unsigned number in the form of protobuf. */
function varint(value) {
    const bytes = [];
    for (let rest = value;; rest >>>= 7) {
        if (rest < 0x80)
            return Buffer.from([...bytes, rest]);
        bytes.push((rest & 0x7f) | 0x80);
    }
}
const NO_TAGS = Buffer.from([0]);
const compactString = (text) => Buffer.concat([varint(Buffer.byteLength(text) + 1), Buffer.from(text)]);
const compactArray = (items) => Buffer.concat([varint(items.length + 1), ...items]);
function int32(value) {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32BE(value);
    return buffer;
}
/** Reads an answer from its front to its end. @throws RangeError when it is shorter than it should be */
class CompactReader {
    buffer;
    position = 0;
    constructor(buffer) {
        this.buffer = buffer;
    }
    int16() {
        return this.buffer.readInt16BE(this.skip(2));
    }
    int32() {
        return this.buffer.readInt32BE(this.skip(4));
    }
    int64() {
        return this.buffer.readBigInt64BE(this.skip(8));
    }
    uuid() {
        const start = this.skip(16);
        return this.buffer.subarray(start, start + 16).toString('base64url');
    }
    /** The empty string when there is none. */
    string() {
        const length = Math.max(0, this.varint() - 1);
        const start = this.skip(length);
        return this.buffer.subarray(start, start + length).toString();
    }
    array(item) {
        return Array.from({ length: Math.max(0, this.varint() - 1) }, item);
    }
    tags() {
        for (let count = this.varint(); count > 0; count--) {
            this.varint();
            this.skip(this.varint());
        }
    }
    varint() {
        for (let value = 0, shift = 0;; shift += 7) {
            const byte = this.buffer.readUInt8(this.skip(1));
            value |= (byte & 0x7f) << shift;
            if (byte < 0x80)
                return value;
        }
    }
    skip(bytes) {
        const start = this.position;
        this.position += bytes;
        if (this.position > this.buffer.length)
            throw new RangeError('the answer is too short');
        return start;
    }
}

;// CONCATENATED MODULE: ./build/kafka/topic-questions.js


const METADATA = { apiKey: 3, apiVersion: 10, apiName: 'Metadata' };
const DESCRIBE_PRODUCERS = { apiKey: 61, apiVersion: 0, apiName: 'DescribeProducers' };
const NO_UUID = Buffer.alloc(16);
const FALSE = Buffer.from([0]);
/**
 * The id that Kafka gave a topic when it was made: another one of the same name has another id.
 * @returns undefined when the brokers do not tell it (before Kafka 2.8), or the topic is not there
 */
function topicId(kafka, topic) {
    return asking(kafka, topic, async (cluster) => {
        const [nodeId = ''] = leadersOf(cluster, topic).keys();
        const topics = compactArray([Buffer.concat([NO_UUID, compactString(topic), NO_TAGS])]);
        // Whether a topic may be made, and whose rights are wanted: no, none.
        const body = Buffer.concat([topics, FALSE, FALSE, FALSE, NO_TAGS]);
        const answer = await topic_questions_ask(await cluster.findBroker({ nodeId }), METADATA, body);
        answer.int32();
        answer.array(() => {
            answer.int32();
            answer.string();
            answer.int32();
            answer.string();
            answer.tags();
        });
        answer.string();
        answer.int32();
        // There is one topic. What follows its id is not read.
        let id;
        answer.array(() => {
            if (id !== undefined)
                return;
            const errorCode = answer.int16();
            answer.string();
            const uuid = answer.uuid();
            id = errorCode === 0 && uuid !== NO_UUID.toString('base64url') ? uuid : '';
        });
        return id || undefined;
    });
}
/** The transactions that are open in a topic, as the partitions' leaders know them. @returns none when they do not tell */
function openTransactions(kafka, topic) {
    return asking(kafka, topic, async (cluster) => {
        const answers = [...leadersOf(cluster, topic)].map(async ([nodeId, partitions]) => {
            const wanted = Buffer.concat([compactString(topic), compactArray(partitions.map(int32)), NO_TAGS]);
            const body = Buffer.concat([compactArray([wanted]), NO_TAGS]);
            return transactionsIn(await topic_questions_ask(await cluster.findBroker({ nodeId }), DESCRIBE_PRODUCERS, body));
        });
        return (await Promise.all(answers)).flat().sort((a, b) => a.partition - b.partition);
    });
}
function transactionsIn(answer) {
    const found = [];
    answer.int32();
    answer.array(() => {
        answer.string();
        answer.array(() => {
            const partition = answer.int32();
            answer.int16();
            answer.string();
            answer.array(() => {
                const producerId = `${answer.int64()}`;
                // Epoch, last sequence number, time of the last record, epoch of the coordinator.
                answer.int32();
                answer.int32();
                answer.int64();
                answer.int32();
                const offset = Number(answer.int64());
                answer.tags();
                if (offset >= 0)
                    found.push({ partition, producerId, offset });
            });
            answer.tags();
        });
        answer.tags();
    });
    return found;
}
/** The partitions of a topic by the id of the broker that leads them. */
function leadersOf(cluster, topic) {
    const leaders = new Map();
    for (const { partitionId, leader } of cluster.findTopicPartitionMetadata(topic))
        leaders.set(`${leader}`, [...(leaders.get(`${leader}`) ?? []), partitionId]);
    return leaders;
}
/** Nice to know, and never a reason to fail. */
async function asking(kafka, topic, work) {
    const cluster = clusterOf(kafka);
    try {
        await cluster.connect();
        await cluster.addTargetTopic(topic);
        await cluster.refreshMetadataIfNecessary();
        return await work(cluster);
    }
    catch {
        return undefined;
    }
    finally {
        cluster.disconnect().catch(() => { });
    }
}
/** Sends a request of the flexible protocol, whose header ends with tagged fields as well. */
async function topic_questions_ask(broker, kind, body) {
    const buffer = Buffer.concat([NO_TAGS, body]);
    const { answer } = await broker.connectionPool.send({
        request: { ...kind, encode: async () => ({ buf: buffer, buffer }) },
        response: {
            decode: async (received) => ({ answer: new CompactReader(received) }),
            parse: async (decoded) => decoded,
        },
    });
    answer.tags();
    return answer;
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/topic-watch.js


const topic_watch_PATIENCE_MS = 5_000;
/** What others do with a topic while messages go through it. What the brokers do not tell is taken to be as it should. */
class TopicWatch {
    context;
    kafka;
    topic;
    id;
    ranges = new Map();
    constructor(context, kafka, topic) {
        this.context = context;
        this.kafka = kafka;
        this.topic = topic;
    }
    /** @param ranges as they are at the start, asked for meanwhile. @throws what asking for them does */
    async begin(ranges) {
        [this.ranges, this.id] = await Promise.all([ranges, this.ask(topicId(this.kafka, this.topic))]);
    }
    /** True when the topic was deleted and another one of its name was made since. */
    async isAnother() {
        if (this.id === undefined)
            return false;
        const id = await this.ask(topicId(this.kafka, this.topic));
        return id !== undefined && id !== this.id;
    }
    /**
     * Says which transactions have been open all the time: to consumers that read committed records only, nothing behind them is
     * there. Ours read all records, as Kafka's do by default.
     * @param ranges asks for the ranges of now
     */
    async tellOpenTransactions(ranges) {
        const open = [...this.ranges].filter(([, { stable, end }]) => stable < end);
        if (open.length === 0)
            return;
        const now = await this.ask(ranges());
        const places = open.filter(([partition, { stable }]) => now?.get(partition)?.stable === stable);
        if (places.length === 0)
            return;
        const known = (await this.ask(openTransactions(this.kafka, this.topic))) ?? [];
        const inWords = places.map(([partition, { stable }]) => {
            const owner = known.find(other => other.partition === partition && other.offset === stable);
            return `partition ${partition} from offset ${stable}${owner ? ` (producer id ${owner.producerId})` : ''}`;
        });
        this.context.log.warning(`a transaction is open in ${inWords.join(', ')} of topic ${this.topic}: consumers with ` +
            'isolation.level=read_committed get nothing from there on until it is ended or times out');
    }
    ask(asking) {
        const { clock, signal } = this.context;
        return within(clock, topic_watch_PATIENCE_MS, asking.catch(() => undefined), () => undefined, signal);
    }
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/round-trip.js




















const round_trip_PATIENCE_MS = { search: 20_000, handover: 30_000 };
/**
 * Sends messages through the cluster and reads them back in a consumer group. Messages carry the run's id, their number and
 * a checksum in their headers, and the group starts at the end of the topic: older records neither count nor disturb.
 *
 * @returns what was counted, also when it broke off: then `interruption` says why
 * @throws the signal's reason when it is aborted
 */
async function roundTrip(context, options) {
    const trip = new RoundTrip(context, options);
    try {
        await trip.run();
    }
    finally {
        await trip.cleanUp();
    }
    return trip.result();
}
class RoundTrip {
    /** One client for the producer and one for the consumer: a shared one would skew the latency. */
    producerKafka;
    consumerKafka;
    admin;
    /** What the run gave; `context` ends with the connection to the machine as well. */
    outer;
    context;
    gone = new AbortController();
    options;
    ledger;
    deadline;
    codec;
    producer;
    startedAtMs;
    progress;
    watch;
    reception;
    /** When a message was acknowledged or received last. */
    lastSignMs;
    interruption;
    stalledMs;
    commitProblems = [];
    handover;
    missing;
    constructor(outer, options) {
        const { bootstrapServers, topic, runId, timeoutMs, traffic } = options;
        this.outer = outer;
        this.context = { ...outer, signal: AbortSignal.any([outer.signal, this.gone.signal]) };
        this.options = options;
        this.codec = options.codec ?? guideCodec;
        this.producerKafka = outer.kafka.of(bootstrapServers);
        this.consumerKafka = outer.kafka.of(bootstrapServers);
        this.admin = leaseAdmin(outer, bootstrapServers);
        this.startedAtMs = outer.clock.now();
        this.lastSignMs = this.startedAtMs;
        this.watch = new TopicWatch(outer, this.producerKafka, topic.topic);
        this.deadline = new Deadline(timeoutMs, this.context);
        this.ledger = new DeliveryLedger(traffic.stop ? 0 : traffic.messages);
        this.progress = new Progress(outer, this.ledger, this.deadline, traffic);
        this.producer = new ProbeProducer(this.context, {
            kafka: this.producerKafka,
            ...{ topic: topic.topic, runId, codec: this.codec, ledger: this.ledger, deadline: this.deadline },
            partitions: topic.partitions.map(({ partition }) => partition),
        });
    }
    async run() {
        const quietMs = () => this.outer.clock.now() - this.lastSignMs;
        try {
            await whileConnected(this.outer, quietMs, this.gone, () => this.sendAndReceive());
        }
        catch (error) {
            this.outer.signal.throwIfAborted();
            this.stalledMs = this.reception?.stalledMs;
            const refusal = accessRefusalOf(this.options.topic.topic, this.options.group, error);
            this.interruption = await explainInterruption(this.outer, refusal ?? error);
        }
        if (!this.interruption?.isConnectionLost)
            await this.lookAround();
    }
    /** Finds out what is behind what went wrong. */
    async lookAround() {
        const { topic, runId, group } = this.options;
        await this.watch.tellOpenTransactions(() => this.ranges());
        const { missingCount } = this.ledger;
        const isGood = !this.interruption && this.commitProblems.length + missingCount === 0;
        if (isGood && this.handover?.problems.length === 0 && this.handover.received === this.handover.sent)
            return;
        // A record that came now would be missing in one count and not in the other.
        await this.reception?.stop();
        if (await this.watch.isAnother()) {
            const reason = `topic ${topic.topic} was deleted and made again while the test ran`;
            this.interruption = { reason, code: 'topic-not-found', isConnectionLost: false };
            this.commitProblems = [];
            this.handover = undefined;
        }
        else if (missingCount > 0) {
            this.missing = await searchMissing(this.outer, () => this.ledger.missing(), {
                ...{ kafka: this.consumerKafka, topic: topic.topic, runId, group: `${group}-search` },
                deadline: new Deadline(round_trip_PATIENCE_MS.search, this.outer),
            });
        }
    }
    async sendAndReceive() {
        const { traffic } = this.options;
        const { log, clock } = this.context;
        const { reception, group } = await this.start();
        await this.producer.send(traffic, () => {
            this.lastSignMs = clock.now();
            this.progress.show();
        });
        log.info(`${this.ledger.acknowledgedTotal} messages acknowledged by the brokers`);
        await reception.untilBack(() => `receiving (${this.progress.describe()})`, () => this.progress.show());
        log.info(`${this.ledger.consumedTotal} messages received, each compared with what was sent`);
        await reception.commit(group.uncommitted());
        await reception.stop();
        await this.checkGroup(group);
    }
    /** Places the group at the end of the topic, and lets producer and consumer arrive. */
    async start() {
        const { topic, group } = this.options;
        // Far from the machine every question costs a tenth of a second: what need not wait for another one does not.
        const connecting = Promise.all([this.admin.connect(), this.producer.connect()]);
        const connected = this.deadline.race('connecting', connecting);
        const ranges = this.deadline.race('asking for offsets', this.ranges());
        const ends = ranges.then(known => new Map([...known].map(([partition, { end }]) => [partition, end])));
        const placed = { kafka: this.consumerKafka, group, topic: topic.topic };
        const [starts] = await Promise.all([
            ends,
            connected,
            this.deadline.race('asking for the topic', this.watch.begin(ranges)),
            placeGroup(this.context, placed, ends, this.deadline),
        ]);
        for (const [partition, offset] of starts)
            this.ledger.advance(partition, offset);
        const progress = new GroupProgress(starts);
        const reception = this.receive(progress);
        this.reception = reception;
        await reception.start();
        return { reception, group: progress };
    }
    receive(progress) {
        const { topic, group, runId } = this.options;
        const { ledger, deadline, codec, newKafka, context } = this;
        const { clock } = context;
        const onRecord = () => {
            this.lastSignMs = clock.now();
        };
        return new Reception(context, {
            ...{ group, topic: topic.topic, ledger, deadline, newKafka },
            leaders: topic.partitions.map(({ leader }) => leader),
            ranges: () => this.ranges(),
            listener: consumer_joined({ onRecord }, progress, ledgerListener({ ledger, runId, codec, clock })),
        });
    }
    newKafka = () => this.outer.kafka.of(this.options.bootstrapServers);
    ranges() {
        return partitionRanges(this.producerKafka, this.options.topic.topic, this.context);
    }
    /** Checks the group's committed offsets, and that a second consumer goes on from there. */
    async checkGroup(progress) {
        const { topic, group, runId } = this.options;
        const committed = this.readCommitted(progress);
        const { producerKafka, newKafka, codec, context } = this;
        this.handover = await handOver(context, {
            ...{ producerKafka, newKafka, topic, group, runId, codec, committed },
            ranges: () => this.ranges(),
            deadline: new Deadline(Math.min(this.deadline.leftMs, round_trip_PATIENCE_MS.handover), context),
        });
    }
    async readCommitted(progress) {
        const { topic, group } = this.options;
        const asking = committedOffsets(this.admin.admin, group, topic.topic);
        const committed = await this.deadline.race('reading committed offsets', asking);
        this.commitProblems = wrongCommits(committed, progress.bounds());
        return committed;
    }
    /** Removes all that the run made for itself. Each part gives up by itself when a broker does not answer. */
    async cleanUp() {
        const producerGone = this.producer.disconnect();
        const consumerGone = this.reception?.stop();
        // Nobody hears a goodbye then.
        if (this.interruption?.isConnectionLost)
            return;
        await consumerGone;
        await deleteGroup(this.outer, this.admin.admin, this.options.group);
        await Promise.all([producerGone, this.admin.giveBack(!this.interruption)]);
    }
    result() {
        const { longestPause } = this.producer;
        return {
            ...measured(this.ledger, this.options.topic, this.missing),
            durationMs: this.outer.clock.now() - this.startedAtMs,
            longestPause: longestPause && { ...longestPause, atMs: longestPause.atMs - this.startedAtMs },
            ...{ wrongCommits: this.commitProblems, missing: this.missing, handover: this.handover },
            interruption: this.interruption?.reason,
            interruptionCode: this.interruption?.code,
            interruptionHint: this.interruption?.hint,
            stalledMs: this.stalledMs,
        };
    }
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/round-trips.js



/** How long replicas may take to be in sync before a test, and after it. */
const round_trips_PATIENCE_MS = { before: 30_000, after: 5_000 };
/** Faults of the messages themselves, which no other fault explains away. */
const MESSAGE_FAULTS = new Set([
    'messages-lost',
    'messages-corrupted',
    'messages-unread',
    'messages-duplicated',
    'messages-out-of-order',
]);
/** Whether an error says something of the messages that no other fault explains away. */
const isAboutMessages = ({ code }) => MESSAGE_FAULTS.has(code);
/** The topic, once every broker serves and every replica is in sync. */
function topicInSync(context, target) {
    return checkOn(context, target, round_trips_PATIENCE_MS.before);
}
/** The topic, once all is well with it and with every broker. @throws ActionError as `checkCluster` does */
function checkOn(context, { servers, topic }, patienceMs) {
    return checkCluster(context, { bootstrapServers: servers, topic, patienceMs });
}
/** A round trip with two clients of its own. */
function roundTripOn(context, topic, { servers, ...options }) {
    return roundTrip(context, { ...options, bootstrapServers: servers, topic });
}
/**
 * Looks at the brokers once more, then throws the worst fault. A fault of the messages comes first;
 * anything else that went wrong is most likely the brokers' doing.
 */
async function refuseFaults(context, target, fault) {
    // Brokers that cannot be reached are not down.
    if (fault?.code === 'ssh-connection-lost')
        throw fault;
    const clusterFault = await checkOn(context, target, round_trips_PATIENCE_MS.after).then(() => undefined, (error) => error);
    context.signal.throwIfAborted();
    const [first, second] = fault && isAboutMessages(fault) ? [fault, clusterFault] : [clusterFault, fault];
    if (first instanceof build_errors/* ActionError */.lZ && second instanceof Error) {
        const facts = second instanceof build_errors/* ActionError */.lZ ? { ...second.facts, ...first.facts } : first.facts;
        throw first.with({ details: [...first.details, second.message], facts });
    }
    if (first ?? second)
        throw first ?? second;
}
/** A round trip that went well, in a line. */
function describeTrip({ counts, latencyMs, throughput }) {
    const latency = latencyMs ? `, p95 ${latencyMs.p95.toFixed(1)} ms` : '';
    const rate = throughput ? `, ${throughput.toFixed(0)} messages/s` : '';
    return `${counts.consumed} of ${counts.acknowledged} messages came back${latency}${rate}`;
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/drill.js







/** Often enough to see a pause of a tenth of a second. */
const drill_INTERVAL_MS = 20;
const MOST_MESSAGES = 1_000_000;
const FLOW_MS = 1_500;
const OUTAGE_MS = 5_000;
const RECOVERY_PAUSE_MS = 100;
/** Stops a broker that leads a partition of the topic and starts it again, while messages flow. */
function drillStep(options, needs) {
    return {
        name: 'drill',
        title: 'Drill: a broker is restarted while messages flow',
        needs,
        async check(context) {
            const drill = new Drill(options, context);
            try {
                await drill.run();
            }
            finally {
                options.note({ drill: drill.result() });
            }
            await drill.refuseFaults();
            return satisfied(drill.describe());
        },
    };
}
class Drill {
    options;
    context;
    target;
    startedAtMs;
    timeline = [];
    broker = { id: -1, address: '', service: '' };
    inSyncAfterMs;
    traffic;
    constructor(options, context) {
        this.options = options;
        this.context = context;
        this.target = { servers: options.cluster.bootstrapServers, topic: options.config.topic };
        this.startedAtMs = context.clock.now();
    }
    async run() {
        const { config, runId } = this.options;
        const topic = await topicInSync(this.context, this.target);
        this.broker = drill_leaderOf(topic, this.options);
        const place = drill_placeOf(this.broker, this.context, this.options);
        const outage = new Outage(place.host, await drill_containerOf(place), runId);
        const flow = new AbortController();
        const trip = roundTripOn(this.context, topic, {
            ...this.target,
            group: `${config.group}-${runId}-drill`,
            runId: `${runId}/drill`,
            traffic: { messages: MOST_MESSAGES, intervalMs: drill_INTERVAL_MS, stop: flow.signal },
            timeoutMs: config.timeoutMs,
        });
        const ended = trip.then(result => {
            this.traffic = result;
        });
        ended.catch(() => { }); // Awaited below; until then it is nobody's.
        try {
            await this.restart(outage);
        }
        finally {
            flow.abort();
            await ended.catch(() => { });
        }
        await ended;
    }
    async restart(outage) {
        const { clock, signal } = this.context;
        const name = `broker ${this.broker.id} (${this.broker.service})`;
        try {
            await clock.sleep(FLOW_MS, signal);
            this.note('stop-requested', `messages flow; ${name} is told to stop`);
            await outage.begin();
            this.note('stopped', `${name} has stopped`);
            await clock.sleep(OUTAGE_MS, signal);
        }
        finally {
            // Also when the run is cancelled.
            await outage.end();
        }
        this.note('started', `${name} is started`);
        const startedAtMs = clock.now();
        await this.everyReplicaInSync();
        this.inSyncAfterMs = clock.now() - startedAtMs;
        this.note('in-sync', 'every replica is in sync again');
        await clock.sleep(FLOW_MS, signal);
        this.note('ended', 'messages stop');
    }
    async everyReplicaInSync() {
        const { timeoutMs } = this.options.config;
        await retry(this.context, () => checkOn(this.context, this.target, 0), {
            pauseMs: RECOVERY_PAUSE_MS,
            giveUp: ({ error, waitedMs }) => (waitedMs < timeoutMs ? undefined : notRecovered(error)),
        });
    }
    note(kind, event) {
        const atMs = this.context.clock.now() - this.startedAtMs;
        this.timeline.push({ atMs, kind, event });
        this.context.log.info(`${(atMs / 1000).toFixed(1).padStart(5)} s  ${event}`);
    }
    /** @throws ActionError when a message was lost, or the cluster is not as it was */
    async refuseFaults() {
        const fault = this.traffic ? faults_faultOf(this.traffic) : undefined;
        await refuseFaults(this.context, this.target, fault);
    }
    result() {
        const { broker, timeline, traffic, inSyncAfterMs } = this;
        return {
            kind: 'broker-restart',
            broker,
            timeline,
            longestPauseMs: traffic?.longestPause?.durationMs,
            inSyncAfterMs,
            traffic,
        };
    }
    describe() {
        const pause = ((this.traffic?.longestPause?.durationMs ?? 0) / 1000).toFixed(1);
        const inSync = ((this.inSyncAfterMs ?? 0) / 1000).toFixed(1);
        const trip = this.traffic ? describeTrip(this.traffic) : '';
        return `${trip}; longest pause ${pause} s, all replicas in sync ${inSync} s after the start`;
    }
}
function notRecovered(cause) {
    return new build_errors/* ActionError */.lZ('drill-failed', `the cluster did not recover in time: ${(0,build_errors/* reasonOf */.A3)(cause)}`, {
        cause,
        facts: cause instanceof build_errors/* ActionError */.lZ ? cause.facts : {},
    });
}
function drill_leaderOf(topic, { cluster }) {
    const leader = topic.partitions[0]?.leader;
    const broker = topic.brokers.find(({ id }) => id === leader);
    const service = cluster.brokers.find(({ address }) => address === broker?.address)?.service;
    if (broker && service)
        return { ...broker, service };
    throw new build_errors/* ActionError */.lZ('drill-failed', `broker ${leader} at ${broker?.address}, which leads partition 0 of ${topic.topic}, is no service of the compose file`);
}
/** On the one machine that there is, if the broker has none of its own. */
const drill_placeOf = ({ service }, { host }, { brokerPlaces, project }) => brokerPlaces?.get(service) ?? { host, project, service };
async function drill_containerOf({ host, project, service }) {
    const containers = project ? await (0,compose_project/* listContainers */.ts)(host, project) : [];
    const container = containers.find(candidate => candidate.service === service);
    if (container)
        return container.name;
    throw new build_errors/* ActionError */.lZ('drill-failed', `service ${service} has no container on ${host.name}`);
}

// EXTERNAL MODULE: ./node_modules/avsc/lib/index.js
var avsc_lib = __webpack_require__(39369);
;// CONCATENATED MODULE: ./build/kafka/registry/wire-format.js



const FIELDS = [
    { name: 'key', type: 'long' },
    { name: 'message', type: 'string' },
];
/** The guide's message as an Avro schema. */
const MESSAGE_SCHEMA = schemaWith(FIELDS);
/** A reader with this schema can still read messages that were written with the first one. */
const COMPATIBLE_SCHEMA = schemaWith([...FIELDS, { name: 'note', type: 'string', default: '' }]);
/** A reader with this schema cannot: nothing says what `note` is in older messages. */
const INCOMPATIBLE_SCHEMA = schemaWith([...FIELDS, { name: 'note', type: 'string' }]);
/** The wire format's first byte; the schema's id follows in four, the highest first. */
const MAGIC_BYTE = 0;
const PREFIX_BYTES = 5;
/**
 * Registers the schema of the guide's message under a subject of its own, reads it back and lets the registry judge two
 * changes of it.
 *
 * @returns the codec that writes and reads messages with that schema, and what was found
 * @throws ActionError `schema-registry-failed` when the registry does not do what it is there for
 */
async function registerMessageSchema(registry, { url, subject }) {
    const schemaId = await registry.register(subject, MESSAGE_SCHEMA);
    const schema = await registry.schemaById(schemaId);
    const type = parseSchema(schema, schemaId);
    if (type.fingerprint().compare(avsc_lib.Type.forSchema(JSON.parse(MESSAGE_SCHEMA)).fingerprint()) !== 0)
        throw wire_format_failed(`schema ${schemaId} came back as another schema than the one registered: ${schema}`);
    await registry.setCompatibility(subject, 'BACKWARD');
    if (!(await registry.isCompatible(subject, COMPATIBLE_SCHEMA)))
        throw wire_format_failed('a new field with a default was judged incompatible');
    if (await registry.isCompatible(subject, INCOMPATIBLE_SCHEMA))
        throw wire_format_failed('a new field without a default was judged compatible');
    return { codec: wireFormat(type, schemaId), proof: { url, subject, schemaId } };
}
/** Confluent's wire format: a zero byte, the schema's id in four bytes, the message in Avro's binary encoding. */
function wireFormat(type, schemaId) {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt8(MAGIC_BYTE, 0);
    prefix.writeUInt32BE(schemaId, 1);
    return {
        encode: sequence => Buffer.concat([prefix, type.toBuffer(guideMessage(sequence))]),
        isIntact: (sequence, value) => {
            if (!value.subarray(0, PREFIX_BYTES).equals(prefix))
                return false;
            try {
                const { key, message } = type.fromBuffer(value.subarray(PREFIX_BYTES));
                const expected = guideMessage(sequence);
                return key === expected.key && message === expected.message;
            }
            catch {
                return false; // Not this message, nor any other.
            }
        },
    };
}
function parseSchema(schema, schemaId) {
    try {
        return avsc_lib.Type.forSchema(JSON.parse(schema));
    }
    catch (error) {
        throw wire_format_failed(`schema ${schemaId} came back as something that is no Avro schema: ${error}`);
    }
}
function schemaWith(fields) {
    return JSON.stringify({ type: 'record', name: 'Message', namespace: 'kafka_al2023', fields });
}
const wire_format_failed = (message) => new build_errors/* ActionError */.lZ('schema-registry-failed', message);

;// CONCATENATED MODULE: ./build/steps/smoke-test/probe-topic.js









/** Enough for every broker to lead some of them, sent at three moments. */
const TRAFFIC = { messages: 30, batch: 10, intervalMs: 0 };
/**
 * A round trip through a topic of its own, of which every broker leads a partition: the topic of the smoke test may be laid
 * out otherwise. Its messages use the schema registry's wire format where there is a registry. Topic, group and schema are
 * removed again.
 */
function probeTopicStep(options, needs) {
    const { config, cluster, runId, note } = options;
    const name = `kafka-al2023-action-${runId}`;
    const target = { servers: cluster.bootstrapServers, topic: name };
    const url = cluster.schemaRegistryUrl;
    return {
        name: 'probe-topic',
        title: url
            ? "Topic led by every broker, messages in the schema registry's format"
            : 'Topic led by every broker',
        needs,
        check: outer => sharingAdmins(outer, async (context) => {
            const { host, log } = context;
            const registry = url
                ? new RegistryTurn(new SchemaRegistry(host, url, context.kafka.security?.registry), url, `${name}-value`)
                : undefined;
            try {
                if (!registry)
                    log.info('the cluster has no schema registry: plain messages');
                const [codec] = await bothSettled(registry?.register(context, note), makeTopic(context, target));
                const result = await roundTripOn(context, await topicInSync(context, target), {
                    ...target,
                    group: name,
                    runId: `${runId}/probe`,
                    traffic: TRAFFIC,
                    codec,
                    timeoutMs: config.timeoutMs,
                });
                note({ probe: result });
                await refuseFaults(context, target, faults_faultOf(result, TRAFFIC));
                return satisfied(describeTrip(result));
            }
            finally {
                await removeTraces(context, target, registry);
            }
        }),
    };
}
async function makeTopic(context, { servers, topic }) {
    await asAdmin(context, servers, admin => createTopic(admin, topic));
    await untilKnown(context, servers, [topic]);
}
/** What each of them gives, once both have ended: what one of them makes is not left behind when the other fails. */
async function bothSettled(first, second) {
    await Promise.allSettled([first, second]);
    return Promise.all([first, second]);
}
/** The part of the registry in the test. */
class RegistryTurn {
    registry;
    url;
    subject;
    constructor(registry, url, subject) {
        this.registry = registry;
        this.url = url;
        this.subject = subject;
    }
    /** @throws ActionError `schema-registry-failed` */
    async register({ log, signal }, note) {
        const { url, subject } = this;
        try {
            const { codec, proof } = await registerMessageSchema(this.registry, { url, subject });
            note({ schemaRegistry: proof });
            log.info(`schema ${proof.schemaId} registered as ${subject}, read back, a wrong change of it refused`);
            return codec;
        }
        catch (error) {
            signal.throwIfAborted();
            if (error instanceof build_errors/* ActionError */.lZ &&
                ['schema-registry-failed', 'schema-registry-unauthorized', 'ssh-connection-lost'].includes(error.code))
                throw error;
            const reason = (0,build_errors/* reasonOf */.A3)(error);
            throw new build_errors/* ActionError */.lZ('schema-registry-failed', `the schema registry at ${url}: ${reason}`, {
                cause: error,
            });
        }
    }
    async remove() {
        await this.registry.deleteSubject(this.subject);
    }
}
/** Warns of what it could not remove: a test that passed does not fail over it. */
async function removeTraces(context, { servers, topic }, registry) {
    const remove = async (what, removal) => {
        await removal().catch(error => context.log.warning(`${what} could not be removed: ${(0,build_errors/* reasonOf */.A3)(error)}`));
    };
    await Promise.all([
        remove(`topic ${topic}`, () => asAdmin(context, servers, admin => deleteTopic(admin, topic))),
        registry && remove(`schema ${topic}-value`, () => registry.remove()),
    ]);
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/offset-ranges.js
/** Reads `{"PARTITION": [[first, last], …]}`; anything else is left out. */
function parseOffsetRanges(value) {
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return new Map(entries.map(([partition, ranges]) => [
        Number(partition),
        (Array.isArray(ranges) ? ranges.filter(isRange) : []).sort(([a], [b]) => a - b),
    ]));
}
function isRange(value) {
    return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}
/** @returns how many offsets there are */
function countOffsets(ranges) {
    let count = 0;
    for (const list of ranges.values())
        for (const [first, last] of list)
            count += last - first + 1;
    return count;
}
/** The offsets that are in `all` but in none of `others`. */
function* offsetsWithout(all, ...others) {
    for (const [partition, ranges] of all) {
        const taken = others.flatMap(other => other.get(partition) ?? []).toSorted(([a], [b]) => a - b);
        let index = 0;
        for (const [first, last] of ranges) {
            let next = first;
            for (; (taken[index]?.[0] ?? Number.POSITIVE_INFINITY) <= last; index++) {
                const [from, to] = taken[index] ?? [next, next];
                yield* offsetsFrom(partition, next, from);
                next = Math.max(next, to + 1);
                // The rest of the taken range may lie in the next one.
                if (to > last)
                    break;
            }
            yield* offsetsFrom(partition, next, last + 1);
        }
    }
}
function* offsetsFrom(partition, start, end) {
    for (let offset = start; offset < end; offset++)
        yield { partition, offset };
}

;// CONCATENATED MODULE: ./build/kafka/round-trip/script-failures.js


/** Reads `problem` of a script's summary. @returns undefined when there was none */
function parseProblem(value) {
    if (typeof value !== 'object' || value === null)
        return undefined;
    const { name, code, message } = value;
    if (typeof name !== 'string' || typeof message !== 'string')
        return undefined;
    return { name, message, ...(typeof code === 'number' ? { code } : {}) };
}
/** Classes of exceptions that have a code of their own. */
const CODES = {
    UnsupportedCodecError: 'codec-missing',
    SaslAuthenticationFailedError: 'kafka-authentication-failed',
    UnsupportedSaslMechanismError: 'kafka-authentication-failed',
};
/** Names why a script failed: what Kafka refused, what its Python lacks, what ended it, or its last words. */
function scriptFailure(failed) {
    const { script, topic, group, counted, result, problem } = failed;
    const where = `${script} on the machine: ${counted}`;
    const more = { details: (0,build_errors/* lastLines */.w$)(`${result.stdout}\n${result.stderr}`, 15), facts: { script } };
    if (problem) {
        const refusal = refusalOf(topic, problem) ?? groupRefusalOf(group, problem);
        if (refusal)
            return refusal.with({ message: `${where}. ${refusal.message}`, ...more });
        const code = CODES[problem.name] ?? 'host-client-failed';
        return new build_errors/* ActionError */.lZ(code, `${where}: ${problem.message}`, more);
    }
    const { code, reason, hint } = pythonFault(result) ?? script_failures_endOf(result);
    return new build_errors/* ActionError */.lZ(code, `${where}${reason}`, { ...more, ...(hint ? { hint } : {}) });
}
/** The shell's exit codes for a program that cannot be started, or is not there. */
const NOT_STARTED = new Set([126, 127]);
const AFRESH = 'Remove kafka_env in the directory of the project on the machine and run mode deploy: it makes the virtual environment anew.';
/** A virtual environment that does not work: its Python is gone, or a module is. */
function pythonFault({ exitCode, stderr }) {
    const words = lastWords(stderr);
    if (!NOT_STARTED.has(exitCode) && !/^(ModuleNotFoundError|ImportError)\b/.test(words))
        return undefined;
    const reason = words || `its Python cannot be started (exit code ${exitCode})`;
    return { code: 'python-setup-failed', reason: `: ${reason}`, hint: AFRESH };
}
/** A program that a signal ends has the exit code 128 and the signal's number. */
const script_failures_SIGNALS = {
    129: 'SIGHUP',
    130: 'SIGINT',
    137: 'SIGKILL',
    139: 'SIGSEGV',
    143: 'SIGTERM',
};
function script_failures_endOf({ exitCode, stderr }) {
    const code = 'host-client-failed';
    const signal = script_failures_SIGNALS[exitCode];
    if (!signal) {
        const words = lastWords(stderr);
        return { code, reason: `${words === '' ? '' : `: ${words}`} (exit code ${exitCode})` };
    }
    const hint = 'Look at `sudo dmesg | grep -i "killed process"` on the machine: the kernel ends programs when memory runs out. Otherwise somebody there stopped it.';
    return { code, reason: `: it was ended by ${signal}`, hint };
}
const lastWords = (stderr) => (0,build_errors/* lastLines */.w$)(stderr, 1).join('').trim();

;// CONCATENATED MODULE: ./build/kafka/round-trip/host-clients.js






/** The scripts get their deadline as an argument; timeout(1) stops a script that does not keep it. */
const host_clients_GRACE_MS = 15_000;
/** A consumer that had less time than this may have got nothing because of that. */
const host_clients_FAIR_CHANCE_MS = 10_000;
/** The exit code of timeout(1) when it had to stop the command. */
const TIMEOUT_EXIT_CODE = 124;
/**
 * The guide's pair on the machine itself: producer.py, then consumer.py, in the virtual environment. The acknowledged set
 * (partitions and offsets, as the brokers told the producer) is compared with the set that the consumer got.
 *
 * @param search finds out where the acknowledged records are when the consumer did not get them
 */
async function runHostClients(context, options, search) {
    const { messages, messageIntervalMs, group } = options;
    const { clock, log } = context;
    const deadline = clock.now() + options.timeoutMs + messages * messageIntervalMs;
    const interval = ['--interval', `${messageIntervalMs / 1000}`];
    const sending = await runScript(context, options, 'producer.py', interval, deadline);
    const produced = countOf(sending.summary.acknowledged);
    if (sending.result.exitCode !== 0 || produced !== messages) {
        const message = `${produced} of ${messages} messages acknowledged`;
        const counts = deliveryCounts({ ...NOTHING, sent: messages, acknowledged: produced }, produced);
        return { produced, consumed: 0, counts, failure: host_clients_failed(options, sending, message) };
    }
    const hadItsTime = deadline - clock.now() >= host_clients_FAIR_CHANCE_MS;
    const start = startArguments(sending.summary.begins);
    const reading = await runScript(context, options, 'consumer.py', [`--group=${group}`, ...start], deadline);
    const others = countOf(reading.summary.others);
    if (others > 0)
        log.info(`(${others} messages of other runs were passed over)`);
    return host_clients_compare(options, sending, reading, hadItsTime, search);
}
const NOTHING = {
    sent: 0,
    acknowledged: 0,
    consumed: 0,
    duplicated: 0,
    corrupted: 0,
    outOfOrder: 0,
};
async function host_clients_compare(options, { summary: sent }, reading, hadItsTime, search) {
    const { messages, topic } = options;
    const { summary: got, result } = reading;
    const acknowledged = parseOffsetRanges(sent.offsets);
    const whole = parseOffsetRanges(got.offsets);
    const corrupted = parseOffsetRanges(got.corruptedOffsets);
    const produced = countOffsets(acknowledged);
    // Nothing is known of what a consumer would have read that could not go on, or that says nothing.
    const isKnown = 'offsets' in got && parseProblem(got.problem) === undefined;
    const notBack = () => offsetsWithout(acknowledged, whole, corrupted);
    const notBackCount = countItems(notBack());
    const missing = isKnown && notBackCount > 0 ? await search(notBack) : undefined;
    const consumed = produced - countItems(offsetsWithout(acknowledged, whole));
    const counts = deliveryCounts({
        ...{ sent: messages, acknowledged: produced, consumed },
        duplicated: countOf(got.duplicated),
        corrupted: countOf(got.corrupted),
        outOfOrder: countOf(got.outOfOrder),
    }, notBackCount, missing);
    const found = { produced, consumed, counts, missing };
    const received = countOf(got.received);
    const isPerfect = result.exitCode === 0 && received === messages && consumed === messages;
    // The script has failed, not the brokers, when it could not even count.
    const interruption = hadItsTime ? undefined : 'consumer.py had too little time left';
    const fault = isKnown ? deliveryFault({ topic, ...found, interruption }) : undefined;
    if (!fault && isPerfect)
        return found;
    const message = `${received} of ${messages} messages received`;
    const short = interruption === undefined ? message : `${message}: it had too little time left`;
    return { ...found, failure: fault ?? host_clients_failed(options, reading, short) };
}
function countItems(items) {
    let count = 0;
    for (const _ of items)
        count++;
    return count;
}
async function runScript({ host, kafka, clock, log }, options, script, extra, deadline) {
    const { directory, settings = pythonSettings(kafka.security) } = options;
    const leftMs = Math.max(1_000, deadline - clock.now());
    log.info(`python ${script}`);
    const command = {
        argv: [
            `${directory}/kafka_env/bin/python`,
            script,
            ...['--bootstrap-servers', options.bootstrapServers.join(',')],
            // In one word each: a topic or a group may begin with a dash.
            ...[`--topic=${options.topic}`, '--run-id', options.runId],
            ...['--messages', `${options.messages}`, '--timeout', (leftMs / 1000).toFixed(1)],
            ...extra,
            ...(settings === undefined ? [] : ['--settings', '-']),
        ],
        // Never an argument, nor in a file: others on the machine see those.
        ...(settings === undefined ? {} : { stdin: settings }),
        cwd: directory,
        timeoutMs: leftMs + host_clients_GRACE_MS,
        // The summary is its last line.
        mayBeCut: true,
        onLine: line => {
            if (!line.startsWith('{'))
                log.info(`  ${line}`);
        },
    };
    const result = await host.run(command).catch(stopped);
    return { script, result, summary: parseSummary(result.stdout) };
}
/** Makes a failure of a timeout: a consumer that waits for its group may not keep its deadline. */
function stopped(error) {
    if (!(error instanceof build_errors/* ActionError */.lZ && error.code === 'command-timeout'))
        throw error;
    return { exitCode: TIMEOUT_EXIT_CODE, stdout: '', stderr: error.message };
}
const countOf = (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : 0);
/** The scripts' last line. */
function parseSummary(stdout) {
    try {
        const summary = JSON.parse((0,build_errors/* lastLines */.w$)(stdout, 1).join(''));
        return typeof summary === 'object' && summary !== null ? summary : {};
    }
    catch {
        return {};
    }
}
/** The consumer need not read what lies before the run's messages. */
function startArguments(begins) {
    if (typeof begins !== 'object' || begins === null)
        return [];
    const pairs = Object.entries(begins).map(([partition, offset]) => `${partition}:${countOf(offset)}`);
    return pairs.length > 0 ? ['--start', pairs.join(',')] : [];
}
function host_clients_failed({ topic, group }, { script, result, summary }, counted) {
    return scriptFailure({ script, topic, group, counted, result, problem: parseProblem(summary.problem) });
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/smoke-test-host.js







const SEARCH_TIMEOUT_MS = 20_000;
/** The guide's pair, producer.py and consumer.py, on the machine itself. */
function hostClientsStep(options) {
    const { config, directory, cluster, hostAccess, runId, note } = options;
    return {
        name: 'smoke-test-host',
        title: 'Smoke test on the machine: producer.py and consumer.py',
        guide: '4/4.4',
        needs: ['topic', 'virtual-environment', 'clients'],
        async check(context) {
            const { clients, messages, messageIntervalMs, topic, group, timeoutMs } = config;
            const before = await groupOf(options, context);
            if (before && before.members.length > 0)
                context.log.info(`consumer group ${group} has members already: ${before.members.join(', ')}`);
            const clientsRunId = `${runId}/host`;
            const { failure, ...result } = await runHostClients(context, {
                topic,
                group,
                messages,
                messageIntervalMs,
                timeoutMs,
                directory,
                bootstrapServers: hostAccess?.bootstrapServers ?? cluster.bootstrapServers,
                settings: hostAccess?.settings,
                runId: clientsRunId,
            }, missing => searchMissing(context, missing, {
                kafka: context.kafka.of(cluster.bootstrapServers),
                topic,
                runId: clientsRunId,
                group: `${group}-${runId}-host-search`,
                deadline: new Deadline(SEARCH_TIMEOUT_MS, context),
            }));
            if (failure?.code === 'codec-missing' && clients.includes('runner')) {
                context.log.warning(`${failure.message}. The runner's clients read every codec: they go on.`);
                return satisfied(`${result.produced} of ${messages} messages acknowledged; a codec to read them is missing`);
            }
            note({ hostClients: result });
            if (failure)
                throw (await stuckGroup(failure, options, context)) ?? failure;
            return satisfied(`${result.consumed} of ${result.produced} messages came back`);
        },
    };
}
/** A member that is still in the group after the consumer has left either does not answer or keeps partitions to itself. */
async function stuckGroup(failure, options, context) {
    if (!['messages-unread', 'host-client-failed'].includes(failure.code))
        return undefined;
    const { group } = options.config;
    const state = await groupOf(options, context);
    if (!state || state.members.length === 0)
        return undefined;
    return new build_errors/* ActionError */.lZ('consumer-group-stuck', `consumer group ${group} is ${state.state} and has other members: ${state.members.join(', ')}; ${failure.message}`, { details: failure.details, cause: failure });
}
/** @returns undefined when the cluster does not say */
async function groupOf({ config, cluster }, context) {
    const state = asAdmin(context, cluster.bootstrapServers, admin => describeGroup(admin, config.group));
    return state.catch(() => undefined);
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/smoke-test-runner.js




/** A producer and a consumer on the runner, whose connections go through SSH. */
function runnerClientsStep(options, needs) {
    const { config, cluster, runId, note } = options;
    return {
        name: 'smoke-test-runner',
        title: 'Smoke test from the runner, through SSH',
        needs,
        check: outer => sharingAdmins(outer, async (context) => {
            const { messages, messageIntervalMs, group, topic } = config;
            const target = { servers: cluster.bootstrapServers, topic };
            const result = await roundTripOn(context, await topicInSync(context, target), {
                ...target,
                group: `${group}-${runId}`,
                runId: `${runId}/runner`,
                traffic: { messages, intervalMs: messageIntervalMs },
                timeoutMs: config.timeoutMs + messages * messageIntervalMs,
            });
            note({ runnerClients: result });
            await refuseFaults(context, target, faults_faultOf(result, { messages, thresholds: config.thresholds }));
            return satisfied(describeTrip(result));
        }),
    };
}

;// CONCATENATED MODULE: ./build/machine/incidents.js

const NONE = { isMachineRestarted: false, sentences: [], brokers: [] };
/**
 * Compares two looks at a machine. A container that was killed and restarted is found by the time of its start: a moment later
 * nothing else tells of it.
 */
async function incidentsBetween(host, before, after, members) {
    if (before.boot !== after.boot)
        return { ...NONE, isMachineRestarted: true };
    const changed = before.containers.flatMap(container => {
        const now = after.containers.find(({ service }) => service === container.service);
        return isSame(container, now) ? [] : [{ container, now }];
    });
    if (changed.length === 0)
        return NONE;
    const ends = await endsSince(host, before.atS);
    const isBroker = (service) => members.some(m => m.service === service && m.role === 'broker');
    return {
        isMachineRestarted: false,
        sentences: changed.map(({ container, now }) => incidents_inWords(container, now, ends.get(container.id))),
        brokers: changed.map(({ container }) => container.service).filter(isBroker),
    };
}
function isSame(before, now) {
    if (now?.id !== before.id || now.startedAt !== before.startedAt)
        return false;
    return troubleOf(now)?.what === troubleOf(before)?.what;
}
function incidents_inWords(before, now, end) {
    const { service, id, startedAt, restarts } = before;
    if (now === undefined)
        return `${service} was removed`;
    const trouble = troubleOf(now);
    if (now.id !== id)
        return `${service} was replaced by a new container${at(now.createdAt)}${trouble ? `, which ${trouble.what}` : ''}`;
    if (now.startedAt === startedAt)
        return `${service} ${trouble?.what ?? 'is well again'}`;
    const left = end ? endOf({ ...now, ...end }) : at(now.finishedAt).trim() || 'nobody knows when';
    const back = restarts < now.restarts ? 'by its restart policy' : 'by hand';
    return (`${service} went away (${left}) and was started again${at(now.startedAt)} ${back}` +
        (trouble ? `; now it ${trouble.what}` : ''));
}
const at = (time) => (timeOf(time) === '' ? '' : ` at ${timeOf(time)}`);
/** How containers ended of late, by their ids. The engine remembers only some hundred events: it may know nothing any more. */
async function endsSince(host, atS) {
    const filters = ['type=container', 'event=die', 'event=oom'].flatMap(filter => ['--filter', filter]);
    const format = '{{.Action}} {{.Actor.ID}} {{index .Actor.Attributes "exitCode"}}';
    const { stdout } = await host.run({
        argv: ['docker', 'events', '--since', `${atS}`, '--until', '0s', ...filters, '--format', format],
        sudo: true,
        timeoutMs: 10_000,
    });
    const ends = new Map();
    const outOfMemory = new Set();
    for (const line of stdout.split('\n')) {
        const [action, id = '', exitCode] = line.split(' ');
        if (action === 'oom')
            outOfMemory.add(id);
        if (action === 'die')
            ends.set(id, { exitCode: Number(exitCode), isOutOfMemory: outOfMemory.has(id) });
    }
    return ends;
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/witness.js






/** A machine that was restarted needs a while until it lets anyone in. */
const witness_LOOK_TIMEOUT_MS = 60_000;
/** Failures that a broker's end explains: what they say themselves is only its consequence. */
const CONSEQUENCES = [
    'round-trip-failed',
    'host-client-failed',
    'kafka-not-ready',
    'messages-unread',
];
/**
 * Looks at the machine and its containers before the smoke test and after each of its parts, which may run side by side. A broker
 * that was killed and came back, or a machine that was restarted, leaves only failures behind that do not tell of it.
 */
class Witness {
    options;
    first;
    last;
    /** What was warned of: parts side by side see the same. */
    told = new Set();
    constructor(options) {
        this.options = options;
    }
    /** The same step, which tells what befell the machine meanwhile. */
    of(step) {
        return { ...step, check: context => this.during(step, context) };
    }
    async during(step, context) {
        this.first ??= this.look(context);
        const before = this.last ?? (await this.first);
        try {
            const result = await step.check(context);
            this.warn(sentencesOf(await this.incidents(context, before), context), context);
            return result;
        }
        catch (thrown) {
            context.signal.throwIfAborted();
            const error = await withRestartHint((0,build_errors/* toActionError */.ie)(thrown), context, this.options);
            throw witness_explained(error, await this.incidents(context, before), context);
        }
    }
    warn(sentences, { log }) {
        for (const sentence of sentences.filter(each => !this.told.has(each))) {
            this.told.add(sentence);
            log.warning(`during the test ${sentence}`);
        }
    }
    async incidents(context, before) {
        const after = await this.look(context);
        this.last = after;
        if (!before || !after)
            return undefined;
        const { host, clock, signal } = context;
        const found = incidentsBetween(host, before, after, this.options.cluster.members).catch(() => undefined);
        return within(clock, witness_LOOK_TIMEOUT_MS, found, () => undefined, signal);
    }
    /** @returns undefined when the machine does not answer: what failed is told all the same */
    look({ host, clock, signal, log }) {
        const look = lookAt(host, this.options.project).catch(error => {
            log.debug(`the machine cannot be looked at: ${(0,build_errors/* reasonOf */.A3)(error)}`);
            return undefined;
        });
        return within(clock, witness_LOOK_TIMEOUT_MS, look, () => undefined, signal);
    }
}
const restarted = ({ host }) => `${host.name} was restarted`;
function sentencesOf(incidents, context) {
    if (!incidents)
        return [];
    return incidents.isMachineRestarted ? [restarted(context)] : incidents.sentences;
}
function witness_explained(error, incidents, context) {
    const sentences = sentencesOf(incidents, context);
    if (!incidents || sentences.length === 0)
        return error;
    const what = `during the test ${sentences.join('; ')}`;
    const { details, facts } = error;
    // What is proved of the messages stays the verdict, whatever else happened.
    if (isAboutMessages(error) && !CONSEQUENCES.includes(error.code))
        return error.with({ message: `${error.message}; ${what}` });
    if (incidents.isMachineRestarted) {
        return new build_errors/* ActionError */.lZ('ssh-connection-lost', `the connection was lost: ${what} (it runs under a new boot id)`, {
            hint: 'Find out who restarted it, on the machine: last -x reboot | head; journalctl --list-boots. Then run again: finished steps are not repeated.',
            details: [...details, error.message],
            cause: error,
            facts,
        });
    }
    const message = `${what}; ${error.message}`;
    if (incidents.brokers.length === 0 || !CONSEQUENCES.includes(error.code))
        return error.with({ message });
    return new build_errors/* ActionError */.lZ('broker-down', message, {
        hint: `Look why it ended (sudo docker ps --all; sudo docker logs CONTAINER; sudo dmesg for memory), then run again.`,
        details,
        cause: error,
        facts,
    });
}

;// CONCATENATED MODULE: ./build/steps/smoke-test/steps.js






/** So many messages that it is their time which counts, not that of the connections. */
const MANY_MESSAGES = 1_000;
/** The proof: messages through the cluster and back, by each of the clients asked for. */
function smokeTestSteps(options) {
    const { clients, drill } = options.config;
    const isMeasured = isMeasurement(options.config);
    const steps = [];
    const before = () => {
        const last = steps.at(-1);
        return isMeasured && last ? [last.name] : ['topic'];
    };
    const witness = new Witness(options);
    if (clients.includes('host'))
        steps.push(witness.of(hostClientsStep(options)));
    if (clients.includes('runner')) {
        steps.push(witness.of(runnerClientsStep(options, before())));
        steps.push(witness.of(probeTopicStep(options, before())));
    }
    // It stops a broker: that would be a fault in the eyes of the others.
    const others = steps.map(({ name }) => name);
    if (drill === 'broker-restart')
        steps.push(drillStep(options, others));
    const writes = enginePlaces(options.project?.name);
    return steps.map(step => ({
        ...step,
        writes: { ...writes, paths: [...writes.paths, options.directory, '/tmp'] },
    }));
}
/** Whether the clients run one after the other: side by side they would spoil each other's latency and throughput. */
function isMeasurement({ messages, thresholds }) {
    return messages > MANY_MESSAGES || Object.values(thresholds).some(bound => bound !== undefined);
}

;// CONCATENATED MODULE: ./build/workflow-run.js
/** Address of the workflow run that a runner is at, by the variables that it sets; undefined outside of one. */
function workflowRunUrl({ GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, }) {
    if (!GITHUB_REPOSITORY || !GITHUB_RUN_ID)
        return undefined;
    return `${GITHUB_SERVER_URL || 'https://github.com'}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}

;// CONCATENATED MODULE: ./build/machine/environments.js

const DAY_MS = 86_400_000;
/** Not used for so long: most likely its pull request was closed without anybody taking it down. */
const OLD_MS = 7 * DAY_MS;
/** The environments that are noted on the machine, the one that was not used for the longest time first. */
async function listEnvironments(host, records, { hasSudo }) {
    const noted = records.filter(({ environment }) => environment !== undefined);
    if (noted.length === 0)
        return [];
    const running = hasSudo ? await runningContainers(host) : [];
    return noted
        .map(({ environment = '', project, directory, ports, usedAt, run }) => ({
        ...{ environment, project, directory, ports },
        ...(usedAt === undefined ? {} : { usedAt }),
        run,
        containersRunning: running.filter(name => name === project).length,
    }))
        .toSorted((a, b) => (a.usedAt ?? '').localeCompare(b.usedAt ?? ''));
}
/** The project of each container that runs; none when there is no Docker, or when it does not answer. */
async function runningContainers(host) {
    const argv = ['docker', 'ps', '--format', (0,docker_labels/* labelField */.fC)('project')];
    const { stdout } = await host.run({ argv, sudo: true, isLook: true });
    return stdout.split('\n');
}
/** Shows the environments in the log; those that seem to be forgotten become a warning. */
function logEnvironments(log, environments, nowMs) {
    if (environments.length === 0)
        return;
    const age = ({ usedAt }) => (usedAt === undefined ? undefined : nowMs - Date.parse(usedAt));
    log.startGroup(`Environments on the machine: ${environments.length}`);
    for (const each of environments) {
        const { environment, containersRunning, ports, directory, run } = each;
        const made = run === undefined ? '' : `, made by ${run}`;
        log.info(`${environment}: containers running: ${containersRunning}, last used ${agoOf(age(each))}, ports ${ports.join(' ')}, directory ${directory}${made}`);
    }
    log.endGroup();
    const old = environments.filter(each => (age(each) ?? 0) > OLD_MS);
    if (old.length > 0)
        log.warning(`environments that nobody has used for a week: ${old.map(each => `${each.environment} (${agoOf(age(each))})`).join(', ')}. mode down with this environment takes one down; with environment "*" and unused-for: 7d it takes down all of them.`);
}
/** How long ago something was, in words. @param ms none when it is not known */
function agoOf(ms) {
    if (ms === undefined)
        return 'at an unknown time';
    if (ms >= 2 * DAY_MS)
        return `${Math.floor(ms / DAY_MS)} days ago`;
    const hours = Math.floor(ms / 3_600_000);
    if (hours < 1)
        return 'within the last hour';
    return hours === 1 ? '1 hour ago' : `${hours} hours ago`;
}

// EXTERNAL MODULE: ./build/report/report.js
var report_report = __webpack_require__(87177);
;// CONCATENATED MODULE: ./build/modes/results.js





/** The results of the steps, as the report has them. */
function stepsResults({ results, failure }) {
    return {
        steps: results,
        versions: Object.assign({}, ...results.map(({ versions }) => versions)),
        failure: failure && (0,report_report/* failureOf */.g5)(failure.step, failure.error, failure.machine),
    };
}
/** The results of steps that get a cluster ready, with its addresses once it is. */
function clusterResults(outcome, { schemaRegistryUrl, bootstrapServers }) {
    const isReady = outcome.results.some(({ name, status }) => name === 'kafka-ready' && status === 'passed');
    return {
        ...stepsResults(outcome),
        ...(isReady ? { bootstrapServers, schemaRegistryUrl } : {}),
    };
}
/**
 * The containers as they are at the end, and after a failure what they said last.
 * @param project none for a cluster that is known by its addresses alone
 */
async function aftermath({ host, log, clock }, project, { members }, { failure, bootstrapServers }) {
    if (!project) {
        const seen = bootstrapServers
            ? { state: 'up', status: 'answers' }
            : { state: 'unknown', status: '' };
        return { cluster: members.map(member => ({ ...member, ...seen })) };
    }
    const containers = await finalContainers(host, project, clock);
    return {
        project,
        cluster: members.map((member) => ({ ...member, ...stateOf(member.service, containers) })),
        diagnosis: failure && (await diagnose(host, containers, { log, clock })),
    };
}
/** How the container of a service is. */
function stateOf(service, containers) {
    const container = containers.find(other => other.service === service);
    if (!container)
        return { state: containers.length > 0 ? 'down' : 'unknown', status: 'not there' };
    return { state: (0,compose_project/* isRunning */.W_)(container) ? 'up' : 'down', status: container.status };
}
/** Asks the machine for its environments. @returns undefined when it does not answer any more */
function askForEnvironments({ host, machine, clock }) {
    const listed = readRecords(host, machine.home).then(async (noted) => ({
        noted,
        environments: await listEnvironments(host, noted.records, machine),
    }));
    return orElse(clock, listed, undefined);
}
/**
 * The environments on the machine, in the log and for the report; nothing when the machine does not answer any more.
 * @param asked the question, where it was asked before
 * @param areToldBefore whether the log has already what was passed over among the records
 */
async function environmentsOn(connected, { areToldBefore = false, asked = askForEnvironments(connected) } = {}) {
    const { log, startedAt } = connected;
    const found = await asked;
    if (!found)
        return {};
    const { noted, environments } = found;
    if (!areToldBefore)
        warnOfPassedOver(log, noted);
    logEnvironments(log, environments, startedAt.getTime());
    return { environments };
}

;// CONCATENATED MODULE: ./build/modes/run.js




/** A failure that the log shows already. */
class RunFailure extends Error {
    step;
    cause;
    constructor(step, cause) {
        super(cause.message);
        this.step = step;
        this.cause = cause;
    }
}
/** One run on a machine, from its start to its report. */
class Run {
    config;
    dependencies;
    /** The run must end before this time of its clock. */
    deadline;
    /** Aborted, with an ActionError, when the run is cancelled, its time is up, or another run has taken the machine. */
    signal;
    started;
    ending = new AbortController();
    timer;
    known = {};
    /** The time limit counts from here. */
    constructor(config, dependencies) {
        const { timeoutMs } = config;
        this.config = config;
        this.dependencies = dependencies;
        this.started = dependencies.clock.now();
        this.deadline = this.started + timeoutMs;
        this.signal = AbortSignal.any([this.ending.signal, dependencies.cancelled]);
        this.timer = setTimeout(() => this.abort(runTimeout(timeoutMs)), timeoutMs);
    }
    abort(reason) {
        this.ending.abort(reason);
    }
    /** Results that the report has even if the run fails later. */
    note(known) {
        this.known = { ...this.known, ...known };
    }
    /**
     * Ends the run.
     * @param work must give back all that it holds before it ends
     * @returns what was found out, also when the work failed: the failure is part of the report
     */
    async report(work) {
        const results = await work.catch((thrown) => ({ failure: this.failure(thrown) }));
        clearTimeout(this.timer);
        return {
            ...(0,report_report/* emptyReport */._O)(this.config.mode, this.dependencies),
            ...this.known,
            ...results,
            result: results.failure ? 'failed' : 'passed',
            durationMs: this.dependencies.clock.now() - this.started,
        };
    }
    failure(thrown) {
        if (thrown instanceof RunFailure)
            return (0,report_report/* failureOf */.g5)(thrown.step, thrown.cause);
        const error = (0,build_errors/* toActionError */.ie)(this.signal.aborted ? this.signal.reason : thrown);
        logFailure(this.dependencies.log, error);
        return (0,report_report/* failureOf */.g5)('preparation', error);
    }
}
const runTimeout = (timeoutMs) => new build_errors/* ActionError */.lZ('run-timeout', `the run did not end within ${(0,build_clock/* formatDuration */.a)(timeoutMs)}`);

;// CONCATENATED MODULE: ./build/tunnel/env.js
/** What a proxy command and the runner's own clean-up need, and where nobody puts a secret. */
const ALWAYS = new Set([
    ...['PATH', 'HOME', 'USER', 'LANG', 'RUNNER_TRACKING_ID'],
    // On Windows.
    ...['Path', 'SystemRoot', 'ComSpec', 'USERPROFILE', 'TEMP', 'TMP'],
]);
/**
 * The environment of the tunnel: that of the action without its inputs and state, and without any variable that holds a
 * secret, as a job's own `env` may.
 */
function tunnelEnv(env, holdsSecret) {
    const entries = Object.entries(env).filter(([name, value = '']) => ALWAYS.has(name) || (!/^(INPUT|STATE)_/.test(name) && !holdsSecret(value)));
    return Object.fromEntries(entries);
}

;// CONCATENATED MODULE: ./build/tunnel/forwards.js

/** Ports of the brokers' and the registry's own addresses: a client that is told `localhost:19092` dials just that. */
const ON_THE_MACHINE = new Map([
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
    ['::1', '::1'],
]);
/**
 * What a tunnel must carry, so that the same addresses mean the same on the runner.
 * @throws ActionError `input-invalid` for an address that is not on localhost, or when there is none
 */
function forwardsOf({ bootstrapServers, schemaRegistryUrl }) {
    const registry = schemaRegistryUrl === undefined ? [] : [schemaRegistryUrl.replace(/^https?:\/\//, '')];
    const addresses = [...bootstrapServers, ...registry].map(text => text.replace(/\/.*$/s, ''));
    const forwards = addresses.map(text => ({ text, forward: forwardOf(text) }));
    const elsewhere = forwards.filter(({ forward }) => !forward).map(({ text }) => text);
    if (elsewhere.length > 0) {
        throw new build_errors/* ActionError */.lZ('input-invalid', `tunnel: clients are told to connect to ${elsewhere.join(', ')}: only ports of localhost can be kept open on the runner`, {
            hint: 'Let the brokers advertise localhost and a published port of their own each, or leave tunnel out.',
        });
    }
    if (forwards.length === 0)
        throw new build_errors/* ActionError */.lZ('input-invalid', 'tunnel: there is no address to keep open');
    return [...new Map(forwards.flatMap(({ forward }) => (forward ? [[forward.port, forward]] : []))).values()];
}
function forwardOf(address) {
    const match = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(address);
    const onMachine = ON_THE_MACHINE.get(match?.[1]?.toLowerCase() ?? '');
    return match && onMachine ? { port: Number(match[2]), address: onMachine } : undefined;
}

;// CONCATENATED MODULE: ./build/tunnel/process-identity.js

/** @returns undefined when no process with this number is running, or none that may be seen */
function identify(pid) {
    if (!(0,external_node_fs_.existsSync)('/proc/self/stat'))
        return process_identity_isThere(pid) ? { pid, startTime: '' } : undefined;
    let stat;
    try {
        stat = (0,external_node_fs_.readFileSync)(`/proc/${pid}/stat`, 'utf8');
    }
    catch {
        return undefined;
    }
    // The second field, the name in brackets, may hold anything; the third is the state.
    const [state = '', ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const hasEnded = state === 'Z' || state === 'X';
    return hasEnded ? undefined : { pid, startTime: others[18] ?? '' };
}
/** Whether the very process that was identified still runs. */
const isRunning = ({ pid, startTime }) => identify(pid)?.startTime === startTime;
function process_identity_isThere(pid) {
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        return error.code === 'EPERM';
    }
}

;// CONCATENATED MODULE: ./build/tunnel/stop.js


/** How long a tunnel may take to close its ports. */
const stop_PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;
/**
 * Ends the process of a tunnel, unless it is gone: another process with its number is left alone.
 * @returns `was-gone` when it had ended before, `killed` when it had to be forced
 */
async function stopTunnel(tunnel, clock) {
    if (!signalled(tunnel, 'SIGTERM'))
        return 'was-gone';
    if (await isGone(tunnel, clock))
        return 'ended';
    signalled(tunnel, 'SIGKILL');
    await isGone(tunnel, clock);
    return 'killed';
}
function signalled(tunnel, signal) {
    if (!isRunning(tunnel))
        return false;
    try {
        return process.kill(tunnel.pid, signal);
    }
    catch {
        return false; // it ended in between
    }
}
/** Asked also when the job is cancelled: nothing ends this wait early. */
function isGone(tunnel, clock) {
    const waiting = { clock, signal: AbortSignal.any([]) };
    const look = () => !isRunning(tunnel) || undefined;
    return until(waiting, look, { everyMs: LOOK_EVERY_MS, timeoutMs: stop_PATIENCE_MS, late: () => false });
}

;// CONCATENATED MODULE: ./build/tunnel/start.js







/** Longer than the tunnel itself tries. */
const start_ANSWER_MS = 45_000;
/**
 * Starts the tunnel as a process of its own, which stays when this one ends, and waits until it is open.
 * The keys go through a pipe: not into a file, an argument or the environment.
 * @throws ActionError `tunnel-failed`, `tunnel-port-in-use` or one of the `ssh-…` codes; no process is left then
 */
async function startTunnel(order, options) {
    const { log, clock, signal } = options;
    signal.throwIfAborted();
    const child = spawnTunnel(options);
    let state;
    try {
        const identity = child.pid === undefined ? undefined : identify(child.pid);
        if (identity) {
            state = { ...identity, log };
            options.onStarted(state);
        }
        const answered = answerOf(child, log);
        // A process that ended at once is told by its answer.
        child.stdin?.on('error', () => { }).end(JSON.stringify(order));
        await within(clock, start_ANSWER_MS, answered, () => late(log), signal);
    }
    catch (error) {
        if (state)
            await stopTunnel(state, clock);
        throw error;
    }
    finally {
        // From now on the tunnel is on its own.
        child.removeAllListeners().on('error', () => { });
        if (child.connected)
            child.disconnect();
        child.unref();
    }
}
function spawnTunnel({ program, log, env }) {
    const file = openLog(log);
    try {
        return (0,external_node_child_process_.spawn)(process.execPath, [program], {
            detached: true,
            windowsHide: true,
            env,
            stdio: ['pipe', file, file, 'ipc'],
        });
    }
    finally {
        (0,external_node_fs_.closeSync)(file);
    }
}
function answerOf(child, log) {
    return new Promise((resolve, reject) => {
        child.once('message', message => {
            const answer = message;
            if (answer.kind === 'open')
                return resolve();
            reject(new build_errors/* ActionError */.lZ(answer.code, answer.message, { hint: answer.hint, details: logged(log) }));
        });
        child.once('error', cause => reject(new build_errors/* ActionError */.lZ('tunnel-failed', `its process did not start: ${(0,build_errors/* reasonOf */.A3)(cause)}`, { cause })));
        // Not 'exit': the answer may still be on its way then.
        child.once('disconnect', () => {
            const ended = () => {
                const how = child.signalCode ?? `exit code ${child.exitCode}`;
                reject(new build_errors/* ActionError */.lZ('tunnel-failed', `its process ended (${how})`, { details: logged(log) }));
            };
            if (child.exitCode === null && child.signalCode === null)
                child.once('exit', ended);
            else
                ended();
        });
    });
}
function late(log) {
    const message = `it was not open within ${(0,build_clock/* formatDuration */.a)(start_ANSWER_MS)}`;
    throw new build_errors/* ActionError */.lZ('tunnel-failed', message, { details: logged(log) });
}
const logged = (path) => (0,build_errors/* lastLines */.w$)((0,external_node_fs_.readFileSync)(path, 'utf8'));
/** Earlier steps may write where the log goes: a link that one of them left there is not followed. */
function openLog(path) {
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = external_node_fs_.constants;
    try {
        return (0,external_node_fs_.openSync)(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    }
    catch (cause) {
        throw new build_errors/* ActionError */.lZ('tunnel-failed', `the tunnel's log cannot be opened: ${(0,build_errors/* reasonOf */.A3)(cause)}`, {
            cause,
        });
    }
}

;// CONCATENATED MODULE: ./build/tunnel/listen.js


/** What `localhost` may mean to a client. */
const LOOPBACKS = ['127.0.0.1', '::1'];
/**
 * Listens on an address of this computer.
 * @returns undefined where there is no such address, as ::1 without IPv6
 * @throws the system's error, e.g. with code EADDRINUSE
 */
async function listenOn(address, port) {
    // A client that has nothing more to send may still be answered.
    const server = external_node_net_.createServer({ allowHalfOpen: true });
    try {
        server.listen({ host: address, port });
        await (0,external_node_events_.once)(server, 'listening');
        return server;
    }
    catch (error) {
        const isMissing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(listen_codeOf(error));
        if (isMissing)
            return undefined;
        throw error;
    }
}
const isTaken = (error) => listen_codeOf(error) === 'EADDRINUSE';
const listen_codeOf = (error) => error.code ?? '';

;// CONCATENATED MODULE: ./build/tunnel/taken-ports.js




/**
 * Tries whether these ports can be opened on localhost, and leaves them closed.
 * @throws ActionError `tunnel-port-in-use` that names each that cannot
 */
async function taken_ports_refuseTakenPorts(ports) {
    const taken = [];
    for (const port of ports)
        if (await isHeld(port))
            taken.push(port);
    if (taken.length > 0)
        throw taken_ports_portTaken(taken);
}
async function isHeld(port) {
    for (const address of LOOPBACKS) {
        try {
            const server = await listenOn(address, port);
            await new Promise(resolve => (server ? server.close(resolve) : resolve(undefined)));
        }
        catch (error) {
            // Any other reason is told by the tunnel itself.
            if (isTaken(error))
                return true;
        }
    }
    return false;
}
/** The refusal of ports that others listen on, with their names where /proc tells them. */
function taken_ports_portTaken(ports) {
    const each = ports.map(port => `${port} (held by ${holderOf(port) ?? 'another process'})`);
    return new build_errors/* ActionError */.lZ('tunnel-port-in-use', `already taken on the runner: port ${each.join(', port ')}`);
}
function holderOf(port) {
    const sockets = new Set(listening(port).map(inode => `socket:[${inode}]`));
    if (sockets.size === 0)
        return undefined;
    const pid = entries('/proc').find(name => /^\d+$/.test(name) && holdsAny(name, sockets));
    return pid && `${taken_ports_nameOf(pid)}, process ${pid}`;
}
function taken_ports_nameOf(pid) {
    const name = read(`/proc/${pid}/comm`).trim();
    if (name !== 'MainThread')
        return name || 'a program';
    // Node.js calls its first thread so, whatever it runs; the command line tells more.
    return (0,external_node_path_.basename)(read(`/proc/${pid}/cmdline`).split(/[\0 ]/)[0] ?? name);
}
/** As /proc/net/tcp and tcp6 write what stands in the way of localhost: 127.0.0.1, every address, and the same of IPv6. */
const IN_THE_WAY = new Set([
    '0100007F',
    '00000000',
    '00000000000000000000000001000000',
    '00000000000000000000000000000000',
    '0000000000000000FFFF00000100007F',
]);
const taken_ports_LISTEN = '0A';
/** Inodes of the sockets that listen on a port (proc_pid_net(5): /proc/net/tcp). */
function listening(port) {
    const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
    const lines = ['tcp', 'tcp6'].flatMap(table => read(`/proc/net/${table}`).split('\n').slice(1));
    return lines.flatMap(line => {
        const fields = line.trim().split(/\s+/);
        const [, local = '', , state] = fields;
        const [address = '', at] = local.split(':');
        return at === hexadecimal && state === taken_ports_LISTEN && IN_THE_WAY.has(address) ? (fields[9] ?? []) : [];
    });
}
function holdsAny(pid, sockets) {
    return entries(`/proc/${pid}/fd`).some(name => {
        try {
            return sockets.has((0,external_node_fs_.readlinkSync)(`/proc/${pid}/fd/${name}`));
        }
        catch {
            return false; // closed in the meantime
        }
    });
}
/** Nothing for a folder that is not there, or of a process of somebody else. */
function entries(folder) {
    try {
        return (0,external_node_fs_.readdirSync)(folder);
    }
    catch {
        return [];
    }
}
function read(path) {
    try {
        return (0,external_node_fs_.readFileSync)(path, 'utf8');
    }
    catch {
        return '';
    }
}

;// CONCATENATED MODULE: ./build/modes/stage.js



/**
 * Does work that is no step, and shows it in the log: as a group, with a line below that says how it ended.
 * @param line what to say below the group when the work is done
 * @throws ActionError as the work does; the group shows it first
 */
async function stage({ log, clock }, title, work, line) {
    const started = clock.now();
    const took = () => (0,build_clock/* formatDuration */.a)(clock.now() - started);
    log.startGroup(title);
    try {
        const done = await work();
        log.endGroup();
        log.info(`✔ ${title}: ${line(done, took())}`);
        return done;
    }
    catch (thrown) {
        const error = (0,build_errors/* toActionError */.ie)(thrown);
        logFailure(log, error);
        log.endGroup();
        log.info(`✘ ${title}: failed after ${took()}`);
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/modes/tunnel.js











/**
 * Looks, before the machine is touched, for a reason why the tunnel could not be opened after the run.
 * @returns undefined when there is none, or no tunnel is asked for
 */
async function tunnelObstacle({ tunnel, connection }, addresses) {
    if (!tunnel || connection.kind === 'local')
        return undefined;
    try {
        await taken_ports_refuseTakenPorts(forwardsOf(addresses).map(({ port }) => port));
        return undefined;
    }
    catch (error) {
        return (0,build_errors/* toActionError */.ie)(error);
    }
}
/** Throws such an obstacle, for a deployment whose ports are known only on the machine. */
function refuseObstacle(config) {
    return async ({ cluster }) => {
        const obstacle = await tunnelObstacle(config, cluster);
        if (obstacle)
            throw obstacle;
    };
}
/** The command by which the deployment is noted as in use that the tunnel leads to. */
const noteOn = (machine, project) => machine && project && touchOf(recordPath(machine.home, project.name));
/** Where the ports lead: all of them to the one machine, or each to the one that has it. */
function endsOf(report, { connection, machines }) {
    const { machine, project, schemaRegistryUrl } = report;
    const end = (to, addresses, noteUse) => to.kind === 'local' ? [] : [{ target: to.target, forwards: forwardsOf(addresses), noteUse }];
    if (!machines)
        return end(connection, report, noteOn(machine, project));
    return machines.machines.flatMap(listed => {
        const found = report.machines?.find(({ name }) => name === listed.name);
        if (!found?.bootstrapServer)
            return [];
        const addresses = {
            bootstrapServers: [found.bootstrapServer],
            ...(found.hasRegistry ? { schemaRegistryUrl } : {}),
        };
        return end(listed.connection, addresses, noteOn(found.facts, project));
    });
}
/**
 * Opens the tunnel after a run that passed, when one is asked for.
 * @returns its report, with the tunnel in it, or failed
 */
async function openTunnel(report, { tunnel, ...reached }, dependencies) {
    const { log, clock, firstKeys, env, cancelled, tunnelProgram, redact, onTunnel } = dependencies;
    if (!tunnel || report.result !== 'passed')
        return report;
    if (reached.connection.kind === 'local') {
        log.info('No tunnel is needed: the ports are on this runner already.');
        return report;
    }
    const started = clock.now();
    const durationMs = () => report.durationMs + clock.now() - started;
    const path = (0,external_node_path_.join)(env.RUNNER_TEMP || (0,external_node_os_.tmpdir)(), `kafka-al2023-${report.runId}-tunnel.log`);
    const open = async () => {
        const machines = endsOf(report, reached);
        const starter = process.ppid > 1 ? identify(process.ppid) : undefined;
        await startTunnel({ machines, shownKeys: firstKeys.all, starter }, {
            signal: cancelled,
            clock,
            log: path,
            program: tunnelProgram,
            env: tunnelEnv(env, text => redact(text) !== text),
            onStarted: onTunnel,
        });
        log.info(`its log: ${path}`);
        return machines.flatMap(({ forwards }) => forwards.map(({ port }) => `localhost:${port}`));
    };
    try {
        const addresses = await stage(dependencies, 'Tunnel', open, (opened, took) => `${opened.join(', ')} in ${took}, until the end of the job`);
        return { ...report, tunnel: { addresses, log: path }, durationMs: durationMs() };
    }
    catch (error) {
        const failure = (0,report_report/* failureOf */.g5)('tunnel', (0,build_errors/* toActionError */.ie)(error));
        return { ...report, result: 'failed', failure, durationMs: durationMs() };
    }
}

;// CONCATENATED MODULE: ./build/steps/down/others.js



/**
 * Whether a container of the project is the deployment's: of one of its services, or made from its compose files. Anybody may give
 * another compose file the same project name.
 * @param record without its services nothing can be told apart, and all of the project is the deployment's
 */
function isOfDeployment({ service, composeFiles }, record) {
    if (!record?.services || composeFiles.length === 0 || record.services.includes(service))
        return true;
    const own = new Set(record.files.map(file => `${record.directory}/${file}`));
    return composeFiles.some(file => own.has(file));
}
/**
 * `sh -c SCRIPT sh PROJECT DATA`: who uses the project's networks, and with DATA its volumes. A container that has stopped keeps a
 * volume, but no network.
 */
const USERS = `
label="label=com.docker.compose.project=$1"
format='{{.Names}}\t${(0,docker_labels/* labelField */.fC)('project')}\t${(0,docker_labels/* labelField */.fC)('service')}\t${(0,docker_labels/* labelField */.fC)('project.config_files')}'
for name in $(docker network ls --filter "$label" --format '{{.Name}}'); do
  docker ps --filter "network=$name" --format "network\t$name\t$format"
done
[ -n "$2" ] || exit 0
for name in $(docker volume ls --filter "$label" --format '{{.Name}}'); do
  docker ps --all --filter "volume=$name" --format "volume\t$name\t$format"
done`;
/** @throws ActionError `still-in-use` that names the containers of others which what is to be removed is in use by */
async function refuseUsers(host, { project, withData, record }) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, {
        argv: ['sh', '-c', USERS, 'sh', project, withData ? 'data' : ''],
        sudo: true,
        isLook: true,
    });
    const users = (0,docker_labels/* rowsOf */.RO)(stdout).flatMap(([kind, thing, name, owner = '', service = '', files = '']) => {
        const composeFiles = files.split(',').filter(file => file !== '');
        const isOwn = owner === project && isOfDeployment({ service, composeFiles }, record);
        const where = composeFiles.length > 0 && owner === project ? `, made from ${composeFiles.join(', ')}` : '';
        const of = owner === '' ? '' : ` of the Docker Compose project ${owner}${where}`;
        return isOwn
            ? []
            : [{ kind, thing, name: `${name}`, words: `${kind} ${thing} is used by container ${name}${of}` }];
    });
    if (users.length === 0)
        return;
    const ways = users.map(({ kind, thing, name }) => kind === 'network' ? `sudo docker network disconnect ${thing} ${name}` : `sudo docker rm --force ${name}`);
    throw new build_errors/* ActionError */.lZ('still-in-use', users.map(({ words }) => words).join('; '), {
        hint: `Nothing of it was removed. Free it if nobody needs that container so, then run again: ${[...new Set(ways)].join('; ')}`,
    });
}

;// CONCATENATED MODULE: ./build/steps/down/removal.js







/** The names of what was found. */
const removal_namesOf = (found) => found.map(({ name }) => name);
/** Finds everything of a kind by the project's label, and removes it. */
function removalStep({ kind, project, machine, withData, record }) {
    const { name, title, needs, list, remove } = kind;
    const find = async (host) => {
        refuseWithoutSudo(machine);
        const filter = (0,docker_labels/* withLabel */.nH)('project', project);
        const { exitCode, stdout, stderr } = await host.run({
            argv: [...list, ...filter],
            sudo: true,
            isLook: true,
        });
        if (exitCode !== 0)
            throw new build_errors/* ActionError */.lZ('docker-not-running', `Docker does not say which ${name} there are`, {
                details: (0,build_errors/* lastLines */.w$)(stderr, 5),
            });
        return (0,docker_labels/* rowsOf */.RO)(stdout).map(readFound);
    };
    const findOwn = async (host) => (await find(host)).filter(found => isOfDeployment(found, record));
    const warned = new Set();
    const warn = (log, { name: other, service, composeFiles }) => {
        if (warned.has(other))
            return;
        warned.add(other);
        log.warning(`container ${other} (service ${service}) is of the same Docker Compose project ${project}, but was made from ${composeFiles.join(', ')}: it is left as it is`);
    };
    return {
        name,
        title,
        needs,
        async check({ host, log }) {
            if (!machine.hasDocker)
                return satisfied('Docker is not installed');
            const all = await find(host);
            const found = all.filter(each => isOfDeployment(each, record));
            for (const other of all.filter(each => !found.includes(each)))
                warn(log, other);
            if (found.length > 0)
                await refuseUsers(host, { project, withData, record });
            return found.length > 0
                ? notYet(`there: ${removal_namesOf(found).join(', ')}`)
                : satisfied(`project ${project} has none`);
        },
        async apply({ host, log }) {
            const found = await findOwn(host);
            const volumes = name === 'containers' ? await anonymousVolumesOf(host, removal_namesOf(found)) : [];
            for (const argv of remove(found, withData)) {
                log.info(argv.join(' '));
                await (0,must_run/* mustRun */.P)(host, { argv, sudo: true });
            }
            if (!withData)
                await removeEmpty(host, volumes);
        },
    };
}
/** @param cells name, service, `SERVICE:CONDITION:RESTART,…` and compose files, as Compose labels a container */
function readFound([name = '', service = '', needs = '', files = '']) {
    return {
        name,
        service,
        needs: needs.split(',').map(need => need.replace(/:.*$/s, '')),
        composeFiles: files.split(',').filter(file => file !== ''),
    };
}

;// CONCATENATED MODULE: ./build/steps/down/containers.js


/** The project's containers, running or not. */
const CONTAINERS = {
    name: 'containers',
    title: 'Containers removed',
    needs: [],
    list: [
        'docker',
        'ps',
        '--all',
        '--format',
        (0,docker_labels/* columns */.YB)('{{.Names}}', (0,docker_labels/* labelField */.fC)('service'), (0,docker_labels/* labelField */.fC)('depends_on'), (0,docker_labels/* labelField */.fC)('project.config_files')),
    ],
    remove: (found, withData) => withData
        ? [['docker', 'rm', '--force', '--volumes', ...removal_namesOf(found)]]
        : [
            ...stopOrder(found).map((layer) => [
                ...['docker', 'stop', '--time', '30'],
                ...removal_namesOf(layer),
            ]),
            ['docker', 'rm', '--force', ...removal_namesOf(found)],
        ],
};
/**
 * Containers get time to put their data in order when it stays. A container that others need is stopped after them, as
 * Compose does: a broker without its ZooKeeper does not stop.
 */
function stopOrder(found) {
    const layers = [];
    let rest = [...found];
    while (rest.length > 0) {
        const needed = new Set(rest.flatMap(({ needs }) => needs));
        const free = rest.filter(({ service }) => !needed.has(service));
        const layer = free.length > 0 ? free : rest;
        layers.push(layer);
        rest = rest.filter(each => !layer.includes(each));
    }
    return layers;
}

;// CONCATENATED MODULE: ./build/steps/down/deployment-record.js




/** `sh -c REMOVE sh HOME PATH` */
const deployment_record_REMOVE = `${ENTER}
enter "$1" "\${2%/*}" && rm -f -- "./\${2##*/}"`;
/** Takes the note away again, once nothing of the deployment is left. */
function recordRemovalStep(home, project, needs) {
    const path = recordPath(home, project);
    return {
        name: 'deployment-record',
        title: 'Deployment no longer noted on the machine',
        needs,
        async check({ host }) {
            const { exitCode } = await host.run({ argv: ['test', '-e', path, '-o', '-L', path] });
            return exitCode === 0 ? notYet(`${path} is there`) : satisfied('it is not there');
        },
        async apply({ host, log }) {
            log.info(`rm ${path}`);
            const places = [...foldersTo(path), { path, use: 'replace' }];
            await mustRunIn(host, places, { argv: ['sh', '-c', deployment_record_REMOVE, 'sh', home, path] }, [GONE]);
        },
    };
}

;// CONCATENATED MODULE: ./build/steps/down/directory.js



/** `sh -c LIST sh HOME DIRECTORY FILE…`: prints those of the files that are there. */
const directory_LIST = `${ENTER}
enter "$1" "$2" || exit $?
shift 2
ls -d -- "$@" 2>/dev/null
:`;
/**
 * `sh -c REMOVE sh HOME DIRECTORY FILE…`: each file is removed from within the folder that holds it, which was entered through no
 * link; folders that held only these files go with them. It goes on after a file that cannot be removed.
 */
const directory_REMOVE = `${ENTER}
enter "$1" "$2" || exit $?
here=$(pwd -P) home=$1 directory=$2 code=0
shift 2
within() {
  case $1 in */*) enter "$here" "$here/\${1%/*}" || return ;; esac
  "$2" "$1"
}
remove() { rm -rf --one-file-system -- "./\${1##*/}"; }
tidy() { rmdir -- "./\${1##*/}" 2>/dev/null; }
for file; do
  (within "$file" remove)
  case $? in 0 | ${GONE}) ;; ${LINK}) exit ${LINK} ;; *) code=1 ;; esac
done
for file; do
  while case $file in */*) ;; *) false ;; esac; do
    file=\${file%/*}
    (within "$file" tidy) || break
  done
done
enter "$home" "\${directory%/*}" && rmdir -- "./\${directory##*/}" 2>/dev/null
exit $code`;
/**
 * Removes the files that the deployment put there. The files of others stay, and the directory with them.
 * @param home the user's home folder on the machine, in which the directory lies
 */
function directoryRemovalStep(home, { directory, files }) {
    return {
        name: 'directory',
        title: `Directory ${directory} removed`,
        needs: ['containers'],
        async check({ host }) {
            const argv = ['sh', '-c', directory_LIST, 'sh', home, directory, ...files];
            const found = await (0,must_run/* mustRun */.P)(host, { argv }, [GONE, LINK]);
            refuseLink(found);
            const names = found.stdout.split('\n').filter(line => line !== '');
            if (names.length > 0)
                return notYet(`there: ${names.join(', ')}`);
            const others = await host.run({ argv: ['ls', '-A', '--', directory] });
            if (others.exitCode !== 0)
                return satisfied('it is not there');
            const kept = others.stdout.split('\n').filter(line => line !== '');
            return satisfied(`it stays, for what no deployment put there: ${kept.join(', ') || 'nothing'}`);
        },
        async apply({ host, log }) {
            log.info(`remove from ${directory}: ${files.join(', ')}`);
            const argv = ['sh', '-c', directory_REMOVE, 'sh', home, directory, ...files];
            const removed = await host.run({ argv });
            refuseLink(removed);
            // A root shell may have left files in the virtual environment: what the user cannot remove, root does.
            if (removed.exitCode !== 0)
                refuseLink(await (0,must_run/* mustRun */.P)(host, { argv, sudo: true }, [GONE, LINK]));
        },
    };
}

;// CONCATENATED MODULE: ./build/steps/down/networks.js

/** The project's networks. */
const NETWORKS = {
    name: 'networks',
    title: 'Networks removed',
    needs: ['containers'],
    list: ['docker', 'network', 'ls', '--format', '{{.Name}}'],
    remove: found => [['docker', 'network', 'rm', ...removal_namesOf(found)]],
};

;// CONCATENATED MODULE: ./build/steps/down/volumes.js

/** The project's volumes, and so its data. */
const VOLUMES = {
    name: 'volumes',
    title: 'Volumes removed',
    needs: ['containers'],
    list: ['docker', 'volume', 'ls', '--format', '{{.Name}}'],
    remove: found => [['docker', 'volume', 'rm', '--force', ...removal_namesOf(found)]],
};

;// CONCATENATED MODULE: ./build/steps/down/steps.js








/**
 * Removes what a deployment made, by the labels that Docker Compose gives to all that it makes: neither Compose nor the compose
 * file needs to be there any more. Docker, Compose and the images stay.
 */
function downSteps({ project, machine, volumes, record }) {
    const all = (kind) => removalStep({ kind, project, machine, withData: volumes, record });
    return [
        all(CONTAINERS),
        withGuard(all(NETWORKS), project, machine),
        ...(volumes
            ? [
                all(VOLUMES),
                ...(record ? [directoryRemovalStep(machine.home, record)] : []),
                // The record goes last: it says what is left.
                recordRemovalStep(machine.home, project, [
                    ...['networks', 'volumes'],
                    ...(record ? ['directory'] : []),
                ]),
            ]
            : []),
    ];
}
/** The rules that keep neighbours out go with the networks, also when these went by hand. */
function withGuard(step, project, { hasDocker }) {
    return {
        ...step,
        async check(context) {
            const result = await step.check(context);
            if (!result.satisfied || !hasDocker || !(await isOpenToNeighbours(context.host, project)))
                return result;
            return notYet('rules of the packet filter are left of them');
        },
        async apply(context) {
            await step.apply?.(context);
            await takeGuardBack(context.host, project);
        },
    };
}

;// CONCATENATED MODULE: ./build/host/run-commands.js




const COMMAND_TIMEOUT_MS = 10_000;
/**
 * `sh -c SCRIPT sh RUN LOOKS`: tells the commands of a run to stop, and looks up to LOOKS times, every 0.2 s, whether they
 * have; 0 looks only lists them. Prints `stopped=COMMAND` and `running=COMMAND`.
 *
 * A process is told when none of the run's stands above it: a command gets SIGTERM, and may end its children as it sees fit
 * (yum ends its transaction first); what it leaves behind gets it afterwards. Nothing is killed: timeout(1), which is
 * passed over here, still sees to the command's limit.
 */
const run_commands_SCRIPT = `
looks=$2 look=0 quiet=0 told=' '
words() { tr '\\0\\n' '  ' <"/proc/$1/cmdline" 2>/dev/null; }
while :; do
  all=' '
  for file in $(grep -lzxFe "${RUN_VARIABLE}=$1" /proc/[0-9]*/environ 2>/dev/null); do
    process=\${file#/proc/}
    process=\${process%/environ}
    [ "$(cat "/proc/$process/comm" 2>/dev/null)" = timeout ] || all="$all$process "
  done
  [ "$look" -lt "$looks" ] && [ "$quiet" -lt 3 ] || break
  for process in $all; do
    read -r line 2>/dev/null <"/proc/$process/stat" || continue
    set -- "$1" \${line##*) }
    case "$told" in *" $process "*) continue ;; esac
    case "$all" in *" $3 "*) continue ;; esac
    echo "stopped=$(words "$process")"
    kill -TERM "$process" 2>/dev/null
    told="$told$process "
  done
  if [ "$all" = ' ' ]; then quiet=$((quiet + 1)); else quiet=0; fi
  look=$((look + 1))
  sleep 0.2
done
for process in $all; do echo "running=$(words "$process")"; done
`;
/** As root where that is possible: only root sees, and may stop, what runs as root. */
const AS_ROOT_IF_POSSIBLE = 'if /usr/bin/sudo -n /bin/sh -c : 2>/dev/null; then exec /usr/bin/sudo -n -- /bin/sh -c "$@"; else exec sh -c "$@"; fi';
/** Together three seconds. */
const LOOKS = 12;
/** A machine that does not answer must not take the time that a cancelled run has for its outputs. */
const STOP_TIMEOUT_MS = 4_500;
/**
 * Stops what a run has running on the machine, of a run that was cancelled or whose time is up. Throws nothing.
 * @param runId whose commands; no others are touched
 */
async function stopCommands(host, runId, log) {
    try {
        const output = await onMachine(host, runId, LOOKS);
        for (const command of run_commands_listed(output, 'stopped'))
            log.info(`stopped on the machine: ${command}`);
        for (const command of run_commands_listed(output, 'running'))
            log.info(`still running on the machine, was told to stop: ${command}`);
    }
    catch (error) {
        log.info(`what runs on the machine could not be stopped: ${(0,build_errors/* reasonOf */.A3)(error)}; it ends at its time limit`);
    }
}
/** @returns the commands of a run that is over which still run on the machine */
async function leftoversOf(host, runId) {
    return run_commands_listed(await onMachine(host, runId, 0), 'running');
}
/** Stops the commands of a run as soon as it is aborted. @returns waits until that is done; to be called at its end */
function stopCommandsOnAbort(host, { runId, log, clock, signal }) {
    let stopping;
    const stop = () => {
        const late = () => log.info('the machine does not answer: what runs there ends at its time limit');
        stopping = within(clock, STOP_TIMEOUT_MS, stopCommands(host, runId, log), late);
    };
    if (signal.aborted)
        stop();
    else
        signal.addEventListener('abort', stop, { once: true });
    return async () => {
        signal.removeEventListener('abort', stop);
        await stopping;
    };
}
async function onMachine(host, runId, looks) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, {
        argv: ['sh', '-c', AS_ROOT_IF_POSSIBLE, 'sh', run_commands_SCRIPT, 'sh', runId, `${looks}`],
        timeoutMs: COMMAND_TIMEOUT_MS,
        isUndo: true,
    });
    return stdout;
}
function run_commands_listed(output, kind) {
    const lines = output.split('\n').filter(line => line.startsWith(`${kind}=`));
    return lines.map(line => {
        const text = line
            .slice(kind.length + 1)
            .replaceAll(/\s+/g, ' ')
            .trim();
        return text.length > 120 ? `${text.slice(0, 117)}…` : text;
    });
}

;// CONCATENATED MODULE: ./build/host/ssh/ssh-command.js


/**
 * The command by which a person gets to the machine. A proxy command may hold what is nobody's business: a word stands for it.
 * @returns undefined where the machine is the runner itself
 */
function sshCommand(connection) {
    if (connection.kind === 'local')
        return undefined;
    const { target } = connection;
    const { via } = target;
    return (0,quote/* quote */.h)([
        'ssh',
        ...(via?.kind === 'jump-host' ? ['-J', nameOf(via.target)] : []),
        ...(via?.kind === 'proxy-command' ? ['-o', 'ProxyCommand=PROXY_COMMAND'] : []),
        ...(target.port === 22 ? [] : ['-p', `${target.port}`]),
        `${target.username}@${target.host}`,
    ]);
}

;// CONCATENATED MODULE: ./build/machine/lock/holder.js


/** What a run says of itself, from the variables that a runner sets. */
function entryOf(env, { token, mode, timeoutMs, computer }) {
    const { GITHUB_RUN_ID, GITHUB_WORKFLOW, GITHUB_JOB, RUNNER_NAME } = env;
    const address = workflowRunUrl(env);
    const names = [GITHUB_WORKFLOW && `workflow ${GITHUB_WORKFLOW}`, GITHUB_JOB && `job ${GITHUB_JOB}`].filter(Boolean);
    const more = names.length > 0 ? ` (${names.join(', ')})` : '';
    return {
        token,
        mode,
        who: plain(`${address ?? `a run on ${computer}`}${more}`),
        limitS: Math.ceil(timeoutMs / 1000),
        // Of a matrix several jobs have one name; each is on a runner of its own.
        job: address && GITHUB_JOB ? plain([GITHUB_RUN_ID, GITHUB_JOB, RUNNER_NAME ?? ''].join('/')) : '',
    };
}
/** The lines of the record that only people read. */
const aboutOf = ({ who, mode, limitS }) => `who=${who}\nmode=${mode}\nlimit=${limitS}`;
/** As the script writes times. */
const holder_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
/** @returns 0 for what is no number of seconds */
const seconds = (text) => (/^\d{1,10}$/.test(text) ? Number(text) : 0);
/** Reads what the script printed. A record that was cut off or written by hand is read as far as it goes. */
function parseLock(output) {
    const fields = new Map(output.split('\n').map(line => {
        const index = line.indexOf('=');
        return [line.slice(0, index), plain(line.slice(index + 1))];
    }));
    const field = (name) => fields.get(name) ?? '';
    const holder = {
        token: field('token'),
        who: field('who') || 'a run that did not say who it is',
        mode: field('mode') || 'unknown',
        since: holder_TIME.test(field('since')) ? field('since') : 'an unknown time',
        limitS: seconds(field('limit')),
        silentS: seconds(field('age')),
    };
    return { state: field('state'), holder };
}
/** Who has the machine, in words. */
function describeHolder({ who, mode, since, limitS }) {
    const limit = limitS > 0 ? `, it ends ${(0,build_clock/* formatDuration */.a)(limitS * 1000)} after that at the latest` : '';
    return `${who}, mode ${mode}, since ${since}${limit}`;
}
/** One line without control characters: it goes into a file of lines, and into logs. */
const plain = (text) => text
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 300)
    .trim();

;// CONCATENATED MODULE: ./build/machine/lock/lock-script.js

/** The longest record that is read, in bytes. */
const LONGEST = 4_096;
/**
 * The lock of a machine: `sh -c SCRIPT sh OPERATION TOKEN ABOUT JOB GONE_S SILENT_S`. Prints `state=…`, for a holder that is told
 * `age=…`, and then the holder's record as it was before.
 *
 * - `take`: `free` (taken), `kept` (was ours already), `dead` (taken over from a holder that is no more) or `held`
 * - `keep`: `kept`, or `held` when somebody else has it
 * - `release`: `free`, or `held` when it is not ours
 * - `look`: `free`, `dead` or `held`; writes nothing
 *
 * The record is only written under flock(1) and in one move, and the machine's own monotonic clock tells its age. The process that
 * stands for a run's connection (sshd's session, or the runner's node) is the first one above the command that is no shell. With
 * its start (proc(5), stat, field 22) it is not taken for a later process of the same number.
 *
 * What is in the lock's folder may be somebody else's: no link is followed, and a record is read as far as it makes sense. A sign of
 * life from the future is none. Ends with 65 and `link=PATH` when there is a link.
 */
const LOCK_SCRIPT = `
trap '' TERM
operation=$1 token=$2 about=$3 job=$4 gone=$5 silent=$6
folder=$HOME/.kafka-al2023/lock
holder=./holder
umask 077
${MAKE_AND_ENTER}
record() { head -c ${LONGEST} -- "$holder" 2>/dev/null; }
field() { record | sed -n "s/^$1=//p" | head -n 1; }
number() { case $1 in '' | *[!0-9]* | ????????????????*) echo 0 ;; *) echo "$1" ;; esac; }
stat_of() {
  read -r line 2>/dev/null <"/proc/$1/stat" || return 1
  set -- $(($2 - 2)) \${line##*) }
  shift "$1"
  echo "$1"
}
connection() {
  process=$PPID
  while [ "$process" -gt 1 ]; do
    case $(cat "/proc/$process/comm") in timeout | env | *sh) ;; *) break ;; esac
    process=$(stat_of "$process" 4)
  done
  echo "$process"
}
age() {
  refreshed=$(number "$(field refreshed)")
  [ "$refreshed" -le "$now" ] || refreshed=0
  if [ "$(field boot)" = "$boot" ]; then echo $((now - refreshed)); else echo "$now"; fi
}
is_dead() {
  age=$(age)
  [ "$age" -le "$silent" ] || return 0
  start=$(field start)
  [ -z "$start" ] || [ "$(stat_of "$(number "$(field process)")" 22)" != "$start" ] || return 1
  [ "$age" -gt "$gone" ] || { [ -n "$job" ] && [ "$job" = "$(field job)" ]; }
}
write() {
  process=$(connection)
  rm -f -- "$holder.new"
  set -C
  {
    printf '%s\\n' "token=$token" "since=$1" "boot=$boot" "refreshed=$now" "process=$process"
    printf '%s\\n' "start=$(stat_of "$process" 22)" "job=$job" "$about"
  } >"$holder.new" && mv -fT -- "$holder.new" "$holder" || exit 1
}
tell() {
  echo "state=$1"
  [ ! -e "$holder" ] || { echo "age=$(age)" && record; }
}

command -v flock >/dev/null || { echo "state=unsupported"; exit; }
now=$(cut -d. -f1 /proc/uptime)
boot=$(cat /proc/sys/kernel/random/boot_id)
[ "$operation" != look ] || [ -d "$folder" ] || { echo "state=free"; exit; }
enter "$HOME" "$folder" || exit $?
for file in guard holder holder.new; do
  [ ! -L "./$file" ] || { echo "link=$folder/$file"; exit ${LINK}; }
  [ ! -e "./$file" ] || [ -f "./$file" ] || { echo "$folder/$file is no file" >&2; exit 1; }
done
if [ "$operation" != look ]; then
  chmod go-w . && exec 9<>./guard && flock -w 10 9 || exit 1
fi
if [ ! -e "$holder" ]; then
  tell free
  case $operation in take | keep) write "$(date -u +%Y-%m-%dT%H:%M:%SZ)" ;; esac
elif [ "$(field token)" = "$token" ]; then
  if [ "$operation" = release ]; then
    tell free
    rm -f -- "$holder" "$holder.new"
  else
    tell kept
    write "$(field since)"
  fi
elif [ "$operation" = keep ] || [ "$operation" = release ] || ! is_dead; then
  tell held
else
  tell dead
  [ "$operation" = look ] || write "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
fi
`;

;// CONCATENATED MODULE: ./build/machine/lock/machine-lock.js









const REFRESH_MS = 5_000;
/** A holder without a connection is dead when it did not come back for so long. */
const GONE_S = 10;
/** A holder that said nothing for so long is dead, whatever its connection. */
const SILENT_S = 60;
const machine_lock_POLL_MS = 2_000;
const REMINDER_MS = 30_000;
const machine_lock_COMMAND_TIMEOUT_MS = 15_000;
/** Commands that a dead run left behind disturb the next one. It waits this long for them to end. */
const LEFTOVER_PATIENCE_MS = 60_000;
/** One run at a time on a machine. */
class MachineLock {
    options;
    entry;
    released = new AbortController();
    keeping = Promise.resolve();
    constructor(options) {
        const { env, runId: token, mode, timeoutMs } = options;
        this.options = options;
        this.entry = entryOf(env, { token, mode, timeoutMs, computer: (0,external_node_os_.hostname)() });
    }
    /**
     * Waits until no other run works on the machine, and keeps others out until `release`.
     * @param lose called when another run has taken the lock nevertheless: then this one must stop
     * @throws ActionError `machine-locked` when the other one does not end within `lockTimeoutMs`; `folder-unusable` when the
     *   lock cannot be written
     */
    static async take(options, lose) {
        const lock = new MachineLock(options);
        await lock.wait();
        lock.keeping = lock.keep(lose).catch(() => { }); // It ends by being released.
        return lock;
    }
    /** Who has the lock of the machine; nothing is changed. */
    static async holder(options) {
        const { state, holder } = await new MachineLock(options).ask('look');
        return state === 'held' ? holder : undefined;
    }
    /** Lets others in. A lock that cannot be given back is found dead by the next run. */
    async release() {
        this.released.abort();
        // A sign of life that arrives later would take the lock again.
        await this.keeping;
        await releaseLock(this.options.host, this.entry.token, this.options.log);
    }
    async wait() {
        const { clock, log, lockTimeoutMs } = this.options;
        const startedAtMs = clock.now();
        let remindAtMs = startedAtMs;
        const remind = (holder, waitedMs) => {
            if (clock.now() < remindAtMs)
                return;
            const waited = `${(0,build_clock/* formatDuration */.a)(waitedMs)} of ${(0,build_clock/* formatDuration */.a)(lockTimeoutMs)}`;
            log.info(`the machine is in use by ${describeHolder(holder)}; waiting (${waited})`);
            remindAtMs = clock.now() + REMINDER_MS;
        };
        let refusal;
        const { state, holder } = await until(this.options, async () => {
            const lock = await this.ask('take');
            if (lock.state !== 'held')
                return lock;
            const waitedMs = clock.now() - startedAtMs;
            refusal = machineLocked(lock.holder, waitedMs);
            if (waitedMs < lockTimeoutMs)
                remind(lock.holder, waitedMs);
            return undefined;
        }, {
            everyMs: machine_lock_POLL_MS,
            timeoutMs: lockTimeoutMs,
            late: () => {
                throw refusal;
            },
        });
        if (state === 'unsupported')
            log.info('the machine has no flock: other runs are not kept out');
        if (state === 'dead')
            await this.takeOver(holder);
    }
    /** After a run that is dead: what it started may still be at work. */
    async takeOver(dead) {
        const { host, log } = this.options;
        log.info(`the lock is taken over from ${describeHolder(dead)}: it ended without giving it back, its last sign of life was ${dead.silentS} s ago`);
        let running = '';
        await until(this.options, async () => {
            const commands = await leftoversOf(host, dead.token);
            if (commands.length === 0)
                return true;
            if (running === '')
                log.info(`what it started still runs, waiting: ${commands.join('; ')}`);
            running = commands.join('; ');
            return undefined;
        }, {
            everyMs: machine_lock_POLL_MS,
            timeoutMs: LEFTOVER_PATIENCE_MS,
            late: () => {
                log.warning(`what it started still runs, and may disturb this run: ${running}`);
                return true;
            },
        });
    }
    /** A sign of life every five seconds. A sign that does not get through is no reason to fail. */
    async keep(lose) {
        const { clock, log, signal } = this.options;
        const ends = AbortSignal.any([signal, this.released.signal]);
        for (;;) {
            await clock.sleep(REFRESH_MS, ends);
            try {
                const { state, holder } = await this.ask('keep');
                if (state === 'held' && !ends.aborted)
                    return lose(lockLost(holder));
            }
            catch (error) {
                log.debug(`the lock could not be refreshed: ${(0,build_errors/* reasonOf */.A3)(error)}`);
            }
        }
    }
    async ask(operation) {
        const { token, job } = this.entry;
        const words = [operation, token, aboutOf(this.entry), job, `${GONE_S}`, `${SILENT_S}`];
        const { host, home } = this.options;
        const { stdout } = await mustRunIn(host, placesOf(home), {
            argv: ['sh', '-c', LOCK_SCRIPT, 'sh', ...words],
            timeoutMs: machine_lock_COMMAND_TIMEOUT_MS,
            isUrgent: operation === 'keep',
        });
        return parseLock(stdout);
    }
}
/**
 * Gives back the lock of a run, if it has it. Runs in a cancelled run, too, and throws nothing.
 * @returns whether the run had the lock
 */
async function releaseLock(host, runId, log) {
    const words = ['release', runId, '', '', `${GONE_S}`, `${SILENT_S}`];
    try {
        const { stdout } = await (0,must_run/* mustRun */.P)(host, {
            argv: ['sh', '-c', LOCK_SCRIPT, 'sh', ...words],
            timeoutMs: machine_lock_COMMAND_TIMEOUT_MS,
            isUndo: true,
        });
        const { state, holder } = parseLock(stdout);
        return state === 'free' && holder.token === runId;
    }
    catch (error) {
        log.info(`the lock of the machine could not be given back: ${(0,build_errors/* reasonOf */.A3)(error)}; the next run finds it dead`);
        return false;
    }
}
/** What the lock is kept in. */
function placesOf(home) {
    const folder = `${home}/.kafka-al2023/lock`;
    return [
        ...foldersTo(`${folder}/`),
        { path: `${folder}/guard`, use: 'write' },
        { path: `${folder}/holder`, use: 'replace' },
        { path: `${folder}/holder.new`, use: 'write' },
    ];
}
function machineLocked(holder, waitedMs) {
    const waited = waitedMs < 1_000 ? '' : ` after waiting for ${(0,build_clock/* formatDuration */.a)(waitedMs)}`;
    return new build_errors/* ActionError */.lZ('machine-locked', `the machine is still in use${waited} by ${describeHolder(holder)}`);
}
const lockLost = (holder) => new build_errors/* ActionError */.lZ('lock-lost', `another run has taken the machine, because this one gave no sign of life: ${describeHolder(holder)}`);

;// CONCATENATED MODULE: ./build/machine/troubles/docker-watch.js




/** Most commands of Docker are over by then. */
const FIRST_LOOK_MS = 5_000;
const NEXT_LOOK_MS = 15_000;
/** A busy machine may take seconds for an answer. */
const PROBE_MS = 10_000;
/** Of an engine that was found hung already. */
const SECOND_PROBE_MS = 3_000;
/**
 * A machine whose Docker Engine is watched: a command that needs the engine fails within seconds when the engine hangs, instead of
 * waiting for its own limit, which is minutes.
 */
class DockerWatch {
    name;
    host;
    options;
    probing;
    isHung = false;
    hasLeftCommands = false;
    constructor(host, options) {
        this.name = host.name;
        this.host = host;
        this.options = options;
    }
    /** @throws ActionError as the host does, and `docker-not-running` when the engine hangs */
    async run(command) {
        if (command.isUndo || !needsEngine(command))
            return this.host.run(command);
        if (this.isHung)
            await this.refuseHung(SECOND_PROBE_MS);
        const ended = new AbortController();
        const running = this.host.run(command);
        const watching = this.watch(ended.signal);
        try {
            return await Promise.race([running, watching]);
        }
        finally {
            ended.abort();
            running.catch(() => { });
            watching.catch(() => { });
        }
    }
    dial(address, port) {
        return this.host.dial(address, port);
    }
    async close() {
        const { runId, log } = this.options;
        if (this.hasLeftCommands)
            await stopCommands(this.host, runId, log);
        await this.host.close();
    }
    /** Ends by being aborted, or by an engine that hangs. */
    async watch(ended) {
        for (let pauseMs = FIRST_LOOK_MS;; pauseMs = NEXT_LOOK_MS) {
            await this.options.clock.sleep(pauseMs, ended);
            await this.refuseHung(PROBE_MS);
        }
    }
    async refuseHung(limitMs) {
        this.probing ??= this.probe(limitMs).finally(() => {
            this.probing = undefined;
        });
        const error = await this.probing;
        this.isHung = error !== undefined;
        if (!error)
            return;
        this.hasLeftCommands = true;
        throw error;
    }
    /** @returns the error of an engine that hangs; one that is not there, or not reached, answers soon enough by itself */
    async probe(limitMs) {
        if (await this.answers(limitMs))
            return undefined;
        const state = await engineState(this.host);
        const isBeyondDoubt = this.isHung || isStopped(state.docker) || isStopped(state.containerd);
        if (isBeyondDoubt)
            return engineHung(state, limitMs / 1000);
        return (await this.answers(limitMs)) ? undefined : engineHung(state, (2 * limitMs) / 1000);
    }
    async answers(limitMs) {
        try {
            const argv = ['docker', 'version', '--format', '{{.Server.Version}}'];
            await this.host.run({ argv, sudo: true, timeoutMs: limitMs });
            return true;
        }
        catch (error) {
            return !(error instanceof build_errors/* ActionError */.lZ && error.code === 'command-timeout');
        }
    }
}
function needsEngine({ argv: [program, ...args], needsEngine: isSaid = false }) {
    return (isSaid ||
        program === 'docker' ||
        (program === compose_project/* COMPOSE_PATH */.fE && !args.includes('config') && args[0] !== 'version'));
}

;// CONCATENATED MODULE: ./build/modes/session.js
var session_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var session_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});













/** The time for giving back the lock: in a run that was aborted, and in any other. */
const HURRY_MS = 1_500;
const session_PATIENCE_MS = 20_000;
/**
 * Connects to the machine of a run, and keeps other runs out. When the run is aborted, its commands are stopped on the machine
 * itself. At the end of the session the lock is given back and the connection closed, whatever happened.
 * @throws RunFailure at `connect` or `lock`; nothing is left open then
 */
async function session_openSession(run, options = {}) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { connection } = run.config;
        const opened = session_addDisposableResource(env_1, new AsyncDisposableStack(), true);
        const { connected, take } = opened.use(await openMachine(run, { connection }, run.dependencies.log));
        run.note({ host: connected.host.name, machine: connected.machine, ssh: sshCommand(connection) });
        const heldBy = await take(options);
        const session = opened.move();
        return { ...connected, heldBy, [Symbol.asyncDispose]: () => session.disposeAsync() };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = session_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/**
 * Connects to a machine. When the run is aborted, its commands are stopped there. What was taken is given back in the end.
 * @throws RunFailure at `connect`; nothing is left open then
 */
async function openMachine(run, target, log) {
    const env_2 = { stack: [], error: void 0, hasError: false };
    try {
        const dependencies = { ...run.dependencies, log };
        const opened = session_addDisposableResource(env_2, new AsyncDisposableStack(), true);
        const { host, machine } = await session_connect(run, target, log);
        opened.defer(() => host.close());
        const kafka = dependencies.kafkaClients(host, log, run.config.security);
        const connected = { ...dependencies, signal: run.signal, host, kafka, machine };
        const held = opened.use(new HeldMachine(connected, target.name));
        const all = opened.move();
        return {
            connected,
            take: (options = {}) => held.take(run, options),
            letGo: () => held.letGo(),
            [Symbol.asyncDispose]: () => all.disposeAsync(),
        };
    }
    catch (e_2) {
        env_2.error = e_2;
        env_2.hasError = true;
    }
    finally {
        const result_2 = session_disposeResources(env_2);
        if (result_2)
            await result_2;
    }
}
async function session_connect(run, { connection, name }, log) {
    const { signal, deadline } = run;
    const config = { ...run.config, connection };
    const dependencies = { ...run.dependencies, log };
    const title = name === undefined ? 'Connect' : `Connect · ${name}`;
    const work = async () => {
        const mayRelay = isProvedOnMachine(config);
        const machine = await dependencies.openHost(config, { ...dependencies, signal, deadline, mayRelay });
        const host = new DockerWatch(machine, dependencies);
        try {
            return {
                host,
                machine: await onceMore({ ...dependencies, signal }, title, () => inspectMachine(host)),
            };
        }
        catch (error) {
            await host.close();
            throw error;
        }
    };
    try {
        return await stage(dependencies, title, work, ({ host }, took) => `${host.name} in ${took}`);
    }
    catch (error) {
        throw new RunFailure('connect', session_onMachine(name, (0,build_errors/* toActionError */.ie)(error)));
    }
}
/** Nothing but questions goes to Kafka from here: the messages are those of the pair on the machine. */
const isProvedOnMachine = ({ smokeTest: { clients, drill }, tunnel }) => !clients.includes('runner') && drill === 'none' && !tunnel;
/** Keeps a machine for one run, and stops its commands when the run is aborted. */
class HeldMachine {
    connected;
    name;
    stopped;
    lock;
    /** @param name of one of several machines */
    constructor(connected, name) {
        this.connected = connected;
        this.name = name;
        this.stopped = stopCommandsOnAbort(connected.host, connected);
    }
    /** @returns why another run has it, which is a failure unless this one may look on */
    async take(run, { mayLookOn = false, waitMs }) {
        const { log, machine, signal } = this.connected;
        const { mode, timeoutMs, lockTimeoutMs: patienceMs } = run.config;
        const { home } = machine;
        const lockTimeoutMs = waitMs ?? patienceMs;
        const options = { ...this.connected, mode, home, timeoutMs, lockTimeoutMs };
        try {
            const lose = (error) => run.abort(session_onMachine(this.name, error));
            if (needsLock(mode, machine))
                this.lock = await onceMore(options, 'Lock', () => MachineLock.take(options, lose));
            else if (mode === 'plan')
                await onceMore(options, 'Lock', () => sayWhoWorks(options));
            return undefined;
        }
        catch (thrown) {
            const failure = (0,build_errors/* toActionError */.ie)(signal.aborted ? signal.reason : thrown);
            if (mayLookOn && failure.code === 'machine-locked')
                return failure.message;
            const writes = { paths: [`${machine.home}/.kafka-al2023/lock/holder`] };
            const error = session_onMachine(this.name, await explain(this.connected, { writes }, failure));
            logFailure(log, error);
            log.info(`✘ Lock: ${error.message}`);
            throw new RunFailure('lock', error);
        }
    }
    async letGo() {
        const { lock } = this;
        this.lock = undefined;
        await lock?.release();
    }
    async [Symbol.asyncDispose]() {
        const { host, log, clock, runId, signal } = this.connected;
        await this.stopped();
        const isAborted = signal.aborted;
        // A run that is cancelled while it takes the lock may have it.
        const released = this.lock ? this.lock.release() : isAborted && releaseLock(host, runId, log);
        await within(clock, isAborted ? HURRY_MS : session_PATIENCE_MS, Promise.resolve(released), () => {
            log.info('the machine does not answer: its lock is found dead by the next run');
            return false;
        });
    }
}
/** What failed on one of several machines says on which. */
const session_onMachine = (name, error) => name === undefined ? error : error.with({ message: `${name}: ${error.message}` });
/** A plan changes nothing, and neither does a deployment on a machine that it refuses. */
const needsLock = (mode, { isAmazonLinux2023 }) => mode !== 'plan' && (mode !== 'deploy' || isAmazonLinux2023);
async function sayWhoWorks(options) {
    const holder = await MachineLock.holder(options);
    if (holder)
        options.log.info(`the machine is in use by ${describeHolder(holder)}: what is planned may change meanwhile`);
}

;// CONCATENATED MODULE: ./build/modes/down.js
var down_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var down_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});








/**
 * Mode `down`, and the post step's teardown: removes what a deployment made, and is content when nothing is there.
 * @returns what was removed, also when it failed: the failure is part of the report
 */
function down(config, dependencies) {
    const run = new Run({ ...config, mode: 'down' }, dependencies);
    return run.report(down_takeDown(run));
}
async function down_takeDown(run) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const session = down_addDisposableResource(env_1, await session_openSession(run), true);
        const outcome = await runSteps(await downStepsOn(session, run.config), session);
        const results = stepsResults(outcome);
        return session.signal.aborted
            ? results
            : { ...results, ...(await environmentsOn(session, { areToldBefore: true })) };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = down_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** The steps that take the deployment of the inputs down, by what it noted of itself on the machine. */
async function downStepsOn(connected, config) {
    const { host, machine, log } = connected;
    const { projectName: project, volumes } = config;
    const noted = await onceMore(connected, 'Records', () => readRecords(host, machine.home));
    warnOfPassedOver(log, noted);
    const record = await onceMore(connected, 'Records', () => down_recordOf(connected, config, noted));
    return downSteps({ project, machine, volumes, record });
}
/**
 * @returns what the deployment noted of itself; none when it is of another directory than the inputs name
 * @throws ActionError `project-taken` as `refuseNamesake` does
 */
async function down_recordOf({ host, machine, log }, { projectName: project, directory }, { records }) {
    const record = records.find(each => each.project === project);
    const wanted = { project, directory: `${machine.home.replace(/\/$/, '')}/${directory}` };
    if (!record || !isElsewhere(record, wanted))
        return record;
    await refuseNamesake(host, record, wanted);
    log.warning(`the note of project ${project} is of ${record.directory}, and the inputs name ${wanted.directory}: it is passed over, and nothing in either directory is removed. If that is its directory, give it as directory.`);
    return undefined;
}

// EXTERNAL MODULE: ./build/compose/kafka/kafka-model.js + 2 modules
var kafka_model = __webpack_require__(11575);
// EXTERNAL MODULE: ./build/compose/reader/load.js + 27 modules
var load = __webpack_require__(85587);
// EXTERNAL MODULE: ./build/compose/reader/named-file.js
var named_file = __webpack_require__(43993);
;// CONCATENATED MODULE: ./build/compose/deployment/cluster.js
/** @param view of the same model and its Kafka */
function cluster_clusterOf(model, kafka, view) {
    const brokers = view.brokers.flatMap(({ service, bootstrapServer }) => bootstrapServer === undefined ? [] : [{ service, address: bootstrapServer }]);
    return {
        brokers,
        bootstrapServers: view.bootstrapServers,
        schemaRegistryUrl: view.schemaRegistryUrl,
        members: model.services.map(service => memberOf(service, kafka, brokers, view)),
    };
}
function memberOf({ name }, { nodes, zookeepers, registries }, brokers, { publishedPorts, schemaRegistryUrl }) {
    const isMe = ({ service }) => service.name === name;
    if (nodes.some(node => node.isBroker && isMe(node))) {
        const address = brokers.find(({ service }) => service === name)?.address;
        return { service: name, role: 'broker', address };
    }
    if (registries.some(isMe)) {
        const address = schemaRegistryUrl?.replace('http://', '');
        return { service: name, role: 'schema-registry', address };
    }
    const port = publishedPorts.find(({ service }) => service === name)?.port;
    const address = port === undefined ? undefined : `localhost:${port}`;
    return { service: name, role: zookeepers.some(isMe) ? 'zookeeper' : 'other', address };
}

// EXTERNAL MODULE: ./build/compose/kafka/listeners.js
var kafka_listeners = __webpack_require__(53419);
// EXTERNAL MODULE: ./build/compose/reader/ports.js
var ports = __webpack_require__(67023);
;// CONCATENATED MODULE: ./build/compose/deployment/machine-view.js


function machineView(model, kafka) {
    const brokers = kafka.nodes
        .filter(({ isBroker }) => isBroker)
        .map(node => ({ service: node.service.name, bootstrapServer: bootstrapServerOf(node) }));
    return {
        services: model.services.map(({ name }) => name),
        images: [...new Set(model.services.flatMap(({ image }) => image?.text ?? []))],
        publishedPorts: model.services.flatMap(({ name, ports }) => ports.flatMap(port => portsOf(port).map(each => ({ service: name, ...each })))),
        brokers,
        bootstrapServers: brokers.flatMap(({ bootstrapServer }) => bootstrapServer ?? []),
        schemaRegistryUrl: registryUrl(kafka),
    };
}
/** More ports than anybody publishes one by one: of a range, only so many are told. */
const MAX_RANGE = 1000;
function portsOf({ published, address = '0.0.0.0' }) {
    if (!published)
        return [];
    const { from, to } = published;
    const length = Math.min(to - from + 1, MAX_RANGE);
    // As the kernel's list of sockets writes it.
    const host = address.includes(':') ? `[${address}]` : address;
    return Array.from({ length }, (_, index) => ({ address: host, port: from + index }));
}
/** The advertised listener that names the machine itself and whose port is published there. */
function bootstrapServerOf({ service, advertised = [], listeners }) {
    const usable = advertised.find(({ name, host, port }) => {
        if (!(0,kafka_listeners/* isLoopback */.U9)(host))
            return false;
        if (service.networkMode === 'host')
            return true;
        const inside = listeners?.find(listener => listener.name === name)?.port ?? port;
        return (0,ports/* publishedAt */.of)(service.ports, inside).some(at => at.port === port && ((0,ports/* onAllInterfaces */.$M)(at) || (0,kafka_listeners/* isLoopback */.U9)(at.address ?? '')));
    });
    return usable && `${usable.host}:${usable.port}`;
}
function registryUrl({ registries: [registry] }) {
    if (registry?.port === undefined)
        return undefined;
    if (registry.service.networkMode === 'host')
        return `http://localhost:${registry.port}`;
    const [at] = (0,ports/* publishedAt */.of)(registry.service.ports, registry.port);
    return at && `http://localhost:${at.port}`;
}

// EXTERNAL MODULE: ./build/compose/reader/memory.js
var memory = __webpack_require__(71000);
// EXTERNAL MODULE: ./build/compose/kafka/heap.js
var kafka_heap = __webpack_require__(5802);
;// CONCATENATED MODULE: ./build/compose/kafka/service-memory.js


/** What a JVM takes beside its heap: classes, compiled code, threads, buffers. 135 to 162 MiB were measured in the lab. */
const BESIDE_HEAP_MIB = 200;
/**
 * The memory a service takes when its heap is full: its limit is the last `-Xmx` of its `…HEAP_OPTS`.
 * @returns undefined for a service of which neither the file nor the image tells
 */
function memoryOf(service) {
    const heaps = [...service.environment.values()]
        .filter(entry => entry.name.endsWith('HEAP_OPTS'))
        .flatMap(({ value }) => (0,memory/* readMaximumHeap */.DQ)(value.text) ?? []);
    const heap = heaps.at(-1) ?? (0,kafka_heap/* defaultHeapOf */.F)(service);
    return heap === undefined
        ? undefined
        : { service: service.name, mib: Math.ceil(heap / 2 ** 20) + BESIDE_HEAP_MIB };
}

;// CONCATENATED MODULE: ./build/compose/deployment/stack.js

/** @param view of the same model */
function stack_stackOf(model, { services, images, publishedPorts }) {
    return {
        services,
        images,
        serviceImages: new Map(model.services.flatMap(({ name, image }) => (image ? [[name, image.text]] : []))),
        publishedPorts,
        volumes: [...model.volumes.keys()],
        memory: model.services.flatMap(service => memoryOf(service) ?? []),
    };
}

;// CONCATENATED MODULE: ./build/compose/deployment/deployment.js








/** The first file's name on the machine, whatever its own is: the guide's. */
const MAIN_FILE = 'docker-compose.yml';
/**
 * Reads compose files for a deployment.
 * @throws ActionError `compose-file-unsupported` that names everything the action cannot deploy or prove
 */
function readDeployment(files, options = {}) {
    const { model, sources, view, cluster, unprovable, refusals } = readProject(files, options);
    const folder = (0,posix_.dirname)(files[0]?.path ?? '.');
    const first = files[0]?.path;
    const nameOf = (path) => (path === first ? MAIN_FILE : (0,posix_.relative)(folder, path));
    const texts = new Map([...sources].map(([path, source]) => [nameOf(path), source.text]));
    const variables = (0,named_file/* textOf */.b)(options.readFile?.((0,posix_.join)(folder, '.env')));
    if (variables !== undefined)
        texts.set('.env', variables);
    const problems = [
        ...refusals,
        ...outsideProblems([...sources.keys()], folder),
        ...(new Set([...sources.keys()].map(nameOf)).size < sources.size
            ? [`the first file is called ${MAIN_FILE} on the machine, and so is another one`]
            : []),
        ...undeployable(model),
        ...unprovable,
    ];
    refuse(problems);
    return {
        stack: stack_stackOf(model, view),
        cluster,
        composeFiles: files.map(({ path }) => nameOf(path)),
        files: texts,
        fixedNames: fixedNames(model),
    };
}
/**
 * Reads the cluster of a deployment that is there already from its compose files.
 * @throws ActionError `compose-file-unsupported` that names everything the action cannot prove
 */
function readCluster(files, options) {
    const { cluster, unprovable } = readProject(files, options);
    refuse(unprovable);
    return cluster;
}
function readProject(files, options) {
    const { model: everything, sources, faults } = (0,load/* loadCompose */.f)(files, { ...options, purpose: 'use' });
    const model = withoutProfiles(everything);
    const kafka = (0,kafka_model/* readKafka */.TH)(model);
    const view = machineView(model, kafka);
    const cluster = cluster_clusterOf(model, kafka, view);
    const refusals = faults.filter(({ kind }) => kind === 'file-refused').map(({ message }) => message);
    return { model, sources, view, cluster, unprovable: problemsOfProof(kafka, view), refusals };
}
function refuse(problems) {
    if (problems.length === 0)
        return;
    throw new build_errors/* ActionError */.lZ('compose-file-unsupported', problems.join('; '), {
        details: problems.length > 1 ? problems : [],
    });
}
function fixedNames({ services, volumes, networks }) {
    return [
        ...services.flatMap(({ name, containerName: fixed }) => fixed && fixed.unresolved.length === 0 && fixed.contentStart !== undefined
            ? [`the container of service ${name} is called ${fixed.text}`]
            : []),
        ...[...volumes.values()].flatMap(({ name, fixedName }) => fixedName === undefined ? [] : [`volume ${name} is called ${fixedName}`]),
        ...[...networks.values()].flatMap(({ name, fixedName }) => fixedName === undefined ? [] : [`network ${name} is called ${fixedName}`]),
    ];
}
function outsideProblems(paths, folder) {
    return paths
        .filter(path => (0,posix_.relative)(folder, path).startsWith('..'))
        .map(path => `${path} is not below the folder of the first compose file`);
}
/** Services with a profile are left out, as `up` leaves them out. */
function withoutProfiles(model) {
    return { ...model, services: model.services.filter(({ profiles }) => profiles.length === 0) };
}
function undeployable({ services, complete }) {
    return [
        ...services
            .filter(({ builds }) => builds)
            .map(({ name }) => `service ${name} is built from source, which is not on the machine: name an image`),
        ...(complete ? [] : ['it includes other files, which are not read: name them in compose-file']),
    ];
}
function problemsOfProof({ nodes }, { brokers }) {
    const unreachable = brokers.filter(({ bootstrapServer }) => bootstrapServer === undefined);
    return [
        ...(brokers.length === 0 ? ['it has no Kafka broker that can be recognised'] : []),
        ...unreachable.map(({ service }) => `broker ${service} advertises no address that clients on the machine can use: localhost and a published port`),
        ...nodes
            .filter(({ isBroker }) => isBroker)
            .flatMap(({ service, advertised = [], protocols }) => {
            const address = brokers.find(broker => broker.service === service.name)?.bootstrapServer;
            const listener = advertised.find(({ host, port }) => `${host}:${port}` === address);
            const protocol = listener && protocols?.get(listener.name);
            return protocol && protocol !== 'PLAINTEXT'
                ? [`broker ${service.name} wants ${protocol} at ${address}: only PLAINTEXT can be tested`]
                : [];
        }),
    ];
}

;// CONCATENATED MODULE: ./build/compose/deployment/replacement.js


/**
 * Gives the id of the node that is missing to the machine that takes over. One that has data of a node already has done so in an
 * earlier run: nothing is changed then. Settings alone are those of a run that did not come to its end.
 * @throws ActionError `controller-missing` when more than one is missing; `replacement-refused`
 */
function replacing(machines, { old, successor, controllers }) {
    const known = machines.flatMap(({ name, nodeId }) => (name === successor ? [] : (nodeId ?? [])));
    const controllerIds = Array.from({ length: controllers }, (_, index) => index + 1);
    const missing = controllerIds.filter(id => !known.includes(id));
    return machines.map(machine => {
        if (machine.name !== successor)
            return machine;
        if (machine.hasData) {
            replacement_refuseOther(machine, missing, old.name);
            return machine;
        }
        if (known.length === 0)
            throw replacement_refused(`${old.name} was no machine of a cluster: none of those in host has data of one`);
        if (missing.length > 1)
            throw new build_errors/* ActionError */.lZ('controller-missing', `nodes ${missing.join(', ')} are missing, and one machine at a time can be replaced: name the others in host`);
        const nodeId = missing[0] ?? (0,node_plan/* lowestFree */.N6)(new Set(known));
        if (nodeId === 1)
            throw replacement_refused(`${old.name} had node 1, whose machine has the authority that all certificates are of and the schema registry: it is not replaced. Bring that machine back from a snapshot of its disk`);
        const { clusterId: _, controllers: __, ...rest } = machine;
        return { ...rest, nodeId, inPlaceOf: old.name };
    });
}
/** @throws ActionError when the machine is another node, and the lost one is still missing */
function replacement_refuseOther({ name, nodeId }, missing, old) {
    const left = missing.filter(id => id !== nodeId);
    if (left.length > 0)
        throw replacement_refused(`${name} has the data of node ${nodeId} and cannot become node ${left.join(', ')} in place of ${old}: name a machine without data`);
}
const replacement_refused = (why) => new build_errors/* ActionError */.lZ('replacement-refused', why);

;// CONCATENATED MODULE: ./build/host/routed-host.js

/**
 * Several machines as one: commands run on one of them, and a connection to a port is made by the machine that has it. So
 * `localhost:29092` leads to the node that advertises this port, whichever machine it is on.
 */
class RoutedHost {
    name;
    home;
    byPort;
    /**
     * @param home where commands run, and where every other port is
     * @param byPort the machine of each port
     */
    constructor(home, byPort) {
        this.name = home.name;
        this.home = home;
        this.byPort = byPort;
    }
    run(command) {
        return this.home.run(command);
    }
    /** @throws what the machine's own `dial` throws; it says which machine it is */
    async dial(address, port) {
        const host = this.byPort.get(port) ?? this.home;
        try {
            return await host.dial(address, port);
        }
        catch (error) {
            if (error instanceof build_errors/* ActionError */.lZ)
                throw error;
            throw new Error(`${host.name}: ${(0,build_errors/* reasonOf */.A3)(error)}`, { cause: error });
        }
    }
    /** The machines are closed by whoever opened them. */
    async close() { }
}

;// CONCATENATED MODULE: ./build/machine/private-address.js


/**
 * The addresses that the machine has itself, then the one that it takes for the way out, if there is a way out. Those of Docker's own
 * networks are no way to anywhere.
 */
const private_address_LOOK = `
ip -4 -oneline address show scope global up |
  sed -nE '/^[0-9]+: (docker|br-|veth)/!s/^[0-9]+: .* inet ([0-9.]+).*/address \\1/p'
ip -4 -oneline route get 192.0.2.1 2>/dev/null | sed -nE 's/.* src ([0-9.]+).*/default \\1/p'`;
/**
 * The private address of a machine, at which the other machines of the cluster find it: that of the default route, or the only one
 * that there is.
 * @param given by the input `private-addresses`, and then only looked for
 * @throws ActionError `private-address-unknown` when the machine does not have the one that is given, or when nobody can say which
 */
async function privateAddress(host, given) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv: ['sh', '-c', private_address_LOOK], isLook: true });
    const lines = stdout.split('\n').map(line => line.split(' '));
    const told = (what) => lines.flatMap(([kind, address]) => (kind === what && address) || []);
    const addresses = told('address');
    const all = addresses.length === 0 ? 'no IPv4 address' : addresses.join(', ');
    if (given !== undefined) {
        if (addresses.includes(given))
            return given;
        throw new build_errors/* ActionError */.lZ('private-address-unknown', `private-addresses gives ${given} for ${host.name}, and that machine has ${all}`);
    }
    const [only, ...others] = addresses;
    const found = told('default')[0] ?? (others.length === 0 ? only : undefined);
    if (found !== undefined)
        return found;
    throw new build_errors/* ActionError */.lZ('private-address-unknown', `${host.name} has no default route, so that nobody can say by which address the other machines find it: it has ${all}`);
}

;// CONCATENATED MODULE: ./build/machine/zone.js

/**
 * `sh -c ASK`: the availability zone, by the metadata service of EC2 in its second version, which gives a token first. Elsewhere
 * nothing answers at this address, so that nobody waits long; and no proxy has an answer about this machine.
 */
const zone_ASK = `
ask() { curl --silent --fail --noproxy '*' --connect-timeout 0.5 --max-time 2 "$@"; }
from=http://169.254.169.254/latest
token=$(ask --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$from/api/token") || exit 0
ask --header "X-aws-ec2-metadata-token: $token" "$from/meta-data/placement/availability-zone"
:`;
/** The availability zone of a machine. @returns undefined where nobody says: not on EC2, or metadata is turned off */
async function availabilityZone(host) {
    const { stdout } = await host.run({ argv: ['sh', '-c', zone_ASK] });
    return node_plan/* RACK */.QA.exec(stdout.trim())?.[0];
}

;// CONCATENATED MODULE: ./build/modes/across/machines.js
var machines_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var machines_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});





/**
 * Connects to the machines of a run side by side, then takes them. When one cannot be had, those that were taken are given back.
 * @throws RunFailure at `connect` or `lock` that names the machine, also when no machine at all answers; nothing is left open then
 */
async function openMachines(run, { machines: staying, parallel }, { leaving = [], mayBeAway = leaving } = {}) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const machines = [...staying, ...leaving];
        const opened = machines_addDisposableResource(env_1, new AsyncDisposableStack(), true);
        const [logs, limit] = [new OrderedLogs(run.dependencies.log, machines.length), new Limit(parallel)];
        const open = (listed, index) => limit
            .run(listed.name, () => openMachine(run, listed, logs.logger(index)))
            .finally(() => logs.close(index));
        const settled = await Promise.allSettled(machines.map(open));
        const connections = settled.flatMap((result, index) => {
            const listed = machines[index];
            return result.status === 'fulfilled' && listed ? [{ listed, machine: result.value }] : [];
        });
        // Side by side: a cancelled run has seconds left.
        opened.defer(async () => {
            await Promise.allSettled(connections.map(({ machine }) => machine[Symbol.asyncDispose]()));
        });
        const failed = failuresIn(settled, machines);
        const unreached = failed.filter(({ listed, failure }) => mayBeAway.includes(listed) && machines_isGone(failure));
        machines_refuseMissing(connections.length === 0 ? failed : failed.filter(each => !unreached.includes(each)));
        const held = connections.map(({ listed, machine: { connected } }) => ({ listed, connected }));
        const isStaying = ({ listed }) => staying.includes(listed);
        const all = held.filter(isStaying);
        run.note({ machines: all.map(reportedMachine) });
        const ordered = connections.toSorted((a, b) => (a.listed.name < b.listed.name ? -1 : 1));
        await takeAll(ordered.map(({ machine }) => machine));
        const owned = opened.move();
        return {
            all,
            leaving: held.filter(each => !isStaying(each)),
            unreached,
            [Symbol.asyncDispose]: () => owned.disposeAsync(),
        };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = machines_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** How a connection fails to a machine that is gone: terminated, stopped, cut off. */
const machines_GONE = ['ssh-unreachable', 'ssh-host-unknown'];
const machines_isGone = ({ cause }) => machines_GONE.includes(cause.code);
/** @throws what is no failure of a connection */
function failuresIn(settled, machines) {
    return settled.flatMap((result, index) => {
        const listed = machines[index];
        if (result.status === 'fulfilled' || !listed)
            return [];
        const failure = result.reason;
        if (!(failure instanceof RunFailure))
            throw failure;
        return [{ listed, failure }];
    });
}
/**
 * Takes machines so that two runs can never wait for each other: a run waits for a machine only while it has none that comes after
 * it in the order. The first one decides between runs on the same machines; who has it tries all others at once, and only when one of
 * them is held by another run all the same, it gives back what comes after that one and goes on one by one.
 * @param ordered in the order of their names, which is the same for every run
 * @throws RunFailure at `lock`
 */
async function takeAll([first, ...others]) {
    await first?.take();
    const trials = await Promise.allSettled(others.map(machine => machine.take({ mayLookOn: true, waitMs: 0 })));
    for (const trial of trials)
        if (trial.status === 'rejected')
            throw trial.reason;
    const held = trials.findIndex(trial => trial.status === 'fulfilled' && trial.value !== undefined);
    if (held < 0)
        return;
    const rest = others.slice(held);
    await Promise.all(rest.map(machine => machine.letGo()));
    for (const machine of rest)
        await machine.take();
}
/** What the report says of a machine as soon as it answers. */
const reportedMachine = ({ listed, connected }) => ({
    name: listed.name,
    host: connected.host.name,
    ssh: sshCommand(listed.connection),
    facts: connected.machine,
});
/** @throws RunFailure of the first machine; the others are in its details */
function machines_refuseMissing(failed) {
    const [first, ...others] = failed.map(({ failure }) => failure);
    if (first)
        throw withOthers(first, others);
}
/** A failure of which others are the details. */
function withOthers({ step, cause }, others) {
    return new RunFailure(step, cause.with({ details: [...cause.details, ...others.map(({ message }) => message)] }));
}

;// CONCATENATED MODULE: ./build/modes/across/nodes.js













/**
 * Finds out what each machine is, and decides what it becomes.
 * @throws ActionError as `privateAddress` and `planNodes` do
 */
async function planCluster(run, machines, { controllers, replacement, parallel }, stack) {
    const { config, dependencies } = run;
    const { log } = dependencies;
    const work = async () => {
        const limit = new Limit(parallel);
        const lookInTurn = (machine) => limit.run(machine.listed.name, () => lookWithRack(machine, config));
        const looked = await Promise.all(machines.map(lookInTurn));
        warnOfMissingRacks(looked, log);
        const members = await membersFor(looked, config, log);
        const taken = members.map(({ nodeId }) => nodeId);
        const known = looked.map(machine => withLostId(machine, members, controllers));
        const found = replacement ? replacing(known, { ...replacement, controllers }) : known;
        const plans = (0,node_plan/* planNodes */.zA)(found, { controllers, stack, newClusterId: node_plan/* newClusterId */.k7, taken });
        return found.flatMap(({ held, ...machine }, index) => {
            const plan = plans[index];
            if (!plan)
                return [];
            const as = origin(machine);
            log.info(`${machine.name}: ${nodes_describe(plan)} at ${machine.address}${as}`);
            return [{ held, node: nodeOf(held, machine, plan, config) }];
        });
    };
    const nodes = await stage(dependencies, 'Nodes', work, found => `${found.length}, one on each machine`);
    run.note({ machines: nodes.map(({ held, node }) => reported(node, held)) });
    return nodes.map(({ node }) => node);
}
function nodeOf({ connected }, machine, plan, config) {
    const { machine: facts } = connected;
    const directory = `${facts.home}/${config.directory}`;
    const deployment = deploymentOf(plan, config);
    const { composeFiles } = deployment;
    return {
        context: { ...connected, machine },
        ...{ facts, plan, deployment },
        project: { name: config.projectName, directory, composeFiles },
    };
}
/** A node that hangs is waited for: not all of fifty are. */
const MOST_ASKED = 3;
/** @throws ActionError as `privateAddress` does */
async function nodes_look(held, config) {
    const { listed, connected } = held;
    const [address, data] = await Promise.all([
        privateAddress(connected.host, listed.privateAddress),
        dataOf(held, config),
    ]);
    return { held, name: listed.name, address, ...data };
}
async function lookWithRack(held, config) {
    const { listed, connected } = held;
    // A smoke test proves the nodes as they are, in the racks of which they know.
    const zone = config.mode === 'smoke-test' ? undefined : (listed.rack ?? availabilityZone(connected.host));
    const [found, rack] = await Promise.all([nodes_look(held, config), zone]);
    return { ...found, rack };
}
function warnOfMissingRacks(found, log) {
    const missing = found.filter(({ rack, formerRack }) => (rack ?? formerRack) === undefined);
    if (missing.length === 0 || missing.length === found.length)
        return;
    const names = missing.map(({ name }) => name).join(', ');
    log.warning(`the rack of ${names} is not known, since its metadata service does not answer, and Kafka keeps replicas apart by rack only where every broker has one: the nodes stay as they are. Give racks, one for each machine`);
}
/** What a machine knows of the node that it is. */
function dataOf({ connected: { host, machine } }, { projectName, directory }) {
    const place = { directory: `${machine.home}/${directory}`, volume: `${projectName}_data` };
    return readNodeData(host, machine, place);
}
/**
 * Asks one machine after the other whose node runs, until one says which brokers the cluster has.
 * @returns undefined when none of them knows
 */
async function membersOf(found, { projectName }) {
    for (const { held, address } of found.filter(({ nodeId }) => nodeId !== undefined).slice(0, MOST_ASKED)) {
        const asked = { project: projectName, service: KAFKA_SERVICE, server: `${address}:9092` };
        const members = await askMembers(held.connected.host, asked);
        if (members)
            return members;
    }
    return undefined;
}
/**
 * The brokers that the cluster has, on whatever machines, where a machine is to get an id: two nodes of one id harm a cluster, and nothing
 * refuses them.
 */
async function membersFor(found, config, log) {
    const isOld = ({ nodeId }) => nodeId !== undefined;
    if (found.every(isOld) || !found.some(isOld))
        return [];
    const members = await membersOf(found, config);
    if (!members)
        log.info('no node runs that could say which ids the cluster has given to other machines');
    return members ?? [];
}
/** A machine that has lost its data is the broker that the cluster has noted at its address. A controller's loss is no such case. */
function withLostId(machine, members, controllers) {
    const own = members.find(({ address, isAlive }) => address === machine.address && !isAlive);
    if (machine.nodeId !== undefined || !own || own.nodeId <= controllers)
        return machine;
    return { ...machine, nodeId: own.nodeId };
}
function origin({ nodeId, inPlaceOf }) {
    if (inPlaceOf !== undefined)
        return `, in place of ${inPlaceOf}`;
    return nodeId === undefined ? '' : ', as before';
}
function nodes_describe({ nodeId, roles, hasRegistry, rack }) {
    const what = roles === 'broker' ? 'a broker' : 'controller and broker';
    const place = rack === undefined ? '' : ` in ${rack}`;
    return `node ${nodeId}, ${what}${hasRegistry ? ', with the schema registry' : ''},${place}`;
}
function deploymentOf({ composeFiles, files }, { imageRegistry }) {
    const texts = composeFiles.map(path => ({ path, text: files.get(path) ?? '' }));
    const deployment = readDeployment(texts, { readFile: path => files.get(path) });
    if (!imageRegistry)
        return deployment;
    return fromRegistry(deployment, imageRegistry.address, imageRegistry.login !== undefined);
}
/** A machine with its node, for the report. */
function reported({ context, plan }, machine) {
    const { nodeId, roles, hasRegistry, hostPort, rack } = plan;
    return {
        ...reportedMachine(machine),
        address: context.machine.address,
        ...{ nodeId, roles, hasRegistry, rack, bootstrapServer: `localhost:${hostPort}` },
    };
}
/**
 * What works on the cluster as a whole: commands run on the machine of the first node, and each broker is reached through the machine
 * that has its port.
 * @param leaving the machines of brokers that are to leave, by their ids
 */
function clusterContext(run, nodes, leaving = new Map()) {
    const { log, clock, kafkaClients } = run.dependencies;
    const hosts = [
        ...[...leaving].map(([nodeId, host]) => [(0,node_plan/* hostPortOf */.ZC)(nodeId), host]),
        ...nodes.map(({ context, plan }) => [plan.hostPort, context.host]),
    ];
    const host = new RoutedHost(firstNode(nodes).context.host, new Map(hosts));
    return { host, kafka: kafkaClients(host, log), clock, log, signal: run.signal };
}

;// CONCATENATED MODULE: ./build/modes/across/leaving.js





const NOBODY = { steps: undefined, hosts: new Map() };
/**
 * Finds out which brokers the machines that leave are: by their data, or, where one does not answer any more, by the address that the
 * cluster has noted of its broker.
 * @throws ActionError `node-cannot-leave` for one that decides for the cluster, that runs and cannot be reached, or of which nobody knows
 *   which it is; `machines-of-different-clusters`
 */
async function planLeaving(run, machines, { controllers, leaving: wanted }) {
    if (!wanted)
        return NOBODY;
    const { leaving, unreached } = machines;
    const { log } = run.dependencies;
    const work = async () => {
        const staying = await Promise.all(machines.all.map(machine => nodes_look(machine, run.config)));
        const members = await membersOf(staying, run.config);
        const present = await Promise.all(leaving.map(held => leaveOf(held, { staying, members, controllers }, run, log)));
        const known = [...staying, ...present.map(({ node }) => node)].flatMap(({ nodeId }) => nodeId ?? []);
        const rest = members?.filter(({ nodeId }) => !known.includes(nodeId));
        const silent = await Promise.all(unreached.map(({ listed }) => leaving_silentOf(listed, { staying, rest, controllers }, log)));
        const hosts = present.flatMap(({ node: { nodeId }, host }) => nodeId === undefined ? [] : [[nodeId, host]]);
        const nodes = [...present.map(({ node }) => node), ...silent];
        return { steps: { nodes, throttle: wanted.throttle }, hosts: new Map(hosts) };
    };
    return stage(run.dependencies, 'Machines that leave', work, ({ steps: { nodes } }) => `${nodes.length}`);
}
/** A machine that answers. */
async function leaveOf(held, { staying, members, controllers }, run, log) {
    const { listed, connected } = held;
    const [{ name }, { host }] = [listed, connected];
    const { nodeId, clusterId } = await dataOf(held, run.config);
    if (nodeId === undefined) {
        log.info(`${name}: no node of a cluster, nothing is to be done there`);
        return { node: { name, nodeId, down: [] }, host };
    }
    refuseStranger(name, clusterId, staying);
    // An id is given to another machine once its broker has left.
    const isGivenOn = staying.some(other => other.nodeId === nodeId);
    const isMember = !isGivenOn && (members?.some(member => member.nodeId === nodeId) ?? true);
    if (isMember)
        refuseController(name, nodeId, controllers);
    log.info(`${name}: node ${nodeId}${isMember ? '' : ', which is no member of the cluster any more'}`);
    const steps = await downStepsOn(connected, run.config);
    const down = steps.map(step => placed(step, { name, context: connected }));
    return { node: { name, nodeId: isMember ? nodeId : undefined, down }, host };
}
/** A machine that does not answer. */
async function leaving_silentOf({ name, connection }, { staying, rest, controllers }, log) {
    if (!rest)
        throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${name} does not answer, and no node of the cluster runs that could say which one it was`, { hint: 'Deploy without remove-hosts first, so that the cluster runs, then let the machine leave.' });
    const addresses = connection.kind === 'local' ? [] : await leaving_addressesOf(connection.target.host, staying);
    const member = rest.find(({ address }) => addresses.includes(address));
    if (!member && rest.length === 0) {
        log.info(`${name}: does not answer, and every member of the cluster is known: nothing is left to be done`);
        return { name, nodeId: undefined, down: [] };
    }
    if (!member) {
        const others = rest.map(({ nodeId, address }) => `node ${nodeId} at ${address}`).join(', ');
        throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${name} does not answer, and none of the brokers that no machine has is there: ${others}`, {
            hint: 'Of a machine that does not answer any more, give in remove-hosts the private address that its broker had.',
        });
    }
    const { nodeId, isAlive } = member;
    refuseController(name, nodeId, controllers);
    if (isAlive)
        throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${name} does not answer by SSH, and its broker, node ${nodeId}, runs: it cannot be stopped`, {
            hint: 'Make SSH work again, or stop the machine. A broker that has just failed counts as running for some ten seconds: then run again.',
        });
    log.info(`${name}: node ${nodeId}, which does not run, on a machine that does not answer`);
    return { name, nodeId, down: [] };
}
/** The addresses that a name stands for on the machines of the cluster. */
async function leaving_addressesOf(name, [first]) {
    const found = await first?.held.connected.host.run({ argv: ['getent', 'ahosts', name] });
    const lines = found?.exitCode === 0 ? found.stdout.split('\n') : [];
    return [name, ...lines.flatMap(line => line.split(/\s/)[0] || [])];
}
function refuseStranger(name, clusterId, staying) {
    const own = staying.find(other => other.clusterId !== undefined)?.clusterId;
    if (own === clusterId)
        return;
    throw new build_errors/* ActionError */.lZ('machines-of-different-clusters', `${name} is of cluster ${clusterId}, and the machines in host are of ${own === undefined ? 'none yet' : `cluster ${own}`}: nothing of it is touched`);
}
function refuseController(name, nodeId, controllers) {
    if (nodeId > controllers)
        return;
    throw new build_errors/* ActionError */.lZ('node-cannot-leave', `${name} has node ${nodeId}, one of the ${controllers} that decide for the cluster, and their number cannot be changed`, {
        hint: 'A machine of these can only be replaced by another one, which gets its node: replace: OLD=NEW.',
    });
}

;// CONCATENATED MODULE: ./build/modes/across/replaced.js
/** A machine that is lost does not answer: it is not waited for as for one that boots. */
const replaced_PATIENCE_MS = 15_000;
/**
 * Connects to the machine that `replace` says is lost.
 * @throws ActionError when it is not reached, as is usual; RangeError without such a machine
 */
function openReplaced(run, { replacement }) {
    if (!replacement)
        throw new RangeError('no machine is replaced');
    const { config, dependencies, signal, deadline } = run;
    const access = {
        ...config,
        connection: replacement.old.connection,
        connectTimeoutMs: Math.min(replaced_PATIENCE_MS, config.connectTimeoutMs),
    };
    return dependencies.openHost(access, { ...dependencies, signal, deadline });
}

;// CONCATENATED MODULE: ./build/modes/across/results.js



/** The containers of all machines as they are at the end, and after a failure what they said last. */
async function aftermathOn(run, nodes, { failure }) {
    const { clock } = run.dependencies;
    const { members } = clusterOfNodes(nodes);
    const looks = await Promise.all(nodes.map(async (node) => {
        const containers = await finalContainers(node.context.host, node.project, clock);
        const states = node.deployment.cluster.members.map(({ service }) => [serviceOn(service, node), stateOf(service, containers)]);
        return { node, containers, states };
    }));
    const states = new Map(looks.flatMap(look => look.states));
    const unknown = { state: 'unknown', status: '' };
    return {
        project: firstNode(nodes).project,
        cluster: members.map((member) => ({
            ...member,
            ...(states.get(member.service) ?? unknown),
        })),
        diagnosis: failure && (await diagnoseAll(run, looks)),
    };
}
/** A machine after the other, so that what each said stands together. */
async function diagnoseAll({ dependencies }, looks) {
    const all = [];
    for (const { node, containers } of looks) {
        const { context } = node;
        const { name } = context.machine;
        const log = named(dependencies.log, name);
        const { logs, disk, memory } = await diagnose(context.host, containers, { ...dependencies, log });
        all.push({
            logs: logs.map(each => ({
                ...each,
                container: serviceOn(each.container, node),
                service: serviceOn(each.service, node),
            })),
            disk: [`${name}:`, ...disk],
            memory: [`${name}:`, ...memory],
        });
    }
    return {
        logs: all.flatMap(({ logs }) => logs),
        disk: all.flatMap(({ disk }) => disk),
        memory: all.flatMap(({ memory }) => memory),
    };
}
/** The log, whose groups are of that machine. */
const named = (log, machine) => ({
    info: line => log.info(line),
    warning: message => log.warning(message),
    debug: line => log.debug(line),
    startGroup: title => log.startGroup(`${title} · ${machine}`),
    endGroup: () => log.endGroup(),
});

;// CONCATENATED MODULE: ./build/modes/across/deploy.js
var deploy_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var deploy_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});

















/**
 * Mode `deploy` over several machines: one node on each, the same steps side by side, and one proof of the whole. Then the tunnel is
 * opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
async function deployAcross(config, machines, dependencies) {
    dependencies.onDeploying();
    const run = new Run(config, dependencies);
    const report = await run.report(deployOnMachines(run, machines, dependencies));
    return openTunnel(report, config, dependencies);
}
async function deployOnMachines(run, config, { stack, clients, schemas }) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { clock } = run.dependencies;
        const machines = deploy_addDisposableResource(env_1, await openMachines(run, config, { leaving: config.leaving?.machines }), true);
        const leaving = await planLeaving(run, machines, config);
        const nodes = await planCluster(run, machines.all, config, stack);
        await refuseObstacle(run.config)({ cluster: clusterOfNodes(nodes) });
        const touched = nodes.map(({ context: { host }, facts: { home }, project: { name } }) => touchRecord(host, home, name));
        await orElse(clock, Promise.all(touched), []);
        const { found, note } = collectResults();
        const context = clusterContext(run, nodes, leaving.hosts);
        const steps = [
            ...deployStepsOf(run, config, { ...{ nodes, clients, schemas, note }, leaving: leaving.steps }),
            ...proofOf(run.config.smokeTest, run.dependencies.runId, nodes, note).map(config.rebalance ? afterRebalance : step => step),
        ];
        const outcome = await runSteps(steps, { ...context, limit: new Limit(config.parallel) });
        const results = { ...found, ...clusterResults(outcome, clusterOfNodes(nodes)) };
        // A cancelled run has seconds left, and needs them to undo what must not stay.
        return run.signal.aborted ? results : { ...results, ...(await aftermathOn(run, nodes, results)) };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = deploy_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** The steps of a deployment, as the run and its inputs want them. */
const deployStepsOf = (run, config, found) => clusterDeploySteps(run.config, {
    ...found,
    noteWays: noteWaysOf(run),
    rebalance: config.rebalance,
    openReplaced: () => openReplaced(run, config),
    run: workflowRunUrl(run.dependencies.env),
});
/** What is proved is the cluster as it stays, and no message meets a leader that changes. */
const afterRebalance = (step) => ({ ...step, needs: [...step.needs, 'rebalance'] });
/** Keeps who reaches whom, for the report. */
const noteWaysOf = (run) => (ways) => run.note({
    ways: ways.map(({ from, to, port, state }) => ({ from: from.name, to: to.name, port, state })),
});
/** The smoke test, the pair of the machine on that of the first node. */
function proofOf(config, runId, nodes, note) {
    const { directory } = firstNode(nodes).project;
    const steps = smokeTestSteps({
        ...{ config, cluster: clusterOfNodes(nodes), runId, note, directory },
        project: undefined,
        brokerPlaces: brokerPlacesOf(nodes),
        hostAccess: hostAccessOf(nodes, directory),
    });
    return steps.map(step => step.name === 'smoke-test-host' ? { ...step, needs: [...step.needs, 'client-certificate'] } : step);
}

;// CONCATENATED MODULE: ./build/modes/across/down.js
var across_down_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var across_down_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});









/**
 * Mode `down` over several machines, and the post step's teardown: removes the nodes side by side, and is content where nothing is
 * there. A machine that does not answer fails the run, but keeps none of the others.
 * @returns what was removed, also when it failed: the failure is part of the report
 */
function downAcross(config, machines, dependencies) {
    const run = new Run({ ...config, mode: 'down' }, dependencies);
    return run.report(across_down_takeDown(run, machines));
}
async function across_down_takeDown(run, config) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { config: inputs, dependencies, signal } = run;
        const machines = across_down_addDisposableResource(env_1, await openMachines(run, config, { mayBeAway: config.machines }), true);
        const lists = await Promise.all(machines.all.map(async ({ listed: { name }, connected }) => {
            const steps = await downStepsOn(connected, inputs);
            return steps.map(step => placed(step, { name, context: connected }));
        }));
        const [first] = machines.all;
        if (!first)
            return {};
        const limit = new Limit(config.parallel);
        const outcome = await runSteps(sideBySide(lists), { ...first.connected, ...dependencies, signal, limit });
        return withUnreached(stepsResults(outcome), machines);
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = across_down_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** What was taken down, and the machines that nobody came to: what is there stays until a run reaches them. */
function withUnreached(results, { all, unreached }) {
    const [first, ...others] = unreached.map(({ failure }) => failure);
    if (!first)
        return results;
    const { failure } = results;
    if (failure) {
        const details = [...failure.details, ...unreached.map(({ failure: { message } }) => message)];
        return { ...results, failure: { ...failure, details } };
    }
    const { step, cause } = withOthers(first, others);
    const taken = all.map(({ listed: { name } }) => name).join(', ');
    return {
        ...results,
        failure: (0,report_report/* failureOf */.g5)(step, cause.with({ message: `${cause.message}; taken down: ${taken}` })),
    };
}

;// CONCATENATED MODULE: ./build/steps/plan.js








/**
 * Checks every step and applies none, to say what a deployment would change. Checks only read, so all run side by side, on as many
 * machines as `limit` lets, but for one that looks at the work of others: it is not asked while that is still to be done. A check that
 * fails without the work that its step needs is not believed. What comes after the first failure, in the order of the steps, counts as
 * not looked at.
 */
async function planSteps(steps, { limit, ...options }) {
    const plans = new Map();
    const logs = new Map(steps.map(step => [step, new HeldLog()]));
    for (const step of readFirst(steps)) {
        const before = steps.slice(0, steps.indexOf(step));
        const context = contextOf(step, logs.get(step) ?? options.log, options);
        plans.set(step, planStep(step, { plans, before, limit }, context));
    }
    const results = [];
    let failure;
    for (const step of steps) {
        const { error, ...found } = (!failure && (await plans.get(step))) || SKIPPED;
        options.log.startGroup(step.title);
        if (!failure)
            logs.get(step)?.passTo(options.log);
        options.log.endGroup();
        options.log.info(closingLine(step, found));
        if (error)
            failure = failureAt(step, error);
        results.push({ ...identityOf(step), changed: false, ...found });
    }
    await Promise.all(plans.values());
    return { results, failure };
}
const plan_isDone = (status) => status === 'unchanged' || status === 'passed';
/** A step that changes nothing is not planned: its check will come later. */
const plan_after = (step, names) => ({
    status: step.apply ? 'planned' : 'skipped',
    detail: `to ${step.apply ? 'do' : 'be seen'} after ${names.join(', ')}`,
});
const SKIPPED = { status: 'skipped', detail: 'an earlier step failed', durationMs: 0 };
async function planStep(step, { plans, before, limit }, context) {
    const { clock } = context;
    const undone = async (names) => {
        const needed = stepsNamed(names, step, before);
        const found = await Promise.all(needed.map(async (each) => ({ name: each.name, plan: await plans.get(each) })));
        const left = found.filter(({ plan }) => plan && !plan_isDone(plan.status)).map(({ name }) => name);
        return [...new Set(left)];
    };
    const read = undone(step.reads ?? []);
    const areDone = read.then(names => names.length === 0);
    let askedAtMs = 0;
    // Whoever waits for others has no place meanwhile: they may need it.
    const ask = (inner) => inPlace(step, limit, () => {
        inner.signal.throwIfAborted();
        askedAtMs = clock.now();
        return onceMore(inner, step.title, () => step.check(inner));
    });
    const answer = askIfDone(step, areDone, context, ask);
    answer.catch(() => { });
    await read;
    const readAtMs = clock.now();
    const foresee = async () => inPlace(step, limit, async () => (await step.foresee?.(context)) ?? []);
    const found = await plan_look(step, { answer, undone, foresee }, context);
    return { ...found, durationMs: clock.now() - Math.max(readAtMs, askedAtMs) };
}
/** Work on the whole cluster has no place, and is not waited for by anybody. */
function inPlace({ place }, limit, work) {
    return place && limit ? limit.run(place.name, work) : work();
}
async function plan_look(step, { answer, undone, foresee }, context) {
    try {
        context.signal.throwIfAborted();
        const result = await answer;
        if (!result)
            return plan_after(step, await undone(step.reads ?? []));
        const { satisfied, detail, versions } = result;
        if (satisfied)
            return { status: step.apply ? 'unchanged' : 'passed', detail, versions };
        context.log.info(`to do: ${detail}`);
        const foreseen = await foresee();
        for (const line of foreseen)
            context.log.info(`  ${line}`);
        return { status: 'planned', detail, versions, ...(foreseen.length > 0 ? { foreseen } : {}) };
    }
    catch (thrown) {
        const needed = await undone([...step.needs, ...(step.needsToApply ?? [])]);
        if (needed.length > 0 && !context.signal.aborted)
            return plan_after(step, needed);
        const failure = (0,build_errors/* toActionError */.ie)(context.signal.aborted ? context.signal.reason : thrown);
        const error = await explain(context, step, failure);
        logFailure(context.log, error);
        return { status: 'failed', detail: error.message, error };
    }
}

// EXTERNAL MODULE: ./build/compose/reader/environment-file.js
var environment_file = __webpack_require__(51629);
// EXTERNAL MODULE: ./build/compose/reader/place.js
var place = __webpack_require__(50896);
;// CONCATENATED MODULE: ./build/compose/deployment/port-shift.js






const LARGEST_PORT = 65_535;
/**
 * Reads compose files for one of several deployments of them on the same machine: every published port is `shift` higher.
 * The ports are variables of the files, such as `${BROKER_1_PORT:-19092}`; a `.env` beside them sets these. What advertises a
 * port names the same variable, so that it follows.
 *
 * @param shift 0 for the files as they are
 * @throws ActionError `compose-file-unsupported` as `readDeployment` does, and for what two deployments would fight over
 */
function deploymentAt(files, options, shift) {
    const deployment = readDeployment(files, options);
    if (shift === 0)
        return deployment;
    const own = portVariables(deployment, readVariables(files, options));
    port_shift_refuse([...staticProblems(deployment, own, shift), ...deployment.fixedNames.map(inTheWay)]);
    const variables = Object.fromEntries([...own].map(([name, port]) => [name, `${port + shift}`]));
    const shifted = readShifted(files, { ...options, variables: { ...options.variables, ...variables } });
    const moved = new Set(shifted.stack.publishedPorts.map(port_shift_keyOf));
    const stayed = deployment.stack.publishedPorts.filter(each => !moved.has(port_shift_keyOf({ ...each, port: each.port + shift })));
    port_shift_refuse(stayed.map(withoutVariable));
    const before = deployment.files.get('.env');
    const lines = Object.entries(variables).map(([name, port]) => `${name}=${port}`);
    const text = `${before === undefined ? '' : `${before.trimEnd()}\n`}# The ports of this environment.\n${lines.join('\n')}\n`;
    return { ...shifted, files: new Map([...shifted.files, ['.env', text]]) };
}
const port_shift_keyOf = ({ service, address, port }) => `${service} ${address} ${port}`;
const inTheWay = (what) => `${what}, which every environment would want: leave the name out`;
const withoutVariable = ({ service, port }) => `service ${service} publishes port ${port}, which every environment would want: write a variable for it, \${${variableName(service)}:-${port}}`;
/** What is seen before anything is moved. */
function staticProblems({ stack: { publishedPorts } }, own, shift) {
    const movable = new Set(own.values());
    return publishedPorts.flatMap(each => {
        if (!movable.has(each.port))
            return [withoutVariable(each)];
        if (each.port + shift <= LARGEST_PORT)
            return [];
        return [`service ${each.service} publishes port ${each.port}: there is none ${shift} higher`];
    });
}
/** A listener that does not follow its port makes a broker that no client finds. */
function readShifted(files, options) {
    try {
        return readDeployment(files, options);
    }
    catch (error) {
        if (!(error instanceof build_errors/* ActionError */.lZ))
            throw error;
        throw port_shift_refusalOf([
            `what advertises a port must name the same variable as what publishes it; once the ports are moved, ${error.message}`,
        ]);
    }
}
function port_shift_refuse(problems) {
    if (problems.length > 0)
        throw port_shift_refusalOf(problems);
}
const port_shift_refusalOf = (problems) => new build_errors/* ActionError */.lZ('compose-file-unsupported', `not for several environments: ${problems.join('; ')}`, {
    details: problems.length > 1 ? problems : [],
});
const variableName = (service) => `${service.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_PORT`;
/** What the `.env` beside the first file sets. */
function readVariables(files, { readFile }) {
    const path = (0,posix_.join)((0,posix_.dirname)(files[0]?.path ?? '.'), '.env');
    const text = (0,named_file/* textOf */.b)(readFile?.(path));
    const variables = text === undefined ? [] : (0,environment_file/* readEnvironmentFile */.S0)(new place/* SourceText */.D(path, text), () => undefined);
    return new Map(variables.map(({ name, value }) => [name.text, value.text]));
}
/** The variables that stand for a published port, by `.env` or by their default. */
function portVariables({ files, stack: { publishedPorts } }, values) {
    const published = new Set(publishedPorts.map(({ port }) => port));
    const found = new Map();
    for (const text of files.values())
        for (const [, name = '', fallback] of text.matchAll(/\$\{?([A-Za-z_]\w*)(?::?-(\d{1,5})\})?/g)) {
            const port = Number(values.get(name) ?? fallback);
            if (published.has(port))
                found.set(name, port);
        }
    return found;
}

// EXTERNAL MODULE: ./build/modes/lint.js
var lint = __webpack_require__(72866);
// EXTERNAL MODULE: ./build/modes/lint-log.js
var lint_log = __webpack_require__(69513);
;// CONCATENATED MODULE: ./build/modes/one-broker.js

/**
 * The drill shows that the other brokers go on without the one that is restarted: with a single broker there is no other.
 * @throws ActionError `input-invalid` for a drill of a cluster with one broker
 */
function refuseDrillOfOne({ brokers }, { drill }) {
    if (drill === 'none' || brokers.length !== 1)
        return;
    throw new build_errors/* ActionError */.lZ('input-invalid', `drill: ${drill} shows that the cluster goes on without one of its brokers, and this one has a single broker (${brokers[0]?.service}): its restart stops everything`, { hint: 'Leave drill out, or deploy a stack of three brokers: stack: kraft' });
}

// EXTERNAL MODULE: ./build/compose/host-access/host-access.js + 5 modules
var host_access = __webpack_require__(6273);
;// CONCATENATED MODULE: ./build/modes/stranger.js



const SHOWN = 20;
/** Part of the project was not read: there may be anything in it. */
const UNJUDGED = new Set([
    'yaml-syntax',
    'yaml-limit',
    'env-file-syntax',
    'file-missing',
    'file-unread',
    'include-not-followed',
]);
/**
 * Judges compose files that somebody wrote who is not trusted with the machine: nothing of it may be in them, nor anything that
 * cannot be judged, whatever the linter lets pass.
 * @returns `host-access-refused`, or undefined when there is nothing
 */
function refusalOfStranger(files, options) {
    const { model, faults } = (0,load/* loadCompose */.f)(files, { ...options, purpose: 'use' });
    const unjudged = faults.filter(({ kind }) => UNJUDGED.has(kind));
    const found = [...(0,host_access/* hostAccessOf */.o)({ model, isStranger: true }), ...unjudged];
    if (found.length === 0)
        return undefined;
    const lines = [...new Set(found.map(lineOf))];
    const names = files.map(({ path }) => path).join(', ');
    const more = lines.length > 1 ? ` (and ${lines.length - 1} more)` : '';
    return new build_errors/* ActionError */.lZ('host-access-refused', `${names} comes from a pull request, and gets something of the machine: ${lines[0]}${more}`, { details: lines.slice(0, SHOWN) });
}
const lineOf = ({ place: { file, line, column }, message }) => `${file}:${line}:${column} ${message}`;

;// CONCATENATED MODULE: ./build/modes/deployable.js








/** Judges a user's own compose files, and finds out what cannot be deployed before the machine is touched. */
function judgeDeployment(config, source, log) {
    const { compose, environment, allowHostAccess, schemas, imageRegistry, smokeTest } = config;
    const own = source.isOwn ? (0,lint/* judgeSource */.r)(compose, source, log, environment !== undefined) : undefined;
    const judged = { lint: own?.judgement, findings: own?.findings ?? [] };
    const refusal = own && (0,lint_log/* refusalOf */.O)(own.judgement);
    if (refusal)
        return { ...judged, refusal };
    const { files, readFile } = { ...source, ...own };
    if (source.isOwn && source.isOfPullRequest && !allowHostAccess) {
        const stranger = refusalOfStranger(files, { readFile });
        if (stranger)
            return { ...judged, refusal: stranger };
    }
    const at = (portShift) => {
        const deployment = deploymentAt(files, { readFile }, portShift);
        if (!imageRegistry)
            return deployment;
        return fromRegistry(deployment, imageRegistry.address, imageRegistry.login !== undefined);
    };
    try {
        const { cluster } = at(environment === undefined ? 0 : 1);
        if (schemas.length > 0 && cluster.schemaRegistryUrl === undefined)
            throw new build_errors/* ActionError */.lZ('input-invalid', 'schemas: what is deployed has no schema registry to take them');
        refuseDrillOfOne(cluster, smokeTest);
        if (cluster.brokers.length === 1)
            log.warning(ONE_BROKER);
        return { ...judged, deploymentAt: at, cluster };
    }
    catch (error) {
        return { ...judged, refusal: (0,build_errors/* toActionError */.ie)(error) };
    }
}

;// CONCATENATED MODULE: ./build/machine/port-shift.js


/** Distance between the ports of two environments. */
const SHIFT = 100;
/** Beyond it the ports of one service would meet those of the next: 8081 lies 5,900 above ZooKeeper's 2181. */
const LARGEST_SHIFT = 5_000;
const port_shift_LARGEST_PORT = 65_535;
/**
 * The port shift of an environment: the one it has already, or the first whose ports nobody on the machine has or wants.
 * @param ports what the compose file publishes without a shift
 * @throws ActionError `port-in-use` when none is left
 */
async function choosePortShift(host, project, ports, records) {
    const reserved = new Set(records.filter(other => other.project !== project).flatMap(other => other.ports));
    const isFree = (shift, taken) => ports.every(port => port + shift <= port_shift_LARGEST_PORT && !reserved.has(port + shift) && !taken.has(port + shift));
    const own = records.find(other => other.project === project)?.portShift;
    // What listens at its ports now is most likely itself; the step `stack` knows.
    if (own !== undefined && own > 0 && isFree(own, new Set()))
        return own;
    const listening = await listeningPorts(host);
    for (let shift = SHIFT; shift <= LARGEST_SHIFT; shift += SHIFT)
        if (isFree(shift, listening))
            return shift;
    throw new build_errors/* ActionError */.lZ('port-in-use', 'no ports are left on the machine for one more environment', {
        hint: 'Take down environments that nobody needs: the log lists them.',
    });
}

;// CONCATENATED MODULE: ./build/modes/preparation.js




/** Finds out which ports the deployment gets; an environment has its own. */
async function prepare(connected, { projectName, directory, environment }, { deploymentAt, clients, approve }) {
    const { host, machine, log, env } = connected;
    const unshifted = deploymentAt(0);
    const portShift = environment === undefined
        ? 0
        : await onceMore(connected, 'Ports', async () => choosePortShift(...[host, projectName, preparation_portsOf(unshifted)], (await readRecords(host, machine.home)).records));
    const deployment = portShift === 0 ? unshifted : deploymentAt(portShift);
    await approve?.(deployment);
    const { composeFiles } = deployment;
    if (environment !== undefined)
        log.info(`environment ${environment}: ports ${preparation_portsOf(deployment).join(', ')}, directory ${directory}, project ${projectName}`);
    return {
        assets: { ...clients, deployment },
        project: { name: projectName, directory: `${machine.home}/${directory}`, composeFiles },
        portShift,
        run: workflowRunUrl(env),
    };
}
const preparation_portsOf = ({ stack }) => stack.publishedPorts.map(({ port }) => port);

;// CONCATENATED MODULE: ./build/modes/plan.js
var plan_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var plan_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});








/** Readiness is only looked at here, not waited for. */
const READY_TIMEOUT_MS = 10_000;
/** The same, with less patience for what is not ready. */
const lookingOnly = (config) => ({
    ...config,
    smokeTest: { ...config.smokeTest, timeoutMs: Math.min(config.smokeTest.timeoutMs, READY_TIMEOUT_MS) },
});
/**
 * Mode `plan`: says, step by step, what `deploy` would change, and changes nothing.
 * @returns what would be done, also when it failed: the failure is part of the report
 */
async function plan(config, dependencies) {
    const { clients, schemas, source, log } = dependencies;
    const judged = judgeDeployment(config, source, log);
    const { lint, findings } = judged;
    const outcome = (report) => ({ report: { ...report, lint }, findings });
    if (judged.refusal)
        return outcome((0,report_report/* failedBeforeStart */.fV)(judged.refusal, dependencies, { mode: 'plan', step: 'lint' }));
    const run = new Run(config, dependencies);
    const { deploymentAt } = judged;
    return outcome(await run.report(planOnMachine(run, { clients, deploymentAt }, schemas)));
}
async function planOnMachine(run, sources, schemas) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { config } = run;
        const session = plan_addDisposableResource(env_1, await session_openSession(run), true);
        const preparation = await prepare(session, config, sources);
        const options = { ...preparation, machine: session.machine, schemas, note: () => { } };
        const steps = deploySteps(lookingOnly(config), options);
        const asked = askForEnvironments(session);
        const outcome = await planSteps(steps, session);
        return { ...stepsResults(outcome), ...(await environmentsOn(session, { asked })) };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = plan_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}

;// CONCATENATED MODULE: ./build/modes/across/plan.js
var across_plan_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var across_plan_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});









/**
 * Mode `plan` over several machines: says for each of them what `deploy` would change, and changes nothing.
 * @returns what would be done, also when it failed: the failure is part of the report
 */
function planAcross(config, machines, dependencies) {
    const run = new Run(lookingOnly(config), dependencies);
    return run.report(planOnMachines(run, machines, dependencies));
}
async function planOnMachines(run, config, { stack, clients, schemas }) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const machines = across_plan_addDisposableResource(env_1, await openMachines(run, config, { leaving: config.leaving?.machines }), true);
        const leaving = await planLeaving(run, machines, config);
        const nodes = await planCluster(run, machines.all, config, stack);
        const found = { nodes, clients, schemas, leaving: leaving.steps };
        const steps = deployStepsOf(run, config, { ...found, note: () => { } });
        const context = clusterContext(run, nodes, leaving.hosts);
        return stepsResults(await planSteps(steps, { ...context, limit: new Limit(config.parallel) }));
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = across_plan_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}

// EXTERNAL MODULE: ./build/kafka/security/client-security.js
var client_security = __webpack_require__(36512);
;// CONCATENATED MODULE: ./build/machine/find-cluster.js







/**
 * A cluster that is known by its addresses alone: its brokers are those that the given ones name.
 * @throws ActionError `kafka-not-ready` when one of the addresses does not answer
 */
async function clusterAt({ host, kafka, log, clock }, { bootstrapServers, schemaRegistryUrl }) {
    const answers = bootstrapServers.map(async (address) => {
        try {
            return await withAdmin(kafka.onlyTo(address).admin(), clock, admin => admin.describeCluster());
        }
        catch (cause) {
            const own = (0,build_errors/* actionErrorIn */.qk)(cause);
            if (own)
                throw await explainForwardingBan(host, own);
            const reason = (0,build_errors/* reasonOf */.A3)(cause);
            throw new build_errors/* ActionError */.lZ('kafka-not-ready', `bootstrap server ${address}: ${reason}`, {
                cause,
                ...(/closed/i.test(reason) ? { hint: CLOSED } : {}),
            });
        }
    });
    const known = new Map();
    for (const { brokers } of await Promise.all(answers))
        for (const { nodeId, host: name, port } of brokers)
            known.set(nodeId, `${name}:${port}`);
    const brokers = [...known]
        .toSorted(([a], [b]) => a - b)
        .map(([nodeId, address]) => ({ service: `broker-${nodeId}`, address }));
    for (const { service, address } of brokers)
        log.info(`${service} at ${address}`);
    const members = brokers.map(broker => ({ ...broker, role: 'broker' }));
    if (schemaRegistryUrl !== undefined) {
        const address = new URL(schemaRegistryUrl).host;
        members.push({ service: 'schema-registry', role: 'schema-registry', address });
    }
    return {
        brokers,
        bootstrapServers: brokers.map(({ address }) => address),
        schemaRegistryUrl,
        members,
    };
}
const CLOSED = 'A broker closes the connection of a client that does not speak as its listener wants it: compare security.protocol of client-properties (without it PLAINTEXT) with listener.security.protocol.map of the broker. Whether TLS is spoken there: openssl s_client -connect HOST:PORT </dev/null';
/**
 * The cluster of a Docker Compose project on the machine, read from the files that its containers were made from.
 * @throws ActionError `cluster-not-found`, `compose-file-unreadable` or `compose-file-unsupported`
 */
async function clusterOfProject({ host, machine, log }, name) {
    if (!machine.hasDocker)
        throw notFound(name, 'Docker is not installed');
    refuseWithoutSudo(machine);
    const projects = await listProjects(host);
    const project = projects.find(other => other.name === name);
    if (!project) {
        const names = projects.map(other => other.name);
        throw notFound(name, names.length > 0 ? `there are: ${names.join(', ')}` : 'there are no projects at all');
    }
    for (const path of project.paths)
        log.info(`project ${name}: ${path}`);
    const [first = ''] = project.paths;
    const directory = (0,posix_.dirname)(first);
    const composeFiles = project.paths.map(path => (0,posix_.relative)(directory, path));
    return {
        cluster: await readFrom(host, name, project.paths),
        project: { name, directory, composeFiles },
    };
}
const notFound = (name, why) => new build_errors/* ActionError */.lZ('cluster-not-found', `no container of the Docker Compose project ${name} is on the machine: ${why}`);
async function listProjects(host) {
    const fields = ['project', 'project.working_dir', 'project.config_files'].map(docker_labels/* labelField */.fC);
    const { exitCode, stdout, stderr } = await host.run({
        argv: ['docker', 'ps', '--all', ...(0,docker_labels/* withLabel */.nH)('project'), '--format', (0,docker_labels/* columns */.YB)(...fields)],
        sudo: true,
        isLook: true,
    });
    if (exitCode !== 0) {
        throw new build_errors/* ActionError */.lZ('docker-not-running', 'docker ps does not answer', {
            details: (0,build_errors/* lastLines */.w$)(stderr, 5),
        });
    }
    const projects = new Map();
    for (const [name = '', folder = '', files = ''] of (0,docker_labels/* rowsOf */.RO)(stdout)) {
        const paths = files.split(',').map(path => ((0,posix_.isAbsolute)(path) ? path : (0,posix_.join)(folder, path)));
        if (!projects.has(name))
            projects.set(name, { name, paths });
    }
    return [...projects.values()];
}
/** Bytes of a file that is read as root because a label or a compose file names it: whoever wrote that is a stranger. */
const find_cluster_LONGEST_FILE = 1024 * 1024;
/** `sh -c READ sh PATH`: a FIFO or a device is not waited for. */
const find_cluster_READ = `[ -f "$1" ] && exec head -c ${find_cluster_LONGEST_FILE + 1} -- "$1"`;
/** Reads compose files on the machine, and then what they name, until nothing more is asked for. */
async function readFrom(host, name, paths) {
    const texts = new Map();
    const fetch = async (path) => {
        const { exitCode, stdout } = await host.run({
            argv: ['sh', '-c', find_cluster_READ, 'sh', path],
            sudo: true,
            isLook: true,
        });
        if (Buffer.byteLength(stdout) > find_cluster_LONGEST_FILE)
            throw find_cluster_tooLong(name, path);
        texts.set(path, exitCode === 0 ? stdout : undefined);
    };
    await Promise.all(paths.map(fetch));
    const gone = paths.filter(path => texts.get(path) === undefined);
    if (gone.length > 0) {
        throw new build_errors/* ActionError */.lZ('compose-file-unreadable', `project ${name} was made from ${gone.join(', ')}, which is not on the machine any more`, { hint: 'Deploy again, or name the cluster by bootstrap-servers.' });
    }
    const files = paths.map(path => ({ path, text: texts.get(path) ?? '' }));
    for (;;) {
        const asked = new Set();
        const readFile = (path) => {
            if (!texts.has(path))
                asked.add(path);
            return texts.get(path);
        };
        const read = () => readCluster(files, { readFile });
        const tried = find_cluster_attempt(read);
        if (asked.size === 0)
            return tried();
        await Promise.all([...asked].map(fetch));
    }
}
const find_cluster_tooLong = (name, path) => new build_errors/* ActionError */.lZ('compose-file-unreadable', `project ${name} names ${path}, which has more than ${find_cluster_LONGEST_FILE} bytes: nothing of it is read`, { hint: 'Name the cluster by bootstrap-servers.' });
/** What a function returns or throws, for later. */
function find_cluster_attempt(work) {
    try {
        const result = work();
        return () => result;
    }
    catch (error) {
        return () => {
            throw error;
        };
    }
}

;// CONCATENATED MODULE: ./build/modes/smoke-test.js
var smoke_test_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var smoke_test_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});



















/**
 * Mode `smoke-test`: proves a cluster that is there, whoever deployed it, and changes nothing but its own probe. Then the tunnel
 * to it is opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
async function smokeTest(config, dependencies) {
    const obstacle = config.cluster && (await tunnelObstacle(config, config.cluster));
    if (obstacle)
        return (0,report_report/* failedBeforeStart */.fV)(obstacle, dependencies, { mode: 'smoke-test', step: 'tunnel' });
    const run = new Run(config, dependencies);
    const report = await run.report(prove(run, dependencies.clients));
    return openTunnel(report, config, dependencies);
}
async function prove(run, clients) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { config } = run;
        const session = smoke_test_addDisposableResource(env_1, await session_openSession(run), true);
        const { host, machine, clock, runId, signal } = session;
        const { cluster, project } = await onceMore(session, 'Cluster', () => findCluster(session, config));
        if (project)
            await orElse(clock, touchRecord(host, machine.home, project.name), undefined);
        const directory = project?.directory ?? `${machine.home}/${config.directory}`;
        const pair = clientSteps(machine.home, directory, clients).map(checkOnly);
        const smoke = await onceMore(session, 'Clients', () => withoutMissingPair(config.smokeTest, pair, session));
        const { topic, group, timeoutMs } = smoke;
        const { found, note } = collectResults();
        const steps = [
            kafkaReadyStep({ project, cluster, group, timeoutMs, needs: [] }),
            topicStep(topic, cluster.bootstrapServers, note),
            ...(smoke.clients.includes('host') ? pair : []),
            ...smokeTestSteps({
                config: smoke,
                cluster,
                runId,
                note,
                project,
                directory,
            }),
        ];
        const outcome = await runSteps(steps, session);
        const results = {
            ...found,
            ...clusterResults(await withoutProbe(outcome, topic, cluster, session), cluster),
        };
        return signal.aborted ? results : { ...results, ...(await aftermath(session, project, cluster, results)) };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = smoke_test_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
async function findCluster(session, { cluster: address, projectName, security, smokeTest }) {
    const { log } = session;
    log.startGroup('Cluster');
    if (security)
        log.info(`Kafka is asked as client-properties say: ${(0,client_security/* describeSecurity */.su)(security)}`);
    if (security?.tls?.checksName === false)
        log.warning('ssl.endpoint.identification.algorithm is empty: any certificate that the authority signed is taken for that of a broker');
    try {
        if (address)
            return { cluster: await clusterAt(session, address), project: undefined };
        const found = await clusterOfProject(session, projectName);
        refuseDrillOfOne(found.cluster, smokeTest);
        return found;
    }
    finally {
        log.endGroup();
    }
}
/**
 * The step without its change; the steps that it needs are taken to be done. Whether the pair is there is asked before the steps:
 * what was found then holds for the step as well.
 */
function checkOnly({ apply: _, check, ...step }) {
    let found;
    return {
        ...step,
        needs: [],
        async check(context) {
            found ??= await check(context);
            return found;
        },
    };
}
/** The Python pair needs files and packages of a deployment. Nothing is installed for it here. */
async function withoutMissingPair(config, pair, context) {
    if (!config.clients.includes('host'))
        return config;
    const checks = await Promise.all(pair.map(step => step.check(context)));
    const missing = checks.find(({ satisfied }) => !satisfied);
    if (!missing)
        return config;
    const others = config.clients.filter(name => name !== 'host');
    if (others.length === 0) {
        throw new build_errors/* ActionError */.lZ('python-setup-failed', `the Python pair cannot run: ${missing.detail}`, {
            hint: 'mode deploy puts the pair on the machine; mode smoke-test installs nothing. Or set clients to runner.',
        });
    }
    context.log.info(`the Python pair is left out: ${missing.detail} (mode deploy would put it there)`);
    return { ...config, clients: others };
}
/**
 * Removes the topic if this run has made it: one that was not there before is part of the probe.
 * @returns the outcome, in which a step has changed something only if the topic is left
 */
async function withoutProbe(outcome, topic, cluster, context) {
    const madeTopic = outcome.results.some(({ name, changed }) => name === 'topic' && changed);
    const isLeft = madeTopic && !(await removeTopic(topic, cluster, context));
    return { ...outcome, results: outcome.results.map(each => ({ ...each, changed: isLeft && each.changed })) };
}
/** @returns whether it is gone */
async function removeTopic(topic, { bootstrapServers }, context) {
    try {
        await asAdmin(context, bootstrapServers, admin => deleteTopic(admin, topic));
        context.log.info(`topic ${topic}, which was not there before, is removed again`);
        return true;
    }
    catch (error) {
        context.log.warning(`topic ${topic} was made by this run and could not be removed: ${(0,build_errors/* reasonOf */.A3)(error)}`);
        return false;
    }
}

;// CONCATENATED MODULE: ./build/modes/across/smoke-test.js
var across_smoke_test_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var across_smoke_test_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
















/**
 * Mode `smoke-test` over several machines: proves the cluster that was deployed to them, and changes nothing but its own probe. Then
 * the tunnel to it is opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
async function smokeTestAcross(config, machines, dependencies) {
    const run = new Run(config, dependencies);
    const report = await run.report(smoke_test_prove(run, machines, dependencies));
    return openTunnel(report, config, dependencies);
}
async function smoke_test_prove(run, config, { stack, clients }) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { smokeTest } = run.config;
        const machines = across_smoke_test_addDisposableResource(env_1, await openMachines(run, config), true);
        const nodes = await planCluster(run, machines.all, config, stack);
        refuseWithoutNode(nodes);
        const [context, cluster] = [clusterContext(run, nodes), clusterOfNodes(nodes)];
        await refuseObstacle(run.config)({ cluster });
        const pair = pairSteps(nodes, clients).map(checkOnly);
        const smoke = await withoutMissingPair(smokeTest, pair, context);
        const { topic, group, timeoutMs } = smoke;
        const { found, note } = collectResults();
        const steps = [
            membersStep({ nodes, needs: [] }),
            kafkaReadyStep({ project: undefined, cluster, group, timeoutMs, needs: ['members'] }),
            topicStep(topic, cluster.bootstrapServers, note),
            ...(smoke.clients.includes('host') ? pair : []),
            ...proofOf(smoke, run.dependencies.runId, nodes, note),
        ];
        const outcome = await runSteps(steps, context);
        const results = {
            ...found,
            ...clusterResults(await withoutProbe(outcome, topic, cluster, context), cluster),
        };
        return run.signal.aborted ? results : { ...results, ...(await aftermathOn(run, nodes, results)) };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = across_smoke_test_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** @throws ActionError `cluster-not-found` that names the machines on which nothing was deployed */
function refuseWithoutNode(nodes) {
    const empty = nodes.filter(({ context }) => context.machine.nodeId === undefined);
    if (empty.length === 0)
        return;
    const names = empty.map(({ context }) => context.machine.name).join(', ');
    throw new build_errors/* ActionError */.lZ('cluster-not-found', `no node of a cluster is on ${names}: mode deploy with the same machines makes it`);
}

;// CONCATENATED MODULE: ./build/modes/across/across.js




const MODES = {
    deploy: deployAcross,
    plan: planAcross,
    'smoke-test': smokeTestAcross,
    down: downAcross,
};
/** What the inputs ask for, over several machines. */
const across = (config, machines, dependencies) => MODES[config.mode](config, machines, dependencies);

;// CONCATENATED MODULE: ./build/modes/deploy.js
var modes_deploy_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var modes_deploy_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});













/**
 * Mode `deploy`: a user's own compose files are judged, then the machine gets the guide's four parts and the smoke test, then
 * the tunnel is opened.
 * @returns what was found out, also when it failed: the failure is part of the report
 */
async function deploy(config, dependencies) {
    const { clients, schemas, source, log, onDeploying } = dependencies;
    const judged = judgeDeployment(config, source, log);
    const { lint, findings } = judged;
    const outcome = (report) => ({ report: { ...report, lint }, findings });
    if (judged.refusal)
        return outcome((0,report_report/* failedBeforeStart */.fV)(judged.refusal, dependencies, { mode: 'deploy', step: 'lint' }));
    const { deploymentAt, cluster } = judged;
    const obstacle = config.environment === undefined && (await tunnelObstacle(config, cluster));
    if (obstacle)
        return outcome((0,report_report/* failedBeforeStart */.fV)(obstacle, dependencies, { mode: 'deploy', step: 'tunnel' }));
    onDeploying();
    const run = new Run(config, dependencies);
    const sources = { clients, deploymentAt, approve: refuseObstacle(config) };
    const report = await run.report(deployOnMachine(run, sources, schemas));
    return outcome(await openTunnel(report, config, dependencies));
}
async function deployOnMachine(run, sources, schemas) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { config } = run;
        const session = modes_deploy_addDisposableResource(env_1, await session_openSession(run), true);
        const { host, machine, runId, clock, signal } = session;
        const preparation = await prepare(session, config, sources);
        const { project } = preparation;
        const touched = orElse(clock, touchRecord(host, machine.home, project.name), undefined);
        const { cluster } = preparation.assets.deployment;
        const { found, note } = collectResults();
        const deployment = deploySteps(config, { ...preparation, machine, schemas, note });
        const steps = [
            ...deployment,
            ...smokeTestSteps({
                config: config.smokeTest,
                cluster,
                project,
                directory: project.directory,
                runId,
                note,
            }),
        ];
        // Of a machine that its step refuses nothing more is asked.
        const isSuitable = machine.isAmazonLinux2023 && machine.hasSudo;
        const outcome = await runSteps(steps, session, isSuitable ? deployment : []);
        const results = { ...found, ...clusterResults(outcome, cluster) };
        // A cancelled run has seconds left, and needs them to undo what must not stay.
        if (signal.aborted)
            return results;
        const environments = environmentsOn(session);
        // What explains a failure stands behind them in the log.
        if (results.failure)
            await environments;
        const after = await aftermath(session, project, cluster, results);
        await touched;
        return { ...results, ...(await environments), ...after };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = modes_deploy_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}

;// CONCATENATED MODULE: ./build/machine/sweep-choice.js

/** A clock that is read a moment after the other one may be this much behind. */
const sweep_choice_TOLERANCE_MS = 60_000;
/**
 * Judges each environment by its record alone. Whatever is not sure stays, with the reason; a deployment without an environment is not
 * even looked at.
 */
function chooseUnused(records, wanted) {
    return records.flatMap(record => (isOfEnvironment(record) ? [{ record, ...judge(record, wanted) }] : []));
}
const isOfEnvironment = (record) => record.environment !== undefined;
function judge(record, { nowMs, unusedForMs, project, directory }) {
    const stays = (why) => ({ goes: false, why });
    const name = record.environment;
    if (record.project !== `${project}-${name}` || record.directory !== `${directory}-${name}`)
        return stays(`it is project ${record.project} in ${record.directory}, and this sweep is of ${project}-… in ${directory}-…: give its directory and project-name`);
    if (record.usedAt === undefined)
        return stays('nothing on the machine tells when it was last used');
    const unusedMs = nowMs - Date.parse(record.usedAt);
    if (unusedMs < -sweep_choice_TOLERANCE_MS)
        return stays(`its note is of ${record.usedAt}, which is still to come by the machine's clock (${new Date(nowMs).toISOString()})`);
    return { goes: unusedMs >= unusedForMs, why: `last used ${agoOf(unusedMs)}` };
}

;// CONCATENATED MODULE: ./build/modes/sweep.js
var sweep_addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var sweep_disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});












/** With clocks further apart than this, what is old by the machine's clock may be of today. */
const MOST_APART_MS = 3_600_000;
/**
 * Takes down the environments that no run has used for long, one after the other; with mode `plan` it shows which, and changes
 * nothing. What is not sure to be unused stays, and so does the plain deployment.
 * @returns what went and what stays, also when it failed: the failure is part of the report
 */
function sweep(config, wanted, dependencies) {
    const run = new Run(config, dependencies);
    return run.report(sweepMachine(run, wanted));
}
async function sweepMachine(run, wanted) {
    const env_1 = { stack: [], error: void 0, hasError: false };
    try {
        const { clock, startedAt } = run.dependencies;
        const begunAt = clock.now();
        const session = sweep_addDisposableResource(env_1, await session_openSession(run, { mayLookOn: true }), true);
        const { host, machine, log, signal } = session;
        const noted = await onceMore(session, 'Records', () => readRecords(host, machine.home));
        warnOfPassedOver(log, noted);
        const now = await onceMore(session, 'Clock', () => sweep_timeOf(session));
        const { projectName: project, directory } = run.config;
        const choices = chooseUnused(noted.records, {
            ...{ nowMs: now, unusedForMs: wanted.unusedForMs, project },
            directory: `${machine.home.replace(/\/$/, '')}/${directory}`,
        });
        const apartMs = Math.abs(now - (startedAt.getTime() + clock.now() - begunAt));
        const obstacle = session.heldBy ?? (apartMs > MOST_APART_MS ? clocksApart(apartMs) : undefined);
        const sure = obstacle === undefined ? choices : choices.map(choice => keep(choice, obstacle));
        tellChoices(session, sure, wanted, noted);
        const { ended, ...results } = await takeDownAll(run, session, sure);
        const found = { ...results, sweep: { unusedForMs: wanted.unusedForMs, environments: ended } };
        return signal.aborted ? found : { ...found, ...(await environmentsOn(session, { areToldBefore: true })) };
    }
    catch (e_1) {
        env_1.error = e_1;
        env_1.hasError = true;
    }
    finally {
        const result_1 = sweep_disposeResources(env_1);
        if (result_1)
            await result_1;
    }
}
/** @returns milliseconds since 1970 by the machine's clock */
async function sweep_timeOf({ host }) {
    const { stdout } = await (0,must_run/* mustRun */.P)(host, { argv: ['date', '+%s'] });
    return Number(stdout) * 1000;
}
const clocksApart = (apartMs) => `the clocks of the machine and the runner are ${(0,build_clock/* formatDuration */.a)(apartMs)} apart, so that no age is sure`;
const keep = (choice, obstacle) => choice.goes ? { ...choice, goes: false, why: `${choice.why}, but ${obstacle}` } : choice;
/** Comes before anything is changed. */
function tellChoices({ log, heldBy }, choices, { unusedForMs }, { records }) {
    log.startGroup(`Environments that no run has used for ${periodOf(unusedForMs)}`);
    if (choices.length === 0)
        log.info('no environment is noted on the machine');
    for (const { record, goes, why } of choices)
        log.info(`${record.environment} ${goes ? 'goes' : 'stays'}: ${why}`);
    for (const { project } of records.filter(({ environment }) => environment === undefined))
        log.info(`project ${project} stays: it is no environment`);
    log.endGroup();
    if (heldBy !== undefined)
        log.warning(`nothing is taken down: ${heldBy}. The next sweep does it.`);
}
/** As the input gives it. */
const periodOf = (ms) => {
    const hours = ms / 3_600_000;
    return hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`;
};
/** One that cannot be taken down does not keep the others from it. */
async function takeDownAll(run, session, choices) {
    const ended = [];
    const steps = [];
    const failures = [];
    for (const { record, goes, why } of choices) {
        const { environment, project, directory, usedAt } = record;
        const about = { environment, project, directory, ...(usedAt === undefined ? {} : { usedAt }) };
        if (!goes || session.signal.aborted) {
            ended.push({ ...about, end: 'stays', why: goes ? 'the run ended before' : why });
            continue;
        }
        const { results, failure } = await sweep_takeDown(run, session, record);
        steps.push(...results);
        if (failure) {
            const { message, ...rest } = (0,report_report/* failureOf */.g5)(failure.step, failure.error);
            failures.push({ ...rest, message: `environment ${environment}: ${message}` });
            ended.push({ ...about, end: 'failed', why: message });
        }
        else
            ended.push({ ...about, end: run.config.mode === 'plan' ? 'would-go' : 'gone', why });
    }
    return { ended, steps, failure: failures[0] };
}
function sweep_takeDown({ config: { mode, volumes } }, session, record) {
    const { project, environment } = record;
    const steps = downSteps({ project, machine: session.machine, volumes, record }).map(step => ({
        ...step,
        title: `${environment}: ${step.title}`,
    }));
    return mode === 'plan' ? planSteps(steps, session) : runSteps(steps, session);
}

// EXTERNAL MODULE: ./build/action/files/workspace-folder.js
var workspace_folder = __webpack_require__(75451);
;// CONCATENATED MODULE: ./build/action/schema-files.js


/** Of a schema's file; the registry itself takes less. */
const MAX_FILE_BYTES = 256 * 1024;
/**
 * Reads the schemas that the inputs name.
 * @param workspace folder of the repository that is checked out; nothing outside of it is read
 * @throws ActionError `input-invalid`
 */
function readSchemaFiles(choices, workspace) {
    if (choices.length === 0)
        return [];
    const folder = new workspace_folder/* WorkspaceFolder */.m(workspace);
    return choices.map(({ subject, file, type }) => {
        try {
            return { subject, type, file, text: folder.read(folder.pathOf(file), MAX_FILE_BYTES) };
        }
        catch (cause) {
            throw new build_errors/* ActionError */.lZ('input-invalid', `schemas: ${file}: it ${(0,build_errors/* reasonOf */.A3)(cause)}`, {
                cause,
                hint: 'Check the path, which starts at the root of the workspace, and that the job has checked the repository out.',
            });
        }
    });
}

// EXTERNAL MODULE: ./build/action/state.js
var action_state = __webpack_require__(90862);
// EXTERNAL MODULE: ./build/action/workflow-commands.js + 5 modules
var workflow_commands = __webpack_require__(27918);
;// CONCATENATED MODULE: ./build/action/machine-tasks.js















/** Does what the inputs ask for on a machine. */
async function performOnMachine(task, runner, workspace, sourceOf) {
    const { root } = runner;
    const { mode, config } = task;
    const dependencies = {
        ...runner,
        clock: build_clock/* systemClock */.m,
        env: process.env,
        firstKeys: new FirstKeys({}, shown => workflow_commands/* saveState */.LZ(action_state/* STATE */.c.hostKeys, shown)),
        openHost: openHost,
        kafkaClients: kafkaClients,
        tunnelProgram: (0,external_node_path_.join)(root, 'dist', 'tunnel', 'index.js'),
        onTunnel: state => workflow_commands/* saveState */.LZ(action_state/* STATE */.c.tunnel, state),
    };
    if (config.machines) {
        const further = {
            clients: readClients(root),
            schemas: readSchemaFiles(config.schemas, workspace),
            stack: readNodeStack(root),
            onDeploying: () => workflow_commands/* saveState */.LZ(action_state/* STATE */.c.deploying, 'true'),
        };
        return { report: await across(config, config.machines, { ...dependencies, ...further }) };
    }
    if (config.sweep)
        return { report: await sweep(config, config.sweep, dependencies) };
    switch (mode) {
        case 'deploy':
            return deploy(config, {
                ...dependencies,
                clients: readClients(root),
                schemas: readSchemaFiles(config.schemas, workspace),
                source: sourceOf(config.compose),
                onDeploying: () => workflow_commands/* saveState */.LZ(action_state/* STATE */.c.deploying, 'true'),
            });
        case 'plan':
            return plan(config, {
                ...dependencies,
                clients: readClients(root),
                schemas: readSchemaFiles(config.schemas, workspace),
                source: sourceOf(config.compose),
            });
        case 'smoke-test':
            return { report: await smokeTest(config, { ...dependencies, clients: readClients(root) }) };
        case 'down':
            return { report: await down(config, dependencies) };
    }
}
function readNodeStack(root) {
    const read = (name) => (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(root, 'stacks', 'kraft-node', name), 'utf8');
    return {
        node: read('docker-compose.yml'),
        registry: read('docker-compose.schema-registry.yml'),
        rack: read('docker-compose.rack.yml'),
    };
}
function readClients(root) {
    const read = (name) => (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(root, 'client', name), 'utf8');
    return {
        producer: read('producer.py'),
        consumer: read('consumer.py'),
        settings: read('client_settings.py'),
        requirements: read('requirements.txt'),
        codecs: read('requirements-codecs.txt'),
    };
}


/***/ }),

/***/ 99727:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N6: () => (/* binding */ lowestFree),
/* harmony export */   QA: () => (/* binding */ RACK),
/* harmony export */   ZC: () => (/* binding */ hostPortOf),
/* harmony export */   eA: () => (/* binding */ readNodeSettings),
/* harmony export */   k7: () => (/* binding */ newClusterId),
/* harmony export */   zA: () => (/* binding */ planNodes)
/* harmony export */ });
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(77598);
/* harmony import */ var node_net__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(77030);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(19473);



/** The name of a rack, which stands in a file of settings as it is: `eu-west-3a`, `row_4.7`. */
const RACK = /^[A-Za-z0-9][\w.-]{0,63}$/;
/** The names of the stack's files in the project's directory. */
const NODE_FILE = 'docker-compose.yml';
const NODE_REGISTRY_FILE = 'docker-compose.schema-registry.yml';
const NODE_RACK_FILE = 'docker-compose.rack.yml';
const CLUSTER_PORT = 9092;
const CONTROLLER_PORT = 9093;
/** As in the stacks of one machine, whose three brokers have these ports. */
const FIRST_HOST_PORTS = [19092, 29092, 39092];
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
    const id = (0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.randomBytes)(16).toString('base64url');
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
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ActionError */ .lZ('machines-of-different-clusters', `${twin.name} and ${name} both have node ${nodeId}: no cluster may have two nodes of one id`);
    }
}
/** @throws ActionError when not all of those that have an id have the same */
function clusterIdOf(machines) {
    const [first, ...others] = machines.filter(({ clusterId }) => clusterId !== undefined);
    const stranger = others.find(({ clusterId }) => clusterId !== first?.clusterId);
    if (!first || !stranger)
        return first?.clusterId;
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ActionError */ .lZ('machines-of-different-clusters', `${first.name} is of cluster ${first.clusterId}, and ${stranger.name} of cluster ${stranger.clusterId}`);
}
/** @throws ActionError when the controllers would not be those that the cluster was made with */
function refuseOtherControllers(machines, wanted) {
    const known = machines.flatMap(({ nodeId }) => nodeId ?? []);
    if (known.length === 0)
        return;
    const made = machines.find(({ controllers }) => controllers !== undefined && controllers !== wanted);
    if (made)
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ActionError */ .lZ('controller-missing', `the cluster was made with ${made.controllers} controllers, and controllers says ${wanted}: the number cannot be changed`);
    const ids = Array.from({ length: wanted }, (_, index) => index + 1);
    const missing = ids.filter(id => !known.includes(id));
    if (missing.length === 0)
        return;
    const nodes = missing.length === 1 ? `node ${missing[0]}` : `nodes ${missing.join(', ')}`;
    const found = machines.flatMap(({ name, nodeId }) => (nodeId === undefined ? [] : `${name} has ${nodeId}`));
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .ActionError */ .lZ('controller-missing', `none of the machines has ${nodes}, of the ${wanted} nodes that decide for the cluster: ${found.join(', ')}`);
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
const inUrl = (address) => ((0,node_net__WEBPACK_IMPORTED_MODULE_1__.isIPv6)(address) ? `[${address}]` : address);
const at = ({ address }, port) => `${inUrl(address)}:${port}`;
const environmentFile = (settings) => [
    "# Written by kafka-al2023-action: what is this machine's own. The compose files are the same on all machines of the cluster.",
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    '',
].join('\n');


/***/ }),

/***/ 19679:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I: () => (/* binding */ kindOf),
/* harmony export */   T4: () => (/* binding */ isPinned),
/* harmony export */   Tr: () => (/* binding */ parseFingerprints),
/* harmony export */   ax: () => (/* binding */ fingerprintOf),
/* harmony export */   be: () => (/* binding */ linesFor),
/* harmony export */   oB: () => (/* binding */ isAccepted),
/* harmony export */   pM: () => (/* binding */ linesAbout),
/* harmony export */   uJ: () => (/* binding */ parseKnownHosts),
/* harmony export */   vV: () => (/* binding */ kindsToAskFor),
/* harmony export */   w2: () => (/* binding */ algorithmsOf),
/* harmony export */   xK: () => (/* binding */ isRevoked)
/* harmony export */ });
/* unused harmony export trusts */
/* harmony import */ var node_crypto__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(77598);

/** @returns the fingerprint of a host key as OpenSSH prints it: `SHA256:` and unpadded base64 */
function fingerprintOf(key) {
    return `SHA256:${(0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHash)('sha256')
        .update(key)
        .digest('base64')
        .replace(/(?<!=)=+$/, '')}`;
}
/** @returns the kind of a host key in the wire format of RFC 4253, section 6.6, e.g. `ssh-ed25519` */
function kindOf(key) {
    return key.toString('ascii', 4, 4 + key.readUInt32BE(0));
}
/** Lines that revoke a key forbid it and vouch for no other: they alone pin nothing. */
const isPinned = (trust) => trust.fingerprints.length > 0 || trust.knownHosts.some(line => !line.revoked);
/**
 * Reads fingerprints separated by white space or commas.
 * @throws Error saying which one is wrong and why
 */
function parseFingerprints(text) {
    return text
        .split(/[\s,]+/)
        .filter(item => item !== '')
        .map(item => {
        if (/^MD5:|^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(item)) {
            throw new Error(`"${item}" is an MD5 fingerprint; give the SHA256 one: ssh-keygen -l -f KEY.pub`);
        }
        const match = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/.exec(item);
        if (!match)
            throw new Error(`"${item}" is not a fingerprint of the form SHA256:… (43 characters of base64)`);
        return `SHA256:${match[1]}`;
    });
}
/**
 * Reads lines of a known_hosts file, hashed names included.
 * @throws Error saying which line is wrong and why
 */
function parseKnownHosts(text) {
    return text
        .split(/\r?\n/)
        .map((line, index) => ({ line: line.trim(), number: index + 1 }))
        .filter(({ line }) => line !== '' && !line.startsWith('#'))
        .map(({ line, number }) => {
        const fields = line.split(/\s+/);
        const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
        if (marker === '@cert-authority') {
            throw new Error(`line ${number}: @cert-authority is not supported; pin the host key itself: ssh-keyscan HOST`);
        }
        if (marker !== undefined && marker !== '@revoked')
            throw new Error(`line ${number}: ${marker.slice(0, 30)} is not a marker of known_hosts; @revoked is`);
        const [names, type, key] = fields;
        if (!names || !type || !key || !/^[A-Za-z0-9+/]+=*$/.test(key)) {
            throw new Error(`line ${number} is not of the form "host key-type base64-key" (as ssh-keyscan prints it): "${line.slice(0, 60)}"`);
        }
        return { patterns: names.split(','), revoked: marker === '@revoked', type, key };
    });
}
/** @returns true when the pinned values allow this key for this host and port */
function trusts(trust, host, port, key) {
    if (isRevoked(trust, host, port, key))
        return false;
    const encoded = key.toString('base64');
    return (linesFor(trust, host, port).some(line => line.key === encoded) ||
        trust.fingerprints.includes(fingerprintOf(key)));
}
/** @returns true for a trusted key; where nothing is pinned, for any that is not revoked */
const isAccepted = (trust, host, port, key) => isPinned(trust) ? trusts(trust, host, port, key) : !isRevoked(trust, host, port, key);
/** @returns true when a `@revoked` line forbids this key for this host, at whatever port */
function isRevoked({ knownHosts }, host, port, key) {
    const encoded = key.toString('base64');
    const names = [host, withPort(host, port)];
    return knownHosts.some(line => line.revoked && line.key === encoded && names.some(name => speaksOf(line, name)));
}
/**
 * The lines that pin keys for this host and port. A line without a port counts for every port that has no line of its
 * own, as it does for OpenSSH ("found matching key w/out port").
 */
function linesFor({ knownHosts }, host, port) {
    const pinning = (name) => knownHosts.filter(line => !line.revoked && speaksOf(line, name));
    const own = pinning(withPort(host, port));
    return own.length > 0 ? own : pinning(host);
}
/** @returns the lines that matter for this host and port: those that pin a key, and all that revoke one */
function linesAbout(trust, host, port) {
    return [...linesFor(trust, host, port), ...trust.knownHosts.filter(line => line.revoked)];
}
const withPort = (host, port) => (port === 22 ? host : `[${host}]:${port}`);
function speaksOf({ patterns }, name) {
    const negated = patterns.some(pattern => pattern.startsWith('!') && matches(pattern.slice(1), name));
    return !negated && patterns.some(pattern => matches(pattern, name));
}
function matches(pattern, name) {
    const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(pattern);
    if (hashed) {
        const [, salt = '', hash] = hashed;
        return ((0,node_crypto__WEBPACK_IMPORTED_MODULE_0__.createHmac)('sha1', Buffer.from(salt, 'base64')).update(name.toLowerCase()).digest('base64') === hash);
    }
    return matchesGlob(pattern.toLowerCase(), name.toLowerCase());
}
/** `*` and `?` as ssh_config(5), PATTERNS has them. Only the last `*` is ever tried again, so that no pattern takes long. */
function matchesGlob(pattern, name) {
    let [at, position, star, starred] = [0, 0, -1, 0];
    while (position < name.length) {
        if (pattern[at] === '*')
            [star, starred] = [at++, position];
        else if (pattern[at] === '?' || pattern[at] === name[position])
            [at, position] = [at + 1, position + 1];
        else if (star >= 0)
            [at, position] = [star + 1, ++starred];
        else
            return false;
    }
    while (pattern[at] === '*')
        at++;
    return at === pattern.length;
}
/** The signature algorithms of each kind of host key, strongest first; SHA-1 is left out as on Amazon Linux 2023. */
const ALGORITHMS = {
    'ssh-ed25519': ['ssh-ed25519'],
    'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
    'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
    'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
    'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};
const HOST_KEY_KINDS = Object.keys(ALGORITHMS);
/**
 * In which order to ask the machine for its host keys: it shows the first of these that it has. known_hosts lines are
 * asked for by their kind; a fingerprint does not tell its kind, so that all are asked for.
 */
function kindsToAskFor(trust, host, port) {
    const types = new Set(linesFor(trust, host, port).map(line => line.type));
    const known = HOST_KEY_KINDS.filter(kind => types.has(kind));
    // Lines for other hosts only: everything is asked for, so that the refusal can show what the machine has.
    if (trust.fingerprints.length === 0 && known.length > 0)
        return known;
    return [...known, ...HOST_KEY_KINDS.filter(kind => !types.has(kind))];
}
/** The algorithms in which keys of these kinds are shown. */
const algorithmsOf = (kinds) => kinds.flatMap(kind => [...ALGORITHMS[kind]]);


/***/ })

};
