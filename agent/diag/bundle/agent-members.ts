// Pure: what the running agent answered, as members of a bundle.

import { basename } from 'node:path'
import type { CaptureReport } from '../../capture-file/capture-request.js'
import { withoutKnown } from './known-secrets.js'
import { type Found, jsonMember, type LeftOut, type Member, textMember } from './member.js'

/** What the agent answered to control methods; what it did not answer is left out. */
export interface AgentAnswers {
  /** `nsdiag -f`, as it prints it. */
  readonly details?: string | undefined
  readonly status?: unknown
  readonly pop?: unknown
  readonly flows?: unknown
  readonly map?: unknown
  /** Captures that run or ran. */
  readonly capture?: readonly CaptureReport[] | undefined
}

const NAMES = {
  status: 'agent/status.json',
  pop: 'agent/pops.json',
  flows: 'agent/flows.json',
  map: 'agent/hostmap.json',
  capture: 'agent/captures.json',
} as const

/** The answers without secrets; `forms` as `soughtForms` gives them. None of them when no agent runs. */
export function agentMembers(answers: AgentAnswers | undefined, forms: readonly string[]): Found {
  if (answers === undefined)
    return { members: [], leftOut: [{ what: 'answers of the agent', why: 'no agent is running' }] }
  const members: Member[] = []
  const leftOut: LeftOut[] = []
  const add = (what: string, answer: unknown, member: () => Member): void => {
    if (answer === undefined) leftOut.push({ what, why: 'the agent did not answer' })
    else members.push(member())
  }
  const { details } = answers
  add('nsdiag-f.txt', details, () =>
    textMember('nsdiag-f.txt', 'the agent: details', String(withoutKnown(details, forms))),
  )
  for (const [method, name] of Object.entries(NAMES)) {
    const answer = answers[method as keyof typeof NAMES]
    add(name, answer, () => jsonMember(name, `the agent: ${method}`, answer, forms))
  }
  return { members, leftOut }
}

/** The names of the files that captures were writing to when the agent was asked. */
export function filesInCapture({ capture = [] }: AgentAnswers): readonly string[] {
  return capture.filter(({ running }) => running).map(({ file }) => basename(file))
}
