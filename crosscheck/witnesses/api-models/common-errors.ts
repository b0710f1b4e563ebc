/** Codes that AWS documents for all operations of a service, beside those that its model declares, each with its statuses. */

type Codes = Readonly<Record<string, readonly number[]>>;

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, which STS and CloudFormation have too: what it lists today, and
 * what it listed before, as https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html and that of CloudSearch still do.
 * `SignatureDoesNotMatch` is of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html. No such page lists
 * `AccessDenied` and `ExpiredToken`, with which STS, IAM and CloudFormation do answer.
 */
const query: Codes = {
  AccessDenied: [403],
  AccessDeniedException: [400, 403],
  ExpiredToken: [403],
  IncompleteSignature: [400, 403],
  InternalFailure: [500],
  InvalidAction: [400],
  InvalidClientTokenId: [403],
  InvalidParameterCombination: [400],
  InvalidParameterValue: [400],
  InvalidQueryParameter: [400],
  MalformedQueryString: [404],
  MissingAction: [400],
  MissingAuthenticationToken: [403],
  MissingParameter: [400],
  NotAuthorized: [400],
  OptInRequired: [403],
  RequestExpired: [400],
  ServiceUnavailable: [503],
  SignatureDoesNotMatch: [403],
  Throttling: [400],
  ThrottlingException: [400],
  ValidationError: [400],
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */
const json: Codes = {
  AccessDeniedException: [400],
  ExpiredTokenException: [400, 403],
  IncompleteSignature: [400, 403],
  IncompleteSignatureException: [400],
  InternalFailure: [500],
  InvalidSignatureException: [400],
  MissingAuthenticationTokenException: [400],
  OptInRequired: [400, 403],
  RequestExpired: [400],
  SerializationException: [400],
  ServiceUnavailable: [503],
  ThrottlingException: [400],
  UnknownOperationException: [400, 404],
  UnrecognizedClientException: [400, 403],
  ValidationException: [400],
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, which lists more codes than the model does. */
const s3: Codes = {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
  InvalidTag: [400],
  NoSuchPublicAccessBlockConfiguration: [404],
  ObjectLockConfigurationNotFoundError: [404],
};

export const commonErrors: Readonly<Record<string, Codes>> = {
  s3,
  ssm: json,
  sts: query,
  iam: query,
  cloudformation: query,
  // https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
  sns: query,
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/CommonErrors.html
  cloudtrail: json,
};
