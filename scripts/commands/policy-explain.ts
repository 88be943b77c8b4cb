/** `steerlab policy explain`: what the gateway does with a request, which rule does it and why. Needs no gateway. */

import { isIPv6 } from 'node:net'
import type { CommandModule } from 'yargs'
import { wireName } from '../../agent/steering/wire-name.js'
import { decideInspection } from '../../gateway/inspect/decide-inspection.js'
import type { Direction, PolicyFacts, PolicyVerdict } from '../../gateway/inspect/policy/policy.js'
import { loadInspection } from '../../gateway/inspect/settings/find-inspection.js'
import type { Inspection } from '../../gateway/inspect/settings/inspection.js'
import { homeOf, print } from './common.js'
import { type AskedRequest, type RequestWords, requestTo } from './policy-request.js'

interface ExplainArguments extends RequestWords {
  readonly home?: string | undefined
  readonly url: string
  readonly json: boolean
}

/** All that `steerlab policy explain` says; with --json as it is. */
export interface ExplainedRequest {
  readonly scheme: 'http' | 'https'
  readonly direction: Direction
  readonly facts: PolicyFacts
  /** Why the gateway does not see the request, and the setting of inspect.json that decides; null when it does. */
  readonly unread: { readonly rule: string; readonly why: string } | null
  /** What the policy says, or would say if the request were seen. */
  readonly verdict: PolicyVerdict
}

const TEXT = { type: 'string', requiresArg: true } as const

export const policyExplainCommand: CommandModule<object, ExplainArguments> = {
  command: 'explain <url>',
  describe: 'Say what the gateway does with a request, which rule does it, and why',
  builder: (yargs) =>
    yargs
      .positional('url', { type: 'string', demandOption: true, describe: 'http://..., else https' })
      .option('user', { ...TEXT, describe: 'Who asks: an e-mail address' })
      .option('process', { ...TEXT, describe: 'The program, as the system names it' })
      .option('method', { ...TEXT, describe: 'Else GET' })
      .option('content-type', { ...TEXT, describe: 'Of the body that is judged' })
      .option('bytes', { ...TEXT, describe: 'Size of that body' })
      .option('direction', {
        choices: ['upload', 'download'],
        requiresArg: true,
        describe: 'download: the answer is judged; else the request',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 policy explain https://upload.box.com/api --method POST --bytes 5000000', 'An upload')
      .example(
        '$0 policy explain https://box.com/a.mp4 --direction download --content-type video/mp4',
        'An answer',
      ) as never,
  handler: async (argv) => {
    const asked = requestTo(argv.url, argv)
    const explained = explainRequest(asked, loadInspection(homeOf(argv).inspection))
    print(argv.json, explained, () => explainedText(explained))
  },
}

/** What becomes of a request whose flow is steered and whose origin is as it should be. */
function explainRequest({ scheme, direction, facts }: AskedRequest, inspection: Inspection): ExplainedRequest {
  const { settings, policy, categories, doNotDecrypt } = inspection
  const judged = { ...facts, category: categories.categoryOf(facts.host) }
  const name = wireName(facts.host)
  const hello = { sni: name, alpn: ['h2', 'http/1.1'], ech: false }
  const decision = decideInspection({
    first: scheme === 'http' ? { type: 'http' } : { type: 'tls', hello },
    host: name,
    exempt: undefined,
    settings,
    doNotDecrypt,
    trait: undefined,
  })
  const unread = 'why' in decision ? { rule: decision.rule, why: decision.why } : null
  return { scheme, direction, facts: judged, unread, verdict: policy.decide(direction, judged) }
}

/** The explanation for people to read. */
export function explainedText({ scheme, direction, facts, unread, verdict }: ExplainedRequest): string {
  const { method, host, path, user, process, contentType, bytes, category } = facts
  const url = `${scheme}://${isIPv6(host) ? `[${host}]` : host}${path}`
  const size = bytes === undefined ? 'size unknown' : `${bytes} bytes`
  const inClear = scheme === 'http' ? 'it is sent in clear' : 'it is decrypted'
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['who', `user ${user || 'unknown'}, process ${process}`],
    [direction === 'upload' ? 'request' : 'answer', `${contentType || 'no media type'}, ${size}`],
    ['category', category],
    ['seen', unread === null ? `yes, ${inClear}` : `no, passed on unread: ${unread.why}`],
    ['setting', unread === null ? undefined : `inspect.json $.${unread.rule}`],
    ['rule', verdict.rule || undefined],
    ['why', unread === null ? verdict.reason : `Not asked; it would be ${verdict.action}: ${verdict.reason}`],
    ['message', verdict.message],
  ]
  const lines = rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(8)}  ${text}`]))
  return [`${unread === null ? verdict.action : 'unread'}: ${method} ${url}`, ...lines, ''].join('\n')
}
