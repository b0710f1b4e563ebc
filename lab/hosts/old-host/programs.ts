/**
 * What the programs of an old host know: the options of util-linux 2.23, coreutils 8.22, curl 7.29 and systemd 219, which CentOS 7
 * has, and Amazon Linux 2 in part. Read in the sources of these versions, at the file named with each.
 */

export interface OldProgram {
  readonly version: string;
  /** The file of that version in which the options are listed. */
  readonly source: string;
  /** Single letters as getopt has them: `:` after one that takes a value, `::` where it may. */
  readonly short: string;
  /** Long options: `=` after one that takes a value, `?` where it may. */
  readonly long: string;
  /** Options end at the first word that is none: what follows belongs to another program. */
  readonly endsAtOperand?: true;
  /** What the values of options may name, by option: a list of such names, separated by commas or blanks. */
  readonly values?: Readonly<Record<string, string>>;
  /** `ignored`: given operands do nothing. Otherwise what an operand may begin with, up to `=`. */
  readonly operands?: 'ignored' | { readonly names: string; readonly status: string };
}

const findmntColumns =
  'SOURCE TARGET FSTYPE OPTIONS VFS-OPTIONS FS-OPTIONS LABEL UUID PARTLABEL PARTUUID MAJ:MIN ACTION OLD-OPTIONS OLD-TARGET SIZE AVAIL USED USE% FSROOT TID ID OPT-FIELDS PROPAGATION FREQ PASSNO';
const lsblkColumns =
  'NAME KNAME PKNAME MAJ:MIN FSTYPE MOUNTPOINT LABEL UUID PARTLABEL PARTUUID RA RO RM ROTA RAND MODEL SERIAL SIZE STATE OWNER GROUP MODE ALIGNMENT MIN-IO OPT-IO PHY-SEC LOG-SEC SCHED RQ-SIZE TYPE DISC-ALN DISC-GRAN DISC-MAX DISC-ZERO WSAME WWN HCTL TRAN REV VENDOR';
const dfFields = 'source fstype itotal iused iavail ipcent size used avail pcent file target';
const transientProperties =
  'AccuracySec BlockIOAccounting BlockIODeviceWeight BlockIOReadBandwidth BlockIOWeight BlockIOWriteBandwidth CPUAccounting CPUQuota CPUShares Delegate DeviceAllow DevicePolicy Environment Group KillMode LimitNOFILE MemoryAccounting MemoryLimit Nice PassEnvironment Slice StandardError StandardInput StandardOutput TTYPath TasksAccounting TasksMax User';

const utilLinux = { version: 'util-linux 2.23.2' } as const;
const coreutils = { version: 'coreutils 8.22' } as const;
const systemd = { version: 'systemd 219' } as const;

