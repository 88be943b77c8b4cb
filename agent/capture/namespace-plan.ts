// Pure: what the captured namespace is made of, as command lines and texts. A network namespace in which every address
// is local (AnyIP) and nft TPROXY hands every TCP connection to one listener: the accepted socket's own local address is
// the original destination, with no NAT, no look-up per connection and no change to the host. UDP 53 is redirected to
// our DNS sockets (conntrack un-NATs the reply, so that it comes from the address that was asked); UDP 443 is refused,
// so that browsers leave QUIC for TCP; other UDP finds nobody listening.

/** TCP port of the one listener inside the namespace (seen by nobody: the namespace is private). */
export const CAPTURE_PORT = 15001

/** UDP port of the DNS sockets inside the namespace, on 127.0.0.1 and ::1 only: a wildcard socket would answer from the wrong address. */
export const CAPTURE_DNS_PORT = 5300

/** The resolver captured programs are told; TEST-NET-1 (RFC 5737), so that it is nobody's. */
export const CAPTURE_NAMESERVER = '192.0.2.53'

/** The captured programs' own addresses: TEST-NET-1 and a unique local prefix made of the letters S T e e. */
export const CAPTURE_SOURCE = { ipv4: '192.0.2.77', ipv6: 'fd53:5465:6500::77' } as const

/** How the namespace is entered: with privileges of our own, or through a user namespace that maps only our user. */
export type NamespaceKind = 'privileged' | 'user'

/** Command line that makes the namespaces and runs `command` in them. Host mounts made later still show inside. */
export function makeCommand(kind: NamespaceKind, command: readonly string[]): readonly string[] {
  const user = kind === 'user' ? ['--map-current-user', '--keep-caps'] : []
  return ['unshare', ...user, '--net', '--mount', '--propagation', 'slave', '--', ...command]
}

/**
 * Command line that runs `command` inside the namespaces that process `holder` keeps; uid and streams stay. `cwd` is entered
 * there and not before: a directory of the host's mounts has no path inside (getcwd(2): "(unreachable)"), and what lies
 * below it is the host's. By a second nsenter, for env(1) takes a program whose path has a `=` in it for a variable.
 */
export function joinCommand(
  kind: NamespaceKind,
  holder: number,
  cwd: string,
  command: readonly string[],
): readonly string[] {
  const user = kind === 'user' ? ['--user', '--preserve-credentials'] : []
  return ['nsenter', '--target', String(holder), ...user, '--net', '--mount', '--', ...inDirectory(cwd, command)]
}

/** Command line that runs `command` in a directory. */
export function inDirectory(cwd: string, command: readonly string[]): readonly string[] {
  return ['nsenter', `--wd=${cwd}`, '--', ...command]
}

/**
 * `ip -batch` input for IPv4. The veth pair (both ends inside) gives programs an interface that is up, else browsers
 * say they are offline; `src` makes connections come from our address and not from the one they dial. The address is
 * alone in its prefix: the kernel looks local and main routes up as one table as long as there are no rules, so that a
 * subnet's route would win over the local default, and its other addresses (our resolver) would be unreachable.
 */
export const IPV4_LINKS = `link set lo up
link add steer0 type veth peer name steer1
addr add ${CAPTURE_SOURCE.ipv4}/32 dev steer0
link set steer0 up
link set steer1 up
route add local 0.0.0.0/0 dev lo src ${CAPTURE_SOURCE.ipv4}
`

/** `ip -batch` input for IPv6; fails as a whole where the kernel has none. */
export const IPV6_LINKS = `addr add ${CAPTURE_SOURCE.ipv6}/128 dev steer0 nodad
route add local ::/0 dev lo src ${CAPTURE_SOURCE.ipv6}
`

/**
 * `nft -f` input. TCP is not tracked: only the DNS redirect needs connection tracking, which costs each packet. The traced
 * packets (a bounded number) are how we learn of refused QUIC, to log it.
 */
export const NFT_RULES = `table inet steerlab {
  chain untracked-out {
    type filter hook output priority raw; policy accept;
    meta l4proto tcp notrack
  }
  chain untracked-in {
    type filter hook prerouting priority raw; policy accept;
    meta l4proto tcp notrack
  }
  chain dns {
    type nat hook output priority -100; policy accept;
    udp dport 53 redirect to :${CAPTURE_DNS_PORT}
  }
  chain quic {
    type filter hook output priority 0; policy accept;
    udp dport 443 limit rate 50/second burst 50 packets meta nftrace set 1
    udp dport 443 reject with icmpx type port-unreachable
  }
  chain capture {
    type filter hook prerouting priority mangle; policy accept;
    tcp dport 53 tproxy to :${CAPTURE_PORT}
    ip daddr 127.0.0.0/8 return
    ip6 daddr ::1 return
    iifname lo meta l4proto tcp tproxy to :${CAPTURE_PORT}
  }
}
`
