/** Prints the notes of a release: the exact commands that deploy it. Run by release.yml with TAG and GITHUB_REPOSITORY. */
const { TAG: tag = '', GITHUB_REPOSITORY: repository = '' } = process.env;
if (!/^v\d+\.\d+\.\d+$/.test(tag) || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
  console.error(
    `release-notes: TAG must be a version such as v1.2.3 (it is "${tag}"), GITHUB_REPOSITORY owner/name (it is "${repository}")`,
  );
  process.exit(2);
}

console.log(`## Deploy

\`\`\`bash
gh release download ${tag} --repo ${repository} --pattern holdfast.yml
aws cloudformation deploy \\
  --stack-name holdfast \\
  --template-file holdfast.yml \\
  --s3-bucket BUCKET_FOR_TEMPLATES \\
  --capabilities CAPABILITY_NAMED_IAM \\
  --parameter-overrides \\
    AllowedSubjects=repo:${repository}:ref:refs/heads/main \\
    ReceiptBucketName=BUCKET_FOR_RECEIPTS
\`\`\`

\`--s3-bucket\` names any bucket of yours: the template is larger than CloudFormation takes inline. Add
\`OidcProviderArn=...\` to the overrides where the account already has GitHub's OIDC provider. Then use the actions at this
version: \`uses: ${repository}/actions/ib-snapshot@${tag}\`.`);
