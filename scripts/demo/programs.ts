/** The real programs the demo runs, and what each says about its connection. */

import { fileURLToPath } from 'node:url'
import { findCommand } from '../process/find-command.js'
import type { Ended, Way } from './way.js'

/** What a program says: of one that fails, why; of one that got to see a certificate, who issued that. */
export interface Said extends Ended {
  /** The name the agent knows it by. */
  readonly program: string
  /** The line in which it complains; '' for none. */
  readonly complaint: string
  /** The issuer's name as the program writes it; '' when it said nothing. */
  readonly issuer: string
}

/** Asks for a URL, or sends `data` there: curl (it reads its proxy from the environment), or a few lines of Node where there is none. */
export async function fetchUrl(way: Way, path: string, url: string, data?: string): Promise<Said> {
  const upload = data === undefined ? [] : ['--data', data]
  if (findCommand('curl', path) !== undefined)
    return said('curl', await way.run(['curl', '--silent', '--show-error', '--verbose', ...upload, url]))
  const script = fileURLToPath(new URL('./fetch.js', import.meta.url))
  const proxy = way.proxy === undefined ? [] : [way.proxy.socks]
  return said('node', await way.run([process.execPath, script, ...upload, url, ...proxy]))
}

/** Asks a git server for its branches. */
export async function listBranches(way: Way, repository: string): Promise<Said> {
  return said('git-remote-http', await way.run(['git', 'ls-remote', repository], { GIT_CURL_VERBOSE: '1' }))
}

function said(program: string, ended: Ended): Said {
  const { errors } = ended
  return {
    ...ended,
    program,
    complaint: /^(?:curl|node|fatal): .*$/m.exec(errors)?.[0] ?? '',
    // OpenSSL's curl, GnuTLS' git and our own program all write it so.
    issuer: /\bissuer: (.+)$/m.exec(errors)?.[1]?.trim() ?? '',
  }
}
