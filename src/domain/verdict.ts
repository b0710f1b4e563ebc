/**
 * `good`: restored and checked. `bad`: restored, and its content found wrong. `unproven`: it could not be tested, because of
 * permissions, versions, machinery; never `bad`, and never `good`.
 */
export type Verdict = 'good' | 'bad' | 'unproven';
