/** The host scripts: what each is for, the libraries it is put together from, and its parameters. */

export interface HostParameter {
  readonly description: string;
  /** A regular expression the whole value must match: SSM refuses any other before the host hears of it. */
  readonly pattern: string;
  readonly default?: string;
}

export interface HostScriptDefinition {
  readonly description: string;
  readonly libraries: readonly (
    | 'common'
    | 'mysql'
    | 'volume'
    | 'lease'
    | 'hold'
    | 'fingerprint'
    | 'filesystems'
    | 'postgres'
    | 'postgres-fingerprint'
  )[];
  readonly parameters: Readonly<Record<string, HostParameter>>;
}

const path = '^/[A-Za-z0-9._@/-]{1,200}$';
const MountPoint = { description: 'Where the volume is mounted.', pattern: path };
const Service = { description: 'systemd unit of the database.', pattern: '^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,100}$' };
const Socket = { description: "The database server's socket.", pattern: path };
const DefaultsFile = {
  description: "Option file with the client's user and password, or empty.",
  pattern: '^(/[A-Za-z0-9._@/-]{1,200})?$',
  default: '',
};
const VolumeId = { description: 'The EBS volume.', pattern: '^vol-[0-9a-f]{8,17}$' };
const WaitSeconds = { description: 'Seconds to wait.', pattern: '^[0-9]{1,5}$' };
const HoldId = { description: 'Names the pause: run and attempt.', pattern: '^[A-Za-z0-9-]{1,60}$' };
const Method = { description: 'How tables are read.', pattern: '^(auto|aggregates)$', default: 'auto' };
const Checks = {
  description: 'base64 of the gzipped checks file, or empty.',
  pattern: '^[A-Za-z0-9+/=]*$',
  default: '',
};
const milliseconds = '^[0-9]{1,16}$';
const LeaseSeconds = {
  description: 'Seconds after which the host resumes by itself.',
  pattern: '^[1-9][0-9]{0,4}$',
};
const NotAfterMs = { description: 'Time (epoch ms) after which this command does nothing.', pattern: milliseconds };

