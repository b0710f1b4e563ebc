/** State Manager: runs documents once, at a set time, without any further call. */
import { randomUUID } from 'node:crypto';
import type { LabClock } from '../../clock/clock.ts';
import { LabAwsError } from '../protocol/service.ts';

export interface AssociationRequest {
  readonly Name?: string;
  readonly AssociationName?: string;
  readonly Targets?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly Parameters?: Readonly<Record<string, readonly string[]>>;
  readonly ScheduleExpression?: string;
  readonly ApplyOnlyAtCronInterval?: boolean;
}

interface Association {
  readonly id: string;
  readonly region: string;
  readonly request: AssociationRequest;
  readonly cancel: () => void;
}

interface Filter {
  readonly key: string;
  readonly value: string;
}

export class Associations {
  readonly #clock: LabClock;
  readonly #all = new Map<string, Association>();
  readonly #run: (region: string, request: AssociationRequest) => void;

  /** @param run sends the document to its targets, like a command */
  constructor(clock: LabClock, run: (region: string, request: AssociationRequest) => void) {
    this.#clock = clock;
    this.#run = run;
  }

  /** @throws LabAwsError without targets, and for any schedule but a single time: the lab has no cron */
  static check(request: AssociationRequest): { readonly ids: readonly string[]; readonly at: Date } {
    const [target] = request.Targets ?? [];
    if (target?.Key !== 'InstanceIds' || target.Values.length === 0)
      throw new LabAwsError('InvalidTarget', 'The target is not valid or does not exist.');
    const [, text] = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(request.ScheduleExpression ?? '') ?? [];
    const at = new Date(`${text}Z`);
    if (text === undefined || Number.isNaN(at.getTime()))
      throw new LabAwsError('InvalidSchedule', 'The schedule expression is not valid.');
    return { ids: target.Values, at };
  }

  create(region: string, request: AssociationRequest) {
    const { at } = Associations.check(request);
    const id = randomUUID();
    const cancel = this.#clock.after(at.getTime() - this.#clock.now().getTime(), () => this.#run(region, request));
    this.#all.set(id, { id, region, request, cancel });
    // Without this option AWS runs it now as well.
    if (request.ApplyOnlyAtCronInterval !== true) this.#run(region, request);
    return { AssociationDescription: { AssociationId: id, ...view(request) } };
  }

  delete(region: string, id: string): void {
    const association = this.#all.get(id);
    if (association?.region !== region)
      throw new LabAwsError('AssociationDoesNotExist', 'The specified association does not exist.');
    association.cancel();
    this.#all.delete(id);
  }

  list(region: string, parameters: { AssociationFilterList?: Filter[]; MaxResults?: number; NextToken?: string }) {
    const filters = parameters.AssociationFilterList ?? [];
    const selected = [...this.#all.values()].filter(
      (one) => one.region === region && filters.every((filter) => passes(one.request, filter)),
    );
    const from = Number(parameters.NextToken ?? 0);
    const size = Math.min(50, parameters.MaxResults ?? 50);
    return {
      Associations: selected
        .slice(from, from + size)
        .map(({ id, request }) => ({ AssociationId: id, ...view(request) })),
      ...(from + size < selected.length ? { NextToken: String(from + size) } : {}),
    };
  }

  stop(): void {
    for (const one of this.#all.values()) one.cancel();
  }
}

function passes(request: AssociationRequest, { key, value }: Filter): boolean {
  switch (key) {
    case 'AssociationName':
      return request.AssociationName === value;
    case 'Name':
      return request.Name === value;
    case 'InstanceId':
      return request.Targets?.[0]?.Values.includes(value) ?? false;
    default:
      throw new LabAwsError('ValidationException', `The filter ${key} is not known.`);
  }
}

function view({ Name, AssociationName, Targets, ScheduleExpression }: AssociationRequest) {
  return { Name, AssociationName, Targets, ScheduleExpression };
}
