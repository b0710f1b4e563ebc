/** What neither the search nor the leak check finds, by decision: the list of docs/anonymize.md, which a test compares. */
import type { Address } from './addresses.ts';

export interface Decision {
  /** As in docs/anonymize.md. */
  readonly what: string;
  readonly why: string;
  /** Texts in which `jane` or `corp` is left; the first one stands in docs/anonymize.md. */
  readonly examples: readonly string[];
  /** Whether a finding of the oracle falls under it. */
  readonly covers: (finding: Finding) => boolean;
}

interface Finding extends Address {
  /** The text in which it stands, and what was undone to get there. */
  readonly reading: string;
  readonly undone: readonly string[];
}

const fileNames = /\.(png|jpe?g|gif|webp|svg|ico|bmp|tiff?|s?css|m?js|json|xml|html?|txt|pdf|php)$/i;
const undid =
  (...names: readonly string[]) =>
  ({ undone }: Finding): boolean =>
    names.some((name) => undone.includes(name));

export const decided: readonly Decision[] = [
  {
    what: 'in base64 that no header of a mail, encoded word or `data:` URL announces, in hexadecimal digits that are no bytea, compressed or encrypted',
    why: 'any long word may be base64: to read them all would take longer than everything else, and what is in them is often signed or counted',
    examples: ['amFuZUBjb3JwLmV4YW1wbGU=', '6a616e6540636f72702e6578616d706c65'],
    covers: undid('base64', 'hexadecimal digits', 'encoded words'),
  },
  {
    what: 'in bytes that are no text, with other characters than ASCII letters, digits and `. _ % + -`',
    why: 'by chance, every file of some size has an at sign between letters of some script',
    examples: ['\\xffd80001026ac3a46e6540636f72702e6578616d706c650102ff'],
    covers: undid('hexadecimal digits'),
  },
  {
    what: 'in quoted-printable that no header of a mail in the same value announces',
    why: '`=40` is also the beginning of a value: `width=40px.auto`',
    examples: ['jane=40corp.example', 'Hello=20jane=40corp.example=0A'],
    covers: undid('quoted-printable'),
  },
  {
    what: 'split over two encoded words of a header',
    why: 'each word is decoded and written anew on its own; programs break lines between words of a text',
    examples: ['=?utf-8?q?jane=40corp.?= =?utf-8?q?example?='],
    covers: undid('encoded words'),
  },
  {
    what: 'written so that programs do not find it',
    why: 'there is no end to the ways, and as words they are ordinary text',
    examples: [
      'jane (at) corp.example',
      'jane at corp dot example',
      'jane[@]corp.example',
      'jane[@]corp[.]example',
      'jane[._]doe@corp.example',
      'corp.example!jane',
      'jane%corp.example',
      'jane@corp,example',
    ],
    covers: undid('patterns'),
  },
  {
    what: 'taken apart: by blanks or line ends beside the sign, by tags, by code',
    why: 'what stands beside the sign is then a mention (`</b>@jo.doe`), or no address',
    examples: [
      'jane@<b>corp</b>.example',
      '<em>jane</em>@corp.example',
      'jane @ corp.example',
      'jane@\ncorp.example',
      "'jane' + '@' + 'corp.example'",
    ],
    covers: undid('tags'),
  },
  {
    what: 'what stands before one of `= & ? / { } |`, a backquote, typographic quotes, dashes and dots, in a local part',
    why: 'RFC 5321 allows these inside an address, but in data they are nearly always next to it: keys of queries, paths, code',
    examples: [
      'jane&ann@corp.example',
      'jane/ann@corp.example',
      'jane=ann@corp.example',
      'jane|ann@corp.example',
      'jane’ann@corp.example',
      'jane–ann@corp.example',
      'jane·ann@corp.example',
      '{jane}@corp.example',
    ],
    covers: ({ local }) => /[=&?/{}|`\u00b7\u2010-\u2027]$/.test(local),
  },
  {
    what: 'with an apostrophe right before the sign',
    why: "accounts of MySQL (`'root'@db.corp.example`) and mentions behind a closing quote are written so",
    examples: ["'jane'@corp.example"],
    covers: ({ local }) => local.endsWith("'"),
  },
  {
    what: 'with an emoji, another symbol, or a quote behind one, right before the sign',
    why: 'mentions are written so: `👋@jo.doe`, `alt="@jo.doe"`',
    examples: ['jane😀@corp.example', 'jane…@corp.example'],
    covers: ({ local }) =>
      !/[\p{L}\p{N}\p{M}\ufffd"_.+~!#$%*^'-]$/u.test(local) ||
      !/[\p{L}\p{N}\ufffd]/u.test(local) ||
      /[^\p{L}\p{N}]"$/u.test(local),
  },
  {
    what: 'without a domain of several names that ends in one beginning with a letter',
    why: 'hosts (`root@localhost`), mentions and versions (`lodash@4.17.21`) are written so',
    examples: ['jane@corp', 'jane@corp.7'],
    covers: ({ domain }) => !domain.startsWith('[') && (/^[\d.]+[\w-]*$/.test(domain) || /\.[\d-][^.]*$/.test(domain)),
  },
  {
    what: 'where the domain ends as the names of files do',
    why: '`logo@2x.png` is a picture; none of these endings is a top-level domain',
    examples: ['jane@corp.png', 'jane@corp.html'],
    covers: ({ domain }) => fileNames.test(domain),
  },
  {
    what: 'the name before a password in a URL, and the host behind it',
    why: 'they are no address; such a column needs a rule',
    examples: ['https://jane:secret@corp.example/x'],
    covers: ({ reading, index, text }) => /:\/\/[^\s/]*:[^\s/]*$/.test(reading.slice(0, index + text.indexOf('@'))),
  },
  {
    what: 'in quotes that are escaped in more than one way, or behind a backslash',
    why: 'a quote there nearly always belongs to the text around it; the leak check fails the run on most of them',
    examples: ['C:\\mail\\"jane x"@corp.example'],
    covers: ({ reading, local, index, undone }) =>
      local.startsWith('"') && (reading[index - 1] === '\\' || undone.includes('backslashes')),
  },
  {
    what: 'in UTF-7 and in escapes of style sheets',
    why: 'hardly any data is written so',
    examples: ['jane+AEA-corp.example', 'jane\\40 corp.example'],
    covers: () => false,
  },
];

export function isDecided(reading: string, address: Address, undone: readonly string[]): boolean {
  return decided.some(({ covers }) => covers({ ...address, reading, undone }));
}
