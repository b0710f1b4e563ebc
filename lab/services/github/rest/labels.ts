/** Labels of the repository. */
import { type Answer, json } from '../../http/answer.ts';
import type { GitHubState, Label } from '../state.ts';
import { invalid, notFound, ok, page, type RestContext } from './answers.ts';

export function listLabels(context: RestContext): Answer {
  return page(context, context.state.labels);
}

export function createLabel(context: RestContext): Answer {
  const { name, color = 'ededed', description = '' } = context.body as Partial<Record<keyof Label, unknown>>;
  if (typeof name !== 'string' || name === '') return invalid('Label', 'name', 'missing_field');
  if (typeof color !== 'string' || !/^[0-9a-fA-F]{6}$/.test(color)) return invalid('Label', 'color', 'invalid');
  if (typeof description !== 'string' || description.length > 100) return invalid('Label', 'description', 'invalid');
  const label = { name, color, description };
  return context.state.ensureLabel(label) ? json(201, label) : invalid('Label', 'name', 'already_exists');
}

export function getLabel(context: RestContext, [name = '']: readonly string[]): Answer {
  const label = context.state.label(name);
  return label ? ok(label) : notFound;
}

/** Names of the labels, as the repository spells them. Using an unknown label creates it, as on GitHub. */
export function useLabels(state: GitHubState, labels: unknown): string[] {
  if (!Array.isArray(labels)) return [];
  return labels.map((label: unknown) => {
    const name = typeof label === 'string' ? label : String((label as { name?: unknown }).name);
    state.ensureLabel({ name, color: 'ededed', description: '' });
    return state.label(name)?.name ?? name;
  });
}
