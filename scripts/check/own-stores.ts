// Pure: programs whose store of certificates is not the machine's bundle: what `store` stands for with them, and where
// their users install the root.

import { BROWSERS } from '../process/browser.js'

interface OwnStore {
  /** Matches the name of the command or of a process of its. */
  readonly name: RegExp
  readonly advice: string
}

const STORES: readonly OwnStore[] = [
  {
    name: /^(java|javac|mvn|gradle|kotlin|sbt)$/,
    advice:
      "Java's store is its own, lib/security/cacerts: Debian's and Fedora's are made from the system's, into any other import the root with `keytool -importcert -cacerts`.",
  },
  {
    name: new RegExp(`^(${BROWSERS.join('|')})$`),
    advice:
      "On Linux this browser reads a managed policy (CACertificates) or the user's NSS database (`certutil -d sql:$HOME/.pki/nssdb`), not the system's files.",
  },
]

/** A sentence for each store of its own that programs of these names have. */
export function ownStores(names: readonly string[]): readonly string[] {
  return STORES.filter(({ name }) => names.some((one) => name.test(one.replace(/\.exe$/i, '')))).map(
    ({ advice }) => advice,
  )
}
