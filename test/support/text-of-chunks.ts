/** What a stream of bytes says. */

/** All chunks as one UTF-8 text. */
export async function textOfChunks(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}
