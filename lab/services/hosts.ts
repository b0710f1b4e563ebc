/** Which hosts the lab stands in for. */

/** @param urls the addresses of the lab's AWS and GitHub @returns the address for a host */
export function labTarget(urls: { readonly aws: string; readonly github: string }) {
  return (host: string): string | undefined => {
    if (/(^|\.)amazonaws\.com$/.test(host)) return urls.aws;
    return host === 'github.com' || host.endsWith('.github.com') ? urls.github : undefined;
  };
}
