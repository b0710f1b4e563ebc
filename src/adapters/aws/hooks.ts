/**
 * Users' own SSM documents around a snapshot. The lease of a document is an association that AWS runs once at a set time
 * (State Manager, `at(...)`): it needs neither this run nor anything on the host except the agent.
 */
import {
  CreateAssociationCommand,
  DeleteAssociationCommand,
  ListAssociationsCommand,
  type ListAssociationsCommandOutput,
} from '@aws-sdk/client-ssm';
import type { Tags } from '../../domain/ec2.ts';
import type { HookCommand, Hooks } from '../../ports/hooks.ts';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { invocationError, type RunCommandRequest, runCommand } from './run-command.ts';
import type { AwsSession } from './session.ts';

export interface HooksOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly comment: string;
  readonly signal?: AbortSignal | undefined;
}

/** AWS's document that freezes the VSS writers, makes the snapshots and thaws the writers (EC2 user guide, VSS snapshots). */
export const vssDocument = 'AWSEC2-CreateVssSnapshot';

const leaseName = (instanceId: string): string => `holdfast-lease-${instanceId}`;

export class SsmHooks implements Hooks {
  readonly #session: AwsSession;
  readonly #options: HooksOptions;

  constructor(session: AwsSession, options: HooksOptions) {
    this.#session = session;
    this.#options = options;
  }

  async #command(
    request: Pick<RunCommandRequest, 'what' | 'instanceId' | 'DocumentName' | 'Parameters'>,
    seconds: number,
  ) {
    const invocation = await runCommand(
      this.#session,
      {
        ...request,
        comment: this.#options.comment,
        timeoutSeconds: seconds,
        pace: 'pause',
        // A user's document: nobody knows whether it may run twice.
        repeat: 'until-heard',
      },
      this.#options,
    );
    if (invocation.StatusDetails !== 'Success') throw invocationError(invocation, request.what, request.instanceId);
  }

  async run(instanceId: string, document: string, command: HookCommand, timeoutSeconds: number): Promise<void> {
    await this.#command(
      {
        what: `${document} (${command}) on ${instanceId}`,
        instanceId,
        DocumentName: document,
        Parameters: { command: [command] },
      },
      timeoutSeconds,
    );
  }

  async arm(instanceId: string, document: string, at: Date): Promise<string> {
    const answer = await this.#session.call(
      { operation: 'CreateAssociation', resource: `${document} on ${instanceId}`, repeat: 'until-heard' },
      (abortSignal) =>
        this.#session.ssm.send(
          new CreateAssociationCommand({
            Name: document,
            AssociationName: leaseName(instanceId),
            Targets: [{ Key: 'InstanceIds', Values: [instanceId] }],
            Parameters: { command: ['post-script'] },
            ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
            // Otherwise AWS also runs it at once.
            ApplyOnlyAtCronInterval: true,
          }),
          { abortSignal },
        ),
    );
    return answer.AssociationDescription?.AssociationId ?? '';
  }

  async disarm(leaseId: string): Promise<void> {
    try {
      await this.#session.call({ operation: 'DeleteAssociation', resource: leaseId }, (abortSignal) =>
        this.#session.ssm.send(new DeleteAssociationCommand({ AssociationId: leaseId }), { abortSignal }),
      );
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'AssociationDoesNotExist')) throw error;
    }
  }

  async leases(instanceId: string): Promise<string[]> {
    const ids: string[] = [];
    let token: string | undefined;
    do {
      const page: ListAssociationsCommandOutput = await this.#session.call(
        { operation: 'ListAssociations', resource: instanceId },
        (abortSignal) =>
          this.#session.ssm.send(
            new ListAssociationsCommand({
              AssociationFilterList: [{ key: 'AssociationName', value: leaseName(instanceId) }],
              MaxResults: 50,
              NextToken: token,
            }),
            { abortSignal },
          ),
      );
      for (const one of page.Associations ?? []) if (one.AssociationId) ids.push(one.AssociationId);
      token = page.NextToken || undefined;
    } while (token !== undefined);
    return ids;
  }

  async vss(
    instanceId: string,
    options: { description: string; excludeRoot: boolean; tags: Tags; timeoutSeconds: number },
  ): Promise<void> {
    // The document takes tags as `Key=a,Value=b;Key=c,Value=d`, so a value can contain neither `,` nor `;`.
    const tags = Object.entries(options.tags)
      .map(([key, value]) => `Key=${key},Value=${value.replace(/[,;]/g, ' ')}`)
      .join(';');
    await this.#command(
      {
        what: `${vssDocument} on ${instanceId}`,
        instanceId,
        DocumentName: vssDocument,
        Parameters: {
          ExcludeBootVolume: [options.excludeRoot ? 'True' : 'False'],
          description: [options.description.replace(/[^\w\s.:/=+@()-]/g, ' ')],
          tags: [tags],
        },
      },
      options.timeoutSeconds,
    );
  }
}
