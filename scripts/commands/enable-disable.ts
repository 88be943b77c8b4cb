/** `steerlab disable` and `enable`: the client as its user switches it off and on in the tray. */

import type { CommandModule } from 'yargs'
import type { AgentStatus } from '../../agent/running-agent.js'
import { homeOf, print } from './common.js'
import { switchClient } from './switch-client.js'

interface SwitchArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

function switchCommand(
  command: 'enable' | 'disable',
  describe: string,
  said: (status: AgentStatus) => string,
): CommandModule<object, SwitchArguments> {
  return {
    command,
    describe,
    builder: (yargs) =>
      yargs
        .option('json', { type: 'boolean', default: false, describe: 'Print the status after it as JSON' })
        .example(`$0 ${command}`, describe),
    handler: async (argv) => {
      const status = await switchClient(homeOf(argv), command)
      print(argv.json, status, () => `${said(status)}\n`)
    },
  }
}

export const disableCommand = switchCommand(
  'disable',
  'Disable the client: the tunnel ends, and traffic goes direct',
  ({ tunnel }) => `the client is disabled; the tunnel is ${tunnel.state}`,
)

export const enableCommand = switchCommand(
  'enable',
  'Enable the client again',
  ({ tunnel }) => `the client is enabled; the tunnel is ${tunnel.state}`,
)
