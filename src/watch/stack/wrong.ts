/** What is wrong now, told or not: each part of a source by itself. */
import { promisesKey } from '../../domain/tags.ts';
import { type FailingPart, isFailing, type SourceTrouble } from '../../domain/watching.ts';
import { titleOf, titleOfPart } from '../../report/render/watch-title.ts';
import { troublesOf } from '../watchdog/troubles.ts';
import type { Look } from './looked.ts';
import type { Trouble } from './told.ts';

const day = 86_400_000;

export interface Wrong {
  readonly trouble: Trouble;
  /** The database or the volume, of a source that has several. */
  readonly part?: FailingPart | undefined;
  /** Of a part: what the trouble of its whole source is called. */
  readonly titleOfAll?: string | undefined;
  /** Which promises it. */
  readonly repository?: string | undefined;
}

/** @param began when this watchdog looked first (ISO 8601) */
export function wrongNow(look: Look, began: string): readonly Wrong[] {
  return [...silences(look, began).map((trouble) => ({ trouble })), ...failures(look)];
}

function failures({ repositories }: Look): readonly Wrong[] {
  return repositories.flatMap(({ name: repository, sources }) =>
    sources.flatMap(troublesOf).flatMap((trouble): readonly Wrong[] => {
      const key = `${trouble.failure} ${trouble.key}`;
      const shown = (title: string, { since, what, likelyCause, fix }: Shown): Trouble => ({
        ...{ key, title, since, what: `${what} (promised by ${repository})`, likelyCause, fix },
      });
      if (trouble.parts === undefined) return [{ trouble: shown(titleOf(trouble), trouble) }];
      return trouble.parts.filter(isFailing).map((part) => ({
        trouble: shown(titleOfPart(part.name, trouble), part.failure),
        part,
        titleOfAll: titleOf(trouble),
        repository,
      }));
    }),
  );
}

type Shown = Pick<SourceTrouble, 'what' | 'likelyCause' | 'fix'> & { readonly since: string };

/** Nobody on GitHub looks: then what is promised is as old as the last look. */
function silences({ promises, silentDays, now }: Look, began: string): readonly Trouble[] {
  if (promises === 'unreadable')
    return [
      {
        key: 'promises',
        title: 'What is promised cannot be read',
        since: now.toISOString(),
        what: `${promisesKey} in the receipt bucket is no document that this watchdog understands, so that nothing is watched`,
        likelyCause: 'the watchdog on GitHub is of a newer version than the stack',
        fix: 'deploy the stack again, from the version that the workflows use: npm run deploy',
      },
    ];
  if (promises === 'missing') {
    if (now.getTime() < Date.parse(began) + silentDays * day) return [];
    return [
      {
        key: 'promises',
        title: 'Nothing says what is promised',
        since: began,
        what: `there is no ${promisesKey} in the receipt bucket, so that nothing is watched`,
        likelyCause: 'watchdog.yml has never run on GitHub, or the object was deleted',
        fix: 'set up watchdog.yml and start it once: gh workflow run watchdog.yml',
      },
    ];
  }
  return Object.entries(promises.readOn ?? {}).flatMap(([name, readOn]): readonly Trouble[] => {
    // The last look was at some time of that day.
    const since = Date.parse(readOn) + day;
    if (now.getTime() < since + silentDays * day || !promises.repositories[name]?.length) return [];
    return [
      {
        key: `silent ${name}`,
        title: `No watchdog looks at ${name}`,
        since: new Date(since).toISOString(),
        what: `watchdog.yml of ${name} ran last on ${readOn}; what is promised is as it was read then`,
        likelyCause: `GitHub no longer starts scheduled workflows of ${name} (it disables them after 60 days without activity), watchdog.yml fails, or the repository is gone`,
        fix: `gh run list --repo ${name} --workflow watchdog.yml; if it is disabled: gh workflow enable --repo ${name} watchdog.yml; if the repository is gone: delete ${promisesKey}, which the other repositories write again`,
      },
    ];
  });
}
