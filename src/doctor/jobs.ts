/** The jobs of Holdfast as the doctor knows them: what each needs, and how to see that it is wanted. */
import type { HostScript } from '../host/catalogue/catalogue.ts';

export interface Job {
  readonly title: string;
  /** Its own workflow, and the actions by which a workflow of one's own is recognised. */
  readonly file: string;
  readonly actions: readonly string[];
  /** The workflows that another repository calls. */
  readonly called: readonly string[];
  /** Without one of these the job does nothing. */
  readonly variables: readonly string[];
  /** By variable, the input that a caller can give in its place; test/unit/doctor compares them with the workflow files. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The same of variables that it can do without, where what is examined depends on them. */
  readonly further: Readonly<Record<string, string>>;
  /** Variables that only this job reads: one of them set means that the job is wanted. */
  readonly marks: RegExp;
  /** Documents that it runs in its region. */
  readonly documents: readonly HostScript[];
  readonly page: string;
}

export const jobs: readonly Job[] = [
  {
    title: 'Infobright backup',
    file: 'infobright-backup.yml',
    called: ['infobright-backup.yml'],
    actions: ['ib-snapshot', 'verify-volume'],
    variables: [
      'HOLDFAST_REGION',
      'HOLDFAST_BACKUP_ROLE',
      'HOLDFAST_VERIFY_ROLE',
      'HOLDFAST_RECEIPT_BUCKET',
      'HOLDFAST_IB_SOURCE',
      'HOLDFAST_IB_INSTANCE',
      'HOLDFAST_IB_VERIFY_INSTANCE',
    ],
    inputs: {
      HOLDFAST_REGION: 'region',
      HOLDFAST_BACKUP_ROLE: 'backup-role',
      HOLDFAST_VERIFY_ROLE: 'verify-role',
      HOLDFAST_RECEIPT_BUCKET: 'receipt-bucket',
      HOLDFAST_IB_SOURCE: 'source',
      HOLDFAST_IB_INSTANCE: 'instance',
      HOLDFAST_IB_VERIFY_INSTANCE: 'verify-instance',
    },
    further: {
      HOLDFAST_SSM_DOCUMENTS: 'ssm-documents',
      HOLDFAST_IB_MOUNT_POINT: 'mount-point',
      HOLDFAST_IB_DEFAULTS_FILE: 'defaults-file',
      HOLDFAST_IB_SERVICE: 'service',
      HOLDFAST_IB_SOCKET: 'socket',
    },
    marks: /^HOLDFAST_IB_/,
    documents: [
      'inspect',
      'fingerprint',
      'definitions',
      'quiesce',
      'resume',
      'read-result',
      'list-disks',
      'mount-copy',
      'start-copy',
      'read-data',
      'progress',
      'check-tables',
      'check-icm',
      'check-pages',
      'release-copy',
    ],
    page: 'docs/infobright.md',
  },
  {
    title: 'EBS rotation',
    file: 'ebs-rotate.yml',
    called: ['ebs-rotate.yml'],
    actions: ['ebs-rotate'],
    variables: ['HOLDFAST_REGION', 'HOLDFAST_ROTATE_ROLE'],
    inputs: { HOLDFAST_REGION: 'region', HOLDFAST_ROTATE_ROLE: 'role' },
    further: { HOLDFAST_SSM_DOCUMENTS: 'ssm-documents' },
    // The stack's set-up writes the role's ARN for everybody: by itself it is no wish to rotate.
    marks: /^HOLDFAST_ROTATE_(?!ROLE$)/,
    documents: ['list-disks', 'freeze', 'thaw'],
    page: 'docs/rotation.md',
  },
  {
    title: 'PostgreSQL backup',
    file: 'postgres-backup.yml',
    called: ['postgres-backup.yml', 'postgres-dump.yml'],
    actions: ['db-dump'],
    variables: [
      'HOLDFAST_REGION',
      'HOLDFAST_DUMP_ROLE',
      'HOLDFAST_DUMP_BUCKET',
      'HOLDFAST_RECEIPT_BUCKET',
      'HOLDFAST_DATABASES',
    ],
    inputs: {
      HOLDFAST_REGION: 'region',
      HOLDFAST_DUMP_ROLE: 'role',
      HOLDFAST_DUMP_BUCKET: 'bucket',
      HOLDFAST_RECEIPT_BUCKET: 'receipt-bucket',
      // A caller of postgres-dump.yml names one database.
      HOLDFAST_DATABASES: 'source',
    },
    further: { HOLDFAST_SSM_DOCUMENTS: 'ssm-documents' },
    marks: /^HOLDFAST_(DATABASES|DUMP_(?!ROLE$|BUCKET$)\w+|SCRATCH_\w+|INSTALL_CLIENT)$/,
    documents: ['dump-inspect', 'dump-start', 'dump-state', 'dump-upload', 'dump-finish', 'read-result'],
    page: 'docs/postgres.md',
  },
];

/** The role of each variable. */
export const roleVariables = [
  'HOLDFAST_BACKUP_ROLE',
  'HOLDFAST_VERIFY_ROLE',
  'HOLDFAST_ROTATE_ROLE',
  'HOLDFAST_DUMP_ROLE',
  'HOLDFAST_PLAN_ROLE',
] as const;

export const bucketVariables = ['HOLDFAST_RECEIPT_BUCKET', 'HOLDFAST_DUMP_BUCKET'] as const;

/** A database of the variable HOLDFAST_DATABASES. */
export interface Database {
  readonly source?: string;
  readonly secret?: string;
  readonly 'scratch-secret'?: string;
  readonly instance?: string;
  readonly container?: string;
  readonly database?: string;
  readonly 'host-user'?: string;
  readonly 'host-port'?: string | number;
  readonly 'host-folder'?: string;
}

/** The databases of HOLDFAST_DATABASES; undefined when it is not a JSON list of objects. */
export function databasesOf(text: string | undefined): readonly Database[] | undefined {
  if (!text) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null)
      ? (list as Database[])
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a variable says that the job is wanted. */
export function isWanted(job: Job, variables: Readonly<Record<string, string>>): boolean {
  return Object.entries(variables).some(([name, value]) => value !== '' && job.marks.test(name));
}
