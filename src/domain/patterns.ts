/**
 * The forms of values that several places must agree on: inputs, tags, and the parameters of SSM documents. Written as
 * text, since a template needs them as text; anchored, since SSM wants the whole value to match.
 */

/** An AWS region, such as `us-east-1`. */
export const regionPattern = '^[a-z]{2}(-[a-z]+)+-[0-9]$';

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
