/** Every e-mail address in schema.sql, rows.sql and finish.sql: present before anonymising, and absent after it. */

export interface Canary {
  /** Decoded, as a person would write it. */
  readonly address: string;
  /** How a plain dump writes it; in several pieces where something comes between them. */
  readonly written: readonly string[];
}

const locals = (domain: string, names: string): string[] => names.split(/\s+/).map((name) => `${name}@${domain}`);
const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

/** In definitions: comments, defaults, checks, views, code, policies, rules. */
const inDefinitions = locals(
  'canary.example',
  `schema-owner blocked support-default nobody-check tessa-comment hidden-view stats-matview greeter-function
  author-function internal-atomic partial-index silent-trigger root-rule admin-policy largeobject-comment`,
);

/** In rows, without encoding. The part before the @ says where. */
const inRows = [
  ...locals(
    'fjord.example',
    `norbert norbert.json list.json key.json array.one composite composite.array hstore key-hstore login-citext
    scalar.json other.index venue mailto html tag-array title order.january order.note order.february order.default
    display.name to.one to.two to.three subject quoted sentence.end reply.header hash.zero hash.two hash.three hash.four
    hash.five hash.six payment php php.array php.nested comment.html url.path url.fragment csv mime.plain sql backup
    Nick 144ora zero.width long.middle long.end actor xml.attribute cdata vector tsquery path text.array json.array column
    order.word odd.table`,
  ),
  'Domain.Typed@Fjord.Example',
  'Case.Index@Fjord.Example',
  'Odd.Column@fjord.example',
  'müller@bücher.example',
  'php-müller@bücher.example',
  '用户@例子.公司',
  '"odd local"@host.example',
  "o'hara+tag@sub.sub.fjord.example",
  'puny@xn--bcher-kva.example',
  'zoe\u0308@fjord.example',
  'SHOUT@UPPER.EXAMPLE',
  'shout@upper.example',
  '20260101.1@id.fjord.example',
  'name@fjord.example.pdf',
];

/** Encoded, or beside characters that look like a part of the address. */
const inDisguise: readonly (readonly [address: string, ...written: string[]])[] = [
  ['join-default@canary.example', 'join-default%40canary.example'],
  // JSON, whose backslashes COPY doubles.
  ['josé@fjord.example', 'jos\\\\u00e9@fjord.example'],
  ['karl@fjord.example', 'karl\\\\u0040fjord.example'],
  ['nora@fjord.example', '"\\\\nnora@fjord.example'],
  ['nina@fjord.example', '"\\\\nnina@fjord.example'],
  ['uschi@fjord.example', '\\\\u0075schi@fjord.example'],
  // jsonb has decoded this one; COPY doubles its remaining backslash.
  ['japan@fjord.example', 'japan@fjord.example'],
  ['escaped@fjord.example', 'slash\\\\/escaped@fjord.example'],
  ['"two"@fjord.example', 'array \\\\"two\\\\"@fjord.example'],
  // COPY's own escapes.
  ['nils@fjord.example', 'first line\\nnils@fjord.example'],
  ['tom@fjord.example', '\\ttom@fjord.example\\tnext'],
  ['rita@fjord.example', '\\rrita@fjord.example\\r'],
  ['bell@fjord.example', '\\b\\f\\v\x01bell@fjord.example\x7f'],
  ['end.of.copy@fjord.example', 'stdin;\\nend.of.copy@fjord.example\\n\\\\.'],
  ['vcard@fjord.example', 'TYPE=work:vcard@fjord.example\\r\\n'],
  // Web.
  ['query@fjord.example', 'email=query%40fjord.example'],
  ['cc+mailto@fjord.example', 'cc%2Bmailto%40fjord.example'],
  ['href+plus@fjord.example', 'href%2Bplus@fjord.example'],
  ['url.query@fjord.example', 'url.query%40fjord.example'],
  ['url.user@fjord.example', 'url.user%40fjord.example'],
  ['url.twice@fjord.example', 'url.twice%2540fjord.example'],
  ['html.text@fjord.example', 'html.text&#64;fjord.example'],
  ['hex@fjord.example', 'hex&#x40;fjord.example'],
  ['entity.named@fjord.example', 'entity.named&commat;fjord.example'],
  ['entity.letter@fjord.example', '&#101;ntity.letter&#64;fjord.example'],
  ['xml@fjord.example', 'xml&#x40;fjord.example'],
  ['mime@fjord.example', '=?UTF-8?Q?mime=40fjord.example?='],
  // Bytes, which a dump writes in hexadecimal. A large object is written in pieces of 16 KiB.
  ['bytea.text@fjord.example', hex('bytea.text@fjord.example')],
  ['bytea.binary@fjord.example', hex('bytea.binary@fjord.example')],
  ['largeobject.small@fjord.example', hex('largeobject.small@fjord.example')],
  ['largeobject.border@fjord.example', `${hex('xx largeobject')}');`, `'\\x${hex('.border@fjord.example yy')}`],
];

/** Each address is listed once. */
export const canaries: readonly Canary[] = [
  ...[...inDefinitions, ...inRows].map((address) => ({ address, written: [address] })),
  ...inDisguise.map(([address, ...written]) => ({ address, written })),
];

/** What looks like an address in the sample and is none. */
export const decoys: readonly string[] = [
  'user@localhost',
  'a@b',
  '@handle',
  '3@4.50',
  'not@an address',
  'git@github:x',
  'a@@b.example',
  '@.example',
  '%@canary.example',
  'secret@ftp.example',
];

/** The addresses in the rows that fillDatabase() adds. */
export const bulkAddress = /[a-z]+\.[a-z]+\.\d{9}@[a-z]+-post\.example/;
