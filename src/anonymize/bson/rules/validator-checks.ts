/** Whether the values that a rule makes pass the validator of the collection: otherwise the restore would refuse documents. */
import type { Rule } from '../../rules/file/rule.ts';
import { longestFake } from '../../rules/transforms/fakes.ts';
import type { FieldPlan } from '../fields/field-tree.ts';
import type { Limits } from '../fields/validator.ts';

/** Addresses of the usual forms. A pattern that takes none of them is not for addresses. */
const samples = ['jo.doe@corp.example', 'a@b.co', 'JO@CORP.EXAMPLE', 'jo+x@mail.corp.example'];

/** @returns what is wrong, without the field's name */
export function breaksValidator(plan: FieldPlan, limits: Limits): string | undefined {
  const { rule } = plan;
  if (rule.kind === 'keep') return undefined;
  if (rule.kind === 'emails') return breaksPattern(plan, limits);
  if (rule.kind === 'fixed') return breaksFixed(rule.text, limits);
  if (rule.kind === 'null')
    return limits.types !== undefined && !limits.types.includes('null')
      ? `the validator allows ${limits.types.join(', ')}, not null; allowed: any rule but null`
      : undefined;
  if (limits.values !== undefined)
    return `the validator lists the values that are allowed, among which ${rule.kind} makes none; allowed: keep, emails, or fixed with one of them`;
  if (limits.patterns.length > 0 && rule.kind !== 'noise')
    return `the validator asks for a pattern, which ${rule.kind} does not keep to; allowed: keep, emails, or fixed with a text that fits`;
  const needed = shortest(rule);
  return limits.maxLength !== undefined && needed > limits.maxLength
    ? `${rule.kind} needs ${needed} characters, the validator allows ${limits.maxLength}; allowed: fixed, mask, keep`
    : undefined;
}

function shortest(rule: Rule): number {
  if (rule.kind === 'hash') return rule.length ?? 8;
  if (rule.kind === 'pseudonym') return 8;
  return rule.kind === 'fake' ? longestFake(rule.fake) : 0;
}

/** Whether the field holds addresses by its pattern, which those that replace them do not have. */
function breaksPattern(plan: FieldPlan, { patterns }: Limits): string | undefined {
  const written = samples.map((email) => {
    const bytes = Buffer.from(email);
    return plan.replace(bytes, 0, bytes.length)?.toString() ?? email;
  });
  const refuses = patterns.some(
    (pattern) =>
      (pattern.source.includes('@') || samples.some((email) => pattern.test(email))) &&
      !written.every((email) => pattern.test(email)),
  );
  return refuses
    ? 'the validator asks for a pattern, which addresses under example.com do not have; allowed: keep, or fixed with a text that fits'
    : undefined;
}

function breaksFixed(text: string, { patterns, maxLength, minLength, values }: Limits): string | undefined {
  const length = [...text].length;
  const fits =
    patterns.every((pattern) => pattern.test(text)) &&
    length <= (maxLength ?? length) &&
    length >= (minLength ?? length) &&
    (values === undefined || values.some((value) => value === text));
  return fits ? undefined : `"${text}" does not pass the validator; allowed: a text that does, or keep`;
}
