/** Anonymises a text in memory. */
import { type AnonymizeReport, anonymize } from '../../../src/anonymize/pipeline/anonymize.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { noRules } from '../../../src/anonymize/rules/file/rules-file.ts';
import type { Catalogue } from '../../../src/anonymize/schema/catalogue.ts';
import { readCatalogue } from '../../../src/anonymize/schema/read-catalogue.ts';
import type { ThreadOptions } from '../../../src/anonymize/threads/row-threads.ts';

export const key = Buffer.alloc(32, 7);

export interface RunOptions {
  readonly rules?: string;
  /** Bytes of each chunk of the input. */
  readonly chunk?: number;
  readonly footer?: boolean;
  /** As from a pipe: nothing is known before the rows. */
  readonly pipe?: boolean;
  readonly threads?: ThreadOptions;
  /** Definitions given beforehand, instead of those of the dump. */
  readonly schema?: string;
}

export async function* chunks(text: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

export async function run(
  text: string | Buffer,
  { rules, chunk = 65_536, footer = false, pipe = false, threads, schema }: RunOptions = {},
): Promise<{ bytes: Buffer; text: string; report: AnonymizeReport }> {
  const catalogue: Catalogue | undefined = pipe
    ? undefined
    : await readCatalogue(chunks(schema ?? text, chunk), { requireFooter: footer });
  const parts: Buffer[] = [];
  const report = await anonymize({
    source: chunks(text, chunk),
    sink: (bytes) => void parts.push(Buffer.from(bytes)),
    compression: 'none',
    rules: rules === undefined ? noRules : parseRules(rules, 'rules.yml'),
    strict: rules !== undefined,
    key,
    catalogue,
    requireFooter: footer,
    ...(threads ? { threads } : {}),
  });
  const bytes = Buffer.concat(parts);
  return {
    bytes,
    get text() {
      return bytes.toString('utf8');
    },
    report,
  };
}

/** The rows of a table as they come out. */
export async function rows(
  values: string | Buffer,
  options: RunOptions & { definition?: string; columns?: string } = {},
) {
  const { columns = 'a' } = options;
  const { definition = `CREATE TABLE t (${columns.replaceAll(/,|$/g, ' text$&')});\n` } = options;
  const head = Buffer.from(`${definition}COPY t (${columns}) FROM stdin;\n`);
  const out = await run(Buffer.concat([head, Buffer.from(values as string), Buffer.from('\n\\.\n')]), options);
  return out.bytes.subarray(head.length, -4).toString('utf8');
}
