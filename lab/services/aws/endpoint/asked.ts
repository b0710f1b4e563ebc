/** What the policies were asked, so that tests can ask again with a piece of them taken away. */
import type { Keys } from '../auth/iam.ts';

export interface Asked {
  /** Name of the role or user that asked. */
  readonly by: string;
  readonly action: string;
  readonly resource: string;
  readonly keys: Keys;
  readonly allowed: boolean;
}

export class AskedQuestions {
  readonly #times = new Map<string, number>();

  /** Keeps the question without what differs from run to run, so that what a year of runs asks fits into memory. */
  add({ by, action, resource, keys, allowed }: Asked): void {
    const kept = Object.entries(keys)
      .filter(([name]) => !isTag(name) || deciding.test(name))
      .map(([name, value]) => [name, typeof value === 'string' ? plain(value) : value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const asked: Asked = {
      by,
      action,
      resource: resource.startsWith('arn:aws:kms:') ? resource : plain(resource),
      keys: Object.fromEntries(kept),
      allowed,
    };
    const text = JSON.stringify(asked);
    this.#times.set(text, (this.#times.get(text) ?? 0) + 1);
  }

  /** Each question once, the most frequent first. */
  all(): Asked[] {
    return [...this.#times]
      .sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
      .map(([text]) => JSON.parse(text) as Asked);
  }
}

function isTag(name: string): boolean {
  return /^(aws:ResourceTag|aws:RequestTag|ec2:ResourceTag|ssm:resourceTag)\//.test(name);
}

/** Tags that a policy of the stack looks at. */
const deciding = /\/(holdfast:(host|made-by|kept-by-primary|locked)|Type|Backup|KeepForever|Description)$/;

/** Ids and numbers replaced by 1: no policy may depend on them. Of the points in time in keys, one depends on the form. */
function plain(text: string): string {
  return text
    .replace(/\b(vol|snap|i|ami)-[0-9a-f]{8,}\b/g, '$1-1')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '1')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '1')
    .replace(/\b\d{8}T\d{6}Z\b/g, 'YYYYMMDDThhmmssZ')
    .replace(/(?<![\w:])\d[\d-]{2,}(?!\w*:)/g, (digits) => (digits.length === 12 ? digits : '1'));
}
