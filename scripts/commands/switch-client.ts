/** Disabling and enabling the client of a running agent, as its user does it, with the master password where there is one. */

import { SteerError } from '../../agent/errors.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import { askPassword } from '../process/ask-password.js'
import type { Home } from '../process/home.js'
import { askAgent } from './common.js'

/** Switches, and gives the status after it. Throws what the agent refuses with, such as `wrong-password`, or `no-password`. */
export async function switchClient(home: Home, to: 'enable' | 'disable'): Promise<AgentStatus> {
  try {
    return (await askAgent(home, to)) as AgentStatus
  } catch (error) {
    if (!(error instanceof SteerError) || error.code !== 'password-needed') throw error
    const password = await askPassword('Master password: ', process.stdin, process.stderr)
    if (password === '') throw new SteerError('no-password', 'no password was given, and nothing was changed')
    return (await askAgent(home, to, { params: { password } })) as AgentStatus
  }
}
