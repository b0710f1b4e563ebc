/** Reads the definitions beside a fingerprint. Without them the backup is as good; only their proof is lost, which is said. */
import type { Fingerprint } from '../../domain/receipt.ts';
import { explain } from '../../runtime/errors.ts';
import { readDefinitions } from '../../volume/definitions/read.ts';
import type { SourceWork } from './ports.ts';

/** Seconds that reading the definitions of thousands of tables may take. */
const definitionsSeconds = 3600;

export async function withDefinitions(
  print: Fingerprint,
  { settings, ports, context, instance }: SourceWork,
): Promise<Fingerprint> {
  const parameters = { Socket: settings.socket, DefaultsFile: settings.defaultsFile };
  const command = { script: 'definitions', parameters, timeoutSeconds: definitionsSeconds } as const;
  try {
    const answer = await ports.hosts.run(instance.id, command, context.signal);
    return { ...print, definitions: readDefinitions(answer) };
  } catch (error) {
    context.signal.throwIfAborted();
    const { what, fix } = explain(error);
    const why = `${what}; ${fix ?? 'deploy the stack again, which brings the document Definitions'}`;
    context.logger.warning(noteOn(why));
    return { ...print, withoutDefinitions: why };
  }
}

function noteOn(why: string): string {
  return `the definitions could not be read, so no proof covers them: ${why}`;
}

/** What a reader of the backup should know: the proof of its definitions needs both readings. */
export function definitionNotes(...prints: readonly Fingerprint[]): string[] {
  const reasons = prints.flatMap(({ withoutDefinitions }) => withoutDefinitions ?? []);
  return [...new Set(reasons)].map(noteOn);
}
