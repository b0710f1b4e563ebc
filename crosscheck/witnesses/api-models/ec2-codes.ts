/**
 * Which requests EC2's codes belong to. EC2's model declares no errors, and its page lists codes for all operations alike, but says of each
 * what it is about: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. A code about a volume is no answer to a
 * request that names none. Here are the codes that operations of Holdfast and of its lab may meet; another one is to be added with what the
 * page says of it.
 */

/** The parameters of a request as they are sent, such as `VolumeId.1`. */
type Parameters = URLSearchParams;

type Fits = (operation: string, parameters: Parameters) => boolean;

const always: Fits = () => true;
const of =
  (...operations: readonly string[]): Fits =>
  (operation) =>
    operations.includes(operation);
/** The request has a parameter of that name, at whatever depth. */
const having =
  (name: RegExp): Fits =>
  (_operation, parameters) =>
    [...parameters.keys()].some((key) => name.test(key));

/** Ids have 8 or 17 hexadecimal digits: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
const isId = (prefix: string, value: string): boolean =>
  new RegExp(`^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`).test(value);

/** The page says NotFound of an id that does not exist, and Malformed of one that is not in its full form. */
const missing =
  (prefix: string): Fits =>
  (_operation, parameters) =>
    [...parameters.values()].some((value) => isId(prefix, value));
const malformed =
  (prefix: string, name: RegExp): Fits =>
  (_operation, parameters) =>
    [...parameters].some(([key, value]) => name.test(key) && !isId(prefix, value));

const fits: Readonly<Record<string, Fits>> = {
  'InvalidVolume.NotFound': missing('vol'),
  'InvalidVolumeID.Malformed': malformed('vol', /VolumeId/),
  'InvalidSnapshot.NotFound': missing('snap'),
  'InvalidSnapshotID.Malformed': malformed('snap', /SnapshotId/),
  'InvalidInstanceID.NotFound': missing('i'),
  'InvalidInstanceID.Malformed': malformed('i', /InstanceId/),
  'InvalidAMIID.NotFound': missing('ami'),
  'InvalidAMIID.Malformed': malformed('ami', /ImageId/),
  'InvalidZone.NotFound': having(/AvailabilityZone$/),
  'InvalidAttachment.NotFound': of('DetachVolume'),
  InvalidID: of('CreateTags', 'DeleteTags'),
  TagLimitExceeded: having(/\bTag\b/),

  IncorrectState: of(
    ...['AttachVolume', 'CopySnapshot', 'CreateSnapshot', 'CreateSnapshots', 'CreateVolume', 'DetachVolume'],
    ...['LockSnapshot', 'UnlockSnapshot'],
  ),
  IncorrectInstanceState: of('StartInstances', 'StopInstances'),
  VolumeInUse: of('AttachVolume', 'DeleteVolume'),
  'InvalidVolume.ZoneMismatch': of('AttachVolume'),
  'InvalidSnapshot.InUse': of('DeleteSnapshot'),
  OperationNotPermitted: of('DeleteSnapshot', 'DetachVolume'),
  ConcurrentSnapshotLimitExceeded: of('CreateSnapshot', 'CreateSnapshots'),
  SnapshotCreationPerVolumeRateExceeded: of('CreateSnapshot', 'CreateSnapshots'),
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
  ResourceLimitExceeded: of('CopySnapshot'),
  InvalidParameterDependency: of('CopySnapshot'),

  DryRunOperation: (_operation, parameters) => parameters.get('DryRun') === 'true',
  IdempotentParameterMismatch: having(/^ClientToken$/),
  InvalidNextToken: having(/^NextToken$/),
  // Which values an operation takes is its page's, and the lab's tests'.
  InvalidParameterValue: having(/^(?!Action$|Version$)/),
  InvalidParameterCombination: having(/^(?!Action$|Version$)/),
  MissingParameter: always,
  UnknownParameter: always,
  InvalidAction: always,
  UnauthorizedOperation: always,
  RequestLimitExceeded: always,
  InternalError: always,
  Unavailable: always,
  ServiceUnavailable: always,
  // The first two parts of the page, of any request: who it is from, and whether it can be read.
  AuthFailure: always,
  InvalidClientTokenId: always,
  MissingAuthenticationToken: always,
  OptInRequired: always,
  RequestExpired: always,
  SignatureDoesNotMatch: always,
};

/** @param body of the request @returns undefined for a code of which this list says nothing */
export function belongs(code: string, body: string): boolean | undefined {
  const parameters = new URLSearchParams(body);
  return fits[code]?.(parameters.get('Action') ?? '', parameters);
}
