/** The rule `fake`: invented people, places and companies, chosen by a keyed hash. */
import type { Arena } from '../../bytes/arena.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import type { Fake } from '../file/rule.ts';
import type { Transform } from './transform.ts';

/** As bytes, ready to be written. */
const words = (text: string): readonly Buffer[] =>
  text
    .trim()
    .split(/\s+/)
    .map((word) => Buffer.from(word));

const firstNames = words(`
  Ada Alma Amara Anika Aron Asta Bela Bento Bibi Bo Cara Carlo Cleo Cosima Dana Dario Dilan Dora Edda Eero Elif Elsa Emil
  Enya Esra Ezra Fanny Farid Finn Flora Franka Gero Gita Greta Hanno Hedda Hilde Ida Ilja Imani Ines Ivo Jana Jaron Jette
  Jonas Juna Kaan Kaja Kato Kira Lale Lando Leni Levi Lina Livia Lotte Luan Lucio Mads Maila Malik Mara Marlo Matteo Mila
  Mirko Nahla Naomi Nevio Nika Noor Odin Olga Orla Oskar Paolo Pepe Pia Quirin Rahel Ravi Rike Romy Ronja Runa Samir Selma
  Silas Sina Sven Taio Talia Tarik Thea Tilda Timo Uma Valentin Vera Vito Wanda Wim Xenia Yara Yuna Zoe Zoltan`);

const lastNames = words(`
  Abel Adler Ahrens Alvarez Amsel Bachmann Baran Bauer Becker Birk Boldt Brandt Bruhn Castell Celik Conrad Dahl Deniz Dietz
  Dorn Ebert Eggers Eichler Engel Falk Farkas Fiedler Fink Forster Frey Gallo Gerber Glaser Graf Grimm Haas Hagen Hansen
  Hartwig Heller Herzog Holm Huber Ibsen Jansen Jung Kaiser Kaminski Keller Kern Kirsch Klein Koch Kolb Kramer Kruse Kunz
  Lang Lehmann Lenz Lindner Lorenz Lund Maier Marek Marten Meyer Moll Nagel Neri Nolte Novak Olsen Orth Otto Pavel Peters
  Pohl Quast Raabe Reuter Richter Ritter Roth Sander Sauer Schade Schilling Seidel Sommer Stahl Steiner Stolz Tamm Thoma
  Urban Vogel Voss Wagner Weber Weiss Wendt Winter Wolff Zander Ziegler Zorn`);

const streets = words(
  'Ahorn Birken Brunnen Buchen Damm Eichen Erlen Felsen Garten Hafen Hasel Kastanien Kiefern Linden Markt Muehlen Park Quellen Rosen See Sonnen Tannen Ufer Wald Weiden Wiesen',
);
const cities = words(
  'Altmoor Bergfelde Birkenau Blankensee Dornbach Eichstett Feldheim Gruenau Hagenow Hochwald Kaltental Lindental Moorbrueck Neuhafen Oberried Rosental Seefeld Steinach Talheim Waldau Weidenhof Winterberg',
);
const trades = words('Bau Daten Druck Energie Garten Handel Holz Licht Metall Papier Technik Textil Transport Wasser');

const forms = words('GmbH AG KG Ltd');

const space = 0x20;

function writeWord(list: readonly Buffer[], number: number, out: Arena): void {
  const word = list[number % list.length] as Buffer;
  out.append(word, 0, word.length);
}

/** The most characters that a value of this kind has. */
export function longestFake(kind: Fake): number {
  const longest = (list: readonly Buffer[]): number => Math.max(...list.map((word) => word.toString().length));
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
      return longestFake('street') + comma.length + longestFake('city');
    case 'street':
      return longest(streets) + streetEnd.length + 3;
    case 'city':
      return 6 + longest(cities);
    case 'company':
      return longest(lastNames) + 1 + longest(trades) + 1 + longest(forms);
  }
}

export function faked(key: Uint8Array, kind: Fake): Transform {
  const keyed = new KeyedHash(key, `fake-${kind}`);
  return (bytes, from, to, out) => {
    writeFake(kind, keyed.digest(bytes, from, to), out);
    return 'plain';
  };
}

/** @param hash eight words; the same hash gives the same value */
export function writeFake(kind: Fake, hash: Uint32Array, out: Arena): void {
  const one = hash[0] as number;
  const two = hash[1] as number;
  switch (kind) {
    case 'name':
      writeWord(firstNames, one, out);
      out.byte(space);
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
      out.append(comma, 0, comma.length);
      writeCity(hash[2] as number, hash[3] as number, out);
      break;
    case 'street':
      writeStreet(one, two, out);
      break;
    case 'city':
      writeCity(one, two, out);
      break;
    case 'company':
      writeWord(lastNames, one, out);
      out.byte(space);
      writeWord(trades, two, out);
      out.byte(space);
      writeWord(forms, hash[2] as number, out);
      break;
  }
}

/** `Lindenweg 12`. */
function writeStreet(name: number, house: number, out: Arena): void {
  writeWord(streets, name, out);
  out.append(streetEnd, 0, streetEnd.length);
  out.decimal(1 + (house % 120), 1);
}

/** `12345 Altmoor`. */
function writeCity(name: number, code: number, out: Arena): void {
  out.decimal(10_000 + (code % 89_000), 5);
  out.byte(space);
  writeWord(cities, name, out);
}

const comma = Buffer.from(', ');
const phoneBegin = Buffer.from('+1-');
const phoneMiddle = Buffer.from('-555-01');
const streetEnd = Buffer.from('weg ');
