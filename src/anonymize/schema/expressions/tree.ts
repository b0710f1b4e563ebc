/** Expressions of SQL as trees: of CHECK, of indexes, of partition keys and of generated columns. */

export type Expression =
  /** `outside`: whether it stands outside of CHECK, where addresses in definitions become the usual one. */
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly outside?: true }
  /** Canonical name, without its table; in the CHECK of a domain, `value`. */
  | { readonly kind: 'column'; readonly name: string }
  /** A function, or an operator: `lower`, `=`, `and`, `array`, `case`, `in`, `any =`. Always in lower case. */
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** `type` in lower case, without the schema and without its length: `text`, `citext`, `character varying`, `text[]`. */
  | { readonly kind: 'cast'; readonly to: string; readonly length: number | undefined; readonly of: Expression }
  /** What is not understood; its value is not known. `columns`: the names in it that may be columns. */
  | { readonly kind: 'unknown'; readonly sql: string; readonly columns: readonly string[] };

export type Call = Extract<Expression, { kind: 'call' }>;

export const call = (name: string, ...args: readonly Expression[]): Call => ({ kind: 'call', name, args });

/** Calls `visit` with the expression and every part of it. */
export function walk(expression: Expression, visit: (part: Expression) => void): void {
  visit(expression);
  for (const part of partsOf(expression)) walk(part, visit);
}

export function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'call') return expression.args;
  return expression.kind === 'cast' ? [expression.of] : [];
}

/** Canonical names of the columns in an expression. */
export function columnsIn(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>();
  walk(expression, (part) => {
    if (part.kind === 'column') names.add(part.name);
    if (part.kind === 'unknown') for (const name of part.columns) names.add(name);
  });
  return names;
}

/** The strings that an expression holds. */
export function stringsIn(expression: Expression): readonly string[] {
  const strings: string[] = [];
  walk(expression, (part) => {
    if (part.kind === 'literal' && typeof part.value === 'string') strings.push(part.value);
  });
  return strings;
}

/** The expression with other strings. @param map is told whether the string stands outside of CHECK */
export function mapStrings(expression: Expression, map: (text: string, outside: boolean) => string): Expression {
  if (expression.kind === 'literal')
    return typeof expression.value === 'string'
      ? { ...expression, value: map(expression.value, expression.outside === true) }
      : expression;
  if (expression.kind === 'call') return { ...expression, args: expression.args.map((one) => mapStrings(one, map)) };
  return expression.kind === 'cast' ? { ...expression, of: mapStrings(expression.of, map) } : expression;
}
