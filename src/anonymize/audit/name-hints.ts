/** What a column's name says about its content, where the type agrees. */
import type { WrittenRule } from '../rules/file/document.ts';
import type { Column } from '../schema/table.ts';

/** @returns undefined when the type does not agree */
type RuleFor = (column: Column) => WrittenRule | undefined;

export interface NameHint {
  readonly pattern: RegExp;
  readonly rule: RuleFor;
  readonly reason: string;
}

export const nameHints: readonly NameHint[] = [
  {
    pattern: /pass(word|wd)?(_?(hash|digest))?$|secret|token|api_?key|salt$/i,
    rule: ({ notNull }) => (notNull ? { fixed: 'removed' } : 'null'),
    reason: 'named like a secret',
  },
  {
    pattern: /^(first|given)_?name$|^vorname$/i,
    rule: text({ fake: 'first-name' }),
    reason: 'named like a first name',
  },
  {
    pattern: /^(last|family|sur)_?name$|^nachname$/i,
    rule: text({ fake: 'last-name' }),
    reason: 'named like a last name',
  },
  {
    pattern: /^(full_?|display_?|real_?|contact_?)?name$|_name$/i,
    rule: text({ fake: 'name' }),
    reason: 'named like a name',
  },
  { pattern: /phone|mobile|telefon|^fax/i, rule: text({ fake: 'phone' }), reason: 'named like a phone number' },
  {
    pattern: /^street|address_?(line)?\d?$|^addr/i,
    rule: text({ fake: 'street' }),
    reason: 'named like an address',
  },
  {
    pattern: /^(date_of_birth|dob|birth(day|date)?|geburt)/i,
    rule: ({ type }) => (type.base === 'date' || type.base === 'timestamp' ? { 'shift-days': 90 } : undefined),
    reason: 'named like a date of birth',
  },
  {
    pattern: /^(salary|income|wage)/i,
    rule: ({ type }) => (type.base === 'number' || type.base === 'integer' ? { noise: '20%' } : undefined),
    reason: 'named like an income',
  },
  {
    pattern: /^ip(_?addr(ess)?)?$|_ip$/i,
    rule: ({ notNull }) => (notNull ? undefined : 'null'),
    reason: 'named like an IP address',
  },
  {
    pattern: /^(ssn|tax_?id|passport|iban|bic|account_?n(o|umber|r))/i,
    rule: text('mask'),
    reason: 'named like a personal number',
  },
];

function text(rule: WrittenRule): RuleFor {
  return (column) => (isText(column) ? rule : undefined);
}

export function isText({ type }: Column): boolean {
  return type.base === 'text' && !type.array && type.enumeration === undefined;
}