export const oldPrograms: Readonly<Record<string, OldProgram>> = {
  findmnt: {
    ...utilLinux,
    source: 'misc-utils/findmnt.c',
    short: 'AacDd:ehifF:o:O:p::PklmnN:rst:uvRS:T:w:V',
    long: 'all ascii canonicalize direction= df evaluate first-only fstab help invert kernel list mtab noheadings notruncate options= output= poll? pairs raw types= nofsroot submounts source= tab-file= task= target= timeout= version',
    values: { output: findmntColumns, o: findmntColumns },
  },
  lsblk: {
    ...utilLinux,
    source: 'misc-utils/lsblk.c',
    short: 'abdDe:fhlnmo:pPiI:rstVS',
    long: 'all bytes nodeps discard help output= perms noheadings list ascii raw inverse fs exclude= include= topology paths pairs scsi version',
    values: { output: lsblkColumns, o: lsblkColumns },
  },
  mountpoint: {
    ...utilLinux,
    source: 'sys-utils/mountpoint.c',
    short: 'qdxhV',
    long: 'quiet fs-devno devno help version',
  },
  flock: {
    ...utilLinux,
    source: 'sys-utils/flock.c',
    short: 'sexnouw:E:hV?',
    long: 'shared exclusive unlock nonblocking nb timeout= wait= conflict-exit-code= close help version',
    endsAtOperand: true,
  },
  fsfreeze: { ...utilLinux, source: 'sys-utils/fsfreeze.c', short: 'hfuV', long: 'help freeze unfreeze version' },
  blkid: { ...utilLinux, source: 'misc-utils/blkid.c', short: 'c:df:ghilL:n:ko:O:ps:S:t:u:U:w:Vv', long: '' },
  runuser: {
    ...utilLinux,
    source: 'login-utils/su-common.c',
    short: 'c:fg:G:lmps:u:hV',
    long: 'command= session-command= fast login preserve-environment shell= group= supp-group= user= help version',
    endsAtOperand: true,
  },
  df: {
    ...coreutils,
    source: 'src/df.c',
    short: 'aB:iF:hHklmPTt:vx:',
    long: 'all block-size= inodes human-readable si local output? portability print-type sync no-sync total type= exclude-type= help version',
    values: { output: dfFields },
  },
  stat: {
    ...coreutils,
    source: 'src/stat.c',
    short: 'c:fLt',
    long: 'dereference file-system format= printf= terse help version',
  },
  date: {
    ...coreutils,
    source: 'src/date.c',
    short: 'd:f:I::r:Rs:u',
    long: 'date= file= iso-8601? reference= rfc-822 rfc-2822 rfc-3339= set= uct utc universal help version',
  },
  sync: { ...coreutils, source: 'src/sync.c', short: '', long: 'help version', operands: 'ignored' },
  timeout: {
    ...coreutils,
    source: 'src/timeout.c',
    short: 'k:s:',
    long: 'kill-after= signal= foreground preserve-status help version',
    endsAtOperand: true,
  },
  dd: {
    ...coreutils,
    source: 'src/dd.c',
    short: '',
    long: 'help version',
    operands: { names: 'bs cbs conv count ibs if iflag obs of oflag seek skip status', status: 'none noxfer' },
  },
  tail: {
    ...coreutils,
    source: 'src/tail.c',
    short: 'c:n:fFqs:v0123456789',
    long: 'bytes= follow? lines= max-unchanged-stats= pid= quiet retry silent sleep-interval= verbose help version',
  },
  head: {
    ...coreutils,
    source: 'src/head.c',
    short: 'c:n:qv0123456789',
    long: 'bytes= lines= quiet silent verbose help version',
  },
  base64: {
    ...coreutils,
    source: 'src/base64.c',
    short: 'diw:',
    long: 'decode wrap= ignore-garbage help version',
  },
  mktemp: {
    ...coreutils,
    source: 'src/mktemp.c',
    short: 'dp:qtuV',
    long: 'directory quiet dry-run suffix= tmpdir? help version',
  },
  du: {
    ...coreutils,
    source: 'src/du.c',
    short: '0abd:chHklmst:xB:DLPSX:',
    long: 'all apparent-size block-size= bytes count-links dereference dereference-args exclude= exclude-from= files0-from= human-readable inodes si max-depth= null no-dereference one-file-system separate-dirs summarize total threshold= time? time-style= help version',
  },
  env: {
    ...coreutils,
    source: 'src/env.c',
    short: 'iu:0',
    long: 'ignore-environment null unset= help version',
    endsAtOperand: true,
  },
  readlink: {
    ...coreutils,
    source: 'src/readlink.c',
    short: 'efmnqsvz',
    long: 'canonicalize canonicalize-existing canonicalize-missing no-newline quiet silent verbose zero help version',
  },
  systemctl: {
    ...systemd,
    source: 'src/systemctl/systemctl.c',
    short: 'ht:p:alqfs:H:M:n:o:ir',
    long: 'help version type= property= all reverse after before show-types failed full job-mode= fail irreversible ignore-dependencies ignore-inhibitors user system global no-block no-legend no-pager no-wall quiet root= force no-reload kill-who= signal= no-ask-password host= machine= runtime lines= output= plain state= recursive preset-mode= now',
  },
  'systemd-run': {
    ...systemd,
    source: 'src/run/run.c',
    short: 'hrH:M:p:tq',
    long: 'help version user system scope unit= description= slice= remain-after-exit send-sighup host= machine= service-type= uid= gid= nice= setenv= property= tty quiet on-active= on-boot= on-startup= on-unit-active= on-unit-inactive= on-calendar= timer-property=',
    endsAtOperand: true,
    values: { property: transientProperties, p: transientProperties, 'timer-property': 'AccuracySec WakeSystem' },
  },
  journalctl: {
    ...systemd,
    source: 'src/journal/journalctl.c',
    short: 'hefo:aln::qmb::kD:p:c:S:U:t:u:F:xrM:',
    long: 'help version no-pager pager-end follow force output= all full no-full lines? no-tail new-id128 quiet merge boot? list-boots this-boot? dmesg system user directory= file= root= header identifier= priority= setup-keys interval= verify verify-key= disk-usage cursor= after-cursor= show-cursor since= until= unit= user-unit= field= catalog list-catalog dump-catalog update-catalog reverse machine= utc flush vacuum-size= vacuum-time=',
  },
  curl: {
    version: 'curl 7.29.0',
    source: 'src/tool_getparam.c',
    short: '01234 6aA:b:Bc:C:d:D:e:E:fF:gGhH:iIjJkK:lLm:MnNo:OpP:qQ:r:RsSt:T:u:U:vVw:x:X:Y:y:z:#~',
    long: 'url= random-file= egd-file= connect-timeout= ciphers= disable-epsv epsv environment trace= trace-ascii= limit-rate= compressed tr-encoding digest negotiate ntlm ntlm-wb basic anyauth wdebug ftp-create-dirs create-dirs max-redirs= proxy-ntlm crlf stderr= interface= krb= krb4= max-filesize= disable-eprt eprt ftp-ssl ssl ftp-pasv socks5= socks= tcp-nodelay proxy-digest proxy-basic retry= retry-delay= retry-max-time= proxy-negotiate ftp-account= proxy-anyauth trace-time ignore-content-length ftp-skip-pasv-ip ftp-method= local-port= socks4= socks4a= ftp-alternative-to-user= ftp-ssl-reqd ssl-reqd sessionid ftp-ssl-control ftp-ssl-ccc ftp-ssl-ccc-mode= libcurl= raw post301 keepalive socks5-hostname= keepalive-time= post302 noproxy= socks5-gssapi-service= socks5-gssapi-nec proxy1.0= tftp-blksize= mail-from= mail-rcpt= ftp-pret proto= proto-redir= resolve= delegation= mail-auth= post303 metalink http1.0 tlsv1 sslv2 sslv3 ipv4 ipv6 append user-agent= cookie= use-ascii cookie-jar= continue-at= data= data-ascii= data-binary= data-urlencode= dump-header= referer= cert= cacert= cert-type= key= key-type= pass= engine= capath= pubkey= hostpubmd5= crlfile= tlsuser= tlspassword= tlsauthtype= ssl-allow-beast fail form= form-string= globoff get help header= include head junk-session-cookies remote-header-name insecure config= list-only location location-trusted max-time= manual netrc netrc-optional netrc-file= buffer output= remote-name remote-name-all proxytunnel ftpport= ftp-port= disable quote= range= remote-time silent show-error telnet-options= upload-file= user= proxy-user= verbose version write-out= proxy= request= http-request= speed-limit= speed-time= time-cond= progress-bar xattr',
  },
};

