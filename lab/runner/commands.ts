/** Workflow commands on a step's output (`::error::…`), masks, and the files by which a step hands values on. */
import { randomUUID } from 'node:crypto';

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a line as a command; undefined when it is ordinary output. */
export function parseCommand(line: string): Command | undefined {
  const match = /^\s*::([A-Za-z][A-Za-z-]*)(?:\s+([^\r\n]*?))?::(.*)$/s.exec(line);
  if (!match) return undefined;
  const [, name = '', list = '', message = ''] = match;
  const properties: Record<string, string> = {};
  for (const item of list.split(',')) {
    const at = item.indexOf('=');
    if (at > 0) properties[item.slice(0, at).trim()] = unescapeProperty(item.slice(at + 1));
  }
  return { name: name.toLowerCase(), properties, message: unescapeData(message) };
}

function unescapeData(value: string): string {
  return value.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(value: string): string {
  return value
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/** Hides secrets: their whole text, and each line of those that have several. */
export class Masks {
  readonly #values = new Set<string>();

  add(secret: string): void {
    for (const value of [secret, ...secret.split(/\r?\n/)]) if (value.trim() !== '') this.#values.add(value);
  }

  hide(text: string): string {
    let hidden = text;
    // Longest first, so that a secret that holds another leaves nothing of itself.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) hidden = hidden.replaceAll(value, '***');
    return hidden;
  }

  /** Whether the text holds something secret. */
  touches(text: string): boolean {
    return this.hide(text) !== text;
  }
}

/** Reads the `name=value` and `name<<DELIMITER` lines of GITHUB_ENV, GITHUB_OUTPUT and GITHUB_STATE. */
export function parseKeyValueFile(content: string): [string, string][] {
  const found: [string, string][] = [];
  const lines = content.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, index + 1);
      if (delimiter === '' || end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      found.push([line.slice(0, heredoc), lines.slice(index + 1, end).join('\n')]);
      index = end;
    } else if (equals > 0) {
      found.push([line.slice(0, equals), line.slice(equals + 1)]);
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return found;
}

/** Bytes of summary one step may write; beyond it GitHub shows nothing of it. */
export const summaryLimit = 1024 * 1024;

/** Names of the files a step gets, by environment variable. */
export const commandFiles = {
  GITHUB_ENV: 'env',
  GITHUB_OUTPUT: 'output',
  GITHUB_PATH: 'path',
  GITHUB_STATE: 'state',
  GITHUB_STEP_SUMMARY: 'summary',
} as const;

/** A name for this step's files, new for each step as on GitHub. */
export function commandFileSuffix(): string {
  return randomUUID();
}
