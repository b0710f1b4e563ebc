/** The host scripts: what each is for, the libraries it is put together from, and its parameters. */

export interface HostParameter {
  readonly description: string;
  /** A regular expression the whole value must match: SSM refuses any other before the host hears of it. */
  readonly pattern: string;
  readonly default?: string;
}

export interface HostScriptDefinition {
  readonly description: string;
  readonly libraries: readonly ('common' | 'mysql' | 'volume' | 'lease' | 'hold' | 'fingerprint' | 'filesystems')[];
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
