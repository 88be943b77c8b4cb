import t from 'tap'
import { joinCommand, makeCommand } from '../../../agent/capture/namespace-plan.js'

void t.test('with privileges of our own the namespaces are made as they are', async (t) => {
  t.strictSame(makeCommand('privileged', ['node', 'holder.js']), [
    ...['unshare', '--net', '--mount', '--propagation', 'slave', '--', 'node', 'holder.js'],
  ])
})

void t.test('without, a user namespace that maps only our user comes first', async (t) => {
  t.strictSame(makeCommand('user', ['x']).slice(0, 4), ['unshare', '--map-current-user', '--keep-caps', '--net'])
})

void t.test('a program joins the namespaces of the holder, and then its own directory', async (t) => {
  t.strictSame(joinCommand('privileged', 42, '/tmp/a b', ['curl', '-s', '--', 'x']), [
    ...['nsenter', '--target', '42', '--net', '--mount', '--'],
    ...['nsenter', '--wd=/tmp/a b', '--', 'curl', '-s', '--', 'x'],
  ])
  t.strictSame(joinCommand('user', 42, '/', ['true']).slice(3, 5), ['--user', '--preserve-credentials'])
})
