/** Evaluates `${{ … }}` with GitHub's own evaluator. */
import type { data as ExpressionData } from '@actions/expressions';
import { expressions } from './official.ts';

const { Evaluator, Lexer, Parser, data } = expressions;

/** What the status functions ask for. `skipped`: a job that is needed was skipped, so neither success() nor failure(). */
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

/** A part of a template: literal text, or one expression. */
export type Piece = { readonly text: string } | { readonly expression: string };

/** Splits a string at its `${{ … }}`. A `}}` in quotes does not end an expression. @throws Error for one that never ends */
export function pieces(template: string): Piece[] {
  const parts: Piece[] = [];
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
    if (start > 0) parts.push({ text: rest.slice(0, start) });
    parts.push({ expression: rest.slice(start + 3, end).trim() });
    rest = rest.slice(end + 2);
  }
  if (rest !== '' || parts.length === 0) parts.push({ text: rest });
  return parts;
}

function parse(expression: string, status: Status) {
  const { tokens } = new Lexer(expression).lex();
  const functions = functionsFor(status);
  return { tree: new Parser(tokens, contextNames, functions).parse(), functions };
}

/** Why an expression cannot be evaluated: its syntax, or a function or context that is not known; undefined when it can. */
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

/** Evaluates a condition (`if`), written without `${{ }}`. */
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

/** Evaluates a template. One that consists of a single expression keeps the type of its value. */
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

/** Evaluates a template to text, as GitHub converts values (true → `true`, null → empty). */
export function text(template: unknown, contexts: Contexts, status: Status = 'success'): string {
  if (typeof template !== 'string') return template === null || template === undefined ? '' : String(template);
  return pieces(template)
    .map((part) => ('text' in part ? part.text : evaluateData(part.expression, contexts, status).coerceString()))
    .join('');
}

/** Evaluates every value of a mapping to text. */
export function textMap(
  mapping: Readonly<Record<string, unknown>> | undefined,
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(Object.entries(mapping ?? {}).map(([key, value]) => [key, text(value, contexts)]));
}
