/** The jobs of Holdfast as the doctor knows them: what each needs, and how to see that it is wanted. */
import type { HostScript } from '../host/catalogue/catalogue.ts';

export interface Job {
  readonly title: string;
  /** Its own workflow, and the actions by which a workflow of one's own is recognised. */
  readonly file: string;
  readonly actions: readonly string[];
  /** Engine of db-dump, by which the jobs of databases are told apart. */
  readonly engine?: 'postgres' | 'mongodb' | 'mysql';
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
  readonly list?: DatabaseList;
  /** Documents that it runs in its region. */
  readonly documents: readonly HostScript[];
  readonly page: string;
}

/** The variable with a job's databases. */
export interface DatabaseList {
  readonly variable: string;
  /** The keys by which a database can be reached: all of one of these. */
  readonly reached: readonly (readonly (keyof Database)[])[];
  /** Its entries, for people. */
  readonly shown: string;
}

/** What every dump needs, whatever its engine. */
const dumpVariables = [
  'HOLDFAST_REGION',
  'HOLDFAST_DUMP_ROLE',
  'HOLDFAST_DUMP_BUCKET',
  'HOLDFAST_RECEIPT_BUCKET',
] as const;
const dumpInputs = {
  HOLDFAST_REGION: 'region',
  HOLDFAST_DUMP_ROLE: 'role',
  HOLDFAST_DUMP_BUCKET: 'bucket',
  HOLDFAST_RECEIPT_BUCKET: 'receipt-bucket',
} as const;

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
    called: ['postgres-backup.yml', 'postgres-dump.yml', 'postgres-server.yml'],
    actions: ['db-dump'],
    engine: 'postgres',
    variables: [...dumpVariables, 'HOLDFAST_DATABASES'],
    // A caller of postgres-dump.yml names one database, one of postgres-server.yml a server.
    inputs: { ...dumpInputs, HOLDFAST_DATABASES: 'source' },
    further: { HOLDFAST_SSM_DOCUMENTS: 'ssm-documents' },
    marks: /^HOLDFAST_(DATABASES|SCRATCH_\w+)$/,
    list: {
      variable: 'HOLDFAST_DATABASES',
      reached: [['secret'], ['instance', 'database']],
      shown: '{ "source": …, "secret": … } or { "source": …, "instance": …, "database": … }',
    },
    documents: ['dump-inspect', 'dump-start', 'dump-state', 'dump-upload', 'dump-finish', 'read-result'],
    page: 'docs/postgres.md',
  },
  {
    title: 'MongoDB backup',
    file: 'mongodb-backup.yml',
    called: ['mongodb-backup.yml', 'mongodb-dump.yml'],
    actions: ['db-dump'],
    engine: 'mongodb',
    variables: [...dumpVariables, 'HOLDFAST_MONGODB_DATABASES'],
    inputs: { ...dumpInputs, HOLDFAST_MONGODB_DATABASES: 'source' },
    further: { HOLDFAST_SSM_DOCUMENTS: 'ssm-documents' },
    marks: /^HOLDFAST_MONGODB_/,
    list: {
      variable: 'HOLDFAST_MONGODB_DATABASES',
      reached: [['secret'], ['kube-service'], ['kube-pod'], ['container'], ['instance']],
      shown: '{ "source": …, "secret": … } or { "source": …, "kube-service": … } or { "source": …, "instance": … }',
    },
    documents: ['mongodb-inspect', 'mongodb-start', 'dump-state', 'dump-upload', 'dump-finish', 'read-result'],
    page: 'docs/mongodb.md',
  },
  {
    title: 'MySQL backup',
    file: 'mysql-backup.yml',
    called: ['mysql-backup.yml', 'mysql-dump.yml'],
    actions: ['db-dump'],
    engine: 'mysql',
    variables: [...dumpVariables, 'HOLDFAST_MYSQL_DATABASES'],
    inputs: { ...dumpInputs, HOLDFAST_MYSQL_DATABASES: 'source' },
    further: {},
    marks: /^HOLDFAST_MYSQL_/,
    list: {
      variable: 'HOLDFAST_MYSQL_DATABASES',
      reached: [['secret']],
      shown: '{ "source": …, "secret": … }',
    },
    documents: [],
    page: 'docs/mysql.md',
  },
];

/** The role of each variable. */
export const roleVariables = [
  'HOLDFAST_BACKUP_ROLE',
  'HOLDFAST_VERIFY_ROLE',
  'HOLDFAST_ROTATE_ROLE',
  'HOLDFAST_DUMP_ROLE',
  'HOLDFAST_WATCH_ROLE',
  'HOLDFAST_PLAN_ROLE',
] as const;

export const bucketVariables = ['HOLDFAST_RECEIPT_BUCKET', 'HOLDFAST_DUMP_BUCKET'] as const;

/** The variables with lists of databases. */
export const databaseLists: readonly DatabaseList[] = jobs.flatMap(({ list }) => list ?? []);

/** A database of such a list. */
export interface Database {
  readonly source?: string;
  readonly secret?: string;
  readonly 'scratch-secret'?: string;
  readonly 'kubeconfig-secret'?: string;
  readonly 'kube-service'?: string;
  readonly 'kube-pod'?: string;
  readonly instance?: string;
  readonly container?: string;
  readonly database?: string;
  readonly 'host-user'?: string;
  readonly 'host-port'?: string | number;
  readonly 'host-folder'?: string;
}

/** The databases of such a list; undefined when it is not a JSON list of objects. */
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
