/** The cron lines of a workflow file, and the change of one of them, which leaves every other byte as it is. */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { BackupError } from '../../src/runtime/errors.ts';

export interface CronLine {
  /** From 1 on. */
  readonly line: number;
  readonly expression: string;
  /** Value of `timezone` beside it. */
  readonly timeZone: string | undefined;
  /** Where the value stands in the text, with its quotes. */
  readonly from: number;
  readonly to: number;
  readonly style: Scalar.Type | undefined;
}

/** @param file for messages @throws BackupError when it is no workflow file */
export function cronLines(text: string, file: string): readonly CronLine[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, keepSourceTokens: true });
  const [problem] = document.errors;
  if (problem)
    throw new BackupError({
      what: `${file} is not valid YAML: ${problem.message.split('\n')[0]}`,
      fix: 'mend it first',
    });
  const schedule = document.getIn(['on', 'schedule']);
  if (!isSeq(schedule)) return [];
  return schedule.items.flatMap((item) => {
    if (!isMap(item)) return [];
    const value = item.get('cron', true);
    if (!isScalar(value) || !value.range)
      throw new BackupError({
        what: `${file} has a cron that is no text of its own`,
        likelyCause: 'it is an alias (*name) of another place',
        fix: 'write the expression there',
      });
    const [from, to] = value.range;
    const zone = (item as YAMLMap).get('timezone');
    return [
      {
        line: counter.linePos(from).line,
        expression: String(value.value),
        timeZone: typeof zone === 'string' ? zone : undefined,
        from,
        to,
        style: value.type,
      },
    ];
  });
}

/**
 * The text with another expression in one of its cron lines, in the same quotes.
 * @throws BackupError when the expression stands on several lines, or more than it would change
 */
export function withExpression(text: string, chosen: CronLine, expression: string, file: string): string {
  const old = text.slice(chosen.from, chosen.to);
  const { style } = chosen;
  if (/[\r\n]/.test(old) || style === 'BLOCK_FOLDED' || style === 'BLOCK_LITERAL')
    throw new BackupError({
      what: `line ${chosen.line} of ${file} has its expression on lines of its own`,
      fix: `write it on the line of cron: cron: "${chosen.expression.trim()}"`,
    });
  const right = cronLines(text, file).map((one) => (one.from === chosen.from ? expression : one.expression));
  for (const value of style === 'PLAIN' ? [expression, `"${expression}"`] : [quoted(expression, style)]) {
    const changed = text.slice(0, chosen.from) + value + text.slice(chosen.to);
    if (JSON.stringify(expressionsOf(changed, file)) === JSON.stringify(right)) return changed;
  }
  throw new BackupError({
    what: `line ${chosen.line} of ${file} could not be changed alone`,
    fix: 'change it by hand',
  });
}

const quoted = (expression: string, style: Scalar.Type | undefined): string =>
  style === 'QUOTE_SINGLE' ? `'${expression}'` : `"${expression}"`;

/** @returns undefined where the text is no workflow file any more: a plain `*` begins an alias */
function expressionsOf(text: string, file: string): readonly string[] | undefined {
  try {
    return cronLines(text, file).map((one) => one.expression);
  } catch {
    return undefined;
  }
}
