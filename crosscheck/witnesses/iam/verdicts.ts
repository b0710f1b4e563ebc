/** The lab's verdicts and the independent evaluator's, question by question. */
import { evidence } from '../../../lab/privileges/evidence.ts';
import { secondOpinion } from '../../../lab/privileges/independent.ts';
import { policiesOf } from '../../../lab/privileges/installation.ts';
import { refused } from '../../../lab/privileges/refused/refused.ts';
import { decide } from '../../../lab/services/aws/auth/iam.ts';
import type { Asked } from '../../../lab/services/aws/endpoint/asked.ts';
import type { Points } from '../../points.ts';
import { questions } from './questions.ts';
import type { Reference } from './reference.ts';

const word = (allowed: boolean): string => (allowed ? 'allowed' : 'refused');

/** What the suites asked must be allowed, what must be refused is refused: both by the evaluator alone, whatever the lab says. */
export async function judgeExpectations(points: Points): Promise<void> {
  for (const [suite, asked] of Object.entries(evidence()))
    for (const one of asked) await compare(points, `asked by ${suite}: ${text(one)}`, word(one.allowed), one);
  for (const one of refused)
    await compare(points, `must be refused: ${one.by}: ${one.why}: ${text(one)}`, 'refused', one);
}

export async function judgeVerdicts(points: Points, reference: Reference): Promise<void> {
  for (const one of await questions(reference))
    await compare(points, `made up: ${text(one)}`, word(decide(policiesOf(one.by), one).allowed), one);
}

type Question = Omit<Asked, 'allowed'>;

async function compare(points: Points, point: string, ours: string, question: Question): Promise<void> {
  points.compare(point, ours, await secondOpinion(policiesOf(question.by), question));
}

function text({ by, action, resource, keys }: Question): string {
  return `${by} ${action} on ${resource} ${JSON.stringify(keys)}`;
}
