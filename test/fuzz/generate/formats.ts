/** Formats that break, encode or nest their texts: mails, cards, calendars, serialised objects, logs, source code. */
import type { Embed } from './texts.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const url = encodeURIComponent;
const json = (text: string): string => JSON.stringify(text);
const quoted = (text: string): string => text.replaceAll(/["\\]/g, '\\$&');
const single = (text: string): string => text.replaceAll(/['\\]/g, '\\$&');
const reference = (text: string, write: (point: number) => string): string =>
  [...text].map((one) => write(one.codePointAt(0) as number)).join('');

/** Bytes of a line before it is folded (RFC 5545, 3.1). */
const lineBytes = 75;

/** Breaks a line where it is too long, but not inside a character. */
function fold(line: string, end = '\r\n ', most = lineBytes): string {
  let [out, room] = ['', most];
  for (const one of line) {
    room -= Buffer.byteLength(one);
    if (room < 0) {
      out += end;
      room = most - 1 - Buffer.byteLength(one);
    }
    out += one;
  }
  return out;
}

/** The line is folded behind this many bytes of the address. */
const folded = (start: string, behind: number, address: string, end?: string): string =>
  fold(`${start.padEnd(lineBytes - behind - 1, '-')}:${address}`, end);

/** Every byte beyond letters and digits encoded, lines broken at 40 (RFC 2045, 6.7). */
function quotedPrintable(text: string): string {
  const units = [...text].map((one) =>
    /[A-Za-z0-9 .<>,:;"()[\]\n-]/.test(one)
      ? one
      : [...Buffer.from(one)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  let [out, length] = ['', 0];
  for (const unit of units) {
    if (length + unit.length > 40) {
      out += '=\r\n';
      length = 0;
    }
    out += unit;
    length += unit.length;
  }
  return out;
}

const lines = (text: string, end: string): string => (text.match(/.{1,76}/g) ?? []).join(end);
/** Bytes of a word that RFC 2047 allows, encoded. */
const wordBytes = 45;
const bWord = (text: string): string => (Buffer.byteLength(text) > wordBytes ? text : `=?UTF-8?B?${base64(text)}?=`);

export const formats: Readonly<Record<string, Embed>> = {
  'a vCard, folded in the local part': (a) => `BEGIN:VCARD\r\n${folded('EMAIL;TYPE=', 2, a)}\r\nEND:VCARD\r\n`,
  'a vCard, folded behind a few letters': (a) => `BEGIN:VCARD\n${folded('EMAIL;TYPE=', 9, a, '\n ')}\nEND:VCARD\n`,
  'a calendar, folded in the domain': (a) =>
    `BEGIN:VEVENT\r\n${folded('ATTENDEE;CN=Jo;X=', Buffer.byteLength(a.slice(0, a.lastIndexOf('@'))) + 3, a)}\r\n`,
  'a calendar in JSON': (a) => json(`BEGIN:VEVENT\r\n${folded('ATTENDEE;X=', 5, a)}\r\nEND:VEVENT`),
  'LDIF, folded': (a) => `dn: cn=jo\nobjectClass: person\n${fold(`mail: ${'x'.repeat(64)} ${a}`, '\n ')}\ncn: Jo\n`,
  LDIF: (a) => `dn: mail=${a},ou=people\nmail: ${a}\n`,
  'a mail in quoted-printable': (a) =>
    `Content-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(`Dear Jo, write to ${a} now`)}\r\n`,
  'a mail in quoted-printable, in capitals': (a) =>
    `CONTENT-TRANSFER-ENCODING: QUOTED-PRINTABLE\n\n${quotedPrintable(`To ${a}, x`)}\n`,
  'a mail in base64': (a) =>
    `Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines(base64(`Dear Jo,\r\n${a}, the address is ${a} and no other one.\r\n`), '\r\n')}\r\n`,
  'a mail in base64, in JSON': (a) =>
    json(`Content-Transfer-Encoding: base64\nX: y\n\n${lines(base64(`<p>${a} is the address</p>`), '\n')}\n--x--`),
  'a mail in a mail': (a) =>
    `Content-Transfer-Encoding: base64\n\n${lines(base64(`Content-Transfer-Encoding: base64\n\n${base64(`hello ${a} again`)}\n`), '\n')}\n`,
  'an encoded word in base64': (a) => `Subject: ${bWord(a)} x`,
  'a data URL': (a) => `<img src="data:image/svg+xml;base64,${base64(`<svg><text>${a}</text></svg>`)}">`,
  'headers of a delivery': (a) =>
    `Return-Path: <${a}>\r\nReceived: from x.test by y.test (Postfix) with ESMTP id 4F; for <${a}>; Mon\r\nX-Original-To: ${a}\r\nReferences: <1.2@x> <${a}>\r\n`,
  'a message of delivery': (a) =>
    `Final-Recipient: rfc822;${a}\nOriginal-Recipient: rfc822; ${a}\nDiagnostic-Code: smtp; 550 5.1.1 <${a}>: unknown`,
  'results of authentication': (a) =>
    `spf=pass (x.test: domain of ${a} designates 192.0.2.1) smtp.mailfrom=${a}; dkim=none`,
  'a list header': (a) =>
    `List-Unsubscribe: <mailto:leave@?subject=${url(a)}>, <https://x.test/u?e=${url(a)}&l=1>\nList-Post: <mailto:${a}>`,
  'a log of Postfix': (a) => `Mar  4 05:06:07 mx postfix/qmgr[12]: 4F5: from=<${a}>, size=12, nrcpt=1 (queue active)`,
  'a log of a web server': (a) =>
    `192.0.2.1 - - [04/Mar/2026:05:06:07 +0000] "GET /u?mail=${url(a)} HTTP/1.1" 200 12 "-" "x"`,
  'a log in JSON': (a) => json(JSON.stringify({ level: 'warn', msg: `no user "${a}"\n` })),
  'JSON in JSON in JSON': (a) => json(json(json(`{"m":"${a}"}`))),
  'HTML of decimal references': (a) => `<a href="${reference(`mailto:${a}`, (point) => `&#${point};`)}">x</a>`,
  'HTML of padded references': (a) => `<p>${reference(a, (point) => `&#${String(point).padStart(12, '0')};`)}</p>`,
  'HTML of hexadecimal references': (a) =>
    `<p>${reference(a, (point) => `&#X${point.toString(16).toUpperCase()};`)}</p>`,
  'HTML of references without semicolons': (a) => `<p>${reference(a, (point) => `&#${point}`)} </p>`,
  'a mail in HTML': (a) =>
    `<!DOCTYPE html><html><body style="color:#333"><table><tr><td>Hi,<br>&nbsp;<a href=3D'x' title="${a}">${a}</a>&nbsp;|&nbsp;</td></tr></table></body></html>`,
  'escapes of Python': (a) =>
    `b'${reference(a, (point) => (point < 128 ? `\\x${point.toString(16).padStart(2, '0')}` : String.fromCodePoint(point)))}'`,
  'escapes of JavaScript': (a) => `'${reference(a, (point) => `\\u{${point.toString(16)}}`)}'`,
  'a string of C': (a) => `printf("%s\\n", "${quoted(a)}");`,
  'a string of SQL': (a) => `SELECT E'${single(a)}', $$${a}$$;`,
  'SQL with a line end': (a) => `INSERT INTO t VALUES (1, '${a.replaceAll("'", "''")}',\nNULL)`,
  'YAML of Ruby': (a) =>
    `--- !ruby/object:User\nattributes:\n  mail: ${a}\n  "m": '${a.replaceAll("'", "''")}'\n  list:\n  - ${a}\n`,
  'a folded scalar of YAML': (a) => `text: >-\n  write to\n  ${a}\n`,
  TOML: (a) => `[user]\nmail = "${quoted(a)}"\n`,
  properties: (a) => `mail.user=${a}\nmail.from:${a}\n`,
  'CSV of JSON': (a) => `1,"${JSON.stringify({ m: a }).replaceAll('"', '""')}",x\n`,
  'a list of text search': (a) => `'${a.replaceAll(/['\\]/g, '$&$&')}':1A,3 'jo':2`,
  'a path in JSON': (a) => `$.users[*]?(@.mail == "${quoted(a)}")`,
  'a URL with a fragment': (a) => `https://x.test/#/users/${url(a)}?tab=1`,
  'a connection': (a) => `user=${a} host=db.x dbname=y`,
  'a patch': (a) =>
    `From 4f5e Mon Sep 17\nFrom: Jo <${a}>\nSubject: [PATCH] x\n\nSigned-off-by: Jo <${a}>\nCc: ${a} # 5.4+\n---\n`,
  'a crontab': (a) => `MAILTO=${a}\n0 5 * * * x\n`,
  'a query in a query in JSON': (a) => JSON.stringify({ u: `https://x.test/?n=${url(`/v?m=${url(a)}&k=1`)}` }),
  'a message of PostgreSQL': (a) => `DETAIL:  Key (lower(email))=(${a}) already exists. CONTEXT: "${a}"`,
  'zero bytes as text': (a) => `x\\u0000${a}\\u0000`,
};
