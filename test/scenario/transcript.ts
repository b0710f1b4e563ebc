/** What a person at a shell sees: commands, what they print, and the summaries of the runs that they start. */

interface Entry {
  readonly commands: string;
  readonly output: string;
  readonly milliseconds: number;
  readonly summary: string | undefined;
}

/** Lines of one output that are shown; of a longer one its beginning and its end. */
const longest = 24;

export class Transcript {
  readonly #entries: Entry[] = [];

  add(commands: string, output: string, milliseconds: number, summary?: string): void {
    this.#entries.push({ commands: commands.trim(), output: output.trim(), milliseconds, summary });
  }

  /** How many lines a reader types. */
  get commands(): number {
    return this.#entries.flatMap(({ commands }) => commands.split('\n')).length;
  }

  page(): string {
    const seconds = this.#entries.reduce((all, one) => all + one.milliseconds, 0) / 1000;
    return `# The first backup

What [the README's commands](../README.md#use-it-from-your-repository) print, in the lab: ${this.commands} commands,
${(seconds / 60).toFixed(1)} minutes on two cores, without the time that AWS takes for a snapshot and a volume. A test runs the commands as they stand
there, in an account that is empty, with the real \`git\`, \`npm\`, \`aws\` and \`gh\`, and compares what they print with this page
(\`npm test -- test/scenario/installation\`).

${this.#entries.map(shown).join('\n')}`;
  }

  /** The page without what differs from run to run: ids, times, sizes. */
  static comparable(page: string): string {
    return (
      page
        .replace(/^(> )?\|.*$/gm, (row) => row.replace(/ +/g, ' ').replace(/-+/g, '-'))
        .replace(/\b[0-9a-f]{7,}\b/g, 'ID')
        .replace(/\d+(\.\d+)?( (ms|s|min|h)\b)*/g, 'N')
        // What npm says of funding and audits depends on the machine.
        .replace(/^(added|changed) N packages.*$/gm, 'added N packages')
        .replace(/(N )+/g, 'N ')
    );
  }
}

function shown({ commands, output, milliseconds, summary }: Entry): string {
  const printed = output === '' ? '' : `\n\`\`\`text\n${shortened(output)}\n\`\`\`\n`;
  const report = summary === undefined ? '' : `\nThe summary of the run, shortened:\n\n${quoted(heads(summary))}\n`;
  return `\`\`\`bash\n${commands}\n\`\`\`\n${printed}${report}\n_${(milliseconds / 1000).toFixed(0)} s_\n`;
}

function shortened(output: string): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  if (lines.length <= longest) return lines.join('\n');
  const half = longest / 2;
  return [...lines.slice(0, half), `… ${lines.length - longest} more lines …`, ...lines.slice(-half)].join('\n');
}

/** Of each part of a summary what stands above its plan and its timeline. */
function heads(summary: string): string {
  return summary
    .split(/^(?=## )/m)
    .map((part) => part.split(/^(?:<details>|### Timeline|### Plan)/m)[0]?.trim())
    .join('\n\n');
}

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
