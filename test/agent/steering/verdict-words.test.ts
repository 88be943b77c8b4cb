import t from 'tap'
import type { Verdict } from '../../../agent/steering/flow.js'
import { verdictWords } from '../../../agent/steering/verdict-words.js'

const decided = { rule: { file: 'built-in', path: 'x' }, reason: '' } as const

void t.test('verdicts in a few words', async (t) => {
  const cases: [verdict: Verdict, words: string][] = [
    [{ ...decided, action: 'bypass', kind: 'exception-host' }, 'bypass exception-host'],
    [{ ...decided, action: 'block', kind: 'fail-close' }, 'block fail-close'],
    [{ ...decided, action: 'tunnel', via: 'app-fw' }, 'tunnel app-fw'],
    [{ ...decided, action: 'tunnel', via: 'nsProxy', exempt: 'category' }, 'tunnel nsProxy (category)'],
  ]
  for (const [verdict, words] of cases) t.equal(verdictWords(verdict), words)
})
