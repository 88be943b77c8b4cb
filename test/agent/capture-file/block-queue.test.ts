import t from 'tap'
import { BlockQueue } from '../../../agent/capture-file/block-queue.js'

const MIB = 1024 * 1024
const TAIL = Buffer.from('tail')

/** A file that remembers, and can be slow or full. */
class RecordingFile {
  readonly done: string[] = []
  /** What a write waits for. */
  gate: Promise<void> = Promise.resolve()
  error: Error | undefined

  async write(blocks: Uint8Array): Promise<void> {
    await this.gate
    if (this.error !== undefined) throw this.error
    this.done.push(blocks.length > 20 ? `${blocks.length} bytes` : Buffer.from(blocks).toString())
  }

  async next(): Promise<void> {
    this.done.push('next')
  }

  async close(): Promise<void> {
    this.done.push('close')
  }
}

function queueOf(file: RecordingFile, mostKept = 0): { readonly queue: BlockQueue; readonly failures: unknown[] } {
  const failures: unknown[] = []
  return { queue: new BlockQueue(file, (error) => failures.push(error), mostKept), failures }
}

/** Puts a text into the queue; false when it has no room. */
function put(queue: BlockQueue, text: string, length = text.length): boolean {
  const memory = queue.room(length)
  if (memory === undefined) return false
  memory.bytes.set(Buffer.from(text), queue.at)
  queue.filled(length)
  return true
}

void t.test('blocks go to the file in order, at each flush what is new', async (t) => {
  const file = new RecordingFile()
  const { queue } = queueOf(file)
  put(queue, 'a')
  put(queue, 'b')
  await queue.flush()
  await queue.flush()
  put(queue, 'c')
  queue.nextFile()
  put(queue, 'd')
  await queue.close(TAIL)
  t.strictSame(file.done, ['ab', 'c', 'next', 'd', 'tail', 'close'])
  t.notOk(put(queue, 'e'), 'nothing after the end')
  await queue.close(TAIL)
  await queue.flush()
  t.equal(file.done.length, 6, 'which comes once')
})

void t.test('a block that does not fit into the rest of a piece begins the next', async (t) => {
  const file = new RecordingFile()
  const { queue } = queueOf(file)
  put(queue, '', MIB - 10)
  put(queue, 'more than ten')
  put(queue, '', 3 * MIB)
  put(queue, 'last')
  await queue.close(TAIL)
  t.strictSame(file.done, [`${MIB - 10} bytes`, 'more than ten', `${3 * MIB} bytes`, 'last', 'tail', 'close'])
})

void t.test('what the file has is not overwritten while it is written', async (t) => {
  const file = new RecordingFile()
  const { promise, resolve } = withResolver()
  file.gate = promise
  const { queue } = queueOf(file)
  put(queue, 'first')
  const flushed = queue.flush()
  put(queue, 'second')
  resolve()
  await flushed
  t.strictSame(file.done, ['first'])
  await queue.close(TAIL)
  t.strictSame(file.done, ['first', 'second', 'tail', 'close'])
})

void t.test('64 MiB wait for a slow disk, and no more', async (t) => {
  const file = new RecordingFile()
  const { promise, resolve } = withResolver()
  file.gate = promise
  const { queue } = queueOf(file)
  let taken = 0
  while (taken < 1000 && put(queue, '', MIB)) taken++
  t.equal(taken, 64)
  t.notOk(put(queue, 'x'))
  resolve()
  await queue.flush()
  t.ok(put(queue, 'x'), 'then there is room again')
  await queue.close(TAIL)
  t.equal(file.done.length, 67)
})

void t.test('a disk that refuses is told once; the rest is forgotten, and nobody waits', async (t) => {
  const file = new RecordingFile()
  const { queue, failures } = queueOf(file)
  file.error = new Error('full')
  put(queue, '', MIB)
  put(queue, '', MIB)
  put(queue, '', MIB)
  await queue.flush()
  t.strictSame(failures, [file.error])
  t.ok(queue.isClosed)
  t.notOk(put(queue, 'x'))
  await queue.flush()
  await queue.close(TAIL)
  t.strictSame([file.done, failures.length], [[], 1])
})

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

void t.test('a block goes ahead of what has not left, and of nothing else', async (t) => {
  const file = new RecordingFile()
  const { queue } = queueOf(file)
  put(queue, 'a')
  await queue.flush()
  put(queue, 'b')
  queue.ahead(Buffer.from('KEY'))
  put(queue, 'c')
  await queue.close(TAIL)
  queue.ahead(Buffer.from('LATE'))
  t.strictSame(file.done, ['a', 'KEY', 'bc', 'tail', 'close'])
})

void t.test('settled: what is there leaves with the call after the next, and not before', async (t) => {
  const file = new RecordingFile()
  const { queue } = queueOf(file)
  const done = async () => {
    await new Promise(setImmediate)
    return [...file.done]
  }
  put(queue, 'a')
  queue.settle()
  put(queue, 'b')
  t.strictSame(await done(), [])
  queue.settle()
  t.strictSame(await done(), ['a'])
  queue.ahead(Buffer.from('KEY'))
  queue.settle()
  t.strictSame(await done(), ['a', 'KEY', 'b'])
  queue.settle()
  queue.settle()
  t.strictSame(await done(), ['a', 'KEY', 'b'], 'once')
  await queue.close(TAIL)
})

void t.test('full pieces are kept back, as many as asked for, and leave in order', async (t) => {
  const file = new RecordingFile()
  const { queue } = queueOf(file, 2)
  const done = async () => {
    await new Promise(setImmediate)
    return file.done.length
  }
  for (let i = 0; i < 3; i++) put(queue, `${i}`, MIB)
  t.equal(await done(), 0, 'two that are kept, one that is filled')
  put(queue, '3', MIB)
  t.equal(await done(), 1)
  queue.settle()
  t.equal(await done(), 1, 'they were full since the last call')
  queue.ahead(Buffer.from('KEY'))
  queue.settle()
  await queue.close(TAIL)
  t.strictSame(file.done, ['1048576 bytes', 'KEY', '1048576 bytes', '1048576 bytes', '1048576 bytes', 'tail', 'close'])
})

void t.test('a piece of memory that is used again is not settled by what it held before', async (t) => {
  const file = new RecordingFile()
  const { queue } = queueOf(file)
  put(queue, 'first', MIB)
  queue.settle()
  put(queue, 'second', MIB)
  await queue.flush()
  put(queue, 'x')
  queue.settle()
  await new Promise(setImmediate)
  const before = file.done.length
  put(queue, 'y')
  await queue.close(TAIL)
  t.strictSame(file.done.slice(before), ['xy', 'tail', 'close'])
})
