/** Sends series to Datadog's API v2, which answers 202 when it accepts them. */
import { datadogSites, type Series } from '../../report/render/datadog.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type Delivery, deliver } from './deliver.ts';

export interface DatadogOptions {
  readonly apiKey: string;
  readonly site: string;
  readonly clock: Clock;
  /** Default: HOLDFAST_DATADOG_URL, else the API of the site. */
  readonly baseUrl?: string | undefined;
  /** Default 30. */
  readonly deadlineSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Never throws; the reason names the status and never contains the key. An empty list sends nothing. */
export async function sendSeries(options: DatadogOptions, series: readonly Series[]): Promise<Delivery> {
  if (series.length === 0) return { sent: true };
  if (!(datadogSites as readonly string[]).includes(options.site)) {
    return { sent: false, reason: `${options.site} is not one of Datadog's sites: ${datadogSites.join(', ')}` };
  }
  const base = options.baseUrl ?? (process.env.HOLDFAST_DATADOG_URL || `https://api.${options.site}`);
  const delivery = await deliver({
    url: `${base.replace(/\/+$/, '')}/api/v2/series`,
    headers: { 'DD-API-KEY': options.apiKey },
    body: { series },
    expect: 202,
    clock: options.clock,
    deadlineSeconds: options.deadlineSeconds ?? 30,
    secrets: [options.apiKey],
    signal: options.signal,
  });
  if (delivery.sent || delivery.status !== 403) return delivery;
  return { ...delivery, reason: `${delivery.reason} (is the key one of ${options.site}?)` };
}
