/** Invented people, places and companies, chosen by a hash. */
import type { Fake } from './file.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

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
  'Ahorn Birken Brunnen Buchen Damm Eichen Erlen Felsen Garten Hafen Hasel Kastanien Kiefern Linden Markt Mühlen Park Quellen Rosen See Sonnen Tannen Ufer Wald Weiden Wiesen',
);
const cities = words(
  'Altmoor Bergfelde Birkenau Blankensee Dornbach Eichstett Feldheim Grünau Hagenow Hochwald Kaltental Lindental Moorbrück Neuhafen Oberried Rosental Seefeld Steinach Talheim Waldau Weidenhof Winterberg',
);
const trades = words('Bau Daten Druck Energie Garten Handel Holz Licht Metall Papier Technik Textil Transport Wasser');

function pick(list: readonly string[], number: number): string {
  return list[number % list.length] as string;
}

/** @param hash eight words; the same hash gives the same value */
export function fakeValue(kind: Fake, hash: Uint32Array): string {
  const [one = 0, two = 0, three = 0] = hash;
  switch (kind) {
    case 'name':
      return `${pick(firstNames, one)} ${pick(lastNames, two)}`;
    case 'first-name':
      return pick(firstNames, one);
    case 'last-name':
      return pick(lastNames, one);
    case 'phone':
      // 555-0100 to 555-0199 are given to nobody (North American Numbering Plan, ATIS-0300115).
      return `+1-${200 + (one % 800)}-555-01${String(two % 100).padStart(2, '0')}`;
    case 'street':
      return `${pick(streets, one)}weg ${1 + (two % 120)}`;
    case 'city':
      return `${String(10_000 + (two % 89_000))} ${pick(cities, one)}`;
    case 'company':
      return `${pick(lastNames, one)} ${pick(trades, two)} ${pick(['GmbH', 'AG', 'KG', 'Ltd'], three)}`;
  }
}
