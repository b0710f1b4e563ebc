/** The schedules of a workflow file, as GitHub reads them: `on.schedule`, each with `cron` and perhaps `timezone`. */
import { parse } from 'yaml';
import { problemsOfExpression, tidy } from './expression.ts';
import { type Schedule, timeZoneOf } from './runs.ts';

export interface WorkflowSchedules {
  readonly schedules: readonly Schedule[];
  /** What GitHub refuses; what is refused never runs. */
  readonly problems: readonly string[];
}

/** By text: a file is asked for its schedules, and then for what each of them starts. */
const documents = new Map<string, unknown>();

/**
 * A workflow file as data, which nobody changes.
 * @throws Error of the parser for a text that is no YAML
 */
export function workflowIn(text: string): unknown {
  const document: unknown = documents.get(text) ?? parse(text, { logLevel: 'error' });
  documents.set(text, document);
  return document;
}

/** @param text of the file; one that is no YAML is a problem, too */
export function schedulesIn(text: string): WorkflowSchedules {
  let on: unknown;
  try {
    on = (workflowIn(text) as { on?: unknown } | null)?.on;
  } catch (error) {
    return { schedules: [], problems: [`it is not valid YAML: ${String((error as Error).message).split('\n')[0]}`] };
  }
  const listed = (on as { schedule?: unknown } | null | undefined)?.schedule;
  const schedules: Schedule[] = [];
  const problems: string[] = [];
  for (const one of Array.isArray(listed) ? (listed as readonly unknown[]) : []) {
    const { cron, timezone } = (one ?? {}) as { cron?: unknown; timezone?: unknown };
    if (typeof cron !== 'string') continue;
    const expression = tidy(cron);
    const timeZone = timezone === undefined ? 'UTC' : timeZoneOf(String(timezone));
    const wrong = [
      ...problemsOfExpression(expression),
      ...(timeZone === undefined
        ? [`timezone "${String(timezone)}" is no time zone; allowed: IANA names, such as Europe/Zurich`]
        : []),
    ];
    problems.push(...wrong);
    if (wrong.length === 0 && timeZone !== undefined) schedules.push({ expression, timeZone });
  }
  return { schedules, problems };
}
