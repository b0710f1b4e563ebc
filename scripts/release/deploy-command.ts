/** The commands that deploy a release. They are part of its notes, and a test takes them from there and runs them. */

export interface Release {
  /** `owner/name` of the repository that publishes. */
  readonly repository: string;
  readonly tag: string;
  /** The commit of the tag. */
  readonly hash: string;
  /** SHA-256 of the asset holdfast.yml, in hexadecimal digits. */
  readonly templateHash: string;
}

/**
 * A block for Bash with `gh` and `aws`, to be run in a clone of the reader's own repository: the roles trust that one. It makes the stack, or
 * updates it with the parameters that it has, and can be repeated.
 *
 * - Subjects: those of the default branch, in both forms. Only one of them is ever sent by a repository.
 * - The provider: an account can have only one for GitHub. If there is one that is not the stack's, it is used.
 * - The template is longer than the 51,200 bytes that CloudFormation takes directly (CloudFormation User Guide, "CloudFormation
 *   quotas"), so it goes through a bucket, which must be the account's own: its name can be guessed.
 * - A first deployment that failed leaves a stack in ROLLBACK_COMPLETE, which can only be deleted (CloudFormation User Guide,
 *   "Stack status codes").
 * - `--no-fail-on-empty-changeset` is the default of version 2 of the AWS CLI, and not of version 1.
 */
export function deployCommand({ repository, tag, templateHash }: Release): string {
  return `bash -euo pipefail <<'HOLDFAST'
export AWS_PAGER=''
subjects=$(gh api 'repos/{owner}/{repo}' --jq '
  "repo:\\(.full_name):ref:refs/heads/\\(.default_branch)" + ","
  + "repo:\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id):ref:refs/heads/\\(.default_branch)"')
region=\${AWS_REGION:-\${AWS_DEFAULT_REGION:-$(aws configure get region)}}
export AWS_DEFAULT_REGION=$region
account=$(aws sts get-caller-identity --query Account --output text)

cd "$(mktemp -d)"
gh release download ${tag} --repo ${repository} --pattern holdfast.yml
hash=$({ sha256sum holdfast.yml || shasum -a 256 holdfast.yml; } 2>/dev/null | cut -c 1-64)
if [ "$hash" != ${templateHash} ]; then
  echo "holdfast.yml is not the file of ${tag}: its SHA-256 is $hash" >&2; exit 1
fi

templates=holdfast-templates-$account-$region
aws s3api head-bucket --bucket "$templates" --expected-bucket-owner "$account" 2>/dev/null || aws s3 mb "s3://$templates"

parameters=()
status=$(aws cloudformation describe-stacks --stack-name holdfast --query 'Stacks[0].StackStatus' --output text 2>/dev/null || echo none)
if [ "$status" = ROLLBACK_COMPLETE ]; then
  aws cloudformation delete-stack --stack-name holdfast
  aws cloudformation wait stack-delete-complete --stack-name holdfast
  status=none
fi
if [ "$status" = none ] || [ "$status" = REVIEW_IN_PROGRESS ]; then
  provider=$(aws iam list-open-id-connect-providers --output text \\
    --query "OpenIDConnectProviderList[?ends_with(Arn, '/token.actions.githubusercontent.com')].Arn")
  parameters=(--parameter-overrides "AllowedSubjects=$subjects" "OidcProviderArn=$provider"
    "ReceiptBucketName=holdfast-receipts-$account-$region" "DumpBucketName=holdfast-dumps-$account-$region")
fi
aws cloudformation deploy --stack-name holdfast --template-file holdfast.yml --s3-bucket "$templates" \\
  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset \${parameters[@]+"\${parameters[@]}"}
aws cloudformation describe-stacks --stack-name holdfast --output table \\
  --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]'
HOLDFAST
`;
}
