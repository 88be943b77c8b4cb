// Pure: a git repository small enough to be made in memory, as the files that a web server must offer for `git clone` over
// the "dumb" HTTP protocol (git's gitprotocol-http): loose objects, the list of references, HEAD. No git is needed to
// make it, and the same input always gives the same commit.

import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'

/** What the one commit on the one branch holds. */
export interface RepositoryContent {
  /** Contents by file name; no folders. */
  readonly files: Readonly<Record<string, string>>
  readonly message: string
  /** `Name <mail>`, author and committer. */
  readonly author: string
  /** Unix time in seconds, UTC. */
  readonly time: number
}

/** Answers by path below the repository, e.g. `info/refs`; a path not in it does not exist. */
export type RepositoryFiles = ReadonlyMap<string, Buffer>

const BRANCH = 'refs/heads/main'
const REGULAR_FILE = '100644'

/** Makes the repository: one commit on `main`. */
export function gitRepository({ files, message, author, time }: RepositoryContent): RepositoryFiles {
  const served = new Map<string, Buffer>()
  // git sorts a tree's entries by the bytes of their names.
  const names = Object.keys(files).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const entries = names.map((name) => {
    const blob = store('blob', Buffer.from(files[name] ?? ''))
    return Buffer.concat([Buffer.from(`${REGULAR_FILE} ${name}\0`), Buffer.from(blob, 'hex')])
  })
  const tree = store('tree', Buffer.concat(entries))
  const who = `${author} ${time} +0000`
  const commit = store('commit', Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${message}\n`))
  served.set('HEAD', Buffer.from(`ref: ${BRANCH}\n`))
  served.set('info/refs', Buffer.from(`${commit}\t${BRANCH}\n`))
  return served

  /** Adds a loose object; gives its name, the SHA-1 of header and content. */
  function store(type: 'blob' | 'tree' | 'commit', content: Buffer): string {
    const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
    const id = createHash('sha1').update(object).digest('hex')
    served.set(`objects/${id.slice(0, 2)}/${id.slice(2)}`, deflateSync(object))
    return id
  }
}

/** The repository that the lab's hosts offer at `/steerlab/hello.git`. */
export const HELLO_REPOSITORY: RepositoryFiles = gitRepository({
  files: {
    'README.md': '# hello\n\nA repository of the steerlab lab, made in memory.\n',
    'hello.txt': 'Hello from the lab.\n',
  },
  message: 'Say hello',
  author: 'steerlab <lab@lab.example>',
  time: 1_792_000_000,
})