/** The settings of units that systemd 219 knows (src/core/load-fragment-gperf.gperf.m4), as far as a unit of ours may ever need them. */
export const oldUnitSettings: Readonly<Record<'Unit' | 'Service' | 'Timer', string>> = {
  Unit: 'After Before BindsTo ConditionPathExists Conflicts DefaultDependencies Description Documentation JobTimeoutAction JobTimeoutSec OnFailure PartOf RefuseManualStart RefuseManualStop Requires RequiresMountsFor StopWhenUnneeded Wants',
  Service:
    'BusName CPUAccounting CPUShares Environment EnvironmentFile ExecReload ExecStart ExecStartPost ExecStartPre ExecStop ExecStopPost FailureAction Group GuessMainPID IOSchedulingClass IOSchedulingPriority IgnoreSIGPIPE KillMode KillSignal LimitNOFILE MemoryLimit Nice NotifyAccess OOMScoreAdjust PIDFile PermissionsStartOnly PrivateTmp RemainAfterExit Restart RestartForceExitStatus RestartPreventExitStatus RestartSec SendSIGHUP StandardError StandardInput StandardOutput StartLimitAction StartLimitBurst StartLimitInterval SuccessExitStatus SyslogIdentifier TimeoutSec TimeoutStartSec TimeoutStopSec Type UMask User WatchdogSec',
  Timer:
    'AccuracySec OnActiveSec OnBootSec OnCalendar OnStartupSec OnUnitActiveSec OnUnitInactiveSec Persistent RandomizedDelaySec Unit WakeSystem',
};
