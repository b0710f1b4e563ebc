/** `npm run setup -- --datadog`: brings the dashboard to Datadog, or up to date there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datadogSites } from '../../src/report/render/datadog.ts';
import { BackupError, ConfigurationError } from '../../src/runtime/errors.ts';
import { root } from '../lib/actions.ts';

/** By it the dashboard is found again, whatever its title has become. */
export const dashboardMark = '[holdfast-dashboard/1]';

export const dashboardFile = 'docs/datadog-dashboard.json';

/** Dashboards asked for at a time. */
const page = 100;
const timeoutMs = 30_000;

export interface DatadogAccess {
  readonly site: string;
  readonly apiKey: string;
  readonly applicationKey: string;
  /** Default: HOLDFAST_DATADOG_URL, else the API of the site. */
  readonly baseUrl?: string | undefined;
}

/** @throws ConfigurationError that names everything that is missing or wrong */
export function readDatadogAccess(site: string | undefined, env: NodeJS.ProcessEnv): DatadogAccess {
  const wanted = site ?? (env.DD_SITE || 'datadoghq.com');
  const problems = [
    ...((datadogSites as readonly string[]).includes(wanted)
      ? []
      : [`--site: "${wanted}" is not allowed; allowed: ${datadogSites.join(' or ')}`]),
    ...(env.DD_API_KEY ? [] : ['DD_API_KEY: it is missing; allowed: an API key, in the environment']),
    ...(env.DD_APP_KEY
      ? []
      : [
          'DD_APP_KEY: it is missing; allowed: an application key that may read and write dashboards, in the environment',
        ]),
  ];
  if (problems.length > 0)
    throw new ConfigurationError({
      what: 'these settings are missing or wrong',
      problems,
      fix: 'npm run setup -- --help',
    });
  return {
    site: wanted,
    apiKey: env.DD_API_KEY ?? '',
    applicationKey: env.DD_APP_KEY ?? '',
    baseUrl: env.HOLDFAST_DATADOG_URL || undefined,
  };
}

export function dashboardText(): string {
  return readFileSync(join(root, dashboardFile), 'utf8');
}

export interface ImportedDashboard {
  readonly done: 'made' | 'changed' | 'would be made' | 'would be changed';
  readonly id: string | undefined;
  readonly url: string | undefined;
}

interface Listed {
  readonly id: string;
  readonly description?: string | null;
}

/**
 * Changes the dashboard that has the mark; makes it where there is none.
 * @throws BackupError when Datadog refuses, and when several have the mark
 */
export async function importDashboard(
  access: DatadogAccess,
  text: string,
  dryRun: boolean,
): Promise<ImportedDashboard> {
  const found = (await dashboards(access)).filter(({ description }) => description?.includes(dashboardMark));
  if (found.length > 1)
    throw new BackupError({
      what: `${found.length} dashboards have ${dashboardMark} in their description: ${found.map(({ id }) => id).join(', ')}`,
      fix: 'take it out of those that shall stay as they are',
    });
  const id = found[0]?.id;
  if (dryRun) return { done: id === undefined ? 'would be made' : 'would be changed', id, url: undefined };
  const path = id === undefined ? 'dashboard' : `dashboard/${encodeURIComponent(id)}`;
  const answer = (await call(access, id === undefined ? 'POST' : 'PUT', path, text)) as { id?: string; url?: string };
  return {
    done: id === undefined ? 'made' : 'changed',
    id: answer.id,
    url: answer.url === undefined ? undefined : `${appOf(access.site)}${answer.url}`,
  };
}

/** Where people read: a site that is a subdomain has none before it (Datadog, "Getting started with Datadog sites"). */
function appOf(site: string): string {
  return `https://${site.split('.').length > 2 ? '' : 'app.'}${site}`;
}

async function dashboards(access: DatadogAccess): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (let start = 0; ; start += page) {
    const answer = await call(access, 'GET', `dashboard?count=${page}&start=${start}`);
    const { dashboards: some = [] } = answer as { readonly dashboards?: readonly Listed[] };
    all.push(...some);
    if (some.length < page) return all;
  }
}

async function call(
  access: DatadogAccess,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: string,
): Promise<unknown> {
  const base = (access.baseUrl ?? `https://api.${access.site}`).replace(/\/+$/, '');
  const failed = (reason: string, fix?: string) =>
    new BackupError({
      what: `Datadog (${access.site}): ${method} /api/v1/${path.split('?')[0]}: ${hidden(reason, access)}`,
      ...(fix === undefined ? {} : { fix }),
    });
  let response: Response;
  try {
    response = await fetch(`${base}/api/v1/${path}`, {
      method,
      headers: {
        'DD-API-KEY': access.apiKey,
        'DD-APPLICATION-KEY': access.applicationKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    throw failed(`no answer: ${((error as Error).cause as Error | undefined)?.message ?? (error as Error).message}`);
  }
  const answer = await response.text();
  if (response.ok) return answer === '' ? {} : JSON.parse(answer);
  const keys = response.status === 401 || response.status === 403;
  throw failed(
    `status ${response.status}: ${answer.slice(0, 300)}`,
    keys ? `keys of ${access.site}; the application key needs dashboards_read and dashboards_write` : undefined,
  );
}

function hidden(text: string, { apiKey, applicationKey }: DatadogAccess): string {
  return text.replaceAll(apiKey, '***').replaceAll(applicationKey, '***');
}
