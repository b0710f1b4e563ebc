/** Texts as people and programs write them, with an address in the place where it usually stands. */

/** Writes an address into a text of its kind. */
export type Embed = (address: string) => string;

export const inJson = (text: string): string => JSON.stringify(text);
export const escapedUnicode = (text: string): string =>
  text.replaceAll(/[^ -~]/gs, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
const asciiJson = (text: string): string => escapedUnicode(JSON.stringify(text));
/** As PHP, .NET and Go escape what is dangerous inside HTML. */
const safeJson = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[<>&'@+]/g,
    (one) => `\\u00${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const url = (text: string): string => encodeURIComponent(text);
const sign = (form: string) => (text: string) =>
  `${text.slice(0, text.lastIndexOf('@'))}${form}${text.slice(text.lastIndexOf('@') + 1)}`;
const php = (text: string): string => `s:${Buffer.byteLength(text)}:"${text}";`;
const single = (text: string): string => text.replaceAll("'", "''");
const csv = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const escapeAll = (characters: RegExp) => (text: string) => text.replaceAll(characters, '\\$&');
const markdown = escapeAll(/[_*@.+\-!]/g);
const pattern = escapeAll(/[.*+?^${}()|[\]\\]/g);
const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** No encoded word is longer than 75 characters (RFC 2047, 2). */
const longestWord = 75;
function qWord(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => {
    const one = String.fromCharCode(byte);
    return /[A-Za-z0-9.]/.test(one) ? one : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  const word = `=?UTF-8?Q?${bytes.join('')}?=`;
  return word.length > longestWord ? text : word;
}

/** By name, which a find shows. */
export const embeds: Readonly<Record<string, Embed>> = {
  alone: (a) => a,
  'in a sentence': (a) => `Please write to ${a}, or call.`,
  'at the end of a sentence': (a) => `Please write to ${a}.`,
  'at the end of a line': (a) => `first line\n${a}\r\nlast line`,
  'behind a tab': (a) => `id\t${a}\tx`,
  'in brackets': (a) => `Jo Doe <${a}>`,
  'in round brackets': (a) => `call me (${a})`,
  'in quotes': (a) => `he said "${a}" twice`,
  'in single quotes': (a) => `user '${a}' not found`,
  'in typographic quotes': (a) => `„${a}“ und «${a}»`,
  'between dashes': (a) => `mine – ${a} – is new`,
  'behind a colon': (a) => `E-mail:${a}`,
  'behind an equals sign': (a) => `user=${a};status=ok`,
  'before Chinese': (a) => `${a} 请联系，${a}。`,
  'in a list': (a) => `x1,${a};${a}|y`,
  JSON: (a) => `{"id": 7, "mail": ${inJson(a)}, "tags": []}`,
  'JSON, ASCII only': (a) => `{"mail":${asciiJson(a)},"name":"J\\u00f6"}`,
  'JSON, safe inside HTML': (a) => `{"html":${safeJson(`<a href="mailto:${a}">${a}</a>`)}}`,
  'JSON with a sign escaped': (a) => `{"mail":${sign('\\u0040')(inJson(a))}}`,
  'JSON with a line end before': (a) => inJson(`Hi\n${a}\tbye`),
  'a key of JSON': (a) => `{${inJson(a)}:{"seen":1}}`,
  JavaScript: (a) => `var m = "${sign('\\x40')(a.replaceAll(/["\\]/g, '\\$&'))}";`,
  'JavaScript of ES6': (a) => `const m = "${sign('\\u{40}')(a.replaceAll(/["\\]/g, '\\$&'))}";`,
  HTML: (a) => `<p>Write to <a href="mailto:${html(a)}">${html(a)}</a>!</p>`,
  'HTML with a decimal sign': (a) => `<b>${sign('&#64;')(html(a))}</b>`,
  'HTML with a hexadecimal sign': (a) => `<b>${sign('&#x40;')(html(a))}</b>`,
  'HTML with a padded sign': (a) => `<b>${sign('&#0064;')(html(a))}</b>`,
  'HTML with a named sign': (a) => `<td>${sign('&commat;')(html(a))}</td>`,
  'HTML between tags': (a) => `<li>${html(a)}<br/>${html(a)}</li>`,
  'HTML, escaped': (a) => html(`<a href="mailto:${html(a)}">x</a>`),
  'HTML beside blanks': (a) => `&nbsp;${html(a)}&nbsp;`,
  XML: (a) => `<?xml version="1.0"?><c><mail>${html(a)}</mail><![CDATA[${a}]]></c>`,
  Markdown: (a) => `see [me](mailto:${url(a).replaceAll('%40', '@')}) or <${a}> or **${a}**`,
  'Markdown, escaped': (a) => `see ${markdown(a)} now`,
  'Markdown with code': (a) => `run \`git log ${a}\` now`,
  'a pattern': (a) => `^${pattern(a)}$`,
  Perl: (a) => `my $m = "${sign('\\@')(a.replaceAll(/["\\]/g, '\\$&'))}";`,
  'a URL': (a) => `https://shop.test/u?mail=${url(a)}&x=1`,
  'a URL, raw': (a) => `https://shop.test/u?mail=${url(a).replaceAll('%40', '@')}&x=1`,
  'a URL in a URL': (a) => `https://shop.test/?next=${url(`/u?mail=${url(a)}`)}`,
  'a URL in a URL in a URL': (a) => `https://shop.test/?next=${url(`/u?next=${url(`/v?mail=${url(a)}`)}`)}`,
  'a path of a URL': (a) => `https://shop.test/users/${url(a)}/edit`,
  mailto: (a) => `mailto:${a}?cc=${url(a)}&subject=hi`,
  'a user of a URL': (a) => `ftp://${url(a)}:secret@ftp.test/pub`,
  CSV: (a) => `1,${csv(a)},x\r\n2,${csv(`Jo <${a}>`)},y`,
  'CSV with semicolons': (a) => `1;${a};x`,
  PHP: (a) => `a:1:{s:4:"mail";${php(a)}}`,
  'PHP in PHP': (a) => php(`a:1:{i:0;${php(a)}}`),
  'PHP with a sentence': (a) => php(`Hello ${a}, welcome`),
  hstore: (a) => `"mail"=>"${a.replaceAll(/["\\]/g, '\\$&')}", "b"=>NULL`,
  SQL: (a) => `UPDATE users SET mail = '${single(a)}' WHERE id = 1;`,
  YAML: (a) => `user:\n  mail: ${a}\n  other: "${a.replaceAll(/["\\]/g, '\\$&')}"\n`,
  INI: (a) => `[core]\nuser = ${a}\n`,
  'a header': (a) =>
    `From: "Jo, D." <${a}>\r\nTo: ${a}, list@\r\nSubject: x\r\n\r\nHello ${a}\r\n> On Monday, ${a} wrote:\r\n`,
  'an encoded word': (a) => `Subject: ${qWord(a)}`,
  'an encoded word with a name': (a) => `From: ${qWord(`Jo (${a})`)} <noreply@>`,
  'a log': (a) => `2026-03-04T05:06:07Z ERROR [mailer] to=<${a}>, relay=mx, status=bounced (550 <${a}>: unknown user)`,
  'a stack trace': (a) => `Error: duplicate key (email)=(${a}) already exists.\n    at f (/srv/a.js:1:2)`,
  'a commit': (a) => `Author: Jo <${a}>\nCo-authored-by: Jo <${a}>`,
  'a vCard': (a) => `BEGIN:VCARD\nEMAIL;TYPE=work:${a}\nEND:VCARD`,
  'a calendar': (a) => `ATTENDEE;CN=Jo:MAILTO:${a}\nORGANIZER:mailto:${a}`,
  'a shell': (a) => `git config user.email ${shell(a)}`,
  'an SSH key': (a) => `ssh-ed25519 AAAAC3Nza ${a}`,
  'a jid': (a) => `${a}/laptop`,
  'a path': (a) => `/home/mail/${a}/cur`,
  'a path of Windows': (a) => `C:\\mail\\${a}\\inbox`,
  'a key with a colon': (a) => `session:${a}:token`,
  'a fullwidth sign': sign('＠'),
  'a small sign': sign('﹫'),
  'between two signs': (a) => `cc @jo ${a} @ann`,
  'twice without a blank': (a) => `${a},${a}`,
  'an array in text': (a) => `{${a},"${a.replaceAll(/["\\]/g, '\\$&')}"}`,
  'an old version of itself': (a) => `${a} (was nobody@example.com)`,
};

