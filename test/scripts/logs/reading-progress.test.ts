import t from 'tap'
import { ReadingProgress } from '../../../scripts/logs/reading-progress.js'

function terminalOf(isTTY: boolean) {
  const said: string[] = []
  return { isTTY, said, write: (text: string) => said.push(text) }
}

void t.test('on a terminal: MB and speed, twice a second at most, and wiped in the end', async (t) => {
  const terminal = terminalOf(true)
  let now = 0
  const progress = new ReadingProgress(terminal, () => now)
  progress.add(10_000_000)
  t.strictSame(terminal.said, [], 'what is quick shows nothing')
  now = 600
  progress.add(50_000_000)
  now = 700
  progress.add(1)
  t.strictSame(terminal.said, ['\r\u001b[K60 MB read, 100 MB/s'])
  progress.end()
  t.equal(terminal.said.at(-1), '\r\u001b[K')
})

void t.test('elsewhere nothing', async (t) => {
  const terminal = terminalOf(false)
  let now = 0
  const progress = new ReadingProgress(terminal, () => now)
  now = 5000
  progress.add(1)
  progress.end()
  t.strictSame(terminal.said, [])
})
