import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { readPcapng } from '../../../agent/capture-file/pcapng-reader.js'
import { doubtsOf, fieldsOf } from '../../support/capture-files.js'

const noNamespaces = spawnSync('unshare', ['-Urm', 'true']).status === 0 ? false : 'needs a user namespace'

for (const format of ['pcapng', 'pcap'])
  void t.test(
    `${format}: a full disk is told once, and what is there ends with a whole packet`,
    { skip: noNamespaces },
    async (t) => {
      const directory = t.testdir({ full: {}, kept: {} })
      const program = fileURLToPath(new URL('../../support/capture-full-disk.js', import.meta.url))
      // The file system of the test goes away with the shell that made it, so the shell also copies the file.
      const script = 'mount -t tmpfs -o size=2500k none "$1" && "$2" "$3" "$1" "$5" && cp "$1/x.pcap" "$4"'
      const [full, kept] = [join(directory, 'full'), join(directory, 'kept', 'x.pcap')]
      const args = ['-Urm', 'sh', '-c', script, 'sh', full, process.execPath, program, kept, format]
      const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' })
      const { told, dropped } = JSON.parse(stdout || stderr)
      t.match(told, [/^capture-failed the capture has ended, .*x\.pcap cannot be written: ENOSPC/])
      t.strictSame([told.length, dropped], [1, 0])
      const file = await readFile(kept)
      t.ok(file.length > 2_400_000 && file.length <= 2_560_000, `${file.length} bytes`)
      t.strictSame(await doubtsOf(kept), [])
      t.ok((await fieldsOf(kept, ['frame.number'])).length > 1500)
      if (format === 'pcapng') t.notOk(readPcapng(file).isCut)
    },
  )
