/** Workflow commands in the output of a step (`::error::…`), and the masks that hide secrets. */

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** The command in a line; undefined when the line is ordinary output. */
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

/** Hides secrets: the whole text of each, and every line of those that have several. */
export class Masks {
  readonly #values = new Set<string>();

  add(secret: string): void {
    for (const value of [secret, ...secret.split(/\r?\n/)]) if (value.trim() !== '') this.#values.add(value);
  }

  hide(text: string): string {
    let hidden = text;
    // Longest first: a secret that contains another one is hidden as a whole.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) hidden = hidden.replaceAll(value, '***');
    return hidden;
  }

  /** Whether the text contains a secret. */
  matches(text: string): boolean {
    return this.hide(text) !== text;
  }
}
