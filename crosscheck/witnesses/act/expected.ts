/** What the jobs that back something up must come to: their result, and what their steps say after it. Two runners that fail alike agree. */
export const comesTo: ReadonlyMap<string, RegExp> = new Map([
  ['anonymize.yml good', /^success: .*"success"$/],
  ['anonymize.yml wrong', /^success: failure success$/],
  ['database.yml dump', /^success: success good\b/],
  // continue-on-error
  ['database.yml no-bucket', /^success: failure success/],
  ['rotation.yml plan', /^success: success .*i-0a1b2c3d4e5f60718/],
  ['snapshot.yml no-instance', /^success: failure success \[\]$/],
  ['snapshot.yml no-agent', /^success: failure success \[/],
  ['callers.yml after', /^success: good success success$/],
]);
