import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
var __webpack_exports__ = {};

;// CONCATENATED MODULE: external "node:worker_threads"
const external_node_worker_threads_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:worker_threads");
;// CONCATENATED MODULE: ./build/anonymize/bytes/arena.js
/**
 * Texts written one after another into one reused buffer. A buffer for each of millions of values would keep the garbage
 * collector busy.
 */
class Arena {
    /** Replaced by a larger buffer when full; positions stay valid. */
    bytes = Buffer.allocUnsafeSlow(64 * 1024);
    /** Start of the current text. */
    begin = 0;
    /** End of the current text. A caller that writes into `bytes` itself calls `reserve` first and then moves `end`. */
    end = 0;
    /** Starts over: everything may be overwritten. */
    clear() {
        this.begin = 0;
        this.end = 0;
    }
    /** Starts a new text after the current one. */
    next() {
        this.begin = this.end;
    }
    /** Makes room for `size` more bytes at `end`. @returns the buffer */
    reserve(size) {
        if (this.end + size > this.bytes.length)
            this.#grow(size);
        return this.bytes;
    }
    #grow(size) {
        const larger = Buffer.allocUnsafeSlow(2 * (this.end + size));
        this.bytes.copy(larger, 0, 0, this.end);
        this.bytes = larger;
    }
    append(source, from, to) {
        const out = this.reserve(to - from);
        const at = this.end - from;
        // For a few bytes the call costs more than the copy.
        if (to - from < 48)
            for (let index = from; index < to; index += 1)
                out[at + index] = source[index];
        else
            source.copy(out, this.end, from, to);
        this.end += to - from;
    }
    byte(value) {
        this.reserve(1)[this.end] = value;
        this.end += 1;
    }
    /** Writes a whole number from 0 to 2^53, padded with zeros to at least `digits` digits. */
    decimal(value, digits) {
        let length = 1;
        for (let limit = 10; limit <= value; limit *= 10)
            length += 1;
        if (length < digits)
            length = digits;
        const out = this.reserve(length);
        let remaining = value;
        for (let at = this.end + length - 1; at >= this.end; at -= 1) {
            const next = Math.floor(remaining / 10);
            out[at] = 0x30 + remaining - next * 10;
            remaining = next;
        }
        this.end += length;
    }
    string(text, encoding = 'utf8') {
        // A UTF-16 unit takes at most three bytes in UTF-8.
        this.end += this.reserve(3 * text.length).write(text, this.end, encoding);
    }
    /** The current text; valid until the arena is cleared. */
    text() {
        return this.bytes.subarray(this.begin, this.end);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/bytes/output.js
function writePatched(out, bytes, from, to, patches) {
    let at = from;
    for (let index = 0; index < patches.count; index += 1) {
        out.copy(bytes, at, patches.starts[index]);
        out.copy(patches.texts[index], patches.textStarts[index], patches.textEnds[index]);
        at = patches.ends[index];
    }
    out.copy(bytes, at, to);
}

;// CONCATENATED MODULE: ./build/anonymize/kernels/modules.js
/** The kernels as WebAssembly, in base64. Generated from the .wat sources in this folder by 'npm run generate'. */
const modules = {
    'blake2s': 'AGFzbQEAAAABCgJgAX8AYAJ/fwADAwIAAQUDAQABBjYEfwBBAAt/AEHAAAt7AP0MZ+YJaoWuZ7ty8248OvVPpQt7AP0Mf1IOUYxoBZur2YMfGc3gWwsHLQUGbWVtb3J5AgAFc3RhdGUDAAVibG9jawMBBWJlZ2luAAAIY29tcHJlc3MAAQrSBgIrAEEAIwL9DAAAAAAAAAAAAAAAAAAAAAAgAP0cAP1R/QsEAEEAIwP9CwQQC6MGAgV7AX9BAP0ABAAhAkEA/QAEECEDIwIhBCMD/QwAAAAAAAAAAAAAAAAAAAAAIAD9HAAgAf0cAv1RIQVBgAEhBwNAIActAAD9XAJAIQYgBy0AAiAG/VYCQAEhBiAHLQAEIAb9VgJAAiEGIActAAYgBv1WAkADIQYgAiAD/a4BIAb9rgEhAiAFIAL9USEFIAUgBf0NAgMAAQYHBAUKCwgJDg8MDSEFIAQgBf2uASEEIAMgBP1RIQMgA0EM/a0BIANBFP2rAf1QIQMgBy0AAf1cAkAhBiAHLQADIAb9VgJAASEGIActAAUgBv1WAkACIQYgBy0AByAG/VYCQAMhBiACIAP9rgEgBv2uASECIAUgAv1RIQUgBSAF/Q0BAgMABQYHBAkKCwgNDg8MIQUgBCAF/a4BIQQgAyAE/VEhAyADQQf9rQEgA0EZ/asB/VAhAyADIAP9DQQFBgcICQoLDA0ODwABAgMhAyAEIAT9DQgJCgsMDQ4PAAECAwQFBgchBCAFIAX9DQwNDg8AAQIDBAUGBwgJCgshBSAHLQAI/VwCQCEGIActAAogBv1WAkABIQYgBy0ADCAG/VYCQAIhBiAHLQAOIAb9VgJAAyEGIAIgA/2uASAG/a4BIQIgBSAC/VEhBSAFIAX9DQIDAAEGBwQFCgsICQ4PDA0hBSAEIAX9rgEhBCADIAT9USEDIANBDP2tASADQRT9qwH9UCEDIActAAn9XAJAIQYgBy0ACyAG/VYCQAEhBiAHLQANIAb9VgJAAiEGIActAA8gBv1WAkADIQYgAiAD/a4BIAb9rgEhAiAFIAL9USEFIAUgBf0NAQIDAAUGBwQJCgsIDQ4PDCEFIAQgBf2uASEEIAMgBP1RIQMgA0EH/a0BIANBGf2rAf1QIQMgAyAD/Q0MDQ4PAAECAwQFBgcICQoLIQMgBCAE/Q0ICQoLDA0ODwABAgMEBQYHIQQgBSAF/Q0EBQYHCAkKCwwNDg8AAQIDIQUgB0EQaiEHIAdBoAJJDQALQQBBAP0ABAAgAiAE/VH9Uf0LBABBAEEA/QAEECADIAX9Uf1R/QsEEAsLqAEBAEGAAQugAQAECAwQFBgcICQoLDA0ODw4KBAgJDw0GAQwAAgsHBQMLCAwABQIPDQoOAwYHAQkEBwkDAQ0MCw4CBgUKBAAPCAkABQcCBAoPDgELDAYIAw0CDAYKAAsIAwQNBwUPDgEJDAUBDw4NBAoABwYDCQIICw0LBw4MAQMJBQAPBAgGAgoGDw4JCwMACAwCDQcBBAoFCgIIBAcGAQUPCwkOAwwNAA=',
    'byte-scanner': 'AGFzbQEAAAABBwFgAn9/AX8DAgEABQMBAAMGGwR/AEGAgAILfwBBIAt/AEGggAILfwBB4IACCwc+BgZtZW1vcnkCAAp3aW5kb3dTaXplAwAIb3ZlcmhhbmcDAQZ0YWJsZXMDAglwb3NpdGlvbnMDAwRmaW5kAAAK3QEB2gECA38HeyMDIQNBD/0PIQcjAv0ABAAhCCMC/QAEECEJIwL9AAQgIQojAv0ABDAhCwJAA0AgAiAATw0BIAL9AAQAIQUgCCAFIAf9Tv0OIAkgBUEE/W39Dv1OIQYgAQRAIAL9AAQBIQUgBiAKIAUgB/1O/Q4gCyAFQQT9bf0O/U79TiEGCyAG/QwAAAAAAAAAAAAAAAAAAAAA/ST9ZCEEAkADQCAERQ0BIAMgAiAEaGo2AgAgA0EEaiEDIAQgBEEBa3EhBAwACwsgAkEQaiECDAALCyADIwNrQQJ2Cw==',
};

;// CONCATENATED MODULE: ./build/anonymize/kernels/kernel.js
/** The WebAssembly of this folder, as objects that TypeScript knows. */

/**
 * Compiles a module.
 * @typeParam Exports what its `.wat` source exports
 * @returns makes an instance, which has a memory of its own
 */
function kernel(name) {
    const module = new WebAssembly.Module(Buffer.from(modules[name], 'base64'));
    return () => new WebAssembly.Instance(module).exports;
}

;// CONCATENATED MODULE: ./build/anonymize/kernels/byte-scanner.js
/**
 * Finds bytes and pairs of bytes of a given set, over byte-scanner.wat: those that separate the fields of COPY, or those that
 * at signs are written with. WebAssembly compares sixteen bytes at once; one by one, as in JavaScript, this would take as long
 * as all other work on the fields.
 */

const instantiate = kernel('byte-scanner');
const newline = 0x0a;
const backslash = 0x5c;
/** What separates the fields and rows of COPY, or escapes: tabs, line ends, backslashes. */
const rowBytes = [0x09, newline, backslash];
const everyByte = Array.from({ length: 256 }, (_, byte) => byte);
/** The four tables of byte-scanner.wat: one bit for each pattern. */
function tablesOf(patterns) {
    if (patterns.length > 8)
        throw new RangeError(`a byte scanner takes 8 patterns, not ${patterns.length}`);
    const tables = new Uint8Array(64);
    patterns.forEach((pattern, index) => {
        const [first, ...second] = typeof pattern === 'number' ? [pattern] : pattern;
        const enter = (byte, table) => {
            for (const slot of [table + (byte & 15), table + 16 + (byte >> 4)])
                tables[slot] = tables[slot] | (1 << index);
        };
        for (const byte of typeof first === 'number' ? [first] : first)
            enter(byte, 0);
        for (const byte of second.length > 0 ? second : everyByte)
            enter(byte, 32);
    });
    return tables;
}
/** Goes from one occurrence to the next. */
class ByteScanner {
    #find;
    #pairs;
    #windowSize;
    #overhang;
    #window;
    /** Of the occurrences in the window. */
    #positions;
    #bytes = Buffer.alloc(0);
    #to = 0;
    /** What of the bytes is in the window. */
    #begin = 0;
    #end = 0;
    /** How many occurrences are in the window, and the next of them. */
    #count = 0;
    #index = 0;
    /** @param patterns up to eight */
    constructor(patterns) {
        const { find, memory, windowSize, overhang, tables, positions } = instantiate();
        new Uint8Array(memory.buffer, tables.value, 64).set(tablesOf(patterns));
        this.#find = find;
        this.#pairs = patterns.some((pattern) => typeof pattern !== 'number') ? 1 : 0;
        this.#windowSize = windowSize.value;
        this.#overhang = overhang.value;
        this.#window = Buffer.from(memory.buffer, 0, windowSize.value + overhang.value);
        this.#positions = new Int32Array(memory.buffer, positions.value, windowSize.value + overhang.value);
    }
    /** Starts over with these bytes. */
    begin(bytes, from, to) {
        this.#bytes = bytes;
        this.#to = to;
        this.#end = from;
        this.#count = 0;
        this.#index = 0;
    }
    /** The position of the next occurrence; the end of the bytes when there is none. */
    next() {
        while (this.#index === this.#count) {
            if (this.#end === this.#to)
                return this.#to;
            this.#fill();
        }
        const position = this.#begin + this.#positions[this.#index];
        this.#index += 1;
        return position;
    }
    /**
     * Splits one row of COPY into its fields, for a scanner of `rowBytes`: `next` for the whole row.
     * @param starts gets where each field begins, and where the next row does: each field ends one byte before the next
     * @param escaped gets for each field whether it holds a backslash
     * @returns the number of fields
     */
    fields(row, starts, escaped) {
        const [bytes, positions] = [this.#bytes, this.#positions];
        let field = 0;
        starts[0] = row;
        escaped[0] = false;
        for (;;) {
            const [begin, count] = [this.#begin, this.#count];
            for (let index = this.#index; index < count; index += 1) {
                const position = begin + positions[index];
                const byte = bytes[position];
                if (byte === backslash) {
                    escaped[field] = true;
                    continue;
                }
                field += 1;
                starts[field] = position + 1;
                if (byte === newline) {
                    this.#index = index + 1;
                    return field;
                }
                escaped[field] = false;
            }
            this.#index = count;
            if (this.#end === this.#to)
                return field;
            this.#fill();
        }
    }
    /** Searches the next window. */
    #fill() {
        this.#begin = this.#end;
        this.#end = Math.min(this.#to, this.#begin + this.#windowSize);
        const length = this.#end - this.#begin;
        // With the byte after them, which may complete a pair.
        const copied = Math.min(length + 1, this.#to - this.#begin);
        this.#bytes.copy(this.#window, 0, this.#begin, this.#begin + copied);
        // Bytes of an earlier window must not be found after the end.
        this.#window.fill(0, copied, length + this.#overhang);
        this.#count = this.#find(length, this.#pairs);
        // Where zero is in the set, neither must the zeros there.
        while (this.#count > 0 && this.#positions[this.#count - 1] >= length)
            this.#count -= 1;
        this.#index = 0;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/emails/base64.js
/** A line end within base64, also as JSON and the escape format of bytea write it. */
const lineEnd = '(?:\\r?\\n|(?:\\\\+(?:r|015))?\\\\+(?:n|012))';
const begins = new RegExp([
    // A header, the others behind it, and a blank line; or a URL.
    `base64"?'?(?:,|[^\\S\\n]*${lineEnd}(?:[^\\r\\n\\\\]{1,400}${lineEnd}){0,20}${lineEnd}\\s*)`,
    '=\\?[^?\\s]{1,40}\\?b\\?',
].join('|'), 'gi');
const anyLineEnd = new RegExp(lineEnd, 'g');
/** Shorter runs hold no address. */
const shortest = 8;
const letterE = 0x65;
const questionMark = 0x3f;
/** Whether base64 may follow this place: the `e6` of the word, or the `?b` of an encoded word. */
function endsBase64Word(bytes, at) {
    if (bytes[at] === questionMark)
        return (bytes[at + 1] | 0x20) === 0x62 && bytes[at + 2] === questionMark;
    if ((bytes[at] | 0x20) !== letterE || bytes[at + 1] !== 0x36 || bytes[at + 2] !== 0x34)
        return false;
    const [b, a, s] = [bytes[at - 3], bytes[at - 2], bytes[at - 1]];
    return (b | 0x20) === 0x62 && (a | 0x20) === 0x61 && (s | 0x20) === 0x73;
}
/**
 * Adds patches for the base64 between `from` and `to` of which `changed` returns other bytes.
 * @param changed gets what is encoded
 */
function patchBase64(bytes, from, to, changed, patches) {
    const text = bytes.toString('latin1', from, to);
    for (const match of text.matchAll(begins)) {
        const begin = match.index + match[0].length;
        const written = text.slice(begin, runEnd(text, begin));
        if (written.length < shortest)
            continue;
        const content = changed(Buffer.from(written.replaceAll(anyLineEnd, '').replaceAll('\\', ''), 'base64'));
        if (content === undefined)
            continue;
        patches.insert(from + begin, from + begin + written.length, Buffer.from(inLines(content, written), 'latin1'));
    }
}
/** A stretch of digits: of limited length, since a regular expression remembers every step. */
const stretch = /[A-Za-z0-9+/_-]{1,4096}|\\{1,64}\//y;
const oneLineEnd = new RegExp(lineEnd, 'y');
/** Where the base64 that begins at `from` ends, over several lines. */
function runEnd(text, from) {
    let end = from;
    for (let at = from;;) {
        const next = matchEnd(stretch, text, at);
        if (next > at) {
            at = next;
            end = next;
            continue;
        }
        if (text[at] === '=')
            return at + (text[at + 1] === '=' ? 2 : 1);
        const line = matchEnd(oneLineEnd, text, at);
        if (line === at || line - end > 8)
            return end;
        at = line;
    }
}
function matchEnd(pattern, text, at) {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : at;
}
const firstLineEnds = new RegExp(`^(?:${lineEnd})*`);
/** Encoded with the alphabet, the padding and the lines of what was there. */
function inLines(content, written) {
    const isForUrls = /[-_]/.test(written);
    const plain = content.toString(isForUrls ? 'base64url' : 'base64');
    // `base64url` of Node has no padding.
    const padded = isForUrls && written.endsWith('=') ? plain.padEnd(4 * Math.ceil(plain.length / 4), '=') : plain;
    const before = firstLineEnds.exec(written)?.[0] ?? '';
    const line = new RegExp(lineEnd).exec(written.slice(before.length));
    if (line === null)
        return before + padded;
    return before + (padded.match(new RegExp(`.{1,${line.index}}`, 'g')) ?? []).join(line[0]);
}

;// CONCATENATED MODULE: ./build/anonymize/bytes/hex.js
/** Hexadecimal digits as bytes. */
const digits = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) {
    digits[value.toString(16).charCodeAt(0)] = value;
    digits[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}
/** The value of a hexadecimal digit; -1 for any other byte, or for none. */
function hexValue(byte) {
    return byte === undefined ? -1 : digits[byte];
}
/** The value of `count` hexadecimal digits; -1 when one of them is not a digit. */
function hexNumber(bytes, start, count) {
    let value = 0;
    for (let index = start; index < start + count; index += 1) {
        const digit = hexValue(bytes[index]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/html-names.js
/**
 * Named characters of HTML that stand in or beside addresses (HTML Standard, 13.5, "Named character references"): signs, spaces, and
 * the letters of Latin, Greek and Cyrillic.
 */
const signs = {
    '&': 'amp AMP',
    '<': 'lt LT',
    '>': 'gt GT',
    '"': 'quot QUOT',
    "'": 'apos',
    '@': 'commat',
    '.': 'period',
    '·': 'middot centerdot CenterDot',
    _: 'lowbar UnderBar',
    '+': 'plus',
    '=': 'equals',
    '#': 'num',
    '!': 'excl',
    $: 'dollar',
    '%': 'percnt',
    '*': 'ast midast',
    '^': 'Hat',
    '/': 'sol',
    '?': 'quest',
    '{': 'lbrace lcub',
    '}': 'rbrace rcub',
    '[': 'lbrack lsqb',
    ']': 'rbrack rsqb',
    '(': 'lpar',
    ')': 'rpar',
    ',': 'comma',
    ':': 'colon',
    ';': 'semi',
    '\\': 'bsol',
    '|': 'verbar vert VerticalLine',
    '`': 'grave DiacriticalGrave',
    '\n': 'NewLine',
    '\t': 'Tab',
    '\u00a0': 'nbsp NonBreakingSpace',
    '\u00ad': 'shy',
    '\u2010': 'hyphen dash',
    '\u200b': 'ZeroWidthSpace NegativeThinSpace NegativeMediumSpace NegativeThickSpace NegativeVeryThinSpace',
    '\u200c': 'zwnj',
    '\u200d': 'zwj',
    '\u200e': 'lrm',
    '\u200f': 'rlm',
    '\u2060': 'NoBreak',
    ß: 'szlig',
    æ: 'aelig',
    Æ: 'AElig',
    œ: 'oelig',
    Œ: 'OElig',
    ø: 'oslash',
    Ø: 'Oslash',
    å: 'aring',
    Å: 'Aring',
    đ: 'dstrok',
    Đ: 'Dstrok',
    ħ: 'hstrok',
    Ħ: 'Hstrok',
    ł: 'lstrok',
    Ł: 'Lstrok',
    ŧ: 'tstrok',
    Ŧ: 'Tstrok',
    ð: 'eth',
    Ð: 'ETH',
    þ: 'thorn',
    Þ: 'THORN',
    ı: 'imath inodot',
    ŋ: 'eng',
    Ŋ: 'ENG',
};
/** Combining marks, by the word that the names of letters end in. */
const marks = {
    grave: '\u0300',
    acute: '\u0301',
    circ: '\u0302',
    tilde: '\u0303',
    macr: '\u0304',
    breve: '\u0306',
    dot: '\u0307',
    uml: '\u0308',
    ring: '\u030a',
    dblac: '\u030b',
    caron: '\u030c',
    cedil: '\u0327',
    ogon: '\u0328',
};
const greek = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega';
const cyrillic = 'a b v g d ie zh z i j k l m n o p r s t u f kh ts ch sh shch hard y soft e yu ya';
const points = new Map();
for (const [character, names] of Object.entries(signs))
    for (const name of names.split(' '))
        points.set(name, character.codePointAt(0));
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')
    for (const [name, mark] of Object.entries(marks)) {
        const one = (letter + mark).normalize('NFC');
        if (one.length === 1)
            points.set(letter + name, one.charCodeAt(0));
    }
greek.split(' ').forEach((name, index) => {
    points.set(name, 0x3b1 + index);
    points.set(`${name[0]?.toUpperCase()}${name.slice(1)}`, 0x391 + index);
});
cyrillic.split(' ').forEach((name, index) => {
    points.set(`${name}cy`, 0x430 + index);
    points.set(`${name.toUpperCase()}cy`, 0x410 + index);
});
points.set('iocy', 0x451);
points.set('IOcy', 0x401);
const longest = Math.max(...[...points.keys()].map((name) => name.length));
const semicolon = 0x3b;
/** @returns where the name that begins with the ampersand at `at` ends; 0 when it is none of them */
function entityEnd(bytes, at, to) {
    const most = Math.min(to, at + longest + 2);
    let end = at + 1;
    while (end < most && bytes[end] !== semicolon) {
        const lower = bytes[end] | 0x20;
        if (lower < 0x61 || lower > 0x7a)
            return 0;
        end += 1;
    }
    if (end >= most || bytes[end] !== semicolon)
        return 0;
    return points.has(nameAt(bytes, at, end)) ? end + 1 : 0;
}
/** @param end where `entityEnd` says that the name ends */
function entityPoint(bytes, at, end) {
    return points.get(nameAt(bytes, at, end - 1));
}
function nameAt(bytes, at, end) {
    return String.fromCharCode(...bytes.subarray(at + 1, end));
}

;// CONCATENATED MODULE: ./build/anonymize/emails/escapes.js
/** One escape of a text: what it stands for. */


const escapes_backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const atSign = 0x40;
const escapes_semicolon = 0x3b;
const replacementCharacter = 0xfffd;
const highestPoint = 0x10ffff;
/** Bytes that an escape begins with: `\ % & = [`. */
const escapeBegins = new Uint8Array(256);
for (const sign of '\\%&=[')
    escapeBegins[sign.charCodeAt(0)] = 1;
/** These, and line ends. */
const foldBegins = Uint8Array.from(escapeBegins);
foldBegins[lineFeed] = 1;
foldBegins[carriageReturn] = 1;
/** What the last escape stands for, since an object for each would be garbage. */
const escaped = {
    /** A code point, or a byte of a longer character; -1 for nothing at all. */
    value: 0,
    isByte: false,
};
function standsFor(value, length, isByte = false) {
    escaped.value = value > highestPoint ? replacementCharacter : value;
    escaped.isByte = isByte;
    return length;
}
/** @returns bytes of the escape that begins at `at`; 0 when there is none. What it stands for is in `escaped` */
function readEscape(bytes, at, from, to, writing) {
    if (writing.folded) {
        const length = foldLength(bytes, at, to);
        if (length > 0)
            return standsFor(-1, length);
    }
    switch (bytes[at]) {
        case escapes_backslash:
            return readBackslash(bytes, at, from, to, writing);
        case 0x25:
            return readPercent(bytes, at, to);
        case 0x26:
            return readEntity(bytes, at, to);
        case 0x3d:
            return writing.quotedPrintable ? readQuotedPrintable(bytes, at, to) : 0;
        case openBracket:
            return readBracket(bytes, at, to);
        default:
            return 0;
    }
}
/** A line end and the blank behind it. @returns 0 when there is none */
function foldLength(bytes, at, to) {
    const length = lineEndLength(bytes, at, to);
    return length > 0 && at + length < to && isBlank(bytes[at + length]) ? length + 1 : 0;
}
/** A line end as it is, as JSON escapes it, or as bytea in escape format has it. @returns 0 when there is none */
function lineEndLength(bytes, at, to) {
    const first = controlLength(bytes, at, to, carriageReturn);
    const second = controlLength(bytes, at + first, to, lineFeed);
    return second === 0 ? 0 : first + second;
}
function controlLength(bytes, at, to, control) {
    if (bytes[at] === control)
        return at < to ? 1 : 0;
    let index = at;
    while (index < to && bytes[index] === escapes_backslash)
        index += 1;
    if (index === at || index >= to)
        return 0;
    if (bytes[index] === (control === lineFeed ? 0x6e : 0x72))
        return index + 1 - at;
    return octalValue(bytes, index, to) === control ? index + 3 - at : 0;
}
function isBlank(byte) {
    return byte === blank || byte === 0x09;
}
/** Whether the blank or line end at `at` may belong to a place where a line is folded. */
function isInFold(bytes, at) {
    const [before, byte, next] = [bytes[at - 1], bytes[at], bytes[at + 1]];
    if (isBlank(byte))
        return before === lineFeed || before === 0x6e || before === 0x32;
    if (byte === carriageReturn)
        return next === lineFeed && isBlank(bytes[at + 2]);
    return byte === lineFeed && isBlank(next);
}
/** `[.]`, in which a regular expression means the character itself. */
function readBracket(bytes, at, to) {
    if (at + 3 > to || bytes[at + 2] !== closeBracket)
        return 0;
    const byte = bytes[at + 1];
    return byte === 0x2e || byte === 0x2d || byte === 0x5f || byte === 0x2b ? standsFor(byte, 3) : 0;
}
/** What a byte means behind a backslash. */
const isPunctuation = new Uint8Array(256);
for (let byte = 0x21; byte < 0x7f; byte += 1)
    if (!/[0-9A-Za-z\\]/.test(String.fromCharCode(byte)))
        isPunctuation[byte] = 1;
const isControl = new Uint8Array(256);
for (const letter of 'abfnrtv0')
    isControl[letter.charCodeAt(0)] = 1;
/** Classes of regular expressions, where a quantifier follows: `\w+`. */
const isClass = new Uint8Array(256);
for (const letter of 'wWdDsS')
    isClass[letter.charCodeAt(0)] = 1;
const quantifies = new Uint8Array(256);
for (const sign of '+*?{@')
    quantifies[sign.charCodeAt(0)] = 1;
/** Any number of backslashes and what comes behind them: each level of escaping doubles them. */
function readBackslash(bytes, at, from, to, writing) {
    let index = at + 1;
    while (index < to && bytes[index] === escapes_backslash)
        index += 1;
    if (index >= to)
        return 0;
    const byte = bytes[index];
    if (isPunctuation[byte] === 1)
        return standsFor(byte, index + 1 - at);
    const end = readCode(bytes, index, to);
    if (end > 0)
        return joinSurrogate(bytes, at, end, to);
    const octal = octalValue(bytes, index, to);
    if (octal >= 0 && (octal < blank || octal > 0x7e || isOctalLetter(bytes, at, from, index + 3, to, octal, writing)))
        return standsFor(octal, index + 3 - at, octal >= 0x80);
    // A letter is an escape only where the backslash before it is not escaped itself: `C:\\norbert`.
    if (((index - at) >> writing.nesting) % 2 === 0)
        return 0;
    if (isControl[byte] === 1)
        return standsFor(lineFeed, index + 1 - at);
    const isPattern = isClass[byte] === 1 && index + 1 < to && quantifies[bytes[index + 1]] === 1;
    return isPattern ? standsFor(blank, index + 1 - at) : 0;
}
/** `u0040`, `U00000040`, `x40`, `u{40}`, `x{40}`. @returns where it ends; 0 when there is no such code */
function readCode(bytes, at, to) {
    const kind = bytes[at];
    const digits = kind === 0x75 ? 4 : kind === 0x55 ? 8 : kind === 0x78 ? 2 : 0;
    if (digits === 0)
        return 0;
    if (bytes[at + 1] === openBrace) {
        let [end, value] = [at + 2, 0];
        for (; end < to && end < at + 10 && hexValue(bytes[end]) >= 0; end += 1)
            value = value * 16 + hexValue(bytes[end]);
        return end > at + 2 && end < to && bytes[end] === closeBrace ? standsFor(value, end + 1) : 0;
    }
    const end = at + 1 + digits;
    const value = end <= to ? hexNumber(bytes, at + 1, digits) : -1;
    return value < 0 ? 0 : standsFor(value, end, kind === 0x78 && value >= 0x80);
}
/** The escape from `at` to `end`, with the next one where both are halves of a character beyond the first 65,536. */
function joinSurrogate(bytes, at, end, to) {
    const high = escaped.value;
    if (escaped.isByte || high < 0xd800 || high > 0xdfff)
        return end - at;
    let index = end;
    while (index < to && bytes[index] === escapes_backslash)
        index += 1;
    if (high < 0xdc00 && index > end && bytes[index] === 0x75) {
        const last = readCode(bytes, index, to);
        const low = escaped.value;
        if (last > 0 && low >= 0xdc00 && low <= 0xdfff)
            return standsFor(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), last - at);
    }
    return standsFor(replacementCharacter, end - at);
}
/** The byte that three octal digits stand for (PostgreSQL manual, 8.4.2); -1 for all others. */
function octalValue(bytes, at, to) {
    if (at + 3 > to)
        return -1;
    let value = 0;
    for (let index = at; index < at + 3; index += 1) {
        const digit = bytes[index] - 0x30;
        if (digit < 0 || digit > 7)
            return -1;
        value = value * 8 + digit;
    }
    return value <= 0xff ? value : -1;
}
/**
 * Whether three digits stand for a printable character, and are not the name of a folder (`C:\101\…`): only beside an at sign that is
 * written so, too. bytea in escape format has none.
 */
function isOctalLetter(bytes, at, from, end, to, value, writing) {
    if (value === atSign)
        return isOctalSign(bytes, at, from, end, to);
    return writing.octal;
}
/** `john\100corp.example`, but not `DCIM\100CANON` behind another backslash. */
function isOctalSign(bytes, at, from, end, to) {
    if (end >= to || !(isLetter(bytes[end]) || bytes[end] === escapes_backslash))
        return false;
    let index = at;
    while (index > from && isNameByte(bytes[index - 1]))
        index -= 1;
    const before = index > from ? bytes[index - 1] : blank;
    if (before === escapes_backslash)
        return octalValue(bytes, index, at) >= 0;
    return index < at && before !== 0x2f && before !== 0x3a;
}
function isLetter(byte) {
    const lower = byte | 0x20;
    return lower >= 0x61 && lower <= 0x7a;
}
function isNameByte(byte) {
    return isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2d || byte === 0x5f;
}
/** `%40`, and `%u0040` of JavaScript's escape(). */
function readPercent(bytes, at, to) {
    if (at + 3 > to)
        return 0;
    if ((bytes[at + 1] | 0x20) === 0x75) {
        const point = at + 6 <= to ? hexNumber(bytes, at + 2, 4) : -1;
        return point < 0 ? 0 : standsFor(point >= 0xd800 && point <= 0xdfff ? replacementCharacter : point, 6);
    }
    const value = hexNumber(bytes, at + 1, 2);
    return value < 0 ? 0 : standsFor(value, 3, value >= 0x80);
}
/** `&#64;`, `&#x40;`, also without the semicolon, and `&commat;`. */
function readEntity(bytes, at, to) {
    if (bytes[at + 1] !== 0x23) {
        const end = entityEnd(bytes, at, to);
        return end === 0 ? 0 : standsFor(entityPoint(bytes, at, end), end - at);
    }
    const isHex = at + 2 < to && (bytes[at + 2] | 0x20) === 0x78;
    const begin = at + (isHex ? 3 : 2);
    let [end, value] = [begin, 0];
    for (; end < to && value <= highestPoint; end += 1) {
        const digit = hexValue(bytes[end]);
        if (digit < 0 || (!isHex && digit > 9))
            break;
        value = value * (isHex ? 16 : 10) + digit;
    }
    if (end === begin)
        return 0;
    return standsFor(value, (end < to && bytes[end] === escapes_semicolon ? end + 1 : end) - at);
}
/** RFC 2045, 6.7: `=40`, and a line end that was put in. */
function readQuotedPrintable(bytes, at, to) {
    const end = lineEndLength(bytes, at + 1, to);
    if (end > 0)
        return standsFor(-1, end + 1);
    const value = at + 3 <= to ? hexNumber(bytes, at + 1, 2) : -1;
    return value < 0 ? 0 : standsFor(value, 3, value >= 0x80);
}

;// CONCATENATED MODULE: ./build/anonymize/emails/hex-bytes.js
/** Bytes that PostgreSQL writes in hexadecimal: `\x6a6f`. */

/** Fewest digits that make `\x…` bytes rather than an escape. */
const fewestDigits = 10;
/** End of the hexadecimal digits after `\x` at `at`; `at` itself when there are too few, or an odd number of them. */
function hexEnd(bytes, at, to) {
    if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x78)
        return at;
    let end = at + 2;
    while (end < to && hexValue(bytes[end]) >= 0)
        end += 1;
    const digits = end - at - 2;
    return digits >= fewestDigits && digits % 2 === 0 ? end : at;
}
/** Whether `\x` and the fewest digits that make bytes of them are at `at`, or behind a backslash there. */
function isHexBegin(bytes, at, to) {
    if (bytes[at] !== 0x5c || bytes[at + 1] !== 0x78 || at + 2 + fewestDigits > to)
        return false;
    for (let index = at + 2; index < at + 2 + fewestDigits; index += 1)
        if (hexValue(bytes[index]) < 0)
            return false;
    return true;
}
function fromHex(bytes, from, to) {
    const out = Buffer.allocUnsafe((to - from) >> 1);
    for (let index = 0; index < out.length; index += 1)
        out[index] = hexNumber(bytes, from + 2 * index, 2);
    return out;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/utf8.js
/** Characters of UTF-8. */
/** Bytes of the well-formed UTF-8 sequence that begins at `at`; 0 when there is none. */
function sequenceLength(bytes, at, to) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > to)
        return 0;
    for (let index = 1; index < length; index += 1)
        if ((bytes[at + index] & 0xc0) !== 0x80)
            return 0;
    return length;
}
/** The code point of a sequence of this length. */
function pointAt(bytes, at, length) {
    const lead = bytes[at];
    if (length === 1)
        return lead;
    let point = lead & (0x7f >> length);
    for (let index = 1; index < length; index += 1)
        point = point * 64 + (bytes[at + index] & 0x3f);
    return point;
}
/** Writes a code point; nothing for a negative one. @returns where it ends */
function putPoint(point, out, at) {
    if (point < 0)
        return at;
    if (point < 0x80) {
        out[at] = point;
        return at + 1;
    }
    const length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    let left = point;
    for (let index = length - 1; index > 0; index -= 1) {
        out[at + index] = 0x80 | (left & 0x3f);
        left >>= 6;
    }
    out[at] = ((0xf00 >> length) & 0xff) | left;
    return at + length;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/unescape.js
/**
 * Takes the escapes out of a piece of text, whatever wrote them and however often: JSON, JavaScript, Python, C, Markdown, regular
 * expressions, URLs, HTML, quoted-printable, bytea in escape format. Each pass takes out one level, so that HTML in a URL in JSON
 * is read, too. For every byte of the result it is known where it began in the source.
 */


/** Levels of escapes that are taken out. */
const mostPasses = 6;
const equalsSign = 0x3d;
/** The source must be shorter than this. */
const room = 4096;
/** The result; valid until the next call. */
class Unescaped {
    /** The text without escapes: from `from` to `to` of these bytes. Where the source holds none, these are its own. */
    bytes = new Uint8Array(0);
    from = 0;
    to = 0;
    /** Whether anything was taken out. */
    changed = false;
    #texts = [new Uint8Array(room), new Uint8Array(room)];
    #places = [new Int32Array(room), new Int32Array(room)];
    #place = this.#places[0];
    #tookQuotedPrintable = false;
    /** @param hasEscapes whether any byte between `from` and `to` begins an escape */
    read(bytes, from, to, hasEscapes, writing) {
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.changed = false;
        if (!hasEscapes)
            return;
        this.#tookQuotedPrintable = false;
        for (let pass = 0, left = writing; pass < mostPasses && this.#pass(left, pass & 1); pass += 1)
            // Mails are encoded once: behind `SRS0=3Dab1c`, `=ab` is no byte.
            if (this.#tookQuotedPrintable && left.quotedPrintable)
                left = { ...left, quotedPrintable: false };
    }
    /** Where in the source the byte at this position of the result began. */
    sourceOf(position) {
        return this.changed ? this.#place[position] : position;
    }
    /** One level. @returns whether there was one */
    #pass(writing, which) {
        const { bytes, from, to } = this;
        const begins = writing.folded ? foldBegins : escapeBegins;
        const [out, place] = [this.#texts[which], this.#places[which]];
        let length = 0;
        let took = false;
        let at = from;
        while (at < to) {
            const byte = bytes[at];
            const taken = begins[byte] === 1 ? readEscape(bytes, at, from, to, writing) : 0;
            const source = this.sourceOf(at);
            const before = length;
            if (taken === 0) {
                out[length] = byte;
                length += 1;
            }
            else {
                took = true;
                if (byte === equalsSign)
                    this.#tookQuotedPrintable = true;
                if (escaped.isByte) {
                    out[length] = escaped.value;
                    length += 1;
                }
                else
                    length = putPoint(escaped.value, out, length);
            }
            for (let index = before; index < length; index += 1)
                place[index] = source;
            at += Math.max(1, taken);
        }
        if (!took)
            return false;
        place[length] = this.sourceOf(to);
        this.#place = place;
        this.changed = true;
        this.bytes = out;
        this.from = 0;
        this.to = length;
        return true;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/emails/at-signs.js
/** The forms in which at signs are written in text, and the places of a dump that may hold one. */





const at_signs_atSign = 0x40;
const at_signs_backslash = 0x5c;
/** U+FF20 and U+FE6B. */
const fullwidth = 0xff20;
const small = 0xfe6b;
/** Bytes with which a form begins: `@ % \ & =` and the first byte of the fullwidth and small signs. */
const firstBytes = Uint8Array.from(escapeBegins);
firstBytes[at_signs_atSign] = 1;
firstBytes[0xef] = 1;
// No sign is written in brackets.
firstBytes[0x5b] = 0;
/** What may follow the first byte of an escape, or of one inside it, of which an at sign is made: `%40 %25 %5C %u %EF`, `&#64; &amp; &commat;` … */
const followers = {
    37: '245uUeE',
    92: '@uUx13\\',
    38: '#ca',
    61: '4',
};
const mayFollow = new Uint8Array(256 * 256);
for (const [first, seconds] of Object.entries(followers))
    for (const second of seconds)
        mayFollow[Number(first) * 256 + second.charCodeAt(0)] = 1;
/** Bytes of the longest form that is read: `&amp;` and the like, some times over. */
const longestForm = 64;
const plain = { nesting: 0, octal: false, quotedPrintable: false, folded: false };
const encodedWords = { ...plain, quotedPrintable: true };
const at_signs_form = new Unescaped();
/**
 * Bytes of the at sign that begins at `at`, in any form; 0 when there is none.
 * @param quotedPrintable whether the text is quoted-printable; otherwise `=40` is a value, but in the encoded words of mail headers
 */
function atSignLength(bytes, at, to, quotedPrintable = false) {
    const byte = bytes[at];
    if (byte === at_signs_atSign)
        return 1;
    if (firstBytes[byte] === 0 || at + 1 >= to)
        return 0;
    if (byte === 0xef) {
        const next = (bytes[at + 1] << 8) | (at + 2 < to ? bytes[at + 2] : 0);
        return next === 0xbca0 || next === 0xb9ab ? 3 : 0;
    }
    if (mayFollow[(byte << 8) | bytes[at + 1]] === 0)
        return 0;
    if (byte !== 0x3d)
        return escapedLength(bytes, at, to, plain);
    return quotedPrintable || isInEncodedWord(bytes, at) ? escapedLength(bytes, at, to, encodedWords) : 0;
}
function isAtSign(point) {
    return point === at_signs_atSign || point === fullwidth || point === small;
}
/** Of a sign that is escaped, once or some times over. */
function escapedLength(bytes, at, to, writing) {
    const from = Math.max(0, at - longestForm);
    const length = readEscape(bytes, at, from, to, writing);
    if (length === 0)
        return 0;
    if (!escaped.isByte && isAtSign(escaped.value))
        return length;
    const mayHide = escaped.isByte ? escaped.value === 0xef : escapeBegins[escaped.value] === 1;
    const next = at + length < to ? bytes[at + length] : 0;
    if (!mayHide || !(escapeBegins[next] === 1 || mayFollow[(escaped.value << 8) | next] === 1))
        return 0;
    at_signs_form.read(bytes, at, Math.min(to, at + longestForm), true, writing);
    if (at_signs_form.bytes[at_signs_form.from] === at_signs_atSign)
        return at_signs_form.sourceOf(at_signs_form.from + 1) - at;
    const isWide = at_signs_form.bytes[at_signs_form.from] === 0xef && atSignLength(at_signs_form.bytes, at_signs_form.from, at_signs_form.to) === 3;
    return isWide ? at_signs_form.sourceOf(at_signs_form.from + 3) - at : 0;
}
/** Whether `=?charset?Q?` comes before, with nothing between that ends an encoded word (RFC 2047). */
function isInEncodedWord(bytes, at) {
    for (let index = at - 1; index > 0 && at - index < 100; index -= 1) {
        const byte = bytes[index];
        if (byte <= 0x20)
            return false;
        if (byte === 0x3f)
            return bytes[index - 2] === 0x3f && (bytes[index - 1] | 0x20) === 0x71;
    }
    return false;
}
/** Position of the next at sign in any form; -1 when there is none. */
function nextAtSign(bytes, from, to, quotedFrom = to) {
    for (let at = from; at < to; at += 1) {
        if (firstBytes[bytes[at]] === 0)
            continue;
        if (atSignLength(bytes, at, to, at >= quotedFrom) > 0)
            return at;
        // Only the first of several backslashes begins an escape.
        if (bytes[at] === at_signs_backslash)
            while (at + 1 < to && bytes[at + 1] === at_signs_backslash)
                at += 1;
    }
    return -1;
}
/** Whether a value must be searched because of this place: an at sign, bytes in hexadecimal, or base64 behind this word. */
function mayBeAtSign(bytes, at, to) {
    const byte = bytes[at];
    if (byte === at_signs_atSign)
        return true;
    if (byte === 0x65 || byte === 0x45 || byte === 0x3f)
        return endsBase64Word(bytes, at);
    if (byte !== at_signs_backslash)
        return atSignLength(bytes, at, to, true) > 0;
    if (isHexBegin(bytes, at, to))
        return true;
    let first = at;
    while (first > 0 && at - first < mostBackslashes && bytes[first - 1] === at_signs_backslash)
        first -= 1;
    return atSignLength(bytes, first, to) > 0;
}
const mostBackslashes = 64;
/**
 * The sign itself; the first two bytes of its other forms, and of bytes in hexadecimal, which may hide any; the `e6` of base64, and
 * the `?b` of encoded words.
 */
const patterns = [
    at_signs_atSign,
    [0x25, 0x32, 0x34, 0x35, 0x75, 0x55, 0x65, 0x45],
    [0x26, 0x23, 0x61, 0x63],
    [0x3d, 0x34],
    [at_signs_backslash, 0x75, 0x55, 0x78, 0x31, 0x33],
    [0xef, 0xbc, 0xb9],
    [[0x65, 0x45], 0x36],
    [0x3f, 0x42, 0x62],
];
/**
 * Finds places in the raw bytes of a dump that may hold an at sign: rather too many than too few. Of hexadecimal bytea, and of
 * whatever follows a backslash, it finds only the beginning.
 */
class Candidates {
    #scanner = new ByteScanner(patterns);
    #bytes = Buffer.alloc(0);
    #to = 0;
    #nearest = 0;
    /** Starts over with these bytes. */
    begin(bytes, from, to) {
        this.#bytes = bytes;
        this.#to = to;
        this.#scanner.begin(bytes, from, to);
        this.#nearest = from - 1;
        this.next(from);
    }
    /** The first candidate at or after `from`, which never decreases; the end of the bytes when there is none. */
    next(from) {
        while (this.#nearest < from && this.#nearest < this.#to) {
            this.#nearest = this.#scanner.next();
            if (this.#nearest < this.#to && !mayBeAtSign(this.#bytes, this.#nearest, this.#to))
                this.#nearest = from - 1;
        }
        return this.#nearest;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/leak-check/hash-sample.js
/** Hashes of values, in a set of bounded size. */
/** Hashes that are kept; beyond that number, the set keeps those with the smallest hashes. */
const capacity = 250_000;
/**
 * A hash of 52 bits: two hashes with different constants, four bytes at a time. Each product carries differences to its high
 * bits, which are folded back to the low ones. It resists chance, not an attacker: a collision only costs a false finding.
 * Never 0.
 */
function valueHash(bytes, from, to) {
    let one = 0x811c9dc5 ^ (to - from);
    let two = 0x9747b28c;
    let at = from;
    for (; at + 4 <= to; at += 4) {
        const word = bytes[at] |
            (bytes[at + 1] << 8) |
            (bytes[at + 2] << 16) |
            (bytes[at + 3] << 24);
        one = Math.imul(one ^ word, 0x85ebca6b);
        one ^= one >>> 15;
        two = Math.imul(two ^ word, 0xc2b2ae35);
        two ^= two >>> 13;
    }
    for (; at < to; at += 1) {
        one = Math.imul(one ^ bytes[at], 0x85ebca6b);
        two = Math.imul(two ^ bytes[at], 0xc2b2ae35);
        one ^= one >>> 15;
        two ^= two >>> 13;
    }
    one = Math.imul(one, 0xcc9e2d51);
    one ^= one >>> 16;
    return (one >>> 0) * 2 ** 20 + (two >>> 12) + 1;
}
/**
 * A set of hashes in one block of memory, each with a small number. When it is full, it halves the range of hashes that it
 * keeps: two samples then still hold the same values wherever both ranges reach.
 */
class HashSample {
    #slots = new Float64Array(4096);
    #tags = new Uint32Array(4096);
    #limit = Number.POSITIVE_INFINITY;
    #size = 0;
    /** Larger hashes are not kept. */
    get limit() {
        return this.#limit;
    }
    /** Whether every hash that was added is kept. */
    get isComplete() {
        return this.#limit === Number.POSITIVE_INFINITY;
    }
    add(hash, tag) {
        if (hash > this.#limit)
            return;
        const slot = this.#slotOf(hash);
        if (this.#slots[slot] === hash)
            return;
        this.#slots[slot] = hash;
        this.#tags[slot] = tag;
        this.#size += 1;
        while (this.#size > capacity)
            this.#halve();
        if (this.#size * 2 > this.#slots.length)
            this.#rebuild(this.#slots.length * 2);
    }
    /** Adds what another sample holds: the same as if every hash had been added to this one. */
    merge({ hashes, limit }) {
        this.#limit = Math.min(this.#limit, limit);
        this.#rebuild(this.#slots.length);
        for (const hash of hashes)
            this.add(hash, 0);
    }
    /** What it holds, without the numbers. */
    hashes() {
        return { hashes: this.#slots.filter((hash) => hash !== 0), limit: this.#limit };
    }
    has(hash) {
        return this.#slots[this.#slotOf(hash)] === hash;
    }
    *entries() {
        for (let slot = 0; slot < this.#slots.length; slot += 1) {
            const hash = this.#slots[slot];
            if (hash !== 0)
                yield [hash, this.#tags[slot]];
        }
    }
    /** The slot that holds the hash, or the empty one where it belongs. */
    #slotOf(hash) {
        const mask = this.#slots.length - 1;
        // The low bits of the hash.
        let slot = (hash | 0) & mask;
        while (this.#slots[slot] !== 0 && this.#slots[slot] !== hash)
            slot = (slot + 1) & mask;
        return slot;
    }
    #halve() {
        this.#limit = Math.min(this.#limit, 2 ** 52) / 2;
        this.#rebuild(this.#slots.length);
    }
    #rebuild(length) {
        const [slots, tags] = [this.#slots, this.#tags];
        this.#slots = new Float64Array(length);
        this.#tags = new Uint32Array(length);
        this.#size = 0;
        for (let index = 0; index < slots.length; index += 1) {
            const hash = slots[index];
            if (hash === 0 || hash > this.#limit)
                continue;
            const slot = this.#slotOf(hash);
            this.#slots[slot] = hash;
            this.#tags[slot] = tags[index];
            this.#size += 1;
        }
    }
}

;// CONCATENATED MODULE: ./build/anonymize/leak-check/replaced-values.js

/** Shorter values are words that occur anywhere. */
const shortestValue = 6;
/** Longer values are texts, not facts about a person. */
const longestValue = 64;
class ReplacedValues {
    #replaced = new HashSample();
    #standing = new HashSample();
    #places = [];
    #indexes = new Map();
    /** Notes a value that was replaced: its text as it was. */
    noteReplaced(text, from, to) {
        if (to - from >= shortestValue && to - from <= longestValue)
            this.#replaced.add(valueHash(text, from, to), 0);
    }
    /** Notes what another thread replaced. */
    mergeReplaced(replaced) {
        this.#replaced.merge(replaced);
    }
    /** Hashes of the values that were replaced. */
    get replaced() {
        return this.#replaced.hashes();
    }
    /** Records a value in the output. @param place from `placeOf` */
    noteStanding(text, from, to, place) {
        if (to - from >= shortestValue && to - from <= longestValue)
            this.#standing.add(valueHash(text, from, to), place);
    }
    /** A number that identifies the column. */
    placeOf(table, column) {
        const key = `${table} ${column}`;
        let index = this.#indexes.get(key);
        if (index === undefined) {
            index = this.#places.push({ table, column }) - 1;
            this.#indexes.set(key, index);
        }
        return index;
    }
    /** The columns that contain values replaced in other columns, each with the number of different values. */
    *repeated() {
        const counts = new Map();
        for (const [hash, place] of this.#standing.entries())
            if (hash <= this.#replaced.limit && this.#replaced.has(hash))
                counts.set(place, (counts.get(place) ?? 0) + 1);
        for (const [place, count] of counts)
            yield { ...this.#places[place], count };
    }
    /** Whether all values were compared, and not a sample of them. */
    get comparedAll() {
        return this.#replaced.isComplete && this.#standing.isComplete;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/bytes/patches.js
class Patches {
    count = 0;
    /** Where each replaced part starts and ends. */
    starts = [];
    ends = [];
    /** The buffer that holds each replacement, and where in it: an arena holds many. */
    texts = [];
    textStarts = [];
    textEnds = [];
    clear() {
        this.count = 0;
    }
    /** Start of the next part that is not replaced yet: the end of the last patch, or `from`. */
    lastEnd(from) {
        return this.count === 0 ? from : this.ends[this.count - 1];
    }
    add(start, end, text) {
        this.#set(this.count, start, end, text, 0, text.length);
        this.count += 1;
    }
    /** Adds a patch whose replacement is the arena's current text. Clear the patches before the arena. */
    addLast(start, end, arena) {
        this.#set(this.count, start, end, arena.bytes, arena.begin, arena.end);
        this.count += 1;
    }
    /** Adds the replacement of another list's patch, at a place of its own. */
    addOther(start, end, others, index) {
        const { texts, textStarts, textEnds } = others;
        this.#set(this.count, start, end, texts[index], textStarts[index], textEnds[index]);
        this.count += 1;
    }
    setText(index, text) {
        this.#set(index, this.starts[index], this.ends[index], text, 0, text.length);
    }
    text(index) {
        return this.texts[index].subarray(this.textStarts[index], this.textEnds[index]);
    }
    /** Adds a patch at its place in the order. */
    insert(start, end, text) {
        let at = this.count;
        for (; at > 0 && this.starts[at - 1] > start; at -= 1)
            this.#moveUp(at - 1);
        this.#set(at, start, end, text, 0, text.length);
        this.count += 1;
    }
    #moveUp(index) {
        const { starts, ends, texts, textStarts, textEnds } = this;
        this.#set(index + 1, starts[index], ends[index], texts[index], textStarts[index], textEnds[index]);
    }
    #set(index, start, end, text, textStart, textEnd) {
        this.starts[index] = start;
        this.ends[index] = end;
        this.texts[index] = text;
        this.textStarts[index] = textStart;
        this.textEnds[index] = textEnd;
    }
    /** The bytes between `from` and `to` with the patches applied. */
    apply(bytes, from, to) {
        const parts = [];
        let at = from;
        for (let index = 0; index < this.count; index += 1) {
            parts.push(bytes.subarray(at, this.starts[index]), this.text(index));
            at = this.ends[index];
        }
        parts.push(bytes.subarray(at, to));
        return Buffer.concat(parts);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/emails/php.js
const quote = 0x22;
const colon = 0x3a;
const php_semicolon = 0x3b;
/** Adds patches for the lengths of the strings that patches make longer or shorter. */
function correctLengths(bytes, from, to, patches) {
    const strings = serializedStrings(bytes, from, to);
    if (strings.length === 0)
        return;
    const changes = patches.starts.slice(0, patches.count).map((start, index) => ({
        start,
        end: patches.ends[index],
        by: patches.text(index).length - (patches.ends[index] - start),
    }));
    // From the inside out: a corrected length may have one digit more, which makes the string around it longer.
    for (const one of strings.toSorted((a, b) => a.end - a.begin - (b.end - b.begin))) {
        const by = changes.reduce((sum, change) => (change.start >= one.begin && change.end <= one.end ? sum + change.by : sum), 0);
        if (by === 0)
            continue;
        const text = Buffer.from(String(one.end - one.begin + by));
        patches.insert(one.digits, one.digitsEnd, text);
        changes.push({ start: one.digits, end: one.digitsEnd, by: text.length - (one.digitsEnd - one.digits) });
    }
}
const lengthEnd = Buffer.from(':"');
/** As a string of MySQL escapes it. */
const escapedEnd = Buffer.from(':\\"');
/** Whether a length may be stated in bytes as MySQL writes strings: `:"` or `:\"` after a digit. */
function mayNoteEscapedLengths(bytes, from, to) {
    const region = bytes.subarray(from, to);
    for (let at = region.indexOf(escapedEnd); at >= 0; at = region.indexOf(escapedEnd, at + 3))
        if (isDigit(region[at - 1]))
            return true;
    return mayNoteLengths(bytes, from, to);
}
/** Whether a length may be stated here: `:"` after a digit. */
function mayNoteLengths(bytes, from, to) {
    const region = bytes.subarray(from, to);
    for (let at = region.indexOf(lengthEnd); at >= 0; at = region.indexOf(lengthEnd, at + 2))
        if (isDigit(region[at - 1]))
            return true;
    return false;
}
/** Where the last string ends that begins before `to` and goes on beyond it; `to` when there is none. */
function openUntil(bytes, from, to) {
    let end = to;
    const text = bytes.toString('latin1', from, to);
    for (const match of text.matchAll(/\bs:(\d{1,10}):"/g))
        end = Math.max(end, from + match.index + match[0].length + Number(match[1]));
    return end;
}
function serializedStrings(bytes, from, to) {
    const strings = [];
    const region = bytes.subarray(0, to);
    for (let at = region.indexOf(lengthEnd, from); at >= 0; at = region.indexOf(lengthEnd, at + 1)) {
        let digits = at;
        while (digits > from && isDigit(bytes[digits - 1]))
            digits -= 1;
        if (digits === at || digits - 2 < from || bytes[digits - 1] !== colon || bytes[digits - 2] !== 0x73)
            continue;
        const begin = at + lengthEnd.length;
        const end = begin + Number(bytes.toString('latin1', digits, at));
        // A number that does not lead to the closing quote is not a length.
        if (end < to && bytes[end] === quote && (bytes[end + 1] === php_semicolon || end + 1 === to))
            strings.push({ digits, digitsEnd: at, begin, end });
    }
    return strings;
}
function isDigit(byte) {
    return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/file-names.js
/** Names of files that look like domains: `logo@2x.png` is an image. */
const dot = 0x2e;
const longestExtension = 4;
/**
 * Extensions that are not top-level domains (IANA, root zone database). What is both (`zip`, `sh`, `md`, `rs`) counts as a
 * domain. They are kept as numbers, the last letter first: a string for each address would be garbage.
 */
const extensions = new Set('png jpg jpeg gif webp svg ico bmp tif tiff css scss js mjs json xml html htm txt pdf php'
    .split(' ')
    .map((name) => [...name].reduceRight((packed, letter) => packed * 256 + letter.charCodeAt(0), 0)));
/** Whether the domain between `from` and `end` is rather the name of a file, by its last label. */
function isFileName(bytes, from, end) {
    let packed = 0;
    for (let index = end - 1; index >= from && bytes[index] !== dot; index -= 1) {
        if (end - index > longestExtension)
            return false;
        packed = packed * 256 + (bytes[index] | 0x20);
    }
    return extensions.has(packed);
}

;// CONCATENATED MODULE: ./build/anonymize/emails/plain-address.js
/**
 * The fast path for nearly all addresses: ASCII, with nothing beside them that could belong to them. It finds what
 * `findAddresses` would find, or nothing. Both ends are independent of each other:
 *
 *     const start = plainStart(bytes, at, floor);
 *     const end = start < 0 ? -1 : plainEnd(bytes, at, to);
 */

const alphanumeric = 1;
/** What else an ordinary local part holds. */
const punctuation = 2;
/** What may be directly next to an address without being examined further. */
const boundary = 3;
const kinds = new Uint8Array(256);
for (let byte = 0; byte < 128; byte += 1) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9]/.test(character))
        kinds[byte] = alphanumeric;
    else if (/[._+-]/.test(character))
        kinds[byte] = punctuation;
    else if (/[\t\n ,"<>()[\]{}]/.test(character))
        kinds[byte] = boundary;
}
const plain_address_atSign = 0x40;
const plain_address_dot = 0x2e;
const hyphen = 0x2d;
const space = 0x20;
const doubleQuote = 0x22;
const plain_address_openBracket = 0x5b;
const plain_address_closeBracket = 0x5d;
const plain_address_closeBrace = 0x7d;
const firstLetter = 0x41;
/** Bytes of a local part and of a domain (RFC 5321, 4.5.3.1). */
const longestLocal = 64;
const longestDomain = 255;
/**
 * @param at position of the at sign
 * @param floor nothing before this position is read
 * @returns where the local part begins; -1 when it is not a plain one
 */
function plainStart(bytes, at, floor) {
    if (bytes[at] !== plain_address_atSign)
        return -1;
    let start = at;
    while (start > floor && isLocal(bytes[start - 1]))
        start -= 1;
    if (start === at || at - start > longestLocal || kinds[bytes[start]] !== alphanumeric)
        return -1;
    const before = start > floor ? bytes[start - 1] : space;
    // `[.]` and `\u{6d}` may end before it, and `[.]` begin behind a domain.
    return kinds[before] !== boundary || before === plain_address_closeBracket || before === plain_address_closeBrace ? -1 : start;
}
/** Whether a digit is here, or `v` and a digit. */
function mayBeVersion(bytes, at) {
    const isPrefixed = (bytes[at] | 0x20) === 0x76;
    return bytes[isPrefixed ? at + 1 : at] < firstLetter;
}
function isLocal(byte) {
    const kind = kinds[byte];
    return kind === alphanumeric || kind === punctuation;
}
/**
 * @param at position of the at sign
 * @param to nothing at or after this position is read
 * @returns where the domain ends; -1 when it is not a plain one
 */
function plainEnd(bytes, at, to) {
    let end = at + 1;
    let lastDot = -1;
    let hyphens = false;
    for (; end < to; end += 1) {
        const byte = bytes[end];
        if (byte === plain_address_dot) {
            if (end - lastDot === 1 || end === at + 1)
                return -1;
            lastDot = end;
        }
        else if (byte === hyphen)
            hyphens = true;
        else if (kinds[byte] !== alphanumeric)
            break;
    }
    if (end < to && (kinds[bytes[end]] !== boundary || bytes[end] === plain_address_openBracket))
        return -1;
    // In quotes before another at sign it is a local part.
    if (end + 1 < to && bytes[end] === doubleQuote && bytes[end + 1] === plain_address_atSign)
        return -1;
    if (lastDot < 0 || end - lastDot < 2 || end - at > longestDomain || bytes[end - 1] === hyphen)
        return -1;
    // A label of hyphens, or what may be a version number, is left to `findAddresses`.
    if ((hyphens || end - lastDot === 2) && mayBeVersion(bytes, at + 1))
        return -1;
    if (bytes[lastDot - 1] === hyphen || bytes[lastDot + 1] < firstLetter)
        return -1;
    return isFileName(bytes, at + 1, end) ? -1 : end;
}

;// CONCATENATED MODULE: ./build/anonymize/format/codec.js

const codec_backslash = 0x5c;
const codec_quote = 0x27;
const codec_doubleQuote = 0x22;
const letterX = 0x78;
/** No byte. */
const none = -1;
/** All but a few letters stand for themselves. */
function meaningsOf(letters) {
    const meanings = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    for (const [letter, value] of Object.entries(letters))
        meanings[letter.charCodeAt(0)] = value;
    return meanings;
}
function lettersOf(letters, themselves) {
    const written = new Uint8Array(256);
    for (const [letter, value] of Object.entries(letters))
        written[value] = letter.charCodeAt(0);
    for (const one of themselves)
        written[one.charCodeAt(0)] = one.charCodeAt(0);
    return written;
}
const postgresLetters = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const mysqlLetters = { '0': 0, b: 8, n: 10, r: 13, t: 9, Z: 26 };
const postgresMeanings = meaningsOf(postgresLetters);
const mysqlMeanings = meaningsOf(mysqlLetters);
/** What mysql_real_escape_string() escapes, in either quotes (MySQL C API manual). */
const mysqlWritten = lettersOf({ '0': 0, n: 10, r: 13, Z: 26 }, '\\\'"');
const nothing = new Uint8Array(256);
const codec_forms = {
    copy: { quote: none, meanings: postgresMeanings, numeric: true, letters: lettersOf(postgresLetters, '\\') },
    string: { quote: codec_quote, meanings: undefined, numeric: false, letters: nothing },
    'escape-string': { quote: codec_quote, meanings: postgresMeanings, numeric: true, letters: lettersOf({}, '\\') },
    raw: { quote: none, meanings: undefined, numeric: false, letters: nothing },
    mysql: { quote: codec_quote, meanings: mysqlMeanings, numeric: false, letters: mysqlWritten },
    'mysql-double': { quote: codec_doubleQuote, meanings: mysqlMeanings, numeric: false, letters: mysqlWritten },
    'double-string': { quote: codec_doubleQuote, meanings: undefined, numeric: false, letters: nothing },
};
/** Whether the written form differs from the text. */
function codec_isEscaped(bytes, from, to, codec) {
    if (codec === 'raw')
        return false;
    const form = codec_forms[codec];
    const sign = form.meanings === undefined ? form.quote : codec_backslash;
    for (let at = from; at < to; at += 1) {
        const byte = bytes[at];
        if (byte === sign || byte === form.quote)
            return true;
    }
    return false;
}
/** Length of the unit at `at`: an escape, a doubled quote, or one plain byte. */
function unitLength(bytes, at, to, form) {
    const byte = bytes[at];
    if (byte === form.quote)
        return bytes[at + 1] === byte && at + 1 < to ? 2 : 1;
    if (byte !== codec_backslash || form.meanings === undefined || at + 1 >= to)
        return 1;
    const next = bytes[at + 1];
    // Before a wildcard of LIKE, MySQL keeps the backslash.
    if (!form.numeric)
        return next === percent || next === underscore ? 1 : 2;
    if (isOctal(next)) {
        let length = 2;
        while (length <= 3 && at + length < to && isOctal(bytes[at + length]))
            length += 1;
        return length;
    }
    if (next !== letterX || at + 2 >= to || hexValue(bytes[at + 2]) < 0)
        return 2;
    return at + 3 < to && hexValue(bytes[at + 3]) >= 0 ? 4 : 3;
}
const percent = 0x25;
const underscore = 0x5f;
/** The byte that a unit of this length encodes. */
function unitValue(bytes, at, length, form) {
    if (length === 1)
        return bytes[at];
    const second = bytes[at + 1];
    if (bytes[at] !== codec_backslash)
        return second;
    if (form.numeric && isOctal(second)) {
        let value = 0;
        for (let index = at + 1; index < at + length; index += 1)
            value = value * 8 + bytes[index] - 0x30;
        return value & 0xff;
    }
    if (length === 2)
        return form.meanings[second];
    const digit = hexValue(bytes[at + 2]);
    return length === 3 ? digit : digit * 16 + hexValue(bytes[at + 3]);
}
function isOctal(byte) {
    return byte !== undefined && byte >= 0x30 && byte <= 0x37;
}
/** A buffer that grows, reused for every value. */
class Scratch {
    bytes = Buffer.allocUnsafe(64 * 1024);
    atLeast(size) {
        if (this.bytes.length < size)
            this.bytes = Buffer.allocUnsafe(size * 2);
        return this.bytes;
    }
}
/** Decodes into the scratch. @returns the length of the text */
function codec_decode(bytes, from, to, codec, scratch) {
    const form = codec_forms[codec];
    const out = scratch.atLeast(to - from);
    let length = 0;
    let at = from;
    while (at < to) {
        const byte = bytes[at];
        if (byte !== codec_backslash && byte !== form.quote) {
            out[length] = byte;
            at += 1;
        }
        else {
            const unit = unitLength(bytes, at, to, form);
            out[length] = unitValue(bytes, at, unit, form);
            at += unit;
        }
        length += 1;
    }
    return length;
}
const textScratch = new Scratch();
/** The decoded text between `from` and `to`; valid until the next call. */
function textOf(bytes, from, to, codec) {
    if (!codec_isEscaped(bytes, from, to, codec))
        return bytes.subarray(from, to);
    const length = codec_decode(bytes, from, to, codec, textScratch);
    return textScratch.bytes.subarray(0, length);
}
/**
 * Turns positions in the text into positions in its written form.
 * @param positions ascending; changed in place
 */
function toWritten(bytes, from, to, codec, positions, count) {
    const form = codec_forms[codec];
    let at = from;
    let index = 0;
    for (let nth = 0; nth < count; nth += 1) {
        const wanted = positions[nth];
        while (index < wanted && at < to) {
            const byte = bytes[at];
            at += byte !== codec_backslash && byte !== form.quote ? 1 : unitLength(bytes, at, to, form);
            index += 1;
        }
        positions[nth] = at;
    }
}
/** The written form of the text: the same buffer when nothing needs an escape. */
function encode(text, codec) {
    if (codec === 'raw')
        return text;
    const { letters, quote: doubled } = codec_forms[codec];
    let extra = 0;
    for (let at = 0; at < text.length; at += 1)
        if (text[at] === doubled || letters[text[at]] !== 0)
            extra += 1;
    if (extra === 0)
        return text;
    const out = Buffer.allocUnsafe(text.length + extra);
    let at = 0;
    for (const byte of text) {
        const letter = letters[byte];
        if (letter !== 0) {
            out[at] = codec_backslash;
            out[at + 1] = letter;
            at += 2;
        }
        else if (byte === doubled) {
            out[at] = byte;
            out[at + 1] = byte;
            at += 2;
        }
        else {
            out[at] = byte;
            at += 1;
        }
    }
    return out;
}
/** Encodes the arena's current text in place. */
function encodeLast(arena, codec) {
    if (codec === 'raw')
        return;
    const { letters, quote: doubled } = codec_forms[codec];
    let extra = 0;
    for (let bytes = arena.bytes, at = arena.begin; at < arena.end; at += 1)
        if (bytes[at] === doubled || letters[bytes[at]] !== 0)
            extra += 1;
    if (extra === 0)
        return;
    const out = arena.reserve(extra);
    let from = arena.end;
    arena.end += extra;
    // Backwards, so that no byte is overwritten before it has been moved.
    for (let to = arena.end; to > from;) {
        from -= 1;
        to -= 1;
        const byte = out[from];
        const letter = letters[byte];
        out[to] = letter === 0 ? byte : letter;
        if (letter !== 0 || byte === doubled) {
            to -= 1;
            out[to] = letter === 0 ? byte : codec_backslash;
        }
    }
}

;// CONCATENATED MODULE: ./build/anonymize/format/dump-error.js
/** The dump cannot be read, or cannot be anonymised safely. Nothing may be left of the output. */
class DumpError extends Error {
    name = 'DumpError';
    what;
    likelyCause;
    fix;
    /** Bytes of SQL before the place; undefined when the error is about the file as a whole. */
    offset;
    constructor(options) {
        const { what, offset } = options;
        const text = offset === undefined ? what : `${what} (at byte ${offset.toLocaleString('en-US')} of the SQL)`;
        super(text);
        this.what = text;
        this.offset = offset;
        this.likelyCause = options.likelyCause;
        this.fix = options.fix;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/plan/plan.js
/** The name under which reports count what is not in rows: definitions, comments, functions. */
const definitionsPart = '(definitions)';
/** The name under which reports count addresses in names (of tables, roles, policies), which stay. */
const namesPart = '(names)';
/** Whether this is the name of a part of the dump that is no table. */
function isPart(name) {
    return name === definitionsPart || name === namesPart;
}
/** The names under which reports count addresses (replaced by the same one, or each by one of its own), passwords of roles, and rows. */
const labels = {
    emails: 'emails',
    uniqueEmails: 'unique emails',
    rolePasswords: 'passwords of roles left out',
    leftOut: 'rows left out',
};

;// CONCATENATED MODULE: ./build/anonymize/emails/addresses.js
/** The addresses of a text, in ascending order: positions, in arrays that are reused. */
class Addresses {
    count = 0;
    starts = [];
    ends = [];
    /** Where the at sign begins, and its length: what is written instead keeps its form. */
    ats = [];
    atLengths = [];
    /** The address without escapes and with a plain at sign; undefined where it is written so. */
    plains = [];
    clear() {
        this.count = 0;
    }
    add(start, end, at, atLength, plain) {
        this.starts[this.count] = start;
        this.ends[this.count] = end;
        this.ats[this.count] = at;
        this.atLengths[this.count] = atLength;
        this.plains[this.count] = plain;
        this.count += 1;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/emails/characters.js
/**
 * What each character may be in an e-mail address. RFC 5321 and 6531 allow more in a local part than people use. Most of the
 * surplus (`= & ? / { } | '` and the backquote) far more often surrounds an address: the key of a query, the braces of an
 * array. docs/anonymize.md lists these decisions.
 */
/** Ends an address. */
const delimiter = 0;
/** Letter or digit of any script. */
const letter = 1;
const characters_dot = 2;
const characters_hyphen = 3;
const characters_underscore = 4;
/** Allowed in a local part, but not as its first character: `! # $ % * + ^ ~`. */
const inner = 5;
/** Part of a name only between letters: `o'brien`. */
const apostrophe = 6;
/** Part of a local part only in the return paths of mailing systems (VERP, SRS, BATV). */
const equals = 7;
/** Pictures: in a domain letters like others (`hello@🐾🐕.ws`), in a local part allowed between letters; before a sign, it is a mention. */
const pictograph = 8;
const ascii = new Uint8Array(128);
for (const [from, to] of ['09', 'az', 'AZ'].map((range) => [range.charCodeAt(0), range.charCodeAt(1)]))
    ascii.fill(letter, from, to + 1);
ascii['.'.charCodeAt(0)] = characters_dot;
ascii['-'.charCodeAt(0)] = characters_hyphen;
ascii['_'.charCodeAt(0)] = characters_underscore;
for (const character of '!#$%*+^~')
    ascii[character.charCodeAt(0)] = inner;
ascii["'".charCodeAt(0)] = apostrophe;
ascii['='.charCodeAt(0)] = equals;
/** Commas, question marks and full stops of Greek, Armenian, Arabic and Devanagari, which no domain and hardly a name holds. */
const betweenWords = new Set([0x37e, 0x387, 0x589, 0x60c, 0x61b, 0x61f, 0x6d4, 0x964, 0x965]);
/** @param point a Unicode code point, or a byte that is none */
function characterClass(point) {
    if (point < 128)
        return ascii[point];
    // The dots of domain names in other scripts (UTS 46), and what is one when it is normalised.
    if (point === 0x3002 || point === 0xff0e || point === 0xff61 || point === 0x2024 || point === 0xfe52)
        return characters_dot;
    if (isUnseen(point))
        return inner;
    if (point === 0xa9 || point === 0xae)
        return pictograph;
    if (point < 0xc0)
        return point === 0xaa || point === 0xb5 || point === 0xba ? letter : delimiter;
    if (point === 0xd7 || point === 0xf7)
        return delimiter;
    if (betweenWords.has(point))
        return delimiter;
    // The hyphen that word processors write, and the one at which no line breaks.
    if (point === 0x2010 || point === 0x2011)
        return characters_hyphen;
    // Typographic and invisible characters between words: dashes, quotes, spaces, bullets, fractions.
    if (point >= 0x2000 && point <= 0x206f)
        return point === 0x200c || point === 0x200d ? letter : delimiter;
    if (point >= 0x2150 && point <= 0x215f)
        return delimiter;
    if (point >= 0x2190 && point <= 0x2bff)
        return pictograph;
    if (point >= 0x2e00 && point <= 0x2e7f)
        return point === 0x2e2f ? letter : delimiter;
    if (point >= 0x3000 && point <= 0x3004)
        return delimiter;
    if (point >= 0x3008 && point <= 0x3020)
        return delimiter;
    if (point === 0x3030 || point === 0x30fb || point === 0xfffc)
        return delimiter;
    if (point >= 0xff01 && point <= 0xff65)
        return fullWidth(point);
    if (point >= 0x1f000 && point <= 0x1faff)
        return pictograph;
    return letter;
}
/**
 * Soft hyphens, spaces without width, marks of direction and variants of pictures, which come along when text is copied. They do not
 * end an address.
 */
function isUnseen(point) {
    if (point < 0xad)
        return false;
    if (point < 0x200b)
        return point === 0xad || point === 0x34f || point === 0x61c || point === 0x180e;
    if (point <= 0x2069)
        return point !== 0x200c && point !== 0x200d && isUnseenPunctuation(point);
    return point === 0xfeff || (point >= 0xfe00 && point <= 0xfe0f);
}
function isUnseenPunctuation(point) {
    return (point <= 0x200f || (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x2064) || point >= 0x2066);
}
/** The class of the ASCII character, 0xfee0 below its fullwidth form. */
function fullWidth(point) {
    if (point > 0xff5e)
        return delimiter;
    const plain = characterClass(point - 0xfee0);
    return plain === equals || plain === apostrophe ? delimiter : plain;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/twice-encoded.js
/**
 * Letters that were encoded as UTF-8 twice, as if their bytes were characters of Latin-1 or Windows-1252: `AndrÃ©`, `bÃ¼cher`. They come in
 * pairs, of which the second is nearly always a sign that would end an address.
 */
/** The first bytes of Latin letters with accents, Greek and Cyrillic, as characters. All of them take two bytes. */
function isLead(point) {
    return (point >= 0xc3 && point <= 0xc5) || (point >= 0xce && point <= 0xd1);
}
/** Windows-1252 from 0x80 to 0x9f, where Latin-1 has control characters. */
const twice_encoded_signs = new Set([...'€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'].map((sign) => sign.codePointAt(0)));
const noBreakSpace = 0xa0;
/** Whether two characters in a row are one letter that was encoded twice, also where the text was turned into lower case since. */
function isPair(lead, point) {
    const isByte = point >= 0x80 && point <= 0xbf;
    if (isLead(lead))
        return (isByte && (point !== noBreakSpace || lead === 0xc3)) || twice_encoded_signs.has(point);
    // In lower case such letters end words, before quotes and spaces.
    return isLead(lead - 0x20) && isByte && point !== noBreakSpace && point !== 0xab && point !== 0xbb;
}
/** Whether a character may begin a pair. */
function mayBeLead(point) {
    return point >= 0xc3 && point <= 0xf1;
}
/** Whether a character may end a pair. */
function mayFollowLead(point) {
    return (point >= 0x80 && point <= 0xbf) || twice_encoded_signs.has(point);
}

;// CONCATENATED MODULE: ./build/anonymize/emails/units.js
/** Reads a text without escapes, character by character, forwards and backwards. */



function unitOf(length, point, kind = characterClass(point)) {
    return ((length << 25) | (kind << 21) | point);
}
/** Beyond the end of the text: length 0, a delimiter. */
const units_nothing = unitOf(0, 0, delimiter);
/** Bytes that the character takes; 0 at the end of the text. */
function units_unitLength(unit) {
    return unit >>> 25;
}
function unitClass(unit) {
    return ((unit >>> 21) & 15);
}
/** The code point, or the byte where it is none. */
function unitPoint(unit) {
    return unit & 0x1fffff;
}
/** The character that begins at `at`; nothing at or after `to` is read. */
function readUnit(bytes, at, to) {
    if (at >= to)
        return units_nothing;
    const byte = bytes[at];
    if (byte < 0x80)
        return unitOf(1, byte);
    const length = sequenceLength(bytes, at, to);
    if (length === 0)
        return lonelyByte(byte);
    const point = pointAt(bytes, at, length);
    const pair = mayBeLead(point) ? secondLength(bytes, at + length, to, point) : 0;
    return pair > 0 ? unitOf(length + pair, point, letter) : unitOf(length, point);
}
/** Bytes of the second character of a letter that was encoded twice; 0 where there is none. */
function secondLength(bytes, at, to, lead) {
    if (at >= to || bytes[at] < 0x80)
        return 0;
    const length = sequenceLength(bytes, at, to);
    return length > 0 && isPair(lead, pointAt(bytes, at, length)) ? length : 0;
}
const softHyphen = 0xad;
/** Not UTF-8. In one-byte encodings letters begin at 0xC0; signs come before, the soft hyphen among them. */
function lonelyByte(byte) {
    return unitOf(1, byte, byte >= 0xc0 ? letter : byte === softHyphen ? inner : delimiter);
}
/** The character that ends before `at`; nothing before `floor` is read. */
function readUnitBefore(bytes, at, floor) {
    if (at <= floor)
        return units_nothing;
    const byte = bytes[at - 1];
    if (byte < 0x80)
        return unitOf(1, byte);
    for (let length = 2; length <= 4 && at - length >= floor; length += 1)
        if (sequenceLength(bytes, at - length, at) === length)
            return unitBefore(bytes, at, floor, length);
    return lonelyByte(byte);
}
/** @param length of the character that ends before `at`, which may be the second of a letter that was encoded twice */
function unitBefore(bytes, at, floor, length) {
    const point = pointAt(bytes, at - length, length);
    const first = at - length - 2;
    if (mayFollowLead(point) && first >= floor && sequenceLength(bytes, first, at) === 2) {
        const lead = pointAt(bytes, first, 2);
        if (isPair(lead, point))
            return unitOf(length + 2, lead, letter);
    }
    return unitOf(length, point);
}
function endsWith(bytes, at, floor, word) {
    if (at - word.length < floor)
        return false;
    for (let index = 0; index < word.length; index += 1)
        if (bytes[at - word.length + index] !== word.charCodeAt(index))
            return false;
    return true;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/domain.js
/** Where the domain of an address ends: what comes after the at sign, in a text without escapes. */



/**
 * @param to nothing at or after this position is read
 * @returns where the domain that begins at `from` ends; -1 when there is no domain
 */
function domainEnd(bytes, from, to) {
    if (bytes[from] === openingBracket)
        return literalEnd(bytes, from, to);
    let end = -1;
    /** The end without the last label: `a@b.example.pdf` is the name of a file with an address in it. */
    let shorter = -1;
    let hasFullStop = false;
    let labels = 0;
    let index = from;
    for (;;) {
        const label = readLabel(bytes, index, to);
        if (label === noLabel)
            break;
        labels += 1;
        const unitsEnd = index + unitsLength(label);
        const next = readUnit(bytes, unitsEnd, to);
        const isLast = !separates(next, hasFullStop) || !isInLabel(readUnit(bytes, unitsEnd + units_unitLength(next), to));
        if (labels > 1 && beginsTopLevel(bytes, index, to)) {
            shorter = end;
            end = isLast ? latinEnd(bytes, index, unitsEnd) : -1;
            if (end < 0)
                end = index + lettersLength(label);
        }
        if (isLast)
            break;
        hasFullStop ||= unitPoint(next) === fullStop;
        index = unitsEnd + units_unitLength(next);
    }
    if (end < 0 || isVersion(bytes, from, end))
        return -1;
    if (!isFileName(bytes, from, end))
        return end;
    return labels > 2 ? shorter : -1;
}
const version = /^v?\d+(?:\.(?:\d+|x))*\.x$|^v?\d+\.\d+\.\d+-/i;
/** Whether this is a version rather than a domain: `node@18.x`, `pkg@1.2.3-beta.rc`. */
function isVersion(bytes, from, end) {
    const first = bytes[from];
    if (!domain_isDigit(first) && !((first | 0x20) === 0x76 && domain_isDigit(bytes[from + 1])))
        return false;
    return version.test(Buffer.from(bytes.subarray(from, end)).toString('latin1'));
}
function domain_isDigit(byte) {
    return byte >= 0x30 && byte <= 0x39;
}
const fullStop = 0x2e;
/** Whether the unit is between two labels. After a domain with full stops, one of another script ends a sentence. */
function separates(unit, hasFullStop) {
    return unitClass(unit) === characters_dot && !(hasFullStop && unitPoint(unit) >= 0x80);
}
const noLabel = 0;
function unitsLength(label) {
    return label >>> 16;
}
/** Without the hyphens after the last letter: no label ends in one. */
function lettersLength(label) {
    return label & 0xffff;
}
/** The label that begins at `from`; `noLabel` when there is no letter or digit in it. */
function readLabel(bytes, from, to) {
    let index = from;
    let end = from;
    for (let unit = readUnit(bytes, index, to); isInLabel(unit) || isMiddleDot(unit, bytes, index, to); unit = readUnit(bytes, index, to)) {
        index += units_unitLength(unit);
        if (unitClass(unit) === letter || unitClass(unit) === pictograph)
            end = index;
    }
    return end === from ? noLabel : ((index - from) << 16) | (end - from);
}
/**
 * End of the Latin letters at the beginning of a label when another script or an underscore follows: the domain ends there, and
 * text goes on without a space. Otherwise -1.
 */
function latinEnd(bytes, from, to) {
    let index = from;
    let letters = 0;
    let unit = readUnit(bytes, index, to);
    for (; isLatin(unit) || joins(unit, bytes, index, to); unit = readUnit(bytes, index, to)) {
        index += units_unitLength(unit);
        letters += 1;
    }
    if (index >= to || letters < 2)
        return -1;
    return unitPoint(unit) >= 0x80 || unitClass(unit) === characters_underscore ? index : -1;
}
/** Letters up to Latin Extended-B, combining accents, Latin Extended Additional. */
function isLatin(unit) {
    const point = unitPoint(unit);
    if (point < 0x80)
        return isLatinLetter(point);
    return (unitClass(unit) === letter &&
        ((point >= 0xc0 && point < 0x250) || (point >= 0x300 && point < 0x370) || (point >= 0x1e00 && point < 0x1f00)));
}
/** A soft hyphen, or a letter that could not be read, between two letters. */
function joins(unit, bytes, index, to) {
    const point = unitPoint(unit);
    return ((point === domain_softHyphen || point === domain_replacementCharacter) && isLatin(readUnit(bytes, index + units_unitLength(unit), to)));
}
const domain_softHyphen = 0xad;
const domain_replacementCharacter = 0xfffd;
const middleDot = 0xb7;
const katakanaDot = 0x30fb;
/** The dot of Catalan between two `l` (`col·legi.cat`), and that of Japanese between its letters (RFC 5892, A.3 and A.7). */
function isMiddleDot(unit, bytes, index, to) {
    const point = unitPoint(unit);
    if (point !== middleDot && point !== katakanaDot)
        return false;
    const isBeside = point === middleDot ? isL : isJapanese;
    return isBeside(readUnitBefore(bytes, index, 0)) && isBeside(readUnit(bytes, index + units_unitLength(unit), to));
}
function isL(unit) {
    return (unitPoint(unit) | 0x20) === 0x6c;
}
/** Hiragana, Katakana, Han. */
function isJapanese(unit) {
    const point = unitPoint(unit);
    return unitClass(unit) === letter && point >= 0x3005 && point <= 0x9fff;
}
function isInLabel(unit) {
    const kind = unitClass(unit);
    return kind === letter || kind === characters_hyphen || kind === characters_underscore || kind === pictograph || isUnseen(unitPoint(unit));
}
/** Top-level domains begin with a letter: `lodash@4.17.21` is a version. */
function beginsTopLevel(bytes, from, to) {
    let index = from;
    let unit = readUnit(bytes, index, to);
    for (; isUnseen(unitPoint(unit)); unit = readUnit(bytes, index, to))
        index += units_unitLength(unit);
    return unitClass(unit) === letter && !domain_isDigit(unitPoint(unit));
}
function isLatinLetter(byte) {
    const lower = byte | 0x20;
    return lower >= 0x61 && lower <= 0x7a;
}
const openingBracket = 0x5b;
const closingBracket = 0x5d;
/** Bytes of an address literal, the opening bracket included: an IPv6 address with its tag takes 47. */
const longestLiteral = 64;
/** Where letters end that stand behind a literal without a blank: they would go on with what is written instead. */
function wordEnd(bytes, from, to) {
    let index = from;
    let end = from;
    for (let unit = readUnit(bytes, index, to); isInLabel(unit) || unitClass(unit) === characters_dot;) {
        index += units_unitLength(unit);
        if (unitClass(unit) === letter)
            end = index;
        unit = readUnit(bytes, index, to);
    }
    return end;
}
/** `user@[192.168.0.1]`, `user@[IPv6:2001:db8::1]`. @returns -1 when it is not one */
function literalEnd(bytes, from, to) {
    let digits = 0;
    for (let index = from + 1; index < Math.min(to, from + longestLiteral); index += 1) {
        const byte = bytes[index];
        if (byte === closingBracket)
            return digits > 0 ? wordEnd(bytes, index + 1, to) : -1;
        if (domain_isDigit(byte))
            digits += 1;
        const isPunctuation = byte === 0x2e || byte === 0x3a || byte === 0x2d;
        if (!domain_isDigit(byte) && !isPunctuation && !isLatinLetter(byte))
            return -1;
    }
    return -1;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/return-paths.js
/**
 * Return paths of mailing systems, which hold the address of the recipient with an equals sign in it: `list-return-12-user=host@`
 * (VERP: ezmlm, qmail, Mailman, Sympa), `prvs=tag=user@` (BATV), `SRS0=hash=tt=host=user@` (the Sender Rewriting Scheme). Elsewhere
 * an equals sign is before an address: `email=user@`.
 */


/** Prefixes of schemes that put several equals signs into a local part. */
const scheme = /(?:^|[^\p{L}\p{N}])(?:srs[01][=+-]|(?:ms)?prvs\d?=|btv\d=)/iu;
/** Words of the part before, in which mailing systems say that it is a return path. */
const word = /(?:^|[-._])(?:return|returns|bounces?|owner|sentto|errors?|verp|confirm|probe|request|rcpt|newsletter|mailer|notify|m?list|sc|uc|sub|unsub|unsubscribe|subscribe)(?:[-._\d]|$)/i;
/** Sequence numbers: `list-12-`. */
const serial = /[-._]\d+[-._]|^\d+[-._]/;
/** Names of what holds an address: `reply-to=john.smith@…` has a key before the sign. */
const key = /(?:^|[-._])(?:e?-?mails?|to|cc|bcc|from|users?|names?|usernames?|login|accounts?|contact|recipients?|sender|reply|author|owner|addr(?:ess)?|uid|id|q|query|search|value|data|text|key|param|href|url|src|title)$/i;
/** What comes between the sign and the at sign, where it is a host. */
const host = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.(\p{L}[\p{L}\p{N}-]+)$/u;
/** Top-level domains that names of people do not end in: of countries, the oldest, and those that RFC 2606 and 6762 reserve. */
const topLevel = /^(?:[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|app|dev|io|cloud|online|shop|site|tech|xyz|email|mail|example|test|invalid|localhost|local|internal|lan|home|corp|intranet|xn--.+)$/i;
/**
 * Whether an equals sign is part of the local part.
 * @param at where the sign begins, and `end` where it ends
 * @param to where the local part ends
 */
function isReturnPath(bytes, at, end, to, floor) {
    const before = return_paths_textOf(bytes, wordStart(bytes, at, floor), at);
    if (before.includes('+'))
        return true;
    if (scheme.test(`${before}=`))
        return true;
    const found = host.exec(return_paths_textOf(bytes, end, to).replace(/^.*=/, ''));
    if (found === null)
        return false;
    if (word.test(before) || serial.test(before))
        return !isKey(before);
    return topLevel.test(found[1]) && !isKey(before) && /[\p{L}\p{N}]$/u.test(before);
}
/** `owner=`, `from=`: one word that names what comes. `list-owner-jane=` is none. */
function isKey(before) {
    return key.test(before) && !serial.test(before);
}
/** Where the characters begin that may belong to a local part; other equals signs are among them. */
function wordStart(bytes, at, floor) {
    let index = at;
    for (;;) {
        const unit = readUnitBefore(bytes, index, floor);
        const kind = unitClass(unit);
        if (units_unitLength(unit) === 0 || kind === delimiter || kind === apostrophe)
            return index;
        index -= units_unitLength(unit);
    }
}
function return_paths_textOf(bytes, from, to) {
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8');
}

;// CONCATENATED MODULE: ./build/anonymize/emails/local-part.js
/** Where the local part of an address begins: what comes before the at sign, in a text without escapes. */



const local_part_quote = 0x27;
/**
 * @param to where the local part ends
 * @param floor nothing before this position is read
 * @returns the local part's first byte; `to` itself when there is no local part
 */
function localStart(bytes, to, floor) {
    if (endsInPicture(bytes, to, floor))
        return to;
    let index = to;
    /** The leftmost character so far that may come first. */
    let start = to;
    for (;;) {
        const unit = readUnitBefore(bytes, index, floor);
        const [length, kind] = [units_unitLength(unit), unitClass(unit)];
        if (length === 0 || kind === delimiter)
            return start;
        if (kind === equals && !isReturnPath(bytes, index - length, index, to, floor))
            return start;
        if (kind === apostrophe && !betweenLetters(bytes, index, length, floor, to))
            return start;
        index -= length;
        if (kind === letter || kind === characters_underscore)
            start = index;
    }
}
/** `thanks 🎉@jane.doe` is a mention. */
function endsInPicture(bytes, to, floor) {
    let index = to;
    let unit = readUnitBefore(bytes, index, floor);
    while (units_unitLength(unit) > 0 && isUnseen(unitPoint(unit))) {
        index -= units_unitLength(unit);
        unit = readUnitBefore(bytes, index, floor);
    }
    return unitClass(unit) === pictograph;
}
/** Apostrophes in a row that stand for one: doubled in SQL, `'\''` in a shell. */
const mostApostrophes = 3;
/** An apostrophe belongs to a name only between letters; otherwise it is a quote. */
function betweenLetters(bytes, end, length, floor, to) {
    let [first, last] = [end - length, end];
    while (first > floor && bytes[first - 1] === local_part_quote)
        first -= 1;
    while (last < to && bytes[last] === local_part_quote)
        last += 1;
    return ((last - first === length || last - first <= mostApostrophes) &&
        unitClass(readUnit(bytes, last, to)) === letter &&
        unitClass(readUnitBefore(bytes, first, floor)) === letter);
}

;// CONCATENATED MODULE: ./build/anonymize/emails/quoted-local-part.js
/** What only RFC 5322 knows before an at sign: quoted local parts (`"odd local"@host.example`) and comments (`jo(work)@host.example`). */


const quoted_local_part_backslash = 0x5c;
const quoted_local_part_doubleQuote = 0x22;
const quoted_local_part_space = 0x20;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
/** Bytes of a quoted part, quotes included: 64 by RFC 5321, each of which takes up to six. */
const quoted_local_part_longest = 400;
const escapedQuotes = ['&quot;', '&#34;', '&#x22;', '%22', '\\u0022', '\\x22'];
/** Before what comes next, these say that the quote opens a string: `{"a": "@b.example"}`, `alt="@b.example"`. */
const opens = /[\s=:,;([{>]$/;
/** @returns where the opening quote of the part that ends before `at` begins; `at` when there is no quoted part */
function quotedStart(bytes, at, floor) {
    const quote = closingQuote(bytes, at, floor);
    if (quote === '')
        return at;
    const lowest = Math.max(floor, at - quoted_local_part_longest);
    let opening = openingQuote(bytes, at - quote.length, lowest, quote);
    // Quotes inside the part are escaped once more: `"jane \"j\""@…`.
    const last = /\\*"$/.exec(quote)?.[0] ?? quote;
    if (opening < 0 && last !== quote)
        opening = openingQuote(bytes, at - last.length, lowest, last);
    if (opening < 0)
        return at;
    // A quote directly after a word closes something else.
    return unitClass(readUnitBefore(bytes, opening, floor)) === letter ? at : opening;
}
/** The quote that ends before `at`, with the backslashes and doubled quotes that escape it; empty when there is none. */
function closingQuote(bytes, at, floor) {
    if (at > floor && bytes[at - 1] === quoted_local_part_doubleQuote) {
        let begin = at - 1;
        while (begin > floor && (bytes[begin - 1] === quoted_local_part_backslash || bytes[begin - 1] === quoted_local_part_doubleQuote))
            begin -= 1;
        return Buffer.from(bytes.subarray(begin, at)).toString('latin1');
    }
    return escapedQuotes.find((quote) => endsWith(bytes, at, floor, quote)) ?? '';
}
/**
 * The nearest such quote before `end`; -1 when what it encloses has no letter, or something that a quoted part cannot have.
 */
function openingQuote(bytes, end, floor, quote) {
    if (end > floor && opens.test(String.fromCharCode(bytes[end - 1])))
        return -1;
    let letters = 0;
    for (let index = end; index > floor; index -= 1) {
        if (endsWith(bytes, index, floor, quote)) {
            const begin = index - quote.length;
            // With one more backslash it is a quote inside the part.
            if (begin > floor && bytes[begin - 1] === quoted_local_part_backslash) {
                index = begin;
                continue;
            }
            return letters > 0 ? begin : -1;
        }
        const byte = bytes[index - 1];
        if (byte < quoted_local_part_space || (byte === quoted_local_part_doubleQuote && quote === '"'))
            return -1;
        if (unitClass(readUnitBefore(bytes, index, floor)) === letter)
            letters += 1;
    }
    return -1;
}
/** Bytes of a comment, parentheses included. */
const longestComment = 122;
/** @returns where the comment that ends before `at` begins; `at` when there is none, or nothing in front of it */
function commentStart(bytes, at, floor) {
    if (at <= floor || bytes[at - 1] !== closeParenthesis)
        return at;
    let depth = 1;
    for (let index = at - 2; index > floor && at - index <= longestComment; index -= 1) {
        const byte = bytes[index];
        if (byte === closeParenthesis)
            depth += 1;
        if (byte === openParenthesis)
            depth -= 1;
        if (depth === 0)
            return unitClass(readUnitBefore(bytes, index, floor)) === letter ? index : at;
        if (byte < quoted_local_part_space || byte === quoted_local_part_doubleQuote)
            return at;
    }
    return at;
}
/** @returns where the comment that begins at `from` ends; `from` when there is none */
function commentEnd(bytes, from, to) {
    if (from >= to || bytes[from] !== openParenthesis)
        return from;
    let depth = 1;
    for (let index = from + 1; index < to && index - from < longestComment; index += 1) {
        const byte = bytes[index];
        if (byte === openParenthesis)
            depth += 1;
        if (byte === closeParenthesis)
            depth -= 1;
        if (depth === 0)
            return index + 1;
        if (byte < quoted_local_part_space || byte === quoted_local_part_doubleQuote)
            return from;
    }
    return from;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/urls.js
/** At signs of URLs and remotes that separate no local part from a domain. */
const slash = 0x2f;
const urls_colon = 0x3a;
const urls_backslash = 0x5c;
/** Whether `scheme://user:password` comes before the at sign: what follows is a host, not the domain of an address. */
function isAfterPassword(bytes, at, floor) {
    if (bytes[at] !== 0x40)
        return false;
    let colons = 0;
    let last = 0;
    for (let index = at - 1; index >= floor; index -= 1) {
        const byte = bytes[index];
        if (byte === urls_backslash)
            continue;
        if (byte <= 0x20 || byte === 0x40 || byte === 0x22 || byte === 0x3f || byte === 0x23)
            return false;
        if (byte === urls_colon && last !== slash)
            colons += 1;
        if (byte === slash)
            return colons > 0 && slashesEnd(bytes, index, floor);
        last = byte;
    }
    return false;
}
/** Whether `://` ends with the slash at `at`, also as JSON escapes it: `:\/\/`. */
function slashesEnd(bytes, at, floor) {
    let index = at - 1;
    while (index > floor && bytes[index] === urls_backslash)
        index -= 1;
    if (bytes[index] !== slash)
        return false;
    index -= 1;
    while (index > floor && bytes[index] === urls_backslash)
        index -= 1;
    return bytes[index] === urls_colon;
}
/** Accounts that belong to nobody, under which servers offer repositories. */
const repositoryAccount = /^(?:git|hg|svn)$/;
/**
 * Whether this is where a repository is, and not an address: `git@host.example:group/name.git`, `ssh://git@host.example/name`.
 * @param local the local part; the whole is from `start` to `end`
 */
function isRemote(local, bytes, start, end, to) {
    if (local.length > 3 || !repositoryAccount.test(Buffer.from(local).toString('latin1')))
        return false;
    const next = end < to ? bytes[end] : 0;
    if (next === urls_colon)
        return end + 1 < to && bytes[end + 1] > 0x20;
    return bytes[start - 1] === slash && slashesEnd(bytes, start - 1, Math.max(0, start - 16));
}

;// CONCATENATED MODULE: ./build/anonymize/emails/address-around.js







const address_around_backslash = 0x5c;
const address_around_lineFeed = 0x0a;
const address_around_carriageReturn = 0x0d;
const address_around_equalsSign = 0x3d;
const address_around_dot = 0x2e;
/** Bytes that are read of either side: 64 and 255 by RFC 5321, return paths a few more, escaped up to six times as many. */
const address_around_longestLocal = 1024;
const address_around_longestDomain = 1536;
/** Bytes that neither a side of an address nor an escape holds. */
const stops = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte += 1)
    stops[byte] = 1;
for (const sign of '"<>,()@')
    stops[sign.charCodeAt(0)] = 1;
const signOf = Buffer.from('@');
class AddressAround {
    #left = new Unescaped();
    #before = new Unescaped();
    #right = new Unescaped();
    #writing = { nesting: 0, octal: false, quotedPrintable: false, folded: false };
    /** Where the part before the last at sign began, and what follows it, if that was no domain: `jane@host@…`. */
    #pendingStart = -1;
    #hostStart = -1;
    /** The domains without escapes, with at signs before them. */
    #domains = [];
    /** Begins another text. */
    begin() {
        this.#hostStart = -1;
    }
    /**
     * Adds the address whose at sign is at `at`, `length` bytes long, if there is one.
     * @param floor nothing before this position is read
     * @returns where the address ends; the floor where there is none
     */
    find(bytes, at, length, floor, to, writing, addresses) {
        this.#setWriting(bytes, at, writing);
        const lowest = Math.max(floor, at - address_around_longestLocal);
        const quoted = quotedStart(bytes, at, lowest);
        const localEnd = quoted < at ? at : commentStart(bytes, at, lowest);
        const start = quoted < at ? quoted : this.#localStart(bytes, localEnd, lowest);
        if (start === localEnd)
            return floor;
        const part = this.#firstPart(bytes, start, lowest, quoted < at);
        const first = part === this.#hostStart ? this.#pendingStart : part;
        const end = this.#domainsEnd(bytes, at + length, to);
        this.#pendingStart = end < 0 ? first : -1;
        this.#hostStart = end < 0 ? at + length : -1;
        if (end < 0)
            return floor;
        const local = quoted < at || first < start ? bytes.subarray(first, localEnd) : this.#local();
        if (isRemote(local, bytes, first, end, to))
            return floor;
        const isPlain = length === 1 && localEnd === at && end - first === local.length + this.#lengthOfDomains();
        addresses.add(first, end, at, length, isPlain ? undefined : Buffer.concat([local, ...this.#domains]));
        return end;
    }
    #setWriting(bytes, at, { nesting, quotedPrintable, folded }) {
        let index = at;
        while (bytes[index] === address_around_backslash)
            index += 1;
        this.#writing.nesting = nesting;
        this.#writing.octal = index > at && bytes[index] === 0x31;
        this.#writing.quotedPrintable = quotedPrintable || bytes[at] === address_around_equalsSign;
        this.#writing.folded = folded;
    }
    /**
     * Parts before the one that begins at `start`: `jane."doe x"@…` and `"jane".doe@…` (RFC 5322, 4.4).
     * @returns where the first one begins
     */
    #firstPart(bytes, start, floor, isQuoted) {
        const sign = bytes[start - 1];
        if (start - 1 <= floor || sign !== address_around_dot)
            return start;
        const quoted = quotedStart(bytes, start - 1, floor);
        if (quoted < start - 1)
            return this.#firstPart(bytes, quoted, floor, true);
        if (!isQuoted)
            return start;
        const before = this.#before;
        this.#readLeft(bytes, start - 1, floor, before);
        const word = before.sourceOf(localStart(before.bytes, before.to, before.from));
        return word === start - 1 ? start : this.#firstPart(bytes, word, floor, false);
    }
    /** @returns where the local part begins that ends at `to`; `to` itself when there is none */
    #localStart(bytes, to, floor) {
        const left = this.#left;
        this.#readLeft(bytes, to, floor, left);
        this.#localFrom = localStart(left.bytes, left.to, left.from);
        return left.sourceOf(this.#localFrom);
    }
    /** Reads what may be a local part that ends at `to`, without its escapes. */
    #readLeft(bytes, to, floor, left) {
        let from = to;
        let hasEscapes = this.#writing.folded;
        while (from > floor && !this.#stopsAt(bytes, from - 1)) {
            from -= 1;
            hasEscapes ||= escapeBegins[bytes[from]] === 1;
        }
        left.read(bytes, from, to, hasEscapes, this.#writing);
    }
    #localFrom = 0;
    #local() {
        return this.#left.bytes.subarray(this.#localFrom, this.#left.to);
    }
    #stopsAt(bytes, at) {
        const byte = bytes[at];
        if (stops[byte] === 0 || (this.#writing.folded && isInFold(bytes, at)))
            return false;
        if (!this.#writing.quotedPrintable || (byte !== address_around_lineFeed && byte !== address_around_carriageReturn))
            return true;
        return bytes[at - 1] !== address_around_equalsSign && !(bytes[at - 1] === address_around_carriageReturn && bytes[at - 2] === address_around_equalsSign);
    }
    /** @returns where the domain that begins at `from` ends, or the last of several: `a@b.example@relay.example` is one address */
    #domainsEnd(bytes, from, to) {
        this.#domains.length = 0;
        let end = this.#domainEnd(bytes, commentEnd(bytes, from, to), to);
        while (end > 0 && end < to) {
            const sign = atSignLength(bytes, end, to, this.#writing.quotedPrintable);
            const next = sign > 0 ? this.#domainEnd(bytes, end + sign, to) : -1;
            if (next < 0)
                break;
            end = next;
        }
        return end;
    }
    #domainEnd(bytes, from, to) {
        const most = Math.min(to, from + address_around_longestDomain);
        let end = from;
        let hasEscapes = this.#writing.folded;
        while (end < most && !this.#stopsAt(bytes, end)) {
            hasEscapes ||= escapeBegins[bytes[end]] === 1;
            end += 1;
        }
        const right = this.#right;
        right.read(bytes, from, end, hasEscapes, this.#writing);
        const last = domainEnd(right.bytes, right.from, right.to);
        if (last < 0)
            return -1;
        this.#domains.push(signOf, Uint8Array.from(right.bytes.subarray(right.from, last)));
        return right.sourceOf(last);
    }
    #lengthOfDomains() {
        let length = 0;
        for (const part of this.#domains)
            length += part.length;
        return length;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/emails/find.js
/** Finds e-mail addresses in text, in every form that at-signs.ts and escapes.ts read. */




/**
 * Bytes read on either side of an at sign. RFC 5321 allows 64 for the local part and 255 for the domain; escaped, a
 * character takes up to six.
 */
const reach = 1536;
/**
 * Adds the addresses between `from` and `to` whose at sign is before `decided`.
 * @param nesting levels of arrays and composite values the text is in: PostgreSQL doubles every backslash on each
 * @param quotedFrom where the body of a mail in quoted-printable begins
 * @param folded whether its lines may be broken anywhere: see `Writing`
 */
function findAddresses(bytes, from, to, nesting, addresses, decided = to, quotedFrom = to, folded = false) {
    /** No address reaches back into the one before. */
    let floor = from;
    /** Where the search for the last address began. */
    let floorBefore = from;
    around.begin();
    let at = nextAtSign(bytes, from, to, quotedFrom);
    while (at >= 0 && at < decided) {
        const quotedPrintable = at >= quotedFrom;
        const length = atSignLength(bytes, at, to, quotedPrintable);
        const start = quotedPrintable || folded ? -1 : plainStart(bytes, at, floor);
        const end = start < 0 ? -1 : plainEnd(bytes, at, to);
        const { count } = addresses;
        const lowest = floor;
        if (end >= 0) {
            addresses.add(start, end, at, length);
            floor = end;
        }
        else if (!isAfterPassword(bytes, at, Math.max(from, at - reach))) {
            const writing = { nesting, quotedPrintable, folded };
            floor = around.find(bytes, at, length, floor, to, writing, addresses);
            if (addresses.count === count && floor > from && isQuoteOnly(bytes, floor, at)) {
                around.find(bytes, at, length, floorBefore, to, writing, addresses);
                if (addresses.count > count)
                    floor = joinLast(addresses, floor);
            }
        }
        if (addresses.count > count)
            floorBefore = lowest;
        at = nextAtSign(bytes, Math.max(at + length, floor), to, quotedFrom);
    }
}
const around = new AddressAround();
/** The longest quote that closes a local part, escaped. */
const longestQuote = 12;
const quoteOnly = /^(?:[\\"]*"|&quot;|&#34;|&#x22;|%22|\\+u0022|\\+x22)$/;
/** Whether a closing quote alone stands between the address before and the sign: `"jane@host.example"@relay.example`. */
function isQuoteOnly(bytes, from, at) {
    if (at === from || at - from > longestQuote)
        return false;
    return quoteOnly.test(Buffer.from(bytes.subarray(from, at)).toString('latin1'));
}
/** Puts the last address in place of the one before it, which is its local part. @returns where the last address ends */
function joinLast(addresses, floor) {
    const last = addresses.count - 1;
    addresses.count = last;
    const start = addresses.starts[last];
    if (start >= addresses.starts[last - 1])
        return floor;
    addresses.count = last - 1;
    const end = addresses.ends[last];
    addresses.add(start, end, addresses.ats[last], addresses.atLengths[last], addresses.plains[last]);
    return end;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/replacement.js
const nobody = { local: 'nobody', domain: 'example.com' };
const replacement_plain = Buffer.from(`${nobody.local}@${nobody.domain}`);
/** Replaces every address by nobody@example.com. */
const toNobody = (bytes, start, end) => {
    const isSame = end - start === replacement_plain.length && bytes.compare(replacement_plain, 0, replacement_plain.length, start, end) === 0;
    return isSame ? undefined : replacement_plain;
};
/** The address with a shorter local part; only x where not even `@example.com` fits. */
function shortened(email, room) {
    const sign = email.search(/[@\\%&=]/);
    const domain = sign < 0 ? '' : email.slice(sign);
    const left = room - domain.length;
    return sign < 0 || left < 1
        ? 'x'.repeat(Math.min(room, email.length))
        : email.slice(Math.max(0, sign - left), sign) + domain;
}
const replacement_atSign = 0x40;
const replacement_backslash = 0x5c;
const replacement_dot = 0x2e;
const replacement_semicolon = 0x3b;
/** What is written instead of one of the addresses found in `bytes`; undefined where it stays. */
function replacementOf(addresses, index, bytes, replace) {
    const start = addresses.starts[index];
    const end = addresses.ends[index];
    const address = addresses.plains[index];
    if (address === undefined)
        return replace(bytes, start, end);
    const text = replace(address, 0, address.length);
    return text && inFormOf(text, bytes, addresses.ats[index], addresses.atLengths[index], end);
}
/**
 * The address with the at sign of the one before: `%40` in a URL, `\u0040` in JSON, `\@` in Perl keep their form, a fullwidth sign
 * becomes an ordinary one. Dots of the domain are escaped where its last one was, as in a regular expression.
 */
function inFormOf(text, bytes, at, atLength, end) {
    const sign = text.lastIndexOf(replacement_atSign);
    if (sign < 0)
        return text;
    const slashes = slashesOfDot(bytes, at + atLength, end);
    const domain = text.toString('latin1', sign + 1);
    return Buffer.concat([
        text.subarray(0, sign),
        Buffer.from(signIn(bytes, at, atLength), 'latin1'),
        Buffer.from(slashes === '' ? domain : domain.replaceAll('.', `${slashes}.`), 'latin1'),
    ]);
}
function signIn(bytes, at, length) {
    const first = bytes[at];
    if (first === replacement_atSign || first >= 0x80)
        return '@';
    const sign = bytes.toString('latin1', at, at + length);
    // A letter after the digits of `&#x40` would be one of them.
    return /^&#x?[0-9a-f]+$/i.test(sign) ? `${sign}${String.fromCharCode(replacement_semicolon)}` : sign;
}
/** The backslashes before the last dot between `from` and `end`. */
function slashesOfDot(bytes, from, end) {
    let last = end - 1;
    while (last > from && bytes[last] !== replacement_dot)
        last -= 1;
    let begin = last;
    while (begin > from && bytes[begin - 1] === replacement_backslash)
        begin -= 1;
    return bytes[last] === replacement_dot ? '\\'.repeat(last - begin) : '';
}

;// CONCATENATED MODULE: ./build/anonymize/emails/wide.js




const wide_atSign = 0x40;
const encodings = [
    { size: 4, isLittle: true },
    { size: 4, isLittle: false },
    { size: 2, isLittle: true },
    { size: 2, isLittle: false },
];
/** Units read on either side of an at sign. */
const wide_reach = 400;
/**
 * Other at signs read on either side of one. An address holds one more at most, in quotes before its own; numbers in a row that are
 * 64, as sound and pictures have, look like hundreds.
 */
const mostSigns = 4;
/** Whether the at sign at this position is probably one of UTF-16 or UTF-32: zero bytes are beside it. */
function isWideSign(bytes, at) {
    return bytes[at + 1] === 0 && (bytes[at - 1] === 0 || bytes[at + 3] === 0);
}
/** Adds patches for the addresses whose at sign is before `decided`. */
function patchWide(bytes, decided, replace, patches) {
    let floor = 0;
    for (let at = bytes.indexOf(wide_atSign); at >= 0 && at < decided; at = bytes.indexOf(wide_atSign, Math.max(at + 1, floor))) {
        if (bytes[at + 1] !== 0 && bytes[at - 1] !== 0)
            continue;
        let best;
        for (const encoding of encodings) {
            const one = wideText.read(bytes, at, floor, encoding, replace);
            if (one !== undefined && (best === undefined || one.doubt < best.doubt))
                best = one;
        }
        if (best === undefined)
            continue;
        floor = best.end;
        if (best.text !== undefined)
            patches.insert(best.start, best.end, best.text);
    }
}
/** The text around an at sign. */
class WideText {
    #addresses = new Addresses();
    #text = Buffer.alloc((2 * wide_reach + 1) * 4);
    /** Where each byte of the text comes from. */
    #places = new Int32Array((2 * wide_reach + 1) * 4 + 1);
    /** @param floor nothing before this position is read */
    read(bytes, at, floor, encoding, replace) {
        const { size, isLittle } = encoding;
        const sign = isLittle ? at : at - size + 1;
        if (sign < floor || unitAt(bytes, sign, encoding) !== wide_atSign)
            return undefined;
        const from = textEnd(bytes, sign, -1, floor, encoding);
        const to = textEnd(bytes, sign, 1, floor, encoding) + size;
        if (from === sign || to === sign + size)
            return undefined;
        const length = this.#decode(bytes, from, to, encoding);
        const addresses = this.#addresses;
        addresses.clear();
        findAddresses(this.#text, 0, length, 0, addresses);
        for (let index = 0; index < addresses.count; index += 1) {
            if (this.#places[addresses.ats[index]] !== sign)
                continue;
            const start = this.#places[addresses.starts[index]];
            const end = this.#places[addresses.ends[index]];
            const text = replacementOf(addresses, index, this.#text, replace);
            const doubt = (isAligned(at, encoding) ? 0 : 1) - 2 * plainUnits(bytes, sign, from, to, encoding);
            return { start, end, text: text && encoded(text, encoding), doubt };
        }
        return undefined;
    }
    /** @returns the length of the text */
    #decode(bytes, from, to, encoding) {
        let length = 0;
        for (let at = from; at < to;) {
            const unit = unitAt(bytes, at, encoding);
            const low = encoding.size === 2 && unit >= 0xd800 && unit < 0xdc00 ? unitAt(bytes, at + 2, encoding) : 0;
            const isPair = low >= 0xdc00 && low < 0xe000 && at + 2 < to;
            const point = isPair ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
            const end = putPoint(point >= 0xd800 && point < 0xe000 ? 0xfffd : point, this.#text, length);
            this.#places.fill(at, length, end);
            length = end;
            at += isPair ? 4 : encoding.size;
        }
        this.#places[length] = to;
        return length;
    }
}
const wideText = new WideText();
/** The unit that begins at `at`; -1 beyond the bytes. */
function unitAt(bytes, at, { size, isLittle }) {
    if (at < 0 || at + size > bytes.length)
        return -1;
    if (size === 2)
        return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
/**
 * Where the text around a sign ends, as far as it is read.
 * @param direction -1 before the sign, 1 behind it
 * @param floor nothing before this position is read
 * @returns the position of the outermost unit; that of the sign where there is none
 */
function textEnd(bytes, sign, direction, floor, encoding) {
    const step = direction * encoding.size;
    let signs = 0;
    let at = sign;
    for (let count = 0; count < wide_reach; count += 1) {
        const next = at + step;
        const unit = next < floor ? -1 : unitAt(bytes, next, encoding);
        if (!isTextUnit(unit))
            break;
        if (unit === wide_atSign)
            signs += 1;
        if (signs > mostSigns)
            break;
        at = next;
    }
    return at;
}
/** Neither a control character nor beyond Unicode. */
function isTextUnit(unit) {
    return unit >= 0x20 && unit <= 0x10ffff && unit !== 0xfffe && unit !== 0xffff;
}
/**
 * Units of ASCII in a row around the sign. Read a byte further on, the first or the last letter of a row is joined to half of a letter
 * of another script: `00 65 8c 22` is `e谢` in one order, and a letter of Chinese in the other.
 */
function plainUnits(bytes, sign, from, to, encoding) {
    const { size } = encoding;
    let start = sign;
    while (start - size >= from && isPlain(unitAt(bytes, start - size, encoding)))
        start -= size;
    let end = sign + size;
    while (end < to && isPlain(unitAt(bytes, end, encoding)))
        end += size;
    return (end - start) / size;
}
function isPlain(unit) {
    return unit >= 0x20 && unit < 0x7f;
}
/** Whether units begin at multiples of their size, when the at sign is at `at`. */
function isAligned(at, { size, isLittle }) {
    return (isLittle ? at : at + 1) % size === 0;
}
/** ASCII in this encoding. */
function encoded(text, { size, isLittle }) {
    const out = Buffer.alloc(text.length * size);
    for (let index = 0; index < text.length; index += 1)
        out[index * size + (isLittle ? 0 : size - 1)] = text[index];
    return out;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/binary.js


/**
 * Whether the bytes are UTF-8 without control characters other than tabs, line ends and form feeds. Zero bytes are allowed behind the first: MySQL fills
 * BINARY(n) with them (MySQL manual, "The BINARY and VARBINARY Types"), and programs end strings with them. Beside an at sign they
 * are those of UTF-16.
 */
function binary_isText(bytes) {
    let at = 0;
    while (at < bytes.length) {
        const byte = bytes[at];
        if (byte === 0x40 && isWideSign(bytes, at))
            return false;
        if (byte < 0x20 && (byte !== 0 || at === 0) && !(byte >= 0x09 && byte <= 0x0d))
            return false;
        const length = sequenceLength(bytes, at, bytes.length);
        // A piece of a longer value may begin or end inside a character.
        if (length === 0 && at > 3 && at < bytes.length - 3)
            return false;
        at += Math.max(1, length);
    }
    return true;
}
const unmistakable = /[A-Za-z0-9._%+-]{3,64}@[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}/g;
/** Adds patches for the clear addresses, in bytes that are no text, whose at sign is before `decided`. */
function patchClear(bytes, decided, replace, patches) {
    if (!bytes.includes(0x40))
        return;
    for (const match of bytes.toString('latin1').matchAll(unmistakable)) {
        const start = match.index;
        const end = start + match[0].length;
        const at = bytes.indexOf(0x40, start);
        if (at >= decided)
            break;
        const written = replace(bytes, start, end);
        if (written)
            patches.add(start, end, written);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/emails/escaped-bytes.js
/**
 * Bytes in the escape format of bytea (PostgreSQL manual, 8.4.2): `\000` for a byte that is not printable, `\\` for a backslash. Text in
 * UTF-8 needs no more than the search for escapes; here is UTF-16 and UTF-32.
 */


const zeroBesideSign = /@\\+000|\\+000@/;
const unit = /(\\+)([0-3][0-7]{2})|\\+|[^\\]/gs;
const inBytes = new Patches();
const escaped_bytes_openBrace = 0x7b;
const escaped_bytes_backslash = 0x5c;
/** What stands around the elements of an array: `{ " , }`. */
const separators = new Set([escaped_bytes_openBrace, 0x22, 0x2c, 0x7d]);
/** Adds patches for the addresses in wide characters between `from` and `to`. @returns how many */
function patchEscapedBytes(bytes, from, to, replace, patches) {
    if (bytes[from] !== escaped_bytes_openBrace)
        return patchValue(bytes, from, to, replace, patches);
    // Which byte of a character comes first is told from where the value begins.
    let [replaced, begin] = [0, from];
    for (let at = from; at < to; at += 1) {
        if (!separators.has(bytes[at]) || bytes[at - 1] === escaped_bytes_backslash)
            continue;
        replaced += patchValue(bytes, begin, at, replace, patches);
        begin = at + 1;
    }
    return replaced + patchValue(bytes, begin, to, replace, patches);
}
function patchValue(bytes, from, to, replace, patches) {
    const written = bytes.toString('latin1', from, to);
    if (!zeroBesideSign.test(written))
        return 0;
    const value = Buffer.alloc(written.length);
    const places = [];
    let slashes = '\\';
    for (const match of written.matchAll(unit)) {
        const [all, before, digits] = match;
        if (before !== undefined)
            slashes = before;
        value[places.length] = digits === undefined ? all.charCodeAt(0) : Number.parseInt(digits, 8);
        places.push(from + match.index);
    }
    const length = places.length;
    places.push(to);
    inBytes.clear();
    patchWide(value.subarray(0, length), length, replace, inBytes);
    for (let index = 0; index < inBytes.count; index += 1) {
        const text = inBytes.text(index).toString('latin1').replaceAll('\0', `${slashes}000`);
        const [start, end] = [inBytes.starts[index], inBytes.ends[index]];
        patches.insert(places[start], places[end], Buffer.from(text, 'latin1'));
    }
    return inBytes.count;
}

;// CONCATENATED MODULE: ./build/anonymize/emails/patch-text.js
/** Patches for the addresses in one text: what is written instead of them. */










/** Texts may be in bytes, and these in a text: base64 in a mail in bytea. Each level has addresses and patches of its own. */
const levels = Array.from({ length: 4 }, () => ({ addresses: new Addresses(), inBytes: new Patches() }));
let depth = 0;
/**
 * Adds patches for the text between `from` and `to`: for its addresses, for those in hexadecimal bytes, and for the lengths
 * that PHP's serialize() states.
 * @param nesting see `findAddresses`
 * @param decided only addresses whose at sign is before this position count
 * @returns how many addresses were replaced
 */
function patchText(bytes, from, to, nesting, replace, patches, decided = to) {
    const { addresses } = levels[depth];
    addresses.clear();
    const signs = signsIn(bytes, from, to);
    findAddresses(bytes, from, to, nesting, addresses, decided, quotedPrintableFrom(signs, bytes, from, to), isFolded(signs, bytes, from, to));
    let replaced = 0;
    for (let index = 0; index < addresses.count; index += 1) {
        const text = replacementOf(addresses, index, bytes, replace);
        if (text === undefined)
            continue;
        patches.add(addresses.starts[index], addresses.ends[index], text);
        replaced += 1;
    }
    const isDeepest = depth + 1 === levels.length;
    if ((signs & hasBackslash) !== 0 && !isDeepest) {
        replaced += patchHex(bytes, from, to, replace, patches);
        if ((signs & hasSignAtEscape) !== 0)
            replaced += patchEscapedBytes(bytes, from, to, replace, patches);
    }
    // In a piece of a longer text, the end of some base64 may be missing.
    if ((signs & hasBase64) !== 0 && decided === to && !isDeepest)
        replaced += patchEncoded(bytes, from, to, replace, patches);
    if (replaced > 0 && (signs & hasColonQuote) !== 0)
        correctLengths(bytes, from, to, patches);
    return replaced;
}
const hasBackslash = 1;
const hasColonQuote = 2;
const hasEquals = 4;
const hasBase64 = 8;
const hasSignAtEscape = 16;
const hasFold = 32;
/** What quoted-printable has behind its signs: digits, mostly capital ones, or a line end. */
const followsEquals = new Uint8Array(256);
for (const one of '0123456789ABCDEFabcdef\r\n\\')
    followsEquals[one.charCodeAt(0)] = 1;
/**
 * Signs of hexadecimal bytes, of folded lines, of PHP's lengths, of quoted-printable, of base64 and of bytes in escape format, as bits: found without a call, which every short
 * value would need.
 */
function signsIn(bytes, from, to) {
    let signs = 0;
    for (let at = from; at < to; at += 1) {
        const byte = bytes[at];
        if (byte === 0x5c)
            signs |= escapesLineEnd(bytes, at) ? hasBackslash | hasFold : hasBackslash;
        else if (byte === 0x0a)
            signs |= bytes[at + 1] === 0x20 || bytes[at + 1] === 0x09 ? hasFold : 0;
        else if (byte === 0x22 && at > from && bytes[at - 1] === 0x3a)
            signs |= hasColonQuote;
        else if (byte === 0x3d && followsEquals[bytes[at + 1]] === 1)
            signs |= hasEquals;
        else if (byte === 0x40 && (bytes[at + 1] === 0x5c || bytes[at - 1] === 0x30))
            signs |= hasSignAtEscape;
        else if ((byte === 0x36 || byte === 0x3f) && at > from && endsBase64Word(bytes, byte === 0x36 ? at - 1 : at))
            signs |= hasBase64;
    }
    return signs;
}
/** Whether an escaped line end is here, and a blank behind it: `\n `, or `\012 ` in the escape format of bytea. */
function escapesLineEnd(bytes, at) {
    const next = bytes[at + 1];
    return ((next === 0x6e && bytes[at + 2] === 0x20) || (next === 0x30 && bytes[at + 3] === 0x32 && bytes[at + 4] === 0x20));
}
/** Patches values of bytea in the text: the whole of it, or elements of an array. @returns how many addresses were replaced */
function patchHex(bytes, from, to, replace, patches) {
    let replaced = 0;
    const region = bytes.subarray(0, to);
    for (let at = region.indexOf('\\x', from); at >= 0; at = region.indexOf('\\x', at + 2)) {
        const end = hexEnd(bytes, at, to);
        if (end === at)
            continue;
        const value = fromHex(bytes, at + 2, end);
        const changed = changedContent(value, replace);
        if (changed === undefined)
            continue;
        replaced += changed.replaced;
        patches.insert(at + 2, end, Buffer.from(changed.content.toString('hex'), 'latin1'));
    }
    return replaced;
}
/** Patches base64. @returns how many addresses were replaced */
function patchEncoded(bytes, from, to, replace, patches) {
    let replaced = 0;
    const changed = (content) => {
        const one = changedContent(content, replace);
        replaced += one?.replaced ?? 0;
        return one?.content;
    };
    patchBase64(bytes, from, to, changed, patches);
    return replaced;
}
/** Bytes from inside a text, with their addresses replaced; undefined where there are none. */
function changedContent(content, replace) {
    const { inBytes } = levels[depth];
    inBytes.clear();
    depth += 1;
    try {
        const replaced = patch_text_patchBytes(content, binary_isText(content), content.length, replace, inBytes);
        return replaced === 0 ? undefined : { content: inBytes.apply(content, 0, content.length), replaced };
    }
    finally {
        depth -= 1;
    }
}
/**
 * Adds patches for the addresses in bytes whose at sign is before `decided`.
 * @param text what `isText` says of the whole value
 * @returns how many addresses were replaced
 */
function patch_text_patchBytes(bytes, text, decided, replace, patches) {
    const before = patches.count;
    let replaced = 0;
    if (text)
        replaced = patchText(bytes, 0, bytes.length, 0, replace, patches, decided);
    else {
        patchClear(bytes, decided, replace, patches);
        replaced = patches.count - before;
    }
    if (!bytes.includes(0))
        return replaced;
    const narrow = patches.count;
    patchWide(bytes, decided, replace, patches);
    return replaced + patches.count - narrow;
}
const headers = ['uoted-printable', 'UOTED-PRINTABLE', 'uoted-Printable'];
/** Where the text of a mail in quoted-printable begins, by what its headers say; `to` where there is none. */
function quotedPrintableFrom(signs, bytes, from, to) {
    if ((signs & hasEquals) === 0)
        return to;
    const text = bytes.subarray(from, to);
    return headers.reduce((first, header) => {
        const at = text.indexOf(header);
        return at < 0 ? first : Math.min(first, from + at);
    }, to);
}
/** Lines of vCards and calendars (RFC 6350, 3.2; RFC 5545, 3.1), and of LDIF (RFC 2849). */
const foldedFormat = /begin:v|(?:^|["\sn2])dn::? /i;
/** Whether lines of the text may be broken anywhere, with a blank at the beginning of the next. */
function isFolded(signs, bytes, from, to) {
    return (signs & hasFold) !== 0 && foldedFormat.test(bytes.toString('latin1', from, to));
}

;// CONCATENATED MODULE: ./build/anonymize/format/nested-values.js
/**
 * What PostgreSQL writes of an array, a composite value, a range or a multirange: its parts, without the quotes and backslashes that each
 * level adds (PostgreSQL manual, "Array Input and Output Syntax", "Composite Type Input and Output Syntax", "Range Types").
 */
const nested_values_quote = 0x22;
const nested_values_backslash = 0x5c;
const comma = 0x2c;
const nested_values_openBrace = 0x7b;
const nested_values_closeBrace = 0x7d;
class PartReader {
    #text;
    at;
    constructor(text, at) {
        this.#text = text;
        this.at = at;
    }
    get byte() {
        return this.#text[this.at];
    }
    /** Reads up to one of these signs outside of quotes. @returns undefined when the text ends before */
    until(stops, word) {
        const bytes = [];
        const places = [];
        let quoted = false;
        let wasQuoted = false;
        const take = () => {
            bytes.push(this.#text[this.at]);
            places.push(this.at);
            this.at += 1;
        };
        for (;;) {
            const byte = this.byte;
            if (byte === undefined)
                return undefined;
            if (byte === nested_values_backslash) {
                this.at += 1;
                if (this.byte === undefined)
                    return undefined;
                take();
            }
            else if (byte === nested_values_quote) {
                this.at += 1;
                // Doubled, it stands for itself.
                if (quoted && this.byte === nested_values_quote)
                    take();
                else {
                    quoted = !quoted;
                    wasQuoted = true;
                }
            }
            else if (!quoted && stops.includes(byte))
                break;
            else
                take();
        }
        const text = Buffer.from(bytes);
        places.push(this.at);
        return { text, at: places, isNull: !wasQuoted && text.toString('latin1').toUpperCase() === (word ?? '') };
    }
}
/** The elements of an array, of any number of dimensions; undefined for what is no array. */
function arrayParts(text, delimiter = comma) {
    const begin = text[0] === nested_values_openBrace ? 0 : text.indexOf('={') + 1;
    if (text[begin] !== nested_values_openBrace)
        return undefined;
    const parts = [];
    const reader = new PartReader(text, begin);
    let depth = 0;
    while (reader.at < text.length) {
        const { byte } = reader;
        if (byte === nested_values_openBrace)
            depth += 1;
        else if (byte === nested_values_closeBrace)
            depth -= 1;
        else if (byte !== delimiter && byte !== 0x20) {
            if (depth === 0)
                return undefined;
            const part = reader.until([delimiter, nested_values_closeBrace], 'NULL');
            if (part === undefined)
                return undefined;
            parts.push(part);
            continue;
        }
        reader.at += 1;
    }
    return depth === 0 ? parts : undefined;
}
/** The fields of a composite value; undefined for what is none. */
function compositeParts(text) {
    return between(text, '(', ')');
}
/** The bounds of a range: none of an empty one; undefined for what is no range. */
function rangeParts(text) {
    if (text.toString('latin1').trim().toLowerCase() === 'empty')
        return [];
    const parts = between(text, '[(', '])');
    return parts?.length === 2 ? parts : undefined;
}
/** The ranges of a multirange; undefined for what is none. */
function multirangeParts(text) {
    if (text[0] !== nested_values_openBrace || text[text.length - 1] !== nested_values_closeBrace)
        return undefined;
    const parts = [];
    let depth = 0;
    let begin = -1;
    let quoted = false;
    for (let at = 1; at < text.length - 1; at += 1) {
        const byte = text[at];
        if (byte === nested_values_backslash)
            at += 1;
        else if (byte === nested_values_quote)
            quoted = !quoted;
        else if (!quoted && (byte === 0x5b || byte === 0x28)) {
            begin = at;
            depth += 1;
        }
        else if (!quoted && (byte === 0x5d || byte === 0x29)) {
            depth -= 1;
            if (depth !== 0)
                return undefined;
            const places = Array.from({ length: at + 2 - begin }, (_, index) => begin + index);
            parts.push({ text: text.subarray(begin, at + 1), at: places, isNull: false });
        }
    }
    return depth === 0 ? parts : undefined;
}
function between(text, opening, closing) {
    const stops = [comma, ...Buffer.from(closing)];
    if (!Buffer.from(opening).includes(text[0] ?? 0))
        return undefined;
    const parts = [];
    const reader = new PartReader(text, 1);
    for (;;) {
        const part = reader.until(stops);
        if (part === undefined)
            return undefined;
        parts.push(part);
        const last = reader.byte !== comma;
        reader.at += 1;
        if (last)
            return reader.at === text.length ? parts : undefined;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rewrite/shorten.js

const shorten_nothing = Buffer.alloc(0);
/**
 * Shortens addresses until the value fits the column: at most to the length they had before. Zero bytes and blanks with
 * which the server fills the value again go first: BINARY(n) of MySQL, character(n).
 */
function shorten(bytes, from, to, maxCharacters, patches) {
    const before = (index) => characters(bytes.subarray(patches.starts[index], patches.ends[index]));
    let length = characters(bytes.subarray(from, to));
    for (let index = 0; index < patches.count; index += 1)
        length += characters(patches.text(index)) - before(index);
    const fill = to - fillStart(bytes, patches.lastEnd(from), to);
    const removed = Math.min(fill, Math.max(0, length - maxCharacters));
    length -= removed;
    const addresses = patches.count;
    for (let index = 0; index < addresses && length > maxCharacters; index += 1) {
        const text = patches.text(index);
        const room = Math.max(maxCharacters - length + characters(text), before(index));
        const short = shortened(text.toString('utf8'), room);
        length += short.length - characters(text);
        patches.setText(index, Buffer.from(short));
    }
    if (removed > 0)
        patches.add(to - removed, to, shorten_nothing);
}
/** Where the zero bytes and blanks at the end begin. */
function fillStart(bytes, from, to) {
    let at = to;
    while (at > from && (bytes[at - 1] === 0 || bytes[at - 1] === 0x20))
        at -= 1;
    return at;
}
function characters(utf8) {
    let count = 0;
    for (const byte of utf8)
        if ((byte & 0xc0) !== 0x80)
            count += 1;
    return count;
}

;// CONCATENATED MODULE: ./build/anonymize/rewrite/fit-nested.js



const fit_nested_nothing = Buffer.alloc(0);
/**
 * @param bytes holds the value's text between `from` and `to`
 * @param patches those of the value alone, in ascending order; shortened in place
 */
function fitNested(bytes, from, to, room, patches) {
    const text = bytes.subarray(from, to);
    const at = Array.from({ length: text.length + 1 }, (_, index) => from + index);
    fitPart({ text, at, isNull: false }, room, patches);
}
function fitPart(part, room, patches) {
    if (part.isNull || !holdsPatch(part, patches))
        return;
    if (room.kind === 'text') {
        fitText(part, room.maxCharacters, patches);
        return;
    }
    const parts = partsOf(part.text, room);
    const inners = parts.map((inner) => placed(inner, part));
    if (room.kind === 'range' && openBound(part, parts, inners, patches))
        return;
    inners.forEach((inner, index) => {
        const own = room.kind === 'composite' ? room.fields[index] : room.of;
        if (own !== undefined)
            fitPart(inner, own, patches);
    });
}
/**
 * Leaves a bound with an address open where the other has none: the replacement could be on the wrong side of it. Two addresses become
 * the same one, and the range an empty one, or they are distinct and in any order: then both are left open.
 */
function openBound({ at }, parts, inners, patches) {
    const replaced = inners.filter((inner) => holdsPatch(inner, patches));
    if (inners.length !== 2 || (replaced.length === 2 && sameText(patches)))
        return false;
    const middle = parts[0].at.at(-1);
    inners.forEach((inner, index) => {
        if (!replaced.includes(inner))
            return;
        // Behind the bracket or the comma, so that a quote goes with all that escapes it.
        const [start, end] = [at[index === 0 ? 0 : middle] + 1, inner.at.at(-1)];
        let first = true;
        for (let patch = 0; patch < patches.count; patch += 1) {
            if (patches.starts[patch] < start || patches.ends[patch] > end)
                continue;
            patches.starts[patch] = first ? start : end;
            patches.ends[patch] = end;
            patches.setText(patch, fit_nested_nothing);
            first = false;
        }
    });
    return true;
}
function sameText(patches) {
    const first = patches.text(0);
    for (let index = 1; index < patches.count; index += 1)
        if (!patches.text(index).equals(first))
            return false;
    return true;
}
function partsOf(text, room) {
    // What is not written as PostgreSQL does stays as it is.
    switch (room.kind) {
        case 'array':
            return arrayParts(text) ?? [];
        case 'composite':
            return compositeParts(text) ?? [];
        case 'range':
            return rangeParts(text) ?? [];
        case 'multirange':
            return multirangeParts(text) ?? [];
    }
}
/** The part with its places in the whole value. */
function placed(inner, outer) {
    return { ...inner, at: inner.at.map((index) => outer.at[index]) };
}
function holdsPatch({ at }, patches) {
    const [from, to] = [at[0], at.at(-1)];
    for (let index = 0; index < patches.count; index += 1)
        if (patches.starts[index] < to && patches.ends[index] > from)
            return true;
    return false;
}
function fitText({ text, at }, maxCharacters, patches) {
    const indexes = [];
    const before = [];
    // Blanks at the end take no room: the server cuts them off (SQL standard; PostgreSQL manual, "Character Types").
    let length = characters(text.subarray(0, fillStart(text, 0, text.length)));
    for (let index = 0; index < patches.count; index += 1) {
        const [start, end] = [patches.starts[index], patches.ends[index]];
        const [first, last] = [at.findIndex((place) => place >= start), at.findIndex((place) => place >= end)];
        if (start >= at.at(-1) || end <= at[0])
            continue;
        const old = characters(text.subarray(first, last < 0 ? text.length : last));
        indexes.push(index);
        before.push(old);
        length += characters(patches.text(index)) - old;
    }
    indexes.forEach((index, nth) => {
        if (length <= maxCharacters)
            return;
        const address = patches.text(index);
        const room = Math.max(maxCharacters - length + characters(address), before[nth]);
        const short = shortened(address.toString('utf8'), room);
        length += short.length - characters(address);
        patches.setText(index, Buffer.from(short));
    });
}

;// CONCATENATED MODULE: ./build/anonymize/rewrite/field.js






const scratch = new Scratch();
const inText = new Patches();
const positions = [];
/**
 * Whether this text may simply take the place of the address from `start` to `end`: always in a quick column; in one of limited room
 * where the address is all of a field of COPY between `from` and `to`, and the text fits.
 */
function fitsSimply({ quick, nested, maxCharacters }, bytes, start, end, from, to, text) {
    if (quick)
        return true;
    if (nested !== undefined || text.length > maxCharacters)
        return false;
    return (start === from || endsField(bytes[start - 1])) && (end === to || endsField(bytes[end]));
}
function endsField(byte) {
    return byte === 0x09 || byte === 0x0a;
}
/**
 * Adds patches for the addresses in a value.
 * @param escaped whether the written form differs from the text, if that is known
 * @returns the number of addresses replaced
 */
function patchEmails(bytes, from, to, codec, column, patches, escaped = codec_isEscaped(bytes, from, to, codec)) {
    const length = escaped ? codec_decode(bytes, from, to, codec, scratch) : to - from;
    const text = escaped ? scratch.bytes : bytes;
    const begin = escaped ? 0 : from;
    inText.clear();
    const count = patchText(text, begin, begin + length, column.nesting, column.replace, inText);
    if (count === 0)
        return 0;
    if (column.nested !== undefined)
        fitNested(text, begin, begin + length, column.nested, inText);
    if (column.maxCharacters < Number.POSITIVE_INFINITY)
        shorten(text, begin, begin + length, column.maxCharacters, inText);
    if (escaped)
        addWritten(bytes, from, to, codec, inText, patches);
    else
        for (let index = 0; index < inText.count; index += 1)
            patches.addOther(inText.starts[index], inText.ends[index], inText, index);
    return count;
}
/**
 * Like `patchEmails`, for a value that is bytes and may be no text: then only what is hardly chance counts as an address.
 * @returns the number of addresses replaced
 */
function patchBinary(bytes, from, to, codec, column, patches, escaped = isEscaped(bytes, from, to, codec)) {
    const length = escaped ? decode(bytes, from, to, codec, scratch) : to - from;
    const value = escaped ? scratch.bytes.subarray(0, length) : bytes.subarray(from, to);
    if (isText(value))
        return patchEmails(bytes, from, to, codec, column, patches, escaped);
    inText.clear();
    patchBytes(value, false, length, column.replace, inText);
    if (escaped)
        addWritten(bytes, from, to, codec, inText, patches);
    else
        for (let index = 0; index < inText.count; index += 1)
            patches.addOther(from + inText.starts[index], from + inText.ends[index], inText, index);
    return inText.count;
}
/** Adds patches of the decoded text as patches of its written form. */
function addWritten(bytes, from, to, codec, decoded, patches) {
    for (let index = 0; index < decoded.count; index += 1) {
        positions[2 * index] = decoded.starts[index];
        positions[2 * index + 1] = decoded.ends[index];
    }
    toWritten(bytes, from, to, codec, positions, 2 * decoded.count);
    for (let index = 0; index < decoded.count; index += 1) {
        const [start, end] = [positions[2 * index], positions[2 * index + 1]];
        patches.add(start, end, encode(decoded.text(index), codec));
    }
}
/**
 * Writes a transformed value into the arena as its current text, encoded for the dump.
 * @param by the text of the column that the rule uses
 * @returns false for NULL
 */
function writeTransformed(bytes, from, to, codec, transform, out, by, escaped = codec_isEscaped(bytes, from, to, codec)) {
    const length = escaped ? codec_decode(bytes, from, to, codec, scratch) : to - from;
    const begin = escaped ? 0 : from;
    out.next();
    const outcome = transform(escaped ? scratch.bytes : bytes, begin, begin + length, out, by);
    if (outcome === 'text')
        encodeLast(out, codec);
    return outcome !== 'null';
}

;// CONCATENATED MODULE: ./build/anonymize/rewrite/copy-rows.js
/** Rows of COPY in tables with rules for whole values: splits them into fields and writes them again. */









/** Bytes of rewritten rows that are collected before they are written: few enough for the processor's cache. */
const enough = 48 * 1024;
const nullMark = Buffer.from('\\N');
const letterN = 0x4e;
class CopyRows {
    onReplaced;
    #plan;
    #out;
    #counts;
    #candidates;
    #scanner = new ByteScanner(rowBytes);
    #columns = [];
    /** Indexes of the columns whose values are replaced: in most rows there is nothing else to do. */
    #transformed = [];
    /** Whether no string in this stretch of rows has its length noted, which would have to be corrected. */
    #unnoted = false;
    /** Values or addresses replaced in this stretch, by column. */
    #replaced = [];
    /** Where the fields of the row start, and which of them hold a backslash. */
    #starts = [];
    #escaped = [];
    /** The rewritten rows; everything before `done` is in them. */
    #rewritten = new Arena();
    #done = 0;
    #patches = new Patches();
    constructor(plan, out, counts, candidates) {
        this.#plan = plan;
        this.#out = out;
        this.#counts = counts;
        this.#candidates = candidates;
    }
    /**
     * Writes whole rows.
     * @param offsetOf the position in the dump of a position in `bytes`, for errors
     */
    write(table, columns, bytes, from, to, offsetOf) {
        this.#begin(columns, bytes, from, to);
        const starts = this.#starts;
        const rewritten = this.#rewritten;
        let row = from;
        while (row < to) {
            const fields = this.#scanner.fields(row, starts, this.#escaped);
            if (fields !== columns.length && !(columns.length === 0 && fields === 1))
                throw new DumpError({
                    what: `a row of ${table.name} has ${fields} fields, its COPY statement names ${columns.length} columns`,
                    offset: offsetOf(row),
                });
            const next = starts[fields];
            if (this.#keeps(table, bytes))
                this.#row(bytes, row, next);
            else {
                rewritten.append(bytes, this.#done, row);
                this.#done = next;
                this.#counts.add(table.name, labels.leftOut, 1);
            }
            row = next;
            if (rewritten.end >= enough)
                this.#flush();
        }
        rewritten.append(bytes, this.#done, to);
        this.#flush();
        this.#replaced.forEach((count, index) => {
            this.#counts.addColumn(table.name, columns[index], count);
        });
    }
    #begin(columns, bytes, from, to) {
        if (columns !== this.#columns) {
            this.#columns = columns;
            this.#transformed = [...columns.keys()].filter((index) => typeof columns[index]?.treatment !== 'string');
        }
        this.#candidates.begin(bytes, from, to);
        this.#scanner.begin(bytes, from, to);
        this.#unnoted = !mayNoteLengths(bytes, from, to);
        this.#done = from;
        for (let index = 0; index < columns.length; index += 1)
            this.#replaced[index] = 0;
        this.#replaced.length = columns.length;
    }
    #flush() {
        this.#out.copy(this.#rewritten.bytes, 0, this.#rewritten.end);
        this.#rewritten.clear();
    }
    /** Whether the row stays: a sample depends on the value of one column. */
    #keeps({ rows }, bytes) {
        if (typeof rows === 'string')
            return true;
        const value = this.#valueOf(bytes, rows.by);
        return value === undefined || this.#plan.sampled(value) < rows.share;
    }
    /** The text of a column of the row. */
    #valueOf(bytes, name) {
        const index = this.#columns.findIndex((column) => column.name === name);
        const start = this.#starts[index];
        return start === undefined ? undefined : textOf(bytes, start, this.#endOf(index), 'copy');
    }
    #endOf(index) {
        return this.#starts[index + 1] - 1;
    }
    #row(bytes, from, to) {
        if (this.#candidates.next(from) >= to) {
            for (const index of this.#transformed)
                this.#value(bytes, index);
            return;
        }
        for (let index = 0; index < this.#columns.length; index += 1) {
            const { treatment } = this.#columns[index];
            if (treatment === 'keep')
                continue;
            if (treatment !== 'emails') {
                this.#value(bytes, index);
                continue;
            }
            const start = this.#starts[index];
            const end = this.#endOf(index);
            if (this.#candidates.next(start) < end)
                this.#emails(index, bytes, start, end);
        }
    }
    /** Replaces the value of a column with a rule for whole values. */
    #value(bytes, index) {
        const column = this.#columns[index];
        const start = this.#starts[index];
        const end = this.#endOf(index);
        const escaped = this.#escaped[index];
        // NULL is written \N.
        if (escaped && end - start === 2 && bytes[start + 1] === letterN)
            return;
        if (column.replaced && this.onReplaced !== undefined)
            reportReplaced(this.onReplaced, bytes, start, end, escaped);
        const by = column.by === undefined ? undefined : this.#valueOf(bytes, column.by);
        const rewritten = this.#rewritten;
        rewritten.append(bytes, this.#done, start);
        this.#done = end;
        if (!writeTransformed(bytes, start, end, 'copy', column.treatment, rewritten, by, escaped))
            rewritten.append(nullMark, 0, nullMark.length);
        this.#replaced[index] = this.#replaced[index] + 1;
    }
    /** Replaces the addresses in a field. */
    #emails(index, bytes, start, end) {
        const column = this.#columns[index];
        if (this.#unnoted && !column.quick && this.#plainEmail(column, index, bytes, start, end))
            return;
        const from = this.#unnoted && column.quick ? this.#plainEmails(index, bytes, start, end) : start;
        if (from === end)
            return;
        const patches = this.#patches;
        patches.clear();
        const count = patchEmails(bytes, from, end, 'copy', column, patches, this.#escaped[index]);
        this.#replaced[index] = this.#replaced[index] + count;
        const { starts, ends, texts, textStarts, textEnds } = patches;
        for (let nth = 0; nth < patches.count; nth += 1) {
            this.#rewritten.append(bytes, this.#done, starts[nth]);
            this.#rewritten.append(texts[nth], textStarts[nth], textEnds[nth]);
            this.#done = ends[nth];
        }
    }
    /** Replaces an ordinary address that is all of a field of limited room. @returns whether it is one, and what replaces it fits */
    #plainEmail(column, index, bytes, start, end) {
        if (column.nested !== undefined)
            return false;
        const at = this.#candidates.next(start);
        if (plainStart(bytes, at, start) !== start || plainEnd(bytes, at, end) !== end)
            return false;
        const text = column.replace(bytes, start, end);
        if (text === undefined)
            return true;
        if (!fitsSimply(column, bytes, start, end, start, end, text))
            return false;
        this.#write(index, bytes, start, end, text);
        return true;
    }
    /** Writes the text instead of an address. */
    #write(index, bytes, start, end, text) {
        this.#rewritten.append(bytes, this.#done, start);
        this.#rewritten.append(text, 0, text.length);
        this.#done = end;
        this.#replaced[index] = this.#replaced[index] + 1;
    }
    /** Replaces ordinary addresses, up to the first at sign that is none. @returns where to go on; `end` when all is done */
    #plainEmails(index, bytes, start, end) {
        const { replace } = this.#columns[index];
        let from = start;
        for (let at = this.#candidates.next(start); at < end;) {
            const emailStart = plainStart(bytes, at, from);
            const emailEnd = emailStart < 0 ? -1 : plainEnd(bytes, at, end);
            if (emailEnd < 0)
                return from;
            from = emailEnd;
            const text = replace(bytes, emailStart, from);
            if (text !== undefined)
                this.#write(index, bytes, emailStart, from, text);
            at = this.#candidates.next(from);
        }
        return end;
    }
}
function reportReplaced(report, bytes, start, end, escaped) {
    if (!escaped) {
        report(bytes, start, end);
        return;
    }
    const text = textOf(bytes, start, end, 'copy');
    report(text, 0, text.length);
}

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");
;// CONCATENATED MODULE: ./build/anonymize/kernels/blake2s.js
/** BLAKE2s (RFC 7693) with hashes of 32 bytes, over the compression in blake2s.wat. */

const blake2s_instantiate = kernel('blake2s');
/** Bytes of a block. */
const blockSize = 64;
/** One leaf at depth one, and a hash of 32 bytes (RFC 7693, 2.5). */
const parameters = 0x01010020;
/** One hash at a time, in a memory of its own. Values below 4 GiB. */
class Blake2s {
    /** The state; after the last block, the hash: eight words, each with its lowest byte first. */
    state;
    #begin;
    #compress;
    #block;
    /** Bytes at the beginning of the block that may not be zero. */
    #filled = 0;
    constructor() {
        const { memory, state, block, begin, compress } = blake2s_instantiate();
        // WebAssembly has the lowest byte first, as have the processors that Node.js runs on.
        this.state = new Uint32Array(memory.buffer, state.value, 8);
        this.#block = new Uint8Array(memory.buffer, block.value, blockSize);
        this.#begin = begin;
        this.#compress = compress;
    }
    /** @param keyLength bytes of the key, which is the first block; 0 for a hash without a key */
    begin(keyLength) {
        this.#begin(parameters | (keyLength << 8));
    }
    /**
     * Hashes up to 64 bytes, padded with zeros.
     * @param length bytes hashed so far, those of this block included
     */
    block(bytes, from, to, length, last) {
        const [block, size] = [this.#block, to - from];
        // For so few bytes a loop is faster than a call.
        for (let index = 0; index < size; index += 1)
            block[index] = bytes[from + index];
        for (let index = size; index < this.#filled; index += 1)
            block[index] = 0;
        this.#filled = size;
        this.#compress(length, last ? -1 : 0);
    }
    /**
     * Hashes all of the bytes, and ends the hash.
     * @param before bytes hashed before them
     */
    end(bytes, from, to, before) {
        let at = from;
        for (; to - at > blockSize; at += blockSize)
            this.block(bytes, at, at + blockSize, before + at + blockSize - from, false);
        this.block(bytes, at, to, before + to - from, true);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/kernels/keyed-hash.js
/**
 * A keyed hash of short values: BLAKE2s with a key (RFC 7693, 2.9). The key is the first block, and the state after it is
 * computed once: an e-mail address then takes a single block. A call of node:crypto would take ten times as long, a
 * hand-written HMAC with SHA-256 four times.
 */


/** Of all keys: a hash is complete before the next one begins. */
const blake2s = new Blake2s();
/** A keyed hash for one purpose. Hashes of the same key for different purposes are unrelated. */
class KeyedHash {
    /** The state after the key's block; for an empty value, the hash itself. */
    #keyed;
    #empty;
    /**
     * @param key secret bytes; without a purpose 1 to 32, the key of BLAKE2s itself
     * @param purpose what the hashes are for, such as `pseudonym`; undefined only to compare with other implementations
     */
    constructor(key, purpose) {
        const own = purpose === undefined ? key : new Uint8Array((0,external_node_crypto_namespaceObject.hkdfSync)('sha256', key, '', `holdfast/${purpose}`, 32));
        const behindKey = (last) => {
            blake2s.begin(own.length);
            blake2s.block(own, 0, own.length, blockSize, last);
            return blake2s.state.slice();
        };
        this.#keyed = behindKey(false);
        this.#empty = behindKey(true);
    }
    /** @returns the hash of these bytes: eight words, valid until any hash is computed */
    digest(bytes, from, to) {
        const { state } = blake2s;
        const begin = from === to ? this.#empty : this.#keyed;
        // For eight words a loop is faster than a call.
        for (let index = 0; index < 8; index += 1)
            state[index] = begin[index];
        if (from !== to)
            blake2s.end(bytes, from, to, blockSize);
        return state;
    }
    /** The first word of the hash: an integer from 0 to 2^32 - 1. */
    number(bytes, from, to) {
        return this.digest(bytes, from, to)[0];
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/values.js
/** What is not known: a column whose value nobody says, a function that nobody knows. */
const unknown = Symbol('unknown');
function isArray(value) {
    return Array.isArray(value);
}
/** The text of a value; undefined where it is not known how the server writes it. */
function values_textOf(value) {
    if (typeof value === 'string')
        return value;
    if (typeof value === 'boolean')
        return String(value);
    return typeof value === 'number' && Number.isInteger(value) ? String(value) : undefined;
}
/** `{a,"b c",NULL}` as PostgreSQL writes an array; undefined when it is none. */
function parseArray(text) {
    if (text === '{}')
        return [];
    const inner = /^\{(.*)\}$/s.exec(text)?.[1];
    if (inner === undefined || inner.includes('{'))
        return undefined;
    const item = /"((?:[^"\\]|\\.)*)"|((?:[^",\\]|\\.)+)/sy;
    const items = [];
    for (;;) {
        const match = item.exec(inner);
        if (match === null)
            return undefined;
        const [, quoted, bare = ''] = match;
        const plain = (quoted ?? bare).replace(/\\(.)/gs, '$1');
        items.push(quoted === undefined && /^null$/i.test(bare) ? null : plain);
        if (item.lastIndex === inner.length)
            return items;
        if (inner[item.lastIndex] !== ',')
            return undefined;
        item.lastIndex += 1;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/format/names.js
/** SQL names in one canonical form, so that they can be compared. */
/** Quotes a name unless it matches `[a-z_][a-z0-9_$]*`: `users`, `"Odd, name"`. */
function canonicalName(raw) {
    return /^[a-z_][a-z0-9_$]*$/.test(raw) ? raw : `"${raw.replaceAll('"', '""')}"`;
}
/** Folds an unquoted name as PostgreSQL does in UTF-8: ASCII letters only. */
function folded(word) {
    return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
const part = /(u&)?"((?:[^"]|"")*)"|[^\s".]+/gi;
/** The text of a name with escapes, `U&"d\0061ta"` (PostgreSQL manual, 4.1.2.3), which no UESCAPE follows. */
function unescapedName(text) {
    return text.replace(/\\(?:\+([0-9a-f]{6})|([0-9a-f]{4})|\\)/gi, (whole, long, short) => {
        const code = Number.parseInt(long ?? short ?? '', 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole === '\\\\' ? '\\' : whole;
    });
}
/** The canonical form of a name as written in SQL, quoted or not, qualified or not: `public.users`. */
function canonicalQualified(sql) {
    return [...sql.matchAll(part)]
        .map(([whole, escaped, quoted]) => {
        if (quoted === undefined)
            return canonicalName(folded(whole));
        const text = quoted.replaceAll('""', '"');
        return canonicalName(escaped === undefined ? text : unescapedName(text));
    })
        .join('.');
}
/** A regular expression for one name as written in SQL, quoted or not. */
const identifierPattern = String.raw `(?:(?:[uU]&)?"(?:[^"]|"")*"|[^\s"'(),.;]+)`;
const identifier = new RegExp(identifierPattern, 'gs');
/** The canonical names in a list of columns: `id, "Odd, name"`. */
function canonicalNames(list) {
    return (list.match(identifier) ?? []).map(canonicalQualified);
}

;// CONCATENATED MODULE: ./build/anonymize/format/cursor.js
var _a;
/** Walks over the tokens of a statement. */

/** What may follow the first word of a type, as in `timestamp without time zone`. */
const typeWords = new Set(['varying', 'precision', 'with', 'without', 'time', 'zone']);
class cursor_Cursor {
    sql;
    tokens;
    at;
    end;
    #fullName;
    /** @param fullName the full name of the table that the statement names so */
    constructor(sql, tokens, at = 0, end = tokens.length, fullName = (name) => name) {
        this.sql = sql;
        this.tokens = tokens;
        this.at = at;
        this.end = end;
        this.#fullName = fullName;
    }
    get token() {
        return this.at < this.end ? this.tokens[this.at] : undefined;
    }
    get done() {
        return this.at >= this.end;
    }
    /** Whether these keywords or signs come next. */
    isNext(...words) {
        return words.every((word, index) => {
            const token = this.at + index < this.end ? this.tokens[this.at + index] : undefined;
            return token !== undefined && (token.kind === 'word' || token.kind === 'sign') && token.text === word;
        });
    }
    /** Moves past these keywords or signs if they come next. @returns whether they did */
    accept(...words) {
        const next = this.isNext(...words);
        if (next)
            this.at += words.length;
        return next;
    }
    /** Moves past the name that comes next. @returns its canonical form; undefined when no name comes */
    name() {
        const token = this.token;
        if (token === undefined || (token.kind !== 'word' && token.kind !== 'name'))
            return undefined;
        this.at += 1;
        return canonicalName(token.written ?? token.text);
    }
    /** Like `name`, with the schema in front. */
    qualified() {
        let name = this.name();
        while (name !== undefined && this.accept('.'))
            name = `${name}.${this.name() ?? ''}`;
        return name;
    }
    /** Moves past the name of a table that exists. @returns its full name */
    table() {
        const name = this.qualified();
        return name === undefined ? undefined : this.#fullName(name);
    }
    /** The name that comes next, without moving past it. */
    peekName() {
        return this.#part(this.at, this.end).name();
    }
    /** Moves up to one of these words, or to the end; parentheses are passed as a whole. @returns what was passed */
    until(...words) {
        const start = this.at;
        while (!this.done && !words.some((word) => this.isNext(word)))
            if (this.group() === undefined)
                this.at += 1;
        return this.#part(start, this.at);
    }
    /** Whether the word is among the remaining tokens. */
    has(word) {
        return this.tokens.slice(this.at, this.end).some((token) => token.kind === 'word' && token.text === word);
    }
    #part(from, to) {
        return new _a(this.sql, this.tokens, from, to, this.#fullName);
    }
    /** Moves past the parentheses that come next. @returns a cursor over their content; undefined when none come */
    group() {
        if (!this.isNext('('))
            return undefined;
        const start = this.at + 1;
        let depth = 0;
        for (; this.at < this.end; this.at += 1) {
            const { kind, text } = this.tokens[this.at];
            if (kind !== 'sign')
                continue;
            if (text === '(')
                depth += 1;
            else if (text === ')') {
                depth -= 1;
                if (depth === 0)
                    break;
            }
        }
        const inside = this.#part(start, this.at);
        this.at = Math.min(this.at + 1, this.end);
        return inside;
    }
    /** Like `group`, without moving. */
    ahead() {
        const start = this.at;
        const group = this.group();
        this.at = start;
        return group;
    }
    /** The parts between commas outside of parentheses. */
    parts() {
        const parts = [];
        let start = this.at;
        let depth = 0;
        for (let index = this.at; index < this.end; index += 1) {
            const { kind, text } = this.tokens[index];
            if (kind !== 'sign')
                continue;
            if (text === '(' || text === '[')
                depth += 1;
            else if (text === ')' || text === ']')
                depth -= 1;
            else if (text === ',' && depth === 0) {
                parts.push(this.#part(start, index));
                start = index + 1;
            }
        }
        if (start < this.end)
            parts.push(this.#part(start, this.end));
        return parts;
    }
    /** The SQL of the remaining tokens. */
    remainingSql() {
        const last = this.tokens[this.end - 1];
        return this.token === undefined || last === undefined ? '' : this.sql.slice(this.token.start, last.end);
    }
    /**
     * Moves past tokens, and past parentheses as a whole, until `stop` holds.
     * @param stop called before each token, with whether any has been passed
     * @returns the SQL of what was passed
     */
    sqlUntil(stop) {
        const start = this.token?.start ?? 0;
        let end = start;
        while (this.token !== undefined && !stop(end > start)) {
            if (this.group() === undefined)
                this.at += 1;
            end = this.tokens[this.at - 1]?.end ?? end;
        }
        return this.sql.slice(start, end);
    }
    /** Canonical names among the remaining tokens that may be columns: all but those of types and functions. */
    names() {
        const names = new Set();
        const cursor = this.#part(this.at, this.end);
        while (!cursor.done) {
            const cast = cursor.accept(':', ':');
            if (cast || cursor.accept('collate')) {
                cursor.qualified();
                while (cast && cursor.token?.kind === 'word' && typeWords.has(cursor.token.text))
                    cursor.at += 1;
                continue;
            }
            const name = cursor.name();
            if (name === undefined)
                cursor.at += 1;
            else if (!cursor.isNext('('))
                names.add(name);
        }
        return [...names];
    }
    /** Canonical names of the collations among the remaining tokens. */
    collations() {
        const names = [];
        const cursor = new _a(this.sql, this.tokens, this.at, this.end);
        while (!cursor.done) {
            const name = cursor.accept('collate') ? cursor.qualified() : undefined;
            if (name === undefined)
                cursor.at += 1;
            else
                names.push(name);
        }
        return names;
    }
    /** Whether the function is called in the remaining tokens. */
    calls(name) {
        for (let index = this.at; index + 1 < this.end; index += 1) {
            const [token, next] = [this.tokens[index], this.tokens[index + 1]];
            if (token.kind === 'word' && token.text === name && next.kind === 'sign' && next.text === '(')
                return true;
        }
        return false;
    }
}
_a = cursor_Cursor;

;// CONCATENATED MODULE: ./build/anonymize/format/mysql/tokens.js
const pattern = /\s+|#[^\n]*|--(?=[\s]|$)[^\n]*|\/\*M?!\d{0,6}|\*\/|\/\*|('(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|(`(?:[^`]|``)*`)|([A-Za-z_$\x80-\uffff][\w$\x80-\uffff]*)|(0[xX][0-9A-Fa-f]+|\d[\d.]*(?:[eE][+-]?\d+)?)|([\s\S])/y;
const letters = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };
/** Never throws: a character that is not a token becomes a sign. */
function tokens_tokenizeMysql(sql, { ansiQuotes } = { ansiQuotes: false }) {
    const tokens = [];
    pattern.lastIndex = 0;
    while (pattern.lastIndex < sql.length) {
        const start = pattern.lastIndex;
        const match = pattern.exec(sql);
        if (match === null)
            break;
        const [whole, string, name, word, number, sign] = match;
        const end = start + whole.length;
        if (string !== undefined) {
            const isName = ansiQuotes && whole.startsWith('"');
            tokens.push({ kind: isName ? 'name' : 'string', text: content(string), start, end });
        }
        else if (name !== undefined)
            tokens.push({ kind: 'name', text: name.slice(1, -1).replaceAll('``', '`'), start, end });
        else if (word !== undefined)
            tokens.push({ kind: 'word', text: word.toLowerCase(), written: word, start, end });
        else if (number !== undefined)
            tokens.push({ kind: 'number', text: number, start, end });
        else if (whole === '/*') {
            const close = sql.indexOf('*/', end);
            pattern.lastIndex = close < 0 ? sql.length : close + 2;
        }
        else if (sign !== undefined)
            tokens.push({ kind: 'sign', text: sign, start, end });
    }
    return tokens;
}
/** The text of a literal. */
function content(literal) {
    const quote = literal.charAt(0);
    return literal.slice(1, -1).replace(/''|""|\\([\s\S])/g, (whole, escaped) => {
        if (escaped === undefined)
            return whole.startsWith(quote) ? quote : whole;
        return letters[escaped] ?? (/[%_]/.test(escaped) ? whole : escaped);
    });
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/caseless.js
/** Whether texts are compared without regard to case: of citext, and by MySQL's collations. */
function ignoresCase(args, scope) {
    const caseless = args.map((one) => isCaseless(one, scope));
    if (scope.dialect === 'mysql')
        return caseless.includes(true) && !args.some((one) => one.kind === 'call' && one.name === 'binary');
    // citext beside text is compared as text (PostgreSQL's manual, "citext"); a bare literal takes the type of the other side.
    return (caseless.includes(true) &&
        args.every((one, index) => caseless[index] || one.kind === 'literal' || isArrayOfLiterals(one)));
}
function isArrayOfLiterals(one) {
    return (one.kind === 'call' &&
        one.name === 'array' &&
        one.args.every((item) => item.kind === 'literal' || (item.kind === 'cast' && /^citext/.test(item.to))));
}
function isCaseless(one, scope) {
    if (one.kind === 'column')
        return scope.ignoresCase?.(one.name) ?? false;
    if (one.kind === 'cast')
        return /^citext/.test(one.to);
    if (one.kind !== 'call')
        return false;
    if (one.name === 'collate')
        return isCaseless(one.args[0], scope);
    return ((scope.dialect === 'mysql' || one.name === 'array') &&
        one.args.length > 0 &&
        one.args.some((part) => isCaseless(part, scope)));
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/casts.js
/** Casts of values to the types that expressions name. */

const texts = /^(text|character varying|character|citext|name|nchar|national character|national character varying|regex)$/;
const whole = /^(integer|bigint|smallint|signed|unsigned)$/;
const numbers = /^(numeric|real|double precision|float|float4|float8)$/;
const times = /^(date|timestamp( with(out)? time zone)?|timestamptz)$/;
/** @param to in lower case, without its length */
function cast(value, to, length) {
    if (value === null || value === unknown)
        return value;
    if (to.endsWith('[]'))
        return castArray(value, to.slice(0, -2));
    if (texts.test(to))
        return limited(values_textOf(value), to === 'character' ? (length ?? 1) : length);
    if (whole.test(to))
        return numeric(value, (number) => (Number.isInteger(number) ? number : unknown));
    if (numbers.test(to))
        return length === undefined ? numeric(value, (number) => number) : unknown;
    if (to === 'boolean')
        return typeof value === 'boolean' ? value : booleanOf(value);
    // Dates in the one form that needs no setting are compared as texts.
    if (to === 'date')
        return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : unknown;
    if (times.test(to))
        return typeof value === 'string' && to !== 'date' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
            ? value
            : unknown;
    return unknown;
}
function castArray(value, element) {
    const items = typeof value === 'string' ? parseArray(value) : value;
    if (items === undefined || !isArray(items))
        return unknown;
    return items.map((item) => cast(item, element, undefined));
}
function limited(text, length) {
    if (text === undefined)
        return unknown;
    return length === undefined ? text : [...text].slice(0, length).join('');
}
function numeric(value, map) {
    if (typeof value === 'number')
        return map(value);
    return typeof value === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value) ? map(Number(value)) : unknown;
}
function booleanOf(value) {
    if (value === 't' || value === 'true' || value === 'on' || value === 'yes' || value === '1' || value === 1)
        return true;
    return value === 'f' || value === 'false' || value === 'off' || value === 'no' || value === '0' || value === 0
        ? false
        : unknown;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/compare.js
/** Comparisons, with NULL and with what is not known. */

function and(one, other) {
    if (one === false || other === false)
        return false;
    if (one === unknown || other === unknown)
        return unknown;
    return one === null || other === null ? null : true;
}
function not(truth) {
    return typeof truth === 'boolean' ? !truth : truth;
}
function or(one, other) {
    return not(and(not(one), not(other)));
}
/** A boolean of SQL, also written as text or, in MySQL, as a number. */
function truthOf(value) {
    if (typeof value === 'boolean' || value === null)
        return value;
    if (typeof value === 'number')
        return value !== 0;
    if (value === 't' || value === 'true')
        return true;
    return value === 'f' || value === 'false' ? false : unknown;
}
const comparing = {
    '=': (sign) => sign === 0,
    '<>': (sign) => sign !== 0,
    '<': (sign) => sign < 0,
    '>': (sign) => sign > 0,
    '<=': (sign) => sign <= 0,
    '>=': (sign) => sign >= 0,
};
function isComparison(operator) {
    return operator in comparing;
}
/** @param ignoresCase whether texts that differ only in upper and lower case are equal */
function compare(operator, one, other, ignoresCase) {
    if (one === null || other === null)
        return null;
    const test = comparing[operator];
    if (test === undefined)
        return unknown;
    const sign = order(one, other, ignoresCase);
    if (sign !== unknown)
        return test(sign);
    // Where only the order is not known, it is still known whether they are equal.
    const equal = operator === '=' || operator === '<>' ? compare_equals(one, other, ignoresCase) : unknown;
    return equal === unknown ? unknown : equal === (operator === '=');
}
const number = /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i;
const date = /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?)?$/;
function order(one, other, ignoresCase) {
    if (one === unknown || other === unknown)
        return unknown;
    if (isArray(one) && isArray(other))
        return orderArrays(one, other, ignoresCase);
    if (typeof one === 'boolean' || typeof other === 'boolean') {
        const [a, b] = [truthOf(one), truthOf(other)];
        return typeof a === 'boolean' && typeof b === 'boolean' ? Number(a) - Number(b) : unknown;
    }
    if (typeof one === 'number' || typeof other === 'number') {
        const [a, b] = [numberOf(one), numberOf(other)];
        return a === undefined || b === undefined ? unknown : Math.sign(a - b);
    }
    return typeof one === 'string' && typeof other === 'string' ? orderTexts(one, other, ignoresCase) : unknown;
}
function numberOf(value) {
    if (typeof value === 'number')
        return value;
    return typeof value === 'string' && number.test(value) ? Number(value) : undefined;
}
/** In bytes or by the rules of a language: known where both agree. */
function orderTexts(one, other, ignoresCase) {
    const [a, b] = ignoresCase ? [one.toLowerCase(), other.toLowerCase()] : [one, other];
    if (a === b)
        return 0;
    const byCode = a < b ? -1 : 1;
    if (date.test(a) && date.test(b))
        return byCode;
    return Math.sign(a.localeCompare(b, 'en')) === byCode ? byCode : unknown;
}
function orderArrays(one, other, ignoresCase) {
    for (let index = 0; index < Math.min(one.length, other.length); index += 1) {
        const [a, b] = [one[index], other[index]];
        if (a === null || b === null) {
            if (a === b)
                continue;
            return unknown;
        }
        const sign = order(a, b, ignoresCase);
        if (sign !== 0)
            return sign;
    }
    return Math.sign(one.length - other.length);
}
function compare_equals(one, other, ignoresCase) {
    const [a, b] = [values_textOf(one), values_textOf(other)];
    if (typeof one !== 'string' || typeof other !== 'string' || a === undefined || b === undefined)
        return unknown;
    return ignoresCase ? a.toLowerCase() === b.toLowerCase() : a === b;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/functions.js
/** Functions of texts and numbers as people use them in CHECK, in indexes and in keys of partitions. All give NULL for NULL. */


const functions_text = (value) => (value === undefined ? '' : values_textOf(value)) ?? notText();
const count = (value) => {
    const number = typeof value === 'string' && value !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : notText();
};
/** Thrown for a value that is no text or no number: what the function gives is not known then. */
class OtherType extends Error {
}
function notText() {
    throw new OtherType();
}
/** More characters than a function makes. */
const functions_longest = 100_000;
const lower = ([value]) => functions_text(value).toLowerCase();
const upper = ([value]) => functions_text(value).toUpperCase();
const functions_length = ([value]) => [...functions_text(value)].length;
const octets = ([value]) => Buffer.byteLength(functions_text(value));
const initcap = ([value]) => functions_text(value).replace(/[\p{L}\p{N}]+/gu, (word) => {
    const [first = '', ...rest] = [...word];
    return first.toUpperCase() + rest.join('').toLowerCase();
});
const strpos = ([value, part]) => {
    const index = functions_text(value).indexOf(functions_text(part));
    return index < 0 ? 0 : [...functions_text(value).slice(0, index)].length + 1;
};
const splitPart = ([value, delimiter, field]) => {
    const parts = functions_text(delimiter) === '' ? [functions_text(value)] : functions_text(value).split(functions_text(delimiter));
    const at = count(field);
    if (at === 0)
        return undefined;
    return parts[at > 0 ? at - 1 : parts.length + at] ?? '';
};
const left = ([value, many]) => [...functions_text(value)].slice(0, count(many)).join('');
const right = ([value, many]) => {
    const characters = [...functions_text(value)];
    const wanted = count(many);
    return (wanted >= 0 ? characters.slice(Math.max(0, characters.length - wanted)) : characters.slice(-wanted)).join('');
};
/** From a position on, counted from 1; characters before the first count, too. */
const substr = ([value, from, many]) => {
    const start = count(from);
    const end = many === undefined ? Number.POSITIVE_INFINITY : start + count(many);
    if (end < start)
        return undefined;
    return [...functions_text(value)].slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
};
function trimmed(value, characters, atStart, atEnd) {
    const set = new Set(characters === undefined ? [' '] : [...functions_text(characters)]);
    const all = [...functions_text(value)];
    let from = 0;
    let to = all.length;
    while (atStart && from < to && set.has(all[from]))
        from += 1;
    while (atEnd && to > from && set.has(all[to - 1]))
        to -= 1;
    return all.slice(from, to).join('');
}
const padded = (value, width, fill, atStart) => {
    const characters = [...functions_text(value)];
    if (width > functions_longest)
        return undefined;
    if (fill === '' || characters.length >= width)
        return characters.slice(0, Math.max(0, width)).join('');
    const missing = [...fill.repeat(width)].slice(0, width - characters.length).join('');
    return atStart ? missing + characters.join('') : characters.join('') + missing;
};
const translate = ([value, from, to]) => {
    const [before, after] = [[...functions_text(from)], [...functions_text(to)]];
    return [...functions_text(value)].map((one) => (before.includes(one) ? (after[before.indexOf(one)] ?? '') : one)).join('');
};
const repeat = ([value, times]) => functions_text(value).length * count(times) > functions_longest ? undefined : functions_text(value).repeat(Math.max(0, count(times)));
const cardinality = ([array]) => isArray(array ?? null) ? array.length : undefined;
const arrayLength = ([array, dimension]) => {
    if (array === undefined || !isArray(array) || count(dimension) !== 1)
        return undefined;
    return array.length === 0 ? null : array.length;
};
const substringIndex = ([value, delimiter, times]) => {
    const parts = functions_text(value).split(functions_text(delimiter));
    const many = count(times);
    return (many >= 0 ? parts.slice(0, many) : parts.slice(many)).join(functions_text(delimiter));
};
const jsonValid = ([value]) => {
    try {
        JSON.parse(functions_text(value));
        return true;
    }
    catch {
        return false;
    }
};
const functions = {
    lower,
    upper,
    initcap,
    strpos,
    instr: strpos,
    locate: ([part, value]) => strpos([value ?? null, part ?? null]),
    length: functions_length,
    char_length: functions_length,
    character_length: functions_length,
    octet_length: octets,
    bit_length: ([value]) => 8 * Buffer.byteLength(functions_text(value)),
    split_part: splitPart,
    left,
    right,
    substr,
    substring: substr,
    mid: substr,
    btrim: ([value, set]) => trimmed(value, set, true, true),
    ltrim: ([value, set]) => trimmed(value, set, true, false),
    rtrim: ([value, set]) => trimmed(value, set, false, true),
    lpad: ([value, width, fill]) => padded(value, count(width), fill === undefined ? ' ' : functions_text(fill), true),
    rpad: ([value, width, fill]) => padded(value, count(width), fill === undefined ? ' ' : functions_text(fill), false),
    replace: ([value, from, to]) => functions_text(from) === '' ? functions_text(value) : functions_text(value).replaceAll(functions_text(from), () => functions_text(to)),
    translate,
    repeat,
    reverse: ([value]) => [...functions_text(value)].toReversed().join(''),
    starts_with: ([value, start]) => functions_text(value).startsWith(functions_text(start)),
    '^@': ([value, start]) => functions_text(value).startsWith(functions_text(start)),
    md5: ([value]) => (0,external_node_crypto_namespaceObject.createHash)('md5').update(functions_text(value)).digest('hex'),
    ascii: ([value]) => functions_text(value).codePointAt(0) ?? 0,
    chr: ([code]) => String.fromCodePoint(count(code)),
    abs: ([value]) => Math.abs(count(value)),
    floor: ([value]) => Math.floor(count(value)),
    ceil: ([value]) => Math.ceil(count(value)),
    cardinality,
    array_length: arrayLength,
    string_to_array: ([value, delimiter]) => functions_text(delimiter) === '' ? undefined : functions_text(value) === '' ? [] : functions_text(value).split(functions_text(delimiter)),
    array_to_string: ([array, delimiter]) => array !== undefined && isArray(array)
        ? array
            .filter((one) => one !== null)
            .map((one) => functions_text(one))
            .join(functions_text(delimiter))
        : undefined,
    ucase: upper,
    lcase: lower,
    substring_index: substringIndex,
    json_valid: jsonValid,
    '+': ([one, other]) => count(one) + count(other),
    '-': ([one, other]) => count(one) - count(other),
    '*': ([one, other]) => count(one) * count(other),
    '%': ([one, other]) => (count(other) === 0 ? undefined : count(one) % count(other)),
    negative: ([value]) => -count(value),
};
/** The function of that name with these arguments, none of which is NULL or unknown. */
function callFunction(name, args) {
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (known === undefined)
        return unknown;
    try {
        const value = known(args);
        return value === undefined ? unknown : value;
    }
    catch (error) {
        if (error instanceof OtherType || error instanceof RangeError)
            return unknown;
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/regex/pattern.js
/** Thrown where a pattern holds what is not read. */
class Unsupported extends Error {
}
/** Levels of parentheses that are followed. */
const maxDepth = 100;
const controls = {
    a: '\x07',
    b: '\b',
    B: '\\',
    e: '\x1b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
};
class Text {
    flavour;
    ignoresCase;
    /** `(?q)` and `***=`: whether the rest stands for itself. */
    isLiteral = false;
    isGreedy = true;
    groups = 0;
    /** Whether ^ and $ also match at line ends, and whether a dot matches none. */
    linesCount = false;
    dotStops;
    /** Whether blanks and comments between the parts do not count. */
    #isExpanded = false;
    #depth = 0;
    #at = 0;
    #source;
    constructor(source, { ignoresCase, flavour }) {
        this.#source = source;
        this.ignoresCase = ignoresCase;
        this.flavour = flavour;
        this.dotStops = flavour === 'mysql';
    }
    get done() {
        return this.#at >= this.#source.length;
    }
    get next() {
        return this.#source[this.#at];
    }
    rest() {
        return this.#source.slice(this.#at);
    }
    accept(sign) {
        if (!this.#source.startsWith(sign, this.#at))
            return false;
        this.#at += sign.length;
        return true;
    }
    /** @param pattern sticky */
    take(pattern) {
        pattern.lastIndex = this.#at;
        const match = pattern.exec(this.#source);
        if (match === null)
            return undefined;
        this.#at += match[0].length;
        return match;
    }
    character() {
        const code = this.#source.codePointAt(this.#at);
        if (code === undefined)
            throw new Unsupported();
        const character = String.fromCodePoint(code);
        this.#at += character.length;
        return character;
    }
    deeper(read) {
        this.#depth += 1;
        if (this.#depth > maxDepth)
            throw new Unsupported();
        const result = read();
        this.#depth -= 1;
        return result;
    }
    /** What a pattern may begin with: `***:`, `***=`, `(?i)`. */
    readOptions() {
        if (this.flavour === 'postgresql') {
            if (this.accept('***='))
                this.isLiteral = true;
            else
                this.accept('***:');
        }
        const options = this.take(/\(\?([a-z]+)\)/y)?.[1] ?? '';
        for (const option of options)
            this.#option(option);
    }
    #option(option) {
        if (option === 'i')
            this.ignoresCase = true;
        else if (option === 'c' && this.flavour === 'postgresql')
            this.ignoresCase = false;
        else if (option === 'x')
            this.#isExpanded = true;
        else if (option === 's') {
            this.dotStops = false;
            this.linesCount = false;
        }
        else if (option === 'm' || option === 'n') {
            this.linesCount = true;
            this.dotStops = true;
        }
        else if (option === 'w' && this.flavour === 'postgresql')
            this.linesCount = true;
        else if (option === 'p' && this.flavour === 'postgresql')
            this.dotStops = true;
        else if (option === 'q' && this.flavour === 'postgresql')
            this.isLiteral = true;
        else if (option !== 't' && option !== 'e')
            throw new Unsupported();
    }
    /** Moves past comments, and in expanded patterns past blanks. */
    skip() {
        while (this.take(/\(\?#[^)]*\)/y) || (this.#isExpanded && this.take(/\s+|#[^\n]*/y)))
            ;
    }
    /** The character of an escape, behind its backslash. */
    escaped() {
        const code = this.take(/x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})/y);
        if (code)
            return this.#codePoint(Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16));
        const control = this.take(/c([\s\S])/y);
        if (control)
            return String.fromCharCode(control[1].charCodeAt(0) & 31);
        if (this.take(/0/y))
            return '\0';
        const character = this.character();
        // Digits are back references; other letters are none of PostgreSQL's.
        if (/[1-9]/.test(character))
            throw new Unsupported();
        if (/[A-Za-z0-9]/.test(character)) {
            const known = controls[character];
            if (known === undefined)
                throw new Unsupported();
            return known;
        }
        return character;
    }
    #codePoint(code) {
        if (code > 0x10ffff)
            throw new Unsupported();
        return String.fromCodePoint(code);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/regex/syntax.js
/** Regular expressions as trees. */
function isIn({ negated, ranges, classes, ignoresCase }, character) {
    const forms = ignoresCase ? [character, character.toLowerCase(), character.toUpperCase()] : [character];
    const found = forms.some((one) => {
        const code = one.codePointAt(0);
        return ranges.some(([first, last]) => code >= first && code <= last) || classes.some((test) => test(one));
    });
    return found !== negated;
}
function isWordCharacter(character) {
    return character !== undefined && /[\p{L}\p{N}\p{M}_]/u.test(character);
}
/** The classes of POSIX, in a locale with UTF-8. */
const classes = {
    alpha: (one) => /\p{L}/u.test(one),
    digit: (one) => /[0-9]/.test(one),
    alnum: (one) => /[\p{L}\p{N}]/u.test(one),
    upper: (one) => /\p{Lu}/u.test(one),
    lower: (one) => /\p{Ll}/u.test(one),
    space: (one) => /\s/.test(one),
    blank: (one) => one === ' ' || one === '\t',
    punct: (one) => /[!-/:-@[-`{-~]|[\p{P}\p{S}]/u.test(one),
    xdigit: (one) => /[0-9A-Fa-f]/.test(one),
    cntrl: (one) => /\p{Cc}/u.test(one),
    print: (one) => !/\p{C}/u.test(one),
    graph: (one) => !/[\p{C}\s]/u.test(one),
    word: isWordCharacter,
    ascii: (one) => one.codePointAt(0) < 0x80,
};

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/regex/match.js
/**
 * Whether and where a text matches. Goes from sets of positions to sets of positions, so that no pattern takes more than a time that
 * grows with the length of the text times that of the pattern: there is no way back to try.
 */


/** Steps after which a pattern counts as too long: repetitions of repetitions. */
const maxSteps = 2_000_000;
class Matcher {
    #characters;
    #pattern;
    #steps = 0;
    constructor(pattern, text) {
        this.#pattern = pattern;
        this.#characters = [...text];
    }
    /** Whether the pattern matches anywhere. @throws Unsupported when that takes too long */
    test() {
        const all = this.#none().fill(1);
        return this.#ends(this.#pattern.regex, all).includes(1);
    }
    /**
     * Where the first match from `from` on begins and ends: of several that begin there, the longest.
     * @throws Unsupported when that cannot be told
     */
    find(from) {
        if (!this.#pattern.isGreedy)
            throw new Unsupported();
        for (let start = from; start <= this.#characters.length; start += 1) {
            const end = this.#ends(this.#pattern.regex, this.#at(start)).lastIndexOf(1);
            if (end >= 0)
                return { start, end };
        }
        return undefined;
    }
    text(start, end) {
        return this.#characters.slice(start, end).join('');
    }
    /** What the parentheses captured in a match: those that are no part of others, as long as they may be from left to right. */
    captured({ start, end }) {
        const { regex, groups } = this.#pattern;
        const parts = regex.kind === 'sequence' ? regex.parts : [regex];
        const captured = [];
        let at = start;
        parts.forEach((part, index) => {
            const rest = { kind: 'sequence', parts: parts.slice(index + 1) };
            let next = -1;
            const ends = this.#ends(part, this.#at(at));
            for (let to = end; to >= at && next < 0; to -= 1)
                if (ends[to] === 1 && this.#ends(rest, this.#at(to))[end] === 1)
                    next = to;
            if (part.kind === 'group' && part.index !== undefined)
                captured.push(this.text(at, next));
            at = next;
        });
        if (captured.length !== groups)
            throw new Unsupported();
        return captured;
    }
    #none() {
        return new Uint8Array(this.#characters.length + 1);
    }
    #at(position) {
        const positions = this.#none();
        positions[position] = 1;
        return positions;
    }
    /** Where a match may end that begins at one of the positions. */
    #ends(regex, starts) {
        this.#steps += starts.length;
        if (this.#steps > maxSteps)
            throw new Unsupported();
        switch (regex.kind) {
            case 'set':
                return this.#where(starts, 1, (at) => at < this.#characters.length && isIn(regex.set, this.#characters[at]));
            case 'sequence':
                return regex.parts.reduce((positions, part) => this.#ends(part, positions), starts);
            case 'choice':
                return union(regex.parts.map((part) => this.#ends(part, starts)), this.#none());
            case 'group':
                return this.#ends(regex.part, starts);
            case 'repeat':
                return this.#repeat(regex, starts);
            case 'edge':
                return this.#where(starts, 0, (at) => this.#isEdge(regex.edge, at));
            case 'look':
                return this.#where(starts, 0, (at) => this.#looks(regex, at) !== regex.negative);
        }
    }
    #where(starts, by, test) {
        const ends = this.#none();
        for (let at = 0; at < starts.length; at += 1)
            if (starts[at] === 1 && test(at))
                ends[at + by] = 1;
        return ends;
    }
    #repeat({ part, min, max }, starts) {
        let positions = starts;
        for (let count = 0; count < min; count += 1)
            positions = this.#ends(part, positions);
        if (part.kind === 'set' && max === Number.POSITIVE_INFINITY)
            return this.#run(part.set, positions);
        const ends = positions.slice();
        for (let count = min; count < max; count += 1) {
            const next = this.#ends(part, positions);
            // From the other positions, everything has been reached with fewer repetitions.
            const fresh = this.#none();
            let isFresh = false;
            for (let at = 0; at < next.length; at += 1) {
                if (next[at] === 0 || ends[at] === 1)
                    continue;
                ends[at] = 1;
                fresh[at] = 1;
                isFresh = true;
            }
            if (!isFresh)
                break;
            positions = fresh;
        }
        return ends;
    }
    /** As many characters of a set as there are, from each of the positions. */
    #run(set, starts) {
        const ends = this.#none();
        let runs = false;
        for (let at = 0; at < ends.length; at += 1) {
            runs ||= starts[at] === 1;
            if (!runs)
                continue;
            ends[at] = 1;
            runs = at < this.#characters.length && isIn(set, this.#characters[at]);
        }
        return ends;
    }
    #looks({ part, behind }, at) {
        if (!behind)
            return this.#ends(part, this.#at(at)).includes(1);
        return this.#ends(part, this.#none().fill(1, 0, at + 1))[at] === 1;
    }
    #isEdge(edge, at) {
        const [before, after] = [this.#characters[at - 1], this.#characters[at]];
        const [isBefore, isAfter] = [isWordCharacter(before), isWordCharacter(after)];
        switch (edge) {
            case 'start':
                return at === 0;
            case 'end':
                return at === this.#characters.length;
            case 'line-start':
                return at === 0 || before === '\n';
            case 'line-end':
                return at === this.#characters.length || after === '\n';
            case 'word-begin':
                return !isBefore && isAfter;
            case 'word-end':
                return isBefore && !isAfter;
            case 'word-border':
                return isBefore !== isAfter;
            case 'no-border':
                return isBefore === isAfter;
        }
    }
}
function union(all, result) {
    for (const positions of all)
        positions.forEach((is, at) => {
            if (is === 1)
                result[at] = 1;
        });
    return result;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/regex/brackets.js
/** Bracket expressions: `[a-z0-9_]`, `[^[:space:]@]`. */


/** Reads what follows the opening bracket. */
function readBrackets(text) {
    const negated = text.accept('^');
    const ranges = [];
    const tests = [];
    for (let first = true; first || !text.accept(']'); first = false) {
        const item = readItem(text);
        if (typeof item === 'function') {
            tests.push(item);
            continue;
        }
        let last = item;
        if (text.take(/-(?=[^\]])/y)) {
            const end = readItem(text);
            if (typeof end === 'function' || end < item)
                throw new Unsupported();
            last = end;
        }
        ranges.push([item, last]);
    }
    // Where lines count, a negated set does not match a line end (PostgreSQL's manual, "newline-sensitive matching").
    if (negated && text.dotStops && text.flavour === 'postgresql')
        ranges.push([10, 10]);
    return { negated, ranges, classes: tests, ignoresCase: text.ignoresCase };
}
/** A code point, or a class. */
function readItem(text) {
    const named = text.take(/\[:(\^?)(\w+):\]/y);
    if (named) {
        const test = classes[named[2]];
        if (test === undefined)
            throw new Unsupported();
        return named[1] === '^' ? (one) => !test(one) : test;
    }
    const collating = text.take(/\[([.=])(.)\1\]/uy);
    if (collating)
        return collating[2].codePointAt(0);
    if (text.take(/\[[.=:]/y))
        throw new Unsupported();
    if (!text.accept('\\'))
        return text.character().codePointAt(0);
    const shorthand = text.take(/[dswDSW]/y)?.[0];
    if (shorthand === undefined)
        return text.escaped().codePointAt(0);
    const test = classes[{ d: 'digit', s: 'space', w: 'word' }[shorthand.toLowerCase()]];
    return shorthand === shorthand.toLowerCase() ? test : (one) => !test(one);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/regex/parse.js
/**
 * Reads regular expressions: PostgreSQL's advanced ones (its manual, "Regular Expression Details"), and of MySQL's and MariaDB's (ICU and
 * PCRE) what is written alike.
 */



/** The most repetitions that PostgreSQL takes (DUPMAX). */
const mostRepetitions = 255;
const special = /[|*+?()[\]{}^$.\\]/;
/** @throws Unsupported for what is not read here: back references, and mistakes */
function parseRegex(source, options) {
    const text = new Text(source, options);
    text.readOptions();
    if (text.isLiteral)
        return { regex: sequence([...text.rest()].map((one) => literal(one, text))), groups: 0, isGreedy: true };
    const regex = readChoice(text);
    if (!text.done)
        throw new Unsupported();
    return { regex, groups: text.groups, isGreedy: text.isGreedy };
}
function readChoice(text) {
    const parts = [readSequence(text)];
    while (text.accept('|'))
        parts.push(readSequence(text));
    return parts.length === 1 ? parts[0] : { kind: 'choice', parts };
}
function sequence(parts) {
    return parts.length === 1 ? parts[0] : { kind: 'sequence', parts };
}
function readSequence(text) {
    const parts = [];
    for (text.skip(); !text.done && text.next !== '|' && text.next !== ')'; text.skip())
        parts.push(readRepeated(text));
    return sequence(parts);
}
function readRepeated(text) {
    const part = readAtom(text);
    text.skip();
    const counts = readCounts(text);
    if (counts === undefined)
        return part;
    if (part.kind === 'edge' || part.kind === 'look')
        throw new Unsupported();
    // Whether fewer repetitions are tried first only matters for where a match ends.
    if (text.accept('?'))
        text.isGreedy = false;
    else if (text.flavour === 'mysql' && text.accept('+'))
        throw new Unsupported();
    text.skip();
    if (readCounts(text) !== undefined)
        throw new Unsupported();
    return { kind: 'repeat', part, ...counts };
}
function readCounts(text) {
    if (text.accept('*'))
        return { min: 0, max: Number.POSITIVE_INFINITY };
    if (text.accept('+'))
        return { min: 1, max: Number.POSITIVE_INFINITY };
    if (text.accept('?'))
        return { min: 0, max: 1 };
    const bounds = text.take(/\{(\d+)(,(\d*))?\}/y);
    if (bounds === undefined)
        return undefined;
    const min = Number(bounds[1]);
    const max = bounds[2] === undefined ? min : bounds[3] === '' ? Number.POSITIVE_INFINITY : Number(bounds[3]);
    if (min > mostRepetitions || (max > mostRepetitions && max < Number.POSITIVE_INFINITY) || min > max)
        throw new Unsupported();
    return { min, max };
}
const edge = (name) => ({ kind: 'edge', edge: name });
function readAtom(text) {
    if (text.accept('('))
        return readGroup(text);
    if (text.accept('[')) {
        // The borders of words in older notation.
        if (text.take(/\[:<:\]\]/y))
            return edge('word-begin');
        if (text.take(/\[:>:\]\]/y))
            return edge('word-end');
        return { kind: 'set', set: readBrackets(text) };
    }
    if (text.accept('^'))
        return edge(text.linesCount ? 'line-start' : 'start');
    if (text.accept('$'))
        return edge(text.linesCount ? 'line-end' : text.flavour === 'mysql' ? 'end' : 'end');
    if (text.accept('.'))
        return { kind: 'set', set: { ...parse_none(text), negated: true, ranges: text.dotStops ? [[10, 10]] : [] } };
    if (text.accept('\\'))
        return parse_readEscape(text);
    const character = text.character();
    // A brace that begins no bounds stands for itself.
    if (special.test(character) && character !== '{' && character !== '}' && character !== ']')
        throw new Unsupported();
    return literal(character, text);
}
function readGroup(text) {
    const look = text.take(/\?(<?)([=!])/y);
    const captures = look === undefined && text.take(/\?:/y) === undefined;
    if (captures && text.next === '?')
        throw new Unsupported();
    const index = captures ? ++text.groups : undefined;
    const part = text.deeper(() => readChoice(text));
    if (!text.accept(')'))
        throw new Unsupported();
    if (look)
        return { kind: 'look', part, behind: look[1] === '<', negative: look[2] === '!' };
    return { kind: 'group', part, index };
}
const parse_none = ({ ignoresCase }) => ({ negated: false, ranges: [], classes: [], ignoresCase });
function literal(character, text) {
    const code = character.codePointAt(0);
    return { kind: 'set', set: { ...parse_none(text), ranges: [[code, code]] } };
}
const edges = {
    A: 'start',
    Z: 'end',
    m: 'word-begin',
    M: 'word-end',
    y: 'word-border',
    Y: 'no-border',
};
const edgesOfMysql = {
    A: 'start',
    Z: 'end',
    z: 'end',
    b: 'word-border',
    B: 'no-border',
};
function parse_readEscape(text) {
    const character = text.next;
    if (character === undefined)
        throw new Unsupported();
    const named = (text.flavour === 'mysql' ? edgesOfMysql : edges)[character];
    if (named) {
        text.character();
        return edge(named);
    }
    const shorthand = { d: 'digit', s: 'space', w: 'word' }[character.toLowerCase()];
    if (shorthand) {
        text.character();
        const isNegative = character !== character.toLowerCase();
        return {
            kind: 'set',
            set: { ...parse_none(text), negated: isNegative, classes: [classes[shorthand]] },
        };
    }
    return literal(text.escaped(), text);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/patterns.js
/** LIKE, SIMILAR TO and regular expressions, as functions of texts. */




/** Patterns that were read before: a condition is tried with many values. */
const read = new Map();
const maxRead = 1000;
function patternOf(source, options) {
    const key = `${options.flavour} ${options.ignoresCase} ${source}`;
    if (!read.has(key)) {
        if (read.size >= maxRead)
            read.clear();
        read.set(key, tried(() => parseRegex(source, options)));
    }
    return read.get(key);
}
function tried(make) {
    try {
        return make();
    }
    catch (error) {
        if (error instanceof Unsupported)
            return undefined;
        throw error;
    }
}
/** A pattern that is read, for samples of it. */
function readPattern(source, flavour = 'postgresql') {
    return patternOf(source, { ignoresCase: false, flavour });
}
function matches(text, source, options) {
    const pattern = patternOf(source, options);
    const found = pattern && tried(() => new Matcher(pattern, text).test());
    return found === undefined ? unknown : found;
}
/** The text that matches, or what its first parentheses captured; NULL when none does. */
function matchIn(text, source, options) {
    return groupsIn(text, source, options, (whole, groups) => groups[0] ?? whole);
}
/** What regexp_match gives: all that parentheses captured, or the whole match. */
function groupsOf(text, source, options) {
    return groupsIn(text, source, options, (whole, groups) => (groups.length > 0 ? groups : [whole]));
}
function groupsIn(text, source, options, give) {
    const pattern = patternOf(source, options);
    if (pattern === undefined)
        return unknown;
    const found = tried(() => {
        const matcher = new Matcher(pattern, text);
        const match = matcher.find(0);
        return {
            value: match === undefined
                ? null
                : give(matcher.text(match.start, match.end), pattern.groups > 0 ? matcher.captured(match) : []),
        };
    });
    return found === undefined ? unknown : found.value;
}
/** @param all whether every match is replaced, and not only the first one */
function replaceIn(text, source, by, all, options) {
    const pattern = patternOf(source, options);
    if (pattern === undefined)
        return unknown;
    const replaced = tried(() => {
        const matcher = new Matcher(pattern, text);
        let result = '';
        let from = 0;
        for (let match = matcher.find(0); match !== undefined; match = matcher.find(match.end > match.start ? match.end : match.end + 1)) {
            const groups = pattern.groups > 0 && /\\\d/.test(by) ? matcher.captured(match) : [];
            const whole = matcher.text(match.start, match.end);
            result +=
                matcher.text(from, match.start) +
                    by.replace(/\\([\d&\\])/g, (_, sign) => sign === '&' ? whole : sign === '\\' ? '\\' : (groups[Number(sign) - 1] ?? ''));
            from = match.end;
            if (!all)
                break;
        }
        return result + matcher.text(from, text.length);
    });
    return replaced ?? unknown;
}
/** Without a way back: each `%` takes as little as it can. */
function isLike(text, pattern, escaping, ignoresCase) {
    const parts = likeParts(ignoresCase ? pattern.toLowerCase() : pattern, escaping);
    if (parts === undefined)
        return unknown;
    const characters = [...(ignoresCase ? text.toLowerCase() : text)];
    let [at, part, star, mark] = [0, 0, -1, 0];
    while (at < characters.length) {
        const next = parts[part];
        if (next === many) {
            star = part;
            mark = at;
            part += 1;
        }
        else if (next === one || (next !== undefined && next === characters[at])) {
            at += 1;
            part += 1;
        }
        else if (star >= 0) {
            part = star + 1;
            mark += 1;
            at = mark;
        }
        else
            return false;
    }
    while (parts[part] === many)
        part += 1;
    return part === parts.length;
}
const many = Symbol('many');
const one = Symbol('one');
/** undefined for a pattern that ends with the sign that escapes. */
function likeParts(pattern, escaping) {
    const parts = [];
    const characters = [...pattern];
    for (let at = 0; at < characters.length; at += 1) {
        const character = characters[at];
        if (character === escaping && escaping !== '') {
            at += 1;
            const escaped = characters[at];
            if (escaped === undefined)
                return undefined;
            parts.push(escaped);
        }
        else
            parts.push(character === '%' ? many : character === '_' ? one : character);
    }
    return parts;
}
/** What PostgreSQL makes of a pattern of SIMILAR TO (its manual, "SIMILAR TO Regular Expressions"); undefined for one that it splits. */
function regexOfSimilar(pattern, escaping) {
    let regex = '^(?:';
    let inBrackets = false;
    const characters = [...pattern];
    for (let at = 0; at < characters.length; at += 1) {
        const character = characters[at];
        if (character === escaping && escaping !== '') {
            at += 1;
            const escaped = characters[at];
            if (escaped === undefined || escaped === '"')
                return undefined;
            regex += `\\${escaped}`;
        }
        else if (inBrackets) {
            regex += character === '\\' ? '\\\\' : character;
            inBrackets = character !== ']';
        }
        else if (character === '[') {
            regex += '[';
            inBrackets = true;
            if (characters[at + 1] === '^') {
                regex += '^';
                at += 1;
            }
        }
        else if (character === '%')
            regex += '.*';
        else if (character === '_')
            regex += '.';
        else if (character === '(')
            regex += '(?:';
        else
            regex += /[\\.^$]/.test(character) ? `\\${character}` : character;
    }
    return `${regex})$`;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/matching.js
/** Calls that match texts with patterns. */




/** LIKE and regular expressions. @returns undefined for another function */
function matching(call, values, scope) {
    const texts = values.map((value) => values_textOf(value));
    const [value, pattern, third, fourth] = texts;
    if (!patternFunctions.has(call.name))
        return undefined;
    if (value === undefined)
        return unknown;
    const flags = call.name === 'regexp_replace' ? (fourth ?? '') : (third ?? '');
    const caseless = ignoresCase(call.args.slice(0, 2), scope);
    const options = {
        ignoresCase: call.name.endsWith('*') || caseless || flags.includes('i'),
        flavour: scope.dialect ?? 'postgresql',
    };
    if (call.name === 'similar_to_escape' || call.name === 'similar_escape')
        return regexOfSimilar(value, pattern ?? '\\') ?? unknown;
    if (call.name === 'like_escape')
        return unknown;
    if (pattern === undefined)
        return unknown;
    if (/^(like|ilike)$/.test(call.name))
        return isLike(value, pattern, third ?? '\\', call.name === 'ilike' || caseless);
    if (/[^ig]/.test(flags) || values.length > 4)
        return call.name === 'substring' ? undefined : unknown;
    if (call.name === 'substring')
        return typeof values[1] === 'string' && values.length === 2 && scope.dialect !== 'mysql'
            ? matchIn(value, pattern, options)
            : undefined;
    if (call.name === 'regexp_replace')
        return third === undefined
            ? unknown
            : replaceIn(value, pattern, third, flags.includes('g') || scope.dialect === 'mysql', options);
    if (call.name === 'regexp_match')
        return groupsOf(value, pattern, options);
    if (call.name === 'regexp_substr')
        return values.length === 2 ? matchIn(value, pattern, options) : unknown;
    const result = matches(value, pattern, options);
    return call.name.startsWith('!') ? not(result) : result;
}
const patternFunctions = new Set('like ilike ~ ~* !~ !~* regexp regexp_like regexp_replace regexp_match regexp_substr substring similar_to_escape similar_escape like_escape'.split(' '));

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/specials.js
/** What gives something else than NULL for NULL, or does not need all of its arguments. */



const operand = (expression, scope, evaluate) => expression ? evaluate(expression, scope) : null;
const truth = (expression, scope, evaluate) => truthOf(operand(expression, scope, evaluate));
function distinct([one, other], scope, evaluate) {
    if (one === undefined || other === undefined)
        return unknown;
    const a = evaluate(one, scope);
    const b = evaluate(other, scope);
    if (a === unknown || b === unknown)
        return unknown;
    return a === null || b === null ? a !== b : not(compare('=', a, b, ignoresCase([one, other], scope)));
}
function coalesce(args, scope, evaluate) {
    for (const one of args) {
        const value = evaluate(one, scope);
        if (value !== null)
            return value;
    }
    return null;
}
function chosen(args, scope, evaluate) {
    for (let index = 0; index + 1 < args.length; index += 2) {
        const when = truth(args[index], scope, evaluate);
        if (when === unknown)
            return unknown;
        if (when === true)
            return evaluate(args[index + 1], scope);
    }
    return args.length % 2 === 1 ? evaluate(args.at(-1), scope) : null;
}
function concat(args, scope, evaluate) {
    const values = args.map((one) => evaluate(one, scope));
    if (scope.dialect === 'mysql' && values.includes(null))
        return null;
    const texts = values.map((value) => (value === null ? '' : values_textOf(value)));
    return texts.includes(undefined) ? unknown : texts.join('');
}
function concatWithSeparator(args, scope, evaluate) {
    const [separator = null, ...values] = args.map((one) => evaluate(one, scope));
    if (separator === null)
        return null;
    const texts = [separator, ...values.filter((value) => value !== null)].map((value) => values_textOf(value));
    return texts.includes(undefined) ? unknown : texts.slice(1).join(texts[0]);
}
/** Only with `%s` and `%%`: what is quoted depends on the server's words. */
function formatted(args, scope, evaluate) {
    const [pattern = null, ...values] = args.map((one) => evaluate(one, scope));
    if (pattern === null)
        return null;
    const template = values_textOf(pattern);
    const texts = values.map((value) => (value === null ? '' : values_textOf(value)));
    if (template === undefined || texts.includes(undefined) || /%(?![s%]|\d+\$s)/.test(template.replaceAll('%%', '')))
        return unknown;
    let at = 0;
    let isShort = false;
    const text = template.replace(/%(?:%|(?:(\d+)\$)?s)/g, (sign, position) => {
        if (sign === '%%')
            return '%';
        at = position === undefined ? at + 1 : Number(position);
        const value = texts[at - 1];
        if (value === undefined)
            isShort = true;
        return value ?? '';
    });
    return isShort ? unknown : text;
}
/** The least or the greatest of some values; NULL does not count. */
function extreme(operator, args, scope, evaluate) {
    const values = args.map((one) => evaluate(one, scope)).filter((value) => value !== null);
    if (scope.dialect === 'mysql' && values.length < args.length)
        return null;
    let found = values[0] ?? null;
    for (const value of values.slice(1)) {
        const isBeyond = compare(operator, value, found, ignoresCase(args, scope));
        if (isBeyond === unknown)
            return unknown;
        if (isBeyond === true)
            found = value;
    }
    return found;
}
function counted(args, scope, evaluate, wanted) {
    const values = args.map((one) => evaluate(one, scope));
    return values.includes(unknown) ? unknown : values.filter(wanted).length;
}
function textJoined(a, b) {
    const first = values_textOf(a);
    const second = values_textOf(b);
    return first === undefined || second === undefined ? unknown : first + second;
}
function joined([one, other], scope, evaluate) {
    const a = operand(one, scope, evaluate);
    const b = operand(other, scope, evaluate);
    if (isArray(a) || isArray(b)) {
        const items = [];
        for (const part of [a, b])
            if (isArray(part))
                items.push(...part);
            else
                items.push(part);
        return items;
    }
    if (a === null || b === null)
        return null;
    return textJoined(a, b);
}
/** Whether an array contains all, or any, elements of another. */
function contains(outer, inner, all) {
    if (outer === null || inner === null)
        return null;
    if (!isArray(outer) || !isArray(inner))
        return unknown;
    const found = inner.map((item) => outer
        .map((one) => compare('=', one, item, false))
        .map((one) => one ?? false)
        .reduce(or, false));
    return all ? found.reduce(and, true) : found.reduce(or, false);
}
const both = (args, scope, evaluate) => [
    operand(args[0], scope, evaluate),
    operand(args[1], scope, evaluate),
];
const specials = {
    and: ([one, other], scope, evaluate) => and(truth(one, scope, evaluate), truth(other, scope, evaluate)),
    or: ([one, other], scope, evaluate) => or(truth(one, scope, evaluate), truth(other, scope, evaluate)),
    xor: ([one, other], scope, evaluate) => not(compare('=', truth(one, scope, evaluate), truth(other, scope, evaluate), false)),
    not: ([one], scope, evaluate) => not(truth(one, scope, evaluate)),
    'is null': ([one], scope, evaluate) => {
        const value = operand(one, scope, evaluate);
        return value === unknown ? unknown : value === null;
    },
    isnull: (args, scope, evaluate) => specials['is null']?.(args, scope, evaluate) ?? unknown,
    'is true': ([one], scope, evaluate) => {
        const value = truth(one, scope, evaluate);
        return value === unknown ? unknown : value === true;
    },
    'is false': ([one], scope, evaluate) => {
        const value = truth(one, scope, evaluate);
        return value === unknown ? unknown : value === false;
    },
    'is distinct': distinct,
    coalesce,
    ifnull: coalesce,
    case: chosen,
    if: chosen,
    nullif: (args, scope, evaluate) => {
        const same = truth({ kind: 'call', name: '=', args }, scope, evaluate);
        return same === unknown ? unknown : same === true ? null : evaluate(args[0], scope);
    },
    concat,
    concat_ws: concatWithSeparator,
    format: (args, scope, evaluate) => (scope.dialect === 'mysql' ? unknown : formatted(args, scope, evaluate)),
    least: (args, scope, evaluate) => extreme('<', args, scope, evaluate),
    greatest: (args, scope, evaluate) => extreme('>', args, scope, evaluate),
    '||': joined,
    array: (args, scope, evaluate) => args.map((one) => evaluate(one, scope)),
    row: (args, scope, evaluate) => args.map((one) => evaluate(one, scope)),
    binary: ([one], scope, evaluate) => operand(one, scope, evaluate),
    collate: ([one], scope, evaluate) => operand(one, scope, evaluate),
    num_nulls: (args, scope, evaluate) => counted(args, scope, evaluate, (value) => value === null),
    num_nonnulls: (args, scope, evaluate) => counted(args, scope, evaluate, (value) => value !== null),
    '@>': (args, scope, evaluate) => {
        const [outer, inner] = both(args, scope, evaluate);
        return contains(outer, inner, true);
    },
    '<@': (args, scope, evaluate) => {
        const [inner, outer] = both(args, scope, evaluate);
        return contains(outer, inner, true);
    },
    '&&': (args, scope, evaluate) => {
        const [one, other] = both(args, scope, evaluate);
        return contains(one, other, false);
    },
    subscript: (args, scope, evaluate) => {
        const [array, index] = both(args, scope, evaluate);
        if (array === null || index === null)
            return null;
        return isArray(array) && typeof index === 'number' ? (array[index - 1] ?? null) : unknown;
    },
    array_position: (args, scope, evaluate) => {
        const [array, value] = both(args, scope, evaluate);
        if (array === null)
            return null;
        if (!isArray(array) || array.includes(unknown) || value === unknown || args.length > 2)
            return unknown;
        const index = array.indexOf(value);
        return index < 0 ? null : index + 1;
    },
};

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/evaluate.js
/** Computes an expression with SQL's three-valued logic, and a fourth value for what is not known. */







/** Never throws. @returns what the server would compute; `unknown` where that cannot be told */
function evaluate(expression, scope) {
    switch (expression.kind) {
        case 'literal':
            return expression.value;
        case 'column':
            return scope.valueOf(expression.name);
        case 'unknown':
            return unknown;
        case 'cast':
            return cast(evaluate(expression.of, scope), expression.to, expression.length);
        case 'call':
            return evaluateCall(expression, scope);
    }
}
function evaluateCall(call, scope) {
    const special = specials[call.name];
    if (special)
        return special(call.args, scope, evaluate);
    const [quantifier, operator] = call.name.split(' ', 2);
    if ((quantifier === 'any' || quantifier === 'all') && operator !== undefined)
        return quantified(quantifier, call.name.slice(4), call.args, scope);
    const values = call.args.map((one) => evaluate(one, scope));
    const [one = null, other = null] = values;
    if (isComparison(call.name) && values.length === 2)
        return compare(call.name, one, other, ignoresCase(call.args, scope));
    if (values.includes(null))
        return null;
    if (values.includes(unknown))
        return unknown;
    return matching(call, values, scope) ?? callFunction(call.name, values);
}
function quantified(quantifier, operator, args, scope) {
    const [compared, list] = args;
    const array = evaluate(list, scope);
    if (array === null)
        return null;
    if (!isArray(array))
        return unknown;
    const caseless = ignoresCase(args, scope);
    const value = evaluate(compared, scope);
    const truths = array.map((item) => {
        if (isComparison(operator))
            return compare(operator, value, item, caseless);
        const isNegative = operator.startsWith('not ');
        const name = isNegative ? operator.slice(4) : operator;
        const result = truthOf(evaluateCall({ kind: 'call', name, args: [constant(value), constant(item)] }, scope));
        return isNegative ? not(result) : result;
    });
    return quantifier === 'any' ? truths.reduce(or, false) : truths.reduce(and, true);
}
/** A value as an expression. */
function constant(value) {
    if (value === unknown)
        return { kind: 'unknown', sql: '', columns: [] };
    return isArray(value)
        ? { kind: 'call', name: 'array', args: value.map(constant) }
        : { kind: 'literal', value: value };
}

;// CONCATENATED MODULE: ./build/anonymize/format/tokens.js
/** Splits a SQL statement into tokens, without comments and blanks. */

const tokens_pattern = /\s+|--[^\n]*|\/\*|([eE]'(?:[^'\\]|\\[\s\S]|'')*'|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')|(\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)|((?:[uU]&)?"(?:[^"]|"")*")|([A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)|(\d[\d.]*(?:[eE][+-]?\d+)?)|([\s\S])/y;
/** Never throws: a character that is not an SQL token becomes a sign. */
function tokenize(sql) {
    const tokens = [];
    tokens_pattern.lastIndex = 0;
    while (tokens_pattern.lastIndex < sql.length) {
        const start = tokens_pattern.lastIndex;
        const match = tokens_pattern.exec(sql);
        if (match === null)
            break;
        const [whole, string, dollar, quoted, word, number] = match;
        let end = start + whole.length;
        if (string !== undefined)
            tokens.push({ kind: 'string', text: tokens_content(string), start, end });
        else if (dollar !== undefined) {
            const close = sql.indexOf(dollar, end);
            const text = sql.slice(end, close < 0 ? sql.length : close);
            end = close < 0 ? sql.length : close + dollar.length;
            tokens_pattern.lastIndex = end;
            tokens.push({ kind: 'string', text, start, end });
        }
        else if (quoted !== undefined)
            tokens.push({ kind: 'name', text: nameText(quoted), start, end });
        else if (word !== undefined)
            tokens.push({ kind: 'word', text: folded(word), start, end });
        else if (number !== undefined)
            tokens.push({ kind: 'number', text: number, start, end });
        else if (whole === '/*')
            tokens_pattern.lastIndex = afterComment(sql, end);
        else if (!/^(\s|--)/.test(whole))
            tokens.push({ kind: 'sign', text: whole, start, end });
    }
    return tokens;
}
function nameText(quoted) {
    const text = quoted.slice(quoted.indexOf('"') + 1, -1).replaceAll('""', '"');
    return quoted.startsWith('"') ? text : unescapedName(text);
}
/** Position after a block comment. Block comments nest. */
function afterComment(sql, from) {
    const signs = /\/\*|\*\//g;
    signs.lastIndex = from;
    for (let depth = 1; depth > 0;) {
        const sign = signs.exec(sql);
        if (sign === null)
            return sql.length;
        depth += sign[0] === '/*' ? 1 : -1;
    }
    return signs.lastIndex;
}
const escapes = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** The text of a literal, but for the escapes of `U&''`, which stay. */
function tokens_content(literal) {
    const text = literal.slice(literal.indexOf("'") + 1, -1);
    if (!/^e/i.test(literal))
        return text.replaceAll("''", "'");
    const escaped = /''|\\(?:([0-7]{1,3})|x([0-9a-f]{1,2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/gi;
    return text.replace(escaped, (whole, octal, hex, short, long, one) => {
        if (whole === "''")
            return "'";
        if (octal !== undefined)
            return String.fromCharCode(Number.parseInt(octal, 8));
        const code = Number.parseInt(hex ?? short ?? long ?? '', 16);
        if (Number.isNaN(code))
            return escapes[one ?? ''] ?? one ?? '';
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/lexer.js
/** Joins the tokens of a statement to those of an expression: `!~~*`, `::` and `<>` are one each. */


const operatorSigns = /[-+*/<>=~!@#%^&|`?:]/;
/** PostgreSQL's manual, "Operators": one that ends with + or - holds one of these. */
const mayEndWithSign = /[~!@#%^&|`?]/;
function expressionTokens(sql, dialect) {
    const tokens = dialect === 'mysql' ? tokens_tokenizeMysql(sql) : tokenize(sql);
    const joined = [];
    for (let at = 0; at < tokens.length;) {
        const count = isOperatorSign(tokens[at]) ? signsOfOperator(tokens, at) : 1;
        const [first, last] = [tokens[at], tokens[at + count - 1]];
        joined.push(count === 1 ? first : { ...first, text: sql.slice(first.start, last.end), end: last.end });
        at += count;
    }
    return joined;
}
function isOperatorSign(token) {
    return token?.kind === 'sign' && operatorSigns.test(token.text);
}
/** How many signs the operator has that begins at this token: those without a blank between them, but for signs of numbers at its end. */
function signsOfOperator(tokens, at) {
    let count = 1;
    while (isOperatorSign(tokens[at + count]) && tokens[at + count]?.start === tokens[at + count - 1]?.end)
        count += 1;
    const signs = tokens.slice(at, at + count).map(({ text }) => text);
    if (!signs.some((sign) => mayEndWithSign.test(sign)))
        while (count > 1 && /[-+]/.test(signs[count - 1]))
            count -= 1;
    return count;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/tree.js
/** Expressions of SQL as trees: of CHECK, of indexes, of partition keys and of generated columns. */
const call = (name, ...args) => ({ kind: 'call', name, args });
/** Calls `visit` with the expression and every part of it. */
function walk(expression, visit) {
    visit(expression);
    for (const part of tree_partsOf(expression))
        walk(part, visit);
}
function tree_partsOf(expression) {
    if (expression.kind === 'call')
        return expression.args;
    return expression.kind === 'cast' ? [expression.of] : [];
}
/** Canonical names of the columns in an expression. */
function columnsIn(expression) {
    const names = new Set();
    walk(expression, (part) => {
        if (part.kind === 'column')
            names.add(part.name);
        if (part.kind === 'unknown')
            for (const name of part.columns)
                names.add(name);
    });
    return names;
}
/** The strings that an expression holds. */
function stringsIn(expression) {
    const strings = [];
    walk(expression, (part) => {
        if (part.kind === 'literal' && typeof part.value === 'string')
            strings.push(part.value);
    });
    return strings;
}
/** The expression with other strings. @param map is told whether the string stands outside of CHECK */
function mapStrings(expression, map) {
    if (expression.kind === 'literal')
        return typeof expression.value === 'string'
            ? { ...expression, value: map(expression.value, expression.outside === true) }
            : expression;
    if (expression.kind === 'call')
        return { ...expression, args: expression.args.map((one) => mapStrings(one, map)) };
    return expression.kind === 'cast' ? { ...expression, of: mapStrings(expression.of, map) } : expression;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/input.js
/** The tokens of an expression, with where the reader is. */



/** Thrown where the next tokens are not understood; caught at the parentheses around them. */
class NotUnderstood extends Error {
}
/** Levels of parentheses that are followed. Real expressions are never nested so deeply, but a statement may say anything. */
const input_maxDepth = 100;
class Input extends cursor_Cursor {
    dialect;
    #depth = 0;
    /** Reads on while operators bind more tightly than `floor`. */
    #read;
    constructor(sql, dialect, read) {
        super(sql, expressionTokens(sql, dialect));
        this.dialect = dialect;
        this.#read = read;
    }
    expression(floor = 0) {
        return this.#read(this, floor);
    }
    /** Expressions between commas. */
    list() {
        const items = [];
        if (!this.isSign(0, ')') && !this.isSign(0, ']'))
            do
                items.push(this.expression());
            while (this.accept(','));
        return items;
    }
    /** Expressions in the parentheses or brackets that come next, as an array. */
    array() {
        return this.inside(() => call('array', ...this.list()));
    }
    /** @throws NotUnderstood when these words do not come next */
    expect(...words) {
        if (!this.accept(...words))
            throw new NotUnderstood();
    }
    /** The token that comes next. @throws NotUnderstood at the end */
    next() {
        const token = this.token;
        if (token === undefined)
            throw new NotUnderstood();
        this.at += 1;
        return token;
    }
    /** Whether one of these keywords comes next. */
    isWord(...words) {
        return this.token?.kind === 'word' && words.includes(this.token.text);
    }
    isSign(offset, text) {
        const token = this.tokens[this.at + offset];
        return token?.kind === 'sign' && token.text === text;
    }
    /**
     * Reads what stands in the parentheses that come next.
     * @returns an unknown part when it is not understood; the reader is behind the parentheses then, too
     */
    inside(read) {
        const start = this.at;
        const end = this.#closing();
        this.#depth += 1;
        try {
            if (this.#depth > input_maxDepth)
                throw new NotUnderstood();
            this.at += 1;
            const expression = read();
            if (this.at === end)
                return expression;
        }
        catch (error) {
            if (!(error instanceof NotUnderstood))
                throw error;
        }
        finally {
            this.#depth -= 1;
            this.at = end + 1;
        }
        return this.unknown(start, end + 1);
    }
    /** The tokens between two positions as a part whose value is not known. */
    unknown(start, end) {
        const part = new cursor_Cursor(this.sql, this.tokens, start, end);
        return { kind: 'unknown', sql: part.remainingSql(), columns: part.names() };
    }
    /** Position of the sign that closes the parenthesis or the bracket that comes next. */
    #closing() {
        let depth = 0;
        for (let at = this.at; at < this.end; at += 1) {
            const { kind, text } = this.tokens[at];
            if (kind !== 'sign')
                continue;
            if (text === '(' || text === '[')
                depth += 1;
            else if (text === ')' || text === ']')
                depth -= 1;
            if (depth === 0)
                return at;
        }
        throw new NotUnderstood();
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/type-names.js
/** Types as casts name them. */


/** Words that may follow the first one of a type. */
const following = {
    character: ['varying'],
    national: ['character', 'char', 'varying'],
    bit: ['varying'],
    double: ['precision'],
};
const type_names_short = {
    varchar: 'character varying',
    bpchar: 'character',
    char: 'character',
    int: 'integer',
    int4: 'integer',
    int8: 'bigint',
    int2: 'smallint',
    bool: 'boolean',
    decimal: 'numeric',
};
function readType(input) {
    const quoted = input.token?.kind === 'name';
    let name = input.name();
    if (name === undefined)
        throw new NotUnderstood();
    while (input.accept('.'))
        name = input.name() ?? '';
    for (const word of quoted ? [] : (following[name] ?? []))
        if (input.accept(word))
            name += ` ${word}`;
    const length = input.isSign(0, '(') ? lengthOf(input) : undefined;
    if (/^(timestamp|time)$/.test(name))
        for (const word of ['with', 'without'])
            if (input.accept(word, 'time', 'zone'))
                name += ` ${word} time zone`;
    // `"char"` is another type than char.
    let to = quoted ? (name === 'char' ? canonicalName('"char"') : name) : (type_names_short[name] ?? name);
    while (input.accept('[')) {
        if (!input.accept(']')) {
            input.next();
            input.expect(']');
        }
        to = to.endsWith('[]') ? to : `${to}[]`;
    }
    return { to, length };
}
function lengthOf(input) {
    const group = input.group();
    return group?.token?.kind === 'number' ? Number(group.token.text) : undefined;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/operands.js
/** The operands of an expression: literals, columns, calls, parentheses, CASE, arrays. */



const operands_literal = (value) => ({ kind: 'literal', value });
/** Binds more tightly than every operator but `::` and subscripts. */
const tightest = 13;
/** Words that are no columns. */
const reserved = new Set('and or not is in like ilike similar between from then when else end as select where order group any all some collate isnull notnull using for'.split(' '));
const constants = { true: true, false: false, null: null };
/** Calls without parentheses whose value depends on when and by whom they are made. */
const operands_volatile = new Set('current_date current_time current_timestamp localtime localtimestamp current_user session_user user current_role'.split(' '));
function readOperand(input) {
    const { token } = input;
    if (token === undefined)
        throw new NotUnderstood();
    if (token.kind === 'string')
        return readString(input);
    if (token.kind === 'number') {
        input.at += 1;
        return operands_literal(Number(token.text));
    }
    if (token.kind === 'sign')
        return readSign(input, token.text);
    return token.kind === 'word' ? readWord(input, token.text) : readName(input);
}
function readString(input) {
    const token = input.next();
    // Bit strings and bytes are no text; of `U&'…'`, the escapes would have to be read.
    const isText = !/^([bx]|u&)'/i.test(input.sql.slice(token.start, token.end));
    return isText ? operands_literal(token.text) : input.unknown(input.at - 1, input.at);
}
function readSign(input, text) {
    if (text === '(')
        return input.inside(() => readParentheses(input));
    if (text === '-' || text === '+') {
        input.at += 1;
        const operand = input.expression(tightest);
        return text === '+' ? operand : call('negative', operand);
    }
    // A parameter in the body of a function.
    if (text === '$' && input.tokens[input.at + 1]?.kind === 'number') {
        input.at += 1;
        return { kind: 'column', name: `$${input.next().text}` };
    }
    throw new NotUnderstood();
}
/** An expression, or a row of several. */
function readParentheses(input) {
    const first = input.expression();
    if (!input.isSign(0, ','))
        return first;
    input.at += 1;
    return call('row', first, ...input.list());
}
function readWord(input, word) {
    const isCall = input.isSign(1, '(');
    if (word in constants && !isCall) {
        input.at += 1;
        return operands_literal(constants[word]);
    }
    if (operands_volatile.has(word) && !isCall) {
        input.at += 1;
        return { kind: 'unknown', sql: word, columns: [] };
    }
    if (word === 'case')
        return readCase(input);
    if (word === 'array' && input.isSign(1, '[')) {
        input.at += 1;
        return input.array();
    }
    const next = input.tokens[input.at + 1];
    // `_utf8mb4'…'` of MySQL, and `date '2020-01-01'`.
    if (next?.kind === 'string' && input.at + 1 < input.end)
        return readTyped(input, word);
    if (input.dialect === 'mysql' && word === 'binary') {
        input.at += 1;
        return call('binary', input.expression(tightest));
    }
    if (reserved.has(word) && !isCall)
        throw new NotUnderstood();
    return readName(input);
}
function readTyped(input, word) {
    if (word.startsWith('_')) {
        input.at += 1;
        return readString(input);
    }
    const type = readType(input);
    return { kind: 'cast', ...type, of: readString(input) };
}
function readCase(input) {
    input.expect('case');
    const compared = input.isWord('when') ? undefined : input.expression();
    const args = [];
    while (input.accept('when')) {
        const when = input.expression();
        input.expect('then');
        args.push(compared ? call('=', compared, when) : when, input.expression());
    }
    args.push(input.accept('else') ? input.expression() : operands_literal(null));
    input.expect('end');
    return call('case', ...args);
}
/** A column, or a call. */
function readName(input) {
    const parts = [];
    do
        parts.push(input.name() ?? '');
    while (input.accept('.'));
    const last = parts.at(-1);
    if (last === '')
        throw new NotUnderstood();
    if (!input.isSign(0, '('))
        return { kind: 'column', name: last };
    const [schema] = parts;
    const name = parts.length === 1 || schema === 'pg_catalog' ? last.replaceAll('"', '') : parts.join('.');
    return input.inside(() => readArguments(input, name));
}
/** What stands in the parentheses of a call; some functions have words between their arguments. */
function readArguments(input, name) {
    switch (name) {
        case 'cast': {
            const of = input.expression();
            input.expect('as');
            return { kind: 'cast', ...readType(input), of };
        }
        case 'convert': {
            const of = input.expression();
            input.expect('using');
            input.next();
            return of;
        }
        case 'position':
            return readPosition(input);
        case 'trim':
            return readTrim(input);
        case 'substring':
            return readSubstring(input);
        default: {
            if (input.isWord('distinct', 'all', 'variadic'))
                throw new NotUnderstood();
            return call(name, ...input.list());
        }
    }
}
/** `position('@' in email)`; as a call with a comma, the text comes first (PostgreSQL before 14). */
function readPosition(input) {
    // Reads no IN as an operator.
    const first = input.expression(6);
    if (input.accept('in'))
        return call('strpos', input.expression(), first);
    input.expect(',');
    return call('strpos', first, input.expression());
}
function readTrim(input) {
    const side = input.accept('leading') ? 'ltrim' : input.accept('trailing') ? 'rtrim' : 'btrim';
    input.accept('both');
    if (input.accept('from'))
        return call(side, input.expression());
    const first = input.expression();
    if (input.accept('from'))
        return call(side, input.expression(), first);
    return input.accept(',') ? call(side, first, input.expression()) : call(side, first);
}
function readSubstring(input) {
    const args = [input.expression()];
    if (input.accept('for'))
        return call('substring', ...args, operands_literal(1), input.expression());
    while (input.accept('from') || input.accept('for') || input.accept(','))
        args.push(input.expression());
    return call('substring', ...args);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/parse.js
/** Reads an expression as pg_dump prints it and as people write it: the operators, by what binds more tightly. */




/** Never throws: what is not understood becomes a part whose value is not known. */
function parseExpression(sql, dialect = 'postgresql') {
    const input = new Input(sql, dialect, readExpression);
    try {
        const expression = input.expression();
        if (input.done)
            return expression;
    }
    catch (error) {
        if (!(error instanceof NotUnderstood))
            throw error;
    }
    return input.unknown(0, input.end);
}
const parse_not = (expression) => call('not', expression);
/** How tightly operators bind (PostgreSQL's manual, "Operator Precedence"). */
const binds = {
    or: 1,
    and: 2,
    not: 3,
    is: 4,
    comparison: 5,
    like: 6,
    other: 7,
    sum: 8,
    product: 9,
    collate: 12,
    subscript: 14,
};
const comparisons = new Set(['=', '<>', '!=', '<', '>', '<=', '>=', '<=>']);
/** What pg_dump prints for LIKE and its kin. */
const names = {
    '!=': '<>',
    '~~': 'like',
    '~~*': 'ilike',
    '!~~': 'not like',
    '!~~*': 'not ilike',
};
/** @param floor reads on while operators bind more tightly than this */
function readExpression(input, floor) {
    let left = input.accept('not') || (input.dialect === 'mysql' && input.accept('!'))
        ? parse_not(input.expression(binds.not))
        : readOperand(input);
    for (;;) {
        const more = readMore(input, left, floor);
        if (more === undefined)
            return left;
        left = more;
    }
}
/** Reads an operator and what follows it. @returns undefined when none comes that binds tightly enough */
function readMore(input, left, floor) {
    const { token } = input;
    if (token === undefined)
        return undefined;
    if (token.kind === 'word')
        return parse_readWord(input, left, token.text, floor);
    if (token.kind !== 'sign')
        return undefined;
    if (token.text === '::') {
        input.at += 1;
        return { kind: 'cast', ...readType(input), of: left };
    }
    if (token.text === '[')
        return call('subscript', left, input.inside(() => input.expression()));
    if (/^[),;\]]$/.test(token.text) || token.text === '.')
        return undefined;
    return readOperator(input, left, token.text, floor);
}
function readOperator(input, left, text, floor) {
    const isMysql = input.dialect === 'mysql';
    const logical = isMysql ? { '||': 'or', '&&': 'and' }[text] : undefined;
    const power = logical ? binds[logical] : powerOf(text);
    if (power <= floor)
        return undefined;
    input.at += 1;
    if (logical)
        return call(logical, left, input.expression(power));
    const name = names[text] ?? text;
    if (input.isWord('any', 'some', 'all') && input.isSign(1, '(')) {
        const quantifier = input.next().text === 'all' ? 'all' : 'any';
        return call(`${quantifier} ${name}`, left, input.inside(() => input.expression()));
    }
    if (isMysql && input.accept('binary'))
        return call(name, call('binary', left), call('binary', input.expression(power)));
    const right = input.expression(power);
    if (name === '<=>')
        return parse_not(call('is distinct', left, right));
    return name.startsWith('not ') ? parse_not(call(name.slice(4), left, right)) : call(name, left, right);
}
function powerOf(operator) {
    if (comparisons.has(operator))
        return binds.comparison;
    if (operator === '+' || operator === '-')
        return binds.sum;
    return operator === '*' || operator === '/' || operator === '%' ? binds.product : binds.other;
}
function parse_readWord(input, left, word, floor) {
    if (word === 'or' || word === 'and') {
        if (binds[word] <= floor)
            return undefined;
        input.at += 1;
        return call(word, left, input.expression(binds[word]));
    }
    if (word === 'collate') {
        input.at += 1;
        const collation = input.qualified() ?? '';
        return call('collate', left, { kind: 'literal', value: collation });
    }
    if (word === 'operator' && input.isSign(1, '('))
        return readNamedOperator(input, left, floor);
    if (word === 'is' || word === 'isnull' || word === 'notnull')
        return floor < binds.is ? readIs(input, left) : undefined;
    return floor < binds.like ? readLike(input, left) : undefined;
}
/** `OPERATOR(public.=)`, as pg_dump prints an operator of an extension. */
function readNamedOperator(input, left, floor) {
    if (binds.other <= floor)
        return undefined;
    input.at += 2;
    while (input.token?.kind !== 'sign') {
        input.next();
        input.expect('.');
    }
    const operator = input.next().text;
    input.expect(')');
    const name = names[operator] ?? operator;
    if (input.isWord('any', 'some', 'all') && input.isSign(1, '(')) {
        const quantifier = input.next().text === 'all' ? 'all' : 'any';
        return call(`${quantifier} ${name}`, left, input.inside(() => input.expression()));
    }
    const right = input.expression(binds.other);
    return name.startsWith('not ') ? parse_not(call(name.slice(4), left, right)) : call(name, left, right);
}
function readIs(input, left) {
    if (input.accept('isnull'))
        return call('is null', left);
    if (input.accept('notnull'))
        return parse_not(call('is null', left));
    input.expect('is');
    const negated = input.accept('not');
    const positive = readIsWhat(input, left);
    return negated ? parse_not(positive) : positive;
}
function readIsWhat(input, left) {
    for (const word of ['null', 'true', 'false', 'unknown'])
        if (input.accept(word))
            return call(word === 'unknown' ? 'is null' : `is ${word}`, left);
    input.expect('distinct', 'from');
    return call('is distinct', left, input.expression(binds.comparison));
}
/** BETWEEN, IN, LIKE and their kin, each also with NOT. */
function readLike(input, left) {
    const start = input.at;
    const negated = input.accept('not');
    const positive = readLikeWhat(input, left);
    if (positive === undefined)
        input.at = start;
    return positive && negated ? parse_not(positive) : positive;
}
function readLikeWhat(input, left) {
    if (input.accept('between')) {
        if (input.accept('symmetric'))
            throw new NotUnderstood();
        input.accept('asymmetric');
        const low = input.expression(binds.like);
        input.expect('and');
        return call('and', call('>=', left, low), call('<=', left, input.expression(binds.like)));
    }
    if (input.isWord('in') && input.isSign(1, '(')) {
        input.at += 1;
        return call('any =', left, input.array());
    }
    if (input.accept('like')) {
        if (input.dialect === 'mysql' && input.accept('binary'))
            return call('like', call('binary', left), ...parse_readPattern(input));
        return call('like', left, ...parse_readPattern(input));
    }
    if (input.accept('ilike'))
        return call('ilike', left, ...parse_readPattern(input));
    if (input.accept('similar', 'to'))
        return call('~', left, call('similar_to_escape', ...parse_readPattern(input)));
    if (input.dialect === 'mysql' && (input.accept('regexp') || input.accept('rlike')))
        return call('regexp', left, input.expression(binds.like));
    return undefined;
}
/** A pattern, and the character that escapes in it. */
function parse_readPattern(input) {
    const pattern = input.expression(binds.like);
    return input.accept('escape') ? [pattern, input.expression(binds.like)] : [pattern];
}

;// CONCATENATED MODULE: ./build/anonymize/schema/mysql/partitions.js
/** Which rows the partitions of a table of MySQL or MariaDB take: they are no tables of their own (MySQL manual, "Partitioning Types"). */





/**
 * @param written what follows PARTITION BY: `RANGE COLUMNS(email) (PARTITION p0 VALUES LESS THAN ('m'), …)`
 * @returns empty where each row has a partition: by HASH and KEY
 */
function mysqlPartitions(written) {
    const cursor = new cursor_Cursor(written, tokens_tokenizeMysql(written));
    const found = [];
    let from = [{ end: 'min' }];
    for (const part of definitions(cursor)) {
        if (!part.accept('partition'))
            continue;
        part.name();
        if (part.accept('values', 'in'))
            found.push({ kind: 'list', values: valuesIn(part) });
        else if (part.accept('values', 'less', 'than')) {
            const to = upperBound(part);
            // What no other takes.
            if (to.every((bound) => 'end' in bound))
                found.push({ kind: 'default' });
            else
                found.push({ kind: 'range', from, to, takesNull: found.length === 0 });
            from = to;
        }
        else if (part.accept('default'))
            found.push({ kind: 'default' });
    }
    return found;
}
/** The last parentheses, that list the partitions. */
function definitions(cursor) {
    let last;
    while (!cursor.done) {
        const group = cursor.group();
        if (group === undefined)
            cursor.at += 1;
        else
            last = group;
    }
    return last?.isNext('partition') ? last.parts() : [];
}
function valuesIn(part) {
    return (part.group()?.parts() ?? []).map((one) => literalOf(one.remainingSql()));
}
function upperBound(part) {
    if (part.accept('maxvalue'))
        return [{ end: 'max' }];
    return (part.group()?.parts() ?? []).map((one) => one.accept('maxvalue') ? { end: 'max' } : { value: literalOf(one.remainingSql()) });
}
function literalOf(sql) {
    return evaluate(parseExpression(sql, 'mysql'), { valueOf: () => unknown, dialect: 'mysql' });
}

;// CONCATENATED MODULE: ./build/anonymize/schema/partition-bounds.js
/** Which values a partition takes, as its definition says it (PostgreSQL manual, "CREATE TABLE", partition_bound_spec). */





/** @param written `FOR VALUES …` or DEFAULT. @returns undefined for what is neither */
function readBounds(written) {
    const cursor = new cursor_Cursor(written, tokenize(written));
    if (cursor.accept('default'))
        return { kind: 'default' };
    if (!cursor.accept('for', 'values'))
        return undefined;
    if (cursor.accept('in'))
        return { kind: 'list', values: items(cursor).map(partition_bounds_literalOf) };
    if (cursor.accept('from')) {
        const from = items(cursor).map(boundOf);
        return cursor.accept('to') ? { kind: 'range', from, to: items(cursor).map(boundOf) } : undefined;
    }
    const [, modulus, remainder] = /modulus\s+(\d+)\s*,\s*remainder\s+(\d+)/i.exec(cursor.remainingSql()) ?? [];
    return modulus === undefined ? undefined : { kind: 'hash', modulus: Number(modulus), remainder: Number(remainder) };
}
function items(cursor) {
    return (cursor.group()?.parts() ?? []).map((part) => part.remainingSql());
}
function boundOf(sql) {
    if (/^minvalue$/i.test(sql))
        return { end: 'min' };
    return /^maxvalue$/i.test(sql) ? { end: 'max' } : { value: partition_bounds_literalOf(sql) };
}
function partition_bounds_literalOf(sql) {
    return evaluate(parseExpression(sql), { valueOf: () => unknown });
}
/** @param inList what becomes of a value in a list, and `inRange` of a bound of a range */
function mapBounds(bounds, inList, inRange) {
    const value = (one, map) => {
        if (isArray(one))
            return one.map((item) => value(item, map));
        return typeof one === 'string' ? map(one) : one;
    };
    const bound = (one) => ('value' in one ? { value: value(one.value, inRange) } : one);
    if (bounds?.kind === 'list')
        return { ...bounds, values: bounds.values.map((one) => value(one, inList)) };
    if (bounds?.kind === 'range')
        return { ...bounds, from: bounds.from.map(bound), to: bounds.to.map(bound) };
    return bounds;
}
function textsOf(bounds) {
    const texts = [];
    const note = (text) => {
        texts.push(text);
        return text;
    };
    mapBounds(bounds, note, note);
    return texts;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/partition-order.js
/** The order of values in the bounds of partitions. */

const byLanguage = new Intl.Collator('en');
const isDate = /^\d{4,}-\d\d-\d\d/;
/**
 * Below, equal or above, as a sign; undefined where nobody can tell: the dump does not say how its database orders texts, so that only
 * what bytes and languages order alike is known.
 * @param byBytes whether the key has the collation "C"
 */
function partition_order_order(one, other, byBytes) {
    if (one === unknown || other === unknown || one === null || other === null)
        return undefined;
    if (typeof one === 'number' || typeof other === 'number') {
        const [a, b] = [Number(one), Number(other)];
        return Number.isNaN(a) || Number.isNaN(b) ? undefined : Math.sign(a - b);
    }
    const [a, b] = [String(one), String(other)];
    if (isDate.test(a) && isDate.test(b))
        return Math.sign(moment(a) - moment(b));
    const bytes = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return byBytes || bytes === 0 || Math.sign(byLanguage.compare(a, b)) === bytes ? bytes : undefined;
}
/** Milliseconds, with the zone where one is written; without one, of UTC. */
function moment(text) {
    const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', zone = ''] = /^(\d{4,})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?\s*(Z|[+-]\d\d(?::?\d\d)?(?::\d\d)?)?)?/.exec(text) ?? [];
    const date = new Date(0);
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?/.exec(zone) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    const era = / BC$/.test(text) ? Number.NEGATIVE_INFINITY : 0;
    return date.getTime() + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 + era;
}
/** Whether a row of these values is at or above the bound; undefined where nobody can tell. */
function reaches(values, bound, byBytes) {
    for (const [index, part] of bound.entries()) {
        if ('end' in part)
            return part.end === 'min';
        const sign = partition_order_order(values[index] ?? unknown, part.value, byBytes);
        if (sign === undefined)
            return undefined;
        if (sign !== 0)
            return sign > 0;
    }
    return true;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/ordered-bounds.js



/**
 * What is written instead of each bound with an address, by the bound.
 * @param hasAddress whether a text is, or holds, an address that is replaced
 */
function orderedBounds(catalogue, hasAddress) {
    const texts = [...new Set(catalogue.tables().flatMap((table) => boundsOf(table, catalogue).flatMap(rangeTexts)))];
    texts.sort((one, other) => partition_order_order(one, other, false) ?? Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const addresses = texts.filter(hasAddress);
    const digits = String(addresses.length).length;
    const mixed = addresses.length < texts.length;
    const half = Math.ceil(addresses.length / 2);
    const made = new Map();
    let below = '';
    for (const text of texts) {
        const index = addresses.indexOf(text);
        if (index < 0) {
            below = text;
            continue;
        }
        const number = String(index).padStart(digits, '0');
        // Digits come before letters in every order. The usual replacements of addresses lie between the two halves.
        const word = index < half ? 'anybody' : 'somebody';
        made.set(text, mixed ? `${below}0${number}` : `${word}-${number}@example.com`);
    }
    return made;
}
function boundsOf({ bounds }, { dialect }) {
    if (bounds === undefined)
        return [];
    if (dialect.name === 'mysql')
        return mysqlPartitions(bounds);
    const read = readBounds(bounds);
    return read === undefined ? [] : [read];
}
function rangeTexts(bounds) {
    if (bounds.kind !== 'range')
        return [];
    return [...bounds.from, ...bounds.to].flatMap((bound) => 'value' in bound && typeof bound.value === 'string' ? [bound.value] : []);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/date-keys.js

const written = /^(\d{4,})-(\d\d)-(\d\d)(.*)$/s;
/** `(year FROM day)` of EXTRACT. */
const extracted = /^(?:extract)?\s*\(\s*'?(year|month|day)'?\s+from\s+\(?\s*"?(\w+)"?\s*\)?\s*\)$/i;
/** @returns unknown for all other expressions */
function dateKey(key, columnValue) {
    if (key.kind === 'column')
        return columnValue(key.name);
    if (key.kind === 'unknown') {
        const [, field = '', column = ''] = extracted.exec(key.sql.trim()) ?? [];
        return field === '' ? unknown : fieldOf(field, columnValue(column));
    }
    if (key.kind === 'cast') {
        const value = dateKey(key.of, columnValue);
        return key.to === 'date' && typeof value === 'string' && written.test(value) ? value.slice(0, 10) : value;
    }
    if (key.kind !== 'call')
        return unknown;
    const [unit, of] = key.args;
    // Functions of MySQL.
    if (key.args.length === 1 && unit !== undefined)
        return mysqlPart(key.name, dateKey(unit, columnValue));
    const text = unit?.kind === 'cast' ? unit.of : unit;
    if (text?.kind !== 'literal' || typeof text.value !== 'string' || of === undefined)
        return unknown;
    const value = dateKey(of, columnValue);
    if (key.name === 'date_trunc')
        return truncated(text.value, value);
    return /^(date_part|extract)$/.test(key.name) ? fieldOf(text.value, value) : unknown;
}
/** Days from the year 0 to 1970 (MySQL manual, "TO_DAYS"). */
const daysBefore1970 = 719_528;
function mysqlPart(name, value) {
    if (value === null)
        return null;
    if (name === 'to_days') {
        const [day] = typeof value === 'string' ? (/^\d{4}-\d\d-\d\d/.exec(value) ?? []) : [];
        return day === undefined ? unknown : Date.parse(`${day}T00:00:00Z`) / 86_400_000 + daysBefore1970;
    }
    const field = { year: 'year', month: 'month', day: 'day', dayofmonth: 'day' }[name];
    return field === undefined ? unknown : fieldOf(field, value);
}
function fieldOf(field, value) {
    const [, year, month, day] = typeof value === 'string' ? (written.exec(value) ?? []) : [];
    const found = { year, month, day }[field.toLowerCase()];
    return found === undefined ? unknown : Number(found);
}
function truncated(unit, value) {
    const [, year, month, day] = typeof value === 'string' ? (written.exec(value) ?? []) : [];
    if (year === undefined)
        return unknown;
    const begin = { year: `${year}-01-01`, month: `${year}-${month}-01`, day: `${year}-${month}-${day}` }[unit.toLowerCase()];
    return begin === undefined ? unknown : `${begin} 00:00:00`;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/partitions.js







function partitionTree(root, catalogue) {
    const table = catalogue.table(root);
    if (table?.partitionKey === undefined)
        return undefined;
    const children = new Map();
    for (const one of catalogue.tables())
        if (one.isPartition && one.parent !== undefined)
            children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
    const node = (one) => ({
        table: one,
        bounds: one.bounds === undefined ? undefined : readBounds(one.bounds),
        keys: (one.partitionKey?.parts ?? []).map((part) => keyExpression(part, catalogue)),
        byBytes: (one.partitionKey?.parts ?? []).some((part) => /\bcollate\s+(pg_catalog\s*\.\s*)?"(C|POSIX)"/.test(part)),
        ignoresCase: catalogue.dialect.name === 'mysql' && one.columns.some(({ name, type }) => type.caseless && partitions_isIn(one, name)),
        children: catalogue.dialect.name === 'mysql' ? mysqlNodes(one) : (children.get(one.name) ?? []).map(node),
    });
    return node(table);
}
function partitions_isIn({ partitionKey }, column) {
    return partitionKey?.columns.includes(column) ?? false;
}
/** The partitions of MySQL stand in the definition of their table. */
function mysqlNodes(table) {
    const found = table.bounds === undefined ? [] : mysqlPartitions(table.bounds);
    return found.map((bounds) => ({ table, bounds, keys: [], byBytes: false, ignoresCase: false, children: [] }));
}
/** Without the class of operators that may follow the expression. */
function keyExpression(sql, catalogue) {
    const whole = catalogue.expression(sql);
    return whole.kind === 'unknown' ? catalogue.expression(sql.replace(/\s+[\w.]+\s*$/, '')) : whole;
}
/** The lowest tables of a tree, each with the tables above it. */
function leavesOf(node, above = []) {
    const path = [...above, node];
    return node.children.length === 0 ? [path] : node.children.flatMap((child) => leavesOf(child, path));
}
/** Whether the row has a partition at this level and at all below it. */
function takes(node, row) {
    if (node.keys.length === 0)
        return 'taken';
    if (node.keys.every((key) => !columnsIn(key).has(row.column)))
        return stays(node, row);
    const { children } = node;
    if (children.some(({ bounds }) => bounds?.kind === 'hash'))
        return hashed(children, row);
    const own = (name) => (name === row.column ? row.value : row.others(name));
    const values = node.keys.map((key) => {
        const value = evaluate(key, { valueOf: own });
        return value === unknown ? dateKey(key, own) : value;
    });
    const fits = children.map(({ bounds }) => bounds && partitions_matches(bounds, values, node));
    const sure = children.find((_, index) => fits[index] === true);
    if (sure !== undefined)
        return takes(sure, row);
    const rest = children.find(({ bounds }) => bounds?.kind === 'default');
    const possible = children.filter((child, index) => child !== rest && fits[index] === undefined);
    if (possible.length === 0)
        return rest === undefined ? 'refused' : takes(rest, row);
    const all = [...possible, ...(rest === undefined ? [] : [rest])].map((child) => takes(child, row));
    if (all.every((one) => one === 'refused'))
        return 'refused';
    return rest !== undefined && all.every((one) => one === 'taken') ? 'taken' : 'unknown';
}
/** A level that does not depend on the column: the row goes where it was. */
function stays(node, row) {
    const before = node.children.find((child) => row.path.includes(child));
    const all = (before === undefined ? node.children : [before]).map((child) => takes(child, row));
    return all.find((one) => one === 'refused') ?? all.find((one) => one === 'unknown') ?? 'taken';
}
/** Which of them takes the row only the server can compute. */
function hashed(children, row) {
    if (!isComplete(children))
        return 'unknown';
    const all = children.map((child) => takes(child, row));
    if (all.every((one) => one === all[0]))
        return all[0] ?? 'refused';
    return 'unknown';
}
function isComplete(children) {
    return children.reduce((sum, { bounds }) => sum + (bounds?.kind === 'hash' ? 1 / bounds.modulus : 0), 0) > 1 - 1e-9;
}
/** Whether the column decides, at any level, to which partition a row belongs. */
function isKeyOf(node, column) {
    return node.keys.some((key) => columnsIn(key).has(column)) || node.children.some((child) => isKeyOf(child, column));
}
/** Whether partitions by a hash of the column lack one, so that a new value may have none. */
function lacksRemainders(node, column) {
    const { children } = node;
    const own = node.keys.some((key) => columnsIn(key).has(column));
    const isLacking = own && children.some(({ bounds }) => bounds?.kind === 'hash') && !isComplete(children);
    return isLacking || children.some((child) => lacksRemainders(child, column));
}
/** @returns undefined where nobody can tell */
function partitions_matches(written, given, { byBytes, ignoresCase }) {
    const folded = (value) => ignoresCase && typeof value === 'string' ? value.toLowerCase() : value;
    const lower = (text) => text.toLowerCase();
    const values = given.map(folded);
    const bounds = ignoresCase ? (mapBounds(written, lower, lower) ?? written) : written;
    if (bounds.kind === 'list') {
        const [only = null] = values;
        const value = values.length > 1 ? values : only;
        if (values.includes(unknown))
            return undefined;
        if (value === null)
            return bounds.values.includes(null);
        return bounds.values.some((one) => one !== null && same(one, value, byBytes));
    }
    if (bounds.kind !== 'range')
        return false;
    // NULL is in no range, but for MySQL.
    if (values.includes(null))
        return bounds.takesNull === true;
    const [from, to] = [reaches(values, bounds.from, byBytes), reaches(values, bounds.to, byBytes)];
    if (from === false || to === true)
        return false;
    return from === undefined || to === undefined ? undefined : true;
}
function same(one, other, byBytes) {
    if (isArray(one) || isArray(other))
        return JSON.stringify(one) === JSON.stringify(other);
    return String(one) === String(other) || partition_order_order(one, other, byBytes) === 0;
}
/** Values of the columns of a key other than `column` that put a row into the lowest table of the path. */
function othersIn(path, column) {
    const values = new Map();
    path.slice(0, -1).forEach((node, level) => {
        const bounds = path[level + 1]?.bounds;
        node.keys.forEach((key, index) => {
            if (key.kind !== 'column' || key.name === column)
                return;
            if (bounds?.kind === 'list')
                values.set(key.name, bounds.values[0] ?? null);
            if (bounds?.kind !== 'range')
                return;
            const [from, to] = [bounds.from[index], bounds.to[index]];
            const known = [from, to].find((one) => one !== undefined && 'value' in one);
            if (known !== undefined && 'value' in known)
                values.set(key.name, known.value);
        });
    });
    return (name) => values.get(name) ?? unknown;
}
/** The texts that the definitions of all partitions name. */
function textsInTree(node) {
    return [...new Set([...textsOf(node.bounds), ...node.children.flatMap(textsInTree)])];
}
/** The tree with other texts. @param inList what becomes of a value in a list, and `inRange` of a bound of a range */
function mappedTree(node, inList, inRange) {
    return {
        ...node,
        bounds: mapBounds(node.bounds, inList, inRange),
        children: node.children.map((child) => mappedTree(child, inList, inRange)),
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/form.js
/** What an address that is written looks like. */

/** The characters that a hash is written with, and the bits that each of them holds. */
const alphabets = {
    base32: { characters: 'abcdefghijklmnopqrstuvwxyz234567', bits: 5 },
    BASE32: { characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', bits: 5 },
    letters: { characters: 'abcdefghijklmnop', bits: 4 },
    LETTERS: { characters: 'ABCDEFGHIJKLMNOP', bits: 4 },
    digits: { characters: '01234567', bits: 3 },
};
const domain = `@${nobody.domain}`;
const form_word = `${nobody.local}-`;
/** Letters of the hash in the usual form. */
const hashLetters = 16;
/** What all addresses become where they need not stay distinct. */
const nobodyForm = {
    before: `${nobody.local}${domain}`,
    letters: 0,
    alphabet: 'base32',
    after: '',
};
/**
 * The form of distinct addresses that nothing else is asked of.
 * @param room characters; where there are few, the word goes first, then letters of the hash, in the end the domain
 */
function distinctForm(room) {
    const left = room - domain.length;
    if (left < 1)
        return { before: '', letters: Math.max(room, 1), alphabet: 'base32', after: '' };
    const hasWord = left >= form_word.length + hashLetters;
    const letters = Math.min(hashLetters, left);
    return { before: hasWord ? form_word : '', letters, alphabet: 'base32', after: domain };
}
function form_lengthOf({ before, letters, after }) {
    return before.length + letters + after.length;
}
/** Whether what is written is an address: without room for a domain, only letters of a hash are. */
function hasDomain({ before, after }) {
    return before.includes('@') || after.includes('@');
}
/** For reports: `nobody-xxxxxxxxxxxxxxxx@corp.example`. */
function describeForm({ before, letters, after, alphabet }) {
    const letter = alphabet === 'digits' ? '0' : alphabet === alphabet.toLowerCase() ? 'x' : 'X';
    return `${before}${letter.repeat(letters)}${after}`;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/candidates.js
/** The forms that are tried for a group of columns, in a fixed order: the usual one first. */


/** What may stand before the letters. */
const words = ['nobody-', 'nobody.', 'nobody', '', 'anybody-', 'somebody-', 'user-', 'nobody+'];
/** How many letters: the usual number, more for a CHECK that asks for a length, fewer for little room. */
const lengths = [hashLetters, 24, 32, 48, 14, 12, 10, 8, 6, 5, 4, 3];
const mostLetters = 48;
const fewestLetters = 3;
const candidates_alphabets = ['base32', 'letters', 'digits'];
const candidates_upper = (form) => ({
    ...form,
    before: form.before.toUpperCase(),
    after: form.after.toUpperCase(),
    alphabet: form.alphabet === 'base32' ? 'BASE32' : form.alphabet === 'letters' ? 'LETTERS' : form.alphabet,
});
/** The first letter as a capital: only where a word comes first. */
const capital = (form) => ({ ...form, before: form.before.charAt(0).toUpperCase() + form.before.slice(1) });
/** Each word begins with a capital, as under `initcap`: before the letters of a hash one of its own. */
const initials = (form) => ({
    ...form,
    before: titled(form.before) + (form.letters > 0 && !/[a-z0-9]$/i.test(form.before) ? 'N' : ''),
    after: titled(form.after),
});
const titled = (text) => text.replace(/(?<![a-z0-9])[a-z]/g, (letter) => letter.toUpperCase());
const casings = [(form) => form, candidates_upper, capital, initials];
function usualForm({ distinct, room }) {
    return distinct ? distinctForm(room) : nobodyForm;
}
/** Domains that nobody has (RFC 2606), for conditions that refuse example.com. */
const candidates_reserved = ['example.org', 'example.net', 'mail.invalid'];
/** Addresses longer than the column are left out, but for the usual form, which is shortened. */
function* candidates(needs, hints) {
    yield usualForm(needs);
    for (const form of others(needs, hints))
        if (fits(form, needs))
            yield form;
}
/** Whether there is room for the whole address, and for what makes it distinct in the part that an index covers. */
function fits(form, { room, maxCharacters }) {
    const hasRoom = room === maxCharacters || form.before.length + form.letters + nobody.domain.length + 1 <= room;
    return form_lengthOf(form) <= maxCharacters && hasRoom;
}
function* others(needs, { domains, beginnings, lengths: asked }) {
    if (!needs.distinct)
        yield distinctForm(needs.room);
    const all = [nobody.domain, ...domains, ...candidates_reserved];
    for (const casing of casings)
        for (const domain of all) {
            if (!needs.distinct)
                yield casing({ ...nobodyForm, before: `nobody@${domain}` });
            for (const form of spelt(words, domain))
                yield casing(form);
        }
    for (const length of asked)
        for (const domain of all)
            for (const casing of casings)
                yield* ofLength(length, domain, casing);
    for (const domain of all) {
        if (!needs.distinct)
            for (const word of ['nobody', ''])
                for (const beginning of beginnings)
                    yield { ...nobodyForm, before: `${beginning}${word}@${domain}` };
        yield* spelt(beginnings, domain);
        // What makes it distinct stands in the domain.
        for (const beginning of ['', ...beginnings])
            for (const word of ['nobody-', ''])
                yield {
                    before: `${beginning}nobody@${word}`,
                    letters: hashLetters,
                    alphabet: 'base32',
                    after: `.${domain}`,
                };
    }
}
/** Forms of exactly so many characters. */
function* ofLength(length, domain, casing) {
    const local = length - domain.length - 1;
    for (const alphabet of candidates_alphabets)
        for (const word of words) {
            const letters = Math.min(local - word.length, mostLetters);
            if (letters < fewestLetters)
                continue;
            const filled = word.padEnd(local - letters, 'x');
            yield casing({ before: filled, letters, alphabet, after: `@${domain}` });
        }
}
function* spelt(befores, domain) {
    for (const alphabet of candidates_alphabets)
        for (const letters of lengths)
            for (const before of letters === hashLetters ? befores : befores.slice(0, 4))
                yield { before, letters, alphabet, after: `@${domain}` };
}

;// CONCATENATED MODULE: ./build/runtime/errors.js
/**
 * The kinds of error a reader meets, each rendered as what happened, likely cause and fix: ConfigurationError (the
 * user's), AwsError and HostError (the machinery's), BackupError (the backup's, or what keeps one from being made).
 */
/** Input that cannot be used, or a setting of AWS that the user must change; lists every mistake at once. */
class ConfigurationError extends Error {
    name = 'ConfigurationError';
    what;
    problems;
    fix;
    constructor(options) {
        super([`${options.what}:`, ...options.problems.map((problem) => `  - ${problem}`)].join('\n'));
        this.what = this.message;
        this.problems = options.problems;
        this.fix = options.fix;
    }
}
/** A call to AWS that failed, or a command through SSM that ended other than by itself. */
class AwsError extends Error {
    name = 'AwsError';
    what;
    operation;
    resource;
    requestId;
    code;
    kind;
    outcome;
    retryAfterMs;
    likelyCause;
    fix;
    constructor(options) {
        super(options.requestId ? `${options.what} (request ${options.requestId})` : options.what, {
            cause: options.cause,
        });
        this.what = this.message;
        this.operation = options.operation;
        this.resource = options.resource;
        this.requestId = options.requestId;
        this.code = options.code;
        this.kind = options.kind;
        this.outcome = options.outcome;
        this.retryAfterMs = options.retryAfterMs;
        this.likelyCause = options.likelyCause;
        this.fix = options.fix;
    }
}
/** Whether the server does not know a call at all, so that it never will. */
function isUnsupported(error) {
    return error instanceof AwsError && error.kind === 'unsupported';
}
/** Whether a condition of a write did not hold, so that nothing was written. */
function isPreconditionFailed(error) {
    return error instanceof AwsError && error.code === 'PreconditionFailed';
}
/**
 * Whether a document could not be written since it is no longer what was read: replaced (412), being written at this moment (409), or
 * deleted (404): S3 user guide, "How to prevent object overwrites with conditional writes".
 */
function isOverwriteConflict(error) {
    const codes = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];
    return error instanceof AwsError && codes.includes(error.code ?? '');
}
/** A host script that answered with an error of its own. */
class HostError extends Error {
    name = 'HostError';
    what;
    script;
    instanceId;
    code;
    detail;
    fix;
    constructor(options) {
        super(`${options.script} on ${options.instanceId}: ${options.message} (${options.code})`);
        this.what = this.message;
        this.script = options.script;
        this.instanceId = options.instanceId;
        this.code = options.code;
        this.detail = options.detail;
        this.fix = options.code === 'lacks' ? lacksFix : undefined;
    }
}
const lacksFix = 'install it, or use a host that has it: docs/setup.md#hosts lists the systems that are expected to work; nothing was touched';
/** Code of an error that shows a file of a backup to be damaged or cut off. */
const fileDamaged = 'file-damaged';
/** The backup is bad, or cannot be made or proven as things are. */
class BackupError extends Error {
    name = 'BackupError';
    what;
    likelyCause;
    fix;
    detail;
    /** Leads to a section of the run book. */
    code;
    constructor(options) {
        super(options.what, options.cause === undefined ? {} : { cause: options.cause });
        this.what = options.what;
        this.likelyCause = options.likelyCause;
        this.fix = options.fix;
        this.detail = options.detail;
        this.code = options.code;
    }
}
/**
 * What there is to say of an error, whatever threw it. Of an error that wraps others (AggregateError, `cause`) what it
 * does not say itself is taken from the wrapped ones: an error within an error keeps its code and its fix.
 */
function explain(error) {
    const own = explainOwn(error);
    return wrapped(error).reduce((known, inner) => {
        const { likelyCause, fix, detail, code } = explain(inner);
        return {
            what: known.what,
            likelyCause: known.likelyCause ?? likelyCause,
            fix: known.fix ?? fix,
            detail: known.detail ?? detail,
            code: known.code ?? code,
        };
    }, own);
}
function explainOwn(error) {
    const known = typeof error === 'object' && error !== null ? error : {};
    const text = error instanceof Error ? error.message : String(error);
    const pick = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
    return {
        what: pick(known.what) ?? text,
        likelyCause: pick(known.likelyCause),
        fix: pick(known.fix),
        detail: pick(known.detail),
        code: pick(known.code),
    };
}
/** The errors inside an error that does not explain itself; the last one failed last, and describes the present state. */
function wrapped(error) {
    if (error instanceof AggregateError)
        return error.errors.toReversed();
    // What our own errors do not say is left out on purpose: their cause is for the log.
    if (!(error instanceof Error) || error.cause === undefined || 'what' in error)
        return [];
    return [error.cause];
}
/** The error in one line, for a warning about something else: what happened, and its fix. */
function explainInLine(error) {
    const { what, fix } = explain(error);
    return fix === undefined ? what : `${what}; ${fix}`;
}
/** The output without its first line, where that is already told. */
function withoutTold(detail, what) {
    const [first = '', ...rest] = detail.trim().split('\n');
    return what.endsWith(first.trim()) ? rest.join('\n') : detail;
}
/** The error as the log shows it: what happened, likely cause, fix, and the end of the output. */
function renderError(error) {
    const { what, likelyCause, fix, detail: output } = explain(error);
    const detail = output && withoutTold(output, what);
    return [
        what,
        ...(likelyCause ? [`Likely cause: ${likelyCause}`] : []),
        ...(fix ? [`Fix: ${fix}`] : []),
        ...(detail ? ['', detail] : []),
    ].join('\n');
}

;// CONCATENATED MODULE: ./build/anonymize/kernels/hash-text.js
/** Hashes written as text: eight words, the highest bits of the first word first. */
const alphabet = Buffer.from('abcdefghijklmnopqrstuvwxyz234567');
/** Writes letters of base 32 (RFC 4648), five bits each. @param letters 51 at most */
function writeBase32(hash, letters, out, at) {
    let bits = 0;
    let count = 0;
    let word = 0;
    for (let end = at + letters, to = at; to < end; to += 1) {
        if (count < 5) {
            // The remaining bits of one word and the first of the next.
            const next = hash[word];
            const wanted = 5 - count;
            out[to] = alphabet[((bits << wanted) | (next >>> (32 - wanted))) & 31];
            word += 1;
            bits = next;
            count = 32 - wanted;
            continue;
        }
        count -= 5;
        out[to] = alphabet[(bits >>> count) & 31];
    }
}
const hexDigits = Buffer.from('0123456789abcdef');
/** The character code of a hexadecimal digit. @param digit 0 to 63 */
function hexDigit(hash, digit) {
    return hexDigits[(hash[digit >> 3] >>> (28 - (digit & 7) * 4)) & 15];
}
/** Writes hexadecimal digits. @param digits 64 at most */
function writeHex(hash, digits, out, at) {
    let to = at;
    let word = 0;
    for (; to + 8 <= at + digits; to += 8, word += 1) {
        const bits = hash[word];
        out[to] = hexDigits[bits >>> 28];
        out[to + 1] = hexDigits[(bits >>> 24) & 15];
        out[to + 2] = hexDigits[(bits >>> 20) & 15];
        out[to + 3] = hexDigits[(bits >>> 16) & 15];
        out[to + 4] = hexDigits[(bits >>> 12) & 15];
        out[to + 5] = hexDigits[(bits >>> 8) & 15];
        out[to + 6] = hexDigits[(bits >>> 4) & 15];
        out[to + 7] = hexDigits[bits & 15];
    }
    for (; to < at + digits; to += 1)
        out[to] = hexDigit(hash, to - at);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/unique-email.js
/** Addresses made of a keyed hash: equal for equal input, and distinct for different input. */




/** With this many bits, addresses of different input count as distinct. */
const enoughBits = 60;
/** More values than this stop the run where the column is too short for distinct addresses. */
const maxShort = 1_000_000;
/** Making one takes longer than many hashes, and forms are tried by the hundred. */
const hashes = new WeakMap();
function keyedHash(key) {
    const known = hashes.get(key) ?? new KeyedHash(key, 'address');
    hashes.set(key, known);
    return known;
}
/** Whether addresses of this form may be equal for different input, so that they have to be remembered. */
function mayCollide({ letters, alphabet }) {
    return letters > 0 && letters * alphabets[alphabet].bits < enoughBits;
}
class UniqueEmail {
    /** Bytes of each address. */
    length;
    #keyed;
    #form;
    #before;
    #after;
    #mayCollide;
    /** The hash of the input by address; kept only where addresses are too short to differ for certain. */
    #made = new Map();
    #place;
    /** @param place the column, for errors: `shop.users.mail` */
    constructor(key, form, place = 'a column') {
        this.#place = place;
        this.#keyed = keyedHash(key);
        this.#form = form;
        this.#before = Buffer.from(form.before);
        this.#after = Buffer.from(form.after);
        this.#mayCollide = mayCollide(form);
        this.length = form_lengthOf(form);
    }
    /**
     * Writes the address for the input between `from` and `to`.
     * @throws BackupError when two inputs would get the same address
     */
    write(bytes, from, to, out, at) {
        const end = put(this.#before, out, at);
        if (this.#form.letters > 0) {
            const hash = this.#keyed.digest(bytes, from, to);
            writeLetters(hash, this.#form, out, end);
            if (this.#mayCollide)
                this.#checkDistinct(hash, out, end);
        }
        put(this.#after, out, end + this.#form.letters);
    }
    #checkDistinct(hash, out, at) {
        const email = Buffer.from(out.subarray(at, at + this.#form.letters)).toString('latin1');
        const input = hash.join('-');
        const known = this.#made.get(email);
        if (known === input)
            return;
        if (known !== undefined || this.#made.size >= maxShort)
            throw new BackupError({
                what: `${this.#place} must stay unique, and has no room for ${(this.#made.size + 1).toLocaleString('en-US')} distinct addresses of ${this.length} characters`,
                fix: 'give it a rule (null, keep), or make it longer',
                code: 'not-unique',
            });
        this.#made.set(email, input);
    }
}
/** Lower-case digits of a hexadecimal hash have these codes at least. */
const hexLetter = 0x61;
/** Writes letters of the hash in the alphabet of the form. */
function writeLetters(hash, { letters, alphabet }, out, at) {
    if (alphabet === 'base32' || alphabet === 'BASE32')
        writeBase32(hash, letters, out, at);
    else
        writeHex(hash, letters, out, at);
    if (alphabet === 'base32')
        return;
    const { characters } = alphabets[alphabet];
    for (let index = at; index < at + letters; index += 1) {
        const code = out[index];
        if (alphabet === 'BASE32')
            out[index] = code >= hexLetter ? code - 0x20 : code;
        else
            out[index] = characters.charCodeAt((code >= hexLetter ? code - hexLetter + 10 : code - 0x30) % characters.length);
    }
}
/** For a few bytes a loop is faster than a call. */
function put(text, out, at) {
    for (let index = 0; index < text.length; index += 1)
        out[at + index] = text[index];
    return at + text.length;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/choose-form.js
/** Chooses the form of the addresses of one group of linked columns. */




/** Originals of which the conditions see what becomes of them. */
const originals = ['ann.smith@mail.example', 'bob@corp.example', 'c7@b.example', 'Dora_Weber-9@post.example'];
/**
 * The first form that every condition accepts; otherwise the first that none refuses.
 * @returns undefined when each form is refused
 */
function chooseForm(needs, conditions, key) {
    const hints = {
        domains: [...new Set(conditions.flatMap((one) => one.domains))],
        beginnings: [...new Set(conditions.flatMap((one) => one.beginnings ?? []))],
        lengths: [...new Set(conditions.flatMap((one) => one.lengths ?? []))],
    };
    let because;
    let best;
    for (const form of candidates(needs, hints)) {
        const written = writtenAs(form, needs, key);
        const verdicts = judged(written, conditions);
        const isUsual = because === undefined;
        because ??= conditions.filter((_, index) => verdicts[index] !== 'accepted');
        if (verdicts.length < conditions.length)
            continue;
        const doubtful = conditions.filter((_, index) => verdicts[index] === 'unknown');
        const choice = { form, because: isUsual ? [] : because, doubtful };
        if (doubtful.length === 0)
            return choice;
        if (best === undefined || doubtful.length < best.doubtful.length)
            best = choice;
    }
    return best;
}
/** The verdicts up to the first refusal: after it, no other matters. */
function judged(written, conditions) {
    const verdicts = [];
    for (const condition of conditions) {
        const verdict = condition.judge(written);
        if (verdict === 'refused')
            break;
        verdicts.push(verdict);
    }
    return verdicts;
}
/** Addresses in which every character of the form's alphabet stands at every place: a few hashes hold only some of them. */
function covering({ before, letters, alphabet, after }) {
    if (letters === 0)
        return [];
    const { characters } = alphabets[alphabet];
    const turned = characters.repeat(Math.ceil(letters / characters.length) + 1);
    return [...characters].map((_, index) => `${before}${turned.slice(index, index + letters)}${after}`);
}
/** Addresses of a form, as they are written into the columns of a group. */
function writtenAs(form, { fold, maxCharacters }, key) {
    const email = new UniqueEmail(key, form);
    const replace = (original) => {
        const text = Buffer.from(fold === undefined ? original : fold(original));
        const out = Buffer.alloc(email.length);
        email.write(text, 0, text.length, out, 0);
        const address = out.toString('latin1');
        return address.length > maxCharacters ? shortened(address, maxCharacters) : address;
    };
    let addresses;
    return {
        form,
        // Most forms are refused before anybody asks for all of them.
        get addresses() {
            addresses ??= [...originals.map(replace), ...covering(form)];
            return addresses;
        },
        replace,
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/address-columns.js
function holdsAddresses({ type, generated }) {
    return (!generated &&
        (type.base === 'text' ||
            (type.base === 'other' &&
                type.composite === undefined &&
                type.enumeration === undefined &&
                address_columns_isText(type.underlying))) &&
        !type.binary);
}
/** Types of extensions and ranges hold no addresses that text functions see. */
function address_columns_isText(written) {
    return /email|citext|text/i.test(written);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/beside-addresses.js
/** CHECKs of parts of two addresses, which nothing binds: `split_part(email, '@', 2) <> split_part(alt, '@', 2)`. */

/** Addresses that are tried beside each other. */
const maxTried = 6;
class BesideAddresses {
    #after;
    /** Two addresses that a row may hold, the second one in another column. */
    #accepted;
    constructor({ others, addresses, before, after }) {
        this.#after = after;
        const tried = addresses.slice(0, maxTried);
        const replaced = others.filter(({ column, ruled }) => ruled === undefined && holdsAddresses(column));
        this.#accepted = replaced.flatMap(({ column: { name } }) => tried.flatMap((one) => tried
            .filter((other) => before(one, new Map([[name, other]])) === 'accepted')
            .map((other) => [one, name, other])));
    }
    /**
     * @param replace what becomes of an address, in every column
     * @returns `unknown` where such a row is refused once both are replaced; undefined where there is none
     */
    judge(replace) {
        if (this.#accepted.length === 0)
            return undefined;
        const isRefused = this.#accepted.some(([one, name, other]) => this.#after(replace(one), new Map([[name, replace(other)]])) === 'refused');
        return isRefused ? 'unknown' : 'accepted';
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/condition.js
function worst(verdicts) {
    if (verdicts.includes('refused'))
        return 'refused';
    return verdicts.includes('unknown') ? 'unknown' : 'accepted';
}
function best(verdicts) {
    if (verdicts.includes('accepted'))
        return 'accepted';
    return verdicts.includes('unknown') ? 'unknown' : 'refused';
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/from-json.js
/** Texts that an expression takes out of JSON. */


/** What takes a text out of JSON: the text is the address. */
const fromJson = /^(->>?|#>>?|jsonb?_extract_path(_text)?|json_unquote|json_extract|json_value)$/;
/** Whether a CHECK sees addresses in JSON alone: it mentions an at sign, and no column that holds addresses as they are. */
function isAboutJson(expression, table) {
    const names = columnsIn(expression);
    const columns = table.columns.filter((column) => names.has(column.name));
    return (columns.some(isJson) && !columns.some(holdsAddresses) && stringsIn(expression).some((text) => text.includes('@')));
}
function isJson({ type, generated }) {
    return type.base === 'json' && !generated;
}
/** With the columns themselves instead of what is taken out of their JSON. */
function withoutJson(expression, table) {
    if (expression.kind === 'cast')
        return { ...expression, of: withoutJson(expression.of, table) };
    if (expression.kind !== 'call')
        return expression;
    const args = expression.args.map((one) => withoutJson(one, table));
    const [first] = args;
    if (!fromJson.test(expression.name) || first?.kind !== 'column')
        return { ...expression, args };
    const column = table.columns.find(({ name }) => name === first.name);
    if (column !== undefined && isJson(column))
        return first;
    return { ...expression, args };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/ties.js
/**
 * What ties an address to the other columns of its CHECK: `email = local || '@' || domain`, `domain = split_part(email, '@', 2)`,
 * `email LIKE '%@' || domain`. Found by trial: the CHECK accepts an address beside parts of itself, and not beside those of another.
 */




/** Assignments that are tried. */
const ties_maxTried = 4500;
/** Addresses that are tried beside each other's parts. */
const maxAddresses = 5;
const maxAsked = 14;
const localOf = (address) => address.slice(0, Math.max(0, address.lastIndexOf('@')));
const domainOf = (address) => address.slice(address.lastIndexOf('@') + 1);
/** The parts that are texts: those that hold no at sign stay as they are, whatever is written for the address. */
const ties_texts = [
    domainOf,
    localOf,
    (address) => `@${domainOf(address)}`,
    (address) => `${localOf(address)}@`,
    (address) => domainOf(address).split('.')[0] ?? '',
    (address) => domainOf(address).split('.').at(-1) ?? '',
    (address) => localOf(address).split(/[.+_-]/)[0] ?? '',
    (address) => localOf(address)
        .split(/[.+_-]/)
        .at(-1) ?? '',
    (address) => localOf(address).slice(1),
    (address) => address.slice(0, 1),
    (address) => (0,external_node_crypto_namespaceObject.createHash)('md5').update(address).digest('hex'),
    (address) => (0,external_node_crypto_namespaceObject.createHash)('md5').update(address.toLowerCase()).digest('hex'),
];
const ties_numbers = [(address) => address.length, (address) => localOf(address).length];
/** @returns the ties of a CHECK; empty where it looks at the address alone */
function tiesIn({ expression, own, others, addresses, constants, accepts }) {
    let tried = [new Map()];
    for (const column of others) {
        const computed = computedFrom(expression, column.name, own);
        const usual = column.type.base === 'integer' ? ties_numbers : column.type.base === 'text' ? ties_texts : [];
        const fixed = constants(column.name).map((value) => () => value);
        const parts = [...computed, ...usual, ...fixed, () => null];
        const few = parts.slice(0, Math.max(1, Math.floor(ties_maxTried / tried.length)));
        tried = tried.flatMap((tie) => few.map((part) => new Map([...tie, [column.name, part]])));
    }
    return tried.filter((tie) => isTied(tie, addresses, accepts));
}
function valuesOf(tie, address) {
    return new Map([...tie].map(([column, part]) => [column, part(address)]));
}
function isTied(tie, addresses, accepts) {
    const accepted = [];
    for (const address of addresses.slice(0, maxAsked)) {
        if (accepts(address, valuesOf(tie, address)) === true)
            accepted.push(address);
        if (accepted.length === maxAddresses)
            break;
    }
    return accepted.some((one) => {
        const beside = valuesOf(tie, one);
        return accepted.some((other) => other !== one && accepts(other, beside) === false);
    });
}
/** What a column must equal that the CHECK computes of the address: `email_md5 = md5(lower(email))`. */
function computedFrom(expression, column, own) {
    const found = [];
    walk(expression, (part) => {
        if (part.kind !== 'call' || part.name !== '=')
            return;
        const [one, other] = part.args;
        const side = isColumn(one, column) ? other : isColumn(other, column) ? one : undefined;
        if (side === undefined)
            return;
        const value = (address) => evaluate(side, { valueOf: (name) => (own.includes(name) ? address : unknown) });
        const example = value('ann.smith@mail.example');
        // An address with another part behind it is none: this column holds names.
        if (example !== unknown && example !== null && !/@.*@/s.test(String(example)))
            found.push(value);
    });
    return found;
}
function isColumn(expression, column) {
    if (expression?.kind === 'cast')
        return isColumn(expression.of, column);
    return expression?.kind === 'column' && expression.name === column;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/ordered-columns.js


/** @returns the pairs of these columns that an expression compares by their order */
function orderedIn(expression, columns) {
    const pairs = [];
    walk(expression, (part) => {
        if (part.kind !== 'call' || !/^[<>]=?$/.test(part.name))
            return;
        const [one, other] = part.args.map((side) => columns.find((name) => isColumn(side, name)));
        if (one === undefined || other === undefined || one === other)
            return;
        pairs.push(part.name.startsWith('<') ? { lower: one, upper: other } : { lower: other, upper: one });
    });
    return pairs;
}
/** Longer chains are circles. */
const maxRanks = 20;
/** How the addresses of linked columns begin so that all CHECKs on their order hold. */
class OrderedColumns {
    #catalogue;
    #above = new Map();
    #below = new Map();
    constructor(catalogue) {
        this.#catalogue = catalogue;
    }
    add(table, { lower, upper }) {
        const [low, high] = [this.#group(table.name, lower), this.#group(table.name, upper)];
        this.#above.set(low, (this.#above.get(low) ?? new Set()).add(high));
        this.#below.set(high, (this.#below.get(high) ?? new Set()).add(low));
    }
    /** The beginning for a column that has an order; undefined where the CHECKs contradict each other. */
    beginning(table, column) {
        const group = this.#group(table, column);
        const [below, above] = [rank(group, this.#below), rank(group, this.#above)];
        if (below + above > maxRanks)
            return undefined;
        // Digits come before letters in every order.
        if (below === 0)
            return '0-';
        return above === 0 ? 'zz-' : `m${String(below).padStart(2, '0')}-`;
    }
    #group(table, column) {
        const [first] = this.#catalogue.linkedColumns(table, column);
        return `${first?.table}.${first?.column}`;
    }
}
function rank(group, next, depth = 0) {
    if (depth > maxRanks)
        return depth;
    return Math.max(0, ...[...(next.get(group) ?? [])].map((one) => 1 + rank(one, next, depth + 1)));
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/other-columns.js
/** What the other columns of a CHECK may hold in a row with an address, before and after. */


/** Stands for a text of which nothing is known: where no tie is found, one is like another. */
const anyText = '\u0001';
/** Combinations of values that are tried. */
const maxCombinations = 24;
/** @param all whether the columns may also hold what the expression does not name */
function otherRows(expression, columns, all) {
    let rows = [{ before: new Map(), after: new Map() }];
    for (const { column, ruled } of columns) {
        const values = other_columns_valuesOf(expression, column, all);
        const more = rows.flatMap(({ before, after }) => values.map((value) => ({
            before: new Map([...before, [column.name, value]]),
            after: new Map([
                ...after,
                [column.name, ruled === undefined || value === null ? value : ruled],
            ]),
        })));
        rows = more.length <= maxCombinations ? more : rows;
    }
    return rows;
}
function other_columns_valuesOf(expression, { name, type }, all) {
    if (type.base === 'boolean')
        return [true, false];
    if (type.array)
        return [unknown];
    const known = [...constantsBeside(expression, name), null];
    return all ? [...known, type.base === 'text' ? anyText : unknown] : known;
}
/** The constants with which an expression compares a column. */
function constantsBeside(expression, column) {
    const found = [];
    walk(expression, (part) => {
        if (part.kind !== 'call' || !/^((any|all) )?(=|<>)$/.test(part.name))
            return;
        const names = new Set();
        const constants = [];
        walk(part, (inner) => {
            if (inner.kind === 'column')
                names.add(inner.name);
            if (inner.kind === 'literal' && inner.value !== null)
                constants.push(inner.value);
        });
        if (names.size === 1 && names.has(column))
            found.push(...constants);
    });
    return [...new Set(found)].slice(0, 6);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/regex/samples.js
/** Texts that a regular expression matches. */


/** Texts that are made of one pattern. */
const maxSamples = 24;
/** The characters that are taken for a set, the first one that is in it. */
const preferred = [...'nabcxyz0123456789NABCXYZ.-_+ @'];
/** Without lookarounds, each of them matches as a whole. May be none. */
function samplesOf(pattern) {
    const made = new Set();
    for (const more of [0, 1, 5, 11])
        for (const text of samples_texts(pattern.regex, more).slice(0, maxSamples))
            if (new Matcher(pattern, text).test())
                made.add(text);
    return [...made].slice(0, 2 * maxSamples);
}
/** @param more repetitions beyond the fewest */
function samples_texts(regex, more) {
    switch (regex.kind) {
        case 'set':
            return characterOf(regex.set);
        case 'sequence':
            return regex.parts.reduce((before, part) => {
                const after = samples_texts(part, more);
                return before.flatMap((one) => after.map((other) => one + other)).slice(0, maxSamples);
            }, ['']);
        case 'choice':
            return regex.parts.flatMap((part) => samples_texts(part, more)).slice(0, maxSamples);
        case 'group':
            return samples_texts(regex.part, more);
        case 'repeat': {
            const count = Math.min(regex.min + more, regex.max);
            const parts = samples_texts(regex.part, 0);
            return count === 0 ? [''] : parts.map((one) => one.repeat(count));
        }
        default:
            return [''];
    }
}
function characterOf(set) {
    const character = preferred.find((one) => isIn(set, one));
    if (character !== undefined)
        return [character];
    const [first] = set.ranges;
    return first === undefined || set.negated ? [] : [String.fromCodePoint(first[0])];
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/asked-lengths.js
/** How many characters a CHECK asks for: `length(email) = 40`, `char_length(email) BETWEEN 38 AND 40`. */

const measures = /^(length|char_length|character_length|octet_length)$/;
/** Shorter ones have no room for a domain, and longer ones are no addresses (RFC 5321, 4.5.3.1). */
const asked_lengths_shortest = 8;
const asked_lengths_longest = 254;
const asked_lengths_domain = '@corp.example';
function lengthsIn(expression) {
    const found = new Set();
    walk(expression, (part) => {
        if (part.kind !== 'call' || !/^((any|all) )?(=|<>|<=?|>=?)$/.test(part.name) || !part.args.some(isMeasured))
            return;
        for (const side of part.args)
            walk(side, (one) => {
                if (one.kind !== 'literal' || typeof one.value !== 'number')
                    return;
                for (const by of /^[<>]$/.test(part.name) ? [-1, 1] : [0])
                    found.add(one.value + by);
            });
    });
    return [...found].filter((length) => Number.isInteger(length) && length >= asked_lengths_shortest && length <= asked_lengths_longest);
}
function isMeasured(side) {
    if (side.kind === 'cast')
        return isMeasured(side.of);
    return side.kind === 'call' && measures.test(side.name) && columnsIn(side).size > 0;
}
/** Addresses of this length. */
function addressesOf(length) {
    const local = length - asked_lengths_domain.length;
    return local < 1 ? [] : ['nab', 'cod'].map((word) => `${word.repeat(Math.ceil(local / 3)).slice(0, local)}${asked_lengths_domain}`);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/sample-addresses.js
/** Addresses that a condition may accept, and what they have to begin and end with, from the condition's own text. */





const usual = [
    'ann.smith@mail.example',
    'a@b.co',
    'bob@corp.example',
    'ANN.SMITH@MAIL.EXAMPLE',
    'Ann-Lee7@Mail.example',
    'Ann.Smith@Mail.Example',
    'nobody-of-this-name-at-all-7@some-quite-long-domain.example',
];
const address = /^[^\s@'"<>()[\],;:\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const sample_addresses_domain = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const beginning = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,30}$/;
const most = 12;
function samplesFor(expression) {
    const strings = stringsIn(expression)
        .filter((text) => text !== '' && text.length <= 1000)
        .flatMap((text) => [text, ...(parseArray(text) ?? []).filter((one) => typeof one === 'string')]);
    const made = strings.flatMap((text) => [text, ...fromLike(text), ...fromRegex(text), ...fromSimilar(text)]);
    const domains = new Set();
    const beginnings = new Set();
    const lengths = lengthsIn(expression);
    const addresses = new Set([...usual, ...lengths.slice(0, most).flatMap(addressesOf)]);
    for (const text of made) {
        const [before = '', after] = text.split('@', 2);
        if (address.test(text))
            addresses.add(text);
        for (const one of domainsOf(after ?? text))
            domains.add(one);
        if (after === undefined && beginning.test(text))
            beginnings.add(text);
        if (after !== undefined && before !== '' && beginning.test(before))
            beginnings.add(before);
        if (after === '' && beginning.test(before))
            addresses.add(`${before}@corp.example`);
    }
    // Of `@corp.`, the rest of the domain is open.
    for (const text of [...strings, ...strings.flatMap(fromLike)]) {
        const label = /@([A-Za-z0-9-]*[A-Za-z0-9])\.?$/.exec(text)?.[1];
        if (label !== undefined)
            domains.add(`${label}.example`);
    }
    for (const one of domains)
        addresses.add(`nab@${one}`);
    for (const one of [...beginnings].slice(0, most))
        addresses.add(`${one}nab@corp.example`);
    return {
        addresses: [...addresses].slice(0, 4 * most),
        named: strings.filter((text) => address.test(text)).slice(0, most),
        domains: [...domains].slice(0, most),
        beginnings: [...beginnings].slice(0, most),
        lengths: lengths.slice(0, most),
    };
}
function domainsOf(text) {
    if (sample_addresses_domain.test(text))
        return [text];
    return /^\.[A-Za-z0-9.-]+$/.test(text) && sample_addresses_domain.test(`corp${text}`) ? [`corp${text}`] : [];
}
function fromLike(text) {
    const parts = likeParts(text, '\\') ?? [];
    if (!parts.some((part) => typeof part === 'symbol'))
        return [];
    const filled = parts.map((part) => (typeof part === 'symbol' ? 'n' : part)).join('');
    const bare = parts.map((part) => (typeof part === 'symbol' ? '' : part)).join('');
    return [bare, filled];
}
/** The patterns of SIMILAR TO have the signs of both. */
function fromSimilar(text) {
    const regex = /[%_]/.test(text) && /[|()[*+?{]/.test(text) ? regexOfSimilar(text, '\\') : undefined;
    return regex === undefined ? [] : fromRegex(regex);
}
function fromRegex(text) {
    const pattern = /[\\[\]().*+?^$|{}]/.test(text) ? readPattern(text) : undefined;
    return pattern === undefined ? [] : samplesOf(pattern);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/tie-condition.js
/** The ties of a CHECK as a condition: an address that is written must fit the other columns, which stay or have rules of their own. */




const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** Ties that are judged. Others of the same CHECK say the same. */
const maxTies = 12;
/** Addresses that are judged of each. */
const maxHeld = 6;
class TieCondition {
    #options;
    #ties;
    #heldBy = new Map();
    constructor(options) {
        this.#options = options;
        const others = options.others.map(({ column }) => column);
        const accepts = (address, row) => {
            const verdict = options.before(address, row);
            return verdict === 'unknown' ? undefined : verdict === 'accepted';
        };
        this.#ties = others.length === 0 ? [] : tiesIn({ ...options, others, accepts }).slice(0, maxTies);
    }
    get isEmpty() {
        return this.#ties.length === 0;
    }
    judge(written) {
        let verdict = 'accepted';
        for (const tie of this.#ties) {
            const ofTie = this.#judgeTie(tie, written);
            if (ofTie === 'refused')
                return ofTie;
            verdict = worst([verdict, ofTie]);
        }
        return verdict;
    }
    #judgeTie(tie, written) {
        let verdict = 'accepted';
        for (const one of this.#held(tie)) {
            const ofRow = this.#options.after(written.replace(one), this.#written(tie, one, written));
            // What a rule makes up fits by chance at most.
            if (ofRow === 'refused' || (ofRow === 'unknown' && this.#isMadeUp(tie)))
                return 'refused';
            verdict = worst([verdict, ofRow]);
        }
        return verdict;
    }
    /** The addresses that the CHECK of the dump accepts beside their parts. */
    #held(tie) {
        const known = this.#heldBy.get(tie);
        if (known)
            return known;
        const { addresses, before } = this.#options;
        const held = addresses.filter((one) => before(one, valuesOf(tie, one)) === 'accepted').slice(0, maxHeld);
        this.#heldBy.set(tie, held);
        return held;
    }
    #isMadeUp(tie) {
        return this.#options.others.some(({ column, ruled }) => ruled === unknown && tie.has(column.name));
    }
    /** What the other columns hold in the result, in the row of an address. */
    #written(tie, address, { replace }) {
        return new Map(this.#options.others.map(({ column, ruled }) => {
            const value = tie.get(column.name)?.(address) ?? null;
            if (ruled !== undefined)
                return [column.name, value === null ? null : ruled];
            const isReplaced = typeof value === 'string' && email.test(value) && holdsAddresses(column);
            return [column.name, isReplaced ? replace(value) : value];
        }));
    }
    /** Rules for the other columns with which addresses of the usual form fit: NULL in one of them, or a constant in all. */
    othersHelp(usual) {
        const nothing = new Set();
        let constants;
        for (const tie of this.#ties) {
            for (const { column } of this.#options.others)
                if (!column.notNull && this.#fits(usual, new Map([...this.#written(tie, '', usual), [column.name, null]])))
                    nothing.add(`"null" for ${column.name}`);
            const constant = this.#constants(tie, usual);
            if (constants !== undefined || constant === undefined || !this.#fits(usual, constant))
                continue;
            const texts = [...constant].map(([name, value]) => `{ fixed: ${JSON.stringify(String(value))} } for ${name}`);
            constants = texts.join(' with ');
        }
        return [...nothing, ...(constants === undefined ? [] : [constants])];
    }
    /** What the other columns hold beside every address that is written, where it is the same for all. */
    #constants(tie, { addresses }) {
        const [first, ...others] = addresses.map((one) => valuesOf(tie, one));
        if (first === undefined || this.#options.others.some(({ isUnique }) => isUnique))
            return undefined;
        const isSame = [...first].every(([name, value]) => value !== null && others.every((one) => one.get(name) === value));
        return isSame ? first : undefined;
    }
    #fits({ addresses }, others) {
        return addresses.every((one) => best([this.#options.after(one, others)]) === 'accepted');
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/check-condition.js
/** One CHECK as a condition for the addresses in a group of linked columns. */












/** Addresses that are tried beside each other. */
const maxPaired = 20;
/** Addresses made of the names of two people, which other columns may hold. */
const namesAt = (domain) => ['ann.smith', 'joe.lee', 'asmith', 'jlee', 'ann_smith', 'joe_lee'].map((name) => `${name}@${domain}`);
class CheckCondition {
    places;
    what;
    allowed;
    onlyWarns;
    domains;
    beginnings;
    lengths;
    #check;
    #options;
    #samples;
    #rewritten;
    #nothing;
    #order;
    #pairs;
    #combinations;
    #ties;
    #beside;
    /** Whether the CHECK of the dump accepts an address beside other columns, and that of the result. */
    #judges = {
        before: (address, row) => this.#evaluate(this.#row([address, address]), this.#check.expression, row),
        after: (address, row) => this.#evaluate(this.#row([address, address]), this.#rewritten, row),
    };
    constructor(check, places, options, order) {
        const { table } = check;
        this.#check = isAboutJson(check.expression, table)
            ? { ...check, expression: withoutJson(check.expression, table) }
            : check;
        this.#options = options;
        this.#samples = samplesFor(check.expression);
        this.#rewritten = mapStrings(this.#check.expression, options.rewritten);
        const inResult = samplesFor(this.#rewritten);
        this.#order = order;
        this.places = places;
        this.#pairs = this.#orderedPairs();
        this.what = check.what;
        this.domains = inResult.domains;
        const own = this.#pairs.length > 0 ? this.#beginning(places[0]?.column ?? '') : undefined;
        this.beginnings = own === undefined ? inResult.beginnings : [own];
        this.lengths = inResult.lengths;
        this.onlyWarns = check.isLax || !isAboutAddresses(check, places);
        const nullable = places.every(({ column }) => !check.table.columns.find(({ name }) => name === column)?.notNull);
        this.#nothing = nullable ? ', "null"' : '';
        this.allowed = `keep${this.#nothing}, fixed with a text that the CHECK accepts, or another CHECK`;
    }
    judge(written) {
        if (this.#pairs.length > 0)
            return this.#judgeOrder(written);
        const beside = this.#besideOthers(written);
        const tied = this.#tied(written, beside);
        if (tied === 'refused')
            return 'refused';
        this.#combinations ??= this.#feasible();
        if (this.#combinations.length === 0)
            return !this.#tie().isEmpty || this.onlyWarns || this.#isForOthers() ? tied : 'unknown';
        let verdict = worst([tied, beside ?? 'accepted']);
        for (const combination of this.#combinations) {
            const ofRow = this.#judgeRow(written, combination);
            if (ofRow === 'refused')
                return ofRow;
            verdict = worst([verdict, ofRow]);
        }
        return verdict;
    }
    /** What holds a part of an address may as well hold another address, as columns called after mail do. */
    #tied(written, beside) {
        const tied = this.#tie().judge(written);
        const mayBeAddress = beside === 'accepted' && this.#others().some(({ column }) => /mail/i.test(column.name));
        return tied === 'refused' && mayBeAddress ? 'unknown' : tied;
    }
    #besideOthers({ replace }) {
        this.#beside ??= new BesideAddresses({
            // What is only told needs no such search.
            others: this.onlyWarns ? [] : this.#others(),
            addresses: this.#samples.addresses,
            ...this.#judges,
        });
        return this.#beside.judge(replace);
    }
    help(usual) {
        if (this.#pairs.length > 0 || this.#tie().isEmpty)
            return this.allowed;
        return [`keep${this.#nothing}`, ...this.#tie().othersHelp(usual), 'or another CHECK'].join(', ');
    }
    #tie() {
        this.#ties ??= new TieCondition({
            expression: this.#check.expression,
            own: this.places.map(({ column }) => column),
            // What is only told needs no such search.
            others: this.onlyWarns ? [] : this.#others(),
            addresses: [...this.#samples.domains.flatMap(namesAt), ...this.#samples.addresses],
            constants: (column) => constantsBeside(this.#check.expression, column),
            ...this.#judges,
        });
        return this.#ties;
    }
    /** The pairs of columns whose order the CHECK asks for, one of them in the group: their addresses begin as their order says. */
    #orderedPairs() {
        const { table, expression } = this.#check;
        return orderedIn(expression, table.columns.filter(holdsAddresses).map(({ name }) => name)).filter(({ lower, upper }) => [lower, upper].some((name) => this.places.some(({ column }) => column === name)) &&
            [lower, upper].every((column) => this.#options.ruled({ table: table.name, column }) === undefined));
    }
    #beginning(column) {
        return this.#order.beginning(this.#check.table.name, column);
    }
    /** With addresses of the other columns that begin as their order says. */
    #judgeOrder({ addresses }) {
        const [own] = this.places.map(({ column }) => this.#beginning(column));
        if (own === undefined || !addresses.every((one) => one.startsWith(own)))
            return 'refused';
        const others = this.#pairs
            .flatMap(({ lower, upper }) => [lower, upper])
            .map((column) => [column, `${this.#beginning(column) ?? ''}abcdefgh@example.com`]);
        return worst(addresses.map((one) => this.#evaluate(this.#row([one, one]), this.#rewritten, new Map(others))));
    }
    /** Whether the CHECK, which accepts no address that was tried, accepts what is none: it keeps addresses out. */
    #isForOthers() {
        const others = this.#samples.addresses.map((one) => one.replace('@', ''));
        return this.#rows().some(({ before }) => this.#accepted(others, before) === 'accepted');
    }
    #rows() {
        // What a tie says of the values is known.
        return otherRows(this.#check.expression, this.#others(), this.#tie().isEmpty);
    }
    /** Values of the other columns with which the CHECK accepts an address at all. */
    #feasible() {
        return this.#rows().flatMap(({ before, after }) => {
            const names = this.#samples.named.filter((name) => this.#accepted([name], before) !== 'refused');
            const unnamed = this.#samples.addresses.filter((one) => !this.#samples.named.includes(one));
            const onlyNames = this.#accepted(unnamed, before) === 'refused';
            return onlyNames && names.length === 0 ? [] : [{ others: after, names, onlyNames }];
        });
    }
    /** Whether the original CHECK accepts one of these addresses in the columns of the group. */
    #accepted(addresses, others) {
        const pairs = addresses.flatMap((one) => this.places.length === 1 ? [[one, one]] : addresses.slice(0, maxPaired).map((other) => [one, other]));
        return best(pairs.map((pair) => this.#relations(pair, this.#check.expression, others)));
    }
    #judgeRow({ addresses, replace }, { others, names, onlyNames }) {
        const ofNames = worst(names.map((name) => this.#relations([replace(name), replace(name)], this.#rewritten, others)));
        if (onlyNames || ofNames === 'refused')
            return ofNames;
        const verdicts = addresses.map((one, index) => this.#relations([one, addresses[(index + 1) % addresses.length]], this.#rewritten, others));
        return worst([ofNames, ...verdicts]);
    }
    /**
     * Whether the CHECK accepts a row in which the columns hold the same address, or two different ones in either order: one of the two
     * is enough, since equal addresses stay equal and different ones different.
     */
    #relations([one, other], expression, others) {
        const equal = this.#evaluate(this.#row([one, one]), expression, others);
        if (this.places.length === 1 || equal === 'accepted')
            return equal;
        const different = worst([
            this.#evaluate(this.#row([one, other]), expression, others),
            this.#evaluate(this.#row([other, one]), expression, others),
        ]);
        return best([equal, different]);
    }
    #row([one, other]) {
        return new Map(this.places.map(({ column }, index) => {
            const value = index === 0 ? one : other;
            return [column, this.#column(column)?.type.array && !this.#check.ofParts ? [value] : value];
        }));
    }
    #evaluate(row, expression, others) {
        const result = truthOf(evaluate(expression, {
            valueOf: (column) => {
                const value = row.get(column) ?? others.get(column);
                return value === undefined ? unknown : value;
            },
            ignoresCase: (column) => this.#column(column)?.type.caseless ?? false,
            dialect: this.#options.catalogue.dialect.name,
        }));
        if (result === unknown)
            return 'unknown';
        return result === false ? 'refused' : 'accepted';
    }
    #column(name) {
        return this.#check.table.columns.find((one) => one.name === name);
    }
    #others() {
        const { table, columns } = this.#check;
        const names = columns.filter((name) => !this.places.some(({ column }) => column === name));
        return names.flatMap((name) => {
            const column = this.#column(name);
            if (column === undefined)
                return [];
            const isUnique = this.#options.catalogue.uniquesWith(table.name, name).length > 0;
            return { column, isUnique, ruled: this.#options.ruled({ table: table.name, column: name }) };
        });
    }
}
function isAboutAddresses({ expression }, places) {
    return stringsIn(expression).some((text) => text.includes('@')) || places.some(({ column }) => /mail/i.test(column));
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/inline.js
/** Puts the bodies of a dump's own functions in place of their calls. */

/** Calls of functions inside each other that are followed. */
const inline_maxDepth = 8;
function inlined(expression, find, depth = 0) {
    if (expression.kind === 'cast')
        return { ...expression, of: inlined(expression.of, find, depth) };
    if (expression.kind !== 'call')
        return expression;
    const args = expression.args.map((one) => inlined(one, find, depth));
    const known = depth < inline_maxDepth ? find(expression.name, args.length) : undefined;
    if (known?.body === undefined || known.parameters === undefined)
        return { ...expression, args };
    const values = new Map();
    known.parameters.forEach((name, index) => {
        values.set(`$${index + 1}`, args[index]);
        if (name !== '')
            values.set(name, args[index]);
    });
    const body = inlined(substituted(outsideChecks(known.body), values), find, depth + 1);
    if (!known.isStrict)
        return body;
    const isNull = args.map((one) => call('is null', one)).reduce((one, other) => call('or', one, other));
    return call('case', isNull, { kind: 'literal', value: null }, body);
}
/** With other expressions in place of its columns. */
function substituted(expression, values) {
    switch (expression.kind) {
        case 'column':
            return values.get(expression.name) ?? expression;
        case 'cast':
            return { ...expression, of: substituted(expression.of, values) };
        case 'call':
            return { ...expression, args: expression.args.map((one) => substituted(one, values)) };
        case 'unknown':
            return {
                ...expression,
                columns: expression.columns.flatMap((name) => {
                    const value = values.get(name);
                    return value?.kind === 'column' ? [value.name] : [];
                }),
            };
        default:
            return expression;
    }
}
/** Addresses in it become the usual one, and not each one of its own as inside CHECK. */
function outsideChecks(expression) {
    if (expression.kind === 'literal')
        return { ...expression, outside: true };
    if (expression.kind === 'cast')
        return { ...expression, of: outsideChecks(expression.of) };
    if (expression.kind === 'call')
        return { ...expression, args: expression.args.map(outsideChecks) };
    return expression;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/bound-columns.js
/**
 * Columns of one table that a CHECK compares with each other, or of which it compares parts with each other (`mails[1] <> mails[2]`):
 * equal values must become equal in them, and different ones different.
 */


const bound_columns_comparing = new Set([
    '=',
    '<>',
    'any =',
    'all <>',
    'any <>',
    'all =',
    'is distinct',
    'nullif',
    '@>',
    '<@',
    '&&',
    'array_position',
]);
const bound_columns_matching = new Set(['like', 'ilike', '~', '~*', '!~', '!~*']);
/** Calls whose value is that of one of their arguments, but for its case and for blanks around it. */
const passing = new Set([
    'lower',
    'upper',
    'initcap',
    'btrim',
    'trim',
    'ltrim',
    'rtrim',
    'coalesce',
    'nullif',
    'array',
    'row',
    'collate',
    'binary',
    'ifnull',
    'lcase',
    'ucase',
    'array_remove',
    'array_append',
    'subscript',
]);
/** Calls whose value is a part of their first argument. */
const takingPart = new Set([
    'subscript',
    '->>',
    '->',
    '#>>',
    '#>',
    'jsonb_extract_path_text',
    'json_extract_path_text',
]);
const folding = new Set(['lower', 'upper', 'initcap', 'lcase', 'ucase', 'ilike', '~*', '!~*']);
const ofText = new Set(['text', 'other']);
const ofParts = new Set([...ofText, 'json']);
function bindingsOf(table, read) {
    const held = new Map(table.columns.filter(({ type }) => ofText.has(type.base)).map((column) => [column.name, column]));
    return table.checks
        .filter(({ columns }) => columns.length > 0)
        .flatMap(({ expression }) => {
        const bindings = [];
        walk(withGenerated(read(expression), table, read), (part) => {
            if (part.kind !== 'call' || !(bound_columns_comparing.has(part.name) || bound_columns_matching.has(part.name)))
                return;
            for (const whole of comparedParts(part)) {
                const column = table.columns.find(({ name, type }) => name === whole && ofParts.has(type.base));
                if (column !== undefined)
                    bindings.push({ columns: [whole], ignoresCase: folds(part) || column.type.caseless });
            }
            const sides = part.args.map((one) => [...passed(one)].filter((name) => held.has(name)));
            const columns = [...new Set(sides.flat())];
            if (columns.length < 2 || sides.filter((side) => side.length > 0).length < 2)
                return;
            bindings.push({
                columns,
                ignoresCase: folds(part) || columns.some((name) => held.get(name)?.type.caseless === true),
            });
        });
        return bindings;
    });
}
/** The columns of which both sides of a comparison are parts. */
function comparedParts({ args }) {
    const [left, right] = args.map((one) => wholesOf(one));
    return left === undefined || right === undefined ? [] : [...left].filter((name) => right.has(name));
}
/** The columns of which a value is a part, as it is or with another case. */
function wholesOf(expression) {
    if (expression.kind === 'call' && takingPart.has(expression.name)) {
        const of = expression.args[0];
        return of.kind === 'call' && takingPart.has(of.name) ? wholesOf(of) : passed(of);
    }
    if (expression.kind === 'call' && !passing.has(expression.name))
        return new Set();
    return new Set(tree_partsOf(expression).flatMap((part) => [...wholesOf(part)]));
}
/** The columns whose values a part may have, as they are or with another case. */
function passed(expression) {
    if (expression.kind === 'column')
        return new Set([expression.name]);
    if (expression.kind === 'call' && !passing.has(expression.name))
        return new Set();
    return new Set(tree_partsOf(expression).flatMap((part) => [...passed(part)]));
}
function folds(expression) {
    let found = false;
    walk(expression, (part) => {
        if (part.kind === 'call' && folding.has(part.name))
            found = true;
    });
    return found;
}
/** The expression with generated columns replaced by what generates them. */
function withGenerated(expression, table, read) {
    switch (expression.kind) {
        case 'column': {
            const sql = table.columns.find(({ name }) => name === expression.name)?.generatedAs;
            // Generated columns are not made of others.
            return sql === undefined ? expression : outsideChecks(read(sql));
        }
        case 'cast':
            return { ...expression, of: withGenerated(expression.of, table, read) };
        case 'call':
            return { ...expression, args: expression.args.map((one) => withGenerated(one, table, read)) };
        default:
            return expression;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/check-expressions.js
/** The CHECKs of a dump as expressions: those of its tables, and those of its domains for each column that has such a type. */


/** Characters of an expression that a message shows. */
const maxShown = 300;
function shown(expression) {
    const line = expression.replaceAll(/\s+/g, ' ');
    return line.length > maxShown ? `${line.slice(0, maxShown)} …` : line;
}
/** All CHECKs of a table. */
function checksOfTable(table, catalogue) {
    const read = (sql) => catalogue.expression(sql);
    const inRows = new Set(table.columns.filter((column) => !column.generated).map(({ name }) => name));
    const own = table.checks.map(({ name, expression: sql, isLax = false }) => {
        const expression = withGenerated(read(sql), table, read);
        const columns = [...columnsIn(expression)].filter((column) => inRows.has(column));
        return { table, columns, expression, isLax, what: `CHECK ${name === '' ? '' : `${name} `}(${shown(sql)})` };
    });
    const ofDomains = table.columns
        .filter((column) => inRows.has(column.name))
        .flatMap(({ name, type }) => type.checks.map((sql) => {
        const expression = named(read(sql), name);
        return {
            table,
            columns: [name],
            expression,
            isLax: false,
            what: `CHECK of the type ${type.written} (${shown(sql)})`,
            ofParts: isOfElements(type),
        };
    }));
    return [...own, ...ofDomains];
}
/** The CHECKs of the domains of which values of a table's columns are made: each part with text satisfies them on its own. */
function checksOfParts(table, catalogue) {
    return table.columns
        .filter(({ generated }) => !generated)
        .flatMap(({ name, type }) => check_expressions_partsOf(type, new Set())
        .filter(({ base, checks }) => base === 'text' && checks.length > 0)
        .flatMap(({ written, checks }) => checks.flatMap((sql) => {
        if (isOfElements(type) && type.checks.includes(sql))
            return [];
        const what = `CHECK of the type ${written} in ${type.written} (${shown(sql)})`;
        const expression = named(catalogue.expression(sql), name);
        return [{ table, columns: [name], expression, isLax: false, what, ofParts: true }];
    })));
}
/** Whether the CHECKs of an array are those of its elements; a domain over an array has its own. */
function isOfElements({ written }) {
    return /\]\s*$/.test(written);
}
/** @param known types that were followed: a type may be made of itself */
function check_expressions_partsOf({ inside }, known) {
    if (inside === undefined)
        return [];
    const parts = inside.kind === 'composite' ? inside.fields() : [inside.of()];
    return parts.flatMap((part) => {
        if (known.has(part.written))
            return [];
        known.add(part.written);
        return part.inside === undefined ? [part] : check_expressions_partsOf(part, known);
    });
}
/** The CHECK of a domain for a column: VALUE is its value. */
function named(expression, column) {
    switch (expression.kind) {
        case 'column':
            return expression.name === 'value' ? { ...expression, name: column } : expression;
        case 'cast':
            return { ...expression, of: named(expression.of, column) };
        case 'call':
            return { ...expression, args: expression.args.map((one) => named(one, column)) };
        default:
            return expression;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/check-conditions.js





function checkConditions(options) {
    const { catalogue, tables } = options;
    const known = new Set();
    const order = new OrderedColumns(catalogue);
    for (const table of tables)
        for (const { expression, isLax } of checksOfTable(table, catalogue))
            if (!isLax)
                for (const pair of orderedIn(expression, table.columns.filter(holdsAddresses).map(({ name }) => name)))
                    order.add(table, pair);
    return tables.flatMap((table) => [...checksOfTable(table, catalogue), ...checksOfParts(table, catalogue)].flatMap((check) => check_conditions_groupsOf(check, catalogue).flatMap((places) => {
        // A partition has the CHECKs of its parent.
        const [first] = catalogue.linkedColumns(table.name, places[0].column);
        const key = `${first?.table}.${first?.column} ${places.map(({ column }) => column).join(' ')} ${check.what}`;
        if (known.has(key))
            return [];
        known.add(key);
        return new CheckCondition(check, places, options, order);
    })));
}
/** The columns of a CHECK that may hold addresses, by the group of linked columns. */
function check_conditions_groupsOf({ table, columns, expression, ofParts = false }, catalogue) {
    const groups = new Map();
    const seen = isAboutJson(expression, table) ? isJson : holdsAddresses;
    for (const column of table.columns) {
        if (!columns.includes(column.name) || !(ofParts || seen(column)))
            continue;
        const linked = catalogue.linkedColumns(table.name, column.name);
        const key = [...groups.keys()].find((one) => one === linked) ?? linked;
        groups.set(key, [...(groups.get(key) ?? []), { table: table.name, column: column.name }]);
    }
    return [...groups.values()];
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/partition-conditions.js





const partition_conditions_domain = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const partition_conditions_beginning = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,30}$/;
/** Values of bounds that are tried. */
const partition_conditions_most = 40;
/** @param rewritten what becomes of a string in a definition */
function partitionConditions(catalogue, tables, rewritten) {
    const ordered = orderedBounds(catalogue, (text) => rewritten(text) !== text);
    return tables
        .filter((table) => !table.isPartition && table.partitionKey !== undefined)
        .flatMap((table) => {
        const tree = partitionTree(table.name, catalogue);
        if (tree === undefined || tree.children.length === 0)
            return [];
        return table.columns
            .filter((column) => holdsAddresses(column) && isKeyOf(tree, column.name))
            .map(({ name }) => new PartitionCondition({ table: table.name, column: name }, tree, rewritten, ordered));
    });
}
class PartitionCondition {
    places;
    what;
    allowed = 'keep, fixed with a text that a partition takes, or a DEFAULT partition';
    domains;
    beginnings;
    onlyWarns;
    #held;
    #column;
    #tree;
    /** With the bounds as they are written. */
    #written;
    #samples;
    #named;
    constructor(place, tree, rewritten, ordered) {
        this.places = [place];
        this.#column = place.column;
        this.#tree = tree;
        this.#written = mappedTree(tree, rewritten, (text) => ordered.get(text) ?? rewritten(text));
        this.what = `the partitioning of ${place.table}`;
        const texts = textsInTree(tree).slice(0, partition_conditions_most);
        this.domains = texts.filter((text) => partition_conditions_domain.test(text));
        // A little above a bound, and at the beginning of what has no lower bound.
        this.beginnings = [...new Set([...texts.filter((text) => partition_conditions_beginning.test(text)).map(partition_conditions_lower), 'a', '0'])];
        this.#named = texts.filter((text) => text.includes('@'));
        this.#samples = [
            ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${letter}nn@mail.example`),
            ...this.domains.map((one) => `ann@${one}`),
            ...this.beginnings.map((one) => `${one}nn@mail.example`),
            ...this.#named,
            ...this.#named.map((one) => one.toUpperCase()),
        ];
        this.onlyWarns = !/mail|address|login|user/i.test(place.column) && this.#named.length === 0;
    }
    judge(written) {
        if (lacksRemainders(this.#tree, this.#column))
            return 'refused';
        this.#held ??= this.#heldBefore();
        let verdict = 'accepted';
        for (const held of this.#held) {
            const ofPartition = this.#judgePartition(held, written);
            if (ofPartition === 'refused')
                return ofPartition;
            verdict = worst([verdict, ofPartition]);
        }
        return verdict;
    }
    /** What each partition held. */
    #heldBefore() {
        const after = leavesOf(this.#written);
        const named = new Set([...this.#named, ...this.#named.map((one) => one.toUpperCase())]);
        return leavesOf(this.#tree).map((path, index) => {
            const others = othersIn(path, this.#column);
            const held = this.#samples.filter((value) => this.#takes(this.#tree, path, value, others) !== 'refused');
            return {
                others,
                after: after[index] ?? path,
                named: held.filter((value) => named.has(value)),
                hasOthers: held.some((value) => !named.has(value)),
            };
        });
    }
    /** Whether the addresses that a partition held find a place. */
    #judgePartition({ others, after, named, hasOthers }, written) {
        let verdict = 'accepted';
        for (const value of [...named.map(written.replace), ...(hasOthers ? extremes(written.form) : [])]) {
            const taken = this.#takes(this.#written, after, value, others);
            if (taken === 'refused')
                return taken;
            if (taken === 'unknown')
                verdict = 'unknown';
        }
        return verdict;
    }
    #takes(tree, path, value, others) {
        return takes(tree, { column: this.#column, value, others, path });
    }
}
/** The first and the last address of a form, wherever digits come in the order. */
function extremes({ before, letters, alphabet, after }) {
    const { characters } = alphabets[alphabet];
    const ordered = [...characters].toSorted();
    const digits = ordered.filter((one) => /\d/.test(one));
    const others = ordered.filter((one) => /\D/.test(one));
    const ends = new Set([digits.at(0), digits.at(-1), others.at(0), others.at(-1)].filter((one) => one !== undefined));
    return [...ends].map((one) => `${before}${one.repeat(letters)}${after}`);
}
const partition_conditions_lower = (text) => text.toLowerCase();

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/predicate-conditions.js
/** Unique indexes over some rows (`UNIQUE (tenant) WHERE email LIKE '%@corp.example'`): no address may bring other rows into one. */








/** @param rewritten what becomes of a string in a definition */
function predicateConditions(catalogue, tables, rewritten) {
    return tables.flatMap((table) => table.uniques.flatMap((unique) => {
        if (unique.where === undefined)
            return [];
        const read = (sql) => catalogue.expression(sql);
        const expression = outsideChecks(withGenerated(read(unique.where), table, read));
        const names = columnsIn(expression);
        return (table.columns
            .filter((column) => names.has(column.name) && holdsAddresses(column))
            // What must be unique is distinct, in whatever rows.
            .filter(({ name }) => !unique.columns.includes(name))
            .map((column) => new PredicateCondition({ table, column, unique, expression, catalogue, rewritten })));
    }));
}
class PredicateCondition {
    places;
    what;
    allowed = 'keep, "null" where the index does not hold NULL, or an index over all rows';
    domains;
    beginnings;
    #case;
    #written;
    /** Addresses whose rows the index does not hold. */
    #left;
    constructor(own) {
        const { table, column, unique, expression, rewritten } = own;
        this.#case = own;
        this.places = [{ table: table.name, column: column.name }];
        this.what = `the unique index ${unique.name} (${(unique.parts ?? unique.columns).join(', ')}) over rows with ${unique.where}`;
        const samples = samplesFor(expression);
        this.domains = samples.domains;
        this.beginnings = samples.beginnings;
        this.#written = mapStrings(expression, rewritten);
        this.#left = samples.addresses.filter((address) => this.#holds(expression, address) === false);
    }
    judge({ replace }) {
        const held = this.#left.map((address) => this.#holds(this.#written, replace(address)));
        if (held.includes(true))
            return 'refused';
        return held.includes(undefined) ? 'unknown' : 'accepted';
    }
    /** Whether the index may hold a row with this address; undefined where nobody can tell. */
    #holds(expression, address) {
        const { column, catalogue } = this.#case;
        const truth = truthOf(evaluate(expression, {
            valueOf: (name) => (name === column.name ? address : unknown),
            ignoresCase: (name) => name === column.name && column.type.caseless,
            dialect: catalogue.dialect.name,
        }));
        return truth === unknown ? undefined : truth === true;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/reference-conditions.js
/** Foreign keys of columns that are generated from an address: what is generated must be there in the table that they refer to. */






const reference_conditions_email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
function referenceConditions(catalogue, tables) {
    return tables.flatMap((table) => table.foreignKeys.flatMap((key) => {
        const referenced = catalogue.table(key.references);
        const names = key.referenced.length > 0 ? key.referenced : (primaryOf(referenced) ?? []);
        return [
            ...key.columns.flatMap((name) => conditionsFor(table, name, key, catalogue)),
            ...(referenced === undefined ? [] : names.flatMap((name) => conditionsFor(referenced, name, key, catalogue))),
        ];
    }));
}
function primaryOf(table) {
    return table?.uniques.find(({ kind }) => kind === 'primary')?.columns;
}
function conditionsFor(table, name, key, catalogue) {
    const generated = table.columns.find((one) => one.name === name);
    if (generated?.generatedAs === undefined)
        return [];
    const expression = withGenerated({ kind: 'column', name }, table, (sql) => catalogue.expression(sql));
    const names = columnsIn(expression);
    return table.columns
        .filter((column) => names.has(column.name) && holdsAddresses(column))
        .map((column) => conditionOf(table, column, generated, expression, key));
}
function conditionOf(table, column, generated, expression, { name }) {
    const { addresses } = samplesFor(expression);
    const computed = (address) => evaluate(expression, { valueOf: (one) => (one === column.name ? address : unknown) });
    return {
        places: [{ table: table.name, column: column.name }],
        what: `the foreign key ${name} of the generated column ${generated.name} (${generated.generatedAs})`,
        domains: [],
        allowed: `keep${column.notNull ? '' : ', "null"'}, or no such foreign key`,
        judge: ({ replace }) => {
            for (const address of addresses) {
                const before = computed(address);
                const after = computed(replace(address));
                if (before === unknown || after === unknown)
                    return 'unknown';
                // The other side of the key holds what was generated; where that is an address, it is replaced as well.
                const other = typeof before === 'string' && reference_conditions_email.test(before) ? replace(before) : before;
                if (other !== after)
                    return 'refused';
            }
            return 'accepted';
        },
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/unique-conditions.js
/** Unique indexes over expressions as conditions: what makes addresses distinct must be in what the index sees of them. */








/** With this many bits, addresses of different input count as distinct (transforms/unique-email.ts). */
const unique_conditions_enoughBits = 60;
/** Functions whose results differ when what they are given differs. */
const keepsDistinct = /^(md5|sha\d+|digest|encode|convert_to|hashtext(extended)?|btrim|quote_literal|unaccent)$/;
function uniqueConditions(catalogue, tables) {
    return tables.flatMap((table) => table.uniques.flatMap((unique) => {
        const parts = (unique.parts ?? unique.columns).map((part) => expressionOf(part, table, catalogue));
        return table.columns
            .filter((column) => unique.columns.includes(column.name))
            .filter((column) => holdsAddresses(column) || column.type.base === 'json')
            .flatMap(({ name }) => {
            const own = parts.filter((part) => columnsIn(part).has(name));
            // The index sees the whole address.
            if (own.length === 0 || own.some((part) => part.kind === 'column'))
                return [];
            return new UniqueCondition({ table: table.name, column: name }, unique, own, catalogue);
        });
    }));
}
/** A part of an index without what follows its expression: `WITH =`, DESC, a class of operators. */
function expressionOf(part, table, catalogue) {
    let sql = part.replace(/\s+with\s+\S+\s*$/i, '').replace(/\s+(asc|desc)?(\s+nulls\s+(first|last))?\s*$/i, '');
    let expression = catalogue.expression(sql);
    if (expression.kind === 'unknown') {
        sql = sql.replace(/\s+[\w."]+\s*$/, '');
        expression = catalogue.expression(sql);
    }
    return simplified(withGenerated(expression, table, (one) => catalogue.expression(one)));
}
/** Without the calls that do not matter for what is distinct. */
function simplified(expression) {
    if (expression.kind === 'cast')
        return { ...expression, of: simplified(expression.of) };
    if (expression.kind !== 'call')
        return expression;
    const args = expression.args.map(simplified);
    const [first] = args;
    if (expression.name === 'collate' && first)
        return first;
    if ((fromJson.test(expression.name) || keepsDistinct.test(expression.name)) && first && columnsIn(first).size > 0)
        return first;
    return { ...expression, args };
}
class UniqueCondition {
    places;
    what;
    domains = [];
    allowed = 'keep, "null" where it may be NULL, fixed in a table of one row, or an index over the whole address';
    onlyWarns;
    #column;
    #parts;
    #catalogue;
    constructor(place, unique, parts, catalogue) {
        this.places = [place];
        this.#column = place.column;
        this.#parts = parts;
        this.#catalogue = catalogue;
        const kind = unique.kind === 'index' ? 'the unique index' : 'the constraint';
        this.what = `${kind} ${unique.name || `of ${place.table}`} (${(unique.parts ?? unique.columns).join(', ')})`;
        this.onlyWarns =
            !/mail|address|login|user/i.test(place.column) &&
                !parts.some((part) => stringsIn(part).some((text) => text.includes('@')));
    }
    judge(written) {
        const { form } = written;
        if (this.#seesNothing(written))
            return 'accepted';
        const { characters, bits } = alphabets[form.alphabet];
        const plain = Array.from({ length: form.letters }, () => characters[0]);
        const usual = this.#seen(form, plain);
        if (usual === undefined)
            return 'unknown';
        let visible = 0;
        for (let index = 0; index < form.letters; index += 1) {
            const other = this.#seen(form, plain.with(index, characters[1]));
            if (other === undefined)
                return 'unknown';
            if (other !== usual)
                visible += 1;
        }
        // Where all letters are seen, a run stops as soon as two addresses would be equal.
        return form.letters > 0 && (visible === form.letters || visible * bits >= unique_conditions_enoughBits) ? 'accepted' : 'refused';
    }
    /** Whether the index sees the same of every address, as of `email IS NULL`, and of those that are written. */
    #seesNothing({ addresses }) {
        const originals = this.#parts.flatMap((part) => samplesFor(part).addresses);
        const [first, ...others] = [...addresses, ...originals].map((one) => this.#seen({ before: one, letters: 0, alphabet: 'base32', after: '' }, []));
        return first !== undefined && others.every((one) => one === first);
    }
    /** What the index sees of an address; undefined where nobody can tell. */
    #seen({ before, after }, letters) {
        const address = `${before}${letters.join('')}${after}`;
        const values = this.#parts.map((part) => evaluate(part, {
            // Other columns are the same in both rows.
            valueOf: (name) => (name === this.#column ? address : 'x'),
            dialect: this.#catalogue.dialect.name,
        }));
        return values.includes(unknown) ? undefined : JSON.stringify(values);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/conditions.js
/** All that a dump asks of the addresses that are written into it. */





function conditionsOf(options) {
    const { catalogue, tables, rewritten } = options;
    return [
        ...checkConditions(options),
        ...uniqueConditions(catalogue, tables),
        ...referenceConditions(catalogue, tables),
        ...predicateConditions(catalogue, tables, rewritten),
        ...partitionConditions(catalogue, tables, rewritten),
    ];
}

;// CONCATENATED MODULE: ./build/anonymize/schema/compared-emails.js
/** A string that is one address, and no pattern; before it the character set, as MySQL has it. */
const compared_emails_email = String.raw `(?:_\w+\s*)?'[^'@%*\\[\](){}|\s]+@[^'@%*\\[\](){}|\s]+\.[^'@%*\\[\](){}|\s]+'`;
const anyEmail = new RegExp(compared_emails_email);
/** `email = 'a@…'`, `email IN ('a@…'`, and as pg_dump writes the latter: `email = ANY (ARRAY['a@…'`. Not `<>` or `>=`. */
const equalsEmail = new RegExp(String.raw `(?:(?<![<>!~])=\s*(?:any\s*\(+\s*array\s*\[\s*)?|\bin\s*)\(*\s*${compared_emails_email}`, 'i');
/** @param table canonical name of the column's table */
function isComparedWithEmails(catalogue, table, column) {
    if (isEnumerated(column.type))
        return true;
    if (checksOf(catalogue, table, column).some((expression) => equalsEmail.test(expression)))
        return true;
    // An address decides to which partition a row belongs.
    return (catalogue.isListKey(table, column.name) &&
        catalogue.partitionBounds(catalogue.root(table)).some((bounds) => anyEmail.test(bounds)));
}
/** Types that are made of each other are not followed further. */
const deepest = 8;
/** Whether values are labels that hold an address, or hold such labels: in arrays, composite values and ranges. */
function isEnumerated({ enumeration, inside }, depth = 0) {
    if (enumeration?.some((label) => label.includes('@')))
        return true;
    if (inside === undefined || depth === deepest)
        return false;
    const parts = inside.kind === 'composite' ? inside.fields() : [inside.of()];
    return parts.some((part) => isEnumerated(part, depth + 1));
}
/** The expressions of all CHECK constraints on a column, those of its domains included. */
function checksOf(catalogue, table, column) {
    const checks = catalogue.table(table)?.checks.filter((check) => check.columns.includes(column.name)) ?? [];
    return [...column.type.checks, ...checks.map((check) => check.expression)];
}

;// CONCATENATED MODULE: ./build/anonymize/schema/collations.js
/**
 * Collations under which different texts are equal: the nondeterministic ones of PostgreSQL (manual, "Nondeterministic Collations"),
 * and those of MySQL. `folder` turns texts that are equal into the same one.
 */
const collations_levels = {
    level1: 1,
    primary: 1,
    level2: 2,
    secondary: 2,
};
/** @param written `und-u-ks-level2`, or in ICU's older form `@colStrength=secondary` */
function icuCollation(written) {
    const [base = '', keywords = ''] = written.toLowerCase().split(/-u-|@/, 2);
    const old = new Map(keywords.split(';').map((one) => one.split('=')));
    // `ks-level2-kc-true`: a key of two letters, then its value.
    const keys = new Map([...keywords.matchAll(/(?:^|-)(k[a-z])(?:-([a-z\d]{3,}))?/g)].map((match) => [match[1], match[2]]));
    const value = (key, name) => keys.has(key) ? (keys.get(key) ?? 'true') : old.get(name);
    const isOn = (key, name) => /^(true|yes)$/.test(value(key, name) ?? '');
    return {
        locale: /^[a-z]{2,3}\b(?<!und|root)/.test(base) ? base.replaceAll('_', '-') : 'root',
        strength: collations_levels[value('ks', 'colstrength') ?? ''] ?? 3,
        caseLevel: isOn('kc', 'colcaselevel'),
        shifted: value('ka', 'colalternate') === 'shifted',
        numeric: isOn('kn', 'colnumeric'),
        simple: false,
    };
}
const languages = {
    croatian: 'hr',
    czech: 'cs',
    danish: 'da',
    estonian: 'et',
    german2: 'de-u-co-phonebk',
    de_pb: 'de-u-co-phonebk',
    hungarian: 'hu',
    icelandic: 'is',
    latvian: 'lv',
    lithuanian: 'lt',
    polish: 'pl',
    romanian: 'ro',
    slovak: 'sk',
    slovenian: 'sl',
    spanish: 'es',
    spanish2: 'es-u-co-trad',
    swedish: 'sv',
    turkish: 'tr',
    vietnamese: 'vi',
};
/**
 * Of a collation of MySQL or MariaDB that ignores case (MySQL manual, "Collation Naming Conventions").
 * @param name `utf8mb4_unicode_ci`, or the name of a character set, whose default one is meant
 */
function mysqlCollation(name) {
    const lower = name.toLowerCase();
    const language = /^[a-z\d]+_(?:uca1400_)?([a-z]{2}_pb|[a-z]+\d?)_/.exec(lower)?.[1] ?? '';
    const isDefault = !lower.includes('_');
    return {
        // The default collation of latin1 is Swedish.
        locale: lower === 'latin1' || lower === '' ? 'sv' : (languages[language] ?? (language.length === 2 ? language : 'root')),
        strength: lower.includes('_as_') ? 2 : 1,
        caseLevel: false,
        shifted: false,
        numeric: false,
        simple: isDefault || /_general_|_bin$|latin1_swedish|_german1_/.test(lower),
    };
}
/** What letters are without what makes them other letters, beyond what Unicode decomposes. */
const bases = {
    ß: 'ss',
    æ: 'ae',
    œ: 'oe',
    ø: 'o',
    ł: 'l',
    đ: 'd',
    ð: 'd',
    ħ: 'h',
    ŧ: 't',
    þ: 'th',
    ς: 'σ',
};
const collations_marks = /\p{M}+/gu;
/** Only printable ASCII and blanks between: nothing to decompose, nothing that does not count. */
const collations_ascii = /^[\t\n\r -~]*$/;
function folder(collation) {
    const { strength, caseLevel, shifted, numeric } = collation;
    const characters = characterFolder(collation);
    const ignoresCase = strength < 3 && !caseLevel;
    return (text) => {
        // Nearly all addresses: nothing to decompose.
        let folded = ignoresCase && !shifted && collations_ascii.test(text)
            ? text.toLowerCase()
            : Array.from(text.normalize('NFC'), characters).join('');
        if (numeric)
            folded = folded.replace(/0+(?=\d)/g, (zeros, at) => (/\d/.test(folded[at - 1] ?? '') ? zeros : ''));
        return folded.normalize('NFC');
    };
}
/** The first of a character's simpler forms that the collation takes for the same. */
function characterFolder(collation) {
    const { locale, strength, caseLevel, shifted, simple } = collation;
    const sensitivity = strength === 3 ? 'variant' : strength === 2 ? 'accent' : caseLevel ? 'case' : 'base';
    const collator = new Intl.Collator(locale === 'root' ? 'en' : locale, { sensitivity, ignorePunctuation: shifted });
    const known = new Map();
    return (character) => {
        let folded = known.get(character);
        if (folded === undefined) {
            const forms = simple ? simpleForms(character) : formsOf(character);
            folded = forms.find((form) => collator.compare(form, character) === 0) ?? character;
            known.set(character, folded);
        }
        return folded;
    };
}
function formsOf(character) {
    const lower = character.toLowerCase();
    const plain = lower.normalize('NFKD').replace(collations_marks, '');
    const own = character.normalize('NFKD');
    return [
        '',
        bases[plain] ?? plain,
        plain,
        lower.normalize('NFKD'),
        lower,
        own.replace(collations_marks, ''),
        own,
        bases[character] ?? character,
    ];
}
function simpleForms(character) {
    const lower = character.toLowerCase();
    return [lower.normalize('NFD').replace(collations_marks, ''), lower];
}

;// CONCATENATED MODULE: ./build/anonymize/schema/folding.js

const lowerCase = (text) => text.toLowerCase();
/**
 * Turns texts that one of the columns takes for equal into the same text; undefined where only equal texts are. MySQL's collations
 * matter where columns are linked: in one column alone, no two texts are that differ only in accents and must be equal.
 */
function foldingOf(catalogue, places) {
    const isMysql = catalogue.dialect.name === 'mysql';
    if (isMysql && places.length === 1)
        return undefined;
    const types = places.flatMap(({ table, column }) => catalogue.column(table, column)?.type.collation ?? []);
    const indexes = places.flatMap(({ table, column }) => catalogue.uniquesWith(table, column).flatMap((unique) => unique.collations ?? []));
    const own = new Map([...types, ...indexes].map((one) => [JSON.stringify(one), one]));
    return folding_joined([...own.values()].map(folder));
}
function folding_joined(folders) {
    const own = folders.filter((one) => one !== undefined);
    if (own.length === 0)
        return undefined;
    return (text) => own.reduce((folded, fold) => fold(folded), text);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/nested-room.js
/** Levels that are followed. Real types are never nested so deeply, but a statement may say anything. */
const nested_room_maxDepth = 20;
/** @returns undefined where no part has a limit, nor is a range of texts */
function nestedRoom(type) {
    return type.inside === undefined ? undefined : roomOf(type, new Map(), 0);
}
/** @param known by the name of a type, so that each is followed once */
function roomOf(type, known, depth) {
    const { inside, written, maxCharacters } = type;
    if (inside === undefined)
        return maxCharacters === undefined ? undefined : { kind: 'text', maxCharacters };
    if (known.has(written) || depth > nested_room_maxDepth)
        return known.get(written);
    known.set(written, undefined);
    const room = insideRoom(inside, known, depth + 1);
    known.set(written, room);
    return room;
}
function insideRoom(inside, known, depth) {
    if (inside.kind === 'composite') {
        const fields = inside.fields().map((field) => roomOf(field, known, depth));
        return fields.every((field) => field === undefined) ? undefined : { kind: 'composite', fields };
    }
    const type = inside.of();
    const unlimited = { kind: 'text', maxCharacters: Number.POSITIVE_INFINITY };
    // Bounds of a range have an order, whatever room they have.
    const of = roomOf(type, known, depth) ?? (inside.kind === 'range' && type.base === 'text' ? unlimited : undefined);
    return of && { kind: inside.kind, of };
}
/** Characters of the shortest address: `a@b.c`. */
const shortestEmail = 5;
/** A shorter field of a composite value holds something else: a label beside the address. */
const shortestField = 13;
/** The fewest characters of a part that has room for an address. @param least characters of the shortest address that counts */
function narrowest(room, least = shortestEmail) {
    if (room === undefined)
        return Number.POSITIVE_INFINITY;
    if (room.kind === 'text')
        return room.maxCharacters >= least ? room.maxCharacters : Number.POSITIVE_INFINITY;
    if (room.kind === 'composite')
        return Math.min(...room.fields.map((field) => narrowest(field, shortestField)));
    return narrowest(room.of, least);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/length-limits.js

const length_limits_lengths = new Set(['length', 'char_length', 'character_length', 'octet_length']);
/** The operator as it reads with its sides changed. */
const turned = { '>=': '<=', '>': '<', '=': '=', '<=': '>=', '<': '>' };
const known = new WeakMap();
/** Characters of the column that its CHECKs allow; infinite without such a CHECK. */
function checkedLength(catalogue, table, column) {
    const defined = catalogue.table(table);
    if (defined === undefined)
        return Number.POSITIVE_INFINITY;
    let limits = known.get(defined);
    if (limits === undefined) {
        limits = limitsOf(defined, catalogue);
        known.set(defined, limits);
    }
    return limits.get(column) ?? Number.POSITIVE_INFINITY;
}
function limitsOf(table, catalogue) {
    const limits = new Map();
    for (const { expression, isLax } of checksOfTable(table, catalogue))
        for (const part of isLax ? [] : conjuncts(expression)) {
            const limit = limitIn(part);
            if (limit)
                limits.set(limit.column, Math.min(limit.most, limits.get(limit.column) ?? Number.POSITIVE_INFINITY));
        }
    return limits;
}
function conjuncts(expression) {
    return expression.kind === 'call' && expression.name === 'and' ? expression.args.flatMap(conjuncts) : [expression];
}
function limitIn(part) {
    if (part.kind !== 'call' || part.args.length !== 2)
        return undefined;
    const [one, other] = part.args;
    const column = measured(one) ?? measured(other);
    const operator = measured(one) === undefined ? turned[part.name] : part.name;
    const constant = [one, other].find((side) => side.kind === 'literal');
    const most = constant?.kind === 'literal' && typeof constant.value === 'number' ? constant.value : undefined;
    if (column === undefined || most === undefined)
        return undefined;
    if (operator === '<=' || operator === '=')
        return { column, most };
    return operator === '<' ? { column, most: most - 1 } : undefined;
}
/** The column whose length this is. */
function measured(expression) {
    if (expression.kind !== 'call' || !length_limits_lengths.has(expression.name))
        return undefined;
    let [inner] = expression.args;
    while (inner?.kind === 'cast' && inner.length === undefined)
        inner = inner.of;
    return inner?.kind === 'column' ? inner.name : undefined;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/group-needs.js
/** What the definitions ask of the addresses in a column and in those that are linked to it. */





const domainLength = nobody.domain.length + 1;
/** Characters of the narrowest of these columns, by its type or by a CHECK. */
function group_needs_roomOf(catalogue, places) {
    return Math.min(...places.map(({ table, column }) => Math.min(catalogue.column(table, column)?.type.maxCharacters ?? Number.POSITIVE_INFINITY, checkedLength(catalogue, table, column))));
}
function needsOf(catalogue, table, column) {
    const places = catalogue.linkedColumns(table, column);
    const uniques = places.flatMap((place) => catalogue.uniquesWith(place.table, place.column).map((unique) => ({ unique, place })));
    const maxCharacters = group_needs_roomOf(catalogue, places);
    const bound = places.flatMap((place) => catalogue.boundBy(place.table, place.column) ?? []);
    const prefixes = uniques.map(({ unique, place }) => unique.prefixes?.get(place.column) ?? Number.POSITIVE_INFINITY);
    const nested = places.map((place) => {
        const type = catalogue.column(place.table, place.column)?.type;
        return narrowest(type && nestedRoom(type));
    });
    const compared = places.flatMap((place) => {
        const own = catalogue.column(place.table, place.column);
        return own !== undefined && isComparedWithEmails(catalogue, place.table, own) ? [own] : [];
    });
    const ignoresCase = 
    // The labels of an enumeration are always written as they are.
    compared.some(({ type }) => type.caseless && type.enumeration === undefined) ||
        uniques.some(({ unique }) => unique.ignoresCase) ||
        bound.some((one) => one.ignoresCase) ||
        places.some((place) => catalogue.keyIgnoresCase(place.table, place.column));
    return {
        distinct: uniques.length > 0 || bound.length > 0 || compared.length > 0,
        fold: folding_joined([ignoresCase ? lowerCase : undefined, foldingOf(catalogue, places)]),
        maxCharacters,
        room: Math.min(maxCharacters, ...nested, ...prefixes.map((prefix) => prefix + domainLength)),
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/kept-texts.js




/** @param isKept whether a column of a table has the rule `keep`. @returns the strings, each with a column that it belongs to */
function keptTexts(catalogue, isKept) {
    const kept = new Map();
    const add = (text, place) => {
        for (const one of [text, ...(parseArray(text) ?? [])])
            if (typeof one === 'string' && one.includes('@') && !kept.has(one))
                kept.set(one, place);
    };
    for (const table of catalogue.tables()) {
        for (const { columns, expression } of checksOfTable(table, catalogue))
            for (const column of columns.filter((name) => isKept(table.name, name)))
                for (const text of stringsIn(expression))
                    add(text, `${table.name}.${column}`);
        for (const [text, column] of boundsByKept(table, catalogue, isKept))
            add(text, `${table.name}.${column}`);
    }
    return kept;
}
/** The texts that bound the partitions of a topmost table by a column with the rule `keep`, with that column. */
function boundsByKept(table, catalogue, isKept) {
    if (table.isPartition || table.partitionKey === undefined)
        return [];
    const names = table.columns.map(({ name }) => name).filter((name) => isKept(table.name, name));
    const tree = names.length === 0 ? undefined : partitionTree(table.name, catalogue);
    const column = tree && names.find((name) => isKeyOf(tree, name));
    return tree === undefined || column === undefined ? [] : textsInTree(tree).map((text) => [text, column]);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/addresses/address-forms.js
/** The forms of addresses in a dump: for each group of linked columns of which its definitions ask more than the usual. */












class AddressForms {
    /** Columns for which there is no form, with the reason. */
    problems = [];
    /** What a user should know of the forms, by `table.column`. */
    notes = new Map();
    #options;
    #forms = new Map();
    #seen = new Set();
    #kept;
    constructor(options) {
        this.#options = options;
        this.#addTables();
    }
    /** Strings of definitions whose addresses stay, each with a column that has the rule `keep`. */
    get kept() {
        const { catalogue } = this.#options;
        this.#kept ??= keptTexts(catalogue, (table, column) => this.#rulesOf(table)?.columns.get(column)?.kind === 'keep');
        return this.#kept;
    }
    /** The partitions of a topmost table as the result defines them. */
    partitions(root) {
        const tree = partitionTree(root, this.#options.catalogue);
        const bounds = this.bounds();
        const inRange = (text) => bounds.get(text) ?? this.#rewritten(text);
        return tree && mappedTree(tree, (text) => this.#rewritten(text), inRange);
    }
    /** What is written instead of the bounds of partitions by range that hold an address, by the bound. */
    bounds() {
        return orderedBounds(this.#options.catalogue, (text) => this.#rewritten(text) !== text);
    }
    /** The form of the addresses in a column where it is not the usual one. */
    of(table, column) {
        // From a pipe, tables become known one after the other.
        if (!this.#seen.has(table) && this.#options.catalogue.table(table) !== undefined)
            this.#addTables();
        return this.#forms.get(`${table}.${column}`);
    }
    #addTables() {
        const { catalogue } = this.#options;
        this.#kept = undefined;
        const tables = catalogue.tables().filter(({ name }) => !this.#seen.has(name));
        for (const { name } of tables)
            this.#seen.add(name);
        const conditions = conditionsOf({
            catalogue,
            tables,
            rewritten: (text, outside) => this.#rewritten(text, outside),
            ruled: (place) => ruled(this.#rulesOf(place.table)?.columns.get(place.column)),
        });
        for (const group of this.#groups(conditions))
            this.#choose(group);
    }
    /** Groups of linked columns with conditions on those of them whose addresses are replaced. */
    #groups(conditions) {
        const groups = new Map();
        for (const condition of conditions)
            for (const place of condition.places.filter((one) => this.#writesAddresses(one))) {
                const places = this.#options.catalogue.linkedColumns(place.table, place.column);
                const key = places.map(nameOf).toSorted().join(' ');
                const group = groups.get(key) ?? { places, conditions: [] };
                groups.set(key, group);
                if (!group.conditions.includes(condition))
                    group.conditions.push(condition);
            }
        return groups.values();
    }
    /** @param outside of CHECK and of what else keeps addresses distinct */
    #rewritten(text, outside = false) {
        if (!outside && this.kept.has(text))
            return text;
        return rewritten(text, outside ? toNobody : this.#options.replaceInDefinitions);
    }
    #rulesOf(table) {
        const { rules, catalogue } = this.#options;
        return rules.tables.get(table) ?? rules.tables.get(catalogue.root(table));
    }
    #writesAddresses({ table, column }) {
        const rules = this.#rulesOf(table);
        const kind = rules?.columns.get(column)?.kind ?? 'emails';
        return rules?.rows !== 'drop' && (kind === 'emails' || kind === 'pseudonym');
    }
    #choose({ places, conditions }) {
        const { catalogue, key } = this.#options;
        const [first] = places;
        const own = needsOf(catalogue, first.table, first.column);
        const isPseudonym = places.some(({ table, column }) => this.#rulesOf(table)?.columns.get(column)?.kind === 'pseudonym');
        const needs = { ...own, distinct: own.distinct || isPseudonym };
        const sure = conditions.filter(({ onlyWarns }) => !onlyWarns);
        const choice = chooseForm(needs, conditions, key) ??
            (sure.length < conditions.length ? chooseForm(needs, sure, key) : undefined);
        if (choice === undefined) {
            const alone = sure.length > 1 ? sure.filter((one) => chooseForm(needs, [one], key) === undefined) : sure;
            const usual = writtenAs(usualForm(needs), needs, key);
            for (const condition of alone.length > 0 ? alone : sure)
                this.#addProblem(condition, usual);
            return;
        }
        if (choice.because.length > 0)
            for (const place of places)
                this.#forms.set(nameOf(place), choice.form);
        const unmet = conditions.filter((one) => choice.doubtful.includes(one) || (one.onlyWarns && chooseForm(needs, [...sure, one], key) === undefined));
        for (const place of places)
            this.#note(nameOf(place), choice.form, choice.because, unmet);
    }
    #addProblem(condition, usual) {
        const { places, what } = condition;
        const allowed = condition.help?.(usual) ?? condition.allowed;
        for (const place of places.filter((one) => this.#writesAddresses(one)))
            this.problems.push(`${nameOf(place)}: ${what} accepts no address that can be written instead of another; allowed: ${allowed}`);
    }
    #note(name, form, because, unmet) {
        const texts = [
            ...(because.length > 0
                ? [`addresses became ${describeForm(form)}, since ${listed(because)} does not accept the usual ones`]
                : []),
            ...(unmet.length > 0
                ? [`whether ${listed(unmet)} accepts the addresses that were written is not known; the restore will show`]
                : []),
        ];
        if (texts.length > 0)
            this.notes.set(name, `${name}: ${texts.join('; ')}`);
    }
}
function nameOf({ table, column }) {
    return `${table}.${column}`;
}
function listed(conditions) {
    return [...new Set(conditions.map(({ what }) => what))].join(' and ');
}
/** The value that a rule puts into a column, whatever was there. */
function ruled(rule) {
    if (rule === undefined || rule.kind === 'keep' || rule.kind === 'emails')
        return undefined;
    if (rule.kind === 'null')
        return null;
    return rule.kind === 'fixed' ? rule.text : unknown;
}
/** A string of a definition as it is written. */
function rewritten(text, replace) {
    const bytes = Buffer.from(text);
    const patches = new Patches();
    return patchText(bytes, 0, bytes.length, 0, replace, patches) === 0
        ? text
        : patches.apply(bytes, 0, bytes.length).toString('utf8');
}

;// CONCATENATED MODULE: ./build/anonymize/rules/file/rule.js
/** What rules say, in one form, however the rules file writes them. */
const fakes = (/* unused pure expression or super */ null && (['name', 'first-name', 'last-name', 'phone', 'address', 'street', 'city', 'company']));
/** The rule of a column that no rule names. */
const defaultRule = { kind: 'emails' };
/** The name under which reports count a rule: `mask`, `fake phone`. */
function ruleName(rule) {
    return rule.kind === 'fake' ? `fake ${rule.fake}` : rule.kind;
}
function sameRule(one, other) {
    return JSON.stringify(one) === JSON.stringify(other);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/fakes.js

/** As bytes, ready to be written. */
const fakes_words = (text) => text
    .trim()
    .split(/\s+/)
    .map((word) => Buffer.from(word));
const firstNames = fakes_words(`
  Ada Alma Amara Anika Aron Asta Bela Bento Bibi Bo Cara Carlo Cleo Cosima Dana Dario Dilan Dora Edda Eero Elif Elsa Emil
  Enya Esra Ezra Fanny Farid Finn Flora Franka Gero Gita Greta Hanno Hedda Hilde Ida Ilja Imani Ines Ivo Jana Jaron Jette
  Jonas Juna Kaan Kaja Kato Kira Lale Lando Leni Levi Lina Livia Lotte Luan Lucio Mads Maila Malik Mara Marlo Matteo Mila
  Mirko Nahla Naomi Nevio Nika Noor Odin Olga Orla Oskar Paolo Pepe Pia Quirin Rahel Ravi Rike Romy Ronja Runa Samir Selma
  Silas Sina Sven Taio Talia Tarik Thea Tilda Timo Uma Valentin Vera Vito Wanda Wim Xenia Yara Yuna Zoe Zoltan`);
const lastNames = fakes_words(`
  Abel Adler Ahrens Alvarez Amsel Bachmann Baran Bauer Becker Birk Boldt Brandt Bruhn Castell Celik Conrad Dahl Deniz Dietz
  Dorn Ebert Eggers Eichler Engel Falk Farkas Fiedler Fink Forster Frey Gallo Gerber Glaser Graf Grimm Haas Hagen Hansen
  Hartwig Heller Herzog Holm Huber Ibsen Jansen Jung Kaiser Kaminski Keller Kern Kirsch Klein Koch Kolb Kramer Kruse Kunz
  Lang Lehmann Lenz Lindner Lorenz Lund Maier Marek Marten Meyer Moll Nagel Neri Nolte Novak Olsen Orth Otto Pavel Peters
  Pohl Quast Raabe Reuter Richter Ritter Roth Sander Sauer Schade Schilling Seidel Sommer Stahl Steiner Stolz Tamm Thoma
  Urban Vogel Voss Wagner Weber Weiss Wendt Winter Wolff Zander Ziegler Zorn`);
const streets = fakes_words('Ahorn Birken Brunnen Buchen Damm Eichen Erlen Felsen Garten Hafen Hasel Kastanien Kiefern Linden Markt Muehlen Park Quellen Rosen See Sonnen Tannen Ufer Wald Weiden Wiesen');
const cities = fakes_words('Altmoor Bergfelde Birkenau Blankensee Dornbach Eichstett Feldheim Gruenau Hagenow Hochwald Kaltental Lindental Moorbrueck Neuhafen Oberried Rosental Seefeld Steinach Talheim Waldau Weidenhof Winterberg');
const trades = fakes_words('Bau Daten Druck Energie Garten Handel Holz Licht Metall Papier Technik Textil Transport Wasser');
const fakes_forms = fakes_words('GmbH AG KG Ltd');
const fakes_space = 0x20;
function writeWord(list, number, out) {
    const word = list[number % list.length];
    out.append(word, 0, word.length);
}
/** The most characters that a value of this kind has. */
function longestFake(kind) {
    const longest = (list) => Math.max(...list.map((word) => word.toString().length));
    switch (kind) {
        case 'name':
            return longest(firstNames) + 1 + longest(lastNames);
        case 'first-name':
            return longest(firstNames);
        case 'last-name':
            return longest(lastNames);
        case 'phone':
            return phoneBegin.length + 3 + phoneMiddle.length + 2;
        case 'address':
            return longestFake('street') + fakes_comma.length + longestFake('city');
        case 'street':
            return longest(streets) + streetEnd.length + 3;
        case 'city':
            return 6 + longest(cities);
        case 'company':
            return longest(lastNames) + 1 + longest(trades) + 1 + longest(fakes_forms);
    }
}
function faked(key, kind) {
    const keyed = new KeyedHash(key, `fake-${kind}`);
    return (bytes, from, to, out) => {
        writeFake(kind, keyed.digest(bytes, from, to), out);
        return 'plain';
    };
}
/** @param hash eight words; the same hash gives the same value */
function writeFake(kind, hash, out) {
    const one = hash[0];
    const two = hash[1];
    switch (kind) {
        case 'name':
            writeWord(firstNames, one, out);
            out.byte(fakes_space);
            writeWord(lastNames, two, out);
            break;
        case 'first-name':
            writeWord(firstNames, one, out);
            break;
        case 'last-name':
            writeWord(lastNames, one, out);
            break;
        case 'phone':
            // 555-0100 to 555-0199 are reserved for fiction (North American Numbering Plan, ATIS-0300115).
            out.append(phoneBegin, 0, phoneBegin.length);
            out.decimal(200 + (one % 800), 3);
            out.append(phoneMiddle, 0, phoneMiddle.length);
            out.decimal(two % 100, 2);
            break;
        case 'address':
            writeStreet(one, two, out);
            out.append(fakes_comma, 0, fakes_comma.length);
            writeCity(hash[2], hash[3], out);
            break;
        case 'street':
            writeStreet(one, two, out);
            break;
        case 'city':
            writeCity(one, two, out);
            break;
        case 'company':
            writeWord(lastNames, one, out);
            out.byte(fakes_space);
            writeWord(trades, two, out);
            out.byte(fakes_space);
            writeWord(fakes_forms, hash[2], out);
            break;
    }
}
/** `Lindenweg 12`. */
function writeStreet(name, house, out) {
    writeWord(streets, name, out);
    out.append(streetEnd, 0, streetEnd.length);
    out.decimal(1 + (house % 120), 1);
}
/** `12345 Altmoor`. */
function writeCity(name, code, out) {
    out.decimal(10_000 + (code % 89_000), 5);
    out.byte(fakes_space);
    writeWord(cities, name, out);
}
const fakes_comma = Buffer.from(', ');
const phoneBegin = Buffer.from('+1-');
const phoneMiddle = Buffer.from('-555-01');
const streetEnd = Buffer.from('weg ');

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/json-path.js
/** Paths to values inside JSON: `$.a.b`, `$.list[*].email`, `$..phone`, `$["odd key"]`. */
/** @returns undefined when the text is not a path */
function parsePath(text) {
    if (!text.startsWith('$') || text === '$')
        return undefined;
    const steps = [];
    const part = /\.\.([^.[\]]+)|\.([^.[\]]+)|\["((?:[^"\\]|\\.)*)"\]|\[\*\]/y;
    part.lastIndex = 1;
    while (part.lastIndex < text.length) {
        const match = part.exec(text);
        if (match === null)
            return undefined;
        const [whole, deep, plain, quoted] = match;
        if (deep !== undefined)
            steps.push('anywhere', { key: deep });
        else if (plain !== undefined)
            steps.push({ key: plain });
        else if (quoted !== undefined)
            steps.push({ key: JSON.parse(`"${quoted}"`) });
        else if (whole === '[*]')
            steps.push('elements');
    }
    return steps.at(-1) === 'anywhere' ? undefined : steps;
}
/** Whether the path leads to exactly this place. @param at the step and `from` the part of the place to start with */
function leadsTo(steps, place, at = 0, from = 0) {
    const step = steps[at];
    if (step === undefined)
        return from === place.length;
    if (step === 'anywhere') {
        for (let skip = from; skip < place.length; skip += 1)
            if (leadsTo(steps, place, at + 1, skip))
                return true;
        return false;
    }
    const here = place[from];
    if (here === undefined)
        return false;
    if (step === 'elements' ? typeof here !== 'number' : here !== step.key)
        return false;
    return leadsTo(steps, place, at + 1, from + 1);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/expressions/number-tests.js
/** What an expression says of one number, without its tree: evaluating that for each value takes as long as all else done to it. */




/** What a comparison says when its sides change places. */
const number_tests_turned = { '=': '=', '<>': '<>', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
/**
 * @param expression over one column
 * @returns what `evaluate` says of a number; undefined where it does not only compare the column with numbers
 */
function numberTest(expression, dialect) {
    if (expression.kind !== 'call')
        return undefined;
    const { name, args } = expression;
    if (name === 'and') {
        const tests = args.map((one) => numberTest(one, dialect)).filter((test) => test !== undefined);
        if (tests.length < args.length)
            return undefined;
        return (value) => tests.reduce((truth, test) => and(truth, test(value)), true);
    }
    const [one, other] = args;
    if (!isComparison(name) || one === undefined || other === undefined || args.length !== 2)
        return undefined;
    if (one.kind === 'column')
        return comparison(name, other, dialect);
    return other.kind === 'column' ? comparison(number_tests_turned[name] ?? name, one, dialect) : undefined;
}
function comparison(name, other, dialect) {
    if (columnsIn(other).size > 0)
        return undefined;
    const limit = evaluate(other, { valueOf: () => unknown, dialect });
    return typeof limit === 'number' ? (value) => compare(name, value, limit, false) : undefined;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/date-expressions.js
/** CHECKs of dates: what they ask for on the day of the run, and of the year of a date. */



/** As pg_dump writes them. A restore is later: what lies before the day of the run then lies in the past, too. */
const today = /^\(*(current_date|current_timestamp|localtimestamp|now\(\))(\s+at time zone\s+\(?'[^']*'(::text)?\)?)?\)*$/i;
const now = /^(now|transaction_timestamp|statement_timestamp|clock_timestamp|timezone|sysdate|curdate)$/;
const interval = /^\s*([+-]?\d+)\s*(year|yr|mon|month|week|day)s?\s*$/i;
const year = /^(?:extract)?\s*\(?\s*'?year'?\s+from\b/i;
/** The expression with the day of the run as a date. */
function onDay(expression, day = new Date()) {
    const date = dateIn(expression, day);
    if (date !== undefined)
        return date_expressions_literal(date);
    const end = endOf(expression);
    if (end !== undefined)
        return { kind: 'literal', value: end };
    if (expression.kind === 'call')
        return { ...expression, args: expression.args.map((one) => onDay(one, day)) };
    return expression.kind === 'cast' ? { ...expression, of: onDay(expression.of, day) } : expression;
}
/** The date that an expression stands for: `CURRENT_DATE - '18 years'::interval`. */
function dateIn(expression, day) {
    if (expression.kind === 'unknown')
        return today.test(expression.sql.trim()) ? day : undefined;
    if (expression.kind === 'cast')
        return isNow(expression.of) ? day : dateIn(expression.of, day);
    if (expression.kind !== 'call')
        return undefined;
    const { name, args } = expression;
    if (now.test(name))
        return args.length === 0 ? day : dateIn(args.at(-1), day);
    const [date, by] = args;
    if ((name !== '-' && name !== '+') || date === undefined || by === undefined)
        return undefined;
    const from = dateIn(date, day);
    return from && moved(from, by, name === '-' ? -1 : 1);
}
/** What dates that move never reach. */
const ends = { infinity: '9999-12-31', '-infinity': '0001-01-01' };
/** `'infinity'::date`, which stays where it is, and whether a date is finite, which those that move are. */
function endOf(expression) {
    if (expression.kind === 'call')
        return expression.name === 'isfinite' ? true : undefined;
    if (expression.kind !== 'cast' || expression.of.kind !== 'literal')
        return undefined;
    return /^(date|timestamp)/.test(expression.to) ? ends[String(expression.of.value)] : undefined;
}
function isNow(expression) {
    if (expression.kind === 'cast')
        return isNow(expression.of);
    return expression.kind === 'literal' && expression.value === 'now';
}
function moved(from, by, sign) {
    if (by.kind === 'literal' && typeof by.value === 'number')
        return daysFrom(from, sign * by.value);
    if (by.kind !== 'cast' || by.to !== 'interval' || by.of.kind !== 'literal')
        return undefined;
    const [, count, unit = ''] = interval.exec(String(by.of.value)) ?? [];
    if (count === undefined)
        return undefined;
    const many = sign * Number(count);
    const kind = unit.toLowerCase();
    if (kind === 'day' || kind === 'week')
        return daysFrom(from, kind === 'week' ? 7 * many : many);
    const months = kind.startsWith('y') ? 12 * many : many;
    // The last day of a shorter month, as PostgreSQL has it.
    const there = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
    const last = new Date(Date.UTC(there.getUTCFullYear(), there.getUTCMonth() + 1, 0)).getUTCDate();
    return daysFrom(there, Math.min(from.getUTCDate(), last) - 1);
}
function daysFrom(from, days) {
    const there = new Date(from);
    there.setUTCDate(there.getUTCDate() + days);
    return there;
}
const date_expressions_literal = (date) => ({ kind: 'literal', value: date.toISOString().slice(0, 10) });
/** Whether the expression asks for the year of a date. */
function asksForYears(expression) {
    let asks = false;
    walk(expression, (part) => {
        if (isYear(part))
            asks = true;
    });
    return asks;
}
/** The expression with the year of this value. */
function withYears(expression, value) {
    if (isYear(expression)) {
        const found = dateKey(expression, () => value);
        return found === unknown ? expression : { kind: 'literal', value: found };
    }
    if (expression.kind === 'call')
        return { ...expression, args: expression.args.map((one) => withYears(one, value)) };
    return expression.kind === 'cast' ? { ...expression, of: withYears(expression.of, value) } : expression;
}
function isYear(part) {
    if (part.kind === 'unknown')
        return year.test(part.sql.trim());
    if (part.kind !== 'call' || !/^(date_part|extract)$/.test(part.name))
        return false;
    const [unit] = part.args;
    const text = unit?.kind === 'cast' ? unit.of : unit;
    return text?.kind === 'literal' && text.value === 'year';
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/fitting-values.js







/** @returns undefined where the definitions ask nothing of a single value */
function fittingValues(catalogue, table, column) {
    const tests = [
        ...checksOn(catalogue, table, column),
        ...partitionsOf(catalogue, table, column),
        ...(catalogue.dialect.name === 'mysql' ? yearsOf(column) : []),
    ];
    return tests.length === 0 ? undefined : (text) => tests.every((fits) => fits(text));
}
/** The tests of all columns that are linked to this one: what fits each of them must fit it as a pseudonym, too. */
function fittingNumbers(catalogue, table, name) {
    return catalogue
        .linkedColumns(table, name)
        .filter((place) => catalogue.root(place.table) === place.table)
        .flatMap((place) => {
        const column = catalogue.column(place.table, place.column);
        return column === undefined ? [] : (fittingValues(catalogue, place.table, column) ?? []);
    });
}
/** The CHECKs on this column alone. One that only the server can compute refuses nothing. */
function checksOn(catalogue, table, column) {
    return ownChecks(catalogue, table, column).map(({ truth }) => (text) => truth(valueIn(text, column)) !== false);
}
function ownChecks(catalogue, table, column) {
    const known = catalogue.table(table);
    const dialect = catalogue.dialect.name;
    const isDate = column.type.base === 'date' || column.type.base === 'timestamp';
    return (known === undefined ? [] : checksOfTable(known, catalogue))
        .filter(({ columns, isLax }) => !isLax && columns.length === 1 && columns[0] === column.name)
        .map(({ expression: written, what }) => {
        const expression = isDate ? onDay(written) : written;
        const hasYears = isDate && asksForYears(expression);
        const ofNumber = numberTest(expression, dialect);
        const truth = (value) => {
            if (ofNumber !== undefined && typeof value === 'number')
                return ofNumber(value);
            return truthOf(evaluate(hasYears ? withYears(expression, value) : expression, { valueOf: () => value, dialect }));
        };
        return { what, truth };
    });
}
function partitionsOf(catalogue, table, column) {
    const tree = partitionTree(catalogue.root(table), catalogue);
    if (tree === undefined || tree.children.length === 0 || !isKeyOf(tree, column.name))
        return [];
    // The partitions of MySQL are no tables: in which of them a row was is not known.
    const isTable = catalogue.dialect.name !== 'mysql';
    const path = (isTable ? leavesOf(tree).find((one) => one.at(-1)?.table.name === table) : undefined) ?? [];
    const others = othersIn(path, column.name);
    return [(text) => takes(tree, { column: column.name, value: valueIn(text, column), others, path }) === 'taken'];
}
/** DATE and DATETIME hold the years 1000 to 9999, TIMESTAMP 1970 to 2038 (MySQL manual, "The DATE, DATETIME, and TIMESTAMP Types"). */
function yearsOf({ type }) {
    if (type.base !== 'date' && type.base !== 'timestamp')
        return [];
    const [first, last] = /^timestamp/i.test(type.underlying)
        ? ['1970-01-02', '2038-01-18']
        : ['1000-01-01', '9999-12-31'];
    return [
        (text) => !/^\d{4,}-/.test(text) || (/^\d{4}-/.test(text) && text.slice(0, 10) >= first && text.slice(0, 10) <= last),
    ];
}
function valueIn(text, { type }) {
    if (type.base !== 'integer' && type.base !== 'number')
        return text;
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : unknown;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/moved-together.js
/** Whether a comparison of dates says the same when all of them move by the same number of days. */

const compares = /^((any|all) )?(=|<>|<|>|<=|>=|in|between|is distinct|&&|@>|<@|<<|>>|-\|-|overlaps|age|-)$/;
const passes = /^(\+|coalesce|nullif|greatest|least|case|array|(date|ts|tstz)range|lower|upper)$/;
const asksForNothing = /^(num_nonnulls|num_nulls|is null|is not null|isfinite|isempty)$/;
const ofDates = /^(date|timestamp|timestamptz|timestamp (with|without) time zone|datetime)(\[\])?$/;
/** @param moving the columns that move together */
function holdsWhenMoved(expression, moving) {
    return changeOf(expression, moving) !== 'other';
}
function changeOf(expression, moving) {
    if (expression.kind === 'literal')
        return 'fixed';
    if (expression.kind === 'column')
        return moving.has(expression.name) ? 'moves' : 'fixed';
    if (expression.kind === 'unknown')
        return expression.columns.some((name) => moving.has(name)) ? 'other' : 'fixed';
    const parts = tree_partsOf(expression).map((part) => changeOf(part, moving));
    if (parts.includes('other'))
        return 'other';
    if (!parts.includes('moves'))
        return 'fixed';
    if (expression.kind === 'cast')
        return ofDates.test(expression.to) ? 'moves' : 'other';
    const { name } = expression;
    if (asksForNothing.test(name))
        return 'fixed';
    // A date less some days moves; beside a date that stays, others judge what becomes of it.
    if (name === '-' && parts.includes('fixed'))
        return parts[0] === 'moves' ? 'moves' : 'other';
    if (compares.test(name))
        return 'fixed';
    return passes.test(name) ? 'moves' : 'other';
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/compared-values.js







/** Operators and functions that look at several values together. */
const compared_values_comparing = /^(=|<>|<|>|<=|>=|-|\+|&&|@>|<@|is distinct|overlaps|age|(date|ts|tstz|int4|int8|num)range|greatest|least)$/;
const countsNulls = /^(num_nonnulls|num_nulls|is null)$/;
/** @returns what is wrong, if anything is */
function checkCompared(rule, column, table, rules, catalogue) {
    if (rule.kind !== 'shift-days' && rule.kind !== 'noise')
        return undefined;
    const known = catalogue.table(table);
    if (known === undefined)
        return undefined;
    const own = (rules.get(table) ?? rules.get(catalogue.root(table)))?.columns;
    for (const { expression, what } of expressionsOf(known, catalogue))
        for (const [name, parts] of comparedWith(expression, column.name)) {
            const other = known.columns.find((one) => one.name === name);
            if (other === undefined || other.generated)
                continue;
            if (!moveTogether(rule, own?.get(name) ?? defaultRule, other))
                return message(rule, name, what, catalogue, table);
            const moving = new Set([column.name, name]);
            if (!parts.every((part) => holdsWhenMoved(part, moving)))
                return `${what} compares parts of it with ${name}, which change when both move; allowed: keep for both`;
            // Where no partition takes a date, it moves by other days than the one that it is compared with.
            if ([column.name, name].some((one) => isBoundedKey(catalogue, table, one)))
                return `${what} compares it with ${name}, and ${catalogue.root(table)} has no partition for every date; allowed: keep for both, or a DEFAULT partition`;
        }
    return undefined;
}
/** Days of several weekdays, months and years. */
const someDays = ['1930-02-01', '1999-12-31', '2020-02-29', '2024-06-15', '2026-07-13', '2051-03-31'];
/** Whether a CHECK asks of dates what only the server can compute. @returns what is wrong, if anything is */
function checkMoved(rule, column, table, catalogue) {
    if (rule.kind !== 'shift-days')
        return undefined;
    const time = column.type.base === 'timestamp' ? ' 12:00:00' : '';
    const beyond = ownChecks(catalogue, table, column).find(({ truth }) => someDays.some((day) => truth(`${day}${time}`) === unknown));
    return (beyond &&
        `${beyond.what} may refuse a date that moved, which only the server can compute; allowed: keep${column.notNull ? '' : ', "null"'}, fixed with a date that it takes`);
}
function moveTogether(rule, other, { type }) {
    if (rule.kind !== 'shift-days' || other.kind !== 'shift-days')
        return false;
    const isDate = type.base === 'date' || type.base === 'timestamp';
    return isDate && rule.by !== undefined && rule.by === other.by && rule.days === other.days;
}
function message(rule, other, what, catalogue, table) {
    if (rule.kind !== 'shift-days')
        return `${what} compares it with ${other}, which ${rule.kind} may break; allowed: keep`;
    const by = rule.by ?? catalogue.primaryColumn(table) ?? 'COLUMN';
    return `${what} compares it with ${other}: both must move by the same number of days; allowed: { shift-days: ${rule.days}, by: ${by} } for both, keep for both`;
}
/** Whether the column decides to which partition a row belongs, and not every value has one. */
function isBoundedKey(catalogue, table, column) {
    const tree = partitionTree(catalogue.root(table), catalogue);
    if (tree === undefined || tree.children.length === 0 || !isKeyOf(tree, column))
        return false;
    return takes(tree, { column, value: unknown, others: () => unknown, path: [] }) !== 'taken';
}
/** CHECKs, generated columns, and what must be unique or must not overlap. */
function expressionsOf(table, catalogue) {
    return [
        ...checksOfTable(table, catalogue).filter(({ isLax }) => !isLax),
        ...table.columns
            .filter(({ generatedAs = '' }) => /range\s*\(/i.test(generatedAs))
            .map(({ name, generatedAs = '' }) => ({
            expression: catalogue.expression(generatedAs),
            what: `the generated column ${name}`,
        })),
        ...table.uniques.flatMap(({ parts = [], name, kind }) => parts
            .filter((part) => /range\s*\(/i.test(part))
            .map((part) => ({
            expression: catalogue.expression(part.replace(/\s+with\s+\S+\s*$/i, '')),
            what: `${name || kind} (${part})`,
        }))),
    ];
}
/** The other columns that are compared with this one, with the comparisons. */
function comparedWith(expression, column) {
    const found = new Map();
    const visit = (part) => {
        const isCall = part.kind === 'call';
        if (isCall && countsNulls.test(part.name))
            return;
        const names = columnsIn(part);
        if (!names.has(column))
            return;
        if ((isCall && compared_values_comparing.test(part.name)) || part.kind === 'unknown')
            for (const name of namesIn(part))
                if (name !== column)
                    found.set(name, [...(found.get(name) ?? []), part]);
        if (isCall || part.kind === 'cast')
            for (const inner of tree_partsOf(part))
                visit(inner);
    };
    visit(expression);
    return found;
}
/** The columns of an expression but those of which it only says whether they are NULL. */
function namesIn(part) {
    if (part.kind === 'call' && countsNulls.test(part.name))
        return [];
    if (part.kind === 'call' || part.kind === 'cast')
        return tree_partsOf(part).flatMap(namesIn);
    return [...columnsIn(part)];
}

;// CONCATENATED MODULE: external "node:net"
const external_node_net_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");
;// CONCATENATED MODULE: ./build/anonymize/rules/check/date-forms.js
/**
 * How PostgreSQL reads dates and times with its usual settings (its manual, "Date/Time Input Interpretation"): words, numbers and signs in
 * nearly any order, a month before its day.
 */
const months = 'january february march april may june july august september october november december'.split(' ');
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const shortWeekdays = /^(sun|mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat)$/;
/** Moments, and days that a time may follow. */
const moments = /^([+-]?infinity|epoch|now)$/;
const days = /^(today|tomorrow|yesterday)$/;
const fillers = /^(ad|bc|at|on|dst|t)$/;
/** The usual ones of PostgreSQL's own list. */
const zones = /^(z|zulu|utc?|gmt|[ecmp][sd]t|ak[sd]t|hst|w[ae]?s?t|cest?|eest?|mest?|mez|bst|ist|msk|jst|kst|sgt|nz[sd]t|a[ecw][sd]t|sast|brt|art|clt|pkt)$/;
const zoneName = /^[a-z]+(?:\/[a-z0-9_+-]+)+$/;
const offset = /^[+-](\d{1,2})(:?\d\d){0,2}$/;
const farthestHour = 15;
const clock = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d*)?)?([ap]m)?(.*)$/;
/** @param needs what must be there: a day, or at least a time */
function isDateOrTime(text, needs) {
    const lower = text.trim().toLowerCase();
    if (moments.test(lower))
        return needs === 'day' || lower === 'now';
    // What stands for several words: `2020-01-05T10:00`, `1999-01-08Z`, `10:00 pm`.
    const spaced = lower
        .replace(/t(?=\d{1,2}:|\d{4,6}(?:\D|$))/g, ' ')
        .replace(/(\d)(z|zulu)$/, '$1 $2')
        .replace(/\b(\d{6})(?=[+-]\d)/, '$1 ')
        .replace(/(\d)\s+([ap]m)\b/, '$1$2');
    const parts = spaced.split(/[\s,]+/).filter((one) => one !== '');
    const reading = new Reading(needs);
    return parts.every((part) => reading.add(part)) && reading.isWhole;
}
class Reading {
    #needs;
    /** Fields of a day: numbers, and names of months. */
    #fields = [];
    #hasDay = false;
    #hasTime = false;
    #hasZoneName = false;
    constructor(needs) {
        this.#needs = needs;
    }
    get isWhole() {
        const hasDay = this.#hasDay || (this.#fields.length === 3 && isDay(this.#fields));
        if (this.#fields.length > 0 && !hasDay)
            return false;
        // Where a place is, hours from it depend on the day.
        return this.#needs === 'day' ? hasDay : this.#hasTime && (hasDay || !this.#hasZoneName);
    }
    /** @returns whether the part may stand there */
    add(part) {
        const time = clock.exec(part);
        if (time !== null)
            return this.#addTime(time);
        if (/^\d+$/.test(part))
            return this.#addNumber(part);
        if (offset.test(part) && (this.#hasTime || this.#hasDay || this.#fields.length > 0))
            return isOffset(part);
        if (days.test(part) || /^j\d+$/.test(part) || /^\d{4}[.-]\d{3}$/.test(part))
            return this.#addDay();
        return this.#addWord(part) || this.#addFields(part);
    }
    #addTime([, hours = '', minutes = '', seconds = '0', half, rest = '']) {
        if (this.#hasTime)
            return false;
        this.#hasTime = true;
        const [hour, minute, second] = [hours, minutes, seconds].map(Number);
        const isEnd = hour === 24 && minute === 0 && second === 0;
        const isHour = half === undefined ? hour < 24 || isEnd : hour <= 12;
        return isHour && minute < 60 && second <= 60 && (rest === '' || isOffset(rest) || zones.test(rest));
    }
    /** `20200105`, `133000`, a year, or a field of a day. */
    #addNumber(digits) {
        const isTime = !this.#hasTime && (this.#hasDay || this.#fields.length === 3 || this.#needs === 'time');
        if (isTime && (digits.length === 4 || digits.length === 6)) {
            this.#hasTime = true;
            return Number(digits.slice(0, 2)) <= 24 && Number(digits.slice(2, 4)) < 60 && Number(digits.slice(4)) <= 60;
        }
        const [, year, month = '', day = ''] = /^(\d{2}|\d{4})(\d\d)(\d\d)$/.exec(digits) ?? [];
        if (year === undefined || digits.length < 6)
            return this.#addFields(digits);
        return this.#addDay() && isCalendarDay(year, Number(month), Number(day));
    }
    #addDay() {
        if (this.#hasDay || this.#fields.length > 0)
            return false;
        this.#hasDay = true;
        return true;
    }
    #addWord(part) {
        const bare = part.replace(/\.$/, '');
        if (zoneName.test(bare))
            this.#hasZoneName = true;
        if (bare === 'allballs')
            this.#hasTime = true;
        const isWeekday = weekdays.includes(bare) || shortWeekdays.test(bare);
        return isWeekday || fillers.test(bare) || zones.test(bare) || zoneName.test(bare) || bare === 'allballs';
    }
    /** `5-Jan-2020`, `1/5/2020`, `2020.01.05`, `Jan`. */
    #addFields(part) {
        const fields = part.split(/[-/.]/).filter((one, index, all) => one !== '' || index < all.length - 1);
        this.#fields.push(...fields);
        return (!this.#hasDay && this.#fields.length <= 3 && fields.every((one) => /^\d{1,7}$/.test(one) || monthOf(one) > 0));
    }
}
function isOffset(text) {
    const [, hours] = offset.exec(text) ?? [];
    return hours !== undefined && Number(hours) <= farthestHour;
}
/** From 1; 0 for what is none. */
function monthOf(word) {
    if (word === 'sept')
        return 9;
    return months.findIndex((month) => month === word || month.slice(0, 3) === word) + 1;
}
function isDay(fields) {
    const named = fields.findIndex((one) => monthOf(one) > 0);
    const [first = '', second = '', third = ''] = fields;
    if (named < 0)
        return first.length > 2
            ? isCalendarDay(first, Number(second), Number(third))
            : isCalendarDay(third, Number(first), Number(second));
    const month = monthOf(fields[named]);
    const [one = '', other = ''] = fields.filter((_, index) => index !== named);
    return one.length > 2 ? isCalendarDay(one, month, Number(other)) : isCalendarDay(other, month, Number(one));
}
/** @param year of two digits, of a year from 1970 to 2069, or of more */
function isCalendarDay(year, month, day) {
    const date = new Date(0);
    const century = year.length > 2 ? 0 : Number(year) < 70 ? 2000 : 1900;
    date.setUTCFullYear(century + Number(year), month - 1, day);
    return date.getUTCMonth() + 1 === month && date.getUTCDate() === day && century + Number(year) > 0;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/text-forms.js
/**
 * Whether a type of PostgreSQL or MySQL takes a text as a value. Sources: the chapter "Data Types" of both manuals. What is not surely
 * refused counts as taken, and types of extensions as `unknown`.
 */


const integers = {
    tinyint: 7,
    smallint: 15,
    int2: 15,
    smallserial: 15,
    serial2: 15,
    mediumint: 23,
    integer: 31,
    int: 31,
    int4: 31,
    serial: 31,
    serial4: 31,
    bigint: 63,
    int8: 63,
    bigserial: 63,
    serial8: 63,
};
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const text_forms_special = /^([+-]?(inf|infinity)|nan)$/i;
const isInteger = (text, type) => {
    if (!/^\s*[+-]?\d+\s*$/.test(text))
        return false;
    const bits = integers[typeName(type)] ?? 63;
    const value = BigInt(text.trim().replace(/^\+/, ''));
    if (/\bunsigned\b/i.test(type.underlying))
        return value >= 0n && value < 1n << BigInt(bits + 1);
    return value >= -(1n << BigInt(bits)) && value < 1n << BigInt(bits);
};
const isNumeric = (text, type) => {
    const trimmed = text.trim();
    if (text_forms_special.test(trimmed))
        return !/inf/i.test(trimmed) || lengthsOf(type).length === 0;
    if (!decimal.test(trimmed))
        return false;
    const [precision, scale = 0] = lengthsOf(type);
    if (precision === undefined)
        return true;
    const rounded = Number(Number(trimmed).toFixed(Math.max(0, Math.min(scale, 20))));
    return Math.abs(rounded) < 10 ** (precision - scale);
};
const isFloat = (largest) => (text) => text_forms_special.test(text.trim()) || (decimal.test(text.trim()) && Math.abs(Number(text)) <= largest);
const text_forms_isDate = (text) => isDateOrTime(text, 'day');
const isTime = (text) => isDateOrTime(text, 'time');
const text_forms_isJson = (text, type) => {
    try {
        JSON.parse(text);
        // A zero character is no text of the server's.
        return typeName(type) !== 'jsonb' || !/(^|[^\\])(\\\\)*\\u0000/.test(text);
    }
    catch {
        return false;
    }
};
/** @param most bits of the mask for IPv4 and IPv6 */
const isAddress = (text, type) => {
    const [address = '', mask, more] = text.trim().split('/');
    const version = (0,external_node_net_namespaceObject.isIP)(address);
    if (more !== undefined || version === 0)
        return false;
    const most = version === 4 ? 32 : 128;
    if (mask !== undefined && (!/^\d{1,3}$/.test(mask) || Number(mask) > most))
        return false;
    if (typeName(type) !== 'cidr' || version === 6 || mask === undefined)
        return true;
    const bits = address.split('.').reduce((all, part) => all * 256 + Number(part), 0);
    return bits % 2 ** (32 - Number(mask)) === 0;
};
const text_forms_hexDigits = (count) => (text) => new RegExp(`^[\\da-f]{${count}}$`, 'i').test(text.replace(/[:.-]/g, ''));
const isBits = (text, type) => {
    const digits = text.replace(/^b/i, '');
    const [length] = lengthsOf(type);
    if (!/^[01]*$/.test(digits))
        return false;
    if (/varying|varbit/i.test(type.underlying))
        return length === undefined || digits.length <= length;
    return digits.length === (length ?? 1);
};
const isBytes = (text) => text.startsWith('\\x') ? /^\\x(\s*[\da-f]{2})*\s*$/i.test(text) : /^([^\\]|\\\\|\\[0-3][0-7]{2})*$/.test(text);
/** Whether tags are closed in their order; text around them is allowed, as in the server's own reading of CONTENT. */
const isXml = (text) => {
    const open = [];
    const bare = text.replace(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>/g, '');
    for (const [, close, name, own] of bare.matchAll(/<(\/?)([A-Za-z_][\w:.-]*)(?:\s[^<>]*?)?(\/?)>/g)) {
        if (own)
            continue;
        if (!close)
            open.push(name);
        else if (open.pop() !== name)
            return false;
    }
    const left = bare.replace(/<\/?[A-Za-z_][\w:.-]*(?:\s[^<>]*?)?\/?>/g, '');
    return open.length === 0 && !left.includes('<') && !/&(?!(#\d+|#x[\da-f]+|[A-Za-z]\w*);)/i.test(left);
};
const text_forms_number = String.raw `\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*`;
const isPoint = (text) => new RegExp(`^\\s*(\\(${text_forms_number},${text_forms_number}\\)|${text_forms_number},${text_forms_number})\\s*$`, 'i').test(text);
const text_forms_word = String.raw `("([^"\\]|\\.)*"|[^\s",=>]+)`;
const isHstore = (text) => new RegExp(`^\\s*(${text_forms_word}\\s*=>\\s*${text_forms_word}\\s*(,\\s*|$))*$`).test(text);
const hasDigit = (text) => /\d/.test(text);
const text_forms_forms = {
    numeric: isNumeric,
    decimal: isNumeric,
    dec: isNumeric,
    real: isFloat(3.4028235e38),
    float4: isFloat(3.4028235e38),
    float: isFloat(Number.MAX_VALUE),
    float8: isFloat(Number.MAX_VALUE),
    double: isFloat(Number.MAX_VALUE),
    'double precision': isFloat(Number.MAX_VALUE),
    money: (text) => /^[-(]?\$?[\d,]+(\.\d*)?\)?$/.test(text.trim()),
    boolean: (text) => /^(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)$/i.test(text.trim()),
    bool: (text) => /^(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)$/i.test(text.trim()),
    date: text_forms_isDate,
    timestamp: text_forms_isDate,
    timestamptz: text_forms_isDate,
    datetime: text_forms_isDate,
    time: isTime,
    timetz: isTime,
    interval: (text, type) => hasDigit(text, type) || /^[+-]?infinity$/i.test(text),
    uuid: (text) => /^([\da-f]{4}-?){7}[\da-f]{4}$/i.test(text.replace(/^\{(.*)\}$/, '$1')),
    bytea: isBytes,
    inet: isAddress,
    cidr: isAddress,
    macaddr: text_forms_hexDigits(12),
    macaddr8: (text, type) => text_forms_hexDigits(12)(text, type) || text_forms_hexDigits(16)(text, type),
    bit: isBits,
    'bit varying': isBits,
    varbit: isBits,
    xml: isXml,
    point: isPoint,
    hstore: isHstore,
    oid: (text) => /^\s*-?\d{1,10}\s*$/.test(text),
    year: (text) => /^\d{4}$/.test(text),
    ltree: (text) => /^([\w-]+(\.[\w-]+)*)?$/.test(text),
};
/** Types whose values are any text. */
const text_forms_anyText = /^(text|character varying|varchar|character|char|"char"|nchar|bpchar|name|citext|national .*|(tiny|medium|long)?text|(var)?binary|(tiny|medium|long)?blob)$/;
/** Types of PostgreSQL that need digits: geometry, positions, transactions. */
const withDigits = /^(line|lseg|box|path|polygon|circle|tid|xid8?|pg_lsn|pg_snapshot|txid_snapshot)$/;
/** @param type no array, composite type or enumeration */
function fitsType(text, type) {
    const name = typeName(type);
    // MariaDB's JSON is a text with a CHECK.
    if (type.base === 'json')
        return text_forms_isJson(text, type) ? 'fits' : 'refused';
    const form = integers[name] === undefined ? text_forms_forms[name] : isInteger;
    if (form !== undefined)
        return form(text, type) ? 'fits' : 'refused';
    if (text_forms_anyText.test(name))
        return 'fits';
    return withDigits.test(name) && !hasDigit(text, type) ? 'refused' : 'unknown';
}
/** The name of a type without its schema, length and zone: `character varying`, `timestamp`. */
function typeName({ underlying }) {
    return underlying
        .replace(/\([^)]*\)/g, ' ')
        .replace(/\b(with|without) time zone\b|\b(unsigned|zerofill)\b|\b(character set|collate|charset)\s+\S+/gi, ' ')
        .replace(/^\s*(?:pg_catalog|public|extensions)\s*\.\s*/i, '')
        .replace(/\s+/g, ' ')
        .trim()
        .toLowerCase();
}
/** The numbers in the type's parentheses. */
function lengthsOf({ underlying }) {
    const inside = /\(([^)]*)\)/.exec(underlying)?.[1];
    return inside === undefined ? [] : inside.split(',').map(Number);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/fixed-value.js
/** Whether a column takes the text of the rule `fixed`. */


/** @param dialect MySQL reads no words in dates. @returns what is wrong, if anything is */
function checkFixed(text, type, dialect = 'postgresql') {
    if (type.maxCharacters !== undefined && [...text.replace(/ +$/, '')].length > type.maxCharacters)
        return `"${text}" is longer than ${type.written}; allowed: at most ${type.maxCharacters} characters`;
    if (!type.array && type.enumeration !== undefined && !isLabel(text, type))
        return `"${text}" is not a label of ${type.written}; allowed: ${type.enumeration.join(', ')}`;
    const isWorded = dialect === 'mysql' && /^(date|time|year)/i.test(type.underlying) && !/^[\d\s:.T/+-]+$/.test(text);
    return isWorded || fixedFit(text, type) === 'refused'
        ? `"${text}" is not a value of ${type.written}; allowed: ${exampleOf(type)}`
        : undefined;
}
/** `unknown`: only the server can tell, since the type is none of its own or has a form of its own. */
function fixedFit(text, type) {
    const { inside } = type;
    if (inside === undefined) {
        if (type.enumeration !== undefined)
            return isLabel(text, type) ? 'fits' : 'refused';
        if (type.maxCharacters !== undefined && [...text.replace(/ +$/, '')].length > type.maxCharacters)
            return 'refused';
        return fitsType(text, type);
    }
    const value = Buffer.from(text);
    const parts = fixed_value_partsOf(value, inside.kind);
    if (parts === undefined)
        return 'refused';
    const types = inside.kind === 'composite' ? inside.fields() : parts.map(() => inside.of());
    if (inside.kind === 'composite' && types.length !== parts.length)
        return 'refused';
    const fits = parts.map((part, index) => {
        const own = types[index];
        const partText = part.text.toString('utf8');
        // Nothing is NULL in a composite value, and an open bound in a range.
        const isNothing = part.isNull || (partText === '' && inside.kind !== 'array');
        return isNothing ? 'fits' : fixedFit(partText, own);
    });
    if (inside.kind === 'range' && !inOrder(parts, inside.of()))
        return 'refused';
    return fits.find((fit) => fit === 'refused') ?? fits.find((fit) => fit === 'unknown') ?? 'fits';
}
function fixed_value_partsOf(value, kind) {
    switch (kind) {
        case 'array':
            return arrayParts(value);
        case 'composite':
            return compositeParts(value);
        case 'range':
            return rangeParts(value);
        case 'multirange':
            return multirangeParts(value);
    }
}
/** Whether the lower bound is not above the upper one; of types without an order that is known, it counts so. */
function inOrder(parts, type) {
    const [lower = '', upper = ''] = parts.map(({ text }) => text.toString('utf8').trim());
    if (lower === '' || upper === '')
        return true;
    if (type.base === 'integer' || type.base === 'number')
        return !(Number(lower) > Number(upper));
    const isIso = /^\d{4}-\d\d-\d\d/;
    if (type.base === 'date' || type.base === 'timestamp')
        return !(isIso.test(lower) && isIso.test(upper) && lower.slice(0, 10) > upper.slice(0, 10));
    return true;
}
/** A SET of MySQL holds several. */
function isLabel(text, { enumeration = [], underlying }) {
    const labels = /^set\b/i.test(underlying) ? text.split(',').filter((one) => one !== '') : [text];
    return labels.every((label) => enumeration.includes(label));
}
function exampleOf({ inside, enumeration }) {
    if (inside?.kind === 'array')
        return 'a value of that type, such as {}';
    if (inside?.kind === 'composite')
        return `a value of that type, such as (${','.repeat(inside.fields().length - 1)})`;
    if (inside?.kind === 'range')
        return 'a value of that type, such as empty';
    return enumeration === undefined ? 'a value of that type' : enumeration.join(', ');
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/hash.js


const hash_hyphen = 0x2d;
/** Digits of a UUID before each hyphen, and at the end. */
const groups = [8, 12, 16, 20, 32];
/** @param length digits, 8 to 64 */
function hash_hashed(key, shape, length) {
    const keyed = new KeyedHash(key, 'hash');
    return (bytes, from, to, out) => {
        const words = keyed.digest(bytes, from, to);
        if (shape === 'uuid') {
            writeUuid(words, out);
            return 'plain';
        }
        if (shape === 'bytes')
            out.string('\\x');
        const text = out.reserve(length);
        writeHex(words, length, text, out.end);
        out.end += length;
        return shape === 'bytes' ? 'text' : 'plain';
    };
}
/** Writes a hash in the form of a UUID, version 8 (RFC 9562: for any content that an application likes). */
function writeUuid(words, out) {
    const text = out.reserve(36);
    const begin = out.end;
    let at = begin;
    let digit = 0;
    for (const end of groups) {
        for (; digit < end; digit += 1, at += 1)
            text[at] = hexDigit(words, digit);
        if (end < 32) {
            text[at] = hash_hyphen;
            at += 1;
        }
    }
    text[begin + 14] = 0x38;
    // The variant: 8, 9, a or b.
    const variant = (words[2] >>> 28) & 3;
    text[begin + 19] = variant < 2 ? 0x38 + variant : 0x61 + variant - 2;
    out.end += 36;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/integer-permutation.js
/** The rule `pseudonym` for integers: a keyed permutation, so that unique numbers stay unique. */

const rounds = 6;
/** Bits of the largest integer type, without the sign. */
const maxBits = 63;
/**
 * Permutes whole numbers; the sign stays. Where columns of different width are linked, those that the narrower holds are permuted
 * among themselves, and so is what only the wider holds: equal values become equal in each of them.
 * @param widths bits of the types among the linked columns, without the sign
 * @param classes tests of CHECKs and partitions: a number and its pseudonym pass the same ones
 */
function permuted(key, widths, classes = []) {
    const bands = bandsOf(key, widths);
    const narrow = classes.length === 0 ? undefined : narrowBands(key, Math.min(...widths, maxBits), classes);
    return (bytes, from, to, out) => {
        const text = bytes.toString('latin1', from, to).trim();
        const negative = text.startsWith('-');
        const value = BigInt(negative ? text.slice(1) : text);
        const sign = negative ? '-' : '';
        const passed = classes.map((test) => test(text));
        const own = passed.every(Boolean) ? narrow?.(negative) : undefined;
        const band = own !== undefined && value < own.to ? own : bands.find((one) => value < one.to);
        const isSame = (next) => classes.every((test, index) => test(`${sign}${next}`) === passed[index]);
        out.string(`${sign}${band === undefined ? value : replaced(value, negative, band, isSame)}`);
        return 'plain';
    };
}
/** Bits of the largest number, without the sign, that a test takes. */
function bitsTaken(classes, sign, bits) {
    for (let bit = bits - 1; bit >= 0; bit -= 1) {
        const ends = [1n << BigInt(bit), (1n << BigInt(bit + 1)) - 1n];
        if (ends.some((end) => classes.every((test) => test(`${sign}${end}`))))
            return bit + 1;
    }
    return 0;
}
/** Where tests take only small numbers, those are permuted among themselves: the way through all others would be long. */
function narrowBands(key, bits, classes) {
    const [above, below] = ['', '-'].map((sign) => {
        const taken = bitsTaken(classes, sign, bits);
        return taken > 0 && taken < bits
            ? { from: 0n, to: 1n << BigInt(taken), permute: permutation(key, Math.max(taken, 2)) }
            : undefined;
    });
    return (negative) => (negative ? below : above);
}
function bandsOf(key, widths) {
    const sorted = [...new Set([...widths, Math.max(maxBits, ...widths)])].sort((one, other) => one - other);
    return sorted.map((bits, index) => ({
        from: index === 0 ? 0n : 1n << BigInt(sorted[index - 1]),
        to: 1n << BigInt(bits),
        permute: permutation(key, bits),
    }));
}
/** Goes on through the permutation until the number is in its band again. */
function replaced(value, negative, { from, permute }, isSame) {
    // The smallest number of a type has no positive twin: it is in the range of its type only as it is.
    if (negative && from > 0n && value === from)
        return value;
    // There is no -0: it would be the same as 0.
    const taken = (one) => one < from || (negative && one === from) || !isSame(one);
    let next = permute(value);
    while (taken(next))
        next = permute(next);
    return next;
}
/** A Feistel network. A number that leaves the range goes through it again, until it is back inside. */
function permutation(key, bits) {
    const keyed = new KeyedHash(key, `integer-${bits}`);
    const half = BigInt(Math.ceil(bits / 2));
    const mask = (1n << half) - 1n;
    const limit = 1n << BigInt(bits);
    const input = Buffer.alloc(9);
    const once = (value) => {
        let left = value >> half;
        let right = value & mask;
        for (let round = 0; round < rounds; round += 1) {
            input.writeBigUInt64BE(right);
            input[8] = round;
            const words = keyed.digest(input, 0, 9);
            const mixed = ((BigInt(words[0]) << 32n) | BigInt(words[1])) & mask;
            [left, right] = [right, left ^ mixed];
        }
        return (left << half) | right;
    };
    return (from) => {
        let value = from;
        do
            value = once(value);
        while (value >= limit);
        return value;
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/json-walk.js
const json_walk_quote = 0x22;
const json_walk_comma = 0x2c;
const json_walk_colon = 0x3a;
const json_walk_openBracket = 0x5b;
const json_walk_backslash = 0x5c;
const json_walk_closeBracket = 0x5d;
const json_walk_openBrace = 0x7b;
const json_walk_closeBrace = 0x7d;
/** Bytes that end a number or a literal. */
const endsWord = Uint8Array.from({ length: 256 }, (_, byte) => (/[\s,\]}]/.test(String.fromCharCode(byte)) ? 1 : 0));
/** Thrown for what is not JSON. */
class NotJson extends Error {
}
/** @throws NotJson when the bytes are not JSON */
function walkJson(bytes, from, to, visit) {
    new Walk(bytes, from, to, visit).value();
}
/** Whether the bytes stand for themselves inside a JSON string: ASCII without quotes, backslashes and control codes. */
function json_walk_isPlain(bytes, from, to) {
    for (let at = from; at < to; at += 1) {
        const byte = bytes[at];
        if (byte < 0x20 || byte >= 0x80 || byte === json_walk_quote || byte === json_walk_backslash)
            return false;
    }
    return true;
}
/** Whether a string without escapes is here, quotes included. */
function isPlainString(bytes, from, to) {
    return bytes[from] === json_walk_quote && to - from >= 2 && json_walk_isPlain(bytes, from + 1, to - 1);
}
/** The content of a JSON string. @throws NotJson for an escape that JSON does not know */
function parseString(raw) {
    try {
        return JSON.parse(raw);
    }
    catch {
        throw new NotJson();
    }
}
class Walk {
    #bytes;
    #to;
    #visit;
    #place = [];
    #at;
    constructor(bytes, from, to, visit) {
        this.#bytes = bytes;
        this.#at = from;
        this.#to = to;
        this.#visit = visit;
    }
    value() {
        this.#skipBlanks();
        const start = this.#at;
        const byte = start < this.#to ? this.#bytes[start] : undefined;
        if (byte === json_walk_openBrace)
            this.#object();
        else if (byte === json_walk_openBracket)
            this.#array();
        else {
            if (byte === json_walk_quote)
                this.#string();
            else
                this.#word();
            this.#visit(this.#place, start, this.#at);
        }
    }
    #object() {
        this.#at += 1;
        this.#skipBlanks();
        if (this.#accept(json_walk_closeBrace))
            return;
        do {
            this.#skipBlanks();
            const key = this.#key();
            this.#skipBlanks();
            this.#expect(json_walk_colon);
            this.#place.push(key);
            this.value();
            this.#place.pop();
            this.#skipBlanks();
        } while (this.#accept(json_walk_comma));
        this.#expect(json_walk_closeBrace);
    }
    #key() {
        const start = this.#at;
        this.#string();
        const key = isPlainString(this.#bytes, start, this.#at)
            ? this.#bytes.toString('latin1', start + 1, this.#at - 1)
            : parseString(this.#bytes.toString('utf8', start, this.#at));
        // No rule is about keys, but a key may hold an address.
        this.#visit([], start, this.#at);
        return key;
    }
    #array() {
        this.#at += 1;
        this.#skipBlanks();
        if (this.#accept(json_walk_closeBracket))
            return;
        let index = 0;
        do {
            this.#place.push(index);
            this.value();
            this.#place.pop();
            index += 1;
            this.#skipBlanks();
        } while (this.#accept(json_walk_comma));
        this.#expect(json_walk_closeBracket);
    }
    #string() {
        this.#expect(json_walk_quote);
        while (this.#at < this.#to) {
            const byte = this.#bytes[this.#at];
            this.#at += byte === json_walk_backslash ? 2 : 1;
            if (byte === json_walk_quote)
                return;
        }
        throw new NotJson();
    }
    /** A number, true, false or null. */
    #word() {
        const start = this.#at;
        while (this.#at < this.#to && endsWord[this.#bytes[this.#at]] === 0)
            this.#at += 1;
        if (this.#at === start)
            throw new NotJson();
    }
    #accept(byte) {
        if (this.#at >= this.#to || this.#bytes[this.#at] !== byte)
            return false;
        this.#at += 1;
        return true;
    }
    #expect(byte) {
        if (!this.#accept(byte))
            throw new NotJson();
    }
    #skipBlanks() {
        while (this.#at < this.#to && this.#bytes[this.#at] <= 0x20)
            this.#at += 1;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/json.js
/** The rule `json`: rules for values inside JSON. Everything else stays as it was written. */






/**
 * @param replace for addresses in values without a rule, and in keys
 * @param place the column, for errors: `shop.users.profile`. The transform throws BackupError for a value that is not JSON
 */
function jsonTransform(rules, replace, place) {
    const context = { rules, replace, emails: new Patches(), changed: new Arena() };
    return (bytes, from, to, out) => {
        try {
            new JsonRewrite(context, bytes, from, out).write(to);
        }
        catch (error) {
            throw error instanceof NotJson ? notJson(place) : error;
        }
        return 'text';
    };
}
function notJson(place) {
    return new BackupError({
        what: `${place} has the rule json, and a value that is not JSON`,
        likelyCause: 'the column has another type; without definitions before its rows (from a pipe) this shows only at the value',
        fix: 'give the column another rule, or null',
    });
}
const nullWord = Buffer.from('null');
/** Rewrites one JSON text. */
class JsonRewrite {
    #context;
    #bytes;
    #from;
    #out;
    /** Everything before this position has been written. */
    #done;
    constructor(context, bytes, from, out) {
        this.#context = context;
        this.#bytes = bytes;
        this.#from = from;
        this.#out = out;
        this.#done = from;
    }
    write(to) {
        walkJson(this.#bytes, this.#from, to, (place, start, end) => this.#value(place, start, end));
        this.#out.append(this.#bytes, this.#done, to);
    }
    #value(place, start, end) {
        const transform = this.#ruleAt(place)?.transform ?? 'emails';
        if (transform === 'keep')
            return;
        if (transform === 'emails')
            this.#replaceEmails(start, end);
        else if (isPlainString(this.#bytes, start, end))
            this.#plainString(transform, start, end);
        else
            this.#anyValue(transform, start, end);
    }
    /** The rule for this place, or else for the nearest place above it. */
    #ruleAt(place) {
        for (let length = place.length; length > 0; length -= 1) {
            const above = length === place.length ? place : place.slice(0, length);
            const rule = this.#context.rules.find((one) => leadsTo(one.path, above));
            if (rule)
                return rule;
        }
        return undefined;
    }
    #replaceEmails(start, end) {
        const { emails, replace } = this.#context;
        emails.clear();
        patchText(this.#bytes, start, end, 0, replace, emails);
        for (let index = 0; index < emails.count; index += 1) {
            const text = emails.text(index);
            this.#patch(emails.starts[index], emails.ends[index], text, 0, text.length);
        }
    }
    /** A string without escapes: its content is transformed in place. */
    #plainString(transform, start, end) {
        const { changed } = this.#context;
        changed.clear();
        const outcome = transform(this.#bytes, start + 1, end - 1, changed);
        if (outcome === 'null')
            this.#patch(start, end, nullWord, 0, nullWord.length);
        else if (outcome === 'plain' || json_walk_isPlain(changed.bytes, changed.begin, changed.end))
            this.#patch(start + 1, end - 1, changed.bytes, changed.begin, changed.end);
        else
            this.#patchWith(start, end, JSON.stringify(changed.text().toString('utf8')));
    }
    /** A string with escapes, a number or a literal. */
    #anyValue(transform, start, end) {
        const raw = this.#bytes.toString('utf8', start, end);
        if (raw === 'null')
            return;
        const isString = raw.startsWith('"');
        const value = Buffer.from(isString ? parseString(raw) : raw);
        const { changed } = this.#context;
        changed.clear();
        const outcome = transform(value, 0, value.length, changed);
        const text = changed.text().toString('utf8');
        this.#patchWith(start, end, outcome === 'null' ? 'null' : json_written(text, isString));
    }
    #patchWith(start, end, text) {
        const bytes = Buffer.from(text);
        this.#patch(start, end, bytes, 0, bytes.length);
    }
    #patch(start, end, text, textFrom, textTo) {
        this.#out.append(this.#bytes, this.#done, start);
        this.#out.append(text, textFrom, textTo);
        this.#done = end;
    }
}
/** A number or a boolean stays one where the new text allows it. */
function json_written(text, wasString) {
    return !wasString && /^(-?(0|[1-9]\d*)(\.\d+)?|true|false)$/.test(text) ? text : JSON.stringify(text);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/mask.js
/** What each byte of ASCII becomes. */
const maskOf = Uint8Array.from({ length: 128 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z]/.test(character) ? 0x78 : /[0-9]/.test(character) ? 0x30 : byte;
});
/** @param keepFirst characters that stay at the start, `keepLast` at the end; a value too short to hide a part is hidden whole */
function masked(keepFirst, keepLast) {
    return (bytes, from, to, out) => {
        if (!maskAscii(bytes, from, to, keepFirst, keepLast, out))
            out.string(maskText(bytes.toString('utf8', from, to), keepFirst, keepLast));
        return 'text';
    };
}
/** Masks ASCII text. @returns false for other text; then nothing is written */
function maskAscii(bytes, from, to, keepFirst, keepLast, out) {
    const target = out.reserve(to - from);
    const by = out.end - from;
    const all = keepFirst + keepLast >= to - from;
    const begin = all ? from : from + keepFirst;
    const end = all ? to : to - keepLast;
    for (let at = from; at < to; at += 1) {
        const byte = bytes[at];
        if (byte >= 0x80)
            return false;
        target[at + by] = at >= begin && at < end ? maskOf[byte] : byte;
    }
    out.end += to - from;
    return true;
}
function maskText(text, keepFirst, keepLast) {
    const characters = [...text];
    const all = keepFirst + keepLast >= characters.length;
    const shown = characters.map((character, index) => {
        if (!all && (index < keepFirst || index >= characters.length - keepLast))
            return character;
        if (/\p{N}/u.test(character))
            return '0';
        return /[\p{L}\p{M}]/u.test(character) ? 'x' : character;
    });
    return shown.join('');
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/digits.js
/** The digits between `from` and `to` as a number; -1 when anything else is there. */
function parseDigits(bytes, from, to) {
    let value = 0;
    for (let at = from; at < to; at += 1) {
        const digit = bytes[at] - 0x30;
        if (digit < 0 || digit > 9)
            return -1;
        value = value * 10 + digit;
    }
    return value;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/noise.js


const minus = 0x2d;
const point = 0x2e;
const million = 1_000_000;
/** Numbers of so few characters are computed as doubles, which is exact. */
const maxPlainLength = 9;
/**
 * @param share 0.1 for 10 %
 * @param fits whether the column takes a number; where it does not, the number changes the other way, or by less
 */
function noisy(key, share, limits, fits) {
    const keyed = new KeyedHash(key, 'noise');
    const plainLimit = limits.whole === undefined ? Number.POSITIVE_INFINITY : Number(limits.whole);
    return (bytes, from, to, out) => {
        const hash = keyed.number(bytes, from, to);
        const millionths = Math.round((hash / 0xffffffff - 0.5) * 2 * share * million);
        // Nearly all numbers have the plain form, which is read from its bytes.
        const begin = out.end;
        for (let tried = millionths;;) {
            const isPlain = changePlain(bytes, from, to, tried, plainLimit, out);
            if (!isPlain)
                changeAny(bytes, from, to, tried, limits, out);
            if (tried === 0 || fits === undefined || fits(out.bytes.toString('latin1', begin, out.end)))
                return isPlain ? 'plain' : 'text';
            out.end = begin;
            tried = Math.sign(tried) === Math.sign(millionths) ? -tried : Math.trunc(-tried / 2);
        }
    };
}
/** Changes a short number. @returns false for other numbers; then nothing is written */
function changePlain(bytes, from, to, millionths, limit, out) {
    const begin = bytes[from] === minus ? from + 1 : from;
    let dot = begin;
    while (dot < to && bytes[dot] !== point)
        dot += 1;
    const scale = Math.max(0, to - dot - 1);
    if (dot === begin || dot === to - 1 || to - begin > maxPlainLength || Math.abs(millionths) > million)
        return false;
    const whole = parseDigits(bytes, begin, dot);
    const fraction = parseDigits(bytes, dot + 1, to);
    if (whole < 0 || fraction < 0)
        return false;
    const unit = 10 ** scale;
    const value = whole * unit + fraction;
    // Exact: the product is below 10^15.
    const changed = Math.min(value + Math.trunc((value * millionths) / million), (limit + 1) * unit - 1);
    if (begin > from)
        out.byte(minus);
    const newWhole = Math.floor(changed / unit);
    out.decimal(newWhole, 1);
    if (scale > 0) {
        out.byte(point);
        out.decimal(changed - newWhole * unit, scale);
    }
    return true;
}
/** A sign or a currency; whole part and fraction; an exponent, a currency or a parenthesis. */
const numberPattern = /^([^\d.]*)(\d+)(?:\.(\d+))?(e[+-]?\d+|\D*)$/i;
/** Changes a number in any form: of any length, with commas between thousands, as an amount of money, with an exponent. */
function changeAny(bytes, from, to, millionths, { whole: limit, binary }, out) {
    const match = numberPattern.exec(bytes.toString('latin1', from, to).replaceAll(',', ''));
    if (match === null) {
        out.append(bytes, from, to);
        return;
    }
    const [, before = '', whole = '', fraction = '', after = ''] = match;
    const value = BigInt(whole + fraction);
    const change = (value * BigInt(millionths)) / BigInt(million);
    const shown = (number) => {
        const written = number.toString().padStart(fraction.length + 1, '0');
        const end = written.length - fraction.length;
        return fraction === '' ? written : `${written.slice(0, end)}.${written.slice(end)}`;
    };
    let changed = value + change;
    if (limit !== undefined) {
        const most = (limit + 1n) * 10n ** BigInt(fraction.length) - 1n;
        if (changed > most)
            changed = most;
    }
    if (binary !== undefined)
        changed = [changed, value - change].find((one) => noise_fits(shown(one) + after, binary)) ?? value;
    out.string(`${before}${shown(changed)}${after}`, 'latin1');
}
function noise_fits(text, { smallest, largest }) {
    const size = Number(text);
    return size <= largest && (size >= smallest || /^[0.]*(e|$)/i.test(text));
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/pseudonym.js
/** The rule `pseudonym`: a name made of a keyed hash; for an address, an address. */





const pseudonym_atSign = 0x40;
const letterP = 0x70;
/**
 * @param maxCharacters room in the narrowest of the columns that share the values
 * @param form of the addresses
 */
function pseudonym(key, shape, maxCharacters, form = distinctForm(maxCharacters)) {
    const keyed = new KeyedHash(key, 'pseudonym');
    const email = new UniqueEmail(key, form);
    const length = Math.min(1 + hashLetters, Math.max(maxCharacters, 1));
    return (bytes, from, to, out) => {
        if (shape === 'text' && looksLikeEmail(bytes, from, to)) {
            email.write(bytes, from, to, out.reserve(email.length), out.end);
            out.end += email.length;
            return 'plain';
        }
        const words = keyed.digest(bytes, from, to);
        if (shape === 'uuid') {
            writeUuid(words, out);
            return 'plain';
        }
        const text = out.reserve(length);
        text[out.end] = letterP;
        writeBase32(words, length - 1, text, out.end + 1);
        out.end += length;
        return 'plain';
    };
}
/** Whether an at sign comes after the first character, with room for a domain after it. */
function looksLikeEmail(bytes, from, to) {
    let at = from;
    while (at < to && bytes[at] !== pseudonym_atSign)
        at += 1;
    return at > from && at < to - 3;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/shift-days.js


const shift_days_hyphen = 0x2d;
const letterC = 0x43;
const dayMilliseconds = 86_400_000;
/** The day after 24 November 4714 BC, since a time zone may take hours from it. */
const firstDay = new Date(0).setUTCFullYear(-4713, 10, 25);
/**
 * @param fits whether the column takes a date; where it does not, the date moves the other way, or by fewer days, and stays where it
 *   takes no other
 */
function shifted(key, days, fits) {
    const keyed = new KeyedHash(key, 'shift');
    return (bytes, from, to, out, by) => {
        const hash = by ? keyed.number(by, 0, by.length) : keyed.number(bytes, from, to);
        // From -days to days, without 0.
        const index = hash % (2 * days);
        const shift = index < days ? index - days : index - days + 1;
        const begin = out.end;
        for (let tried = shift;;) {
            // Nearly all dates have the plain form, which is read from its bytes.
            if (!shiftPlain(bytes, from, to, tried, out))
                shiftAny(bytes, from, to, tried, out);
            if (tried === 0 || fits === undefined || fits(out.bytes.toString('latin1', begin, out.end)))
                return 'text';
            out.end = begin;
            // There and back, then half of it: 30, -30, 15, -15, 7, …
            const isFirst = Math.sign(tried) === Math.sign(shift);
            tried = isFirst ? -tried : Math.trunc(-tried / 2);
        }
    };
}
/** Shifts a date whose year has four digits before and after. @returns false for other dates; then nothing is written */
function shiftPlain(bytes, from, to, shift, out) {
    if (to - from < 10 || bytes[from + 4] !== shift_days_hyphen || bytes[from + 7] !== shift_days_hyphen)
        return false;
    const year = parseDigits(bytes, from, from + 4);
    const month = parseDigits(bytes, from + 5, from + 7);
    const day = parseDigits(bytes, from + 8, from + 10);
    // Only dates before Christ end in C.
    if (year < 1 || month < 1 || month > 12 || day < 0 || bytes[to - 1] === letterC)
        return false;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day + shift);
    const newYear = date.getUTCFullYear();
    if (newYear < 1 || newYear > 9999)
        return false;
    out.decimal(newYear, 4);
    out.byte(shift_days_hyphen);
    out.decimal(date.getUTCMonth() + 1, 2);
    out.byte(shift_days_hyphen);
    out.decimal(date.getUTCDate(), 2);
    out.append(bytes, from + 10, to);
    return true;
}
const datePattern = /^(\d{4,6})-(\d\d)-(\d\d)(.*?)( BC)?$/s;
/** Shifts a date in any form of PostgreSQL. What is not a date, or is beyond what a Date can hold, stays. */
function shiftAny(bytes, from, to, shift, out) {
    const match = datePattern.exec(bytes.toString('latin1', from, to));
    if (match === null) {
        out.append(bytes, from, to);
        return;
    }
    const [, year = '', month = '', day = '', time = '', bc] = match;
    const date = new Date(0);
    date.setUTCFullYear(bc ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
    const there = new Date(date.getTime() + shift * dayMilliseconds);
    // The calendar of PostgreSQL begins there (manual, "Date/Time Types"; Julian day 0).
    const moved = there.getTime() < firstDay ? new Date(date.getTime() + Math.abs(shift) * dayMilliseconds) : there;
    const newYear = moved.getUTCFullYear();
    if (Number.isNaN(newYear)) {
        out.append(bytes, from, to);
        return;
    }
    const shown = [shift_days_padded(newYear > 0 ? newYear : 1 - newYear, 4), shift_days_padded(moved.getUTCMonth() + 1, 2)];
    out.string(`${shown.join('-')}-${shift_days_padded(moved.getUTCDate(), 2)}${time}${newYear > 0 ? '' : ' BC'}`, 'latin1');
}
function shift_days_padded(value, digits) {
    return String(value).padStart(digits, '0');
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/transform.js
const toNull = () => 'null';
function toFixed(value) {
    const text = Buffer.from(value);
    return (_bytes, _from, _to, out) => {
        out.append(text, 0, text.length);
        return 'text';
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/transforms/column-transform.js










/** Bits of the largest integer type, without the sign. */
const column_transform_maxBits = 63;
const unlimited = {
    maxCharacters: Number.POSITIVE_INFINITY,
    widths: [column_transform_maxBits],
    caseless: false,
    padded: false,
};
/** Digits of a hash without a length. */
const allDigits = 64;
/** @param replace for addresses in JSON, where no rule says otherwise */
function transformOf(rule, column, limits, key, replace) {
    switch (rule.kind) {
        case 'shift-days':
            return shifted(key, rule.days, limits.fits);
        case 'noise':
            return noisy(key, rule.share, numberLimits(column?.type), limits.fits);
        case 'json':
            return jsonTransform(rule.paths.map(([path, leaf]) => jsonRule(path, leaf, key)), replace, limits.place ?? 'a column');
        default: {
            const transform = leafTransform(rule, column, limits, key);
            const byValue = rule.kind === 'hash' || rule.kind === 'pseudonym';
            return (limits.caseless || limits.padded || limits.fold) && byValue ? ofCompared(transform, limits) : transform;
        }
    }
}
function jsonRule(path, leaf, key) {
    const leaves = leaf.kind === 'keep' || leaf.kind === 'emails';
    // Paths have been checked before.
    return {
        path: parsePath(path) ?? [],
        transform: leaves ? leaf.kind : leafTransform(leaf, undefined, unlimited, key),
    };
}
/** The transform of what the columns compare. */
function ofCompared(transform, { caseless, padded, fold }) {
    return (bytes, from, to, out, by) => {
        const text = bytes.toString('utf8', from, to);
        const seen = padded ? text.replace(/ +$/, '') : text;
        const lower = caseless ? seen.toLowerCase() : seen;
        const compared = Buffer.from(fold === undefined ? lower : fold(lower));
        return transform(compared, 0, compared.length, out, by);
    };
}
function leafTransform(rule, column, { maxCharacters, widths, form, classes }, key) {
    switch (rule.kind) {
        case 'null':
            return toNull;
        case 'fixed':
            return toFixed(rule.text);
        case 'mask':
            return masked(rule.keepFirst, rule.keepLast);
        case 'hash':
            return hash_hashed(key, shapeOf(column), rule.length ?? Math.min(allDigits, maxCharacters));
        case 'pseudonym':
            if (shapeOf(column) === 'integer')
                return permuted(key, widths, classes);
            return pseudonym(key, shapeOf(column), maxCharacters, form);
        case 'fake':
            return faked(key, rule.fake);
    }
}
function shapeOf(column) {
    const base = column?.type.base;
    return base === 'uuid' || base === 'bytes' || base === 'integer' ? base : 'text';
}
/** Bits of an integer type, without the sign; of an unsigned one, also of what a signed one holds. */
function widthsOf(type) {
    const bits = bitsOf(type);
    return /\bunsigned\b/i.test(type.underlying) ? [bits, bits + 1] : [bits];
}
function bitsOf({ underlying }) {
    if (/^tinyint/i.test(underlying))
        return 7;
    if (/^mediumint/i.test(underlying))
        return 23;
    if (/small|int2/i.test(underlying))
        return 15;
    return /big|int8/i.test(underlying) ? column_transform_maxBits : 31;
}
/** Of binary fractions (PostgreSQL manual, "Floating-Point Types"; IEEE 754), with a margin for how the server rounds. */
const binaryLimits = [
    [/^(real|float4|float)$/i, { smallest: 1.5e-45, largest: 3.4e38 }],
    [/^(double precision|float8|double)$/i, { smallest: 5e-324, largest: 1.797e308 }],
];
/** Whole units below the largest amount of money of PostgreSQL, 92233720368547758.07. */
const largestMoney = 92233720368547757n;
/** What the type can hold. */
function numberLimits(type) {
    const underlying = type?.underlying ?? '';
    if (type?.base === 'integer') {
        const bits = Math.max(...widthsOf(type));
        return { whole: 2n ** BigInt(bits) - 1n };
    }
    if (/\bmoney$/i.test(underlying))
        return { whole: largestMoney };
    const binary = binaryLimits.find(([pattern]) => pattern.test(underlying.replace(/\(\s*\d+\s*\)/, '').trim()))?.[1];
    if (binary !== undefined)
        return { whole: undefined, binary };
    const [, precision, scale = '0'] = /\(\s*(\d+)\s*(?:,\s*(-?\d+)\s*)?\)/.exec(underlying) ?? [];
    // A scale beyond the precision leaves no whole part.
    if (precision === undefined || Number(scale) > Number(precision))
        return { whole: undefined };
    // A negative scale rounds to tens, hundreds, …
    return { whole: 10n ** BigInt(Number(precision) - Number(scale)) - 10n ** BigInt(Math.max(0, -Number(scale))) };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/partition-checks.js




/** Texts from all parts of the alphabet, for rules whose results are not known beforehand. */
const anyTexts = [
    '',
    '0',
    '0000',
    '5',
    '9999',
    'A',
    'Alex Berg',
    'M',
    'Zoe',
    'a',
    'm',
    'x',
    'xxxx xxxx',
    'zz',
    '~',
    'é',
    '漢',
];
const digitsOfHash = 64;
/** Numbers that are tried, and how many of them the definitions must take: the way to a pseudonym that they take is long otherwise. */
const triedNumbers = 512;
const fewestTaken = 4;
/** Whether enough numbers pass what CHECKs and partitions ask of a pseudonym. @returns what is wrong, if anything is */
function checkNumbers(rule, column, table, catalogue) {
    if (rule.kind !== 'pseudonym' || column.type.base !== 'integer')
        return undefined;
    const classes = fittingNumbers(catalogue, table, column.name);
    if (classes.length === 0)
        return undefined;
    const [bits = 63] = widthsOf(column.type);
    const taken = ['', '-'].some((sign) => {
        const range = 2 ** bitsTaken(classes, sign, bits);
        const numbers = Array.from({ length: triedNumbers }, (_, index) => Math.floor((range * (index + 0.5)) / triedNumbers));
        return numbers.filter((number) => classes.every((test) => test(`${sign}${number}`))).length >= fewestTaken;
    });
    return taken
        ? undefined
        : 'its CHECKs or partitions take too few numbers for pseudonyms; allowed: keep, noise where it need not be unique, or a DEFAULT partition';
}
/** @param tree the partitions of the topmost table, as the result defines them. @returns what is wrong, if anything is */
function checkPartitionKey(rule, column, tree) {
    if (tree === undefined || tree.children.length === 0 || !isKeyOf(tree, column.name))
        return undefined;
    const root = tree.table.name;
    if (rule.kind === 'shift-days' && isBeyond(tree, column.name))
        return `only the server can compute to which partition of ${root} a date belongs; allowed: keep, or a DEFAULT partition`;
    const values = partition_checks_valuesOf(rule, column);
    const isTaken = (path, value) => takes(tree, { column: column.name, value, others: othersIn(path, column.name), path }) === 'taken';
    const leaves = leavesOf(tree);
    if (values.every((value) => leaves.every((path) => isTaken(path, value))))
        return undefined;
    return `${rule.kind} makes values for which ${root} has no partition; allowed: keep, ${rule.kind === 'fixed' ? 'another text, ' : ''}or a DEFAULT partition`;
}
/** Whether nobody can tell which partition takes a date, and not every date has one. */
function isBeyond(tree, column) {
    const taken = (value) => leavesOf(tree).every((path) => takes(tree, { column, value, others: othersIn(path, column), path }) === 'unknown');
    return taken('2020-01-01') && taken('2020-01-01 00:00:00');
}
/** Values that the rule may make: all of them, or the first and the last in every order. */
function partition_checks_valuesOf(rule, { type }) {
    const isNumber = type.base === 'integer' || type.base === 'number';
    switch (rule.kind) {
        case 'null':
            return [null];
        case 'fixed':
            return [isNumber && rule.text.trim() !== '' ? Number(rule.text) : rule.text];
        case 'hash':
            return type.base === 'uuid'
                ? ['00000000-0000-8000-8000-000000000000', 'ffffffff-ffff-8fff-bfff-ffffffffffff']
                : ['0', '9', 'a', 'f'].map((digit) => digit.repeat(rule.length ?? type.maxCharacters ?? digitsOfHash));
        case 'pseudonym':
            if (type.base === 'uuid')
                return ['00000000-0000-8000-8000-000000000000', 'ffffffff-ffff-8fff-bfff-ffffffffffff'];
            return type.base === 'text' ? ['2', '7', 'a', 'z'].map((letter) => `p${letter.repeat(16)}`) : [];
        case 'mask':
        case 'fake':
        case 'json':
            return anyTexts;
        default:
            return [];
    }
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/column-checks.js






/** Rules that turn equal values into equal ones, and different values into different ones. */
const column_checks_keepsDistinct = new Set(['keep', 'emails', 'hash', 'pseudonym']);
/** The classes of types that a rule is for; other rules are for any type. */
const typesOf = {
    mask: ['text'],
    hash: ['text', 'uuid', 'bytes'],
    pseudonym: ['text', 'uuid', 'integer'],
    fake: ['text'],
    'shift-days': ['date', 'timestamp'],
    noise: ['integer', 'number'],
    json: ['json'],
};
/** Digits of the shortest hash, and of the shortest that keeps unique values distinct. */
const shortestHash = 8;
const shortestUniqueHash = 16;
const longestHash = 64;
/** Characters of the shortest pseudonym, and of the shortest that keeps unique values distinct. */
const shortestPseudonym = 8;
const shortestUniquePseudonym = 13;
/** @returns every mistake, without the column's name */
function checkColumn(checked) {
    const { rule, column } = checked;
    if (rule.kind === 'keep')
        return [];
    if (column.generated)
        return [
            'the column is generated, so its values are not in the dump; allowed: keep, or rules for the columns in its expression',
        ];
    // Replacing addresses suits every column: where they must stay distinct, each gets an address of its own.
    if (rule.kind === 'emails')
        return [];
    return columnChecks.flatMap((check) => check(checked) ?? []);
}
const allowsNull = ({ rule, column }) => rule.kind === 'null' && column.notNull ? 'the column is NOT NULL; allowed: any rule but null' : undefined;
const isForType = (checked) => {
    const { rule, column } = checked;
    const { type } = column;
    const types = typesOf[rule.kind];
    if (types === undefined)
        return undefined;
    if (isSingle(column) && types.includes(type.base))
        return undefined;
    return `${rule.kind} is not for the type ${type.written}; allowed: ${rule.kind} for ${types.join(', ')}; ${allowedHere(checked, 'null', 'fixed', 'keep')} or emails here`;
};
const allowsManyNulls = (checked) => {
    const { rule, column, table, catalogue } = checked;
    if (rule.kind !== 'null')
        return undefined;
    const unique = catalogue.uniquesWith(table, column.name).find((one) => one.nullsNotDistinct);
    return (unique &&
        `must be unique, NULL too (${column_checks_nameOf(unique)}); allowed: ${allowedHere(checked, 'pseudonym', 'hash', 'emails', 'keep')}`);
};
const fixedFits = ({ rule, column, catalogue }) => rule.kind === 'fixed' ? checkFixed(rule.text, column.type, catalogue.dialect.name) : undefined;
const hasRoom = (checked) => {
    const { rule, column } = checked;
    const { type } = column;
    const shortest = column_checks_shortestValue(rule);
    if (type.maxCharacters === undefined || type.maxCharacters >= shortest)
        return undefined;
    return `${rule.kind} needs ${shortest} characters, the column takes ${type.maxCharacters}; allowed: ${allowedHere(checked, 'null', 'fixed', 'mask', 'pseudonym', 'hash') || 'keep'}`;
};
function column_checks_shortestValue(rule) {
    if (rule.kind === 'hash')
        return shortestHash;
    if (rule.kind === 'pseudonym')
        return shortestPseudonym;
    return rule.kind === 'fake' ? longestFake(rule.fake) : 0;
}
const hashFits = ({ rule, column: { type } }) => {
    if (rule.kind !== 'hash' || rule.length === undefined || rule.length <= (type.maxCharacters ?? longestHash))
        return undefined;
    return `a hash of ${rule.length} characters does not fit ${type.written}; allowed: at most ${type.maxCharacters}`;
};
const pathsParse = ({ rule }) => {
    if (rule.kind !== 'json')
        return undefined;
    const wrong = rule.paths.map(([path]) => path).filter((path) => parsePath(path) === undefined);
    if (wrong.length === 0)
        return undefined;
    const listed = wrong.map((path) => `"${path}"`).join(', ');
    return `${listed} ${wrong.length === 1 ? 'is not a path' : 'are not paths'}; allowed: paths such as $.email, $.list[*].name or $..phone`;
};
const byExists = ({ rule, table, catalogue }) => {
    if (rule.kind !== 'shift-days' || rule.by === undefined || catalogue.column(table, rule.by))
        return undefined;
    return `by: the table has no column ${rule.by}; allowed: a column of the table`;
};
const hashStaysUnique = ({ rule, column, table, catalogue }) => {
    if (rule.kind !== 'hash' || catalogue.uniquesWith(table, column.name).length === 0)
        return undefined;
    const digits = Math.min(rule.length ?? longestHash, column.type.maxCharacters ?? longestHash);
    if (digits >= shortestUniqueHash)
        return undefined;
    return `must be unique, for which a hash needs ${shortestUniqueHash} digits; allowed: a longer one, keep`;
};
const pseudonymStaysUnique = (checked) => {
    const { rule, column, table, catalogue } = checked;
    const { name, type } = column;
    if (rule.kind !== 'pseudonym' || type.base !== 'text' || catalogue.uniquesWith(table, name).length === 0)
        return undefined;
    if ((type.maxCharacters ?? Number.POSITIVE_INFINITY) >= shortestUniquePseudonym)
        return undefined;
    return `must be unique, for which a pseudonym needs ${shortestUniquePseudonym} characters; allowed: ${allowedHere(checked, 'null', 'keep')}`;
};
const staysUniqueTogether = (checked) => {
    const { rule, column, table, catalogue } = checked;
    if (column_checks_keepsDistinct.has(rule.kind) || rule.kind === 'null')
        return undefined;
    const by = rule.kind === 'shift-days' ? rule.by : undefined;
    const unique = catalogue
        .uniquesWith(table, column.name)
        // Dates that are shifted by the same number of days stay distinct.
        .find((one) => one.columns.length > 1 && !(by !== undefined && one.columns.includes(by)));
    if (unique === undefined)
        return undefined;
    const shiftBy = rule.kind === 'shift-days' ? 'shift-days with by: one of the others, ' : '';
    return `must be unique together with other columns (${column_checks_nameOf(unique)}), which ${rule.kind} may break; allowed: ${shiftBy}${allowedHere(checked, 'pseudonym', 'hash', 'emails', 'null', 'keep')}`;
};
const staysUniqueAlone = (checked) => {
    const { rule, column, table, catalogue } = checked;
    if (column_checks_keepsDistinct.has(rule.kind) || rule.kind === 'null')
        return undefined;
    const unique = catalogue.uniquesWith(table, column.name).find((one) => one.columns.length === 1);
    return (unique &&
        `must be unique (${column_checks_nameOf(unique)}), which ${rule.kind} would break; allowed: ${allowedHere(checked, 'pseudonym', 'hash', 'emails', 'keep')}`);
};
/** Columns that foreign keys link must change alike, or not at all. */
const linkedColumnsAgree = ({ rule, column, table, rules, catalogue }) => {
    const others = catalogue
        .referringColumns(table, column.name)
        .filter((one) => catalogue.root(one.table) !== catalogue.root(table) || one.column !== column.name);
    if (others.length === 0 || rule.kind === 'null')
        return undefined;
    const agree = others.every((one) => {
        const other = (rules.get(one.table) ?? rules.get(catalogue.root(one.table)))?.columns.get(one.column);
        return sameRule(other ?? defaultRule, rule) || other?.kind === 'null';
    });
    if (agree && column_checks_keepsDistinct.has(rule.kind))
        return undefined;
    const names = others.map((one) => `${one.table}.${one.column}`).join(', ');
    return `foreign keys link it to ${names}; allowed: the same rule for all of them, pseudonym or hash`;
};
/** Those of the rules that the column takes: advice that the next run would refuse helps nobody. */
function allowedHere({ column, table, catalogue }, ...rules) {
    const uniques = catalogue.uniquesWith(table, column.name);
    const room = column.type.maxCharacters ?? Number.POSITIVE_INFINITY;
    const suits = (kind) => typesOf[kind] === undefined || (isSingle(column) && typesOf[kind].includes(column.type.base));
    const takes = (kind) => {
        if (kind === 'null')
            return !column.notNull && !uniques.some((unique) => unique.nullsNotDistinct);
        if (kind === 'fixed' || kind === 'mask')
            return uniques.length === 0 && suits(kind);
        if (kind === 'hash')
            return suits(kind) && room >= (uniques.length > 0 ? shortestUniqueHash : shortestHash);
        if (kind === 'pseudonym')
            return suits(kind) && room >= (uniques.length > 0 ? shortestUniquePseudonym : shortestPseudonym);
        return true;
    };
    return rules.filter(takes).join(', ');
}
/** Whether a value is one text, number or date, and none of a list of labels. */
function isSingle({ type }) {
    return !type.array && type.composite === undefined && type.enumeration === undefined;
}
const partitionTakes = ({ rule, column, table, catalogue, partitions }) => checkPartitionKey(rule, column, partitions(catalogue.root(table))) ?? checkNumbers(rule, column, table, catalogue);
const movesTogether = ({ rule, column, table, rules, catalogue }) => checkCompared(rule, column, table, rules, catalogue) ?? checkMoved(rule, column, table, catalogue);
const columnChecks = [
    allowsNull,
    isForType,
    allowsManyNulls,
    fixedFits,
    hasRoom,
    hashFits,
    pathsParse,
    byExists,
    hashStaysUnique,
    pseudonymStaysUnique,
    staysUniqueTogether,
    staysUniqueAlone,
    linkedColumnsAgree,
    partitionTakes,
    movesTogether,
];
function column_checks_nameOf(unique) {
    return unique.name || unique.kind;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/nearest-names.js
/** Which names somebody may have meant. */
/** Names that an error lists. */
const maxListed = 5;
/**
 * The names that are most like the one that is written, in one line. The same last part counts most (`crm.users` for `public.users`), then
 * how few letters differ in it: singular and plural, a letter missing or twisted.
 */
function nearestNames(written, names) {
    const wanted = nearest_names_partsOf(written);
    const ranked = names
        .map((name) => ({ name, distance: distanceTo(wanted, nearest_names_partsOf(name)) }))
        .toSorted((one, other) => one.distance - other.distance);
    const best = ranked[0]?.distance ?? 0;
    // Beside a name that is nearly the same, many others only distract.
    const listed = best < 1 && names.length > maxListed ? ranked.filter(({ distance }) => distance < 1) : ranked;
    const shown = listed.slice(0, maxListed).map(({ name }) => name);
    return `${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
}
function nearest_names_partsOf(name) {
    const parts = name.toLowerCase().match(/"(?:[^"]|"")*"|[^".]+/g) ?? [];
    const plain = parts.map((part) => part.replaceAll('"', ''));
    return { last: plain.at(-1) ?? '', whole: plain.join('.') };
}
/** Below 1 where the last parts are the same. */
function distanceTo(wanted, { last, whole }) {
    const rest = edits(wanted.whole, whole) / (wanted.whole.length + whole.length + 1);
    // A word within a longer one is nearer than as many other letters: person, sales_person.
    const within = last.includes(wanted.last) || wanted.last.includes(last) ? 0.5 : 1;
    return edits(wanted.last, last) * within + rest;
}
/** The number of letters to add, remove or replace (Levenshtein's distance). */
function edits(one, other) {
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (let left = 1; left <= one.length; left += 1) {
        const next = [left];
        for (let right = 1; right <= other.length; right += 1) {
            const same = one[left - 1] === other[right - 1] ? 0 : 1;
            next.push(Math.min(next[right - 1] + 1, row[right] + 1, row[right - 1] + same));
        }
        row = next;
    }
    return row[other.length];
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/row-checks.js
/** @param name canonical name of the table */
function checkRows(name, { written, rows }, all, catalogue) {
    if (rows === 'keep')
        return [];
    const by = rows === 'drop' ? undefined : (rows.by ?? catalogue.primaryColumn(name));
    const problems = rows === 'drop' ? [] : checkSample(name, by, catalogue);
    for (const table of catalogue.tables()) {
        if (table.name === name && rows === 'drop')
            continue;
        for (const key of table.foreignKeys.filter((one) => one.references === name)) {
            const referenced = key.referenced[0] ?? catalogue.primaryColumn(name);
            if (!staysValid(rows, by === referenced, all.get(table.name), key))
                problems.push(danglingReference(table, table.name === name, key));
        }
    }
    return problems.map((problem) => `${written}: ${problem}`);
}
function checkSample(name, by, catalogue) {
    if (by === undefined)
        return ['a sample needs a column, since the table has no primary key of one column; allowed: by: COLUMN'];
    if (catalogue.column(name, by) === undefined)
        return [`the sample uses ${by}, which is not a column of the table; allowed: a column of the table`];
    return [];
}
/**
 * Whether a foreign key still holds when rows of the table it references are left out.
 * @param byReferenced whether the sample uses the column that the key references
 * @param referring the rules of the table with the foreign key
 */
function staysValid(rows, byReferenced, referring, key) {
    if (referring === undefined)
        return false;
    if (referring.rows === 'drop')
        return true;
    if (key.columns.some((column) => referring.columns.get(column)?.kind === 'null'))
        return true;
    if (typeof rows === 'string' || typeof referring.rows === 'string')
        return false;
    // Both tables keep the rows with the same values.
    return (byReferenced &&
        referring.rows.share === rows.share &&
        key.columns.length === 1 &&
        referring.rows.by === key.columns[0]);
}
function danglingReference(table, itself, key) {
    // One NULL is enough for a foreign key to hold.
    const nullable = key.columns.filter((name) => table.columns.find((one) => one.name === name)?.notNull !== true);
    const allowed = [
        ...(itself ? [] : ['rows: drop there', `the same sample by: ${key.columns[0]}`]),
        ...(nullable.length > 0 ? [`null for ${nullable.join(', ')}`] : []),
        'rows: keep here',
    ];
    const [last, ...others] = allowed.toReversed();
    const listed = others.length === 0 ? last : `${others.toReversed().join(', ')}, or ${last}`;
    return `rows of ${table.name} refer to rows that are left out (${key.name || key.columns.join(', ')}); allowed: ${listed}`;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/check-rules.js
/** Checks whether the dump allows its rules, and names every mistake at once. */






/** @throws ConfigurationError */
function checkRules(rules, catalogue, written = { partitions: (root) => partitionTree(root, catalogue), problems: () => [] }) {
    const problems = [
        ...[...rules.tables].flatMap(([name, table]) => checkTable(name, table, rules.tables, catalogue, written)),
        ...(rules.unknownColumns === 'fail' ? columnsWithoutRule(rules.tables, catalogue) : []),
        ...unknownAllowed(rules, catalogue),
        ...written.problems(),
    ];
    if (problems.length === 0)
        return;
    const places = problems.length === 1 ? 'one place' : `${problems.length} places`;
    const hasRules = rules.tables.size > 0;
    throw new ConfigurationError({
        what: hasRules
            ? `the rules do not fit the dump in ${places}; nothing was written`
            : `the dump does not take what would be written in ${places}; nothing was written`,
        problems,
        fix: hasRules
            ? 'correct the rules file; `audit` proposes rules for the dump as it is'
            : 'give these columns a rule in a rules file',
    });
}
function checkTable(name, rules, all, catalogue, { partitions }) {
    const table = catalogue.table(name);
    if (table === undefined)
        return [
            `${rules.written}: the dump has no such table; allowed: ${nearestNames(rules.written, catalogue.tables().map((one) => one.name))}`,
        ];
    const problems = checkRows(name, rules, all, catalogue);
    for (const [columnName, rule] of rules.columns) {
        const column = catalogue.column(name, columnName);
        const place = `${rules.written}.${columnName}`;
        const mistakes = column === undefined
            ? [`the table has no such column; allowed: ${table.columns.map((one) => one.name).join(', ')}`]
            : checkColumn({ rule, column, table: name, rules: all, catalogue, partitions });
        problems.push(...mistakes.map((problem) => `${place}: ${problem}`));
    }
    return problems;
}
function columnsWithoutRule(rules, catalogue) {
    return catalogue.tables().flatMap((table) => {
        const own = rules.get(table.name) ?? rules.get(catalogue.root(table.name));
        if (own?.rows === 'drop')
            return [];
        return table.columns
            .filter((column) => !column.generated && !own?.columns.has(column.name))
            .map((column) => `${table.name}.${column.name}: no rule names this column (unknown-columns: fail); allowed: any rule, for instance keep`);
    });
}
/** What `leak-check: allow` names and the dump does not have: a typing error there would fail the run at its end. */
function unknownAllowed({ leaksAllowed }, catalogue) {
    if (leaksAllowed.length === 0)
        return [];
    const known = catalogue.tables().flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`));
    const bare = (name) => name.replaceAll('"', '').toLowerCase();
    return leaksAllowed.flatMap(({ column, table }) => {
        if (column !== undefined && !known.includes(column)) {
            const near = known.find((one) => bare(one) === bare(column));
            return `leak-check: allow: ${column} is not a column of the dump; allowed: ${near ?? 'SCHEMA.TABLE.COLUMN, as the findings name it'}`;
        }
        if (table === undefined || isPart(table) || catalogue.has(table))
            return [];
        return `leak-check: allow: ${table} is not a table of the dump; allowed: ${nearestNames(table, catalogue.tables().map(({ name }) => name))}, ${definitionsPart} or ${namesPart}`;
    });
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/check-values.js
/** Values that columns may hold under a CHECK, and what a rule writes instead of them. */




/** Texts of several lengths, kinds and cases. */
const check_values_usual = [
    'a',
    'abc',
    'Maria Weber',
    '4711',
    '+49 30 901820',
    'ann.smith@mail.example',
    'B12-x',
    'some words of a longer text, 40 in all',
];
const check_values_most = 40;
/** Values that a column may hold, NULL among them where it may be. */
function samplesOfColumn({ type, notNull }, expression) {
    const nothing = notNull ? [] : [null];
    if (type.array || type.composite !== undefined)
        return nothing;
    if (type.base === 'boolean')
        return [true, false, ...nothing];
    if (type.base === 'integer' || type.base === 'number')
        return [...numbersIn(expression), ...nothing];
    if (type.enumeration)
        return [...type.enumeration, ...nothing];
    if (type.base !== 'text')
        return nothing;
    const strings = stringsIn(expression).filter((text) => text.length <= 1000);
    const made = strings.flatMap((text) => [text, ...fromPattern(text)]);
    const fitting = [...new Set([...made, ...check_values_usual])].filter((text) => text.length <= (type.maxCharacters ?? text.length));
    return [...fitting.slice(0, check_values_most), ...nothing];
}
function fromPattern(text) {
    const like = /[%_]/.test(text)
        ? [(likeParts(text, '\\') ?? []).map((part) => (typeof part === 'symbol' ? 'n' : part)).join('')]
        : [];
    const pattern = /[\\[\]().*+?^$|{}]/.test(text) ? readPattern(text) : undefined;
    return [...like, ...(pattern ? samplesOf(pattern) : [])];
}
function numbersIn(expression) {
    const found = new Set([1, 7]);
    walk(expression, (part) => {
        if (part.kind === 'literal' && typeof part.value === 'number')
            for (const by of [-1, 0, 1])
                found.add(part.value + by);
    });
    return [...found].slice(0, check_values_most);
}
const arena = new Arena();
/** What a rule writes instead of a value: NULL stays NULL. */
function transformed(transform, value) {
    if (typeof value !== 'string' && typeof value !== 'number')
        return value;
    const bytes = Buffer.from(String(value));
    arena.clear();
    arena.next();
    const outcome = transform(bytes, 0, bytes.length, arena);
    return outcome === 'null' ? null : arena.bytes.toString('utf8', arena.begin, arena.end);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/constraint-checks.js
/** Whether what the rules write satisfies the CHECKs of the table: otherwise the restore would refuse rows. */









/** Combinations of values that are tried. */
const maxRows = 600;
/** Rules whose values do not depend on what was there, but for NULL. */
const independent = new Set(['fixed', 'null', 'fake']);
/** @returns for each column whose rule a CHECK would refuse, the CHECK and what is allowed */
function checkConstraints(options) {
    const { rules, catalogue } = options;
    return catalogue.tables().flatMap((table) => {
        const own = rules.tables.get(table.name) ?? rules.tables.get(catalogue.root(table.name));
        if (own === undefined || own.rows === 'drop')
            return [];
        // What a partition refuses is told of the table above it.
        if (table.isPartition && !rules.tables.has(table.name))
            return [];
        return checksOfTable(table, catalogue)
            .filter(({ isLax, columns }) => !isLax && columns.some((name) => isTried(own.columns.get(name))))
            .flatMap((check) => new ConstraintCheck(check, own.columns, options).problems())
            .map((problem) => `${own.written}.${problem}`);
    });
}
function isTried(rule) {
    return rule !== undefined && !['keep', 'emails', 'json', 'noise', 'shift-days'].includes(rule.kind);
}
class ConstraintCheck {
    #check;
    #rules;
    #options;
    #columns;
    #rows;
    constructor(check, rules, options) {
        this.#check = check;
        this.#rules = rules;
        this.#options = options;
        this.#columns = check.columns.flatMap((name) => check.table.columns.find((one) => one.name === name) ?? []);
        const rows = combined(this.#columns.map((column) => [column.name, samplesOfColumn(column, check.expression)]));
        this.#rows = rows.filter((row) => this.#accepts(row) === true);
    }
    problems() {
        if (!this.#isRefused(this.#rules))
            return [];
        const ruled = this.#columns.filter(({ name }) => isTried(this.#rules.get(name)));
        return ruled.map((column) => {
            const rule = this.#rules.get(column.name);
            return `${column.name}: ${this.#check.what} refuses what ${ruleName(rule)} writes; allowed: ${this.#allowed(column).join(', ')}`;
        });
    }
    /** Rules of this column that the CHECK accepts, the others being as they are. */
    #allowed(column) {
        const constants = samplesOfColumn(column, this.#check.expression).filter((value) => typeof value === 'string');
        const isUnique = this.#options.catalogue.uniquesWith(this.#check.table.name, column.name).length > 0;
        const asksForAddress = this.#asksForAddress(column);
        const tried = [
            ...(column.notNull ? [] : [[{ kind: 'null' }, '"null"']]),
            ...(isUnique || asksForAddress ? [] : constants.slice(0, 8)).map((text) => [{ kind: 'fixed', text }, `{ fixed: ${JSON.stringify(text)} }`]),
        ];
        const fitting = tried.filter(([rule]) => this.#rows.length > 0 && !this.#isRefused(new Map([...this.#rules, [column.name, rule]])));
        const [fixed] = fitting.filter(([{ kind }]) => kind === 'fixed');
        return [
            'keep',
            ...(asksForAddress ? ['emails'] : []),
            ...fitting.filter(([{ kind }]) => kind === 'null').map(([, text]) => text),
            ...(fixed ? [fixed[1]] : []),
        ];
    }
    /** Whether only texts with an at sign satisfy the CHECK. The form of addresses that are written is chosen so that it accepts them. */
    #asksForAddress({ name }) {
        const texts = this.#rows.map((row) => row.get(name)).filter((value) => typeof value === 'string');
        return texts.length > 0 && texts.every((text) => text.includes('@'));
    }
    /** Whether rows that satisfied the CHECK certainly do not satisfy it any more. */
    #isRefused(rules) {
        const transforms = new Map(this.#columns.flatMap((column) => {
            const rule = rules.get(column.name);
            return isTried(rule) && isFor(rule, column) ? [[column.name, this.#transform(rule, column)]] : [];
        }));
        if (transforms.size === 0)
            return false;
        const written = this.#telling(transforms).map((row) => this.#accepts(this.#written(row, rules, transforms)));
        const refused = written.filter((accepted) => accepted === false).length;
        // Of rules that write values made of what was there, samples of several columns need not be like the rows.
        const all = this.#columns.length > 1 &&
            ![...transforms.keys()].every((name) => independent.has(rules.get(name)?.kind ?? 'keep'));
        const known = written.filter((accepted) => accepted !== unknown).length;
        if (this.#rows.length > 0)
            return refused > 0 && (!all || refused === known);
        return this.#refusesConstants(rules, transforms);
    }
    /** Rows without NULL, where there are some: NULL satisfies nearly every CHECK, whatever a rule does to the rest. */
    #telling(transforms) {
        if (this.#columns.length === 1 || [...transforms.keys()].every((name) => this.#isIndependent(name)))
            return this.#rows;
        const full = this.#rows.filter((row) => ![...row.values()].includes(null));
        return full.length > 0 ? full : this.#rows;
    }
    #isIndependent(name) {
        return independent.has(this.#rules.get(name)?.kind ?? 'keep');
    }
    /** Without a row that satisfies the CHECK: whether it refuses what rules write whatever was there. */
    #refusesConstants(rules, transforms) {
        const constant = [...transforms].filter(([name]) => independent.has(rules.get(name)?.kind ?? 'keep'));
        const values = new Map(constant.map(([name, transform]) => [name, transformed(transform, 'a value')]));
        return constant.length > 0 && this.#accepts(values) === false;
    }
    #written(row, rules, transforms) {
        return new Map(this.#columns.map(({ name }) => {
            const value = row.get(name) ?? null;
            const transform = transforms.get(name);
            if (transform !== undefined)
                return [
                    name,
                    value === null ? null : transformed(transform, typeof value === 'boolean' ? String(value) : value),
                ];
            const kind = rules.get(name)?.kind ?? 'emails';
            // Another kind of rule, or an address: what is written is not known here.
            const isKept = kind === 'keep' || (kind === 'emails' && !(typeof value === 'string' && value.includes('@')));
            return [name, isKept || value === null ? value : unknown];
        }));
    }
    #transform(rule, column) {
        const { catalogue, forms, key } = this.#options;
        const { maxCharacters } = needsOf(catalogue, this.#check.table.name, column.name);
        const limits = {
            maxCharacters,
            widths: [],
            caseless: catalogue.boundBy(this.#check.table.name, column.name)?.ignoresCase === true,
            padded: false,
            form: forms.of(this.#check.table.name, column.name),
        };
        return transformOf(rule, column, limits, key, toNobody);
    }
    #accepts(row) {
        const result = truthOf(evaluate(this.#check.expression, {
            valueOf: (name) => {
                const value = row.get(name);
                return value === undefined ? unknown : value;
            },
            ignoresCase: (name) => this.#columns.find((column) => column.name === name)?.type.caseless ?? false,
            dialect: this.#options.catalogue.dialect.name,
        }));
        return result === unknown ? unknown : result !== false;
    }
}
/** Whether the rule writes a text that is what the column holds: hashes of bytes and pseudonyms of integers are not tried. */
function isFor(rule, { type }) {
    if (rule.kind === 'null' || rule.kind === 'fixed')
        return !type.array;
    return type.base === 'text' && !type.array && type.enumeration === undefined;
}
function combined(columns) {
    let rows = [new Map()];
    for (const [name, values] of columns) {
        const few = values.slice(0, Math.max(2, Math.floor(maxRows / rows.length)));
        const some = few.length < values.length && values.includes(null) ? [...few, null] : few;
        if (some.length === 0)
            continue;
        rows = rows.flatMap((row) => some.map((value) => new Map([...row, [name, value]])));
    }
    return rows;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/partial-keys.js
/** Whether an empty text stays empty in the column: many rows may have it, none of them in the index. */
function staysEmpty(rule, catalogue, table, column) {
    if (rule.kind !== 'pseudonym' && rule.kind !== 'hash')
        return false;
    return catalogue
        .linkedColumns(table, column)
        .some((place) => catalogue.column(place.table, place.column)?.type.base === 'text' &&
        catalogue.uniquesWith(place.table, place.column).some(({ where }) => where !== undefined));
}
function keepingEmpty(transform) {
    return (bytes, from, to, out, by) => (from === to ? 'text' : transform(bytes, from, to, out, by));
}

;// CONCATENATED MODULE: ./build/anonymize/rules/check/predicate-checks.js
/**
 * Whether rules bring rows into an index over some rows (`UNIQUE … WHERE deleted_at IS NULL`) that it did not hold: what must be unique
 * there may occur in them more than once.
 */










/** Combinations of values that are tried. */
const predicate_checks_maxRows = 600;
/** Other values of the same type, of which nobody can tell here which ones. */
const moving = new Set(['shift-days', 'noise', 'json']);
/** @returns for each column whose rule may bring rows into an index, the index and what is allowed */
function checkPredicates(options) {
    const { rules, catalogue } = options;
    return catalogue.tables().flatMap((table) => {
        const own = rules.tables.get(table.name) ?? rules.tables.get(catalogue.root(table.name));
        if (own === undefined || own.rows === 'drop')
            return [];
        return table.uniques.flatMap((unique) => new Predicate(table, unique, own.columns, options).problems().map((problem) => `${own.written}.${problem}`));
    });
}
class Predicate {
    #table;
    #unique;
    #rules;
    #options;
    #expression;
    #columns;
    constructor(table, unique, rules, options) {
        this.#table = table;
        this.#unique = unique;
        this.#rules = rules;
        this.#options = options;
        const { catalogue } = options;
        this.#expression = withGenerated(catalogue.expression(unique.where ?? 'true'), table, (sql) => catalogue.expression(sql));
        const names = columnsIn(this.#expression);
        this.#columns = table.columns.filter(({ name }) => names.has(name));
    }
    problems() {
        return this.#columns.flatMap((column) => {
            const rule = this.#rules.get(column.name);
            if (rule === undefined || rule.kind === 'keep' || rule.kind === 'emails' || !this.#brings(column, rule))
                return [];
            const { kind, name, columns, parts, where } = this.#unique;
            const what = `${kind === 'exclude' ? 'the exclusion' : 'the unique index'} ${name} (${(parts ?? columns).join(', ')})`;
            return `${column.name}: ${what} is only over rows with ${where}, and ${ruleName(rule)} may bring others into it; allowed: ${this.#allowed(column).join(', ')}`;
        });
    }
    #allowed(column) {
        const nothing = column.notNull || this.#brings(column, { kind: 'null' }) ? [] : ['"null"'];
        const text = this.#samples(column).find((one) => typeof one === 'string' && one !== '' && !this.#brings(column, { kind: 'fixed', text: one }));
        return ['keep', ...nothing, ...(text === undefined ? [] : [`{ fixed: ${JSON.stringify(text)} }`])];
    }
    /** Whether a row that the index did not hold may be in it when this column has this rule, and the others theirs. */
    #brings(changed, rule) {
        const changes = this.#columns.map((column) => [
            column.name,
            this.#changes(column, column === changed ? rule : this.#rules.get(column.name)),
        ]);
        return predicate_checks_combined(changes)
            .filter((row) => [...row.values()].some(([before, after]) => before !== after))
            .some((row) => {
            const after = this.#truth(row, 1);
            return this.#truth(row, 0) !== true && (after === true || after === unknown);
        });
    }
    #changes(column, rule) {
        const samples = this.#samples(column);
        if (rule === undefined || rule.kind === 'keep' || rule.kind === 'emails')
            return samples.map((one) => [one, one]);
        const set = samples.filter((one) => one !== null);
        const nulls = samples.includes(null) ? [[null, null]] : [];
        if (rule.kind === 'null')
            return [...set.map((one) => [one, null]), ...nulls];
        if (rule.kind === 'fixed')
            return [...set.map((one) => [one, rule.text]), ...nulls];
        if (moving.has(rule.kind) || column.type.base !== 'text' || column.type.array || column.type.enumeration)
            return [...set.flatMap((one) => set.map((other) => [one, other])), ...nulls];
        const limits = { maxCharacters: column.type.maxCharacters ?? 1000, widths: [], caseless: false, padded: false };
        const { catalogue, key } = this.#options;
        const usual = transformOf(rule, column, limits, key, toNobody);
        const isKept = staysEmpty(rule, catalogue, this.#table.name, column.name);
        const transform = isKept ? keepingEmpty(usual) : usual;
        return [...set.map((one) => [one, transformed(transform, one)]), ...nulls];
    }
    #samples(column) {
        const { base } = column.type;
        const samples = samplesOfColumn(column, this.#expression);
        if (base === 'date' || base === 'timestamp') {
            const dates = stringsIn(this.#expression).filter((text) => /^\d{4}-\d\d-\d\d/.test(text));
            return ['2000-01-01', '2100-01-01', ...dates, ...samples];
        }
        return samples.some((one) => one !== null) ? samples : ['a value', ...samples];
    }
    /** Whether the index holds a row with the values before, or after. */
    #truth(row, at) {
        return truthOf(evaluate(this.#expression, {
            valueOf: (name) => {
                const value = row.get(name)?.[at];
                return value === undefined ? unknown : value;
            },
            ignoresCase: (name) => this.#columns.find((column) => column.name === name)?.type.caseless ?? false,
            dialect: this.#options.catalogue.dialect.name,
        }));
    }
}
function predicate_checks_combined(columns) {
    let rows = [new Map()];
    for (const [name, changes] of columns) {
        const few = changes.slice(-Math.max(2, Math.floor(predicate_checks_maxRows / rows.length)));
        rows = rows.flatMap((row) => few.map((change) => new Map([...row, [name, change]])));
    }
    return rows;
}

;// CONCATENATED MODULE: ./build/anonymize/format/name-scope.js
/**
 * What a name means that does not say its schema: PostgreSQL looks it up in the schemas of `search_path`, and creates what is new in
 * the first of them (PostgreSQL manual, 5.9.3). pg_dump set the path for each schema until 10.3, 9.6.8 and their siblings (CVE-2018-1058).
 */
const serverScope = { database: '', connected: '', schemas: undefined };
/** The schema of tables that a session makes for itself alone. */
const temporary = 'pg_temp';
/** Schemas in which no table of a dump is made. */
const name_scope_others = new Set(['pg_catalog', temporary, '"$user"']);
const name_scope_part = /"(?:[^"]|"")*"|[^".]+/g;
/** The parts of a canonical name: database, schema, table. */
function nameParts(name) {
    return name.includes('.') ? (name.match(name_scope_part) ?? [name]) : [name];
}
/** The full name of what a statement creates under this canonical name. */
function createdName(name, scope) {
    return fullNames(name, scope)[0];
}
/** The full names that a canonical name may stand for, the first that exists counts. */
function possibleNames(name, scope) {
    const names = fullNames(name, scope);
    return nameParts(name).length > 1 ? names : [`${temporary}.${name}`, ...names];
}
function fullNames(name, { database, schemas }) {
    const parts = nameParts(name);
    // A database in front can only be the one that the session is connected to.
    const own = parts.slice(-2);
    const within = (schema, table) => {
        const full = `${schema}.${table}`;
        if (database !== '')
            return [`${database}.${full}`];
        // Without a search path, public is where tables are.
        return schema === 'public' ? [full, table] : [full];
    };
    const [schema = '', table = ''] = own;
    if (own.length > 1)
        return schema === temporary ? [`${temporary}.${table}`] : within(schema, table);
    const searched = (schemas ?? ['public']).filter((one) => !name_scope_others.has(one));
    if (searched.length === 0)
        return [name];
    const names = searched.flatMap((one) => within(one, name));
    return schemas === undefined && database === '' ? names.toReversed() : names;
}

;// CONCATENATED MODULE: ./build/anonymize/rules/plan/fit-rules.js
/**
 * Finds the tables that rules mean. A dump names schemas and databases or not, as it was made (`pg_dump shop`, `pg_dumpall`,
 * `mysqldump --databases shop`): the same rules fit all of them.
 */


/** The rules under the names that the dump's tables have. A name that fits no table stays, and so does a table's alone that fits several. */
function fitRules(rules, catalogue) {
    if (catalogue.isEmpty)
        return rules;
    const fitted = new Map();
    // Rules that name a database come later: they count more than those for all that have the table.
    const given = [...rules.tables].toSorted(([one], [other]) => nameParts(one).length - nameParts(other).length);
    for (const [name, table] of given) {
        const names = tablesMeant(name, catalogue);
        // Two rules for one table are told as a mistake, unless one of them is for this database alone.
        for (const one of names)
            if (fitted.has(one) && nameParts(name).length < 3)
                fitted.set(name, table);
            else
                fitted.set(one, names.length === 1 ? table : { ...table, written: one });
    }
    return {
        ...rules,
        tables: fitted,
        leaksAllowed: rules.leaksAllowed.flatMap((one) => allowancesMeant(one, catalogue)),
    };
}
function allowancesMeant(allowance, catalogue) {
    const { column, table } = allowance;
    if (column !== undefined)
        return columnsMeant(column, catalogue).map((one) => ({ ...allowance, column: one }));
    if (table === undefined || isPart(table))
        return [allowance];
    return tablesMeant(table, catalogue).map((one) => ({ ...allowance, table: one }));
}
function columnsMeant(place, catalogue) {
    const parts = nameParts(place);
    if (parts.length < 2)
        return [place];
    const column = parts.at(-1);
    const tables = tablesMeant(parts.slice(0, -1).join('.'), catalogue);
    const having = tables.filter((table) => catalogue.column(table, column));
    return having.length === 0 ? [place] : having.map((table) => `${table}.${column}`);
}
/** @returns the name itself when it fits no table, or none of several more than the others */
function tablesMeant(name, catalogue) {
    const known = catalogue.table(name);
    if (known)
        return [known.name];
    const written = nameParts(name);
    const [own, schema, database] = written.toReversed();
    if (database !== undefined && database === catalogue.ownDatabase)
        return tablesMeant(`${schema}.${own}`, catalogue);
    const near = catalogue.tables().filter((table) => nameParts(table.name).at(-1) === own);
    if (schema !== undefined && database === undefined) {
        // In every database that has it.
        const ofSchema = near.filter((table) => nameParts(table.name).at(-2) === schema);
        if (ofSchema.length > 0)
            return ofSchema.map((table) => table.name);
        const unnamed = near.filter((table) => nameParts(table.name).length === 1);
        return unnamed.length === 1 && (catalogue.dialect.name === 'mysql' || schema === 'public')
            ? [own]
            : [name];
    }
    return written.length === 1 && near.length === 1 && near[0] ? [near[0].name] : [name];
}

;// CONCATENATED MODULE: ./build/anonymize/schema/column-kinds.js
/** Other columns cannot hold an address. */
function holdsText({ type }) {
    return type.base === 'text' || type.base === 'other' || type.base === 'json' || type.base === 'bytes';
}

;// CONCATENATED MODULE: ./build/anonymize/rules/plan/unique-replacement.js
/** Replaces addresses that must stay distinct, each by one of its own. */


const unique_replacement_same = Buffer.from(`${nobody.local}@${nobody.domain}`);
/**
 * @param fold makes addresses the same that must become equal
 * @param place the column, for errors
 */
function uniqueReplacement(key, form, fold, place) {
    const email = new UniqueEmail(key, form, place);
    // An address of this form may be what a run before wrote: in the usual form it stays.
    const keepsNobody = form.after === `@${nobody.domain}`;
    return (bytes, start, end) => {
        let [source, from, to] = [bytes, start, end];
        if (keepsNobody && to - from === unique_replacement_same.length && source.compare(unique_replacement_same, 0, unique_replacement_same.length, from, to) === 0)
            return undefined;
        if (fold !== undefined) {
            source = Buffer.from(fold(source.toString('utf8', from, to)));
            [from, to] = [0, source.length];
        }
        const text = Buffer.allocUnsafe(email.length);
        email.write(source, from, to, text, 0);
        return text;
    };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/plan/column-plan.js
/** Plans the columns of one table. */














class ColumnPlanner {
    #table;
    #rules;
    #catalogue;
    #forms;
    #key;
    constructor(table, rules, { catalogue, forms, key }) {
        this.#table = table;
        this.#rules = rules;
        this.#catalogue = catalogue;
        this.#forms = forms;
        this.#key = key;
    }
    /** @param name canonical; any name when the column is not known */
    plan(name) {
        const column = this.#catalogue.column(this.#table, name);
        const rule = this.#rules?.columns.get(name) ?? defaultRule;
        const limits = this.#sharedLimits(name);
        const { maxCharacters } = limits;
        const needs = needsOf(this.#catalogue, this.#table, name);
        const usual = usualForm({ ...needs, distinct: column === undefined ? !this.#isDefined : needs.distinct });
        const form = limits.form ?? usual;
        const unique = form.letters > 0;
        const replace = form === nobodyForm ? toNobody : uniqueReplacement(this.#key, form, needs.fold, `${this.#table}.${name}`);
        const nested = column && nestedRoom(column.type);
        const base = {
            name,
            quick: maxCharacters === Number.POSITIVE_INFINITY && nested === undefined,
            maxCharacters,
            nested,
            replace,
            form: limits.form,
            hasDomain: hasDomain(form),
            nesting: column ? nestingOf(column) : 0,
            binary: column?.type.binary ?? false,
            generated: column?.generated ?? false,
            holdsText: column === undefined || holdsText(column),
            by: rule.kind === 'shift-days' ? rule.by : undefined,
            replaced: revealsPersons(rule),
            remembers: (unique && mayCollide(form)) ||
                (rule.kind === 'pseudonym' && mayCollide(limits.form ?? distinctForm(maxCharacters))),
        };
        if (rule.kind === 'keep')
            return { ...base, label: 'keep', treatment: 'keep' };
        if (rule.kind === 'emails')
            return { ...base, label: unique ? labels.uniqueEmails : labels.emails, treatment: 'emails' };
        const isNumber = rule.kind === 'pseudonym' && column?.type.base === 'integer';
        const moves = rule.kind === 'shift-days' || rule.kind === 'noise';
        const fits = moves && column ? fittingValues(this.#catalogue, this.#table, column) : undefined;
        const treatment = transformOf(rule, column, {
            ...limits,
            place: `${this.#table}.${name}`,
            fits,
            classes: isNumber ? fittingNumbers(this.#catalogue, this.#table, name) : [],
        }, this.#key, replace);
        const isKept = staysEmpty(rule, this.#catalogue, this.#table, name);
        const note = rule.kind === 'shift-days' && fits !== undefined
            ? `${this.#table}.${name}: a date stays as it was where its CHECK or its partitions take no other within ${rule.days} days`
            : undefined;
        return { ...base, note, label: ruleName(rule), treatment: isKept ? keepingEmpty(treatment) : treatment };
    }
    /** Whether the dump defines the table: if not, any of its columns may have to be unique. */
    get #isDefined() {
        return this.#catalogue.table(this.#table) !== undefined;
    }
    /** Whether addresses in the column are treated otherwise than in most. */
    isSpecial(name) {
        return this.#forms.of(this.#table, name) !== undefined || this.#isBounded(name);
    }
    #isBounded(name) {
        const { distinct, maxCharacters } = needsOf(this.#catalogue, this.#table, name);
        return distinct || maxCharacters < Number.POSITIVE_INFINITY;
    }
    /** Whether a CHECK compares one of the columns with another without regard to case: `username_lower = lower(username)`. */
    #isBoundWithoutCase(places) {
        return places.some(({ table, column }) => this.#catalogue.boundBy(table, column)?.ignoresCase === true);
    }
    #sharedLimits(name) {
        const places = this.#catalogue.linkedColumns(this.#table, name);
        const types = places.flatMap((place) => this.#catalogue.column(place.table, place.column)?.type ?? []);
        return {
            maxCharacters: group_needs_roomOf(this.#catalogue, places),
            form: this.#forms.of(this.#table, name),
            widths: types.filter((type) => type.base === 'integer').flatMap(widthsOf),
            caseless: types.some((type) => type.caseless) || this.#isBoundWithoutCase(places),
            padded: types.some((type) => type.padded) || differInFill(types),
            fold: foldingOf(this.#catalogue, places),
        };
    }
}
/** Whether columns of character(n) of different length are linked: the server fills them with more or fewer blanks. */
function differInFill(types) {
    const filled = types.filter(({ underlying }) => /^(pg_catalog\.)?(character|char|bpchar)\s*(\(|$)/i.test(underlying));
    return filled.length > 0 && new Set(types.map(({ maxCharacters }) => maxCharacters)).size > 1;
}
function nestingOf(column) {
    return (column.type.array ? 1 : 0) + (column.type.composite === undefined ? 0 : 1);
}
/** Whether an equal value elsewhere is a leak. A date or a number that equals another says nothing. */
function revealsPersons({ kind }) {
    return !['keep', 'emails', 'shift-days', 'noise', 'json'].includes(kind);
}

;// CONCATENATED MODULE: ./build/anonymize/rules/plan/table-plan.js






/** Characters of the shortest address: `a@b.c`. */
const table_plan_shortestEmail = 5;
class CompiledTable {
    name;
    rows;
    byRow;
    byColumn;
    columns;
    allColumns;
    writeTo;
    #columns = new Map();
    #planner;
    #remembers;
    #catalogue;
    constructor(name, options) {
        const { rules: all, catalogue, complete } = options;
        this.name = name;
        this.#catalogue = catalogue;
        // Rules for a partitioned table hold for its partitions.
        const rules = all.tables.get(name) ?? all.tables.get(catalogue.root(name));
        this.#planner = new ColumnPlanner(name, rules, options);
        this.rows = rowsOf(rules, catalogue.primaryColumn(name));
        const columns = catalogue.table(name)?.columns;
        this.columns = columns?.filter((column) => !column.generated).map((column) => column.name);
        this.allColumns = columns?.map((column) => column.name);
        if (columns === undefined)
            checkUndefined(name, rules, all, catalogue.dialect);
        const kinds = new Set([...(rules?.columns.values() ?? [])].map((rule) => rule.kind));
        // mariadb-dump writes what the server generated: a part of an address that becomes another.
        const isWritten = catalogue.dialect.name === 'mysql';
        const holdsParts = isWritten && columns?.some((column) => column.generated && holdsText(column));
        const changes = [...kinds].some((kind) => kind !== 'emails' && kind !== 'keep');
        this.byRow = typeof this.rows === 'object' || changes || holdsParts === true;
        const special = columns?.some((column) => this.#isSpecial(column)) ?? false;
        // Without a complete catalogue, counts by column show at the end whether a unique column was treated right.
        this.byColumn = special || kinds.has('keep') || !complete || columns === undefined;
        const moved = [...catalogue.partitionColumns(name)].some((column) => this.#mayChange(catalogue, column));
        // The database in front is none of SQL.
        this.writeTo = moved ? nameParts(catalogue.root(name)).slice(-2).join('.') : undefined;
    }
    column(name) {
        const known = this.#columns.get(name);
        if (known)
            return known;
        const now = this.#catalogue.column(this.name, name)?.name ?? name;
        const plan = now === name ? this.#planner.plan(name) : this.column(now);
        this.#columns.set(name, plan);
        return plan;
    }
    get remembers() {
        this.#remembers ??= this.allColumns?.some((name) => this.column(name).remembers) ?? true;
        return this.#remembers;
    }
    /** Whether addresses in the column are treated otherwise than in most. */
    #isSpecial(column) {
        if (!holdsText(column))
            return false;
        const { maxCharacters } = column.type;
        if (maxCharacters !== undefined && maxCharacters < table_plan_shortestEmail)
            return false;
        const inParts = nestingOf(column) > 0 || nestedRoom(column.type) !== undefined;
        return inParts || maxCharacters !== undefined || this.#planner.isSpecial(column.name);
    }
    /** Whether values of a column that decides to which partition a row belongs may come out changed. */
    #mayChange(catalogue, name) {
        const { treatment } = this.column(name);
        if (treatment !== 'emails')
            return treatment !== 'keep';
        if (catalogue.hasKeysWithoutEmails(this.name))
            return false;
        const column = catalogue.column(this.name, name);
        return column === undefined || holdsText(column);
    }
}
/** Rules that keep different values different, whatever the column. */
const safeRules = new Set(['keep', 'emails', 'pseudonym', 'hash']);
/** @throws DumpError when rules for a table that the dump does not define need its definition */
function checkUndefined(name, rules, { unknownColumns }, { definitionsFrom }) {
    const risky = [...(rules?.columns ?? [])].filter(([, rule]) => !safeRules.has(rule.kind));
    const needed = [
        ...(unknownColumns === 'fail' ? ['unknown-columns: fail'] : []),
        ...(rules === undefined || rules.rows === 'keep' ? [] : ['rows']),
        ...risky.map(([column, rule]) => `${ruleName(rule)} of ${column}`),
    ];
    if (needed.length === 0)
        return;
    throw new DumpError({
        what: `the dump holds rows of ${name}, but not its definition, which these rules need: ${needed.join(', ')}`,
        likelyCause: 'it is a dump of data alone (--data-only, --no-create-info), or without the definition of this table',
        fix: `give the definitions beforehand (schema: the output of ${definitionsFrom})`,
    });
}
function rowsOf(rules, primary) {
    const rows = rules?.rows ?? 'keep';
    return typeof rows === 'string' ? rows : { share: rows.share, by: rows.by ?? primary ?? '' };
}

;// CONCATENATED MODULE: ./build/anonymize/rules/plan/make-plan.js
/** Makes a plan from rules and catalogue. Every mistake shows here, before a byte is written. */










/** @throws ConfigurationError that lists every rule that the dump does not allow, and every column for which there is no address */
function makePlan(options) {
    const rules = fitRules(options.rules, options.catalogue);
    const replaceUnique = replacementInDefinitions(options.key);
    const forms = addressForms(options);
    if (!options.catalogue.isEmpty)
        checkRules(rules, options.catalogue, {
            partitions: (root) => forms.partitions(root),
            problems: () => [
                ...forms.problems,
                ...(options.complete ? [] : keptTooLate(forms)),
                ...checkConstraints({ ...options, rules, forms }),
                ...checkPredicates({ ...options, rules }),
            ],
        });
    return new CompiledPlan({ ...options, rules, forms }, replaceUnique);
}
/** From a pipe, definitions are written before it is known what they belong to. */
function keptTooLate({ kept }) {
    return [...new Set(kept.values())].map((place) => `${place}: a CHECK or the partitions compare it with addresses, which keep keeps only where the definitions are known beforehand (\`schema\`, or a file instead of a pipe); allowed: emails`);
}
/** The forms of addresses, as the definitions that are known now ask for them. */
function addressForms({ rules, catalogue, key }) {
    const replaceInDefinitions = replacementInDefinitions(key);
    return new AddressForms({ catalogue, key, rules: fitRules(rules, catalogue), replaceInDefinitions });
}
/** Replaces addresses that must stay distinct outside of rows. */
function replacementInDefinitions(key) {
    return uniqueReplacement(key, distinctForm(Number.POSITIVE_INFINITY), undefined);
}
class CompiledPlan {
    replace = toNobody;
    replaceUnique;
    bounds;
    kept;
    sampled;
    #options;
    #tables = new Map();
    constructor(options, replaceUnique) {
        this.#options = options;
        this.replaceUnique = replaceUnique;
        // From a pipe, the order of bounds is not known before all of them are.
        this.bounds = options.complete ? options.forms.bounds() : undefined;
        this.kept = options.complete ? options.forms.kept : new Map();
        const sample = new KeyedHash(options.key, 'sample');
        this.sampled = (value) => sample.number(value, 0, value.length) / 2 ** 32;
    }
    get notes() {
        return this.#options.forms.notes;
    }
    table(name) {
        const known = this.#tables.get(name);
        if (known)
            return known;
        // Rows may stand before a statement that gives their table another name.
        const now = this.#options.catalogue.table(name)?.name ?? name;
        const plan = now === name ? new CompiledTable(name, this.#options) : this.table(now);
        this.#tables.set(name, plan);
        return plan;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/format/input/end-marks.js
/** By what each product's dump is known to be complete. */
const postgresqlFooter = '-- PostgreSQL database dump complete';
/** The last line of pg_dumpall. */
const clusterFooter = '-- PostgreSQL database cluster dump complete';
const postgresqlHeader = '-- PostgreSQL database dump\n';
const postgresqlEnd = {
    footer: postgresqlFooter,
    header: postgresqlHeader,
    shortest: postgresqlHeader.length,
    footerIn: (comments) => comments.lastIndexOf(postgresqlFooter),
    isLast: () => false,
    isTail: () => false,
    rows: /^(copy|insert)\b/i,
};
const mysqlFooter = '-- Dump completed';
/** mysqlpump's last line; and Adminer's, which is nothing but the time. */
const otherFooters = /^-- Dump end time: |^-- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d( UTC)?\s*$/m;
/**
 * What mysqldump (write_footer in mysqldump.c, also without comments), HeidiSQL and phpMyAdmin put back at their very end: the
 * notes, and phpMyAdmin the collation, which others follow with the notes.
 */
const lastStatement = /^set\s+(sql_notes\s*=\s*(ifnull\s*\(\s*)?@old_sql_notes|collation_connection\s*=\s*@old_collation)/i;
const mysqlEnd = {
    footer: mysqlFooter,
    header: undefined,
    shortest: mysqlFooter.length,
    footerIn: (comments) => {
        const at = comments.lastIndexOf(mysqlFooter);
        return at >= 0 ? at : comments.toString('latin1').search(otherFooters);
    },
    isLast: (statement) => lastStatement.test(statement),
    isTail: (statement) => /^set\b/i.test(statement),
    rows: /^(insert|replace)\b/i,
};

;// CONCATENATED MODULE: ./build/anonymize/format/input/sql-commands.js
/** The words with which a statement begins. */
/** PostgreSQL manual, part VI, "SQL Commands"; `(` begins a SELECT in parentheses. */
const postgresqlCommands = new Set(`abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop
   end execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release
   reset revoke rollback savepoint security select set show start table truncate unlisten update vacuum values with`.split(/\s+/));
/** MySQL manual, "SQL Statements", and MariaDB's own; DELIMITER is the client's. */
const mysqlCommands = new Set(`alter analyze begin binlog cache call change check checksum commit create deallocate delete delimiter describe do drop execute
   explain flush grant handler import insert install kill load lock optimize prepare purge rename repair replace reset resignal
   revoke rollback savepoint select set show signal start stop table truncate uninstall unlock update use values with xa`.split(/\s+/));
function startsWith(commands, sql) {
    const word = /^[a-z]+(?![\w$])/i.exec(sql)?.[0];
    return word === undefined ? /^[(;]/.test(sql) : commands.has(word.toLowerCase());
}
/** @param sql without blanks and comments before it; its first 12 characters are enough */
function startsWithPostgresqlCommand(sql) {
    return startsWith(postgresqlCommands, sql);
}
/** @param sql without blanks and comments before it; its first 12 characters are enough */
function startsWithMysqlCommand(sql) {
    return startsWith(mysqlCommands, sql);
}

;// CONCATENATED MODULE: ./build/anonymize/format/lexical.js
const lexical_newline = 0x0a;
const star = 0x2a;
const lexical_hyphen = 0x2d;
const lexical_slash = 0x2f;
const lexical_backslash = 0x5c;
/** Letters, digits, underscores and every byte beyond ASCII. */
function isWordByte(byte) {
    if (byte === undefined)
        return false;
    const lower = byte | 0x20;
    return (lower >= 0x61 && lower <= 0x7a) || isDigitByte(byte) || byte === 0x5f || byte >= 0x80;
}
function isDigitByte(byte) {
    return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
/** Position after the block comment whose slash is at `from`. Block comments nest. */
function lexical_commentEnd(bytes, from, to) {
    let depth = 1;
    let at = from + 2;
    while (at < to && depth > 0) {
        if (bytes[at] === star && bytes[at + 1] === lexical_slash) {
            depth -= 1;
            at += 2;
        }
        else if (bytes[at] === lexical_slash && bytes[at + 1] === star) {
            depth += 1;
            at += 2;
        }
        else
            at += 1;
    }
    return Math.min(at, to);
}
/**
 * Position after the quoted text that starts at `at`, past its closing quote.
 * @param delimiter the quote
 * @param codec decides whether backslashes escape
 */
function quotedEnd(bytes, at, to, delimiter, codec) {
    let index = at + 1;
    while (index < to) {
        const byte = bytes[index];
        if (byte === lexical_backslash && codec === 'escape-string')
            index += 2;
        else if (byte !== delimiter)
            index += 1;
        else if (bytes[index + 1] === delimiter && index + 1 < to)
            index += 2;
        else
            return index + 1;
    }
    return to;
}
/** Where the first statement starts, after blanks and comments; `to` when there is none. */
function codeBegin(bytes, from, to) {
    let at = from;
    for (;;) {
        while (at < to && bytes[at] <= 0x20)
            at += 1;
        // What the buffer holds behind the end may look like a comment.
        if (at >= to)
            return to;
        if (bytes[at] === lexical_hyphen && bytes[at + 1] === lexical_hyphen) {
            const end = bytes.indexOf(lexical_newline, at);
            if (end < 0 || end >= to)
                return to;
            at = end + 1;
        }
        else if (bytes[at] === lexical_slash && bytes[at + 1] === star)
            at = lexical_commentEnd(bytes, at, to);
        else
            return at;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/format/mysql/lexical.js
/** Lexical rules of MySQL and MariaDB over bytes (MySQL manual, "Comments"). */
const mysql_lexical_newline = 0x0a;
const exclamation = 0x21;
const hash = 0x23;
const dollar = 0x24;
const lexical_star = 0x2a;
const mysql_lexical_hyphen = 0x2d;
const mysql_lexical_slash = 0x2f;
const letterM = 0x4d;
/** Bytes of the beginning of a conditional comment: `/*M!999999`. */
const longestOpening = 10;
/** No server executes what is for this version: mariadb-dump switches its client's sandbox on with it. */
const neverExecuted = 999_999;
function lexical_isDigit(byte) {
    return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
/** Letters, digits, `_`, `$` and every byte beyond ASCII: what a name without quotes is made of. */
function lexical_isNameByte(byte) {
    if (byte === undefined)
        return false;
    const lower = byte | 0x20;
    return (lower >= 0x61 && lower <= 0x7a) || lexical_isDigit(byte) || byte === 0x5f || byte === dollar || byte >= 0x80;
}
function lexical_isBlank(byte) {
    return byte !== undefined && byte <= 0x20;
}
/**
 * End of the beginning of a conditional comment at `at`, whose content is executed: `/*!`, `/*!50003`, `/*M!100100`.
 * @returns 0 when there is none, or nobody executes it
 */
function conditionalEnd(bytes, at, to) {
    if (bytes[at] !== mysql_lexical_slash || bytes[at + 1] !== lexical_star)
        return 0;
    const mark = bytes[at + 2] === letterM ? at + 3 : at + 2;
    if (mark >= to || bytes[mark] !== exclamation)
        return 0;
    let end = mark + 1;
    let version = 0;
    for (; end < to && end <= mark + 6 && lexical_isDigit(bytes[end]); end += 1)
        version = version * 10 + bytes[end] - 0x30;
    return version >= neverExecuted ? 0 : end;
}
/** Whether a comment to the end of the line begins here: `#`, or `--` before a blank. */
function beginsLineComment(bytes, at, to) {
    if (bytes[at] === hash)
        return true;
    return bytes[at] === mysql_lexical_hyphen && bytes[at + 1] === mysql_lexical_hyphen && (at + 2 >= to || lexical_isBlank(bytes[at + 2]));
}
/** Position after the comment whose slash is at `from`: comments do not nest. */
function blockCommentEnd(bytes, from, to) {
    const end = bytes.indexOf('*/', from + 2, 'latin1');
    return end < 0 || end + 2 > to ? to : end + 2;
}
function lexical_lineEnd(bytes, from, to) {
    const end = bytes.indexOf(mysql_lexical_newline, from);
    return end < 0 || end >= to ? to : end;
}
/** Where the first statement starts, after blanks, comments and the beginning of a conditional comment; `to` when there is none. */
function mysqlCodeBegin(bytes, from, to) {
    let at = from;
    while (at < to) {
        if (lexical_isBlank(bytes[at]))
            at += 1;
        // The client takes two hyphens for a comment wherever a statement could begin.
        else if (beginsLineComment(bytes, at, to) || (bytes[at] === mysql_lexical_hyphen && bytes[at + 1] === mysql_lexical_hyphen))
            at = lexical_lineEnd(bytes, at, to);
        else if (bytes[at] === mysql_lexical_slash && bytes[at + 1] === lexical_star)
            at = conditionalEnd(bytes, at, to) || blockCommentEnd(bytes, at, to);
        else if (bytes[at] === lexical_star && bytes[at + 1] === mysql_lexical_slash)
            at += 2;
        else
            return at;
    }
    return to;
}
/**
 * Position after the quoted text that starts at `at`, past its closing quote.
 * @param backslashes whether they escape
 */
function mysqlQuotedEnd(bytes, at, to, backslashes) {
    const quote = bytes[at];
    let index = at + 1;
    while (index < to) {
        const byte = bytes[index];
        if (byte === 0x5c && backslashes)
            index += 2;
        else if (byte !== quote)
            index += 1;
        else if (bytes[index + 1] === quote && index + 1 < to)
            index += 2;
        else
            return index + 1;
    }
    return to;
}

;// CONCATENATED MODULE: ./build/anonymize/format/dialect.js
/** What differs between the products whose dumps are read. Readers, scanners and messages ask the dialect, not the product. */




const mebi = 1024 * 1024;
const postgresql = {
    name: 'postgresql',
    product: 'PostgreSQL',
    dumper: 'pg_dump',
    plainDump: 'pg_dump --file=dump.sql',
    definitionsFrom: 'pg_dump --schema-only',
    longestUnit: 32 * mebi,
    longStatements: 'dump with COPY, as pg_dump does without --inserts, or leave the value out of the dump',
    longRows: 'take the rules for this table out of the rules file: rows without rules may have any length; or leave the row out of the dump',
    end: postgresqlEnd,
    startsWithCommand: startsWithPostgresqlCommand,
    codeBegin: codeBegin,
};
/** MySQL, MariaDB and Percona Server, as mysqldump, mariadb-dump, phpMyAdmin and others write them. */
const mysql = {
    name: 'mysql',
    product: 'MySQL or MariaDB',
    dumper: 'mysqldump',
    plainDump: 'mysqldump --result-file=dump.sql',
    definitionsFrom: 'mysqldump --no-data',
    // A row may have 64 MiB (max_allowed_packet of MySQL 8.0), and twice as much in hexadecimal digits.
    longestUnit: 256 * mebi,
    longStatements: 'leave the value out of the dump, or the table, and copy it apart',
    longRows: 'leave the value out of the dump, or the table, and copy it apart',
    end: mysqlEnd,
    startsWithCommand: startsWithMysqlCommand,
    codeBegin: mysqlCodeBegin,
};

;// CONCATENATED MODULE: ./build/anonymize/schema/defined-table.js
/** A table as single statements define it, before types and inheritance are resolved. */

function newTable(name, scope = serverScope) {
    return {
        name,
        scope,
        of: undefined,
        renamed: new Map(),
        columns: [],
        uniques: [],
        foreignKeys: [],
        checks: [],
        parents: [],
        isPartition: false,
        partitionKey: undefined,
        bounds: undefined,
    };
}
function newColumn(name, type) {
    return {
        name,
        type,
        notNull: false,
        generated: false,
        generatedFrom: [],
        generatedIgnoresCase: false,
        generatedAs: undefined,
        default: undefined,
    };
}
/** The column of that name. An inherited one is added, without a type. */
function ownOrInherited(table, name) {
    const known = table.columns.find((column) => column.name === name);
    if (known)
        return known;
    const added = newColumn(name, '');
    table.columns.push(added);
    return added;
}
function addParent(table, parent) {
    if (parent !== undefined && !table.parents.includes(parent))
        table.parents.push(parent);
}
function attach(partition, parent) {
    partition.parents.splice(0, partition.parents.length, ...(parent === undefined ? [] : [parent]));
    partition.isPartition = true;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/constraints.js

/** @returns whether the part was a constraint of the table; otherwise the cursor has not moved */
function readConstraint(table, part) {
    const start = part.at;
    const name = part.accept('constraint') ? (part.name() ?? '') : '';
    if (part.accept('primary', 'key'))
        addKey(table, 'primary', name, part);
    else if (part.accept('unique'))
        addKey(table, 'unique', name, part);
    else if (part.accept('foreign', 'key')) {
        const columns = columnList(part);
        if (part.accept('references'))
            addReference(table, name, columns, part);
    }
    else if (part.accept('check'))
        addCheck(table, name, part);
    else if (part.accept('exclude', 'using') || part.isNext('exclude', '(')) {
        // A column may be called exclude: the word alone is not enough.
        while (!part.done && !part.isNext('('))
            part.at += 1;
        table.uniques.push({ kind: 'exclude', name, ...indexedColumns(part), ...constraints_rowsOf(part) });
    }
    else if (part.accept('not', 'null')) {
        const column = part.name();
        if (column !== undefined)
            ownOrInherited(table, column).notNull = true;
    }
    else {
        part.at = start;
        return false;
    }
    return true;
}
function addKey(table, kind, name, part) {
    const nulls = nullsNotDistinct(part);
    part.accept('nulls', 'distinct');
    if (!part.accept('using', 'index')) {
        table.uniques.push({ kind, name, columns: columnList(part), ignoresCase: false, ...nulls });
        return;
    }
    const index = part.name();
    const of = table.uniques.findIndex((unique) => unique.kind === 'index' && unique.name === index);
    const existing = table.uniques[of];
    if (existing)
        table.uniques[of] = { ...existing, kind, name };
}
function addReference(table, name, columns, part) {
    const references = part.table();
    if (references !== undefined)
        table.foreignKeys.push({ name, columns, references, referenced: columnList(part) });
}
function addCheck(table, name, part) {
    const group = part.group();
    if (group === undefined)
        return;
    let marks = {};
    for (;;)
        if (part.accept('no', 'inherit'))
            marks = { ...marks, isOwn: true };
        else if (part.accept('not', 'valid'))
            marks = { ...marks, isLax: true };
        // Neither PostgreSQL 18 nor MySQL compares rows with such a one.
        else if (part.accept('not', 'enforced'))
            return;
        else if (!part.accept('enforced'))
            break;
    table.checks.push({ name, expression: group.remainingSql(), columns: group.names(), ...marks });
}
function nullsNotDistinct(part) {
    return part.accept('nulls', 'not', 'distinct') ? { nullsNotDistinct: true } : {};
}
/** The condition that comes somewhere behind the columns of an index or an exclusion. */
function constraints_rowsOf(part) {
    while (!part.done && !part.isNext('where'))
        part.at += 1;
    return part.accept('where') ? { where: part.until(';').remainingSql() } : {};
}
/** The columns in the parentheses that come next, of an index or a generated column: also those inside expressions. */
function indexedColumns(part) {
    const group = part.group();
    const collated = group?.collations() ?? [];
    return {
        ...(collated.length > 0 ? { collated } : {}),
        columns: group?.names() ?? [],
        parts: group?.parts().map((one) => one.remainingSql()) ?? [],
        ignoresCase: (group?.calls('lower') || group?.calls('upper')) ?? false,
    };
}
/** The names in the parentheses that come next. */
function columnList(part) {
    const names = part.group()?.parts() ?? [];
    return names.map((one) => {
        const name = one.name() ?? '';
        // `PERIOD valid` of a temporal foreign key.
        return name === 'period' && !one.isNext('without') ? (one.name() ?? name) : name;
    });
}

;// CONCATENATED MODULE: ./build/anonymize/schema/columns.js
/** Columns inside CREATE TABLE, or added by ALTER TABLE. */


/** Words that end a column's type, or its default, and start its next property. */
const propertyWords = new Set('collate default not null generated constraint primary unique references check compression storage deferrable initially options using cascade restrict'.split(' '));
/** Reads one part of the parentheses of CREATE TABLE: a column or a constraint. */
function readElement(table, part) {
    if (readConstraint(table, part))
        return;
    readColumn(table, part);
}
function readColumn(table, part) {
    const name = part.name();
    if (name === undefined)
        return;
    const column = newColumn(name, columns_readType(part));
    table.columns.push(column);
    readProperties(table, column, part);
}
function readProperties(table, column, part) {
    const columns = [column.name];
    let constraint = '';
    while (!part.done) {
        if (part.accept('collate'))
            column.collation = part.qualified();
        else if (part.accept('constraint'))
            constraint = part.name() ?? '';
        else if (part.accept('not', 'null'))
            column.notNull = true;
        // The action of ON DELETE is not a default.
        else if (part.accept('set', 'default'))
            continue;
        else if (part.accept('default'))
            column.default = readDefault(part);
        else if (part.accept('generated'))
            readGenerated(column, part);
        else if (part.accept('primary', 'key'))
            table.uniques.push({ kind: 'primary', name: constraint, columns, ignoresCase: false });
        else if (part.accept('unique'))
            table.uniques.push({ kind: 'unique', name: constraint, columns, ignoresCase: false });
        else if (part.accept('references'))
            addReference(table, constraint, columns, part);
        else if (part.accept('check'))
            addCheck(table, constraint, part);
        else
            part.at += 1;
    }
}
/** `GENERATED ALWAYS AS (…)`, or an identity column, whose values are in the rows. */
function readGenerated(column, part) {
    part.accept('always');
    part.accept('by', 'default');
    part.accept('as');
    if (part.accept('identity'))
        return;
    column.generated = part.isNext('(');
    column.generatedAs = part.ahead()?.remainingSql();
    const { columns, ignoresCase } = indexedColumns(part);
    column.generatedFrom = columns;
    column.generatedIgnoresCase = ignoresCase;
}
/** The type that comes next, as written. */
function columns_readType(part) {
    return part.sqlUntil(() => {
        if (part.isNext(';'))
            return true;
        const word = part.token?.kind === 'word' ? part.token.text : '';
        // `with` belongs to the type only in `with time zone`.
        return propertyWords.has(word) || (word === 'with' && !part.isNext('with', 'time'));
    });
}
/** The expression of a default. */
function readDefault(part) {
    const startsProperty = () => part.token?.kind === 'word' && propertyWords.has(part.token.text);
    // `DEFAULT NULL` starts with such a word.
    return part.sqlUntil((begun) => begun && startsProperty()).replace(/;$/, '');
}

;// CONCATENATED MODULE: ./build/anonymize/schema/alter-table.js




/** Reads what follows the table's name. */
function alterTable(tables, table, cursor) {
    if (cursor.accept('rename'))
        rename(tables, table, cursor);
    else if (cursor.accept('set', 'schema'))
        moveTo(tables, table, cursor.name());
    else
        for (const part of cursor.parts())
            change(tables, table, part);
}
function rename(tables, table, cursor) {
    if (cursor.accept('to')) {
        const name = cursor.name();
        if (name !== undefined)
            tables.rename(table, [...nameParts(table.name).slice(0, -1), name].join('.'));
        return;
    }
    if (cursor.accept('constraint'))
        return;
    cursor.accept('column');
    const from = cursor.name();
    const to = cursor.accept('to') ? cursor.name() : undefined;
    if (from !== undefined && to !== undefined)
        tables.renameColumn(table, from, to);
}
function moveTo(tables, table, schema) {
    if (schema === undefined)
        return;
    const parts = nameParts(table.name);
    tables.rename(table, [...parts.slice(0, -2), schema, parts.at(-1)].join('.'));
}
function change(tables, table, part) {
    if (part.accept('attach', 'partition')) {
        const partition = tables.find(part.table() ?? '');
        if (partition === undefined)
            return;
        attach(partition, table.name);
        partition.bounds = part.remainingSql();
    }
    else if (part.accept('detach', 'partition'))
        detach(tables.find(part.table() ?? ''));
    else if (part.accept('inherit'))
        addParent(table, part.table());
    else if (part.accept('no', 'inherit'))
        leaveParent(table, part.table());
    else if (part.accept('of'))
        table.of = part.qualified();
    else if (part.accept('not', 'of'))
        table.of = undefined;
    else if (part.accept('add')) {
        if (readConstraint(table, part))
            return;
        part.accept('column');
        const optional = part.accept('if', 'not', 'exists');
        const known = table.columns.find(({ name }) => name === part.peekName());
        if (!optional || known === undefined)
            readColumn(table, part);
    }
    else if (part.accept('drop'))
        drop(table, part);
    else if (part.accept('alter'))
        alterColumn(table, part);
}
/** A partition that is one no longer is a table with the columns that it inherited. */
function detach(partition) {
    if (partition === undefined)
        return;
    partition.isPartition = false;
    partition.bounds = undefined;
}
function leaveParent(table, parent) {
    const at = table.parents.indexOf(parent ?? '');
    if (at >= 0)
        table.parents.splice(at, 1);
}
function drop(table, part) {
    const isConstraint = part.accept('constraint');
    if (!isConstraint)
        part.accept('column');
    part.accept('if', 'exists');
    const name = part.name();
    if (name === undefined)
        return;
    const stays = isConstraint
        ? (one) => one.name !== name
        : (one) => !one.columns.includes(name);
    keep(table.uniques, stays);
    keep(table.foreignKeys, stays);
    keep(table.checks, stays);
    if (!isConstraint)
        keep(table.columns, (column) => column.name !== name);
}
function keep(items, stays) {
    items.splice(0, items.length, ...items.filter(stays));
}
function alterColumn(table, part) {
    part.accept('column');
    const name = part.name();
    if (name === undefined)
        return;
    const column = ownOrInherited(table, name);
    if (part.accept('set', 'not', 'null'))
        column.notNull = true;
    else if (part.accept('drop', 'not', 'null'))
        column.notNull = false;
    else if (part.accept('set', 'default'))
        column.default = readDefault(part);
    else if (part.accept('drop', 'default'))
        column.default = undefined;
    else if (part.accept('drop', 'expression'))
        column.generated = false;
    else if (part.accept('type') || part.accept('set', 'data', 'type'))
        column.type = columns_readType(part);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/copied-columns.js


/** Reads `LIKE source INCLUDING …`, behind LIKE: NOT NULL always comes along, the rest when it is asked for. */
function copied_columns_readLike(table, part, find, allColumns) {
    const source = find(part.table() ?? '');
    if (source === undefined)
        return;
    const options = new Map();
    for (; !part.done; part.at += 1) {
        const including = part.accept('including');
        if (including || part.accept('excluding'))
            options.set(part.token?.text ?? '', including);
    }
    const has = (what) => options.get(what) ?? options.get('all') ?? false;
    for (const column of allColumns(source)) {
        const { generated } = column;
        table.columns.push({
            ...column,
            generated: generated && has('generated'),
            default: has('defaults') ? column.default : undefined,
        });
    }
    if (has('constraints'))
        table.checks.push(...source.checks);
    if (has('indexes'))
        table.uniques.push(...source.uniques.map((unique) => ({ ...unique, name: '' })));
}
/** Words that end a select list, or the tables that it is about. */
const clauses = [
    'where',
    'group',
    'having',
    'order',
    'limit',
    'offset',
    'fetch',
    'union',
    'intersect',
    'except',
    'with',
];
/**
 * The columns of a query, as far as its text gives their names: `SELECT a, t.b AS c, * FROM one_table`, `TABLE t`.
 * @returns undefined when it does not
 */
function queryColumns(query, find, allColumns) {
    if (query.isNext('('))
        return queryColumns(query.group(), find, allColumns);
    if (query.accept('table')) {
        const source = find(query.table() ?? '');
        return source && allColumns(source).map(({ name, type }) => newColumn(name, type));
    }
    if (!query.accept('select') || query.isNext('distinct', 'on'))
        return undefined;
    query.accept('distinct') || query.accept('all');
    const list = query.until('into', 'from', ...clauses);
    if (query.accept('into'))
        query.until('from', ...clauses);
    const from = query.accept('from') ? query.until(...clauses) : undefined;
    // Of a join, the types of columns are not known, and `*` is several tables.
    const single = from !== undefined && from.parts().length === 1 && !from.has('join');
    from?.accept('only');
    const source = single ? find(from.table() ?? '') : undefined;
    const known = source ? allColumns(source) : undefined;
    const columns = [];
    for (const item of list.parts()) {
        const last = item.tokens[item.end - 1];
        if (last?.text === '*' && last.kind === 'sign') {
            if (known === undefined)
                return undefined;
            columns.push(...known.map(({ name, type }) => newColumn(name, type)));
            continue;
        }
        const named = nameOfItem(item);
        if (named === undefined)
            return undefined;
        const type = known?.find((one) => one.name === named.of)?.type;
        columns.push(newColumn(named.name, type || 'unknown'));
    }
    return columns;
}
/** `a`, `t.a`, `… AS a`. PostgreSQL makes names for other expressions. @returns with the column that it is, if it is one */
function nameOfItem(item) {
    const expression = item.until('as');
    const whole = expression.qualified();
    const of = expression.done ? whole && nameParts(whole).at(-1) : undefined;
    const name = item.accept('as') ? item.name() : of;
    return name === undefined || !item.done ? undefined : { name, of };
}

;// CONCATENATED MODULE: ./build/anonymize/schema/function-bodies.js
/** The body of a function as one expression, where it is one (PostgreSQL manual, "CREATE FUNCTION" and "Control Structures"). */





/** Statements that are followed: branches of IF multiply them. */
const maxStatements = 60;
/** @param cursor behind the parameters of CREATE FUNCTION. @returns undefined for a body that does more */
function bodyOf(cursor) {
    let language = 'sql';
    for (; !cursor.done; cursor.at += 1) {
        if (cursor.accept('language'))
            language = cursor.name() ?? cursor.token?.text ?? '';
        if (cursor.accept('return'))
            return single(cursor.remainingSql());
        if (cursor.accept('begin', 'atomic'))
            return ofAtomic(cursor);
        if (cursor.accept('as') && cursor.token?.kind === 'string') {
            const body = cursor.token.text;
            cursor.at += 1;
            // `LANGUAGE` may come behind the body.
            while (!cursor.done && !cursor.accept('language'))
                cursor.at += 1;
            if (!cursor.done)
                language = cursor.name() ?? cursor.token?.text ?? '';
            return language === 'sql' ? ofSql(body) : language === 'plpgsql' ? ofPlpgsql(body) : undefined;
        }
    }
    return undefined;
}
function ofSql(body) {
    const cursor = new cursor_Cursor(body, tokenize(body));
    if (!cursor.accept('select'))
        return undefined;
    const query = cursor.until(';');
    cursor.accept(';');
    return cursor.done ? single(query.remainingSql()) : undefined;
}
function ofAtomic(cursor) {
    if (cursor.accept('return'))
        return single(cursor.until(';').remainingSql());
    if (!cursor.accept('select'))
        return undefined;
    const query = cursor.until(';');
    return cursor.accept(';') && cursor.accept('end') ? single(query.remainingSql()) : undefined;
}
/** The only column of a query without FROM, or what RETURN gives; its name does not matter. */
function single(sql) {
    const bare = sql.replace(/;\s*$/, '').replace(/\s+as\s+("[^"]+"|\w+)\s*$/i, '');
    const expression = parseExpression(bare);
    return expression.kind === 'unknown' ? undefined : expression;
}
/** Thrown for what is more than assignments, IF and RETURN. */
class OtherStatement extends Error {
}
function ofPlpgsql(body) {
    try {
        return new Program(body).result();
    }
    catch (error) {
        if (error instanceof OtherStatement)
            return undefined;
        throw error;
    }
}
class Program {
    #cursor;
    #followed = 0;
    constructor(body) {
        this.#cursor = new cursor_Cursor(body, tokenize(body));
    }
    result() {
        const cursor = this.#cursor;
        const variables = cursor.accept('declare') ? this.#declarations() : new Map();
        if (!cursor.accept('begin'))
            throw new OtherStatement();
        const statements = this.#statements();
        if (!cursor.accept('end'))
            throw new OtherStatement();
        return this.#run(statements, variables);
    }
    /** `name type [:= value];` up to BEGIN. */
    #declarations() {
        const variables = new Map();
        while (!this.#cursor.done && !this.#cursor.isNext('begin')) {
            const part = this.#cursor.until(';');
            this.#cursor.accept(';');
            const name = part.name() ?? '';
            const value = /(?::=|\bdefault\b|=)([\s\S]*)$/i.exec(part.remainingSql())?.[1];
            const given = value === undefined ? { kind: 'literal', value: null } : parseExpression(value);
            variables.set(name, substituted(given, variables));
        }
        return variables;
    }
    #statements() {
        const statements = [];
        const cursor = this.#cursor;
        while (!cursor.done && !['end', 'else', 'elsif', 'elseif'].some((word) => cursor.isNext(word)))
            statements.push(this.#statement());
        return statements;
    }
    #statement() {
        const cursor = this.#cursor;
        if (cursor.accept('if'))
            return this.#branches();
        const returns = cursor.accept('return');
        const part = cursor.until(';');
        cursor.accept(';');
        if (returns)
            return { kind: 'return', value: parseExpression(part.remainingSql()) };
        const name = part.name();
        if (name === undefined || !(part.accept(':', '=') || part.accept('=')))
            throw new OtherStatement();
        return { kind: 'set', name, value: parseExpression(part.remainingSql()) };
    }
    #branches() {
        const cursor = this.#cursor;
        const branches = [];
        do {
            const when = parseExpression(cursor.until('then').remainingSql());
            cursor.accept('then');
            branches.push({ when, statements: this.#statements() });
        } while (cursor.accept('elsif') || cursor.accept('elseif'));
        if (cursor.accept('else'))
            branches.push({ when: undefined, statements: this.#statements() });
        if (!cursor.accept('end', 'if', ';'))
            throw new OtherStatement();
        return { kind: 'if', branches };
    }
    #run(statements, variables) {
        const [first, ...rest] = statements;
        this.#followed += 1;
        if (first === undefined || this.#followed > maxStatements)
            throw new OtherStatement();
        if (first.kind === 'return')
            return substituted(first.value, variables);
        if (first.kind === 'set')
            return this.#run(rest, new Map([...variables, [first.name, substituted(first.value, variables)]]));
        const args = first.branches.flatMap(({ when, statements: own }) => [
            ...(when === undefined ? [] : [substituted(when, variables)]),
            this.#run([...own, ...rest], variables),
        ]);
        if (args.length % 2 === 0)
            args.push(this.#run(rest, variables));
        return call('case', ...args);
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/known-functions.js


class KnownFunctions {
    /** By the name alone, without its schema. */
    #byName = new Map();
    /** Reads what follows CREATE FUNCTION. */
    create(cursor, scope) {
        const written = cursor.qualified();
        if (written === undefined)
            return;
        const name = createdName(written, scope);
        const group = cursor.group();
        const signature = group?.remainingSql() ?? '';
        const parameters = parametersOf(group?.parts() ?? []);
        const own = nameParts(name).at(-1);
        const others = (this.#byName.get(own) ?? []).filter((one) => one.name !== name || one.signature !== signature);
        const isStrict = isCalledOnNoNull(cursor);
        const body = parameters === undefined ? undefined : bodyOf(cursor);
        this.#byName.set(own, [...others, { name, signature, parameters, isStrict, body }]);
    }
    /**
     * The function that an expression calls.
     * @param name as written, canonical
     * @returns undefined where the dump defines none of that name, or several
     */
    find(name, args) {
        const parts = nameParts(name);
        const all = this.#byName.get(parts.at(-1)) ?? [];
        const meant = parts.length > 1 ? all.filter((one) => `.${one.name}`.endsWith(`.${name}`)) : all;
        // Of one whose parameters are not understood, nobody knows whether it is meant.
        const fitting = meant.filter(({ parameters }) => parameters === undefined || parameters.length === args);
        return fitting.length === 1 ? fitting[0] : undefined;
    }
}
/** Words that begin a type of several words. */
const beginsType = /^(double|character|national|bit|timestamp|time|interval)$/;
const continuesType = /^(precision|varying|character|char|with|without)$/;
/** The names of the parameters, empty where there is none; undefined for other than IN parameters. */
function parametersOf(parts) {
    const names = [];
    for (const part of parts) {
        if (part.accept('out') || part.accept('inout') || part.accept('variadic'))
            return undefined;
        part.accept('in');
        if (part.has('default') || part.tokens.slice(part.at, part.end).some(({ text }) => text === '='))
            return undefined;
        const [first, second] = part.tokens.slice(part.at, part.end);
        const isNamed = second !== undefined &&
            second.kind !== 'sign' &&
            !(first?.kind === 'word' && beginsType.test(first.text) && continuesType.test(second.text));
        names.push(isNamed ? (part.name() ?? '') : '');
    }
    return names;
}
/** Whether it gives NULL, uncalled, where an argument is NULL. */
function isCalledOnNoNull(cursor) {
    const words = cursor.tokens.slice(cursor.at).map(({ kind, text }) => (kind === 'word' ? text : '.'));
    return words.includes('strict') || words.join(' ').includes('returns null on null input');
}

;// CONCATENATED MODULE: ./build/anonymize/schema/known-tables.js
/** The tables that a dump defines, by the names that they have, and that they had before: rows may stand before ALTER TABLE … RENAME. */

class KnownTables {
    /** By the full name that they have in the end. */
    byName = new Map();
    /** New full names by old ones. */
    #renamed = new Map();
    /** @param name a full name */
    find(name) {
        let table = this.byName.get(name);
        if (table !== undefined || this.#renamed.size === 0)
            return table;
        let now = this.#renamed.get(name);
        while (table === undefined && now !== undefined)
            [table, now] = [this.byName.get(now), this.#renamed.get(now)];
        return table;
    }
    /** The table that a statement names so. */
    meant(name, scope) {
        if (name === undefined)
            return undefined;
        for (const full of possibleNames(name, scope)) {
            const table = this.find(full);
            if (table)
                return table;
        }
        return undefined;
    }
    fullName(name, scope) {
        return this.meant(name, scope)?.name ?? createdName(name, scope);
    }
    add(table) {
        this.#renamed.delete(table.name);
        this.byName.set(table.name, table);
    }
    rename(table, name) {
        if (table.name === name)
            return;
        this.byName.delete(table.name);
        this.#renamed.delete(name);
        this.#renamed.set(table.name, name);
        table.name = name;
        this.byName.set(name, table);
    }
    drop(table) {
        this.byName.delete(table.name);
    }
    /** Gives a column another name wherever definitions name it. */
    renameColumn(table, from, to) {
        const changed = (names) => names.map((name) => (name === from ? to : name));
        for (const column of table.columns) {
            if (column.name === from)
                column.name = to;
            column.generatedFrom = changed(column.generatedFrom);
        }
        replaceAll(table.uniques, (unique) => ({ ...unique, columns: changed(unique.columns) }));
        replaceAll(table.foreignKeys, (key) => ({ ...key, columns: changed(key.columns) }));
        replaceAll(table.checks, (check) => ({ ...check, columns: changed(check.columns) }));
        if (table.partitionKey)
            table.partitionKey = { ...table.partitionKey, columns: changed(table.partitionKey.columns) };
        table.renamed.delete(to);
        table.renamed.set(from, to);
        for (const other of this.byName.values()) {
            replaceAll(other.foreignKeys, (key) => this.find(key.references) === table ? { ...key, referenced: changed(key.referenced) } : key);
            // Columns that are inherited change with it.
            if (other.parents.some((parent) => this.find(parent) === table))
                this.renameColumn(other, from, to);
        }
    }
}
function replaceAll(items, change) {
    items.splice(0, items.length, ...items.map(change));
}

;// CONCATENATED MODULE: ./build/anonymize/schema/types.js
/** Column types, as far as rules need them. */

const types_classes = [
    [
        /^(text|character varying|varchar|character|char|nchar|bpchar|name|citext|xml|national (character|char)( varying)?)$/,
        'text',
    ],
    [/^bytea$/, 'bytes'],
    [/^jsonb?$/, 'json'],
    [/^(smallint|integer|bigint|int|int2|int4|int8|serial|bigserial|smallserial|serial[248])$/, 'integer'],
    [/^(numeric|decimal|dec|real|double precision|float|float4|float8|money)$/, 'number'],
    [/^date$/, 'date'],
    [/^timestamp( without time zone| with time zone)?$|^timestamptz$/, 'timestamp'],
    [/^uuid$/, 'uuid'],
    [/^(boolean|bool)$/, 'boolean'],
];
/** Levels of domains that are followed. Real schemas are never nested so deeply, but a statement may say anything. */
const types_maxDepth = 100;
/** The end of a type that makes it an array: `[]`, `[3]`, `ARRAY`. */
const arrayEnd = /(\s+array)?(\s*\[\s*\d*\s*\])+\s*$|\s+array\s*$/i;
/** The written type of an array's elements. */
function withoutArray(written) {
    return written.replace(arrayEnd, '').trim();
}
/** @param defined finds a type that the dump defines, by canonical name */
function resolveType(written, defined, depth = 0) {
    const array = arrayEnd.test(written);
    const element = withoutArray(written);
    const name = canonicalQualified(element);
    const own = depth < types_maxDepth ? defined(name) : undefined;
    const inside = array
        ? { kind: 'array', of: () => resolveType(element, defined, depth + 1) }
        : own && insideOf(own, defined, depth + 1);
    if (own?.kind === 'enum')
        return { ...types_plain, written, array, inside, enumeration: own.labels };
    if (own?.kind === 'composite')
        return { ...types_plain, written, array, inside, composite: name };
    if (own?.kind === 'range' || own?.kind === 'multirange')
        return { ...types_plain, written, array, inside };
    if (own?.kind === 'domain') {
        const base = resolveType(own.over, defined, depth + 1);
        const maxCharacters = array ? undefined : base.maxCharacters;
        const checks = [...own.checks, ...base.checks];
        const collation = own.collation ?? base.collation;
        return {
            ...base,
            written,
            array: array || base.array,
            maxCharacters,
            checks,
            inside: inside ?? base.inside,
            collation,
        };
    }
    return { ...builtIn(written, element, array), inside: inside ?? builtInInside(element) };
}
function insideOf(own, defined, depth) {
    if (own.kind === 'composite')
        return { kind: 'composite', fields: () => own.attributes.map(({ type }) => resolveType(type, defined, depth)) };
    if (own.kind === 'range' || own.kind === 'multirange')
        return { kind: own.kind, of: () => resolveType(own.over, defined, depth) };
    return undefined;
}
/** What the ranges of PostgreSQL itself are made of (manual, "Built-in Range and Multirange Types"). */
const builtInRanges = {
    int4: 'integer',
    int8: 'bigint',
    num: 'numeric',
    date: 'date',
    ts: 'timestamp without time zone',
    tstz: 'timestamp with time zone',
};
function builtInInside(element) {
    const [, name = '', kind] = /^(?:pg_catalog\.)?(\w+?)(range|multirange)$/i.exec(element.trim()) ?? [];
    const over = builtInRanges[name.toLowerCase()];
    if (over === undefined)
        return undefined;
    if (kind?.toLowerCase() === 'range')
        return { kind: 'range', of: () => resolveType(over, () => undefined) };
    return { kind: 'multirange', of: () => resolveType(`${name}range`, () => undefined) };
}
const oneCharacter = /^(character|char|nchar|national (character|char))$/;
const types_limited = /^(character varying|varchar|character|char|nchar|bpchar|national .*)$/;
/** @param element the type without the end that makes it an array */
function builtIn(written, element, array) {
    const bare = element
        .replace(/\([^)]*\)/, ' ')
        .replace(/\s*\.\s*/g, '.')
        .replace(/\s+/g, ' ')
        .replace(/^(pg_catalog|public|extensions)\./i, '')
        .trim()
        .toLowerCase();
    const caseless = /(^|\.)"?citext"?$/.test(bare);
    const length = /\(\s*(\d+)\s*\)/.exec(element)?.[1];
    const limit = length === undefined ? (oneCharacter.test(bare) ? 1 : undefined) : Number(length);
    return {
        ...types_plain,
        written,
        underlying: written,
        base: caseless ? 'text' : (types_classes.find(([pattern]) => pattern.test(bare))?.[1] ?? 'other'),
        array,
        caseless,
        maxCharacters: !array && types_limited.test(bare) ? limit : undefined,
    };
}
/** Whether the type is a domain that refuses NULL. */
function refusesNull(written, defined, depth = 0) {
    const own = depth < types_maxDepth ? defined(canonicalQualified(written)) : undefined;
    return own?.kind === 'domain' && (own.notNull || refusesNull(own.over, defined, depth + 1));
}
const types_plain = {
    written: '',
    underlying: '',
    base: 'other',
    array: false,
    composite: undefined,
    caseless: false,
    padded: false,
    binary: false,
    maxCharacters: undefined,
    enumeration: undefined,
    checks: [],
    inside: undefined,
};

;// CONCATENATED MODULE: ./build/anonymize/schema/known-types.js





class KnownTypes {
    #types = new Map();
    #collations = new Map();
    #rowOf;
    /** @param rowOf the columns of a table, by full name: each table is a type, too */
    constructor(rowOf) {
        this.#rowOf = rowOf;
    }
    /** @param written as in a definition that was read under `scope` */
    resolve(written, scope, collation) {
        const type = resolveType(written, (name) => this.#meant(name, scope));
        const own = this.collation(collation, scope);
        return own === undefined ? type : { ...type, collation: own };
    }
    /** A collation under which different texts are equal. @param name canonical */
    collation(name, scope) {
        if (name === undefined)
            return undefined;
        const full = possibleNames(name, scope).find((one) => this.#collations.has(one));
        return full === undefined ? undefined : this.#collations.get(full);
    }
    /** Reads what follows CREATE COLLATION. All that PostgreSQL has itself compare bytes in the end. */
    createCollation(cursor, scope) {
        cursor.accept('if', 'not', 'exists');
        const name = cursor.qualified();
        if (name === undefined)
            return;
        const full = createdName(name, scope);
        if (cursor.accept('from')) {
            const collation = this.collation(cursor.qualified(), scope);
            if (collation !== undefined)
                this.#collations.set(full, collation);
            return;
        }
        const options = new Map();
        for (const part of cursor.group()?.parts() ?? []) {
            const option = part.name();
            if (option !== undefined && part.accept('='))
                options.set(option, part.token?.text ?? '');
        }
        if (/^(false|off|0|no)$/i.test(options.get('deterministic') ?? ''))
            this.#collations.set(full, icuCollation(options.get('locale') ?? ''));
    }
    refusesNull(written, scope) {
        return refusesNull(written, (name) => this.#meant(name, scope));
    }
    attributes(type, scope) {
        const known = this.#meant(type, scope);
        return known?.kind === 'composite' ? known.attributes : [];
    }
    #meant(name, scope) {
        const full = this.#fullName(name, scope);
        return full === undefined ? this.#rowType(name, scope) : this.#types.get(full);
    }
    /** Without a schema, a name rather means a type of the server's own, such as `date`, than a row of a table. */
    #rowType(name, scope) {
        if (nameParts(name).length === 1)
            return undefined;
        for (const full of possibleNames(name, scope)) {
            const columns = this.#rowOf(full);
            if (columns !== undefined)
                return { kind: 'composite', attributes: [...columns] };
        }
        return undefined;
    }
    #fullName(name, scope) {
        return possibleNames(name, scope).find((full) => this.#types.has(full));
    }
    /** Reads what follows CREATE TYPE. */
    create(cursor, scope) {
        const name = cursor.qualified();
        if (name === undefined || !cursor.accept('as'))
            return;
        const full = createdName(name, scope);
        if (cursor.accept('enum')) {
            const group = cursor.group();
            const labels = group?.tokens.slice(group.at, group.end).filter((token) => token.kind === 'string') ?? [];
            this.#types.set(full, { kind: 'enum', labels: labels.map((token) => token.text) });
        }
        else if (cursor.accept('range'))
            this.#createRange(full, cursor, scope);
        else if (cursor.isNext('(')) {
            const parts = cursor.group()?.parts() ?? [];
            this.#types.set(full, { kind: 'composite', attributes: parts.flatMap((part) => this.#attribute(part, scope)) });
        }
    }
    /** `(subtype = text, multirange_type_name = …)`; without a name, that of the type of several ranges is made of the range's. */
    #createRange(full, cursor, scope) {
        const name = nameParts(full).at(-1) ?? '';
        const made = name.includes('range') ? name.replace('range', 'multirange') : `${name}_multirange`;
        let multirange = full.slice(0, full.length - name.length) + made;
        for (const part of cursor.group()?.parts() ?? []) {
            const option = part.name();
            if (!part.accept('='))
                continue;
            if (option === 'subtype')
                this.#types.set(full, { kind: 'range', over: this.#qualified(part.remainingSql(), scope) });
            else if (option === 'multirange_type_name')
                multirange = createdName(part.qualified() ?? made, scope);
        }
        this.#types.set(multirange, { kind: 'multirange', over: nameParts(full).slice(-2).join('.') });
    }
    #attribute(part, scope) {
        const name = part.name();
        return name === undefined ? [] : [{ name, type: this.#qualified(columns_readType(part), scope) }];
    }
    /** Reads what follows CREATE DOMAIN. */
    createDomain(cursor, scope) {
        const name = cursor.qualified();
        if (name === undefined)
            return;
        cursor.accept('as');
        const type = { kind: 'domain', over: this.#qualified(columns_readType(cursor), scope), checks: [], notNull: false };
        this.#types.set(createdName(name, scope), type);
        readDomainProperties(type, cursor, (name) => this.collation(name, scope));
    }
    /** A type with its schema, since another search path may hold where it is used. */
    #qualified(written, scope) {
        const element = withoutArray(written);
        const full = this.#fullName(canonicalQualified(element), scope);
        // A database in front is none of SQL.
        return full === undefined ? written : nameParts(full).slice(-2).join('.') + written.slice(element.length);
    }
    /** Reads what follows ALTER DOMAIN. */
    alterDomain(cursor, scope) {
        const type = this.#meant(cursor.qualified() ?? '', scope);
        if (type?.kind === 'domain' && !cursor.isNext('drop'))
            readDomainProperties(type, cursor, (name) => this.collation(name, scope));
    }
    /** Reads what follows ALTER TYPE. */
    alter(cursor, scope) {
        const full = this.#fullName(cursor.qualified() ?? '', scope);
        const type = full === undefined ? undefined : this.#types.get(full);
        if (full === undefined || type === undefined)
            return;
        if (cursor.accept('rename', 'to'))
            this.#rename(type, [...nameParts(full).slice(0, -1), cursor.name()]);
        else if (cursor.accept('set', 'schema'))
            this.#rename(type, [...nameParts(full).slice(0, -2), cursor.name(), nameParts(full).at(-1)]);
        else if (type.kind === 'enum')
            alterLabels(type.labels, cursor);
        else if (type.kind === 'composite')
            if (cursor.accept('rename', 'attribute'))
                renameAttribute(type.attributes, cursor);
            else
                for (const part of cursor.parts())
                    this.#alterAttribute(type.attributes, part, scope);
    }
    /** Under its old name, too: what is defined already says the old one. */
    #rename(type, parts) {
        if (!parts.includes(undefined))
            this.#types.set(parts.join('.'), type);
    }
    #alterAttribute(attributes, part, scope) {
        if (part.accept('add', 'attribute'))
            attributes.push(...this.#attribute(part, scope));
        else if (part.accept('drop', 'attribute')) {
            part.accept('if', 'exists');
            const at = attributes.findIndex(({ name }) => name === part.peekName());
            if (at >= 0)
                attributes.splice(at, 1);
        }
        else if (part.accept('alter', 'attribute')) {
            const name = part.name();
            const attribute = attributes.find((one) => one.name === name);
            part.accept('set', 'data');
            if (attribute && part.accept('type'))
                attribute.type = this.#qualified(columns_readType(part), scope);
        }
    }
}
function renameAttribute(attributes, cursor) {
    const name = cursor.name();
    const attribute = attributes.find((one) => one.name === name);
    const to = cursor.accept('to') ? cursor.name() : undefined;
    if (attribute && to !== undefined)
        attribute.name = to;
}
function alterLabels(labels, cursor) {
    const label = () => {
        const { token } = cursor;
        cursor.at += 1;
        return token?.kind === 'string' ? token.text : undefined;
    };
    if (cursor.accept('add', 'value')) {
        cursor.accept('if', 'not', 'exists');
        const added = label();
        if (added !== undefined && !labels.includes(added))
            labels.push(added);
    }
    else if (cursor.accept('rename', 'value')) {
        const at = labels.indexOf(label() ?? '');
        const to = cursor.accept('to') ? label() : undefined;
        if (at >= 0 && to !== undefined)
            labels[at] = to;
    }
}
/** Reads what follows the type of a domain, or ALTER DOMAIN. */
function readDomainProperties(type, cursor, collation) {
    while (!cursor.done) {
        if (cursor.accept('collate'))
            type.collation = collation(cursor.qualified());
        else if (cursor.accept('check'))
            type.checks.push(cursor.group()?.remainingSql() ?? '');
        else if (cursor.accept('not', 'null'))
            type.notNull = true;
        else if (cursor.group() === undefined)
            cursor.at += 1;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/known-views.js

/** Words that follow the name of a table and are no other name for it. */
const noAlias = new Set('join inner left right full cross natural on using where group having order limit offset union intersect except with tablesample'.split(' '));
class KnownViews {
    /** By full name of the view, then by name of its column. */
    #columns = new Map();
    /**
     * Reads the query of a view.
     * @param query from SELECT on
     * @param find the full name of a table, where there is one of that name
     */
    add(name, query, find) {
        if (!query.accept('select'))
            return;
        const list = query.until('from');
        const rest = query.until(';');
        // What is grouped, or united, is distinct in itself, or not by the column of one table alone.
        if (list.has('distinct') || ['group', 'union', 'intersect', 'except'].some((word) => rest.has(word)))
            return;
        const tables = tablesIn(rest, find);
        const columns = new Map();
        for (const item of list.parts()) {
            const expression = item.until('as');
            const parts = nameParts(expression.qualified() ?? '');
            const column = parts.at(-1);
            const table = parts.length > 1 ? tables.get(parts.slice(0, -1).join('.')) : onlyOf(tables);
            const shown = item.accept('as') ? item.name() : column;
            if (expression.done && table !== undefined && column && shown)
                columns.set(shown, { table, column });
        }
        this.#columns.set(name, columns);
    }
    /** The columns of tables that these columns of a view are; those that are none are left out. */
    sources(view, columns) {
        const known = this.#columns.get(view);
        return columns.flatMap((column) => known?.get(column) ?? []);
    }
}
function onlyOf(tables) {
    const all = new Set(tables.values());
    return all.size === 1 ? [...all][0] : undefined;
}
/** Full names of the tables of a FROM, by each name that the query may use for them. */
function tablesIn(from, find) {
    const tables = new Map();
    while (!from.done) {
        const name = from.qualified();
        const full = name === undefined ? undefined : find(name);
        if (name === undefined)
            from.at += 1;
        if (name === undefined || full === undefined)
            continue;
        from.accept('as');
        const { token } = from;
        const alias = token && token.kind !== 'sign' && !noAlias.has(token.text) ? from.name() : undefined;
        for (const one of alias === undefined ? [name, nameParts(name).at(-1)] : [alias])
            tables.set(one, full);
    }
    return tables;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/definitions.js
/** Reads CREATE, ALTER and DROP statements, as pg_dump and people write them. */












class Definitions {
    #tables = new KnownTables();
    #types = new KnownTypes((name) => this.#tables.find(name)?.columns);
    #functions = new KnownFunctions();
    #views = new KnownViews();
    /** What names mean in the statement that is read. */
    #scope = serverScope;
    get tables() {
        return this.#tables.byName;
    }
    /** Reads one statement. Ignores those that define no table or type. Never throws. */
    read(sql, scope) {
        this.#scope = scope;
        const cursor = new cursor_Cursor(sql, tokenize(sql), 0, undefined, (name) => this.#tables.fullName(name, scope));
        if (cursor.accept('create'))
            this.#create(cursor);
        else if (cursor.accept('alter'))
            this.#alter(cursor);
        else if (cursor.accept('drop'))
            this.#drop(cursor);
        else if (cursor.isNext('select'))
            this.#selectInto(cursor);
    }
    find(name) {
        return this.#tables.find(name);
    }
    typeOf({ scope }, { type, collation }) {
        return this.#types.resolve(type, scope, collation);
    }
    collationOf({ scope }, name) {
        return this.#types.collation(name, scope);
    }
    refusesNull({ scope }, { type }) {
        return this.#types.refusesNull(type, scope);
    }
    attributesOf({ of, scope }) {
        return of === undefined ? [] : this.#types.attributes(of, scope).map(({ name, type }) => newColumn(name, type));
    }
    functionNamed(name, args) {
        return this.#functions.find(name, args);
    }
    #create(cursor) {
        cursor.accept('or', 'replace');
        let isTemporary = false;
        for (const word of ['global', 'local', 'temporary', 'temp', 'unlogged', 'foreign'])
            if (cursor.accept(word) && word.startsWith('temp'))
                isTemporary = true;
        if (cursor.accept('table'))
            this.#createTable(cursor, isTemporary);
        else if (cursor.accept('unique', 'index'))
            this.#createUniqueIndex(cursor);
        else if (cursor.accept('type'))
            this.#types.create(cursor, this.#scope);
        else if (cursor.accept('domain'))
            this.#types.createDomain(cursor, this.#scope);
        else if (cursor.accept('collation'))
            this.#types.createCollation(cursor, this.#scope);
        else if (cursor.accept('materialized', 'view'))
            this.#createView(cursor);
        else if (cursor.accept('function'))
            this.#functions.create(cursor, this.#scope);
    }
    /** The table that a CREATE TABLE makes; undefined when the name is missing. */
    #newTable(name, isTemporary) {
        if (name === undefined)
            return undefined;
        const full = createdName(isTemporary ? `${temporary}.${nameParts(name).at(-1)}` : name, this.#scope);
        return newTable(full, this.#scope);
    }
    #createTable(cursor, isTemporary) {
        const optional = cursor.accept('if', 'not', 'exists');
        const table = this.#newTable(cursor.qualified(), isTemporary);
        if (table === undefined || (optional && this.#tables.byName.has(table.name)))
            return;
        if (cursor.accept('partition', 'of'))
            attach(table, cursor.table());
        else if (cursor.accept('of'))
            table.of = cursor.qualified();
        for (const part of cursor.group()?.parts() ?? [])
            this.#readElement(table, part);
        if (table.isPartition)
            table.bounds = cursor.remainingSql();
        if (!this.#readOptions(table, cursor))
            return;
        this.#tables.add(table);
    }
    #readElement(table, part) {
        if (part.accept('like'))
            copied_columns_readLike(table, part, this.#findFull, this.#allColumns);
        else
            readElement(table, part);
    }
    /** Reads what follows the columns. @returns whether they are known */
    #readOptions(table, cursor) {
        for (; !cursor.done; cursor.at += 1) {
            if (cursor.accept('inherits'))
                for (const part of cursor.group()?.parts() ?? [])
                    addParent(table, part.table());
            if (cursor.accept('partition', 'by')) {
                const strategy = cursor.name();
                const key = indexedColumns(cursor);
                if (strategy === 'range' || strategy === 'list' || strategy === 'hash')
                    table.partitionKey = { strategy, ...key };
            }
            if (cursor.accept('as'))
                return this.#fromQuery(table, cursor);
        }
        return true;
    }
    /** The columns of `CREATE TABLE … AS`; they may have been given other names. */
    #fromQuery(table, query) {
        const found = queryColumns(query, this.#findFull, this.#allColumns);
        if (found === undefined)
            return false;
        const names = table.columns.map(({ name }) => name);
        table.columns.splice(0, names.length, ...found.map((column, index) => ({ ...column, name: names[index] ?? column.name })));
        return true;
    }
    #selectInto(cursor) {
        const target = new cursor_Cursor(cursor.sql, cursor.tokens, cursor.at);
        target.until('into');
        if (!target.accept('into'))
            return;
        let isTemporary = false;
        for (const word of ['temporary', 'temp', 'unlogged', 'table'])
            if (target.accept(word) && word.startsWith('temp'))
                isTemporary = true;
        const table = this.#newTable(target.qualified(), isTemporary);
        if (table !== undefined && this.#fromQuery(table, cursor))
            this.#tables.add(table);
    }
    #findFull = (name) => this.#tables.find(name);
    #allColumns = (table) => {
        const columns = new Map();
        for (const parent of table.parents) {
            const source = this.#tables.find(parent);
            if (source && source !== table)
                for (const column of this.#allColumns(source))
                    columns.set(column.name, column);
        }
        for (const column of [...this.attributesOf(table), ...table.columns])
            if (column.type !== '' || !columns.has(column.name))
                columns.set(column.name, column);
        const primary = table.uniques.filter(({ kind }) => kind === 'primary').flatMap((unique) => unique.columns);
        return [...columns.values()].map((column) => primary.includes(column.name) ? { ...column, notNull: true } : column);
    };
    #createView(cursor) {
        cursor.accept('if', 'not', 'exists');
        const name = cursor.qualified();
        if (name === undefined)
            return;
        cursor.until('as');
        cursor.accept('as');
        this.#views.add(createdName(name, this.#scope), cursor, (table) => this.#tables.meant(table, this.#scope)?.name);
    }
    /** A unique index of a materialised view asks the columns of tables that it shows to be unique. */
    #addToSources(view, columns, unique) {
        for (const { table, column } of this.#views.sources(view, columns))
            this.#tables.find(table)?.uniques.push({ ...unique, columns: [column] });
    }
    #createUniqueIndex(cursor) {
        cursor.accept('concurrently');
        cursor.accept('if', 'not', 'exists');
        const name = cursor.isNext('on') ? '' : (cursor.qualified() ?? '');
        if (!cursor.accept('on'))
            return;
        cursor.accept('only');
        const on = cursor.table() ?? '';
        const table = this.#tables.find(on);
        if (cursor.accept('using'))
            cursor.at += 1;
        const indexed = indexedColumns(cursor);
        if (cursor.accept('include'))
            cursor.group();
        const unique = { kind: 'index', name, ...indexed, ...nullsNotDistinct(cursor), ...constraints_rowsOf(cursor) };
        if (table !== undefined)
            table.uniques.push(unique);
        else
            this.#addToSources(on, indexed.columns, { kind: 'index', name, ignoresCase: indexed.ignoresCase });
    }
    #alter(cursor) {
        if (cursor.accept('domain'))
            this.#types.alterDomain(cursor, this.#scope);
        else if (cursor.accept('type'))
            this.#types.alter(cursor, this.#scope);
        else if (cursor.accept('schema'))
            this.#alterSchema(cursor);
        else {
            cursor.accept('foreign');
            if (!cursor.accept('table'))
                return;
            cursor.accept('if', 'exists');
            cursor.accept('only');
            const table = this.#tables.find(cursor.table() ?? '');
            cursor.accept('*');
            if (table !== undefined)
                alterTable(this.#tables, table, cursor);
        }
    }
    #alterSchema(cursor) {
        const from = cursor.name();
        const to = cursor.accept('rename', 'to') ? cursor.name() : undefined;
        if (from === undefined || to === undefined)
            return;
        const { database } = this.#scope;
        const [before, after] = [from, to].map((schema) => (database === '' ? `${schema}.` : `${database}.${schema}.`));
        for (const [name, table] of [...this.#tables.byName])
            if (name.startsWith(before))
                this.#tables.rename(table, `${after}${name.slice(before.length)}`);
    }
    #drop(cursor) {
        cursor.accept('foreign');
        const what = cursor.accept('table') ? 'table' : cursor.accept('index') ? 'index' : '';
        if (what === '')
            return;
        cursor.accept('concurrently');
        cursor.accept('if', 'exists');
        for (const part of cursor.parts()) {
            const name = part.qualified();
            if (what === 'index')
                this.#dropIndex(name);
            else {
                const table = this.#tables.meant(name, this.#scope);
                if (table)
                    this.#tables.drop(table);
            }
        }
    }
    #dropIndex(name) {
        if (name === undefined)
            return;
        const own = nameParts(name).at(-1);
        for (const { uniques } of this.#tables.byName.values()) {
            const at = uniques.findIndex((unique) => unique.kind === 'index' && nameParts(unique.name).at(-1) === own);
            if (at >= 0)
                uniques.splice(at, 1);
        }
    }
}

;// CONCATENATED MODULE: ./build/anonymize/schema/linked-columns.js
/** Groups of columns that must keep equal values equal, since foreign keys, partitions or CHECKs link them. */

class LinkedColumns {
    #groups = new Map();
    /** Columns that a CHECK compares with others: whether it ignores upper and lower case. */
    #bound = new Map();
    /**
     * @param find a table by canonical name
     * @param read reads the CHECKs that link columns; undefined where only foreign keys and partitions count
     */
    constructor(tables, find, read) {
        for (const table of tables) {
            this.#linkForeignKeys(table, find);
            if (read !== undefined)
                this.#linkBound(table, read);
            if (table.isPartition && table.parent !== undefined)
                for (const { name } of table.columns)
                    this.#link({ table: table.name, column: name }, { table: table.parent, column: name });
        }
    }
    /** The columns linked to this one, in either direction and over any number of tables, with the column itself. */
    of(place) {
        return this.#groups.get(keyOf(place)) ?? [place];
    }
    /** Whether a CHECK compares the column with another one, and whether it ignores upper and lower case then. */
    bound(place) {
        const ignoresCase = this.#bound.get(keyOf(place));
        return ignoresCase === undefined ? undefined : { ignoresCase };
    }
    #linkBound(table, read) {
        for (const { columns, ignoresCase } of bindingsOf(table, read)) {
            const places = columns.map((column) => ({ table: table.name, column }));
            for (const place of places) {
                this.#link(places[0], place);
                this.#bound.set(keyOf(place), ignoresCase || (this.#bound.get(keyOf(place)) ?? false));
            }
        }
    }
    #linkForeignKeys(table, find) {
        for (const key of table.foreignKeys) {
            const primary = find(key.references)?.uniques.find(({ kind }) => kind === 'primary')?.columns ?? [];
            const referenced = key.referenced.length > 0 ? key.referenced : primary;
            key.columns.forEach((column, index) => {
                const other = referenced[index];
                if (other !== undefined)
                    this.#link({ table: table.name, column }, { table: key.references, column: other });
            });
        }
    }
    #link(one, other) {
        const [a, b] = [this.#group(one), this.#group(other)];
        if (a === b)
            return;
        const [larger, smaller] = a.length < b.length ? [b, a] : [a, b];
        for (const place of smaller) {
            larger.push(place);
            this.#groups.set(keyOf(place), larger);
        }
    }
    #group(place) {
        const group = this.#groups.get(keyOf(place)) ?? [place];
        this.#groups.set(keyOf(place), group);
        return group;
    }
}
/** Blanks in canonical names occur inside quotes only. */
function keyOf({ table, column }) {
    return `${table} ${column}`;
}

;// CONCATENATED MODULE: ./build/anonymize/format/mysql/modes.js
/** Character sets in which the second byte of a character may look like `@` or a backslash (MySQL manual, "Supported Character Sets"). */
const unsafeCharsets = /^(gbk|sjis|cp932|big5|gb18030)$/i;
/** What may be the second byte of a character there, and means something where it stands alone. */
const meaningful = new Set([0x40, 0x5c, 0x60]);
/** Modes in which double quotes enclose names, alone or as part of a combination (MySQL manual, "Server SQL Modes"). */
const ansiModes = /(^|,)\s*(ANSI_QUOTES|ANSI|DB2|MAXDB|MSSQL|ORACLE|POSTGRESQL)\s*(,|$)/i;
const assignment = /([\w@.`]+)\s*:?=\s*('[^']*'|"[^"]*"|[\w@.`]+)/g;
const usualForms = { backslashes: true, ansiQuotes: false };
/** Follows `sql_mode` and the character set through the SET statements of a dump, which saves and restores them around routines. */
class SqlModes {
    #saved = new Map();
    #savedCharsets = new Map();
    forms = usualForms;
    /** The character set of the statements, if it is one that cannot be searched byte by byte. */
    unsafeCharset;
    /** @param statement that begins with SET */
    read(statement) {
        const names = charsetNames.exec(statement)?.[1];
        if (names !== undefined)
            this.unsafeCharset = unsafe(names);
        for (const [, name = '', value = ''] of statement.matchAll(assignment)) {
            if (isSqlMode(value))
                this.#saved.set(name.toLowerCase(), this.forms);
            else if (isSqlMode(name))
                this.forms = this.#formsOf(value);
            else if (isCharset(value))
                this.#savedCharsets.set(name.toLowerCase(), this.unsafeCharset);
            else if (isCharset(name))
                this.unsafeCharset = value.startsWith('@') ? this.#savedCharsets.get(value.toLowerCase()) : unsafe(value);
        }
    }
    #formsOf(value) {
        if (value.startsWith('@'))
            return this.#saved.get(value.toLowerCase()) ?? this.forms;
        const modes = value.replaceAll(/['"]/g, '');
        return { backslashes: !/NO_BACKSLASH_ESCAPES/i.test(modes), ansiQuotes: ansiModes.test(modes) };
    }
}
function isSqlMode(name) {
    return /^(@@)?((session|global|local)\.)?`?sql_mode`?$/i.test(name);
}
const charsetNames = /^set\s+(?:names|character\s+set|charset)\s*['"]?(\w+)/i;
function isCharset(name) {
    return /^(@@)?(session\.)?`?character_set_client`?$/i.test(name);
}
function unsafe(value) {
    const name = value.replaceAll(/['"`]/g, '');
    return unsafeCharsets.test(name) ? name : undefined;
}
/** Whether the byte is the first of two of one character. */
function modes_isLead(byte, charset) {
    // Shift JIS has characters of one byte between.
    if (/^(sjis|cp932)$/i.test(charset))
        return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
    return byte >= 0x81;
}
/** Whether a character between these places has a second byte that means something where it stands alone. */
function mayMislead(bytes, from, to, charset) {
    for (let at = from; at < to; at += 1) {
        if (bytes[at] < 0x81 || !modes_isLead(bytes[at], charset))
            continue;
        at += 1;
        if (at < to && meaningful.has(bytes[at]))
            return true;
    }
    return false;
}

;// CONCATENATED MODULE: ./build/anonymize/format/mysql/names.js
/** Names of tables in one canonical form (names.ts): `shop.users` where the dump names its databases, otherwise `users`. */


/** @param database the current one; empty when the dump names none */
function tableIn(database, name, isQualified) {
    return database === '' || isQualified ? name : `${database}.${name}`;
}
/** Reads the name of a table that comes next. */
function readTable(cursor, database) {
    const first = cursor.name();
    if (first === undefined)
        return undefined;
    return cursor.accept('.') ? `${first}.${cursor.name() ?? ''}` : tableIn(database, first, false);
}
/** @returns the canonical name of the database that the statement selects; undefined when it selects none */
function usedDatabase(statement, forms) {
    const cursor = new Cursor(statement, tokenizeMysql(statement, forms));
    return cursor.accept('use') ? cursor.name() : undefined;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/mysql/columns.js



/** Words that end a column's type, or its default, and start its next property. */
const columns_propertyWords = new Set(`not null default auto_increment unique primary key comment column_format storage references check constraint generated as on
   visible invisible virtual stored persistent engine_attribute srid with without compressed ref_system_id`.split(/\s+/));
/** Words that begin what is no column. */
const otherWords = new Set(['key', 'index', 'fulltext', 'spatial', 'period', 'like', 'partition']);
/** Reads one part of the parentheses of CREATE TABLE. */
function readMysqlElement(table, part, database) {
    if (columns_readConstraint(table, part, database))
        return;
    const word = part.token?.kind === 'word' ? part.token.text : '';
    if (part.accept('period', 'for'))
        readPeriod(table, part);
    else if (!otherWords.has(word))
        columns_readColumn(table, part, database);
}
/** `PERIOD FOR name (begin, end)` of MariaDB: the begin is before the end. */
function readPeriod(table, part) {
    const name = part.name() ?? '';
    const columns = columns_columnList(part);
    const [begin, end] = columns.map((column) => `\`${column.replaceAll('"', '')}\``);
    // That of the system is in no dump.
    if (name !== 'system_time' && end !== undefined)
        table.checks.push({ name: `PERIOD ${name}`, expression: `${begin} < ${end}`, columns });
}
function columns_readConstraint(table, part, database) {
    const start = part.at;
    let name = '';
    if (part.accept('constraint') && !isKeyword(part))
        name = part.name() ?? '';
    if (part.accept('primary', 'key'))
        columns_addKey(table, 'primary', name, part);
    else if (part.accept('unique')) {
        if (!part.accept('key'))
            part.accept('index');
        columns_addKey(table, 'unique', name, part);
    }
    else if (part.accept('foreign', 'key')) {
        const own = part.isNext('(') ? name : (part.name() ?? name);
        const columns = columns_columnList(part);
        if (part.accept('references'))
            columns_addReference(table, name || own, columns, part, database);
    }
    else if (part.isNext('check', '(')) {
        part.at += 1;
        addCheck(table, name, part);
    }
    else {
        part.at = start;
        return false;
    }
    return true;
}
function isKeyword(part) {
    return ['primary', 'unique', 'foreign', 'check'].some((word) => part.isNext(word));
}
/** `UNIQUE KEY name USING BTREE (email(10), (lower(name)))`. */
function columns_addKey(table, kind, constraint, part) {
    let name = constraint;
    while (!part.done && !part.isNext('('))
        name = readKeyName(part) ?? name;
    const columns = [];
    const prefixes = new Map();
    const parts = [];
    let ignoresCase = false;
    for (const one of part.group()?.parts() ?? []) {
        if (one.isNext('(')) {
            const indexed = indexedColumns(one);
            columns.push(...indexed.columns);
            parts.push(...indexed.parts);
            ignoresCase ||= indexed.ignoresCase;
            continue;
        }
        const column = one.name();
        if (column === undefined)
            continue;
        columns.push(column);
        parts.push(column);
        const length = one.group()?.token;
        if (length?.kind === 'number')
            prefixes.set(column, Number(length.text));
    }
    table.uniques.push({ kind, name, columns, parts, ignoresCase, ...(prefixes.size > 0 ? { prefixes } : {}) });
}
/** The name of a key, which its type may follow. */
function readKeyName(part) {
    if (part.accept('using')) {
        part.at += 1;
        return undefined;
    }
    const name = part.name();
    if (name === undefined)
        part.at += 1;
    return name;
}
function columns_addReference(table, name, columns, part, database) {
    const references = readTable(part, database);
    const key = references === undefined ? undefined : { name, columns, references, referenced: columns_columnList(part) };
    if (key)
        table.foreignKeys.push(key);
}
function columns_columnList(part) {
    return (part.group()?.parts() ?? []).map((one) => one.name() ?? '');
}
function columns_readColumn(table, part, database) {
    const name = part.name();
    if (name === undefined)
        return;
    const startsProperty = () => part.token?.kind === 'word' && columns_propertyWords.has(part.token.text);
    const column = newColumn(name, part.sqlUntil((begun) => begun && startsProperty()));
    table.columns.push(column);
    const columns = [name];
    const unique = (kind) => void table.uniques.push({ kind, name: '', columns, ignoresCase: false });
    while (!part.done) {
        if (part.accept('not', 'null'))
            column.notNull = true;
        else if (part.accept('default'))
            column.default = part.sqlUntil((begun) => begun && startsProperty());
        else if (part.accept('comment'))
            part.at += 1;
        else if (part.accept('generated', 'always', 'as') || part.isNext('as', '('))
            columns_readGenerated(column, part);
        else if (part.accept('unique')) {
            part.accept('key');
            unique('unique');
        }
        else if (part.accept('primary')) {
            part.accept('key');
            unique('primary');
        }
        else if (part.accept('references'))
            columns_addReference(table, '', columns, part, database);
        else if (part.isNext('check', '(')) {
            part.at += 1;
            addCheck(table, '', part);
        }
        else
            part.at += 1;
    }
}
/** Not `GENERATED ALWAYS AS ROW START`, which is in the rows of a dump with history. */
function columns_readGenerated(column, part) {
    part.accept('as');
    column.generated = part.isNext('(');
    column.generatedAs = part.ahead()?.remainingSql();
    const { columns, ignoresCase } = indexedColumns(part);
    column.generatedFrom = columns;
    column.generatedIgnoresCase = ignoresCase;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/mysql/types.js
/** Column types of MySQL and MariaDB, as far as rules need them (MySQL manual, "Data Types"). */




const mysql_types_classes = [
    [/^(var)?char$|^(tiny|medium|long)?text$|^(character|nchar|nvarchar|national|long)$/, 'text'],
    // Bytes are written as they are, like texts.
    [/^(var)?binary$|^(tiny|medium|long)?blob$/, 'text'],
    [/^json$/, 'json'],
    [/^((tiny|small|medium|big)int|int|integer|serial|int[1-4]|int8)$/, 'integer'],
    [/^(decimal|numeric|dec|fixed|float|double|real)$/, 'number'],
    [/^date$/, 'date'],
    [/^(datetime|timestamp)$/, 'timestamp'],
    [/^uuid$/, 'uuid'],
    [/^(bool|boolean)$/, 'boolean'],
];
/** Bytes that the smallest types of text take. */
const tinyLength = 255;
/**
 * @param written such as `varchar(40) CHARACTER SET latin1 COLLATE latin1_bin`
 * @param table how the table's columns are compared that do not say it themselves
 */
function mysqlType(written, table, isJson) {
    const cursor = new cursor_Cursor(written, tokens_tokenizeMysql(written));
    const first = cursor.token?.text ?? '';
    cursor.at += 1;
    cursor.accept('varying');
    const group = cursor.group();
    const words = cursor.tokens.map((token) => token.text.toLowerCase());
    const base = isJson ? 'json' : (mysql_types_classes.find(([pattern]) => pattern.test(first))?.[1] ?? 'other');
    const binary = /^(var)?binary$|blob$/.test(first);
    const isText = base === 'text' || first === 'enum' || first === 'set';
    const collation = binary || !isText ? 'binary' : collationOf(words, table);
    return {
        ...types_plain,
        written,
        underlying: written,
        base,
        binary,
        collation: isText && !/(_bin|_cs|^binary)$/i.test(collation) ? mysqlCollation(collation) : undefined,
        caseless: isText && !/(_bin|_cs|^binary)$/i.test(collation),
        // UCA 9.0.0 and the collations named so do not pad; nor do bytes (MySQL manual, "The binary Collation").
        padded: isText && !/_0900_|_nopad_|^binary$/i.test(collation),
        maxCharacters: types_roomOf(first, group),
        enumeration: first === 'enum' || first === 'set' ? labelsOf(group) : undefined,
    };
}
/** A collation, or the name of a character set, whose default one ignores case. */
function collationOf(words, table) {
    const after = (word) => words[words.indexOf(word) + 1];
    if (words.includes('collate'))
        return after('collate') ?? '';
    if (words.includes('charset'))
        return after('charset') ?? '';
    if (words.includes('set') && words.includes('character'))
        return words[words.indexOf('character') + 2] ?? '';
    return table.collation ?? table.charset ?? '';
}
function types_roomOf(first, group) {
    if (/^tiny(text|blob)$/.test(first))
        return tinyLength;
    if (!/^((var)?(char|binary)|character|nchar|nvarchar|national)$/.test(first))
        return undefined;
    const length = group?.token;
    return length?.kind === 'number' ? Number(length.text) : 1;
}
function labelsOf(group) {
    const tokens = group?.tokens.slice(group.at, group.end) ?? [];
    return tokens.filter((token) => token.kind === 'string').map((token) => token.text);
}

;// CONCATENATED MODULE: ./build/anonymize/schema/mysql/definitions.js
/** Reads the CREATE and ALTER statements of MySQL and MariaDB, as SHOW CREATE TABLE words them and people write them. */








class MysqlDefinitions {
    /** By canonical name. */
    tables = new Map();
    #collations = new Map();
    #modes = new SqlModes();
    /** Canonical name of the current database; empty when the dump names none. */
    #database = '';
    /** Reads one statement. Ignores those that define no table. Never throws. */
    read(sql) {
        if (/^set\b/i.test(sql)) {
            this.#modes.read(sql);
            return;
        }
        const cursor = new cursor_Cursor(sql, tokens_tokenizeMysql(sql, this.#modes.forms));
        if (cursor.accept('use'))
            this.#database = cursor.name() ?? '';
        else if (cursor.accept('create'))
            this.#create(cursor);
        else if (cursor.accept('alter'))
            this.#alter(cursor);
    }
    find(name) {
        return this.tables.get(name);
    }
    typeOf(table, { name, type }) {
        const collation = this.#collations.get(table) ?? { charset: undefined, collation: undefined };
        // MariaDB's JSON is text with a check.
        const isJson = table.checks.some(({ columns, expression }) => columns.includes(name) && /^\s*json_valid\s*\(/i.test(expression));
        return mysqlType(type, collation, isJson);
    }
    collationOf() {
        return undefined;
    }
    refusesNull() {
        return false;
    }
    attributesOf() {
        return [];
    }
    /** MySQL's expressions call no stored functions (its manual, "CHECK Constraints"). */
    functionNamed() {
        return undefined;
    }
    #create(cursor) {
        cursor.accept('or', 'replace');
        cursor.accept('temporary');
        if (cursor.accept('table')) {
            this.#createTable(cursor);
            return;
        }
        if (cursor.accept('unique')) {
            cursor.accept('index');
            this.#uniqueIndex(cursor);
            return;
        }
        // A view stands in the dump as a table first, until all that it refers to is there.
        for (const { kind, text } of cursor.tokens.slice(cursor.at)) {
            cursor.at += 1;
            if (kind !== 'word' || text !== 'view')
                continue;
            cursor.accept('if', 'not', 'exists');
            this.tables.delete(readTable(cursor, this.#database) ?? '');
            return;
        }
    }
    #createTable(cursor) {
        cursor.accept('if', 'not', 'exists');
        const name = readTable(cursor, this.#database);
        if (name === undefined)
            return;
        const table = newTable(name);
        this.tables.set(name, table);
        for (const part of cursor.group()?.parts() ?? [])
            readMysqlElement(table, part, this.#database);
        this.#collations.set(table, readOptions(table, cursor));
    }
    #uniqueIndex(cursor) {
        const name = cursor.name() ?? '';
        while (!cursor.done && !cursor.isNext('on'))
            cursor.at += 1;
        if (!cursor.accept('on'))
            return;
        const table = this.tables.get(readTable(cursor, this.#database) ?? '');
        if (table)
            readMysqlElement(table, keyPart(cursor, name), this.#database);
    }
    /** phpMyAdmin adds keys behind the rows. */
    #alter(cursor) {
        cursor.accept('ignore');
        if (!cursor.accept('table'))
            return;
        const table = this.tables.get(readTable(cursor, this.#database) ?? '');
        if (table === undefined)
            return;
        for (const part of cursor.parts()) {
            if (part.accept('add')) {
                part.accept('column');
                for (const one of part.isNext('(') ? (part.group()?.parts() ?? []) : [part])
                    readMysqlElement(table, one, this.#database);
            }
            else if (part.accept('modify')) {
                part.accept('column');
                const column = part.name();
                const known = table.columns.find((one) => one.name === column);
                // The type stays what it was, or becomes AUTO_INCREMENT.
                if (known && part.isNext('not', 'null'))
                    known.notNull = true;
            }
        }
    }
}
/** `UNIQUE KEY name (…)` as in CREATE TABLE, of the parentheses that come next. */
function keyPart(cursor, name) {
    const sql = `UNIQUE KEY \`${name.replaceAll(/["`]/g, '')}\` ${cursor.remainingSql()}`;
    return new cursor_Cursor(sql, tokens_tokenizeMysql(sql));
}
/** Reads what follows the columns: how they are compared, and partitions. */
function readOptions(table, cursor) {
    let charset;
    let collation;
    const value = () => {
        cursor.accept('=');
        const text = cursor.token?.text.toLowerCase();
        cursor.at += 1;
        return text;
    };
    while (!cursor.done) {
        if (cursor.accept('charset') || cursor.accept('character', 'set'))
            charset = value();
        else if (cursor.accept('collate'))
            collation = value();
        else if (cursor.accept('partition', 'by')) {
            readPartitions(table, cursor);
            break;
        }
        else
            cursor.at += 1;
    }
    return { charset, collation };
}
/** A list of values decides in which partition a row may be; the partitions are no tables of their own. */
function readPartitions(table, cursor) {
    table.bounds = cursor.remainingSql();
    cursor.accept('linear');
    const strategy = cursor.accept('list') ? 'list' : cursor.accept('range') ? 'range' : 'hash';
    cursor.accept('columns');
    if (strategy === 'hash')
        cursor.at += 1;
    table.partitionKey = { strategy, ...indexedColumns(cursor) };
}

;// CONCATENATED MODULE: ./build/anonymize/schema/resolve-table.js
function resolveTable(defined, lookup) {
    const columns = resolveColumns(defined, lookup);
    const names = new Set(columns.map((column) => column.name));
    const caseless = new Set(columns.filter((column) => column.type.caseless).map((column) => column.name));
    const existing = (given) => given.filter((name) => names.has(name));
    return {
        name: defined.name,
        columns,
        uniques: defined.uniques.map((unique) => collated(resolveUnique(unique, defined, existing, caseless), defined, lookup)),
        foreignKeys: defined.foreignKeys.map((key) => ({ ...key, references: lookup.nameOf(key.references) })),
        checks: [
            ...defined.checks.map((check) => ({ ...check, columns: existing(check.columns) })),
            ...inheritedChecks(defined, lookup),
        ],
        renamed: defined.renamed,
        parent: defined.parents[0] === undefined ? undefined : lookup.nameOf(defined.parents[0]),
        isPartition: defined.isPartition,
        partitionKey: defined.partitionKey && { ...defined.partitionKey, columns: existing(defined.partitionKey.columns) },
        bounds: defined.bounds,
    };
}
/** The CHECKs of the parents; pg_dump repeats those of a partition's parent, but not those of others. */
function inheritedChecks(defined, { parent }) {
    const own = new Set(defined.checks.map(({ expression }) => expression));
    return defined.parents.flatMap((name) => parent(name)?.checks.filter((check) => !check.isOwn && !own.has(check.expression)) ?? []);
}
/** The columns of the parents or of the table's type, then the table's own; its own properties go first. */
function resolveColumns(defined, lookup) {
    const columns = new Map();
    for (const parent of defined.parents)
        for (const column of lookup.parent(parent)?.columns ?? [])
            if (!columns.has(column.name))
                columns.set(column.name, column);
    for (const column of lookup.types.attributesOf(defined))
        columns.set(column.name, ownColumn(column, defined, lookup));
    for (const column of defined.columns) {
        const inherited = columns.get(column.name);
        if (column.type !== '')
            columns.set(column.name, ownColumn(column, defined, lookup));
        else if (inherited)
            columns.set(column.name, extended(inherited, column));
    }
    const primary = new Set(defined.uniques.filter(({ kind }) => kind === 'primary').flatMap((unique) => unique.columns));
    return [...columns.values()].map((column) => (primary.has(column.name) ? { ...column, notNull: true } : column));
}
function ownColumn(column, table, { types }) {
    const { name, notNull, generated, generatedAs, default: value } = column;
    return {
        name,
        type: types.typeOf(table, column),
        notNull: notNull || types.refusesNull(table, column),
        generated,
        generatedAs,
        default: value,
    };
}
/** An inherited column with what the table adds to it. */
function extended(inherited, { notNull, generated, default: value }) {
    return {
        ...inherited,
        notNull: notNull || inherited.notNull,
        generated: generated || inherited.generated,
        default: value ?? inherited.default,
    };
}
/**
 * A unique constraint on a generated column also constrains the columns in its expression: only those are in the rows of
 * the dump.
 */
function resolveUnique(unique, defined, existing, caseless) {
    const generated = defined.columns.filter((column) => column.generated && unique.columns.includes(column.name));
    return {
        ...unique,
        parts: unique.parts ?? unique.columns,
        columns: existing([...new Set([...unique.columns, ...generated.flatMap((column) => column.generatedFrom)])]),
        ignoresCase: unique.ignoresCase ||
            generated.some((column) => column.generatedIgnoresCase) ||
            unique.columns.some((name) => caseless.has(name)),
    };
}
/** With the collations that its expressions name, where different texts are equal under them. */
function collated(unique, defined, { types }) {
    const collations = (unique.collated ?? []).flatMap((name) => types.collationOf(defined, name) ?? []);
    return collations.length > 0 ? { ...unique, collations } : unique;
}

;// CONCATENATED MODULE: ./build/anonymize/schema/catalogue.js
/** What the definitions of a dump say about its tables. */









/** Levels of inheritance that are followed. Real schemas are never nested so deeply, but a statement may say anything. */
const catalogue_maxDepth = 100;
/** All names are canonical (format/names.ts). */
class Catalogue {
    #dialect = postgresql;
    #definitions = new Definitions();
    #tables = new Map();
    #ownDatabase = '';
    #read = [];
    #expressions = new Map();
    #keysWithoutEmails = new Map();
    #linked;
    #referring;
    #bounds;
    get dialect() {
        return this.#dialect;
    }
    /**
     * Says of which product the statements are.
     * @throws DumpError when it has read those of another
     */
    speak(dialect) {
        if (dialect.name === this.#dialect.name)
            return;
        if (!this.isEmpty)
            throw new DumpError({
                what: `the definitions are of ${this.#dialect.product}, the dump is of ${dialect.product}`,
                fix: `give the definitions of the dump: the output of ${dialect.definitionsFrom}`,
            });
        this.#dialect = dialect;
        this.#definitions = dialect.name === 'mysql' ? new MysqlDefinitions() : new Definitions();
    }
    /** Reads one statement. Ignores those that define no table or type. Never throws. @param scope what names mean in it */
    read(sql, scope = serverScope) {
        if (!/^(\s|--|\/\*|create\b|alter\b|drop\b|use\b|set\b|select\b(?!\s+pg_catalog\s*\.))/i.test(sql))
            return;
        this.#definitions.read(sql, scope);
        if (scope.database === '')
            this.#ownDatabase = scope.connected;
        // A setting says how the next statements are read, and defines nothing; nor do most queries.
        if (/^set\b/i.test(sql))
            return;
        if (!/^select\b(?!.*\binto\b)/is.test(sql))
            this.#read.push({ sql, scope });
        this.#tables.clear();
        this.#expressions.clear();
        this.#linked = undefined;
        this.#referring = undefined;
        this.#bounds = undefined;
    }
    /** Whether a table of this full name is, or was, defined. */
    has(name) {
        return this.#definitions.find(name) !== undefined;
    }
    /** Canonical name of the database whose tables are named without it; empty when the dump does not say it. */
    get ownDatabase() {
        return this.#ownDatabase;
    }
    /** What it has read, in order: another catalogue that reads the same says the same. */
    get statements() {
        return this.#read;
    }
    get isEmpty() {
        return this.#definitions.tables.size === 0;
    }
    /** An expression of a definition, with the bodies of the dump's own functions in place of their calls. */
    expression(sql) {
        let known = this.#expressions.get(sql);
        if (known === undefined) {
            const find = (name, args) => this.#definitions.functionNamed(name, args);
            known = inlined(parseExpression(sql, this.#dialect.name), find);
            this.#expressions.set(sql, known);
        }
        return known;
    }
    table(name) {
        return this.#resolve(name, []);
    }
    column(table, name) {
        const known = this.table(table);
        const column = known?.columns.find((one) => one.name === name);
        const renamed = column === undefined ? known?.renamed.get(name) : undefined;
        return renamed === undefined ? column : known?.columns.find((one) => one.name === renamed);
    }
    tables() {
        return [...this.#definitions.tables.keys()].flatMap((name) => this.table(name) ?? []);
    }
    /** @param heirs the tables that inherit from this one and wait for it */
    #resolve(name, heirs) {
        const known = this.#tables.get(name);
        if (known)
            return known;
        const defined = this.#definitions.find(name);
        if (defined === undefined || heirs.includes(name) || heirs.length > catalogue_maxDepth)
            return undefined;
        const table = resolveTable(defined, {
            types: this.#definitions,
            parent: (parent) => this.#resolve(parent, [...heirs, name]),
            nameOf: (other) => this.#definitions.find(other)?.name ?? other,
        });
        this.#tables.set(name, table);
        return table;
    }
    /** The table and the tables of which it is a partition, from the inside out. */
    #lineage(name) {
        const lineage = [];
        for (let table = this.table(name); table !== undefined && !lineage.includes(table);) {
            lineage.push(table);
            table = table.isPartition && table.parent !== undefined ? this.table(table.parent) : undefined;
        }
        return lineage;
    }
    /** The topmost partitioned table above this one, or the table itself. */
    root(name) {
        return this.#lineage(name).at(-1)?.name ?? name;
    }
    /** The columns by which the tables above this one are partitioned. */
    partitionColumns(name) {
        const above = this.#lineage(name).slice(1);
        return new Set(above.flatMap((table) => table.partitionKey?.columns ?? []));
    }
    /** Notes whether the rows of a partition that were read hold no address in the columns that decide where they belong. */
    noteKeys(partition, withoutEmails) {
        this.#keysWithoutEmails.set(partition, withoutEmails && this.#keysWithoutEmails.get(partition) !== false);
    }
    /** Whether its rows were read, and no address can decide where they belong. */
    hasKeysWithoutEmails(partition) {
        return this.#keysWithoutEmails.get(partition) ?? false;
    }
    /** Whether the table, or one above it, is partitioned by a list of this column's values. */
    isListKey(table, column) {
        return this.#lineage(table).some(({ partitionKey }) => partitionKey?.strategy === 'list' && partitionKey.columns.includes(column));
    }
    /** Whether the partitions of the table, or of one above it, take values of this column without regard to case. */
    keyIgnoresCase(table, column) {
        return this.#lineage(table).some(({ partitionKey }) => partitionKey?.ignoresCase === true && partitionKey.columns.includes(column));
    }
    /** The bounds of all partitions below a topmost table, at any depth. */
    partitionBounds(root) {
        this.#bounds ??= this.#collectBounds();
        return this.#bounds.get(root) ?? [];
    }
    #collectBounds() {
        const bounds = new Map();
        for (const table of this.tables()) {
            if (table.bounds === undefined)
                continue;
            const root = this.root(table.name);
            const others = bounds.get(root);
            if (others)
                others.push(table.bounds);
            else
                bounds.set(root, [table.bounds]);
        }
        return bounds;
    }
    /** What must be unique in the table, and in the tables of which it is a partition. */
    uniques(name) {
        return this.#lineage(name).flatMap((table) => table.uniques);
    }
    /** The constraints that make this column unique, alone or together with others. */
    uniquesWith(table, column) {
        return this.uniques(table).filter((unique) => unique.columns.includes(column));
    }
    /** The column of a primary key of one column. */
    primaryColumn(table) {
        const primary = this.uniques(table).find((unique) => unique.kind === 'primary');
        return primary?.columns.length === 1 ? primary.columns[0] : undefined;
    }
    /** The columns that foreign keys, partitions and CHECKs link to this one, directly or not, with the column itself. */
    linkedColumns(table, column) {
        return this.#links().of({ table, column });
    }
    /** Whether a CHECK compares the column with another one, and whether it ignores upper and lower case then. */
    boundBy(table, column) {
        return this.#links().bound({ table, column });
    }
    /** The columns that foreign keys and partitions link to this one, directly or not, with the column itself. */
    referringColumns(table, column) {
        this.#referring ??= new LinkedColumns(this.tables(), (name) => this.table(name), undefined);
        return this.#referring.of({ table, column });
    }
    #links() {
        this.#linked ??= new LinkedColumns(this.tables(), (name) => this.table(name), (sql) => this.expression(sql));
        return this.#linked;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/threads/sent-errors.js
/** Errors on their way from one thread to another. */


const sent_errors_classes = [DumpError, BackupError, ConfigurationError];
function send(error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const fields = error instanceof Error ? Object.fromEntries(Object.entries(error)) : {};
    return { name, message, stack, fields };
}
/** The error as it was thrown: of the same class, with the same fields. */
function received({ name, message, stack, fields }) {
    const type = sent_errors_classes.find((one) => one.name === name) ?? Error;
    const error = Object.create(type.prototype);
    for (const [key, value] of Object.entries({ message, stack }))
        Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
    return Object.assign(error, fields);
}

;// CONCATENATED MODULE: ./build/anonymize/threads/row-worker.js
/** Rewrites rows of COPY that come as messages. Everything here follows from rules, definitions and key, as in the main thread. */








/** Writes into a slot, or where that is too small, into a buffer of its own. */
class SlotOutput {
    #arena = new Arena();
    #slot = this.#arena.bytes;
    begin({ output }) {
        this.#slot = output;
        this.#arena.bytes = output;
        this.#arena.clear();
    }
    copy(bytes, from, to) {
        this.#arena.append(bytes, from, to);
    }
    patched(bytes, from, to, patches) {
        writePatched(this, bytes, from, to, patches);
    }
    get result() {
        const { bytes, end } = this.#arena;
        return { size: end, long: bytes === this.#slot ? undefined : new Uint8Array(bytes.subarray(0, end)) };
    }
}
/** Counts of the rows of one message. */
class MessageCounts {
    #columns = [];
    #replaced = [];
    #rows = new Map();
    begin(columns) {
        this.#columns = columns;
        this.#replaced = columns.map(() => 0);
        this.#rows.clear();
    }
    add(_table, label, count) {
        this.#rows.set(label, (this.#rows.get(label) ?? 0) + count);
    }
    addColumn(_table, column, count = 1) {
        const index = this.#columns.indexOf(column);
        this.#replaced[index] = (this.#replaced[index] ?? 0) + count;
    }
    get result() {
        return { replaced: this.#replaced, rows: [...this.#rows] };
    }
}
class RowWorker {
    #plan;
    #out = new SlotOutput();
    #counts = new MessageCounts();
    #values = new ReplacedValues();
    #rows;
    /** By table and names: the same objects for all rows of a table. */
    #columns = new Map();
    #slots = new Map();
    constructor({ rules, definitions, key, notesReplaced }) {
        const catalogue = new Catalogue();
        for (const { sql, scope } of definitions)
            catalogue.read(sql, scope);
        this.#plan = makePlan({ rules, catalogue, key, complete: true });
        this.#rows = new CopyRows(this.#plan, this.#out, this.#counts, new Candidates());
        if (notesReplaced)
            this.#rows.onReplaced = (bytes, from, to) => this.#values.noteReplaced(bytes, from, to);
    }
    /** Answers a message. */
    answer(message) {
        if (message.kind === 'end')
            return { kind: 'replaced', replaced: this.#values.replaced };
        try {
            return this.#rewrite(message);
        }
        catch (error) {
            return { kind: 'failed', error: send(error) };
        }
    }
    #rewrite({ table, columns: names, slot, size, offset }) {
        const columns = this.#columnsOf(table, names);
        const bytes = this.#bytesOf(slot);
        this.#out.begin(bytes);
        this.#counts.begin(columns);
        this.#rows.write(this.#plan.table(table), columns, bytes.input, 0, size, (position) => offset + position);
        return { kind: 'rewritten', ...this.#out.result, counts: this.#counts.result };
    }
    #bytesOf(slot) {
        if (typeof slot === 'number')
            return this.#slots.get(slot);
        const bytes = { input: Buffer.from(slot.input), output: Buffer.from(slot.output) };
        if (slot.id >= 0)
            this.#slots.set(slot.id, bytes);
        return bytes;
    }
    #columnsOf(table, names) {
        const key = [table, ...names].join('\0');
        const known = this.#columns.get(key);
        if (known)
            return known;
        const columns = names.map((name) => this.#plan.table(table).column(name));
        this.#columns.set(key, columns);
        return columns;
    }
}

;// CONCATENATED MODULE: ./build/anonymize/threads/entry.js
/** What a thread runs that rewrites rows. */


const worker = new RowWorker(external_node_worker_threads_namespaceObject.workerData);
/** Buffers go over, and are not copied. */
function buffersOf(message) {
    if (message.kind === 'rewritten')
        return message.long === undefined ? [] : [message.long.buffer];
    return message.kind === 'replaced' ? [message.replaced.hashes.buffer] : [];
}
external_node_worker_threads_namespaceObject.parentPort?.on('message', (message) => {
    const answer = worker.answer(message);
    external_node_worker_threads_namespaceObject.parentPort?.postMessage(answer, buffersOf(answer));
});
external_node_worker_threads_namespaceObject.parentPort?.postMessage({ kind: 'ready' });