/** Texts that hold no address: each must come out as it went in. */
export const harmless: readonly string[] = [
  ...[
    '',
    ' ',
    'plain words',
    '@jo',
    'ask @jane.doe or (@x.de)',
    'lodash@4.17.21',
    '@scope/pkg@1.2.3',
    'logo@2x.png',
    'root@localhost',
  ],
  ...[
    'https://user:secret@h.example.org/x',
    'a @ b',
    'me@',
    '@',
    '@@',
    'a@@b',
    'x@y',
    '5 @ 3.50 EUR',
    'meet @ 10.30',
    'price: 3@$4.50',
  ],
  ...[
    '{"html":"\\u003ca href=\\u0022x\\u0022\\u003e@jane.doe\\u003c/a\\u003e"}',
    '&gt;@jane.doe',
    '&lt;b&gt;@jane.doe&lt;/b&gt;',
    '½@home.now',
    '“@jo.doe”',
  ],
  ...[
    '>@jane.doe<',
    '\\n@jo.doe',
    'hi\n@jo.doe',
    'hi\t@jo.doe',
    '😀@jo.doe',
    '・@jo.doe',
    '…@jo.doe',
    '!@jo.doe',
    '%20@jo.doe',
    '%0A@jo.doe',
    '&nbsp;@jo.doe',
  ],
  ...[
    '[^@]+@[^@]+\\.[a-z]',
    'git@',
    'T@1.2.3',
    'v1@2.0',
    'a@1.2.3.4',
    'react@18.2.0-rc.1',
    '@media (min-width: 1.5em)',
    '@Autowired.x',
    'foo(@bar.baz)',
  ],
  ...[
    'nobody@example.com',

    'https://x.test/@jane.doe',
    'https://x.test/@jane.doe/1',
    'café @jo.doe',
    '\\x40',
    '%40',
    '=40',
    '&#64;',
  ],
  ...[
    '\\.',
    '\\N',
    "it's",
    '"',
    '\\',
    '$$',
    'a\\\\b',
    '漢字',
    '\u00a0',
    '\u2028',
    '{}',
    '[]',
    'null',
    'NULL',
    '{"a":"b"}',
    '-- x',
    '/* x',
    ';',
    '\\r\\n',
    '\b\f\v',
  ],
  ...[
    's:3:"a@b";',
    '2026-01-02 03:04:05',
    '00000000-0000-4000-8000-000000000000',
    'dXNlcg==',
    '\\\\server\\share',
    'C:\\new\\x',
  ],
];
