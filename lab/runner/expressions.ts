/** Evaluates `${{ … }}` with GitHub's evaluator, in the contexts of a job. */
import type { data as ExpressionData } from '@actions/expressions';
import { expressions } from './official.ts';

const { Evaluator, Lexer, Parser, data } = expressions;

/** What the status functions look at; `skipped`: something needed was skipped, so neither success() nor failure(). */
export type Status = 'success' | 'failure' | 'cancelled' | 'skipped';
/** Plain values by context name: `github`, `env`, `steps`, … */
export type Contexts = Readonly<Record<string, unknown>>;

export const contextNames = [
  'github',
  'env',
  'vars',
  'secrets',
  'inputs',
  'needs',
  'steps',
  'job',
  'jobs',
  'runner',
  'matrix',
  'strategy',
];

const statusNames = ['success', 'failure', 'cancelled', 'always'];
const functionsFor = (status: Status) =>
  statusNames.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(name === 'always' || name === status),
  }));

/** A piece of a template: literal text, or the text of one expression. */
export type Piece = { readonly text: string } | { readonly expression: string };

/** Cuts a string at its `${{ … }}`; quotes inside an expression may hold `}}`. */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let rest = template;
  for (;;) {
    const start = rest.indexOf('${{');
    if (start < 0) break;
    let end = start + 3;
    let quoted = false;
    while (end < rest.length && (quoted || !rest.startsWith('}}', end))) {
      if (rest[end] === "'") quoted = !quoted;
      end += 1;
    }
    if (end >= rest.length) throw new Error(`an expression is not closed: ${rest.slice(start, start + 60)}`);
    if (start > 0) found.push({ text: rest.slice(0, start) });
    found.push({ expression: rest.slice(start + 3, end).trim() });
    rest = rest.slice(end + 2);
  }
  if (rest !== '' || found.length === 0) found.push({ text: rest });
  return found;
}

function parse(expression: string, status: Status) {
  const { tokens } = new Lexer(expression).lex();
  const functions = functionsFor(status);
  return { tree: new Parser(tokens, contextNames, functions).parse(), functions };
}

/** Why the runner could not evaluate this expression: bad syntax, or a function or context it does not know. */
export function expressionProblem(expression: string): string | undefined {
  try {
    parse(expression, 'success');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function evaluateData(expression: string, contexts: Contexts, status: Status): ExpressionData.ExpressionData {
  const { tree, functions } = parse(expression, status);
  const known = Object.fromEntries(contextNames.map((name) => [name, contexts[name] ?? {}]));
  const context = JSON.parse(JSON.stringify(known), data.reviver) as ExpressionData.Dictionary;
  return new Evaluator(tree, context, new Map(functions.map((one) => [one.name, one]))).evaluate();
}

/** A condition (`if`), given with or without `${{ }}`. */
export function condition(expression: string, contexts: Contexts, status: Status): boolean {
  const result = evaluateData(expression, contexts, status);
  switch (result.kind) {
    case data.Kind.Boolean:
    case data.Kind.Number:
    case data.Kind.String:
      return Boolean(result.value);
    case data.Kind.Null:
      return false;
    default:
      return true;
  }
}

/** Fills a template; a template that is one expression alone keeps the value's type. */
export function evaluate(template: unknown, contexts: Contexts, status: Status = 'success'): unknown {
  if (typeof template !== 'string') return template;
  const parts = pieces(template);
  const only = parts[0];
  if (parts.length === 1 && only && 'expression' in only) {
    return JSON.parse(JSON.stringify(evaluateData(only.expression, contexts, status), data.replacer)) as unknown;
  }
  return parts
    .map((part) => ('text' in part ? part.text : evaluateData(part.expression, contexts, status).coerceString()))
    .join('');
}

/** Fills a template and gives it as text, converted as GitHub does (true → `true`, null → empty). */
export function text(template: unknown, contexts: Contexts, status: Status = 'success'): string {
  if (typeof template !== 'string') return template === null || template === undefined ? '' : String(template);
  return pieces(template)
    .map((part) => ('text' in part ? part.text : evaluateData(part.expression, contexts, status).coerceString()))
    .join('');
}

/** The strings of a mapping, each filled. */
export function textMap(
  mapping: Readonly<Record<string, unknown>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping ?? {}).map(([key, value]) => [key, text(value, contexts)]));
}
