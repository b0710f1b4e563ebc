/** Makes a case of a database: its dump, and what must be true of the result. */
import type { Case, UniqueColumn } from '../case.ts';
import type { Bound } from './constraints.ts';
import { cluster, copy, frame, isUnique, largeObject, outside, quoteName, rowsOf, writeRows } from './dump.ts';
import { ruleFor } from './rules.ts';
import type { Database, NamedColumn } from './schema.ts';
import { harmless } from './texts.ts';

/** Of a large object. */
const firstOid = 16_393;

class CaseBuilder {
  readonly words = new Set<string>();
  readonly kept = new Set<string>();
  readonly unique: UniqueColumn[] = [];
  readonly changed: string[] = [];
  readonly needs = new Set<string>();
  readonly rules = new Map<string, string[]>();
  definitions = '';
  data = '';
  after = '';
  mayRefuse = false;

  table({ tables, form, hasRules }: Database, number: number): void {
    const name = `public.t${number}`;
    const table = tables[number] as Database['tables'][number];
    const rows = rowsOf(table);
    const lines = table.columns.map(({ name: column, model }) => `    ${quoteName(column)} ${model.type}`);
    this.definitions += `CREATE TABLE ${name} (\n${['    id integer NOT NULL', ...lines].join(',\n')}\n);\n\n`;
    this.data += writeRows(name, table.columns, rows, form);
    this.after += `ALTER TABLE ONLY ${name}\n    ADD CONSTRAINT t${number}_pkey PRIMARY KEY (id);\n`;
    table.columns.forEach((column, index) => {
      this.#column(name, column, index + 1, hasRules);
      const keeps = hasRules && ruleFor(column.rule, column.model, isUnique(column))?.keeps === true;
      for (const row of rows) for (const word of row[index]?.words ?? []) (keeps ? this.kept : this.words).add(word);
    });
  }

  #column(table: string, column: NamedColumn, index: number, hasRules: boolean): void {
    const { model, name } = column;
    for (const need of model.needs) this.needs.add(need);
    const rule = hasRules ? ruleFor(column.rule, model, isUnique(column)) : undefined;
    if (rule) this.#rule(table, `${JSON.stringify(name)}: ${rule.yaml}`);
    // Words in bytes do not show.
    if ((rule && !rule.keeps) || model.type === 'bytea') this.changed.push(`${table} ${index}`);
    if (!isUnique(column)) return;
    this.unique.push({ table, index });
    const constraint = `${table.replace('public.', '')}_${index}_key`;
    this.after += `ALTER TABLE ONLY ${table}\n    ADD CONSTRAINT ${constraint} UNIQUE (${quoteName(name)});\n`;
  }

  #rule(table: string, line: string): void {
    this.rules.set(table, [...(this.rules.get(table) ?? []), line]);
  }

  bound({ define, after, rows, words, rules }: Bound, number: number, hasRules: boolean): void {
    const name = `public.b${number}`;
    const put = (text: string): string =>
      text
        .replaceAll('CREATE TABLE', '\0')
        .replaceAll('ALTER TABLE', '\x01')
        .replaceAll('public.TABLE', name)
        .replaceAll('TABLE', name)
        .replaceAll('\0', 'CREATE TABLE')
        .replaceAll('\x01', 'ALTER TABLE');
    this.definitions += put(define);
    this.after += put(after).replaceAll(/\b([kf])\b(?= (?:UNIQUE|FOREIGN|EXCLUDE|ON))/g, `b${number}_$1`);
    for (const { table, columns, values } of rows) {
      const lines = values.map((value) => `${value.map(copy).join('\t')}\n`).join('');
      this.data += `COPY ${put(table)} (${columns.join(', ')}) FROM stdin;\n${lines}\\.\n\n`;
    }
    for (const word of words) this.words.add(word);
    this.mayRefuse = true;
    if (!hasRules) return;
    for (const rule of rules) this.#rule(name, rule);
    for (const { table } of rows)
      for (let index = 1; index < 4; index += 1) this.changed.push(`${put(table)} ${index}`);
  }

  largeObjects({ largeObjects }: Database): void {
    largeObjects.forEach((one, index) => {
      this.data += largeObject(one, firstOid + index);
      for (const word of one.value.words) this.words.add(word);
    });
  }

  outside(database: Database): void {
    const kinds = new Set<number>();
    for (const { kind, value } of database.outside) {
      if (kinds.has(kind) || value.text === undefined || database.tables.length === 0) continue;
      kinds.add(kind);
      for (const word of value.words) this.words.add(word);
      this.after += outside[kind]?.(value.text, 'public.t0') ?? '';
    }
  }

  get rulesFile(): string {
    const tables = [...this.rules].map(
      ([name, lines]) => `  ${name}:\n    columns:\n${lines.map((line) => `      ${line}\n`).join('')}`,
    );
    // Numbers and repeated values are found by chance in texts that are made up.
    return `version: 1\nleak-check: { phones: off, ibans: off, cards: off, replaced-values: off }\n${tables.length === 0 ? '' : `tables:\n${tables.join('')}`}`;
  }

  get dump(): string {
    const types = [...this.needs].map((need) => `${need}\n\n`).join('');
    return frame(types + this.definitions + this.data + this.after);
  }
}

/** @param isHarmless whether it must come out as it went in */
export function caseOf(database: Database, isHarmless: boolean): Case {
  const builder = new CaseBuilder();
  database.tables.forEach((_, number) => void builder.table(database, number));
  database.bounds.forEach((one, number) => void builder.bound(one, number, database.hasRules));
  builder.largeObjects(database);
  builder.outside(database);
  const dump = database.isCluster ? cluster(builder.dump) : builder.dump;
  return {
    dump: dump.split('\n'),
    rules: database.hasRules ? builder.rulesFile : undefined,
    words: [...builder.words].filter((word) => !builder.kept.has(word)),
    kept: [...builder.kept],
    harmless: [...harmless],
    isIdentical: isHarmless,
    unique: database.form === 'copy' ? builder.unique : [],
    changed: builder.changed,
    mayRefuse: builder.mayRefuse,
    isPipe: database.isPipe && builder.unique.length === 0 && !builder.mayRefuse,
    chunks: database.chunks,
  };
}
