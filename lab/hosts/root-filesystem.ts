/** The files of a host: those of this computer, or of a Debian (debian.ts), below, and above them a layer in memory that makes it a database host. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './command.ts';
import { dataFolder, serverOptions } from './mariadb.ts';
import { installOldUserland } from './old-host/userland.ts';

/** Which programs a host has: those of this computer, or those of CentOS 7's time (old-host/). */
export const profiles = ['current', 'old-host'] as const;
export type HostProfile = (typeof profiles)[number];

export interface RootOptions {
  /** Where the files are mounted. */
  readonly root: string;
  /** Folder for the layer in memory. */
  readonly layers: string;
  readonly hostname: string;
  /** Where the volume of the database is mounted. */
  readonly mountPoint: string;
  readonly profile: HostProfile;
  /** Folder with the files below; default: those of this computer. */
  readonly lower?: string | undefined;
}

/** Mounts the files of a new host. What it writes is lost when it is unmounted. */
export async function mountRoot(options: RootOptions): Promise<void> {
  const { root, layers, hostname, mountPoint, profile, lower = '/' } = options;
  mkdirSync(root, { recursive: true });
  mkdirSync(layers, { recursive: true });
  await command('mount', '-t', 'tmpfs', '-o', 'size=2G,mode=755', 'holdfast-lab', layers);
  const [upper, work] = [join(layers, 'upper'), join(layers, 'work')];
  mkdirSync(upper);
  mkdirSync(work);
  for (const [path, content] of Object.entries(filesOf(hostname, mountPoint))) {
    mkdirSync(dirname(join(upper, path)), { recursive: true });
    writeFileSync(join(upper, path), content);
  }
  if (profile === 'old-host') installOldUserland(upper, mountPoint);
  mkdirSync(join(upper, mountPoint), { recursive: true });
  const overlay = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  await command('mount', '-t', 'overlay', '-o', overlay, 'holdfast-lab', root);
}

/** The target that a host boots to. */
export const target = 'holdfast.target';

/** Units of this computer that a host of the lab does not start. */
const disabledUnits = [
  'mariadb.service',
  'postgresql.service',
  'getty.target',
  'systemd-logind.service',
  'systemd-networkd.service',
  'systemd-resolved.service',
  'systemd-timesyncd.service',
  'cron.service',
  'ssh.service',
  'docker.service',
  'containerd.service',
];

function filesOf(hostname: string, mountPoint: string): Readonly<Record<string, string>> {
  return {
    'etc/hostname': `${hostname}\n`,
    'etc/machine-id': '',
    [`etc/systemd/system/${target}`]: `[Unit]
Description=A host of the lab
Requires=basic.target
After=basic.target
AllowIsolate=yes
`,
    'etc/systemd/system/mysqld-ib.service': databaseUnit(mountPoint),
    'etc/my-ib.cnf': databaseConfiguration(mountPoint),
    'etc/tmpfiles.d/mysqld-ib.conf': 'f /run/mysqld-ib.pid 0644 mysql mysql -\n',
    ...Object.fromEntries(
      disabledUnits.map((unit) => [
        `etc/systemd/system/${unit}.d/lab.conf`,
        '[Unit]\nConditionPathExists=/no/such/path\n',
      ]),
    ),
  };
}

function databaseUnit(mountPoint: string): string {
  return `[Unit]
Description=Database on the Infobright port (MariaDB stands in for Infobright)
ConditionPathIsDirectory=${mountPoint}/${dataFolder}

[Service]
Type=notify
User=mysql
ExecStart=/usr/sbin/mariadbd --defaults-file=/etc/my-ib.cnf
KillSignal=SIGTERM
TimeoutStartSec=900
TimeoutStopSec=900
Restart=no
`;
}

function databaseConfiguration(mountPoint: string): string {
  return `[mysqld]
port=5029
bind-address=127.0.0.1
socket=/tmp/mysql-ib.sock
pid-file=/run/mysqld-ib.pid
datadir=${mountPoint}/${dataFolder}
${serverOptions.join('\n')}
`;
}