const DumpId = { description: 'Names the dump: run, attempt and source.', pattern: '^[A-Za-z0-9._-]{1,150}$' };
const Database = { description: 'The database.', pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$' };
const User = {
  description: 'Account of the operating system, and role of the database, that dumps.',
  pattern: '^[a-z_][a-z0-9_-]{0,31}$',
};
const Port = { description: "The server's port.", pattern: '^[0-9]{1,5}$' };
const ContainerName = {
  description: 'Container of the host in which server and tools are; or empty.',
  pattern: '^([A-Za-z0-9][A-Za-z0-9_.-]{0,127})?$',
  default: '',
};
const Folder = { description: 'Folder on the host for the archives.', pattern: path };
const PartBytes = { description: 'Bytes of each part of the upload.', pattern: '^[1-9][0-9]{5,10}$' };

export const parameters = {
  inspect: {
    description: 'says what is mounted, on which EBS volume, and whether the service answers',
    libraries: ['common', 'mysql', 'volume', 'hold'],
    parameters: { MountPoint, Service, Socket, DefaultsFile },
  },
  fingerprint: {
    description: 'takes the facts that a restored copy must match',
    libraries: ['common', 'mysql', 'fingerprint'],
    parameters: {
      Socket,
      DefaultsFile,
      Method,
      Checks,
      Saved: {
        description: 'Hold id whose fingerprint, taken under the lock, is given back; or empty.',
        pattern: '^[A-Za-z0-9-]{0,60}$',
        default: '',
      },
    },
  },
  quiesce: {
    description: 'arms the lease, then brings the source to rest',
    libraries: ['common', 'mysql', 'volume', 'lease', 'hold', 'fingerprint'],
    parameters: {
      HoldId,
      Run: { description: 'The run that holds the source.', pattern: '^[A-Za-z0-9._/-]{1,250}$' },
      Mode: { description: 'stop or freeze.', pattern: '^(stop|freeze)$' },
      MountPoint,
      Service,
      Socket,
      DefaultsFile,
      LeaseSeconds,
      NotAfterMs,
      UnderLock: {
        description: 'Whether the fingerprint is taken under the lock.',
        pattern: '^(true|false)$',
        default: 'false',
      },
      Method,
      Checks,
    },
  },
  resume: {
    description: 'brings the source back and ends the lease',
    libraries: ['common', 'mysql', 'lease', 'hold'],
    parameters: { HoldId, MountPoint, Service, Socket, DefaultsFile },
  },
  freeze: {
    description: 'arms the lease, then freezes the data filesystems on these volumes',
    libraries: ['common', 'volume', 'lease', 'filesystems'],
    parameters: {
      HoldId,
      LeaseSeconds,
      NotAfterMs,
      Volumes: {
        description: 'EBS volumes, parted by spaces; never the root volume.',
        pattern: '^vol-[0-9a-f]{8,17}( vol-[0-9a-f]{8,17}){0,63}$',
      },
    },
  },
  thaw: {
    description: 'thaws what this hold has frozen and ends the lease',
    libraries: ['common', 'volume', 'lease', 'filesystems'],
    parameters: { HoldId },
  },
  'mount-copy': {
    description: 'mounts the copy under its own serial',
    libraries: ['common', 'volume'],
    parameters: { VolumeId, MountPoint, WaitSeconds },
  },
  'read-data': {
    description: 'reads every file of the copy to its end',
    libraries: ['common'],
    parameters: { VolumeId, MountPoint },
  },
  progress: {
    description: 'says how far the reading has come',
    libraries: ['common'],
    parameters: { VolumeId },
  },
  'start-copy': {
    description: 'starts the service on the copy and waits for its first answer',
    libraries: ['common', 'mysql'],
    parameters: { Service, MountPoint, Socket, DefaultsFile, WaitSeconds },
  },
  'check-icm': {
    description: "runs Infobright's own checker where it is installed",
    libraries: ['common'],
    parameters: { DataDir: { description: 'The data directory.', pattern: path }, Service },
  },
  'release-copy': {
    description: 'stops the service on the copy and unmounts it',
    libraries: ['common'],
    parameters: { VolumeId, MountPoint, Service },
  },
  'dump-inspect': {
    description: 'says which PostgreSQL there is and with which tools it can be dumped',
    libraries: ['common', 'postgres'],
    parameters: { Database, User, Port, Container: ContainerName, Folder },
  },
  'dump-start': {
    description: 'starts a dump of a PostgreSQL database',
    libraries: ['common', 'postgres', 'postgres-fingerprint'],
    parameters: {
      DumpId,
      Database,
      User,
      Port,
      Container: ContainerName,
      Folder,
      Tools: {
        description: 'Folder with pg_dump and psql; empty in a container.',
        pattern: '^(/[A-Za-z0-9._/-]{1,200})?$',
        default: '',
      },
      Format: { description: 'custom or directory.', pattern: '^(custom|directory)$' },
      Jobs: { description: 'Tables that are dumped side by side.', pattern: '^[1-9][0-9]?$' },
      Level: { description: "pg_dump's level of compression.", pattern: '^[0-9]$' },
      LockSeconds: { description: 'Seconds that a lock is waited for.', pattern: '^[0-9]{1,5}$' },
      PartBytes,
      MaxSeconds: { description: 'Seconds after which the dump ends by itself.', pattern: '^[1-9][0-9]{1,5}$' },
    },
  },
  'dump-state': {
    description: 'says how far a dump has come',
    libraries: ['common', 'postgres'],
    parameters: { DumpId },
  },
  'dump-upload': {
    description: 'puts parts of the archive to presigned URLs',
    libraries: ['common', 'postgres'],
    parameters: {
      DumpId,
      PartBytes,
      Url: {
        description: 'What the URLs of all parts have in common.',
        pattern: '^https?://[A-Za-z0-9._:/%?=&*+~-]{1,6000}$',
      },
      Parts: {
        description: 'NUMBER:SIGNATURE of each part, parted by spaces.',
        pattern: '^[0-9]{1,5}:[0-9a-f]{64}( [0-9]{1,5}:[0-9a-f]{64}){0,99}$',
      },
    },
  },
  'dump-finish': {
    description: 'keeps an archive on the host among the newest, or throws it away',
    libraries: ['common', 'postgres'],
    parameters: {
      DumpId,
      Folder,
      Outcome: { description: 'proven, unproven or discard.', pattern: '^(proven|unproven|discard)$' },
      Name: { description: 'Begin of the name of the file.', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' },
      Stamp: { description: 'Point in time of the dump.', pattern: '^([0-9]{8}T[0-9]{6}Z)?$', default: '' },
      Ending: { description: 'End of the name of the file.', pattern: '^\\.dump(\\.tar)?$' },
      Keep: { description: 'Proven archives that are kept.', pattern: '^[1-9][0-9]{0,3}$' },
    },
  },
  'read-result': {
    description: 'reads a piece of a result too long for one answer',
    libraries: ['common'],
    parameters: {
      Key: { description: 'Names the stored result.', pattern: '^[a-z0-9-]{1,80}$' },
      Offset: { description: 'First character.', pattern: milliseconds },
      Length: { description: 'Characters.', pattern: '^[0-9]{1,5}$' },
    },
  },
} as const satisfies Readonly<Record<string, HostScriptDefinition>>;
