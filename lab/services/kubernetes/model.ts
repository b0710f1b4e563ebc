/** What a cluster of the lab consists of. */

/** A container: its programs run on this computer, as the leader of a session, as container runtimes start them. */
export interface ContainerDefinition {
  readonly name: string;
  /** Where its programs are found. Default: this computer's usual folders. */
  readonly path?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface PodDefinition {
  readonly name: string;
  readonly namespace?: string;
  /** Default: true. */
  readonly ready?: boolean;
  /** Default: one, which is called `main`. */
  readonly containers?: readonly ContainerDefinition[];
}

export interface ServiceDefinition {
  readonly name: string;
  readonly namespace?: string;
  /** Names of its pods, in the same namespace. */
  readonly pods: readonly string[];
}

/** A rule of a Role (rbac.authorization.k8s.io/v1, PolicyRule). */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Who calls. */
export interface Account {
  /** As the API server calls it: `system:serviceaccount:ci:backup`. */
  readonly name: string;
  readonly token: string;
  /** Rules by the namespace of the Role. */
  readonly rules: Readonly<Record<string, readonly Rule[]>>;
}

/** What an exec suffers. `after`: bytes of standard output that pass before. */
export type ExecFault =
  /** The rest of standard output is lost; all else goes on, and the status is Success (kubernetes/kubernetes 124571). */
  | { readonly kind: 'cut'; readonly after: number }
  /** The connection ends as if all were over, and the status is Success (kubernetes/kubernetes 73056). */
  | { readonly kind: 'end'; readonly after: number }
  /** One byte of standard output is another one. */
  | { readonly kind: 'change'; readonly after: number }
  /** The connection breaks. */
  | { readonly kind: 'break'; readonly after: number };

/** A call, as it was decided. */
export interface ClusterCall {
  readonly account: string;
  readonly verb: string;
  /** `pods/exec`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly allowed: boolean;
  /** The command of an exec. */
  readonly command?: readonly string[];
}

export interface ClusterOptions {
  readonly pods: readonly PodDefinition[];
  readonly services?: readonly ServiceDefinition[];
  readonly accounts: readonly Account[];
  /** Minor version of Kubernetes 1. From 35 on, an exec over WebSocket needs `create` as well as `get`. Default: 35. */
  readonly minor?: number;
}
