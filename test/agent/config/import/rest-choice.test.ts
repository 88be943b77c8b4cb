import t from 'tap'
import { chooseConfiguration, holdsSteeringConfig } from '../../../../agent/config/import/rest-choice.js'
import { SourceDocument } from '../../../../agent/config/import/source-document.js'
import { restAnswer } from '../../../support/rest-document.js'

const config = (steering_config: string, priority?: unknown, enabled?: unknown) => ({
  steering_config,
  ...(priority === undefined ? {} : { priority }),
  ...(enabled === undefined ? {} : { enabled }),
})

function choose(value: unknown, name?: string) {
  const document = new SourceDocument(value)
  const chosen = chooseConfiguration(document.root, name).member('steering_config')?.text()
  return [
    chosen,
    ...document.notes(new Set(['status', 'msg']), 'unread').map(({ path, reason }) => `${path} ${reason}`),
  ]
}

void t.test('the first that is enabled, by priority; the others are listed', async (t) => {
  const others = (path: string, name: string) => `${path} another configuration: --config-name "${name}" imports it`
  t.strictSame(choose(restAnswer(config('b', '2', true), config('a', '1', true))), ['a', others('$.data[0]', 'b')])
  t.strictSame(choose(restAnswer(config('b', '10'), config('a', '9'))), ['a', others('$.data[0]', 'b')], 'as numbers')
  t.strictSame(choose(restAnswer(config('a'), config('b'))), ['a', others('$.data[1]', 'b')], 'of equal ones the first')
  t.strictSame(choose(restAnswer(config('off', '1', false), config('on', '2'))), ['on', others('$.data[0]', 'off')])
  t.strictSame(choose(restAnswer(config('b', '2'), config('a', '1')), 'b'), ['b', others('$.data[1]', 'a')], 'by name')
})

void t.test('one that is disabled is imported when it is named, or when there is no other', async (t) => {
  const remark = '$.data[0].enabled is disabled in the tenant, and imported all the same'
  t.strictSame(choose(restAnswer(config('x', '1', 'false'))), ['x', remark])
  t.match(choose(restAnswer(config('x', '1', false), config('y')), 'x'), ['x', String, remark])
})

void t.test('a configuration without the answer around it, and lists of them', async (t) => {
  t.strictSame(choose(config('a')), ['a'])
  t.strictSame(choose([config('a')]), ['a'])
  t.strictSame(choose({ data: config('a') }), ['a'])
})

void t.test('no configuration, or none of that name, is a mistake', async (t) => {
  for (const value of [{}, [], null, 'x', { data: [] }, { data: [{ config_id: '1' }] }, { names: [], ips: [] }]) {
    t.notOk(holdsSteeringConfig(new SourceDocument(value).root), JSON.stringify(value))
    t.throws(() => choose(value), { code: 'no-steering-config', exitCode: 2 })
  }
  t.throws(() => choose(restAnswer(config('a'), config('b')), 'c'), {
    code: 'unknown-steering-config',
    message: 'there is no steering configuration "c"; there is "a", "b"',
  })
})
