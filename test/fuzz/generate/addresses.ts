/** Addresses in every form that RFC 5321, 5322 and 6531 allow, and in forms that people use all the same. */
import fc from 'fast-check';
import { coreOf, wordOf } from './words.ts';

/** An address that is planted, and what must be left of it nowhere. */
export interface Planted {
  readonly text: string;
  /** Words that must not occur in what comes out. */
  readonly words: readonly string[];
}

/**
 * Local parts: A and B stand for words of the person, C for one of the host that is named inside a return path.
 */
export const locals = [
  ...[
    'A',
    'A',
    'A',
    'A.B',
    'A_B',
    'A-B',
    'A+B',
    'A.B+tag',
    '1A',
    'A1',
    'x.A',
    "o'A",
    'A--B',
    'A..B',
    'A.',
    '.A',
    '-A',
    '_A',
    '+A',
  ],
  ...[
    'A!B',
    'A%B',
    'A#B',
    'A$B',
    'A*B',
    'A^B',
    'A~B',
    'C.example!A',
    'A%C.example',
    'A.B.x.y',
    'AéB',
    'éA',
    'ÄA',
    'Aß',
  ],
  ...[
    '用A户',
    '用户A',
    'ΔA',
    'аA',
    'Aي',
    'ाA',
    'A\u0301B',
    'A😀B',
    '😀A',
    'A\ufffdB',
    'A\ufffd',
    '\ufffdA',
    'A\u00adB',
  ],
  ...['A\u200bB', 'A\u200dB', 'ªA', 'ＡA'],
  ...['"A B"', '"A"', '"A\\"B"', '"A.B"', '"A,B"', '"A:B"', '"A;B"', '"A(B)"', '"A[B]"', '"..A"'],
  ...[
    'bounce+A=C.example',
    'list-return-12-A.B=C.example',
    'bounces-77-A=C.example',
    'A.B=C.example',
    'msprvs1=17ab=bounces-1-A=C.example',
  ],
  ...[
    'SRS0=ab1c=5G=C.example=A',
    'SRS1=ab1c=C.example==ab1c=5G=B.example=A',
    'prvs=12ab34cd=A',
    'btv1==12ab34cd56e==A',
  ],
  ...['A."B x"', '"A".B', '"A"."B"', '"A\\\\B"', 'A(c)', 'A(x(y)z)', 'A@B', 'A@B@C'],
  ...['\u05d0A', '\u202eA', 'A\u2066B', '\uff57A', 'A\u0308', 'AÃ©B', 'A~', '~A', 'A#EXT#', "A'B"],
  ...[
    'bounces-A-C.example',
    'A+C.example',
    'bounces+A=C.example',
    'prvs=0123456789=A',
    'SRS0+ab1c=5G=C.example=A',
    'SRS0-ab1c=5G=C.example=A',
    'b.A=C.example',
    'return-A=C.example',
  ],
] as const;

/** Domains: D and E stand for words. */
export const domains = [
  ...[
    'D.example',
    'D.example',
    'D.example',
    'D.E.example',
    'D-E.example',
    'D.co.uk',
    'D.COM',
    'D1.example',
    '1D.example',
    'mail.D.museum',
  ],
  ...[
    'D.example.',
    'D_E.example',
    'D--E.example',
    'xn--D-3ya.example',
    'D.xn--p1ai',
    'D.рф',
    'Dü.example',
    'bücher-D.example',
    '例D.公司',
  ],
  ...[
    'D.例え',
    'D😀.ws',
    '😀D.ws',
    '😀.D.ws',
    'D.\u0645\u0635\u0631',
    'D\ufffd.example',
    'm\ufffdD.example',
    'D\u00ad.example',
    'D。example',
    'D．example',
  ],
  ...[
    '(c)D.example',
    '(c(d))D.example',
    '[IPv6:::ffff:192.0.2.17]',
    'Du\u0308.example',
    'D\u05d0.example',
    'D\u200b.example',
  ],
  ...['D.ex\u00adample', 'D\u2024example', 'D\ufe52example', '-D.example', 'D-.example', 'D.E', 'D.example\u200f'],
  ...['D｡example', '[192.0.2.17]', '[IPv6:2001:db8::17]', 'D.E.a.b.c.example', 'D.photography', 'D.io', 'D.x'],
] as const;

const cases = [
  (text: string) => text,
  (text: string) => text.toLowerCase(),
  (text: string) => text.toUpperCase(),
] as const;

/** Fills a template with the words of an address. @param first the number of its first word */
function fill(template: string, first: number): { text: string; words: readonly string[] } {
  const words: string[] = [];
  // A letter beyond ASCII may follow: `AéB` has two words.
  const text = template.replaceAll(/[A-E](?![a-zA-Z])/g, (slot) => {
    const number = first + 'ABCDE'.indexOf(slot);
    words.push(coreOf(number));
    return wordOf(number);
  });
  return { text, words };
}

/** People of which there are so many that equal ones meet in one dump. */
export const people = 40;

/** @param person of which the words are made */
export function addressOf(local: string, domain: string, person: number, letterCase: number): Planted {
  const [one, two] = [fill(local, person * 8), fill(domain, person * 8)];
  const change = cases[letterCase] ?? cases[0];
  return { text: change(`${one.text}@${two.text}`), words: [...one.words, ...two.words] };
}

/** Addresses as nearly all are. */
export const plainAddress: fc.Arbitrary<Planted> = fc
  .tuple(
    fc.constantFrom('A', 'A.B', 'A_B', 'A+B'),
    fc.constantFrom('D.example', 'D.E.example'),
    fc.nat({ max: people - 1 }),
  )
  .map(([local, domain, person]) => addressOf(local, domain, person, 0));

export const anyAddress: fc.Arbitrary<Planted> = fc
  .tuple(fc.constantFrom(...locals), fc.constantFrom(...domains), fc.nat({ max: people - 1 }), fc.nat({ max: 5 }))
  .map(([local, domain, person, letterCase]) => addressOf(local, domain, person, letterCase));
