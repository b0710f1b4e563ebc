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
 * A block for Bash (3.2 and newer) with `git`, `gh` and `aws` (versions 1 and 2), to be run in a clone of the reader's own repository: the roles
 * trust that one. It makes the stack, or updates it with the parameters that it has, and can be repeated.
 *
 * - The repository is that of the remote `origin`. `gh` by itself prefers a remote `upstream` (cli/cli, `context/remote.go`), which in a fork's
 *   clone is the vendor's. Who may not push to a repository has no business making roles that trust it.
 * - Subjects: those of the default branch, in both forms. Only one of them is ever sent by a repository.
 * - The provider: an account can have only one for an issuer. If there is one that is not the stack's, it is used. On GHE.com the issuer is
 *   `token.actions.SUBDOMAIN.ghe.com` (docs.github.com, "Feature overview for GitHub Enterprise Cloud with data residency").
 * - Roles belong to the account, a stack to a region: in a further region the template makes the documents only.
 * - The template is longer than the 51,200 bytes that CloudFormation takes directly (CloudFormation User Guide, "CloudFormation
 *   quotas"), so it goes through a bucket, which must be the account's own: its name can be guessed.
 * - A first deployment that failed leaves a stack in ROLLBACK_COMPLETE, which can only be deleted (CloudFormation User Guide,
 *   "Stack status codes").
 * - `--no-fail-on-empty-changeset` is the default of version 2 of the AWS CLI, and not of version 1.
 */
export function deployCommand({ repository, tag, templateHash }: Release): string {
  return `bash -euo pipefail <<'HOLDFAST'
export AWS_PAGER=''
stop() { echo "$*" >&2; exit 1; }

# Your repository, and the subjects of its jobs on the default branch, in both forms that GitHub knows.
address=\${GH_REPO:-$(git remote get-url origin)} || stop 'Run this in a clone of your repository, or set GH_REPO=OWNER/REPO.'
repository=$(echo "$address" | sed -E 's#/*$##; s#\\.git$##; s#^.*[/:]([^/:]+/[^/:]+)$#\\1#')
host=$(echo "$address" | sed -E 's#^[a-z+]+://##; s#^[^@/]*@##; s#[:/].*$##')
issuer=token.actions.githubusercontent.com
case $host in *.ghe.com) export GH_HOST=$host; issuer=token.actions.$host ;; esac
subjects=$(gh api "repos/$repository" --jq 'select(.permissions.push)
  | "repo:\\(.full_name):ref:refs/heads/\\(.default_branch)" + ","
  + "repo:\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id):ref:refs/heads/\\(.default_branch)"')
[ -n "$subjects" ] || stop "You may not push to $repository, so no role will trust it. In a clone of your own, or with GH_REPO=OWNER/REPO, run this again."

# Your account, and the stack in this region.
region=\${AWS_REGION:-\${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || stop 'Which region? Set AWS_REGION, such as AWS_REGION=eu-central-1, and run this again.'
export AWS_DEFAULT_REGION=$region AWS_REGION=$region
account=$(aws sts get-caller-identity --query Account --output text)
stack() { aws cloudformation describe-stacks --stack-name holdfast --output text --query "$1"; }
parameter() { stack "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue"; }
status=$(stack 'Stacks[0].StackStatus' 2>/dev/null || echo none)
trusted=$subjects
case $status in
  none | REVIEW_IN_PROGRESS | ROLLBACK_COMPLETE)
    new=yes
    if aws iam get-role --role-name holdfast-backup >/dev/null 2>&1; then
      stop "The account has the roles already, so its stack is in another region than $region, or has another name. Set AWS_REGION to that region.
To add the documents for instances in $region, make a stack of the same template with Parts=documents here: npm run deploy -- --region $region"
    fi ;;
  *)
    new=no
    if [ "$(parameter Parts)" = documents ]; then trusted=''; else trusted=$(parameter AllowedSubjects); fi ;;
esac
[ -z "$trusted" ] || echo "The roles will trust: $trusted"

cd "$(mktemp -d)"
gh release download ${tag} --repo github.com/${repository} --pattern holdfast.yml
hash=$({ sha256sum holdfast.yml || shasum -a 256 holdfast.yml; } 2>/dev/null | cut -c 1-64)
if [ "$hash" != ${templateHash} ]; then stop "holdfast.yml is not the file of ${tag}: its SHA-256 is $hash"; fi

templates=holdfast-templates-$account-$region
aws s3api head-bucket --bucket "$templates" --expected-bucket-owner "$account" 2>/dev/null || aws s3 mb "s3://$templates"

if [ "$status" = ROLLBACK_COMPLETE ]; then
  aws cloudformation delete-stack --stack-name holdfast
  aws cloudformation wait stack-delete-complete --stack-name holdfast
fi
parameters=()
if [ "$new" = yes ]; then
  provider=$(aws iam list-open-id-connect-providers --output text \\
    --query "OpenIDConnectProviderList[?ends_with(Arn, '/$issuer')].Arn")
  parameters=(--parameter-overrides "AllowedSubjects=$subjects" "OidcIssuer=$issuer" "OidcProviderArn=$provider"
    "ReceiptBucketName=holdfast-receipts-$account-$region" "DumpBucketName=holdfast-dumps-$account-$region")
fi
aws cloudformation deploy --stack-name holdfast --template-file holdfast.yml --s3-bucket "$templates" \\
  --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset \${parameters[@]+"\${parameters[@]}"}
stack 'Stacks[0].Outputs[].[OutputKey,OutputValue]'

# A stack keeps its parameters, so it may trust another repository.
missing=''
for subject in \${subjects//,/ }; do
  case ",$trusted," in ,, | *",$subject,"*) ;; *) missing=$missing,$subject ;; esac
done
[ -z "$missing" ] || echo "
The roles trust:  $trusted
and do not trust: \${missing#,}
which $repository may send (a repository sends one of two forms). If they should trust it, run:
aws cloudformation deploy --region $region --stack-name holdfast --template-file $PWD/holdfast.yml --s3-bucket $templates \\\\
  --capabilities CAPABILITY_NAMED_IAM --parameter-overrides 'AllowedSubjects=$trusted$missing'"
HOLDFAST
`;
}
