// Pure: the lab's hosts with one oddity each, for trying what a gateway that inspects makes of it. All are below
// `lab.example`, each with addresses and listeners of its own.

/** The hosts, by the first label of their name. */
export const ODD_HOSTS = [
  /** Its certificate is signed by itself. */
  'self-signed',
  /** Its certificate comes from a root that nobody trusts, and which it sends along. */
  'untrusted-root',
  /** Its certificate is for another host. */
  'wrong-host',
  /** Its certificate comes without the intermediate that signed it. */
  'incomplete-chain',
  /** Its certificate was good last year. */
  'expired',
  /** Its certificate is on the revocation list that it names. */
  'revoked',
  /** Publishes that list, http://crl.lab.example/lab.crl. */
  'crl',
  /** Answers every ClientHello with the alert handshake_failure. */
  'handshake-error',
  /** Wants a client certificate; TLS 1.3, so it says so after the handshake. http://client-cert.lab.example/client.pem is one. */
  'client-cert',
  /** The same in TLS 1.2: it says so in the handshake. */
  'client-cert-tls12',
  /** HTTPS by its ALPN, and what it answers is no HTTP. */
  'malformed-http',
  /** A line protocol in TLS, without ALPN: it greets and echoes. */
  'not-http',
  /** TLS 1.3 whose session tickets come with the first answer only, which takes a moment. */
  'late-tickets',
  /** Speaks TLS 1.2 only. */
  'tls12',
  /** Nothing is wrong: a certificate signed by an intermediate with an RSA key, which comes along. */
  'rsa-chain',
] as const

/** One of them. */
export type OddHost = (typeof ODD_HOSTS)[number]

/** Its full name. */
export function nameOf(host: OddHost): string {
  return `${host}.lab.example`
}

/** Its addresses, IPv4 and IPv6; from ranges for documentation (RFC 5737, RFC 3849). */
export function addressesOf(host: OddHost): readonly [ipv4: string, ipv6: string] {
  const last = 20 + ODD_HOSTS.indexOf(host)
  return [`203.0.113.${last}`, `2001:db8:1ab::${last}`]
}

/** Where the lab's revocation list is. */
export const LAB_CRL_URL = `http://${nameOf('crl')}/lab.crl`
