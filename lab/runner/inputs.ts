/** The inputs of a run: given values checked against their definitions, and defaults. */
import { type Contexts, evaluate } from './expressions.ts';
import type { InputDefinition } from './model.ts';

/** @throws Error that names every mistake and what is allowed */
export function resolveInputs(
  definitions: Readonly<Record<string, InputDefinition>>,
  given: Readonly<Record<string, unknown>>,
  contexts: Contexts,
): Record<string, unknown> {
  const problems: string[] = [];
  const known = Object.keys(definitions);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) problems.push(`unknown input ${name}; there are: ${known.join(', ') || 'none'}`);
  }
  const values: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const stated = given[name];
    if (definition.required && definition.default === undefined && (stated === undefined || stated === '')) {
      problems.push(`input ${name} is required`);
      continue;
    }
    values[name] = typed(name, definition, stated ?? evaluate(definition.default, contexts), problems);
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return values;
}

function typed(name: string, definition: InputDefinition, value: unknown, problems: string[]): unknown {
  switch (definition.type) {
    case 'boolean': {
      if (value === undefined || value === '') return false;
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      problems.push(`input ${name} is true or false, not "${value}"`);
      return false;
    }
    case 'number': {
      const number = Number(value ?? 0);
      if (Number.isNaN(number)) problems.push(`input ${name} is a number, not "${value}"`);
      return number;
    }
    case 'choice': {
      const choice = String(value ?? definition.options[0] ?? '');
      if (!definition.options.includes(choice)) {
        problems.push(`input ${name} is one of ${definition.options.join(', ')}, not "${choice}"`);
      }
      return choice;
    }
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}
