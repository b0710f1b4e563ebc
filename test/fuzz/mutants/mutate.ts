/** Every small change of a source file: conditions, comparisons, bounds, members of tables, alternatives of patterns. */
import { parseSync } from '@swc/core';
import { changedPatterns } from './patterns.ts';

export interface Mutant {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** The line as it was, without the blanks around it. */
  readonly text: string;
  /** Where the change begins, in characters. */
  readonly at: number;
  /** What stands there, and what instead. */
  readonly before: string;
  readonly after: string;
  /** The changed source. */
  readonly source: string;
}

interface Node {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [key: string]: unknown;
}

const operators: Readonly<Record<string, readonly string[]>> = {
  ...{ '<': ['<='], '<=': ['<'], '>': ['>='], '>=': ['>'], '===': ['!=='], '!==': ['==='], '&&': ['||'], '||': ['&&'] },
  ...{
    '+': ['-'],
    '-': ['+'],
    '*': ['/'],
    '/': ['*'],
    '%': ['*'],
    '&': ['|'],
    '|': ['&'],
    '>>': ['<<'],
    '>>>': ['<<'],
    '<<': ['>>'],
  },
};
const assignments: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '||=': '&&=',
  '&&=': '||=',
  '|=': '&=',
};

/** All mutants of a file. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  // Spans count bytes from an offset that grows with every parse: an empty statement in front shows where it is.
  const bytes = Buffer.from(`;${source}`);
  const tree = parseSync(bytes.toString(), { syntax: 'typescript', target: 'es2024' }) as unknown as Node;
  const base = ((tree.body as readonly Node[])[0]?.span?.start ?? 0) + 1;
  const plain = bytes.subarray(1);
  const lines = source.split('\n');
  const mutants: Mutant[] = [];
  const replace = (start: number, end: number, after: string): void => {
    const [from, to] = [start - base, end - base];
    const changed = Buffer.concat([plain.subarray(0, from), Buffer.from(after), plain.subarray(to)]).toString();
    const head = plain.subarray(0, from).toString();
    const line = head.split('\n').length;
    const text = lines[line - 1]?.trim() ?? '';
    mutants.push({
      file,
      line,
      text,
      at: head.length,
      before: plain.subarray(from, to).toString(),
      after,
      source: changed,
    });
  };
  const textOf = ({ span }: Node): string =>
    plain.subarray((span?.start ?? 0) - base, (span?.end ?? 0) - base).toString();
  visit(tree, (node) => {
    for (const [target, after] of changesOf(node, textOf)) replace(target.start, target.end, after);
  });
  return mutants;
}

type Change = readonly [{ readonly start: number; readonly end: number }, string];

const child = (node: Node, key: string): Node => node[key] as Node;
const spanOf = (node: Node): { start: number; end: number } => node.span ?? { start: 0, end: 0 };

function changesOf(node: Node, textOf: (node: Node) => string): readonly Change[] {
  switch (node.type) {
    case 'BinaryExpression': {
      const [left, right] = [child(node, 'left'), child(node, 'right')];
      const isText = [left, right].some(({ type }) => type === 'StringLiteral' || type === 'TemplateLiteral');
      const operator = node.operator as string;
      if (isText && operator === '+') return [];
      return (operators[operator] ?? []).map((other) => [spanOf(node), `${textOf(left)} ${other} ${textOf(right)}`]);
    }
    case 'AssignmentExpression': {
      const other = assignments[node.operator as string];
      return other ? [[spanOf(node), `${textOf(child(node, 'left'))} ${other} ${textOf(child(node, 'right'))}`]] : [];
    }
    case 'UnaryExpression':
      return node.operator === '!' || node.operator === '-' ? [[spanOf(node), textOf(child(node, 'argument'))]] : [];
    case 'IfStatement':
    case 'ConditionalExpression':
      return ['true', 'false'].map((value) => [spanOf(child(node, 'test')), value]);
    case 'WhileStatement':
      return [[spanOf(child(node, 'test')), 'false']];
    case 'NumericLiteral':
      return [[spanOf(node), String((node.value as number) + 1)]];
    case 'BooleanLiteral':
      return [[spanOf(node), String(!node.value)]];
    case 'StringLiteral':
      return node.value === '' ? [] : [[spanOf(node), "''"]];
    case 'RegExpLiteral': {
      const { pattern, flags } = node as unknown as { pattern: string; flags: string };
      const without = [...flags].filter((flag) => flag !== 'g').map((flag) => flags.replace(flag, ''));
      return [
        ...changedPatterns(pattern).map((changed): Change => [spanOf(node), `/${changed}/${flags}`]),
        ...without.map((changed): Change => [spanOf(node), `/${pattern}/${changed}`]),
      ];
    }
    case 'ArrayExpression': {
      const elements = (node.elements as readonly ({ expression: Node } | undefined)[]).map((one) => one?.expression);
      if (elements.length < 2 || elements.some((one) => one === undefined || !/Literal|Array/.test(one.type)))
        return [];
      const texts = elements.map((one) => textOf(one as Node));
      return texts.map((_, index) => [spanOf(node), `[${texts.filter((__, at) => at !== index).join(', ')}]`]);
    }
    case 'ExpressionStatement':
      return child(node, 'expression').type === 'CallExpression' ? [[spanOf(node), ';']] : [];
    default:
      return [];
  }
}

/** Calls `each` for every node that is code: not for types, imports and texts of errors. */
function visit(value: unknown, each: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, each);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  if (typeof node.type === 'string') {
    if (/^(Ts|Import|Export(All|Named))/.test(node.type) && !/^Ts(As|NonNull|Satisfies)/.test(node.type)) return;
    if (node.type === 'ThrowStatement') return;
    each(node);
  }
  for (const [key, one] of Object.entries(node)) if (key !== 'span' && key !== 'typeAnnotation') visit(one, each);
}
