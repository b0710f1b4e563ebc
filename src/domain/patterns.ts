/**
 * The forms of values that several places must agree on: inputs, tags, and the parameters of SSM documents. Written as
 * text, since a template needs them as text; anchored, since SSM wants the whole value to match.
 */

/**
 * An AWS region, such as `us-east-1`, `us-gov-west-1`, `us-isob-east-1` or `eusc-de-east-1`: words and a number, whatever
 * partitions there will be (those of today: `partitions.js` of the AWS SDK). Zones (`us-east-1a`) and groups of zones
 * (`us-west-2-lax-1`) are none. Not anchored, for use within other patterns.
 */
export const regionName = '[a-z]{2,8}(?:-[a-z]+){1,3}-[0-9]{1,2}';
export const regionPattern = `^${regionName}$`;

/** Regions whose credentials and endpoints are their own, apart from those of AWS's ordinary regions. */
const ownPartition = /^(cn|us-gov|eusc|[a-z]{2}-iso[a-z]?)-/;

/** Whether the region belongs to the partition `aws`, whose credentials work in every region of it. */
export function isOrdinaryRegion(region: string): boolean {
  return !ownPartition.test(region);
}

/** A systemd unit. */
export const servicePattern = '^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,100}$';

/** A container, as docker and podman name them. */
export const containerPattern = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$';

/**
 * An absolute path on a host, other than `/`: no `.` or `..` as a segment, no character that a shell could read. Without
 * lookahead, since AWS does not say which dialect of regular expressions SSM reads.
 */
export const hostPathPattern = '^(/+[.]?[A-Za-z0-9_@-][A-Za-z0-9._@-]{0,199}){1,32}/*$';

/** The same pattern for a value that may also be empty. */
export function orEmpty(pattern: string): string {
  return `^(${pattern.slice(1, -1)})?$`;
}
